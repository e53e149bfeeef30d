"""The log of changes: every row once, whole tables in one line, and what happens where it no longer reaches."""

import sqlite3
from contextlib import closing

import pytest

from geocensus.workspace import Workspace, changes
from geocensus.workspace.changes import Changes, changed_since, last_change, name_of_log, replaced, watched
from geocensus.workspace.connection import register_functions


@pytest.fixture
def connection(tmp_path):
    path = tmp_path / "ws.gpkg"
    Workspace.create(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        register_functions(connection)
        yield connection


def test_each_program_s_edits_are_noted(connection):
    assert watched(connection, ("sources", "flags", "barriers"))
    before = last_change(connection)
    connection.execute("INSERT INTO sources (fid, source_id) VALUES (5, 'a')")
    connection.execute("UPDATE sources SET source_id = 'b'")
    connection.execute("UPDATE sources SET fid = 6")
    middle = last_change(connection)
    connection.execute("DELETE FROM sources")
    assert changed_since(connection, "sources", before) == Changes(frozenset({5, 6}), frozenset("ab"))
    assert changed_since(connection, "sources", middle) == Changes(frozenset({6}), frozenset("b"))
    assert changed_since(connection, "flags", before) == Changes(frozenset(), frozenset())
    assert last_change(connection, "sources") == last_change(connection)


def test_flags_tell_the_sources_that_they_are_and_were_of(connection):
    connection.execute("INSERT INTO flags (flag_id, source_id) VALUES ('f', 'a')")
    before = last_change(connection)
    connection.execute("UPDATE flags SET severity = 'error'")
    assert last_change(connection) == before + 1  # one line where fid and source stay
    connection.execute("UPDATE flags SET source_id = 'b'")
    assert changed_since(connection, "flags", before) == Changes(frozenset({1}), frozenset({"a", "b"}))


@pytest.mark.parametrize("table", ["unlocated_sources", "excluded_rows"])
def test_lists_without_a_place_are_noted_too(connection, table):
    before = last_change(connection)
    connection.execute(f"INSERT INTO {table} (fid, source_id) VALUES (5, 'a')")
    connection.execute(f"UPDATE {table} SET source_id = 'b'")
    assert changed_since(connection, table, before) == Changes(frozenset({5}), frozenset("ab"))


def test_changes_that_do_not_name_their_source_say_so(connection):
    before = last_change(connection)
    connection.execute("INSERT INTO change_log (tbl, fid) VALUES ('sources', 7)")  # as an older version's trigger did
    assert changed_since(connection, "sources", before) == Changes(frozenset({7}), frozenset(), named=False)


def test_a_table_written_anew_is_one_line(connection):
    before = last_change(connection)
    replaced(connection, "sources")
    assert changed_since(connection, "sources", before) is None
    assert changed_since(connection, "flags", before) == Changes(frozenset(), frozenset())
    assert changed_since(connection, "sources", last_change(connection)) == Changes(frozenset(), frozenset())


def test_the_log_is_shortened_but_keeps_each_table_s_latest_change(connection, monkeypatch):
    connection.execute("INSERT INTO barriers (name) VALUES ('river')")
    before = last_change(connection, "barriers")
    connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 102000) "
        "INSERT INTO change_log (tbl, fid) SELECT 'sources', i FROM n"
    )
    count = connection.execute("SELECT count(*) FROM change_log").fetchone()[0]
    assert 100_000 <= count < 101_100
    assert last_change(connection, "barriers") == before
    assert changed_since(connection, "sources", before) is None
    assert changed_since(connection, "barriers", before) is None  # nobody can tell any more
    assert changed_since(connection, "barriers", last_change(connection)) == Changes(frozenset(), frozenset())


def test_a_number_is_never_used_twice(connection):
    connection.execute("INSERT INTO barriers (name) VALUES ('river')")
    last = last_change(connection)
    connection.execute("DELETE FROM change_log")
    connection.execute("INSERT INTO barriers (name) VALUES ('road')")
    assert last_change(connection) == last + 1


def test_two_workspaces_have_logs_of_different_names(connection, tmp_path):
    Workspace.create(tmp_path / "b.gpkg")
    with closing(sqlite3.connect(tmp_path / "b.gpkg")) as other:
        assert name_of_log(connection) != name_of_log(other) != ""


def test_a_workspace_without_a_log_takes_writes_as_before(connection):
    for table in ("sources", "flags", "barriers"):
        for event in ("insert", "update", "delete"):
            connection.execute(f"DROP TRIGGER change_log_{event}_{table}")
    connection.execute("DROP TABLE change_log")
    replaced(connection, "sources")
    changes.watch(connection, "sources")
    assert not watched(connection, ("sources",))
    connection.execute("INSERT INTO sources (source_id) VALUES ('a')")
