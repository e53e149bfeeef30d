"""Points as clients send them, and the areas they lie in."""

import math
from collections.abc import Callable
from typing import Any, Final

import pandas as pd

from geocensus.basemap import Basemap
from geocensus.coordinates import parse_points
from geocensus.locating import locate_levels, signed_distance
from geocensus.names import CLAIMED_CODE, COORDINATE_PROBLEM, LAT, LAT_FORMAT, LON, LON_FORMAT
from geocensus_api.errors import ProblemError

__all__ = ["POINTS", "Point", "claims_of", "distances", "located", "points_of"]

Point = tuple[str | None, str | None, str | None]

_PAIR: Final = 2
_POINT: Final = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2, "description": "[lon, lat]"},
        {"type": "string", "description": "both in one text, such as 118°31′12″E 28°54′00″N"},
        {
            "type": "object",
            "properties": {
                "lon": {"type": ["number", "string"]},
                "lat": {"type": ["number", "string"]},
                "claimed_code": {"type": "string"},
            },
        },
    ]
}
POINTS: Final = {"type": "array", "items": _POINT}


def points_of(listed: list[Any], most: int) -> list[Point]:
    """Return points as texts: lon, lat, and one that holds both.

    Parameters
    ----------
    listed
        Pairs of numbers, texts, or objects with lon and lat.
    most
        How many there may be.

    Returns
    -------
    list
        In the order given.

    Raises
    ------
    ProblemError
        400 for a point that is none, 413 for too many.

    Examples
    --------
    >>> points_of([[118.5, 28.9], "118.5,28.9"], 10)
    [('118.5', '28.9', None), (None, None, '118.5,28.9')]
    """
    if len(listed) > most:
        raise ProblemError(
            413, f"{len(listed)} points; at most {most} at a time", f"共 {len(listed)} 个点，每次最多 {most} 个"
        )
    return [_texts(entry, number) for number, entry in enumerate(listed)]


def _texts(entry: Any, number: int) -> Point:
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


def claims_of(listed: list[Any], of_all: Any) -> list[str]:
    """Return the area that each point is claimed for.

    Parameters
    ----------
    listed
        Points as clients send them; an object may have a claimed_code of its own.
    of_all
        Code for all others; None for none.

    Returns
    -------
    list of str
        Codes; "" where nothing is claimed.

    Raises
    ------
    ProblemError
        400 for a code that is no text.

    Examples
    --------
    >>> claims_of([[118.5, 28.9], {"lon": 118.5, "lat": 28.9, "claimed_code": "330822115"}], "330822001")
    ['330822001', '330822115']
    """
    claims = [(entry.get(CLAIMED_CODE) if isinstance(entry, dict) else None) or of_all or "" for entry in listed]
    if not all(isinstance(code, str) for code in claims):
        raise ProblemError(400, "claimed_code: give the code of an area as a text", "claimed_code：应为区划代码文本")
    return claims


def distances(
    basemap: Basemap, results: list[dict[str, Any]], claims: list[str], seen: Callable[[str], bool] | None = None
) -> list[float | None]:
    """Return how far points lie from the areas that they are claimed for.

    Parameters
    ----------
    basemap
        The areas.
    results
        From :func:`located`.
    claims
        From :func:`claims_of`.
    seen
        As for :func:`located`.

    Returns
    -------
    list
        Metres to the border, negative inside; None without a place, or without an area that may be told.
    """
    told: list[float | None] = [None] * len(results)
    for level in basemap.levels:
        areas = basemap.areas(level)
        known = {code for code in areas["code"] if seen is None or seen(code)}
        rows = [row for row, code in enumerate(claims) if code in known and results[row][LON] is not None]
        if not rows:
            continue
        lon, lat = ([results[row][axis] for row in rows] for axis in (LON, LAT))
        metres = signed_distance(lon, lat, [claims[row] for row in rows], areas)
        for row, value in zip(rows, metres.tolist(), strict=True):
            told[row] = round(value, 1)
    return told


def located(basemap: Basemap, points: list[Point], seen: Callable[[str], bool] | None = None) -> list[dict[str, Any]]:
    """Return the areas of points.

    Parameters
    ----------
    basemap
        The areas.
    points
        From :func:`points_of`; degrees are taken as CGCS2000.
    seen
        Tells of a code whether it may be told; None for all. Others are answered as no area.

    Returns
    -------
    list
        One dict per point, JSON throughout: lon, lat, formats, problem, codes and names by level, on_border.
    """
    table = pd.DataFrame(points, columns=[LON, LAT, "coordinate"], dtype="str")
    parsed = parse_points({name: table[name] for name in table.columns})
    usable = parsed[COORDINATE_PROBLEM] == ""
    places = pd.DataFrame({LON: parsed["lon_parsed"].where(usable), LAT: parsed["lat_parsed"].where(usable)})
    found = locate_levels(places, basemap.layers, nested=basemap.info.nested)
    levels = {level: [_told(code, seen) for code in found[f"code_{level}"].tolist()] for level in basemap.levels}
    finest = [any(codes[number] is not None for codes in levels.values()) for number in range(len(points))]
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
    return [
        {
            LON: _plain(lon),
            LAT: _plain(lat),
            LON_FORMAT: _plain(lon_format),
            LAT_FORMAT: _plain(lat_format),
            "problem": problem or None,
            "codes": {level: codes[number] for level, codes in levels.items()},
            "names": {level: names[level].get(codes[number]) for level, codes in levels.items()},
            "on_border": bool(border) and finest[number],
        }
        for number, (lon, lat, lon_format, lat_format, problem, border) in enumerate(rows)
    ]


def _told(code: Any, seen: Callable[[str], bool] | None) -> str | None:
    if not isinstance(code, str):
        return None
    return code if seen is None or seen(code) else None


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
