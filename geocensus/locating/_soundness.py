"""Whether every reference in an index leads to where there is something to read.

Compiled code looks at no bounds: an index that comes from outside is followed once, here, before it is asked.
"""

import numpy as np

from geocensus.locating._index import DEPTH_BITS
from geocensus.locating._keeping import Built

__all__ = ["require_sound"]


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
