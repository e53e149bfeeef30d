import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geocensus.checks.numbering import in_words, rows_in

TEXTS = st.lists(st.sampled_from(["a", "b", "甲", "", None]), max_size=8)


@given(TEXTS, st.permutations(["a", "甲", ""]))
def test_rows_are_those_of_a_search_one_by_one(texts, known):
    found = rows_in(known, pd.Series(texts, dtype="str"))
    assert found.tolist() == [known.index(text) if text in known else -1 for text in texts]


def test_numbers_become_words_and_no_number_none():
    words = in_words(np.array([1, -1, 0], dtype=np.int8), ("no", "yes"), pd.Index([7, 3, 5]))
    pd.testing.assert_series_equal(words, pd.Series(["yes", None, "no"], index=[7, 3, 5], dtype="str"))
    assert in_words(np.array([-1, -1]), (), pd.RangeIndex(2)).isna().all()
