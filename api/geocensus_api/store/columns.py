"""Columns of few values in memory, as positions in a list of names: what filters and numbers by group are made of."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray

from geocensus.workspace import quoted

__all__ = ["Coded", "numbers_by", "read_coded", "reread"]

_RUN: Final = 65_536  # fids of one run
_MOST: Final = 65_535  # names of a column that is kept: a position takes two bytes
_SEPARATOR, _NOTHING = "\x1f", "\x1e"
_DENSE: Final = 1 << 22  # groups that may be counted by their number instead of being sorted

Name = str | None


@dataclass(frozen=True, eq=False)
class Coded:
    """A column: positions in its names by row, shape (n,); each name stands once, None for rows without a value."""

    codes: NDArray[Any]
    names: tuple[Name, ...]

    def among(self, values: Collection[str]) -> NDArray[np.bool_]:
        """Return which names are among some values.

        Parameters
        ----------
        values
            Texts.

        Returns
        -------
        ndarray
            By position, so that it is to be indexed with codes; a row without a value has none of them.
        """
        return np.array([name is not None and name in values for name in self.names], dtype=np.bool_)

    def aligned(self, before: NDArray[np.int64], now: NDArray[np.int64]) -> "Coded":
        """Return the column for other rows; those that are new have any value and are to be read.

        Parameters
        ----------
        before
            Fids of its rows, rising.
        now
            Fids of the rows wanted, rising.

        Returns
        -------
        Coded
            With the same names.
        """
        if now is before:
            return self
        at = np.minimum(np.searchsorted(before, now), max(len(before) - 1, 0))
        return Coded(self.codes[at] if len(before) else np.zeros(len(now), np.uint16), self.names)

    def changed(self, where: NDArray[np.intp], values: Sequence[Name]) -> "Coded | None":
        """Return the column with the values of some rows changed.

        Parameters
        ----------
        where
            Positions of the rows.
        values
            One for each.

        Returns
        -------
        Coded or None
            None where it has too many names by now.
        """
        names = list(self.names)
        known = {name: number for number, name in enumerate(names)}
        for value in values:
            if value not in known:
                known[value] = len(names)
                names.append(value)
        if len(names) > _MOST:
            return None
        codes = self.codes.copy()
        codes[where] = [known[value] for value in values]
        return Coded(codes, tuple(names))


def read_coded(
    connection: sqlite3.Connection, table: str, fids: NDArray[np.int64], columns: Mapping[str, str]
) -> dict[str, Coded | None]:
    """Read columns of all rows, in one pass.

    Parameters
    ----------
    connection
        In a read transaction.
    table
        Its name.
    fids
        All of its fids, rising.
    columns
        SQL over a row, by name.

    Returns
    -------
    dict
        By name; None for a column of too many different values.
    """
    found = {name: _Names() for name in columns}
    codes = {name: np.zeros(len(fids), dtype=np.uint16) for name in columns}
    start = 0
    for run in _runs(connection, table, fids, tuple(columns.values())):
        for (name, names), values in zip(found.items(), run, strict=True):
            if len(names.known) <= _MOST:
                codes[name][start : start + len(values)] = names.codes(values)
        start += len(run[0]) if run else 0
    return {
        name: Coded(codes[name], tuple(names.known)) if len(names.known) <= _MOST else None
        for name, names in found.items()
    }


class _Names:
    """Names in the order in which they turn up."""

    def __init__(self) -> None:
        self.known: dict[Name, int] = {None: 0}

    def codes(self, values: list[Name]) -> NDArray[np.uint16]:
        places, names = pd.factorize(np.array(values, dtype=object))  # -1, the last, for what has no value
        numbers = [self.known.setdefault(name, len(self.known)) for name in names.tolist()]
        return np.array([*numbers, 0]).astype(np.uint16)[places]  # those beyond the most are not kept


def _runs(
    connection: sqlite3.Connection, table: str, fids: NDArray[np.int64], columns: Sequence[str]
) -> Iterator[list[list[Name]]]:
    """Yield the values of runs of rows, by column: as one text each, so that no row becomes Python objects."""
    texts = ", ".join(
        f"group_concat(coalesce({one}, char({ord(_NOTHING)})), char({ord(_SEPARATOR)}))" for one in columns
    )
    plain = ", ".join(columns)
    starts = fids[::_RUN].tolist()
    for number, first in enumerate(starts):
        part = slice(number * _RUN, (number + 1) * _RUN)
        between = (first, int(fids[part][-1]))
        where = f"FROM {quoted(table)} WHERE fid BETWEEN ? AND ?"
        answer = connection.execute(f"SELECT {texts} {where}", between).fetchone()
        split = [text.split(_SEPARATOR) for text in answer]
        if any(len(values) != len(fids[part]) for values in split):  # a value with the separator in it
            rows = connection.execute(f"SELECT {plain} {where} ORDER BY fid", between).fetchall()
            yield [[_name(value) for value in values] for values in zip(*rows, strict=True)]
        else:
            yield [[None if value == _NOTHING else value for value in values] for values in split]


def _name(value: Any) -> Name:
    return None if value is None else str(value)


def reread(
    connection: sqlite3.Connection, table: str, fids: Collection[int], columns: Mapping[str, str]
) -> tuple[NDArray[np.int64], dict[str, list[Name]]]:
    """Read columns of some rows.

    Parameters
    ----------
    connection
        In a read transaction.
    table
        Its name.
    fids
        Of the rows; those that are not there are passed over.
    columns
        SQL over a row, by name.

    Returns
    -------
    tuple
        Fids of those that are there, rising; values by name.
    """
    query = (
        f"SELECT fid, {', '.join(columns.values())} FROM {quoted(table)} "
        "WHERE fid IN (SELECT value FROM json_each(?)) ORDER BY fid"
    )
    rows = connection.execute(query, (orjson.dumps(sorted(fids)).decode(),)).fetchall()
    there = np.array([row[0] for row in rows], dtype=np.int64)
    return there, {name: [_name(row[number]) for row in rows] for number, name in enumerate(columns, start=1)}


def numbers_by(columns: Sequence[Coded], rows: NDArray[Any] | None) -> list[tuple[Any, ...]]:
    """Return how many rows there are of each combination of values.

    Parameters
    ----------
    columns
        One or more, of the same rows.
    rows
        Which rows count, as a mask or by position; None for all.

    Returns
    -------
    list
        Names, then the number of rows; as SQLite sorts them: the most first, then by name, rows without a value first.

    Examples
    --------
    >>> numbers_by([Coded(np.array([1, 0, 1]), (None, "a"))], None)
    [('a', 2), (None, 1)]
    """
    groups, numbers = _counted(columns, rows)
    places = []
    for column in reversed(columns):
        groups, place = np.divmod(groups, len(column.names))
        places.append([column.names[at] for at in place.tolist()])
    told = zip(*reversed(places), numbers.tolist(), strict=True)
    return sorted(told, key=lambda row: (-row[-1], *((name is not None, name or "") for name in row[:-1])))


def _counted(columns: Sequence[Coded], rows: NDArray[Any] | None) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return numbers of combinations, of which each column's position is a digit, and how many rows have each."""
    first, *others = (column.codes if rows is None else column.codes[rows] for column in columns)
    joined, most = first, len(columns[0].names)
    for column, codes in zip(columns[1:], others, strict=True):
        joined, most = joined.astype(np.int64) * len(column.names) + codes, most * len(column.names)
    if most <= _DENSE:
        counted = np.bincount(joined)
        found = np.flatnonzero(counted)
        return found, counted[found]
    places, groups = pd.factorize(joined)
    return groups, np.bincount(places)
