"""The name of a state changes with every commit."""

import sqlite3

import pytest

from geocensus.workspace import Workspace, read_only, revision


@pytest.fixture
def path(tmp_path):
    return Workspace.create(tmp_path / "ws.gpkg").path


def write(connection, text):
    connection.execute("INSERT INTO basemap_info (key, value) VALUES (?, '1')", (text,))
    connection.commit()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_every_commit_has_a_name_of_its_own(path, mode):
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    names = [revision(path)]
    for number in range(200):  # far more than one within a tick of the file system
        write(connection, str(number))
        names.append(revision(path))
        assert revision(path) == names[-1]
    connection.close()
    assert len(set(names)) == len(names)


def test_a_log_that_starts_anew_gives_new_names(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    names = []
    for number in range(50):
        write(connection, str(number))
        names.append(revision(path))
        connection.execute(
            "PRAGMA wal_checkpoint(RESTART)"
        ).fetchone()  # the next commit overwrites the log's first frames
    connection.close()
    assert len(set(names)) == len(names)


def test_readers_change_no_name(path):
    before = revision(path)
    with read_only(path) as connection:
        connection.execute("SELECT count(*) FROM sources").fetchone()
        assert revision(path) == before
    assert revision(path) == before


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        revision(tmp_path / "none.gpkg")
