"""Points of a table in memory: immutable columns by fid, and in the order of the tiles."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geocensus_api.tiles.mercator import BITS, morton, morton_of, project

__all__ = ["Places", "Rows", "Snapshot", "View", "codes_of", "snapshot_of", "sorted_places", "with_values"]

_SPLIT: Final = 4  # tiles along the longer side of a box that propose its points


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a table of points.

    Attributes
    ----------
    fids
        Rising, shape (n,).
    lon, lat
        Degrees, shape (n,); NaN where a row has no place.
    kind
        Positions in :attr:`Snapshot.kinds`, shape (n,).
    worst
        Severity of the worst flag that stands open: 3 error, 2 warning, 1 info, 0 none; shape (n,).
    flags
        How many stand open, shape (n,).
    area
        Positions in :attr:`Snapshot.areas`, shape (n,); empty until somebody needs it.
    """

    fids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    kind: NDArray[np.int16]
    worst: NDArray[np.uint8]
    flags: NDArray[np.uint16]
    area: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Places:
    """The rows that have a place, in the order of their Morton codes.

    Attributes
    ----------
    keys
        Codes, shape (m,), rising.
    order
        Positions of the rows, shape (m,).
    """

    keys: NDArray[np.uint64]
    order: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.keys)

    def run(self, zoom: int, x: int, y: int) -> tuple[int, int]:
        """Return the run of places in a tile.

        Parameters
        ----------
        zoom
            0 to 32.
        x
            Column.
        y
            Row.

        Returns
        -------
        tuple
            First, and one after the last.
        """
        shift = 2 * (BITS - zoom)
        code = morton_of(x, y)
        ends = np.array([code << shift, ((code + 1) << shift) - 1], dtype=np.uint64)
        return int(np.searchsorted(self.keys, ends[0])), int(np.searchsorted(self.keys, ends[1], side="right"))

    def positions(self, rows: Rows, where: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return at which positions here some rows stand.

        Parameters
        ----------
        rows
            Of which these are the places.
        where
            Positions of a few rows; those without a place are passed over.

        Returns
        -------
        ndarray
            In no order.
        """
        placed = where[~np.isnan(rows.lon[where])].astype(np.int32)
        codes = np.unique(codes_of(rows, placed))
        first, last = np.searchsorted(self.keys, codes), np.searchsorted(self.keys, codes, side="right")
        runs = [np.arange(start, end) for start, end in zip(first.tolist(), last.tolist(), strict=True)]
        near = np.concatenate([*runs, np.empty(0, dtype=np.intp)])
        return near[np.isin(self.order[near], placed)]


def _prefix(values: NDArray[Any]) -> NDArray[np.uint64]:
    sums = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values, dtype=np.uint64, out=sums[1:])
    return sums


@dataclass(frozen=True, eq=False)
class View:
    """Columns of some places, in their order: what tiles are made of."""

    places: Places
    kind: NDArray[np.int16]
    worst: NDArray[np.uint8]
    flags: NDArray[np.uint16]

    @cached_property
    def turns(self) -> NDArray[np.int32]:
        """How often the kind has changed up to each place, shape (m,): a run of one kind has no turn in it.

        Returns
        -------
        ndarray
            Rising.
        """
        turns = np.zeros(len(self.kind), dtype=np.int32)
        np.cumsum(self.kind[1:] != self.kind[:-1], dtype=np.int32, out=turns[1:])
        return turns

    @cached_property
    def flagged(self) -> tuple[NDArray[np.intp], ...]:
        """Positions with an open flag: of any severity, of a warning or worse, of an error.

        Returns
        -------
        tuple
            Rising positions; few of all.
        """
        some = np.flatnonzero(self.worst)
        return some, some[self.worst[some] > 1], some[self.worst[some] > 2]  # noqa: PLR2004 - severities

    @cached_property
    def flag_sums(self) -> NDArray[np.uint64]:
        """Prefix sums of the number of flags over the first of :attr:`flagged`.

        Returns
        -------
        ndarray
            Shape (k + 1,).
        """
        return _prefix(self.flags[self.flagged[0]])

    def remarked(self, rows: Rows, where: NDArray[np.intp]) -> "View":
        """Return the same places with the flags of now.

        Parameters
        ----------
        rows
            Of now, in the same places.
        where
            Positions of those whose flags changed.

        Returns
        -------
        View
            Shares what flags have no part in.
        """
        at, order = self.places.positions(rows, where), self.places.order
        worst, flags = (
            with_values(mine, at, now[order[at]]) for mine, now in ((self.worst, rows.worst), (self.flags, rows.flags))
        )
        view = View(self.places, self.kind, worst, flags)
        if "turns" in self.__dict__:
            view.__dict__["turns"] = self.turns
        return view


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Rows, the order of their places, and what kinds and areas are called (the first name is None)."""

    rows: Rows
    places: Places
    kinds: tuple[str | None, ...] = (None,)
    areas: tuple[str | None, ...] = (None,)

    def __len__(self) -> int:
        return len(self.rows.fids)

    @cached_property
    def view(self) -> View:
        """All places, as tiles need them.

        Returns
        -------
        View
            Made once.
        """
        return _view(self.rows, self.places)

    def only(self, mask: NDArray[np.bool_]) -> View:
        """Return some places, as tiles need them.

        Parameters
        ----------
        mask
            Which rows, shape (n,).

        Returns
        -------
        View
            In the same order.
        """
        kept = mask[self.places.order]
        return _view(self.rows, Places(self.places.keys[kept], self.places.order[kept]))

    def mask(self, fids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which rows have one of some fids.

        Parameters
        ----------
        fids
            Rising; those that are not here are passed over.

        Returns
        -------
        ndarray
            Shape (n,).
        """
        mask = np.zeros(len(self), dtype=np.bool_)
        at = np.searchsorted(self.rows.fids, fids)
        at = np.minimum(at, max(len(self) - 1, 0))
        if len(self):
            mask[at[self.rows.fids[at] == fids]] = True
        return mask

    def positions(self, fids: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return at which positions rows stand.

        Parameters
        ----------
        fids
            Rising; all of them are here.

        Returns
        -------
        ndarray
            Rising.
        """
        all_fids = self.rows.fids
        if len(all_fids) and all_fids[-1] - all_fids[0] + 1 == len(all_fids):  # without gaps
            return fids - all_fids[0]
        return np.searchsorted(all_fids, fids)

    def in_box(self, box: tuple[float, float, float, float]) -> NDArray[np.int64]:
        """Return the fids of the rows in a box, its sides included.

        Parameters
        ----------
        box
            Sides minx, miny, maxx, maxy in degrees.

        Returns
        -------
        ndarray
            Rising fids; exact, whatever the tiles proposed.
        """
        near = self.places.order[self._near(box)]
        lon, lat = self.rows.lon[near], self.rows.lat[near]
        minx, miny, maxx, maxy = box
        return np.sort(self.rows.fids[near[(lon >= minx) & (lon <= maxx) & (lat >= miny) & (lat <= maxy)]])

    def _near(self, box: tuple[float, float, float, float]) -> NDArray[np.intp]:
        """Return positions of places in a few tiles that cover a box."""
        x, y = project(np.array([box[0], box[2]]), np.array([box[3], box[1]]))
        x0, x1, y0, y1 = int(x[0]), int(x[1]), int(y[0]), int(y[1])
        zoom = min(BITS, max(0, BITS - max(x1 - x0, y1 - y0, 1).bit_length() + _SPLIT.bit_length() - 1))
        shift = BITS - zoom
        runs = [
            self.places.run(zoom, column, row)
            for row in range(y0 >> shift, (y1 >> shift) + 1)
            for column in range(x0 >> shift, (x1 >> shift) + 1)
        ]
        return np.concatenate([np.arange(first, last) for first, last in runs])


def _view(rows: Rows, places: Places) -> View:
    order = places.order
    return View(places, rows.kind[order], rows.worst[order], rows.flags[order])


def sorted_places(codes: NDArray[np.uint64], placed: NDArray[np.int32]) -> Places:
    """Return places in the order of their codes.

    Parameters
    ----------
    codes
        Of those that have a place, shape (m,), in any order.
    placed
        Their positions, shape (m,).

    Returns
    -------
    Places
        Sorted; NumPy sorts plain numbers several times faster than it finds their order, so the position travels in
        the low bits first, and the little that their loss leaves unsorted is sorted after it.
    """
    bits = np.uint64(max(1, len(codes).bit_length()))
    packed = codes >> bits << bits
    packed |= np.arange(len(codes), dtype=np.uint64)
    packed.sort()
    packed &= (np.uint64(1) << bits) - np.uint64(1)
    rough = packed.astype(np.int32)
    keys = codes[rough]
    fine = np.argsort(keys, kind="stable")
    return Places(keys[fine], placed[rough[fine]])


def snapshot_of(rows: Rows, kinds: tuple[str | None, ...], areas: tuple[str | None, ...] = (None,)) -> Snapshot:
    """Return a snapshot of rows.

    Parameters
    ----------
    rows
        By fid.
    kinds
        Names of the kinds; the first is None.
    areas
        Names of the areas; the first is None.

    Returns
    -------
    Snapshot
        With its places sorted.
    """
    placed = np.flatnonzero(~np.isnan(rows.lon)).astype(np.int32)
    return Snapshot(rows, sorted_places(codes_of(rows, placed), placed), kinds, areas)


def codes_of(rows: Rows, placed: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return the Morton codes of rows.

    Parameters
    ----------
    rows
        All rows.
    placed
        Positions of some that have a place, shape (m,).

    Returns
    -------
    ndarray
        Shape (m,).
    """
    codes = np.empty(len(placed), dtype=np.uint64)
    for start in range(0, len(placed), 1 << 16):  # pieces that fit into the processor's cache
        part = slice(start, start + (1 << 16))
        codes[part] = morton(*project(rows.lon[placed[part]], rows.lat[placed[part]]))
    return codes


def with_values(column: NDArray[Any], where: NDArray[np.intp], values: NDArray[Any]) -> NDArray[Any]:
    """Return a column with some values changed.

    Parameters
    ----------
    column
        Stays as it is.
    where
        Positions.
    values
        One for each.

    Returns
    -------
    ndarray
        The same one where nothing changes.
    """
    if np.array_equal(column[where], values):
        return column
    column = column.copy()
    column[where] = values
    return column
