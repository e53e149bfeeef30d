"""Where a flag stands, from the decisions and reviews that the workspace holds of it."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from geocensus.checks import APPROVING, CLOSING, DISPUTED, REJECTED, WITHDRAWN

__all__ = ["Made", "Standing", "decisions_of", "renew_flags", "standing_on"]

_DECISIONS: Final = (
    "SELECT d.decision_id, d.basis, d.outcome, d.author, d.after,"
    " (SELECT r.after FROM reviews r WHERE r.flag_id = d.flag_id AND r.decision_id = d.decision_id"
    "  ORDER BY r.fid DESC LIMIT 1) FROM decisions d WHERE d.flag_id = ? ORDER BY d.fid"
)


class Made(NamedTuple):
    """A decision that was not withdrawn, with the verdict that holds on it ("" where there is none)."""

    decision_id: str
    basis: str
    outcome: str
    author: str
    after: dict[str, Any]
    verdict: str


class Standing(NamedTuple):
    """The columns of a flag that follow from what people said of it."""

    flag_state: str
    review_state: str
    outcome: str
    decision_id: str


def decisions_of(connection: sqlite3.Connection, flag_id: str) -> list[Made]:
    """Return the decisions on a flag that were not withdrawn, oldest first, on whatever basis.

    Parameters
    ----------
    connection
        A workspace of this version.
    flag_id
        The flag.

    Returns
    -------
    list of Made
        Empty where nobody decided.
    """
    kept: list[Made] = []
    for number, basis, outcome, author, after, review in connection.execute(_DECISIONS, (flag_id,)):
        values = json.loads(after or "{}")
        if outcome == WITHDRAWN:
            named = values.get("withdraws")
            kept = [made for made in kept if (made.decision_id != named if named else made.basis != basis)]
            continue
        verdict = str(json.loads(review).get("verdict") or "") if review else ""
        kept.append(Made(number, basis or "", outcome, author, values, verdict))
    return kept


def standing_on(decisions: Iterable[Made], basis: str) -> Standing:
    """Return where a flag stands that rests on a basis; :func:`geocensus.checks.standing_of` for one flag.

    Parameters
    ----------
    decisions
        From :func:`decisions_of`.
    basis
        The flag's.

    Returns
    -------
    Standing
        Its states, outcome and decision.

    Examples
    --------
    >>> made = Made("d", "b", "false_alarm", "王工", {}, "disputed")
    >>> standing_on([made], "b").review_state, standing_on([made], "other").flag_state
    ('disputed', 'reopened')
    """
    made = list(decisions)
    held = next((one for one in reversed(made) if one.basis == basis), None)
    if held is None:
        last = {one.basis: one for one in made}.values()
        asked = any(one.outcome in CLOSING and one.verdict != REJECTED for one in last)
        return Standing("reopened" if asked else "open", "open", "", "")
    if held.verdict == REJECTED:
        return Standing("open", "rejected", "", held.decision_id)
    if held.outcome not in CLOSING:
        return Standing("open", "unclear", held.outcome, held.decision_id)
    review = "approved" if held.verdict in APPROVING else "disputed" if held.verdict == DISPUTED else "decided"
    return Standing("closed", review, held.outcome, held.decision_id)


def renew_flags(connection: sqlite3.Connection, flag_ids: Iterable[str]) -> None:
    """Bring flags to the state that follows from what people said of them.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_ids
        Flags; those that are not there are left out.
    """
    for flag_id in flag_ids:
        row = connection.execute("SELECT basis FROM flags WHERE flag_id = ?", (flag_id,)).fetchone()
        if row is None:
            continue
        standing = standing_on(decisions_of(connection, flag_id), row[0] or "")
        connection.execute(
            "UPDATE flags SET flag_state = ?, review_state = ?, outcome = ?, decision_id = ? WHERE flag_id = ?",
            (*standing, flag_id),
        )
