"""Sizes in metres of shapes in degrees."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyproj
import shapely

__all__ = ["areas_m2", "lengths_m"]

_EQUAL_AREA = "+proj=cea +lat_ts=30 +ellps=GRS80 +units=m"  # GRS 80 is the CGCS2000 ellipsoid but for 0.1 mm


def areas_m2(shapes: np.ndarray) -> np.ndarray:
    """Measure areas on the ellipsoid, by an equal-area projection.

    Parameters
    ----------
    shapes : numpy.ndarray
        Polygons in EPSG:4490; None and empty ones measure 0.

    Returns
    -------
    numpy.ndarray
        Square metres; within 1e-4 of the geodesic area for edges of up to some kilometres.

    Examples
    --------
    >>> import numpy, shapely
    >>> areas_m2(numpy.array([shapely.box(118, 28, 118.05, 28.05), None])).round(-4).tolist()
    [27240000.0, 0.0]
    """
    return np.nan_to_num(shapely.area(shapely.transform(shapes, _equal_area)))


def lengths_m(shapes: np.ndarray) -> np.ndarray:
    """Measure perimeters and line lengths, each in its own local scale.

    Parameters
    ----------
    shapes : numpy.ndarray
        Any shapes in EPSG:4490; None and empty ones measure 0.

    Returns
    -------
    numpy.ndarray
        Metres, within 1 % for shapes of up to 100 km.
    """
    middle = np.nan_to_num(shapely.bounds(shapes)[:, 1::2].mean(axis=1))
    owners = np.repeat(np.arange(len(shapes)), shapely.get_num_coordinates(shapes))
    xy = shapely.get_coordinates(shapes)
    east, north = _metres_per_degree(middle)
    scaled = np.column_stack([xy[:, 0] * east[owners], xy[:, 1] * north[owners]])
    return np.nan_to_num(shapely.length(shapely.set_coordinates(np.array(shapes, dtype=object), scaled)))


def _metres_per_degree(lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the length of one degree east and north on GRS 80."""
    a, e2 = 6_378_137.0, 0.006_694_380_022_9
    phi = np.radians(lat)
    w = np.sqrt(1 - e2 * np.sin(phi) ** 2)
    return np.radians(1) * a / w * np.cos(phi), np.radians(1) * a * (1 - e2) / w**3


def _equal_area(lonlat: np.ndarray) -> np.ndarray:
    return np.column_stack(_projector().transform(lonlat[:, 0], lonlat[:, 1]))


@cache
def _projector() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4490", _EQUAL_AREA, always_xy=True)
