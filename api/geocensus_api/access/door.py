"""The door: whoever asks shows a token or a session, and is known to the routes from here on."""

from typing import Final

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from geocensus.errors import GeocensusError
from geocensus_api.access.asking import client_address, cookie_of, from_our_page, token_of
from geocensus_api.access.failures import Failures
from geocensus_api.access.keeper import Entry, Keeper
from geocensus_api.errors import problem
from geocensus_api.negotiation import address, language, wants_page

__all__ = ["Door", "DoorMiddleware", "entry_of", "too_many"]

OPEN_PATHS: Final = frozenset({"/healthz", "/login"})
_PAGES: Final = ("/app/",)  # where a browser that nobody is logged in to goes to the login
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ENTRY: Final = "geocensus.entry"
_BEARER: Final = b'Bearer realm="geocensus"'
_BASIC: Final = b'Basic realm="geocensus", charset="UTF-8"'


class Door:
    """Knows tokens, and how often an address may try.

    Scrypt runs in threads of its own: one for addresses that behave, one for those that failed too often, so that a
    right token is let in from anywhere, also while a neighbour tries wrong ones.

    Parameters
    ----------
    keeper
        Knows people.
    failures
        Knows addresses.
    """

    def __init__(self, keeper: Keeper, failures: Failures) -> None:
        self.keeper, self.failures = keeper, failures
        self._calm, self._suspect = anyio.CapacityLimiter(1), anyio.CapacityLimiter(1)

    async def known(self, token: str, client: str) -> tuple[Entry | None, int]:
        """Return whose token this is, and how long to wait before another attempt.

        Parameters
        ----------
        token
            Whatever came.
        client
            Address it came from.

        Returns
        -------
        tuple
            None and whole seconds where it is nobody's; 0 while there were few such attempts.
        """
        entry = self.keeper.remembered(token)
        if entry is not None:
            return entry, 0
        wait_s = self.failures.wait_s(client)
        entry = await run_sync(self.keeper.verified, token, limiter=self._suspect if wait_s else self._calm)
        if entry is None and not wait_s:
            self.failures.note(client)
        return entry, 0 if entry else wait_s

    async def session(self, cookie: str) -> Entry | None:
        """Return whose session this is.

        Parameters
        ----------
        cookie
            Whatever came.

        Returns
        -------
        Entry
            None where there is none, or no more.
        """
        entry = self.keeper.session(cookie)
        if entry is not None and self.keeper.session_is_stale(cookie):
            await run_sync(self.keeper.touch_session, cookie, limiter=self._calm)
        return entry


class DoorMiddleware:
    """Answer 401 to whoever is not known, 403 to pages of others, 429 to whoever guesses.

    Parameters
    ----------
    app
        The application behind the door.
    door
        Knows who may come in.
    """

    def __init__(self, app: ASGIApp, *, door: Door) -> None:
        self.app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no others, and the door is for all
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        try:
            refused = None if path in OPEN_PATHS else await self._refused(request, path)
        except GeocensusError as error:  # the file of people cannot be read: nobody is let in
            refused = problem(503, error.message(language(request)), instance=scope["path"])
        await (refused or self.app)(scope, receive, send)

    async def _refused(self, request: Request, path: str) -> Response | None:
        authorization = request.headers.get("authorization")
        if authorization is not None:
            entry, wait_s = await self._by_token(request, authorization)
        else:
            entry, wait_s = await self._door.session(cookie_of(request)), 0
        if entry is None:
            return too_many(request, wait_s) if wait_s else _unknown(request, path)
        if authorization is None and request.method not in _SAFE and not from_our_page(request, strict=True):
            return _foreign(request)
        request.scope["geocensus.principal"] = entry.who
        request.scope[_ENTRY] = entry
        return None

    async def _by_token(self, request: Request, authorization: str) -> tuple[Entry | None, int]:
        token = token_of(authorization)
        return await self._door.known(token, client_address(request)) if token else (None, 0)


def entry_of(request: Request) -> Entry:
    """Return who was let in, by what, until when.

    Parameters
    ----------
    request
        A request that was let in.

    Returns
    -------
    Entry
        Of the door.
    """
    entry: Entry = request.scope[_ENTRY]
    return entry


def too_many(request: Request, wait_s: int) -> Response:
    """Return the answer to a client that tried too many wrong tokens.

    Parameters
    ----------
    request
        The request.
    wait_s
        Seconds.

    Returns
    -------
    Response
        429 with Retry-After.
    """
    en = f"too many wrong tokens from this address: wait {wait_s} seconds; a right token is accepted at any time"
    zh = f"该地址多次提交错误令牌，请等待 {wait_s} 秒；正确的令牌随时可用"
    detail = zh if language(request) == "zh" else en
    return problem(429, detail, instance=request.url.path, headers={"Retry-After": str(wait_s)})


def _unknown(request: Request, path: str) -> Response:
    if (path in {"/", "/app"} or path.startswith(_PAGES)) and _is_browser(request):
        return RedirectResponse(f"{address(request)}/login", 303, {"Vary": "Accept, Cookie"})
    detail = "send Authorization: Bearer TOKEN, or HTTP Basic with any name and the token as password / 需要访问令牌"
    response = problem(401, detail, instance=request.url.path)
    # a script of our page handles this itself: the browser should not open its own window
    script = request.headers.get("sec-fetch-dest") == "empty"
    challenges = (_BEARER,) if script else (_BEARER, _BASIC)
    response.raw_headers.extend((b"www-authenticate", challenge) for challenge in challenges)
    return response


def _is_browser(request: Request) -> bool:
    """Tell whether somebody opens a page, and showed nothing yet."""
    return request.method in _SAFE and "authorization" not in request.headers and wants_page(request)


def _foreign(request: Request) -> Response:
    en = "a page of another address may not change anything here: use the page of this service, or send a token"
    zh = "其他网址的页面不能在此修改数据：请使用本服务的页面，或在请求中提供令牌"
    return problem(403, zh if language(request) == "zh" else en, instance=request.url.path)
