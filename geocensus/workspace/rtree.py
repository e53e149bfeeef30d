"""Build SQLite's R-tree in bulk: nodes packed by NumPy instead of one insertion per row.

The layout is that of SQLite's rtree module (sqlite.org/rtree.html, shadow tables): node 1 is the root; a node is its
depth (root only) and its number of cells, two bytes each, then per cell an eight-byte id and four float32, big-endian,
rounded outward.
Sort-tile-recursive packing: Leutenegger, Lopez and Edgington 1997, doi:10.1109/ICDE.1997.582015.
"""
# ruff: noqa: S608 - names of tables cannot be parameters of SQL; they go through quoted()

import sqlite3
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geocensus.workspace.schema import quoted, reset_rtree, rtree

__all__ = ["fill_rtree"]

_CAPACITY: Final = 51  # cells of a node, as SQLite's own page size of 4,096 makes it
_FILL: Final = 44  # room for later insertions
_NODE_BYTES: Final = 4 + _CAPACITY * 24
_CELL: Final = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])


def fill_rtree(connection: sqlite3.Connection, table: str, ids: NDArray[np.int64], bounds: NDArray[np.float64]) -> None:
    """Make a layer's R-tree hold exactly these boxes.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        A spatial layer.
    ids
        Fids, shape (n,).
    bounds
        Sides minx, maxx, miny, maxy in degrees, shape (n, 4), no NaN.
    """
    reset_rtree(connection, table)
    if not len(ids):
        return
    order = _tiled(bounds)
    boxes, children = _outward(bounds[order]), ids[order]
    name, first, depth = rtree(table), 2, 0
    while len(children) > _FILL:
        nodes = np.arange(first, first + -(-len(children) // _FILL))
        parents = np.repeat(nodes, _FILL)[: len(children)]
        _put_nodes(connection, name, nodes, _nodes(children, boxes))
        _put_links(connection, name, children, parents, leaf=depth == 0)
        starts = np.arange(0, len(children), _FILL)
        low, high = (reduce.reduceat(boxes, starts) for reduce in (np.minimum, np.maximum))
        boxes, children = np.column_stack([low[:, 0], high[:, 1], low[:, 2], high[:, 3]]), nodes
        first, depth = first + len(nodes), depth + 1
    _put_nodes(connection, name, np.array([1]), _nodes(children, boxes, depth=depth))
    _put_links(connection, name, children, np.ones(len(children), dtype=np.int64), leaf=depth == 0)


def _tiled(bounds: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return an order in which each run of _FILL boxes is a compact tile."""
    strips = max(1, round(np.sqrt(len(bounds) / _FILL)))
    rank = np.empty(len(bounds), dtype=np.int64)
    rank[np.argsort(bounds[:, 0] + bounds[:, 1], kind="stable")] = np.arange(len(bounds))
    return np.lexsort((bounds[:, 2] + bounds[:, 3], rank * strips // len(bounds)))


def _outward(bounds: NDArray[np.float64]) -> NDArray[np.float32]:
    boxes = bounds.astype(np.float32)
    toward = np.array([-np.inf, np.inf, -np.inf, np.inf], dtype=np.float32)
    inside = np.where(toward < 0, boxes > bounds, boxes < bounds)
    return np.where(inside, np.nextafter(boxes, toward), boxes)


def _nodes(children: NDArray[np.int64], boxes: NDArray[np.float32], *, depth: int = 0) -> list[bytes]:
    """Return one blob per node of _FILL children; the last one may hold fewer."""
    count = -(-len(children) // _FILL)
    cells = np.zeros(count * _FILL, dtype=_CELL)
    cells["id"][: len(children)], cells["box"][: len(children)] = children, boxes
    blobs = np.zeros((count, _NODE_BYTES), dtype=np.uint8)
    blobs[:, 4 : 4 + _FILL * _CELL.itemsize] = cells.view(np.uint8).reshape(count, -1)
    blobs[:, 1] = depth
    blobs[:, 3] = np.minimum(_FILL, len(children) - np.arange(count) * _FILL)
    return [blob.tobytes() for blob in blobs]


def _put_nodes(connection: sqlite3.Connection, name: str, nodes: NDArray[np.int64], blobs: list[bytes]) -> None:
    rows = zip(nodes.tolist(), blobs, strict=True)
    connection.executemany(f"INSERT OR REPLACE INTO {quoted(name + '_node')} (nodeno, data) VALUES (?, ?)", rows)


def _put_links(
    connection: sqlite3.Connection, name: str, children: NDArray[np.int64], parents: NDArray[np.int64], *, leaf: bool
) -> None:
    table, columns = ("_rowid", "rowid, nodeno") if leaf else ("_parent", "nodeno, parentnode")
    order = np.argsort(children)
    rows = zip(children[order].tolist(), parents[order].tolist(), strict=True)
    connection.executemany(f"INSERT INTO {quoted(name + table)} ({columns}) VALUES (?, ?)", rows)
