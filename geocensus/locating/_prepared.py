"""Exact point-in-polygon tests on prepared geometries, pair by pair."""

from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._tables import Floats, Objects

__all__ = ["covered", "covers", "prepare"]

Bools = NDArray[np.bool_]

_GEOS = Lock()  # prepared geometries build their index at the first question; two threads must not do that at once


def prepare(geometries: Objects) -> None:
    """Prepare the geometries in place; cheap, the work is done at the first question.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons, None and empty included.
    """
    with _GEOS:
        shapely.prepare(geometries)


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
        Prepared polygons; None covers nothing.
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
