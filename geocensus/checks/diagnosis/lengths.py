"""Distances on the ellipsoid for whole columns, quick and near enough to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["distance_m"]

_A: Final = 6_378_137.0  # GRS 80
_F: Final = 1 / 298.257222101


def distance_m(lon: Floats, lat: Floats, to_lon: Floats, to_lat: Floats) -> Floats:
    """Measure between points by the formula of Andoyer and Lambert (first order in the flattening).

    Parameters
    ----------
    lon, lat, to_lon, to_lat : array of float
        Degrees; NaN allowed.

    Returns
    -------
    array of float
        Metres: to a millimetre below 100 km, to 200 m between antipodes; NaN where a coordinate is missing.

    Examples
    --------
    >>> distance_m(np.array([118.0]), np.array([28.0]), np.array([118.1]), np.array([28.0])).round(0).tolist()
    [9836.0]
    """
    first, second = (np.arctan((1 - _F) * np.tan(np.radians(angle))) for angle in (lat, to_lat))  # reduced latitudes
    middle, half = (first + second) / 2, (second - first) / 2
    turn = np.radians(to_lon - lon) / 2
    chord = np.sin(half) ** 2 * np.cos(turn) ** 2 + np.cos(middle) ** 2 * np.sin(turn) ** 2
    angle = 2 * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    sine, size = np.sin(angle), np.maximum(chord, 1e-30)
    rest = np.maximum(1 - chord, 1e-30)
    x = (angle - sine) * (np.sin(middle) * np.cos(half)) ** 2 / rest
    y = (angle + sine) * (np.cos(middle) * np.sin(half)) ** 2 / size
    return _A * (angle - _F / 2 * (x + y))
