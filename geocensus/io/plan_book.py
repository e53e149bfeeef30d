"""A plan as one workbook for planners: sheets of plain tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import xlsxwriter

from geocensus.errors import WorkspaceError
from geocensus.files import atomic_path

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

__all__ = ["Sheet", "write_plan_book"]

_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_ROWS: Final = 1_048_575  # data rows that fit below the header of one sheet
_CELL: Final = 32_767  # characters that a cell holds
_NARROWEST, _WIDEST = 7, 60
_WIDE: Final = "\u2e80"  # from here on characters are twice as wide as a letter


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet: its name, a table with headers as they shall stand there, and which columns are shares."""

    name: str
    table: pd.DataFrame
    shares: Collection[str] = ()


def write_plan_book(path: Path, sheets: Sequence[Sheet]) -> Path:
    """Write sheets; texts stay texts (codes keep their zeros, nothing becomes a formula), numbers are numbers.

    Parameters
    ----------
    path : Path
        Ends in .xlsx; replaced only once the new one is complete.
    sheets : sequence of Sheet
        In order; a table of more rows than a sheet holds goes on in further ones.

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
    >>> from pathlib import Path
    >>> table = pd.DataFrame({"代码": ["007"], "偏差": [0.05]})
    >>> file = write_plan_book(Path(tempfile.mkdtemp()) / "a.xlsx", [Sheet("单元", table, shares={"偏差"})])
    >>> pd.read_excel(file, dtype={"代码": str}, engine="calamine").to_dict("list")
    {'代码': ['007'], '偏差': [0.05]}
    """
    try:
        with atomic_path(path) as temporary:
            book = xlsxwriter.Workbook(str(temporary), {**_OPTIONS, "tmpdir": str(temporary.parent)})
            for sheet in sheets:
                for name, table in _parts(sheet):
                    _write(book, name, table, sheet.shares)
            book.close()
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise WorkspaceError(
            f"{path}: cannot be written ({error}); is it open in another program?",
            f"{path}：无法写入（{error}）；是否在其他程序中打开？",
        ) from error
    return path


def _parts(sheet: Sheet) -> list[tuple[str, pd.DataFrame]]:
    """Return the table, in as many pieces as its rows need."""
    starts = range(0, max(len(sheet.table), 1), _ROWS)
    several = len(starts) > 1
    return [
        (f"{sheet.name} {number}" if several else sheet.name, sheet.table.iloc[start : start + _ROWS])
        for number, start in enumerate(starts, start=1)
    ]


def _write(book: Any, name: str, table: pd.DataFrame, shares: Collection[str]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 0)
    if len(table.columns) and len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    for place, header in enumerate(table.columns):
        column = table[header]
        style = book.add_format({"num_format": _format(column, share=header in shares)})
        cells = _cells(column)
        sheet.set_column(place, place, _width(str(header), column), style)
        sheet.write_string(0, place, str(header), head)
        sheet.write_column(1, place, cells, style)


def _format(column: pd.Series, *, share: bool) -> str:
    if share:
        return "0.0%"
    if pd.api.types.is_integer_dtype(column):
        return "#,##0"
    return "#,##0.0#####" if pd.api.types.is_float_dtype(column) else "@"


def _cells(column: pd.Series) -> list[Any]:
    """Return plain values, None where there is none."""
    plain: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return plain
    return [None if cell is None or cell == "" else str(cell)[:_CELL] for cell in plain]


def _width(header: str, column: pd.Series) -> int:
    """Return how many letters wide a column should be, by its header and first rows."""
    shown = column.head(200)
    texts = shown.map("{:,.1f}".format) if pd.api.types.is_float_dtype(shown) else shown.astype("str")
    longest = max((_letters(text) for text in texts.dropna()), default=0)
    return int(min(_WIDEST, max(_NARROWEST, longest + 2, min(_letters(header), 16) + 3)))


def _letters(text: str) -> int:
    return sum(2 if character >= _WIDE else 1 for character in text)
