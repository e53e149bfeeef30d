"""Lists that come as layers: GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet and plain Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
import shapely

from geocensus.errors import DataNotFoundError, SchemaError, UnreadableError
from geocensus.io.rawtable import RawTable
from geocensus.model import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["POINT_LAT", "POINT_LON", "read_parquet", "read_points"]

POINT_LON = "geometry x"  # columns made from the points; never headers of the user's
POINT_LAT = "geometry y"


def read_points(path: Path, layer: str | None = None) -> RawTable:
    """Read a point layer, or a table without geometry.

    Parameters
    ----------
    path : Path
        Anything that GDAL reads.
    layer : str, optional
        Name of the layer; by default the only or first one with a name that is not geocensus' own.

    Returns
    -------
    RawTable
        The attributes, with two numeric columns for the points.

    Raises
    ------
    DataNotFoundError
        No such layer; the message lists those there are.
    SchemaError
        The geometries are not points.
    UnreadableError
        GDAL cannot read the file.
    """
    try:
        layers = [name for name, _ in pyogrio.list_layers(path)]
        if layer is not None and layer not in layers:
            listed = ", ".join(layers)
            raise DataNotFoundError(
                f"{path.name}: no layer {layer!r}. Its layers are {listed}.",
                f"{path.name}：没有图层“{layer}”。现有图层：{listed}。",
            )
        table = pyogrio.read_dataframe(path, layer=layer or layers[0])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, IndexError, UnicodeDecodeError) as error:
        raise UnreadableError(
            f"{path.name}: cannot be read as a layer ({error}). Open it in QGIS and export it again.",
            f"{path.name}：无法读取图层（{error}）。请用 QGIS 打开后重新导出。",
        ) from error
    return _raw(table, path, layer or layers[0])


def read_parquet(path: Path) -> RawTable:
    """Read GeoParquet, or Parquet without geometry.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    RawTable
        As :func:`read_points`.

    Raises
    ------
    UnreadableError
        The file is not Parquet.
    """
    try:
        geo = b"geo" in (pq.read_schema(path).metadata or {})
        table = gpd.read_parquet(path) if geo else pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise UnreadableError(
            f"{path.name}: not a readable Parquet file ({error}). Write it again.",
            f"{path.name}：不是可读取的 Parquet 文件（{error}）。请重新生成。",
        ) from error
    return _raw(table, path, "")


def _raw(table: pd.DataFrame, path: Path, layer: str) -> RawTable:
    rows = pd.RangeIndex(1, len(table) + 1).to_series(index=pd.RangeIndex(len(table)))
    table = table.reset_index(drop=True)
    if not isinstance(table, gpd.GeoDataFrame):
        return RawTable(table=_plain(table), rows=rows, sheet=layer)
    points = _single_points(table.geometry.to_numpy(), path, layer)
    plain = _plain(pd.DataFrame(table.drop(columns=table.geometry.name)))
    plain[POINT_LON], plain[POINT_LAT] = shapely.get_x(points), shapely.get_y(points)
    notes = (Text("坐标取自图层的点几何", "coordinates taken from the layer's points"),)
    return RawTable(table=plain, rows=rows, sheet=layer, crs=_epsg(table), notes=notes)


def _single_points(geometry: object, path: Path, layer: str) -> object:
    """Points as they are, a multipoint of one as its point; anything else is not a list of sources."""
    kinds = shapely.get_type_id(geometry)
    multi = (kinds == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(geometry) == 1)
    geometry = geometry.copy()
    geometry[multi] = shapely.get_geometry(geometry[multi], 0)
    wrong = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry)) & (
        shapely.get_type_id(geometry) != shapely.GeometryType.POINT
    )
    if wrong.any():
        first = int(wrong.argmax()) + 1
        raise SchemaError(
            f"{path.name} {layer}: {int(wrong.sum())} features are not points (first: feature {first}). "
            "A list of sources needs points; polygons belong to `geocensus basemap build`.",
            f"{path.name} {layer}：{int(wrong.sum())} 个要素不是点（首个为第 {first} 个）。"
            "名单需要点要素；面图层请用 geocensus basemap build。",
        )
    return geometry


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Text and numbers stay, everything else (dates, lists, bytes) becomes text."""
    texts = [name for name in table if not (pd.api.types.is_numeric_dtype(table[name]) and table[name].dtype != bool)]
    return table.assign(**{name: table[name].astype("str") for name in texts}).rename(columns=str)


def _epsg(table: gpd.GeoDataFrame) -> str:
    if table.crs is None:
        return ""
    code = table.crs.to_epsg()
    return f"EPSG:{code}" if code else table.crs.to_wkt()
