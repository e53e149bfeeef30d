"""A table of spellings; every row says what must come out."""

import numpy as np
import pandas as pd
import pytest

from geocensus.coordinates import FORMAT_NAMES, PROBLEMS, parse_angles
from geocensus.errors import SchemaError

NAN = float("nan")
S = 1 / 3600  # degrees
M = 1 / 60
LON = 118 + 31 * M + 12 * S  # 118.52
LON5 = 118 + 31 * M + 12.5 * S
LAT = 28 + 54 * M  # 28.9
DMS, DM = "degree_minute_second", "degree_minute"

# text, axis, value, format, resolution in degrees
READ = [
    # decimal degrees
    ("118.523", "lon", 118.523, "decimal", 0.0005),
    ("118.5230", "lon", 118.523, "decimal", 0.00005),
    ("118.3112", "lon", 118.3112, "decimal", 0.00005),
    ("118", "lon", 118.0, "decimal", 0.5),
    ("118.", "lon", 118.0, "decimal", 0.5),
    ("118.0", "lon", 118.0, "decimal", 0.05),
    ("0", "lon", 0.0, "decimal", 0.5),
    ("0.0000", "lat", 0.0, "decimal", 0.00005),
    ("-118.523", "lon", -118.523, "decimal", 0.0005),
    ("−118.523", "lon", -118.523, "decimal", 0.0005),
    ("－118.523", "lon", -118.523, "decimal", 0.0005),
    ("+118.523", "lon", 118.523, "decimal", 0.0005),
    ("  118.523\t", "lon", 118.523, "decimal", 0.0005),
    ("\u3000118.523\u00a0", "lon", 118.523, "decimal", 0.0005),
    ("\ufeff118.523\u200b", "lon", 118.523, "decimal", 0.0005),
    ("１１８．５２３", "lon", 118.523, "decimal", 0.0005),
    ("１18.5２3", "lon", 118.523, "decimal", 0.0005),
    ("'118.523", "lon", 118.523, "decimal", 0.0005),
    ("‘118.523", "lon", 118.523, "decimal", 0.0005),
    ("118.523°", "lon", 118.523, "decimal", 0.0005),
    ("118.523º", "lon", 118.523, "decimal", 0.0005),
    ("118.523˚", "lon", 118.523, "decimal", 0.0005),
    ("118.523⁰", "lon", 118.523, "decimal", 0.0005),
    ("118.523度", "lon", 118.523, "decimal", 0.0005),
    ("118.523 deg", "lon", 118.523, "decimal", 0.0005),
    ("118.523 degrees", "lon", 118.523, "decimal", 0.0005),
    ("118度", "lon", 118.0, "decimal", 0.5),
    ("11852.3", "lon", 11852.3, "decimal", 0.05),
    ("39458123.4", "lon", 39458123.4, "decimal", 0.05),
    ("118.52300000000001", "lon", 118.52300000000001, "decimal", 0.5e-14),
    ("118.51666666666667", "lon", 118.51666666666667, "decimal", 0.5e-14),
    ("28.900000000000002", "lat", 28.900000000000002, "decimal", 0.5e-15),
    ("118.523000000000000000000000000001", "lon", 118.523, "decimal", 0.5e-30),
    ("361.5", "lon", 361.5, "decimal", 0.05),
    # decimal comma
    ("118,5230", "lon", 118.523, "decimal_comma", 0.00005),
    ("118，523", "lon", 118.523, "decimal_comma", 0.0005),
    ("-28,9", "lat", -28.9, "decimal_comma", 0.05),
    ("118,5230°", "lon", 118.523, "decimal_comma", 0.00005),
    ("118,5230E", "lon", 118.523, "decimal_comma", 0.00005),
    # scientific
    ("1.18523E+02", "lon", 118.523, "scientific", 0.0005),
    ("1.18523e2", "lon", 118.523, "scientific", 0.0005),
    ("-1.18523E+02", "lon", -118.523, "scientific", 0.0005),
    ("2.89E1", "lat", 28.9, "scientific", 0.05),
    ("5e-05", "lat", 0.00005, "scientific", 0.000005),
    ("1E+02", "lon", 100.0, "scientific", 50.0),
    # degrees, minutes, seconds with marks
    ("118°31′12″", "lon", LON, DMS, 0.5 * S),
    ("118°31′12.5″", "lon", LON5, DMS, 0.05 * S),
    ("118°31′12.50″", "lon", LON5, DMS, 0.005 * S),
    ("118°31'12\"", "lon", LON, DMS, 0.5 * S),
    ("118°31'12.5\"", "lon", LON5, DMS, 0.05 * S),
    ("118°31'12''", "lon", LON, DMS, 0.5 * S),
    ("118°31′12′′", "lon", LON, DMS, 0.5 * S),
    ("118°31′12′", "lon", LON, DMS, 0.5 * S),
    ("118°31'12'", "lon", LON, DMS, 0.5 * S),
    ("118°31′12", "lon", LON, DMS, 0.5 * S),
    ("118°31’12”", "lon", LON, DMS, 0.5 * S),
    ("118°31‘12“", "lon", LON, DMS, 0.5 * S),
    ("118°31＇12＂", "lon", LON, DMS, 0.5 * S),
    ("118°31´12˝", "lon", LON, DMS, 0.5 * S),
    ("118°31`12``", "lon", LON, DMS, 0.5 * S),
    ("118°31ʹ12ʺ", "lon", LON, DMS, 0.5 * S),
    ("118º31'12\"", "lon", LON, DMS, 0.5 * S),
    ("118˚31'12\"", "lon", LON, DMS, 0.5 * S),
    ("118⁰31'12\"", "lon", LON, DMS, 0.5 * S),
    ("118o31'12\"", "lon", LON, DMS, 0.5 * S),
    ("118℃31′12″", "lon", LON, DMS, 0.5 * S),
    ("118° 31′ 12″", "lon", LON, DMS, 0.5 * S),
    (" 118 ° 31 ′ 12 ″ ", "lon", LON, DMS, 0.5 * S),
    ("１１８°３１′１２．５″", "lon", LON5, DMS, 0.05 * S),
    ("118度31分12秒", "lon", LON, DMS, 0.5 * S),
    ("118度31分12.5秒", "lon", LON5, DMS, 0.05 * S),
    ("118度31分12,5秒", "lon", LON5, DMS, 0.05 * S),
    ("118度31分12", "lon", LON, DMS, 0.5 * S),
    ("118 度 31 分 12 秒", "lon", LON, DMS, 0.5 * S),
    ("１１８度３１分１２秒", "lon", LON, DMS, 0.5 * S),
    ("118°31分12秒", "lon", LON, DMS, 0.5 * S),
    ("118d31m12s", "lon", LON, DMS, 0.5 * S),
    ("118D31M12.5S", "lon", LON5, DMS, 0.05 * S),
    ("118deg31min12sec", "lon", LON, DMS, 0.5 * S),
    ("118 deg 31 min 12.5 sec", "lon", LON5, DMS, 0.05 * S),
    ("118°31 12", "lon", LON, DMS, 0.5 * S),
    ("118 31′12″", "lon", LON, DMS, 0.5 * S),
    ("118°031′012″", "lon", LON, DMS, 0.5 * S),
    ("-118°31′12″", "lon", -LON, DMS, 0.5 * S),
    ("-0°31′12″", "lon", -(31 * M + 12 * S), DMS, 0.5 * S),
    ("28°54′0″", "lat", LAT, DMS, 0.5 * S),
    ("028°54′00.00″", "lat", LAT, DMS, 0.005 * S),
    ("118°31′59.99″", "lon", 118 + 31 * M + 59.99 * S, DMS, 0.005 * S),
    # degrees and minutes
    ("118°31′", "lon", 118 + 31 * M, DM, 0.5 * M),
    ("118°31.2′", "lon", LON, DM, 0.05 * M),
    ("118°31.200′", "lon", LON, DM, 0.0005 * M),
    ("118°31", "lon", 118 + 31 * M, DM, 0.5 * M),
    ("118度31分", "lon", 118 + 31 * M, DM, 0.5 * M),
    ("118度31.2分", "lon", LON, DM, 0.05 * M),
    ("118度31,2分", "lon", LON, DM, 0.05 * M),
    ("118 31.2′", "lon", LON, DM, 0.05 * M),
    ("118d31.2m", "lon", LON, DM, 0.05 * M),
    # spaces, colons, dashes, points
    ("118 31 12", "lon", LON, "spaced", 0.5 * S),
    ("118 31 12.5", "lon", LON5, "spaced", 0.05 * S),
    ("118  31   12", "lon", LON, "spaced", 0.5 * S),
    ("118\u300031\u300012", "lon", LON, "spaced", 0.5 * S),
    ("118 31.2", "lon", LON, "spaced", 0.05 * M),
    ("118 31", "lon", 118 + 31 * M, "spaced", 0.5 * M),
    ("118:31:12", "lon", LON, "colon", 0.5 * S),
    ("118：31：12", "lon", LON, "colon", 0.5 * S),
    ("118 : 31 : 12.5", "lon", LON5, "colon", 0.05 * S),
    ("118:31.2", "lon", LON, "colon", 0.05 * M),
    ("-118:31:12", "lon", -LON, "colon", 0.5 * S),
    ("118-31-12", "lon", LON, "dashed", 0.5 * S),
    ("118—31—12", "lon", LON, "dashed", 0.5 * S),
    ("118–31–12.5", "lon", LON5, "dashed", 0.05 * S),
    ("-118-31-12", "lon", -LON, "dashed", 0.5 * S),
    ("118.31.12", "lon", LON, "dotted_dms", 0.5 * S),
    ("118.31.12.5", "lon", LON5, "dotted_dms", 0.05 * S),
    ("28.54.00", "lat", LAT, "dotted_dms", 0.5 * S),
    ("118．31．12", "lon", LON, "dotted_dms", 0.5 * S),
    # packed
    ("1183112", "lon", LON, "packed", 0.5 * S),
    ("1183112.5", "lon", LON5, "packed", 0.05 * S),
    ("1183112.50", "lon", LON5, "packed", 0.005 * S),
    ("285400", "lat", LAT, "packed", 0.5 * S),
    ("0285400", "lat", LAT, "packed", 0.5 * S),
    ("873112", "lon", 87 + 31 * M + 12 * S, "packed", 0.5 * S),
    ("-1183112", "lon", -LON, "packed", 0.5 * S),
    ("E1183112", "lon", LON, "packed", 0.5 * S),
    ("1183112E", "lon", LON, "packed", 0.5 * S),
    # hemispheres and labels, before and behind
    ("E118.523", "lon", 118.523, "decimal", 0.0005),
    ("118.523E", "lon", 118.523, "decimal", 0.0005),
    ("e 118.523", "lon", 118.523, "decimal", 0.0005),
    ("118.523 e", "lon", 118.523, "decimal", 0.0005),
    ("118.523°E", "lon", 118.523, "decimal", 0.0005),
    ("118.523° (E)", "lon", 118.523, "decimal", 0.0005),
    ("Ｅ118.523", "lon", 118.523, "decimal", 0.0005),
    ("W118.523", "lon", -118.523, "decimal", 0.0005),
    ("118.523 West", "lon", -118.523, "decimal", 0.0005),
    ("28.9N", "lat", 28.9, "decimal", 0.05),
    ("28.9 S", "lat", -28.9, "decimal", 0.05),
    ("South 28.9", "lat", -28.9, "decimal", 0.05),
    ("28°54′00″S", "lat", -LAT, DMS, 0.5 * S),
    ("28°54'00S", "lat", -LAT, DMS, 0.5 * S),
    ("28d54m00s S", "lat", -LAT, DMS, 0.5 * S),
    ("E118°31′12″", "lon", LON, DMS, 0.5 * S),
    ("118°31′12″E", "lon", LON, DMS, 0.5 * S),
    ("118°31′12″ E", "lon", LON, DMS, 0.5 * S),
    ("东经118°31′12″", "lon", LON, DMS, 0.5 * S),
    ("東經118°31′12″", "lon", LON, DMS, 0.5 * S),
    ("东经：118度31分12秒", "lon", LON, DMS, 0.5 * S),
    ("东118度31分12秒", "lon", LON, DMS, 0.5 * S),
    ("118度31分12秒东", "lon", LON, DMS, 0.5 * S),
    ("118度31分12秒（东经）", "lon", LON, DMS, 0.5 * S),
    ("西经118.523", "lon", -118.523, "decimal", 0.0005),
    ("北纬28度54分", "lat", LAT, DM, 0.5 * M),
    ("北緯28.9", "lat", 28.9, "decimal", 0.05),
    ("南纬28.9", "lat", -28.9, "decimal", 0.05),
    ("北纬28°54′00″N", "lat", LAT, DMS, 0.5 * S),
    ("经度:118.523", "lon", 118.523, "decimal", 0.0005),
    ("经度：东经118.523", "lon", 118.523, "decimal", 0.0005),
    ("纬度 28.9", "lat", 28.9, "decimal", 0.05),
    ("lon=118.523", "lon", 118.523, "decimal", 0.0005),
    ("lng: 118.523", "lon", 118.523, "decimal", 0.0005),
    ("Longitude 118.523", "lon", 118.523, "decimal", 0.0005),
    ("lat:28.9", "lat", 28.9, "decimal", 0.05),
    ("latitude = 28.9N", "lat", 28.9, "decimal", 0.05),
    ("lon=-118.523", "lon", -118.523, "decimal", 0.0005),
    ("E 118 31 12", "lon", LON, "spaced", 0.5 * S),
    ("118:31:12E", "lon", LON, "colon", 0.5 * S),
    ("N28-54-00", "lat", LAT, "dashed", 0.5 * S),
    ("118.31.12E", "lon", LON, "dotted_dms", 0.5 * S),
]

# text, axis, problem, format
REFUSED = [
    *(
        (text, "lon", "missing", "")
        for text in ("", " ", "\u3000", "无", "無", "—", "——", "-", "--", "/", "\\", "空", "null")
    ),
    *(
        (text, "lon", "missing", "")
        for text in ("NULL", "None", "nan", "NaN", "N/A", "n/a", "NA", "#N/A", "不详", "未知")
    ),
    *(
        (text, "lat", "missing", "")
        for text in ("暂无", "待定", "待补", "未填", "无坐标", "*", "***", "?", "？", "…", "......")
    ),
    *(
        (text, "lat", "missing", "")
        for text in (".", "'", "、", "。", "\u200b", "TBD", "unknown", "不适用", "~", "///")
    ),
    ("118°60′12″", "lon", "minute_second_range", DMS),
    ("118°31′60″", "lon", "minute_second_range", DMS),
    ("118°31′60.00″", "lon", "minute_second_range", DMS),
    ("118°5230′", "lon", "minute_second_range", DM),
    ("118:75:00", "lon", "minute_second_range", "colon"),
    ("118 31 99", "lon", "minute_second_range", "spaced"),
    ("118.61.12", "lon", "minute_second_range", "dotted_dms"),
    ("1189912", "lon", "minute_second_range", "packed"),
    ("118-31-75", "lon", "minute_second_range", "dashed"),
    ("N118.5", "lon", "minute_second_range", "decimal"),
    ("118.5N", "lon", "minute_second_range", "decimal"),
    ("北纬28.9", "lon", "minute_second_range", "decimal"),
    ("东经118.5", "lat", "minute_second_range", "decimal"),
    ("lat=28.9", "lon", "minute_second_range", "decimal"),
    ("经度:118.5", "lat", "minute_second_range", "decimal"),
    ("经度:北纬28.9", "lon", "minute_second_range", "decimal"),
    *(
        (text, "lon", "unparsable", "")
        for text in (
            *("abc", "常山县", "118.5.", "118..5", "118.5 28.9", "118.52,28.90", "118.5°31′", "118°31.5′12″"),
            *("118°31″", "118°31″12′", "118-31", "118-119", "31′12″", "12″", "118,523,1", "118 31 12 5", "118,31,12"),
            *(
                "2018-05-12",
                "2018-05-12 00:00:00",
                "2018年5月12日",
                "2018/5/12",
                "=A1",
                "=118.5",
                "True",
                "FALSE",
                "inf",
            ),
            *(
                "-inf",
                "Infinity",
                "#REF!",
                "#VALUE!",
                "1e400",
                "0x76",
                "118.5%",
                "118.5m",
                "118.5米",
                "约118.5",
                "118.5²",
            ),
            *(
                "118.52①",
                "118½",
                "١١٨.٥",
                "११८.५",
                "一百一十八度",
                "118.5㎡",
                "118°31㎡",
                "E118.5W",
                "-118.5E",
                "W-118.5",
            ),
            *(
                "118.5 東西",
                "E",
                "°′″",
                "+",
                "--118.5",
                "+-118.5",
                "118_5",
                "1_18.5",
                "118.5E5E",
                "1.18.5.2.3",
                "东纬118.5",
            ),
            *("118\x0031", "118.5\n28.9", "9" * 21, "1" * 101, "118." + "0" * 100, "😀118.5", "118.5度31分", "NaN°"),
        )
    ),
]


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
