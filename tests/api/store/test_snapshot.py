"""Snapshots: what is read, brought up to date row by row, equals what would be read anew, whoever edits."""

import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import SimpleNamespace

import numpy as np
import pytest
from geocensus_api.resources import Resources
from geocensus_api.store import snapshot_keeper
from geocensus_api.store.snapshot import Places
from geocensus_api.store.snapshot_load import LAYERS, load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.workspace import Workspace
from geocensus.workspace.connection import transaction, writable
from geocensus.workspace.geometry import encode_points


def point(lon, lat):
    return encode_points(np.array([lon]), np.array([lat]))[0]


def written(path, *statements):
    with writable(path, wait_s=5) as connection, transaction(connection, wait_s=5):
        for sql, values in statements:
            connection.execute(sql, values)


def told(snapshot):
    """Return what a snapshot says of each row, names instead of positions."""
    rows = snapshot.rows
    kinds = [snapshot.kinds[code] for code in rows.kind.tolist()]
    columns = (rows.fids, np.nan_to_num(rows.lon, nan=-1), np.nan_to_num(rows.lat, nan=-1), rows.worst, rows.flags)
    return list(zip(*(column.tolist() for column in columns), kinds, strict=True))


def same(found, expected):
    assert told(found) == told(expected)
    assert found.places.keys.tolist() == expected.places.keys.tolist()
    # points in one place stand in any order
    pairs = [
        sorted(zip(one.places.keys.tolist(), one.rows.fids[one.places.order].tolist(), strict=True))
        for one in (found, expected)
    ]
    assert pairs[0] == pairs[1]
    for name in ("turns", "flagged", "flag_sums"):
        for one in (found, expected):
            getattr(one.view, name)
    assert found.view.worst.tolist() == expected.rows.worst[found.places.order].tolist()
    assert found.view.kind.tolist() == found.rows.kind[found.places.order].tolist()


def taken(shared, table="sources"):
    with shared.reading() as connection:
        return shared.memory._keeper.snapshot(connection, table), load(connection, LAYERS[table])


@pytest.fixture
def shared(towns):
    shared = Resources(towns)
    yield shared
    shared.close()


EDITS = st.one_of(
    st.tuples(st.just("move"), st.integers(1, 260), st.floats(-190, 190), st.floats(-90, 90)),
    st.tuples(st.just("lose"), st.integers(1, 260), st.just(0), st.just(0)),
    st.tuples(st.just("remove"), st.integers(1, 260), st.just(0), st.just(0)),
    st.tuples(st.just("add"), st.integers(1, 400), st.floats(117, 119), st.floats(27, 29)),
    st.tuples(
        st.just("class"), st.integers(1, 260), st.sampled_from(["industrial", "domestic", "new", None]), st.just(0)
    ),
    st.tuples(st.just("flag"), st.integers(0, 249), st.sampled_from(["error", "warning", "info"]), st.just(0)),
    st.tuples(st.just("close"), st.integers(1, 30), st.just(0), st.just(0)),
    st.tuples(st.just("rename"), st.integers(1, 20), st.just(0), st.just(0)),
)


def applied(connection, edit):
    kind, fid, first, second = edit
    added = "INSERT OR IGNORE INTO sources (fid, source_id, geom, class) VALUES (?, ?, ?, 'x')"
    flagged = "INSERT INTO flags (flag_id, source_id, severity, flag_state) VALUES (hex(randomblob(8)), ?, ?, 'open')"
    statement, values = {
        "move": lambda: ("UPDATE sources SET geom = ? WHERE fid = ?", (point(first, second), fid)),
        "lose": lambda: ("UPDATE sources SET geom = NULL WHERE fid = ?", (fid,)),
        "remove": lambda: ("DELETE FROM sources WHERE fid = ?", (fid,)),
        "add": lambda: (added, (fid, f"N{fid}", point(first, second))),
        "class": lambda: ('UPDATE sources SET "class" = ? WHERE fid = ?', (first, fid)),
        "flag": lambda: (flagged, (f"S{fid:04d}", first)),
        "close": lambda: ("UPDATE flags SET flag_state = 'closed' WHERE fid = ?", (fid,)),
        "rename": lambda: ("UPDATE flags SET source_id = 'S0009' WHERE fid = ?", (fid,)),
    }[kind]()
    connection.execute(statement, values)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(EDITS, max_size=6), min_size=1, max_size=4))
def test_brought_up_to_date_it_equals_one_read_anew(shared, batches):
    taken(shared)
    for batch in batches:
        with writable(shared.workspace, wait_s=5) as connection, transaction(connection, wait_s=5):
            for edit in batch:
                applied(connection, edit)
        same(*taken(shared))
        same(*taken(shared, "flags"))


def test_only_what_changed_is_read(shared, monkeypatch):
    first, _ = taken(shared)

    def never(*_args):
        raise AssertionError("read all again")

    with monkeypatch.context() as patched:
        patched.setattr(snapshot_keeper, "load", never)
        written(shared.workspace, ("UPDATE flags SET severity = 'error' WHERE flag_id = 'f3'", ()))
        second, expected = taken(shared)
    same(second, expected)
    assert second.places is first.places
    assert second.rows.lon is first.rows.lon
    assert (first.rows.worst[second.rows.worst != first.rows.worst]).tolist() == [2]


def test_a_change_of_something_else_keeps_the_snapshot(shared):
    first, _ = taken(shared)
    written(shared.workspace, ("UPDATE barriers SET name = ''", ()), ("INSERT INTO plans (plan) VALUES ('p')", ()))
    assert taken(shared)[0] is first


def test_a_check_that_writes_all_anew_is_one_line_in_the_log(shared):
    taken(shared)
    workspace = Workspace(shared.workspace)
    rows, flags = workspace.read_sources().head(60), workspace.read_flags()
    nothing = {"repairs": None, "summary": {}, "provenance": {}}
    workspace.write(SimpleNamespace(basemap=workspace.read_basemap(), sources=rows, flags=flags, **nothing))
    found, expected = taken(shared)
    same(found, expected)
    assert len(found) == 59
    with closing(sqlite3.connect(shared.workspace)) as connection:
        assert (
            connection.execute("SELECT count(*) FROM change_log WHERE tbl = 'sources' AND fid IS NULL").fetchone()[0]
            >= 1
        )
        assert connection.execute("SELECT count(*) FROM change_log").fetchone()[0] < 100


def test_a_workspace_without_a_log_is_read_again_after_each_change(shared):
    with closing(sqlite3.connect(shared.workspace)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE name GLOB '*change_log*' AND type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("DROP TABLE change_log")
        connection.commit()
    same(*taken(shared))
    written(shared.workspace, ("UPDATE sources SET geom = ? WHERE fid = 3", (point(118.3, 28.1),)))
    same(*taken(shared))


def test_a_table_that_another_program_made_anew_is_not_trusted(shared):
    taken(shared)
    with closing(sqlite3.connect(shared.workspace)) as connection:
        connection.executescript(
            'CREATE TABLE other AS SELECT fid, geom, source_id, "class" FROM sources WHERE fid < 9; DROP TABLE sources;'
            'CREATE TABLE sources (fid INTEGER PRIMARY KEY, geom BLOB, source_id TEXT, "class" TEXT);'
            "INSERT INTO sources SELECT * FROM other;"
        )
    found, expected = taken(shared)
    same(found, expected)
    assert len(found) == 8
    with closing(sqlite3.connect(shared.workspace)) as connection:
        connection.execute("DELETE FROM sources WHERE fid = 1")
        connection.commit()
    assert len(taken(shared)[0]) == 7


def test_layouts_that_other_programs_write_are_read_row_by_row(shared):
    plain = point(118.25, 28.15)
    boxed = plain[:3] + b"\x03" + plain[4:8] + np.array([118.25, 118.25, 28.15, 28.15]).tobytes() + plain[8:]
    empty = plain[:3] + b"\x11" + plain[4:13] + np.array([np.nan, np.nan]).tobytes()
    for fid, blob in ((1, boxed), (2, empty), (3, None)):
        written(shared.workspace, ("UPDATE sources SET geom = ? WHERE fid = ?", (blob, fid)))
    found, expected = taken(shared)
    same(found, expected)
    assert (found.rows.lon[0], found.rows.lat[0]) == (118.25, 28.15)
    assert np.isnan(found.rows.lon[1:3]).all()
    assert len(found.places) == len(found) - 2


def test_boxes_hold_exactly_what_lies_in_them(shared):
    snapshot, _ = taken(shared)
    rows, rng = snapshot.rows, np.random.default_rng(0)
    corners = np.sort(rng.uniform([118.0, 28.0], [118.4, 28.2], (200, 2, 2)), axis=1)
    whole = [
        (-180.0, -90.0, 180.0, 90.0),
        (rows.lon[5], rows.lat[5], rows.lon[5], rows.lat[5]),
        (10.0, 10.0, 11.0, 11.0),
    ]
    for box in [*((a[0], a[1], b[0], b[1]) for a, b in corners), *whole]:
        inside = (rows.lon >= box[0]) & (rows.lon <= box[2]) & (rows.lat >= box[1]) & (rows.lat <= box[3])
        assert snapshot.in_box(box).tolist() == rows.fids[inside].tolist()


def test_runs_of_all_tiles_of_a_zoom_are_all_places():
    keys = np.sort(np.random.default_rng(1).integers(0, 2**64, 500, dtype=np.uint64))
    places = Places(keys, np.arange(500, dtype=np.int32))
    for zoom in (0, 1, 3):
        runs = sorted(places.run(zoom, x, y) for x in range(1 << zoom) for y in range(1 << zoom))
        assert runs[0][0] == 0
        assert runs[-1][1] == 500
        assert all(before[1] == after[0] for before, after in pairwise(runs))


def test_count_and_rows_of_a_page_are_always_of_one_state(shared):
    """A writer adds and removes 50 sources in turn; nobody ever counts between."""
    stop, seen = Event(), set()

    def write():
        while not stop.is_set():
            rows = [(f"T{number}", point(118.2, 28.1)) for number in range(50)]
            with writable(shared.workspace, wait_s=5) as connection:
                with transaction(connection, wait_s=5):
                    connection.executemany("INSERT INTO sources (source_id, geom) VALUES (?, ?)", rows)
                with transaction(connection, wait_s=5):
                    connection.execute("DELETE FROM sources WHERE source_id GLOB 'T*'")

    thread = Thread(target=write)
    thread.start()
    try:
        until, rounds = monotonic() + 20, 0
        while rounds < 150 or (len(seen) < 2 and monotonic() < until):
            rounds += 1
            with shared.reading() as connection:
                snapshot = shared.memory._keeper.snapshot(connection, "sources")
                counted = connection.execute("SELECT count(*) FROM sources").fetchone()[0]
                assert len(snapshot) == len(snapshot.places) == counted
                seen.add(counted)
    finally:
        stop.set()
        thread.join()
    assert seen == {245, 295}


def test_another_file_of_the_same_name_is_noticed(shared, workspace_path, tmp_path):
    taken(shared)
    other = tmp_path / "other.gpkg"
    with closing(sqlite3.connect(workspace_path)) as source, closing(sqlite3.connect(other)) as target:
        source.backup(target)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    written(other, ("DELETE FROM sources WHERE fid > 100", ()))
    Path(other).replace(shared.workspace)
    found, expected = taken(shared)
    same(found, expected)
    assert found.rows.fids.max() == 100
