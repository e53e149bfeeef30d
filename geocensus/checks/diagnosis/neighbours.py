"""Good sources of the same claim near a place: what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geocensus.checks.diagnosis.landscape import METRES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context
    from geocensus.checks.diagnosis.landscape import Landscape

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Neighbours", "make_neighbours"]

_APART = 1e8  # metres between the sources of two claims, so that a search stays within one


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Good sources: ``counts`` by claimed area, with a tree per level; ``lying`` by the finest area they lie in."""

    land: Landscape
    counts: Ints
    lying: Ints
    trees: dict[str, cKDTree | None]

    def lying_at(self, fine: Ints) -> Ints:
        """Count good sources in finest areas.

        Parameters
        ----------
        fine : array of int
            Finest areas, -1 for none.

        Returns
        -------
        array of int
            0 for none.
        """
        return np.where(fine >= 0, self.lying[fine], 0)

    def nearest(self, claim: Ints, lon: Floats, lat: Floats) -> Floats:
        """Measure to the nearest good source with the same claim.

        Parameters
        ----------
        claim : array of int
            Claimed areas, -1 for none.
        lon, lat : array of float
            Degrees.

        Returns
        -------
        array of float
            Metres; NaN where there is none.
        """
        metres = np.full(len(claim), np.nan)
        for level, first in self.land.first.items():
            tree, size = self.trees[level], len(self.land.layers[level])
            rows = np.flatnonzero((claim >= first) & (claim < first + size) & np.isfinite(lon))
            if tree is None or not len(rows):
                continue
            found, _ = tree.query(
                _spread(self.land, lon[rows], lat[rows], claim[rows]), distance_upper_bound=_APART / 2
            )
            metres[rows] = np.where(np.isfinite(found), found, np.nan)
        return metres


def make_neighbours(ctx: Context, land: Landscape, good: Ints, asked: Ints) -> Neighbours:
    """Index the good sources by what they claim.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    land : Landscape
        Areas.
    good : array of int
        Positions of sources that nobody doubts.
    asked : array of int
        Claimed areas that :meth:`Neighbours.nearest` will be asked about, -1 for none: no others are in the trees.

    Returns
    -------
    Neighbours
        Ready for questions.
    """
    counts = np.zeros(len(land.codes), dtype=np.int64)
    trees: dict[str, cKDTree | None] = {}
    lon, lat = (ctx.sources[axis].to_numpy(dtype=float)[good] for axis in ("lon", "lat"))
    wanted = np.zeros(len(land.codes) + 1, dtype=bool)
    wanted[asked] = True
    wanted[-1] = False  # that of -1
    for level in land.levels:
        claim = land.number(ctx.claims[f"code_{level}"].iloc[good], level)
        counts += np.bincount(claim[claim >= 0], minlength=len(counts))
        here = np.flatnonzero(wanted[claim])
        points = _spread(land, lon[here], lat[here], claim[here])
        trees[level] = cKDTree(points, balanced_tree=False, compact_nodes=False) if len(points) else None
    finest = land.levels[-1]
    lying = land.number(ctx.located[f"code_{finest}"].iloc[good], finest) - land.first[finest]
    return Neighbours(land, counts, np.bincount(lying, minlength=land.chain.shape[1]), trees)


def _spread(land: Landscape, lon: Floats, lat: Floats, claim: Ints) -> Floats:
    wide = np.cos(np.radians((land.box[1] + land.box[3]) / 2))
    return np.column_stack([lon * METRES * wide, lat * METRES, claim * _APART])
