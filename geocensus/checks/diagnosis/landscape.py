"""Where sources of the basemap tend to lie: areas with their sizes, and a smooth density of good sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import gaussian_filter

from geocensus import names as n
from geocensus.basemap import areas_m2
from geocensus.checks.diagnosis.texts import positions_in
from geocensus.locating import cached_locator, covers, prepare

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geocensus.basemap import Basemap
    from geocensus.checks.diagnosis.parameters import Parameters

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["METRES", "Landscape", "make_landscape"]

METRES = 111_320.0  # a degree of latitude; errors of 0.5 % do not matter to a density


@dataclass(frozen=True, eq=False)
class Landscape:
    """Areas of all levels in one numbering, and the density of sources.

    Attributes
    ----------
    basemap : Basemap
        The areas.
    layers : dict of str to GeoDataFrame
        The same by level.
    first : dict of str to int
        Number of the first area of each level; areas of a level follow in order of their codes.
    codes, names : Index
        By number.
    chain : array of int, shape (levels, finest areas)
        Number of the area of each level above (and at) every finest area; -1 where there is none.
    bounds : array of float, shape (areas, 4)
        Degrees; NaN where an area has no geometry.
    box : tuple of float
        West, south, east, north of the basemap.
    total_m2 : float
        Size of the basemap.
    good : array of float
        Share of good sources in each area.
    weight : float
        Weight of good sources against an even spread.
    grid : array of float32
        Density of good sources per square metre; rows run north.
    step : tuple of float
        Degrees of a cell, east and north.
    """

    basemap: Basemap
    layers: dict[str, gpd.GeoDataFrame]
    first: dict[str, int]
    codes: pd.Index
    names: NDArray[np.object_]
    chain: Ints
    bounds: Floats
    box: tuple[float, float, float, float]
    total_m2: float
    good: Floats
    weight: float
    grid: NDArray[np.float32]
    step: tuple[float, float]

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels, coarse to fine.

        Returns
        -------
        tuple of str
            As the basemap's.
        """
        return self.basemap.levels

    def number(self, codes: pd.Series, level: str) -> Ints:
        """Return the numbers of areas of one level.

        Parameters
        ----------
        codes : Series of str
            Codes; missing and unknown ones allowed.
        level : str
            Their level.

        Returns
        -------
        array of int
            -1 where there is no such area.
        """
        found = positions_in(self.layers[level][n.CODE], codes)
        return np.where(found >= 0, found + self.first[level], -1)

    @cached_property
    def _polygons(self) -> NDArray[np.object_]:
        return np.concatenate([np.asarray(layer.geometry.values, dtype=object) for layer in self.layers.values()])

    def shapes(self, numbers: Ints) -> NDArray[np.object_]:
        """Return the polygons of areas.

        Parameters
        ----------
        numbers : array of int
            Areas, none of them -1.

        Returns
        -------
        array of geometries
            In degrees.
        """
        return self._polygons[numbers]

    def locate(self, lon: Floats, lat: Floats) -> Ints:
        """Return the finest area that covers each point.

        Parameters
        ----------
        lon, lat : array of float
            Degrees; NaN allowed.

        Returns
        -------
        array of int
            Row in the finest level (a column of ``chain``); -1 in none.
        """
        return cached_locator(self.basemap.zones()).locate_xy(lon, lat)[0]

    def holds(self, numbers: Ints, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Tell whether areas cover points, a quicker question than which area does.

        Parameters
        ----------
        numbers : array of int
            One area per point, none of them -1.
        lon, lat : array of float
            Degrees, none missing.

        Returns
        -------
        array of bool
            Borders included; False where an area has no geometry.
        """
        prepare(self.shapes(np.flatnonzero(np.bincount(numbers))))
        small = numbers.astype(np.min_scalar_type(len(self._polygons)))  # sorted by its bytes
        order = np.argsort(small, kind="stable")  # area by area: a prepared polygon stays in the processor's cache
        held = np.zeros(len(numbers), dtype=bool)
        held[order] = covers(self.shapes(numbers[order]), lon[order], lat[order])
        return held

    def sizes(self, numbers: Ints) -> Floats:
        """Measure areas.

        Parameters
        ----------
        numbers : array of int
            Areas; -1 stands for the whole basemap.

        Returns
        -------
        array of float
            Square metres, at least 100.
        """
        fresh = np.unique(numbers[np.isnan(self._sizes[numbers])])
        self._sizes[fresh] = np.maximum(areas_m2(self.shapes(fresh)), 100.0)
        return self._sizes[numbers]

    @cached_property
    def _sizes(self) -> Floats:
        """Sizes of the areas, NaN until one is asked for; that of the whole basemap is the last one, for -1."""
        return np.append(np.full(len(self.codes), np.nan), max(self.total_m2, 100.0))

    def centres(self, numbers: Ints) -> Floats:
        """Return the centroids of areas as boxes without extent.

        Parameters
        ----------
        numbers : array of int
            Areas, none of them -1.

        Returns
        -------
        array of float, shape (n, 4)
            Longitude, latitude, and both again; NaN where an area has no geometry.
        """
        distinct, back = np.unique(numbers, return_inverse=True)
        middle = shapely.centroid(self.shapes(distinct))
        return np.column_stack([shapely.get_x(middle), shapely.get_y(middle)] * 2)[back]

    def mass(self, numbers: Ints) -> Floats:
        """Return the share of sources that areas are expected to hold.

        Parameters
        ----------
        numbers : array of int
            Areas; -1 stands for the whole basemap.

        Returns
        -------
        array of float
            From just above 0 to 1.
        """
        good = np.where(numbers >= 0, self.good[numbers], 1.0)
        even = np.minimum(self.sizes(numbers) / self.total_m2, 1.0)
        return (1 - self.weight) * even + self.weight * good

    def sample(self, size: int) -> tuple[Floats, Floats, Floats]:
        """Return places that stand for the landscape, the same ones at every call.

        Parameters
        ----------
        size : int
            How many points, at most.

        Returns
        -------
        lon, lat, weight : array of float
            Degrees, and the share of sources that each stands for.
        """
        draw = np.random.default_rng(0)
        lon = draw.uniform(self.box[0], self.box[2], size)
        lat = draw.uniform(self.box[1], self.box[3], size)
        inside = self.locate(lon, lat) >= 0
        lon, lat = lon[inside], lat[inside]
        weight = self.density(lon, lat)
        return lon, lat, weight / max(float(weight.sum()), 1e-300)

    def density(self, lon: Floats, lat: Floats) -> Floats:
        """Return how densely sources lie, borders not looked at.

        Parameters
        ----------
        lon, lat : array of float
            Degrees; NaN allowed.

        Returns
        -------
        array of float
            Per square metre.
        """
        even = (1 - self.weight) / self.total_m2
        if self.weight == 0:
            return np.full(len(lon), even)
        column = np.floor((np.nan_to_num(lon, nan=-999.0) - self.box[0]) / self.step[0])
        row = np.floor((np.nan_to_num(lat, nan=-999.0) - self.box[1]) / self.step[1])
        height, width = self.grid.shape
        known = np.flatnonzero((column >= 0) & (row >= 0) & (column < width) & (row < height))
        dense = np.zeros(len(lon))
        dense[known] = self.grid[row[known].astype(np.int64), column[known].astype(np.int64)]
        return even + self.weight * dense


def make_landscape(basemap: Basemap, lon: Floats, lat: Floats, located: pd.DataFrame, with_: Parameters) -> Landscape:
    """Draw the landscape from the sources that nobody doubts.

    Parameters
    ----------
    basemap : Basemap
        The areas.
    lon, lat : array of float
        Degrees of good sources, none missing.
    located : DataFrame
        Columns code_{level} of the same sources.
    with_ : Parameters
        Smoothing and weights.

    Returns
    -------
    Landscape
        Ready for questions.
    """
    by_level = {level: basemap.areas(level) for level in basemap.levels}
    layers = list(by_level.values())
    begins = np.cumsum([0, *(len(layer) for layer in layers)])
    first = dict(zip(basemap.levels, begins[:-1].tolist(), strict=True))
    bounds = np.concatenate([shapely.bounds(np.asarray(layer.geometry.values)) for layer in layers])
    box = _box(bounds)
    blank = {
        "basemap": basemap,
        "layers": by_level,
        "first": first,
        "codes": pd.Index(np.concatenate([layer[n.CODE].to_numpy(dtype=object) for layer in layers])),
        "names": np.concatenate([layer[n.NAME].to_numpy(dtype=object) for layer in layers]),
        "chain": _chain(basemap, first),
        "bounds": bounds,
        "box": box,
        "total_m2": float(areas_m2(np.asarray(layers[0].geometry.values)).sum()),
    }
    grid, step = _smooth(pd.DataFrame({"lon": lon, "lat": lat}).drop_duplicates().to_numpy(), box, with_)
    weight = (1 - with_.floor_share) * len(lon) / (len(lon) + with_.few_sources)
    return Landscape(**blank, good=_shares(located, basemap, first), weight=float(weight), grid=grid, step=step)


def _box(bounds: Floats) -> tuple[float, float, float, float]:
    west, south = np.nanmin(bounds[:, :2], axis=0)
    east, north = np.nanmax(bounds[:, 2:], axis=0)
    return float(west), float(south), float(east), float(north)


def _chain(basemap: Basemap, first: dict[str, int]) -> Ints:
    above = basemap.parents(basemap.zones()[n.CODE])
    rows = []
    for level in basemap.levels:
        found = pd.Index(basemap.areas(level)[n.CODE]).get_indexer(pd.Index(above[f"code_{level}"]))
        rows.append(np.where(found >= 0, found + first[level], -1))
    return np.array(rows, dtype=np.int64)


def _shares(located: pd.DataFrame, basemap: Basemap, first: dict[str, int]) -> Floats:
    """Share of the good sources in every area."""
    counts = []
    for level in first:
        codes = basemap.areas(level)[n.CODE]
        found = positions_in(codes, located[f"code_{level}"])
        counts.append(np.bincount(found[found >= 0], minlength=len(codes)))
    return np.concatenate(counts) / max(len(located), 1)


def _smooth(
    points: Floats, box: tuple[float, float, float, float], with_: Parameters
) -> tuple[NDArray[np.float32], tuple[float, float]]:
    """Smooth distinct points on a grid; its sum times the cell area is 1."""
    west, south, east, north = box
    wide = np.cos(np.radians((south + north) / 2)) * METRES
    cell = max(with_.cell_m, (east - west) * wide / with_.most_cells, (north - south) * METRES / with_.most_cells)
    step = (cell / wide, cell / METRES)
    shape = (int((north - south) / step[1]) + 1, int((east - west) / step[0]) + 1)
    if not len(points):
        return np.zeros((1, 1), np.float32), step
    edges = [[south, south + shape[0] * step[1]], [west, west + shape[1] * step[0]]]
    counted, _, _ = np.histogram2d(points[:, 1], points[:, 0], bins=shape, range=edges)
    smooth = gaussian_filter(counted.astype(np.float32), max(with_.smooth_m / cell, 1.0), mode="nearest", truncate=3)
    total = float(smooth.sum()) or 1.0
    return (smooth / (total * cell * cell)).astype(np.float32), step
