"""Pages of features out of a workspace, as GeoJSON."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geocensus.workspace import decode, quoted
from geocensus_api.catalogue import Collection, Property, properties
from geocensus_api.parameters import Box, ItemsQuery

__all__ = ["Page", "one", "page"]

_AT_ONCE: Final = 10_000  # ids of one statement


@dataclass(frozen=True)
class Page:
    """Features of one page, and how many there are in all."""

    features: list[dict[str, Any]]
    matched: int


def page(connection: sqlite3.Connection, source: Collection, query: ItemsQuery) -> Page:
    """Return one page, sorted by fid.

    Parameters
    ----------
    connection
        A workspace, in a read transaction.
    source
        The collection.
    query
        Limit, offset, box.

    Returns
    -------
    Page
        Features as GeoJSON dicts.
    """
    table = quoted(source.table)
    if query.bbox is not None:
        fids = _in_box(connection, source, query.bbox)
        chosen = fids[query.offset : query.offset + query.limit].tolist()
        rows = _rows(connection, source, f"fid IN ({', '.join('?' * len(chosen))})", chosen)
        return Page(rows, len(fids))
    matched = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    where = f"fid IN (SELECT fid FROM {table} ORDER BY fid LIMIT ? OFFSET ?)"
    return Page(_rows(connection, source, where, [query.limit, query.offset]), matched)


def one(connection: sqlite3.Connection, source: Collection, fid: int) -> dict[str, Any] | None:
    """Return one feature.

    Parameters
    ----------
    connection
        A workspace.
    source
        The collection.
    fid
        Its id.

    Returns
    -------
    dict or None
        None when there is none.
    """
    rows = _rows(connection, source, "fid = ?", [fid])
    return rows[0] if rows else None


def _in_box(connection: sqlite3.Connection, source: Collection, box: Box) -> NDArray[np.int64]:
    """Return the fids in a box: the R-tree proposes, exact geometry decides where its float32 cannot."""
    if not source.geometry:
        return np.empty(0, dtype=np.int64)
    minx, miny, maxx, maxy = box
    tree = quoted(f"rtree_{source.table}_geom")
    inside = "minx >= :minx AND maxx <= :maxx AND miny >= :miny AND maxy <= :maxy"
    query = f"SELECT id, {inside} FROM {tree} WHERE maxx >= :minx AND minx <= :maxx AND maxy >= :miny AND miny <= :maxy"
    sides = {"minx": minx, "maxx": maxx, "miny": miny, "maxy": maxy}
    found = np.array(connection.execute(query, sides).fetchall(), dtype=np.int64).reshape(-1, 2)
    sure, unsure = found[found[:, 1] == 1, 0], found[found[:, 1] == 0, 0]
    tested = unsure[shapely.intersects(_geometry(connection, source.table, unsure), shapely.box(*box))]
    return np.sort(np.concatenate([sure, tested]))


def _geometry(connection: sqlite3.Connection, table: str, fids: NDArray[np.int64]) -> NDArray[np.object_]:
    blobs: dict[int, bytes] = {}
    for start in range(0, len(fids), _AT_ONCE):
        some = fids[start : start + _AT_ONCE].tolist()
        query = f"SELECT fid, geom FROM {quoted(table)} WHERE fid IN ({', '.join('?' * len(some))})"
        blobs.update(connection.execute(query, some).fetchall())
    return decode([blobs.get(fid) for fid in fids.tolist()])


def _rows(connection: sqlite3.Connection, source: Collection, where: str, values: list[int]) -> list[dict[str, Any]]:
    fields = properties(connection, source.table)
    columns = ", ".join(["fid", "geom" if source.geometry else "NULL", *[quoted(field.column) for field in fields]])
    query = f"SELECT {columns} FROM {quoted(source.table)} WHERE {where} ORDER BY fid"
    rows = connection.execute(query, values).fetchall()
    shapes = _shapes([row[1] for row in rows], source.geometry)
    return [
        {"type": "Feature", "id": row[0], "geometry": shape, "properties": _values(fields, row[2:])}
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _shapes(blobs: list[bytes | None], geometry: str) -> list[Any]:
    """Return GeoJSON geometries; an area without one is an empty MultiPolygon: null would hide the type."""
    if not geometry:
        return [None] * len(blobs)
    shapes = shapely.orient_polygons(decode(blobs))  # RFC 7946: outer rings counter-clockwise
    empty = shapely.MultiPolygon() if geometry == "MULTIPOLYGON" else None
    shapes[shapely.is_missing(shapes)] = empty
    return [None if text is None else orjson.Fragment(text) for text in shapely.to_geojson(shapes).tolist()]


def _values(fields: list[Property], row: tuple[Any, ...]) -> dict[str, Any]:
    return {field.name: _value(field.kind, value) for field, value in zip(fields, row, strict=True)}


def _value(kind: str, value: Any) -> Any:
    if value is None or isinstance(value, bytes):
        return None
    if kind == "number":
        return float(value)  # 5.0 stays 5.0: QGIS takes the type from the first features
    return bool(value) if kind == "boolean" else value
