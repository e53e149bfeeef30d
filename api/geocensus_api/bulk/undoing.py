"""Take a whole bulk step back: exactly the records that it made, where nothing was done since."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from geocensus.errors import GeocensusError
from geocensus.model import Text
from geocensus.workspace import audit
from geocensus.workspace.review import lock, release, undo
from geocensus_api.access.principal import Action, Principal
from geocensus_api.bulk.asked import BulkAsked
from geocensus_api.bulk.choosing import Chosen, chosen_flags
from geocensus_api.bulk.doing import AT_ONCE, Result, each
from geocensus_api.errors import ProblemError
from geocensus_api.store.writer import Writer

__all__ = ["Written", "taken_back", "written"]

_ROWS: Final = "SELECT action, author, time, after FROM audit WHERE target = ? AND action LIKE 'bulk.%' ORDER BY fid"
_UNDONE: Final = "bulk.undo"
_STANDING: Final = frozenset({"decided", "unclear"})  # nobody has said anything of the decision


class Written(NamedTuple):
    """A bulk step as it was written down: what, by whom, when, each flag with the id of its record, what was left."""

    action: str
    outcome: str
    author: str
    time: str
    done: tuple[tuple[str, str], ...]
    left: tuple[Result, ...]
    undone: bool


def written(connection: sqlite3.Connection, bulk_id: str, who: Principal) -> Written:
    """Return a bulk step to the person who made it, or to an administrator of everything.

    Parameters
    ----------
    connection
        A workspace.
    bulk_id
        Its id.
    who
        Who asks.

    Returns
    -------
    Written
        All parts together.

    Raises
    ------
    ProblemError
        404.
    """
    rows = connection.execute(_ROWS, (bulk_id,)).fetchall()
    steps = [(author, time, json.loads(after or "{}")) for action, author, time, after in rows if action != _UNDONE]
    mine = bool(steps) and (steps[0][0] == who.name or (who.may(Action.ADMIN) and who.scope is None))
    if not mine:
        raise ProblemError(404, f"no bulk step {bulk_id!r}", f"没有批量操作 {bulk_id}")
    author, time, first = steps[0]
    done = tuple((flag_id, step) for *_, after in steps for flag_id, step in after["done"])
    left = tuple(
        Result(flag_id, result, reason, Text(zh, en))
        for *_, after in steps
        for flag_id, result, reason, zh, en in after.get("left", ())  # earlier versions kept what was done alone
    )
    undone = any(action == _UNDONE for action, *_ in rows)
    return Written(str(first["action"]), str(first["outcome"]), author, time, done, left, undone)


def taken_back(writer: Writer, step: Written, who: Principal, bulk_id: str) -> list[Result]:
    """Take a bulk step back.

    Parameters
    ----------
    writer
        To the workspace.
    step
        As it was written down.
    who
        Who takes it back.
    bulk_id
        Its id.

    Returns
    -------
    list of Result
        One for each flag that the step was done on; a flag on which something was done since stays as it is.

    Raises
    ------
    ProblemError
        409 for comments, which stay.
    """
    if step.action == "comment":
        raise ProblemError(409, "comments stay: add another one", "备注不可撤回，请另加备注说明")
    results: list[Result] = []
    waiting = iter(step.done)
    while part := list(islice(waiting, AT_ONCE)):
        try:
            results += writer.write(_work(step, part, who, bulk_id))
        except (GeocensusError, sqlite3.Error) as error:
            results += [Result(flag_id, "failed", "not_written", error) for flag_id, _ in part]
    return results


def _work(
    step: Written, part: Sequence[tuple[str, str]], who: Principal, bulk_id: str
) -> Callable[[sqlite3.Connection], list[Result]]:
    def work(connection: sqlite3.Connection) -> list[Result]:
        ids = tuple(flag_id for flag_id, _ in part)
        there, _ = chosen_flags(connection, BulkAsked(step.action, flag_ids=ids), who, most=len(ids))
        flags = {flag.flag_id: flag for flag in there}
        ready = [
            flag_id
            for flag_id, number in part
            if flag_id in flags and _is_last(connection, step, flags[flag_id], number)
        ]
        back = _BACK[step.action]
        done = {one.flag_id: one for one in each(connection, ready, lambda flag_id: back(connection, flag_id, who))}
        results = [done.get(flag_id) or _left(flag_id, flags) for flag_id, _ in part]
        after = {"action": step.action, "undone": [one.flag_id for one in results if one.result == "ok"]}
        audit(connection, author=who.name, action=_UNDONE, target=bulk_id, after=after)
        return results

    return work


def _left(flag_id: str, flags: dict[str, Chosen]) -> Result:
    return Result(flag_id, "skipped", "not_last" if flag_id in flags else "gone")


def _is_last(connection: sqlite3.Connection, step: Written, flag: Chosen, number: str) -> bool:
    if step.action == "decide":
        return flag.decision_id == number and flag.review_state in _STANDING
    if step.action == "review":
        query = "SELECT review_id FROM reviews WHERE flag_id = ? ORDER BY fid DESC LIMIT 1"
        row = connection.execute(query, (flag.flag_id,)).fetchone()
        newer = "SELECT 1 FROM decisions d JOIN reviews r USING (flag_id) WHERE r.review_id = ? AND d.time > r.time"
        return row is not None and row[0] == number and connection.execute(newer, (number,)).fetchone() is None
    query = "SELECT author, until FROM locks WHERE flag_id = ?"
    row = connection.execute(query, (flag.flag_id,)).fetchone()
    return row == (step.author, number) if step.action == "lock" else row is None


def _undo(connection: sqlite3.Connection, flag_id: str, who: Principal) -> str:
    return undo(connection, flag_id, author=who.name, admin=who.may(Action.ADMIN))["id"]


def _release(connection: sqlite3.Connection, flag_id: str, who: Principal) -> str:
    return str(release(connection, flag_id, author=who.name, admin=who.may(Action.ADMIN)))


def _lock_again(connection: sqlite3.Connection, flag_id: str, who: Principal) -> str:
    return lock(connection, flag_id, author=who.name).until.isoformat(timespec="milliseconds")


_BACK: Final[dict[str, Callable[[sqlite3.Connection, str, Principal], Any]]] = {
    "decide": _undo,
    "review": _undo,
    "lock": _release,
    "unlock": _lock_again,
}
