"""Degrees, minutes and seconds in columns of their own."""

import numpy as np
import pandas as pd
import pytest

from geocensus.coordinates import parse_parts, parse_points
from geocensus.errors import SchemaError

S, M = 1 / 3600, 1 / 60
LON = 118 + 31 * M + 12 * S
ALL, TWO, ONE = "parts_degree_minute_second", "parts_degree_minute", "parts_degree"

# degrees, minutes, seconds, value, format, resolution
READ = [
    ("118", "31", "12", LON, ALL, 0.5 * S),
    ("118", "31", "12.50", 118 + 31 * M + 12.5 * S, ALL, 0.005 * S),
    ("118", "31", "12,5", 118 + 31 * M + 12.5 * S, ALL, 0.05 * S),
    ("118.0", "31.0", "12", LON, ALL, 0.5 * S),
    ("118°", "31′", "12″", LON, ALL, 0.5 * S),
    ("118度", "31分", "12秒", LON, ALL, 0.5 * S),
    ("１１８", "３１", "１２", LON, ALL, 0.5 * S),
    ("E118", "31", "12", LON, ALL, 0.5 * S),
    ("东经118", "31", "12", LON, ALL, 0.5 * S),
    ("W118", "31", "12", -LON, ALL, 0.5 * S),
    ("-118", "31", "12", -LON, ALL, 0.5 * S),
    ("-0", "31", "12", -0.52, ALL, 0.5 * S),
    ("118", "0", "0", 118.0, ALL, 0.5 * S),
    ("118", "31.2", "", LON, TWO, 0.05 * M),
    ("118", "31", "无", 118 + 31 * M, TWO, 0.5 * M),
    ("118.52", "", None, 118.52, ONE, 0.005),
    ("118", "", "/", 118.0, ONE, 0.5),
    ("118,52", "", "", 118.52, ONE, 0.005),
    ("118°31′12″", "", "", LON, "degree_minute_second", 0.5 * S),
    ("1183112", "", "", LON, "packed", 0.5 * S),
]
REFUSED = [
    ("", "31", "12", "missing"),
    ("无", "", "", "missing"),
    ("", "", "", "missing"),
    ("118", "", "12", "unparsable"),
    ("118.5", "31", "12", "unparsable"),
    ("118.5", "0", "0", "unparsable"),
    ("118", "31.5", "12", "unparsable"),
    ("118", "31", "x1", "unparsable"),
    ("118", "-31", "12", "unparsable"),
    ("118", "31", "-12", "unparsable"),
    ("118 31", "12", "", "unparsable"),
    ("118", "31′12", "", "unparsable"),
    ("1183112", "31", "12", "unparsable"),
    ("abc", "31", "12", "unparsable"),
    ("118", "60", "12", "minute_second_range"),
    ("118", "31", "60", "minute_second_range"),
    ("118", "5230", "", "minute_second_range"),
    ("N118", "31", "12", "minute_second_range"),
]


def test_parts_that_can_be_read():
    degrees, minutes, seconds, values, formats, resolutions = zip(*READ, strict=True)
    found = parse_parts(degrees, minutes, seconds, axis="lon")
    assert found["problem"].tolist() == [""] * len(READ)
    assert found["format"].tolist() == list(formats)
    np.testing.assert_allclose(found["value"], values, rtol=1e-15)
    np.testing.assert_allclose(found["resolution_deg"], resolutions, rtol=1e-12)


def test_parts_that_cannot_be_read():
    degrees, minutes, seconds, problems = zip(*REFUSED, strict=True)
    found = parse_parts(degrees, minutes, seconds, axis="lon")
    assert list(zip(degrees, minutes, seconds, found["problem"], strict=True)) == [row[:4] for row in REFUSED]
    assert found["value"].isna().tolist() == [
        problem != "minute_second_range" or row[0] != "N118" for row, problem in zip(REFUSED, problems, strict=True)
    ]


def test_columns_of_numbers_and_absent_columns():
    table = pd.DataFrame(
        {"d": [118.0, 28.5, np.nan], "m": [31.0, np.nan, 3.0], "s": [12.5, np.nan, np.nan]}, index=list("abc")
    )
    found = parse_parts(table["d"], table["m"], table["s"], axis="lon")
    assert found["format"].tolist() == [ALL, ONE, ""]
    assert found["problem"].to_dict() == {"a": "", "b": "", "c": "missing"}
    assert parse_parts([118, 28], [31, 54], axis="lon")["format"].tolist() == [TWO, TWO]
    assert parse_parts([118, 28], axis="lon")["value"].tolist() == [118.0, 28.0]


def test_columns_of_unequal_length_and_unknown_axes_are_refused():
    with pytest.raises(SchemaError, match="differ in length"):
        parse_parts(["118"], ["31", "32"], axis="lon")
    with pytest.raises(SchemaError, match="axis must be"):
        parse_parts(["118"], axis="height")


def test_rows_of_which_all_parts_are_null_are_rows():
    parts = {"lon_deg": ["118", None], "lon_min": [None, None], "lon_sec": ["12", None], "lat_deg": ["28", None]}
    points = parse_points(parts)
    assert points["coordinate_problem"].tolist() == ["unparsable", "missing"]
    assert points["lon_text"].isna().tolist() == [False, True]
    assert points["lon_text"].tolist()[0] == "118 12"
