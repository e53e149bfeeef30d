"""Borders of areas made ready for the search: pieces of border, and balls around them, eight by eight.

Leaves first, then level by level; of each area the balls of one level stand together, and the last level has one ball
per area. A leaf holds pieces of one ring, so that the vertex after a piece is the end of it.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._border import FAN, Borders
from geocensus.locating._geodesic import to_space
from geocensus.locating._tables import Floats, Objects

__all__ = ["build_borders"]

Integers = NDArray[np.int64]
Singles = NDArray[np.float32]

_A = 6_378_137.0  # metres: half axis of the ellipsoid
_SAGITTA = 0.05  # metres that a piece may bulge out of its straight line in space
_BLOCK = 1 << 12  # leaves at a time: their vertices fit the processor's cache
_VERTICES = 1 << 14  # vertices at a time


class _Level(NamedTuple):
    """Balls of one level, and the boxes that they were drawn around."""

    low: Floats  # (n, 3), metres
    high: Floats
    balls: Singles  # (n, 4)
    children: Integers  # (n, 2)
    area: Integers


def build_borders(geometries: Objects) -> Borders:
    """Return the borders of polygons, holes and parts included.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons in degrees; None and empty have no border.

    Returns
    -------
    Borders
        Ready for :func:`~geocensus.locating._border.nearest_pieces`.
    """
    polygons, area_of_polygon = shapely.get_parts(geometries, return_index=True)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    vertices, sizes = _split(shapely.get_coordinates(rings), shapely.get_num_coordinates(rings).astype(np.int64))
    space = np.empty((len(vertices), 3))
    for begin in range(0, len(vertices), _VERTICES):
        part = slice(begin, begin + _VERTICES)
        space[part] = to_space(vertices[part, 0], vertices[part, 1])
    levels = [_leaves(space, sizes, area_of_polygon[polygon_of_ring])]
    while (levels[-1].area[1:] == levels[-1].area[:-1]).any():
        levels.append(_above(levels[-1], sum(len(level.area) for level in levels[:-1])))
    balls = np.concatenate([level.balls for level in levels])
    children = np.concatenate([level.children for level in levels]).astype(np.int32)  # 2**31 vertices would take 90 GB
    roots = levels[-1].area
    root = np.full(len(geometries), -1, dtype=np.int32)
    root[roots] = np.arange(len(balls) - len(roots), len(balls))
    return Borders(vertices, space, balls, children, root)


def _split(vertices: Floats, sizes: Integers) -> tuple[Floats, Integers]:
    """Add vertices to long edges until each piece is as good as straight in space; return the sizes of rings too."""
    ends = np.cumsum(sizes)
    # A straight line in degrees leaves the great circle by about length**2 tan(latitude) / 8 R at most, and the
    # circle rises over its chord by length**2 / 8 R.
    steepest = np.tan(np.radians(min(89.0, np.abs(vertices[:, 1]).max(initial=0.0))))
    short = math.degrees(math.sqrt(8 * _SAGITTA / _A / max(1.0, steepest))) * (1 - 1e-9)  # good at any latitude
    long = np.flatnonzero(np.hypot(*np.diff(vertices, axis=0).T) > short)
    long = long[~np.isin(long + 1, ends)]  # from ring to ring there is no edge
    step = vertices[long + 1] - vertices[long]
    phi = np.radians(np.clip(vertices[long, 1], -89.0, 89.0))
    length = _A * np.radians(np.hypot(step[:, 0] * np.cos(phi), step[:, 1]))
    longest = np.sqrt(8 * _A * _SAGITTA / np.maximum(1.0, np.abs(np.tan(phi))))
    pieces = np.maximum(1, np.ceil(length / longest)).astype(np.int64)
    edge = np.repeat(np.arange(len(long)), pieces - 1)
    share = (np.arange(len(edge)) - (np.cumsum(pieces - 1) - pieces)[edge]) / pieces[edge]
    added = vertices[long[edge]] + share[:, None] * step[edge]
    more = np.bincount(np.searchsorted(ends, long[edge], side="right"), minlength=len(sizes))
    return np.insert(vertices, long[edge] + 1, added, axis=0), sizes + more


def _leaves(space: Floats, sizes: Integers, area: Integers) -> _Level:
    """Return balls around eight pieces each of the rings that have so many vertices."""
    pieces = np.maximum(sizes - 1, 0)
    count = -(-pieces // FAN)
    ring = np.repeat(np.arange(len(sizes)), count)
    first = np.cumsum(sizes) - sizes  # vertex of each ring
    begin = first[ring] + FAN * (np.arange(len(ring)) - (np.cumsum(count) - count)[ring])
    end = np.minimum(begin + FAN, (first + pieces)[ring])
    low, high = np.empty((2, len(begin), 3))
    balls = np.empty((len(begin), 4), dtype=np.float32)
    for a, b in pairwise([*range(0, len(begin), _BLOCK), len(begin)]):
        points = np.ascontiguousarray(space[begin[a] : end[b - 1] + 1].T)
        runs, last = begin[a:b] - begin[a], end[a:b] - begin[a]
        low[a:b] = np.minimum(np.minimum.reduceat(points, runs, axis=1), points[:, last]).T
        high[a:b] = np.maximum(np.maximum.reduceat(points, runs, axis=1), points[:, last]).T
        centre = _centre(low[a:b], high[a:b])
        lengths = np.diff(runs, append=points.shape[1])
        reach = _squares(points - np.repeat(centre.T, lengths, axis=1))
        reach = np.maximum(np.maximum.reduceat(reach, runs), _squares(points[:, last] - centre.T))
        balls[a:b] = _balls(centre, np.sqrt(reach))
    return _Level(low, high, balls, ~np.column_stack((begin, end)), area[ring])


def _above(below: _Level, base: int) -> _Level:
    """Return the level of balls above one whose balls are counted from base."""
    begin = _group_starts(below.area)
    low = np.minimum.reduceat(below.low, begin, axis=0)
    high = np.maximum.reduceat(below.high, begin, axis=0)
    centre = _centre(low, high)
    end = np.append(begin[1:], len(below.area))
    own = np.repeat(centre, end - begin, axis=0)
    reach = np.sqrt(_squares((below.balls[:, :3] - own).T)) + below.balls[:, 3]
    corner = np.sqrt(_squares(np.maximum(high - centre, centre - low).T))
    balls = _balls(centre, np.minimum(np.maximum.reduceat(reach, begin), corner))
    return _Level(low, high, balls, np.column_stack((begin, end)) + base, below.area[begin])


def _group_starts(area: Integers) -> Integers:
    """Return where groups of at most eight members of one area begin; areas stand together."""
    change = np.flatnonzero(np.append(True, area[1:] != area[:-1]))
    within = np.arange(len(area)) - np.repeat(change, np.diff(np.append(change, len(area))))
    return np.flatnonzero(within % FAN == 0)


def _centre(low: Floats, high: Floats) -> Floats:
    """Return the middle as single numbers can tell it."""
    return ((low + high) / 2).astype(np.float32).astype(np.float64)


def _balls(centre: Floats, radius: Floats) -> Singles:
    """Return balls as single numbers, no smaller than they are."""
    larger = np.nextafter(radius.astype(np.float32), np.float32(np.inf))
    return np.column_stack((centre.astype(np.float32), larger))


def _squares(a: Floats) -> Floats:
    return a[0] * a[0] + a[1] * a[1] + a[2] * a[2]
