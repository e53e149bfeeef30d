"""Query texts to values; whatever is wrong with them is a 400 with a reason, never a 500."""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from geocensus_api.errors import ProblemError
from geocensus_api.settings import Settings

__all__ = [
    "CRS84",
    "FORMATS",
    "PAGES",
    "SHAPES",
    "ItemsQuery",
    "Wanted",
    "items_query",
    "require_known",
    "wanted_query",
    "whole",
]

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
FORMATS: Final = ("json", "html")
SHAPES: Final = frozenset({"properties", "sortby"})
PAGES: Final = frozenset({"after", "limit", "offset"})
_FILTERS: Final = frozenset({"bbox", "bbox-crs", "crs", "datetime", "f", "filter", "filter-crs", "filter-lang", "lang"})
_CRS: Final = ("crs", "bbox-crs", "filter-crs")
_MOST: Final = 10**15
_DATE: Final = r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?"
_DATETIME: Final = re.compile(rf"^({_DATE}|({_DATE}|\.\.|)/({_DATE}|\.\.|))$", re.ASCII)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Wanted:
    """Which features are wanted, as the query says it: box, CQL2-text, values by property; order and properties."""

    bbox: Box | None
    filter: str
    equal: dict[str, list[str]]
    sortby: tuple[str, ...] = ()
    properties: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ItemsQuery:
    """A page of features: how many, after how many others, after which key ("" where the number counts)."""

    limit: int
    offset: int
    after: str
    wanted: Wanted


def require_known(request: Request, known: Collection[str], formats: Sequence[str] = FORMATS) -> None:
    """Refuse parameters that the API does not know (OGC 17-069r4, query-param-unknown).

    Parameters
    ----------
    request
        The request.
    known
        Names that are allowed.
    formats
        Values that ``f`` may have.

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
    if request.query_params.get("f", formats[0]) not in formats:
        offered = ", ".join(name for name in formats if name != "html")
        raise ProblemError(400, f"f: offered are {offered}", f"f：仅支持 {offered}")


def wanted_query(
    request: Request, names: Collection[str], known: Collection[str] = (), formats: Sequence[str] = FORMATS
) -> Wanted:
    """Read which features are wanted.

    Parameters
    ----------
    request
        The request.
    names
        Properties of the collection: each is a parameter, and may be given several times for any of several values.
    known
        Further parameters that are allowed.
    formats
        Values that ``f`` may have.

    Returns
    -------
    Wanted
        Order and properties only where SHAPES are among the known.

    Raises
    ------
    ProblemError
        400.
    """
    query = request.query_params
    own = _FILTERS | set(known)
    require_known(request, own | set(names), formats)
    for name in _CRS:
        if query.get(name, CRS84) != CRS84:
            raise ProblemError(400, f"{name}: only {CRS84} is offered", f"{name}：仅支持 {CRS84}")
    if query.get("filter-lang", "cql2-text") != "cql2-text":
        raise ProblemError(400, "filter-lang: only cql2-text is offered", "filter-lang：仅支持 cql2-text")
    if not _DATETIME.match(query.get("datetime", "../..")):
        raise ProblemError(
            400, "datetime: give an RFC 3339 time or an interval", "datetime：请给出 RFC 3339 时间或区间"
        )
    if "filter" in query and not query["filter"].strip():
        raise ProblemError(400, "filter: it is empty", "filter：内容为空")
    equal = {name: query.getlist(name) for name in names if name in query and name not in own}
    return Wanted(_box(query.get("bbox")), query.get("filter", ""), equal, *_shaped(request, names, known))


def _shaped(
    request: Request, names: Collection[str], known: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return sort keys and properties, each of them one that the collection has."""
    query = request.query_params
    sortby = _listed(query.get("sortby")) if "sortby" in known else None
    chosen = _listed(query.get("properties")) if "properties" in known else None
    plain = tuple(key.lstrip("+- ") if key[:1] in "+- " else key for key in sortby or ())
    for name, given in (("sortby", plain), ("properties", chosen or ())):
        wrong = [text for text in given if text not in names or given.count(text) > 1]
        if wrong:
            raise ProblemError(
                400,
                f"{name}: {wrong[0][:40]!r} is not a property here, or given twice; see schema",
                f"{name}：{wrong[0][:40]} 不是此处的属性，或重复给出；见 schema",
            )
    return sortby or (), chosen


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part for part in text.split(",") if part)


def items_query(request: Request, settings: Settings, names: Collection[str], formats: Sequence[str]) -> ItemsQuery:
    """Read the parameters of a page of features.

    Parameters
    ----------
    request
        The request.
    settings
        Default and maximum of ``limit``.
    names
        Properties of the collection.
    formats
        Values that ``f`` may have.

    Returns
    -------
    ItemsQuery
        ``limit`` clamped to the maximum, as OGC 17-069r4, requirement 22, has it.

    Raises
    ------
    ProblemError
        400.
    """
    query = request.query_params
    wanted = wanted_query(request, names, PAGES | SHAPES | {"cell"}, formats)
    limit = min(whole(query.get("limit"), "limit", settings.limit_default, least=1), settings.limit_max)
    return ItemsQuery(limit, whole(query.get("offset"), "offset", 0, least=0), query.get("after", ""), wanted)


def whole(text: str | None, name: str, default: int, *, least: int) -> int:
    """Read a whole number.

    Parameters
    ----------
    text
        As the query has it; None where it has not.
    name
        Of the parameter, for the message.
    default
        Without a text.
    least
        0 or 1.

    Returns
    -------
    int
        Clamped to what SQLite can count.

    Raises
    ------
    ProblemError
        400.
    """
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
