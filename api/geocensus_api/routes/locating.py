"""POST /locate: points or coordinate texts to areas."""

from typing import Final

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.located import POINTS, Point, located, points_of
from geocensus_api.features.parameters import require_known
from geocensus_api.features.scope import codes_in_scope
from geocensus_api.resources import resources
from geocensus_api.responses import json_response

__all__ = ["router"]

router = APIRouter()

_BODY: Final = {"oneOf": [POINTS, {"type": "object", "required": ["points"], "properties": {"points": POINTS}}]}


@router.post(
    "/locate",
    summary="Areas of points",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}},
)
async def _locate(request: Request) -> Response:
    """Return the codes of the areas that each point lies in; degrees are taken as CGCS2000 (equal to WGS 84).

    An area that the person does not hold for is answered as none.
    """
    principal(request)
    require_known(request, {"f", "lang"})
    points = _points(await _body(request), request.app.state.settings.points_max)
    return await run_in_threadpool(_answer, request, points)


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


def _points(body: bytes, most: int) -> list[Point]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}", f"请求体不是有效的 JSON：{error}") from error
    listed = content.get("points") if isinstance(content, dict) else content
    if not isinstance(listed, list):
        raise ProblemError(400, 'send a list, or {"points": [...]}', "请发送数组，或 {“points”: [...]} 形式的对象")
    return points_of(listed, most)


def _answer(request: Request, points: list[Point]) -> Response:
    shared = resources(request)
    with shared.reading() as connection:
        codes = codes_in_scope(connection, principal(request))
    results = located(shared.basemap(), points, None if codes is None else codes.__contains__)
    return json_response(request, {"count": len(results), "crs_assumed": "cgcs2000", "results": results})
