"""Read a list of sources: one row per row of the file, nothing dropped, nothing repaired."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import crs as systems
from geocensus import names as n
from geocensus import shifts
from geocensus.coordinates import numbers_as_written, parse_points
from geocensus.errors import CRSMismatchError, DataNotFoundError, SchemaError, UnreadableError
from geocensus.files import sha256
from geocensus.io.excel import read_sheet
from geocensus.io.hints import (
    damaged_codes,
    exchanged_degrees,
    has_codes,
    may_be_northing_first,
    northing_first,
)
from geocensus.io.identity import source_ids
from geocensus.io.points import POINT_LAT, POINT_LON, read_parquet, read_points
from geocensus.io.setaside import excluded_reason
from geocensus.io.text import read_delimited
from geocensus.model import State, Text
from geocensus.schemas import COORDINATE_ROLES, TEXT_ROLES, class_slugs, guess_roles, has_pair, normalise_header

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geocensus.io.rawtable import RawTable

__all__ = ["read_sources"]

_DELIMITED = frozenset({".csv", ".txt", ".tsv"})
_SHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_PARQUET = frozenset({".parquet", ".geoparquet", ".pq"})
_LARGEST_EXACT = 2**53  # whole numbers up to here are exact as floats
_SHOWN = 60  # headers that a message lists
_NO_SHEETS = Text("文件没有工作表之分，--sheet 未起作用", "the file has no sheets: --sheet was ignored")
_NAME_OR_CODE = "行政区划"  # a header of codes in some lists, of names in others
_SERIAL = frozenset({"序号", "顺序号", "行号", "no"})  # numbers of rows, which change when a list is sorted


def read_sources(
    path: str | Path,
    *,
    crs: str | int | None = None,
    crs_reason: str = "",
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    parameters: Sequence[float] | None = None,
) -> pd.DataFrame:
    r"""Read a list of pollution sources from a file.

    Parameters
    ----------
    path : str or Path
        CSV (UTF-8, GBK or GB18030), Excel, GeoPackage, GeoJSON, Shapefile, FlatGeobuf or (Geo)Parquet.
    crs : str or int, optional
        One of wgs84, cgcs2000, gcj02, bd09, or an EPSG code; by default what the file states, else cgcs2000, recorded
        as assumed. Naming gcj02 or bd09 is the user's word that the list is to be converted from there.
    crs_reason : str
        Why `crs` is right, for the record: who found or said so.
    sheet : str, optional
        Sheet of a workbook, or layer of a file with several.
    columns : Mapping, optional
        Role to header, where the guess would be wrong; see :data:`geocensus.schemas.ROLES`.
    parameters : Sequence of float, optional
        Seven parameters of a transformation to CGCS2000, without which Beijing 54 and Xian 80 are refused; see
        :func:`geocensus.crs.parse_crs`.

    Returns
    -------
    DataFrame
        One row per row of the file, numbered from 0. ``lon`` and ``lat`` are CGCS2000 degrees, missing where the
        text gives no usable coordinate; ``state`` is located, unlocated or excluded; ``raw:`` columns are the
        user's own. ``attrs`` records file, sheet, encoding, CRS, the roles found and notes.

    Raises
    ------
    DataNotFoundError
        No such file, sheet or layer.
    UnreadableError
        The file is empty, damaged or in an unknown encoding or format.
    SchemaError
        No coordinate column, or an override that names none.
    CRSMismatchError
        The system is unknown or refused, or the values contradict it.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "list.csv"
    >>> _ = file.write_text("编号,经度,纬度\nA1,118.523,28.901\nA2,无,无\n", encoding="utf-8")
    >>> read_sources(file)[["source_id", "state", "lon", "lat"]]
      source_id      state      lon     lat
    0        A1    located  118.523  28.901
    1        A2  unlocated      NaN     NaN
    """
    path = Path(path)
    raw = _read(path, sheet)
    if raw.table.empty:
        place = _place(raw, path)
        raise UnreadableError(
            f"{place.en}: there is a header but no row below it. Export the list again, or choose a --sheet.",
            f"{place.zh}：只有表头，没有数据行。请重新导出名单，或用 --sheet 选择其他工作表。",
        )
    roles = _roles(raw, columns or {}, path)
    system = _system(crs, raw.crs, path, parameters)
    roles, points, hints = _points(raw.table, roles, system, columns or {})
    sources = _positions(points, system, path)
    sources[n.ROW] = raw.rows.to_numpy()
    own = raw.table if raw.typed is None else raw.typed
    sources = _described(sources, raw.table, roles, own)
    stated = ", ".join(f"{role}={header}" for role, header in roles.items())
    notes = [*raw.notes, Text(f"识别的列：{stated}", f"columns found: {stated}"), *hints]
    notes += damaged_codes(sources[n.CLAIMED_CODE])
    notes += _converted(system, crs_reason)
    sources.attrs = {
        "file": path.name.encode("utf-8", "replace").decode(),  # a name in another encoding cannot be stored
        "sheet": raw.sheet,
        "encoding": raw.encoding,
        "sha256": sha256(path),
        "crs": system.key,
        "crs_assumed": crs is None and not raw.crs,
        "crs_reason": crs_reason.strip(),
        "columns": roles,
        "notes": [list(note) for note in notes],
    }
    return sources


def _read(path: Path, sheet: str | None) -> RawTable:
    if not path.exists():
        raise DataNotFoundError(
            f"{path}: there is no such file. Check the name and the folder.",
            f"{path}：文件不存在。请检查文件名和所在文件夹。",
        )
    suffix = path.suffix.lower()
    try:
        if suffix in _DELIMITED or suffix in _PARQUET:
            raw = read_delimited(path) if suffix in _DELIMITED else read_parquet(path)
            return raw if sheet is None else replace(raw, notes=(*raw.notes, _NO_SHEETS))
        return read_sheet(path, sheet) if suffix in _SHEETS else read_points(path, sheet)
    except OSError as error:
        raise UnreadableError(
            f"{path}: may not be read ({error.strerror}). Close it in other programs, or ask for the right to read it.",
            f"{path}：无法读取（{error.strerror}）。请关闭占用它的程序，或检查读取权限。",
        ) from error


def _place(raw: RawTable, path: Path) -> Text:
    if not raw.sheet or raw.sheet == path.stem:
        encoding = "" if raw.encoding in {"", "utf-8", "utf-8-sig"} else raw.encoding
        return (
            Text(f"{path.name}（{encoding}）", f"{path.name} ({encoding})") if encoding else Text(path.name, path.name)
        )
    return Text(f"{path.name} 工作表“{raw.sheet}”", f"{path.name}, sheet {raw.sheet!r}")


def _system(crs: str | int | None, stated: str, path: Path, parameters: Sequence[float] | None) -> systems.ListCRS:
    """Understand the reference system that the user names, else the file, else the assumed one."""
    try:
        return systems.parse_crs(crs if crs is not None else stated or "cgcs2000", parameters=parameters)
    except CRSMismatchError as error:
        where = path.name if crs is None else "--crs"
        raise CRSMismatchError(f"{where}: {error.en}", f"{where}：{error.zh}") from error


def _converted(system: systems.ListCRS, reason: str) -> list[Text]:
    """Say that shifted coordinates were converted, and why: it is the user's word, and never happens by itself."""
    if system.key not in systems.SHIFTED:
        return []
    name, why = system.title, reason.strip()
    return [
        Text(
            f"按使用者声明由 {name.zh} 换算到 CGCS2000，理由：{why or '未填写（请用 --crs-reason 补记）'}",
            f"converted from {name.en} to CGCS2000 on the user's word; reason: "
            f"{why or 'none given (record one with --crs-reason)'}",
        )
    ]


def _roles(raw: RawTable, overrides: Mapping[str, str], path: Path) -> dict[str, str]:
    points = {"lon": POINT_LON, "lat": POINT_LAT} if raw.points and COORDINATE_ROLES.isdisjoint(overrides) else {}
    cut = raw.encoding if raw.cut else None
    roles = guess_roles(list(raw.table.columns), {**points, **overrides}, cut=cut)
    code = roles.get(n.CLAIMED_CODE, "")
    if normalise_header(code) == _NAME_OR_CODE and n.CLAIMED_CODE not in overrides and not has_codes(raw.table[code]):
        del roles[n.CLAIMED_CODE]
    if not ("coordinate" in roles or has_pair(roles)):
        place, row = _place(raw, path), int(raw.rows.iloc[0]) - 1  # a layer has no header row
        row_en, row_zh = (f", row {row}", f" 第 {row} 行") if row else ("", "")
        headers = ", ".join(map(str, raw.table.columns[:_SHOWN])) + (" …" if raw.table.shape[1] > _SHOWN else "")
        raise SchemaError(
            f"{place.en}{row_en}: no coordinate column found among: {headers}. "
            "Name them with --column lon=HEADER --column lat=HEADER, or choose another sheet with --sheet.",
            f"{place.zh}{row_zh}：在下列表头中未找到经纬度列：{headers}。"
            "请用 --column lon=表头 --column lat=表头 指定，或用 --sheet 选择其他工作表。",
        )
    return roles


def _points(
    table: pd.DataFrame, roles: dict[str, str], system: systems.ListCRS, overrides: Mapping[str, str]
) -> tuple[dict[str, str], pd.DataFrame, tuple[Text, ...]]:
    """Parse the coordinate columns; X and Y of metres are exchanged where only that fits the system."""
    points = _parsed(table, roles, system)
    if not system.projected:
        return roles, points, exchanged_degrees(points)
    if may_be_northing_first(roles, overrides) and _contradiction(points, system) is not None:
        turned = {**roles, "lon": roles["lat"], "lat": roles["lon"]}
        other = _parsed(table, turned, system)
        if _contradiction(other, system) is None:
            return turned, other, (northing_first(turned),)
    return roles, points, ()


def _parsed(table: pd.DataFrame, roles: Mapping[str, str], system: systems.ListCRS) -> pd.DataFrame:
    columns = {role: table[header] for role, header in roles.items() if role in COORDINATE_ROLES}
    return parse_points(columns, projected=system.projected)


def _contradiction(points: pd.DataFrame, system: systems.ListCRS) -> Text | None:
    return systems.contradiction(*numbers_as_written(points, projected=system.projected), system)


def _positions(points: pd.DataFrame, system: systems.ListCRS, path: Path) -> pd.DataFrame:
    """Bring usable values to CGCS2000."""
    if (against := _contradiction(points, system)) is not None:
        raise CRSMismatchError(f"{path.name}: {against.en}", f"{path.name}：{against.zh}")
    x, y = points[n.LON_PARSED].to_numpy(), points[n.LAT_PARSED].to_numpy()
    usable = (points[n.COORDINATE_PROBLEM] == "").to_numpy()
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    lon[usable], lat[usable] = _to_cgcs2000(x[usable], y[usable], system)
    outside = usable & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))  # noqa: PLR2004 - the range of degrees
    lon[outside], lat[outside] = np.nan, np.nan
    problem = points[n.COORDINATE_PROBLEM].mask(pd.Series(outside, index=points.index), "out_of_range")
    return points.assign(**{n.LON: lon, n.LAT: lat, n.COORDINATE_PROBLEM: problem})


def _to_cgcs2000(x: np.ndarray, y: np.ndarray, system: systems.ListCRS) -> tuple[np.ndarray, np.ndarray]:
    if system.key == "gcj02":
        return shifts.gcj02_to_wgs84(x, y)
    if system.key == "bd09":
        return shifts.bd09_to_wgs84(x, y)
    return systems.to_cgcs2000(x, y, system)


def _described(sources: pd.DataFrame, table: pd.DataFrame, roles: Mapping[str, str], own: pd.DataFrame) -> pd.DataFrame:
    """Add who the sources are, what became of each row, and the user's own columns."""
    given = {role: _clean(table[roles[role]]) for role in TEXT_ROLES if role in roles}
    nothing = pd.Series(np.nan, index=table.index, dtype="str")
    if n.CLASS in given:
        given[n.CLASS] = class_slugs(given[n.CLASS])
    written = _clean(table[roles["id"]]) if "id" in roles else nothing
    serial = [header for header in table if normalise_header(header) in _SERIAL and header != roles.get("id")]
    ids, doubled = source_ids(written, table.drop(columns=serial) if len(serial) < table.shape[1] else table)
    has_coordinate = sources[n.COORDINATE_PROBLEM] != "missing"
    garbled = sources[n.COORDINATE_PROBLEM] == "unparsable"
    excluded = excluded_reason(table, roles, has_coordinate, garbled=garbled)
    usable = sources[n.COORDINATE_PROBLEM] == ""
    excluded = excluded.mask((excluded == "header_row") & usable)  # no header holds a coordinate
    located = sources[n.LON].notna() & sources[n.LAT].notna() & excluded.isna()
    state = np.where(excluded.notna(), State.EXCLUDED, np.where(located, State.LOCATED, State.UNLOCATED))
    place = sources[[n.LON, n.LAT]].where(excluded.isna())  # column numbers and dates of a form are no coordinates
    described = {
        n.SOURCE_ID: ids,
        "duplicate_id": doubled & excluded.isna(),
        **{role: given.get(role, nothing) for role in TEXT_ROLES},
        n.STATE: pd.Series(state, index=table.index, dtype="str"),
        n.EXCLUDED_REASON: excluded,
    }
    return pd.concat([pd.DataFrame(described), sources.assign(**place), own.add_prefix(n.RAW_PREFIX)], axis=1)


def _clean(column: pd.Series) -> pd.Series:
    """Text without blanks around it; empty is missing; whole numbers without a decimal point."""
    if pd.api.types.is_float_dtype(column):
        whole = column.dropna()
        column = column.astype("Int64") if ((whole % 1 == 0) & (whole.abs() < _LARGEST_EXACT)).all() else column
    texts = column.astype("str").str.strip()
    return texts.where(texts != "")
