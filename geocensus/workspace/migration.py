"""Bring a workspace that an older version made to the tables of now, inside the transaction of the first write."""

import sqlite3

from geocensus.workspace.changes import keep_log
from geocensus.workspace.schema import (
    SCHEMA_VERSION,
    create_index,
    create_table,
    describe,
    drop_table,
    quoted,
)
from geocensus.workspace.store import exists
from geocensus.workspace.styles import refresh_styles
from geocensus.workspace.tables import JUDGED, REPAIRS, RUN_COUNTS, STANDING, flags_table, keep_for_ever
from geocensus.workspace.tables_review import REVIEWED

__all__ = ["migrate"]

_VERSION = "SELECT value FROM workspace_info WHERE key = 'schema_version'"
_KIND = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?"
_FIRST_STATE = "UPDATE flags SET flag_state = 'open', outcome = '', decision_id = '' WHERE flag_state IS NULL"
_FIRST_REVIEW = (
    "UPDATE flags SET review_state = CASE WHEN flag_state = 'closed' THEN 'decided'"
    " WHEN outcome = 'cannot_decide' THEN 'unclear' ELSE 'open' END WHERE review_state IS NULL"
)


def migrate(connection: sqlite3.Connection) -> None:
    """Add the tables and columns that a workspace lacks; nothing happens to one of this version.

    Version 1 knew no causes, shifts or decisions, and its repairs were points, always without a row. Version 2 knew no
    review: what was decided in it waits for a second person.

    Parameters
    ----------
    connection
        Inside a transaction: what fails leaves the file as it was.
    """
    if int(connection.execute(_VERSION).fetchone()[0]) >= SCHEMA_VERSION:
        return
    kind = connection.execute(_KIND, (REPAIRS.name,)).fetchone()
    if kind is not None and kind[0] != REPAIRS.geometry:
        drop_table(connection, REPAIRS.name)
    for table in (*JUDGED, *REVIEWED):
        if not exists(connection, table.name):
            create_table(connection, table)
            create_index(connection, table)
    keep_for_ever(connection)
    _add_columns(connection, "runs", dict.fromkeys(RUN_COUNTS, "INTEGER"))
    _add_columns(connection, "flags", dict.fromkeys(STANDING, "TEXT"))
    describe(connection, flags_table())
    connection.execute(_FIRST_STATE)
    connection.execute(_FIRST_REVIEW)
    keep_log(connection)
    connection.execute(
        "UPDATE workspace_info SET value = ? WHERE key = 'schema_version'",
        (str(SCHEMA_VERSION),),
    )
    refresh_styles(connection)


def _add_columns(connection: sqlite3.Connection, table: str, kinds: dict[str, str]) -> None:
    present = {row[1].casefold() for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}
    for name, kind in kinds.items():
        if name.casefold() not in present:
            connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {kind}")
