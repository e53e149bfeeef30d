"""A chunk of rows under diagnosis: what is written, where a candidate may lie, and how candidates are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import Transformer

from geocensus import shifts
from geocensus.checks.causes.candidates import Candidates, number_of
from geocensus.checks.causes.cells import log_cell
from geocensus.crs import SHIFTED, to_cgcs2000

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.causes.written import Written

    Floats = NDArray[np.float64]
    Pair = tuple[Floats, Floats]

__all__ = ["Case", "to_degrees"]

_SHIFT_MARGIN = 0.05  # degrees; GCJ-02 and BD-09 move a point by 0.02 at most
_METRE_MARGIN = 2000.0  # a box of degrees is no box of metres; survivors are tested again in degrees
_FLATTEST = 0.01  # smallest cosine: beyond 89.4° nothing is plausible


def to_degrees(x: Any, y: Any, system: Any) -> Pair:
    """Turn a list's numbers into CGCS2000 degrees.

    Parameters
    ----------
    x, y : array of float
        In the list's system.
    system : ListCRS
        Shifted ones are undone.

    Returns
    -------
    lon, lat : array of float
        Degrees.
    """
    if system.key == "gcj02":
        return shifts.gcj02_to_wgs84(x, y)
    if system.key == "bd09":
        return shifts.bd09_to_wgs84(x, y)
    return to_cgcs2000(x, y, system)


@dataclass(frozen=True, eq=False)
class Case:
    """Rows, and the box (west, south, east, north; CGCS2000 degrees; shape (rows, 4)) of each one's candidates."""

    written: Written
    near: Floats

    def __len__(self) -> int:
        return len(self.written)

    @cached_property
    def box(self) -> Floats:
        """The boxes in the list's own system and unit, a little wider where that is not degrees of CGCS2000.

        Returns
        -------
        array of float, shape (rows, 4)
            West, south, east, north.
        """
        system = self.written.system
        if system.key in SHIFTED:
            return self.near + np.array([-1, -1, 1, 1]) * _SHIFT_MARGIN
        if not system.projected:
            return self.near
        west, south, east, north = self.near.T
        middle = (west + east) / 2
        x, y = Transformer.from_crs("EPSG:4490", system.key, always_xy=True).transform(
            np.stack([west, west, east, east, middle, middle]), np.stack([south, north, south, north, south, north])
        )
        low, high = (np.stack([side(x, axis=0), side(y, axis=0)], axis=1) for side in (np.min, np.max))
        return np.hstack([low - _METRE_MARGIN, high + _METRE_MARGIN])

    @cached_property
    def cosine(self) -> Floats:
        """Cosine of the latitude in the middle of each row's box.

        Returns
        -------
        array of float
            One for all candidates of a row: within a county it changes by less than a hundredth.
        """
        return np.maximum(np.cos(np.radians((self.near[:, 1] + self.near[:, 3]) / 2)), _FLATTEST)

    @cached_property
    def log_stated(self) -> Floats:
        """Weight of the text as it stands: :func:`~geocensus.checks.causes.cells.log_cell`.

        Returns
        -------
        array of float
            One per row.
        """
        x, y = self.written.x, self.written.y
        return log_cell((x.step, y.step), (x.style, y.style), self.cosine)

    def within(self, rows: Any, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Test numbers of the list's system against its boxes.

        Parameters
        ----------
        rows : array or slice
            The row of each pair.
        x, y : array of float
            Numbers; NaN is outside.

        Returns
        -------
        array of bool
            True inside.
        """
        west, south, east, north = self.box[rows].T
        return (x >= west) & (x <= east) & (y >= south) & (y <= north)

    def from_list(
        self, cause: str, rows: NDArray[Any], xy: Pair, weights: Floats, edits: tuple[Any, Any] = (0, 0)
    ) -> Candidates:
        """Hand out candidates given in the list's system.

        Parameters
        ----------
        cause : str
            Whose they are.
        rows : array of int
            The row of each.
        xy : pair of arrays of float
            Numbers of the list's system.
        weights : array of float
            Logarithms, as :class:`~geocensus.checks.causes.candidates.Candidates` states them.
        edits : pair of arrays of int16
            Of the axes.

        Returns
        -------
        Candidates
            Those inside the boxes.
        """
        system = self.written.system
        if system.projected or system.key in SHIFTED:
            return self.from_degrees(cause, rows, to_degrees(*xy, system), weights, edits)
        return self.from_degrees(cause, rows, xy, weights, edits)

    def from_degrees(
        self, cause: str, rows: NDArray[Any], points: Pair, weights: Floats, edits: tuple[Any, Any] = (0, 0)
    ) -> Candidates:
        """Hand out candidates given in CGCS2000 degrees; parameters as of :meth:`from_list`.

        Parameters
        ----------
        cause : str
            Whose they are.
        rows : array of int
            The row of each.
        points : pair of arrays of float
            Longitudes and latitudes.
        weights : array of float
            Logarithms.
        edits : pair of arrays of int16
            Of the axes.

        Returns
        -------
        Candidates
            Those inside the boxes.
        """
        lon, lat = points
        west, south, east, north = self.near[rows].T
        inside = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        shape = np.shape(rows)
        own = [np.broadcast_to(np.asarray(edit, dtype=np.int16), shape)[inside] for edit in edits]
        size = len(inside)
        causes = np.full(size, number_of(cause), np.int32)
        return Candidates(rows[inside].astype(np.int32), causes, lon[inside], lat[inside], weights[inside], *own)
