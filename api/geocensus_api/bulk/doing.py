"""Carry out a step on flags, some hundred in one transaction, and tell the result of each."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final

from geocensus.errors import GeocensusError
from geocensus.model import Text
from geocensus.workspace import audit
from geocensus.workspace.decisions import Decision
from geocensus.workspace.review import comment, decide, lock, release, review
from geocensus_api.access.principal import Action, Principal
from geocensus_api.bulk.asked import BulkAsked
from geocensus_api.bulk.choosing import Chosen, chosen_flags
from geocensus_api.bulk.eligible import REASONS
from geocensus_api.store.writer import Writer

__all__ = ["AT_ONCE", "Result", "carried_out", "each", "told"]

AT_ONCE: Final = 250  # flags of one transaction: others' decisions get their turn in between


@dataclass(frozen=True)
class Result:
    """What became of one flag: "ok", "skipped" (not eligible by now) or "failed"; ``step`` is the record's id."""

    flag_id: str
    result: str
    reason: str = ""
    detail: Any = None
    step: str = ""


def carried_out(
    writer: Writer, asked: BulkAsked, flags: Sequence[Chosen], who: Principal, bulk_id: str
) -> list[Result]:
    """Do a step on flags as they were seen.

    Parameters
    ----------
    writer
        To the workspace.
    asked
        The step.
    flags
        As they stood in the preview; one that stands otherwise is left alone.
    who
        Who does it.
    bulk_id
        Under which it is written down.

    Returns
    -------
    list of Result
        One for each flag, in the same order.
    """
    results: list[Result] = []
    waiting = iter(flags)
    while part := list(islice(waiting, AT_ONCE)):
        work = _work(asked, part, who, bulk_id)
        try:
            results += writer.write(work)
        except (GeocensusError, sqlite3.Error) as error:  # nothing of this part was written; the others stand
            failed = [Result(flag.flag_id, "failed", "not_written", error) for flag in part]
            results += failed
            with suppress(GeocensusError, sqlite3.Error):  # told in the answer all the same
                writer.write(partial(_note, asked, failed, who, bulk_id))
    return results


def _work(
    asked: BulkAsked, part: Sequence[Chosen], who: Principal, bulk_id: str
) -> Callable[[sqlite3.Connection], list[Result]]:
    def work(connection: sqlite3.Connection) -> list[Result]:
        left, ready = _checked(connection, asked, part, who)
        done = {one.flag_id: one for one in _STEPS[asked.action](connection, asked, ready, who)}
        results = [left.get(flag.flag_id) or done[flag.flag_id] for flag in part]
        _note(asked, results, who, bulk_id, connection)
        return results

    return work


def _note(
    asked: BulkAsked, results: Sequence[Result], who: Principal, bulk_id: str, connection: sqlite3.Connection
) -> None:
    after = {
        "action": asked.action,
        "outcome": asked.outcome or asked.verdict,
        "done": [[one.flag_id, one.step] for one in results if one.result == "ok"],
        "left": [[one.flag_id, one.result, one.reason, *_words(one)] for one in results if one.result != "ok"],
    }
    audit(connection, author=who.name, action=f"bulk.{asked.action}", target=bulk_id, after=after)


def _checked(
    connection: sqlite3.Connection, asked: BulkAsked, part: Sequence[Chosen], who: Principal
) -> tuple[dict[str, Result], list[Chosen]]:
    """Part flags into those that changed since they were seen, and the others."""
    ids = tuple(flag.flag_id for flag in part)
    there, _ = chosen_flags(connection, BulkAsked(asked.action, flag_ids=ids), who, most=len(ids))
    marks = {flag.flag_id: flag.mark for flag in there}
    left = {flag.flag_id: Result(flag.flag_id, "skipped", "gone") for flag in part if flag.flag_id not in marks}
    for flag in part:
        if marks.get(flag.flag_id, flag.mark) != flag.mark:
            left[flag.flag_id] = Result(flag.flag_id, "skipped", "changed")
    return left, [flag for flag in part if flag.flag_id not in left]


def _decide(connection: sqlite3.Connection, asked: BulkAsked, flags: Sequence[Chosen], who: Principal) -> list[Result]:
    wanted = [Decision(flag.flag_id, asked.outcome, who.name, asked.comment, basis=flag.basis) for flag in flags]
    return [
        Result(one.flag_id, "ok", step=one.decision_id) if one.error is None else _refused(one.flag_id, one.error)
        for one in decide(connection, wanted)
    ]


def _review(connection: sqlite3.Connection, asked: BulkAsked, flags: Sequence[Chosen], who: Principal) -> list[Result]:
    def step(flag_id: str) -> str:
        admin = who.may(Action.ADMIN)
        return review(connection, flag_id, asked.verdict, author=who.name, comment=asked.comment, admin=admin)

    return each(connection, [flag.flag_id for flag in flags], step)


def _comment(connection: sqlite3.Connection, asked: BulkAsked, flags: Sequence[Chosen], who: Principal) -> list[Result]:
    ids = [flag.flag_id for flag in flags]
    return each(connection, ids, lambda flag_id: comment(connection, flag_id, asked.comment, author=who.name))


def _lock(connection: sqlite3.Connection, _asked: BulkAsked, flags: Sequence[Chosen], who: Principal) -> list[Result]:
    def step(flag_id: str) -> str:
        return lock(connection, flag_id, author=who.name).until.isoformat(timespec="milliseconds")

    return each(connection, [flag.flag_id for flag in flags], step)


def _unlock(connection: sqlite3.Connection, _asked: BulkAsked, flags: Sequence[Chosen], who: Principal) -> list[Result]:
    def step(flag_id: str) -> str:
        return "released" if release(connection, flag_id, author=who.name, admin=who.may(Action.ADMIN)) else ""

    done = each(connection, [flag.flag_id for flag in flags], step)
    return [
        Result(one.flag_id, "skipped", "not_locked") if one.result == "ok" and not one.step else one for one in done
    ]


_STEPS: Final = {"decide": _decide, "review": _review, "comment": _comment, "lock": _lock, "unlock": _unlock}


def each(connection: sqlite3.Connection, flag_ids: Sequence[str], step: Callable[[str], str]) -> list[Result]:
    """Do something for each flag; what is refused leaves nothing behind and does not touch the others.

    Parameters
    ----------
    connection
        Inside the writer's transaction.
    flag_ids
        The flags.
    step
        Does it, and returns the id of what was written.

    Returns
    -------
    list of Result
        In the same order.
    """
    results = []
    for flag_id in flag_ids:
        connection.execute("SAVEPOINT flag")
        try:
            results.append(Result(flag_id, "ok", step=step(flag_id)))
        except GeocensusError as error:
            connection.execute("ROLLBACK TO flag")
            results.append(_refused(flag_id, error))
        connection.execute("RELEASE flag")
    return results


def _refused(flag_id: str, error: GeocensusError) -> Result:
    return Result(flag_id, "skipped", str(getattr(error, "reason", "") or "refused"), error)


def told(result: Result, lang: str) -> dict[str, str]:
    """Return a result as JSON has it.

    Parameters
    ----------
    result
        Of one flag.
    lang
        "zh" or "en", for the reason.

    Returns
    -------
    dict
        Members flag_id, result, and id of the step or reason.
    """
    if result.result == "ok":
        return {"flag_id": result.flag_id, "result": "ok", "step": result.step}
    words = _words(result).get(lang)
    return {"flag_id": result.flag_id, "result": result.result, "reason": result.reason, "detail": words}


def _words(result: Result) -> Text:
    detail = result.detail
    if isinstance(detail, GeocensusError):
        return Text(detail.message("zh"), detail.message("en"))
    if isinstance(detail, Text):
        return detail
    return Text(str(detail), str(detail)) if detail else REASONS.get(result.reason, Text("", ""))
