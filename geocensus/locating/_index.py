"""The arrays of the index.

A grid of cells lies over all areas. A cell that no edge comes near answers directly; another one is split into
subcells, and a subcell that edges come near is a leaf: it holds those edges and knows what covers its anchor, the
lower left corner. From there an L-shaped path, first up, then across, leads to any point in the leaf, and the areas
left and right of the edges that it crosses tell what covers the point. No area is ever looked at as a whole.

What covers a point is known as two numbers: how many areas do, and the sum of their numbers, counted from 1. For one
area that is its number, for none 0; where two or more do, areas overlap and the areas themselves are asked.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["DEPTH_BITS", "RECORD", "UNDECIDED", "VERSION", "Built", "Covers", "Frame", "Index", "Ints", "Tags"]

Ints = NDArray[np.int64]
Tags = NDArray[np.int32]
Covers = tuple[Any, Any]  # how many areas cover a point, and the sum of their numbers

VERSION = 2  # of the arrays and of what the kernel makes of them; an index of another version is not read
UNDECIDED = -2  # position of the area of a point that only the areas themselves can tell
DEPTH_BITS = 4

# An edge: the lower end first, of equally low ones the left; the areas on its two sides, 0 for none. Or the head of a
# leaf before its edges: x1 says how many they are, left how many areas cover the anchor, y1 the sum of their numbers.
RECORD = np.dtype([("x1", "f8"), ("y1", "f8"), ("x2", "f8"), ("y2", "f8"), ("left", "i4"), ("right", "i4")])


class Frame(NamedTuple):
    """Where the grid lies: its lower left corner, its upper right one, the size of a cell."""

    left: float
    low: float
    right: float
    high: float
    width: float
    height: float
    rounding: float  # how far a position may be from where it is computed to be


class Index(NamedTuple):
    """Areas by place. A code in cells and subcells is an area, 0 for none, or the complement of what to read next."""

    cells: Tags  # (lines, columns); ~(first subcell << DEPTH_BITS | log2 of subcells in a row)
    subcells: Tags  # ~record
    records: Any  # ndarray of RECORD: leaf after leaf, each a head and its edges


class Built(NamedTuple):
    """An index, and the areas that it leaves out: what is not valid has no sides that edges could tell."""

    arrays: Index
    frame: Frame
    left_out: NDArray[np.int64]
