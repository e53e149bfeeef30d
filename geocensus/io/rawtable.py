"""A list as it stands in its file, before any meaning is read into it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from geocensus.schemas import guess_roles, has_pair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geocensus.model import Text

__all__ = ["RawParts", "RawTable", "cut_rows", "find_header", "unique_headers"]

HEADER_SEARCH_ROWS = 15
_HEADER_DEPTH = 3
_SURE = 3  # roles that make a header row certain enough


@dataclass(frozen=True)
class RawTable:
    """Cells of a list as read; text unless the file itself holds numbers.

    ``rows`` holds the number of each row in its file as Excel counts, the header being row 1 of most files. ``typed``
    holds the user's own columns where the file knows more kinds than text and numbers (dates, truth values, numbers
    among texts): same rows, each cell as it stands in the file.
    """

    table: pd.DataFrame
    rows: pd.Series
    sheet: str = ""
    encoding: str = ""
    crs: str = ""  # stated by the file itself
    points: bool = False  # the last two columns are made from points
    cut: bool = False  # the headers are a Shapefile's, cut at ten bytes of `encoding`
    typed: pd.DataFrame | None = None
    notes: tuple[Text, ...] = field(default=())
    swallowed: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # header to cells that hold rows, first row
    not_points: tuple[int, int] = (0, 0)  # features that are none, the first of them

    def rows_between(self, start: int, stop: int) -> RawTable:
        """Return some rows, labelled as in the whole table.

        Parameters
        ----------
        start, stop : int
            Positions, the second excluded.

        Returns
        -------
        RawTable
            The same list with fewer rows.
        """
        typed = None if self.typed is None else self.typed.iloc[start:stop]
        return replace(self, table=self.table.iloc[start:stop], rows=self.rows.iloc[start:stop], typed=typed)

    def without_rows(self) -> RawTable:
        """Return what is known beside the rows; nothing of them is kept in memory.

        Returns
        -------
        RawTable
            Empty, with columns of the same kinds.
        """
        table = pd.DataFrame({header: pd.Series(dtype=kind) for header, kind in self.table.dtypes.items()})
        return replace(self, table=table, rows=pd.Series(dtype="int64"), typed=None)


class RawParts(Protocol):
    """A list as it stands in its file, in parts that are read one by one."""

    @property
    def head(self) -> RawTable:
        """All that is known of the list without its rows; columns are of the kinds that they have in every part."""
        ...

    @property
    def first_row(self) -> int:
        """The number in the file of the first row of the list."""
        ...

    @property
    def bounds(self) -> Sequence[int]:
        """The position of the first row of each part, and the number of rows of the list."""
        ...

    def read(self, part: int, columns: Sequence[str] | None = None, *, above: bool = False) -> RawTable:
        """Read a part.

        Parameters
        ----------
        part : int
            Number of the part, from 0.
        columns : Sequence of str, optional
            Headers to read, at least; all by default.
        above : bool
            Read the last row of the part before as well.

        Returns
        -------
        RawTable
            Labelled by position in the list. What is found and counted is of the part's own rows.
        """
        ...


def cut_rows(rows: int, rows_per_part: int) -> tuple[int, ...]:
    """Cut a number of rows into parts.

    Parameters
    ----------
    rows : int
        Rows of the list.
    rows_per_part : int
        At most so many in one part.

    Returns
    -------
    tuple of int
        Position of the first row of each part, and the number of rows.

    Examples
    --------
    >>> cut_rows(5, 2), cut_rows(0, 2)
    ((0, 2, 4, 5), (0, 0))
    """
    return (*range(0, max(rows, 1), rows_per_part), rows)


def unique_headers(headers: Sequence[str]) -> list[str]:
    """Name blank headers by position and number doubled ones.

    Parameters
    ----------
    headers : Sequence of str
        As written.

    Returns
    -------
    list of str
        Unique headers, none empty.

    Examples
    --------
    >>> unique_headers(["a", "", "a"])
    ['a', 'column 2', 'a (2)']
    """
    seen: dict[str, int] = {}
    result = []
    for position, raw in enumerate(headers, start=1):
        header = str(raw).strip() or f"column {position}"
        seen[header] = seen.get(header, 0) + 1
        result.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return result


def find_header(top: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Find the header among the first rows: titles above it are skipped, headers of up to three rows joined.

    A header with columns for both longitude and latitude goes before one that has none, as the upper row of two may
    say 地理坐标 over both.

    Parameters
    ----------
    top : Sequence of Sequence of str
        The first rows, merged cells already filled; cells as text, "" where empty.

    Returns
    -------
    tuple of int and list of str
        How many rows to skip before the data, and the unique headers.
    """
    best = ((False, 0), 1, 1)
    for start in range(len(top)):
        for depth in range(1, _HEADER_DEPTH + 1):
            block = top[start : start + depth]
            if len(block) < depth or (depth > 1 and any(_has_number(row) for row in block[1:])):
                break
            roles = guess_roles(unique_headers(_joined(block)))
            score = (has_pair(roles), len(roles))
            if score > best[0]:
                best = (score, start, depth)
        if best[0][1] >= _SURE and start > best[1] + _HEADER_DEPTH:
            break
    _, start, depth = best if best[0][1] else (best[0], _first_full(top), 1)
    return start + depth, unique_headers(_joined(top[start : start + depth]))


def _joined(block: Sequence[Sequence[str]]) -> list[str]:
    return ["".join(dict.fromkeys(part.strip() for part in cells)) for cells in zip(*block, strict=True)]


def _first_full(top: Sequence[Sequence[str]]) -> int:
    return next((i for i, row in enumerate(top) if any(cell.strip() for cell in row)), 0)


def _has_number(row: Sequence[str]) -> bool:
    return any(cell.strip().replace(".", "", 1).lstrip("-").isdigit() for cell in row)
