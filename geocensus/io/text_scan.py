"""Where the records of a delimited text file begin, found in one pass over its bytes.

Only a regular file is told: all records of one width, quotation marks only around whole cells, lines that end in LF or
CRLF. Bytes of line ends, quotation marks and the usual delimiters never occur inside a character of UTF-8 or GB18030
(whose second and fourth bytes are 0x30-0x39, 0x40-0x7E or 0x80-0xFE), so that bytes can be looked at without decoding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["IrregularError", "Records", "scan_records"]

_CHUNK = 1 << 20  # bytes; fits the cache, and keeps the scan's own memory small
_LF, _CR, _QUOTE, _NUL = 10, 13, 34, 0


class IrregularError(Exception):
    """The bytes are no regular table: they are to be read with more care."""


@dataclass(frozen=True)
class Records:
    """How many records there are, the header included, and where each of those asked for begins, in bytes."""

    count: int
    starts: dict[int, int]


@dataclass
class _State:
    """What one chunk leaves to the next."""

    quoted: bool = False
    cells: int = 0  # delimiters since the last end of a record
    records: int = 0  # complete so far
    starts: dict[int, int] = field(default_factory=dict)


def scan_records(data: NDArray[np.uint8], *, delimiter: str, width: int, encoding: str, every: int) -> Records:
    r"""Count records and find where every so many begin.

    Parameters
    ----------
    data : array of uint8
        The file without byte order mark and without what follows the last record; may be a memory map.
    delimiter : str
        One ASCII character.
    width : int
        Cells of each record, 2 or more.
    encoding : str
        One of utf-8 and gb18030; all bytes are tested.
    every : int
        Records of data, the header not counted, between the beginnings wanted; that of the record before each is
        given as well.

    Returns
    -------
    Records
        The header is record 0.

    Raises
    ------
    IrregularError
        A record of another width, a NUL, a lone CR, or a quotation mark inside a cell.
    UnicodeDecodeError
        The bytes are not in the encoding.

    Examples
    --------
    >>> data = np.frombuffer(b'a,b\n1,"x\n"\n2,y', dtype=np.uint8)
    >>> scan_records(data, delimiter=",", width=2, encoding="utf-8", every=1)
    Records(count=3, starts={1: 4, 2: 11})
    """
    state, checked = _State(), 0
    for begin in range(0, len(data), _CHUNK):
        chunk = data[begin : begin + _CHUNK]
        ends = _record_ends(data, begin, chunk, ord(delimiter), width, state)
        for record in _wanted(state.records, state.records + len(ends), every):
            state.starts[record + 1] = int(ends[record - state.records])
        state.records += len(ends)
        if len(ends):  # characters are whole between line ends
            _check(data[checked : ends[-1]], encoding)
            checked = int(ends[-1])
    _check(data[checked:], encoding)
    if state.quoted or state.cells != width - 1:
        raise IrregularError
    return Records(state.records + 1, state.starts)


def _wanted(first: int, stop: int, every: int) -> Iterator[int]:
    """Return the records from `first` whose end is the beginning of a part, or of the record before a part."""
    for before in (0, 1):  # the record above row k * every is the header or data: number k * every; one earlier
        start = first + (-(first + before)) % every
        yield from range(start, stop, every)


def _record_ends(
    data: NDArray[np.uint8], begin: int, chunk: NDArray[np.uint8], delimiter: int, width: int, state: _State
) -> NDArray[np.int64]:
    """Return the positions behind the records that end in a chunk."""
    if (chunk == _NUL).any():
        raise IrregularError
    returns = np.flatnonzero(chunk == _CR) + begin
    if len(returns) and (returns[-1] + 1 == len(data) or (data[returns + 1] != _LF).any()):
        raise IrregularError
    marks = np.flatnonzero((chunk == delimiter) | (chunk == _LF))
    quotes = np.flatnonzero(chunk == _QUOTE)
    if len(quotes) or state.quoted:
        _check_quotes(data, quotes + begin, delimiter, quoted=state.quoted)
        marks = marks[(np.searchsorted(quotes, marks) + state.quoted) % 2 == 0]
        state.quoted ^= len(quotes) % 2 == 1
    lines = np.flatnonzero(chunk[marks] == _LF)
    if not len(lines):
        state.cells += len(marks)
        return lines
    if (np.diff(lines, prepend=-1 - state.cells) != width).any():
        raise IrregularError
    state.cells = len(marks) - 1 - int(lines[-1])
    return marks[lines] + (begin + 1)


def _check_quotes(data: NDArray[np.uint8], quotes: NDArray[np.int64], delimiter: int, *, quoted: bool) -> None:
    """Insist that quotation marks open at the beginning of a cell and close at its end, or stand doubled within."""
    opening, closing = quotes[int(quoted) :: 2], quotes[1 - int(quoted) :: 2]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing + 1 < len(data)] + 1]
    if not (np.isin(before, (delimiter, _LF, _QUOTE)).all() and np.isin(after, (delimiter, _LF, _CR, _QUOTE)).all()):
        raise IrregularError


def _check(part: NDArray[np.uint8], encoding: str) -> None:
    """Test that bytes are whole characters of the encoding."""
    if encoding != "utf-8":
        part.tobytes().decode(encoding)
        return
    offsets = pa.py_buffer(np.array([0, len(part)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(part)]).validate(full=True)
    except pa.ArrowInvalid:
        part.tobytes().decode(encoding)  # says where
        raise
