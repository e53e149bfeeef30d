"""Search, and the reading of coordinate texts."""

import math
from typing import Any, Final

import pandas as pd
from fastapi import APIRouter, Request
from fastapi.responses import Response

from geocensus.coordinates import parse_points
from geocensus.errors import GeocensusError
from geocensus.locating import locate_levels
from geocensus.model import Text
from geocensus.names import COORDINATE_PROBLEM, LAT, LAT_FORMAT, LON, LON_FORMAT, RESOLUTION_M
from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known, whole
from geocensus_api.features.places import Found, find, plain
from geocensus_api.features.scope import codes_in_scope
from geocensus_api.links import link
from geocensus_api.negotiation import language
from geocensus_api.openapi import parameter
from geocensus_api.resources import Resources, resources
from geocensus_api.responses import GEOJSON, json_response, unchanged

__all__ = ["router"]

router = APIRouter()

_LONGEST: Final = 200
_DEFAULT, _MOST = 20, 100
_PROBLEMS: Final = {
    "missing": Text("缺少经度或纬度", "the longitude or the latitude is missing"),
    "unparsable": Text("无法识别为坐标", "not understood as a coordinate"),
    "minute_second_range": Text("分或秒不小于 60", "a minute or a second is 60 or more"),
    "zero": Text("经度或纬度为 0", "the longitude or the latitude is zero"),
    "out_of_range": Text("超出经纬度范围", "outside the range of longitude and latitude"),
}


@router.get(
    "/search",
    summary="Search by name, code or coordinate",
    openapi_extra={
        "parameters": [
            {**parameter("q", "name or part of it, beginning of a code, or a coordinate"), "required": True},
            parameter(
                "limit", "results of each collection", type="integer", minimum=1, maximum=_MOST, default=_DEFAULT
            ),
        ]
    },
)
def _search(request: Request) -> Response:
    """Return areas, field zones and sources by name or code, and the place that a coordinate means."""
    who = principal(request)
    require_known(request, {"f", "lang", "q", "limit"})
    text = _text(request, "q")
    limit = min(whole(request.query_params.get("limit"), "limit", _DEFAULT, least=1), _MOST)
    shared = resources(request)
    headers, same = unchanged(request, shared.revision())
    if same is not None:
        return same
    with shared.reading() as connection:
        found, more = find(connection, plain(text), limit, who)
        codes = codes_in_scope(connection, who)
    point = _read({"coordinate": [text]}, language(request))
    placed = [] if point["problem"] else [_placed(shared, point, codes)]
    results = [*placed, *(_told(request, one) for one in found)]
    return json_response(request, {"q": text, "count": len(results), "more": more, "results": results}, headers=headers)


@router.get(
    "/parse",
    summary="Reading of a coordinate text",
    openapi_extra={
        "parameters": [
            parameter("text", "both in one text, such as 118°31′12″E 28°54′00″N"),
            parameter("lon", "longitude, in any form"),
            parameter("lat", "latitude, in any form"),
        ]
    },
)
def _parse(request: Request) -> Response:
    """Return what a text is understood as, in degrees, with its form and resolution, or why it is not."""
    principal(request)
    require_known(request, {"f", "lang", "text", "lon", "lat"})
    given = {name for name in ("text", LON, LAT) if name in request.query_params}
    if given not in ({"text"}, {LON, LAT}):
        raise ProblemError(400, "give text, or lon and lat", "请给出 text，或同时给出 lon 与 lat")
    roles = {"coordinate" if name == "text" else name: [_text(request, name, empty=True)] for name in sorted(given)}
    return json_response(request, _read(roles, language(request)))


def _text(request: Request, name: str, *, empty: bool = False) -> str:
    text = request.query_params.get(name, "")
    if len(text) > _LONGEST or not (text.strip() or empty):
        raise ProblemError(
            400, f"{name}: give a text of 1 to {_LONGEST} characters", f"{name}：请给出 1 至 {_LONGEST} 个字符"
        )
    return text


def _read(roles: dict[str, list[str]], lang: str) -> dict[str, Any]:
    row = parse_points(roles).iloc[0]
    problem = row[COORDINATE_PROBLEM] or None
    return {
        LON: None if problem else float(row["lon_parsed"]),
        LAT: None if problem else float(row["lat_parsed"]),
        LON_FORMAT: row[LON_FORMAT] or None,
        LAT_FORMAT: row[LAT_FORMAT] or None,
        RESOLUTION_M: None if math.isnan(row[RESOLUTION_M]) else float(row[RESOLUTION_M]),
        "problem": problem,
        "message": _PROBLEMS[problem].get(lang) if problem in _PROBLEMS else problem,
        "crs_assumed": "cgcs2000",
    }


def _placed(shared: Resources, point: dict[str, Any], codes: frozenset[str] | None) -> dict[str, Any]:
    """Return a place with the areas of ours that it lies in; without any where the workspace has no basemap yet."""
    areas: dict[str, Any] = {}
    try:
        basemap = shared.basemap()
        found = locate_levels(
            pd.DataFrame({LON: [point[LON]], LAT: [point[LAT]]}), basemap.layers, nested=basemap.info.nested
        )
        for level in basemap.levels:
            code = found[f"code_{level}"].iloc[0]
            names = basemap.areas(level).set_index("code")["name"]
            hidden = pd.isna(code) or (codes is not None and code not in codes)
            areas[level] = None if hidden else {"code": code, "name": names.get(code)}
    except GeocensusError:
        areas = {}
    box = [point[LON], point[LAT], point[LON], point[LAT]]
    return {
        "kind": "coordinate",
        "collection": None,
        "id": None,
        "code": None,
        "name": None,
        "bbox": box,
        "areas": areas,
    }


def _told(request: Request, found: Found) -> dict[str, Any]:
    path = f"/collections/{found.collection}/items/{found.fid}"
    kind = {"areas": "area", "field": "field_zone", "census": "zone"}.get(found.collection.partition("-")[0], "source")
    return {
        "kind": kind,
        "collection": found.collection,
        "id": found.fid,
        "code": found.code,
        "name": found.name,
        "bbox": found.bbox,
        "href": link(request, path, "item", media_type=GEOJSON)["href"],
    }
