"""The columns of tables, read once for each layout of the workspace."""

import sqlite3
from collections.abc import Mapping

from geocensus.workspace import quoted
from geocensus_api.features.kept import keep

__all__ = ["columns_of", "tables_of"]


def columns_of(connection: sqlite3.Connection, table: str) -> Mapping[str, str]:
    """Return the columns of a table.

    Parameters
    ----------
    connection
        A workspace.
    table
        Its name.

    Returns
    -------
    dict
        SQL types by name, in the order of the file; empty where there is no such table.
    """

    def read() -> dict[str, str]:
        return {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}

    found: Mapping[str, str] = keep(connection, ("columns", table), read, tables=lambda name: name == table)
    return found


def tables_of(connection: sqlite3.Connection) -> Mapping[str, tuple[str, tuple[float | None, ...]]]:
    """Return the tables that a GeoPackage declares.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    dict
        By name: the geometry's type ("" without), and the extent: minx, miny, maxx, maxy.
    """

    def read() -> dict[str, tuple[str, tuple[float | None, ...]]]:
        rows = connection.execute(
            "SELECT c.table_name, coalesce(g.geometry_type_name, ''), c.min_x, c.min_y, c.max_x, c.max_y"
            " FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g USING (table_name)"
        )
        return {row[0]: (row[1], tuple(row[2:])) for row in rows}

    found: Mapping[str, tuple[str, tuple[float | None, ...]]] = keep(
        connection, "tables", read, tables=lambda _name: True
    )
    return found
