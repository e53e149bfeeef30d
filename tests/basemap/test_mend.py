"""Mending: codes, geometry, doubled records; every change is a row."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.basemap import LayerColumns, mend_barriers, mend_geometry, mend_layer
from geocensus.model import CodeSystem

BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
SQUARE = (0, 0, 1, 1)


def mended(layer, *, level="village", columns=None, system=CodeSystem.GB2260):
    return mend_layer(layer, level=level, columns=columns or LayerColumns("dm"), system=system)


def changes(result):
    return sorted(map(tuple, result.report[["code", "what", "before", "after"]].to_numpy().tolist()))


def test_a_clean_layer_passes_without_a_row_in_the_report(layer):
    result = mended(layer({"dm": ["330822001201"]}, [SQUARE]))
    assert result.table["code"].tolist() == ["330822001201"]
    assert result.report.empty
    assert list(result.report.columns) == ["layer", "code", "what", "before", "after"]


@pytest.mark.parametrize(
    ("raw", "code", "what"),
    [
        (" 330822001201 ", "330822001201", "code.normalised"),
        ("３３０８２２００１２０１", "330822001201", "code.normalised"),
        (330822001201.0, "330822001201", "code.normalised"),
        ("330822001000", "330822001", "code.zeros_cut"),
        ("330822000000", "330822", "code.zeros_cut"),
        ("30822001201", "30822001201", "code.digit_lost_not_mended"),
    ],
)
def test_codes_are_mended_and_told(layer, raw, code, what):
    result = mended(layer({"dm": [raw]}, [SQUARE]))
    assert result.table["code"].tolist() == [code]
    assert what in result.report["what"].tolist()


def test_zeros_are_cut_in_gb2260_alone(layer):
    table = layer({"dm": ["330822001000"]}, [SQUARE])
    assert mended(table, system=CodeSystem.OTHER).table["code"].tolist() == ["330822001000"]


def test_whole_numbers_are_texts_without_a_word(layer):
    result = mended(layer({"dm": [330822001201]}, [SQUARE]))
    assert (result.table["code"].tolist(), len(result.report)) == (["330822001201"], 0)


def test_a_bowtie_becomes_two_valid_triangles(layer):
    result = mended(layer({"dm": ["330822001201"]}, [BOWTIE]))
    shape = result.table.geometry[0]
    assert shape.is_valid
    assert shape.geom_type == "MultiPolygon"
    assert shape.area == pytest.approx(0.5)
    assert changes(result) == [("330822001201", "geometry.made_valid", "Self-intersection[0.5 0.5]", "MultiPolygon")]


def test_shapes_without_area_become_none(layer):
    line = shapely.LineString([(0, 0), (1, 1)])
    mixed = shapely.GeometryCollection([line, shapely.box(0, 0, 1, 1)])
    shapes, changed = mend_geometry(
        layer({"a": [1, 2, 3, 4, 5]}, [line, mixed, None, shapely.Polygon(), SQUARE]).geometry
    )
    assert [None if s is None else s.geom_type for s in shapes] == [None, "MultiPolygon", None, None, "Polygon"]
    assert changed["what"].to_dict() == {0: "not_polygon", 1: "not_polygon", 2: "none", 3: "none"}


def test_height_is_dropped(layer):
    shapes, changed = mend_geometry(layer({"a": [1]}, [shapely.force_3d(shapely.box(0, 0, 1, 1), 5)]).geometry)
    assert not shapes[0].has_z
    assert changed.empty


def test_records_of_one_code_and_name_become_one_area(layer):
    table = layer({"dm": ["330822001201"] * 2, "mc": ["甲"] * 2}, [SQUARE, (2, 0, 3, 1)])
    result = mended(table, columns=LayerColumns("dm", "mc"))
    assert result.table["code"].tolist() == ["330822001201"]
    assert result.table.geometry[0].area == pytest.approx(2)
    assert changes(result) == [("330822001201", "code.records_joined", "2", "1")]


def test_one_code_with_two_names_keeps_both_apart(layer):
    table = layer({"dm": ["330822001201"] * 2, "mc": ["乙", "甲"]}, [SQUARE, (2, 0, 3, 1)])
    for order in ([0, 1], [1, 0]):
        result = mended(table.iloc[order], columns=LayerColumns("dm", "mc"))
        assert result.table[["code", "name"]].to_numpy().tolist() == [["330822001201", "乙"], ["330822001201#2", "甲"]]
        assert changes(result) == [("330822001201#2", "code.duplicate", "330822001201", "330822001201#2")]


def test_an_area_without_a_code_gets_one_from_its_geometry(layer):
    one = mended(layer({"dm": [None, "无"]}, [SQUARE, (2, 0, 3, 1)])).table
    other = mended(layer({"dm": ["无", np.nan]}, [(2, 0, 3, 1), SQUARE])).table
    assert one["code"].str.match(r"auto:[0-9a-f]{10}$").all()
    assert one["code"].tolist() == other["code"].tolist()
    assert one["code"].is_unique


def test_parents_are_read_as_codes_also_from_json(layer):
    table = layer({"dm": ["330822", "330823"], "p": ['{ "adcode": 330800 }', "3308"]}, [SQUARE, (1, 0, 2, 1)])
    result = mended(table, level="county", columns=LayerColumns("dm", parent="p"))
    assert result.table["parent_code"].tolist() == ["3308", "3308"]


def test_every_record_is_accounted_for(layer):
    codes = ["330822001201", "330822001201", None, "330822001202", "330822001202"]
    names = ["甲", "甲", "丙", "丁", "戊"]
    table = layer({"dm": codes, "mc": names}, [SQUARE, (1, 0, 2, 1), (2, 0, 3, 1), (3, 0, 4, 1), None])
    result = mended(table, columns=LayerColumns("dm", "mc"))
    joined = result.report[result.report["what"] == "code.records_joined"]
    lost = (joined["before"].astype(int) - 1).sum()
    assert len(result.table) + lost == len(table)
    assert result.table["code"].is_unique


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("river", "river"),
        ("常山港", "river"),
        ("G60沪昆高速", "motorway"),
        ("motorway", "motorway"),
        ("205国道", "road"),
        ("衢九铁路", "railway"),
        ("wall", "other"),
    ],
)
def test_barriers_say_what_they_are(layer, word, kind):
    lines = layer({"name": [word, "x"]}, [shapely.LineString([(0, 0), (1, 1)]), None])
    table = mend_barriers(lines)
    assert table["kind"].tolist() == [kind]
    assert list(table.columns) == ["name", "kind", "geometry"]


def test_an_empty_layer_stays_empty(layer):
    result = mended(layer({"dm": pd.Series([], dtype="str")}, []))
    assert len(result.table) == 0
    assert result.report.empty
