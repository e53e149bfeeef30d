"""Connections that are kept: one state each, of a name that is true, and never of a file that is gone."""

import gc
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing

import pytest
from geocensus_api.store import pool as pool_module
from geocensus_api.store.pool import Pool

from geocensus.errors import DataNotFoundError, WorkspaceError
from geocensus.workspace.connection import transaction, writable


def write(path, sql="INSERT INTO plans (plan) VALUES (hex(randomblob(4)))"):
    with writable(path, wait_s=5) as connection, transaction(connection, wait_s=5):
        connection.execute(sql)


def plans(connection):
    return connection.execute("SELECT count(*) FROM plans").fetchone()[0]


@pytest.fixture
def pool(towns):
    pool = Pool(towns)
    yield pool
    pool.close()


def test_connections_are_used_again(pool):
    with pool.reading() as first:
        pass
    with pool.reading() as second, pool.reading() as third:
        assert second is first
        assert third is not first


def test_a_state_s_name_lasts_as_long_as_the_state(pool, towns):
    names = [pool.state()]
    assert pool.state() == names[0]
    for _ in range(3):
        write(towns)
        names.append(pool.state())
    assert len(set(names)) == 4


def test_a_connection_sees_one_state_and_knows_its_name(pool, towns):
    before = pool.state()
    with pool.reading() as connection:
        counted = plans(connection)
        write(towns)
        assert plans(connection) == counted
        assert pool.known(connection).state == before != pool.state()
    with pool.reading() as connection:
        assert plans(connection) == counted + 1
        assert pool.known(connection).state == pool.state()


def test_what_fails_in_a_request_leaves_the_connection_usable(pool, towns):
    with pytest.raises(sqlite3.OperationalError), pool.reading() as first:
        first.execute("SELECT * FROM nowhere")
    with pool.reading() as second:
        assert second is first
        assert plans(second) == 0
        with pytest.raises(sqlite3.OperationalError):
            second.execute("DELETE FROM plans")  # nobody changes anything through it


def test_a_file_that_goes_and_comes_back(pool, towns, workspace_path):
    with pool.reading():
        pass
    for ending in ("", "-wal", "-shm"):
        towns.with_name(towns.name + ending).unlink(missing_ok=True)
    with pytest.raises(DataNotFoundError), pool.reading():
        pass
    with closing(sqlite3.connect(workspace_path)) as source, closing(sqlite3.connect(towns)) as target:
        source.backup(target)
    with pool.reading() as connection:
        assert connection.execute("SELECT count(*) FROM flags").fetchone()[0] == 3


def test_a_file_written_over_in_place_is_noticed(pool, towns):
    with pool.reading():
        pass
    towns.write_bytes(b"no longer a database" * 500)
    with pytest.raises(WorkspaceError), pool.reading():
        pass


def test_locks_survive_what_the_service_does(pool, towns):
    """Another process may not think that it is alone while a connection of ours is open: it would remove the log."""
    write(towns)
    with pool.reading() as connection:
        pool.state()
        code = f"import sqlite3; sqlite3.connect({str(towns)!r}).execute('SELECT count(*) FROM plans').fetchone()"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
        assert plans(connection) == 1
        assert towns.with_name(towns.name + "-wal").exists()


def test_a_reader_that_is_left_to_the_collector_leaves_no_closed_connection(pool):
    def reading():
        with pool.reading() as connection:
            yield connection

    for _ in range(3):
        left = reading()
        next(left)
        circle = [left]
        circle.append(circle)  # as the frames of an error hold each other
        del left, circle
        gc.collect()
        with pool.reading() as connection:
            assert plans(connection) >= 0


def test_many_at_once_are_kept_open_too(pool):
    with ExitStack() as stack:
        first = [stack.enter_context(pool.reading()) for _ in range(20)]
    with ExitStack() as stack:
        again = [stack.enter_context(pool.reading()) for _ in range(20)]
        assert {id(one) for one in again} == {id(one) for one in first}


def test_a_connection_that_nothing_was_committed_beside_knows_its_state_at_once(pool, towns, monkeypatch):
    with pool.reading() as connection:
        before = pool.known(connection).state
    monkeypatch.setattr(pool, "state", lambda: pytest.fail("asked again"))
    with pool.reading() as connection:
        assert pool.known(connection).state == before
    monkeypatch.undo()
    write(towns)
    with pool.reading() as connection:  # whoever asks for the state's name first, or not at all
        assert pool.known(connection).state != before
        assert plans(connection) == 1
        assert pool.known(connection).state == pool.state()


def test_a_file_that_is_written_back_all_the_time_is_still_read(pool, towns, monkeypatch):
    times, begin = iter(range(100)), pool_module._begin

    def begun(connection):
        begin(connection)
        os.utime(towns, (0, next(times)))  # as after a checkpoint: another time, the same file

    monkeypatch.setattr(pool_module, "_begin", begun)
    with pool.reading() as connection:
        assert "nameless" in pool.known(connection).state
        assert pool.known(connection).state != pool.state()
