"""Results beside the user's own columns, for Excel, as CSV or Parquet."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import xlsxwriter

from geocensus import names as n
from geocensus.checks import LEVEL_TITLES, RULES
from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_path
from geocensus.io.setaside import REASONS
from geocensus.model import Severity, Status, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["RESULT_SUFFIXES", "require_writable", "result_table", "write_result", "written_result"]

RESULT_SUFFIXES = (".xlsx", ".csv", ".parquet")
_SHEET_ROWS = 1_048_575  # data rows that fit below the header of one sheet
_SHEET_COLUMNS = 16_384
_CELL = 32_767  # characters that a cell of a sheet holds
_FIRST_YEAR = 1900  # of the calendar of sheets
_LARGEST_EXACT = 2**53
_WIDEST = 60
_STATES = {
    "located": Text("已定位", "located"),
    "unlocated": Text("未定位", "unlocated"),
    "excluded": Text("剔除", "excluded"),
}
_SEVERITIES = {
    Severity.ERROR: Text("错误", "error"),
    Severity.WARNING: Text("警告", "warning"),
    Severity.INFO: Text("提示", "note"),
}
_STATUSES = {
    Status.OK: Text("通过", "ok"),
    Status.NEAR_BORDER: Text("边界附近", "near border"),
    Status.FLAGGED: Text("有疑点", "flagged"),
    Status.NOT_TESTED: Text("未检验", "not tested"),
}


def result_table(
    sources: pd.DataFrame, flags: pd.DataFrame, levels: Sequence[str], *, lang: str = "zh", words: bool = True
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
    words : bool
        False for programs: column names and values are geocensus' own, the same in every language.

    Returns
    -------
    DataFrame
        The user's columns untouched under their own headers, then the result.
    """
    own = sources.filter(regex=f"^{n.RAW_PREFIX}").rename(columns=lambda name: name.removeprefix(n.RAW_PREFIX))
    titles = _titles(levels)
    table = sources[[name for name in titles if name != "reasons"]].copy()
    for name in (n.DISTANCE_M, n.TOLERANCE_M):
        table[name] = table[name].round(1)
    table["reasons"] = _reasons(sources, flags, lang)
    if words:
        table[n.STATE] = _words(table[n.STATE], _STATES, lang)
        table[n.STATUS] = _words(table[n.STATUS], _STATUSES, lang)
        for name in (n.ON_BORDER, "near_border"):
            table[name] = np.where(table[name], Text("是", "yes").get(lang), "")
    names = [titles[name].get(lang) if words else name for name in table.columns]
    return pd.concat([own, table.set_axis(_free_names(names, set(own.columns)), axis=1)], axis=1)


def _titles(levels: Sequence[str]) -> dict[str, Text]:
    """Columns of the result, in order."""
    located: dict[str, Text] = {}
    for level in levels:
        title = LEVEL_TITLES[level]
        located[f"code_{level}"] = Text(f"定位{title.zh}代码", f"located {title.en} code")
        located[f"name_{level}"] = Text(f"定位{title.zh}", f"located {title.en}")
    return {
        n.SOURCE_ID: Text("对象标识", "source_id"),
        n.STATE: Text("定位状态", "state"),
        **located,
        n.LON: Text("十进制经度", "longitude, degrees"),
        n.LAT: Text("十进制纬度", "latitude, degrees"),
        "claimed_area_code": Text("填报区划代码（核对用）", "claimed code as compared"),
        n.DISTANCE_M: Text(
            "距最细一级填报区划（米，界内为负）", "distance to the finest claimed area, m (negative inside)"
        ),
        n.TOLERANCE_M: Text("容差（米）", "tolerance, m"),
        n.ON_BORDER: Text("在界线上", "on border"),
        "near_border": Text("边界附近", "near border"),
        n.STATUS: Text("核查结果", "status"),
        "reasons": Text("疑点说明", "reasons"),
    }


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
        mixed = [header for header in table.columns if table[header].dtype == object]
        table.astype(dict.fromkeys(mixed, "str")).to_parquet(path, index=False)
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
    _write_sheets(book, Text("结果", "result").get(lang), table)
    if flags is not None:
        _write_sheets(book, Text("疑点", "flags").get(lang), _flags_in_words(flags, lang))
    notes = {**notes, **_cut(table, lang)}
    about = pd.DataFrame(
        {Text("项目", "item").get(lang): list(notes), Text("内容", "value").get(lang): list(notes.values())}
    )
    _write_sheet(book, Text("说明", "about").get(lang), about)
    book.close()


def _flags_in_words(flags: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the flags as a person reads them, one row each."""
    titles = {rule.code: rule.title.get(lang) for rule in RULES}
    columns = {
        Text("对象标识", "source_id"): flags[n.SOURCE_ID],
        Text("疑点", "flag"): flags[n.RULE].map(titles).astype("str"),
        Text("等级", "severity"): _words(flags[n.SEVERITY], _SEVERITIES, lang),
        Text("层级", "level"): _words(flags[n.LEVEL], LEVEL_TITLES, lang),
        Text("说明", "message"): flags[f"message_{lang}"],
        Text("规则代码", "rule"): flags[n.RULE],
        Text("疑点编号", "flag_id"): flags[n.FLAG_ID],
    }
    return pd.DataFrame({title.get(lang): values for title, values in columns.items()})


def _write_sheets(book: Any, name: str, table: pd.DataFrame) -> None:
    """Write one sheet, or as many as the rows need."""
    parts = range(0, max(len(table), 1), _SHEET_ROWS)
    for number, start in enumerate(parts, start=1):
        title = f"{name} {number}" if len(parts) > 1 else name
        _write_sheet(book, title, table.iloc[start : start + _SHEET_ROWS])


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
    formats = _Formats(text, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))
    numbers = [whole if pd.api.types.is_integer_dtype(table[header]) else None for header in table.columns]
    columns = [table[header].astype(object).where(table[header].notna(), None).tolist() for header in table.columns]
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                _write_cell(sheet, (row, column), cell, numbers[column], formats)


class _Formats(NamedTuple):
    text: Any
    date: Any


def _write_cell(sheet: Any, place: tuple[int, int], cell: Any, number: Any, formats: _Formats) -> None:
    if isinstance(cell, bool | np.bool_):
        sheet.write_boolean(*place, bool(cell))
    elif isinstance(cell, int | float | np.integer | np.floating) and abs(float(cell)) <= _LARGEST_EXACT:
        sheet.write_number(*place, cell, number)
    elif isinstance(cell, dt.datetime) and cell.tzinfo is None and cell.year >= _FIRST_YEAR:
        sheet.write_datetime(*place, cell, formats.date)
    else:  # infinite numbers and whole ones that a sheet would round are text, too
        sheet.write_string(*place, str(cell)[:_CELL], formats.text)


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
