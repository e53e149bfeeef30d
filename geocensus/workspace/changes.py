"""Which rows changed since a reader looked last: a log that triggers keep, whichever program edits."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted() or literal()

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from geocensus.names import SOURCE_ID
from geocensus.workspace.schema import literal, quoted

__all__ = ["Changes", "changed_since", "keep_log", "last_change", "name_of_log", "replaced", "watch", "watched"]

_PREFIX: Final = "change_log_"  # of the triggers' names
_KEPT: Final = 100_000  # changes that are remembered; whoever looked before reads all again
_EVENTS: Final = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
# AUTOINCREMENT: a number is never used twice, so that a reader cannot take a later change for one it has seen
_LOG: Final = (
    "CREATE TABLE IF NOT EXISTS change_log (seq INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT, fid INTEGER, key TEXT)"
)
_BY_TABLE: Final = "CREATE INDEX IF NOT EXISTS index_change_log_tbl ON change_log (tbl, seq)"
_SHORTENED: Final = (
    "CREATE TRIGGER IF NOT EXISTS shorten_change_log AFTER INSERT ON change_log WHEN NEW.seq % 1000 = 0 "
    f"BEGIN DELETE FROM change_log WHERE seq <= NEW.seq - {_KEPT} "
    "AND seq NOT IN (SELECT max(seq) FROM change_log GROUP BY tbl); END"
)
# numbers of two workspaces are not to be mixed up, should one be copied over the other
_NAMED: Final = (
    "INSERT INTO workspace_info (key, value) SELECT 'change_log', hex(randomblob(8)) "
    "WHERE NOT EXISTS (SELECT 1 FROM workspace_info WHERE key = 'change_log')"
)
_OF_SOURCES: Final = "CREATE INDEX IF NOT EXISTS index_flags_source_id ON flags (source_id)"
_SPATIAL: Final = "SELECT table_name FROM gpkg_geometry_columns"
_LISTS: Final = ("sources", "unlocated_sources", "excluded_rows")
_KEYED: Final = ("flags", *_LISTS)  # changes of these name the source
_PRESENT: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'change_log'"


@dataclass(frozen=True)
class Changes:
    """Fids that were written or removed, and the ids of the sources that they are or were of.

    Only flags and lists of sources have such ids; ``named`` tells whether each change has one: those that an older
    version noted have not.
    """

    fids: frozenset[int]
    keys: frozenset[str]
    named: bool = True


def keep_log(connection: sqlite3.Connection) -> None:
    """Begin to note changes of every spatial table and of the lists of sources, for workspaces that do not yet.

    Parameters
    ----------
    connection
        Inside a transaction, or to a file that nobody else sees.
    """
    for statement in (_LOG, _BY_TABLE, _SHORTENED):
        connection.execute(statement)
    connection.execute(_NAMED)
    for table in dict.fromkeys([*(row[0] for row in connection.execute(_SPATIAL).fetchall()), *_LISTS]):
        watch(connection, table)
    if {SOURCE_ID} <= _columns(connection, "flags"):
        connection.execute(_OF_SOURCES)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}


def watch(connection: sqlite3.Connection, table: str) -> None:
    """Note changes of a table from now on, row by row.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        A spatial table or a list of sources; nothing happens where the workspace keeps no log, or to other tables.
    """
    spatial = connection.execute(f"{_SPATIAL} WHERE table_name = ?", (table,)).fetchone()
    columns = _columns(connection, table)
    if connection.execute(_PRESENT).fetchone() is None or not columns or (spatial is None and table not in _LISTS):
        return
    keyed = table in _KEYED and SOURCE_ID in columns
    for event, rows in _EVENTS.items():
        # an update that keeps fid and source is one change, not two
        same = f"OLD.fid = NEW.fid{f' AND OLD.{SOURCE_ID} IS NEW.{SOURCE_ID}' if keyed else ''}"
        notes = " ".join(
            f"INSERT INTO change_log (tbl, fid, key) SELECT {literal(table)}, {row}.fid, "
            f"{f'{row}.{SOURCE_ID}' if keyed else 'NULL'}{f' WHERE NOT ({same})' if len(rows) > number + 1 else ''};"
            for number, row in enumerate(rows)
        )
        connection.execute(
            f"CREATE TRIGGER IF NOT EXISTS {quoted(f'{_PREFIX}{event}_{table}')} AFTER {event.upper()} "
            f"ON {quoted(table)} BEGIN {notes} END"
        )
    if keyed and table == "flags":
        connection.execute(_OF_SOURCES)  # whose flags a changed source has


def replaced(connection: sqlite3.Connection, table: str) -> None:
    """Note that a whole table was written anew, in one line instead of one per row.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Name of the table; nothing happens where the workspace keeps no log.
    """
    if connection.execute(_PRESENT).fetchone() is not None:
        connection.execute("INSERT INTO change_log (tbl) VALUES (?)", (table,))


def watched(connection: sqlite3.Connection, tables: Iterable[str]) -> bool:
    """Tell whether changes of some tables are noted: another program may have made a table anew without triggers.

    Parameters
    ----------
    connection
        A workspace of any version.
    tables
        Names of tables.

    Returns
    -------
    bool
        True when the log tells of each of them.
    """
    wanted = {f"{_PREFIX}{event}_{table}" for table in tables for event in _EVENTS}
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB ?", (f"{_PREFIX}*",))
    return wanted <= {row[0] for row in rows}


def last_change(connection: sqlite3.Connection, table: str = "") -> int:
    """Return the number of the latest change.

    Parameters
    ----------
    connection
        A workspace that keeps a log.
    table
        Of this table only; each table's latest change is remembered for ever.

    Returns
    -------
    int
        0 before the first.
    """
    where, values = ("WHERE tbl = ?", (table,)) if table else ("", ())
    return int(connection.execute(f"SELECT coalesce(max(seq), 0) FROM change_log {where}", values).fetchone()[0])


def name_of_log(connection: sqlite3.Connection) -> str:
    """Return what tells this workspace's log from that of another.

    Parameters
    ----------
    connection
        A workspace of any version.

    Returns
    -------
    str
        Random; empty where no log is kept.
    """
    found = connection.execute("SELECT value FROM workspace_info WHERE key = 'change_log'").fetchone()
    return str(found[0]) if found else ""


def changed_since(connection: sqlite3.Connection, table: str, seq: int) -> Changes | None:
    """Return which rows of a table were changed after a change.

    Parameters
    ----------
    connection
        A workspace that keeps a log, in a read transaction.
    table
        Name of the table.
    seq
        From :func:`last_change`, when the reader looked last.

    Returns
    -------
    Changes or None
        None where all rows must be read again: the table was written anew, or the log no longer reaches back.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from geocensus.workspace import Workspace, read_only
    >>> path = Path(tempfile.mkdtemp()) / "ws.gpkg"
    >>> _ = Workspace.create(path)
    >>> with read_only(path) as connection:
    ...     changed_since(connection, "sources", last_change(connection))
    Changes(fids=frozenset(), keys=frozenset(), named=True)
    """
    if last_change(connection) - seq >= _KEPT:
        return None
    query = "SELECT DISTINCT fid, key FROM change_log WHERE tbl = ? AND seq > ?"
    rows = connection.execute(query, (table, seq)).fetchall()
    if any(fid is None for fid, _key in rows):
        return None
    keys = frozenset(key for _, key in rows if key is not None)
    return Changes(frozenset(fid for fid, _ in rows), keys, all(key is not None for _, key in rows))
