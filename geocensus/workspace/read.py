"""Read a workspace back into the tables that were written."""
# ruff: noqa: S608 - names of tables cannot be parameters of SQL; they go through quoted()

import json
import sqlite3
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from geocensus.errors import DataNotFoundError
from geocensus.model import BasemapInfo, Text
from geocensus.names import CODE
from geocensus.workspace.columns import unfold_overflow
from geocensus.workspace.geometry import SRS_ID, decode
from geocensus.workspace.schema import quoted
from geocensus.workspace.store import exists
from geocensus.workspace.tables import JUDGED, SOURCE_TABLES
from geocensus.workspace.tables_review import REVIEWED

__all__ = [
    "read_areas",
    "read_attributes",
    "read_basemap_info",
    "read_decisions",
    "read_flags",
    "read_runs",
    "read_sources",
    "read_summary",
    "read_table",
]


_ARROW_TYPES: Final = {
    **dict.fromkeys(("REAL", "DOUBLE", "FLOAT"), pa.float64()),
    **dict.fromkeys(("INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT"), pa.int64()),
    **dict.fromkeys(("TEXT", "DATE", "DATETIME"), pa.large_string()),
}
_PANDAS_TYPES: Final[dict[Any, Any]] = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
_FIRST_STATE: Final = {"flag_state": "open", "review_state": "open", "outcome": "", "decision_id": ""}
_EMPTY: Final = {"TEXT": "str", "REAL": "float64", "INTEGER": "int64", "BOOLEAN": "bool"}
_PLAIN: Final = {"Int64": "int64", "boolean": "bool"}  # types of whole columns in which nothing is missing


def read_table(
    connection: sqlite3.Connection,
    table: str,
    *,
    only: tuple[str, str] | None = None,
    where: tuple[str, tuple[object, ...]] = ("", ()),
) -> pd.DataFrame:
    """Return a table's rows in the order of their fid, with the headers they were written with.

    Parameters
    ----------
    connection
        Any connection.
    table
        Name of the table.
    only
        Column and value of the rows wanted; by default all.
    where
        Instead of `only`: a condition of SQL, and its values.

    Returns
    -------
    DataFrame
        Index fid; texts as str (NaN missing), numbers as float64 or Int64, geometry as blobs in column geom.

    Raises
    ------
    DataNotFoundError
        When the workspace has no such table.
    """
    if not exists(connection, table):
        raise DataNotFoundError(
            f"the workspace has no table {table!r}: run `geocensus check` with a basemap that holds it",
            f"工作区中没有表 {table}：请换用含该内容的底图重新运行 `geocensus check`",
        )
    kinds = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}
    headers = dict(
        connection.execute("SELECT column_name, name FROM gpkg_data_columns WHERE table_name = ?", (table,)).fetchall()
    )
    condition, values = where if only is None else (f"{quoted(only[0])} = ?", only[1:])
    query = f"SELECT * FROM {quoted(table)} WHERE {condition or '1'} ORDER BY fid"
    rows = connection.execute(query, values).fetchall()
    lists = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    columns = {headers.get(name, name): _array(values, kinds[name]) for name, values in zip(kinds, lists, strict=True)}
    return pa.table(columns).to_pandas(types_mapper=_PANDAS_TYPES.get).set_index("fid")


def _array(values: tuple[Any, ...], kind: str) -> Any:
    """Return one column for Arrow, by its declared type; SQLite itself would let any value in."""
    if kind == "BOOLEAN":
        return pa.array(values, type=pa.int64()).cast(pa.bool_())
    return pa.array(values, type=_ARROW_TYPES.get(kind.partition("(")[0], pa.large_binary()))


def read_sources(connection: sqlite3.Connection, where: tuple[str, tuple[object, ...]] = ("", ())) -> pd.DataFrame:
    """Return all rows read, located, unlocated and excluded together, in the order of the list.

    Parameters
    ----------
    connection
        Any connection.
    where
        As for :func:`read_table`.

    Returns
    -------
    DataFrame
        As written, with a RangeIndex and ``attrs``.
    """
    parts = [read_table(connection, name, where=where) for name, _title, _geometry in SOURCE_TABLES.values()]
    filled = [part.drop(columns="geom", errors="ignore") for part in parts if len(part)] or [
        parts[0].drop(columns="geom")
    ]
    sources = pd.concat(filled, ignore_index=True) if len(filled) > 1 else filled[0]
    sources = unfold_overflow(sources.sort_values("position", kind="stable").drop(columns="position"))
    sources = sources.reset_index(drop=True)
    kinds = {name: _PLAIN[str(kind)] for name, kind in sources.dtypes.items() if str(kind) in _PLAIN}
    sources = sources.astype({name: kind for name, kind in kinds.items() if sources[name].notna().all()})
    sources.attrs = json.loads(_info(connection, "sources_attrs") or "{}")
    return sources


def read_flags(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return the flags of the latest run.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    DataFrame
        As written, with first_run, last_run, flag_state ("open", "closed", "reopened"), outcome and decision_id of
        the decision that holds ("" where none does); RangeIndex.
    """
    flags = read_attributes(connection, "flags")
    missing = {name: first for name, first in _FIRST_STATE.items() if name not in flags}
    return flags.assign(**{name: pd.Series(first, index=flags.index, dtype="str") for name, first in missing.items()})


def read_decisions(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return every decision, oldest first.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    DataFrame
        Columns of the table ``decisions``; RangeIndex.
    """
    return read_attributes(connection, "decisions")


def read_attributes(connection: sqlite3.Connection, table: str) -> pd.DataFrame:
    """Return a table without its geometry; one that an older version did not know is read without rows.

    Parameters
    ----------
    connection
        Any connection.
    table
        Name of one of our tables.

    Returns
    -------
    DataFrame
        Its columns; RangeIndex.
    """
    known = {known.name: known for known in (*JUDGED, *REVIEWED)}.get(table)
    rows = read_table(connection, table) if known is None or exists(connection, table) else pd.DataFrame()
    rows = rows.drop(columns="geom", errors="ignore").reset_index(drop=True)
    if known is None:
        return rows
    kinds = {column.name: _EMPTY[column.kind] for column in known.columns}
    if rows.empty:  # also the repairs of version 1, which were other columns without a row
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    whole = {name: kind for name, kind in kinds.items() if rows[name].notna().all()}
    return rows.astype(whole)


def read_areas(connection: sqlite3.Connection, level: str) -> gpd.GeoDataFrame:
    """Return the areas of one level, sorted by code.

    Parameters
    ----------
    connection
        Any connection.
    level
        "township", …, or "zones" for the finest.

    Returns
    -------
    GeoDataFrame
        Columns code, name, parent_code, level, geometry (MultiPolygon or None); EPSG:4490.

    Raises
    ------
    DataNotFoundError
        When the workspace has no such level.
    """
    rows = read_table(connection, level if level == "zones" else f"areas_{level}").sort_values(CODE, kind="stable")
    geometry = decode(rows["geom"].tolist())
    return gpd.GeoDataFrame(rows.drop(columns="geom").reset_index(drop=True), geometry=geometry, crs=f"EPSG:{SRS_ID}")


def read_basemap_info(connection: sqlite3.Connection) -> BasemapInfo:
    """Return what is known about the basemap.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    BasemapInfo
        As written; an empty one before the first run.
    """
    rows = connection.execute("SELECT key, value FROM basemap_info").fetchall()
    values = {key: json.loads(value) for key, value in rows}
    return BasemapInfo.from_dict(values, values.get("sha256", "")) if values else BasemapInfo("", Text("", ""))


def read_runs(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return the runs, oldest first.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    DataFrame
        One row per run; settings, versions, summary and provenance as JSON texts.
    """
    return read_table(connection, "runs").reset_index(drop=True)


def read_summary(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return the summary of the latest run.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    dict
        Empty before the first run.
    """
    row = connection.execute("SELECT summary FROM runs ORDER BY fid DESC LIMIT 1").fetchone()
    return json.loads(row[0]) if row else {}


def _info(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM workspace_info WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None
