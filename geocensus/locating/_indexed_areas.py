"""Areas asked through the index, and where that does not decide, themselves. Needs numba."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from geocensus.locating._asked_areas import Answer, AskedAreas
from geocensus.locating._asking import ask
from geocensus.locating._building import build_index, frozen, processors
from geocensus.locating._index import UNDECIDED, Built
from geocensus.locating._keeping import kept_or_built
from geocensus.locating._kinds import EDGES
from geocensus.locating._tables import Floats, Objects

__all__ = ["IndexedAreas", "open_index"]

_CHUNK = 1 << 16  # points that are worth a thread


class IndexedAreas:
    """Areas in order under an index: where several cover a point, the first of them wins.

    Parameters
    ----------
    built : Built
        The index, and the areas that it leaves out.
    geometries : ndarray of object
        What it was built over.
    asked : AskedAreas
        The same areas without it.
    """

    def __init__(self, built: Built, geometries: Objects, asked: AskedAreas) -> None:
        self._built = built
        self._asked = asked
        self._left_out = AskedAreas(geometries[built.left_out])

    def locate(self, x: Floats, y: Floats) -> Answer:
        """Return the first area that covers each point.

        Parameters
        ----------
        x : ndarray of float64, shape (n,)
            Longitudes.
        y : ndarray of float64, shape (n,)
            Latitudes.

        Returns
        -------
        tuple of ndarray
            Position of the area, -1 for none; whether the point is on the border of any area that covers it.
        """
        first, on_border = np.empty(len(x), dtype=np.int64), np.empty(len(x), dtype=bool)
        threads = max(1, min(processors(), len(x) // _CHUNK))
        size = -(-len(x) // threads) or 1

        def answer(start: int) -> int:
            part = slice(start, start + size)
            points = frozen(x[part]), frozen(y[part])
            return int(ask(tuple(self._built.arrays), tuple(self._built.frame), *points, first[part], on_border[part]))

        with ThreadPoolExecutor(threads) as pool:
            undecided = sum(pool.map(answer, range(0, len(x), size)))
        if undecided:
            rest = np.flatnonzero(first == UNDECIDED)
            first[rest], on_border[rest] = self._asked.locate(x[rest], y[rest])
        if len(self._built.left_out):
            self._add_left_out(x, y, first, on_border)
        return first, on_border

    def _add_left_out(self, x: Floats, y: Floats, first: NDArray[np.int64], on_border: NDArray[np.bool_]) -> None:
        other, border = self._left_out.locate(x, y)
        hit = np.flatnonzero(other >= 0)
        position, found = self._built.left_out[other[hit]], first[hit]
        first[hit] = np.where(found < 0, position, np.minimum(found, position))
        on_border |= border


def open_index(geometries: Objects, asked: AskedAreas) -> IndexedAreas | None:
    """Open the index that is kept, else build it and keep it.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons in order; None and empty included.
    asked : AskedAreas
        The same areas without an index.

    Returns
    -------
    IndexedAreas or None
        None where nothing can be indexed.
    """
    built = kept_or_built(EDGES, geometries, build_index)
    return None if built is None else IndexedAreas(built, geometries, asked)
