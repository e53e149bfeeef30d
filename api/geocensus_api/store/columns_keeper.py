"""Coded columns of the states that requests see, each brought up to date from one before it."""
# ruff: noqa: S608 - names of tables are those of LAYERS

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from geocensus.model import LEVELS
from geocensus.workspace.changes import changed_since
from geocensus_api.features.catalogue import Property
from geocensus_api.features.derived import SOURCE_TABLES, WORST
from geocensus_api.features.layout import columns_of, tables_of
from geocensus_api.store.columns import Coded, read_coded, reread
from geocensus_api.store.pool import Pool
from geocensus_api.store.snapshot import Snapshot
from geocensus_api.store.snapshot_keeper import Mark, Marks
from geocensus_api.store.snapshot_load import LAYERS, return_memory

__all__ = ["Columns", "is_coded"]

_STATES: Final = 4
_CHANGED: Final = 20_000  # rows from which on all are read again
_PLAIN: Final = frozenset(
    {"class", "industry", "import_group", "state", "status", "claimed_level", "claimed_area_code", "located_code"}
    | {"rule", "level", "severity", "flag_state", "review_state", "outcome", "cause", "kind", "within_claim"}
)
_OF_LEVELS: Final = ("code_", "name_", "claimed_code_")
_OF_FLAGS: Final = (*SOURCE_TABLES, *(f"areas_{level}" for level in LEVELS))  # what a flag's derived columns depend on


def is_coded(one: Property) -> bool:
    """Tell whether a property is one of few values, which is kept in memory.

    Parameters
    ----------
    one
        A property of points.

    Returns
    -------
    bool
        By its name and type.
    """
    return one.kind == "string" and (one.column in _PLAIN or one.column.startswith(_OF_LEVELS))


@dataclass
class _Kept:
    """Columns of one state; None for those of too many values. Grows while requests ask for more."""

    mark: Mark | None
    layout: tuple[tuple[str, ...], ...]  # names of the columns of all tables: the log tells of rows only
    fids: NDArray[np.int64]
    columns: dict[str, Coded | None] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)  # the SQL of each


class Columns:
    """Coded columns of the tables of points.

    Parameters
    ----------
    pool
        Of the connections that requests come with.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._marks = Marks(pool)
        self._kept: dict[str, OrderedDict[object, _Kept]] = {table: OrderedDict() for table in LAYERS}
        self._locks = {table: Lock() for table in LAYERS}

    def of(
        self, connection: sqlite3.Connection, table: str, snapshot: Snapshot, fields: Mapping[str, Property]
    ) -> dict[str, Coded] | None:
        """Return columns, by the rows of a snapshot.

        Parameters
        ----------
        connection
            From the pool, in its read transaction.
        table
            One of LAYERS.
        snapshot
            Of the connection's state.
        fields
            Which, by name; all :func:`is_coded`.

        Returns
        -------
        dict or None
            None where one of them has too many values to be kept.
        """
        found: dict[str, Coded | None] = {}
        missing: dict[str, str] = {}
        for name, one in fields.items():
            if not one.expression and one.column == LAYERS[table].kind:
                found[name] = Coded(snapshot.rows.kind, snapshot.kinds)
            elif one.expression and name == "severity":  # of the source's worst flag
                found[name] = Coded(snapshot.rows.worst, WORST)
            else:
                missing[name] = one.sql
        if missing:
            found |= self._read(connection, table, snapshot, missing)
        full = {name: column for name, column in found.items() if column is not None}
        return full if len(full) == len(found) else None

    def _read(
        self, connection: sqlite3.Connection, table: str, snapshot: Snapshot, wanted: Mapping[str, str]
    ) -> dict[str, Coded | None]:
        state, kept = self._pool.known(connection).state, self._kept[table]
        with self._locks[table]:
            if state not in kept:
                kept[state] = self._made(connection, table, snapshot)
            kept.move_to_end(state)
            while len(kept) > _STATES:
                kept.popitem(last=False)
            now = kept[state]
            more = {name: sql for name, sql in wanted.items() if now.read.get(name) != sql}
            if more:
                now.columns |= read_coded(connection, table, now.fids, more)
                now.read |= more
                return_memory()
            return {name: now.columns[name] for name in wanted}

    def _made(self, connection: sqlite3.Connection, table: str, snapshot: Snapshot) -> _Kept:
        """Return the columns of a new state, from the latest one that the log reaches back to."""
        tables = (table, *_depends(connection, table))
        layout = tuple(tuple(columns_of(connection, name)) for name in tables)
        mark = self._marks.of(connection, table, tables)
        fresh = _Kept(mark, layout, snapshot.rows.fids)
        if mark is None:
            return fresh
        older = [
            one
            for one in self._kept[table].values()
            if one.mark is not None and (one.mark.log, one.layout) == (mark.log, layout) and one.mark.seq <= mark.seq
        ]
        if not older:
            return fresh
        before = max(older, key=lambda one: one.mark.seq if one.mark else 0)
        changed = _changed(connection, table, before.mark.seq if before.mark else 0)
        return fresh if changed is None else _brought(connection, table, before, fresh, changed)


def _depends(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the other tables that are there and that a table's columns are read from."""
    there = tables_of(connection)
    return [name for name in _OF_FLAGS if name in there] if table == "flags" else []


def _changed(connection: sqlite3.Connection, table: str, seq: int) -> set[int] | None:
    """Return the fids of the rows whose columns may differ since a change; None where it may be any."""
    own = changed_since(connection, table, seq)
    if own is None:
        return None
    fids, keys = set(own.fids), set[str]()
    for name in _depends(connection, table):
        other = changed_since(connection, name, seq)
        # where an area changed, the claimed area's forebear may be another one for any flag
        if other is None or (other.fids and not (other.named and name in SOURCE_TABLES)):
            return None
        keys |= other.keys
    if keys:
        query = f"SELECT fid FROM {table} WHERE source_id IN (SELECT value FROM json_each(?))"
        fids |= {row[0] for row in connection.execute(query, (orjson.dumps(sorted(keys)).decode(),))}
    return fids if len(fids) <= _CHANGED else None


def _brought(connection: sqlite3.Connection, table: str, before: _Kept, fresh: _Kept, changed: set[int]) -> _Kept:
    columns = {
        name: column.aligned(before.fids, fresh.fids) if column else None for name, column in before.columns.items()
    }
    if changed and columns:
        there, values = reread(connection, table, changed, before.read)
        where = np.searchsorted(fresh.fids, there)
        columns = {name: column.changed(where, values[name]) if column else None for name, column in columns.items()}
    return _Kept(fresh.mark, fresh.layout, fresh.fids, columns, dict(before.read))
