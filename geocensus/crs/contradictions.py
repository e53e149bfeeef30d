"""What a list's numbers say against the system it states: metres where degrees are stated, and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Transformer

from geocensus.crs.systems import ListCRS, definition
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

__all__ = ["contradicted", "contradiction", "count_contradictions"]

_USABLE: Final = Text("可用", "usable")  # rows with two numbers, among counts of what rows say
_FEWEST = 3  # usable rows
_METRES_FROM = 10_000.0
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_MILLION = 1e6
_ZONES = (13, 45)
_SLACK = 300_000.0

_IS_METRES = Text(
    "是以米为单位的投影坐标，而声明的是经纬度（{title}）；请声明投影坐标系，如 --crs EPSG:4549",
    "hold metres, but degrees are stated ({title}); state a projected system, such as --crs EPSG:4549",
)
_IS_DEGREES = Text(
    "是经纬度，而声明的是以米为单位的投影坐标（{title}）；请声明经纬度坐标系，如 --crs cgcs2000",
    "hold degrees, but metres are stated ({title}); state a system in degrees, such as --crs cgcs2000",
)
_EXCHANGED = Text(
    "的两个坐标轴颠倒了（声明的坐标系为 {title}）；请用 --column lon=列名 --column lat=列名 互换两列",
    "have their axes exchanged ({title}); exchange the columns with --column lon=NAME --column lat=NAME",
)
_PREFIX = Text(
    "的横坐标带号与声明的坐标系（{title}）不符；带有带号的请声明 EPSG:4513 至 4533，不带带号的请声明 EPSG:4534 至 4554",
    "have a zone prefix that does not fit ({title}); with prefix state one of EPSG:4513-4533, without EPSG:4534-4554",
)

_Sign = tuple["NDArray[np.bool_]", Text]


def contradiction(x: ArrayLike, y: ArrayLike, crs: ListCRS) -> Text | None:
    """Tell how a list's numbers contradict its stated system.

    Most rows must agree: at least three usable ones, and more than half of those. Single rows are left to flags.

    Parameters
    ----------
    x, y : array of float
        The numbers as written (``coordinates.numbers_as_written``), degrees or metres; NaN where there are none.
    crs : ListCRS
        What the list states.

    Returns
    -------
    Text or None
        What is wrong and what to do, for a :class:`CRSMismatchError`; None where nothing speaks against it.

    Examples
    --------
    >>> from geocensus.crs import parse_crs
    >>> contradiction([118.5, 118.6, 118.7], [28.9, 28.9, 28.8], parse_crs("EPSG:4549")).en
    '3 of 3 rows hold degrees, but metres are stated (CGCS2000 / 3-degree Gauss-Kruger CM 120E (EPSG:4549)); state a ...
    """
    return contradicted(count_contradictions(x, y, crs), crs)


def count_contradictions(x: ArrayLike, y: ArrayLike, crs: ListCRS) -> dict[Text, int]:
    """Count the rows that speak against the stated system; counts of all parts of a list add up to the list's.

    Parameters
    ----------
    x, y, crs
        As for :func:`contradiction`, of any rows.

    Returns
    -------
    dict of Text to int
        Rows by what they say; the usable ones under a key of their own.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    usable = np.isfinite(east) & np.isfinite(north)
    east, north = east[usable], north[usable]
    signs = _projected_signs(east, north, crs) if crs.projected else _degree_signs(east, north)
    return {_USABLE: len(east), **{what: int(rows.sum()) for rows, what in signs}}


def contradicted(counts: Mapping[Text, int], crs: ListCRS) -> Text | None:
    """Tell what most rows say against the stated system.

    Parameters
    ----------
    counts : Mapping
        From :func:`count_contradictions`, of all rows.
    crs : ListCRS
        What the list states.

    Returns
    -------
    Text or None
        As for :func:`contradiction`.
    """
    total = counts[_USABLE]
    for what, count in counts.items():
        if what != _USABLE and total >= _FEWEST and count * 2 > total:
            zh = f"{total} 行中有 {count} 行{what.zh.format(title=crs.title.zh)}"
            return Text(zh, f"{count} of {total} rows {what.en.format(title=crs.title.en)}")
    return None


def _degree_signs(east: NDArray[np.float64], north: NDArray[np.float64]) -> list[_Sign]:
    """Return what may speak against degrees."""
    metres = (np.abs(east) >= _METRES_FROM) & (np.abs(north) >= _METRES_FROM)
    return [(metres, _IS_METRES)]  # exchanged degrees are flags: each row says so by itself


def _projected_signs(east: NDArray[np.float64], north: NDArray[np.float64], crs: ListCRS) -> list[_Sign]:
    """Return what may speak against metres of a given system."""
    smaller, larger = np.minimum(np.abs(east), np.abs(north)), np.maximum(np.abs(east), np.abs(north))
    degrees = (larger <= _LON_LIMIT) & (smaller <= _LAT_LIMIT)
    inside, mirrored = _in_use(east, north, crs), _in_use(north, east, crs)
    return [(degrees, _IS_DEGREES), (mirrored & ~inside, _EXCHANGED), *_zone_signs(east, north, crs)]


def _zone_signs(east: NDArray[np.float64], north: NDArray[np.float64], crs: ListCRS) -> list[_Sign]:
    """Return the rows whose zone prefix, or lack of one, is not that of a Gauss-Krüger system."""
    operation = definition(crs.key).coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return []
    wanted = next(float(p.value) for p in operation.params if p.name == "False easting") // _MILLION
    written = np.floor(np.where(np.abs(north) > np.abs(east) * 2, north, east) / _MILLION)
    prefixed = (written >= _ZONES[0]) & (written <= _ZONES[1])
    return [(np.where(prefixed, written, 0) != wanted, _PREFIX)]


def _in_use(east: NDArray[np.float64], north: NDArray[np.float64], crs: ListCRS) -> NDArray[np.bool_]:
    """Tell which points lie in the system's area of use, with 300 km to spare; none where it is not known."""
    system = definition(crs.key)
    if (area := system.area_of_use) is None:
        return np.zeros(len(east), dtype=bool)
    to_plane = Transformer.from_crs(system.geodetic_crs, system, always_xy=True)
    west, south, right, top = to_plane.transform_bounds(area.west, area.south, area.east, area.north)
    inside_x = (east >= west - _SLACK) & (east <= right + _SLACK)
    return inside_x & (north >= south - _SLACK) & (north <= top + _SLACK)
