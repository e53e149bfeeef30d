"""The borders that claims ask for: those of the areas claimed, or of the whole table once that is worth its time."""

from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._border import Borders
from geocensus.locating._border_building import build_borders
from geocensus.locating._keeping import WORTH_KEEPING, kept_or_built
from geocensus.locating._kinds import BORDERS
from geocensus.locating._tables import Objects

__all__ = ["ClaimedBorders"]

_WORTH = 4  # building a quarter of the borders takes as long as opening all of them where they are kept


class ClaimedBorders:
    """Borders of a table.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons; None and empty have no border.
    """

    def __init__(self, geometries: Objects) -> None:
        self._geometries = geometries
        self._vertices = shapely.get_num_coordinates(geometries)
        self._total = int(self._vertices.sum())
        self._met = 0  # vertices of areas asked so far, each time they were asked
        self._whole: Borders | None = None
        self._lock = Lock()  # two threads that want the whole table build it once

    def of(self, rows: NDArray[np.int64]) -> Borders:
        """Return borders that hold those of some areas at least.

        Parameters
        ----------
        rows : ndarray of int64
            Of areas, -1 for none.

        Returns
        -------
        Borders
            With a root for every area of the table, -1 for those left out.
        """
        asked = np.unique(rows[rows >= 0])
        with self._lock:
            self._met += int(self._vertices[asked].sum())
            if self._whole is None and (self._total < WORTH_KEEPING or self._met * _WORTH >= self._total):
                self._whole = kept_or_built(BORDERS, self._geometries, build_borders)
        if self._whole is not None:
            return self._whole
        part = build_borders(self._geometries[asked])
        root = np.full(len(self._geometries), -1, dtype=np.int32)
        root[asked] = part.root
        return part._replace(root=root)
