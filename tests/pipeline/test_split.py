"""A split from basemap to files: units of every kind, sources counted, everything written fits together.

One county, two townships of three villages each, squares of 0.02°; a river parts the townships::

    28.04 +--v4--+--v5--+--v6--+   township 330822100, villages …201 …202 …203
    28.02 +~~~~~~+~~~~~~+~~~~~~+   the river
    28.00 +--v1--+--v2--+--v3--+   township 330822001, villages …201 …202 …203
         118.00 118.02 118.04 118.06
"""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.errors import SchemaError, SplitInfeasibleError, WorkspaceError
from geocensus.io import write_basemap
from geocensus.model import BasemapInfo, CodeSystem, Text
from geocensus.pipeline.demo import run_demo
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.pipeline.split_files import plan_name, targets_of
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


@pytest.fixture
def checked(here, world):
    """Check eight rows: four in v1, one of them by its claim alone, one claiming the north only, one outside, a total."""
    rows = ["编号,名称,类别,经度,纬度,区划代码"]
    rows += [f"A{i},厂{i},工业源,{118.005 + i / 500},28.01,{VILLAGES[0]}" for i in range(3)]
    rows += [f"B,无坐标,工业源,,,{VILLAGES[0]}", f"C,只填乡镇,生活源,,,{NORTH}", "D,外地,工业源,119,29,"]
    rows += [f"E,养殖,规模化畜禽养殖场,118.05,28.03,{VILLAGES[5]}", "合计,,,,,"]
    (here / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    run_check(here / "list.csv", basemap=world, workspace=here / "ws.gpkg")
    return here / "ws.gpkg"


def test_villages_and_the_row_sum(checked, here):
    report = run_split([COUNTY], workspace=checked, teams=2)
    members = Workspace(checked).read_plan(report.name).members.set_index("code")
    assert members["sources"].sum() == 6
    assert members["sources"][VILLAGES[0]] == 4
    assert members["load"].sum() == pytest.approx(report.summary["load"]["mean"] * 2)
    assert any(
        "名单 8 行 = 计入 6（其中按填报区划 2）+ 范围外 0 + 无法归属 1 + 剔除 1" in note.zh for note in report.notes
    )


def test_sources_elsewhere_do_not_count(checked):
    report = run_split([SOUTH], workspace=checked, teams=1, name="south")
    stored = Workspace(checked).read_plan("south")
    assert len(stored.members) == 3
    assert stored.members["sources"].sum() == 4
    assert SOUTH in stored.record["within"]
    assert report.title.zh == "南镇：3 个单元划分为 1 个片区"


@pytest.mark.parametrize(("units", "count"), [("township", 2), ("village", 6), ("zone", 6), ("block", 4)])
def test_units_of_every_kind(world, here, units, count):
    report = run_split([COUNTY], basemap=world, teams=2, units=units)
    zones = report.plan.field_zones
    assert report.summary["units"] == count
    assert zones["load"].sum() == pytest.approx(6 * 240)
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())
    whole = shapely.box(118, 28, 118.06, 28.04)
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(zones.geometry), whole)) < 1e-9


def test_cells_around_sources(checked):
    report = run_split([SOUTH], workspace=checked, teams=2, units="cell", name="cells")
    assert report.summary["units"] >= 3
    assert report.plan.field_zones["sources"].sum() == 4


def test_everything_written_tells_the_same(checked, here):
    report = run_split([COUNTY], workspace=checked, teams=2, name="甲案", out=here / "out")
    labels = pd.read_csv(report.targets.labels, dtype=str, encoding="utf-8-sig").set_index("code")["field_zone"]
    members = gpd.read_file(report.targets.layers, layer="units").set_index("code")["field_zone"]
    stored = Workspace(checked).read_plan("甲案")
    assert labels.to_dict() == members.to_dict() == report.plan.labels.to_dict()
    assert stored.members.set_index("code")["field_zone"].to_dict() == labels.to_dict()
    assert stored.record["report"]["deviation"] == report.summary["deviation"]
    assert {path.suffix for path in report.targets.written} == {".csv", ".html", ".png", ".gpkg"}
    assert "甲案" in stored.name
    assert set(stored.record) >= {"created", "basemap_sha256", "versions", "settings", "operator", "tolerance", "seed"}


def test_a_locked_workspace_leaves_no_file_behind(checked, here, monkeypatch):
    def locked(*_arguments):
        raise WorkspaceError("locked", "被锁定")

    monkeypatch.setattr(Workspace, "write_plan", locked)
    before = sorted(path.name for path in here.iterdir())
    with pytest.raises(WorkspaceError):
        run_split([COUNTY], workspace=checked, teams=2, out=here / "out")
    assert sorted(path.name for path in here.iterdir()) == before


def test_progress_is_told_in_both_languages(world, here):
    told = []
    run_split([COUNTY], basemap=world, teams=2, progress=told.append)
    assert told[0] == Text("读取底图与污染源", "reading basemap and sources")
    assert all(isinstance(step, Text) and step.zh and step.en for step in told)


def test_hard_barriers_cut(world, here):
    soft = run_split([COUNTY], basemap=world, teams=3, name="soft")
    hard = run_split([COUNTY], basemap=world, teams=4, barriers="hard", name="hard")
    assert soft.summary["deviation"] == 0
    assert hard.plan.labels.nunique() == 4
    assert (
        hard.plan.labels.groupby(hard.plan.labels).agg(lambda codes: codes.index.str[:9].nunique()).tolist() == [1] * 4
    )
    with pytest.raises(SplitInfeasibleError) as caught:
        run_split([COUNTY], basemap=world, teams=3, barriers="hard")
    assert caught.value.reason == "components"


def test_no_plan_at_all_writes_nothing(world, here):
    with pytest.raises(SplitInfeasibleError) as caught:
        run_split([COUNTY], basemap=world, teams=7)
    assert caught.value.reason == "teams"
    assert list(here.iterdir()) == []


class TestNames:
    @pytest.mark.parametrize("name", ["", "  ", ".a", "a/b", "a\\b", "a:b", "x" * 81, "a\nb"])
    def test_what_no_file_can_be_called(self, name):
        with pytest.raises(SchemaError, match="part of file names"):
            plan_name(name, ["1"], 2)

    def test_several_areas(self):
        assert plan_name(None, ["330822001", "330822002"], 3) == "330822001+1-3"
        assert plan_name(None, ["auto:1"], 3) == "auto_1-3"

    def test_a_folder_that_is_there_may_have_a_dot(self, tmp_path):
        (tmp_path / "v1.2").mkdir()
        assert targets_of(tmp_path / "v1.2", "a").labels == tmp_path / "v1.2" / "a-labels.csv"


def test_the_demo_splits_the_county_and_a_township(tmp_path):
    report = run_demo("changshan", out=tmp_path, rows=300)
    areas, zones = report.plans
    assert (areas.summary["field_zones"], areas.summary["units"], areas.summary["optimal"]) == (7, 14, True)
    assert (zones.summary["field_zones"], zones.summary["connected"]) == (5, True)
    assert Workspace(report.run.workspace).plans()["plan"].tolist() == ["areas", "field-zones"]
    assert {"areas.html", "areas-labels.csv", "field-zones.html", "map.html"} <= {p.name for p in tmp_path.iterdir()}
    assert len(list(tmp_path.glob("*.gpkg"))) == 1
