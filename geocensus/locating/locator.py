"""Point to area, exactly as GEOS ``covers`` answers; the lowest code where several areas cover."""

from threading import Lock
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geocensus.errors import SchemaError
from geocensus.locating._asked_areas import AskedAreas
from geocensus.locating._cache import TableCache
from geocensus.locating._choosing import Choice, note_ready, warn_without_numba
from geocensus.locating._tables import area_codes, area_geometries, point_coordinates
from geocensus.names import CODE, ON_BORDER

if TYPE_CHECKING:
    from geocensus.locating._indexed_areas import IndexedAreas

__all__ = ["Locator", "cached_locator", "locate"]


class Locator:
    """An index over areas, built once, that tells which area covers each point.

    A point on a border belongs to the area, and is marked; where several areas cover a point (a shared
    border, an overlap) the lowest code wins. Answers do not depend on the order of points or areas.

    Parameters
    ----------
    areas : GeoDataFrame
        Polygons in EPSG:4490 (or 4326, taken as equal) with a column code; any index, other columns are not
        looked at. None and empty geometries cover nothing. Codes may repeat: one code, several polygons.

    Attributes
    ----------
    codes : ndarray of str
        The code of each row of the table.

    Raises
    ------
    SchemaError
        No code column, codes that are missing or no texts, or geometries that are no polygons.
    CRSMismatchError
        The reference system is missing or another one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> boxes = [shapely.box(118, 28, 119, 29), shapely.box(119, 28, 120, 29)]
    >>> areas = gpd.GeoDataFrame({"code": ["B", "A"]}, geometry=boxes, crs="EPSG:4490")
    >>> row, on_border = Locator(areas).locate_xy([118.5, 119.0, 121.0], [28.5, 28.5, 28.5])
    >>> row.tolist(), on_border.tolist()
    ([0, 1, -1], [False, True, False])
    """

    def __init__(self, areas: gpd.GeoDataFrame) -> None:
        geometries = area_geometries(areas)
        self.codes = area_codes(areas)
        # in order of code, so that the lowest position is the lowest code; equal codes stay in table order
        ordered = bool((self.codes[1:] >= self.codes[:-1]).all())
        rows = np.arange(len(self.codes)) if ordered else np.argsort(self.codes, kind="stable")
        self._rows = np.append(rows.astype(np.int64), -1)
        self._geometries = geometries[self._rows[:-1]]
        self._asked = AskedAreas(self._geometries)
        self._indexed: IndexedAreas | None = None
        self._get_ready()

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Locator({len(self)} areas)"

    def locate(self, sources: pd.DataFrame) -> pd.DataFrame:
        """Return the area of each source.

        Parameters
        ----------
        sources : DataFrame
            Columns lon and lat in degrees (CGCS2000, NaN where unlocated), or a GeoDataFrame of points in
            EPSG:4490 or 4326, None and empty points included.

        Returns
        -------
        DataFrame
            Index of sources; columns code (str, NaN in no area) and on_border (bool).

        Raises
        ------
        SchemaError
            No coordinates, texts for coordinates, or geometries that are no points.
        CRSMismatchError
            The points' reference system is missing or another one.
        """
        row, on_border = self.locate_xy(*point_coordinates(sources))
        if len(row) < len(self.codes):  # few answers are sooner made texts of the table than all its codes
            texts = self.codes[row]
            texts[row < 0] = None
            codes = pd.array(texts, dtype="str")
        else:
            codes = pd.array(self.codes, dtype="str").take(row, allow_fill=True)
        return pd.DataFrame({CODE: codes, ON_BORDER: on_border}, index=sources.index)

    def locate_xy(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the row of the area that covers each point.

        Parameters
        ----------
        x : array_like of float
            Longitudes in degrees, shape (n,); float64 arrays are used without a copy.
        y : array_like of float
            Latitudes in degrees, shape (n,).

        Returns
        -------
        row : ndarray of int64, shape (n,)
            Position in the table of areas; -1 in no area and where a coordinate is NaN or infinite.
        on_border : ndarray of bool, shape (n,)
            Whether the point lies on the border of any area that covers it.

        Raises
        ------
        SchemaError
            The shapes differ or are not (n,).

        Examples
        --------
        >>> import geopandas as gpd, shapely
        >>> areas = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4490")
        >>> Locator(areas).locate_xy([0.5], [float("nan")])[0].tolist()
        [-1]
        """
        lon, lat = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if lon.ndim != 1 or lon.shape != lat.shape:
            raise SchemaError(
                f"locate_xy: x has shape {lon.shape}, y {lat.shape}; give two arrays of one length",
                f"locate_xy：x 的形状为 {lon.shape}，y 为 {lat.shape}；请提供两个等长的一维数组",
            )
        position, on_border = self._places(len(lon)).locate(lon, lat)
        return self._rows[position], on_border

    def _get_ready(self) -> None:
        self._open_index()

    def _places(self, points: int) -> "AskedAreas | IndexedAreas":  # noqa: ARG002 - an explicit locator uses its index
        return self._indexed or self._asked

    def _open_index(self) -> None:
        try:
            from geocensus.locating._indexed_areas import open_index  # noqa: PLC0415 - numba takes long to import
        except ImportError as error:
            warn_without_numba(str(error))
            return
        self._indexed = open_index(self._geometries, self._asked)
        note_ready("locating")


class _SparingLocator(Locator):
    """Gets its index ready only when that pays."""

    def _get_ready(self) -> None:
        self._choice = Choice(self._geometries)
        self._lock = Lock()  # two threads that want the index build it once

    def _places(self, points: int) -> "AskedAreas | IndexedAreas":
        with self._lock:
            if self._indexed is None and self._choice.wants_index(points):
                self._open_index()
        return self._indexed or self._asked


_LOCATORS: TableCache[Locator] = TableCache(_SparingLocator)


def cached_locator(areas: gpd.GeoDataFrame) -> Locator:
    """Return the locator of a table, built at its first use and kept while the table's geometry lives.

    Parameters
    ----------
    areas : GeoDataFrame
        As for :class:`Locator`.

    Returns
    -------
    Locator
        The same one for the same geometry objects under the same codes.
    """
    return _LOCATORS.get(areas)


def locate(sources: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the area that covers each source, exactly; the lowest code on shared borders.

    The index over the areas is kept for the next call with the same geometry objects.

    Parameters
    ----------
    sources : DataFrame
        Columns lon and lat in degrees (CGCS2000, NaN where unlocated), or a GeoDataFrame of points in
        EPSG:4490 or 4326 (taken as equal).
    areas : GeoDataFrame
        Polygons in EPSG:4490 or 4326 with a column code; None and empty geometries cover nothing.

    Returns
    -------
    DataFrame
        Index of sources; columns code (str, NaN for unlocated sources and in no area) and on_border (bool:
        the point lies on the border of an area that covers it).

    Raises
    ------
    SchemaError
        A column is missing, codes are no texts, or geometries are of the wrong kind.
    CRSMismatchError
        A reference system is missing or another one.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd, shapely
    >>> areas = gpd.GeoDataFrame(
    ...     {"code": ["330822100", "330822101"]},
    ...     geometry=[shapely.box(118, 28, 119, 29), shapely.box(119, 28, 120, 29)],
    ...     crs="EPSG:4490",
    ... )
    >>> sources = pd.DataFrame({"lon": [118.5, 119.0, None], "lat": [28.5, 28.5, None]}, index=["a", "b", "c"])
    >>> locate(sources, areas)
            code  on_border
    a  330822100      False
    b  330822100       True
    c        NaN      False
    """
    return cached_locator(areas).locate(sources)
