"""Selections answered from memory: which fids, how many, and as points for tiles."""

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geocensus_api.features.catalogue import Collection, Property
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.selection import Selection, selected
from geocensus_api.store.columns import Coded, numbers_by
from geocensus_api.store.columns_keeper import Columns, is_coded
from geocensus_api.store.pool import Pool
from geocensus_api.store.snapshot import Snapshot, View, snapshot_of
from geocensus_api.store.snapshot_keeper import Keeper
from geocensus_api.store.snapshot_load import LAYERS
from geocensus_api.store.snapshot_masks import Remembered, fids_of, in_all, of_all
from geocensus_api.tiles.cells import fids_in

__all__ = ["Memory", "Points"]

_LISTS_BYTES: Final = 64_000_000
_VIEWS_BYTES: Final = 128_000_000
_GROUPS: Final = 1 << 62  # combinations that have a number of their own
_VIEW_ROW: Final = 20  # bytes of a place in a view, with its sums


@dataclass(frozen=True)
class Points:
    """Points of a selection, with the snapshot whose rows they are."""

    snapshot: Snapshot
    view: View


class Memory:
    """Snapshots, and the filters that were asked of them.

    Parameters
    ----------
    pool
        Of the connections that requests come with.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._keeper = Keeper(pool)
        self._columns = Columns(pool)
        self._lists = Remembered(_LISTS_BYTES)
        self._views = Remembered(_VIEWS_BYTES)

    def fids(self, connection: sqlite3.Connection, selection: Selection) -> NDArray[np.int64]:
        """Return the fids of a selection, whatever its order.

        Parameters
        ----------
        connection
            In its read transaction.
        selection
            Any; its condition is asked once in each state of the workspace.

        Returns
        -------
        ndarray
            Rising.
        """
        table, condition = selection.source.table, selection.condition
        if not condition.sql and table in LAYERS:
            return self._keeper.snapshot(connection, table).rows.fids
        key = (self._pool.known(connection).state, table, condition)
        found: NDArray[np.int64] = self._lists.get(key, lambda: fids_of(connection, table, condition), _size)
        return found

    def matched(
        self, connection: sqlite3.Connection, source: Collection, fields: Mapping[str, Property], wanted: Wanted
    ) -> NDArray[np.int64]:
        """Return the fids of what a query wants; boxes and properties of few values are looked up in memory.

        Parameters
        ----------
        connection
            In its read transaction.
        source
            The collection as a person sees it.
        fields
            Its properties.
        wanted
            The query; what of it is in memory is left to the snapshot, the rest is one pass of SQL.

        Returns
        -------
        ndarray
            Rising.

        Raises
        ------
        ProblemError
            400.
        """
        if source.table not in LAYERS:
            return self.fids(connection, selected(source, tuple(fields.values()), wanted))
        snapshot = self._keeper.snapshot(connection, source.table)
        rows = self._rows(connection, snapshot, source, fields, wanted)
        return snapshot.rows.fids if rows is None else snapshot.rows.fids[rows]

    def grouped(
        self,
        connection: sqlite3.Connection,
        source: Collection,
        fields: Mapping[str, Property],
        wanted: Wanted,
        by: Sequence[Property],
    ) -> list[tuple[Any, ...]] | None:
        """Return how many features a query leaves for each combination of some properties.

        Parameters
        ----------
        connection
            In its read transaction.
        source
            The collection as a person sees it.
        fields
            Its properties.
        wanted
            The query.
        by
            One or more of the properties.

        Returns
        -------
        list or None
            Values, then the number; the most first, then by value. None where they are not in memory.

        Raises
        ------
        ProblemError
            400.
        """
        if source.table not in LAYERS or not all(map(is_coded, by)):
            return None
        snapshot = self._keeper.snapshot(connection, source.table)
        columns = self._columns.of(connection, source.table, snapshot, {one.name: one for one in by})
        if columns is None or math.prod(len(column.names) for column in columns.values()) > _GROUPS:
            return None
        rows = self._rows(connection, snapshot, source, fields, wanted)
        return numbers_by([columns[one.name] for one in by], rows)

    def _rows(
        self,
        connection: sqlite3.Connection,
        snapshot: Snapshot,
        source: Collection,
        fields: Mapping[str, Property],
        wanted: Wanted,
    ) -> NDArray[np.bool_] | NDArray[np.intp] | None:
        """Return which rows of a snapshot a query leaves; None for all. What is not in memory is one pass of SQL."""
        coded: dict[str, Coded] = {}
        for name in wanted.equal:
            if is_coded(fields[name]):
                coded |= self._columns.of(connection, source.table, snapshot, {name: fields[name]}) or {}
        box = wanted.bbox if source.coarse is None and source.geometry else None
        left = {name: texts for name, texts in wanted.equal.items() if name not in coded}
        rest = selected(source, tuple(fields.values()), replace(wanted, bbox=None if box else wanted.bbox, equal=left))
        found = of_all(
            self.fids(connection, rest) if rest.condition.sql else None,
            None if box is None else snapshot.in_box(box),
        )
        tests = [(column.codes, column.among(wanted.equal[name])) for name, column in coded.items()]
        if found is None:
            return reduce(np.logical_and, [known[codes] for codes, known in tests]) if tests else None
        rows = snapshot.positions(found)
        for codes, known in tests:
            rows = rows[known[codes[rows]]]
        return rows

    def in_cell(
        self, connection: sqlite3.Connection, source: Collection, fids: NDArray[np.int64], cell: tuple[int, int, int]
    ) -> NDArray[np.int64]:
        """Return the fids of a selection that lie in a cell of a tile.

        Parameters
        ----------
        connection
            In its read transaction.
        source
            A collection that has cells, as a person sees it.
        fids
            Of the selection, rising.
        cell
            Level, column and row, as the tile's feature has it.

        Returns
        -------
        ndarray
            Rising; as many as the feature counts.
        """
        return in_all(fids_in(self._snapshot(connection, source), cell), fids)

    def points(
        self, connection: sqlite3.Connection, source: Collection, fields: Mapping[str, Property], wanted: Wanted
    ) -> Points:
        """Return the points of what a query wants, in the order of the tiles.

        Parameters
        ----------
        connection
            In its read transaction.
        source
            A collection of points as a person sees it: where that is coarsely, so are these.
        fields
            Its properties.
        wanted
            The query.

        Returns
        -------
        Points
            Kept as long as the state.

        Raises
        ------
        ProblemError
            400.
        """
        snapshot = self._snapshot(connection, source)
        everything = selected(source, tuple(fields.values()), wanted)
        if not everything.condition.sql:
            return Points(snapshot, snapshot.view)
        key = (self._pool.known(connection).state, source.table, source.coarse is None, everything.condition)

        def made() -> Points:
            return Points(snapshot, snapshot.only(snapshot.mask(self.matched(connection, source, fields, wanted))))

        found: Points = self._views.get(key, made, lambda points: len(points.view.places) * _VIEW_ROW)
        return found

    def _snapshot(self, connection: sqlite3.Connection, source: Collection) -> Snapshot:
        if source.coarse is None:
            return self._keeper.snapshot(connection, source.table)
        exact, coarse = self._keeper.snapshot(connection, source.table, area=source.coarse.area), source.coarse
        key = (self._pool.known(connection).state, source.table, "coarse")
        found: Snapshot = self._views.get(key, lambda: _coarse(exact, coarse.places), lambda one: len(one) * _VIEW_ROW)
        return found


def _size(fids: NDArray[np.int64]) -> int:
    return int(fids.nbytes)


def _coarse(exact: Snapshot, places: Mapping[str, Any]) -> Snapshot:
    """Return the same rows at the points of their areas, without flags: nothing of the exact places is left in it."""
    nowhere = (np.nan, np.nan)
    points = np.array([places.get(code or "", nowhere) for code in exact.areas], dtype=np.float64).reshape(-1, 2)
    lon, lat = points[exact.rows.area].T.copy()
    none = {name: np.zeros_like(getattr(exact.rows, name)) for name in ("worst", "flags")}
    return snapshot_of(replace(exact.rows, lon=lon, lat=lat, **none), exact.kinds, exact.areas)
