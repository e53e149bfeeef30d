"""Whatever happens: the old state or the new one, a clear message, and no litter."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from geocensus.errors import DataNotFoundError, WorkspaceError
from geocensus.workspace import Workspace, connection, write

_CHILD = """
import os, pickle, resource, signal, sys
from geocensus.errors import WorkspaceError
from geocensus.workspace import Workspace, connection, workspace
path, pickled, mode, number = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
result = pickle.load(open(pickled, "rb"))
if mode == "kill":  # after so many thousand steps of SQLite's machine, wherever that is
    plain = connection.register_functions
    def armed(db):
        plain(db)
        left = [number]
        def step():
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        db.set_progress_handler(step, 100)
    connection.register_functions = armed
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
try:
    Workspace(path).write(result)
except WorkspaceError as error:
    print(error.en)
    sys.exit(7)
"""


def child(path, pickled, mode, number):
    return subprocess.run(
        [sys.executable, "-c", _CHILD, str(path), str(pickled), mode, str(number)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def pickled(tmp_path_factory, result, remake, basemap, sources, flags):
    """Write the result with 3,000 more sources, for a run that takes a while, to a file."""
    import pickle

    import pandas as pd

    more = pd.concat([sources.iloc[[0]]] * 3000, ignore_index=True)
    more["source_id"] = [f"M{i:05d}" for i in range(3000)]
    big = remake(basemap, pd.concat([sources, more], ignore_index=True), flags)
    big.sources["source_id"] = big.sources["source_id"].astype("str")
    path = tmp_path_factory.mktemp("pickled") / "result.pickle"
    path.write_bytes(pickle.dumps(big))
    return path


def state(path):
    """Return what a reader sees; fails when it is torn."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("SELECT rtreecheck('rtree_sources_geom')").fetchone() == ("ok",)
        runs = db.execute("SELECT count(*), max(rows) FROM runs").fetchone()
        held = sum(
            db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
            for t in ("sources", "unlocated_sources", "excluded_rows")
        )
        assert runs[1] == held
        return runs


@pytest.mark.parametrize("steps", [0, 40, 3000])
def test_a_kill_while_changing_leaves_the_old_state(tmp_path, result, pickled, steps):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)
    assert child(path, pickled, "kill", steps).returncode == -signal.SIGKILL
    assert state(path) == (1, 5)
    Workspace(path).write(result)  # and the file is not left locked
    assert state(path) == (2, 5)


@pytest.mark.parametrize("steps", [0, 1000])
def test_a_kill_while_creating_leaves_no_file(tmp_path, pickled, steps):
    assert child(tmp_path / "ws.gpkg", pickled, "kill", steps).returncode == -signal.SIGKILL
    assert not (tmp_path / "ws.gpkg").exists()


def test_kills_at_any_time_leave_old_or_new(tmp_path, result, pickled):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)
    start = time.monotonic()
    assert child(path, pickled, "size", 1 << 40).returncode == 0
    whole = time.monotonic() - start
    outcomes = [state(path)]
    for share in (0.75, 0.9):
        process = subprocess.Popen([sys.executable, "-c", _CHILD, str(path), str(pickled), "size", str(1 << 40)])
        time.sleep(whole * share)
        process.kill()
        process.wait()
        outcomes.append(state(path))
    assert outcomes[0] == (2, 3005)
    assert all(rows == 3005 for _runs, rows in outcomes)


def test_a_full_disk_while_changing(tmp_path, result, pickled):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)
    done = child(path, pickled, "size", path.stat().st_size + 50_000)
    assert (done.returncode, done.stderr) == (7, "")
    assert "disk full" in done.stdout
    assert state(path) == (1, 5)


@pytest.mark.parametrize("size", [0, 200_000])
def test_a_full_disk_while_creating_leaves_nothing_behind(tmp_path, pickled, size):
    done = child(tmp_path / "ws.gpkg", pickled, "size", size)
    assert (done.returncode, done.stderr) == (7, "")
    assert "disk full" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_in_the_middle_is_rolled_back(tmp_path, result, monkeypatch):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(write, "_write_run", interrupted)
    result.sources = result.sources.assign(name="新")
    with pytest.raises(KeyboardInterrupt):
        Workspace(path).write(result)
    assert state(path) == (1, 5)
    assert "新" not in set(Workspace(path).read_sources()["name"])
    with pytest.raises(KeyboardInterrupt):
        Workspace(tmp_path / "new.gpkg").write(result)
    assert not (tmp_path / "new.gpkg").exists()


def test_two_runs_at_once_wait_for_each_other(tmp_path, result):
    path = tmp_path / "ws.gpkg"
    failures = []

    def run():
        try:
            Workspace(path).write(result)
        except Exception as error:  # noqa: BLE001 - handed to the assertion below
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert state(path) == (4, 5)  # also where two of them were creating the file: none replaced the other's
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".gpkg"] == []


def test_a_program_that_goes_on_writing_ends_the_wait(tmp_path, result):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        with pytest.raises(WorkspaceError, match="another program is writing") as caught:
            Workspace(path, wait_s=0.5).write(result)
        assert 0.4 < time.monotonic() - start < 5
        assert "另一个程序" in caught.value.zh
    assert state(path) == (1, 5)


def test_a_reader_in_delete_mode_is_waited_for(tmp_path, result):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(result)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        assert other.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)  # as QGIS leaves it
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM sources").fetchone()
        with pytest.raises(WorkspaceError, match="has it locked"):
            Workspace(path, wait_s=0.3).write(result)
        other.execute("COMMIT")
        Workspace(path, wait_s=0.3).write(result)
        assert other.execute("SELECT count(*) FROM runs").fetchone() == (2,)  # seen by the connection that stayed open
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, b"PK\x03\x04" + b"\0" * 3000])
def test_a_file_of_another_kind_is_refused_and_left_alone(tmp_path, result, content):
    path = tmp_path / "ws.gpkg"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError, match="not a workspace"):
        Workspace(path).write(result)
    with pytest.raises(WorkspaceError, match="not a workspace"), Workspace(path):
        pass
    assert path.read_bytes() == content


def test_a_geopackage_of_another_program_is_refused(tmp_path, result, basemap):
    path = tmp_path / "towns.gpkg"
    basemap.areas("township").to_file(path, layer="towns", engine="pyogrio")
    with pytest.raises(WorkspaceError, match="not a workspace"):
        Workspace(path).write(result)


def test_a_later_version_is_refused(tmp_path, result):
    workspace = Workspace.create(tmp_path / "ws.gpkg")
    with workspace.transaction() as db:
        db.execute("UPDATE workspace_info SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(WorkspaceError, match="later version"):
        workspace.write(result)
    with pytest.raises(WorkspaceError, match="later version"):
        workspace.read_sources()


def test_no_file_to_read(tmp_path):
    with pytest.raises(DataNotFoundError, match="no workspace"):
        Workspace(tmp_path / "none.gpkg").read_sources()


def test_a_folder_or_a_file_in_the_way(tmp_path, result):
    (tmp_path / "dir.gpkg").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkspaceError):
        Workspace(tmp_path / "dir.gpkg").write(result)
    with pytest.raises(WorkspaceError):
        Workspace(tmp_path / "file" / "ws.gpkg").write(result)


@contextlib.contextmanager
def ordinary_user():
    """Root may write everywhere: give the right up for a moment."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that every user may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_folder_that_cannot_be_written(open_folder, result):
    path = open_folder / "ws.gpkg"
    Workspace(path).write(result)
    path.chmod(0o444)
    open_folder.chmod(0o555)
    with ordinary_user():
        with pytest.raises(WorkspaceError, match="read-only"):
            Workspace(open_folder / "new.gpkg").write(result)
        with pytest.raises(WorkspaceError, match="read-only"):
            Workspace(path).write(result)
        assert len(Workspace(path).read_sources()) == 5  # reading works, WAL or not
    open_folder.chmod(0o755)
    assert [p.name for p in open_folder.iterdir()] == ["ws.gpkg"]


def test_errors_of_other_kinds_are_not_dressed_up(tmp_path):
    with (
        pytest.raises(sqlite3.OperationalError, match="no such table"),
        Workspace.create(tmp_path / "a.gpkg").transaction() as db,
    ):
        db.execute("SELECT * FROM missing")
    with pytest.raises(WorkspaceError, match="disk full"), connection.explained(tmp_path):
        raise OSError(28, "No space left on device")
