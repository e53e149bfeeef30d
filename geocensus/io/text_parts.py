"""A regular delimited text file in parts: each is a range of bytes that begins and ends with a record."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from geocensus.io.rawtable import HEADER_SEARCH_ROWS, RawTable, cut_rows
from geocensus.io.text import encoding_notes, find_table, parse_records, records_of, swallowed_cells
from geocensus.io.text_scan import IrregularError, Records, scan_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["TextParts", "text_parts"]

_HEAD = 1 << 20  # bytes in which the header is looked for
_SAMPLE = 1 << 16  # characters that must be seen to choose the delimiter as for the whole file
_AFTER = b"\r\n \x1a\x00"  # what may follow the last record
_LF = 10


@dataclass(frozen=True)
class TextParts:
    """The parts of a file; see :class:`geocensus.io.rawtable.RawParts`.

    ``ranges`` holds for each part the first byte of the record above it, its own first byte and the byte behind it.
    """

    path: Path
    delimiter: str
    head: RawTable
    bounds: tuple[int, ...]
    ranges: tuple[tuple[int, int, int], ...]
    first_row: int = 2  # below a header of one row

    def read(self, part: int, columns: Sequence[str] | None = None, *, above: bool = False) -> RawTable:
        """Read a part.

        Parameters
        ----------
        part : int
            Number of the part, from 0.
        columns : Sequence of str, optional
            Headers to read; all by default.
        above : bool
            Read the last row of the part before as well.

        Returns
        -------
        RawTable
            As :meth:`geocensus.io.rawtable.RawParts.read`.
        """
        start, stop = self.bounds[part : part + 2]
        first = start - 1 if above and part else start
        begin, end = self.ranges[part][0 if above else 1], self.ranges[part][2]
        data = pa.py_buffer(np.memmap(self.path, np.uint8, "r", begin, (end - begin,)))  # Arrow opens no odd names
        if self.head.encoding == "gb18030":
            data = pa.py_buffer(data.to_pybytes().decode("gb18030").encode("utf-8"))
        table = parse_records(data, self.delimiter, list(self.head.table.columns), columns=columns)
        ends = np.count_nonzero(np.frombuffer(data, dtype=np.uint8)[:-1] == _LF)
        table.index = pd.RangeIndex(first, stop)
        rows = pd.RangeIndex(first + self.first_row, stop + self.first_row).to_series(index=table.index)
        found = swallowed_cells(table.loc[start:], self.delimiter, start + self.first_row) if ends >= len(table) else {}
        return RawTable(table=table, rows=rows, encoding=self.head.encoding, swallowed=found)


def text_parts(path: Path, rows_per_part: int) -> TextParts | None:
    """Cut a delimited text file into parts, by one pass over it.

    Parameters
    ----------
    path : Path
        UTF-8 with or without a byte order mark, GBK or GB18030.
    rows_per_part : int
        At most so many in one part.

    Returns
    -------
    TextParts or None
        None where the file is not regular, and to be read whole by :func:`geocensus.io.text.read_delimited`.
    """
    if not path.stat().st_size:
        return None
    data = np.memmap(path, dtype=np.uint8, mode="r")
    marked = data[:3].tobytes() == codecs.BOM_UTF8
    skipped = len(codecs.BOM_UTF8) if marked else 0
    body = data[skipped : _end(data)]
    for encoding in ("utf-8",) if marked else ("utf-8", "gb18030"):
        try:
            found = _scanned(body, encoding, rows_per_part)
        except UnicodeDecodeError:
            continue
        except IrregularError:
            return None
        named = "utf-8-sig" if marked else encoding
        return _cut(path, found, named, rows_per_part, skipped, skipped + len(body))
    return None


def _end(data: NDArray[np.uint8]) -> int:
    """Return the byte behind the last record."""
    end = len(data)
    while end:
        tail = data[max(end - _HEAD, 0) : end].tobytes()
        kept = len(tail.rstrip(_AFTER))
        end -= len(tail) - kept
        if kept:
            break
    return end


def _scanned(body: NDArray[np.uint8], encoding: str, every: int) -> tuple[str, list[str], Records]:
    """Find delimiter, header and records."""
    head = body[:_HEAD].tobytes()
    if len(head) < len(body):
        head = head[: head.rfind(b"\n") + 1]
    text = head.decode(encoding)
    if not text.strip() or (len(head) < len(body) and len(text) < _SAMPLE):
        raise IrregularError
    delimiter, skip, headers = find_table(text)
    bytes_may_differ = not delimiter.isascii() or (delimiter == "|" and encoding != "utf-8")
    seen_enough = (
        len(head) == len(body) or len(records_of(text, delimiter, HEADER_SEARCH_ROWS + 1)) > HEADER_SEARCH_ROWS
    )
    if skip != 1 or len(headers) == 1 or bytes_may_differ or not seen_enough:
        raise IrregularError
    return (
        delimiter,
        headers,
        scan_records(body, delimiter=delimiter, width=len(headers), encoding=encoding, every=every),
    )


def _cut(
    path: Path, found: tuple[str, list[str], Records], encoding: str, rows_per_part: int, skipped: int, end: int
) -> TextParts:
    delimiter, headers, records = found
    bounds = cut_rows(records.count - 1, rows_per_part)
    starts = [skipped + records.starts.get(row + 1, end - skipped) for row in bounds[:-1]]
    above = [skipped + records.starts[row] for row in bounds[1:-1]]
    head = RawTable(
        table=pd.DataFrame(columns=headers, dtype="str"),
        rows=pd.Series(dtype="int64"),
        encoding=encoding,
        notes=encoding_notes(encoding),
    )
    return TextParts(
        path, delimiter, head, bounds, tuple(zip([starts[0], *above], starts, [*starts[1:], end], strict=True))
    )
