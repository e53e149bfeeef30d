"""Logging in and out with a browser, and who is logged in."""

from typing import Any, Final
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from geocensus.model import Text
from geocensus_api.access.areas import area_names
from geocensus_api.access.asking import client_address, cookie_name, cookie_of, from_our_page, is_secure
from geocensus_api.access.care import was_head
from geocensus_api.access.door import Door, entry_of, too_many
from geocensus_api.access.keeper import Entry
from geocensus_api.access.login_page import (
    CODE_PROBLEM,
    FOREIGN_PROBLEM,
    POLICY,
    TOKEN_PROBLEM,
    login_page,
    wait_problem,
)
from geocensus_api.access.principal import ROLES, Principal, principal
from geocensus_api.bodies import json_object, limited
from geocensus_api.errors import problem
from geocensus_api.features.parameters import require_known
from geocensus_api.negotiation import address, language, wants_page
from geocensus_api.openapi import parameter
from geocensus_api.resources import resources
from geocensus_api.responses import json_response
from geocensus_api.routes.app_page import home
from geocensus_api.schemas import ref
from geocensus_api.times import iso

__all__ = ["router"]

router = APIRouter()

_BODY_MAX: Final = 10_000
_FORM: Final = "application/x-www-form-urlencoded"
_HTML: Final = "text/html; charset=utf-8"
_TOKEN: Final = {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}}
_EXAMPLE: Final = {"token": "gc_0123456789abcdef_…"}
_BODY: Final = {"content": {"application/json": {"schema": _TOKEN, "example": _EXAMPLE}, _FORM: {"schema": _TOKEN}}}
_ME_EXAMPLE: Final = {
    "name": "王工",
    "role": "qa",
    "scope": [{"code": "330822", "name": "常山县"}],
    "actions": ["decide", "exact", "export_flags", "export_maps"],
    "session": True,
    "expires": "2026-03-01T08:00:00Z",
    "background": None,
    "limits": {"bulk": 20_000, "upload": 200_000_000, "attachment": 20_000_000},
}
_ME: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Name, role, scope, actions",
        "content": {"application/json": {"schema": ref("Me"), "example": _ME_EXAMPLE}},
    }
}
_PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The login page", "content": {"text/html": {}}},
    303: {"description": "Logged in by a link: go to the page"},
    401: {"description": "The link was used, is late or wrong"},
}
_OPENED: Final[dict[int | str, dict[str, Any]]] = {
    **_ME,
    303: {"description": "Logged in by the form: go to the page"},
    401: {"description": "The token is wrong, expired or revoked"},
    403: {"description": "A page of another address asked"},
    429: {"description": "Too many wrong tokens from this address"},
}


def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


@router.get(
    "/login",
    summary="Login page, or login by a one-time link",
    responses=_PAGE,
    openapi_extra={"parameters": [parameter("code", "out of the link that the service printed; good for one use")]},
)
def _read_login(request: Request) -> Response:
    """Return the login page; with ``code``, begin a session and go on to the review page."""
    require_known(request, {"code", "f", "lang"})
    code = request.query_params.get("code", "")
    if not code or was_head(request):  # whoever only looks at the headers has not used the link
        return _shown(request, 200)
    client = client_address(request)
    entry = _door(request).keeper.redeemed(code)
    if entry is not None:
        return _begun(request, entry, RedirectResponse(home(request), 303))
    if wait_s := _door(request).failures.wait_s(client):
        return _refused(request, 429, wait_problem(wait_s), wait_s)
    _door(request).failures.note(client)
    return _refused(request, 401, CODE_PROBLEM)


@router.post("/login", summary="Log in with a token", responses=_OPENED, openapi_extra={"requestBody": _BODY})
async def _login(request: Request) -> Response:
    """Begin a session: sets a cookie; JSON gets what /me tells, the form goes on to the review page."""
    require_known(request, {"f", "lang"})
    if not from_our_page(request, strict=False):  # else somebody could be logged in as somebody else
        return _refused(request, 403, FOREIGN_PROBLEM)
    body = await limited(request, _BODY_MAX)
    form = _is_form(request, body)
    token = _given(body, form=form)
    entry, wait_s = await _door(request).known(token, client_address(request))
    if entry is None:
        return _refused(request, 429 if wait_s else 401, wait_problem(wait_s) if wait_s else TOKEN_PROBLEM, wait_s)
    return await run_sync(_opened, request, entry, form)


def _is_form(request: Request, body: bytes) -> bool:
    """Tell a form from JSON; curl and urllib call everything a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == _FORM and not body.lstrip().startswith(b"{")


def _given(body: bytes, *, form: bool) -> str:
    if form:
        values = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10).get("token", [""])
        return values[0].strip()
    token = json_object(body).get("token")
    return token.strip() if isinstance(token, str) else ""


def _opened(request: Request, entry: Entry, form: bool) -> Response:  # noqa: FBT001 - run_sync passes positions only
    if form:
        return _begun(request, entry, RedirectResponse(home(request), 303))
    return _begun(request, entry, json_response(request, _told(request, entry.who, entry.expires)))


@router.post(
    "/logout",
    summary="Log out",
    status_code=204,
    responses={303: {"description": "A browser goes back to the login page"}},
)
def _logout(request: Request) -> Response:
    """End the session of this browser."""
    who = principal(request)
    _door(request).keeper.close_session(cookie_of(request), who.name)
    page = wants_page(request)
    response = RedirectResponse(f"{address(request)}/login", 303) if page else Response(status_code=204)
    response.delete_cookie(cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="strict")
    return response


@router.get("/me", summary="Who is logged in", responses=_ME)
def _me(request: Request) -> Response:
    """Return name, role, scope with the names of its areas, what the role may do, and when this login ends.

    ``background`` is the tiles that the operator put behind the map, null without. ``limits`` tells how many flags a
    step on many may touch, and how many bytes an upload and an attachment may have.
    """
    who = principal(request)
    require_known(request, {"f", "lang"})
    return json_response(request, _told(request, who, entry_of(request).expires))


def _told(request: Request, who: Principal, expires: int | None) -> dict[str, Any]:
    scope: Any = None
    settings = request.app.state.settings
    background = settings.background
    if who.scope is not None:
        with resources(request).reading() as connection:
            names = area_names(connection, who.scope)
        scope = [{"code": code, "name": names.get(code, "")} for code in who.scope]
    return {
        "name": who.name,
        "role": who.role,
        "scope": scope,
        "actions": sorted(ROLES[who.role]),
        "session": bool(who.session),
        "expires": iso(expires),
        "background": None if background is None else background.told(),
        "limits": {
            "bulk": settings.bulk_max,
            "upload": settings.upload_max,
            "attachment": settings.attachment_max,
        },
    }


def _begun(request: Request, entry: Entry, response: Response) -> Response:
    cookie = _door(request).keeper.open_session(entry)
    response.set_cookie(
        cookie_name(request), cookie, path="/", secure=is_secure(request), httponly=True, samesite="strict"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(request: Request, status: int, text: Text | None = None) -> Response:
    # same-origin: with no-referrer the browser would send our own form with "Origin: null"
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    return Response(login_page(language(request), text), status, headers, _HTML)


def _refused(request: Request, status: int, text: Text, wait_s: int = 0) -> Response:
    if wants_page(request):
        response = _shown(request, status, text)
        if wait_s:
            response.headers["Retry-After"] = str(wait_s)
        return response
    if wait_s:
        return too_many(request, wait_s)
    return problem(status, text.get(language(request)), instance=request.url.path)
