"""The areas themselves, asked by GEOS point by point: for few points, and for what the index does not decide."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from geocensus.locating._grid import Grid, build_grid, candidates
from geocensus.locating._prepared import covered, have_one_ring, prepare
from geocensus.locating._tables import Floats, Objects

__all__ = ["Answer", "AskedAreas"]

Answer = tuple[NDArray[np.int64], NDArray[np.bool_]]

_OFTEN = 4  # questions that make up for preparing an area
_CHUNK = 1 << 17  # points at a time: bounds the memory that the pairs of point and area take


class AskedAreas:
    """Areas in order: where several cover a point, the first of them wins.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons; None and empty cover nothing. Prepared when they are asked often enough.
    """

    def __init__(self, geometries: Objects) -> None:
        self._geometries = geometries
        self._questions = np.zeros(len(geometries), dtype=np.int64)  # put to each area so far
        self._boxes: Grid | None = None
        self._lock = Lock()

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
        first = np.full(len(x), -1, dtype=np.int64)
        on_border = np.zeros(len(x), dtype=bool)
        for start in range(0, len(x), _CHUNK):
            part = slice(start, start + _CHUNK)
            first[part], on_border[part] = self._locate_chunk(x[part], y[part])
        return first, on_border

    def _locate_chunk(self, x: Floats, y: Floats) -> Answer:
        point, area = candidates(self._grid(), x, y)
        order = np.argsort(area, kind="stable")  # area by area: a prepared polygon stays in the processor's cache
        point, area = point[order], area[order]
        self._prepare(area)
        covers, border = covered(self._geometries[area], x[point], y[point])
        none = len(self._geometries)
        first = np.full(len(x), none, dtype=np.int64)
        np.minimum.at(first, point[covers], area[covers])
        on_border = np.zeros(len(x), dtype=bool)
        on_border[point[border]] = True
        return np.where(first == none, -1, first), on_border

    def _prepare(self, area: NDArray[np.int64]) -> None:
        """Prepare the areas that are asked often, and all that are answered otherwise when they are not prepared."""
        met, count = np.unique(area, return_counts=True)
        shapes = self._geometries[met]
        with self._lock:
            self._questions[met] += count
            prepare(shapes[~have_one_ring(shapes) | (self._questions[met] >= _OFTEN)])

    def _grid(self) -> Grid:
        with self._lock:
            if self._boxes is None:
                self._boxes = build_grid(self._geometries)
            return self._boxes
