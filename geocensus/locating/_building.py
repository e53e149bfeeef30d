"""Build the index over areas."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus.locating._edges import survey, tag
from geocensus.locating._filling import bucket, fill
from geocensus.locating._index import DEPTH_BITS, RECORD, Built, Frame, Index
from geocensus.locating._tables import Floats, Objects

__all__ = ["build_index", "frozen", "processors"]

_MOST_CELLS = 1 << 24
_ROUNDINGS = 16  # units in the last place: how far a position may be from where it is computed to be
_LEAST, _MOST = 1e-120, 1e100  # sizes of coordinates for which the compiled arithmetic is exact
_ROOM = 1 << 12  # records beyond the entries of the cells, to begin with
_BAND = 1 << 17  # vertices that are worth a thread


class _Rings(NamedTuple):
    xy: Floats
    first: NDArray[np.int64]
    area: NDArray[np.int64]  # of each ring
    hole: NDArray[np.bool_]


def build_index(geometries: Objects) -> Built | None:
    """Build the index over areas.

    Parameters
    ----------
    geometries : ndarray of object
        Polygons, None and empty included, the one that wins first.

    Returns
    -------
    Built or None
        Areas are numbered from 1 in the order given. None where nothing can be indexed.
    """
    present = np.flatnonzero(~(shapely.is_missing(geometries) | shapely.is_empty(geometries)))
    valid = present[_by_thread(shapely.is_valid, geometries[present])]
    if not len(valid):
        return None
    rings = _rings(geometries, valid)
    turns, (left, low, right, high, least, most) = survey(rings.xy, rings.first)
    if least < _LEAST or most > _MOST:
        return None
    flat = np.unique(rings.area[turns == 0])
    inside = np.where((turns > 0) != rings.hole, rings.area + 1, -rings.area - 1)
    inside[np.isin(rings.area, flat)] = 0
    tags = tag(rings.xy, rings.first, inside.astype(np.int32))
    box = np.array([left, low, right, high])
    index, frame = _index(rings.xy, tags, box, _ROUNDINGS * math.ulp(most))
    if len(index.subcells) >= 1 << 31 - DEPTH_BITS:
        return None
    return Built(index, frame, np.union1d(np.setdiff1d(present, valid), flat))


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view that cannot be written, of one piece: compiled functions know arrays of this kind alone.

    Parameters
    ----------
    array : ndarray
        Of any layout.

    Returns
    -------
    ndarray
        The same values, copied only when they do not stand in a row.
    """
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def processors() -> int:
    """Return how many processors this process may use.

    Returns
    -------
    int
        At least 1.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _by_thread(function: Any, array: NDArray[Any]) -> NDArray[Any]:
    with ThreadPoolExecutor(processors()) as pool:
        return np.concatenate(list(pool.map(function, np.array_split(array, 8 * processors()))))


def _rings(geometries: Objects, chosen: NDArray[np.int64]) -> _Rings:
    polygons, area = shapely.get_parts(geometries[chosen], return_index=True)
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    first = np.concatenate(([0], np.cumsum(shapely.get_num_coordinates(rings), dtype=np.int64)))
    hole = np.diff(polygon, prepend=-1) == 0  # the first ring of a polygon is its outer one
    return _Rings(frozen(shapely.get_coordinates(rings)), frozen(first), chosen[area[polygon]], hole)


def _index(xy: Floats, tags: NDArray[np.int32], box: Floats, rounding: float) -> tuple[Index, Frame]:
    pad = np.maximum((box[2:] - box[:2]) * 1e-9, 2 * rounding)  # nothing touches the rim of the grid
    low, high = box[:2] - pad, box[2:] + pad
    edges = np.count_nonzero(tags) // 2 + 1  # most stand between two areas
    shape = np.clip(
        np.minimum(math.sqrt(min(int(edges), _MOST_CELLS)), (high - low) / (4 * rounding)).astype(int), 1, None
    )
    width, height = (high - low) / shape
    frame = Frame(*map(float, (*low, *high, width, height, rounding)))
    columns, lines = map(int, shape)
    first, members = bucket(xy, frozen(tags), tuple(frame), (lines, columns))
    cells = np.empty((lines, columns), dtype=np.int32)
    count = int(np.clip(len(xy) // _BAND, 1, processors()))
    # as many entries in each band
    bands = np.searchsorted(first[::columns], np.linspace(0, len(members), count + 1)[1:-1])
    limits = [0, *map(int, bands), lines]
    arguments = xy, frozen(tags), frozen(first), frozen(members), tuple(frame)

    def filled(band: tuple[int, int]) -> Any:
        room = int(first[band[1] * columns] - first[band[0] * columns]) + _ROOM
        # made here, not inside: numpy asks for large pages of memory, which halves what filling them costs
        return fill(*arguments, (cells, np.empty(room // 2, np.int32), np.empty(room, RECORD)), *band)

    with ThreadPoolExecutor(count) as pool:
        parts = list(pool.map(filled, pairwise(limits)))
    return _joined(cells, limits, parts), frame


def _joined(cells: NDArray[np.int32], limits: list[int], parts: list[Any]) -> Index:
    """Put the tables of the bands one after the other, and let codes point to where their rows went."""
    if len(parts) == 1:
        (_, subcells, records), (subcells_used, records_used) = parts[0]
        return Index(*map(frozen, (cells, subcells[:subcells_used], records[:records_used])))
    used = np.array([part[1] for part in parts])
    offset = np.cumsum(used, axis=0) - used
    subcells = np.concatenate([part[0].subcells[:n] for part, (n, _) in zip(parts, used, strict=True)])
    records = np.concatenate([part[0].records[:n] for part, (_, n) in zip(parts, used, strict=True)])
    for k in range(1, len(parts)):
        lines = cells[limits[k] : limits[k + 1]]
        lines[lines < 0] -= offset[k, 0] << DEPTH_BITS
        own = subcells[offset[k, 0] : offset[k, 0] + used[k, 0]]
        own[own < 0] -= offset[k, 1]
    return Index(*map(frozen, (cells, subcells, records)))
