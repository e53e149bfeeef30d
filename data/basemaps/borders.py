"""Turn labelled grid cells into smooth borders that neighbours share, and trace lines along those borders."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage, sparse

__all__ = ["arcs_of", "smooth", "trace"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Lines = NDArray[Any]


def arcs_of(labels: Ints) -> tuple[Lines, NDArray[np.bool_]]:
    """Return the lines between labels, each from node to node, and which of them border on the outside.

    Parameters
    ----------
    labels : Ints
        Label per cell (rows from the south, columns), -1 outside.

    Returns
    -------
    tuple[Lines, NDArray[np.bool_]]
        Lines along cell sides, (n,); cell (row r, column c) is the square from (c, r) to (c + 1, r + 1).

    Examples
    --------
    >>> lines, outer = arcs_of(np.array([[0, 1]]))
    >>> sorted(round(line.length) for line in lines), sorted(outer.tolist())
    ([1, 3, 3], [False, True, True])
    """
    padded = np.pad(labels, 1, constant_values=-1)
    upright = np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1])  # row, column of the cell side's lower end
    level = np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1])
    starts = np.concatenate([upright, level])[:, ::-1].astype(np.float64)
    steps = np.repeat([[0.0, 1.0], [1.0, 0.0]], [len(upright), len(level)], axis=0)
    sides: Lines = shapely.linestrings(  # type: ignore[assignment]  # an array in, an array out
        np.stack([starts, starts + steps], axis=1)
    )
    lines = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(sides))))
    lines = lines[np.lexsort(shapely.bounds(lines).T)]
    first = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5))
    beside = [padded[tuple(np.floor(first + shift).astype(np.int64).T[::-1] + 1)] for shift in _AROUND]
    return lines, np.min(beside, axis=0) < 0


# From the middle of a cell side, two of these four lie in the cells on its two sides, two in the same cells again.
_AROUND = np.array([[0.25, 0.25], [-0.25, 0.25], [0.25, -0.25], [-0.25, -0.25]])


def smooth(lines: Lines, *, sigma: float = 2.0, tolerance: float = 0.2) -> Lines:
    """Return the lines with their steps smoothed away; ends stay, and a line stays within about one cell.

    Parameters
    ----------
    lines : Lines
        Lines along cell sides with a vertex at every cell corner.
    sigma : float
        Width of the Gaussian along the line, in cells.
    tolerance : float
        Vertices that matter less than this (in cells) are dropped.

    Returns
    -------
    Lines
        As many lines.
    """
    return shapely.simplify(np.array([_smooth_one(line, sigma) for line in lines], dtype=object), tolerance)


def _smooth_one(line: Any, sigma: float) -> Any:
    corners = shapely.get_coordinates(shapely.segmentize(line, 1.0))
    if np.array_equal(corners[0], corners[-1]):
        return shapely.LineString(
            ndimage.gaussian_filter1d(corners[:-1], sigma, axis=0, mode="wrap")[[*range(len(corners) - 1), 0]]
        )
    # reflection through the ends keeps them where they are
    reach = int(4 * sigma) + 1
    before = 2 * corners[0] - corners[1 : reach + 1][::-1]
    after = 2 * corners[-1] - corners[-reach - 1 : -1][::-1]
    moved = ndimage.gaussian_filter1d(np.concatenate([before, corners, after]), sigma, axis=0)
    moved = moved[len(before) : len(before) + len(corners)]
    moved[[0, -1]] = corners[[0, -1]]
    return shapely.LineString(moved)


def trace(lines: Lines, *, along: Any, near: float, start: Floats, end: Floats, factors: Floats | float = 1.0) -> Ints:
    """Return the numbers of the lines that make the path closest to a drawn line.

    The cost of a line is its factor times its length times 1 + (distance to the drawn line / ``near``)².

    Parameters
    ----------
    lines : Lines
        Network of lines that meet at their ends, (n,).
    along : Any
        The drawn line.
    near : float
        A distance that still counts as close, in the lines' unit.
    start : Floats
        The path begins at the node nearest to this point, (2,).
    end : Floats
        The same for its end.
    factors : Floats | float
        Factor per line, (n,): above 1 where the path should rather not go.

    Returns
    -------
    Ints
        Numbers of lines, in the order of the path.
    """
    ends = np.stack([shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)], axis=1)
    nodes, at = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    at = at.reshape(-1, 2)
    cost = factors * shapely.length(lines) * (1 + (_mean_distances(lines, along) / near) ** 2)
    best: dict[tuple[int, int], int] = {}
    for number in np.argsort(-cost, kind="stable"):  # of lines between the same nodes, the cheapest stays
        best[min(at[number]), max(at[number])] = int(number)
    pairs = np.array(list(best))
    graph = sparse.coo_array((cost[list(best.values())], pairs.T), shape=(len(nodes), len(nodes))).tocsr()
    first, last = _nearest(nodes, start), _nearest(nodes, end)
    _, previous = sparse.csgraph.dijkstra(graph, directed=False, indices=first, return_predecessors=True)
    return np.array([best[min(pair), max(pair)] for pair in _steps(previous, first, last)], dtype=np.int64)


def _mean_distances(lines: Lines, along: Any) -> Floats:
    points, owner = shapely.get_coordinates(lines, return_index=True)
    shapely.prepare(along)
    return np.bincount(owner, weights=shapely.distance(shapely.points(points), along)) / np.bincount(owner)


def _nearest(nodes: Floats, point: Floats) -> int:
    return int(((nodes - point) ** 2).sum(axis=1).argmin())


def _steps(previous: Ints, first: int, last: int) -> Iterable[tuple[int, int]]:
    path = [last]
    while path[-1] != first:
        path.append(int(previous[path[-1]]))
    path.reverse()
    return pairwise(path)
