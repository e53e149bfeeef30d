"""Whether every reference in an index leads to where there is something to read.

Compiled code looks at no bounds: an index that comes from outside is followed once, here, before it is asked.
"""

import numpy as np

from geocensus.locating._border import FAN, Borders
from geocensus.locating._index import DEPTH_BITS, Built

__all__ = ["require_sound", "require_sound_borders"]

_MOST_LEVELS = 64  # of balls: each may leave seven on the search's stack; eleven hold 2**31 pieces


def require_sound(built: Built) -> None:
    """Follow every reference of an index.

    Parameters
    ----------
    built : Built
        Its arrays have the types of an Index.

    Raises
    ------
    ValueError
        The grid does not fill its frame, or a reference leads out of an array.
    """
    (cells, subcells, records), frame = built.arrays, built.frame
    if cells.ndim != 2 or not cells.size or subcells.ndim != 1 or records.ndim != 1:  # noqa: PLR2004 - lines, columns
        raise ValueError("an array has another number of dimensions")
    sides = np.array([frame.width * cells.shape[1], frame.height * cells.shape[0]])
    expected = np.array([frame.right - frame.left, frame.high - frame.low])
    if not (np.isfinite(frame).all() and (sides > 0).all() and np.allclose(sides, expected, rtol=1e-9, atol=0)):
        raise ValueError("the grid does not fill its frame")
    codes = ~cells[cells < 0].astype(np.int64)
    first, depth = codes >> DEPTH_BITS, codes & ((1 << DEPTH_BITS) - 1)
    if (first + (1 << 2 * depth) > len(subcells)).any():
        raise ValueError("a cell leads past the subcells")
    heads = ~subcells[subcells < 0].astype(np.int64)
    if (heads >= len(records)).any():
        raise ValueError("a subcell leads past the records")
    edges = records["x1"][heads]
    if not ((edges >= 0) & (edges < len(records) - heads)).all():  # NaN is neither
        raise ValueError("a leaf has more edges than there are records")


def require_sound_borders(borders: Borders) -> None:
    """Follow every reference of borders.

    Parameters
    ----------
    borders : Borders
        Its arrays have the types of Borders.

    Raises
    ------
    ValueError
        A reference leads out of an array, or to balls of another level than the next finer one.
    """
    vertices, space, balls, children, root = borders
    shapes = [array.shape[1:] for array in borders]
    if shapes != [(2,), (3,), (4,), (2,), ()] or len(vertices) != len(space) or len(balls) != len(children):
        raise ValueError("an array has another shape")
    first, last = children.T.astype(np.int64)
    leaves = int(np.count_nonzero(first < 0))
    if (first[:leaves] >= 0).any() or (last[:leaves] < -len(vertices)).any() or (last < 0)[leaves:].any():
        raise ValueError("a leaf leads past the vertices, or stands above other balls")
    count = np.where(first < 0, first - last, last - first)
    if ((count < 1) | (count > FAN)).any():
        raise ValueError("a ball has too many children, or none")
    begin, end, levels = 0, leaves, 1  # of a level; the next one holds these, one after the other
    while end < len(balls):
        above = end + int(np.searchsorted(last[end:], end, side="right"))
        if above == end or not np.array_equal(np.append(begin, last[end:above]), np.append(first[end:above], end)):
            raise ValueError("the balls of a level are not those that the next one holds")
        begin, end, levels = end, above, levels + 1
    if levels > _MOST_LEVELS:
        raise ValueError("more levels than the search has room for")
    if ((root != -1) & ((root < begin) | (root >= end))).any():
        raise ValueError("an area has no ball of the last level")
