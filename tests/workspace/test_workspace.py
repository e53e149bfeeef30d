"""What a workspace holds after one run and after the next."""

import json
import sqlite3
from contextlib import closing

import pandas as pd
import pytest
import shapely

from geocensus.errors import DataNotFoundError, SchemaError, WorkspaceError
from geocensus.workspace import Workspace, data_version, read_only

TABLES = {
    "areas_county": 1,
    "areas_township": 2,
    "zones": 2,
    "barriers": 1,
    "sources": 3,
    "unlocated_sources": 1,
    "excluded_rows": 1,
    "flags": 3,
    "repairs": 0,
    "field_zones": 0,
    "runs": 1,
}


@pytest.fixture
def workspace(tmp_path, result):
    workspace = Workspace(tmp_path / "工作 区#1.gpkg")
    workspace.write(result)
    return workspace


def rows(workspace, query, *values):
    with closing(sqlite3.connect(workspace.path)) as connection:
        return connection.execute(query, values).fetchall()


def test_every_table_is_there_listed_and_counted(workspace):
    listed = {name for (name,) in rows(workspace, "SELECT table_name FROM gpkg_contents")}
    assert set(TABLES) <= listed
    for name, count in TABLES.items():
        assert rows(workspace, f'SELECT count(*) FROM "{name}"') == [(count,)], name
        assert rows(workspace, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?", name)[0][0] in {
            count,
            1,
        }


def test_sources_come_back_as_they_were(workspace, sources):
    back = workspace.read_sources()
    pd.testing.assert_frame_equal(back, sources)
    assert back.attrs == sources.attrs


def test_codes_are_text_and_missing_values_are_null(workspace):
    query = "SELECT typeof(credit_code), credit_code, typeof(distance_m) FROM sources ORDER BY fid"
    assert rows(workspace, query) == [
        ("text", "001234567890123456", "real"),
        ("null", None, "real"),
        ("null", None, "null"),
    ]


def test_areas_and_basemap_come_back(workspace, basemap):
    townships = workspace.read_areas("township")
    assert townships["code"].tolist() == ["330822001", "330822100"]
    assert set(townships.geom_type) == {"MultiPolygon"}
    assert shapely.equals(townships.geometry.to_numpy(), basemap.areas("township").geometry.to_numpy()).all()
    assert workspace.read_areas("zones")["level"].tolist() == ["township", "township"]
    assert workspace.read_basemap_info() == basemap.info
    with pytest.raises(DataNotFoundError, match="areas_village"):
        workspace.read_areas("village")


def test_a_run_is_recorded(workspace, result):
    run = workspace.runs().iloc[0]
    assert (run["input_file"], run["input_sha256"], run["basemap_name"], run["code_year"]) == (
        "名单.csv",
        "0" * 64,
        "tiny",
        2023,
    )
    assert (run["rows"], run["located"], run["unlocated"], run["excluded"]) == (5, 3, 1, 1)
    assert (run["flags_new"], run["flags_kept"], run["flags_gone"]) == (3, 0, 0)
    assert json.loads(run["settings"]) == {"place": {"stacked": 3}}
    assert bool(run["crs_assumed"])
    assert workspace.summary() == result.summary


def test_a_second_run_updates_and_keeps_ids(workspace, basemap, sources, flags, remake):
    fids = dict(rows(workspace, "SELECT source_id, fid FROM sources"))
    first = workspace.runs()["run_id"][0]
    later = sources.iloc[[0, 2, 3]].assign(name=["新名", "丙", "丁"], extra=1.5).reset_index(drop=True)
    later["source_id"] = later["source_id"].replace("S3", "S9")
    seen = pd.concat([flags.iloc[[1]], flags.iloc[[0]].assign(flag_id="f9", source_id="S9")], ignore_index=True)
    second = workspace.write(remake(basemap, later, seen))
    back = dict(rows(workspace, "SELECT source_id, fid FROM sources"))
    assert back["S1"] == fids["S1"]
    assert back["S9"] > max(fids.values())  # a fid is never used again for another source
    assert set(back) == {"S1", "S9"}
    assert workspace.read_sources()["name"].tolist() == ["新名", "丙", "丁"]
    table = workspace.read_flags().set_index("flag_id")
    assert table["first_run"].to_dict() == {"f2": first, "f9": second}
    assert set(table["last_run"]) == {second}
    counts = workspace.runs().iloc[1][["flags_new", "flags_kept", "flags_gone"]]
    assert counts.tolist() == [1, 1, 2]


def test_columns_follow_the_list_and_other_peoples_columns_stay(workspace, basemap, sources, flags, remake):
    with workspace.transaction() as connection:
        connection.execute("ALTER TABLE sources ADD COLUMN remark TEXT")
        connection.execute("UPDATE sources SET remark = '已核实' WHERE source_id = 'S1'")
    changed = sources.drop(columns="raw:Fid").assign(**{"raw:新": "x"})
    workspace.write(remake(basemap, changed, flags))
    back = workspace.read_sources()
    assert "raw:Fid" not in back.columns
    assert back["raw:新"].tolist() == ["x"] * 5
    assert back.set_index("source_id")["remark"]["S1"] == "已核实"


def test_a_source_that_loses_its_place_changes_table(workspace, basemap, sources, flags, remake):
    moved = sources.copy()
    moved.loc[0, ["lon", "lat"]] = float("nan")
    moved.loc[0, "state"] = "unlocated"
    workspace.write(remake(basemap, moved, flags))
    assert rows(workspace, "SELECT source_id FROM unlocated_sources ORDER BY 1") == [("S1",), ("S4",)]
    assert rows(workspace, "SELECT count(*) FROM rtree_sources_geom") == [(2,)]
    assert workspace.read_sources()["source_id"].tolist() == ["S1", "S2", "S3", "S4", "S5"]


def test_levels_that_a_new_basemap_lacks_go(workspace, basemap, sources, flags, remake):
    county_only = type(basemap)(basemap.info, {"county": basemap.areas("county")})
    workspace.write(remake(county_only, sources, flags))
    assert not rows(workspace, "SELECT 1 FROM sqlite_master WHERE name LIKE '%areas_township%'")
    assert not rows(workspace, "SELECT 1 FROM gpkg_contents WHERE table_name = 'areas_township'")
    assert rows(workspace, "SELECT count(*) FROM barriers") == [(0,)]
    assert rows(workspace, "SELECT code FROM zones") == [("330822",)]


def test_repairs_are_stored(workspace, basemap, sources, flags, remake):
    result = remake(basemap, sources, flags)
    result.repairs = pd.DataFrame(
        {
            "repair_id": ["r1"],
            "flag_id": ["f1"],
            "source_id": ["S3"],
            "cause": ["digit_error"],
            "probability": [0.93],
            "lon": [118.15],
            "lat": [28.1],
        }
    )
    workspace.write(result)
    assert rows(workspace, "SELECT repair_id, cause, probability, lon FROM repairs") == [
        ("r1", "digit_error", 0.93, 118.15)
    ]


@pytest.mark.parametrize("summary", [{"rows": 6}, {"located": 4}])
def test_rows_that_do_not_add_up_are_refused_and_nothing_changes(workspace, result, summary):
    before = workspace.path.read_bytes()
    result.summary.update(summary)
    with pytest.raises(SchemaError, match="do not add up"):
        workspace.write(result)
    assert workspace.path.read_bytes() == before


def test_ids_given_twice_are_refused(tmp_path, result):
    result.sources.loc[1, "source_id"] = "S1"
    with pytest.raises(SchemaError, match="S1"):
        Workspace(tmp_path / "new.gpkg").write(result)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_list_is_a_result_too(tmp_path, basemap, sources, flags, remake):
    workspace = Workspace(tmp_path / "ws.gpkg")
    workspace.write(remake(basemap, sources.iloc[:0], flags.iloc[:0]))
    assert len(workspace.read_sources()) == len(workspace.read_flags()) == 0


def test_create_refuses_to_replace(tmp_path):
    with Workspace.create(tmp_path / "ws.gpkg") as workspace:
        assert workspace.read_sources().empty
        assert workspace.read_basemap_info().name == ""
    with pytest.raises(WorkspaceError, match="there already"):
        Workspace.create(tmp_path / "ws.gpkg")


def test_a_snapshot_stays_while_another_run_writes(workspace, basemap, sources, flags, remake):
    with workspace.snapshot() as state:
        assert len(state.read_sources()) == 5
        workspace.write(remake(basemap, sources.iloc[:2], flags.iloc[:0]))
        assert len(state.read_sources()) == 5
        assert len(state.read_flags()) == 3
    assert len(workspace.read_sources()) == 2


def test_data_version_follows_every_write(workspace, result):
    before = data_version(workspace.path)
    workspace.read_sources()
    assert data_version(workspace.path) == before
    assert [p.name for p in workspace.path.parent.iterdir()] == [workspace.path.name]  # no -wal, no -shm left
    workspace.write(result)
    assert data_version(workspace.path) != before


def test_a_reader_cannot_write(workspace):
    with read_only(workspace.path) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM sources")


def test_columns_have_titles_in_both_languages(workspace):
    query = "SELECT name, title, description FROM gpkg_data_columns WHERE table_name = 'sources' AND column_name = ?"
    assert rows(workspace, query, "credit_code") == [("credit_code", "统一社会信用代码", "credit code")]
    assert rows(workspace, query, "raw:FID (2)") == [("raw:FID", None, None)]
