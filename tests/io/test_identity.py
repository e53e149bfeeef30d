import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geocensus.io.identity import source_ids


def ids_of(rows):
    raw = pd.DataFrame(rows, columns=["id", "v"]).astype("str")
    ids, doubled = source_ids(raw["id"].where(raw["id"] != ""), raw)
    return raw, ids, doubled


def test_equal_ids_are_numbered_by_content_and_missing_ones_made():
    _, ids, doubled = ids_of([("a", "2"), ("a", "1"), ("", "x"), ("b", "")])
    assert ids.tolist()[:2] == ["a#2", "a"]
    assert ids[2].startswith("auto:")
    assert doubled.tolist() == [True, True, False, False]


def test_an_id_that_looks_numbered_stays_unique():
    _, ids, _ = ids_of([("a", "1"), ("a", "2"), ("a#2", "3")])
    assert sorted(ids) == ["a", "a#2", "a#2##2"]


@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "b", "a#2", "a#2#2"]), st.sampled_from("xyz")), max_size=12),
    st.randoms(),
)
def test_ids_are_unique_and_do_not_depend_on_row_order(rows, random):
    raw, ids, _ = ids_of(rows)
    assert ids.is_unique
    shuffled = rows[:]
    random.shuffle(shuffled)
    again, other, _ = ids_of(shuffled)
    pairs = sorted(zip(raw["id"], raw["v"], ids, strict=True))
    assert pairs == sorted(zip(again["id"], again["v"], other, strict=True))
