"""The same step on many flags: preview, carry out, look at, take back."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from geocensus.workspace.audit import new_id
from geocensus_api.access.principal import Action, Principal, require
from geocensus_api.bodies import json_object, limited
from geocensus_api.bulk.asked import ACTIONS, OUTCOMES, VERDICTS, BulkAsked, bulk_asked
from geocensus_api.bulk.choosing import chosen_flags
from geocensus_api.bulk.doing import Result, carried_out, told
from geocensus_api.bulk.eligible import reasons, summed
from geocensus_api.bulk.previews import LIFE_S, Preview, Previews
from geocensus_api.bulk.undoing import taken_back, written
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.negotiation import language
from geocensus_api.resources import resources
from geocensus_api.responses import json_response
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter()

_NEEDED: Final = {"review": Action.APPROVE}  # all other steps need DECIDE
_TEXT: Final = {"type": "string"}
_BODY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "preview": {"type": "boolean", "description": "true: say what would be done, and do nothing"},
        "token": {**_TEXT, "description": "of a preview: carry it out; nothing else is given then"},
        "action": {**_TEXT, "enum": list(ACTIONS)},
        "outcome": {**_TEXT, "enum": list(OUTCOMES), "description": "of the action decide"},
        "verdict": {**_TEXT, "enum": list(VERDICTS), "description": "of the action review"},
        "comment": {**_TEXT, "maxLength": 4000, "description": "why; the text itself of the action comment"},
        "filter": {**_TEXT, "description": "CQL2-text over the properties of flags"},
        "values": {"type": "object", "description": "values by property, each a text or a list of texts"},
        "flag_ids": {"type": "array", "items": _TEXT},
        "polygon": {"type": "object", "description": "GeoJSON Polygon or MultiPolygon; its border counts as inside"},
    },
}
_EXAMPLES: Final = {
    "preview": {
        "summary": "How many would be closed?",
        "value": {
            "preview": True,
            "action": "decide",
            "outcome": "false_alarm",
            "comment": "现场核实无误",
            "filter": "rule = 'place.stacked' AND severity = 'info'",
            "polygon": {
                "type": "Polygon",
                "coordinates": [[[118.4, 28.8], [118.6, 28.8], [118.6, 29.0], [118.4, 28.8]]],
            },
        },
    },
    "execution": {"summary": "Do exactly that", "value": {"token": "Zk3kq0cF7mX1v8b2n4hQwErT"}},
}
_PREVIEWED: Final = {
    "token": "Zk3kq0cF7mX1v8b2n4hQwErT",
    "expires_in": 1800,
    "action": "decide",
    "matched": 40,
    "eligible": 38,
    "not_eligible": [{"reason": "locked", "detail": "somebody else works on it", "n": 2}],
    "by_rule": [{"rule": "place.stacked", "severity": "info", "matched": 40, "eligible": 38}],
    "without_place": 3,
}
_DONE: Final = {
    "bulk_id": "20261122T083000Z-5e0c6f1f",
    "action": "decide",
    "ok": 37,
    "skipped": 1,
    "failed": 0,
    "results": [
        {"flag_id": "9ab95a503a89868624e3eaaae6d8f4ff", "result": "ok", "step": "20261122T083000Z-0a1b2c3d"},
        {
            "flag_id": "7ee514041fe38fb039b7cec30867c5a7",
            "result": "skipped",
            "reason": "changed",
            "detail": "it has changed since the preview",
        },
    ],
}
_ANSWER: Final[dict[str, Any]] = {
    "application/json": {
        "schema": {"anyOf": [ref("BulkPreview"), ref("BulkDone")]},
        "examples": {"preview": {"value": _PREVIEWED}, "execution": {"value": _DONE}},
    }
}
_RESULT: Final[dict[str, Any]] = {"application/json": {"schema": ref("BulkDone"), "example": _DONE}}
BulkId = Annotated[str, Path(max_length=100, description="Id of a bulk step.", examples=["20261122T083000Z-5e0c6f1f"])]


@router.post(
    "/flags/bulk",
    summary="One step on many flags",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _BODY, "examples": _EXAMPLES}},
        }
    },
    responses={
        200: {"description": "What would be done, or what was done.", "content": _ANSWER},
        409: {"description": "The preview is too old, or was carried out."},
        413: {"description": "More flags than may be changed at a time."},
    },
)
async def _bulk(request: Request) -> Response:
    """Preview a step on flags chosen by filter, ids or polygon; then carry it out with the token of the preview.

    Exactly the previewed flags are touched; the answer has a result for each. Nothing is left out silently.
    """
    require(request, Action.DECIDE)
    require_known(request, {"lang"})
    body = json_object(await limited(request, request.app.state.settings.body_max))
    if "token" in body:
        return await run_in_threadpool(_execute, request, body)
    if body.get("preview") is not True:
        raise ProblemError(
            400,
            "preview: ask for a preview first (true), then send its token",
            "preview：请先预览（true），再提交其 token",
        )
    asked = bulk_asked(body)
    who = require(request, _NEEDED.get(asked.action, Action.DECIDE))
    return await run_in_threadpool(_preview, request, asked, who)


def _preview(request: Request, asked: BulkAsked, who: Principal) -> Response:
    with resources(request).reading() as connection:
        flags, without = chosen_flags(connection, asked, who, most=request.app.state.settings.bulk_max)
        refused = reasons(connection, asked, flags, who)
    ready = tuple(flag for flag in flags if flag.flag_id not in refused)
    previews: Previews = request.app.state.previews
    token = previews.add(asked, ready, who)
    content = {
        "token": token,
        "expires_in": int(LIFE_S),
        "action": asked.action,
        **summed(flags, refused, language(request)),
        "without_place": without,
    }
    return json_response(request, content)


def _execute(request: Request, body: dict[str, Any]) -> Response:
    if set(body) - {"token", "preview"} or not isinstance(body["token"], str) or body.get("preview"):
        raise ProblemError(400, "token: it stands alone", "token：须单独提交")
    who = require(request, Action.DECIDE)
    previews: Previews = request.app.state.previews
    preview = previews.get(body["token"], who)
    require(request, _NEEDED.get(preview.asked.action, Action.DECIDE))
    with preview.lock:
        _require_new(preview)
        preview.bulk_id = new_id()
        writer = resources(request).writer
        results = carried_out(writer, preview.asked, preview.flags, who, preview.bulk_id)
    return json_response(request, _content(preview.bulk_id, preview.asked.action, results, language(request)))


def _require_new(preview: Preview) -> None:
    if preview.bulk_id:
        raise ProblemError(
            409,
            f"this preview was carried out as {preview.bulk_id}",
            f"该预览已执行，编号 {preview.bulk_id}",
            extra={"bulk_id": preview.bulk_id},
        )


def _content(bulk_id: str, action: str, results: Sequence[Result], lang: str) -> dict[str, Any]:
    numbers = Counter(one.result for one in results)
    return {
        "bulk_id": bulk_id,
        "action": action,
        **{name: numbers[name] for name in ("ok", "skipped", "failed")},
        "results": [told(one, lang) for one in results],
    }


@router.get(
    "/flags/bulk/{bulk_id}",
    summary="A bulk step",
    responses={200: {"content": _RESULT}, 404: {"description": "No such step, or somebody else's."}},
)
def _read_bulk(request: Request, bulk_id: BulkId) -> Response:
    """Return what a bulk step did and what it left, to the person who made it or to an administrator."""
    who = require(request, Action.DECIDE)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        step = written(connection, bulk_id, who)
    results = [*step.left, *(Result(flag_id, "ok", step=number) for flag_id, number in step.done)]
    content = _content(bulk_id, step.action, results, language(request))
    more = {"outcome": step.outcome, "author": step.author, "time": step.time, "undone": step.undone}
    return json_response(request, {**content, **more})


@router.post(
    "/flags/bulk/{bulk_id}/undo",
    summary="Take a bulk step back",
    responses={
        200: {"content": _RESULT},
        404: {"description": "No such step, or somebody else's."},
        409: {"description": "Comments stay."},
    },
)
def _undo_bulk(request: Request, bulk_id: BulkId) -> Response:
    """Take a bulk step back, flag by flag; a flag on which something was done since stays as it is and is told."""
    who = require(request, Action.DECIDE)
    require_known(request, {"lang"})
    shared = resources(request)
    with shared.reading() as connection:
        step = written(connection, bulk_id, who)
    require(request, _NEEDED.get(step.action, Action.DECIDE))
    results = taken_back(shared.writer, step, who, bulk_id)
    return json_response(request, _content(bulk_id, step.action, results, language(request)))
