"""A tile of a collection, as a person sees it under a filter."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from geocensus.workspace import quoted
from geocensus_api.features.catalogue import Property
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.selection import selected
from geocensus_api.store.snapshot_selection import Memory
from geocensus_api.tiles.cells import point_tile
from geocensus_api.tiles.drawing import drawn
from geocensus_api.tiles.encoding import Column, column, encode_layer
from geocensus_api.tiles.layers import Layers
from geocensus_api.tiles.offer import Tileset

__all__ = ["tile_of"]

Tile = tuple[int, int, int]


def tile_of(
    connection: sqlite3.Connection,
    memory: Memory,
    layers: Layers,
    offered: Tileset,
    fields: Mapping[str, Property],
    wanted: Wanted,
    tile: Tile,
) -> bytes:
    """Return a tile.

    Parameters
    ----------
    connection
        In its read transaction.
    memory
        Points.
    layers
        Lines and polygons.
    offered
        What the person is offered of the collection.
    fields
        Its properties that the person sees.
    wanted
        Filters.
    tile
        Zoom, column and row.

    Returns
    -------
    bytes
        One layer, named as the collection; nothing where there is no feature.

    Raises
    ------
    ProblemError
        400.
    """
    source = offered.collection
    if offered.names is not None:
        points = memory.points(connection, source, fields, wanted)
        return point_tile(points.snapshot, points.view, source.id, offered.names, tile)
    selection = selected(source, tuple(fields.values()), wanted)
    if tile[0] < offered.least:
        return b""
    fids, geometry = layers.layer(connection, source.table).near(tile)
    if selection.condition.sql:
        seen = np.isin(fids, memory.fids(connection, selection), assume_unique=True)
        fids, geometry = fids[seen], geometry[seen]
    if not len(fids):
        return b""
    shapes, kept = drawn(geometry, offered.kind, tile)
    fids = fids[kept]
    if not len(fids):  # the tile lay in their boxes only
        return b""
    return encode_layer(source.id, shapes, fids, _properties(connection, offered, fields, fids))


def _properties(
    connection: sqlite3.Connection, offered: Tileset, fields: Mapping[str, Property], fids: NDArray[np.int64]
) -> dict[str, Column]:
    columns = offered.columns(fields)
    if not columns:
        return {}
    listed = ", ".join(field.sql for field in columns)
    query = (
        f"SELECT {listed} FROM {quoted(offered.collection.table)} "
        "WHERE fid IN (SELECT value FROM json_each(?)) ORDER BY fid"
    )
    rows = connection.execute(query, (orjson.dumps(fids.tolist()).decode(),)).fetchall()
    return {
        field.name: _column(field.kind, values) for field, values in zip(columns, zip(*rows, strict=True), strict=True)
    }


def _column(kind: str, values: Sequence[Any]) -> Column:
    """Return values as a property; those of another type than their column's are left out."""
    types: dict[str, tuple[Any, ...]] = {"string": (str,), "boolean": (int,), "integer": (int,), "number": (int, float)}
    present = np.array([isinstance(value, types[kind]) for value in values], dtype=np.bool_)
    if not present.any():
        return Column([], np.full(len(values), -1, dtype=np.int64))
    as_type: Any = {"string": object, "boolean": np.bool_, "integer": np.int64, "number": np.float64}[kind]
    plain = np.array(
        [value if there else values[int(present.argmax())] for value, there in zip(values, present, strict=True)],
        dtype=as_type,
    )
    return column(plain, present)
