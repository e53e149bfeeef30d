"""Snapshots of the states that requests see, each brought up to date from one before it."""

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geocensus.workspace.changes import changed_since, last_change, name_of_log, watched
from geocensus_api.store.pool import Pool, Reading, State
from geocensus_api.store.snapshot import Snapshot
from geocensus_api.store.snapshot_load import LAYERS, Layer, load, load_areas, read_rows
from geocensus_api.store.snapshot_patch import patched

__all__ = ["Keeper", "Mark", "Marks", "marked"]

_STATES: Final = 4  # of each table: a request that began before a commit still finds its own
_PATCHED: Final = 20_000  # changed rows from which on all are read again


class Mark(NamedTuple):
    """Where what was read stands in a workspace's log."""

    log: State
    seq: int


class Marks:
    """Marks of what is read.

    Parameters
    ----------
    pool
        Of the connections that requests come with.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._trusted: dict[str, tuple[State, bool]] = {}

    def of(self, connection: sqlite3.Connection, name: str, tables: Sequence[str]) -> Mark | None:
        """Return where a connection's state stands.

        Parameters
        ----------
        connection
            From the pool, in its read transaction.
        name
            Of what is read from the tables.
        tables
            Tables whose changes must be noted.

        Returns
        -------
        Mark or None
            None where no log tells of each of them: then all must be read again after every change.
        """
        schema = connection.execute("PRAGMA schema_version").fetchone()[0]
        log = (*self._pool.known(connection).file[:3], name_of_log(connection))
        known = (*log, schema, *tables)
        if self._trusted.get(name, ((), False))[0] != known:
            self._trusted[name] = known, bool(log[-1]) and watched(connection, tables)
        return Mark(log, last_change(connection)) if self._trusted[name][1] else None


class Keeper:
    """Snapshots of the tables of points.

    A snapshot is made inside the read transaction of the request that needs it, so that it is of exactly one state; a
    later one is made from it and from the rows that the log of changes names. A workspace without a log (an older
    version's, or one in which another program has made a table anew) is read again after each change.

    Parameters
    ----------
    pool
        Of the connections that requests come with.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._marks = Marks(pool)
        self._kept: dict[str, OrderedDict[State, tuple[Mark | None, Snapshot]]] = {
            table: OrderedDict() for table in LAYERS
        }
        self._locks = {table: Lock() for table in LAYERS}

    def snapshot(self, connection: sqlite3.Connection, table: str, *, area: str = "") -> Snapshot:
        """Return the points of a table as a connection sees them.

        Parameters
        ----------
        connection
            From the pool, in its read transaction.
        table
            One of LAYERS.
        area
            SQL over a row that tells its area, where the areas are needed as well.

        Returns
        -------
        Snapshot
            Of the connection's state.
        """
        reading, kept = self._pool.known(connection), self._kept[table]
        with self._locks[table]:
            if reading.state not in kept:
                kept[reading.state] = self._made(connection, LAYERS[table])
            kept.move_to_end(reading.state)
            while len(kept) > _STATES:
                kept.popitem(last=False)
            mark, found = kept[reading.state]
            if area and len(found.rows.area) != len(found):
                found = _with_areas(connection, LAYERS[table], found, area)
                kept[reading.state] = mark, found
        return found

    def _made(self, connection: sqlite3.Connection, layer: Layer) -> tuple[Mark | None, Snapshot]:
        mark = self._marks.of(connection, layer.table, (layer.table, *layer.watched))
        before = [
            (known.seq, one)
            for known, one in self._kept[layer.table].values()
            if known and mark and known.log == mark.log
        ]
        older = [(seq, one) for seq, one in before if mark and seq <= mark.seq]
        if older:
            seq, snapshot = max(older, key=lambda entry: entry[0])
            found = _brought(connection, layer, snapshot, seq)
            if found is not None:
                return mark, found
        return mark, load(connection, layer)


def _brought(connection: sqlite3.Connection, layer: Layer, snapshot: Snapshot, seq: int) -> Snapshot | None:
    """Return a snapshot of now from one before; None where all must be read again."""
    own = changed_since(connection, layer.table, seq)
    others = [changed_since(connection, table, seq) for table in layer.watched]
    if own is None or any(one is None for one in others):
        return None
    keys = frozenset().union(*(one.keys for one in others if one))
    if len(own.fids) + len(keys) > _PATCHED:
        return None
    if not own.fids and not keys:
        return snapshot
    if own.fids and len(snapshot.rows.area):  # the area may be what changed
        snapshot = replace(snapshot, rows=replace(snapshot.rows, area=snapshot.rows.area[:0]))
    return patched(snapshot, *read_rows(connection, layer, snapshot, own.fids, keys))


def _with_areas(connection: sqlite3.Connection, layer: Layer, snapshot: Snapshot, area: str) -> Snapshot:
    codes, names = pd.factorize(np.array(load_areas(connection, layer, snapshot.rows.fids, area), dtype=object))
    rows = replace(snapshot.rows, area=(codes + 1).astype(np.int32))
    return replace(snapshot, rows=rows, areas=(None, *names.tolist()))


def marked(connection: sqlite3.Connection, reading: Reading, table: str) -> State:
    """Return a name of the state of one table.

    Parameters
    ----------
    connection
        In its read transaction.
    reading
        What it sees.
    table
        A spatial table.

    Returns
    -------
    tuple
        The same as long as no row of the table changes; where no log tells, another one after every commit.
    """
    if not name_of_log(connection) or not watched(connection, (table,)):
        return reading.state
    return (*reading.file[:3], name_of_log(connection), table, last_change(connection, table))
