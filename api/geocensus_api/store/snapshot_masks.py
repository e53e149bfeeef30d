"""Which rows a selection leaves: one pass of SQL for each filter, kept as long as the state it was asked in."""
# ruff: noqa: S608 - names of tables cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import reduce
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geocensus.workspace import quoted
from geocensus_api.features.condition import Condition

__all__ = ["Remembered", "fids_of", "in_all", "of_all"]


def fids_of(connection: sqlite3.Connection, table: str, condition: Condition) -> NDArray[np.int64]:
    """Return the fids of the rows that meet a condition.

    Parameters
    ----------
    connection
        In a read transaction, with our functions.
    table
        Name of the table.
    condition
        Empty for all rows.

    Returns
    -------
    ndarray
        Rising, shape (n,).
    """
    # as one text: a million small tuples would take longer than the filter
    query = f"SELECT group_concat(fid) FROM (SELECT fid FROM {quoted(table)}{condition.where} ORDER BY fid)"
    text = connection.execute(query, condition.values).fetchone()[0]
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, dtype=np.int64)


def of_all(*parts: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
    """Return the fids that are in each of some lists.

    Parameters
    ----------
    *parts
        Rising fids; None stands for all.

    Returns
    -------
    ndarray or None
        Rising; None for all.

    Examples
    --------
    >>> of_all(np.array([1, 3, 5]), None, np.array([3, 4, 5])).tolist()
    [3, 5]
    """
    lists = sorted((part for part in parts if part is not None), key=len)
    return reduce(in_all, lists) if lists else None


def in_all(few: NDArray[np.int64], many: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the fids of a short list that a long one has.

    Parameters
    ----------
    few
        Rising.
    many
        Rising.

    Returns
    -------
    ndarray
        Rising.
    """
    if not len(few) or not len(many):
        return few[:0]
    at = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return few[many[at] == few]


class Remembered:
    """Values that are kept by name, those used last, up to a number of bytes.

    Parameters
    ----------
    most_bytes
        Of all values together; the one made last is kept whatever its size.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Return a value, made when it is not there.

        Parameters
        ----------
        key
            Its name, the state included.
        make
            Called without a lock: two requests may make the same, none waits for another's filter.
        size
            Bytes of a value.

        Returns
        -------
        Any
            The value.
        """
        found = self.kept(key)
        if found is not None:
            return found
        value = make()
        self.put(key, value, size(value))
        return value

    def kept(self, key: Hashable) -> Any:
        """Return a value that is there already.

        Parameters
        ----------
        key
            Its name.

        Returns
        -------
        Any
            None where it is not; no value is None.
        """
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value.

        Parameters
        ----------
        key
            Its name.
        value
            Not None.
        size
            Its bytes.
        """
        with self._lock:
            self._held -= self._values.pop(key, (None, 0))[1]
            self._values[key] = value, size + 200
            self._held += self._values[key][1]
            while self._held > self._most and len(self._values) > 1:
                self._held -= self._values.popitem(last=False)[1][1]
