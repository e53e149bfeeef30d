"""GCJ-02 and BD-09, the shifted coordinates of published Chinese web maps, and back.

GCJ-02 (Amap, Tencent) moves WGS 84 points by some hundred metres, BD-09 (Baidu) moves GCJ-02 points again. The formulas
here are the public ones; real vendor maps differ from them by 10 to 20 m. The shift is prescribed for published maps by
GB 20263-2006, and undoing it may be restricted: it is the user's choice and never happens by itself.

All functions take and give longitude and latitude in degrees, element by element. NaN stays NaN. Outside the window
72.004-137.8347°E, 0.8293-55.8271°N the public formula changes nothing; the inverses give back the point inside the
window that is moved onto the one given, and leave points alone that have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Points = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = [
    "bd09_to_gcj02",
    "bd09_to_wgs84",
    "gcj02_to_bd09",
    "gcj02_to_wgs84",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_ORIGIN_LON, _ORIGIN_LAT = 105.0, 35.0
_AXIS = 6378245.0  # Krassowsky 1940, as the public formula has it
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_WAVE = np.pi * 3000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_ROUNDS = 10  # each leaves at most 2 % of the error; three reach a millimetre


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Shift WGS 84 (or CGCS2000) points to GCJ-02.

    Parameters
    ----------
    lon, lat : array of float
        Degrees, of one shape.

    Returns
    -------
    lon, lat : array of float
        Degrees, of the same shape; points outside the window unchanged.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02([118.87], [28.95])
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (118.874777, 28.946884)
    """
    return _inside(_gcj02, lon, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Undo :func:`wgs84_to_gcj02` to far less than a millimetre.

    Parameters
    ----------
    lon, lat : array of float
        Degrees, of one shape.

    Returns
    -------
    lon, lat : array of float
        Degrees, of the same shape; points that are no image of a point of the window unchanged.

    Examples
    --------
    >>> lon, lat = gcj02_to_wgs84(*wgs84_to_gcj02([118.87], [28.95]))
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (118.87, 28.95)
    """
    return _undo(_gcj02, lon, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Shift GCJ-02 points to BD-09.

    Parameters
    ----------
    lon, lat : array of float
        Degrees, of one shape.

    Returns
    -------
    lon, lat : array of float
        Degrees, of the same shape; points outside the window unchanged.

    Examples
    --------
    >>> lon, lat = gcj02_to_bd09([116.404], [39.915])
    >>> round(float(lon[0]), 5), round(float(lat[0]), 5)
    (116.41037, 39.92134)
    """
    return _inside(_bd09, lon, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Undo :func:`gcj02_to_bd09` to far less than a millimetre (the usual one-step formula is off by up to a metre).

    Parameters
    ----------
    lon, lat : array of float
        Degrees, of one shape.

    Returns
    -------
    lon, lat : array of float
        Degrees, of the same shape; points that are no image of a point of the window unchanged.

    Examples
    --------
    >>> lon, lat = bd09_to_gcj02(*gcj02_to_bd09([116.404], [39.915]))
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (116.404, 39.915)
    """
    return _undo(_bd09, lon, lat)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Shift WGS 84 (or CGCS2000) points to BD-09, by way of GCJ-02.

    Parameters
    ----------
    lon, lat : array of float
        Degrees, of one shape.

    Returns
    -------
    lon, lat : array of float
        Degrees, of the same shape; points outside the window unchanged.

    Examples
    --------
    >>> lon, lat = wgs84_to_bd09([118.87], [28.95])
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4)
    (118.8814, 28.9526)
    """
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Undo :func:`wgs84_to_bd09` to far less than a millimetre.

    Parameters
    ----------
    lon, lat : array of float
        Degrees, of one shape.

    Returns
    -------
    lon, lat : array of float
        Degrees, of the same shape; points that are no image of a point of the window unchanged.

    Examples
    --------
    >>> lon, lat = bd09_to_wgs84(*wgs84_to_bd09([118.87], [28.95]))
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (118.87, 28.95)
    """
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _in_window(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def _inside(forward: Callable[[Any, Any], Points], lon: ArrayLike, lat: ArrayLike) -> Points:
    """Move the points of the window."""
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    rows = _in_window(x, y)
    x[rows], y[rows] = forward(x[rows], y[rows])
    return x, y


def _undo(forward: Callable[[Any, Any], Points], lon: ArrayLike, lat: ArrayLike) -> Points:
    """Find the points of the window that are moved onto those given, by fixed-point iteration."""
    x, y = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    near = (x > _WEST - 1) & (x < _EAST + 1) & (y > _SOUTH - 1) & (y < _NORTH + 1)
    target_x, target_y = x[near], y[near]
    found_x, found_y = target_x, target_y
    for _ in range(_ROUNDS):
        moved_x, moved_y = forward(found_x, found_y)
        found_x, found_y = found_x - (moved_x - target_x), found_y - (moved_y - target_y)
    hit = _in_window(found_x, found_y)
    x[near], y[near] = np.where(hit, found_x, target_x), np.where(hit, found_y, target_y)
    return x, y


def _waves(x: NDArray[np.float64], *terms: tuple[float, float]) -> NDArray[np.float64]:
    """Sum sines: amplitude times sin(pi x / length), two thirds of it."""
    total = np.zeros_like(x)
    for amplitude, length in terms:
        total += amplitude * np.sin(x * np.pi / length)
    return total * 2.0 / 3.0


def _gcj02(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Points:
    """Add the public formula's displacement: metres as a polynomial with waves, then degrees."""
    x, y = lon - _ORIGIN_LON, lat - _ORIGIN_LAT
    common = 0.1 * x * y + _waves(x, (20.0, 1 / 6), (20.0, 1 / 2))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.2 * np.sqrt(np.abs(x)) + common
    north += _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * np.sqrt(np.abs(x)) + common
    east += _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    prime_vertical = _AXIS / np.sqrt(w2)
    meridian = prime_vertical * (1.0 - _ECCENTRICITY2) / w2
    return lon + np.degrees(east / (prime_vertical * np.cos(phi))), lat + np.degrees(north / meridian)


def _bd09(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Points:
    """Add Baidu's displacement: a wave in radius and angle about (0, 0), and a constant."""
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BAIDU_WAVE)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BAIDU_WAVE)
    return radius * np.cos(angle) + _BAIDU_LON, radius * np.sin(angle) + _BAIDU_LAT
