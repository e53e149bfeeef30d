"""POST /locate: points or coordinate texts to areas."""

from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.located import POINTS, Point, claims_of, distances, located, points_of
from geocensus_api.features.parameters import require_known
from geocensus_api.features.scope import codes_in_scope
from geocensus_api.resources import resources
from geocensus_api.responses import json_response

__all__ = ["router"]

router = APIRouter()

_OBJECT: Final = {
    "type": "object",
    "required": ["points"],
    "properties": {
        "points": POINTS,
        "claimed_code": {"type": "string", "description": "area to tell the distance to, for all points"},
    },
}
_BODY: Final = {"oneOf": [POINTS, _OBJECT]}


@router.post(
    "/locate",
    summary="Areas of points",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}},
)
async def _locate(request: Request) -> Response:
    """Return the codes of the areas that each point lies in; degrees are taken as CGCS2000 (equal to WGS 84).

    An area that the person does not hold for is answered as none. Where a ``claimed_code`` is given, of a point or of
    all, ``distance_m`` is how far the point lies from the border of that area: negative inside.
    """
    principal(request)
    require_known(request, {"f", "lang"})
    listed, claimed = _asked(await _body(request))
    points = points_of(listed, request.app.state.settings.points_max)
    return await run_in_threadpool(_answer, request, points, claims_of(listed, claimed))


async def _body(request: Request) -> bytes:
    parts, size, most = [], 0, request.app.state.settings.body_max
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise ProblemError(
                413, f"the request is larger than {most} bytes: send fewer points", f"请求超过 {most} 字节，请分批发送"
            )
        parts.append(part)
    return b"".join(parts)


def _asked(body: bytes) -> tuple[list[Any], Any]:
    """Return the points as they were sent, and the area that all of them are claimed for."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}", f"请求体不是有效的 JSON：{error}") from error
    listed = content.get("points") if isinstance(content, dict) else content
    if not isinstance(listed, list):
        raise ProblemError(400, 'send a list, or {"points": [...]}', "请发送数组，或 {“points”: [...]} 形式的对象")
    return listed, content.get("claimed_code") if isinstance(content, dict) else None


def _answer(request: Request, points: list[Point], claims: list[str]) -> Response:
    shared = resources(request)
    with shared.reading() as connection:
        codes = codes_in_scope(connection, principal(request))
    basemap, seen = shared.basemap(), None if codes is None else codes.__contains__
    results = located(basemap, points, seen)
    if any(claims):
        for result, metres in zip(results, distances(basemap, results, claims, seen), strict=True):
            result["distance_m"] = metres
    return json_response(request, {"count": len(results), "crs_assumed": "cgcs2000", "results": results})
