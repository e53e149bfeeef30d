"""Guesses about foreign layers: right for the usual ones, told, and refused where nothing fits."""

import pandas as pd
import pytest

from geocensus.basemap import guess_columns, guess_level, guess_system
from geocensus.errors import SchemaError


@pytest.mark.parametrize(
    ("headers", "level", "expected"),
    [
        ("code name parent_code", None, ("code", "name", "parent_code")),
        ("OBJECTID XZQDM XZQMC", None, ("XZQDM", "XZQMC", "")),
        ("ZLDWDM ZLDWMC SJDM", None, ("ZLDWDM", "ZLDWMC", "SJDM")),
        ("区划代码 名称 上级代码", None, ("区划代码", "名称", "上级代码")),
        ("行政区划代码 区划名称", None, ("行政区划代码", "区划名称", "")),
        ("adcode name center parent", None, ("adcode", "name", "parent")),
        ("STATEFP GEOID NAME", None, ("GEOID", "NAME", "")),
        ("COUNTYCODE TOWNCODE VILLCODE COUNTYNAME TOWNNAME VILLNAME", "village", ("VILLCODE", "VILLNAME", "TOWNCODE")),
        ("COUNTYCODE TOWNCODE COUNTYNAME TOWNNAME", "township", ("TOWNCODE", "TOWNNAME", "COUNTYCODE")),
        ("Region Code,Area_Name", None, ("Region Code", "", "")),
    ],
)
def test_usual_headers(headers, level, expected):
    names = headers.split("," if "," in headers else " ")
    table = pd.DataFrame({name: ["1"] for name in names})
    found = guess_columns(table, layer="x", level=level)
    assert (found.code, found.name, found.parent) == expected
    assert len(found.notes) == sum(bool(column) for column in expected)


def test_columns_named_by_the_user_win_and_are_no_guess():
    table = pd.DataFrame({"code": ["1"], "mine": ["2"], "name": ["x"]})
    found = guess_columns(table, layer="x", given={"code": "mine"})
    assert (found.code, found.name) == ("mine", "name")
    assert [note.en for note in found.notes] == ["layer x: column name taken as name"]


def test_a_column_that_is_not_there_lists_the_columns():
    with pytest.raises(SchemaError, match="no column 'dm' for --code; columns are a, b") as caught:
        guess_columns(pd.DataFrame({"a": [1], "b": [2]}), layer="x", given={"code": "dm"})
    assert "现有字段：a, b" in caught.value.zh


def test_codes_are_recognised_by_their_look():
    table = pd.DataFrame({"OBJECTID": [100001, 100002], "F7": ["330822001", "330822002"], "t": ["甲", "乙"]})
    assert guess_columns(table, layer="x").code == "F7"


def test_nothing_like_a_code_is_refused():
    with pytest.raises(SchemaError, match="no column looks like a code; columns are a, b"):
        guess_columns(pd.DataFrame({"a": ["x"], "b": ["y"]}), layer="l")


@pytest.mark.parametrize(
    ("codes", "names", "level"),
    [
        (["33"], (), "province"),
        (["330800"], (), "prefecture"),
        (["330822"], (), "county"),
        (["330822001000"], (), "township"),
        (["330822001201"], ("常山县",), "village"),
        (["330822001201001"], (), "zone"),
        (["330822001201"], ("zone",), "zone"),
        (["330822001201"], ("areas_zone",), "zone"),
        (["10005010001"], ("villages",), "village"),
        (["10005010001"], ("x",), "village"),
        (["1"], ("乡镇界",), "township"),
        (["abc"], ("x",), "zone"),
    ],
)
def test_levels(codes, names, level):
    found, note = guess_level(pd.Series(codes), names=names)
    assert found == level
    assert level in note.en


@pytest.mark.parametrize(
    ("codes", "system"),
    [(["330822", "330822001"], "gb2260"), (["10005", "10005010"], "other"), (["99999999"], "other"), ([], "other")],
)
def test_code_systems(codes, system):
    assert str(guess_system(pd.Series(codes, dtype="str"))) == system
