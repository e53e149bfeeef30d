"""Fill the index: edges into cells, cells into leaves (compiled)."""

from typing import Any, NamedTuple

import numpy as np

from geocensus.locating._compiling import compiled, inner
from geocensus.locating._index import DEPTH_BITS, RECORD, Covers, Frame, Index, Ints, Tags
from geocensus.locating._orientation import is_right
from geocensus.locating._tables import Floats

__all__ = ["bucket", "cross", "fill"]

_MARGIN = 1e-6  # cells: edges this near count as touching, far above any rounding of a position within the grid
_FEW = 4  # edges in a cell that need no splitting
_PER_LEAF = 4  # edges that a border through a cell may leave in a leaf
_LINEAR = 24  # edges of a cell among which a twin is searched one by one
_DEEPEST = 12  # log2 of subcells in a row, at most


class Work(NamedTuple):
    """What one cell needs while it is split; kept from cell to cell."""

    edges: Any  # RECORD: different edges of the cell
    twins: Tags  # hash table of edges
    touches: Tags  # (n, 2): edge and subcell that touch
    first: Ints  # of each subcell in members
    members: Tags  # edges by subcell


@compiled
def bucket(xy: Floats, tags: Tags, numbers: Any, shape: tuple[int, int]) -> tuple[Ints, Tags]:
    """Sort edges by the cells that they touch.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices; the edge of a vertex leads to the next one.
    tags : ndarray of int32, shape (n,)
        0 where no edge begins.
    numbers : tuple
        A Frame.
    shape : tuple of int
        Lines and columns of cells.

    Returns
    -------
    tuple of ndarray
        The first member of each cell, and the end; members: vertices at which edges that touch the cell begin.
    """
    frame = Frame(*numbers)
    first = np.zeros(shape[0] * shape[1] + 2, np.int64)
    _walk(xy, tags, frame, shape, first[2:], np.empty(0, np.int32))
    for cell in range(2, len(first)):
        first[cell] += first[cell - 1]
    members = np.empty(first[-1], np.int32)
    _walk(xy, tags, frame, shape, first[1:], members)  # moves each beginning to its end, the next beginning
    return first[:-1], members


@inner
def _walk(xy: Floats, tags: Tags, frame: Frame, shape: tuple[int, int], at: Ints, members: Tags) -> None:
    """Count the edges of each cell, or put them into the next places of its members."""
    lines, columns = shape
    across, upward = 1 / frame.width, 1 / frame.height
    margin = max(_MARGIN, frame.rounding / min(frame.width, frame.height))
    for i in range(len(tags)):
        if tags[i] == 0:
            continue
        x1, y1 = (xy[i, 0] - frame.left) * across, (xy[i, 1] - frame.low) * upward
        x2, y2 = (xy[i + 1, 0] - frame.left) * across, (xy[i + 1, 1] - frame.low) * upward
        if y1 > y2:
            x1, y1, x2, y2 = x2, y2, x1, y1
        for line in range(max(int(np.floor(y1 - margin)), 0), min(int(y2 + margin), lines - 1) + 1):
            low, high = _columns(x1, y1, x2, y2, line, margin, columns)
            for cell in range(line * columns + low, line * columns + high + 1):
                if len(members):
                    members[at[cell]] = i
                at[cell] += 1


@inner
def _columns(x1: float, y1: float, x2: float, y2: float, line: int, margin: float, columns: int) -> tuple[int, int]:
    """Return the first and last column in which an edge touches a line of cells; positions in cells, y1 <= y2."""
    a, b = x1, x2
    if y1 < line - margin:
        a += (line - margin - y1) * ((x2 - x1) / (y2 - y1))
    if y2 > line + 1 + margin:
        b -= (y2 - (line + 1 + margin)) * ((x2 - x1) / (y2 - y1))
    if a > b:
        a, b = b, a
    return max(int(np.floor(a - margin)), 0), min(int(np.floor(b + margin)), columns - 1)


@compiled
def fill(
    xy: Floats, tags: Tags, first: Ints, members: Tags, numbers: Any, arrays: Any, begin: int, end: int
) -> tuple[Index, Ints]:
    """Fill some lines of cells.

    Parameters
    ----------
    xy : ndarray of float64, shape (n, 2)
        Vertices.
    tags : ndarray of int32, shape (n,)
        Areas beside edges.
    first : ndarray of int64
        From :func:`bucket`.
    members : ndarray of int32
        From :func:`bucket`.
    numbers : tuple
        A Frame.
    arrays : tuple
        An Index: cells are written from line begin to line end, the others filled from their beginning, and
        replaced by larger ones where room is short.
    begin : int
        The first line.
    end : int
        The line after the last.

    Returns
    -------
    tuple
        An Index whose rows count from the first of these lines; how many subcells and records of it are used.
    """
    frame = Frame(*numbers)
    index = Index(*arrays)
    cells, columns = index.cells, index.cells.shape[1]
    work = _work(first, begin * columns, end * columns)
    used = np.zeros(2, np.int64)  # subcells, records
    for line in range(begin, end):
        covers = np.int64(0), np.int64(0)  # nothing left of the grid
        for column in range(columns):
            cell = line * columns + column
            if first[cell] == first[cell + 1] and covers[0] <= 1:
                cells[line, column] = covers[1]
                continue
            count = _gather(xy, tags, members, first[cell], first[cell + 1], work.edges, work.twins)
            depth = _depth(count, min(frame.width, frame.height) / frame.rounding)
            touches = _touches(work, count, frame, line, column, depth)
            if touches > len(work.touches) or 1 << 2 * depth >= len(work.first):
                work = _roomier(work, touches, depth)
                _touches(work, count, frame, line, column, depth)
            _sort(work.touches, touches, work.first, work.members, 1 << 2 * depth)
            if not _has_room(index, used, touches, depth):
                index = _larger(index, used, touches, depth)
            cells[line, column] = ~((used[0] << DEPTH_BITS) | depth)
            covers = _split(index, used, work, frame, line, column, depth, covers)
    return index, used


@inner
def _split(
    index: Index, used: Ints, work: Work, frame: Frame, cell_line: int, cell_column: int, depth: int, covers: Covers
) -> Covers:
    """Write the subcells of a cell; return what covers the anchor of the next cell."""
    edges, _, _, first, members = work  # taken out once: each look into a tuple costs a count of references
    _, subcells, records = index
    side = 1 << depth
    width, height = frame.width / side, frame.height / side
    low, left = cell_line << depth, cell_column << depth
    sub, next_cell = 0, covers
    for line in range(low, low + side):
        y, at_end = frame.low + line * height, covers
        for column in range(left, left + side):
            x = frame.left + column * width
            begin, end = first[sub], first[sub + 1]
            if begin == end and at_end[0] <= 1:
                subcells[used[0]] = at_end[1]
            else:
                subcells[used[0]] = ~used[1]
                used[1] = _write_leaf(records, used[1], edges, members, begin, end, at_end)
            used[0] += 1
            sub += 1
            if column == left:
                covers = _up(covers, edges, members, begin, end, x, y, frame.low + (line + 1) * height)
            at_end = _across(at_end, edges, members, begin, end, y, x, frame.left + (column + 1) * width)
        if line == low:
            next_cell = at_end
    return next_cell


@inner
def _write_leaf(records: Any, at: int, edges: Any, members: Tags, begin: int, end: int, covers: Covers) -> int:
    head = records[at]
    head.x1, head.y1, head.x2, head.y2, head.left, head.right = end - begin, covers[1], 0.0, 0.0, covers[0], 0
    for k in range(begin, end):
        at += 1
        records[at] = edges[members[k]]
    return at + 1


@inner
def _across(
    covers: Covers, edges: Any, members: Tags, begin: int, end: int, y: float, x: float, x_next: float
) -> Covers:
    """Return what covers (x_next, y), knowing what covers (x, y)."""
    for k in range(begin, end):
        e = edges[members[k]]
        if e.y1 <= y < e.y2 and max(e.x1, e.x2) >= x and min(e.x1, e.x2) <= x_next:
            before = is_right(e.x1, e.y1, e.x2, e.y2, x, y)
            covers = cross(covers, e, is_right(e.x1, e.y1, e.x2, e.y2, x_next, y) - before)
    return covers


@inner
def _up(covers: Covers, edges: Any, members: Tags, begin: int, end: int, x: float, y: float, y_next: float) -> Covers:
    """Return what covers (x, y_next), knowing what covers (x, y)."""
    for k in range(begin, end):
        e = edges[members[k]]
        if (e.x1 <= x) != (e.x2 <= x) and e.y2 >= y and e.y1 <= y_next:
            before = is_right(e.x1, e.y1, e.x2, e.y2, x, y)
            covers = cross(covers, e, is_right(e.x1, e.y1, e.x2, e.y2, x, y_next) - before)
    return covers


@inner
def cross(covers: Covers, edge: Any, to_right: int) -> Covers:
    """Return what covers a point beyond an edge.

    Parameters
    ----------
    covers : tuple of int
        What covers it on this side.
    edge : record
        The edge.
    to_right : int
        1 from its left to its right, -1 from its right to its left, 0 not over it at all.

    Returns
    -------
    tuple of int
        How many areas, and the sum of their numbers.
    """
    left, right = np.int64(edge.left), np.int64(edge.right)
    return covers[0] + to_right * (np.int64(right > 0) - np.int64(left > 0)), covers[1] + to_right * (right - left)


@inner
def _gather(xy: Floats, tags: Tags, members: Tags, begin: int, end: int, edges: Any, twins: Tags) -> int:
    """Collect the different edges of a cell, each with the areas on its two sides; return how many there are."""
    count = 0
    hashed = end - begin > _LINEAR
    mask = _power_of_two(2 * (end - begin)) - 1
    if hashed:
        twins[: mask + 1] = -1
    for k in range(begin, end):
        i = members[k]
        x1, y1, x2, y2 = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
        if y1 > y2 or (y1 == y2 and x1 > x2):
            x1, y1, x2, y2 = x2, y2, x1, y1
        if hashed:
            slot = _hash(x1, y1, x2, y2) & mask
            while twins[slot] >= 0 and not _joins(edges[twins[slot]], x1, y1, x2, y2, tags[i]):
                slot = (slot + 1) & mask
            at = twins[slot] if twins[slot] >= 0 else count
            twins[slot] = at
        else:
            at = 0
            while at < count and not _joins(edges[at], x1, y1, x2, y2, tags[i]):
                at += 1
        edge = edges[at]
        if at == count:
            edge.x1, edge.y1, edge.x2, edge.y2 = x1, y1, x2, y2
            edge.left = edge.right = 0
            count += 1
        if tags[i] > 0:
            edge.right = tags[i]
        else:
            edge.left = -tags[i]
    return count


@inner
def _joins(edge: Any, x1: float, y1: float, x2: float, y2: float, tag: int) -> bool:
    """Return whether an edge found before is the same one, with nothing on that side yet."""
    if edge.x1 != x1 or edge.y1 != y1 or edge.x2 != x2 or edge.y2 != y2:
        return False
    return (edge.right if tag > 0 else edge.left) == 0


@inner
def _hash(x1: float, y1: float, x2: float, y2: float) -> int:
    mixed = hash(x1)
    for part in (y1, x2, y2):
        mixed = (mixed ^ (mixed >> 29)) * 0x9E3779B97F4A7C1 + hash(part)
    return mixed ^ (mixed >> 32)


@inner
def _power_of_two(least: int) -> int:
    power = 1
    while power < least:
        power *= 2
    return power


@inner
def _depth(count: int, finest: float) -> int:
    """Return log2 of the subcells in a row of a cell: deeper with more edges, never finer than coordinates are."""
    depth = 0
    if count > _FEW:
        while count > _PER_LEAF << depth and 1 << 2 * depth <= count and depth < _DEEPEST and 8 << depth < finest:
            depth += 1
    return depth


@inner
def _touches(work: Work, count: int, frame: Frame, cell_line: int, cell_column: int, depth: int) -> int:
    """Note which edge of a cell touches which subcell, while there is room; return how often one does."""
    side = 1 << depth
    width, height = frame.width / side, frame.height / side
    left, low = frame.left + cell_column * frame.width, frame.low + cell_line * frame.height
    across, upward = 1 / width, 1 / height
    margin = max(_MARGIN, frame.rounding / min(width, height))
    edges, touches = work.edges, work.touches
    n = 0
    for i in range(count):
        e = edges[i]
        x1, y1 = (e.x1 - left) * across, (e.y1 - low) * upward
        x2, y2 = (e.x2 - left) * across, (e.y2 - low) * upward
        for line in range(max(int(np.floor(y1 - margin)), 0), min(int(np.floor(y2 + margin)), side - 1) + 1):
            first, last = _columns(x1, y1, x2, y2, line, margin, side)
            for sub in range((line << depth) + first, (line << depth) + last + 1):
                if n < len(touches):
                    touches[n, 0], touches[n, 1] = i, sub
                n += 1
    return n


@inner
def _sort(touches: Tags, count: int, first: Ints, members: Tags, subcells: int) -> None:
    """Sort the edges of a cell by the subcells that they touch."""
    first[: subcells + 1] = 0
    for t in range(count):
        first[touches[t, 1] + 1] += 1
    for sub in range(subcells):
        first[sub + 1] += first[sub]
    for t in range(count):
        sub = touches[t, 1]
        members[first[sub]] = touches[t, 0]
        first[sub] += 1
    for sub in range(subcells, 0, -1):
        first[sub] = first[sub - 1]
    first[0] = 0


@inner
def _has_room(index: Index, used: Ints, touches: int, depth: int) -> bool:
    subcells = 1 << 2 * depth
    return used[0] + subcells <= len(index.subcells) and used[1] + subcells + touches <= len(index.records)


@inner
def _larger(index: Index, used: Ints, touches: int, depth: int) -> Index:
    subcells = 1 << 2 * depth
    records = _room(index.records, used[1] + subcells + touches)
    return Index(index.cells, _room(index.subcells, used[0] + subcells), records)


@inner
def _work(first: Ints, begin: int, end: int) -> Work:
    largest = 1
    for cell in range(begin, end):
        largest = max(largest, first[cell + 1] - first[cell])
    touches = 4 * largest
    return Work(
        np.empty(largest, RECORD),
        np.empty(_power_of_two(2 * largest), np.int32),
        np.empty((touches, 2), np.int32),
        np.empty(65, np.int64),
        np.empty(touches, np.int32),
    )


@inner
def _roomier(work: Work, touches: int, depth: int) -> Work:
    size = max(touches, len(work.touches))
    first = np.empty(max((1 << 2 * depth) + 1, len(work.first)), np.int64)
    return Work(work.edges, work.twins, np.empty((size, 2), np.int32), first, np.empty(size, np.int32))


@inner
def _room(array: Any, least: int) -> Any:
    if len(array) >= least:
        return array
    larger = np.empty(2 * least, array.dtype)
    larger[: len(array)] = array
    return larger
