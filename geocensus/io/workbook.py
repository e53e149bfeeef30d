"""Workbooks for Excel: rows as they are, codes and everything typed as text, formulas never."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd
import xlsxwriter

from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["SHEET_COLUMNS", "write_workbook"]

SHEET_COLUMNS: Final = 16_384
_SHEET_ROWS: Final = 1_048_575  # data rows that fit below the header of one sheet
_CELL: Final = 32_767  # characters that a cell of a sheet holds
_FIRST_YEAR: Final = 1900  # of the calendar of sheets
_LARGEST_EXACT: Final = 2**53
_WIDEST: Final = 60


def write_workbook(
    path: Path, table: pd.DataFrame, notes: Mapping[str, str], sheets: Mapping[Text, pd.DataFrame], lang: str
) -> None:
    """Write a workbook: the result, further sheets, and what it says about itself.

    Parameters
    ----------
    path : Path
        Written whole; the caller moves it to its place.
    table : DataFrame
        The result.
    notes : Mapping
        Item to value, for the last sheet.
    sheets : Mapping of Text to DataFrame
        Title to content of the sheets between.
    lang : str
        "zh" or "en".
    """
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),  # the temporary folder of this file, which is removed whatever happens
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(str(path), options)  # not as a context: closing after an error would hide the error
    _write_sheets(book, Text("结果", "result").get(lang), table)
    for title, sheet in sheets.items():
        _write_sheets(book, title.get(lang), sheet)
    notes = {**notes, **_cut(table, lang)}
    about = pd.DataFrame(
        {Text("项目", "item").get(lang): list(notes), Text("内容", "value").get(lang): list(notes.values())}
    )
    _write_sheet(book, Text("说明", "about").get(lang), about)
    book.close()


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
