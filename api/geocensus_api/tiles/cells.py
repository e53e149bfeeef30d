"""Points of a tile as cells: each point is in one cell of one tile at every zoom, so that the numbers add up."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geocensus_api.store.snapshot import Snapshot, View
from geocensus_api.tiles.encoding import EXTENT, POINT, Column, Shapes, column, encode_layer, zigzag
from geocensus_api.tiles.mercator import BITS, morton_of, places_of

__all__ = ["MAX_ZOOM", "MIXED", "Names", "fids_in", "grid", "point_tile"]

MAX_ZOOM: Final = 16  # from here on a cell is smaller than a metre: clients draw these tiles larger
MIXED: Final = "mixed"
_COARSE, _MIDDLE, _FINE = 6, 7, 12  # cells along a tile's side, as a power of two
_MIDDLE_FROM, _FINE_FROM = 12, 14
_EXTENT_BITS: Final = EXTENT.bit_length() - 1
_SEARCHED: Final = 4  # points per possible cell from which on cells are looked up instead of found
_WORDS: Final = ("", "info", "warning", "error")


@dataclass(frozen=True)
class Names:
    """What the properties of a layer are called; "" for one that it does not have."""

    kind: str
    marked: str = ""
    worst: str = ""
    flags: str = ""


def grid(zoom: int) -> int:
    """Return how many cells a tile has along its side, as a power of two.

    Parameters
    ----------
    zoom
        Of the tile, 0 to 24.

    Returns
    -------
    int
        Never finer than what places are stored in.

    Examples
    --------
    >>> [grid(zoom) for zoom in (0, 11, 12, 14, 24)]
    [6, 6, 7, 12, 8]
    """
    wanted = _COARSE if zoom < _MIDDLE_FROM else _MIDDLE if zoom < _FINE_FROM else _FINE
    return min(wanted, BITS - zoom)


def _starts(view: View, zoom: int, x: int, y: int) -> tuple[NDArray[np.int64], int]:
    """Return where the run of each cell begins, and where the last one ends."""
    first, last = view.places.run(zoom, x, y)
    bits = grid(zoom)
    shift = np.uint64(2 * (BITS - zoom - bits))
    keys = view.places.keys[first:last]
    if len(keys) > _SEARCHED << 2 * bits:
        codes = np.arange(1 << 2 * bits, dtype=np.uint64) + np.uint64(morton_of(x, y) << 2 * bits)
        edges = np.append(np.searchsorted(keys, codes << shift), len(keys))
        starts = edges[:-1][edges[1:] > edges[:-1]]
    else:
        codes = keys >> shift
        starts = (
            np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])) if len(keys) else np.empty(0, np.int64)
        )
    return starts + first, last


def point_tile(snapshot: Snapshot, view: View, name: str, names: Names, tile: tuple[int, int, int]) -> bytes:
    """Return a tile of points.

    Parameters
    ----------
    snapshot
        Rows, for ids and names of kinds.
    view
        The points of a selection.
    name
        Of the layer.
    names
        Of the properties.
    tile
        Zoom, column and row.

    Returns
    -------
    bytes
        One layer; empty without points. A feature is a cell: n points, at their mean place. A single point carries the
        id of its feature; several carry their cell, by which /items lists exactly them.
    """
    starts, last = _starts(view, *tile)
    if not len(starts):
        return b""
    ends = np.append(starts[1:], last)
    number = ends - starts
    columns = {"n": column(number), **_counted(view, names, starts, ends)}
    if names.kind:
        columns[names.kind] = _kinds(snapshot, view, starts, ends)
    columns["cell"] = _cells(view, tile[0], starts, number > 1)
    ids = np.where(number == 1, snapshot.rows.fids[view.places.order[starts]], -1)
    return encode_layer(name, _shapes(view, tile, starts, ends), ids, columns)


def _counted(view: View, names: Names, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> dict[str, Column]:
    """Return how many points of each cell are marked, how badly, and by how many flags."""
    if not names.marked:
        return {}
    counts = [np.searchsorted(some, ends) - np.searchsorted(some, starts) for some in view.flagged]
    told = {names.marked: column(counts[0])}
    if names.worst:
        worst = np.sum([count > 0 for count in counts], axis=0)
        told[names.worst] = Column(_WORDS[1:], worst - 1)
    if names.flags:
        low, high = (np.searchsorted(view.flagged[0], edge) for edge in (starts, ends))
        told[names.flags] = column((view.flag_sums[high] - view.flag_sums[low]).astype(np.int64))
    return told


def _kinds(snapshot: Snapshot, view: View, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Column:
    """Return the kind of each cell: its points' own, or mixed; none where they have none."""
    mixed = view.turns[ends - 1] > view.turns[starts]
    codes = np.where(mixed, len(snapshot.kinds), view.kind[starts].astype(np.int64))
    found, inverse = np.unique(codes, return_inverse=True)
    names = [*snapshot.kinds, MIXED]
    words = [names[code] for code in found.tolist()]
    present = np.array([word is not None for word in words])
    position = np.where(present, np.cumsum(present) - 1, -1)
    return Column([word for word in words if word is not None], position[inverse])


def _cells(view: View, zoom: int, starts: NDArray[np.int64], several: NDArray[np.bool_]) -> Column:
    level = zoom + grid(zoom)
    columns, rows = places_of(view.places.keys[starts[several]] >> np.uint64(2 * (BITS - level)))
    names = [f"{level}/{x}/{y}" for x, y in zip(columns.tolist(), rows.tolist(), strict=True)]
    return Column(names, np.where(several, np.cumsum(several) - 1, -1))


def _shapes(view: View, tile: tuple[int, int, int], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Shapes:
    zoom, *corner = tile
    numbers = np.full((len(starts), 3), 9, dtype=np.int64)  # MoveTo, once
    places = places_of(view.places.keys[starts[0] : ends[-1]])
    for axis, (side, edge) in enumerate(zip(places, corner, strict=True)):
        sums = np.add.reduceat(side, starts - starts[0], dtype=np.uint64)
        mean = sums // (ends - starts).astype(np.uint64)
        inside = (mean - np.uint64(edge << (BITS - zoom))).astype(np.int64)
        shift = BITS - zoom - _EXTENT_BITS  # rounded down: the place stays in its cell
        numbers[:, 1 + axis] = zigzag(inside >> shift if shift >= 0 else inside << -shift)
    return Shapes(POINT, numbers.ravel(), np.full(len(starts), 3, dtype=np.int64))


def fids_in(snapshot: Snapshot, cell: tuple[int, int, int]) -> NDArray[np.int64]:
    """Return the fids of the points of one cell.

    Parameters
    ----------
    snapshot
        All points.
    cell
        Its level, column and row.

    Returns
    -------
    ndarray
        Rising.
    """
    first, last = snapshot.places.run(*cell)
    return np.sort(snapshot.rows.fids[snapshot.places.order[first:last]])
