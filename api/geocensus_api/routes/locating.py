"""POST /locate: points or coordinate texts to areas."""

import math
from typing import Any, Final

import orjson
import pandas as pd
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from geocensus.coordinates import parse_points
from geocensus.locating import locate_levels
from geocensus.names import COORDINATE_PROBLEM, LAT, LAT_FORMAT, LON, LON_FORMAT
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.resources import resources
from geocensus_api.responses import json_response

__all__ = ["router"]

router = APIRouter()

_PAIR: Final = 2
_POINT: Final = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2, "description": "[lon, lat]"},
        {"type": "string", "description": "both in one text, such as 118°31′12″E 28°54′00″N"},
        {
            "type": "object",
            "properties": {"lon": {"type": ["number", "string"]}, "lat": {"type": ["number", "string"]}},
        },
    ]
}
_LIST: Final = {"type": "array", "items": _POINT}
_BODY: Final = {"oneOf": [_LIST, {"type": "object", "required": ["points"], "properties": {"points": _LIST}}]}


@router.post(
    "/locate",
    summary="Areas of points",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}}},
)
async def _locate(request: Request) -> Response:
    """Return the codes of the areas that each point lies in; degrees are taken as CGCS2000 (equal to WGS 84)."""
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


def _points(body: bytes, most: int) -> list[tuple[str | None, str | None, str | None]]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}", f"请求体不是有效的 JSON：{error}") from error
    listed = content.get("points") if isinstance(content, dict) else content
    if not isinstance(listed, list):
        raise ProblemError(400, 'send a list, or {"points": [...]}', "请发送数组，或 {“points”: [...]} 形式的对象")
    if len(listed) > most:
        raise ProblemError(
            413, f"{len(listed)} points; at most {most} at a time", f"共 {len(listed)} 个点，每次最多 {most} 个"
        )
    return [_texts(entry, number) for number, entry in enumerate(listed)]


def _texts(entry: Any, number: int) -> tuple[str | None, str | None, str | None]:
    """Return lon, lat and the text that holds both, of one entry."""
    if isinstance(entry, str):
        return None, None, entry
    if isinstance(entry, list) and len(entry) == _PAIR:
        entry = {LON: entry[0], LAT: entry[1]}
    if (
        isinstance(entry, dict)
        and all(_is_text(entry.get(key)) for key in (LON, LAT, "coordinate"))
        and set(entry) & {LON, "coordinate"}
    ):
        lon, lat, both = (None if entry.get(key) is None else str(entry[key]) for key in (LON, LAT, "coordinate"))
        return lon, lat, both
    raise ProblemError(
        400,
        f'point {number}: give [lon, lat], {{"lon": ..., "lat": ...}} or a text with both',
        f"第 {number} 个点：应为 [经度, 纬度]、含 lon 与 lat 的对象，或一段坐标文字",
    )


def _is_text(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _answer(request: Request, points: list[tuple[str | None, str | None, str | None]]) -> Response:
    basemap = resources(request).basemap()
    table = pd.DataFrame(points, columns=[LON, LAT, "coordinate"], dtype="str")
    parsed = parse_points({name: table[name] for name in table.columns})
    usable = parsed[COORDINATE_PROBLEM] == ""
    places = pd.DataFrame({LON: parsed["lon_parsed"].where(usable), LAT: parsed["lat_parsed"].where(usable)})
    found = locate_levels(places, basemap.layers, nested=basemap.info.nested)
    levels = {level: found[f"code_{level}"].tolist() for level in basemap.levels}
    names = {level: basemap.areas(level).set_index("code")["name"].to_dict() for level in basemap.levels}
    rows = zip(
        places[LON].tolist(),
        places[LAT].tolist(),
        parsed[LON_FORMAT].tolist(),
        parsed[LAT_FORMAT].tolist(),
        parsed[COORDINATE_PROBLEM].tolist(),
        found["on_border"].tolist(),
        strict=True,
    )
    results = [
        {
            LON: _plain(lon),
            LAT: _plain(lat),
            LON_FORMAT: _plain(lon_format),
            LAT_FORMAT: _plain(lat_format),
            "problem": problem or None,
            "codes": {level: _plain(codes[number]) for level, codes in levels.items()},
            "names": {level: names[level].get(codes[number]) for level, codes in levels.items()},
            "on_border": bool(border),
        }
        for number, (lon, lat, lon_format, lat_format, problem, border) in enumerate(rows)
    ]
    return json_response(request, {"count": len(results), "crs_assumed": "cgcs2000", "results": results})


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
