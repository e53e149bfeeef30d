"""What a client wants: its language, JSON or a page, and the address under which it sees us."""

import re
from typing import Final

from starlette.requests import Request

__all__ = ["address", "language", "wants_csv", "wants_page"]

_HOST: Final = re.compile(r"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?$")
_PREFIX: Final = re.compile(r"^(/[A-Za-z0-9._~-]+)*/?$")


def language(request: Request) -> str:
    """Return the client's language.

    Parameters
    ----------
    request
        Its ``lang`` parameter counts first, then Accept-Language, then the setting.

    Returns
    -------
    str
        "zh" or "en".
    """
    for wish in (request.query_params.get("lang", ""), *request.headers.get("accept-language", "").split(",")):
        start = wish.strip()[:2].lower()
        if start in {"zh", "en"}:
            return start
    lang: str = request.app.state.settings.lang
    return lang


def wants_page(request: Request) -> bool:
    """Tell whether the client is a browser that wants a page and not JSON.

    Parameters
    ----------
    request
        ``f=html`` and ``f=json`` decide; else text/html in Accept.

    Returns
    -------
    bool
        True for a page.
    """
    wish = request.query_params.get("f")
    return wish == "html" if wish else "text/html" in request.headers.get("accept", "")


def wants_csv(request: Request) -> bool:
    """Tell whether the client wants CSV and not JSON.

    Parameters
    ----------
    request
        ``f`` decides; else text/csv in Accept without any JSON.

    Returns
    -------
    bool
        True for CSV.
    """
    wish, accepted = request.query_params.get("f"), request.headers.get("accept", "")
    return wish == "csv" if wish else "text/csv" in accepted and "json" not in accepted


def address(request: Request) -> str:
    """Return the address of the service as the client sees it, without a slash at the end.

    Parameters
    ----------
    request
        X-Forwarded-Proto, -Host and -Prefix are believed when a known proxy sends them, and only when they are sane.

    Returns
    -------
    str
        An absolute URL.
    """
    scheme, host, prefix = (
        request.url.scheme,
        request.headers.get("host", request.url.netloc),
        request.scope["root_path"],
    )
    if request.client and request.client.host in request.app.state.settings.forwarded_from:
        proto, named, before = (_first(request, f"x-forwarded-{part}") for part in ("proto", "host", "prefix"))
        scheme = proto if proto in {"http", "https"} else scheme
        host = named if _HOST.match(named) else host
        prefix = before + prefix if before and _PREFIX.match(before) else prefix
    host = host if _HOST.match(host) else "localhost"
    return f"{scheme}://{host}{prefix}".rstrip("/")


def _first(request: Request, header: str) -> str:
    return request.headers.get(header, "").split(",")[0].strip()
