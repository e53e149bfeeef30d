"""The writer: nothing acknowledged is lost, whoever locks, moves or replaces the file, and whoever is killed."""

import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import pytest
from geocensus_api.store.writer import Writer

from geocensus.errors import WorkspaceError
from geocensus.workspace import Decision, Workspace, audit
from geocensus.workspace.review import decide

FLAGS = 40_000
WHOLE = re.compile(r"\d+ \d{8}T\d{6}Z-[0-9a-f]{8}")  # a line may be cut off by the kill


def many_flags(path, number):
    """Give a workspace so many flags f0, f1, …"""
    result = Workspace(path)
    rows = [(f"f{k}", f"S{k:04d}", "place.stacked", "warning", "b", "open", "open", "", "") for k in range(number)]
    columns = "flag_id, source_id, rule, severity, basis, flag_state, review_state, outcome, decision_id"
    with result.transaction() as connection:
        connection.execute("DELETE FROM flags")
        connection.executemany(f"INSERT INTO flags ({columns}) VALUES ({', '.join('?' * 9)})", rows)
    return path


@pytest.fixture(scope="module")
def made(workspace_path, tmp_path_factory):
    path = tmp_path_factory.mktemp("flags") / "ws.gpkg"
    with closing(sqlite3.connect(workspace_path)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    many_flags(path, FLAGS)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def path(made, tmp_path):
    return Path(shutil.copy(made, tmp_path / "ws.gpkg"))


@pytest.fixture
def writer(path):
    writer = Writer(path, wait_s=0.3)
    yield writer
    writer.close()


def alarm(number, author="王工"):
    return lambda connection: decide(connection, [Decision(f"f{number}", "false_alarm", author)])[0]


def note(connection):
    audit(connection, author="a", action="test", target="t")


def count(path, query="SELECT count(*) FROM decisions"):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchone()[0]


def test_twenty_writers_lose_none_of_a_thousand_decisions(path, writer):
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda number: writer.write(alarm(number, f"p{number % 20}")), range(1_000)))
    assert all(one.error is None for one in done)
    assert len({one.decision_id for one in done}) == count(path) == 1_000
    assert count(path, "SELECT count(*) FROM audit WHERE action = 'flag.decide'") == 1_000
    assert count(path, "SELECT count(*) FROM flags WHERE flag_state = 'closed' AND review_state = 'decided'") == 1_000


def test_one_flag_is_decided_once_however_many_try(writer, path):
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda number: writer.write(alarm(7, f"p{number}")), range(40)))
    assert sum(one.error is None for one in done) == count(path) == 1


def test_one_that_fails_does_not_touch_the_others(writer, path):
    def wrong(connection):
        note(connection)
        raise KeyError("mine")

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(writer.write, wrong if k % 2 else note) for k in range(40)]
        assert [type(one.exception()) for one in waiting] == [type(None), KeyError] * 20
    assert count(path, "SELECT count(*) FROM audit") == 20


def test_a_locked_file_is_waited_for_then_refused(writer, path):
    writer.write(note)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WorkspaceError, match="another program is writing"):
            writer.write(note)
    writer.write(note)
    assert count(path, "SELECT count(*) FROM audit") == 2


def test_a_file_that_is_moved_or_replaced_is_noticed(writer, path, made):
    writer.write(note)
    log, patience = path.with_name(path.name + "-wal"), time.monotonic() + 20
    while log.stat().st_size and time.monotonic() < patience:
        time.sleep(0.05)
    assert not log.stat().st_size  # written back by itself: the file may be moved as it is
    aside = path.with_name("aside.gpkg")
    path.rename(aside)
    with pytest.raises(WorkspaceError, match="not in its place"):
        writer.write(note)
    shutil.copy(made, path)
    writer.write(note)
    assert count(path, "SELECT count(*) FROM audit") == 1
    assert count(aside, "SELECT count(*) FROM audit") == 1


def test_a_full_disk_is_told_and_the_writer_goes_on(writer, path):
    def full(connection):
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
        for _ in range(5_000):
            audit(connection, author="a" * 500, action="test", target="t")

    writer.write(note)
    with pytest.raises((WorkspaceError, sqlite3.OperationalError)):
        writer.write(full)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert count(path, "SELECT count(*) FROM audit") == 1


def test_close_writes_what_waits_and_refuses_what_comes(writer, path):
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(writer.write, note) for _ in range(100)]
        while not any(one.done() for one in waiting):
            time.sleep(0.001)
        writer.close()
        errors = [one.exception() for one in waiting]
    written = sum(error is None for error in errors)
    assert {type(error) for error in errors} <= {type(None), WorkspaceError}
    assert count(path, "SELECT count(*) FROM audit") == written > 0
    with pytest.raises(WorkspaceError, match="about to end"):
        writer.write(note)
    writer.open()
    writer.write(note)
    assert count(path, "SELECT count(*) FROM audit") == written + 1


def test_a_journal_that_another_program_reset_is_a_log_again(path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
    writer = Writer(path)
    writer.write(note)
    assert count(path, "PRAGMA journal_mode") == "wal"
    writer.close()


@pytest.mark.quiet
def test_killed_fifty_times_every_acknowledged_decision_is_there(path):
    rng, child = random.Random(3), Path(__file__).with_name("writing_child.py")
    told: dict[int, str] = {}
    first = 0
    with subprocess.Popen([sys.executable, str(child), str(path)], stdin=PIPE, stdout=PIPE, text=True) as process:
        for _ in range(50):
            process.stdin.write(f"{first} {first + 700}\n")
            process.stdin.flush()
            writer_id = int(process.stdout.readline())
            lines = [process.stdout.readline()]  # it writes by now
            time.sleep(rng.uniform(0, 0.05))
            os.kill(writer_id, signal.SIGKILL)
            while (line := process.stdout.readline().strip()) != "killed":
                lines.append(line)
            acknowledged = [line.split() for line in lines if WHOLE.fullmatch(line.strip())]
            assert acknowledged
            told |= {int(number): decision for number, decision in acknowledged}
            with closing(sqlite3.connect(path)) as db:
                first = db.execute("SELECT max(CAST(comment AS INTEGER)) FROM decisions").fetchone()[0] + 1
                assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        process.stdin.close()
    with closing(sqlite3.connect(path)) as db:
        there = {row[0] for row in db.execute("SELECT decision_id FROM decisions")}
        closed = {row[0] for row in db.execute("SELECT decision_id FROM flags WHERE flag_state = 'closed'")}
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert set(told.values()) <= there == closed


def test_a_change_that_finds_the_file_read_only_is_told_in_plain_words(writer):
    def change(connection):
        connection.execute("PRAGMA query_only = ON")
        try:
            connection.execute("DELETE FROM flags")
        finally:
            connection.execute("PRAGMA query_only = OFF")

    with pytest.raises(WorkspaceError, match="read-only") as raised:
        writer.write(change)
    assert "只读" in raised.value.message("zh")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        writer.write(lambda connection: connection.execute("SELECT 1 FROM unknown_table"))
