"""Pages of features out of a workspace, as GeoJSON."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geocensus.workspace import decode, quoted
from geocensus.workspace.geometry import POINT
from geocensus_api.features.catalogue import Collection, Property, properties
from geocensus_api.features.condition import Condition, all_of
from geocensus_api.features.parameters import ItemsQuery
from geocensus_api.features.selection import Order, Selection

__all__ = ["Page", "Row", "batches", "geojson", "narrowed", "one", "page"]

_NOTHING: Final = type(None)
_PLAIN: Final = {
    "string": frozenset({str, _NOTHING}),
    "integer": frozenset({int, _NOTHING}),
    "number": frozenset({float, _NOTHING}),
}
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


def page(connection: sqlite3.Connection, selection: Selection, query: ItemsQuery, fids: NDArray[np.int64]) -> Page:
    """Return one page, in the order of the selection.

    Parameters
    ----------
    connection
        A workspace, in a read transaction, with our functions.
    selection
        The rows wanted.
    query
        Limit, and the place to start from: a key, or a number of rows to pass.
    fids
        Of all rows of the selection, rising: sorted by id, every page costs the same.

    Returns
    -------
    Page
        Its rows.
    """
    offset = 0 if query.after else query.offset
    start = selection.after(query.after) if query.after else Condition()
    if len(selection.order) == 1:
        first = int(np.searchsorted(fids, selection.key(query.after)[0], side="right")) if query.after else offset
        chosen = fids[first : first + query.limit + 1]
        rows = list(_rows(connection, replace(selection, condition=_among(chosen)), Condition(), ""))
    else:  # one row more than asked for tells whether there is a next page
        rows = list(_rows(connection, selection, start, f" LIMIT {query.limit + 1} OFFSET {offset}"))
    kept, more = rows[: query.limit], len(rows) > query.limit
    place = selection.token(kept[-1].key) if more and kept else ""
    return Page(kept, place, more)


def narrowed(selection: Selection, fids: NDArray[np.int64]) -> Selection:
    """Return a selection of which only some rows are left.

    Parameters
    ----------
    selection
        Any.
    fids
        Of the rows, all of them in the selection.

    Returns
    -------
    Selection
        In the same order.
    """
    return replace(selection, condition=_among(fids))


def _among(fids: NDArray[np.int64]) -> Condition:
    if len(fids) and fids[-1] - fids[0] + 1 == len(fids):
        return Condition("fid BETWEEN ? AND ?", (int(fids[0]), int(fids[-1])))
    return Condition("fid IN (SELECT value FROM json_each(?))", (orjson.dumps(fids.tolist()).decode(),))


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
        None when there is none, or when the person that the collection is for does not see it.
    """
    fields = tuple(properties(connection, source))
    wanted = all_of([Condition("fid = ?", (fid,)), source.condition])
    selection = Selection(source, wanted, (Order("fid"),), fields)
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
    columns = ", ".join([*keys, selection.source.shape, *(field.sql for field in selection.fields)])
    condition = all_of([selection.condition, start])
    query = f"SELECT {columns} FROM {quoted(selection.source.table)}{condition.where}{selection.order_by}{limit}"
    width, coarse = len(keys), selection.source.coarse
    found = connection.execute(query, condition.values)
    if coarse is not None:
        return (Row(row[:width], coarse.blobs.get(row[width]), row[width + 1 :]) for row in found)
    return (Row(row[:width], row[width], row[width + 1 :]) for row in found)


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
    told = _values(selection.fields, [row.cells for row in rows])
    return [
        {"type": "Feature", "id": row.fid, "geometry": shape, "properties": values}
        for row, shape, values in zip(rows, shapes, told, strict=True)
    ]


def _shapes(blobs: list[bytes | None], geometry: str) -> list[Any]:
    """Return GeoJSON geometries; a row without one has an empty one of its layer's type: null would hide the type."""
    if not geometry:
        return [None] * len(blobs)
    if geometry == "POINT" and (plain := _points(blobs)) is not None:
        return [{"type": "Point", "coordinates": place} for place in plain]
    shapes = shapely.orient_polygons(decode(blobs))  # RFC 7946: outer rings counter-clockwise
    shapes[shapely.is_missing(shapes)] = shapely.from_wkt(f"{geometry} EMPTY")
    return [orjson.Fragment(text) for text in shapely.to_geojson(shapes).tolist()]


def _points(blobs: list[bytes | None]) -> list[list[float]] | None:
    """Return the places of points that are stored as we store them; None where one is not."""
    joined = b"".join(blob for blob in blobs if blob is not None)
    if len(joined) != POINT.itemsize * len(blobs) or any(len(blob or b"") != POINT.itemsize for blob in blobs):
        return None
    points = np.frombuffer(joined, dtype=POINT)
    plain = (points["flags"] & ~np.uint8(1) == 0) & (points["order"] == 1) & (points["kind"] == 1)
    places = np.column_stack([points["x"], points["y"]])
    return places.tolist() if plain.all() and np.isfinite(places).all() else None


def _values(fields: Sequence[Property], rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return the properties of rows; a column whose values are of its type already is taken as it is."""
    if not fields:
        return [{} for _ in rows]
    columns = [
        values
        if field.kind in _PLAIN and _PLAIN[field.kind].issuperset(map(type, values))
        else [_value(field.kind, value) for value in values]
        for field, values in zip(fields, zip(*rows, strict=True), strict=False)
    ]
    names = [field.name for field in fields]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _value(kind: str, value: Any) -> Any:
    if value is None or isinstance(value, bytes):
        return None
    if kind == "number":
        return float(value)  # 5.0 stays 5.0: QGIS takes the type from the first features
    return bool(value) if kind == "boolean" else value
