"""Pages of features out of a workspace, as GeoJSON."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

import orjson
import shapely

from geocensus.workspace import decode, quoted
from geocensus_api.features.catalogue import Collection, Property, properties
from geocensus_api.features.conditions import Condition, all_of
from geocensus_api.features.parameters import ItemsQuery
from geocensus_api.features.selection import Order, Selection

__all__ = ["Page", "Row", "batches", "geojson", "one", "page"]

_AT_ONCE: Final = 5_000  # rows of one batch


class Row(NamedTuple):
    """A row: its values in the order's columns, the last of which is its fid; geometry as blob; its properties."""

    key: tuple[Any, ...]
    geometry: bytes | None
    cells: tuple[Any, ...]

    @property
    def fid(self) -> int:
        """The id of the feature.

        Returns
        -------
        int
            The last key of the order.
        """
        return int(self.key[-1])


@dataclass(frozen=True)
class Page:
    """Rows of one page, the name of the place after the last of them ("" where it has none), and if there are more."""

    rows: list[Row]
    place: str
    more: bool


def page(connection: sqlite3.Connection, selection: Selection, query: ItemsQuery) -> Page:
    """Return one page, in the order of the selection.

    Parameters
    ----------
    connection
        A workspace, in a read transaction, with our functions.
    selection
        The rows wanted.
    query
        Limit, and the place to start from: a key, which costs the same on every page, or a number of rows to pass.

    Returns
    -------
    Page
        Its rows.
    """
    offset = 0 if query.after else query.offset
    start = selection.after(query.after) if query.after else Condition()
    # one row more than asked for tells whether there is a next page
    rows = list(_rows(connection, selection, start, f" LIMIT {query.limit + 1} OFFSET {offset}"))
    kept, more = rows[: query.limit], len(rows) > query.limit
    place = selection.token(kept[-1].key) if more and kept else ""
    return Page(kept, place, more)


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
    fields = tuple(properties(connection, source.table))
    selection = Selection(source, Condition("fid = ?", (fid,)), (Order("fid"),), fields)
    found = geojson(selection, list(_rows(connection, selection, Condition(), "")))
    return found[0] if found else None


def batches(connection: sqlite3.Connection, selection: Selection) -> Iterator[list[Row]]:
    """Yield all rows of a selection, some thousand at a time, in its order.

    Parameters
    ----------
    connection
        A workspace, in a read transaction: all rows are of one state.
    selection
        The rows wanted.

    Yields
    ------
    list of Row
        Ids, geometry as blobs, values by property; never an empty list.
    """
    rows = _rows(connection, selection, Condition(), "")
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch


def _rows(connection: sqlite3.Connection, selection: Selection, start: Condition, limit: str) -> Iterator[Row]:
    keys = [key.column for key in selection.order]
    shape = "geom" if selection.source.geometry else "NULL"
    columns = ", ".join([*keys, shape, *(quoted(field.column) for field in selection.fields)])
    condition = all_of([selection.condition, start])
    query = f"SELECT {columns} FROM {quoted(selection.source.table)}{condition.where}{selection.order_by}{limit}"
    width = len(keys)
    return (Row(row[:width], row[width], row[width + 1 :]) for row in connection.execute(query, condition.values))


def geojson(selection: Selection, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return rows as GeoJSON features, all with the same keys.

    Parameters
    ----------
    selection
        Of which they are.
    rows
        Some of its rows.

    Returns
    -------
    list
        Plain dicts, geometry as JSON already.
    """
    shapes = _shapes([row.geometry for row in rows], selection.source.geometry)
    return [
        {"type": "Feature", "id": row.fid, "geometry": shape, "properties": _values(selection.fields, row.cells)}
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _shapes(blobs: list[bytes | None], geometry: str) -> list[Any]:
    """Return GeoJSON geometries; a row without one has an empty one of its layer's type: null would hide the type."""
    if not geometry:
        return [None] * len(blobs)
    shapes = shapely.orient_polygons(decode(blobs))  # RFC 7946: outer rings counter-clockwise
    shapes[shapely.is_missing(shapes)] = shapely.from_wkt(f"{geometry} EMPTY")
    return [orjson.Fragment(text) for text in shapely.to_geojson(shapes).tolist()]


def _values(fields: Sequence[Property], row: tuple[Any, ...]) -> dict[str, Any]:
    return {field.name: _value(field.kind, value) for field, value in zip(fields, row, strict=True)}


def _value(kind: str, value: Any) -> Any:
    if value is None or isinstance(value, bytes):
        return None
    if kind == "number":
        return float(value)  # 5.0 stays 5.0: QGIS takes the type from the first features
    return bool(value) if kind == "boolean" else value
