"""Take steps of a review back: another row says so, and flag and source stand as they stood before."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from geocensus.checks import REJECTED, WITHDRAWN
from geocensus.errors import ReviewError
from geocensus.workspace.audit import audit
from geocensus.workspace.corrections import CORRECTING
from geocensus.workspace.decisions import Decision, add_decision
from geocensus.workspace.review.carrying import Step, carry_out, require_last, take_back
from geocensus.workspace.review.locking import flag_row, require_unlocked
from geocensus.workspace.review.second_person import add_review, bring_along
from geocensus.workspace.standing import Made, decisions_of, renew_flags

__all__ = ["require_undoable", "undo"]


def undo(
    connection: sqlite3.Connection, flag_id: str, *, author: str, comment: str = "", admin: bool = False
) -> dict[str, str]:
    """Take the last step on a flag back, with what followed from it; flag and source stand as they stood before.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_id
        The flag.
    author
        Who takes it back: the person whose step it was, or an administrator.
    comment
        Why.
    admin
        Whether the author is an administrator.

    Returns
    -------
    dict
        The step ("decision" or "review") and id (of the record that was added).

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    ReviewError
        There is nothing to take back, it is another person's step, somebody holds the flag, or the source was
        corrected again since.
    """
    flag, held, then = require_undoable(connection, flag_id, author=author, admin=admin)
    if held.verdict:
        return {"step": "review", "id": _undo_review(connection, flag, held, then, author=author, comment=comment)}
    return {"step": "decision", "id": _undo_decision(connection, flag, held, author=author, comment=comment)}


def require_undoable(
    connection: sqlite3.Connection, flag_id: str, *, author: str, admin: bool = False
) -> tuple[dict[str, Any], Made, str]:
    """Return the last step on a flag, and refuse whoever may not take it back.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.
    author
        Who wants to take it back.
    admin
        Whether that is an administrator.

    Returns
    -------
    tuple
        Columns of the flag, the decision, and the verdict on it that held before the last one.

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    ReviewError
        As for :func:`undo`.
    """
    flag = flag_row(connection, flag_id)
    require_unlocked(connection, flag_id, author)
    made = decisions_of(connection, flag_id)
    # the last one, where the flag rests on other values since: on corrected ones
    held = next((one for one in reversed(made) if one.decision_id == flag["decision_id"]), made[-1] if made else None)
    if held is None:
        raise ReviewError(
            f"flag {flag_id}: there is nothing to take back",
            f"疑点 {flag_id}：没有可撤回的步骤",
            details={"decision_id": flag["decision_id"]},
        )
    by, then = _last_verdict(connection, flag_id, held.decision_id) if held.verdict else (held.author, "")
    _require_own(author, by, admin=admin)
    if held.outcome in CORRECTING and held.verdict in {"", "approved_with_fixes"}:
        require_last(connection, _reverting(flag, held, author))
    return flag, held, then


def _require_own(author: str, other: str, *, admin: bool) -> None:
    if not admin and author != other:
        raise ReviewError(
            f"the last step is {other}'s: they take it back, or an administrator",
            f"最后一步由 {other} 完成：须由本人或管理员撤回",
            reason="not_yours",
            details={"author": other},
        )


def _reverting(flag: Mapping[str, Any], held: Made, author: str) -> Step:
    return Step(flag["source_id"], held.decision_id, held.outcome, author, "reverted")


def _undo_decision(
    connection: sqlite3.Connection, flag: Mapping[str, Any], held: Made, *, author: str, comment: str
) -> str:
    if held.outcome in CORRECTING:
        take_back(connection, _reverting(flag, held, author))
    decision = Decision(flag["flag_id"], WITHDRAWN, author, comment, after={"withdraws": held.decision_id})
    number = add_decision(connection, decision)
    renew_flags(connection, [flag["flag_id"]])
    before = {"decision_id": held.decision_id, "outcome": held.outcome}
    audit(
        connection,
        author=author,
        action="flag.undo",
        target=flag["flag_id"],
        before=before,
        after={"decision_id": number},
    )
    return number


def _undo_review(
    connection: sqlite3.Connection, flag: Mapping[str, Any], held: Made, then: str, *, author: str, comment: str
) -> str:
    if held.outcome in CORRECTING and held.verdict == "approved_with_fixes":
        take_back(connection, _reverting(flag, held, author))
    number = add_review(
        connection, flag["flag_id"], held, WITHDRAWN, author=author, comment=comment, values={}, then=then
    )
    renew_flags(connection, [flag["flag_id"]])
    if held.outcome in CORRECTING and held.verdict in {REJECTED, "approved_with_fixes"}:
        carry_out(connection, [Step(flag["source_id"], held.decision_id, held.outcome, author, held.outcome)])
    bring_along(connection, held.decision_id)
    return number


def _last_verdict(connection: sqlite3.Connection, flag_id: str, decision_id: str) -> tuple[str, str]:
    """Return who gave the verdict that holds, and the one that held before."""
    query = "SELECT verdict, author, before FROM reviews WHERE flag_id = ? AND decision_id = ? ORDER BY fid"
    stack: list[tuple[str, str]] = []
    for verdict, author, before in connection.execute(query, (flag_id, decision_id)):
        if verdict == WITHDRAWN:
            stack.pop()
        else:
            stack.append((author, str(json.loads(before).get("verdict") or "")))
    return stack[-1]
