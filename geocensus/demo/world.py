"""The places that fictional sources are put into, and distances among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geocensus.errors import SchemaError
from geocensus.model import CodeSystem, Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.basemap import Basemap

    Floats = NDArray[np.float64]

__all__ = ["World"]

_METRES_LAT = 110_900.0  # of a degree, near 28 degrees north; the demo needs no better
_METRES_LON = 111_320.0
_ROUNDS = 60


@dataclass(frozen=True)
class World:
    """Villages with their towns, flat metric copies of the areas, and barriers to build along."""

    basemap: Basemap

    def __post_init__(self) -> None:
        missing = [level for level in (Level.TOWNSHIP, Level.VILLAGE) if level not in self.basemap.levels]
        if missing:
            raise SchemaError(
                f"demo: basemap {self.basemap.info.name!r} has no level {', '.join(missing)};"
                " use a basemap of townships and villages",
                f"演示：底图“{self.basemap.info.name}”没有 {'、'.join(missing)} 这一层级，请使用带乡镇和村的底图",
            )

    @cached_property
    def villages(self) -> pd.DataFrame:
        """Return the villages that have a shape.

        Returns
        -------
        DataFrame
            Columns code, name, town (code), town_name and geometry; sorted by code.
        """
        areas = self.basemap.areas(Level.VILLAGE)
        table = pd.DataFrame(
            areas[["code", "name"]].assign(town=areas["parent_code"], geometry=areas.geometry.to_numpy())
        )
        drawn = ~(shapely.is_missing(table["geometry"].to_numpy()) | shapely.is_empty(table["geometry"].to_numpy()))
        towns = self.basemap.areas(Level.TOWNSHIP).set_index("code")["name"]
        table = table[drawn & table["town"].isin(towns.index)]
        return table.assign(town_name=table["town"].map(towns)).reset_index(drop=True)

    @cached_property
    def towns(self) -> pd.DataFrame:
        """Return the townships.

        Returns
        -------
        DataFrame
            Columns code, name and geometry.
        """
        areas = self.basemap.areas(Level.TOWNSHIP)
        return pd.DataFrame(areas[["code", "name"]].assign(geometry=areas.geometry.to_numpy()))

    @cached_property
    def root_name(self) -> str:
        """Return the name of the coarsest area.

        Returns
        -------
        str
            The name; "" where there are several coarsest areas.
        """
        top = self.basemap.areas(self.basemap.levels[0])
        return str(top["name"].iloc[0]) if len(top) == 1 else ""

    @cached_property
    def root_code(self) -> str:
        """Return the code that ids begin with.

        Returns
        -------
        str
            The code of the coarsest area.
        """
        return self.basemap.info.root or str(self.basemap.areas(self.basemap.levels[0])["code"].iloc[0])

    @property
    def gb2260(self) -> bool:
        """Tell whether codes follow GB/T 2260.

        Returns
        -------
        bool
            True for the code system gb2260.
        """
        return self.basemap.info.code_system == CodeSystem.GB2260

    @cached_property
    def traditional(self) -> bool:
        """Tell whether names are written in traditional characters.

        Returns
        -------
        bool
            True where town names end in 鄉, 鎮 or 區.
        """
        return bool(self.towns["name"].str.contains("[鄉鎮區]").any())

    @cached_property
    def scale(self) -> Floats:
        """Return metres per degree of longitude and latitude.

        Returns
        -------
        ndarray
            Two numbers, for the middle of the basemap.
        """
        bounds = shapely.total_bounds(self.villages["geometry"].to_numpy())
        return np.array([_METRES_LON * np.cos(np.radians((bounds[1] + bounds[3]) / 2)), _METRES_LAT])

    def flat(self, geometry: Any) -> NDArray[np.object_]:
        """Change degrees into flat metres, good to about 1 % inside one county.

        Parameters
        ----------
        geometry : array of Geometry
            Shapes in degrees.

        Returns
        -------
        ndarray
            Shapes in metres.
        """
        return shapely.transform(geometry, lambda xy: xy * self.scale)

    @cached_property
    def flat_villages(self) -> NDArray[np.object_]:
        """Return the villages in flat metres.

        Returns
        -------
        ndarray
            One polygon per village.
        """
        return self.flat(self.villages["geometry"].to_numpy())

    @cached_property
    def outline(self) -> shapely.Geometry:
        """Return the outline in flat metres.

        Returns
        -------
        Geometry
            The union of all villages.
        """
        return shapely.union_all(self.flat_villages)

    @cached_property
    def centroids(self) -> cKDTree:
        """Return the centroids of all areas in flat metres.

        Returns
        -------
        cKDTree
            Places that clean sources keep away from.
        """
        levels = [self.basemap.areas(level).geometry.to_numpy() for level in self.basemap.levels]
        shapes = np.concatenate(levels)
        points = self.flat(shapely.centroid(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]))
        return cKDTree(shapely.get_coordinates(points))

    def outside_m(self, villages: NDArray[np.int64], lon: Floats, lat: Floats) -> Floats:
        """Measure how far each point lies outside its village.

        Parameters
        ----------
        villages : ndarray of int
            Positions in :attr:`villages`; -1 for none.
        lon : ndarray of float
            Degrees, NaN allowed.
        lat : ndarray of float
            Degrees, NaN allowed.

        Returns
        -------
        ndarray of float
            Flat metres, 0 inside; NaN where there is no village or no point.
        """
        metres = np.full(len(villages), np.nan)
        rows = np.flatnonzero((villages >= 0) & np.isfinite(lon) & np.isfinite(lat))
        points = self.flat(shapely.points(lon[rows], lat[rows]))
        metres[rows] = shapely.distance(points, self.flat_villages[villages[rows]])
        return metres

    def beyond_m(self, lon: Floats, lat: Floats) -> Floats:
        """Measure how far each point lies beyond the border of the basemap.

        Parameters
        ----------
        lon : ndarray of float
            Degrees, NaN allowed.
        lat : ndarray of float
            Degrees, NaN allowed.

        Returns
        -------
        ndarray of float
            Flat metres, 0 inside; NaN where there is no point.
        """
        known = np.isfinite(lon) & np.isfinite(lat)
        metres = np.full(len(lon), np.nan)
        metres[known] = shapely.distance(self.flat(shapely.points(lon[known], lat[known])), self.outline)
        return metres

    def draw_points(self, villages: NDArray[np.int64], rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Draw one point per row inside its village, clustered, off its border and off all centroids.

        Parameters
        ----------
        villages : ndarray of int
            Positions in :attr:`villages`.
        rng : numpy.random.Generator
            Decides everything.

        Returns
        -------
        tuple of ndarray
            Longitudes and latitudes, degrees.
        """
        cores = _cores(self.flat_villages)
        hearts = self._hearts(cores, rng)
        spread = np.clip(np.sqrt(shapely.area(self.flat_villages)) / 8, 20, 350)
        xy = self._off_centre(cores)[villages]  # for the few that no draw puts right
        todo = np.arange(len(villages))
        for round_number in range(_ROUNDS):
            home = villages[todo]
            which = rng.integers(0, hearts.shape[1], len(todo))
            wider = 1 + round_number / 10
            tried = hearts[home, which] + rng.normal(size=(len(todo), 2)) * spread[home, None] * wider
            good = shapely.contains_xy(cores[home], tried[:, 0], tried[:, 1])
            good &= self.centroids.query(tried)[0] > 80  # noqa: PLR2004 - metres; within 50 counts as a default place
            xy[todo[good]] = tried[good]
            todo = todo[~good]
            if not len(todo):
                break
        lon, lat = (xy / self.scale).T
        return lon, lat

    def _off_centre(self, cores: NDArray[np.object_]) -> Floats:
        """Return for each shape a place near that corner which is furthest from all centroids."""
        corners, owner = shapely.get_coordinates(cores, return_index=True)
        far = self.centroids.query(corners)[0]
        order = np.lexsort((far, owner))
        last = np.flatnonzero(np.diff(owner[order], append=-1))
        middle = shapely.get_coordinates(shapely.point_on_surface(cores))
        near = corners[order[last]] * 0.9 + middle * 0.1
        return np.where(shapely.contains_xy(cores, *near.T)[:, None], near, middle)

    def _hearts(self, cores: NDArray[np.object_], rng: np.random.Generator) -> Floats:
        """Pick three places per village that sources gather around; the third on a barrier line if one crosses."""
        inner = shapely.get_coordinates(shapely.point_on_surface(cores))
        size = np.sqrt(shapely.area(cores))
        hearts = inner[:, None, :] + rng.normal(size=(len(cores), 3, 2)) * size[:, None, None] / 5
        lines = self.basemap.barriers.geometry.to_numpy()
        if len(lines):
            crossing = shapely.intersection(cores, shapely.union_all(self.flat(lines)))
            share = rng.random(len(cores))
            for row in np.flatnonzero(~shapely.is_empty(crossing)):
                longest = max(shapely.get_parts(crossing[row]), key=shapely.length)
                if shapely.get_type_id(longest) == shapely.GeometryType.LINESTRING:
                    at = shapely.line_interpolate_point(longest, share[row], normalized=True)
                    hearts[row, 2] = shapely.get_coordinates(at)[0]
        return hearts


def _cores(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Keep what lies 35 m inside: rounding a coordinate then moves nothing across. A tiny shape is kept whole."""
    cores = shapely.buffer(shapes, -35)
    return np.where(shapely.is_empty(cores), shapes, cores)
