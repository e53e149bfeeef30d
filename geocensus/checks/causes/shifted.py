"""Points in another reference system: the whole of the text is as intended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.checks.causes.candidates import Candidates
from geocensus.checks.causes.case import to_degrees
from geocensus.coordinates import METRES_PER_DEGREE
from geocensus.crs import parse_crs, to_cgcs2000

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geocensus.checks.causes.case import Case

    Floats = NDArray[np.float64]

__all__ = ["datums", "map_shifts"]

_MAPS: Final = ("gcj02", "bd09")
# Only to weigh, never to repair. Beijing 1954: EPSG:15921, Tarim basin, within 10 to 20 m of EPSG:15918 (Ordos), 47 to
# 71 m in Zhejiang. Xian 1980: no parameters are public; the middle of what the guide for moving maps to CGCS2000 states
# for the country (north -9 to 43 m, east 76 to 119 m).
_BEIJING_54: Final = (15.8, -154.4, -82.3, 0.0, 0.0, 0.0, 0.0)
_XIAN_80_EAST, _XIAN_80_NORTH = 97.5, 17.0
_FARTHEST = 0.03  # degrees; BD-09 moves a point by less than 0.02
_NONE_BELOW = 1e-7  # degrees; a system that does not move the point explains nothing


def map_shifts(case: Case) -> Candidates:
    """Undo GCJ-02 and BD-09.

    In a list that is declared as shifted, and so undone already, these causes say which other one it was: the one it
    was declared as stands for points that were never shifted.

    Parameters
    ----------
    case : Case
        Rows; those of projected lists have none.

    Returns
    -------
    Candidates
        At most two per row.
    """
    if case.written.system.projected:
        return Candidates.concat([])
    rows = _within_reach(case)
    x, y = case.written.x.value[rows], case.written.y.value[rows]
    parts = []
    for cause in _MAPS:
        if cause == case.written.system.key:
            lon, lat = x, y
        else:
            lon, lat = to_degrees(x, y, parse_crs(cause))
        parts.append(_moved(case, cause, rows, (lon, lat)))
    return Candidates.concat(parts)


def datums(case: Case, parameters: Sequence[float] | None = None) -> Candidates:
    """Move points from Beijing 1954 and Xian 1980 to CGCS2000.

    Parameters
    ----------
    case : Case
        Rows.
    parameters : sequence of seven numbers, optional
        As of :func:`geocensus.crs.parse_crs`; without them by the usual displacement, which serves to weigh the cause
        and is no conversion.

    Returns
    -------
    Candidates
        At most two per row.
    """
    rows = _within_reach(case)
    lon, lat = case.written.lon[rows], case.written.lat[rows]
    beijing = to_cgcs2000(lon, lat, parse_crs("beijing54", parameters=parameters or _BEIJING_54))
    if parameters:
        xian = to_cgcs2000(lon, lat, parse_crs("xian80", parameters=parameters))
    else:
        east = _XIAN_80_EAST / (METRES_PER_DEGREE * case.cosine[rows])
        xian = lon + east, lat + _XIAN_80_NORTH / METRES_PER_DEGREE
    return Candidates.concat([_moved(case, "datum_54", rows, beijing), _moved(case, "datum_80", rows, xian)])


def _within_reach(case: Case) -> NDArray[np.int64]:
    """Return the rows that a shift may bring into their box."""
    lon, lat = case.written.lon, case.written.lat
    west, south, east, north = (case.near + np.array([-1, -1, 1, 1]) * _FARTHEST).T
    return np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _moved(case: Case, cause: str, rows: NDArray[Any], points: tuple[Floats, Floats]) -> Candidates:
    """Hand out the points that differ from those stated."""
    lon, lat = points
    far = np.abs(lon - case.written.lon[rows]) + np.abs(lat - case.written.lat[rows]) > _NONE_BELOW
    kept = np.flatnonzero(far)
    return case.from_degrees(cause, rows[kept], (lon[kept], lat[kept]), case.log_stated[rows[kept]])
