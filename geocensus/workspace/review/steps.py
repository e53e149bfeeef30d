"""The steps of a review: decide, comment; a second person's word and undoing are modules of their own.

::

    open ──┬─ decide ──► decided ──┬─ approved, approved_with_fixes ──► approved
    unclear ┘   ▲                  ├─ disputed ──► disputed (a third person says the last word)
                │                  └─ rejected ──► rejected: open again, with the reason
                └──────────────────────────────────────┘

``cannot_decide`` leaves a flag open (unclear). Every step is a row that is added; taking a step back is another row
(withdrawn), and the flag stands where it stood before. Nobody judges their own work, unless they are administrators.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from geocensus.checks import WITHDRAWN
from geocensus.errors import GeocensusError, ReviewError, SchemaError
from geocensus.workspace.audit import add_row, audit, new_id, now
from geocensus.workspace.corrections import CORRECTING
from geocensus.workspace.decisions import Decision, add_decision
from geocensus.workspace.review.carrying import Step, carry_out, claim_values
from geocensus.workspace.review.locking import flag_row, release, require_unlocked
from geocensus.workspace.standing import renew_flags

__all__ = ["Decided", "checked_values", "comment", "decide", "require_open"]

_MOST: Final = {"lon": 180.0, "lat": 90.0}


@dataclass(frozen=True)
class Decided:
    """What became of one decision: the id of its record, or why it was refused."""

    flag_id: str
    decision_id: str = ""
    error: GeocensusError | None = field(default=None, compare=False)


def decide(connection: sqlite3.Connection, decisions: Sequence[Decision]) -> list[Decided]:
    """Record decisions, one by one, and carry out the corrections among them together.

    Parameters
    ----------
    connection
        Inside a transaction.
    decisions
        What was decided, in order; a correction of a claim needs the code alone, names follow from the basemap.

    Returns
    -------
    list of Decided
        In order; a decision that is refused leaves nothing behind and does not touch the others.
    """
    done: list[Decided] = []
    steps: list[Step] = []
    for decision in decisions:
        connection.execute("SAVEPOINT decision")
        try:
            number, step = _decided(connection, decision, {one.source_id for one in steps})
        except GeocensusError as error:
            connection.execute("ROLLBACK TO decision")
            done.append(Decided(decision.flag_id, error=error))
        else:
            done.append(Decided(decision.flag_id, number))
            steps += [step] if step else []
        connection.execute("RELEASE decision")
    if steps:
        carry_out(connection, steps)
    return done


def _decided(connection: sqlite3.Connection, decision: Decision, busy: set[str]) -> tuple[str, Step | None]:
    flag = flag_row(connection, decision.flag_id)
    _require_decision(connection, decision)
    require_open(connection, flag, author=decision.author)
    correcting = decision.outcome in CORRECTING
    if correcting and not flag["source_id"]:
        raise SchemaError(
            "a whole group cannot be corrected: decide on its sources", "整批疑点不能更正：请逐个处理对象"
        )
    if correcting and flag["source_id"] in busy:
        raise ReviewError(
            f"source {flag['source_id']} is corrected by another decision of this request",
            f"对象 {flag['source_id']} 已由本次请求中的另一处理结论更正",
        )
    number = add_decision(connection, replace(decision, after=_values(connection, decision)))
    renew_flags(connection, [decision.flag_id])
    release(connection, decision.flag_id, author=decision.author)
    audit(
        connection,
        author=decision.author,
        action="flag.decide",
        target=decision.flag_id,
        before={name: flag[name] for name in ("flag_state", "review_state", "outcome", "decision_id")},
        after={"decision_id": number, "outcome": decision.outcome},
    )
    step = Step(flag["source_id"], number, decision.outcome, decision.author, decision.outcome) if correcting else None
    return number, step


def require_open(connection: sqlite3.Connection, flag: Mapping[str, Any], *, author: str) -> None:
    """Refuse a decision on a flag that is closed, or that another person holds.

    Parameters
    ----------
    connection
        A workspace.
    flag
        Its columns.
    author
        Who wants to decide.

    Raises
    ------
    ReviewError
        Somebody else holds it, or it is closed.
    """
    require_unlocked(connection, flag["flag_id"], author)
    if flag["flag_state"] == "closed":
        raise ReviewError(
            f"flag {flag['flag_id']} is closed already ({flag['outcome']}): take that back first",
            f"疑点 {flag['flag_id']} 已办结（{flag['outcome']}）：请先撤回原结论",
            details={"outcome": flag["outcome"], "decision_id": flag["decision_id"]},
        )


def _require_decision(connection: sqlite3.Connection, decision: Decision) -> None:
    if decision.outcome == WITHDRAWN:
        raise SchemaError("to take a decision back, undo it", "撤回处理结论请使用撤销")
    documents = "SELECT 1 FROM attachments WHERE flag_id = ?"
    if decision.outcome == "statement_attached" and not connection.execute(documents, (decision.flag_id,)).fetchone():
        raise SchemaError(
            f"flag {decision.flag_id}: attach the statement first", f"疑点 {decision.flag_id}：请先上传情况说明"
        )


def _values(connection: sqlite3.Connection, decision: Decision) -> dict[str, Any]:
    """Return the values of a correction as they are stored; those of the repair where one is accepted."""
    values = dict(decision.after)
    if decision.outcome not in CORRECTING:
        return values
    if decision.repair_id:
        row = connection.execute(
            "SELECT kind, lon, lat, proposed_code FROM repairs WHERE repair_id = ?", (decision.repair_id,)
        ).fetchone()
        if row and (row[0] == "claim") != (decision.outcome == "claim_corrected"):
            raise SchemaError(
                f"repair {decision.repair_id} does not fit outcome {decision.outcome}",
                f"修正建议 {decision.repair_id} 与结论 {decision.outcome} 不符",
            )
        proposed = dict(zip(("lon", "lat"), row[1:3], strict=True)) if row else {}
        proposed = {"claimed_code": row[3]} if row and row[0] == "claim" else proposed
        values = {**proposed, **values}
    return checked_values(connection, decision.outcome, values)


def checked_values(connection: sqlite3.Connection, outcome: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a correction as they are kept.

    Parameters
    ----------
    connection
        A workspace.
    outcome
        "corrected" or "claim_corrected".
    values
        Degrees as lon and lat, or claimed_code.

    Returns
    -------
    dict
        Numbers; the areas of a claim by name.

    Raises
    ------
    SchemaError
        A value is missing or out of its range, or the claim names no area.
    """
    if outcome == "claim_corrected":
        return claim_values(connection, str(values.get("claimed_code") or ""))
    checked = dict(values)
    for axis, most in _MOST.items():
        value = values.get(axis)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
            raise SchemaError(
                f"{axis}: give degrees from {-most:g} to {most:g}", f"{axis}：应为 {-most:g} 至 {most:g} 之间的度数"
            )
        checked[axis] = float(value)
    return checked


def comment(connection: sqlite3.Connection, flag_id: str, text: str, *, author: str) -> str:
    """Add a comment to a flag; anybody may, whoever works on it.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_id
        The flag.
    text
        What to say.
    author
        Who says it.

    Returns
    -------
    str
        Id of the record.

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    SchemaError
        Nothing is said.
    """
    flag_row(connection, flag_id)
    if not text.strip():
        raise SchemaError("the comment is empty", "备注内容为空")
    number = new_id()
    add_row(connection, "comments", comment_id=number, flag_id=flag_id, author=author, time=now(), text=text)
    audit(connection, author=author, action="flag.comment", target=flag_id, after={"comment_id": number})
    return number
