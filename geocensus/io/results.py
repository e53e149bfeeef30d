"""Results beside the user's own columns, for Excel, as CSV or Parquet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xlsxwriter

from geocensus import names as n
from geocensus.checks import LEVEL_TITLES
from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.io.setaside import REASONS
from geocensus.model import Status, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["RESULT_SUFFIXES", "require_writable", "result_table", "write_result", "written_result"]

RESULT_SUFFIXES = (".xlsx", ".csv", ".parquet")
_SHEET_ROWS = 1_048_575  # data rows that fit below the header of one sheet
_SHEET_COLUMNS = 16_384
_CELL = 32_767  # characters that a cell of a sheet holds
_LARGEST_EXACT = 2**53
_WIDEST = 60
_STATES = {
    "located": Text("已定位", "located"),
    "unlocated": Text("未定位", "unlocated"),
    "excluded": Text("剔除", "excluded"),
}
_STATUSES = {
    Status.OK: Text("通过", "ok"),
    Status.NEAR_BORDER: Text("边界附近", "near border"),
    Status.FLAGGED: Text("有疑点", "flagged"),
    Status.NOT_TESTED: Text("未检验", "not tested"),
}


def result_table(
    sources: pd.DataFrame, flags: pd.DataFrame, levels: Sequence[str], *, lang: str = "zh"
) -> pd.DataFrame:
    """Put the result beside the user's own columns, one row per row read.

    Parameters
    ----------
    sources : DataFrame
        Judged sources.
    flags : DataFrame
        Their flags; the messages become the reasons.
    levels : Sequence of str
        Levels of the basemap.
    lang : str
        "zh" or "en", for headers and words.

    Returns
    -------
    DataFrame
        The user's columns untouched under their own headers, then the result.
    """
    own = sources.filter(regex=f"^{n.RAW_PREFIX}").rename(columns=lambda name: name.removeprefix(n.RAW_PREFIX))
    added = {
        Text("对象标识", "source_id"): sources[n.SOURCE_ID],
        Text("定位状态", "state"): _words(sources[n.STATE], _STATES, lang),
    }
    for level in levels:
        title = LEVEL_TITLES[level]
        added[Text(f"定位{title.zh}代码", f"located {title.en} code")] = sources[f"code_{level}"]
        added[Text(f"定位{title.zh}", f"located {title.en}")] = sources[f"name_{level}"]
    added |= {
        Text("十进制经度", "longitude, degrees"): sources[n.LON],
        Text("十进制纬度", "latitude, degrees"): sources[n.LAT],
        Text("填报区划代码（核对用）", "claimed code as compared"): sources["claimed_area_code"],
        Text("距填报区划（米，界内为负）", "distance to claimed area, m (negative inside)"): sources[
            n.DISTANCE_M
        ].round(1),
        Text("容差（米）", "tolerance, m"): sources[n.TOLERANCE_M].round(1),
        Text("在界线上", "on border"): np.where(sources[n.ON_BORDER], Text("是", "yes").get(lang), ""),
        Text("核查结果", "status"): _words(sources[n.STATUS], _STATUSES, lang),
        Text("疑点说明", "reasons"): _reasons(sources, flags, lang),
    }
    table = pd.DataFrame({title.get(lang): values for title, values in added.items()}, index=sources.index)
    return pd.concat([own, table.set_axis(_free_names(list(table.columns), set(own.columns)), axis=1)], axis=1)


def _free_names(names: Sequence[str], taken: set[str]) -> list[str]:
    """Mark the names that the user's columns have already, as when a result is checked again."""
    free = []
    for name in names:
        number = 1
        chosen = name
        while chosen in taken:
            chosen = f"{name} (geocensus)" if number == 1 else f"{name} (geocensus {number})"
            number += 1
        free.append(chosen)
    return free


def write_result(
    path: Path, table: pd.DataFrame, notes: Mapping[str, str], flags: pd.DataFrame | None = None, *, lang: str = "zh"
) -> None:
    """Write the result; a file that is there is replaced only once the new one is complete.

    Parameters
    ----------
    path : Path
        .xlsx, .csv (UTF-8 with byte order mark, as Excel wants it) or .parquet.
    table : DataFrame
        From :func:`result_table`.
    notes : Mapping
        What a workbook's second sheet says: row sum, basemap, CRS and so on.
    flags : DataFrame, optional
        Flags for a workbook's third sheet.
    lang : str
        "zh" or "en", for the names of sheets.

    Raises
    ------
    SchemaError
        Another ending, or more columns than a sheet holds.
    WorkspaceError
        The file is open elsewhere, the folder read-only or the disk full.
    """
    with written_result(path, table, notes, flags, lang=lang):
        pass


@contextmanager
def written_result(
    path: Path, table: pd.DataFrame, notes: Mapping[str, str], flags: pd.DataFrame | None = None, *, lang: str = "zh"
) -> Iterator[None]:
    """Write the result beside its place, run the block, and only then move it there.

    Parameters
    ----------
    path, table, notes, flags, lang
        As for :func:`write_result`.

    Yields
    ------
    None
        The result is complete, under another name; it is dropped when the block fails.

    Raises
    ------
    SchemaError, WorkspaceError
        As for :func:`write_result`.
    """
    require_writable(path, table.shape[1])
    try:
        with atomic_path(path) as temporary:
            _write_file(temporary, table, notes, flags, lang)
            yield
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise _unwritable(path, error) from error


def require_writable(path: Path, columns: int = 0) -> None:
    """Refuse a result file that cannot be written, before the work is done.

    Parameters
    ----------
    path : Path
        The result file.
    columns : int
        How many columns it shall hold.

    Raises
    ------
    SchemaError
        Another ending than RESULT_SUFFIXES, or more columns than a sheet holds.
    WorkspaceError
        The file is there and held by another program, or read-only, or a folder.
    """
    if path.suffix.lower() not in RESULT_SUFFIXES:
        known = ", ".join(RESULT_SUFFIXES)
        raise SchemaError(
            f"--out {path.name}: the ending must be one of {known}", f"--out {path.name}：文件后缀应为 {known}"
        )
    if columns > _SHEET_COLUMNS and path.suffix.lower() == ".xlsx":
        raise SchemaError(
            f"--out {path.name}: {columns} columns, a sheet holds {_SHEET_COLUMNS}; give .csv or .parquet",
            f"--out {path.name}：共 {columns} 列，超过工作表上限 {_SHEET_COLUMNS} 列；请改用 .csv 或 .parquet",
        )
    if path.exists():
        try:
            with path.open("r+b"):
                pass
        except OSError as error:
            raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> WorkspaceError:
    return WorkspaceError(
        f"{path}: cannot be written ({error}). Close it in Excel, and check the folder and the free space.",
        f"{path}：无法写入（{error}）。请先在 Excel 中关闭该文件，并检查文件夹权限和磁盘空间。",
    )


def _write_file(
    path: Path, table: pd.DataFrame, notes: Mapping[str, str], flags: pd.DataFrame | None, lang: str
) -> None:
    if path.suffix.lower() == ".parquet":
        table.to_parquet(path, index=False)
    elif path.suffix.lower() == ".csv":
        table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n", errors="replace")
    else:
        _write_workbook(path, table, notes, flags, lang)


def _words(values: pd.Series, words: Mapping[Any, Text], lang: str) -> pd.Series:
    return values.map({str(key): text.get(lang) for key, text in words.items()}).astype("str").fillna("")


def _reasons(sources: pd.DataFrame, flags: pd.DataFrame, lang: str) -> pd.Series:
    reasons = flags.groupby(n.SOURCE_ID, sort=False)[f"message_{lang}"].agg("；".join if lang == "zh" else "; ".join)
    said = sources[n.SOURCE_ID].map(reasons).astype("str").fillna("")
    return said.where(sources[n.EXCLUDED_REASON].isna(), _words(sources[n.EXCLUDED_REASON], REASONS, lang))


def _write_workbook(
    path: Path, table: pd.DataFrame, notes: Mapping[str, str], flags: pd.DataFrame | None, lang: str
) -> None:
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),  # the temporary folder of this file, which is removed whatever happens
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(str(path), options)  # not as a context: closing after an error would hide the error
    parts = range(0, max(len(table), 1), _SHEET_ROWS)
    for number, start in enumerate(parts, start=1):
        name = Text("结果", "result").get(lang) + (f" {number}" if len(parts) > 1 else "")
        _write_sheet(book, name, table.iloc[start : start + _SHEET_ROWS])
    if flags is not None:
        shown = flags[[n.SOURCE_ID, n.RULE, n.LEVEL, n.SEVERITY, f"message_{lang}", n.FLAG_ID]]
        _write_sheet(book, Text("疑点", "flags").get(lang), shown.head(_SHEET_ROWS))
    notes = {**notes, **_cut(table, lang)}
    about = pd.DataFrame(
        {Text("项目", "item").get(lang): list(notes), Text("内容", "value").get(lang): list(notes.values())}
    )
    _write_sheet(book, Text("说明", "about").get(lang), about)
    book.close()


def _write_sheet(book: Any, name: str, table: pd.DataFrame) -> None:
    """Write row by row, as constant memory asks: numbers as numbers, all else as text, formulas never."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"})
    text, whole = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0"})
    sheet.freeze_panes(1, 0)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)
    for column, header in enumerate(table.columns):
        longest = table.iloc[:200, column].astype("str").str.len().max()
        sheet.set_column(
            column, column, min(_WIDEST, max(8, 2 * len(str(header)), 0 if pd.isna(longest) else longest + 2))
        )
        sheet.write_string(0, column, str(header)[:_CELL], head)
    numeric = [pd.api.types.is_numeric_dtype(table[header]) for header in table.columns]
    formats = [whole if pd.api.types.is_integer_dtype(table[header]) else None for header in table.columns]
    columns = [table[header].astype(object).where(table[header].notna(), None).tolist() for header in table.columns]
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        for column, cell in enumerate(cells):
            if cell is None or cell == "":
                continue
            if numeric[column] and abs(cell) <= _LARGEST_EXACT:
                sheet.write_number(row, column, cell, formats[column])
            else:  # infinite numbers and whole ones that a sheet would round are text, too
                sheet.write_string(row, column, str(cell)[:_CELL], text)


def _cut(table: pd.DataFrame, lang: str) -> dict[str, str]:
    """Say how many cells a sheet cannot hold whole."""
    texts = [table[header].str.len() for header in table.columns if pd.api.types.is_string_dtype(table[header])]
    number = sum(int((length > _CELL).sum()) for length in texts)
    if not number:
        return {}
    said = Text(
        f"{number} 个单元格超过 {_CELL} 字，已截断；完整内容请用 --out 导出 .csv 或 .parquet",
        f"{number} cells are longer than {_CELL} characters and cut; .csv or .parquet hold them whole",
    )
    return {Text("截断的单元格", "cut cells").get(lang): said.get(lang)}
