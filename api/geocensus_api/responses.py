"""JSON with an ETag: a client that has the state of now gets 304."""

from hashlib import blake2b
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from geocensus_api.access.principal import principal
from geocensus_api.negotiation import address, language

__all__ = ["CSV", "GEOJSON", "JSON", "SCHEMA", "json_response", "tagged", "unchanged"]

JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
_VARY: Final = "Accept, Accept-Language, Authorization, Cookie"


def json_response(
    request: Request, content: Any, *, media_type: str = JSON, headers: dict[str, str] | None = None
) -> Response:
    """Return JSON; NaN becomes null, floats stay floats.

    Parameters
    ----------
    request
        For If-None-Match.
    content
        Plain dicts and lists; orjson.Fragment for parts that are JSON already.
    media_type
        Type of the answer.
    headers
        Further headers; an ETag among them stands for the content.

    Returns
    -------
    Response
        200, or 304 without a body.
    """
    return tagged(request, orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type, headers)


def tagged(request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """Return a body with its ETag, or 304 when the client has it.

    Parameters
    ----------
    request
        For If-None-Match.
    body
        The content.
    media_type
        Its type.
    headers
        Further headers.

    Returns
    -------
    Response
        With ETag and Vary.
    """
    known = {"Vary": _VARY, **(headers or {})}
    if "ETag" not in known:
        known["ETag"] = _tag(body)
    if _known(request) & {known["ETag"], "*"}:
        return Response(status_code=304, headers=known)
    return Response(body, headers=known, media_type=media_type)


def unchanged(request: Request, state: object) -> tuple[dict[str, str], Response | None]:
    """Return the headers of an answer that depends on the workspace's state, and 304 where the client has it.

    Parameters
    ----------
    request
        Its path, query and wishes are part of the tag, as are the address under which we are seen, on which links
        depend, and the role and the scope of who asks: nobody has another one's answer confirmed.
    state
        Name of the state, asked for before it is read.

    Returns
    -------
    tuple
        ETag and Vary; None or the answer, for which nothing needs to be read.
    """
    who = principal(request)
    wishes = [request.headers.get(name, "") for name in ("accept", "accept-language")]
    asked = [address(request), request.url.path, request.url.query, language(request), *wishes, request.app.version]
    headers = {"ETag": _tag(repr([state, who.role, who.scope, *asked]).encode("utf-8", "surrogatepass")), "Vary": _VARY}
    same = bool(state) and headers["ETag"] in _known(request)  # "*" must not hide an error
    return headers, Response(status_code=304, headers=headers) if same else None


def _tag(content: bytes) -> str:
    return f'W/"{blake2b(content, digest_size=12).hexdigest()}"'


def _known(request: Request) -> set[str]:
    return {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
