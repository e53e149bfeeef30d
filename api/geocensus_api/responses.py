"""JSON with an ETag: a client that has the state of now gets 304."""

from hashlib import blake2b
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["GEOJSON", "JSON", "SCHEMA", "json_response", "tagged"]

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"


def json_response(request: Request, content: Any, *, media_type: str = JSON) -> Response:
    """Return JSON; NaN becomes null, floats stay floats.

    Parameters
    ----------
    request
        For If-None-Match.
    content
        Plain dicts and lists; orjson.Fragment for parts that are JSON already.
    media_type
        Type of the answer.

    Returns
    -------
    Response
        200, or 304 without a body.
    """
    return tagged(request, orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type)


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
    tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    known = {"ETag": tag, "Vary": "Accept, Accept-Language, Authorization", **(headers or {})}
    wanted = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    if tag in wanted or "*" in wanted:
        return Response(status_code=304, headers=known)
    return Response(body, headers=known, media_type=media_type)
