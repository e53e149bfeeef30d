"""Values that cost time to read and change seldom, kept as long as the tables they come from stand as they are."""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from typing import Any, Final

__all__ = ["Kept", "keep", "keeping", "mark"]

_MOST: Final = 512
_STATE: Final = "SELECT table_name, last_change, min_x, min_y, max_x, max_y FROM gpkg_contents"

Mark = tuple[Any, ...]


class Kept:
    """Values by name, each with the mark of the tables that it was read from; the least used are forgotten.

    Parameters
    ----------
    most
        Values at most.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._making: dict[Hashable, RLock] = {}
        self._lock = Lock()

    def get(self, name: Hashable, mark: Hashable, make: Callable[[], Any]) -> Any:
        """Return a value; made where it is not kept, or where its mark is another one.

        Parameters
        ----------
        name
            Of the value.
        mark
            Of what it is made from.
        make
            Called by one thread at a time for each name: a second one waits for the first one's value.

        Returns
        -------
        Any
            The value; nobody may change it.

        Examples
        --------
        >>> kept = Kept()
        >>> kept.get("a", 1, lambda: "first"), kept.get("a", 1, lambda: "second"), kept.get("a", 2, lambda: "third")
        ('first', 'first', 'third')
        """
        found = self._found(name, mark)
        if found is not None:
            return found[1]
        with self._lock:
            making = self._making.setdefault(name, RLock())
        with making:
            found = self._found(name, mark) or (mark, make())
            self._put(name, found)
        return found[1]

    def _found(self, name: Hashable, mark: Hashable) -> tuple[Hashable, Any] | None:
        with self._lock:
            found = self._values.get(name)
            if found is None or found[0] != mark:
                return None
            self._values.move_to_end(name)
            return found

    def _put(self, name: Hashable, found: tuple[Hashable, Any]) -> None:
        with self._lock:
            self._values[name] = found
            self._values.move_to_end(name)
            while len(self._values) > self._most:
                self._making.pop(self._values.popitem(last=False)[0], None)


# a connection of sqlite3 takes neither attributes nor weak references
_stores: dict[int, tuple[Kept, list[Mark]]] = {}


@contextmanager
def keeping(connection: sqlite3.Connection, store: Kept) -> Iterator[None]:
    """Let the values read through a connection be kept in a store, for the length of one read transaction.

    Parameters
    ----------
    connection
        In a read transaction.
    store
        Shared by all connections to this workspace.

    Yields
    ------
    None
        Run the request inside the block.
    """
    _stores[id(connection)] = store, []
    try:
        yield
    finally:
        _stores.pop(id(connection), None)


def mark(connection: sqlite3.Connection) -> Mark:
    """Return what differs after any table was made anew, or changed by a program that says so.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    tuple
        The layout's number, then a row per table of gpkg_contents: name, time of the last change, extent.
    """
    known = _stores.get(id(connection))
    if known is not None and known[1]:
        return known[1][0]
    found = (connection.execute("PRAGMA schema_version").fetchone()[0], *connection.execute(_STATE))
    if known is not None:
        known[1].append(found)
    return found


def keep(
    connection: sqlite3.Connection, name: Hashable, make: Callable[[], Any], *, tables: Callable[[str], bool]
) -> Any:
    """Return a value that depends on some tables.

    Parameters
    ----------
    connection
        A workspace; without :func:`keeping` nothing is kept.
    name
        Of the value, with all that it depends on besides the tables.
    make
        Reads it.
    tables
        Tells of a table whether the value depends on it.

    Returns
    -------
    Any
        The value; nobody may change it.
    """
    known = _stores.get(id(connection))
    if known is None:
        return make()
    layout, *rows = mark(connection)
    return known[0].get(name, (layout, *(row for row in rows if tables(row[0]))), make)
