"""Codes through the years.

A made-up county 330822:
2016: 105 merges into 111; 2018: 111 becomes 120; 2019: 200 splits into 200 and 201; 2020: 210 and 211 exchange their codes;
2021: 300 is abolished, its code is given to what was 120 in 2022.
"""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.divisions import Crosswalk
from geocensus.errors import SchemaError

C = "330822"
ROWS = [
    (f"{C}105", f"{C}111", 2016),
    (f"{C}111", f"{C}120", 2018),
    (f"{C}200", f"{C}200", 2019),
    (f"{C}200", f"{C}201", 2019),
    (f"{C}210", f"{C}211", 2020),
    (f"{C}211", f"{C}210", 2020),
    (f"{C}300", "", 2021),
    (f"{C}120", f"{C}300", 2022),
]


@pytest.fixture
def crosswalk() -> Crosswalk:
    return Crosswalk(pd.DataFrame(ROWS, columns=["old_code", "new_code", "year_to"]))


def arrivals(crosswalk: Crosswalk, code: str, **options) -> list[str]:
    return crosswalk.successors([code], **options)["new_code"].tolist()


def test_retired_today(crosswalk):
    codes = pd.Series([f"{C}{town}" for town in (105, 111, 120, 200, 201, 210, 211, 300, 999)])
    expected = [True, True, True, False, False, False, False, False, False]
    assert crosswalk.retired(codes).tolist() == expected


def test_retired_in_a_year(crosswalk):
    assert crosswalk.retired([f"{C}111"], code_year=2017).tolist() == [False]
    assert crosswalk.retired([f"{C}300"], code_year=2021).tolist() == [True]
    assert crosswalk.retired([f"{C}300"], code_year=2022).tolist() == [False]


def test_a_retired_township_takes_its_villages_along(crosswalk):
    assert crosswalk.retired([f"{C}105000", f"{C}105201", f"{C}105201001", C]).tolist() == [True, True, True, False]
    found = crosswalk.successors([f"{C}105201"], code_year=2017)
    assert found[["code", "matched_code", "new_code"]].to_numpy().tolist() == [[f"{C}105201", f"{C}105", f"{C}111"]]


def test_changes_are_followed_through_the_years(crosswalk):
    assert arrivals(crosswalk, f"{C}105", code_year=2016) == [f"{C}111"]
    assert arrivals(crosswalk, f"{C}105", code_year=2020) == [f"{C}120"]
    found = crosswalk.successors([f"{C}105"])
    assert found[["new_code", "year", "steps"]].to_numpy().tolist() == [[f"{C}300", 2022.0, 3]]


def test_split_and_exchange_with_a_stated_year(crosswalk):
    assert arrivals(crosswalk, f"{C}200") == []  # it still exists
    assert arrivals(crosswalk, f"{C}200", since=2018) == [f"{C}200", f"{C}201"]
    assert arrivals(crosswalk, f"{C}210", since=2018) == [f"{C}211"]
    assert arrivals(crosswalk, f"{C}210", since=2020) == []


def test_abolished_without_successor(crosswalk):
    assert arrivals(crosswalk, f"{C}300", code_year=2021) == [""]
    assert arrivals(crosswalk, f"{C}300", since=2017) == [""]


def test_rows_without_years_are_one_change():
    table = pd.DataFrame({"old_code": [f"{C}001", f"{C}002"], "new_code": [f"{C}002", f"{C}003"]})
    crosswalk = Crosswalk(table)
    assert arrivals(crosswalk, f"{C}001") == [f"{C}002"]
    assert crosswalk.retired([f"{C}001", f"{C}002", f"{C}003"]).tolist() == [True, False, False]
    assert crosswalk.successors([f"{C}001"])["year"].isna().all()


def test_other_code_systems_have_no_prefixes():
    crosswalk = Crosswalk(pd.DataFrame({"old_code": ["10005"], "new_code": ["66"]}), code_system="other")
    assert crosswalk.retired(["10005", "10005010001", "100"]).tolist() == [True, False, False]


def test_old_codes_of_the_table_are_tidied():
    table = pd.DataFrame(
        {"old_code": ["330822105000", " 330822105 "], "new_code": ["330822111000"] * 2, "year_to": ["2019 ", "2019"]}
    )
    crosswalk = Crosswalk(table)
    assert len(crosswalk.table) == 1
    assert arrivals(crosswalk, "330822105") == ["330822111"]


def test_notes_and_input_stay():
    table = pd.DataFrame({"old_code": ["330822105"], "new_code": ["330822111"], "note": ["撤并"], "who": ["x"]})
    before = table.copy()
    assert Crosswalk(table).successors(["330822105"])["note"].tolist() == ["撤并"]
    pd.testing.assert_frame_equal(table, before)


def test_empty():
    empty = Crosswalk.empty()
    assert empty.retired(["330822", None]).tolist() == [False, False]
    assert list(empty.successors(["330822"]).columns) == ["code", "matched_code", "new_code", "year", "steps", "note"]
    assert empty.table.empty


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"old": ["1"]}, "no column old_code, new_code"),
        ({"old_code": ["330822", None], "new_code": ["330899", "330822"]}, "old_code is empty in row 2"),
        ({"old_code": ["330822"], "new_code": ["330899"], "year_to": ["去年"]}, "year_to is no year in row 1"),
    ],
)
def test_broken_tables(table, message):
    with pytest.raises(SchemaError, match=message) as caught:
        Crosswalk(pd.DataFrame(table))
    assert "代码对照表" in caught.value.message("zh")


towns = st.sampled_from([f"{C}{number}" for number in range(101, 107)])
changes = st.lists(st.tuples(towns, towns, st.sampled_from([None, 2016, 2018, 2020])), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(changes)
def test_every_retired_code_arrives_somewhere_and_nothing_loops(rows):
    crosswalk = Crosswalk(pd.DataFrame(rows, columns=["old_code", "new_code", "year_to"]))
    codes = pd.Series([f"{C}{number}" for number in range(101, 107)])
    retired = set(codes[crosswalk.retired(codes)])
    found = crosswalk.successors(codes)
    assert retired == set(found["code"])
    assert not found.duplicated(["code", "new_code"]).any()
    assert found["steps"].between(1, 4).all()
