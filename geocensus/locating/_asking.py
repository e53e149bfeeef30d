"""Ask the index which area covers each point (compiled)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geocensus.locating._compiling import compiled, inner
from geocensus.locating._filling import cross
from geocensus.locating._index import DEPTH_BITS, UNDECIDED, Covers, Frame, Index, Ints, Tags
from geocensus.locating._orientation import is_right, side
from geocensus.locating._tables import Floats

__all__ = ["ask"]

Bools = NDArray[np.bool_]

_BLOCK = 512  # points that go through the stages together, so that their reads from memory overlap
_UNTOUCHED = 1 << 40


class Desk(NamedTuple):
    """What the points of a block that still wait carry from stage to stage."""

    point: Ints
    code: Ints
    column: Ints  # cell of the grid
    line: Ints
    over: Floats  # place within the cell, 0 to 1; later the anchor of the leaf
    up: Floats


@compiled
def ask(arrays: Any, numbers: Any, x: Floats, y: Floats, first: Ints, on_border: Bools) -> int:
    """Write the position of the first area that covers each point, -1 for none.

    Parameters
    ----------
    arrays : tuple
        An Index.
    numbers : tuple
        Its Frame.
    x : ndarray of float64, shape (n,)
        Longitudes.
    y : ndarray of float64, shape (n,)
        Latitudes.
    first : ndarray of int64, shape (n,)
        Where positions are written; UNDECIDED where areas overlap.
    on_border : ndarray of bool, shape (n,)
        Where it is written whether the point is on the border of an area.

    Returns
    -------
    int
        How many are UNDECIDED.
    """
    index, frame = Index(*arrays), Frame(*numbers)
    n = np.empty(_BLOCK, np.int64)
    desk = Desk(n, n.copy(), n.copy(), n.copy(), np.empty(_BLOCK), np.empty(_BLOCK))
    undecided = 0
    for begin in range(0, len(x), _BLOCK):
        waiting = _cells(index.cells, frame, x, y, first, on_border, desk, begin)
        waiting = _subcells(index.subcells, frame, first, desk, waiting)
        if _fetch(index.records, desk.code, waiting) >= 0:  # always
            undecided += _leaves(index.records, x, y, first, on_border, desk, waiting)
    return undecided


@inner
def _cells(
    cells: Tags, frame: Frame, x: Floats, y: Floats, first: Ints, on_border: Bools, desk: Desk, begin: int
) -> int:
    """Answer what lies in cells without edges; the rest waits."""
    point, codes, column_of, line_of, over_of, up_of = desk  # taken out once: each look into a tuple costs a count
    lines, columns = cells.shape
    across, upward = 1 / frame.width, 1 / frame.height
    waiting = 0
    for i in range(begin, min(begin + _BLOCK, len(x))):
        known = (x[i] >= frame.left) & (x[i] <= frame.right) & (y[i] >= frame.low) & (y[i] <= frame.high)
        over = (x[i] - frame.left) * across if known else 0.0
        up = (y[i] - frame.low) * upward if known else 0.0
        column, line = min(int(over), columns - 1), min(int(up), lines - 1)
        code = np.int64(cells[line, column] if known else 0)
        below = code >> 63  # -1 below 0, else 0: a branch here would wait for memory at every second point
        first[i] = (code & ~below) - 1
        on_border[i] = False
        point[waiting], codes[waiting] = i, ~code
        column_of[waiting], line_of[waiting] = column, line
        over_of[waiting], up_of[waiting] = over - column, up - line
        waiting -= int(below)
    return waiting


@inner
def _subcells(subcells: Tags, frame: Frame, first: Ints, desk: Desk, waiting: int) -> int:
    """Answer what lies in subcells without edges; the rest waits, with the anchors of its leaves."""
    point, codes, column_of, line_of, over_of, up_of = desk
    left = 0
    for k in range(waiting):
        depth = codes[k] & ((1 << DEPTH_BITS) - 1)
        per_side = 1 << depth
        column = min(int(over_of[k] * per_side), per_side - 1)
        line = min(int(up_of[k] * per_side), per_side - 1)
        code = np.int64(subcells[(codes[k] >> DEPTH_BITS) + (line << depth) + column])
        below = code >> 63
        i = point[k]
        first[i] = (code & ~below) - 1
        point[left], codes[left] = i, ~code
        over_of[left] = frame.left + ((column_of[k] << depth) + column) * (frame.width / per_side)
        up_of[left] = frame.low + ((line_of[k] << depth) + line) * (frame.height / per_side)
        left -= int(below)
    return left


@inner
def _fetch(records: Any, codes: Ints, waiting: int) -> int:
    """Read the head of each leaf and an edge, so that the waits for memory overlap; return no less than 0."""
    total, last = 0, len(records) - 1
    for k in range(waiting):
        total |= records[codes[k]].left | records[min(codes[k] + 2, last)].right
    return total


@inner
def _leaves(records: Any, x: Floats, y: Floats, first: Ints, on_border: Bools, desk: Desk, waiting: int) -> int:
    point, codes, _, _, anchor_x, anchor_y = desk
    undecided = 0
    for k in range(waiting):
        i = point[k]
        (count, area), lowest = _in_leaf(records, codes[k], anchor_x[k], anchor_y[k], x[i], y[i])
        on_border[i] = lowest < _UNTOUCHED
        if count > 1:
            first[i] = UNDECIDED
            undecided += 1
        elif on_border[i]:
            first[i] = (min(lowest, area) if area > 0 else lowest) - 1
        else:
            first[i] = area - 1
    return undecided


@inner
def _in_leaf(records: Any, head: int, anchor_x: float, anchor_y: float, x: float, y: float) -> tuple[Covers, int]:
    """Return what covers the point moved a hair, and the lowest area beside the edges that the point lies on."""
    covers, lowest = (np.int64(records[head].left), np.int64(records[head].y1)), _UNTOUCHED
    for k in range(head + 1, head + 1 + int(records[head].x1)):
        e = records[k]
        to_right = 0
        if e.y1 <= y <= e.y2:
            low, high = min(e.x1, e.x2), max(e.x1, e.x2)
            where = -1 if x > high else (1 if x < low else side(e.x1, e.y1, e.x2, e.y2, x, y))
            if where == 0:
                lowest = min(lowest, e.left if e.left > 0 else lowest, e.right if e.right > 0 else lowest)
            if y < e.y2:
                to_right += where <= 0
                to_right -= anchor_x > high or (anchor_x >= low and is_right(e.x1, e.y1, e.x2, e.y2, anchor_x, y))
        if (e.x1 <= anchor_x) != (e.x2 <= anchor_x):
            to_right += is_right(e.x1, e.y1, e.x2, e.y2, anchor_x, y)
            to_right -= is_right(e.x1, e.y1, e.x2, e.y2, anchor_x, anchor_y)
        if to_right != 0:
            covers = cross(covers, e, to_right)
    return covers, lowest
