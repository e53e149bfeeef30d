"""What keeps indexes from one run to the next; nothing does until :func:`keep_with` names one.

Files are opened further up, so that whoever opens files lends locating a keeper.
"""

import hashlib
from typing import Any, NamedTuple, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._index import VERSION, Frame, Index
from geocensus.locating._tables import Objects

__all__ = ["Built", "Keeper", "index_key", "keep_with", "keeper"]


class Built(NamedTuple):
    """An index, and the areas that it leaves out: what is not valid has no sides that edges could tell."""

    arrays: Index
    frame: Frame
    left_out: NDArray[np.int64]


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

    def open(self, key: str) -> Built | None:
        """Return an index that is kept and sound.

        Parameters
        ----------
        key : str
            Of the index.

        Returns
        -------
        Built or None
            None when there is no such index.
        """

    def save(self, key: str, built: Built) -> None:
        """Keep an index, if that is possible.

        Parameters
        ----------
        key : str
            Of the index.
        built : Built
            The index.
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


def index_key(geometries: Objects) -> str:
    """Return what tells one index from another: every vertex, every ring, the order of areas, the version.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons in order; None and empty included.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    digest = hashlib.sha256(f"{VERSION} {shapely.geos_version_string} ".encode())
    parts: list[Any] = [present]
    if present.any():
        kind, xy, offsets = shapely.to_ragged_array(geometries[present], include_z=False)
        digest.update(kind.name.encode())
        parts += [xy, *offsets]
    for part in parts:
        digest.update(f"{part.shape}{part.dtype.str}".encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()
