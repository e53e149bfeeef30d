"""What keeps indexes from one run to the next; nothing does until :func:`keep_with` names one.

Files are opened further up, so that whoever opens files lends locating a keeper.
"""

import hashlib
import logging
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._tables import Objects

__all__ = ["Arrays", "Keeper", "Kind", "index_key", "keep_with", "keeper", "kept_or_built"]

_log = logging.getLogger(__name__)

WORTH_KEEPING = 100_000  # vertices; fewer are indexed sooner than a file is opened

Arrays = Mapping[str, NDArray[Any]]
T = TypeVar("T")


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A kind of index, and how it is taken apart into arrays and put together again.

    Attributes
    ----------
    name : str
        What it is for, in one word.
    version : int
        Of the arrays and of what is made of them; an index of another version is not read.
    types : mapping of str to dtype
        Of the arrays.
    apart : callable
        Returns the arrays of an index.
    together : callable
        Returns the index of arrays.
    require_sound : callable
        Raises ValueError where a reference leads out of an array of an index.
    """

    name: str
    version: int
    types: Mapping[str, np.dtype[Any]]
    apart: Callable[[T], Arrays]
    together: Callable[[Arrays], T]
    require_sound: Callable[[T], None]


class Keeper(Protocol):
    """Keeps indexes by key."""

    def holds(self, key: str) -> bool:
        """Return whether an index is kept.

        Parameters
        ----------
        key : str
            Of the index.

        Returns
        -------
        bool
            Opening tells whether it is sound.
        """

    def open(self, key: str, kind: Kind[T]) -> T | None:
        """Return an index that is kept and sound.

        Parameters
        ----------
        key : str
            Of the index.
        kind : Kind
            Of the index.

        Returns
        -------
        index or None
            None when there is no such index.
        """

    def save(self, key: str, kind: Kind[T], index: T) -> None:
        """Keep an index, if that is possible.

        Parameters
        ----------
        key : str
            Of the index.
        kind : Kind
            Of the index.
        index : index
            To keep.
        """


_keeper: list[Keeper] = []


def keep_with(keeper: Keeper | None) -> None:
    """Keep indexes with a keeper from now on.

    Parameters
    ----------
    keeper : Keeper or None
        None to keep nothing.
    """
    _keeper[:] = [] if keeper is None else [keeper]


def keeper() -> Keeper | None:
    """Return what keeps indexes, if anything does.

    Returns
    -------
    Keeper or None
        The one named last.
    """
    return _keeper[0] if _keeper else None


def kept_or_built(kind: Kind[T], geometries: Objects, build: Callable[[Objects], T | None]) -> T | None:
    """Open the index that is kept, else build it and keep it; small ones are built each time.

    Parameters
    ----------
    kind : Kind
        Of the index.
    geometries : ndarray of object
        Polygons in order; None and empty included. Not to be changed afterwards.
    build : callable
        Makes the index of the areas, or None where there can be none.

    Returns
    -------
    index or None
        What build returned, now or before.
    """
    started = time.perf_counter()
    keep = keeper() if shapely.get_num_coordinates(geometries).sum() >= WORTH_KEEPING else None
    key = index_key(kind, geometries) if keep else ""
    index = keep.open(key, kind) if keep else None
    how = "opened"
    if index is None:
        index, how = build(geometries), "built"
        if index is not None and keep:
            keep.save(key, kind, index)
    _log.info("%s of %d areas %s in %.2f s", kind.name, len(geometries), how, time.perf_counter() - started)
    return index


def index_key(kind: Kind[Any], geometries: Objects) -> str:
    """Return what tells one index from another: its kind and version, every vertex, every ring, the order of areas.

    Parameters
    ----------
    kind : Kind
        Of the index.
    geometries : ndarray of object
        Polygons in order; None and empty included. Not to be changed afterwards.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256(f"{kind.name} {kind.version} {_areas_key(geometries)}".encode()).hexdigest()


_areas_keys: dict[bytes, tuple[str, "weakref.ref[Objects]"]] = {}


def _areas_key(geometries: Objects) -> str:
    """Return the hash of areas, told once for the same objects: every kind of index of a table asks for it."""
    ids = np.fromiter(map(id, geometries), dtype=np.int64, count=len(geometries)).tobytes()
    known = _areas_keys.get(ids)
    if known is None or known[1]() is None:  # numbers of objects hold while somebody holds the objects
        known = _hash(geometries), weakref.ref(geometries, lambda _: _areas_keys.pop(ids, None))
        _areas_keys[ids] = known
    return known[0]


def _hash(geometries: Objects) -> str:
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    digest = hashlib.sha256(shapely.geos_version_string.encode())
    parts: list[Any] = [present]
    if present.any():
        kind, xy, offsets = shapely.to_ragged_array(geometries[present], include_z=False)
        digest.update(kind.name.encode())
        parts += [xy, *offsets]
    for part in parts:
        digest.update(f"{part.shape}{part.dtype.str}".encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()
