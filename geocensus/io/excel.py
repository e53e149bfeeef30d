"""Excel and OpenDocument sheets: titles, merged cells and headers of several rows are understood."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import python_calamine

from geocensus.errors import DataNotFoundError, UnreadableError
from geocensus.io.rawtable import HEADER_SEARCH_ROWS, RawTable, find_header
from geocensus.model import Text
from geocensus.schemas import COORDINATE_ROLES, guess_roles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["read_sheet"]

_ZIP_PASSWORD_MARK = b"\xd0\xcf\x11\xe0"
_MOST_ROWS_FOR_FORMULAS = 200_000
_LARGEST_EXACT = 2**53
_NUMBERS = {int, float}


def read_sheet(path: Path, sheet: str | None = None) -> RawTable:
    """Read one sheet of a workbook.

    Columns that hold only numbers stay numbers, all others are text as Excel shows it, and `typed` has their cells as
    they are: numbers, dates, times, truth values, text. A merged cell's value stands in each of its cells; a formula
    saved without a value stands as its text.

    Parameters
    ----------
    path : Path
        .xlsx, .xlsm, .xls or .ods.
    sheet : str, optional
        Name of the sheet; by default the first one with coordinate columns, else the first that holds rows. Other
        sheets that look like lists are named in a note.

    Returns
    -------
    RawTable
        The data below the header, with the numbers of its rows.

    Raises
    ------
    DataNotFoundError
        The workbook has no such sheet; the message lists those it has.
    UnreadableError
        Not a workbook, protected by a password, or empty.
    """
    book = _opened(path)
    name, notes = _chosen(book, sheet, path)
    calamine = book.get_sheet_by_name(name)
    cells = calamine.to_python(skip_empty_area=False)
    if not any(value != "" for row in cells for value in row):
        raise UnreadableError(
            f"{path.name}, sheet {name!r}: there is nothing in it. Choose another sheet with --sheet.",
            f"{path.name} 工作表“{name}”：没有内容。请用 --sheet 选择其他工作表。",
        )
    notes += _fill_merged(cells, calamine.merged_cell_ranges or [])
    notes += _restore_formulas(cells, path, name)
    top = [[_as_text(value) for value in row] for row in cells[:HEADER_SEARCH_ROWS]]
    skip, headers = find_header(top)
    body = cells[skip:]
    columns = dict(zip(headers, zip(*body, strict=True) if body else ([] for _ in headers), strict=True))
    table = pd.DataFrame({header: _column(values) for header, values in columns.items()})
    typed = table.assign(**{header: _typed(values) for header, values in columns.items() if _mixed(values)})
    rows = pd.RangeIndex(skip + 1, skip + 1 + len(body)).to_series(index=table.index)
    return RawTable(table=table, rows=rows, sheet=name, notes=tuple(notes), typed=typed)


def _opened(path: Path) -> python_calamine.CalamineWorkbook:
    try:  # from its bytes: what a file is matters, not what it is called
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except (python_calamine.CalamineError, ValueError) as error:
        with path.open("rb") as stream:
            protected = stream.read(4) == _ZIP_PASSWORD_MARK and path.suffix.lower() != ".xls"
        why, warum = (
            ("protected by a password", "设有密码")
            if protected
            else ("damaged or not a workbook", "已损坏或不是工作簿")
        )
        raise UnreadableError(
            f"{path.name}: {why} ({error}). Open it in Excel and save it again as .xlsx without a password.",
            f"{path.name}：文件{warum}（{error}）。请在 Excel 中打开并另存为无密码的 .xlsx。",
        ) from error


def _chosen(book: python_calamine.CalamineWorkbook, sheet: str | None, path: Path) -> tuple[str, list[Text]]:
    """Return the sheet to read, and name the other lists of the workbook, so that none is forgotten unseen."""
    sheets = [m for m in book.sheets_metadata if m.typ == python_calamine.SheetTypeEnum.WorkSheet]
    names = [m.name for m in sheets]
    if not names:
        raise UnreadableError(f"{path.name}: has no sheet of cells.", f"{path.name}：没有可读取的工作表。")
    if sheet is not None and sheet not in names:
        listed = ", ".join(names)
        raise DataNotFoundError(
            f"{path.name}: no sheet {sheet!r}. Its sheets are {listed}.",
            f"{path.name}：没有工作表“{sheet}”。现有工作表：{listed}。",
        )
    if sheet is not None or len(names) == 1:
        return sheet or names[0], []
    shown = [m.name for m in sheets if m.visible == python_calamine.SheetVisibleEnum.Visible] or names
    filled = [n for n in shown if book.get_sheet_by_name(n).height > 1]
    lists = [n for n in filled if _has_coordinates(book.get_sheet_by_name(n))]
    chosen = next(iter(lists or filled or names))
    if not (others := [n for n in lists if n != chosen]):
        return chosen, []
    zh = f"只读取了工作表“{chosen}”；工作表“{'”“'.join(others)}”也像名单，请用 --sheet 另行读取"
    en = f"only sheet {chosen!r} was read; {', '.join(others)} look like lists, too: read them with --sheet"
    return chosen, [Text(zh, en)]


def _has_coordinates(sheet: python_calamine.CalamineSheet) -> bool:
    top = [
        [_as_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False, nrows=HEADER_SEARCH_ROWS)
    ]
    return bool(top) and not COORDINATE_ROLES.isdisjoint(guess_roles(find_header(top)[1]))


def _fill_merged(cells: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[Text]:
    filled = 0
    for (top, left), (bottom, right) in ranges:
        if top >= len(cells) or left >= len(cells[top]):  # merged beside or below all that is filled
            continue
        value = cells[top][left]
        for row in cells[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                filled += row[column] == "" and value != ""
                row[column] = value
    if not filled:
        return []
    return [
        Text(
            f"合并单元格：{filled} 个空格按左上角的值补全",
            f"merged cells: {filled} empty cells took the value of their range",
        )
    ]


def _restore_formulas(cells: list[list[Any]], path: Path, sheet: str) -> list[Text]:
    """Write the text of formulas that were saved without a value into their cells."""
    if len(cells) > _MOST_ROWS_FOR_FORMULAS or not zipfile.is_zipfile(path) or not _has_formulas(path):
        return []
    restored = 0
    for row, formulas in zip(cells, _formulas(path, sheet), strict=False):
        for column, formula in enumerate(formulas[: len(row)]):
            if isinstance(formula, str) and formula.startswith("=") and row[column] == "":
                row[column] = formula
                restored += 1
    if not restored:
        return []
    return [
        Text(
            f"{restored} 个公式没有保存结果，按公式文本保留",
            f"{restored} formulas were saved without a value and stand as text",
        )
    ]


def _formulas(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    """Read the cells again, formulas as they were typed; nothing where openpyxl cannot read what calamine can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and validations, which are not read here
        try:
            book = openpyxl.load_workbook(path, read_only=True)
            with contextlib.closing(book):
                return list(book[sheet].iter_rows(values_only=True))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
            return []


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.namelist() if m.startswith("xl/worksheets/") and m.endswith(".xml")]
        return any(b"<f>" in (data := archive.read(member)) or b"<f " in data for member in members)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return str(int(value))
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _column(values: Sequence[Any]) -> pd.Series:
    filled = [value for value in values if value != ""]
    if filled and set(map(type, filled)) <= _NUMBERS:
        if all(map(_is_whole, filled)):
            return pd.Series([None if value == "" else int(value) for value in values], dtype="Int64")
        return pd.Series([None if value == "" else float(value) for value in values], dtype="float64")
    return pd.Series([_as_text(value) for value in values], dtype="str")


def _mixed(values: Sequence[Any]) -> bool:
    """Tell columns that are neither text nor numbers alone."""
    kinds = {type(value) for value in values if value != ""}
    return bool(kinds) and not kinds <= _NUMBERS and kinds != {str}


def _typed(values: Sequence[Any]) -> pd.Series:
    """Return the cells as they are: dates alone as such, else any objects, empty ones missing."""
    kinds = {type(value) for value in values if value != ""}
    if kinds <= {dt.date, dt.datetime}:
        return pd.Series([None if value == "" else value for value in values], dtype="datetime64[us]")
    cells = [None if value == "" else int(value) if _is_whole(value) else value for value in values]
    return pd.Series(cells, dtype=object)


def _is_whole(value: Any) -> bool:
    return type(value) in _NUMBERS and float(value).is_integer() and abs(value) < _LARGEST_EXACT
