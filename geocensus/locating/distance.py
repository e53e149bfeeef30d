"""Signed geodesic distance from points to the border of their claimed area."""

from threading import Lock
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geocensus.errors import SchemaError
from geocensus.locating._border import Search, nearest_pieces, search_by_level
from geocensus.locating._cache import TableCache
from geocensus.locating._choosing import kernel_pays
from geocensus.locating._claimed_borders import ClaimedBorders
from geocensus.locating._prepared import covered, covers, prepare
from geocensus.locating._tables import Floats, Objects, area_codes, area_geometries

__all__ = ["NearestBorder", "nearest_border", "signed_distance"]

_AT_THE_BORDER = 1.0  # metres: far more than the search may miss a point on the border by
_SAVED = 20e-6  # seconds per pair that the compiled search saves


class NearestBorder(NamedTuple):
    """Nearest border points of claimed areas; arrays of shape (n,), NaN where there is none.

    The fields are longitude and latitude of the border point in degrees, and the geodesic distance to it in
    metres: positive outside, negative inside, 0 on the border.
    """

    lon: Floats
    lat: Floats
    distance_m: Floats


class _Claims:
    """Areas ready for questions about their borders."""

    def __init__(self, areas: gpd.GeoDataFrame) -> None:
        self.codes = area_codes(areas)
        self.geometries = area_geometries(areas).copy()  # not the table's own array, which the cache watches
        self.index = pd.Index(self.codes, dtype="str")
        self._prepared = np.zeros(len(self.geometries), dtype=bool)
        self.boxes = np.append(shapely.bounds(self.geometries), np.full((1, 4), np.nan), axis=0).T  # the last of none
        self.borders = ClaimedBorders(self.geometries)
        self._search: Search = search_by_level
        self._pairs = 0
        self._lock = Lock()

    def asked(self, rows: NDArray[np.int64]) -> Objects:
        """Return the polygons of areas, prepared once they are asked about: preparing a whole country takes long."""
        with self._lock:
            new = np.unique(rows[~self._prepared[rows]])
            prepare(self.geometries[new])
            self._prepared[new] = True
        return self.geometries[rows]

    def search(self, pairs: int) -> Search:
        """Return what searches nearest borders: compiled code once that pays, with the same results."""
        with self._lock:
            self._pairs += pairs
            if self._search is search_by_level and kernel_pays("distances", self._pairs * _SAVED):
                from geocensus.locating._nearing import search_by_point  # noqa: PLC0415 - numba takes long to import

                self._search = search_by_point
        return self._search

    def rows(self, claimed: ArrayLike | pd.Series) -> NDArray[np.int64]:
        """Return the row of each claim; -1 for claims that are missing or not in the table."""
        values = claimed if isinstance(claimed, pd.Series) else pd.Series(np.asarray(claimed))
        if pd.api.types.is_integer_dtype(values.dtype):
            return _positions(values.to_numpy(dtype=np.int64, na_value=-1), len(self.codes))
        if not self.index.is_unique:
            twice = ", ".join(sorted(set(self.index[self.index.duplicated()]))[:5])
            raise SchemaError(
                f"areas: codes {twice} stand twice; a claim needs one area: dissolve them or give row numbers",
                f"区划代码重复：{twice}；声明的区划须唯一，请先合并同代码的面",
            )
        return np.asarray(self.index.get_indexer(pd.Index(values.astype("str"))), dtype=np.int64)


_CLAIMS: TableCache[_Claims] = TableCache(_Claims)


def signed_distance(
    lon: ArrayLike,
    lat: ArrayLike,
    claimed: ArrayLike | pd.Series,
    areas: gpd.GeoDataFrame,
    *,
    within_m: ArrayLike | None = None,
) -> Floats:
    """Return the distance of each point to the border of its claimed area, negative inside.

    The nearest point is searched in space on the ellipsoid, never in degrees, and the distance to it is
    geodesic within a micrometre; the error stays below 0.1 m or a millionth of the distance.

    Parameters
    ----------
    lon : array_like of float
        Longitudes in degrees (CGCS2000), shape (n,); NaN where unlocated.
    lat : array_like of float
        Latitudes in degrees, shape (n,).
    claimed : array_like of str or int
        Code of the claimed area of each point (NaN for none, unknown codes allowed), or its row number in
        the table (integers, -1 for none).
    areas : GeoDataFrame
        Polygons in EPSG:4490 or 4326 with a column code. Kept indexed for the next call.
    within_m : array_like of float, optional
        Depth in metres, one for all or one per point: points deeper inside than this give NaN, which is
        quicker. Points outside are always measured.

    Returns
    -------
    ndarray of float64, shape (n,)
        Metres: positive outside, negative inside, 0 on the border; NaN where the point or the claim is
        missing, the code is not in the table or the area has no geometry.

    Raises
    ------
    SchemaError
        Shapes differ, a column is missing, codes repeat, or row numbers are out of range.
    CRSMismatchError
        The reference system of the areas is missing or another one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> areas = gpd.GeoDataFrame({"code": ["330822"]}, geometry=[shapely.box(118, 28, 119, 29)], crs="EPSG:4490")
    >>> signed_distance([119.01, 118.99, 119.0, 118.5], [28.5] * 4, ["330822"] * 3 + [None], areas).round(1).tolist()
    [979.0, -979.0, 0.0, nan]
    """
    return nearest_border(lon, lat, claimed, areas, within_m=within_m).distance_m


def nearest_border(
    lon: ArrayLike,
    lat: ArrayLike,
    claimed: ArrayLike | pd.Series,
    areas: gpd.GeoDataFrame,
    *,
    within_m: ArrayLike | None = None,
) -> NearestBorder:
    """Return the nearest border point of each point's claimed area, with the signed distance.

    Parameters
    ----------
    lon : array_like of float
        Longitudes in degrees (CGCS2000), shape (n,); NaN where unlocated.
    lat : array_like of float
        Latitudes in degrees, shape (n,).
    claimed : array_like of str or int
        Codes or row numbers of claimed areas, as for :func:`signed_distance`.
    areas : GeoDataFrame
        Polygons in EPSG:4490 or 4326 with a column code.
    within_m : array_like of float, optional
        Depth in metres beyond which points inside give NaN.

    Returns
    -------
    NearestBorder
        Longitude and latitude of the border point and the signed distance in metres; NaN as in
        :func:`signed_distance`. A point on the border is its own nearest point, up to rounding.

    Raises
    ------
    SchemaError
        Shapes differ, a column is missing, codes repeat, or row numbers are out of range.
    CRSMismatchError
        The reference system of the areas is missing or another one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> areas = gpd.GeoDataFrame({"code": ["1"]}, geometry=[shapely.box(118, 28, 119, 29)], crs="EPSG:4490")
    >>> near = nearest_border([119.01], [28.5], ["1"], areas)
    >>> near.lon.round(4).tolist(), near.lat.round(4).tolist()
    ([119.0], [28.5])
    """
    claims = _CLAIMS.get(areas)
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    rows = claims.rows(claimed)
    if x.ndim != 1 or not x.shape == y.shape == rows.shape:
        raise SchemaError(
            f"signed_distance: lon has shape {x.shape}, lat {y.shape}, claimed {rows.shape}; give arrays of one length",
            f"signed_distance：lon、lat、claimed 的形状为 {x.shape}、{y.shape}、{rows.shape}；三者须为等长的一维数组",
        )
    depth = np.inf if within_m is None else np.asarray(within_m, dtype=np.float64)
    order = np.argsort(rows)  # area by area: its prepared polygon and its border stay in the processor's cache
    measured = _measured(claims, x[order], y[order], rows[order], np.broadcast_to(depth, x.shape)[order])
    nearest = NearestBorder(*(np.empty(len(x)) for _ in measured))
    for values, found in zip(nearest, measured, strict=True):
        values[order] = found
    return nearest


def _measured(claims: _Claims, x: Floats, y: Floats, rows: NDArray[np.int64], depth: Floats) -> NearestBorder:
    left, low, right, high = claims.boxes[:, rows]
    asked = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high))  # NaN is in no box
    inside = np.zeros(len(x), dtype=bool)
    inside[asked] = covers(claims.asked(rows[asked]), x[asked], y[asked])
    foot = nearest_pieces(claims.borders.of(rows), x, y, rows, np.where(inside, depth, np.inf), claims.search(len(x)))
    signed = np.where(inside & (foot.metres > 0), -foot.metres, foot.metres)
    near = np.flatnonzero(inside & (foot.metres <= _AT_THE_BORDER))
    signed[near[covered(claims.asked(rows[near]), x[near], y[near])[1]]] = 0.0
    too_deep = inside & (foot.metres > depth)
    return NearestBorder(*(np.where(too_deep, np.nan, values) for values in (foot.lon, foot.lat, signed)))


def _positions(rows: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    if len(rows) and not (rows.min() >= -1 and rows.max() < n):
        raise SchemaError(
            f"claimed: row numbers run from {rows.min()} to {rows.max()}, the table has rows 0 to {n - 1}",
            f"声明区划的行号为 {rows.min()} 至 {rows.max()}，而区划表只有 0 至 {n - 1} 行",
        )
    return rows
