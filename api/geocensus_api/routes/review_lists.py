"""What to do next: one's own lists, the nearest open flag; and what a source was before."""

import math
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from geocensus.workspace.review import LISTS, Near, flag_row, nearest_open, queue_of, row_of, source_history
from geocensus_api.access.principal import Action, Principal, require
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import collection, properties
from geocensus_api.features.parameters import require_known, wanted_query, whole
from geocensus_api.openapi import FILTER_PARAMETERS, parameter
from geocensus_api.resources import resources
from geocensus_api.responses import json_response
from geocensus_api.review.seeing import flags_seen, flags_worked, lock_told, require_flag, require_source
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter()

_MOST: Final = 100
_FROM: Final = ("near", "flag", "source")
_LIMIT: Final = parameter("limit", "how many", type="integer", minimum=1, maximum=_MOST, default=1)
_FLAG: Final = {
    "flag_id": "9ab95a503a89868624e3eaaae6d8f4ff",
    "source_id": "330822J00073",
    "rule": "place.outside_claimed",
    "severity": "error",
    "review_state": "open",
    "distance_m": 183.2,
}
_NEXT: Final[dict[str, Any]] = {"application/json": {"schema": ref("NextFlags"), "example": {"flags": [_FLAG]}}}
_QUEUE: Final[dict[str, Any]] = {
    "application/json": {
        "schema": ref("Queue"),
        "example": {name: {"total": 1, "flags": [_FLAG]} for name in LISTS},
    }
}
_VERSIONS: Final[dict[str, Any]] = {
    "application/json": {
        "schema": ref("SourceVersions"),
        "example": {
            "source_id": "330822J00073",
            "versions": [
                {
                    "version": 1,
                    "time": "2026-11-22T08:30:00.000+00:00",
                    "author": "王工",
                    "decision_id": "20261122T083000Z-5e0c6f1f",
                    "kind": "corrected",
                    "values": {"lon": 118.5, "lat": 28.9},
                }
            ],
        },
    }
}
SourceId = Annotated[str, Path(max_length=200, description="Id of a source.", examples=["330822J00073"])]


@router.get(
    "/queue",
    summary="My own lists",
    responses={200: {"content": _QUEUE}},
    openapi_extra={"parameters": [parameter("limit", "flags of each list", type="integer", minimum=1, default=_MOST)]},
)
def _queue(request: Request) -> Response:
    """Return what I hold, what waits for a second person, what came back to me, and what I could judge."""
    who = require(request, Action.DECIDE)
    require_known(request, {"f", "lang", "limit"})
    limit = min(whole(request.query_params.get("limit"), "limit", _MOST, least=1), _MOST)
    names = [name for name in LISTS if name != "to_review" or who.may(Action.APPROVE)]
    content: dict[str, Any] = {name: {"total": 0, "flags": []} for name in LISTS}
    with resources(request).reading() as connection:
        seen = flags_worked(connection, who)
        for name in names:
            total, rows = queue_of(
                connection, name, author=who.name, condition=seen.sql, values=seen.values, limit=limit
            )
            if name == "locked":
                rows = [row | {"lock": lock_told(connection, row["flag_id"])} for row in rows]
            content[name] = {"total": total, "flags": rows}
    return json_response(request, content)


@router.get(
    "/flags/next",
    summary="The nearest open flags",
    responses={200: {"content": _NEXT}, 404: {"description": "No such flag or source."}},
    openapi_extra={
        "parameters": [
            {**parameter("near", "lon,lat in degrees: from a place"), "example": "118.51,28.9"},
            parameter("flag", "from the source of a flag, which is left out"),
            parameter("source", "from a source"),
            _LIMIT,
            *FILTER_PARAMETERS,
        ]
    },
)
def _next(request: Request) -> Response:
    """Return open flags that nobody else holds, nearest first by the geodesic, under the filters of items.

    Flags that could not be decided come last, and those of sources without a place after the others.
    """
    who = require(request, Action.EXACT)
    with resources(request).reading() as connection:
        flags = collection(connection, "flags", who)
        names = [field.name for field in properties(connection, flags)]
        wanted = wanted_query(request, names, {*_FROM, "limit", "f", "lang"})
        limit = min(whole(request.query_params.get("limit"), "limit", 1, least=1), _MOST)
        lon, lat = _place(request, connection, who)
        seen = flags_seen(connection, who, wanted)
        left_out = request.query_params.get("flag", "")
        condition = " AND ".join(part for part in (seen.sql, "flag_id <> ?") if part)
        found = nearest_open(
            connection, lon, lat, author=who.name, condition=condition, values=(*seen.values, left_out), limit=limit
        )
        content = {"flags": [_told(connection, near) for near in found]}
    return json_response(request, content)


def _told(connection: Any, near: Near) -> dict[str, Any]:
    flag = flag_row(connection, near.flag_id)
    names = ("flag_id", "source_id", "rule", "severity", "message_zh", "message_en", "review_state", "lon", "lat")
    metres = None if math.isnan(near.metres) else round(near.metres, 3)
    return {**{name: flag[name] for name in names}, "distance_m": metres}


def _place(request: Request, connection: Any, who: Principal) -> tuple[float, float]:
    given = [name for name in _FROM if name in request.query_params]
    if len(given) != 1:
        raise ProblemError(400, "give one of near, flag and source", "请给出 near、flag、source 之一")
    value = request.query_params[given[0]]
    if given[0] == "near":
        return _degrees(value)
    source_id = str(require_flag(connection, value, who)["source_id"] or "") if given[0] == "flag" else value
    if given[0] == "source":
        require_source(connection, value, who)
    row = row_of(connection, source_id)[1] if source_id else {}
    if row.get("lon") is None or row.get("lat") is None:
        raise ProblemError(400, f"{given[0]}: it has no place; give near=lon,lat", f"{given[0]}：没有位置，请改用 near")
    return float(row["lon"]), float(row["lat"])


def _degrees(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        lon = lat = math.nan
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - the globe
        raise ProblemError(400, "near: give lon,lat in degrees", "near：请给出以度为单位的 经度,纬度")
    return lon, lat


@router.get(
    "/sources/{source_id:path}/versions",
    summary="What a source was before",
    responses={200: {"content": _VERSIONS}, 404: {"description": "No such source."}},
)
def _versions(request: Request, source_id: SourceId) -> Response:
    """Return the rows that a source had before each change, oldest first."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        require_source(connection, source_id, who)
        versions = source_history(connection, source_id)
    told = [
        one | {"values": {k: v for k, v in one["values"].items() if k not in {"fid", "position"}}} for one in versions
    ]
    return json_response(request, {"source_id": source_id, "versions": told})
