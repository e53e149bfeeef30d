"""Candidate areas by bounding box: a uniform grid in plain arrays.

A tree of geometries answers the same question, but wants a geometry object for each point, which costs more than
all the rest of locating. Cells come from one increasing function of the coordinate, for boxes and points alike,
so that rounding can never put a point into a cell that its box does not reach.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._tables import Floats, Objects

__all__ = ["Grid", "build_grid", "candidates"]

Integers = NDArray[np.int64]

_AREAS_PER_CELL = 2  # at most, were they spread evenly
_CELLS_PER_AREA = 16  # at most
_TINY = 1e-12  # degrees: an extent that is as good as none
_ENTRIES_PER_AREA = 32  # mean number of cells of an area, at most: overlapping giants make the grid coarser


class Grid(NamedTuple):
    """Boxes of areas, and for each cell the areas whose box reaches it."""

    boxes: Floats  # (n, 4): left, low, right, high; NaN without geometry
    corner: Floats  # left, low of the grid
    scale: Floats  # cells per degree in x and y
    side: int  # cells in x and in y
    first: Integers  # (cells + 1): areas first[c] to first[c + 1] stand in cell c
    areas: Integers


def build_grid(geometries: Objects) -> Grid:
    """Return a grid over the boxes of geometries.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons; None and empty stand in no cell.

    Returns
    -------
    Grid
        Ready for :func:`candidates`.
    """
    boxes = shapely.bounds(geometries).reshape(-1, 4)
    known = np.flatnonzero(np.isfinite(boxes).all(axis=1)).astype(np.int64)
    corner = boxes[known, :2].min(axis=0) if len(known) else np.zeros(2)
    extent = boxes[known, 2:].max(axis=0) - corner if len(known) else np.ones(2)
    side = _side(boxes[known, 2:] - boxes[known, :2], extent) if len(known) else 1
    while True:
        scale = side / np.where(extent > _TINY, extent, 1.0)
        low, high = (_cells(boxes[known, part], corner, scale, side) for part in (slice(0, 2), slice(2, 4)))
        width, height = (high - low + 1).T
        if side == 1 or (width * height).sum() <= _ENTRIES_PER_AREA * len(known):
            break
        side //= 2
    count = width * height
    owner = np.repeat(np.arange(len(known)), count)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    line, column = np.divmod(step, width[owner])
    cell = (low[:, 1] * side + low[:, 0])[owner] + line * side + column
    first = np.zeros(side * side + 1, dtype=np.int64)
    np.cumsum(np.bincount(cell, minlength=side * side), out=first[1:])
    entries = np.sort(cell * len(known) + owner)  # far sooner than sorting owners by cell
    return Grid(boxes, corner, scale, side, first, known[entries % max(1, len(known))])


def _side(sizes: Floats, extent: Floats) -> int:
    """Return how many cells are worth it: as wide as most boxes, for areas crowd in a part of the extent."""
    fitting = (extent / np.maximum(np.median(sizes, axis=0), _TINY)).max()
    return max(1, int(np.clip(fitting, np.sqrt(len(sizes) / _AREAS_PER_CELL), np.sqrt(_CELLS_PER_AREA * len(sizes)))))


def candidates(grid: Grid, x: Floats, y: Floats) -> tuple[Integers, Integers]:
    """Return the pairs of point and area whose box holds the point, border included.

    Parameters
    ----------
    grid : Grid
        Of the areas.
    x : ndarray of float64, shape (n,)
        Longitudes; NaN and infinite ones are in no box.
    y : ndarray of float64, shape (n,)
        Latitudes.

    Returns
    -------
    tuple of ndarray of int64
        Rows of points and of areas.
    """
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y)).astype(np.int64)
    across, up = _cells(np.column_stack((x[known], y[known])), grid.corner, grid.scale, grid.side).T
    cell = up * grid.side + across
    count = grid.first[cell + 1] - grid.first[cell]
    offset = np.cumsum(count) - count
    point = np.repeat(known, count)
    area = grid.areas[np.arange(count.sum()) + np.repeat(grid.first[cell] - offset, count)]
    left, low, right, high = grid.boxes.T
    held = (x[point] >= left[area]) & (x[point] <= right[area]) & (y[point] >= low[area]) & (y[point] <= high[area])
    return point[held], area[held]


def _cells(at: Floats, corner: Floats, scale: Floats, side: int) -> Integers:
    """Return the column and line of the cell of each position; positions beyond the grid go to its rim."""
    with np.errstate(over="ignore"):  # absurd coordinates end in the last cell and in no box
        cells: Integers = np.clip(np.floor((at - corner) * scale), 0, side - 1).astype(np.int64)
    return cells
