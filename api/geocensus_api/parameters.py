"""Query texts to values; whatever is wrong with them is a 400 with a reason, never a 500."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from geocensus_api.errors import ProblemError
from geocensus_api.settings import Settings

__all__ = ["CRS84", "ItemsQuery", "items_query", "require_known"]

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_MOST: Final = 10**15
_ITEMS: Final = frozenset({"bbox", "bbox-crs", "crs", "datetime", "f", "lang", "limit", "offset"})
_DATE: Final = r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?"
_DATETIME: Final = re.compile(rf"^({_DATE}|({_DATE}|\.\.|)/({_DATE}|\.\.|))$", re.ASCII)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class ItemsQuery:
    """A page of features: how many, from where, in which box (minx, miny, maxx, maxy; None for all)."""

    limit: int
    offset: int
    bbox: Box | None


def require_known(request: Request, known: Collection[str]) -> None:
    """Refuse parameters that the API does not know (OGC 17-069r4, query-param-unknown).

    Parameters
    ----------
    request
        The request.
    known
        Names that are allowed.

    Raises
    ------
    ProblemError
        400.
    """
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        allowed = ", ".join(sorted(known))
        raise ProblemError(
            400,
            f"unknown parameter {', '.join(unknown)}; known are {allowed}",
            f"未知参数 {'、'.join(unknown)}；可用：{allowed}",
        )
    if request.query_params.get("f", "json") not in {"json", "html"}:
        raise ProblemError(400, "f: only json is offered", "f：仅支持 json")


def items_query(request: Request, settings: Settings) -> ItemsQuery:
    """Read the parameters of a page of features.

    Parameters
    ----------
    request
        The request.
    settings
        Default and maximum of ``limit``.

    Returns
    -------
    ItemsQuery
        ``limit`` clamped to the maximum, as OGC 17-069r4, requirement 22, has it.

    Raises
    ------
    ProblemError
        400.
    """
    require_known(request, _ITEMS)
    query = request.query_params
    for name in ("crs", "bbox-crs"):
        if query.get(name, CRS84) != CRS84:
            raise ProblemError(400, f"{name}: only {CRS84} is offered", f"{name}：仅支持 {CRS84}")
    if not _DATETIME.match(query.get("datetime", "../..")):
        raise ProblemError(
            400, "datetime: give an RFC 3339 time or an interval", "datetime：请给出 RFC 3339 时间或区间"
        )
    limit = min(_whole(query.get("limit"), "limit", settings.limit_default, least=1), settings.limit_max)
    return ItemsQuery(limit, _whole(query.get("offset"), "offset", 0, least=0), _box(query.get("bbox")))


def _whole(text: str | None, name: str, default: int, *, least: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or (not text.lstrip("0") and least):
        raise ProblemError(
            400, f"{name}: give a whole number from {least} on, not {text[:20]!r}", f"{name}：应为不小于 {least} 的整数"
        )
    return min(int(text[:20]), _MOST)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        sides = [float(part) for part in text.split(",")] if text.isascii() else []
    except ValueError:
        sides = []
    if len(sides) not in {4, 6} or not all(map(math.isfinite, sides)):
        raise ProblemError(
            400,
            "bbox: give minx,miny,maxx,maxy in degrees, longitude first",
            "bbox：应为 最小经度,最小纬度,最大经度,最大纬度",
        )
    half = len(sides) // 2
    minx, miny, maxx, maxy = sides[0], sides[1], sides[half], sides[half + 1]
    if minx > maxx or miny > maxy:
        raise ProblemError(400, "bbox: a minimum is larger than its maximum", "bbox：最小值大于最大值")
    return minx, miny, maxx, maxy
