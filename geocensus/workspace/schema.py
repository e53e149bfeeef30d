"""Tables of a workspace as data, and their GeoPackage DDL (OGC 12-128r18, GeoPackage 1.3)."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from dataclasses import dataclass
from typing import Final

from pyproj import CRS

from geocensus.model import Text

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "Column",
    "Table",
    "create_core",
    "create_index",
    "create_table",
    "create_triggers",
    "describe",
    "drop_table",
    "drop_triggers",
    "literal",
    "quoted",
    "reset_rtree",
    "rtree",
]

APPLICATION_ID: Final = 0x47504B47  # "GPKG"
USER_VERSION: Final = 10300
SCHEMA_VERSION: Final = 3  # of our own tables; raised when an older geocensus could no longer read them
GEOMETRY: Final = "geom"


_NO_TITLE: Final = Text("", "")


@dataclass(frozen=True)
class Column:
    """One column: its name in the file, its SQL type, and the name it had in the table that was written."""

    name: str
    kind: str = "TEXT"
    header: str = ""
    title: Text = _NO_TITLE


@dataclass(frozen=True)
class Table:
    """One table: columns besides fid and geometry, geometry type ("" for attributes), key of a row."""

    name: str
    columns: tuple[Column, ...]
    title: Text
    geometry: str = ""
    key: str = ""
    unique: bool = False


_CORE: Final = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
INSERT INTO gpkg_extensions VALUES
  ('gpkg_data_columns', NULL, 'gpkg_schema',
   'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
  ('gpkg_data_column_constraints', NULL, 'gpkg_schema',
   'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
"""


def quoted(name: str) -> str:
    """Return a name as an SQL identifier, whatever it holds.

    Parameters
    ----------
    name
        Name of a table or column.

    Returns
    -------
    str
        The quoted name.

    Examples
    --------
    >>> quoted('raw:a"b')
    '"raw:a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL string, for DDL, where parameters are not allowed.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        The quoted text.
    """
    return "'" + text.replace("'", "''") + "'"


def rtree(table: str) -> str:
    """Return the name of a layer's R-tree table.

    Parameters
    ----------
    table
        A spatial layer.

    Returns
    -------
    str
        Not quoted.
    """
    return f"rtree_{table}_{GEOMETRY}"


def create_core(connection: sqlite3.Connection) -> None:
    """Write the tables that make an empty SQLite file a GeoPackage.

    Parameters
    ----------
    connection
        To an empty file.
    """
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.executescript(_CORE)
    undefined = "undefined geographic coordinate reference system"
    rows = [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", undefined),
        *[_reference_system(code) for code in (4326, 4490)],
    ]
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", rows)


def _reference_system(code: int) -> tuple[str, int, str, int, str, str]:
    crs = CRS.from_epsg(code)
    return (
        crs.name,
        code,
        "EPSG",
        code,
        crs.to_wkt("WKT1_GDAL"),
        "longitude and latitude in decimal degrees; x = lon, y = lat",
    )


def create_table(connection: sqlite3.Connection, table: Table) -> None:
    """Create an empty table and list it wherever a GeoPackage asks for it.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        What to create.
    """
    geometry = [f"{GEOMETRY} {table.geometry}"] if table.geometry else []
    columns = [f"{quoted(column.name)} {column.kind}" for column in table.columns]
    body = ", ".join(["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", *geometry, *columns])
    connection.execute(f"CREATE TABLE {quoted(table.name)} ({body})")
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES (?, ?, ?, ?, ?)",
        (
            table.name,
            "features" if geometry else "attributes",
            table.name,
            _both(table.title),
            4490 if geometry else None,
        ),
    )
    connection.execute("INSERT INTO gpkg_ogr_contents VALUES (?, 0)", (table.name,))
    if geometry:
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, 4490, 0, 0)", (table.name, GEOMETRY, table.geometry)
        )
        definition = "http://www.geopackage.org/spec120/#extension_rtree"
        row = (table.name, GEOMETRY, "gpkg_rtree_index", definition, "write-only")
        connection.execute("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", row)
        _create_rtree(connection, table.name)
    describe(connection, table)
    create_triggers(connection, table.name, spatial=bool(geometry))


def create_index(connection: sqlite3.Connection, table: Table) -> None:
    """Index a table by its key, after its first rows: then it is sorted once.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Nothing happens when it has no key or has its index.
    """
    if table.key:
        unique, name = "UNIQUE " if table.unique else "", quoted(f"index_{table.name}_{table.key}")
        connection.execute(f"CREATE {unique}INDEX IF NOT EXISTS {name} ON {quoted(table.name)} ({quoted(table.key)})")


def _both(title: Text) -> str:
    return f"{title.zh} / {title.en}" if title.en else title.zh


def describe(connection: sqlite3.Connection, table: Table) -> None:
    """Write down each column's original header and its titles (GeoPackage extension "schema").

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Columns without header and title are left out.
    """
    rows = [
        (table.name, column.name, column.header or column.name, column.title.zh or None, column.title.en or None)
        for column in table.columns
        if column.header or column.title.zh
    ]
    connection.execute("DELETE FROM gpkg_data_columns WHERE table_name = ?", (table.name,))
    connection.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)", rows)


def _create_rtree(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(f"CREATE VIRTUAL TABLE {quoted(rtree(table))} USING rtree(id, minx, maxx, miny, maxy)")


def reset_rtree(connection: sqlite3.Connection, table: str) -> None:
    """Empty a layer's R-tree; dropping and making it again is far faster than deleting its rows.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        A spatial layer.
    """
    connection.execute(f"DROP TABLE {quoted(rtree(table))}")
    _create_rtree(connection, table)


def create_triggers(connection: sqlite3.Connection, table: str, *, spatial: bool) -> None:
    """Create the triggers that keep a table's count and its R-tree true when QGIS or GDAL edits it.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Name of the table.
    spatial
        Whether it has an R-tree.
    """
    target, name = quoted(table), literal(table)
    for event, step in (("insert", "+ 1"), ("delete", "- 1")):
        connection.execute(
            f"CREATE TRIGGER {quoted(f'trigger_{event}_feature_count_{table}')} AFTER {event.upper()} ON {target} "
            f"BEGIN UPDATE gpkg_ogr_contents SET feature_count = feature_count {step} "
            f"WHERE lower(table_name) = lower({name}); END"
        )
    for part, rule in _rtree_rules(table).items() if spatial else ():
        connection.execute(f"CREATE TRIGGER {quoted(f'{rtree(table)}_{part}')} {rule}")


def _rtree_rules(table: str) -> dict[str, str]:
    """Return the triggers of GeoPackage 1.4, requirement 75: the older ones go wrong at upserts."""
    target, tree = quoted(table), quoted(rtree(table))
    box = ", ".join(f"{function}(NEW.{GEOMETRY})" for function in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"))
    filled, empty = (
        {row: f"({row}.{GEOMETRY} {null} {word} ST_IsEmpty({row}.{GEOMETRY}))" for row in ("NEW", "OLD")}
        for null, word in (("NOT NULL", "AND NOT"), ("IS NULL", "OR"))
    )
    insert = f"INSERT OR REPLACE INTO {tree} VALUES (NEW.fid, {box});"
    parts = zip(("minx", "maxx", "miny", "maxy"), box.split(", "), strict=True)
    update = f"UPDATE {tree} SET {', '.join(f'{side} = {value}' for side, value in parts)} WHERE id = NEW.fid;"
    moved, same = "OLD.fid != NEW.fid", "OLD.fid = NEW.fid"
    geometry_set = f"AFTER UPDATE OF {GEOMETRY} ON {target} WHEN {same}"
    return {
        "insert": f"AFTER INSERT ON {target} WHEN {filled['NEW']} BEGIN {insert} END",
        "update2": f"{geometry_set} AND {empty['NEW']} BEGIN DELETE FROM {tree} WHERE id = OLD.fid; END",
        "update4": f"AFTER UPDATE ON {target} WHEN {moved} AND {empty['NEW']} "
        f"BEGIN DELETE FROM {tree} WHERE id IN (OLD.fid, NEW.fid); END",
        "update5": f"AFTER UPDATE ON {target} WHEN {moved} AND {filled['NEW']} "
        f"BEGIN DELETE FROM {tree} WHERE id = OLD.fid; {insert} END",
        "update6": f"{geometry_set} AND {filled['NEW']} AND {filled['OLD']} BEGIN {update} END",
        "update7": f"{geometry_set} AND {filled['NEW']} AND {empty['OLD']} BEGIN {insert} END",
        "delete": f"AFTER DELETE ON {target} WHEN OLD.{GEOMETRY} NOT NULL "
        f"BEGIN DELETE FROM {tree} WHERE id = OLD.fid; END",
    }


def drop_triggers(connection: sqlite3.Connection, table: str) -> None:
    """Drop a table's triggers, ours and those of any version of GDAL, before rows are written in bulk.

    Parameters
    ----------
    connection
        Inside a transaction; made again by :func:`create_triggers`.
    table
        Name of the table.
    """
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    ).fetchall()
    counted = ("trigger_insert_feature_count_", "trigger_delete_feature_count_")
    standard = (f"{rtree(table)}_", *counted, "change_log_")  # the last ones: changes.watch
    for (name,) in rows:
        if name.startswith(standard):  # a trigger that somebody added stays
            connection.execute(f"DROP TRIGGER {quoted(name)}")


def drop_table(connection: sqlite3.Connection, table: str) -> None:
    """Drop a table and every mention of it.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Name of the table; nothing happens when it is not there.
    """
    drop_triggers(connection, table)
    connection.execute(f"DROP TABLE IF EXISTS {quoted(rtree(table))}")
    for place in (
        "gpkg_extensions",
        "gpkg_geometry_columns",
        "gpkg_data_columns",
        "gpkg_ogr_contents",
        "gpkg_contents",
    ):
        connection.execute(f"DELETE FROM {place} WHERE table_name = ?", (table,))
    connection.execute("DELETE FROM layer_styles WHERE f_table_name = ?", (table,))
    connection.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
