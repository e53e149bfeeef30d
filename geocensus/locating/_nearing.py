"""Search nearest border pieces point by point (compiled): the same pieces as search_by_level, far sooner."""

from typing import Any

import numpy as np

from geocensus.locating._border import Borders, Nearest
from geocensus.locating._building import frozen
from geocensus.locating._compiling import compiled, inner
from geocensus.locating._index import Ints
from geocensus.locating._tables import Floats

__all__ = ["search_by_point"]

_SLACK = 1e-6  # metres by which a bound may be off
_STACK = 512  # balls that wait to be opened: at most seven for each level but the last


def search_by_point(borders: Borders, points: Floats, root: Ints, limit: Floats) -> Nearest:
    """Search as :func:`search_by_level` does, point by point.

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
        To the last bit what :func:`search_by_level` finds.
    """
    found = Nearest(np.full(len(points), np.nan), np.full(len(points), np.nan))
    pieces = frozen(borders.vertices), frozen(borders.space)
    questions = frozen(points), frozen(root), frozen(limit)
    _search(frozen(borders.balls), frozen(borders.children), pieces, *questions, tuple(found))
    return found


@compiled
def _search(balls: Any, children: Any, pieces: Any, points: Floats, root: Ints, limit: Floats, found: Any) -> None:
    lon, lat = found
    vertices, space = pieces
    stack, bounds = np.empty(_STACK, np.int64), np.empty(_STACK)
    for i in range(len(points)):
        point = points[i, 0], points[i, 1], points[i, 2]
        best2 = (limit[i] + 1.0) ** 2
        best, nearest, depth = limit[i] + 1.0, -1, 1
        stack[0], bounds[0] = root[i], 0.0
        while depth:
            depth -= 1
            if bounds[depth] > best + _SLACK:
                continue
            begin, end = children[stack[depth], 0], children[stack[depth], 1]
            if begin >= 0:
                depth = _push(balls, begin, end, point, best, stack, bounds, depth)
                continue
            for a in range(~begin, ~end):
                share, distance2 = _measure(space, a, point)
                if distance2 < best2 or (distance2 == best2 and (nearest < 0 or a < nearest)):
                    nearest, best2 = a, distance2
                    lon[i] = vertices[a, 0] + share * (vertices[a + 1, 0] - vertices[a, 0])
                    lat[i] = vertices[a, 1] + share * (vertices[a + 1, 1] - vertices[a, 1])
            best = np.sqrt(best2)


@inner
def _push(balls: Any, begin: int, end: int, point: Any, best: float, stack: Ints, bounds: Floats, depth: int) -> int:
    """Put balls that may hold the nearest piece on the stack, the nearest ball last; return its new height."""
    bottom = depth
    for ball in range(begin, end):
        x, y, z = balls[ball, 0] - point[0], balls[ball, 1] - point[1], balls[ball, 2] - point[2]
        bound = np.sqrt(x * x + y * y + z * z) - balls[ball, 3]
        if bound <= best + _SLACK:
            at = depth
            while at > bottom and bounds[at - 1] < bound:
                stack[at], bounds[at] = stack[at - 1], bounds[at - 1]
                at -= 1
            stack[at], bounds[at] = ball, bound
            depth += 1
    return depth


@inner
def _measure(space: Floats, a: int, point: Any) -> tuple[float, float]:
    """Return where on a piece the nearest point lies, and its square distance: the sums of search_by_level."""
    along_x, along_y, along_z = (
        space[a + 1, 0] - space[a, 0],
        space[a + 1, 1] - space[a, 1],
        space[a + 1, 2] - space[a, 2],
    )
    x, y, z = point[0] - space[a, 0], point[1] - space[a, 1], point[2] - space[a, 2]
    length2 = along_x * along_x + along_y * along_y + along_z * along_z
    share = (along_x * x + along_y * y + along_z * z) / (length2 if length2 > 0 else 1.0)
    share = min(max(share, 0.0), 1.0)
    x, y, z = x - share * along_x, y - share * along_y, z - share * along_z
    return share, x * x + y * y + z * z
