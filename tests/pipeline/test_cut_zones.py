"""Census zones from a workspace with checked sources: every village, every source, codes that last.

One county, two townships of three villages each, squares of 0.02°::

    28.04 +--v4--+--v5--+--v6--+   township 330822100, villages …201 …202 …203
    28.02 +------+------+------+
    28.00 +--v1--+--v2--+--v3--+   township 330822001, villages …201 …202 …203
         118.00 118.02 118.04 118.06

Of the eight sources five lie in v1, one in v2, one claims v1 without a place, one claims the southern township alone.
"""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.errors import SchemaError
from geocensus.io import write_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text
from geocensus.pipeline.cut_zones import cut_zones
from geocensus.pipeline.run import run_check
from geocensus.workspace import Workspace

COUNTY, SOUTH, NORTH = "330822", "330822001", "330822100"
VILLAGES = [f"{town}20{i}" for town in (SOUTH, NORTH) for i in (1, 2, 3)]


def layer(codes, names, parents, shapes):
    return gpd.GeoDataFrame({"code": codes, "name": names, "parent_code": parents}, geometry=shapes, crs="EPSG:4490")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    x, y = [118.0, 118.02, 118.04, 118.06], [28.0, 28.02, 28.04]
    boxes = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for j in (0, 1) for i in (0, 1, 2)]
    towns = [shapely.union_all(boxes[:3]), shapely.union_all(boxes[3:])]
    layers = {
        "county": layer([COUNTY], ["甲县"], [""], [shapely.union_all(boxes)]),
        "township": layer([SOUTH, NORTH], ["南镇", "北镇"], [COUNTY] * 2, towns),
        "village": layer(VILLAGES, list("一二三四五六"), [code[:9] for code in VILLAGES], boxes),
    }
    info = BasemapInfo(
        "world", Text("甲县", "world"), root=COUNTY, code_system=CodeSystem.GB2260, code_year=2023, nested=True
    )
    return write_basemap(Basemap(info, layers), tmp_path_factory.mktemp("world") / "world.gpkg")


@pytest.fixture
def workspace(tmp_path, world, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = ["编号,名称,经度,纬度,区划代码"]
    rows += [f"A{i},厂{i},{118.002 + i / 300},28.01,{VILLAGES[0]}" for i in range(5)]
    rows += [f"B1,乙厂,118.03,28.01,{VILLAGES[1]}", f"C1,丙厂,,,{VILLAGES[0]}", f"D1,丁厂,,,{SOUTH}"]
    (tmp_path / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    run_check(tmp_path / "list.csv", basemap=world, workspace=tmp_path / "list.gpkg")
    return tmp_path / "list.gpkg"


def test_every_village_has_a_zone_and_every_source_is_in_one(workspace):
    report = cut_zones([COUNTY], workspace=workspace, most=3, lang="en")
    assert report.zones.zones["code"].tolist() == [
        f"{VILLAGES[0]}001",
        f"{VILLAGES[0]}002",
        f"{VILLAGES[0]}003",
        *(f"{code}001" for code in VILLAGES[1:]),
    ]
    keys = ("zones", "villages", "sources", "most", "created", "kept", "changed", "retired")
    assert [report.summary[key] for key in keys] == [8, 6, 8, 3, 8, 0, 0, 0]
    labels = pd.read_csv(report.labels, dtype="str")
    assert sorted(labels["code"]) == ["A0", "A1", "A2", "A3", "A4", "B1", "C1", "D1"]
    assert set(labels["field_zone"].str[:-3]) == {VILLAGES[0], VILLAGES[1]}
    assert report.summary["warnings"][0].startswith("2 sources have no place in their village")


def test_one_township_after_the_other(workspace):
    first = cut_zones([SOUTH], workspace=workspace, most=3)
    second = cut_zones([NORTH], workspace=workspace, most=3)
    assert (first.summary["zones"], first.summary["villages"], first.summary["sources"]) == (5, 3, 8)
    assert (second.summary["zones"], second.summary["villages"], second.summary["sources"]) == (3, 3, 0)
    assert second.summary["most"] == 0
    stored = Workspace(workspace).read_census_zones()
    assert len(stored.zones) == 8
    assert len(stored.members) == 8
    assert stored.zones["sources"].sum() == 8


def test_a_second_cut_keeps_the_codes(workspace):
    cut_zones([COUNTY], workspace=workspace, most=3)
    again = cut_zones([COUNTY], workspace=workspace, most=3)
    assert [again.summary[key] for key in ("created", "kept", "changed", "retired")] == [0, 8, 0, 0]
    wider = cut_zones([COUNTY], workspace=workspace, most=150)
    assert wider.summary["zones"] == 6
    assert [wider.summary[key] for key in ("created", "kept", "retired")] == [1, 5, 3]
    assert f"{VILLAGES[0]}004" in wider.zones.zones["code"].tolist()


@pytest.mark.parametrize("workspace_given", [None, "none.gpkg"])
def test_without_checked_sources(tmp_path, workspace_given):
    place = None if workspace_given is None else tmp_path / workspace_given
    with pytest.raises(SchemaError, match="with checked sources"):
        cut_zones([COUNTY], workspace=place)


def test_zones_go_into_the_workspace_not_into_a_layer_file(workspace):
    with pytest.raises(SchemaError, match=r"a \.csv or a folder"):
        cut_zones([COUNTY], workspace=workspace, out="zones.gpkg")
    assert Workspace(workspace).read_census_zones() is None
