"""Administration of people and tokens."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from geocensus.errors import SchemaError
from geocensus_api.access.areas import checked_scope
from geocensus_api.access.keeper import Keeper
from geocensus_api.access.people import Added, add, add_token, people, revoke
from geocensus_api.access.principal import ROLES, Action, Principal, require
from geocensus_api.access.telling import person_json
from geocensus_api.bodies import json_object, limited
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.negotiation import address
from geocensus_api.resources import resources
from geocensus_api.responses import json_response

__all__ = ["router"]

router = APIRouter()

_BODY_MAX: Final = 100_000
_COMMON: Final = {"f", "lang"}
_DAYS: Final = {"type": ["integer", "null"], "minimum": 1, "description": "after how many the token ends; null: never"}
_SCOPE: Final = {
    "oneOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
    "description": "all, or codes of areas, each with all below it",
}
_NEW: Final = {
    "type": "object",
    "required": ["name", "role", "scope"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 60},
        "role": {"type": "string", "enum": list(ROLES)},
        "scope": _SCOPE,
        "days": _DAYS,
    },
}
_MORE: Final = {"type": "object", "properties": {"days": _DAYS}}
_NEW_EXAMPLE: Final = {"name": "王工", "role": "qa", "scope": ["330822"], "days": 90}
_ADDED: Final = {"name": "王工", "token_id": "0123456789abcdef", "token": "gc_0123456789abcdef_…"}
_PERSON: Final = {
    "name": "王工",
    "role": "qa",
    "scope": ["330822"],
    "created": "2026-03-01T08:00:00Z",
    "by": "admin",
    "revoked": None,
    "tokens": [
        {
            "id": "0123456789abcdef",
            "created": "2026-03-01T08:00:00Z",
            "expires": None,
            "revoked": None,
            "last_used": None,
        }
    ],
}
_LISTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "People", "content": {"application/json": {"example": {"people": [_PERSON]}}}}
}
_CREATED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"description": "The token, told this once", "content": {"application/json": {"example": _ADDED}}},
    403: {"description": "For administrators of everything only"},
}
_GONE: Final[dict[int | str, dict[str, Any]]] = {
    403: {"description": "For administrators of everything only"},
    404: {"description": "Nobody has this name"},
    409: {"description": "The last administrator"},
}


@router.get("/users", summary="People and their tokens", responses=_LISTED)
def _read_users(request: Request) -> Response:
    """Return everybody who was ever let in; tokens by id and times, never their text."""
    _administrator(request)
    require_known(request, _COMMON)
    return json_response(request, {"people": [person_json(person) for person in people(_keeper(request).database)]})


@router.post(
    "/users",
    summary="Let a person in",
    status_code=201,
    responses=_CREATED,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _NEW, "example": _NEW_EXAMPLE}},
        }
    },
)
async def _add_user(request: Request) -> Response:
    """Add a person and return a token, this once; for a name that is there: set role and scope, one more token."""
    who = _administrator(request)
    require_known(request, _COMMON)
    wish = json_object(await limited(request, _BODY_MAX))
    name, role = (_text(wish, key) for key in ("name", "role"))
    return await run_in_threadpool(_add, request, who, name, role, _scope(wish), _days(wish))


def _add(request: Request, who: Principal, name: str, role: str, scope: Sequence[str], days: int | None) -> Response:
    with resources(request).reading() as connection:
        codes = checked_scope(connection, scope)
    keeper = _keeper(request)
    made = add(keeper.database, name, role=role, scope=codes, by=who.name, now=keeper.now(), days=days)
    return _created(request, made)


@router.post(
    "/users/{name}/tokens",
    summary="One more token",
    status_code=201,
    responses={**_CREATED, 404: _GONE[404]},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": _MORE, "example": {"days": 90}}}}},
)
async def _add_token(request: Request, name: str) -> Response:
    """Make another token for a person and return it, this once."""
    who = _administrator(request)
    require_known(request, _COMMON)
    body = await limited(request, _BODY_MAX)
    days = _days(json_object(body)) if body.strip() else None
    return await run_in_threadpool(_more, request, who, name, days)


def _more(request: Request, who: Principal, name: str, days: int | None) -> Response:
    keeper = _keeper(request)
    return _created(request, add_token(keeper.database, name, by=who.name, now=keeper.now(), days=days))


@router.delete("/users/{name}", summary="Let a person in no more", status_code=204, responses=_GONE)
def _revoke_user(request: Request, name: str) -> Response:
    """Revoke all tokens of a person and end their sessions; what they did stays on record."""
    who = _administrator(request)
    require_known(request, _COMMON)
    keeper = _keeper(request)
    try:
        revoke(keeper.database, name, by=who.name, now=keeper.now(), keep_one=True)
    except SchemaError as error:
        raise ProblemError(409, error.en, error.zh) from error
    return Response(status_code=204)


@router.delete("/users/{name}/tokens/{token_id}", summary="Revoke one token", status_code=204, responses=_GONE)
def _revoke_token(request: Request, name: str, token_id: str) -> Response:
    """Revoke one token of a person and end the sessions that it opened."""
    who = _administrator(request)
    require_known(request, _COMMON)
    keeper = _keeper(request)
    revoke(keeper.database, name, by=who.name, now=keeper.now(), token=token_id)
    return Response(status_code=204)


def _created(request: Request, made: Added) -> Response:
    if _keeper(request).database.in_memory:  # the token is told to nobody, so nobody can use it
        raise ProblemError(
            503,
            "the folder beside the workspace cannot be written: whom you let in now would be forgotten in the end",
            "工作区旁的文件夹不可写，此时添加的用户在服务停止后不会保留，未添加",
        )
    content = {"name": made.name, "token_id": made.token_id, "token": made.token}
    response = json_response(request, content, headers={"Cache-Control": "no-store"})
    response.status_code = 201
    response.headers["Location"] = f"{address(request)}/users"
    return response


def _administrator(request: Request) -> Principal:
    """Return who asks; an administrator of some areas could otherwise make one of all."""
    who = require(request, Action.ADMIN)
    if who.scope is not None:
        raise ProblemError(403, "only an administrator of everything may do this", "仅管理全部区划的管理员可进行此操作")
    return who


def _keeper(request: Request) -> Keeper:
    keeper: Keeper = request.app.state.door.keeper
    return keeper


def _text(wish: dict[str, Any], key: str) -> str:
    value = wish.get(key)
    if not isinstance(value, str):
        raise ProblemError(400, f"{key}: give a text", f"{key} 应为文字")
    return value


def _scope(wish: dict[str, Any]) -> list[str]:
    scope = wish.get("scope")
    scope = [scope] if isinstance(scope, str) else scope
    if not isinstance(scope, list) or not scope or not all(isinstance(code, str) for code in scope):
        raise ProblemError(400, 'scope: give "all", or a list of codes of areas', "scope 应为 “all” 或区划代码数组")
    return scope


def _days(wish: dict[str, Any]) -> int | None:
    days = wish.get("days")
    if days is None or (isinstance(days, int) and not isinstance(days, bool)):
        return days
    raise ProblemError(400, "days: give a whole number, or null", "days 应为整数或 null")
