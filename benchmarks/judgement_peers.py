"""What other tools' published rules do on the same rows, written down anew at the scale of a census claim.

- GBIF (pipelines, coordinate interpretation): where the point is not in the claimed country, try the negated latitude,
  the negated longitude, both negated, and exchanged axes, in this order; take the first inside the claim, silently.
- bdc (bdc_coordinates_transposed): three sign changes and four with exchanged axes; all inside the claim are kept, the
  first is taken here; no repair within a buffer of the border (0.2 degrees there, the tolerance here).
- CoordinateCleaner (clean_coordinates, doi:10.1111/2041-210X.13152): flags invalid, equal, zero, centroid (1 km),
  outside the claim, outside the map (sea), duplicated, and outlying records (mean distance to the others of a claim
  beyond the upper quartile plus 5 interquartile ranges; at least 7 records). It repairs nothing.

"Country" is the claimed area of the list's own level, with the tolerance of the run: 0.2 degrees would be all the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial.distance import pdist, squareform

if TYPE_CHECKING:
    from judgement_places import Map

SIGNS = ((1, -1), (-1, 1), (-1, -1))
GBIF = (*((sign, False) for sign in SIGNS), ((1, 1), True))
BDC = (*((sign, False) for sign in SIGNS), *((sign, True) for sign in ((1, 1), *SIGNS)))
CENTROID_M, OUTLIER_RANGES, FEWEST_OUTLIERS, ZERO_DEGREES = 1000.0, 5.0, 7, 0.5
MOST_IN_CLAIM = 2000


class World:
    """Claimed areas in metres, for any degrees."""

    def __init__(self, chart: Map, claimed: pd.Series, tolerance_m: float) -> None:
        self.place, self.tolerance_m = chart.truth, tolerance_m
        self.shape = chart.shapes_m.reindex(claimed).to_numpy()
        self.bounds = shapely.bounds(self.shape) + np.array([-1, -1, 1, 1]) * tolerance_m
        top = chart.basemap.areas(chart.basemap.levels[0])
        self.whole = shapely.union_all(chart.shapes_m.loc[top["code"]].to_numpy())

    def metres(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        usable = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        x, y = self.place.metric.transform(np.where(usable, lon, np.nan), np.where(usable, lat, np.nan))
        return np.where(np.isfinite(x), x, np.nan), np.where(np.isfinite(y), y, np.nan)

    def inside(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Within the tolerance of the claimed area; False for what is no place on Earth."""
        x, y = self.metres(lon, lat)
        west, south, east, north = self.bounds.T
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        found = np.zeros(len(x), dtype=bool)
        found[near] = shapely.distance(self.shape[near], shapely.points(x[near], y[near])) <= self.tolerance_m
        return found


def first_inside(world: World, lon: np.ndarray, lat: np.ndarray, tries: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of the first try inside the claim, for rows that are not inside as they stand; NaN elsewhere."""
    open_rows = ~world.inside(lon, lat)
    found = np.full((2, len(lon)), np.nan)
    for (east, north), exchanged in tries:
        x, y = (lat, lon) if exchanged else (lon, lat)
        hit = open_rows & world.inside(east * x, north * y)
        found[:, hit] = east * x[hit], north * y[hit]
        open_rows &= ~hit
    return found[0], found[1]


def coordinate_cleaner(world: World, lon: np.ndarray, lat: np.ndarray, claimed: pd.Series) -> dict[str, np.ndarray]:
    """Which records each test would flag; tests of places need a valid coordinate."""
    valid = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    x, y = world.metres(lon, lat)
    points = shapely.points(x, y)
    centre = shapely.get_coordinates(shapely.centroid(world.shape))
    repeated = pd.DataFrame({"lon": lon, "lat": lat, "claimed": claimed.to_numpy()}).duplicated()
    shapely.prepare(world.whole)
    return {
        "invalid": ~valid,
        "equal": valid & (np.abs(lon) == np.abs(lat)),
        "zero": valid & (np.hypot(lon, lat) < ZERO_DEGREES),
        "centroid": valid & (np.hypot(x - centre[:, 0], y - centre[:, 1]) < CENTROID_M),
        "claim": valid & ~world.inside(lon, lat),
        "sea": valid & ~shapely.intersects(world.whole, points),
        "duplicate": valid & repeated.to_numpy(),
        "outlier": valid & _outlying(x, y, claimed),
    }


def _outlying(x: np.ndarray, y: np.ndarray, claimed: pd.Series) -> np.ndarray:
    found = np.zeros(len(x), dtype=bool)
    for _, rows in pd.Series(np.arange(len(x))).groupby(claimed.to_numpy()):
        at = rows[np.isfinite(x[rows])].to_numpy()[:MOST_IN_CLAIM]
        if len(at) < FEWEST_OUTLIERS:
            continue
        mean = squareform(pdist(np.c_[x[at], y[at]])).sum(axis=1) / (len(at) - 1)
        low, high = np.quantile(mean, [0.25, 0.75])
        found[at] = mean > high + OUTLIER_RANGES * (high - low)
    return found
