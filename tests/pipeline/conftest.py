"""A drawn county for splits.

One county, two townships of three villages each, squares of 0.02°; a river parts the townships::

    28.04 +--v4--+--v5--+--v6--+   township 330822100, villages …201 …202 …203
    28.02 +~~~~~~+~~~~~~+~~~~~~+   the river
    28.00 +--v1--+--v2--+--v3--+   township 330822001, villages …201 …202 …203
         118.00 118.02 118.04 118.06
"""

import shutil

import geopandas as gpd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.io import write_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text
from geocensus.pipeline.run import run_check

COUNTY, SOUTH, NORTH = "330822", "330822001", "330822100"
VILLAGES = [f"{town}20{i}" for town in (SOUTH, NORTH) for i in (1, 2, 3)]


def layer(codes, names, parents, shapes):
    return gpd.GeoDataFrame({"code": codes, "name": names, "parent_code": parents}, geometry=shapes, crs="EPSG:4490")


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    x, y = [118.0, 118.02, 118.04, 118.06], [28.0, 28.02, 28.04]
    boxes = [shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for j in (0, 1) for i in (0, 1, 2)]
    towns = [shapely.union_all(boxes[:3]), shapely.union_all(boxes[3:])]
    layers = {
        "county": layer([COUNTY], ["甲县"], [""], [shapely.union_all(boxes)]),
        "township": layer([SOUTH, NORTH], ["南镇", "北镇"], [COUNTY] * 2, towns),
        "village": layer(VILLAGES, list("一二三四五六"), [code[:9] for code in VILLAGES], boxes),
    }
    river = gpd.GeoDataFrame(
        {"name": ["小河", "支流"], "kind": ["river", "river"]},
        geometry=[
            shapely.LineString([(117.99, 28.02), (118.07, 28.02)]),
            shapely.LineString([(118.03, 27.99), (118.03, 28.05)]),
        ],
        crs="EPSG:4490",
    )
    info = BasemapInfo(
        "world", Text("甲县", "world"), root=COUNTY, code_system=CodeSystem.GB2260, code_year=2023, nested=True
    )
    return write_basemap(Basemap(info, layers, river), tmp_path_factory.mktemp("world") / "world.gpkg")


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def checked_once(world, tmp_path_factory):
    """Check eight rows: four in v1, one of them by its claim alone, one claiming the north only, one outside, a total."""
    folder = tmp_path_factory.mktemp("checked")
    rows = ["编号,名称,类别,经度,纬度,区划代码"]
    rows += [f"A{i},厂{i},工业源,{118.005 + i / 500},28.01,{VILLAGES[0]}" for i in range(3)]
    rows += [f"B,无坐标,工业源,,,{VILLAGES[0]}", f"C,只填乡镇,生活源,,,{NORTH}", "D,外地,工业源,119,29,"]
    rows += [f"E,养殖,规模化畜禽养殖场,118.05,28.03,{VILLAGES[5]}", "合计,,,,,"]
    (folder / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    run_check(folder / "list.csv", basemap=world, workspace=folder / "ws.gpkg")
    return folder / "ws.gpkg"


@pytest.fixture
def checked(here, checked_once):
    """Return a workspace of one's own with the eight rows."""
    return shutil.copy(checked_once, here / "ws.gpkg")
