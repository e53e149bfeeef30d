"""Layers of lines and polygons: on the map, and simpler for the smaller zooms, kept until their rows change."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Sequence
from threading import Lock
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.workspace import decode, quoted
from geocensus_api.store.pool import Pool, State
from geocensus_api.store.snapshot_keeper import marked
from geocensus_api.tiles.drawing import BUFFER
from geocensus_api.tiles.encoding import EXTENT
from geocensus_api.tiles.mercator import BITS, project

__all__ = ["Layer", "Layers"]

_BAND: Final = 2  # zooms that share one degree of simplicity
_EXACT_FROM: Final = 14
_UNITS: Final = 4  # of the tile's grid, that simplifying may move an outline by
_GROUPS: Final = {"field_zones": "plan"}  # plans lie over each other: each is a coverage of its own


class Layer:
    """Geometry of a table on the map, from exact to simple.

    Parameters
    ----------
    fids
        Rising, shape (n,).
    geometry
        In degrees, shape (n,); None where a row has none.
    groups
        Rows of one group are a coverage: borders that they share stay shared.
    """

    def __init__(self, fids: NDArray[np.int64], geometry: NDArray[np.object_], groups: Sequence[Any]) -> None:
        there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
        self.fids = fids[there]
        self._groups = np.unique(np.array([str(group) for group in groups])[there], return_inverse=True)[1]
        exact = shapely.transform(geometry[there], _on_map)
        self._bands: dict[int, tuple[NDArray[np.object_], shapely.STRtree]] = {
            _EXACT_FROM // _BAND: (exact, shapely.STRtree(exact))
        }
        self._lock = Lock()

    def near(self, tile: tuple[int, int, int]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
        """Return what may be seen in a tile, as simple as its zoom allows.

        Parameters
        ----------
        tile
            Zoom, column and row.

        Returns
        -------
        tuple
            Fids, rising; geometry on the map.
        """
        zoom, column, row = tile
        with self._lock:
            geometry, tree = self._band(min(zoom, _EXACT_FROM) // _BAND)
        size = float(1 << (BITS - zoom))
        margin = size * BUFFER / EXTENT
        x, y = column * size, row * size
        found = np.sort(tree.query(shapely.box(x - margin, y - margin, x + size + margin, y + size + margin)))
        return self.fids[found], geometry[found]

    def _band(self, band: int) -> tuple[NDArray[np.object_], shapely.STRtree]:
        if band not in self._bands:
            finer, _tree = self._band(band + 1)
            finest = band * _BAND + _BAND - 1
            simple = _simplified(finer, self._groups, float(1 << (BITS - finest)) * _UNITS / EXTENT)
            self._bands[band] = simple, shapely.STRtree(simple)
        return self._bands[band]


def _on_map(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(project(corners[:, 0], corners[:, 1])).astype(np.float64)


def _simplified(geometry: NDArray[np.object_], groups: NDArray[np.intp], tolerance: float) -> NDArray[np.object_]:
    """Return simpler geometry; neighbours keep one border between them (Visvalingam-Whyatt on shared edges)."""
    simple = geometry.copy()
    if not len(geometry) or shapely.get_dimensions(geometry).max() < 2:  # noqa: PLR2004 - lines have no areas
        return shapely.simplify(geometry, tolerance / 2)
    for group in np.unique(groups):
        rows = groups == group
        simple[rows] = shapely.coverage_simplify(geometry[rows], tolerance)
    lost = shapely.is_empty(simple)
    simple[lost] = geometry[lost]
    return simple


class Layers:
    """The layers of a workspace.

    Parameters
    ----------
    pool
        Of the connections that requests come with.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: dict[str, tuple[State, Layer]] = {}
        self._locks: dict[str, Lock] = {}

    def layer(self, connection: sqlite3.Connection, table: str) -> Layer:
        """Return a layer as a connection sees it.

        Parameters
        ----------
        connection
            From the pool, in its read transaction.
        table
            A table of lines or polygons.

        Returns
        -------
        Layer
            The same one as long as no row of the table changes.
        """
        with self._locks.setdefault(table, Lock()):
            mark = marked(connection, self._pool.known(connection), table)
            known = self._kept.get(table)
            if known is None or known[0] != mark:
                known = self._kept[table] = mark, _read(connection, table)
        return known[1]


def _read(connection: sqlite3.Connection, table: str) -> Layer:
    group = quoted(_GROUPS[table]) if table in _GROUPS else "''"
    rows = connection.execute(f"SELECT fid, geom, {group} FROM {quoted(table)} ORDER BY fid").fetchall()
    fids, blobs, groups = zip(*rows, strict=True) if rows else ((), (), ())
    return Layer(np.array(fids, dtype=np.int64), decode(list(blobs)), groups)
