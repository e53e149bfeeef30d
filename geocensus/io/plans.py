"""Files around a split: labels, locks, the plan of today, teams."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyogrio

from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError, UnreadableError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.io.excel import read_sheet
from geocensus.io.layers import read_layer
from geocensus.io.text import read_delimited
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from geocensus.io.rawtable import RawTable

__all__ = ["TEAM_COLUMNS", "read_labels", "read_parks", "read_teams", "write_field_zones", "write_labels"]

TEAM_COLUMNS: Final = ("name", "people", "start_lon", "start_lat", "phone", "owner")
_SHEETS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_SHOWN: Final = 5
_SUMS: Final = ("合计", "总计", "共计", "小计", "total", "Total", "TOTAL", "sum", "Sum")
_LABEL_HEADERS: Final = {
    "code": ("code", "unit", "unitcode", "代码", "区划代码", "单元", "单元代码", "普查小区代码"),
    "field_zone": ("fieldzone", "zone", "片区", "片区编号", "片区名称", "所属片区"),
}
_TEAM_HEADERS: Final = {
    "name": ("name", "team", "teamname", "fieldzone", "名称", "队名", "小组", "组名", "队伍", "小组名称", "片区"),
    "people": ("people", "persons", "members", "size", "人数", "普查员人数", "队员人数", "成员数"),
    "start_lon": ("startlon", "lon", "longitude", "x", "经度", "起点经度", "出发点经度", "驻地经度"),
    "start_lat": ("startlat", "lat", "latitude", "y", "纬度", "起点纬度", "出发点纬度", "驻地纬度"),
    "phone": ("phone", "tel", "mobile", "contact", "电话", "手机", "联系电话", "联系方式"),
    "owner": ("owner", "leader", "负责人", "组长", "队长", "联系人"),
}
_PARK_HEADERS: Final = (
    "name",
    "park",
    "parkname",
    "园区",
    "园区名称",
    "名称",
    "园区名",
    "mc",
    "yqmc",
    "title",
    "label",
)


def read_labels(path: str | Path) -> pd.Series:
    r"""Read which field zone each unit belongs to: a lock, or the plan of today.

    Parameters
    ----------
    path : str or Path
        CSV (UTF-8 or GBK) or a workbook with columns code and field_zone, or 代码 and 片区; others are ignored, and so
        are rows that are blank in both.

    Returns
    -------
    Series
        Name of the field zone as text, index code as text, in the order of the file.

    Raises
    ------
    DataNotFoundError
        The file is not there.
    UnreadableError
        It cannot be read.
    SchemaError
        A column is missing, a cell is empty, or a code is given twice.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "lock.csv"
    >>> _ = file.write_text("代码,片区\n330822001,一片\n", encoding="gbk")
    >>> read_labels(file).to_dict()
    {'330822001': '一片'}
    """
    path = Path(path)
    raw = _read(path)
    table = _named(raw, _LABEL_HEADERS, path, needed=("code", "field_zone"))
    codes, zones = _codes(table["code"]), table["field_zone"]
    blank = (codes == "") & (zones == "")
    codes, zones, rows = codes[~blank], zones[~blank], raw.rows[~blank.to_numpy()]
    half = ((codes == "") | (zones == "")).to_numpy()
    if half.any():
        listed = ", ".join(map(str, rows[half][:_SHOWN]))
        raise SchemaError(
            f"{path.name}, row {listed}: code or field_zone is empty; fill it in or delete the row",
            f"{path.name} 第 {listed} 行：代码或片区为空，请补填或删除该行",
        )
    doubled = codes.duplicated(keep=False).to_numpy()
    if doubled.any():
        listed = ", ".join(
            f"{code} ({row})" for code, row in list(zip(codes[doubled], rows[doubled], strict=True))[:_SHOWN]
        )
        raise SchemaError(
            f"{path.name}: codes given more than once (row): {listed}; a unit has one field zone",
            f"{path.name}：代码重复（行号）：{listed}；每个单元只能属于一个片区",
        )
    return pd.Series(zones.to_numpy(), index=pd.Index(codes.to_numpy(), name="code"), name="field_zone", dtype="str")


def read_teams(path: str | Path) -> pd.DataFrame:
    r"""Read the teams that will do the work.

    Parameters
    ----------
    path : str or Path
        CSV (UTF-8 or GBK) or a workbook: one row per team; columns name and people and, if wished, the start point's
        start_lon and start_lat (degrees, CGCS2000), phone and owner, or their Chinese headers.

    Returns
    -------
    DataFrame
        Columns :data:`TEAM_COLUMNS`, those that the file has, first, then its other columns; people and start point as
        numbers, missing where empty, all else as text, "" where empty. Rows called 合计 or total are no team:
        ``attrs["notes"]`` says so.

    Raises
    ------
    DataNotFoundError
        The file is not there.
    UnreadableError
        It cannot be read.
    SchemaError
        No column of people, no row, or a number that is none; the message names rows.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "teams.csv"
    >>> _ = file.write_text("小组,人数,电话\n一组,3,0570\n二组,2,\n", encoding="utf-8")
    >>> read_teams(file)["people"].tolist()
    [3.0, 2.0]
    """
    path = Path(path)
    raw = _read(path)
    table = _named(raw, _TEAM_HEADERS, path, needed=("people",))
    sums = table["name"].isin(_SUMS).to_numpy() if "name" in table else np.zeros(len(table), dtype=bool)
    kept = (table != "").any(axis=1).to_numpy() & ~sums
    notes = _sums_note(path, raw.rows[sums].tolist()) if sums.any() else ()
    table, rows = table[kept].reset_index(drop=True), raw.rows[kept]
    if not len(table):
        raise SchemaError(
            f"{path.name}: no team; write one row per team with its people",
            f"{path.name}：没有任何小组；请每个小组一行并填写人数",
        )
    for name in ("people", "start_lon", "start_lat"):
        if name in table:
            table[name] = _numbers(table[name], rows, path, raw.table.columns)
    table.attrs["notes"] = notes
    return table


def read_parks(source: str | Path) -> gpd.GeoDataFrame:
    r"""Read industrial parks.

    Parameters
    ----------
    source : str or Path
        FILE or FILE::LAYER of polygons, in any format that basemaps may have.

    Returns
    -------
    GeoDataFrame
        Columns name (a column called name, 园区名称 or so, else the first column of text, else numbers) and geometry
        (EPSG:4490); records without a polygon are left out.

    Raises
    ------
    DataNotFoundError
        No such file or layer.
    UnreadableError
        It cannot be read.
    SchemaError
        No polygon in it.
    CRSMismatchError
        No reference system is stated.

    Examples
    --------
    >>> import json, tempfile
    >>> ring = [[118.5, 28.9], [118.6, 28.9], [118.6, 29.0], [118.5, 28.9]]
    >>> shape = {"type": "Polygon", "coordinates": [ring]}
    >>> file = Path(tempfile.mkdtemp()) / "parks.geojson"
    >>> feature = {"type": "Feature", "properties": {"园区名称": "新都园区"}, "geometry": shape}
    >>> _ = file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    >>> read_parks(file)["name"].tolist()
    ['新都园区']
    """
    try:
        read = read_layer(source)
    except CRSMismatchError as error:
        raise CRSMismatchError(
            f"{source}: the layer of parks states no reference system; assign the one it is in (such as EPSG:4490) in "
            "a GIS and save it again",
            f"{source}：园区图层没有写明坐标系；请在 GIS 软件中指定其坐标系（如 EPSG:4490）后另存",
        ) from error
    table = read.table[~(read.table.geometry.isna() | read.table.geometry.is_empty)].reset_index(drop=True)
    if not len(table):
        raise SchemaError(f"{read.path.name}: holds no polygon", f"{read.path.name}：没有面要素")
    numbers = pd.Series(range(1, len(table) + 1)).astype("str")
    names = _park_names(table)
    names = names.where(names != "", numbers) if names is not None else numbers
    return table[["geometry"]].assign(name=names.to_numpy())


def write_labels(path: Path, labels: pd.Series) -> Path:
    """Write which field zone each unit belongs to.

    Parameters
    ----------
    path : Path
        A CSV; replaced only once the new one is complete. With a byte order mark where names are Chinese, for Excel.
    labels : Series
        Name of the field zone, index code.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    WorkspaceError
        The folder is read-only or the file open elsewhere.

    Examples
    --------
    >>> import tempfile
    >>> file = write_labels(Path(tempfile.mkdtemp()) / "a.csv", pd.Series({"007": "1"}))
    >>> file.read_text().split()
    ['code,field_zone', '007,1']
    """
    table = pd.DataFrame({"code": labels.index.astype("str"), "field_zone": labels.to_numpy()})
    text = table.to_csv(index=False, lineterminator="\n")
    try:
        with atomic_path(path) as temporary:
            temporary.write_text(text, encoding="utf-8" if text.isascii() else "utf-8-sig", newline="")
    except OSError as error:
        raise WorkspaceError(
            f"{path}: cannot be written ({error.strerror}); is it open in another program?",
            f"{path}：无法写入（{error.strerror}）；是否在其他程序中打开？",
        ) from error
    return path


def write_field_zones(
    path: Path,
    field_zones: gpd.GeoDataFrame,
    units: gpd.GeoDataFrame,
    *,
    more: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> Path:
    """Write a plan as a GeoPackage, for those who do not use the workspace.

    Parameters
    ----------
    path : Path
        Ends in .gpkg; replaced only once the new one is complete.
    field_zones : GeoDataFrame
        Layer ``field_zones``.
    units : GeoDataFrame
        Layer ``units``, with their field zones.
    more : Mapping of str to DataFrame
        Further layers, or plain tables, by name.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    WorkspaceError
        The folder is read-only or the file open elsewhere.
    """
    try:
        with atomic_path(path) as temporary:
            for layer, table in {"field_zones": field_zones, "units": units, **more}.items():
                areal = layer in {"field_zones", "units"}
                pyogrio.write_dataframe(table, temporary, layer=layer, driver="GPKG", promote_to_multi=areal)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        raise WorkspaceError(
            f"{path}: cannot be written ({error}); is it open in another program?",
            f"{path}：无法写入（{error}）；是否在其他程序中打开？",
        ) from error
    return path


def _park_names(table: gpd.GeoDataFrame) -> pd.Series | None:
    """Return the column that names parks; None where there is none."""
    headers = {_fold(str(column)): column for column in reversed(table.columns) if column != "geometry"}
    named = [headers[word] for word in _PARK_HEADERS if word in headers]
    texts = [column for column in table if column != "geometry" and pd.api.types.is_string_dtype(table[column])]
    chosen = next(iter([*named, *texts]), None)
    return None if chosen is None else _texts(table[chosen])


def _read(path: Path) -> RawTable:
    if path.is_dir():
        raise UnreadableError(f"{path}: is a folder; name a file", f"{path}：是文件夹，请给出文件")
    if not path.is_file():
        raise DataNotFoundError(f"{path}: there is no such file", f"{path}：文件不存在")
    try:
        return read_sheet(path) if path.suffix.lower() in _SHEETS else read_delimited(path)
    except OSError as error:
        raise UnreadableError(
            f"{path}: cannot be read ({error.strerror})", f"{path}：无法读取（{error.strerror}）"
        ) from error


def _named(
    raw: RawTable, headers: Mapping[str, tuple[str, ...]], path: Path, *, needed: tuple[str, ...]
) -> pd.DataFrame:
    """Return the columns asked for under their own names, then the others, all as trimmed text."""
    folded = {_fold(header): header for header in reversed([str(name) for name in raw.table.columns])}
    found = {
        name: next(folded[word] for word in words if word in folded)
        for name, words in headers.items()
        if any(word in folded for word in words)
    }
    missing = [name for name in needed if name not in found]
    if missing:
        there, wanted = ", ".join(map(str, raw.table.columns)), ", ".join(missing)
        words = "、".join(next(word for word in headers[name] if not word.isascii()) for name in missing)
        raise SchemaError(
            f"{path.name}: no column {wanted}; columns are {there}. Name the columns {', '.join(needed)}.",
            f"{path.name}：缺少“{words}”列；现有列：{there}。",
        )
    others = {str(name): str(name) for name in raw.table.columns if name not in found.values() and name not in headers}
    return pd.DataFrame({name: _texts(raw.table[header]) for name, header in {**found, **others}.items()})


def _texts(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")  # a workbook's 3.0 is a 3
    return cells.astype("str").fillna("").str.strip()


def _codes(texts: pd.Series) -> pd.Series:
    """Undo what spreadsheets do to codes; letters stay as they are, for units have codes of any kind."""
    plain = texts.str.normalize("NFKC").str.strip().str.lstrip("'’‘")
    return plain.str.replace(r"^([0-9]+)\.0$", r"\1", regex=True)


def _fold(header: str) -> str:
    return re.sub(r"[\s_\-（(].*?[)）]|[\s_\-]+", "", unicodedata.normalize("NFKC", header)).casefold()


def _sums_note(path: Path, rows: list[int]) -> tuple[Text, ...]:
    listed = ", ".join(map(str, rows[:_SHOWN]))
    return (
        Text(
            f"{path.name} 第 {listed} 行为合计，不作为小组",
            f"{path.name}, row {listed}: a total, not counted as a team",
        ),
    )


def _numbers(texts: pd.Series, rows: pd.Series, path: Path, headers: Iterable[object]) -> pd.Series:
    plain = texts.str.normalize("NFKC").str.removesuffix("人").str.strip()
    numbers = pd.to_numeric(plain.where(plain != ""), errors="coerce").astype("float64")
    wrong = (numbers.isna() & (plain != "")).to_numpy()
    if wrong.any():
        row, text = int(rows[wrong].iloc[0]), texts[wrong].iloc[0]
        words = _TEAM_HEADERS[str(texts.name)]
        header = next((str(given) for given in headers if _fold(str(given)) in words), texts.name)
        raise SchemaError(
            f"{path.name}, row {row}: {header} is {text!r}, which is not a number",
            f"{path.name} 第 {row} 行：“{header}”的值“{text}”不是数字",
        )
    return numbers
