"""Bring one table of the workspace to new content: same key, same fid; other people's columns stay."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geocensus.errors import SchemaError
from geocensus.workspace.changes import replaced, watch
from geocensus.workspace.columns import values_of
from geocensus.workspace.rtree import fill_rtree
from geocensus.workspace.schema import (
    Table,
    create_index,
    create_table,
    create_triggers,
    describe,
    drop_table,
    drop_triggers,
    quoted,
)

__all__ = ["Content", "content_of", "exists", "put", "require_ids"]

_CHUNK: Final = 20_000  # rows turned into Python tuples at a time


@dataclass(frozen=True)
class Content:
    """Rows of a table, turned into Python values a chunk at a time: a national list is too large to do it at once.

    Attributes
    ----------
    columns : sequence of list or Series
        In the table's order.
    blobs, bounds : array
        Of the rows chosen, where the table is spatial.
    chosen : array of bool, optional
        Rows of the columns that belong to the table; all where it is None.
    """

    columns: Sequence[Sequence[Any] | pd.Series]
    blobs: NDArray[np.object_] | None = None
    bounds: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))
    chosen: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.columns[0]) if self.chosen is None else int(self.chosen.sum())

    def chunks(self, table: Table) -> Iterator[list[list[Any]]]:
        """Yield the values of some rows at a time.

        Parameters
        ----------
        table
            Whose columns they are.

        Yields
        ------
        list of list
            Python values, a list per column.
        """
        kinds = [column.kind for column in table.columns]
        for start in range(0, len(self.columns[0]), _CHUNK):
            rows = slice(start, start + _CHUNK)
            kept = None if self.chosen is None else self.chosen[rows]
            if kept is None or kept.any():
                yield [_values(column[rows], kind, kept) for column, kind in zip(self.columns, kinds, strict=True)]


def _values(column: Sequence[Any] | pd.Series, kind: str, kept: NDArray[np.bool_] | None) -> list[Any]:
    if isinstance(column, pd.Series):
        return values_of(column if kept is None else column[kept], kind)
    return list(column)


def exists(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether a table is there.

    Parameters
    ----------
    connection
        Any connection.
    table
        Name of the table.

    Returns
    -------
    bool
        True when it is.
    """
    return bool(
        connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    )


def content_of(table: Table, rows: pd.DataFrame, **more: Any) -> Content:
    """Take a table's columns out of rows; columns that the rows lack stay empty.

    Parameters
    ----------
    table
        What is wanted.
    rows
        Any table.
    **more
        Which rows are chosen; their blobs and bounds, where the table is spatial.

    Returns
    -------
    Content
        One row each.
    """
    nothing = pd.Series(None, index=rows.index, dtype=object)
    columns = [rows.get(column.header or column.name, nothing) for column in table.columns]
    return Content(columns, **more)


def require_ids(table: pd.DataFrame, column: str, name: str) -> None:
    """Refuse a table in which a row has no id, or that of another row.

    Parameters
    ----------
    table
        Any table.
    column
        The ids.
    name
        What the table holds, for the message.

    Raises
    ------
    SchemaError
        Naming the first of them.
    """
    ids = table[column]
    wrong = ids.isna() | ids.duplicated(keep=False)
    if wrong.any():
        shown = ", ".join(map(str, ids[wrong].unique()[:5]))
        raise SchemaError(
            f"{name}: {int(wrong.sum())} rows without {column} or with one used twice ({shown}); give each row its own",
            f"{name}：{int(wrong.sum())} 行的 {column} 缺失或重复（{shown}）；每行须有唯一标识",
        )


def put(connection: sqlite3.Connection, table: Table, content: Content) -> None:
    """Make a table hold exactly these rows.

    Rows are recognised by the table's key: they keep their fid, and columns that somebody added in QGIS keep their
    values. The R-tree is built anew from the bounds given, which is far faster than its triggers.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Created when missing; columns are added and dropped as needed.
    content
        All rows.
    """
    fresh = not exists(connection, table.name)
    if not fresh and _never_used(connection, table.name):
        drop_table(connection, table.name)
        fresh = True
    if fresh:
        create_table(connection, table)
    else:
        _fit_columns(connection, table)
    fids = _fids(connection, table, content)
    drop_triggers(connection, table.name)
    _upsert(connection, table, content, fids, fresh=fresh)
    if table.geometry:
        filled = ~np.isnan(content.bounds).any(axis=1)
        fill_rtree(connection, table.name, fids[filled], content.bounds[filled])
    create_index(connection, table)
    create_triggers(connection, table.name, spatial=bool(table.geometry))
    watch(connection, table.name)
    replaced(connection, table.name)
    _note_contents(connection, table, content)


def _our_columns(connection: sqlite3.Connection, table: str) -> set[str]:
    rows = connection.execute("SELECT column_name FROM gpkg_data_columns WHERE table_name = ?", (table,))
    return {row[0] for row in rows}


def _never_used(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether a table never had a row nor a column of somebody else: then it is made anew, columns in order."""
    present = {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}
    used = connection.execute("SELECT 1 FROM sqlite_sequence WHERE name = ? AND seq > 0", (table,)).fetchone()
    return not used and present - _our_columns(connection, table) <= {"fid", "geom"}


def _fit_columns(connection: sqlite3.Connection, table: Table) -> None:
    """Add missing columns; drop those of ours that are no longer there, so that no old value survives."""
    present = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})")}
    ours = _our_columns(connection, table.name)
    wanted = {column.name: column.kind for column in table.columns}
    stale = [name for name in present if name in ours and wanted.get(name) != present[name]]
    drop_triggers(connection, table.name)
    for name in stale:
        connection.execute(f"ALTER TABLE {quoted(table.name)} DROP COLUMN {quoted(name)}")
    left = {name.casefold() for name in present if name not in stale}
    for name, kind in wanted.items():
        if name.casefold() not in left:
            connection.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {quoted(name)} {kind}")
    describe(connection, table)


def _fids(connection: sqlite3.Connection, table: Table, content: Content) -> NDArray[np.int64]:
    """Return each row's fid: the one its key has, else a new one that no row ever had."""
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).fetchone()
    rows = (
        connection.execute(f"SELECT {quoted(table.key)}, min(fid) FROM {quoted(table.name)} GROUP BY 1").fetchall()
        if table.key
        else []
    )
    found = np.full(len(content), np.nan)
    if rows:
        known = pd.Series([row[1] for row in rows], index=[row[0] for row in rows], dtype="float64")
        at = [column.name for column in table.columns].index(table.key)
        keys = [key for chunk in content.chunks(table) for key in chunk[at]]
        found = known.reindex(pd.Index(keys, dtype=object)).to_numpy(dtype=np.float64).copy()
    new = np.isnan(found) | pd.Series(found).duplicated().to_numpy()
    found[new] = (last[0] if last else 0) + 1 + np.arange(new.sum())
    return found.astype(np.int64)


def _upsert(
    connection: sqlite3.Connection, table: Table, content: Content, fids: NDArray[np.int64], *, fresh: bool
) -> None:
    names = ["fid", *(["geom"] if table.geometry else []), *[column.name for column in table.columns]]
    target, columns = quoted(table.name), ", ".join(map(quoted, names))
    sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in names[1:])
    conflict = "" if fresh else f" ON CONFLICT(fid) DO UPDATE SET {sets}"
    if not fresh:
        _delete_gone(connection, table, fids)
    statement = f"INSERT INTO {target} ({columns}) VALUES ({', '.join('?' * len(names))}){conflict}"
    start = 0
    for chunk in content.chunks(table):  # Ctrl-C is heard between them
        rows = slice(start, start + len(chunk[0]))
        blobs = [content.blobs[rows].tolist()] if table.geometry and content.blobs is not None else []
        connection.executemany(statement, zip(fids[rows].tolist(), *blobs, *chunk, strict=True))
        start = rows.stop


def _delete_gone(connection: sqlite3.Connection, table: Table, fids: NDArray[np.int64]) -> None:
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS kept (fid INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.kept")
    connection.executemany("INSERT INTO temp.kept VALUES (?)", zip(fids.tolist(), strict=True))
    connection.execute(f"DELETE FROM {quoted(table.name)} WHERE fid NOT IN (SELECT fid FROM temp.kept)")


def _note_contents(connection: sqlite3.Connection, table: Table, content: Content) -> None:
    filled = content.bounds[~np.isnan(content.bounds).any(axis=1)]
    box = (
        (filled[:, 0].min(), filled[:, 2].min(), filled[:, 1].max(), filled[:, 3].max()) if len(filled) else (None,) * 4
    )
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),"
        " min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
        (*(None if side is None else float(side) for side in box), table.name),
    )
    connection.execute(
        "UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (len(content), table.name)
    )
