"""One index per table of areas, recognised by its geometry objects."""

import weakref
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

import geopandas as gpd
import numpy as np

from geocensus.locating._tables import area_codes, area_geometries

__all__ = ["TableCache"]


class Index(Protocol):
    """An index that knows the codes it was built with."""

    codes: Any


T = TypeVar("T", bound=Index)


class TableCache(Generic[T]):
    """Keep the indexes of the tables used last, no longer than their geometry lives.

    Geometry objects never change, so the same objects in the same order under the same codes are the same
    table, whatever copy, column choice or reference system they come in. The objects stand in an array that
    those copies share; when the last of them is gone the index goes too.

    Parameters
    ----------
    build : callable
        Makes an index from a table of areas.
    size : int
        How many indexes are kept.
    """

    def __init__(self, build: Callable[[gpd.GeoDataFrame], T], size: int = 8) -> None:
        self._build = build
        self._size = size
        self._kept: OrderedDict[bytes, tuple[T, weakref.ref[Any]]] = OrderedDict()
        self._lock = Lock()  # two threads that ask for one table build one index

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, areas: gpd.GeoDataFrame) -> T:
        """Return the index of a table, built when it is not kept.

        Parameters
        ----------
        areas : GeoDataFrame
            Polygons with a column code.

        Returns
        -------
        Index
            The same object for the same geometry objects and codes.

        Raises
        ------
        SchemaError
            A column is missing or holds the wrong kind of values.
        CRSMismatchError
            The reference system is missing or another one.
        """
        geometries = area_geometries(areas)
        codes = area_codes(areas)
        key = np.fromiter(map(id, geometries), dtype=np.int64, count=len(geometries)).tobytes()
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is None or not np.array_equal(kept[0].codes, codes):
                kept = (self._build(areas), weakref.ref(_owner(areas), lambda _: self._forget(key)))
            self._kept[key] = kept  # at the end: the one used last
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return kept[0]

    def _forget(self, key: bytes) -> None:
        # The collector calls this in any thread at any moment, so it must not wait for the lock.
        kept = self._kept.get(key)
        if kept is not None and kept[1]() is None:  # not one built for the same objects since
            self._kept.pop(key, None)


def _owner(areas: gpd.GeoDataFrame) -> Any:
    """Return the array that owns the geometry objects, shared by shallow copies of the table."""
    array = np.asarray(areas.geometry.values, dtype=object)
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
