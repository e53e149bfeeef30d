"""Nearest border points, searched in space rather than in degrees.

Borders are straight in degrees; points and borders are put on the ellipsoid in earth-centred metres. A straight
line through space to a border piece of at most some kilometres differs from the geodesic by far less than a metre
and orders the pieces rightly at any distance and latitude, so there is no plane to leave and no zone to choose.
Pieces are grouped by eights into balls, balls into larger balls, area by area; a search opens only the balls that
can hold the nearest point, for all points of a chunk at once.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geocensus.locating._geodesic import metres_along, to_space
from geocensus.locating._tables import Floats

__all__ = ["FAN", "Borders", "Measured", "Nearest", "Search", "nearest_pieces", "search_by_level"]

Integers = NDArray[np.int64]

FAN = 8  # children of a ball, at most
_POINTS = 1 << 14  # points of a chunk
_PAIRS = 1 << 21  # pairs of point and ball or piece at a time, at most (unless one point alone has more)


class Borders(NamedTuple):
    """Borders of areas as pieces with balls around them; piece i runs from vertex i to vertex i + 1."""

    vertices: Floats  # (n, 2), degrees
    space: Floats  # (n, 3), the same in metres
    balls: NDArray[np.float32]  # (m, 4), metres: centre and radius, level after level, fine to coarse
    children: NDArray[np.int32]  # (m, 2), of each ball the first and one past the last; of pieces the complements
    root: NDArray[np.int32]  # ball of each area at the coarsest level, -1 without border


class Nearest(NamedTuple):
    """Nearest border points; NaN where there is none, or none within the limit."""

    lon: Floats
    lat: Floats


class Measured(NamedTuple):
    """Nearest border points, and how far they are along the ellipsoid."""

    lon: Floats
    lat: Floats
    metres: Floats


Search = Callable[[Borders, Floats, Integers, Floats], Nearest]


def nearest_pieces(
    borders: Borders, lon: Floats, lat: Floats, area: Integers, limit: Floats, search: Search
) -> Measured:
    """Return the nearest point on the border of each point's own area.

    Parameters
    ----------
    borders : Borders
        Of the areas.
    lon : ndarray of float64, shape (n,)
        Degrees.
    lat : ndarray of float64, shape (n,)
        Degrees.
    area : ndarray of int64, shape (n,)
        Row of the area of each point, -1 for none; best in order, so that pieces stay in the processor's cache.
    limit : ndarray of float64, shape (n,)
        Metres; borders further away need not be found. Infinite for no limit.
    search : callable
        :func:`search_by_level` or its compiled sister, which finds the same.

    Returns
    -------
    Measured
        NaN where coordinates, area or border are missing or the border is beyond the limit.
    """
    nearest = Measured(*(np.full(len(lon), np.nan) for _ in Measured._fields))
    root = np.append(borders.root, -1)[area]
    usable = np.flatnonzero((root >= 0) & np.isfinite(lon) & (np.abs(lat) <= 90))  # noqa: PLR2004 - degrees
    for begin in range(0, len(usable), _POINTS):
        part = usable[begin : begin + _POINTS]
        points = to_space(lon[part], lat[part])
        found = search(borders, points, root[part], limit[part])
        nearest.lon[part], nearest.lat[part] = found
        hit = np.flatnonzero(np.isfinite(found.lon))
        nearest.metres[part[hit]] = metres_along(points[hit], to_space(found.lon[hit], found.lat[hit]))
    return nearest


def search_by_level(borders: Borders, points: Floats, root: Integers, limit: Floats) -> Nearest:
    """Open balls level by level, for all points at once; a stack of halves keeps the number of pairs within bounds.

    Parameters
    ----------
    borders : Borders
        Of the areas.
    points : ndarray of float64, shape (n, 3)
        In space.
    root : ndarray of int64, shape (n,)
        Ball of the area of each point at the coarsest level.
    limit : ndarray of float64, shape (n,)
        Metres.

    Returns
    -------
    Nearest
        Of several pieces equally near the first counts.
    """
    found = Nearest(np.full(len(points), np.nan), np.full(len(points), np.nan))
    stack = [(np.arange(len(points), dtype=np.int64), root)]
    while stack:
        point, ball = stack.pop()
        first, last = borders.children[ball].T.astype(np.int64)
        leaves = first[0] < 0  # all of one level
        count = np.abs(last - first)
        if count.sum() > _PAIRS and point[0] != point[-1]:
            middle = np.searchsorted(point, (point[0] + point[-1]) // 2, side="right")
            stack += [(point[middle:], ball[middle:]), (point[:middle], ball[:middle])]
            continue
        point, child = _open(point, ~first if leaves else first, count)
        if leaves:
            _finish(borders, points, limit, (point, child), found)
            continue
        keep = _may_be_nearest(points, limit, borders.balls, point, child)
        if keep.any():
            stack.append((point[keep], child[keep]))
    return found


def _open(point: Integers, first: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of point and child that the pairs of point and ball open into."""
    offset = np.cumsum(count) - count
    child = np.arange(count.sum(), dtype=np.int64) + np.repeat(first - offset, count)
    return np.repeat(point, count), child


def _may_be_nearest(
    points: Floats, limit: Floats, balls: NDArray[np.float32], point: Integers, ball: Integers
) -> NDArray[np.bool_]:
    """Keep a ball unless another one (or the limit) is nearer on its far side than this one on its near side."""
    distance = np.sqrt(_length2(points[point] - balls[ball, :3]))
    radius = balls[ball, 3]
    begin = np.flatnonzero(np.append(True, point[1:] != point[:-1]))
    bound = np.minimum(np.minimum.reduceat(distance + radius, begin), limit[point[begin]] + 1.0)
    kept: NDArray[np.bool_] = distance - radius <= np.repeat(bound, np.diff(np.append(begin, len(point)))) + 1e-6
    return kept


def _finish(borders: Borders, points: Floats, limit: Floats, pairs: tuple[Integers, Integers], found: Nearest) -> None:
    """Measure the pieces that are left and write down the nearest point of each point."""
    point, piece = pairs
    along = borders.space[piece + 1] - borders.space[piece]
    there = points[point] - borders.space[piece]
    length2 = _length2(along)
    share = np.clip(_dot(along, there) / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
    distance2 = _length2(there - share[:, None] * along)
    begin = np.flatnonzero(np.append(True, point[1:] != point[:-1]))
    least = np.minimum.reduceat(distance2, begin)
    ties = np.flatnonzero(distance2 == np.repeat(least, np.diff(np.append(begin, len(point)))))
    best = ties[np.append(True, point[ties][1:] != point[ties][:-1])]  # the first of equals
    best = best[distance2[best] <= (limit[point[best]] + 1.0) ** 2]
    near = borders.vertices[piece[best]]
    foot = near + share[best, None] * (borders.vertices[piece[best] + 1] - near)
    found.lon[point[best]], found.lat[point[best]] = foot.T


def _dot(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]


def _length2(a: Floats) -> Floats:
    return _dot(a, a)
