"""Bringing a layer as read into EPSG:4490, or refusing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from geocensus.basemap import BASEMAP_CRS
from geocensus.crs import contradiction, parse_crs, to_cgcs2000
from geocensus.errors import CRSMismatchError
from geocensus.shifts import bd09_to_wgs84, gcj02_to_wgs84

if TYPE_CHECKING:
    import pyproj

__all__ = ["placed"]

_SHIFTS = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_SURE = 70  # per cent, pyproj's confidence that a definition without a code is a system with one


def placed(table: gpd.GeoDataFrame, *, where: str, crs: str | None) -> tuple[gpd.GeoDataFrame, np.ndarray, str]:
    """Transform a layer to EPSG:4490 (x = longitude, two dimensions).

    Parameters
    ----------
    table : GeoDataFrame
        As read.
    where : str
        File and layer, for messages.
    crs : str, optional
        Reference system to use instead of the one in the file.

    Returns
    -------
    table : GeoDataFrame
        In EPSG:4490; the geometry is None where a vertex is no place on earth.
    astray : numpy.ndarray
        Positions of the rows with such a vertex.
    used : str
        The reference system the coordinates were taken in.

    Raises
    ------
    CRSMismatchError
        No system is stated, it is refused (Beijing 54, Xian 80), or the coordinates contradict it.
    """
    word = crs if crs is not None else _stated(table.crs, where)
    stated = parse_crs(word)
    geometry = shapely.force_2d(table.geometry.to_numpy())
    xy = shapely.get_coordinates(geometry)
    if (doubt := contradiction(xy[:, 0], xy[:, 1], stated)) is not None:
        raise CRSMismatchError(f"{where}: {doubt.en}", f"{where}：{doubt.zh}")
    if stated.key in _SHIFTS:
        lon, lat = _SHIFTS[stated.key](xy[:, 0], xy[:, 1])
    else:
        lon, lat = to_cgcs2000(xy[:, 0], xy[:, 1], stated)
    usable = (np.abs(lon) <= _LON_LIMIT) & (np.abs(lat) <= _LAT_LIMIT)  # False for NaN too
    owner = np.repeat(np.arange(len(geometry)), shapely.get_num_coordinates(geometry))
    astray = np.unique(owner[~usable])
    moved = shapely.set_coordinates(geometry, np.column_stack([lon, lat]))
    moved[astray] = None
    return table.set_geometry(gpd.GeoSeries(moved, index=table.index, crs=BASEMAP_CRS)), astray, str(stated.key)


def _stated(crs: pyproj.CRS | None, where: str) -> str:
    """Return the file's reference system as a word that parse_crs takes."""
    if crs is None or crs.is_engineering or crs.name.lower().startswith(("undefined", "unknown", "unnamed")):
        raise CRSMismatchError(
            f"{where}: states no reference system; say which with --crs (for example cgcs2000, EPSG:4549, gcj02)",
            f"{where}：没有写明坐标系；请用 --crs 指明（例如 cgcs2000、EPSG:4549、gcj02）",
        )
    authority = crs.to_2d().to_authority(min_confidence=_SURE)
    if authority == ("OGC", "CRS84"):
        return "wgs84"
    if authority is None or authority[0] != "EPSG":
        raise CRSMismatchError(
            f"{where}: reference system {crs.name!r} has no EPSG code; say which it is with --crs EPSG:…",
            f"{where}：坐标系“{crs.name}”没有对应的 EPSG 代码；请用 --crs EPSG:… 指明",
        )
    return f"EPSG:{authority[1]}"
