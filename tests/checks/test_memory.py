"""Which decisions hold at the next run, and what a run changed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocensus.checks import OUTCOMES, standing_of, what_changed
from geocensus.checks.memory import CLOSING, WITHDRAWN

FLAGS = pd.DataFrame({"flag_id": ["a"], "basis": ["1"]})


def made(*rows):
    columns = ["decision_id", "flag_id", "basis", "outcome"]
    return pd.DataFrame([(f"d{k}", *row) for k, row in enumerate(rows)], columns=columns, dtype="str")


@pytest.mark.parametrize(
    ("rows", "state", "outcome", "decision"),
    [
        ((), "open", "", ""),
        ((("a", "1", "false_alarm"),), "closed", "false_alarm", "d0"),
        ((("a", "0", "false_alarm"),), "reopened", "", ""),
        ((("a", "1", "cannot_decide"),), "open", "cannot_decide", "d0"),
        ((("a", "0", "cannot_decide"),), "open", "", ""),  # was never closed, so nothing is opened again
        ((("a", "1", "false_alarm"), ("a", "1", "withdrawn")), "open", "", ""),
        ((("a", "0", "false_alarm"), ("a", "0", "withdrawn")), "open", "", ""),
        ((("a", "1", "false_alarm"), ("a", "1", "corrected")), "closed", "corrected", "d1"),
        (
            (("a", "1", "false_alarm"), ("a", "2", "corrected")),
            "closed",
            "false_alarm",
            "d0",
        ),  # the old values are back
        ((("a", "0", "false_alarm"), ("a", "1", "cannot_decide")), "open", "cannot_decide", "d1"),
        ((("b", "1", "false_alarm"),), "open", "", ""),
    ],
)
def test_what_holds(rows, state, outcome, decision):
    found = standing_of(FLAGS, made(*rows))
    review = {"": "open", "cannot_decide": "unclear"}.get(outcome, "decided")  # nobody has judged any of them yet
    assert found.columns.tolist() == ["flag_state", "review_state", "outcome", "decision_id"]
    assert found.iloc[0].tolist() == [state, review, outcome, decision]


def test_index_and_columns_of_the_flags_are_kept():
    flags = pd.DataFrame({"flag_id": ["a", "b"], "basis": ["1", "1"]}, index=[7, 3])
    found = standing_of(flags, made(("b", "1", "false_alarm")))
    assert found.index.tolist() == [7, 3]
    assert found["flag_state"].tolist() == ["open", "closed"]
    assert standing_of(flags.iloc[:0], made(("b", "1", "false_alarm"))).empty


def test_every_outcome_but_two_closes():
    assert set(OUTCOMES) - set(CLOSING) == {"cannot_decide", WITHDRAWN}


def test_a_flag_is_reopened_once():
    reopened = pd.DataFrame({"flag_id": ["a"], "flag_state": ["reopened"]})
    assert what_changed(reopened, reopened) == {"new": 0, "gone": 0, "kept": 1, "closed": 0, "reopened": 0}
    assert what_changed(reopened, reopened.iloc[:0])["reopened"] == 1  # its flag was gone in between


states = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["open", "closed", "reopened"]))


@given(states, states)
def test_changes_add_up(now, before):
    tables = [pd.DataFrame({"flag_id": list(t), "flag_state": list(t.values())}, dtype="str") for t in (now, before)]
    counts = what_changed(*tables)
    assert sum(counts.values()) - counts["gone"] == len(now)
    assert counts["gone"] == len(set(before) - set(now))
    assert counts["closed"] == sum(state == "closed" for state in now.values())
    assert min(counts.values()) >= 0
