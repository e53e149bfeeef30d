"""Plans in a workspace: beside each other, replaced by name, all or nothing, in a file that GDAL accepts.

::

    28.2 +--1--+--2--+     plan "a": unit 330822001 in field zone 1, unit 330822100 in field zone 2
    28.0 +-----+-----+     plan "b": both in field zone 1
       118.0 118.2 118.4
"""

import dataclasses
import sqlite3
import subprocess
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import open_basemap
from geocensus.workspace import StoredPlan, Workspace

LEFT, RIGHT = shapely.box(118.0, 28.0, 118.2, 28.2), shapely.box(118.2, 28.0, 118.4, 28.2)


def plan(name, zones, shapes, **columns):
    table = gpd.GeoDataFrame(
        {"field_zone": list(zones), "name": [f"{zone}片" for zone in zones], "owner": "张三", "load": 90.0, "units": 1},
        geometry=list(shapes),
        crs="EPSG:4490",
    ).assign(**columns)
    codes = ["330822100", "330822001"]  # not in order
    members = pd.DataFrame(
        {"code": codes, "name": ["乙镇", "甲街道"], "field_zone": [zones[-1], zones[0]], "load": [120.0, 60.0]}
    )
    record = {
        "created": "2026-01-01T00:00:00+00:00",
        "tolerance": 0.05,
        "optimal": True,
        "feasible": False,
        "report": {"deviation": 0.25, "load": {"min": 60.0}},
        "inputs": {"teams": 2},
    }
    return StoredPlan(name, table, members, record)


@pytest.fixture
def two():
    return plan("a", "12", [LEFT, RIGHT], target=[90.0, 90.0])


@pytest.fixture
def one():
    return plan("b", "1", [shapely.union(LEFT, RIGHT)], phone="0570")


@pytest.fixture
def workspace(tmp_path, result):
    workspace = Workspace(tmp_path / "工作 区.gpkg")
    workspace.write(result)
    return workspace


def rows(workspace, query):
    with closing(sqlite3.connect(workspace.path)) as connection:
        return connection.execute(query).fetchall()


def test_a_plan_comes_back_as_it_was_written(workspace, two):
    workspace.write_plan(two)
    back = workspace.read_plan("a")
    assert back.field_zones[["field_zone", "name", "owner", "load", "units", "target"]].to_numpy().tolist() == [
        ["1", "1片", "张三", 90.0, 1, 90.0],
        ["2", "2片", "张三", 90.0, 1, 90.0],
    ]
    assert shapely.equals(back.field_zones.geometry.to_numpy(), [LEFT, RIGHT]).all()
    assert back.field_zones.crs == "EPSG:4490"
    assert back.members[["code", "field_zone", "load"]].to_numpy().tolist() == [
        ["330822001", "1", 60.0],
        ["330822100", "2", 120.0],
    ]
    assert back.record["report"] == two.record["report"]
    assert back.record["provenance"] == {"inputs": {"teams": 2}}
    assert (back.record["optimal"], bool(back.record["feasible"]), back.record["field_zones"]) == ("true", False, 2)


def test_plans_stand_beside_each_other_whatever_their_columns(workspace, two, one):
    workspace.write_plan(two)
    workspace.write_plan(one)
    assert workspace.plans()["plan"].tolist() == ["a", "b"]
    assert len(workspace.read_plan("a").field_zones) == 2
    assert len(workspace.read_plan("b").field_zones) == 1
    assert "phone" not in workspace.read_plan("a").field_zones
    assert workspace.read_plan("b").field_zones["phone"].tolist() == ["0570"]
    titles = dict(rows(workspace, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'field_zones'"))
    assert (titles["target"], titles["phone"]) == ("应承担工作量（分钟）", "电话")


def test_a_plan_of_the_same_name_is_replaced_and_its_zones_keep_their_fids(workspace, two, one):
    workspace.write_plan(one)
    workspace.write_plan(two)
    before = dict(rows(workspace, "SELECT field_zone, fid FROM field_zones WHERE plan = 'a'"))
    workspace.write_plan(plan("a", "32", [LEFT, RIGHT]))
    after = dict(rows(workspace, "SELECT field_zone, fid FROM field_zones WHERE plan = 'a'"))
    assert after["2"] == before["2"]
    assert set(after) == {"2", "3"}
    assert after["3"] not in before.values()
    assert len(rows(workspace, "SELECT 1 FROM plan_members")) == 4
    assert workspace.plans()["plan"].tolist() == ["b", "a"]


def test_index_count_and_extent_are_true(workspace, two, one):
    for each in (two, one, two):
        workspace.write_plan(each)
    assert rows(workspace, "SELECT count(*) FROM rtree_field_zones_geom") == [(3,)]
    assert rows(workspace, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'field_zones'") == [(3,)]
    box = rows(workspace, "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'field_zones'")[0]
    assert box == pytest.approx((118.0, 28.0, 118.4, 28.2), abs=1e-4)
    with closing(sqlite3.connect(workspace.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    done = subprocess.run(
        ["ogrinfo", "-al", "-so", "-ro", str(workspace.path)], capture_output=True, text=True, check=True
    )
    assert "Warning" not in done.stdout + done.stderr
    assert "ERROR" not in done.stdout + done.stderr
    kinds = dict(pyogrio.list_layers(workspace.path))
    assert kinds["field_zones"] == "MultiPolygon"
    assert kinds["plans"] is None
    assert kinds["plan_members"] is None


def test_a_new_file_gets_the_basemap_with_the_plan(tmp_path, basemap, two):
    path = tmp_path / "new.gpkg"
    Workspace(path).write_plan(two, basemap)
    assert open_basemap(path).areas("township")["code"].tolist() == ["330822001", "330822100"]
    assert Workspace(path).plans()["plan"].tolist() == ["a"]
    assert len(Workspace(path).read_sources()) == 0


def test_a_check_leaves_the_plans_alone(workspace, two, result):
    workspace.write_plan(two)
    workspace.write(result)
    assert len(workspace.read_plan("a").members) == 2
    assert len(workspace.read_plan("a").field_zones) == 2


def test_a_workspace_made_before_there_were_plans_takes_one(workspace, two):
    with workspace.transaction() as db:
        for name in ("plans", "plan_members"):
            db.execute(f"DROP TABLE {name}")
            db.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (name,))
            db.execute("DELETE FROM gpkg_data_columns WHERE table_name = ?", (name,))
            db.execute("DELETE FROM gpkg_ogr_contents WHERE table_name = ?", (name,))
    assert len(workspace.plans()) == 0
    workspace.write_plan(two)
    assert len(workspace.read_plan("a").members) == 2


@pytest.fixture
def mixed(two):
    mix = pd.DataFrame(
        {
            "field_zone": ["1", "1", "2"],
            "kind": ["class", "sector", "sector"],
            "code": ["farm", "03", ""],
            "name_zh": ["规模化畜禽养殖场", "03 畜牧业", "未填行业"],
            "name_en": ["Livestock farm", "03 livestock", "no sector given"],
            "sources": [3, 2, 1],
        }
    )
    return dataclasses.replace(two, mix=mix)


def test_the_mix_of_a_plan_comes_back_and_goes_with_it(workspace, mixed, two, one):
    workspace.write_plan(one)
    assert workspace.read_plan("b").mix is None
    workspace.write_plan(mixed)
    pd.testing.assert_frame_equal(workspace.read_plan("a").mix, mixed.mix)
    assert dict(pyogrio.list_layers(workspace.path))["plan_mix"] is None
    workspace.write_plan(dataclasses.replace(mixed, mix=mixed.mix.iloc[:1]))
    assert rows(workspace, "SELECT plan, code, sources FROM plan_mix") == [("a", "farm", 3)]
    workspace.write_plan(two)
    assert workspace.read_plan("a").mix is None
    workspace.write_plan(mixed)
    workspace.delete_plan("a")
    assert rows(workspace, "SELECT count(*) FROM plan_mix") == [(0,)]


def test_delete(workspace, two, one):
    workspace.write_plan(two)
    workspace.write_plan(one)
    workspace.delete_plan("a")
    workspace.delete_plan("never there")
    assert workspace.plans()["plan"].tolist() == ["b"]
    assert rows(workspace, "SELECT DISTINCT plan FROM field_zones UNION SELECT plan FROM plan_members") == [("b",)]
    with pytest.raises(DataNotFoundError, match="no plan 'a'; plans: b"):
        workspace.read_plan("a")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: StoredPlan("", p.field_zones, p.members), "need a name"),
        (lambda p: StoredPlan("x", p.field_zones.assign(field_zone="1"), p.members), "field_zone of its own"),
        (lambda p: StoredPlan("x", p.field_zones, p.members.assign(code="1")), "code of its own"),
        (lambda p: StoredPlan("x", p.field_zones, p.members.drop(columns="field_zone")), "column field_zone"),
        (lambda p: StoredPlan("x", p.field_zones, p.members.assign(field_zone="9")), "2 units are in no field zone"),
        (lambda p: StoredPlan("x", p.field_zones.assign(field_zone=[None, "2"]), p.members), "field_zone of its own"),
    ],
)
def test_what_does_not_fit_together_is_refused_and_nothing_is_written(workspace, two, one, change, message):
    workspace.write_plan(one)
    before = workspace.path.read_bytes()
    with pytest.raises(SchemaError, match=message):
        workspace.write_plan(change(two))
    assert workspace.plans()["plan"].tolist() == ["b"]
    assert len(before) == workspace.path.stat().st_size


def test_an_error_on_the_way_takes_everything_back(workspace, two, one, monkeypatch):
    workspace.write_plan(one)
    monkeypatch.setattr("geocensus.workspace.plans.refresh_styles", lambda _connection: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        workspace.write_plan(two)
    assert workspace.plans()["plan"].tolist() == ["b"]
    assert rows(workspace, "SELECT DISTINCT plan FROM plan_members") == [("b",)]


def test_missing_values_and_zones_without_a_place(workspace, two):
    zones = two.field_zones.assign(owner=[None, "x"], load=[np.nan, 1.0]).set_geometry(
        gpd.GeoSeries([None, RIGHT], crs="EPSG:4490")
    )
    workspace.write_plan(StoredPlan("a", zones, two.members))
    back = workspace.read_plan("a").field_zones
    assert back["owner"].isna().tolist() == [True, False]
    assert back.geometry.isna().tolist() == [True, False]
