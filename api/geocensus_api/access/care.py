"""Headers that keep browsers careful; HEAD is answered as GET without the body."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geocensus_api.negotiation import address

__all__ = ["CareMiddleware", "was_head"]

_CARE: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
_HSTS: Final = "max-age=31536000"
_HEAD: Final = "geocensus.head"


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
        care = {**_CARE, "Strict-Transport-Security": _HSTS} if _may_insist(Request(scope)) else _CARE

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in care.items():
                    headers.setdefault(name, value)
            elif head:
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", _HEAD: True} if head else scope, receive, careful)


def was_head(request: Request) -> bool:
    """Tell whether the client asked for the headers only.

    Parameters
    ----------
    request
        A request that looks like GET.

    Returns
    -------
    bool
        True for HEAD.
    """
    return bool(request.scope.get(_HEAD))


def _may_insist(request: Request) -> bool:
    """Tell whether browsers should come by TLS only: the promise holds for all ports, so not for this machine's own."""
    seen = urlsplit(address(request))
    host = seen.hostname or ""
    try:
        own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        own = host == "localhost" or host.endswith(".localhost")
    return seen.scheme == "https" and not own
