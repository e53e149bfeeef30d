"""Which of the chosen flags a step can be done on, and why not on the others; told before anything is done."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from geocensus.model import Text
from geocensus_api.access.principal import Action, Principal
from geocensus_api.bulk.asked import BulkAsked
from geocensus_api.bulk.choosing import Chosen

__all__ = ["REASONS", "reasons", "summed"]

REASONS: Final = {
    "closed": Text("已办结，请先撤回原结论", "closed already: take that back first"),
    "locked": Text("他人正在处理", "somebody else works on it"),
    "no_statement": Text("尚未上传情况说明", "no statement is attached"),
    "not_awaiting": Text("没有待复核的处理结论", "no decision waits for a second person"),
    "own_work": Text("本人的处理结论须由他人复核", "your own work: a second person is needed"),
    "not_locked": Text("并未锁定", "it is not locked"),
    "changed": Text("预览之后已有变化", "it has changed since the preview"),
    "gone": Text("已不存在或不在您的范围内", "it is not there any more, or not in your areas"),
    "not_last": Text("此后另有处理，未撤回", "something was done since: not taken back"),
}
_AWAITING: Final = frozenset({"decided", "disputed"})


def reasons(
    connection: sqlite3.Connection, asked: BulkAsked, flags: Sequence[Chosen], who: Principal
) -> dict[str, str]:
    """Return why a step cannot be done, for each flag where it cannot.

    Parameters
    ----------
    connection
        A workspace.
    asked
        The step.
    flags
        The flags chosen.
    who
        Who would do it.

    Returns
    -------
    dict
        Flag to one of REASONS.
    """
    if asked.action == "comment":
        return {}
    held = _holders(connection, flags)
    tests = {"decide": _decide, "review": _review, "lock": _lock, "unlock": _unlock}
    return tests[asked.action](connection, asked, flags, who, held)


def _holders(connection: sqlite3.Connection, flags: Sequence[Chosen]) -> dict[str, str]:
    """Return who holds each flag that is locked."""
    now = datetime.now(UTC)
    rows = connection.execute(
        "SELECT flag_id, author, since, until FROM locks WHERE flag_id IN (SELECT value FROM json_each(?))",
        (_ids(flags),),
    )
    held = datetime.fromisoformat
    return {flag_id: author for flag_id, author, since, until in rows if held(since) <= now < held(until)}


def _ids(flags: Sequence[Chosen]) -> str:
    return orjson.dumps([flag.flag_id for flag in flags]).decode()


Held = dict[str, str]


def _decide(
    connection: sqlite3.Connection, asked: BulkAsked, flags: Sequence[Chosen], who: Principal, held: Held
) -> dict[str, str]:
    query = "SELECT DISTINCT flag_id FROM attachments WHERE flag_id IN (SELECT value FROM json_each(?))"
    needed = asked.outcome == "statement_attached"
    stated = {row[0] for row in connection.execute(query, (_ids(flags),))} if needed else set()
    found = {}
    for flag in flags:
        if flag.flag_state == "closed":
            found[flag.flag_id] = "closed"
        elif held.get(flag.flag_id, who.name) != who.name:
            found[flag.flag_id] = "locked"
        elif needed and flag.flag_id not in stated:
            found[flag.flag_id] = "no_statement"
    return found


def _review(
    connection: sqlite3.Connection, _asked: BulkAsked, flags: Sequence[Chosen], who: Principal, held: Held
) -> dict[str, str]:
    numbers = orjson.dumps([flag.decision_id for flag in flags]).decode()
    query = "SELECT decision_id, flag_id, author FROM decisions WHERE decision_id IN (SELECT value FROM json_each(?))"
    made = {row[0]: row[1:] for row in connection.execute(query, (numbers,))}
    found = {}
    for flag in flags:
        of, author = made.get(flag.decision_id, ("", ""))
        if flag.review_state not in _AWAITING or of != flag.flag_id:  # a flag that another one's correction closed
            found[flag.flag_id] = "not_awaiting"
        elif author == who.name and not who.may(Action.ADMIN):
            found[flag.flag_id] = "own_work"
        elif held.get(flag.flag_id, who.name) != who.name:
            found[flag.flag_id] = "locked"
    return found


def _lock(
    _connection: sqlite3.Connection, _asked: BulkAsked, flags: Sequence[Chosen], who: Principal, held: Held
) -> dict[str, str]:
    return {flag.flag_id: "locked" for flag in flags if held.get(flag.flag_id, who.name) != who.name}


def _unlock(
    _connection: sqlite3.Connection, _asked: BulkAsked, flags: Sequence[Chosen], who: Principal, held: Held
) -> dict[str, str]:
    mine = {flag_id for flag_id, author in held.items() if author == who.name or who.may(Action.ADMIN)}
    lacking = {flag.flag_id: "locked" if flag.flag_id in held else "not_locked" for flag in flags}
    return {flag_id: reason for flag_id, reason in lacking.items() if flag_id not in mine}


def summed(flags: Sequence[Chosen], refused: dict[str, str], lang: str) -> dict[str, Any]:
    """Return the numbers of a preview.

    Parameters
    ----------
    flags
        The flags chosen.
    refused
        From :func:`reasons`.
    lang
        "zh" or "en".

    Returns
    -------
    dict
        Members matched (eligible and the sum of not_eligible), and the same by rule and severity.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for flag in flags:
        numbers = groups.setdefault((flag.rule, flag.severity), [0, 0])
        numbers[0] += 1
        numbers[1] += flag.flag_id not in refused
    whys = Counter(refused.values())
    return {
        "matched": len(flags),
        "eligible": len(flags) - len(refused),
        "not_eligible": [
            {"reason": reason, "detail": REASONS[reason].get(lang), "n": number}
            for reason, number in whys.most_common()
        ],
        "by_rule": [
            {"rule": rule, "severity": severity, "matched": matched, "eligible": eligible}
            for (rule, severity), (matched, eligible) in sorted(groups.items(), key=lambda one: (-one[1][0], one[0]))
        ],
    }
