"""Lists that are read whole and then cut: workbooks, layers, and files too irregular to be read in parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path  # noqa: TC003 - dataclasses read it at run time
from typing import TYPE_CHECKING

from geocensus.io.excel import read_sheet
from geocensus.io.points import read_parquet, read_points
from geocensus.io.rawtable import RawTable, cut_rows
from geocensus.io.text import read_delimited

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DELIMITED", "PARQUET", "WholeParts", "forget_whole", "whole_parts"]

DELIMITED = frozenset({".csv", ".txt", ".tsv"})
PARQUET = frozenset({".parquet", ".geoparquet", ".pq"})
_SHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})


@dataclass(frozen=True)
class WholeParts:
    """The parts of a list that is read whole; see :class:`geocensus.io.rawtable.RawParts`.

    The table is kept until another list is read or :func:`forget_whole` is called, and never sent to another process.
    """

    path: Path
    sheet: str | None
    head: RawTable
    bounds: tuple[int, ...]
    first_row: int

    def read(
        self,
        part: int,
        columns: Sequence[str] | None = None,  # noqa: ARG002 - all are there already
        *,
        above: bool = False,
    ) -> RawTable:
        """Cut a part out.

        Parameters
        ----------
        part : int
            Number of the part, from 0.
        columns : Sequence of str, optional
            Not needed here.
        above : bool
            Take the last row of the part before as well.

        Returns
        -------
        RawTable
            As :meth:`geocensus.io.rawtable.RawParts.read`.
        """
        start, stop = self.bounds[part : part + 2]
        return _whole(self.path, self.sheet, _written(self.path)).rows_between(max(start - above, 0), stop)


def whole_parts(path: Path, sheet: str | None, rows_per_part: int) -> WholeParts:
    """Read a list whole and cut it.

    Parameters
    ----------
    path : Path
        Any file that a list may be.
    sheet : str, optional
        Sheet or layer.
    rows_per_part : int
        At most so many in one part.

    Returns
    -------
    WholeParts
        At least one part.

    Raises
    ------
    DataNotFoundError, UnreadableError, SchemaError
        As for :func:`geocensus.io.sources.read_sources`.
    """
    whole = _whole(path, sheet, _written(path))
    head = whole.without_rows()
    first_row = int(whole.rows.iloc[0]) if len(whole.rows) else 1
    return WholeParts(path, sheet, head, cut_rows(len(whole.table), rows_per_part), first_row)


def forget_whole() -> None:
    """Give the memory of the last list back."""
    _whole.cache_clear()


def _written(path: Path) -> tuple[int, int]:
    """When a file was written, and its size: one written anew is read anew."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _whole(path: Path, sheet: str | None, _written: tuple[int, int]) -> RawTable:
    suffix = path.suffix.lower()
    if suffix in DELIMITED:
        return read_delimited(path)
    if suffix in PARQUET:
        return read_parquet(path)
    return read_sheet(path, sheet) if suffix in _SHEETS else read_points(path, sheet)
