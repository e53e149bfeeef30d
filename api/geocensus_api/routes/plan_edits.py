"""Edits of plans: every one is stored at once, with its history, and can be undone."""

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from geocensus.pipeline import plan_editing as editing
from geocensus.pipeline.plan_editing import EditablePlan
from geocensus.pipeline.plan_state import applied
from geocensus.workspace import PlanEdit
from geocensus.workspace.plan_history import REDO, REFRESH, UNDO, read_plan_edits, redoable, undoable
from geocensus_api.access.principal import Action, Principal, require
from geocensus_api.errors import PROBLEM_TYPE, ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.links import link
from geocensus_api.plans.bodies import (
    Body,
    Copy,
    Locks,
    Move,
    Rebalance,
    Release,
    Team,
    described,
    read_body,
)
from geocensus_api.plans.desk import Known, Step, attempted, change, look, require_editable, require_match, written
from geocensus_api.plans.names import name_of, segment_of
from geocensus_api.plans.whole import copied, deleted, is_there, restored
from geocensus_api.resources import resources
from geocensus_api.responses import json_response
from geocensus_api.routes.plans import PLAN_ANSWER, PlanId, tell
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter()

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    **PLAN_ANSWER,
    400: {"description": "An unknown unit or field zone, or a body that is not understood."},
    409: {"description": "What stands in the way: reason is lock, disconnected, empty, basis or not_editable."},
    412: {
        "description": "Somebody else edited the plan; difference tells what.",
        "content": {PROBLEM_TYPE: {"schema": ref("PlanChanged")}},
    },
    428: {"description": "If-Match is missing."},
}
_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the plan as it was seen.",
    "schema": {"type": "string"},
    "example": '"3-0123456789abcdef01234567"',
}


def _described(model: Any, example: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    return {"parameters": [_MATCH], **described(model, example, required=required)}


def _begin(request: Request) -> Principal:
    who = require(request, Action.PLAN)
    require_known(request, {"f", "lang"})
    return who


@router.post(
    "/plans/{plan_id}/move",
    summary="Move units",
    openapi_extra=_described(Move, {"units": ["330822001003"], "field_zone": "2"}),
    responses=_ANSWERS,
)
def _plan_move(request: Request, plan_id: PlanId, body: Body) -> Response:
    """Put units into a field zone; units that stay together move together.

    Overloads and barriers that a field zone now crosses are told as warnings. Refused (409) are locks, and moves after
    which a field zone would fall apart or have no unit.
    """
    who, asked = _begin(request), read_body(Move, body)
    step = Step("plan.move", asked.model_dump())
    known = change(request, name_of(plan_id), who, step, lambda now: editing.moved(now, asked.units, asked.field_zone))
    return tell(request, known, who)


@router.post(
    "/plans/{plan_id}/lock",
    summary="Lock field zones or units",
    openapi_extra=_described(Locks, {"field_zones": ["1"], "units": []}),
    responses=_ANSWERS,
)
def _plan_lock(request: Request, plan_id: PlanId, body: Body) -> Response:
    """Hold field zones as they are, or units where they are."""
    who, asked = _begin(request), read_body(Locks, body)
    step = Step("plan.lock", asked.model_dump())
    known = change(
        request, name_of(plan_id), who, step, lambda now: editing.locked(now, asked.field_zones, asked.units)
    )
    return tell(request, known, who)


@router.post(
    "/plans/{plan_id}/unlock",
    summary="Release locks",
    openapi_extra=_described(Release, {"field_zones": ["1"]}, required=False),
    responses=_ANSWERS,
)
def _plan_unlock(request: Request, plan_id: PlanId, body: Body) -> Response:
    """Release the locks of field zones or units; without any named, all of them."""
    who, asked = _begin(request), read_body(Release, body)
    step = Step("plan.unlock", asked.model_dump(exclude_none=True))
    known = change(
        request, name_of(plan_id), who, step, lambda now: editing.unlocked(now, asked.field_zones, asked.units)
    )
    return tell(request, known, who)


@router.post(
    "/plans/{plan_id}/rebalance",
    summary="Balance the loads again",
    openapi_extra=_described(Rebalance, {"keep": [], "seed": 0, "seconds": 10}, required=False),
    responses=_ANSWERS,
)
def _plan_rebalance(request: Request, plan_id: PlanId, body: Body) -> Response:
    """Balance the loads and reassign as little work as that takes; what is locked or kept stands.

    The answer comes within about ``seconds`` (at most 30): ``ended`` is false where the search was cut short, and the
    best plan found so far is stored. A larger search is the process ``split`` with this plan as the current one.
    """
    who, asked = _begin(request), read_body(Rebalance, body)
    ended: list[bool] = []

    def edit(now: EditablePlan) -> EditablePlan:
        then, whole = editing.rebalanced(
            now, asked.keep, tolerance=asked.tolerance, seed=asked.seed, seconds=asked.seconds
        )
        ended.append(whole)
        return then

    known = change(request, name_of(plan_id), who, Step("plan.rebalance", asked.model_dump(exclude_none=True)), edit)
    return tell(request, known, who, ended=ended[-1])


@router.post(
    "/plans/{plan_id}/refresh",
    summary="Take the loads of now",
    openapi_extra={"parameters": [_MATCH]},
    responses=_ANSWERS,
)
def _plan_refresh(request: Request, plan_id: PlanId) -> Response:
    """Take over the loads of now after sources changed; every unit stays in its field zone.

    Nobody can undo what lies before it: those loads are gone.
    """
    who = _begin(request)
    known = change(request, name_of(plan_id), who, Step(REFRESH, {}), editing.refreshed)
    return tell(request, known, who)


@router.post(
    "/plans/{plan_id}/undo",
    summary="Undo the last edit",
    openapi_extra={"parameters": [{**_MATCH, "required": False}]},
    responses=_ANSWERS,
)
def _plan_undo(request: Request, plan_id: PlanId) -> Response:
    """Go back to the state before the latest edit that stands; again, to the one before. Brings back a deleted plan."""
    who, name = _begin(request), name_of(plan_id)
    with resources(request).reading() as connection:
        there = is_there(connection, name)
    return tell(request, _turned(request, name, who, UNDO) if there else restored(request, name, who), who)


@router.post(
    "/plans/{plan_id}/redo",
    summary="Do again what was undone",
    openapi_extra={"parameters": [_MATCH]},
    responses=_ANSWERS,
)
def _plan_redo(request: Request, plan_id: PlanId) -> Response:
    """Do again the edit that was undone last, where nothing else was done since."""
    who = _begin(request)
    return tell(request, _turned(request, name_of(plan_id), who, REDO), who)


def _turned(request: Request, name: str, who: Principal, action: str) -> Known:
    """Undo or redo one edit."""
    with resources(request).reading() as connection:
        known = look(request, connection, name, who)
        require_match(request, connection, known)
        found = (undoable if action == UNDO else redoable)(known.edits)
        edit = _with_values(connection, known, found)
    now = require_editable(request, known)
    state = applied(now.state, edit.before if action == UNDO else edit.after)
    then = attempted(now, lambda plan: editing.turned(plan, state))
    return written(request, known, who, Step(action, {}, edit.number), now, then)


def _with_values(connection: Any, known: Known, found: PlanEdit | None) -> PlanEdit:
    if found is None:
        raise ProblemError(
            409, "there is nothing to undo or redo", "没有可撤销或可恢复的操作", extra={"reason": "nothing"}
        )
    return read_plan_edits(connection, known.stored.name, known.created, after=found.number - 1)[0]


@router.put(
    "/plans/{plan_id}/field-zones/{zone_id}",
    summary="Owner of a field zone",
    openapi_extra=_described(Team, {"name": "东片区", "owner": "李工", "phone": "0570-5012345", "people": 2}),
    responses=_ANSWERS,
)
def _plan_field_zone(request: Request, plan_id: PlanId, zone_id: PlanId, body: Body) -> Response:
    """Say who works in a field zone; what is left out stays. More people take a greater share of the load."""
    who, asked = _begin(request), read_body(Team, body).model_dump(exclude_none=True)
    zone = name_of(zone_id)
    step = Step("plan.staff", {"field_zone": zone, **asked})
    return tell(
        request, change(request, name_of(plan_id), who, step, lambda now: editing.staffed(now, zone, asked)), who
    )


@router.post(
    "/plans/{plan_id}/copy",
    summary="Copy a plan",
    status_code=201,
    openapi_extra=described(Copy, {"name": "常山 7 组 调整"}),
    responses={
        201: {"description": "The copy.", "content": PLAN_ANSWER[200]["content"]},
        404: PLAN_ANSWER[404],
        409: {"description": "The name is taken."},
    },
)
def _plan_copy(request: Request, plan_id: PlanId, body: Body) -> Response:
    """Write a plan a second time under another name, to try out edits."""
    who = _begin(request)
    known = copied(request, name_of(plan_id), who, read_body(Copy, body).name)
    response = tell(request, known, who, status=201)
    response.headers["Location"] = link(request, f"/plans/{_encoded(known.stored.name)}", "item")["href"]
    return response


@router.delete(
    "/plans/{plan_id}",
    summary="Delete a plan",
    openapi_extra={"parameters": [_MATCH]},
    responses={
        200: {
            "description": "Deleted; POST …/undo brings it back.",
            "content": {"application/json": {"schema": {"type": "object"}, "example": {"deleted": "常山 7 组"}}},
        },
        **{status: _ANSWERS[status] for status in (404, 412, 428)},
    },
)
def _plan_delete(request: Request, plan_id: PlanId) -> Response:
    """Take a plan out of the workspace; its history keeps it, so that undo brings it back."""
    who, name = _begin(request), name_of(plan_id)
    deleted(request, name, who)
    undo = link(request, f"/plans/{_encoded(name)}/undo", "undo")["href"]
    return json_response(request, {"deleted": name, "undo": undo})


def _encoded(name: str) -> str:
    return quote(segment_of(name), safe="~")
