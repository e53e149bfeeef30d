"""What the coordinates of an import group may be in, and how to read them under each assumption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.model import Text
from geocensus.shifts import gcj02_to_bd09, wgs84_to_bd09, wgs84_to_gcj02

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Reading = Callable[[Floats, Floats], tuple[Floats, Floats]]

__all__ = ["PAIRED", "READINGS", "SHIFTED", "SYSTEMS", "Displacement", "displacement_m", "in_metres"]

_METRES = 111_195.0  # per degree on the sphere of mean radius: displacements are below 2 km, and 1 m does not matter


def _same(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    return lon, lat


def _undone(forward: Reading) -> Reading:
    """Return the inverse of a shift to a decimetre, in a fifth of the time that the exact one takes."""

    def undo(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = lon, lat
        for _ in range(2):
            moved_x, moved_y = forward(x, y)
            x, y = x - (moved_x - lon), y - (moved_y - lat)
        return x, y

    return undo


_FROM_GCJ02, _FROM_BD09 = _undone(wgs84_to_gcj02), _undone(wgs84_to_bd09)


SYSTEMS: Final[dict[str, Text]] = {
    "none": Text("未发现 GCJ-02、BD-09 一类的偏移", "no shift of the kind of GCJ-02 or BD-09 found"),
    "gcj02": Text("GCJ-02", "GCJ-02"),
    "bd09": Text("BD-09", "BD-09"),
    "basemap_gcj02": Text("底图为 GCJ-02", "the basemap is in GCJ-02"),
    "basemap_bd09": Text("底图为 BD-09", "the basemap is in BD-09"),
    "reference_gcj02": Text("对照名单为 GCJ-02", "the reference list is in GCJ-02"),
    "reference_bd09": Text("对照名单为 BD-09", "the reference list is in BD-09"),
    "datum_54": Text("1954 北京坐标系", "Beijing 1954"),
    "datum_80": Text("1980 西安坐标系", "Xian 1980"),
    "constant": Text("来源不明的固定偏移", "a constant shift of unknown origin"),
    "inconclusive": Text("无法判断", "inconclusive"),
}
SHIFTED: Final = frozenset(SYSTEMS) - {"none", "inconclusive"}

# From a point as listed to where it lies on the basemap, if the assumption holds.
READINGS: Final[dict[str, Reading]] = {
    "none": _same,
    "gcj02": _FROM_GCJ02,
    "bd09": _FROM_BD09,
    "basemap_gcj02": wgs84_to_gcj02,
    "basemap_bd09": wgs84_to_bd09,
}


@dataclass(frozen=True)
class Displacement:
    """An assumption on pairs: what lies between the point of the other list and the point of this one.

    Attributes
    ----------
    system : str
        One of SYSTEMS.
    forward : Callable
        From the point of the other list to the point of this one.
    prior : float
        Before any pair is seen.
    spread_m : float
        How far the true displacement may be from the stated one, metres per axis; real web maps differ from the
        public formulas by 10 to 20 m.
    within_m : float
        The assumption is looked at only where pairs scatter by no more than this.
    """

    system: str
    forward: Reading
    prior: float
    spread_m: float = 12.0
    within_m: float = np.inf


def _old_datum(axis_m: float, flattening: float, towards_m: tuple[float, float, float]) -> Reading:
    """Return the move from CGCS2000 degrees to those of an old datum by Molodensky's formula (EPSG method 9604).

    ``towards_m`` is the geocentric translation from the old datum to CGCS2000; heights are taken as 0.
    """
    a, f = 6_378_137.0, 1 / 298.257_222_101
    da, df = axis_m - a, flattening - f
    dx, dy, dz = (-metres for metres in towards_m)

    def forward(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        phi, lam = np.radians(lat), np.radians(lon)
        sin, cos = np.sin(phi), np.cos(phi)
        e2 = f * (2 - f)
        w = np.sqrt(1 - e2 * sin**2)
        north = -dx * sin * np.cos(lam) - dy * sin * np.sin(lam) + dz * cos + (a * df + f * da) * np.sin(2 * phi)
        east = -dx * np.sin(lam) + dy * np.cos(lam)
        return lon + np.degrees(east * w / (a * cos)), lat + np.degrees(north * w**3 / (a * (1 - e2)))

    return forward


# Krassowsky's ellipsoid and the translation of "Beijing 1954 to WGS 84 (4)" (EPSG 15921); its five sisters differ by
# some 10 m. No transformation of Xian 1980 is published: the translation is one that gives the published displacements
# of map sheets all over the country, 76 to 119 m to the east and about none to the north (in the east).
_BEIJING_1954 = _old_datum(6_378_245.0, 1 / 298.3, (15.8, -154.4, -82.3))
_XIAN_1980 = _old_datum(6_378_140.0, 1 / 298.257, (-96.0, -66.0, -8.0))

# Pairs tell finer things than claims do: also which two systems meet, and the old datums.
PAIRED: Final[tuple[Displacement, ...]] = (
    Displacement("none", _same, 0.5),
    Displacement("gcj02", wgs84_to_gcj02, 0.15),
    Displacement("bd09", wgs84_to_bd09, 0.15),
    Displacement("bd09", gcj02_to_bd09, 0.02),  # the other list is in GCJ-02
    Displacement("gcj02", _undone(gcj02_to_bd09), 0.02),  # the other list is in BD-09
    Displacement("reference_gcj02", _FROM_GCJ02, 0.04),
    Displacement("reference_bd09", _FROM_BD09, 0.04),
    Displacement("datum_54", _BEIJING_1954, 0.006, spread_m=10.0, within_m=30.0),
    Displacement("datum_80", _XIAN_1980, 0.006, spread_m=10.0, within_m=30.0),
)


def in_metres(
    lon: Floats | float, lat: Floats | float, to_lon: Floats | float, to_lat: Floats | float
) -> tuple[Floats, Floats]:
    """Return the displacement between near points.

    Parameters
    ----------
    lon, lat : array of float
        Degrees, from.
    to_lon, to_lat : array of float
        Degrees, to.

    Returns
    -------
    east, north : array of float
        Metres, to a thousandth.
    """
    middle = np.cos(np.radians((np.asarray(lat) + np.asarray(to_lat)) / 2))
    return (np.asarray(to_lon) - lon) * middle * _METRES, (np.asarray(to_lat) - lat) * _METRES


def displacement_m(system: str, lon: float, lat: float) -> tuple[float, float]:
    """Return how far a system puts a point from where it is on the basemap.

    Parameters
    ----------
    system : str
        A key of READINGS.
    lon, lat : float
        Degrees, as listed.

    Returns
    -------
    east, north : float
        Metres.

    Examples
    --------
    >>> [round(metres) for metres in displacement_m("gcj02", 118.87, 28.95)]
    [466, -346]
    """
    there = READINGS[system](np.array([lon]), np.array([lat]))
    east, north = in_metres(there[0], there[1], lon, lat)
    return float(east[0]), float(north[0])
