"""The demo list on disk."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import xlsxwriter

from geocensus.demo.listing import SEED, make_crosswalk, make_sources
from geocensus.files import atomic_path

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from geocensus.basemap import Basemap

__all__ = ["write_demo"]

_SHEET = "普查对象名单"
_WIDTHS = {
    "单位详细名称": 34,
    "详细地址": 34,
    "统一社会信用代码": 22,
    "行业类别": 28,
    "区划代码": 15,
    "普查对象类别": 20,
}
_WIDTH = 15
_CREATED = dt.datetime(2017, 12, 31)  # noqa: DTZ001 - a fixed date, so that the same list is the same file


def write_demo(folder: Path, basemap: Basemap, *, rows: int = 1200, seed: int = SEED) -> tuple[Path, Path]:
    """Write the fictional list, its truth, and a crosswalk for its former codes.

    Parameters
    ----------
    folder : Path
        Made when missing; gets sources.xlsx, truth.csv and crosswalk.csv.
    basemap : Basemap
        With levels township and village.
    rows : int
        Rows of the list.
    seed : int
        Same seed, same basemap: the same files, byte by byte.

    Returns
    -------
    tuple of Path
        The list and the truth.

    Raises
    ------
    SchemaError
        When `rows` is less than 1, or the basemap has no townships and villages.
    OSError
        When the folder cannot be written.
    """
    table, truth = make_sources(basemap, rows=rows, seed=seed)
    sources, answers = folder / "sources.xlsx", folder / "truth.csv"
    _write_list(table, sources)
    _write_csv(truth, answers)
    _write_csv(make_crosswalk(basemap), folder / "crosswalk.csv")
    return sources, answers


def _write_list(table: pd.DataFrame, path: Path) -> None:
    """Write every cell as text: a code is no number."""
    with atomic_path(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary), {"strings_to_numbers": False, "strings_to_formulas": False})
        book.set_properties({"title": _SHEET, "comments": "虚构演示数据", "created": _CREATED})
        sheet = book.add_worksheet(_SHEET)
        head = book.add_format(
            {"bold": True, "bg_color": "#DDE6ED", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        text = book.add_format({"num_format": "@"})
        for column, header in enumerate(table.columns):
            sheet.set_column(column, column, _WIDTHS.get(header, _WIDTH), text)
            sheet.write_string(0, column, header, head)
            for row, cell in enumerate(table[header].tolist()):
                if cell:
                    sheet.write_string(row + 1, column, cell, text)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        book.close()


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False, encoding="utf-8-sig", float_format="%.8f", lineterminator="\n")
