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
import shapely
from numpy.typing import NDArray

from geocensus.locating._geodesic import metres_along, to_space
from geocensus.locating._tables import Floats, Objects

__all__ = ["Borders", "Measured", "Nearest", "Search", "build_borders", "nearest_pieces", "search_by_level"]

Integers = NDArray[np.int64]

_A = 6_378_137.0  # metres: half axis of the ellipsoid
_FAN = 8  # children of a ball
_SAGITTA = 0.05  # metres that a piece may bulge out of its straight line in space
_POINTS = 1 << 14  # points of a chunk
_PAIRS = 1 << 21  # pairs of point and ball or piece at a time, at most (unless one point alone has more)


class Balls(NamedTuple):
    """Balls around border pieces, one level; children stand in a row at the level below."""

    centre: Floats  # (n, 3), metres
    radius: Floats
    first: Integers  # (n + 1): children first[i] to first[i + 1]


class Borders(NamedTuple):
    """Borders of areas as pieces with balls around them; the coarsest level has one ball per area with a border."""

    vertices: Floats  # (n, 2), degrees
    space: Floats  # (n, 3), metres
    start: Integers  # piece i runs from vertex start[i] to start[i] + 1
    levels: tuple[Balls, ...]  # fine to coarse
    root: Integers  # ball of each area at the coarsest level, -1 without border


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


def build_borders(geometries: Objects) -> Borders:
    """Return the borders of polygons, holes and parts included.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons in degrees; None and empty have no border.

    Returns
    -------
    Borders
        Ready for :func:`nearest_pieces`.
    """
    polygons, area_of_polygon = shapely.get_parts(geometries, return_index=True)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    vertices, ring = _split(*shapely.get_coordinates(rings, return_index=True))
    start = np.flatnonzero(ring[1:] == ring[:-1]).astype(np.int64)
    area = area_of_polygon[polygon_of_ring[ring[start]]]
    space = to_space(vertices[:, 0], vertices[:, 1])
    levels, owner = _pyramid(space, start, area)
    root = np.full(len(geometries), -1, dtype=np.int64)
    root[owner] = np.arange(len(owner))
    return Borders(vertices, space, start, levels, root)


def _split(vertices: Floats, ring: Integers) -> tuple[Floats, Integers]:
    """Add vertices to long edges until each piece is as good as straight in space."""
    step = np.diff(vertices, axis=0, append=vertices[-1:])
    step[:-1][ring[1:] != ring[:-1]] = 0.0
    phi = np.radians(np.clip(vertices[:, 1], -89.0, 89.0))
    length = _A * np.radians(np.hypot(step[:, 0] * np.cos(phi), step[:, 1]))
    # A straight line in degrees leaves the great circle by about length**2 tan(latitude) / 8 R at most, and the
    # circle rises over its chord by length**2 / 8 R.
    longest = np.sqrt(8 * _A * _SAGITTA / np.maximum(1.0, np.abs(np.tan(phi))))
    pieces = np.maximum(1, np.ceil(length / longest)).astype(np.int64)
    old = np.repeat(np.arange(len(vertices)), pieces)
    share = (np.arange(len(old)) - (np.cumsum(pieces) - pieces)[old]) / pieces[old]
    return vertices[old] + share[:, None] * step[old], ring[old]


def _pyramid(space: Floats, start: Integers, area: Integers) -> tuple[tuple[Balls, ...], Integers]:
    """Group pieces, area by area, until each area has one ball; return the levels and the area of each last ball."""
    levels = []
    piece = np.arange(len(start), dtype=np.int64)  # first piece of each member of the level below
    while True:
        begin = _group_starts(area)
        first = np.append(begin, len(area)).astype(np.int64)
        piece, area = piece[begin], area[begin]
        levels.append(Balls(*_around(space, start, piece), first))
        if (area[1:] != area[:-1]).all():
            return tuple(levels), area


def _group_starts(area: Integers) -> Integers:
    """Return where groups of at most eight members of one area begin; areas stand together."""
    change = np.flatnonzero(np.append(True, area[1:] != area[:-1])) if len(area) else np.empty(0, np.int64)
    within = np.arange(len(area)) - np.repeat(change, np.diff(np.append(change, len(area))))
    return np.flatnonzero(within % _FAN == 0).astype(np.int64)


def _around(space: Floats, start: Integers, piece: Integers) -> tuple[Floats, Floats]:
    """Return centre and radius of balls around runs of pieces; piece holds the first of each run."""
    if not len(piece):
        return np.empty((0, 3)), np.empty(0)
    a, b = space[start], space[start + 1]
    low = np.minimum.reduceat(np.minimum(a, b), piece, axis=0)
    high = np.maximum.reduceat(np.maximum(a, b), piece, axis=0)
    centre = (low + high) / 2
    ball = np.repeat(centre, np.diff(np.append(piece, len(start))), axis=0)
    reach = np.maximum(_length2(a - ball), _length2(b - ball))
    return centre, np.sqrt(np.maximum.reduceat(reach, piece))


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
    stack = [(len(borders.levels) - 1, np.arange(len(points), dtype=np.int64), root)]
    while stack:
        level, point, ball = stack.pop()
        first = borders.levels[level].first
        count = first[ball + 1] - first[ball]
        if count.sum() > _PAIRS and point[0] != point[-1]:
            middle = np.searchsorted(point, (point[0] + point[-1]) // 2, side="right")
            stack += [(level, point[middle:], ball[middle:]), (level, point[:middle], ball[:middle])]
            continue
        point, child = _open(point, first[ball], count)
        if level:
            keep = _may_be_nearest(points, limit, borders.levels[level - 1], point, child)
            if keep.any():
                stack.append((level - 1, point[keep], child[keep]))
        else:
            _finish(borders, points, limit, (point, child), found)
    return found


def _open(point: Integers, first: Integers, count: Integers) -> tuple[Integers, Integers]:
    """Return the pairs of point and child that the pairs of point and ball open into."""
    offset = np.cumsum(count) - count
    child = np.arange(count.sum(), dtype=np.int64) + np.repeat(first - offset, count)
    return np.repeat(point, count), child


def _may_be_nearest(points: Floats, limit: Floats, balls: Balls, point: Integers, ball: Integers) -> NDArray[np.bool_]:
    """Keep a ball unless another one (or the limit) is nearer on its far side than this one on its near side."""
    distance = np.sqrt(_length2(points[point] - balls.centre[ball]))
    radius = balls.radius[ball]
    begin = np.flatnonzero(np.append(True, point[1:] != point[:-1]))
    bound = np.minimum(np.minimum.reduceat(distance + radius, begin), limit[point[begin]] + 1.0)
    kept: NDArray[np.bool_] = distance - radius <= np.repeat(bound, np.diff(np.append(begin, len(point)))) + 1e-6
    return kept


def _finish(borders: Borders, points: Floats, limit: Floats, pairs: tuple[Integers, Integers], found: Nearest) -> None:
    """Measure the pieces that are left and write down the nearest point of each point."""
    point, piece = pairs
    start = borders.start[piece]
    along = borders.space[start + 1] - borders.space[start]
    there = points[point] - borders.space[start]
    length2 = _length2(along)
    share = np.clip(_dot(along, there) / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
    distance2 = _length2(there - share[:, None] * along)
    begin = np.flatnonzero(np.append(True, point[1:] != point[:-1]))
    least = np.minimum.reduceat(distance2, begin)
    ties = np.flatnonzero(distance2 == np.repeat(least, np.diff(np.append(begin, len(point)))))
    best = ties[np.append(True, point[ties][1:] != point[ties][:-1])]  # the first of equals
    best = best[distance2[best] <= (limit[point[best]] + 1.0) ** 2]
    near = borders.vertices[start[best]]
    foot = near + share[best, None] * (borders.vertices[start[best] + 1] - near)
    found.lon[point[best]], found.lat[point[best]] = foot.T


def _dot(a: Floats, b: Floats) -> Floats:
    return a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]


def _length2(a: Floats) -> Floats:
    return _dot(a, a)
