"""What a request says about who asks: token, cookie, address of the client, and whether a page of ours sent it."""

import base64
import binascii
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from geocensus_api.negotiation import address

__all__ = ["client_address", "cookie_name", "cookie_of", "from_our_page", "is_secure", "token_of"]

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 1_000  # characters of a token; more is none


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
        token = rest.strip().encode("latin-1", "replace").decode("utf-8", "replace")  # headers come as Latin-1
    elif scheme.lower() == "basic":
        try:
            token = base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    else:
        return ""
    return token if len(token) <= _LONGEST else ""


def is_secure(request: Request) -> bool:
    """Tell whether the client sees us under TLS.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    bool
        True also behind a known proxy that ends TLS.
    """
    return address(request).startswith("https://")


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    str
        With the port, for browsers send the cookies of all ports of a host to each of them; with the prefix __Host-
        where TLS allows it.
    """
    seen = urlsplit(address(request))
    name = "geocensus" if seen.port is None else f"geocensus-{seen.port}"
    return f"__Host-{name}" if seen.scheme == "https" else name


def cookie_of(request: Request) -> str:
    """Return the session's cookie.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    str
        Empty when there is none.
    """
    return request.cookies.get(cookie_name(request), "")[:_LONGEST]


def from_our_page(request: Request, *, strict: bool) -> bool:
    """Tell whether a page of this very address sent the request, and not another one in the same browser.

    Parameters
    ----------
    request
        One that changes something.
    strict
        Whether a request without any word of where it comes from (no browser of today) counts as foreign.

    Returns
    -------
    bool
        By Sec-Fetch-Site, which no page can set; where it is missing (plain HTTP beyond loopback), by Origin.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    if origin is None:
        return not strict
    return _origin(origin) == _origin(address(request))


def _origin(text: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(text)
        return parts.scheme, (parts.hostname or ""), parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None


def client_address(request: Request) -> str:
    """Return where a request comes from.

    Parameters
    ----------
    request
        X-Forwarded-For is believed as far as known proxies wrote it: the last address that is none of theirs.

    Returns
    -------
    str
        An address; "" where the connection has none.
    """
    known: tuple[str, ...] = request.app.state.settings.forwarded_from
    found = request.client.host if request.client else ""
    named = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if part.strip()]
    while found in known and named:
        found = named.pop()
    return found[:64]
