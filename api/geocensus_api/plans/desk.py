"""Edits of plans: looked at, tested against what the client saw, computed, written whole or not at all."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fastapi import Request

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.pipeline.plan_editing import EditablePlan
from geocensus.pipeline.plan_state import State, differences
from geocensus.pipeline.plan_writing import to_write
from geocensus.workspace import PlanEdit, StoredPlan, audit
from geocensus.workspace.plan_history import add_plan_edit, read_plan_edits
from geocensus.workspace.plans import read_plan, write_plan
from geocensus_api.access.principal import Principal
from geocensus_api.errors import ProblemError
from geocensus_api.negotiation import language
from geocensus_api.plans.names import segment_of
from geocensus_api.plans.seen import made_at
from geocensus_api.plans.shelf import Whole, basis_stamp, shelf
from geocensus_api.plans.tags import number_of, tag_of
from geocensus_api.plans.telling import told_basis, told_edits
from geocensus_api.resources import resources

__all__ = [
    "Edit",
    "Known",
    "Step",
    "attempted",
    "change",
    "look",
    "require_editable",
    "require_match",
    "wrapped",
    "written",
]

Edit = Callable[[EditablePlan], EditablePlan]


@dataclass(frozen=True, eq=False)
class Known:
    """A plan as it lies in the workspace: rows, ETag, history without values, state of what it rests on, last edit."""

    stored: StoredPlan
    created: str
    tag: str
    edits: tuple[PlanEdit, ...]
    stamp: Any
    last: PlanEdit | None = None  # with values, after an edit that changed something


def look(request: Request, connection: sqlite3.Connection, name: str, who: Principal) -> Known:
    """Read a plan that a person sees.

    Parameters
    ----------
    request
        The request.
    connection
        A workspace, in a read transaction.
    name
        Name of the plan.
    who
        Who asks.

    Returns
    -------
    Known
        One state of it.

    Raises
    ------
    ProblemError
        404.
    """
    created = made_at(connection, name, who)
    tag = tag_of(connection, name)
    stored = shelf(request).stored(name, tag) or read_plan(connection, name)
    edits = tuple(read_plan_edits(connection, name, created, values=False))
    return Known(stored, created, tag, edits, basis_stamp(connection))


def require_match(request: Request, connection: sqlite3.Connection, known: Known) -> None:
    """Refuse an edit of a state that the client has not seen.

    Parameters
    ----------
    request
        Its If-Match is the ETag of what the client saw.
    connection
        A workspace.
    known
        The plan of now.

    Raises
    ------
    ProblemError
        428 without the header; 412 with the difference.
    """
    given = request.headers.get("if-match", "")
    if not given.strip():
        raise ProblemError(
            428,
            "send If-Match with the ETag of the plan, so that nobody's edit is lost",
            "请以 If-Match 给出方案的 ETag，以免覆盖他人的调整",
        )
    tags = [part.strip() for part in given.split(",")]
    if known.tag not in tags:
        raise _conflict(connection, known, tags)


def _conflict(connection: sqlite3.Connection, known: Known, tags: list[str]) -> ProblemError:
    seen = next((number for tag in tags if (number := number_of(tag)) is not None), None)
    edits = read_plan_edits(connection, known.stored.name, known.created, after=seen or 0)
    units: dict[str, dict[str, Any]] = {}
    for edit in edits:
        for code, value in edit.after.get("units", {}).items():
            first = units.get(code, {"before": edit.before.get("units", {}).get(code)})
            units[code] = {**first, "after": value}
    moved = {code: zones for code, zones in units.items() if zones["before"] != zones["after"]}
    difference = {"etag": known.tag, "edits": told_edits(edits), "units": moved}
    by = "、".join(dict.fromkeys(edit.author for edit in edits))
    who_en = f" by {by.replace('、', ', ')}" if by else ""
    return ProblemError(
        412,
        f"the plan was changed meanwhile{who_en}: look at the difference, then send the edit with the new ETag",
        f"方案已被{by or '他人'}修改：请查看差异后以新的 ETag 重新提交",
        extra={"difference": difference},
    )


def wrapped(request: Request, known: Known) -> Whole:
    """Return a plan made whole, kept in memory.

    Parameters
    ----------
    request
        The request.
    known
        The plan.

    Returns
    -------
    Whole
        With a reason where it cannot be edited.
    """
    return shelf(request).whole(known.stored, known.tag, known.stamp)


def require_editable(request: Request, known: Known, *, stale: bool = False) -> EditablePlan:
    """Return a plan that can be edited.

    Parameters
    ----------
    request
        The request.
    known
        The plan.
    stale
        Whether changed loads are no hindrance.

    Returns
    -------
    EditablePlan
        The plan.

    Raises
    ------
    ProblemError
        409 with what changed and what to do.
    """
    whole = wrapped(request, known)
    if whole.plan is None:
        assert whole.reason is not None, "one of the two is there"
        raise ProblemError(409, whole.reason.en, whole.reason.zh, extra={"reason": "not_editable"})
    gone = whole.plan.change
    if gone is None or (stale and gone.same_units):
        return whole.plan
    path = f"/plans/{segment_of(known.stored.name)}"
    offers = [{"method": "POST", "path": f"{path}/{step}"} for step in ("refresh", "rebalance")]
    todo_en = "POST …/refresh takes the new loads over, then …/rebalance balances them"
    todo_zh = "先 POST …/refresh 采用新的工作量，再 …/rebalance 重新平衡"
    if not gone.same_units:
        offers = [{"method": "POST", "path": "/processes/split/execution"}]
        todo_en, todo_zh = "split anew with this plan as the current one", "请以此方案为现有方案重新划分"
    raise ProblemError(
        409,
        f"basemap or sources changed since the plan was made: {gone.text.en}; {todo_en}",
        f"方案生成后底图或污染源有变化：{gone.text.zh}；{todo_zh}",
        extra={"reason": "basis", **told_basis(whole, language(request)), "offers": offers},
    )


@dataclass(frozen=True)
class Step:
    """How an edit is told: its action, what was asked for, the edit it turns."""

    action: str
    request: dict[str, Any]
    turns: int = 0


def change(request: Request, name: str, who: Principal, step: Step, edit: Edit) -> Known:
    """Make an edit: it is on the disk when this returns.

    Parameters
    ----------
    request
        With If-Match.
    name
        Name of the plan.
    who
        Who asks.
    step
        How the edit is told.
    edit
        From the plan to its next state.

    Returns
    -------
    Known
        The plan after it.

    Raises
    ------
    ProblemError
        404, 409, 412, 428, or 400 for what is not known.
    """
    with resources(request).reading() as connection:
        known = look(request, connection, name, who)
        require_match(request, connection, known)
    now = require_editable(request, known, stale=step.action == "plan.refresh")
    return written(request, known, who, step, now, attempted(now, edit))


def attempted(now: EditablePlan, edit: Edit) -> EditablePlan:
    """Return the next state; what stands in its way is a 409, what is not known a 400.

    Parameters
    ----------
    now
        The plan.
    edit
        From the plan to its next state.

    Returns
    -------
    EditablePlan
        The next state.

    Raises
    ------
    ProblemError
        400 or 409 with the reason.
    """
    try:
        return edit(now)
    except SplitInfeasibleError as error:
        raise ProblemError(409, error.en, error.zh, extra={"reason": error.reason}) from error
    except SchemaError as error:
        raise ProblemError(400, error.en, error.zh) from error


def written(request: Request, known: Known, who: Principal, step: Step, now: EditablePlan, then: EditablePlan) -> Known:
    """Write the next state with its history, in one transaction, unless somebody was quicker.

    Parameters
    ----------
    request
        The request.
    known
        The plan as it was read.
    who
        Who edits.
    step
        How the edit is told.
    now, then
        Before and after.

    Returns
    -------
    Known
        The plan after it; as it was where nothing changes.

    Raises
    ------
    ProblemError
        412 with the difference.
    """
    before, after = differences(now.state, then.state)
    if not after:
        return known
    name, stored = known.stored.name, to_write(then)
    told = PlanEdit(step.action, who.name, step.request, _history(before), _history(after), turns=step.turns)

    def work(connection: sqlite3.Connection) -> tuple[str, tuple[PlanEdit, ...]]:
        made_at(connection, name, who)  # deleted, or another plan by now
        if tag_of(connection, name) != known.tag:
            raise _conflict(connection, replace(known, tag=tag_of(connection, name)), [known.tag])
        write_plan(connection, stored)
        add_plan_edit(connection, name, known.created, told)
        audit(connection, author=who.name, action=step.action, target=name, before=told.before, after=told.after)
        return tag_of(connection, name), tuple(read_plan_edits(connection, name, known.created, values=False))

    tag, edits = resources(request).writer.write(work)
    shelf(request).keep(replace(then, stored=stored), tag, known.stamp)
    return Known(
        stored, known.created, tag, edits, known.stamp, replace(told, number=edits[-1].number, time=edits[-1].time)
    )


def _history(changes: State) -> dict[str, Any]:
    """Return plain values, as the history holds them."""
    plain: dict[str, Any] = json.loads(json.dumps(changes, ensure_ascii=False))
    return plain
