"""Reading polygon and line layers of any common format into EPSG:4490."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geocensus.errors import DataNotFoundError, SchemaError, UnreadableError
from geocensus.io.dbf import dbf_encoding, read_dataframe
from geocensus.io.placing import placed
from geocensus.io.reading_report import READING_TEXTS, REPORT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["READING_TEXTS", "LayerRead", "layer_kinds", "read_layer", "split_layer"]

_PARQUET = (".parquet", ".geoparquet")
_WANTED = {"polygon": ("Polygon", "MultiPolygon", "GeometryCollection"), "line": ("LineString", "MultiLineString")}
_WORD = {"polygon": ("polygons", "面"), "line": ("lines", "线")}
_BULK_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    shapely.errors.ShapelyError,
    UnicodeDecodeError,
    OverflowError,
    ValueError,
    OSError,
)


@dataclass(frozen=True, eq=False)
class LayerRead:
    """A layer as read.

    Attributes
    ----------
    table : GeoDataFrame
        The file's own columns and the geometry in EPSG:4490, one row per record that could be read; the geometry
        is None where there is none.
    report : DataFrame
        What was wrong with records: columns layer, record (from 1), what (no_geometry, not_a_polygon, not_a_line,
        out_of_range, unreadable, geometry, ring_closed, copy, lost, text), detail.
    path : Path
        The file.
    layer : str
        The layer's name in the file.
    crs : str
        Reference system before the transformation.
    streamed : bool
        Whether bulk reading failed and records were read one by one.
    """

    table: gpd.GeoDataFrame
    report: pd.DataFrame
    path: Path
    layer: str
    crs: str
    streamed: bool = False


def split_layer(source: str | Path) -> tuple[Path, str | None]:
    """Split ``FILE::LAYER``.

    Parameters
    ----------
    source : str or Path
        A file, or a file and a layer's name with two colons between.

    Returns
    -------
    tuple of Path and str
        The layer is None when it is not given.

    Examples
    --------
    >>> split_layer("areas.gpkg::village")[1]
    'village'
    """
    path, _, layer = str(source).partition("::")
    return Path(path), layer or None


def layer_kinds(path: Path) -> dict[str, str | None]:
    """List the layers of a file.

    Parameters
    ----------
    path : Path
        A file or a FileGDB folder.

    Returns
    -------
    dict of str to str
        Geometry type by layer; None for a plain table.

    Raises
    ------
    DataNotFoundError
        There is no such file.
    UnreadableError
        It is no file of geographic layers, or it is damaged.
    """
    if not path.exists():
        raise DataNotFoundError(f"no file {path}; check the path", f"没有文件 {path}；请检查路径")
    if path.suffix.lower() in _PARQUET:
        return {path.stem: "Unknown"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {str(name): None if kind is None else str(kind) for name, kind in pyogrio.list_layers(path)}
    except _BULK_ERRORS as error:
        raise _unreadable(path, error) from error


def read_layer(
    source: str | Path,
    *,
    kind: str = "polygon",
    prefer: Sequence[str] = (),
    crs: str | None = None,
    encoding: str | None = None,
) -> LayerRead:
    """Read one layer: in bulk, or record by record when the file is damaged.

    Parameters
    ----------
    source : str or Path
        FILE or FILE::LAYER: GeoPackage, Shapefile (GBK or UTF-8), GeoJSON, FlatGeobuf, GeoParquet, KML, FileGDB.
    kind : {"polygon", "line"}
        What the layer must hold; other geometries in it become None and are reported.
    prefer : Sequence of str
        Layer names to take first when the file has several and none is given.
    crs : str, optional
        Reference system to use instead of the file's: an EPSG code or wgs84, cgcs2000, gcj02, bd09.
    encoding : str, optional
        Encoding of a Shapefile's attributes; found by itself when left out.

    Returns
    -------
    LayerRead
        Table in EPSG:4490 (x = longitude, two dimensions) and report.

    Raises
    ------
    DataNotFoundError
        No such file or layer; the message lists the layers.
    UnreadableError
        Nothing can be read from the file.
    SchemaError
        The file has several fitting layers and none is named, or the layer is empty or holds other geometries.
    CRSMismatchError
        No reference system is stated, or it is refused, or the values contradict it.
    """
    path, layer = split_layer(source)
    layer = _choose(path, layer, prefer)
    table, report, streamed = _read(path, layer, encoding or dbf_encoding(path))
    if kind == "polygon" and not len(table):
        raise SchemaError(
            f"{path.name}::{layer}: holds no areas; give a layer with records",
            f"{path.name}::{layer}：图层中没有任何区域；请改用有记录的图层",
        )
    table, doubts = _keep_kind(table, f"{path.name}::{layer}", layer, kind)
    table, astray, used = placed(table, where=f"{path.name}::{layer}", crs=crs)
    off = pd.DataFrame({"layer": layer, "record": astray + 1, "what": "out_of_range", "detail": "vertex off the earth"})
    report = pd.concat([part for part in (report, doubts, off) if len(part)] or [report], ignore_index=True)
    return LayerRead(table, report, path, layer, used, streamed)


def _choose(path: Path, layer: str | None, prefer: Sequence[str]) -> str:
    """Return the layer to read: the one named, a preferred one, or the only one."""
    spatial = [name for name, kind in layer_kinds(path).items() if kind is not None]
    listed = ", ".join(spatial) or "(none)"
    if layer is not None:
        if layer not in spatial:
            raise DataNotFoundError(
                f"{path.name}: no layer {layer!r}; it has {listed}",
                f"{path.name}：没有图层“{layer}”；现有图层：{listed}",
            )
        return layer
    if fitting := [name for name in prefer if name in spatial]:
        return fitting[0]
    if len(spatial) != 1:
        raise SchemaError(
            f"{path.name}: has {len(spatial)} layers with geometry: {listed}; name one as {path.name}::LAYER",
            f"{path.name}：含 {len(spatial)} 个空间图层：{listed}；请写成 {path.name}::图层名",
        )
    return spatial[0]


def _read(path: Path, layer: str, encoding: str | None) -> tuple[gpd.GeoDataFrame, pd.DataFrame, bool]:
    """Read in bulk; where that fails, record by record."""
    try:
        table, report = _bulk(path, layer, encoding)
    except _BULK_ERRORS as error:
        if path.suffix.lower() in _PARQUET:
            raise _unreadable(path, error) from error
        from geocensus.io.streaming import stream_layer  # noqa: PLC0415 - only damaged files need fiona and rtree

        try:
            return (*stream_layer(path, layer, encoding=encoding), True)
        except (ValueError, OSError):
            raise _unreadable(path, error) from error
    return table, report, False


def _bulk(path: Path, layer: str, encoding: str | None) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Read the whole layer at once; GDAL's warnings become lines of the report."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        if path.suffix.lower() in _PARQUET:
            table = gpd.read_parquet(path)
        else:
            table = read_dataframe(path, layer, encoding, force_2d=True)
    if not isinstance(table, gpd.GeoDataFrame):
        raise ValueError("no geometry column")  # noqa: TRY004 - a file's fault, caught by the caller
    if table.geometry.name != "geometry":
        table = table.rename_geometry("geometry")
    texts = sorted({str(warning.message)[:200] for warning in said if issubclass(warning.category, RuntimeWarning)})
    report = pd.DataFrame([(layer, 0, "text", text) for text in texts], columns=list(REPORT_COLUMNS))
    return table.reset_index(drop=True), report


def _keep_kind(table: gpd.GeoDataFrame, where: str, layer: str, kind: str) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Set geometries of another kind to None; report them and the rows without geometry."""
    empty = (table.geometry.isna() | table.geometry.is_empty).to_numpy()
    fits = table.geometry.geom_type.isin(_WANTED[kind]).to_numpy() & ~empty
    other = ~fits & ~empty
    if len(table) and other.any() and not fits.any():
        en, zh = _WORD[kind]
        found = ", ".join(sorted(set(table.geometry.geom_type[other])))
        raise SchemaError(
            f"{where}: holds {found}; {en} are needed: give another layer",
            f"{where}：几何类型为 {found}，需要{zh}图层：请改用其他图层",
        )
    what = np.where(other, f"not_a_{kind}", "no_geometry")[~fits]
    detail = table.geometry.geom_type.astype("str").fillna("none or damaged")[~fits]
    doubts = pd.DataFrame({"layer": layer, "record": np.flatnonzero(~fits) + 1, "what": what, "detail": detail})
    return table.set_geometry(table.geometry.where(fits)), doubts.reset_index(drop=True)


def _unreadable(path: Path, error: Exception) -> UnreadableError:
    """Return an error that says what to do for the kind of file."""
    parts = path.suffix.lower() == ".shp"
    hint = (
        "copy all parts of the Shapefile: .shp, .shx, .dbf, .prj",
        "请复制 Shapefile 的全部文件：.shp、.shx、.dbf、.prj",
    )
    advice = hint if parts else ("export it again, for example as GeoPackage", "请重新导出，例如导出为 GeoPackage")
    said = str(error)[:200]
    return UnreadableError(
        f"{path}: cannot be read as a layer ({said}); {advice[0]}", f"{path}：无法作为图层读取（{said}）；{advice[1]}"
    )
