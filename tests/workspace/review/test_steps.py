"""Locks that expire, the nearest open flag, and one truth about where a flag stands."""

import sqlite3
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.checks import standing_of
from geocensus.errors import DataNotFoundError, ReviewError, SchemaError
from geocensus.workspace import Decision, Workspace
from geocensus.workspace.review import HOLD, comment, decide, lock, lock_of, nearest_open, release, review, undo
from geocensus.workspace.standing import Made, standing_on

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AFTER = NOON + HOLD + timedelta(seconds=1)
GEOD = pyproj.Geod(ellps="GRS80")


@pytest.fixture
def workspace(tmp_path, result):
    workspace = Workspace(tmp_path / "ws.gpkg")
    workspace.write(result)
    return workspace


@pytest.fixture
def connection(workspace):
    with workspace.transaction() as connection:
        yield connection


def alarm(flag="f1", author="王工", outcome="false_alarm", **more):
    return Decision(flag, outcome, author, **more)


def reason(step, *arguments, **more):
    with pytest.raises(ReviewError) as caught:
        step(*arguments, **more)
    assert caught.value.zh != caught.value.en
    return caught.value.reason


def test_a_lock_is_renewed_by_its_holder_and_stolen_by_nobody(connection):
    first = lock(connection, "f1", author="王工", now=NOON)
    assert (first.until, first.seconds_left(NOON)) == (NOON + HOLD, 7200)
    later = NOON + timedelta(minutes=90)
    assert lock(connection, "f1", author="王工", now=later).until == later + HOLD
    assert lock_of(connection, "f1", later).since == NOON
    assert reason(lock, connection, "f1", author="李工", now=AFTER) == "locked"  # it was renewed
    end = later + HOLD
    assert lock(connection, "f1", author="李工", now=end).since == end  # over: anybody may take it


def test_a_lock_that_is_over_holds_nobody_up(connection):
    lock(connection, "f1", author="王工", now=NOON - timedelta(days=1))
    assert lock_of(connection, "f1") is None
    assert decide(connection, [alarm(author="李工")])[0].error is None
    assert release(connection, "f1", author="李工") is False


def test_only_the_holder_or_an_administrator_releases(connection):
    lock(connection, "f1", author="王工")
    assert reason(release, connection, "f1", author="李工") == "locked"
    assert release(connection, "f1", author="主任", admin=True)
    assert release(connection, "f1", author="王工") is False


def test_a_lock_taken_while_the_clock_was_ahead_holds_nobody_up(connection):
    lock(connection, "f1", author="qa", now=NOON + timedelta(days=10))
    assert lock_of(connection, "f1", NOON) is None
    assert lock(connection, "f1", author="other", now=NOON).author == "other"


def test_there_is_no_lock_on_what_is_not_there(connection):
    with pytest.raises(DataNotFoundError):
        lock(connection, "f9", author="王工")


def test_each_of_many_decisions_has_its_own_result(connection):
    lock(connection, "f2", author="李工")
    wanted = [alarm(), alarm(), alarm("f2"), alarm("f3"), alarm("f9"), alarm("f3", outcome="corrected")]
    errors = [type(one.error) for one in decide(connection, wanted)]
    assert errors == [type(None), ReviewError, ReviewError, type(None), DataNotFoundError, ReviewError]
    assert connection.execute("SELECT flag_id FROM decisions ORDER BY flag_id").fetchall() == [("f1",), ("f3",)]
    assert connection.execute("SELECT count(*) FROM audit WHERE action = 'flag.decide'").fetchone() == (2,)


def test_a_statement_needs_its_document(connection):
    asked = alarm(outcome="statement_attached")
    assert isinstance(decide(connection, [asked])[0].error, SchemaError)
    connection.execute("INSERT INTO attachments (attachment_id, flag_id) VALUES ('a', 'f1')")
    assert decide(connection, [asked])[0].error is None


@pytest.mark.parametrize("table", ["reviews", "comments", "source_versions", "attachments", "audit", "decisions"])
def test_what_was_said_is_kept(workspace, table):
    with workspace.transaction() as connection:
        comment(connection, "f1", "看过", author="王工")
        decide(connection, [alarm()])
        review(connection, "f1", "approved", author="李工")
        connection.execute("INSERT INTO attachments (attachment_id, flag_id) VALUES ('a', 'f1')")
        connection.execute("INSERT INTO source_versions (source_id, version) VALUES ('S1', 1)")
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET fid = fid + 1000"):
        with pytest.raises(sqlite3.IntegrityError, match="kept as they were made"), workspace.transaction() as db:
            db.execute(change)


def test_every_step_can_be_taken_back_and_none_is_deleted(connection):
    def state():
        return connection.execute("SELECT flag_state, review_state, outcome FROM flags WHERE flag_id='f1'").fetchone()

    seen = [state()]
    decide(connection, [alarm(outcome="cannot_decide")])
    seen.append(state())
    decide(connection, [alarm()])
    seen.append(state())
    review(connection, "f1", "disputed", author="李工", comment="?")
    seen.append(state())
    review(connection, "f1", "rejected", author="赵工", comment="!")
    assert state() == ("open", "rejected", "")
    for author in ("赵工", "李工", "王工", "王工"):
        undo(connection, "f1", author=author)
        assert state() == seen.pop()
    assert reason(undo, connection, "f1", author="王工") == "state"
    assert connection.execute("SELECT count(*) FROM decisions").fetchone() == (4,)
    assert connection.execute("SELECT count(*) FROM reviews").fetchone() == (4,)


def test_the_nearest_is_the_nearest_on_the_ground(workspace):
    rng = np.random.default_rng(4)
    lon, lat = 118.4 + rng.normal(0, 0.3, 400), 28.9 + rng.normal(0, 0.3, 400)
    rows = [(f"n{k:03d}", "warning", *place) for k, place in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))]
    with workspace.transaction() as db:
        db.execute("DELETE FROM flags")
        db.executemany(
            "INSERT INTO flags (flag_id, severity, lon, lat, flag_state, review_state, geom)"
            " VALUES (?, ?, ?, ?, 'open', 'open', NULL)",
            rows,
        )
        db.executemany(
            "INSERT INTO rtree_flags_geom SELECT fid, ?2, ?2, ?3, ?3 FROM flags WHERE flag_id = ?1",
            [(row[0], *row[2:]) for row in rows],
        )
        db.execute("UPDATE flags SET review_state = 'unclear' WHERE flag_id < 'n100'")
        lock(db, "n200", author="李工")
        lock(db, "n201", author="王工")
        for here in ((118.4, 28.9), (119.9, 27.2), (100.0, 60.0)):
            found = nearest_open(db, *here, author="王工", limit=400)
            metres = GEOD.inv(np.full(400, here[0]), np.full(400, here[1]), lon, lat)[2]
            order = sorted(range(400), key=lambda k: (k < 100, metres[k], k))
            assert [one.flag_id for one in found] == [f"n{k:03d}" for k in order if k != 200]
            assert nearest_open(db, *here, author="王工", limit=3) == found[:3]
        few = nearest_open(db, 118.4, 28.9, author="王工", condition="flag_id > ?", values=("n395",), limit=9)
        assert {one.flag_id for one in few} == {"n396", "n397", "n398", "n399"}


OUTCOMES = st.sampled_from(["false_alarm", "cannot_decide", "corrected"])
VERDICTS = st.sampled_from(["", "approved", "approved_with_fixes", "rejected", "disputed"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("bc"), OUTCOMES, VERDICTS), max_size=5))
def test_one_flag_and_all_flags_are_told_alike(made):
    decisions = [(f"d{k}", "f", basis, outcome) for k, (basis, outcome, _) in enumerate(made)]
    table = pd.DataFrame(decisions, columns=["decision_id", "flag_id", "basis", "outcome"], dtype="str")
    said = [(f"d{k}", f'{{"verdict": "{verdict}"}}') for k, (*_, verdict) in enumerate(made)]
    reviews = pd.DataFrame(said, columns=["decision_id", "after"], dtype="str")
    flags = pd.DataFrame({"flag_id": ["f"], "basis": ["b"]}, dtype="str")
    one = standing_on([Made(f"d{k}", b, o, "", {}, v) for k, (b, o, v) in enumerate(made)], "b")
    assert standing_of(flags, table, reviews).iloc[0].tolist() == list(one)
