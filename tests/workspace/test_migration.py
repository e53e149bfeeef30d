"""A workspace of the first version opens, is read as it is, and is brought up to date at the first write."""

import sqlite3
from contextlib import closing

import pytest

from geocensus.workspace import SCHEMA_VERSION, Decision, Workspace
from geocensus.workspace.schema import Column, Table, create_table, drop_table
from geocensus.workspace.tables import JUDGED

_OLD_REPAIRS = Table(
    "repairs",
    tuple(Column(name) for name in ("repair_id", "flag_id", "source_id", "cause", "probability", "lon", "lat")),
    JUDGED[0].title,
    "POINT",
    key="repair_id",
)


@pytest.fixture
def old(tmp_path, result):
    """Write a workspace and take back what version 2 added."""
    workspace = Workspace(tmp_path / "old.gpkg")
    workspace.write(result)
    with workspace.transaction() as db:
        for table in JUDGED:
            drop_table(db, table.name)
        create_table(db, _OLD_REPAIRS)
        for table, columns in (
            ("runs", ("flags_closed", "flags_reopened")),
            ("flags", ("flag_state", "outcome", "decision_id")),
        ):
            for column in columns:
                db.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
                db.execute("DELETE FROM gpkg_data_columns WHERE table_name = ? AND column_name = ?", (table, column))
        db.execute("UPDATE workspace_info SET value = '1' WHERE key = 'schema_version'")
    return workspace


def version(workspace):
    with closing(sqlite3.connect(workspace.path)) as db:
        return db.execute("SELECT value FROM workspace_info WHERE key = 'schema_version'").fetchone()[0]


def test_it_is_read_without_being_changed(old, sources):
    before = old.path.read_bytes()
    assert old.read_flags()["flag_state"].tolist() == ["open"] * 3
    assert len(old.read_sources()) == len(sources)
    assert old.read_decisions().empty
    judged = old.read_judgement()
    assert [len(table) for table in judged.values()] == [0, 0, 0]
    assert judged["repairs"]["offered"].dtype == bool
    assert (version(old), old.path.read_bytes() == before) == ("1", True)


def test_the_first_decision_brings_it_up_to_date(old):
    old.decide(Decision("f1", "false_alarm", author="王工"))
    assert version(old) == str(SCHEMA_VERSION)
    assert old.read_flags()["flag_state"].tolist() == ["closed", "open", "open"]
    assert len(old.runs()) == 1


def test_the_next_run_does_too(old, result):
    old.write(result)
    assert version(old) == str(SCHEMA_VERSION)
    counts = old.runs()[["flags_new", "flags_kept", "flags_closed"]]
    assert counts.iloc[1].tolist() == [0, 3, 0]
    assert counts["flags_closed"].isna().tolist() == [True, False]
    with closing(sqlite3.connect(old.path)) as db:
        kinds = dict(db.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns").fetchall())
        assert (kinds["repairs"], kinds["repair_points"]) == ("LINESTRING", "POINT")
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        styled = {row[0] for row in db.execute("SELECT f_table_name FROM layer_styles")}
    assert {"repairs", "repair_points"} <= styled


def test_a_write_that_fails_leaves_the_old_tables(old, result):
    result.summary["rows"] = 99
    with pytest.raises(ValueError, match="do not add up"):
        old.write(result)
    assert version(old) == "1"
    with closing(sqlite3.connect(old.path)) as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'decisions'").fetchall()
