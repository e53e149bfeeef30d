"""Areas of all levels as one table, and their borders as compact columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from geocensus.maps.style import tint_areas

if TYPE_CHECKING:
    from geocensus.basemap import Basemap

__all__ = ["AreaTable", "area_columns", "area_table", "barrier_columns", "encode_lines", "encode_polygons"]

_SCALE: Final = 1_000_000  # coordinates are written as whole millionths of a degree, about 0.1 m
_MOST_VERTICES: Final = 400_000  # above this, borders are simplified for drawing
_MOST_CIRCLES: Final = 4_000  # above this, label places are found by a quicker method
_METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True)
class AreaTable:
    """Areas of every level in one order, coarse to fine; an area is known by its position.

    Attributes
    ----------
    levels : tuple of str
        Levels present, coarse to fine.
    table : pandas.DataFrame
        Columns code, name, parent_code, level (position in ``levels``).
    geometry : numpy.ndarray
        Polygons in EPSG:4490 degrees; may hold None and empty ones.
    """

    levels: tuple[str, ...]
    table: pd.DataFrame
    geometry: np.ndarray

    def find(self, codes: pd.Series, *, level: str | None = None) -> np.ndarray:
        """Return positions of codes, -1 where unknown; at one level, or at the finest that has the code.

        Parameters
        ----------
        codes : pandas.Series
            Codes, shape (n,); missing ones are found nowhere.
        level : str, optional
            The level to look at.

        Returns
        -------
        numpy.ndarray
            Positions in the table of areas, int64, shape (n,); -1 = none.
        """
        found = np.full(len(codes), -1, dtype=np.int64)
        for position in reversed(range(len(self.levels))):
            if level is None or self.levels[position] == level:
                start, index = self._indexes[position]
                rows = index.get_indexer(pd.Index(codes))
                found = np.where((found < 0) & (rows >= 0), rows + start, found)
        return found

    def raise_to(self, areas: np.ndarray, level: int) -> np.ndarray:
        """Return the ancestors at a level (position in ``levels``), or the area itself where it is not finer.

        Parameters
        ----------
        areas : numpy.ndarray
            Positions, shape (n,); -1 stays -1.
        level : int
            Position of the level in ``levels``.

        Returns
        -------
        numpy.ndarray
            Positions in the table of areas, int64, shape (n,); -1 = none.
        """
        depth, parent = self.table["level"].to_numpy(), self.parents
        for _ in self.levels:
            finer = (areas >= 0) & (depth[areas] > level)
            areas = np.where(finer, parent[areas], areas)
        return areas

    @cached_property
    def parents(self) -> np.ndarray:
        """Positions of the parents, -1 at the top.

        Returns
        -------
        numpy.ndarray
            Int64, one per area.
        """
        parent = np.full(len(self.table), -1, dtype=np.int64)
        depth = self.table["level"].to_numpy()
        for position in range(1, len(self.levels)):
            rows = depth == position
            codes = self.table.loc[rows, "parent_code"]
            for coarser in range(position):  # the nearest coarser level that has the code wins
                found = self.find(codes, level=self.levels[coarser])
                parent[rows] = np.where(found >= 0, found, parent[rows])
        return parent

    @cached_property
    def _indexes(self) -> dict[int, tuple[int, pd.Index]]:
        depth = self.table["level"].to_numpy()
        starts = {p: int(np.searchsorted(depth, p)) for p in range(len(self.levels))}
        return {p: (s, pd.Index(self.table.loc[depth == p, "code"])) for p, s in starts.items()}


def area_table(basemap: Basemap) -> AreaTable:
    """Stack the areas of all levels.

    Parameters
    ----------
    basemap : Basemap
        The basemap; codes are unique within a level.

    Returns
    -------
    AreaTable
        Coarse to fine, by code within a level.
    """
    levels = tuple(basemap.levels)
    layers = [basemap.areas(level) for level in levels]
    columns = ["code", "name", "parent_code"]
    tables = [pd.DataFrame(layer[columns]).assign(level=position) for position, layer in enumerate(layers)]
    geometry = np.concatenate([np.asarray(layer.geometry.array, dtype=object) for layer in layers])
    return AreaTable(levels, pd.concat(tables, ignore_index=True), geometry)


def area_columns(areas: AreaTable) -> tuple[dict[str, Any], float]:
    """Return the areas as columns for the page, and by how many metres borders were simplified.

    Parameters
    ----------
    areas : AreaTable
        Areas of all levels.

    Returns
    -------
    columns : dict
        Lists code, name, level, parent, tint (-1 = none), x, y (label place; None where there is no geometry), borders.
    tolerance_m : float
        Zero when the borders are drawn as they are.
    """
    depth = areas.table["level"].to_numpy()
    geometry, tolerance = _simplify(areas.geometry, depth)
    x, y = label_places(areas.geometry)
    columns = {
        "code": areas.table["code"].fillna("").tolist(),
        "name": areas.table["name"].fillna("").tolist(),
        "level": depth.tolist(),
        "parent": areas.parents.tolist(),
        "tint": _tints(areas).tolist(),
        "x": _numbers(x),
        "y": _numbers(y),
        "borders": encode_polygons(geometry),
    }
    return columns, tolerance * _METRES_PER_DEGREE


def tinted_level(levels: tuple[str, ...]) -> int:
    """Return the position of the level that carries the fill: townships, else the level above the finest.

    Parameters
    ----------
    levels : tuple of str
        Levels present, coarse to fine.

    Returns
    -------
    int
        Position in ``levels``.
    """
    return levels.index("township") if "township" in levels else max(0, len(levels) - 2)


def label_places(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a roomy place inside each polygon (x, y in degrees); NaN where there is none.

    Parameters
    ----------
    geometry : numpy.ndarray
        Polygons and MultiPolygons, degrees; may hold None and empty ones.

    Returns
    -------
    tuple of numpy.ndarray
        Longitudes and latitudes, shape (n,).
    """
    usable = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    x, y = np.full(len(geometry), np.nan), np.full(len(geometry), np.nan)
    if usable.sum() <= _MOST_CIRCLES:
        polygons = _largest_parts(geometry[usable])
        size = np.sqrt(shapely.area(polygons)) if len(polygons) else np.zeros(0)
        circles = shapely.maximum_inscribed_circle(polygons, tolerance=np.maximum(size / 40, 1e-6))
        points = shapely.get_point(circles, 0)
    else:
        points = shapely.point_on_surface(geometry[usable])
    x[usable], y[usable] = shapely.get_x(points), shapely.get_y(points)
    return x, y


def encode_polygons(geometry: np.ndarray) -> dict[str, list[int]]:
    """Write polygons as differences of whole millionths of a degree, with ring, part and area sizes.

    Parameters
    ----------
    geometry : numpy.ndarray
        Polygons and MultiPolygons, degrees; None and empty ones get no parts.

    Returns
    -------
    dict
        Lists steps (x and y in turn), ring_sizes (vertices), part_sizes (rings), area_parts (polygons).

    Examples
    --------
    >>> encode_polygons(shapely.from_wkt(["POLYGON((0 0,0 1,1 1,0 0))"]))["ring_sizes"]
    [4]
    """
    parts, owner = _drawn_parts(geometry)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
    return {
        "steps": _steps(coordinates),
        "ring_sizes": np.bincount(ring_of, minlength=len(rings)).tolist(),
        "part_sizes": np.bincount(part_of, minlength=len(parts)).tolist(),
        "area_parts": np.bincount(owner, minlength=len(geometry)).tolist(),
    }


def encode_lines(geometry: np.ndarray) -> dict[str, list[int]]:
    """Write lines as :func:`encode_polygons` does: steps, part_sizes (vertices), line_parts (parts).

    Parameters
    ----------
    geometry : numpy.ndarray
        LineStrings and MultiLineStrings, degrees; None and empty ones get no parts.

    Returns
    -------
    dict
        Lists of whole numbers.
    """
    parts, owner = _drawn_parts(geometry)
    coordinates, part_of = shapely.get_coordinates(parts, return_index=True)
    return {
        "steps": _steps(coordinates),
        "part_sizes": np.bincount(part_of, minlength=len(parts)).tolist(),
        "line_parts": np.bincount(owner, minlength=len(geometry)).tolist(),
    }


def barrier_columns(basemap: Basemap) -> dict[str, Any]:
    """Return barriers as columns for the page: name, kind, lines.

    Parameters
    ----------
    basemap : Basemap
        The basemap.

    Returns
    -------
    dict
        Column name to list; lines as :func:`encode_lines` writes them.
    """
    barriers = basemap.barriers
    return {
        "name": barriers["name"].fillna("").astype(str).tolist(),
        "kind": barriers["kind"].fillna("other").astype(str).tolist(),
        "lines": encode_lines(np.asarray(barriers.geometry.array, dtype=object)),
    }


def _drawn_parts(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts, owner = shapely.get_parts(geometry, return_index=True)
    kept = ~shapely.is_empty(parts)
    return parts[kept], owner[kept]


def _steps(coordinates: np.ndarray) -> list[int]:
    whole = np.rint(coordinates * _SCALE).astype(np.int64)
    return np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist()


def _numbers(values: np.ndarray) -> list[float | None]:
    rounded = np.round(values, 6).astype(object)
    rounded[np.isnan(values)] = None
    return rounded.tolist()


def _tints(areas: AreaTable) -> np.ndarray:
    rows = areas.table["level"].to_numpy() == tinted_level(areas.levels)
    tints = np.full(len(rows), -1, dtype=np.int64)
    tints[rows] = tint_areas(areas.geometry[rows])
    return tints


def _largest_parts(geometry: np.ndarray) -> np.ndarray:
    parts, owner = shapely.get_parts(geometry, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    first = np.unique(owner[order], return_index=True)[1]
    return parts[order][first]


def _simplify(geometry: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, float]:
    if shapely.get_num_coordinates(geometry).sum() <= _MOST_VERTICES:
        return geometry, 0.0
    bounds = shapely.total_bounds(geometry)
    tolerance = float(max(bounds[2] - bounds[0], bounds[3] - bounds[1])) / 40_000
    while shapely.get_num_coordinates(geometry).sum() > _MOST_VERTICES and tolerance < 1:
        geometry = geometry.copy()
        for level in np.unique(depth):  # neighbours keep one common border
            rows = (depth == level) & ~shapely.is_missing(geometry) & ~shapely.is_empty(geometry)
            geometry[rows] = shapely.coverage_simplify(geometry[rows], tolerance) if rows.any() else geometry[rows]
        tolerance *= 2
    return geometry, tolerance / 2
