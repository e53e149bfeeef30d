"""CSV and other delimited text: encoding and delimiter found, no row lost."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

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
        The file is empty, or in none of the encodings.
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
    notes = (
        ()
        if encoding in {"utf-8", "utf-8-sig"}
        else (Text(f"文件编码识别为 {encoding}", f"encoding found: {encoding}"),)
    )
    table = _fast(text, delimiter, headers) if skip == 1 and _regular(text) else None
    if table is None:
        table, more = _careful(text, delimiter, skip, headers)
        notes += more
    rows = pd.RangeIndex(skip + 1, skip + 1 + len(table)).to_series(index=table.index)
    return RawTable(table=table, rows=rows, encoding=encoding, notes=notes)


def _decoded(data: bytes, path: Path) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding, data.decode(encoding, errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return encoding, data.decode(encoding)
        except UnicodeDecodeError as error:
            where = data.count(b"\n", 0, error.start) + 1
    raise UnreadableError(
        f"{path.name}, line {where}: neither UTF-8 nor GBK/GB18030. Save the file as “CSV UTF-8” and try again.",
        f"{path.name} 第 {where} 行：既不是 UTF-8 也不是 GBK/GB18030 编码。请另存为“CSV UTF-8”后重试。",
    )


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
