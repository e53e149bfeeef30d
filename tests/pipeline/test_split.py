"""A split from basemap to files, on the drawn county of conftest: units of every kind, sources counted, everything fits."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.errors import SchemaError, SplitInfeasibleError, WorkspaceError
from geocensus.model import Text
from geocensus.pipeline.demo import run_demo
from geocensus.pipeline.split import run_split
from geocensus.pipeline.split_files import plan_name, targets_of
from geocensus.pipeline.split_inputs import split_inputs
from geocensus.workspace import Workspace

COUNTY, SOUTH, NORTH = "330822", "330822001", "330822100"
VILLAGES = [f"{town}20{i}" for town in (SOUTH, NORTH) for i in (1, 2, 3)]


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


@pytest.mark.parametrize(
    ("units", "within", "villages"),
    [
        ("township", COUNTY, [3, 3]),
        ("zone", COUNTY, [1, 1, 1, 1, 1, 1]),
        ("block", COUNTY, [1.5, 1.5, 1.5, 1.5]),
        ("cell", SOUTH, [3]),
        ("cell", VILLAGES[1], [1]),
    ],
)
def test_base_work_is_that_of_the_villages_whatever_the_units(world, units, within, villages):
    """A township is the sum of its villages, blocks and cells share them by size."""
    given = split_inputs([within], basemap=world, workspace=None, level=units)
    base = given.units["base_minutes"] / 240
    assert base.sum() == pytest.approx(sum(villages), rel=1e-6)
    if units != "cell":
        assert sorted(base) == pytest.approx(villages, rel=1e-3)


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
    assert {path.suffix for path in report.targets.written} == {".csv", ".xlsx", ".html", ".png", ".gpkg"}
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
