"""Where cells are cut: the places of sources, the lines halfway between them, squares of a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from geocensus.names import LAT, LON
from geocensus.zoning.metric import to_metric

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geocensus.zoning.task import Floats, Ints

__all__ = ["grid_lines", "hit", "nearest_site", "places_of", "sites_of", "squares_of", "voronoi_lines"]

_SOURCES_CRS: Final = "EPSG:4490"


def places_of(points: gpd.GeoDataFrame | pd.DataFrame, metric: gpd.GeoDataFrame) -> Floats:
    """Return the places of sources in a metric system.

    Parameters
    ----------
    points : GeoDataFrame or DataFrame
        Points, or columns lon and lat in CGCS2000 degrees; rows without a position are passed over.
    metric : GeoDataFrame
        A layer in the system wanted.

    Returns
    -------
    ndarray of float
        Shape (n, 2), metres.
    """
    if not isinstance(points, gpd.GeoDataFrame):
        known = points[LON].notna() & points[LAT].notna()
        shapes = gpd.points_from_xy(points.loc[known, LON], points.loc[known, LAT])
        points = gpd.GeoDataFrame(geometry=shapes, crs=_SOURCES_CRS)
    shapes = to_metric(points, metric.crs).geometry.to_numpy()
    return shapely.get_coordinates(shapely.centroid(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]))


def sites_of(points: Floats, shapes: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Return distinct places (to 1 m) and the area each lies in; those in none are left out.

    Parameters
    ----------
    points : ndarray of float
        Shape (n, 2), metres.
    shapes : ndarray of Geometry
        Areas.

    Returns
    -------
    sites : ndarray of float
        Shape (m, 2), metres.
    home : ndarray of int
        Position of the area of each.
    """
    places = np.unique(points.round(), axis=0)
    point, area = shapely.STRtree(shapes).query(shapely.points(places), predicate="intersects")
    point, first = np.unique(point, return_index=True)
    return places[point], area[first].astype(np.int64)


def squares_of(shapes: NDArray[np.object_], cell_m: float) -> tuple[Floats, Ints]:
    """Return the middles of the squares that meet each area's bounds.

    Parameters
    ----------
    shapes : ndarray of Geometry
        Areas, metres.
    cell_m : float
        Side of the squares.

    Returns
    -------
    sites : ndarray of float
        Shape (m, 2), metres.
    home : ndarray of int
        Position of the area of each.
    """
    west, south, east, north = np.floor(shapely.bounds(shapes) / cell_m).T.astype(np.int64)
    wide, high = east - west + 1, north - south + 1
    home = np.repeat(np.arange(len(shapes)), wide * high)
    serial = np.arange(len(home)) - np.repeat(np.r_[0, np.cumsum(wide * high)[:-1]], wide * high)
    column, row = serial % wide[home] + west[home], serial // wide[home] + south[home]
    return (np.column_stack([column, row]) + 0.5) * cell_m, home


def grid_lines(shapes: NDArray[np.object_], cell_m: float) -> NDArray[np.object_]:
    """Return the lines of a grid over some areas.

    Parameters
    ----------
    shapes : ndarray of Geometry
        Areas, metres.
    cell_m : float
        Side of the squares.

    Returns
    -------
    ndarray of Geometry
        Lines at multiples of the side.
    """
    west, south, east, north = shapely.total_bounds(shapes)
    x = np.arange(np.floor(west / cell_m), np.ceil(east / cell_m) + 1) * cell_m
    y = np.arange(np.floor(south / cell_m), np.ceil(north / cell_m) + 1) * cell_m
    upright = np.stack([np.column_stack([x, np.full_like(x, y[0])]), np.column_stack([x, np.full_like(x, y[-1])])], 1)
    level = np.stack([np.column_stack([np.full_like(y, x[0]), y]), np.column_stack([np.full_like(y, x[-1]), y])], 1)
    return np.asarray(shapely.linestrings(np.concatenate([upright, level])), dtype=object)


def voronoi_lines(shapes: NDArray[np.object_], sites: Floats, home: Ints) -> NDArray[np.object_]:
    """Return the lines halfway between the sites of each area.

    Parameters
    ----------
    shapes : ndarray of Geometry
        Areas, metres.
    sites : ndarray of float
        Shape (m, 2).
    home : ndarray of int
        Position of the area of each site.

    Returns
    -------
    ndarray of Geometry
        Lines for each area with more than one site; they end just beyond its border.
    """
    lines = [_halfway(shapes[number], sites[home == number]) for number in np.unique(home)]
    return np.array([line for line in lines if line is not None], dtype=object)


def nearest_site(inner: Floats, area: Ints, sites: Floats, home: Ints) -> Ints:
    """Return the site of its area that each place is nearest to.

    Parameters
    ----------
    inner : ndarray of float
        Shape (n, 2): places, metres.
    area : ndarray of int
        Position of the area of each.
    sites : ndarray of float
        Shape (m, 2), metres.
    home : ndarray of int
        Position of the area of each site.

    Returns
    -------
    ndarray of int
        −1 where the area has no site.
    """
    group = np.full(len(inner), -1, dtype=np.int64)
    for number in np.unique(home):
        rows, own = np.flatnonzero(area == number), np.flatnonzero(home == number)
        group[rows] = own[cKDTree(sites[own]).query(inner[rows])[1]]
    return group


def hit(sites: Floats, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which shapes hold a site.

    Parameters
    ----------
    sites : ndarray of float
        Shape (m, 2), metres.
    shapes : ndarray of Geometry
        Areas, metres.

    Returns
    -------
    ndarray of bool
        One per shape.
    """
    found = np.zeros(len(shapes), dtype=bool)
    found[shapely.STRtree(shapes).query(np.asarray(shapely.points(sites)), predicate="intersects")[1]] = True
    return found


def _halfway(shape: Any, sites: Floats) -> Any:
    if len(sites) < 2:  # noqa: PLR2004 - one site has no neighbour
        return None
    edges = shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=shape, only_edges=True)
    return shapely.intersection(edges, shapely.buffer(shape, 1.0))  # a metre further, so that they reach the border
