"""What locating needs of the tables handed in: coordinates of points, codes and polygons of areas."""

from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.names import CODE, LAT, LON

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]

_EQUAL = (4490, 4326)  # CGCS2000 and WGS 84 differ by centimetres: taken as equal
_POLYGON, _MULTIPOLYGON = shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON
_SHOWN = 5  # values named in a message


def point_coordinates(sources: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return longitude and latitude of each row; the points of a GeoDataFrame win over its columns.

    Parameters
    ----------
    sources : DataFrame
        Columns lon and lat, or points.

    Returns
    -------
    tuple of ndarray
        Degrees, NaN where there is no point.

    Raises
    ------
    SchemaError
        No coordinates, texts for coordinates, or geometries that are no points.
    CRSMismatchError
        The points' reference system is missing or another one.
    """
    if isinstance(sources, gpd.GeoDataFrame) and sources.active_geometry_name is not None:
        return _of_points(sources)
    missing = [name for name in (LON, LAT) if name not in sources.columns]
    if missing:
        shown = ", ".join(map(str, sources.columns))
        raise SchemaError(
            f"sources: no column {', '.join(missing)}; give lon and lat in degrees, or points; columns are {shown}",
            f"污染源表缺少字段 {'、'.join(missing)}；请提供以度为单位的 lon、lat 两列或点图层；现有字段：{shown}",
        )
    return _numbers(sources, LON), _numbers(sources, LAT)


def area_geometries(areas: gpd.GeoDataFrame) -> Objects:
    """Return the polygons of a table of areas.

    Parameters
    ----------
    areas : GeoDataFrame
        Polygons in EPSG:4490 or 4326; None and empty are allowed.

    Returns
    -------
    ndarray of object
        In the order of the table; the table's own array, not to be changed.

    Raises
    ------
    SchemaError
        No geometry, or geometries that are no polygons.
    CRSMismatchError
        The reference system is missing or another one.
    """
    if not isinstance(areas, gpd.GeoDataFrame) or areas.active_geometry_name is None:
        raise SchemaError(
            "areas: no geometry; give a GeoDataFrame of polygons, such as basemap.areas('township')",
            "区划表没有图形；请提供面图层（GeoDataFrame），例如 basemap.areas('township')",
        )
    require_degrees(areas.crs, "areas", "区划")
    geometries: Objects = np.asarray(areas.geometry.values, dtype=object)
    kinds = shapely.get_type_id(geometries)
    others = np.flatnonzero((kinds != _POLYGON) & (kinds != _MULTIPOLYGON) & (kinds >= 0))
    wrong = others[~shapely.is_empty(geometries[others])]
    if len(wrong):
        row = int(wrong[0])
        kind = geometries[row].geom_type
        raise SchemaError(
            f"areas: row {row} is a {kind}; areas are polygons: choose a polygon layer",
            f"区划表第 {row} 行（从 0 数）是 {kind}，不是面；请选用面图层",
        )
    return geometries


def area_codes(areas: pd.DataFrame) -> Objects:
    """Return the codes of a table of areas as texts, in its order.

    Parameters
    ----------
    areas : DataFrame
        With a column code, texts or integers.

    Returns
    -------
    ndarray of object
        Texts.

    Raises
    ------
    SchemaError
        No such column, or codes that are missing or no texts.
    """
    if CODE not in areas.columns:
        shown = ", ".join(map(str, areas.columns))
        raise SchemaError(f"areas: no column code; columns are {shown}", f"区划表缺少 code 字段；现有字段：{shown}")
    codes = areas[CODE]
    if pd.api.types.is_integer_dtype(codes.dtype):
        codes = codes.astype("str")
    values: Objects = codes.to_numpy(dtype=object)
    kind = pd.api.types.infer_dtype(values, skipna=False)
    if kind not in {"string", "empty"}:
        raise SchemaError(
            f"areas: code holds {kind} values; codes are texts and none is missing",
            "区划表的 code 字段须全部为文本且不得为空",
        )
    return values


def require_degrees(crs: Any, what_en: str, what_zh: str) -> None:
    """Refuse a table whose reference system is missing or is not CGCS2000 (or WGS 84) degrees.

    Parameters
    ----------
    crs : CRS or None
        What the table says.
    what_en : str
        What the table is, for the message.
    what_zh : str
        The same in Chinese.

    Raises
    ------
    CRSMismatchError
        The reference system is missing or another one.
    """
    if crs is None:
        raise CRSMismatchError(
            f"{what_en}: no reference system; state it with set_crs('EPSG:4490') or the one the data are really in",
            f"{what_zh}图层没有坐标系；请用 set_crs('EPSG:4490') 注明数据实际采用的坐标系",
        )
    if not _is_degrees(crs.to_wkt()):
        raise CRSMismatchError(
            f"{what_en}: reference system is {crs.name}; bring it to EPSG:4490 first, for example to_crs('EPSG:4490')",
            f"{what_zh}图层的坐标系为 {crs.name}；请先转换到 EPSG:4490（CGCS2000 经纬度）",
        )


@lru_cache(maxsize=64)
def _is_degrees(wkt: str) -> bool:
    crs = pyproj.CRS.from_wkt(wkt)
    return any(crs.equals(pyproj.CRS.from_epsg(code), ignore_axis_order=True) for code in _EQUAL)


def _of_points(sources: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    require_degrees(sources.crs, "sources", "污染源")
    points: Objects = np.asarray(sources.geometry.values, dtype=object)
    kinds = shapely.get_type_id(points)
    wrong = ~np.isin(kinds, (shapely.GeometryType.MISSING, shapely.GeometryType.POINT)) & ~shapely.is_empty(points)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        kind = points[row].geom_type
        raise SchemaError(
            f"sources: row {row} is a {kind}; every source is one point: choose a point layer",
            f"污染源图层第 {row} 行（从 0 数）是 {kind}；每个污染源只能是一个点，请选用点图层",
        )
    points = points.copy()
    points[shapely.is_empty(points)] = None  # GEOS refuses to look into empty points
    return shapely.get_x(points), shapely.get_y(points)


def _numbers(sources: pd.DataFrame, name: str) -> Floats:
    values = sources[name]
    if not pd.api.types.is_numeric_dtype(values.dtype) and values.notna().any():
        shown = ", ".join(map(repr, values.dropna().iloc[:_SHOWN]))
        raise SchemaError(
            f"sources: column {name} is not numeric ({shown}); read the list with read_sources, which parses texts",
            f"污染源表的 {name} 列不是数值（{shown}）；请用 read_sources 读取，它会解析坐标文本",
        )
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
