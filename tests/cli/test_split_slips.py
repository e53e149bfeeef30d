"""geocensus split: slips of a newcomer, each answered in words, with nothing lost; on four villages in a row (conftest)."""

import os

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocensus.workspace import Workspace
from geocensus.zoning import split as zoning_split

COUNTY, TOWN = "330822", "330822001"
V1, V2, V3, V4 = "330822001001", "330822001200", "330822100200", "330822100201"


@pytest.fixture
def split(run, here, world):
    """Split the drawn county."""

    def call(*options, basemap=True, json_=True, within=COUNTY):
        place = ["--basemap", world] if basemap else []
        return run("split", *place, "--within", within, *options, json_=json_)

    return call


@pytest.fixture
def write(here):
    """Write a text file."""

    def call(text, name="list.csv"):
        (here / name).write_text(text, encoding="utf-8")
        return name

    return call


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--teams", 10**30], "cannot be made of 4 units"),
            (["--teams", ""], "--teams: give a whole number, or a file of teams"),
            (["--teams", "."], ".: is a folder; name a file"),
            (["--teams", 2, "--tolerance", 5], "--tolerance 5: a share below 1 is meant; for 5 % write 0.05"),
            (["--teams", 2, "--name", "con"], "no device of Windows"),
            (["--teams", 2, "--name", "a."], "no dot at either end"),
            (["--teams", 2, "--name", "七" * 61], "up to 60 characters"),
        ],
    )
    def test_in_words_and_nothing_is_written(self, split, here, options, message):
        done = split(*options)
        assert done.code == 2
        assert message in done.err
        assert list(here.iterdir()) == []

    def test_a_choice_that_is_none_in_chinese(self, run, world):
        done = run("split", "--basemap", world, "--within", COUNTY, "--teams", 2, "--units", "hamlet", "--lang", "zh")
        assert "'hamlet' 不在可选值之内：'township', 'village', 'zone', 'block', 'cell'" in done.err

    def test_a_lock_to_a_team_that_is_not_on_the_list(self, split, write):
        teams = write("小组,人数\n一组,1\n二组,1\n", "teams.csv")
        done = split("--teams", teams, "--lock", write(f"code,field_zone\n{V1},三组\n"))
        assert done.code == 2
        assert "lock list: 三组 is no team of the list, which has 一组, 二组" in done.err
        assert split("--teams", teams, "--lock", write(f"code,field_zone\n{V1},二组\n")).code == 0
        assert split("--teams", teams, "--lock", write(f"code,field_zone\n{V1},2\n")).code == 0

    def test_a_plan_of_other_units(self, split, write):
        done = split("--teams", 2, "--current", write(f"code,field_zone\n{TOWN},1\n"))
        assert done.code == 2
        assert f"holds none of these units; it has {TOWN} …, the units here are {V1}" in done.err

    def test_parks_without_a_reference_system_name_no_option_that_split_lacks(self, split, here):
        with pytest.warns(UserWarning, match="crs"):
            gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(118, 28, 118.1, 28.1)]).to_file(here / "p.shp")
        done = split("--teams", 2, "--together", "p.shp")
        assert done.code == 2
        assert "states no reference system" in done.err
        assert "--crs" not in done.err

    def test_options_that_census_zones_would_pass_over(self, split, check, usual):
        check(usual)
        done = split("--as", "zones", "--workspace", "list.gpkg", "--teams", 2, "--sector", "26", basemap=False)
        assert done.code == 2
        assert "--teams, --sector: not with --as zones" in done.err


class TestTeams:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("小组,人数\n一,0\n", "wrong in team 1 (0)"),
            ("小组,人数\n一,\n", "wrong in team 1 (empty)"),
            ("小组,人数\n一,1e308\n二,1e308\n", "no more than 100,000"),
            ("小组,人数\n一,三\n", "row 2: 人数 is '三', which is not a number"),
            ("小组,人数,经度,纬度\n一,1,28.01,118.01\n", "start_lat must be degrees, such as 28.9"),
        ],
    )
    def test_what_is_wrong_is_named_as_the_file_has_it(self, split, write, text, message):
        done = split("--teams", write(text))
        assert done.code == 2
        assert message in done.err

    def test_a_total_is_no_team(self, split, write):
        done = split("--teams", write("小组,人数\n一组,1\n二组,1\n合计,2\n"))
        assert done.json["field_zones"] == 2
        assert "list.csv, row 4: a total, not counted as a team" in done.err

    def test_a_list_of_one_column(self, split, write):
        done = split("--teams", write("人数\n3\n1\n"))
        assert done.json["load"] == {"min": 240.0, "mean": 480.0, "max": 720.0}

    def test_a_start_far_away_is_doubted(self, split, write):
        done = split("--teams", write("小组,人数,经度,纬度\n近组,1,118.01,28.5\n远组,1,10,10\n"))
        assert done.code == 0
        assert "teams that start more than 100 km from the area: 远组; check the degrees" in done.err


class TestCodes:
    @pytest.mark.parametrize(("area", "zeros", "units"), [(TOWN, "000", 2), (COUNTY, "000000", 4)])
    def test_twelve_digits_filled_up_with_zeros(self, split, area, zeros, units):
        done = split("--teams", 2, within=area + zeros)
        assert (done.json["units"], done.json["labels_file"]) == (units, f"{area}-2-labels.csv")

    def test_the_same_code_twice(self, split):
        done = split("--teams", 2, "--within", COUNTY, "--lang", "en")
        assert "甲县: 4 units in 2 field zones" in done.err
        assert done.json["labels_file"] == "330822-2-labels.csv"

    def test_a_name_is_answered_with_its_code(self, split):
        done = split("--teams", 2, within="东街道")
        assert done.code == 2
        assert f"--within 东街道: give the code, which is {TOWN}" in done.err


class TestNothingIsLost:
    def test_the_workspace_is_no_place_for_a_plan(self, split, check, usual, here):
        check(usual)
        before = (here / "list.gpkg").read_bytes()
        options = ["--teams", 2, "--workspace", "list.gpkg", "--name", "list"]
        for out in ("list.gpkg", "."):  # the folder's list.gpkg would be the plan's
            done = split(*options, "--out", out, basemap=False)
            assert done.code == 2
            assert "list.gpkg is in use by this split and is not overwritten" in done.err
        assert (here / "list.gpkg").read_bytes() == before

    def test_nor_is_another_workspace(self, split, check, usual, here):
        check(usual)
        before = (here / "list.gpkg").read_bytes()
        done = split("--teams", 2, "--out", "list.gpkg")
        assert done.code == 2
        assert "list.gpkg is a workspace and is not overwritten by a plan" in done.err
        assert (here / "list.gpkg").read_bytes() == before

    def test_a_plan_may_be_written_over_a_plan(self, split):
        assert split("--teams", 2, "--out", "plan.gpkg").code == 0
        assert split("--teams", 2, "--out", "plan.gpkg").code == 0

    @pytest.mark.parametrize(
        ("out", "why"), [("file/x.html", "is no folder"), ("x", "p.png: cannot be written, that is")]
    )
    def test_no_plan_where_its_files_cannot_be(self, split, check, usual, here, out, why):
        check(usual)
        (here / "file").write_text("x")
        (here / "x" / "p.png").mkdir(parents=True)
        done = split("--teams", 2, "--workspace", "list.gpkg", "--out", out, "--name", "p", basemap=False)
        assert done.code == 2
        assert why in done.err
        assert len(Workspace(here / "list.gpkg").plans()) == 0

    def test_a_read_only_folder(self, split, here, monkeypatch):
        (here / "shut").mkdir()
        monkeypatch.setattr(os, "access", lambda path, _mode: path.name != "shut")
        done = split("--teams", 2, "--out", "shut/plan.csv")
        assert done.code == 2
        assert "is read-only" in done.err

    def test_census_zones_likewise(self, split, check, usual, here):
        check(usual)
        (here / "file").write_text("x")
        done = split("--as", "zones", "--workspace", "list.gpkg", "--out", "file/z.csv", basemap=False)
        assert done.code == 2
        assert "is no folder" in done.err
        assert Workspace(here / "list.gpkg").read_census_zones() is None


def test_a_park_that_crosses_itself_is_read(split, here):
    bow = shapely.Polygon([(118.01, 28.005), (118.03, 28.015), (118.03, 28.005), (118.01, 28.015)])
    gpd.GeoDataFrame({"name": ["蝶形园区"]}, geometry=[bow], crs="EPSG:4490").to_file(here / "p.geojson")
    done = split("--teams", 2, "--together", "p.geojson")
    labels = pd.read_csv(done.json["labels_file"], dtype=str).set_index("code")["field_zone"]
    assert done.json["groups"] == 1
    assert labels[V1] == labels[V2]


def test_help_shows_the_names_of_the_tables(run):
    assert "minutes of work in [load]" in " ".join(run("split", "--help").out.replace("│", " ").split())


def test_a_capacity_that_one_unit_exceeds_promises_only_the_others():
    """Six squares in a row, 10 5 5 5 5 2 minutes, 8 at most: 4 zones on average, but 5 + 5 + 5 + 7 beside the heavy one."""
    squares = [shapely.box(500_000 + 100 * i, 3_200_000, 500_100 + 100 * i, 3_200_100) for i in range(6)]
    table = {"code": list("abcdef"), "minutes": [10.0, 5, 5, 5, 5, 2]}
    plan = zoning_split(gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:4548"), capacity=8)
    assert plan.report["field_zones"] == 5
    assert any(text.en.endswith("5 keep every other load within 8 min") for text in plan.warnings)
