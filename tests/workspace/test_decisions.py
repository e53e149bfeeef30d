"""Decisions are added, never changed; they hold as long as the flag rests on the same values."""

import json
import sqlite3
from datetime import UTC, datetime

import pandas as pd
import pytest

from geocensus.errors import DataNotFoundError, SchemaError, WorkspaceError
from geocensus.workspace import Decision, Workspace

REPAIRS = pd.DataFrame(
    {
        "repair_id": ["r1", "r2", "r3"],
        "source_id": ["S3", "S3", "S1"],
        "flag_id": ["f1", "f1", "f0"],
        "rank": [1, 2, 1],
        "kind": ["point", "claim", "point"],
        "cause": ["digit_error", "claim_wrong", "sign"],
        "probability": [0.93, 0.04, 0.9],
        "offered": [True, False, True],
        "lon": [118.15, 118.65, 118.1],
        "lat": [28.1, 28.1, 28.1],
        "stated_lon": [118.65, 118.65, 118.1],
        "stated_lat": [28.1, 28.1, 28.1],
        "lon_text": ["118.15", "", ""],
        "lat_text": ["28.10", "", ""],
        "proposed_code": ["330822001", "330822100", "330822001"],
        "proposed_name": ["甲街道", "乙镇", "甲街道"],
    }
)


@pytest.fixture
def workspace(tmp_path, result):
    result.repairs = REPAIRS
    workspace = Workspace(tmp_path / "ws.gpkg")
    workspace.write(result)
    return workspace


def states(workspace):
    return workspace.read_flags().set_index("flag_id")["flag_state"].to_dict()


def alarm(flag="f1", **more):
    return Decision(flag, "false_alarm", author="王工", **more)


def test_a_decision_says_who_when_and_what_was_there(workspace):
    when = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    (number,) = workspace.decide(alarm(comment="现场核实", time=when))
    row = workspace.read_decisions().iloc[0]
    assert row[["decision_id", "flag_id", "basis", "source_id", "rule", "level"]].tolist() == [
        number, "f1", "b1", "S3", "place.outside_claimed", "township",
    ]  # fmt: skip
    assert row[["outcome", "comment", "author", "time"]].tolist() == [
        "false_alarm", "现场核实", "王工", "2026-05-04T03:02:01.000+00:00",
    ]  # fmt: skip
    assert json.loads(row["before"]) == {"state": "located", "lon": 118.65, "lat": 28.1}
    assert json.loads(row["after"]) == {}
    flag = workspace.read_flags().set_index("flag_id").loc["f1"]
    assert flag[["flag_state", "outcome", "decision_id"]].tolist() == ["closed", "false_alarm", number]


def test_an_accepted_repair_carries_its_values(workspace, sources):
    workspace.decide(Decision("f1", "corrected", author="a", repair_id="r1"))
    workspace.decide(Decision("f1", "claim_corrected", author="a", repair_id="r2"))
    workspace.decide(Decision("f1", "corrected", author="a", after={"lon": 118.2, "lat": 28.2}))
    after = [json.loads(text) for text in workspace.read_decisions()["after"]]
    assert after == [
        {"lon": 118.15, "lat": 28.1, "lon_text": "118.15", "lat_text": "28.10"},
        {"claimed_code": "330822100", "claimed_name": "乙镇"},
        {"lon": 118.2, "lat": 28.2},
    ]
    pd.testing.assert_frame_equal(workspace.read_sources(), sources)  # nothing of the sources is changed


def test_a_decision_on_a_group_has_no_source(workspace):
    workspace.decide(alarm("f3"))
    row = workspace.read_decisions().iloc[0]
    assert (row["source_id"], row["group"], row["before"]) == ("", "表一", "{}")


@pytest.mark.parametrize(
    ("decision", "error", "words"),
    [
        (Decision("f9", "false_alarm", author="a"), DataNotFoundError, "no flag f9"),
        (Decision("f1", "maybe", author="a"), SchemaError, "must be one of corrected"),
        (Decision("f1", "false_alarm", author=" "), SchemaError, "needs its author"),
        (Decision("f1", "corrected", author="a"), SchemaError, "give lon and lat"),
        (Decision("f1", "corrected", author="a", repair_id="r2"), SchemaError, "give lon and lat"),
        (Decision("f1", "claim_corrected", author="a", repair_id="r1"), SchemaError, "give claimed_code"),
        (Decision("f1", "corrected", author="a", repair_id="r3"), SchemaError, "of source S1, the flag of S3"),
        (Decision("f1", "corrected", author="a", repair_id="r9"), DataNotFoundError, "no repair r9"),
        (Decision("f1", "false_alarm", author="a", basis="old"), WorkspaceError, "rests on other values"),
    ],
)
def test_what_is_refused_leaves_nothing(workspace, decision, error, words):
    with pytest.raises(error, match=words) as caught:
        workspace.decide(alarm("f2"), decision)
    assert caught.value.zh != caught.value.en
    assert workspace.read_decisions().empty
    assert set(states(workspace).values()) == {"open"}


@pytest.mark.parametrize("change", ["UPDATE decisions SET outcome = 'corrected'", "DELETE FROM decisions"])
def test_decisions_are_kept_as_they_were_made(workspace, change):
    workspace.decide(alarm())
    with pytest.raises(sqlite3.IntegrityError, match="kept as they were made"), workspace.transaction() as connection:
        connection.execute(change)
    assert workspace.read_decisions()["outcome"].tolist() == ["false_alarm"]


def test_a_closed_flag_stays_closed_and_reopens_on_another_basis(workspace, basemap, sources, flags, remake):
    workspace.decide(alarm("f1"), alarm("f2"))
    workspace.write(remake(basemap, sources, flags))
    assert states(workspace) == {"f1": "closed", "f2": "closed", "f3": "open"}
    moved = flags.assign(basis=["b1", "b2, moved", "b3"])
    workspace.write(remake(basemap, sources, moved))
    assert states(workspace) == {"f1": "closed", "f2": "reopened", "f3": "open"}
    workspace.write(remake(basemap, sources, moved))
    workspace.write(remake(basemap, sources, moved.iloc[:1]))
    workspace.write(remake(basemap, sources, flags))  # gone, then back with the values that were decided on
    assert states(workspace) == {"f1": "closed", "f2": "closed", "f3": "open"}
    names = ["flags_new", "flags_gone", "flags_kept", "flags_closed", "flags_reopened"]
    assert workspace.runs()[names].to_numpy().tolist() == [
        [3, 0, 0, 0, 0],
        [0, 0, 1, 2, 0],
        [0, 0, 1, 1, 1],
        [0, 0, 2, 1, 0],
        [0, 2, 0, 1, 0],
        [1, 0, 0, 2, 0],
    ]


def test_a_withdrawn_decision_opens_its_flag(workspace):
    workspace.decide(alarm())
    workspace.decide(Decision("f1", "withdrawn", author="李工", comment="点错了"))
    assert states(workspace)["f1"] == "open"
    assert workspace.read_decisions()["outcome"].tolist() == ["false_alarm", "withdrawn"]


def test_what_could_not_be_decided_stays_open_with_a_note(workspace):
    workspace.decide(Decision("f1", "cannot_decide", author="a"))
    flag = workspace.read_flags().set_index("flag_id").loc["f1"]
    assert flag[["flag_state", "outcome"]].tolist() == ["open", "cannot_decide"]
