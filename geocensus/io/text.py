"""CSV and other delimited text: encoding and delimiter found, no row lost."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from geocensus.errors import UnreadableError
from geocensus.io.rawtable import HEADER_SEARCH_ROWS, RawTable, find_header, unique_headers
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = [
    "encoding_notes",
    "find_table",
    "parse_records",
    "read_delimited",
    "records_of",
    "swallowed_cells",
    "swallowed_notes",
]

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 1 << 20  # small blocks stay in the cache
_LARGEST_BLOCK = 2**31 - 1
_DELIMITERS = ",\t;|，"
_NEITHER = Text("既不是 UTF-8 也不是 GBK/GB18030 编码", "neither UTF-8 nor GBK/GB18030")
_MOST_REPEATS = 100  # of a group in a pattern, far below what the engine takes


def read_delimited(path: Path) -> RawTable:
    """Read a delimited text file, all cells as text.

    UTF-8 with or without a byte order mark, UTF-16 with one, and GBK/GB18030 are recognised. A regular file goes
    through Arrow; one with ragged or blank lines through the csv module, which keeps every line.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    RawTable
        One row per record; records with too many cells keep them in extra columns.

    Raises
    ------
    UnreadableError
        The file is empty, in none of the encodings, or a quotation mark in it is never closed.
    """
    data = path.read_bytes()
    encoding, text = _decoded(data, path)
    text = text.rstrip("\r\n \x1a\x00")
    if not text.strip():
        raise UnreadableError(
            f"{path.name}: the file is empty. Save the list again with a header row and at least one row.",
            f"{path.name}：文件是空的。请重新导出名单，至少包含表头和一行数据。",
        )
    delimiter, skip, headers = find_table(text)
    notes = encoding_notes(encoding)
    blank = delimiter * (len(headers) - 1) or '""'  # an empty line is no record where there is one column only
    text += "\n" + blank  # swallowed where a quotation mark is left open
    table = _fast(text, delimiter, headers) if skip == 1 and _regular(text) else None
    if table is None:
        table, more = _careful(text, delimiter, skip, headers)
        notes += more
    _refuse_open_quote(table, skip, path)
    table = table.iloc[:-1]
    if text.count("\n") > skip + len(table):  # some cells hold line breaks
        notes += swallowed_notes(swallowed_cells(table, delimiter, skip + 1))
    rows = pd.RangeIndex(skip + 1, skip + 1 + len(table)).to_series(index=table.index)
    return RawTable(table=table, rows=rows, encoding=encoding, notes=notes)


def encoding_notes(encoding: str) -> tuple[Text, ...]:
    """Name an encoding that is not the usual one.

    Parameters
    ----------
    encoding : str
        As Python calls it.

    Returns
    -------
    tuple of Text
        One note, or none for UTF-8.
    """
    if encoding in {"utf-8", "utf-8-sig"}:
        return ()
    return (Text(f"文件编码识别为 {encoding}", f"encoding found: {encoding}"),)


def find_table(text: str) -> tuple[str, int, list[str]]:
    """Find what separates the cells, and the header.

    Parameters
    ----------
    text : str
        The file, or as much of its beginning as holds 64 Ki characters and the records among which a header is
        looked for.

    Returns
    -------
    delimiter : str
        One character.
    skip : int
        Records before the data.
    headers : list of str
        Unique, none empty.
    """
    delimiter = _delimiter(text)
    top = records_of(text, delimiter, HEADER_SEARCH_ROWS)
    width = max(map(len, top))
    skip, headers = find_header([row + [""] * (width - len(row)) for row in top])
    return delimiter, skip, headers[: max(map(len, top[:skip]))]


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    marked = [encoding for bom, encoding in _BOMS if data.startswith(bom)]
    for encoding in marked or _unmarked_utf16(data) or ("utf-8", "gb18030"):
        try:
            return encoding, data.decode(encoding)
        except UnicodeDecodeError as error:
            where = error.object.count(b"\n", 0, error.start) + 1  # counted where the decoder stopped, mark left out
    said = Text(f"标记为 {marked[0]} 编码，但内容不符", f"marked as {marked[0]}, but it is not") if marked else _NEITHER
    raise UnreadableError(
        f"{path.name}, line {where}: {said.en}. Save the file as “CSV UTF-8” and try again.",
        f"{path.name} 第 {where} 行：{said.zh}。请另存为“CSV UTF-8”后重试。",
    )


def _unmarked_utf16(data: bytes) -> list[str]:
    """Recognise UTF-16 without a mark by its zeros: digits and commas have one in every second byte."""
    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    few = len(data[:4096]) // 20
    return ["utf-16-le"] * (odd > few and not even) + ["utf-16-be"] * (even > few and not odd)


def _refuse_open_quote(table: pd.DataFrame, skip: int, path: Path) -> None:
    if len(table) and (table.iloc[-1] == "").all():
        return
    row = skip + len(table)
    raise UnreadableError(
        f'{path.name}, row {row}: a quotation mark (") opens there and is never closed, so that all rows after it '
        "would be one cell. Close or delete it, and try again.",
        f'{path.name} 第 {row} 行：英文双引号（"）只有开头没有结尾，其后各行会被并入一个单元格。请补全或删除后重试。',
    )


def swallowed_cells(table: pd.DataFrame, delimiter: str, first_row: int) -> dict[str, tuple[int, int]]:
    """Find cells that hold whole records: two stray quotation marks swallow all rows between them.

    Parameters
    ----------
    table : DataFrame of str
        Rows as read.
    delimiter : str
        Between cells.
    first_row : int
        Number in the file of the first row.

    Returns
    -------
    dict
        Header to the number of such cells and the row of the first.
    """
    cells = rf"[^\n{re.escape(delimiter)}]*{re.escape(delimiter)}"
    line = rf"\n(?:{cells}){{{min(max(len(table.columns) - 1, 1), _MOST_REPEATS)}}}"
    found = {header: np.flatnonzero(table[header].str.contains(line)) for header in table}
    return {header: (len(rows), int(rows[0]) + first_row) for header, rows in found.items() if len(rows)}


def swallowed_notes(found: Mapping[str, tuple[int, int]]) -> tuple[Text, ...]:
    """Tell of cells that hold whole records.

    Parameters
    ----------
    found : Mapping
        From :func:`swallowed_cells`.

    Returns
    -------
    tuple of Text
        One note per column that has any.
    """
    return tuple(
        Text(
            f"第 {row} 行“{header}”列的单元格包含名单的整行内容，疑似多了英文双引号，请核对（共 {count} 处）",
            f"row {row}, column {header}: a cell holds whole rows; a stray quotation mark? ({count} such cells)",
        )
        for header, (count, row) in found.items()
    )


def _delimiter(text: str) -> str:
    sample = text[:65536].splitlines()[:HEADER_SEARCH_ROWS]
    return max(_DELIMITERS, key=lambda mark: (sum(line.count(mark) > 0 for line in sample), sample[0].count(mark)))


def records_of(text: str, delimiter: str, most: int | None = None) -> list[list[str]]:
    """Split a text into records and cells.

    Parameters
    ----------
    text : str
        Delimited text.
    delimiter : str
        Between cells.
    most : int, optional
        Only so many records.

    Returns
    -------
    list of list of str
        Cells as written, without the quotation marks around them.
    """
    csv.field_size_limit(1 << 30)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return list(islice(reader, most))


def _regular(text: str) -> bool:
    return "\n\n" not in text and "\r\n\r\n" not in text and "\x00" not in text


def _fast(text: str, delimiter: str, headers: list[str]) -> pd.DataFrame | None:
    """Read through Arrow; None when a record has another number of cells."""
    if not delimiter.isascii():
        return None
    try:
        return parse_records(pa.py_buffer(text.encode("utf-8")), delimiter, headers, skip=1)
    except pa.ArrowInvalid:
        return None


def parse_records(
    data: pa.Buffer, delimiter: str, headers: Sequence[str], *, skip: int = 0, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read records of as many cells as there are headers.

    Parameters
    ----------
    data : pyarrow Buffer
        UTF-8.
    delimiter : str
        One ASCII character.
    headers : Sequence of str
        Of all columns.
    skip : int
        Records to leave out.
    columns : Sequence of str, optional
        Headers to read; all by default.

    Returns
    -------
    DataFrame of str
        An empty cell is "".

    Raises
    ------
    ArrowInvalid
        A record has another number of cells.
    """

    def read(block_size: int) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(column_names=headers, skip_rows_after_names=skip, block_size=block_size),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(headers, pa.large_string()),
                strings_can_be_null=False,
                include_columns=columns,
            ),
        )

    try:
        return read(_BLOCK).to_pandas()
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
        return read(min(data.size + 1, _LARGEST_BLOCK)).to_pandas()  # for records longer than a block


def _careful(text: str, delimiter: str, skip: int, headers: list[str]) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    records = records_of(text.replace("\x00", ""), delimiter)[skip:]
    width = max([len(headers), *map(len, records)])
    extra = width - len(headers)
    table = pd.DataFrame(
        [row + [""] * (width - len(row)) for row in records],
        columns=unique_headers([*headers, *[""] * extra]),
        dtype="str",
    )
    if not extra:
        return table, ()
    ragged = sum(len(row) > len(headers) for row in records)
    return table, (
        Text(
            f"{ragged} 行的单元格比表头多，多出的内容保留在新增的列中",
            f"{ragged} records have more cells than the header; the surplus is kept in added columns",
        ),
    )
