"""Which rows of a long list a change may concern."""

# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they are our own

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from geocensus import names as n
from geocensus.locating import locate_levels
from geocensus.model import State
from geocensus.workspace.schema import quoted
from geocensus.workspace.tables import SOURCE_TABLES

__all__ = ["around"]

_LEVEL: Final = "county"


def around(
    connection: sqlite3.Connection,
    source_ids: Sequence[str],
    points: Sequence[tuple[float, float]],
    basemap: Any,
    *,
    whole: int,
) -> tuple[str, tuple[object, ...]]:
    """Return the condition of the rows that a change of sources may concern.

    Neighbours share a claimed village, a place that the address names, or an industrial park: all of one county.

    Parameters
    ----------
    connection
        A workspace.
    source_ids
        Sources that change.
    points
        Where they are moved to, degrees.
    basemap : Basemap
        The workspace's.
    whole
        Rows up to which a list is taken as a whole.

    Returns
    -------
    tuple
        Condition of SQL on a table of sources, and its values.
    """
    tables = [name for name, _title, _geometry in SOURCE_TABLES.values()]
    size = sum(connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0] for name in tables)
    if size <= whole or _LEVEL not in basemap.levels:
        return "1", ()
    rows = [row for name in tables for row in _rows(connection, name, source_ids)]
    below = _below(basemap, _counties(rows, points, basemap))
    sites = sorted({str(value) for row in rows for value in (row["source_id"], row.get("parent_id")) if value})
    places = [[row["lon"], row["lat"]] for row in rows if row["lon"] is not None] + [list(point) for point in points]
    condition = (
        f"(code_{_LEVEL} IN (SELECT value FROM json_each(?1)) OR claimed_area_code IN (SELECT value FROM json_each(?1))"
        " OR source_id IN (SELECT value FROM json_each(?2))"
        " OR EXISTS (SELECT 1 FROM json_each(?3) p WHERE lon = p.value ->> 0 AND lat = p.value ->> 1)"
    )
    condition += " OR parent_id IN (SELECT value FROM json_each(?2)))" if _has_parents(connection) else ")"
    return condition, (json.dumps(below), json.dumps(sites), json.dumps(places))


def _rows(connection: sqlite3.Connection, table: str, source_ids: Sequence[str]) -> list[dict[str, Any]]:
    query = f"SELECT * FROM {quoted(table)} WHERE source_id IN (SELECT value FROM json_each(?))"
    cursor = connection.execute(query, (json.dumps(list(source_ids)),))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _has_parents(connection: sqlite3.Connection) -> bool:
    return any(row[1] == "parent_id" for row in connection.execute("PRAGMA table_info(sources)"))


def _counties(rows: list[dict[str, Any]], points: Sequence[tuple[float, float]], basemap: Any) -> set[str]:
    """Return the counties that the sources lie in, claim, or are moved to."""
    parents = pd.concat([basemap.areas(level).set_index(n.CODE)[n.PARENT_CODE] for level in basemap.levels]).to_dict()
    counties = set(basemap.areas(_LEVEL)[n.CODE])
    found = {row.get(f"code_{_LEVEL}") for row in rows}
    for row in rows:
        code = row.get("claimed_area_code")
        while code and code not in counties:
            code = parents.get(code)
        found.add(code)
    if points:
        lon, lat = zip(*points, strict=True)
        table = pd.DataFrame({n.LON: lon, n.LAT: lat, n.STATE: str(State.LOCATED)})
        found |= set(locate_levels(table, basemap.layers, nested=basemap.info.nested)[f"code_{_LEVEL}"].dropna())
    return {str(code) for code in found if code}


def _below(basemap: Any, codes: set[str]) -> list[str]:
    """Return codes of areas and of all below them."""
    found = set(codes)
    for level in basemap.levels:
        areas = basemap.areas(level)
        found |= set(areas.loc[areas[n.PARENT_CODE].isin(found), n.CODE])
    return sorted(found)
