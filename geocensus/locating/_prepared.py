"""Exact point-in-polygon tests on prepared geometries, pair by pair."""

from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._tables import Floats, Objects

__all__ = ["covered", "covers", "have_one_ring", "prepare"]

Bools = NDArray[np.bool_]

_GEOS = Lock()  # prepared geometries build their index at the first question; two threads must not do that at once


def prepare(geometries: Objects) -> None:
    """Prepare the geometries in place; cheap, most of the work is done at the first questions.

    GEOS answers the first question of each kind as if the area were not prepared, ring by ring, later ones by all rings
    together: where rings cross, in areas that are not valid, those differ. So areas of several rings are asked here.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons, None and empty included.
    """
    with _GEOS:
        shapely.prepare(geometries)
        several = geometries[~have_one_ring(geometries) & ~np.isnan(shapely.bounds(geometries)[:, 0])]
        left, low, right, high = shapely.bounds(several).T
        for ask in (shapely.intersects_xy, shapely.contains_xy):
            ask(several, (left + right) / 2, (low + high) / 2)


def have_one_ring(geometries: Objects) -> Bools:
    """Return which geometries are polygons without holes.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons, None and empty included.

    Returns
    -------
    ndarray of bool
        Those are answered the same way prepared or not, even where they cross themselves.
    """
    of_one_part: Bools = shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON
    return of_one_part & (shapely.get_num_interior_rings(geometries) == 0)


def covers(geometries: Objects, x: Floats, y: Floats) -> Bools:
    """Return whether each geometry covers its point.

    Parameters
    ----------
    geometries : ndarray of object, shape (n,)
        Prepared polygons; None covers nothing.
    x : ndarray of float64, shape (n,)
        Longitudes.
    y : ndarray of float64, shape (n,)
        Latitudes.

    Returns
    -------
    ndarray of bool
        Border included.

    Examples
    --------
    >>> covers(shapely.box([0, 0], 0, 1, 1), np.array([1.0, 1.5]), np.array([0.5, 0.5])).tolist()
    [True, False]
    """
    with _GEOS:
        return np.asarray(shapely.intersects_xy(geometries, x, y), dtype=bool)


def covered(geometries: Objects, x: Floats, y: Floats) -> tuple[Bools, Bools]:
    """Return whether each geometry covers its point, and whether the point is on its border.

    Parameters
    ----------
    geometries : ndarray of object, shape (n,)
        Polygons, prepared unless they have one ring and few questions to answer; None covers nothing.
    x : ndarray of float64, shape (n,)
        Finite longitudes.
    y : ndarray of float64, shape (n,)
        Finite latitudes.

    Returns
    -------
    tuple of ndarray of bool
        Covered, border included; on the border.
    """
    with _GEOS:
        covers: Bools = np.asarray(shapely.intersects_xy(geometries, x, y), dtype=bool)
        hits = np.flatnonzero(covers)
        border = np.zeros(len(covers), dtype=bool)
        border[hits] = ~shapely.contains_xy(geometries[hits], x[hits], y[hits])
    return covers, border
