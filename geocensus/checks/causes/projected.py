"""Gauss-Krüger metres in columns of degrees, or of another zone than the list's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.checks.causes.candidates import Candidates
from geocensus.checks.causes.cells import log_cell
from geocensus.checks.causes.plain import plain_numbers
from geocensus.checks.causes.written import Style
from geocensus.crs import to_cgcs2000

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.causes.case import Case

    Floats = NDArray[np.float64]

__all__ = ["projected"]

_MERIDIANS: Final = range(75, 136, 3)  # central meridians of the 3° zones; those of the 6° zones are among them
_FIRST_CODE: Final = 4534  # CGCS2000 by central meridian, without zone prefix
_MILLION = 1e6
_EAST, _NORTH = (1e5, 9e5), (0.0, 6.1e6)
_THREE, _SIX = 3, 6
_ZONES: Final = {3: (25, 45), 6: (13, 23)}  # numbers of zones 3° and 6° wide
_LOG_HALF = np.log(0.5)  # easting in the column of the longitude, or of the latitude
# Zones of 3° are used more often than those of 6°, the zone's number stands before the easting as often as not, and a
# farther meridian is used at times.
_SHARES: Final = {3: 0.36, 6: 0.1}
_SHARE_NEIGHBOUR = 0.008
_REACH = 4.0  # degrees from the meridian, where eastings end
_SAME = 1e-6  # degrees: what the list's own system says is no other reading
_SMALLEST = 1e5


def projected(case: Case) -> Candidates:
    """Read plain numbers as Gauss-Krüger coordinates of CGCS2000, axes either way, with a zone's number or without.

    Parameters
    ----------
    case : Case
        Rows.

    Returns
    -------
    Candidates
        Those inside the boxes.
    """
    x, y = plain_numbers(case.written.x), plain_numbers(case.written.y)
    rows = np.flatnonzero((x.value > _SMALLEST) & (y.value > _SMALLEST))
    if not len(rows):
        return Candidates.concat([])
    steps = 10.0 ** -x.fraction[rows], 10.0 ** -y.fraction[rows]
    area = log_cell(steps, (Style.METRES, Style.METRES), 1.0) + _LOG_HALF
    both = (x.value[rows], y.value[rows])
    parts = []
    for east, north in (both, both[::-1]):
        parts += _prefixed(case, rows, (east, north), area) + _bare(case, rows, (east, north), area)
    return _others(case, Candidates.concat(parts))


def _prefixed(case: Case, rows: NDArray[Any], en: tuple[Floats, Floats], area: Floats) -> list[Candidates]:
    """Read eastings that begin with the number of their zone."""
    zone = np.floor(en[0] / _MILLION)
    found = []
    for width, (first, last) in _ZONES.items():
        for number in np.unique(zone[(zone >= first) & (zone <= last)]):
            which = np.flatnonzero(zone == number)
            meridian = int(number) * width - (_THREE if width == _SIX else 0)
            metres = en[0][which] - number * _MILLION, en[1][which]
            found.append(_placed(case, rows[which], metres, meridian, area[which], (width,)))
    return found


def _bare(case: Case, rows: NDArray[Any], en: tuple[Floats, Floats], area: Floats) -> list[Candidates]:
    """Read eastings without zone, by each central meridian near the box."""
    west, east = case.near[rows, 0], case.near[rows, 2]
    legal = (en[0] > _EAST[0]) & (en[0] < _EAST[1])
    found = []
    for meridian in _MERIDIANS:
        which = np.flatnonzero(legal & (west - meridian < _REACH) & (meridian - east < _REACH))
        if len(which):
            metres = en[0][which], en[1][which]
            found.append(_placed(case, rows[which], metres, meridian, area[which], tuple(_ZONES)))
    return found


def _placed(
    case: Case,
    rows: NDArray[Any],
    en: tuple[Floats, Floats],
    meridian: int,
    area: Floats,
    widths: tuple[int, ...],
) -> Candidates:
    """Turn metres about one meridian, of zones of these widths, into degrees."""
    east, north = en
    legal = (east > _EAST[0]) & (east < _EAST[1]) & (north > _NORTH[0]) & (north < _NORTH[1])
    kept = np.flatnonzero(legal)
    key = f"EPSG:{_FIRST_CODE + (meridian - _MERIDIANS[0]) // _THREE}"
    lon, lat = to_cgcs2000(east[kept], north[kept], key)
    return case.from_degrees("projected", rows[kept], (lon, lat), area[kept] + _log_zone(lon, meridian, widths))


def _log_zone(lon: Floats, meridian: int, widths: tuple[int, ...]) -> Floats:
    """Tell how likely a place is to be given from this meridian: where two zones meet, a county may use either."""
    apart = np.abs(lon - meridian)
    total = np.full(len(lon), _SHARE_NEIGHBOUR)
    for width in widths:
        if width == _THREE or meridian % _SIX == _THREE:
            half, edge = width / 2, width / 6
            total += _SHARES[width] * ((apart < half - edge).astype(np.float64) + (apart < half + edge)) / 2
    return np.log(total)


def _others(case: Case, found: Candidates) -> Candidates:
    """Leave out what a projected list says anyway."""
    if not case.written.system.projected:
        return found
    lon, lat = case.written.lon[found.row], case.written.lat[found.row]
    same = (np.abs(lon - found.lon) < _SAME) & (np.abs(lat - found.lat) < _SAME)
    return found.take(np.flatnonzero(~same))
