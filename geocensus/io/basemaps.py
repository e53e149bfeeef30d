"""Opening, listing and writing basemaps."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geocensus.basemap import Basemap, empty_barriers
from geocensus.errors import DataNotFoundError, UnreadableError, WorkspaceError
from geocensus.files import atomic_path, sha256
from geocensus.io.layers import layer_kinds, split_layer
from geocensus.io.polygon_files import basemap_from_polygons
from geocensus.model import LEVELS, BasemapInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["basemaps_folder", "list_basemaps", "open_basemap", "write_basemap"]

_INFO_TABLE = "basemap_info"
_WORKSPACE_PREFIX = "areas_"


def open_basemap(name_or_path: str | Path, *, crs: str | None = None) -> Basemap:
    """Open a shipped basemap by name, or one from a file.

    Parameters
    ----------
    name_or_path : str or Path
        A name of :func:`list_basemaps`; or a file: a basemap written by geocensus, a workspace, or any polygon
        file (GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet, KML, FileGDB; FILE::LAYER takes one layer).
        Of a foreign file, levels and columns are guessed; the basemap's notes say how.
    crs : str, optional
        Reference system of a foreign file that states none or a wrong one: an EPSG code or wgs84, cgcs2000,
        gcj02, bd09.

    Returns
    -------
    Basemap
        In EPSG:4490.

    Raises
    ------
    DataNotFoundError
        No basemap and no file is called so, or a shipped file is missing.
    UnreadableError
        The file is damaged, or a shipped file differs from its manifest.
    CRSMismatchError
        A polygon file states no reference system.
    SchemaError
        No column of a polygon file looks like a code.

    Examples
    --------
    >>> open_basemap("changshan").levels
    ('county', 'township', 'village')
    """
    path, layer = split_layer(name_or_path)
    if not (path.suffix and path.exists()):  # a file is opened also where the shipped basemaps are missing
        shipped = {entry["name"]: entry for entry in _manifest()}
        if str(name_or_path) in shipped:
            return _open_shipped(shipped[str(name_or_path)])
    if not path.exists():
        names = ", ".join(shipped) or "(none)"
        raise DataNotFoundError(
            f"no basemap and no file is called {str(name_or_path)!r}; shipped basemaps: {names}; or give a file",
            f"没有名为“{name_or_path}”的底图或文件；自带底图：{names}；也可给出文件路径",
        )
    kinds = layer_kinds(path)
    if _INFO_TABLE in kinds and crs is None and layer is None:
        return _open_own(path, kinds)
    return basemap_from_polygons(str(name_or_path), crs=crs)


def list_basemaps() -> list[dict[str, Any]]:
    """List the shipped basemaps from their manifest, without opening them.

    Returns
    -------
    list of dict
        Each with name, title {zh, en}, root, levels {level: n}, code_system, code_year, licence, schematic.

    Raises
    ------
    DataNotFoundError
        The manifest is missing.
    UnreadableError
        The manifest is damaged.

    Examples
    --------
    >>> [entry["name"] for entry in list_basemaps()]
    ['changshan', 'miaoli']
    """
    keys = ("name", "title", "root", "levels", "code_system", "code_year", "licence", "schematic")
    return [{key: entry[key] for key in keys} for entry in _manifest()]


def write_basemap(basemap: Basemap, path: str | Path, *, extra: Mapping[str, pd.DataFrame] | None = None) -> Path:
    """Write a basemap as one GeoPackage, by temporary file and rename.

    Parameters
    ----------
    basemap : Basemap
        What to write: a layer per level, barriers, and the table basemap_info.
    path : str or Path
        The file to make or replace.
    extra : Mapping of str to DataFrame, optional
        More layers or plain tables by name, such as a topology report.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    WorkspaceError
        The file cannot be written: folder read-only, disk full, or held by another program.
    """
    path = Path(path)
    tables = {level: basemap.areas(level).drop(columns="level") for level in basemap.levels}
    try:
        with atomic_path(path) as temporary:
            for name, table in tables.items():
                _write(table, temporary, name, "MultiPolygon")
            _write(basemap.barriers, temporary, "barriers", "MultiLineString")
            _write(_info_table(basemap.info), temporary, _INFO_TABLE)
            for name, table in (extra or {}).items():
                _write(table, temporary, name, "Unknown")
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
        raise WorkspaceError(
            f"{path}: cannot be written ({error}); close programs that hold it, check the folder and free space",
            f"{path}：无法写入（{error}）；请关闭占用它的程序，并检查文件夹权限和磁盘空间",
        ) from error
    return path


def basemaps_folder() -> Path:
    """Return the folder of the shipped basemaps.

    Returns
    -------
    Path
        The value of GEOCENSUS_BASEMAPS, else the installed package's own, else that of a checkout.

    Raises
    ------
    DataNotFoundError
        There is none.
    """
    package = Path(__file__).resolve().parents[1]
    override = os.environ.get("GEOCENSUS_BASEMAPS")
    folders = [Path(override)] if override else [package / "_basemaps", package.parent / "data" / "basemaps"]
    for folder in folders:
        if (folder / "manifest.json").is_file():
            return folder
    looked = ", ".join(map(str, folders))
    raise DataNotFoundError(
        f"shipped basemaps not found in {looked}; reinstall geocensus or set GEOCENSUS_BASEMAPS to their folder",
        f"在 {looked} 未找到自带底图；请重新安装 geocensus，或用环境变量 GEOCENSUS_BASEMAPS 指定文件夹",
    )


def _manifest() -> list[dict[str, Any]]:
    path = basemaps_folder() / "manifest.json"
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))["basemaps"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(
            f"{path}: not a manifest of basemaps ({error}); reinstall geocensus",
            f"{path}：底图清单已损坏（{error}）；请重新安装 geocensus",
        ) from error


def _open_shipped(entry: Mapping[str, Any]) -> Basemap:
    path = basemaps_folder() / entry["file"]
    if not path.is_file():
        raise DataNotFoundError(
            f"{path}: the shipped basemap's file is missing; reinstall geocensus",
            f"{path}：自带底图文件缺失；请重新安装 geocensus",
        )
    found = sha256(path)
    if found != entry["sha256"]:
        raise UnreadableError(
            f"{path}: differs from its manifest (sha256 {found[:12]}…, expected {entry['sha256'][:12]}…); "
            "reinstall geocensus, or open a changed copy by its path under another name",
            f"{path}：与清单不符（sha256 {found[:12]}…，应为 {entry['sha256'][:12]}…）；"
            "请重新安装 geocensus；如为自行修改的底图，请另存为其他文件后按路径打开",
        )
    return _open_own(path, layer_kinds(path))


def _open_own(path: Path, kinds: Mapping[str, str | None]) -> Basemap:
    """Open a file that geocensus wrote: a basemap, or a workspace with its areas_{level} tables."""
    prefix = _WORKSPACE_PREFIX if any(f"{_WORKSPACE_PREFIX}{level}" in kinds for level in LEVELS) else ""
    present = [level for level in LEVELS if f"{prefix}{level}" in kinds]
    try:
        info = _read_info(path, "" if prefix else sha256(path))
        layers = {level: _read(path, f"{prefix}{level}") for level in present}
        barriers = _read(path, "barriers") if "barriers" in kinds else empty_barriers()
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, OSError) as error:
        raise UnreadableError(
            f"{path}: damaged basemap or workspace ({type(error).__name__}: {error}); restore it from a copy",
            f"{path}：底图或工作区文件已损坏（{type(error).__name__}：{error}）；请用备份恢复",
        ) from error
    return Basemap(info, layers, barriers)


def _read_info(path: Path, digest: str) -> BasemapInfo:
    """Return the stored info; a workspace keeps its basemap's sha256 there, a basemap file has its own."""
    table = pyogrio.read_dataframe(path, layer=_INFO_TABLE, read_geometry=False)
    values = {key: json.loads(value) for key, value in zip(table["key"], table["value"], strict=True)}
    return BasemapInfo.from_dict(values, sha256=digest or str(values.get("sha256", "")))


def _info_table(info: BasemapInfo) -> pd.DataFrame:
    values = info.as_dict()
    texts = [json.dumps(value, ensure_ascii=False) for value in values.values()]
    return pd.DataFrame({"key": list(values), "value": texts})


def _read(path: Path, layer: str) -> gpd.GeoDataFrame:
    return pyogrio.read_dataframe(path, layer=layer)


def _write(table: pd.DataFrame, path: Path, layer: str, geometry_type: str | None = None) -> None:
    """Append one layer; rows of a plain table have no geometry."""
    spatial = isinstance(table, gpd.GeoDataFrame)
    options = {"geometry_type": geometry_type, "promote_to_multi": geometry_type != "Unknown"} if spatial else {}
    pyogrio.write_dataframe(table, path, layer=layer, driver="GPKG", append=False, **options)
