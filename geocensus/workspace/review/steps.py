"""The steps of a review: decide, approve or reject, comment, take back.

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

from geocensus.checks import DISPUTED, REJECTED, WITHDRAWN
from geocensus.errors import GeocensusError, ReviewError, SchemaError
from geocensus.workspace.audit import add_row, audit, new_id, now
from geocensus.workspace.corrections import CORRECTING
from geocensus.workspace.decisions import Decision, add_decision
from geocensus.workspace.review.carrying import Step, carry_out, claim_values, take_back
from geocensus.workspace.review.locking import flag_row, release, require_unlocked
from geocensus.workspace.standing import Made, decisions_of, renew_flags

__all__ = [
    "VERDICTS",
    "Decided",
    "add_review",
    "bring_along",
    "comment",
    "decide",
    "require_awaiting",
    "require_open",
    "review",
]

VERDICTS: Final = ("approved", "approved_with_fixes", "rejected", "disputed")
_REASONED: Final = (REJECTED, DISPUTED)
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
    return _checked(connection, decision.outcome, values)


def _checked(connection: sqlite3.Connection, outcome: str, values: Mapping[str, Any]) -> dict[str, Any]:
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


def review(
    connection: sqlite3.Connection,
    flag_id: str,
    verdict: str,
    *,
    author: str,
    comment: str = "",
    values: Mapping[str, Any] | None = None,
    admin: bool = False,
) -> str:
    """Record what a second person says of the decision that holds on a flag.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_id
        The flag.
    verdict
        One of VERDICTS. A rejection opens the flag again, and takes a correction back; a dispute asks a third person.
    author
        Who says so.
    comment
        Why; needed to reject or dispute.
    values
        The right values (lon and lat, or claimed_code), for "approved_with_fixes" of a correction.
    admin
        Whether the author is an administrator, who may approve their own work.

    Returns
    -------
    str
        Id of the record.

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    SchemaError
        An unknown verdict, no reason, or no values.
    ReviewError
        Nothing waits for a second person, it is the author's own work, or somebody else holds the flag.
    """
    flag = flag_row(connection, flag_id)
    held = require_awaiting(connection, flag, author=author, admin=admin)
    _require_verdict(verdict, comment, held)
    fixed = _checked(connection, held.outcome, values or {}) if verdict == "approved_with_fixes" else {}
    step = Step(flag["source_id"], held.decision_id, held.outcome, author, "reverted")
    if held.outcome in CORRECTING and verdict in {REJECTED, "approved_with_fixes"}:
        take_back(connection, step)  # as long as the decision still says so
    number = add_review(connection, flag_id, held, verdict, author=author, comment=comment, values=fixed)
    renew_flags(connection, [flag_id])
    if fixed:
        carry_out(connection, [replace(step, kind="fixed")])
    bring_along(connection, held.decision_id)
    release(connection, flag_id, author=author)
    return number


def require_awaiting(
    connection: sqlite3.Connection, flag: Mapping[str, Any], *, author: str, admin: bool = False
) -> Made:
    """Return the decision that waits for a second person, and refuse whoever may not be that person.

    Parameters
    ----------
    connection
        A workspace.
    flag
        Its columns.
    author
        Who wants to judge.
    admin
        Whether that is an administrator, who may judge their own work.

    Returns
    -------
    Made
        The decision.

    Raises
    ------
    ReviewError
        Nothing waits, it is the author's own work, or somebody else holds the flag.
    """
    made = {one.decision_id: one for one in decisions_of(connection, flag["flag_id"])}
    if flag["review_state"] not in {"decided", DISPUTED} or flag["decision_id"] not in made:
        raise ReviewError(
            f"flag {flag['flag_id']}: no decision of its own waits for a second person ({flag['review_state']})",
            f"疑点 {flag['flag_id']}：没有待复核的处理结论（{flag['review_state']}）",
            details={"review_state": flag["review_state"], "decision_id": flag["decision_id"]},
        )
    held = made[flag["decision_id"]]
    require_unlocked(connection, flag["flag_id"], author)
    if not admin and author in _workers(connection, held, flag):
        raise ReviewError(
            "a second person is needed: nobody judges their own work",
            "须由另一人复核：不得复核本人的处理结论",
            reason="own_work",
        )
    return held


def _require_verdict(verdict: str, comment: str, held: Made) -> None:
    if verdict not in VERDICTS:
        known = ", ".join(VERDICTS)
        raise SchemaError(f"verdict {verdict!r}: must be one of {known}", f"复核意见 {verdict!r}：应为 {known} 之一")
    if verdict in _REASONED and not comment.strip():
        raise SchemaError("say why: a rejection or a dispute needs a comment", "请说明理由：退回或存疑须填写备注")
    if verdict == "approved_with_fixes" and held.outcome not in CORRECTING:
        raise SchemaError(
            f"outcome {held.outcome} has no values to fix: approve or reject it",
            f"结论 {held.outcome} 没有可修改的值：请通过或退回",
        )


def _workers(connection: sqlite3.Connection, held: Made, flag: Mapping[str, Any]) -> set[str]:
    """Return who decided, and who disputed it: the word of a third person is asked for then."""
    query = "SELECT author FROM reviews WHERE flag_id = ? AND decision_id = ? AND verdict = 'disputed'"
    said = connection.execute(query, (flag["flag_id"], held.decision_id)).fetchall()
    return {held.author, *(row[0] for row in said if flag["review_state"] == DISPUTED)}


def add_review(
    connection: sqlite3.Connection,
    flag_id: str,
    held: Made,
    verdict: str,
    *,
    author: str,
    comment: str,
    values: Mapping[str, Any],
    then: str | None = None,
) -> str:
    """Add one review; flag and source stay as they are.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_id
        The flag.
    held
        The decision that is judged.
    verdict
        One of VERDICTS, or "withdrawn".
    author
        Who says so.
    comment
        Why.
    values
        The right values, where some are given.
    then
        The verdict that holds from now on, where it is not this one.

    Returns
    -------
    str
        Id of the record.
    """
    number = new_id()
    after = {"verdict": verdict if then is None else then, **({"values": dict(values)} if values else {})}
    before = {"verdict": held.verdict}
    row = {"review_id": number, "flag_id": flag_id, "decision_id": held.decision_id, "verdict": verdict}
    add_row(connection, "reviews", **row, comment=comment, author=author, time=now(), before=before, after=after)
    action = "flag.undo" if verdict == WITHDRAWN else "flag.review"
    audit(connection, author=author, action=action, target=flag_id, before=before, after={"review_id": number, **after})
    return number


def bring_along(connection: sqlite3.Connection, decision_id: str) -> None:
    """Give the flags that a correction closed besides its own the state of its review.

    Parameters
    ----------
    connection
        Inside a transaction.
    decision_id
        The correction.
    """
    connection.execute(
        "UPDATE flags SET review_state = (SELECT f.review_state FROM flags f JOIN decisions d USING (flag_id)"
        " WHERE d.decision_id = ?1 AND f.decision_id = ?1 LIMIT 1) WHERE decision_id = ?1 AND flag_state = 'closed'"
        " AND EXISTS (SELECT 1 FROM flags f JOIN decisions d USING (flag_id)"
        " WHERE d.decision_id = ?1 AND f.decision_id = ?1)",
        (decision_id,),
    )


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
