"""The door: a token for everything but /healthz, and headers that keep browsers careful."""

import base64
import binascii
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geocensus_api.access.principal import Principal
from geocensus_api.errors import problem

__all__ = ["CareMiddleware", "TokenMiddleware", "token_of"]

OPEN_PATHS: Final = frozenset({"/healthz"})
_CHALLENGES: Final = (b'Bearer realm="geocensus"', b'Basic realm="geocensus", charset="UTF-8"')
_CARE: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}


def token_of(authorization: str) -> str:
    """Return the token that an Authorization header carries.

    Parameters
    ----------
    authorization
        "Bearer TOKEN", or "Basic …" with any name and the token as password.

    Returns
    -------
    str
        Empty when there is none.

    Examples
    --------
    >>> token_of("Bearer abc"), token_of("Basic cWdpczphYmM="), token_of("Digest abc")
    ('abc', 'abc', '')
    """
    scheme, _, rest = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode("latin-1", "replace").decode("utf-8", "replace")  # headers come as Latin-1
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


class TokenMiddleware:
    """Answer 401 to whoever does not carry the token.

    Parameters
    ----------
    app
        The application behind the door.
    token
        What opens it.
    """

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self.app = app
        self._token = token.encode("utf-8")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI
        if scope["type"] == "http":
            who = self._who(scope)
            if who is None and scope["path"].removeprefix(scope.get("root_path", "")) not in OPEN_PATHS:
                await _refuse(scope, receive, send)
                return
            scope["geocensus.principal"] = who
        await self.app(scope, receive, send)

    def _who(self, scope: Scope) -> Principal | None:
        given = token_of(Headers(scope=scope).get("authorization", "")).encode("utf-8", "surrogateescape")
        return Principal("admin", "admin") if secrets.compare_digest(given, self._token) else None


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    detail = "send Authorization: Bearer TOKEN, or HTTP Basic with any name and the token as password / 需要访问令牌"
    response = problem(401, detail, instance=scope["path"])
    response.raw_headers.extend((b"www-authenticate", challenge) for challenge in _CHALLENGES)
    await response(scope, receive, send)


class CareMiddleware:
    """Add headers that keep browsers careful, and answer HEAD as GET without the body.

    Parameters
    ----------
    app
        The application inside.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _CARE.items():
                    headers.setdefault(name, value)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"} if head else scope, receive, careful)
