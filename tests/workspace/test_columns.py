"""Names and values between pandas and SQLite."""

import numpy as np
import pandas as pd
import pytest

from geocensus.errors import SchemaError
from geocensus.workspace.columns import columns_of, fold_overflow, unfold_overflow, values_of


def test_names_that_sqlite_would_confuse_are_numbered():
    table = pd.DataFrame([[1, 2, 3, 4]], columns=["raw:A", "raw:a", "raw:a (2)", "GEOM"])
    assert [column.name for column in columns_of(table)] == ["raw:A", "raw:a (2)", "raw:a (2) (2)", "GEOM (2)"]
    assert [column.header for column in columns_of(table)] == ["raw:A", "raw:a", "raw:a (2)", "GEOM"]


def test_a_column_given_twice_is_refused():
    with pytest.raises(SchemaError, match="raw:a"):
        columns_of(pd.DataFrame([[1, 2]], columns=["raw:a", "raw:a"]))


def test_known_columns_keep_their_type_whatever_they_hold():
    table = pd.DataFrame({"distance_m": [None], "on_border": [None], "claimed_code": [np.nan], "row": [np.nan]})
    assert [c.kind for c in columns_of(table.astype(object))] == ["REAL", "BOOLEAN", "TEXT", "INTEGER"]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pd.Series(["007", None], dtype="str"), "TEXT", ["007", None]),
        (pd.Series([1.5, np.nan]), "TEXT", ["1.5", None]),
        (pd.Series([pd.Timestamp("2017-12-31"), pd.NaT]), "TEXT", ["2017-12-31", None]),
        (pd.Series([True, False]), "BOOLEAN", [1, 0]),
        (pd.Series([True, np.nan], dtype=object), "BOOLEAN", [1, None]),
        (pd.Series([3.0, np.nan]), "INTEGER", [3, None]),
        (pd.Series([1, "x", None], dtype=object), "TEXT", ["1", "x", None]),
    ],
)
def test_values(values, kind, expected):
    assert values_of(values, kind) == expected


def test_missing_numbers_are_left_as_nan_for_sqlite_to_make_null():
    values = values_of(pd.Series([1.5, None], dtype="Float64"), "REAL")
    assert values[0] == 1.5
    assert np.isnan(values[1])


def test_more_columns_than_sqlite_takes_are_folded_and_come_back():
    raw = {f"raw:{i}": pd.Series([f"{i}甲", None], dtype="str") for i in range(2500)}
    table = pd.DataFrame({"source_id": pd.Series(["a", "b"], dtype="str"), **raw})
    folded = fold_overflow(table)
    assert len(folded.columns) == 1900
    pd.testing.assert_frame_equal(unfold_overflow(folded)[table.columns], table)


def test_few_columns_are_left_alone():
    table = pd.DataFrame({"raw:a": ["x"]})
    assert fold_overflow(table) is table
    assert unfold_overflow(table) is table
