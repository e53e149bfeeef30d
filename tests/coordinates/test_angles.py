"""A table of spellings; every row says what must come out."""

import numpy as np
import pandas as pd
import pytest

from geocensus.coordinates import FORMAT_NAMES, PROBLEMS, parse_angles
from geocensus.errors import SchemaError

from .spellings import LON, NAN, READ, REFUSED


def test_the_table_is_long_enough():
    assert len({(text, axis) for text, axis, *_ in (*READ, *REFUSED)}) == len(READ) + len(REFUSED)
    assert len(READ) >= 150
    assert {row[3] for row in READ} >= set(FORMAT_NAMES[1:11])


def test_every_spelling_that_can_be_read():
    for axis in ("lon", "lat"):
        rows = [row for row in READ if row[1] == axis]
        found = parse_angles([row[0] for row in rows], axis=axis)
        expected = pd.DataFrame(
            {
                "value": [row[2] for row in rows],
                "format": [row[3] for row in rows],
                "resolution_deg": [row[4] for row in rows],
                "problem": "",
                "text": [row[0] for row in rows],
            }
        )
        pd.testing.assert_frame_equal(found.assign(text=expected["text"]), expected, rtol=1e-15, atol=0)


def test_decimals_are_read_as_python_reads_them():
    rows = [
        row
        for row in READ
        if row[3] == "decimal" and row[0].replace(".", "").isascii() and row[0].replace(".", "").isdigit()
    ]
    assert len(rows) >= 10
    found = parse_angles([row[0] for row in rows], axis="lon")
    assert found["value"].tolist() == [float(row[0]) for row in rows]


def test_every_spelling_that_cannot_be_read():
    for axis in ("lon", "lat"):
        rows = [row for row in REFUSED if row[1] == axis]
        found = parse_angles([row[0] for row in rows], axis=axis)
        got = list(zip([row[0] for row in rows], found["problem"], found["format"], strict=True))
        assert got == [(row[0], row[2], row[3]) for row in rows]


@pytest.mark.parametrize(
    ("text", "axis", "value"), [("N118.5", "lon", 118.5), ("28.9W", "lat", -28.9), ("E118°31′12″", "lat", LON)]
)
def test_a_hemisphere_of_the_other_axis_keeps_the_value(text, axis, value):
    found = parse_angles([text], axis=axis).iloc[0]
    assert (found["problem"], found["value"]) == ("minute_second_range", pytest.approx(value, abs=1e-12))


def test_minutes_of_sixty_have_no_value():
    assert parse_angles(["118°60′12″", "118:31:60"], axis="lon")["value"].isna().all()


@pytest.mark.parametrize(
    "cells",
    [
        [118.523, float("nan"), 28.0],
        np.array([118.523, np.nan, 28.0]),
        np.array([118.523, np.nan, 28.0], dtype=object),
        pd.Series([118.523, None, 28.0], dtype="Float64"),
        pd.Series(["118.523", None, "28"], dtype="str"),
        pd.Series(["118.523", None, "28"], dtype="category"),
        pd.Series([118.523, None, "28"], dtype=object),
        pd.Series(["118.523", pd.NA, 28], dtype=object),
        pd.Series([118.523, pd.NaT, 28.0], dtype=object),
    ],
    ids=["list", "array", "objects", "Float64", "str", "category", "mixed", "mixed int", "NaT"],
)
def test_cells_of_every_kind(cells):
    found = parse_angles(cells, axis="lon")
    assert found["value"].tolist() == [118.523, pytest.approx(NAN, nan_ok=True), 28.0]
    assert found["problem"].tolist() == ["", "missing", ""]
    assert found["resolution_deg"].tolist()[::2] == [0.0005, 0.5]


def test_cells_that_are_no_numbers_or_texts():
    cells = [True, pd.Timestamp("2018-05-12"), float("inf"), [118.5], {"a": 1}]
    assert parse_angles(pd.Series(cells, dtype=object), axis="lon")["problem"].tolist() == ["unparsable"] * 5
    assert parse_angles(pd.Series([True, False]), axis="lon")["problem"].tolist() == ["unparsable"] * 2
    assert parse_angles(pd.to_datetime(["2018-05-12", None]), axis="lon")["problem"].tolist() == [
        "unparsable",
        "missing",
    ]
    assert parse_angles(np.array([np.inf, -np.inf]), axis="lon")["problem"].tolist() == ["unparsable"] * 2
    assert parse_angles(np.array([1183112, 118]), axis="lon")["format"].tolist() == ["packed", "decimal"]


def test_half_characters_do_not_stop_the_reading():
    assert parse_angles(["\ud800", "118.5"], axis="lon")["problem"].tolist() == ["unparsable", ""]


def test_a_cell_of_a_million_characters_costs_nothing():
    long = "118.5" + "°" * 1_000_000
    assert parse_angles([long, "1" * 1_000_000, " " * 1_000_000, "118.5"], axis="lon")["problem"].tolist() == [
        "unparsable",
        "unparsable",
        "missing",
        "",
    ]


def test_an_empty_column_gives_an_empty_table():
    found = parse_angles([], axis="lat")
    assert found.columns.tolist() == ["value", "format", "resolution_deg", "problem"]
    assert len(found) == 0


def test_the_index_of_a_series_is_kept():
    cells = pd.Series(["118.5", "无"], index=["b", "a"])
    assert parse_angles(cells, axis="lon").index.tolist() == ["b", "a"]
    sliced = pd.Series(["1", "118.5", "118°31′", "2"]).iloc[1:3]
    assert parse_angles(sliced, axis="lon")["format"].to_dict() == {1: "decimal", 2: "degree_minute"}


def test_an_unknown_axis_is_refused():
    with pytest.raises(SchemaError, match="axis must be"):
        parse_angles(["1"], axis="x")


def test_problems_are_the_rules_of_the_checks():
    assert PROBLEMS == ("", "missing", "unparsable", "minute_second_range", "zero", "out_of_range")
