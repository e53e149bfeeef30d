"""The work in the field, on the drawn county of conftest: mix, supervisors, days; told the same everywhere."""

import itertools
import shutil

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geocensus.errors import SchemaError
from geocensus.pipeline.split import run_split
from geocensus.workspace import Workspace

COUNTY, NORTH = "330822", "330822100"


def sheet(path, name):
    return pd.read_excel(path, sheet_name=name, dtype=str, engine="calamine")


class TestMix:
    def test_stands_in_report_workspace_workbook_and_layers(self, checked, here):
        report = run_split([COUNTY], workspace=checked, teams=2, name="甲案", out=here / "out")
        stored = Workspace(checked).read_plan("甲案")
        classes = stored.record["report"]["mix"]["classes"]
        assert {zone: sum(counts.values()) for zone, counts in classes.items()} == {
            zone: int(n) for zone, n in stored.field_zones.set_index("field_zone")["sources"].items()
        }
        assert stored.mix.loc[stored.mix["kind"] == "class", "sources"].sum() == 6
        assert stored.mix.loc[stored.mix["kind"] == "sector", "name_zh"].unique().tolist() == ["未填行业"]
        book = sheet(report.targets.book, "构成")
        assert book["污染源"].astype(int).sum() == 12
        assert "工业源" in book["名称"].tolist()
        assert len(gpd.read_file(report.targets.layers, layer="plan_mix")) == len(stored.mix)

    def test_the_agreed_keys_stay_alone_where_nothing_more_is_asked(self, checked):
        assert list(run_split([COUNTY], workspace=checked, teams=2).summary)[-1] == "seconds"

    def test_without_a_list_there_is_none(self, world, here):
        run_split([COUNTY], basemap=world, workspace=here / "new.gpkg", teams=2, name="a")
        assert Workspace(here / "new.gpkg").read_plan("a").mix is None


class TestSupervisors:
    def test_whole_connected_field_zones_by_people(self, world, here):
        """Six teams of one crew of two, four enumerators per supervisor: three areas of two neighbours."""
        (here / "s.toml").write_text("enumerators_per_supervisor = 4\n", encoding="utf-8")
        report = run_split(
            [COUNTY],
            basemap=world,
            workspace=here / "new.gpkg",
            teams=6,
            name="a",
            supervisors=True,
            settings=here / "s.toml",
            out=here / "out",
        )
        areas = report.summary["supervisor_areas"]
        assert [len(zones) for zones in areas.values()] == [2, 2, 2]
        assert sorted(itertools.chain(*areas.values())) == list("123456")
        layer = gpd.read_file(report.targets.layers, layer="field_zones")
        joined = layer.dissolve("supervisor_area").geometry
        assert (joined.geom_type == "Polygon").all()
        stored = Workspace(here / "new.gpkg").read_plan("a").field_zones
        assert stored["supervisor_area"].tolist() == layer["supervisor_area"].tolist()
        assert sheet(report.targets.book, "片区")["指导区"].tolist() == layer["supervisor_area"].tolist()
        assert any("指导区" in label.zh for label, _ in report.facts)

    def test_people_of_the_list_count(self, world, here):
        (here / "teams.csv").write_text("name,people\nA,1\nB,1\nC,1\n", encoding="utf-8")
        report = run_split([COUNTY], basemap=world, teams="teams.csv", supervisors=True)
        assert report.summary["supervisor_areas"] == {"1": ["1", "2", "3"]}
        (here / "teams.csv").write_text("name,people\nA,9\nB,11\nC,10\n", encoding="utf-8")
        report = run_split([COUNTY], basemap=world, teams="teams.csv", supervisors=True, tolerance=0.5)
        assert len(report.summary["supervisor_areas"]) == 3
        assert "supervisor areas with more than 10 enumerators: 2 (11)" in report.notes[-1].en

    def test_the_plan_of_today_hands_down_people(self, world, here):
        (here / "teams.csv").write_text("name,people\nA,3\nB,1\nC,2\n", encoding="utf-8")
        place = here / "new.gpkg"
        first = run_split([COUNTY], basemap=world, workspace=place, teams="teams.csv", name="a")
        again = run_split([COUNTY], workspace=place, current="a", name="b")
        assert again.plan.labels.to_dict() == first.plan.labels.to_dict()
        assert again.plan.field_zones["people"].tolist() == [3, 1, 2]
        assert again.summary["feasible"]


@pytest.fixture(scope="module")
def place(checked_once, tmp_path_factory):
    return shutil.copy(checked_once, tmp_path_factory.mktemp("visits") / "ws.gpkg")


@pytest.fixture(scope="module")
def visited(place):
    return run_split([COUNTY], workspace=place, teams=2, name="甲案", visits=True, out=place.parent / "out")


class TestVisits:
    def test_every_source_that_counts_is_visited_once(self, visited):
        stops = sheet(visited.targets.book, "行程")
        sources = stops["对象标识"].dropna()
        assert sources.is_unique
        assert len(sources) == visited.plan.field_zones["sources"].sum() == 6
        assert stops["走访对象"].tolist().count("本单元基础工作") == 6
        said = "走访计入的全部 6 个污染源：4 个按坐标，2 个没有可用坐标、安排在所属单元中部；另有 6 个单元的基础工作"
        assert said in [note.zh for note in visited.notes]

    def test_days_are_lines_from_the_start_and_back(self, visited):
        lines = gpd.read_file(visited.targets.layers, layer="visits")
        days = sheet(visited.targets.book, "日程")
        assert len(lines) == len(days)
        assert lines.geometry.is_closed.all()
        assert lines.crs.to_epsg() == 4490
        assert lines["stops"].sum() == visited.summary["visits"]["visits"] == 12
        metres = shapely.length(lines.geometry.to_crs(4548).to_numpy())
        assert metres / 1000 == pytest.approx(lines["km"], rel=1e-3)

    def test_straight_lines_are_said_everywhere(self, visited):
        assert visited.summary["visits"]["straight_lines"] is True
        assert any("直线距离" in note.zh for note in visited.notes)
        assert sheet(visited.targets.book, "说明")["内容"].str.contains("直线距离").any()

    def test_days_and_kilometres_of_each_field_zone(self, visited, place):
        zones = Workspace(place).read_plan("甲案").field_zones
        days = sheet(visited.targets.book, "日程")
        assert zones["visit_days"].max() == visited.summary["visits"]["days"]
        assert zones["visit_km"].sum() == pytest.approx(visited.summary["visits"]["km"])
        assert days["里程（千米，直线）"].astype(float).sum() == pytest.approx(zones["visit_km"].sum(), abs=0.1)

    def test_without_pyvrp_units_are_taken_in_turn_and_that_is_said(self, checked, monkeypatch):
        monkeypatch.setattr("geocensus.zoning.visit.has_routing", lambda: False)
        report = run_split([COUNTY], workspace=checked, teams=2, visits=True)
        assert report.summary["visits"]["method"] == "unit order"
        assert any("pyvrp" in note.zh for note in report.notes)
        assert report.targets.book.name == "330822-2.xlsx"

    def test_hours_come_from_the_settings_and_start_points_from_the_list(self, checked, here):
        (here / "s.toml").write_text('[visits]\nday_minutes = 250\nday_start = "07:00"\n', encoding="utf-8")
        (here / "teams.csv").write_text("name,people,lon,lat\nA,2,118.03,28.02\n", encoding="utf-8")
        report = run_split(
            [COUNTY], workspace=checked, teams="teams.csv", visits=True, settings=here / "s.toml", name="p"
        )
        stops = sheet(report.targets.book, "行程")
        assert stops["到达"].min() >= "07:00"
        assert stops["到达"].min() < "07:10"
        assert int(sheet(report.targets.book, "日程")["第几天"].astype(int).max()) >= 6  # one village a day
        assert not any("未给出起点" in note.zh for note in report.notes)
        settings = Workspace(checked).read_plan("p").record["settings"]
        assert settings["visits"]["day_minutes"] == 250

    def test_need_checked_sources(self, world, here):
        with pytest.raises(SchemaError, match="--visits needs --workspace"):
            run_split([COUNTY], basemap=world, teams=2, visits=True)
        with pytest.raises(SchemaError, match="holds no checked sources"):
            run_split([COUNTY], basemap=world, workspace=here / "new.gpkg", teams=2, visits=True)
        assert not (here / "new.gpkg").exists()


def test_the_workbook_keeps_codes_as_text_and_says_what_is_known(checked, here):
    report = run_split([NORTH], workspace=checked, teams=1, name="北", out=here / "book.xlsx")
    assert [path.name for path in report.targets.written] == ["北-labels.csv", "book.xlsx"]
    cells = openpyxl.load_workbook(report.targets.book)["单元"]["A"][1:]
    assert [(cell.value, cell.data_type) for cell in cells] == [(f"{NORTH}20{i}", "s") for i in (1, 2, 3)]
    assert pd.read_excel(report.targets.book, sheet_name=None, engine="calamine").keys() == {
        "片区",
        "单元",
        "构成",
        "说明",
    }
    said = sheet(report.targets.book, "说明").set_index("项目")["内容"]
    assert said["范围"] == NORTH
    english = run_split([NORTH], workspace=checked, teams=1, out=here / "en.xlsx", lang="en")
    assert "field zones" in pd.read_excel(english.targets.book, sheet_name=None, engine="calamine")
