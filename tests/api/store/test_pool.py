"""Connections that are kept: one state each, of a name that is true, and never of a file that is gone."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
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
