"""geocensus split: what it prints, what it writes, how it ends; on four villages in a row (conftest)."""

import json

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.workspace import Workspace

KEYS = [
    "field_zones", "units", "feasible", "optimal", "deviation", "bound", "connected", "cut_km", "rms_m",
    "polsby_popper", "load", "labels_file", "warnings", "seconds",
]  # fmt: skip
COUNTY = "330822"
V1, V2, V3, V4 = "330822001001", "330822001200", "330822100200", "330822100201"


@pytest.fixture
def split(run, here, world):
    """Split the drawn county; the labels are read back where there are any."""

    def call(*options, basemap=True, json_=True):
        place = ["--basemap", world] if basemap else []
        done = run("split", *place, "--within", COUNTY, *options, json_=json_)
        if done.json is not None:
            labels = pd.read_csv(done.json["labels_file"], dtype=str)
            assert labels["code"].is_unique
            done.labels = labels.set_index("code")["field_zone"].to_dict()
        return done

    return call


def test_the_json_object_has_the_agreed_keys(split):
    done = split("--teams", 2)
    assert done.code == 0
    assert list(done.json) == KEYS
    assert (done.json["field_zones"], done.json["units"]) == (2, 4)
    assert (done.json["feasible"], done.json["optimal"], done.json["connected"]) == (True, True, True)
    assert done.json["load"] == {"min": 480.0, "mean": 480.0, "max": 480.0}
    assert (done.json["deviation"], done.json["warnings"]) == (0.0, [])
    assert done.labels == {V1: "1", V2: "1", V3: "2", V4: "2"}
    assert json.loads(done.out.splitlines()[-1]) == done.json


def test_json_is_the_last_and_only_line_of_stdout(split):
    done = split("--teams", 2, "--lang", "en")
    assert done.out.count("\n") == 1
    assert "甲县: 4 units in 2 field zones" in done.err
    assert "proven optimal" in done.err


def test_without_json_the_table_is_on_stdout(split):
    done = split("--teams", 2, "--lang", "zh", json_=False)
    assert "甲县：4 个单元划分为 2 个片区" in done.out
    assert "最大偏差 0.0%，在允许的 5.0% 之内" in done.out
    assert "片区1" in done.out


def test_labels_are_written_into_the_current_folder(split, here):
    done = split("--teams", 2)
    assert done.json["labels_file"] == "330822-2-labels.csv"
    assert [path.name for path in here.iterdir()] == ["330822-2-labels.csv"]


def test_a_name_names_the_labels(split, here):
    assert split("--teams", 2, "--name", "秋季").json["labels_file"] == "秋季-labels.csv"
    assert [path.name for path in here.iterdir()] == ["秋季-labels.csv"]


def test_out_file_and_folder(split, here):
    assert split("--teams", 2, "--out", "x/mine.csv").json["labels_file"] == "x/mine.csv"
    assert split("--teams", 2, "--out", "y/map.html", "--name", "p").json["labels_file"] == "y/p-labels.csv"
    split("--teams", 2, "--out", "all", "--name", "p")
    found = {str(path.relative_to(here)) for path in here.rglob("*") if path.is_file()}
    assert found == {
        "x/mine.csv", "y/map.html", "y/p-labels.csv", "all/p-labels.csv", "all/p.html", "all/p.png", "all/p.gpkg",
        "all/p.xlsx",
    }  # fmt: skip
    zones = pyogrio.read_dataframe(here / "all" / "p.gpkg", layer="field_zones")
    units = pyogrio.read_dataframe(here / "all" / "p.gpkg", layer="units")
    assert zones["load"].tolist() == [480.0, 480.0]
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())
    size = [shapely.area(table.geometry.to_numpy()).sum() for table in (zones, units)]
    assert size[0] == pytest.approx(size[1], rel=1e-9)


def test_townships_as_units(split):
    done = split("--teams", 2, "--units", "township")
    assert (done.json["units"], done.labels) == (2, {"330822001": "1", "330822100": "2"})


def test_capacity_gives_the_least_number_of_field_zones(split):
    assert split("--capacity", 480).json["field_zones"] == 2
    assert split("--capacity", 479).json["field_zones"] == 4
    assert split("--capacity", 5000).json["field_zones"] == 1


def test_teams_share_by_people_and_give_names(split, here):
    (here / "teams.csv").write_text("小组,人数,组长\n一组,3,张三\n二组,1,李四\n", encoding="gbk")
    done = split("--teams", "teams.csv", "--lang", "zh")
    assert done.json["load"] == {"min": 240.0, "mean": 480.0, "max": 720.0}
    assert done.json["deviation"] == 0
    assert sorted(done.labels.values()) == ["1", "1", "1", "2"]
    for word in ("一组", "二组", "张三", "李四"):
        assert word in done.err


def test_what_more_is_asked_for_stands_behind_the_agreed_keys(split, here):
    """A park over two villages of two townships; one supervisor leads ten enumerators."""
    park = gpd.GeoDataFrame({"name": ["园区"]}, geometry=[shapely.box(118.03, 28, 118.05, 28.01)], crs="EPSG:4490")
    park.to_file(here / "parks.gpkg")
    done = split("--teams", 2, "--together", "parks.gpkg", "--supervisors", "--lang", "zh")
    assert list(done.json) == [*KEYS, "groups", "groups_split", "supervisor_areas"]
    assert (done.json["groups"], done.json["groups_split"]) == (1, 0)
    assert done.labels[V2] == done.labels[V3]
    assert done.json["supervisor_areas"] == {"1": ["1", "2"]}
    assert "指导区：1 区 片区1、片区2" in done.err
    soft = split("--teams", 2, "--together", "parks.gpkg", "--together-as", "soft")
    assert (soft.json["feasible"], soft.json["groups_split"]) == (True, 1)


def test_visits_are_planned_and_written_beside_the_labels(split, check, usual, here):
    check(usual)
    done = split("--workspace", "list.gpkg", "--teams", 2, "--visits", "--name", "p", "--lang", "zh", basemap=False)
    assert list(done.json) == [*KEYS, "visits"]
    assert done.json["visits"]["straight_lines"] is True
    assert done.json["visits"]["visits"] == 7  # three sources and the base work of four villages
    assert {"p-labels.csv", "p.xlsx"} <= {path.name for path in here.iterdir()}
    assert "直线距离" in done.err


def test_lock(split, here):
    (here / "lock.csv").write_text(f"code,field_zone\n{V1},1\n{V2},2\n", encoding="utf-8")
    done = split("--teams", 2, "--lock", "lock.csv")
    assert done.labels == {V1: "1", V2: "2", V3: "2", V4: "2"}
    assert done.json["feasible"] is False
    assert done.json["warnings"]


def test_the_plan_of_today_keeps_its_names(split, here):
    (here / "now.csv").write_text(f"code,field_zone\n{V1},9\n{V2},9\n{V3},4\n{V4},4\n", encoding="utf-8")
    done = split("--current", "now.csv")
    assert done.labels == {V1: "9", V2: "9", V3: "4", V4: "4"}


def test_a_plan_outside_the_tolerance_is_a_result(split):
    done = split("--teams", 3)
    assert done.code == 0
    assert (done.json["feasible"], done.json["optimal"]) == (False, True)
    assert done.json["deviation"] == pytest.approx(0.5)
    assert done.json["bound"] == pytest.approx(0.5)
    assert done.json["warnings"]


def test_same_seed_same_plan(split):
    first, second = (split("--teams", 2, "--seed", 3) for _ in range(2))
    assert first.labels == second.labels
    assert {k: v for k, v in first.json.items() if k != "seconds"} == {
        k: v for k, v in second.json.items() if k != "seconds"
    }


class TestWorkspace:
    @pytest.fixture
    def checked(self, check, usual):
        check(usual)
        return "list.gpkg"

    def test_its_sources_count_and_the_plan_is_written_to_it(self, split, checked, here):
        done = split("--workspace", checked, "--teams", 2, "--name", "甲案", "--lang", "zh", basemap=False)
        assert done.code == 0
        stored = Workspace(here / checked).read_plan("甲案")
        assert dict(stored.members[["code", "field_zone"]].to_numpy()) == done.labels
        assert stored.members["sources"].sum() == 3
        assert stored.field_zones["load"].sum() == pytest.approx(stored.members["load"].sum())
        assert stored.record["report"]["field_zones"] == 2
        assert stored.record["provenance"]["inputs"]["file"] == "list.csv"
        assert "名单 4 行 = 计入 3" in done.err
        assert "方案“甲案”已写入工作区 list.gpkg" in done.err

    def test_check_and_split_do_not_disturb_each_other(self, split, check, usual, checked, here):
        split("--workspace", checked, "--teams", 2, "--name", "a", basemap=False)
        split("--workspace", checked, "--teams", 1, "--name", "b", basemap=False)
        check(usual)
        assert Workspace(here / checked).plans()["plan"].tolist() == ["a", "b"]
        assert Workspace(here / checked).summary()["rows"] == 4

    def test_current_by_name_keeps_names_and_owners(self, split, checked, here):
        (here / "teams.csv").write_text("name,people,owner\n东,1,张三\n西,1,李四\n", encoding="utf-8")
        split("--workspace", checked, "--teams", "teams.csv", "--name", "a", basemap=False)
        split("--workspace", checked, "--current", "a", "--name", "b", basemap=False)
        before, after = (Workspace(here / checked).read_plan(name) for name in "ab")
        columns = ["field_zone", "name", "owner"]
        assert after.field_zones[columns].to_numpy().tolist() == before.field_zones[columns].to_numpy().tolist()
        assert after.members["field_zone"].tolist() == before.members["field_zone"].tolist()

    def test_a_new_one_is_made_with_the_basemap(self, split, here):
        assert split("--workspace", "new.gpkg", "--teams", 2, "--name", "a").code == 0
        assert Workspace(here / "new.gpkg").plans()["plan"].tolist() == ["a"]
        assert split("--workspace", "new.gpkg", "--teams", 1, "--name", "b", basemap=False).code == 0

    def test_another_basemap_than_its_own_is_refused(self, run, checked):
        done = run("split", "--workspace", checked, "--basemap", "changshan", "--within", COUNTY, "--teams", 2)
        assert done.code == 2
        assert "was checked on basemap 'world', not on 'changshan'" in done.err


class TestCensusZones:
    def test_villages_become_coded_zones_and_keep_their_codes(self, run, check, usual, here):
        check(usual)
        options = ["split", "--workspace", "list.gpkg", "--within", COUNTY, "--as", "zones"]
        first = run(*options, json_=True).json
        assert (first["zones"], first["villages"], first["created"], first["sources"]) == (4, 4, 4, 3)
        stored = Workspace(here / "list.gpkg").read_census_zones()
        assert stored.zones["code"].tolist() == [f"{village}001" for village in (V1, V2, V3, V4)]
        again = run(*options, json_=True).json
        assert (again["created"], again["kept"], again["retired"]) == (0, 4, 0)
        assert len(Workspace(here / "list.gpkg").read_census_zones().history) == 8

    def test_without_checked_sources(self, split, here):
        done = split("--as", "zones", json_=False)
        assert done.code == 2
        assert "needs --workspace" in done.err


class TestWrongUse:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--teams", 0], "0 field zones"),
            (["--teams", -1], "-1 field zones"),
            (["--teams", 5], "5 field zones cannot be made of 4 units"),
            (["--teams", "2.5"], "give a whole number, or a file of teams"),
            (["--teams", "none.csv"], "no such file"),
            ([], "--teams K, --teams TEAMS.csv or --capacity MINUTES"),
            (["--teams", 2, "--capacity", 100], "not both"),
            (["--capacity", 0], "capacity"),
            (["--teams", 2, "--units", "hamlet"], "hamlet"),
            (["--teams", 2, "--units", "block"], "has no barriers to cut along"),
            (["--teams", 2, "--within", "999"], "999"),
            (["--teams", 2, "--tolerance", -1], "tolerance"),
            (["--teams", 2, "--lock", "none.csv"], "none.csv: there is no such file"),
            (["--teams", 2, "--current", "none"], "no plan of that name and no such file"),
            (["--teams", 2, "--out", "plan.docx"], "ending in .csv"),
            (["--teams", 2, "--name", "a/b"], "part of file names"),
            (["--teams", 2, "--name", " "], "part of file names"),
            (["--teams", 2, "--workspace", "a.txt"], "must be .gpkg"),
            (["--teams", 2, "--settings", "none.toml"], "no such settings file"),
            (["--teams", 2, "--together", "none.gpkg"], "no file none.gpkg"),
            (["--teams", 2, "--together-as", "firm"], "firm"),
            (["--teams", 2, "--sector", "26"], "--sector needs --workspace"),
            (["--teams", 2, "--visits"], "--visits needs --workspace"),
        ],
    )
    def test_is_explained_and_nothing_is_written(self, split, here, options, message):
        done = split(*options)
        assert done.code == 2
        assert message in done.err
        assert list(here.iterdir()) == []

    def test_files_that_are_not_what_they_should_be(self, split, here):
        (here / "lock.csv").write_text("code,field_zone\n123,1\n", encoding="utf-8")
        assert "no unit has the code 123" in split("--teams", 2, "--lock", "lock.csv").err
        (here / "teams.csv").write_text("name,phone\nA,1\n", encoding="utf-8")
        assert "no column people; columns are name, phone" in split("--teams", "teams.csv").err
        (here / "teams.csv").write_text("name,people\nA,\n", encoding="utf-8")
        assert split("--teams", "teams.csv").code == 2

    def test_an_input_is_never_overwritten(self, split, here):
        text = f"code,field_zone\n{V1},1\n"
        (here / "lock.csv").write_text(text, encoding="utf-8")
        done = split("--teams", 2, "--lock", "lock.csv", "--out", "lock.csv")
        assert done.code == 2
        assert "is not overwritten" in done.err
        assert (here / "lock.csv").read_text(encoding="utf-8") == text

    def test_no_basemap_at_all(self, run, here):
        done = run("split", "--within", COUNTY, "--teams", 2)
        assert done.code == 2
        assert "--basemap changshan, miaoli" in done.err

    def test_within_is_needed(self, run, world):
        done = run("split", "--basemap", world, "--teams", 2)
        assert done.code == 2
        assert "--within" in done.err


def test_minutes_come_from_the_settings(split, here):
    (here / "s.toml").write_text("[load]\nvillage_minutes = 100\n", encoding="utf-8")
    assert split("--teams", 2, "--settings", "s.toml").json["load"]["mean"] == 200
    (here / "s.toml").write_text("[load]\nvillage_minute = 100\n", encoding="utf-8")
    done = split("--teams", 2, "--settings", "s.toml")
    assert done.code == 2
    assert "s.toml: unknown load setting village_minute" in done.err


def test_the_shipped_county_in_seven_areas_is_proven(run, here):
    done = run("split", "--basemap", "changshan", "--within", COUNTY, "--teams", 7, "--units", "township", json_=True)
    assert (done.json["field_zones"], done.json["units"], done.json["optimal"]) == (7, 14, True)
    assert done.json["deviation"] == done.json["bound"] == pytest.approx(0.09596, abs=1e-4)
    assert done.json["feasible"] is False
    assert done.json["seconds"] < 5
