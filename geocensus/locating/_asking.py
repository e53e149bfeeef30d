"""Ask the index which area covers each point (compiled)."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geocensus.locating._compiling import compiled, inner
from geocensus.locating._filling import cross
from geocensus.locating._index import DEPTH_BITS, UNDECIDED, Covers, Frame, Index, Ints, Tags
from geocensus.locating._orientation import FILTER, is_right, side
from geocensus.locating._tables import Floats

__all__ = ["ask"]

Bools = NDArray[np.bool_]

_BLOCK = 512  # points that go through the stages together, so that their reads from memory overlap
_UNTOUCHED = 1 << 40


class Desk(NamedTuple):
    """What the points of a block that still wait carry from stage to stage."""

    point: Ints
    code: Ints
    at: Ints  # what is to be read
    anchor_x: Floats
    anchor_y: Floats


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
    desk = Desk(n, n.copy(), n.copy(), np.empty(_BLOCK), np.empty(_BLOCK))
    undecided = 0
    for begin in range(0, len(x), _BLOCK):
        waiting = _cells(index.cells, frame, x, y, first, on_border, desk, begin)
        waiting = _subcells(index.subcells, frame, x, y, first, desk, waiting, index.cells.shape)
        if _fetch(index.records, desk.code, waiting) >= 0:  # always
            undecided += _leaves(index.records, x, y, first, on_border, desk, waiting)
    return undecided


@inner
def _cells(
    cells: Tags, frame: Frame, x: Floats, y: Floats, first: Ints, on_border: Bools, desk: Desk, begin: int
) -> int:
    """Answer what lies in cells without edges; the rest waits.

    A loop that only reads comes between one that finds places and one that writes: where the place of writing hangs on
    what was just read, the processor waits for memory point by point.
    """
    point, codes, at, _, _ = desk  # taken out once: each look into a tuple costs a count
    flat = cells.reshape(cells.size)
    count = min(_BLOCK, len(x) - begin)
    for k in range(count):
        a, b = x[begin + k], y[begin + k]
        known = (a >= frame.left) & (a <= frame.right) & (b >= frame.low) & (b <= frame.high)
        column, line, _, _ = _place(frame, cells.shape, a if known else frame.left, b if known else frame.low)
        at[k] = line * cells.shape[1] + column if known else -1
    for k in range(count):
        codes[k] = flat[max(at[k], 0)]
    waiting = 0
    for k in range(count):
        code = codes[k] if at[k] >= 0 else 0
        below = code >> 63  # -1 below 0, else 0: a branch here would be guessed wrong at every second point
        first[begin + k] = (code & ~below) - 1
        on_border[begin + k] = False
        point[waiting], codes[waiting] = begin + k, ~code
        waiting -= below
    return waiting


@inner
def _place(frame: Frame, shape: tuple[int, int], x: float, y: float) -> tuple[int, int, float, float]:
    """Return column and line of the cell of a point in the grid, and where it is in the cell, 0 to 1."""
    over, up = (x - frame.left) * (1 / frame.width), (y - frame.low) * (1 / frame.height)
    column, line = min(int(over), shape[1] - 1), min(int(up), shape[0] - 1)
    return column, line, over - column, up - line


@inner
def _subcells(
    subcells: Tags, frame: Frame, x: Floats, y: Floats, first: Ints, desk: Desk, waiting: int, shape: tuple[int, int]
) -> int:
    """Answer what lies in subcells without edges; the rest waits, with the anchors of its leaves."""
    point, codes, at, anchor_x, anchor_y = desk
    for k in range(waiting):
        column, line, over, up = _place(frame, shape, x[point[k]], y[point[k]])
        depth = codes[k] & ((1 << DEPTH_BITS) - 1)
        per_side = 1 << depth
        across, upward = min(int(over * per_side), per_side - 1), min(int(up * per_side), per_side - 1)
        at[k] = (codes[k] >> DEPTH_BITS) + (upward << depth) + across
        anchor_x[k] = frame.left + ((column << depth) + across) * (frame.width / per_side)
        anchor_y[k] = frame.low + ((line << depth) + upward) * (frame.height / per_side)
    for k in range(waiting):
        codes[k] = subcells[at[k]]
    left = 0
    for k in range(waiting):
        below = codes[k] >> 63
        first[point[k]] = (codes[k] & ~below) - 1
        point[left], codes[left], anchor_x[left], anchor_y[left] = point[k], ~codes[k], anchor_x[k], anchor_y[k]
        left -= below
    return left


@inner
def _fetch(records: Any, codes: Ints, waiting: int) -> int:
    """Read the head of each leaf and edges, so that the waits for memory overlap; return no less than 0."""
    total, last = 0, len(records) - 1
    for k in range(waiting):
        total |= records[codes[k]].left | records[min(codes[k] + 2, last)].right
    for k in range(waiting):
        total |= records[codes[k] + int(records[codes[k]].x1)].right
    return total


@inner
def _leaves(records: Any, x: Floats, y: Floats, first: Ints, on_border: Bools, desk: Desk, waiting: int) -> int:
    point, codes, _, anchor_x, anchor_y = desk
    undecided = 0
    for k in range(waiting):
        i = point[k]
        (count, area), doubtful = _filtered(records, codes[k], anchor_x[k], anchor_y[k], x[i], y[i])
        if doubtful:
            (count, area), lowest = _exact(records, codes[k], anchor_x[k], anchor_y[k], x[i], y[i])
            if lowest < _UNTOUCHED:
                on_border[i] = True
                area = min(lowest, area) if area > 0 else lowest
        first[i] = area - 1
        if count > 1:
            first[i] = UNDECIDED
            undecided += 1
    return undecided


@inner
def _filtered(records: Any, head: int, anchor_x: float, anchor_y: float, x: float, y: float) -> tuple[Covers, bool]:
    """Return what covers the point, and whether rounding may have hidden a border or a side.

    No branch but the loop: nobody can guess which edges a path crosses.
    """
    covers, doubtful = (np.int64(records[head].left), np.int64(records[head].y1)), False
    for k in range(head + 1, head + 1 + int(records[head].x1)):
        e = records[k]
        run, rise = e.x2 - e.x1, e.y2 - e.y1
        # two products for the anchor, the bend of the path and the point: the first is smaller right of the edge
        low, up = run * (anchor_y - e.y1), run * (y - e.y1)
        left, over = rise * (anchor_x - e.x1), rise * (x - e.x1)
        above, beside = (e.x1 <= anchor_x) != (e.x2 <= anchor_x), (e.y1 <= y) & (y < e.y2)
        doubtful |= above & _hidden(low, left)
        doubtful |= (above | beside) & _hidden(up, left)
        doubtful |= (e.y1 <= y) & (y <= e.y2) & _hidden(up, over)
        anchor, bend, point = np.int64(low < left), np.int64(up < left), np.int64(up < over)
        covers = cross(covers, e, above * (bend - anchor) + beside * (point - bend))
    return covers, doubtful


@inner
def _hidden(one: float, other: float) -> bool:
    return abs(one - other) <= FILTER * (abs(one) + abs(other))


@inner
def _exact(records: Any, head: int, anchor_x: float, anchor_y: float, x: float, y: float) -> tuple[Covers, int]:
    """Return what covers the point moved a hair, and the lowest area beside the edges that the point lies on."""
    covers, lowest = (np.int64(records[head].left), np.int64(records[head].y1)), _UNTOUCHED
    for k in range(head + 1, head + 1 + int(records[head].x1)):
        e = records[k]
        to_right = 0
        if e.y1 <= y <= e.y2:
            within = min(e.x1, e.x2) <= x <= max(e.x1, e.x2)
            if within and side(e.x1, e.y1, e.x2, e.y2, x, y) == 0:
                lowest = min(lowest, e.left if e.left > 0 else lowest, e.right if e.right > 0 else lowest)
            if y < e.y2:
                to_right += is_right(e.x1, e.y1, e.x2, e.y2, x, y)
                to_right -= is_right(e.x1, e.y1, e.x2, e.y2, anchor_x, y)
        if (e.x1 <= anchor_x) != (e.x2 <= anchor_x):
            to_right += is_right(e.x1, e.y1, e.x2, e.y2, anchor_x, y)
            to_right -= is_right(e.x1, e.y1, e.x2, e.y2, anchor_x, anchor_y)
        covers = cross(covers, e, to_right)
    return covers, lowest
