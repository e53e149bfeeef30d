"""Edges of areas, and on which of their sides the area lies (compiled)."""

import numpy as np
from numpy.typing import NDArray

from geocensus.locating._compiling import compiled
from geocensus.locating._index import Ints, Tags
from geocensus.locating._tables import Floats

__all__ = ["survey", "tag"]


@compiled
def survey(xy: Floats, first: Ints) -> tuple[NDArray[np.int8], tuple[float, float, float, float, float, float]]:
    """Return the turn of each ring and the extremes of the vertices.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices, ring after ring.
    first : ndarray of int64
        The first vertex of each ring, and the end.

    Returns
    -------
    tuple
        Turns: 1 against the clock, -1 with it, 0 where rounding might hide it. Extremes: left, low, right, high, and
        the least and greatest size of a coordinate that is not 0.
    """
    turns = np.zeros(len(first) - 1, np.int8)
    left, low, right, high, least, most = np.inf, np.inf, -np.inf, -np.inf, np.inf, 0.0
    for ring in range(len(turns)):
        x0, y0 = xy[first[ring]]
        area, sizes = 0.0, 0.0
        for i in range(first[ring], first[ring + 1]):
            x, y = xy[i]
            left, low, right, high = min(left, x), min(low, y), max(right, x), max(high, y)
            size, other = abs(x), abs(y)
            most = max(most, size, other)
            least = min(least, size if size > 0 else least, other if other > 0 else least)
            if i + 1 < first[ring + 1]:
                one, two = (x - x0) * (xy[i + 1, 1] - y0), (xy[i + 1, 0] - x0) * (y - y0)
                area += one - two
                sizes += abs(one) + abs(two)
        if abs(area) > (first[ring + 1] - first[ring] + 8) * 2.0**-52 * sizes:
            turns[ring] = 1 if area > 0 else -1
    return turns, (left, low, right, high, least, most)


@compiled
def tag(xy: Floats, first: Ints, inside: Tags) -> Tags:
    """Return the area beside the edge that begins at each vertex.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices, ring after ring.
    first : ndarray of int64
        The first vertex of each ring, and the end.
    inside : ndarray of int32
        For each ring the number of its area if that lies left on the way along the ring, the negative number if
        right, 0 for rings to leave out.

    Returns
    -------
    ndarray of int32, shape (n,)
        The number of the area if it lies right of the edge, the negative number if left, 0 where no edge begins. The
        sides are those of the way up, between equally low ends of the way to the right.
    """
    tags = np.zeros(len(xy), np.int32)
    for ring in range(len(inside)):
        for i in range(first[ring], first[ring + 1] - 1):
            x, y = xy[i]
            x_next, y_next = xy[i + 1]
            if y < y_next or (y == y_next and x < x_next):
                tags[i] = -inside[ring]
            elif y > y_next or x > x_next:
                tags[i] = inside[ring]
    return tags
