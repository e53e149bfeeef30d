"""CSV and other delimited text: encoding and delimiter found, no row lost."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from geocensus.errors import UnreadableError
from geocensus.io.rawtable import HEADER_SEARCH_ROWS, RawTable, find_header, unique_headers
from geocensus.model import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_delimited"]

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 1 << 25  # a cell of a million characters fits many times over
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
    delimiter = _delimiter(text)
    top = list(_records(text, delimiter, HEADER_SEARCH_ROWS))
    width = max(map(len, top))
    skip, headers = find_header([row + [""] * (width - len(row)) for row in top])
    headers = headers[: max(map(len, top[:skip]))]
    notes: tuple[Text, ...] = (
        ()
        if encoding in {"utf-8", "utf-8-sig"}
        else (Text(f"文件编码识别为 {encoding}", f"encoding found: {encoding}"),)
    )
    blank = delimiter * (len(headers) - 1) or '""'  # an empty line is no record where there is one column only
    text += "\n" + blank  # swallowed where a quotation mark is left open
    table = _fast(text, delimiter, headers) if skip == 1 and _regular(text) else None
    if table is None:
        table, more = _careful(text, delimiter, skip, headers)
        notes += more
    _refuse_open_quote(table, skip, path)
    table = table.iloc[:-1]
    if text.count("\n") > skip + len(table):  # some cells hold line breaks
        notes += _swallowed(table, delimiter, skip)
    rows = pd.RangeIndex(skip + 1, skip + 1 + len(table)).to_series(index=table.index)
    return RawTable(table=table, rows=rows, encoding=encoding, notes=notes)


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
    if (table.iloc[-1] == "").all():
        return
    row = skip + len(table)
    raise UnreadableError(
        f'{path.name}, row {row}: a quotation mark (") opens there and is never closed, so that all rows after it '
        "would be one cell. Close or delete it, and try again.",
        f'{path.name} 第 {row} 行：英文双引号（"）只有开头没有结尾，其后各行会被并入一个单元格。请补全或删除后重试。',
    )


def _swallowed(table: pd.DataFrame, delimiter: str, skip: int) -> tuple[Text, ...]:
    """Tell of cells that hold whole records: two stray quotation marks swallow all rows between them."""
    cells = rf"[^\n{re.escape(delimiter)}]*{re.escape(delimiter)}"
    line = rf"\n(?:{cells}){{{min(max(len(table.columns) - 1, 1), _MOST_REPEATS)}}}"
    notes = []
    for header in table:
        rows = np.flatnonzero(table[header].str.contains(line))
        if len(rows):
            row = int(rows[0]) + skip + 1
            zh = f"第 {row} 行“{header}”列的单元格包含名单的整行内容，疑似多了英文双引号，请核对（共 {len(rows)} 处）"
            en = (
                f"row {row}, column {header}: a cell holds whole rows; a stray quotation mark? ({len(rows)} such cells)"
            )
            notes.append(Text(zh, en))
    return tuple(notes)


def _delimiter(text: str) -> str:
    sample = text[:65536].splitlines()[:HEADER_SEARCH_ROWS]
    return max(_DELIMITERS, key=lambda mark: (sum(line.count(mark) > 0 for line in sample), sample[0].count(mark)))


def _records(text: str, delimiter: str, most: int | None = None) -> list[list[str]]:
    csv.field_size_limit(1 << 30)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for _, row in zip(range(most), reader, strict=False)] if most else list(reader)


def _regular(text: str) -> bool:
    return "\n\n" not in text and "\r\n\r\n" not in text and "\x00" not in text


def _fast(text: str, delimiter: str, headers: list[str]) -> pd.DataFrame | None:
    """Read through Arrow; None when a record has another number of cells."""
    if not delimiter.isascii():
        return None
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            read_options=pacsv.ReadOptions(column_names=headers, skip_rows_after_names=1, block_size=_BLOCK),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(headers, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table.to_pandas()


def _careful(text: str, delimiter: str, skip: int, headers: list[str]) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    records = _records(text.replace("\x00", ""), delimiter)[skip:]
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
