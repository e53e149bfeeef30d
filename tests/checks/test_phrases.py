import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geocensus.checks.phrases import Phrases, Texts, find_phrases

LETTERS = st.text(alphabet="甲乙丙𠀀a", max_size=8)


@given(st.lists(LETTERS, max_size=6), st.lists(LETTERS.filter(bool), max_size=5, unique=True))
def test_finds_are_those_of_a_plain_search(texts, phrases):
    found = find_phrases(Texts(pd.Series(texts, dtype="str")), Phrases(pd.Series(phrases, dtype="str")))
    expected = [
        (row, start, start + len(phrase), number)
        for row, text in enumerate(texts)
        for start in range(len(text))
        for number, phrase in sorted(enumerate(phrases), key=lambda item: -len(item[1]))
        if text.startswith(phrase, start)
    ]
    assert list(map(tuple, found.to_numpy().tolist())) == expected


def test_windows_end_where_the_texts_do():
    laid = Texts(pd.Series(["甲乙", "丙"], dtype="str"))
    assert laid.windows(np.array([-2, 0, 4]), 2).tolist() == ["", "甲乙", ""]
