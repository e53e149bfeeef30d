"""Points from whatever columns a list has: the parser that reading uses."""

from __future__ import annotations

from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geocensus import names
from geocensus.coordinates.angles import parse_metres, parse_texts
from geocensus.coordinates.damage import count_signs, damage_signs, float_damage
from geocensus.coordinates.pairs import Cells, parse_pair_texts
from geocensus.coordinates.parts import joined_text, parse_part_texts
from geocensus.coordinates.results import (
    FORMAT_NAMES,
    METRES_PER_DEGREE,
    MINUTE_SECOND_RANGE,
    MISSING,
    OK,
    OUT_OF_RANGE,
    PROBLEMS,
    UNPARSABLE,
    ZERO,
    Angles,
    words,
)
from geocensus.coordinates.texts import cells_to_text, index_of
from geocensus.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["ROLES", "numbers_as_written", "parse_points", "parse_rows"]

_AXES = ("lon", "lat")
_LON_PARTS = ("lon_deg", "lon_min", "lon_sec")
_LAT_PARTS = ("lat_deg", "lat_min", "lat_sec")
ROLES: Final = (*_AXES, *_LON_PARTS, *_LAT_PARTS, "coordinate")
_NEEDED = (_AXES, ("lon_deg", "lat_deg"), ("coordinate",))

_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0


def parse_points(columns: Mapping[str, Sequence[Any] | pd.Series], *, projected: bool = False) -> pd.DataFrame:
    """Read the coordinates of a list from its columns, by role.

    A list may have several sets of columns: lon and lat; lon_deg ... lat_sec; coordinate (both in one cell). Each row
    takes the first set, in this order, in which neither axis is missing, else the first in which anything is written.

    Parameters
    ----------
    columns : mapping of role to sequence or Series
        Roles as in ``ROLES``, all of one length. Numbers are read as the shortest text that gives them.
    projected : bool
        The list is in metres (lon is the easting): only plain decimals are read, and zeros and ranges are left to the
        caller, after transformation.

    Returns
    -------
    DataFrame
        One row per row, with the index of the first Series: lon_text, lat_text (as written, parts joined by one space,
        halves of one cell as understood, NaN where empty), lon_parsed, lat_parsed (degrees or metres as written, before
        any range test; NaN where not read or where a minute or second is 60 or more), lon_format, lat_format,
        resolution_m (half a step of the last written digit, the coarser axis), coordinate_problem (the first that holds
        of missing, unparsable, minute_second_range, zero, out_of_range; else "") and float_damage (12 decimals or more
        that differ from 8 decimals by no more than binary rounding, as 118.52300000000001; never in a column whose
        long numbers are mostly full doubles, as a GIS exports them).

    Raises
    ------
    SchemaError
        When a role is unknown, an axis has no column, no set is complete, or columns differ in length.

    Examples
    --------
    >>> points = parse_points({"lon": ["118.523", "28.9", "无"], "lat": ["28°54′00″", "118.5", "28.9"]})
    >>> points[["lon_parsed", "lat_parsed", "resolution_m", "coordinate_problem"]].round(1)
       lon_parsed  lat_parsed  resolution_m coordinate_problem
    0       118.5        28.9          55.7
    1        28.9       118.5        5566.0       out_of_range
    2         NaN        28.9           NaN            missing
    """
    points = parse_rows(columns, projected=projected)
    signs = points[names.FLOAT_DAMAGE]
    return points.assign(**{names.FLOAT_DAMAGE: float_damage(signs, count_signs(signs))})


def parse_rows(columns: Mapping[str, Sequence[Any] | pd.Series], *, projected: bool = False) -> pd.DataFrame:
    """Read the coordinates of some rows of a list, each row by itself.

    Parameters
    ----------
    columns, projected
        As for :func:`parse_points`.

    Returns
    -------
    DataFrame
        As :func:`parse_points` returns it, but with the signs of :mod:`geocensus.coordinates.damage` as float_damage,
        which only the whole list decides.

    Raises
    ------
    SchemaError
        As for :func:`parse_points`.

    Examples
    --------
    >>> parse_rows({"lon": ["118.52300000000001"], "lat": ["28.9"]})["float_damage"].item()
    3
    """
    _check_roles(columns)
    texts = {role: cells_to_text(cells) for role, cells in columns.items()}
    if len({len(text) for text in texts.values()}) > 1:
        raise SchemaError(
            f"coordinate columns differ in length ({', '.join(texts)}); give columns of one table",
            f"坐标列的行数不一致（{'、'.join(texts)}），请使用同一张表中的列",
        )
    read = _metre_sets if projected else _degree_sets
    cells = reduce(_fill, [one() for one in read(texts)])
    index = next((found for found in map(index_of, columns.values()) if found is not None), None)
    return _frame(cells, index, projected=projected)


def numbers_as_written(points: pd.DataFrame, *, projected: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each row's numbers in the unit they are written in, to hold against the stated reference system.

    Metres in a list that is read as degrees look like ``dddmmss``, and degrees in a list that is read as metres are not
    read at all: such rows are read the other way.

    Parameters
    ----------
    points : DataFrame
        As :func:`parse_points` returns it.
    projected : bool
        How the points were read.

    Returns
    -------
    x, y : arrays of float
        Degrees or metres, whichever is written; NaN where a row has no such pair of numbers.

    Examples
    --------
    >>> points = parse_points({"lon": ["458123.5"], "lat": ["3191234.5"]})
    >>> x, y = numbers_as_written(points, projected=False)
    >>> float(x[0]), float(y[0])
    (458123.5, 3191234.5)
    """
    lon, lat = (points[name].to_numpy(dtype=np.float64) for name in (names.LON_PARSED, names.LAT_PARSED))
    if projected:
        unread = np.isnan(lon) | np.isnan(lat)
    else:
        widest, narrowest = np.fmax(np.abs(lon), np.abs(lat)), np.fmin(np.abs(lon), np.abs(lat))
        unread = ~((widest <= _LON_LIMIT) & (narrowest <= _LAT_LIMIT)) | np.isnan(lon) | np.isnan(lat)
    rows = np.flatnonzero(unread)
    texts = (cells_to_text(points[name].iloc[rows]) for name in (names.LON_TEXT, names.LAT_TEXT))
    x, y = ((parse_texts(text, axis=None) if projected else parse_metres(text)).value for text in texts)
    both = np.isfinite(x) & np.isfinite(y)
    lon, lat = lon.copy(), lat.copy()
    lon[rows[both]], lat[rows[both]] = x[both], y[both]
    return lon, lat


def _check_roles(columns: Mapping[str, Any]) -> None:
    """Refuse unknown roles, an axis without its partner, and lists without coordinates."""
    unknown = [role for role in columns if role not in ROLES]
    if unknown:
        raise SchemaError(
            f"unknown coordinate roles: {', '.join(unknown)}; known are {', '.join(ROLES)}",
            f"未知的坐标列角色：{'、'.join(unknown)}；可用的有：{'、'.join(ROLES)}",
        )
    for pair in _NEEDED[:2]:
        given = [role for role in pair if role in columns]
        if len(given) == 1:
            absent = next(role for role in pair if role not in columns)
            raise SchemaError(
                f"there is a column for {given[0]} but none for {absent}; name it with --column {absent}=NAME",
                f"有 {given[0]} 列，但没有 {absent} 列；请用 --column {absent}=列名 指定",
            )
    if not any(all(role in columns for role in needed) for needed in _NEEDED):
        raise SchemaError(
            "no coordinate columns; name them with --column lon=NAME --column lat=NAME (or lon_deg ..., or coordinate)",
            "没有找到坐标列；请用 --column lon=列名 --column lat=列名 指定（也可用 lon_deg 等度分秒列或 coordinate）",
        )


def _degree_sets(texts: Mapping[str, Any]) -> list[Callable[[], Cells]]:
    """Return the ways to read the sets of columns that are there, in order."""
    sets: list[Callable[[], Cells]] = []
    if "lon" in texts:
        lon, lat = texts["lon"], texts["lat"]
        sets.append(lambda: Cells(parse_texts(lon, axis="lon"), parse_texts(lat, axis="lat"), lon, lat))
    if "lon_deg" in texts:
        of_lon, of_lat = ([texts.get(role) for role in parts] for parts in (_LON_PARTS, _LAT_PARTS))
        sets.append(
            lambda: Cells(
                parse_part_texts(of_lon, axis="lon"),
                parse_part_texts(of_lat, axis="lat"),
                joined_text(of_lon),
                joined_text(of_lat),
            )
        )
    if "coordinate" in texts:
        sets.append(lambda: parse_pair_texts(texts["coordinate"], projected=False))
    return sets


def _metre_sets(texts: Mapping[str, Any]) -> list[Callable[[], Cells]]:
    """Return the same for metres; parts are joined, so that all but a lone number is unparsable."""
    sets: list[Callable[[], Cells]] = []
    pairs: list[tuple[Any, Any]] = []
    if "lon" in texts:
        pairs.append((texts["lon"], texts["lat"]))
    if "lon_deg" in texts:
        of_lon, of_lat = ([texts.get(role) for role in parts] for parts in (_LON_PARTS, _LAT_PARTS))
        pairs.append((joined_text(of_lon), joined_text(of_lat)))
    sets.extend(partial(_metre_cells, x, y) for x, y in pairs)
    if "coordinate" in texts:
        sets.append(lambda: parse_pair_texts(texts["coordinate"], projected=True))
    return sets


def _metre_cells(x: Any, y: Any) -> Cells:
    return Cells(parse_metres(x), parse_metres(y), x, y)


def _fill(first: Cells, second: Cells) -> Cells:
    """Take rows from the second set where the first lacks an axis and the second lacks less."""
    lacks = [(c.lon.problem == MISSING).astype(int) + (c.lat.problem == MISSING) for c in (first, second)]
    better = ((lacks[0] > 0) & (lacks[1] == 0)) | ((lacks[0] == len(_AXES)) & (lacks[1] < len(_AXES)))
    first.lon.put(better, second.lon.take(better))
    first.lat.put(better, second.lat.take(better))
    mask = pa.array(better)
    return Cells(
        first.lon,
        first.lat,
        pc.if_else(mask, second.lon_text, first.lon_text),
        pc.if_else(mask, second.lat_text, first.lat_text),
    )


def _frame(cells: Cells, index: pd.Index | None, *, projected: bool) -> pd.DataFrame:
    """Return the columns of :func:`parse_points`."""
    lon, lat = cells.lon, cells.lat
    metres = 1.0 if projected else METRES_PER_DEGREE
    columns = {
        names.LON_TEXT: pd.array(cells.lon_text, dtype="str"),
        names.LAT_TEXT: pd.array(cells.lat_text, dtype="str"),
        names.LON_PARSED: lon.value,
        names.LAT_PARSED: lat.value,
        names.LON_FORMAT: words(lon.format, FORMAT_NAMES),
        names.LAT_FORMAT: words(lat.format, FORMAT_NAMES),
        names.RESOLUTION_M: np.maximum(lon.resolution, lat.resolution) * metres,
        names.COORDINATE_PROBLEM: words(_problems(lon, lat, projected=projected), PROBLEMS),
        names.FLOAT_DAMAGE: damage_signs((lon, cells.lon_text), (lat, cells.lat_text)),
    }
    return pd.DataFrame(columns, index=index)


class _Tests(NamedTuple):
    """A problem and the rows that have it."""

    problem: int
    rows: NDArray[np.bool_]


def _problems(lon: Angles, lat: Angles, *, projected: bool) -> NDArray[np.int16]:
    """Return the first problem of each row."""
    tests = [
        _Tests(problem, (lon.problem == problem) | (lat.problem == problem))
        for problem in (MISSING, UNPARSABLE, MINUTE_SECOND_RANGE)
    ]
    if not projected:
        tests.append(_Tests(ZERO, (lon.value == 0) | (lat.value == 0)))
        tests.append(_Tests(OUT_OF_RANGE, (np.abs(lon.value) > _LON_LIMIT) | (np.abs(lat.value) > _LAT_LIMIT)))
    return np.select([test.rows for test in tests], [test.problem for test in tests], OK).astype(np.int16)
