"""Work on one flag: look at it, lock it, decide, judge others' decisions, comment, take back."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from geocensus.workspace.review import VERDICTS, comment, decide, history, lock, release, require_seen, review, undo
from geocensus_api.access.principal import Action, Principal, principal, require
from geocensus_api.bodies import json_object, limited
from geocensus_api.errors import PROBLEM_TYPE
from geocensus_api.features.parameters import require_known
from geocensus_api.resources import resources
from geocensus_api.review.asking import body_of, decision_asked, seen_version, text_of
from geocensus_api.review.seeing import panel, require_flag, standing
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter()

_OUTCOMES: Final = ("corrected", "claim_corrected", "statement_attached", "false_alarm", "cannot_decide")
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "number"}
_PLACE: Final = {
    "lon": {**_NUMBER, "minimum": -180, "maximum": 180, "description": "degrees, CGCS2000"},
    "lat": {**_NUMBER, "minimum": -90, "maximum": 90},
    "claimed_code": {**_TEXT, "description": "code of the right area"},
}
_COMMENT: Final = {"comment": {**_TEXT, "maxLength": 4000}}
_STANDING_SAMPLE: Final = {
    "flag_id": "9ab95a503a89868624e3eaaae6d8f4ff",
    "flag_state": "closed",
    "review_state": "decided",
    "outcome": "corrected",
    "decision_id": "20261122T083000Z-5e0c6f1f",
    "lock": None,
    "etag": '"1.1.closed-decided.2c26b46b68ff"',
    "allowed": ["undo", "lock", "unlock", "comment", "attach"],
}
_STANDING: Final[dict[str, Any]] = {"application/json": {"schema": ref("Standing"), "example": _STANDING_SAMPLE}}
_PANEL: Final[dict[str, Any]] = {
    "application/json": {
        "schema": ref("Panel"),
        "example": {
            "flag": {"flag_id": "9ab95a503a89868624e3eaaae6d8f4ff", "rule": "place.outside_claimed"},
            "source": {"source_id": "330822J00073", "lon_text": "118.5", "distance_m": 812.4},
            "causes": [],
            "repairs": [],
            "decisions": [],
            "reviews": [],
            "comments": [],
            "attachments": [],
            "other_flags": [],
            "source_versions": 0,
            "lock": None,
            "etag": '"0.0.open-open.2c26b46b68ff"',
            "allowed": ["decide", "lock", "unlock", "comment", "attach"],
            "time": "2026-11-22T08:30:00.000+00:00",
        },
    }
}
_HISTORY: Final[dict[str, Any]] = {
    "application/json": {"schema": ref("FlagHistory"), "example": {**_STANDING_SAMPLE, "events": []}}
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the flag as the person saw it.",
    "schema": _TEXT,
    "example": '"0.0.open-open.2c26b46b68ff"',
}
_NOT_FOUND: Final = {"description": "No such flag."}
_LOCKED: Final = {"description": "Somebody else holds the flag, or it is in another state by now."}
_CHANGES: Final[dict[int | str, dict[str, Any]]] = {
    404: _NOT_FOUND,
    409: _LOCKED,
    412: {
        "description": "Changed since it was seen; `difference` says how.",
        "content": {PROBLEM_TYPE: {"schema": ref("FlagChanged")}},
    },
    428: {"description": "If-Match is missing."},
}
FlagId = Annotated[
    str, Path(max_length=200, description="Id of a flag.", examples=["9ab95a503a89868624e3eaaae6d8f4ff"])
]


def _asks(properties: dict[str, Any], example: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return {"required": bool(required), "content": {"application/json": {"schema": schema, "example": example}}}


def _told(content: dict[str, Any], status: int = 200) -> Response:
    """Return a flag's state with its version; never 304: who holds the flag is no part of the version."""
    headers = {"ETag": content["etag"], "Vary": "Accept, Accept-Language, Authorization, Cookie"}
    return Response(orjson.dumps(content), status, headers, "application/json")


@router.get(
    "/flags/{flag_id:path}/history",
    summary="What happened to a flag",
    responses={200: {"content": _HISTORY}, 404: _NOT_FOUND},
)
def _flag_history(request: Request, flag_id: FlagId) -> Response:
    """Return decisions, reviews, comments and attachments in the order in which they were made."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        require_flag(connection, flag_id, who)
        content = {**standing(connection, flag_id, who), "events": history(connection, flag_id)}
    return _told(content)


@router.post(
    "/flags/{flag_id:path}/lock",
    summary="Take a flag, or keep it",
    responses={200: {"content": _STANDING}, 404: _NOT_FOUND, 409: _LOCKED},
)
def _lock(request: Request, flag_id: FlagId) -> Response:
    """Take a flag for two hours; asking again renews it. Nobody else can decide on it until then."""
    who = _decider(request, flag_id)
    return _written(request, flag_id, lambda connection: lock(connection, flag_id, author=who.name))


@router.delete(
    "/flags/{flag_id:path}/lock",
    summary="Release a flag",
    responses={200: {"content": _STANDING}, 404: _NOT_FOUND, 409: _LOCKED},
)
def _release(request: Request, flag_id: FlagId) -> Response:
    """Release a flag: its holder may, and an administrator."""
    who = _decider(request, flag_id)
    admin = who.may(Action.ADMIN)
    return _written(request, flag_id, lambda connection: release(connection, flag_id, author=who.name, admin=admin))


@router.post(
    "/flags/{flag_id:path}/decisions",
    summary="Decide on a flag",
    status_code=201,
    openapi_extra={
        "parameters": [_IF_MATCH],
        "requestBody": _asks(
            {"outcome": {**_TEXT, "enum": list(_OUTCOMES)}, "repair_id": _TEXT, **_COMMENT, **_PLACE},
            {"outcome": "corrected", "lon": 118.51, "lat": 28.9, "comment": "现场核实"},
            ("outcome",),
        ),
    },
    responses={201: {"content": _STANDING}, **_CHANGES},
)
async def _decide(request: Request, flag_id: FlagId) -> Response:
    """Decide on an open flag that nobody else holds. A correction changes the source at once and is judged again."""
    who, body = await _asked(request, flag_id)
    seen = seen_version(request)
    asked = decision_asked(body, flag_id, who.name)

    def work(connection: Any) -> None:
        require_seen(connection, flag_id, seen)
        error = decide(connection, [asked])[0].error
        if error is not None:
            raise error

    return await run_in_threadpool(_written, request, flag_id, work, 201)


@router.post(
    "/flags/{flag_id:path}/reviews",
    summary="Judge another person's decision",
    status_code=201,
    openapi_extra={
        "parameters": [_IF_MATCH],
        "requestBody": _asks(
            {"verdict": {**_TEXT, "enum": list(VERDICTS)}, **_COMMENT, **_PLACE},
            {"verdict": "rejected", "comment": "坐标落在河道内"},
            ("verdict",),
        ),
    },
    responses={201: {"content": _STANDING}, **_CHANGES},
)
async def _review(request: Request, flag_id: FlagId) -> Response:
    """Approve, approve with other values, reject or dispute; nobody judges their own work but an administrator."""
    require(request, Action.APPROVE)
    who, body = await _asked(request, flag_id)
    seen = seen_version(request)
    body_of(body, ("verdict", "comment", *_PLACE))
    verdict, said = text_of(body, "verdict"), text_of(body, "comment")
    values = {name: body[name] for name in _PLACE if body.get(name) is not None}
    admin = who.may(Action.ADMIN)

    def work(connection: Any) -> None:
        require_seen(connection, flag_id, seen)
        review(connection, flag_id, verdict, author=who.name, comment=said, values=values, admin=admin)

    return await run_in_threadpool(_written, request, flag_id, work, 201)


@router.post(
    "/flags/{flag_id:path}/comments",
    summary="Comment on a flag",
    status_code=201,
    openapi_extra={"requestBody": _asks({"text": {**_TEXT, "maxLength": 4000}}, {"text": "已联系企业"}, ("text",))},
    responses={201: {"content": _STANDING}, 404: _NOT_FOUND},
)
async def _comment(request: Request, flag_id: FlagId) -> Response:
    """Add a comment; whoever works on the flag."""
    who, body = await _asked(request, flag_id)
    text = text_of(body_of(body, ("text",)), "text")
    return await run_in_threadpool(
        _written, request, flag_id, lambda connection: comment(connection, flag_id, text, author=who.name), 201
    )


@router.post(
    "/flags/{flag_id:path}/undo",
    summary="Take the last step back",
    openapi_extra={
        "parameters": [_IF_MATCH],
        "requestBody": _asks(dict(_COMMENT), {"comment": "点错了"}),
    },
    responses={200: {"content": _STANDING}, **_CHANGES},
)
async def _undo(request: Request, flag_id: FlagId) -> Response:
    """Take one's own last step on a flag back; flag and source stand as they stood before, and nothing is deleted."""
    who, body = await _asked(request, flag_id)
    seen = seen_version(request)
    said = text_of(body_of(body, ("comment",)), "comment")
    admin = who.may(Action.ADMIN)

    def work(connection: Any) -> None:
        require_seen(connection, flag_id, seen)
        undo(connection, flag_id, author=who.name, comment=said, admin=admin)

    return await run_in_threadpool(_written, request, flag_id, work)


@router.get(
    "/flags/{flag_id:path}",
    summary="A flag with all that is known of it",
    responses={200: {"content": _PANEL}, 404: _NOT_FOUND},
)
def _flag(request: Request, flag_id: FlagId) -> Response:
    """Return flag, source, causes, repairs, decisions, reviews, comments, attachments, lock and version.

    ``allowed`` lists the steps that the person asking may do now, by the checks that the steps themselves make.
    """
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        content = panel(connection, require_flag(connection, flag_id, who), who)
    return _told(content)


def _decider(request: Request, flag_id: str) -> Principal:
    who = require(request, Action.DECIDE)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        require_flag(connection, flag_id, who)
    return who


async def _asked(request: Request, flag_id: str) -> tuple[Principal, dict[str, Any]]:
    who = await run_in_threadpool(_decider, request, flag_id)
    body = await limited(request, request.app.state.settings.body_max)
    return who, json_object(body or b"{}")


def _written(request: Request, flag_id: str, work: Callable[[Any], Any], status: int = 200) -> Response:
    who = principal(request)

    def done(connection: Any) -> dict[str, Any]:
        work(connection)
        return standing(connection, flag_id, who)

    return _told(resources(request).writer.write(done), status)
