import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geocensus.checks.phrases import find_phrases

LETTERS = st.text(alphabet="甲乙丙𠀀a", max_size=8)


@given(st.lists(st.none() | LETTERS, max_size=6), st.lists(LETTERS.filter(bool), max_size=5, unique=True))
def test_finds_are_those_of_a_plain_search(texts, phrases):
    found = find_phrases(pd.Series(texts, dtype="str"), pd.Series(phrases, dtype="str"))
    expected = [
        (row, start, start + len(phrase), number)
        for row, text in enumerate(texts)
        for number, phrase in enumerate(phrases)
        for start in range(len(text or ""))
        if text.startswith(phrase, start)
    ]
    assert sorted(map(tuple, found.to_numpy().tolist())) == sorted(expected)


def test_more_texts_than_one_chunk():
    texts = pd.Series(["新村"] * 3 + ["x"] * 40_000 + ["到新村"], dtype="str")
    assert find_phrases(texts, pd.Series(["新村"])).to_numpy().tolist()[-1] == [40_003, 1, 3, 0]
