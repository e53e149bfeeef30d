"""What a second person says of a decision: approved, approved with fixes, rejected, disputed."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from geocensus.checks import DISPUTED, REJECTED, WITHDRAWN
from geocensus.errors import ReviewError, SchemaError
from geocensus.workspace.audit import add_row, audit, new_id, now
from geocensus.workspace.corrections import CORRECTING
from geocensus.workspace.review.carrying import Step, carry_out, take_back
from geocensus.workspace.review.locking import flag_row, release, require_unlocked
from geocensus.workspace.review.steps import checked_values
from geocensus.workspace.standing import Made, decisions_of, renew_flags

__all__ = ["VERDICTS", "add_review", "bring_along", "require_awaiting", "review"]

VERDICTS: Final = ("approved", "approved_with_fixes", "rejected", "disputed")
_REASONED: Final = (REJECTED, DISPUTED)


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
    fixed = checked_values(connection, held.outcome, values or {}) if verdict == "approved_with_fixes" else {}
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
