"""Lists that come as layers: GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet and plain Parquet."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyogrio.errors
import shapely

from geocensus.errors import DataNotFoundError, SchemaError, UnreadableError
from geocensus.io.dbf import dbf_encoding, read_dataframe
from geocensus.io.rawtable import RawTable
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyproj

__all__ = [
    "FROM_POINTS",
    "POINT_LAT",
    "POINT_LON",
    "count_wrong",
    "plain_columns",
    "read_parquet",
    "read_points",
    "refuse_other_shapes",
    "single_points",
    "stated_crs",
    "typed_columns",
    "with_points",
    "without_index",
]

_GDAL_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
)
_SURE = 70  # per cent, pyproj's confidence that a definition without a code is a system with one
POINT_LON = "geometry x"  # columns made from the points; never headers of the user's
POINT_LAT = "geometry y"
FROM_POINTS = Text("坐标取自图层的点几何", "coordinates taken from the layer's points")


def read_points(path: Path, layer: str | None = None) -> RawTable:
    """Read a point layer, or a table without geometry.

    Parameters
    ----------
    path : Path
        Anything that GDAL reads.
    layer : str, optional
        Name of the layer; by default the first one of points, or of tables without geometry. Others of the kind are
        named in a note.

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
        kinds = {str(name): None if kind is None else str(kind) for name, kind in pyogrio.list_layers(path)}
        if layer is not None and layer not in kinds:
            listed = ", ".join(kinds)
            raise DataNotFoundError(
                f"{path.name}: no layer {layer!r}. Its layers are {listed}.",
                f"{path.name}：没有图层“{layer}”。现有图层：{listed}。",
            )
        chosen, notes = (layer, ()) if layer is not None else _chosen(kinds)
        with warnings.catch_warnings():  # what GDAL cannot decode shows as such in the cell
            warnings.simplefilter("ignore", RuntimeWarning)
            encoding = dbf_encoding(path)
            table = read_dataframe(path, chosen, encoding)
    except (*_GDAL_ERRORS, shapely.errors.ShapelyError, IndexError, ValueError, OSError) as error:
        raise UnreadableError(
            f"{path.name}: cannot be read as a layer ({error}). Open it in QGIS and export it again.",
            f"{path.name}：无法读取图层（{error}）。请用 QGIS 打开后重新导出。",
        ) from error
    return replace(_raw(table, path, chosen, notes), encoding=encoding or "", cut=encoding is not None)


def _chosen(kinds: Mapping[str, str | None]) -> tuple[str, tuple[Text, ...]]:
    """Return the layer to read: points before other shapes, tables only where there are no shapes."""
    shapes = [name for name, kind in kinds.items() if kind is not None]
    points = [name for name in shapes if "Point" in str(kinds[name])]
    fitting = points or shapes or list(kinds)
    if len(fitting) == 1:
        return fitting[0], ()
    first, *rest = fitting
    zh = f"只读取了图层“{first}”；另有图层“{'”“'.join(rest)}”，请用 --sheet 另行读取"
    return first, (
        Text(zh, f"only layer {first!r} was read; there are {', '.join(rest)}, too: read them with --sheet"),
    )


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
    except (OSError, ValueError, KeyError, NotImplementedError, shapely.errors.ShapelyError) as error:
        raise UnreadableError(
            f"{path.name}: not a readable Parquet file ({error}). Write it again.",
            f"{path.name}：不是可读取的 Parquet 文件（{error}）。请重新生成。",
        ) from error
    return _raw(table, path, "")


def _raw(table: pd.DataFrame, path: Path, layer: str, notes: tuple[Text, ...] = ()) -> RawTable:
    rows = pd.RangeIndex(1, len(table) + 1).to_series(index=pd.RangeIndex(len(table)))
    table = without_index(table)
    if not isinstance(table, gpd.GeoDataFrame):
        return RawTable(table=plain_columns(table), typed=typed_columns(table), rows=rows, sheet=layer, notes=notes)
    points, wrong = single_points(table.geometry.to_numpy())
    refuse_other_shapes(count_wrong(wrong), path, layer)
    own = pd.DataFrame(table.drop(columns=table.geometry.name))
    return RawTable(
        table=with_points(plain_columns(own), shapely.get_x(points), shapely.get_y(points)),
        typed=typed_columns(own),
        rows=rows,
        sheet=layer,
        crs=stated_crs(table.crs),
        points=True,
        notes=(*notes, FROM_POINTS),
    )


def without_index(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table numbered from 0; an index with a name is a column of the user's.

    Parameters
    ----------
    table : DataFrame
        As a library reads it.

    Returns
    -------
    DataFrame
        The same rows.
    """
    return table.reset_index(drop=all(name is None for name in table.index.names))


def with_points(plain: pd.DataFrame, x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Add the columns made from points.

    Parameters
    ----------
    plain : DataFrame
        From :func:`plain_columns`.
    x, y : array of float
        NaN where there is no point.

    Returns
    -------
    DataFrame
        With the two columns last.
    """
    return plain.drop(columns=[POINT_LON, POINT_LAT], errors="ignore").assign(**{POINT_LON: x, POINT_LAT: y})


def single_points(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points as they are, a multipoint of one as its point, and tell what is neither.

    Parameters
    ----------
    geometry : array of geometry
        None where missing.

    Returns
    -------
    geometry : array of geometry
        None where missing or empty.
    wrong : array of bool
        Anything that is no single point: no list of sources.
    """
    kinds = shapely.get_type_id(geometry)
    multi = (kinds == shapely.GeometryType.MULTIPOINT) & (shapely.get_num_geometries(geometry) == 1)
    geometry = geometry.copy()
    geometry[multi] = shapely.get_geometry(geometry[multi], 0)
    geometry[shapely.is_empty(geometry)] = None
    return geometry, ~shapely.is_missing(geometry) & (shapely.get_type_id(geometry) != shapely.GeometryType.POINT)


def count_wrong(wrong: np.ndarray, above: int = 0) -> tuple[int, int]:
    """Count the features that are no points.

    Parameters
    ----------
    wrong : array of bool
        From :func:`single_points`.
    above : int
        Features above these.

    Returns
    -------
    tuple of int
        How many, and the number of the first; zeros where there are none.
    """
    rows = np.flatnonzero(wrong)
    return (len(rows), int(rows[0]) + 1 + above) if len(rows) else (0, 0)


def refuse_other_shapes(not_points: tuple[int, int], path: Path, layer: str) -> None:
    """Insist on points.

    Parameters
    ----------
    not_points : tuple of int
        From :func:`count_wrong`.
    path : Path
        The file, for the message.
    layer : str
        Its layer, for the message.

    Raises
    ------
    SchemaError
        There are any.
    """
    count, first = not_points
    if count:
        raise SchemaError(
            f"{path.name} {layer}: {count} features are not points (first: feature {first}). "
            "A list of sources needs points; polygons belong to `geocensus basemap build`.",
            f"{path.name} {layer}：{count} 个要素不是点（首个为第 {first} 个）。"
            "名单需要点要素；面图层请用 geocensus basemap build。",
        )


def plain_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Keep text and numbers; everything else (dates, lists, bytes) becomes text.

    Parameters
    ----------
    table : DataFrame
        As a library reads it.

    Returns
    -------
    DataFrame
        The same rows; headers are text.
    """
    texts = [name for name in table if not (pd.api.types.is_numeric_dtype(table[name]) and table[name].dtype != bool)]
    return table.assign(**{name: table[name].astype("str") for name in texts}).rename(columns=str)


def typed_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Keep text, numbers, truth values and dates; everything else (lists, bytes, times with a zone) becomes text.

    Parameters
    ----------
    table : DataFrame
        As a library reads it.

    Returns
    -------
    DataFrame
        The same rows; headers are text.
    """
    kinds = (
        pd.api.types.is_numeric_dtype,
        pd.api.types.is_datetime64_dtype,
        pd.api.types.is_string_dtype,
    )
    other = [name for name in table if not any(is_kind(table[name]) for is_kind in kinds)]
    return table.assign(**{name: table[name].astype("str") for name in other}).rename(columns=str)


def stated_crs(crs: pyproj.CRS | None) -> str:
    """Return the file's reference system as a word that parse_crs takes.

    Parameters
    ----------
    crs : CRS, optional
        As the file has it.

    Returns
    -------
    str
        Its name where it has no code; "" where nothing is stated.
    """
    if crs is None or crs.is_engineering or crs.name.lower().startswith(("undefined", "unknown", "unnamed")):
        return ""
    authority = crs.to_2d().to_authority(min_confidence=_SURE)
    if authority == ("OGC", "CRS84"):
        return "wgs84"
    return f"EPSG:{authority[1]}" if authority is not None and authority[0] == "EPSG" else str(crs.name)
