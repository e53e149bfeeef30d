"""Snapshots brought up to date: what did not change is shared with the one before."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geocensus_api.store.snapshot import Places, Rows, Snapshot, codes_of, with_values

__all__ = ["patched"]

_PLAIN: Final = ("kind", "worst", "flags")


def patched(before: Snapshot, found: Rows, gone: NDArray[np.int64], kinds: tuple[str | None, ...]) -> Snapshot:
    """Return a snapshot with some rows changed, added and removed.

    Parameters
    ----------
    before
        Stays as it is.
    found
        Rows of now, which may be new.
    gone
        Fids that are no longer there, or never were.
    kinds
        Names of the kinds of now; the first ones are those of before.

    Returns
    -------
    Snapshot
        Shares what did not change; areas are to be read again where a row came, went or moved.
    """
    old = before.rows
    at = np.searchsorted(old.fids, found.fids)
    known = np.zeros(len(found.fids), dtype=np.bool_)
    known[at < len(old.fids)] = old.fids[at[at < len(old.fids)]] == found.fids[at < len(old.fids)]
    where = at[known]
    same = (
        bool(known.all())
        and not before.mask(gone).any()
        and np.array_equal(old.lon[where], found.lon, equal_nan=True)
        and np.array_equal(old.lat[where], found.lat, equal_nan=True)
    )
    if same:
        rows = replace(old, **{name: with_values(getattr(old, name), where, getattr(found, name)) for name in _PLAIN})
        after = Snapshot(rows, before.places, kinds, before.areas)
        if rows.kind is old.kind and "view" in before.__dict__:  # tiles need not find the runs of kinds again
            after.__dict__["view"] = before.view.remarked(rows, where)
        return after
    if known.all() and not before.mask(gone).any():
        return _relocated(before, found, where, kinds)
    return _moved(before, found, gone, kinds)


def _relocated(before: Snapshot, found: Rows, where: NDArray[np.intp], kinds: tuple[str | None, ...]) -> Snapshot:
    """Change rows that are known: their places are taken out of the order and put in again."""
    old, places = before.rows, before.places
    changed = {name: with_values(getattr(old, name), where, getattr(found, name)) for name in ("lon", "lat", *_PLAIN)}
    rows = replace(old, **changed, area=old.area[:0])
    out = places.positions(old, where)
    keys, order = np.delete(places.keys, out), np.delete(places.order, out)
    placed = where[~np.isnan(rows.lon[where])].astype(np.int32)
    codes = codes_of(rows, placed)
    sorting = np.argsort(codes, kind="stable")
    at = np.searchsorted(keys, codes[sorting])
    put = Places(np.insert(keys, at, codes[sorting]), np.insert(order, at, placed[sorting]))
    return Snapshot(rows, put, kinds)


def _moved(before: Snapshot, found: Rows, gone: NDArray[np.int64], kinds: tuple[str | None, ...]) -> Snapshot:
    """Take the changed rows out, put those of now in, and sort what is nearly sorted."""
    old, places = before.rows, before.places
    stays = ~before.mask(np.union1d(found.fids, gone))
    at = np.searchsorted(old.fids[stays], found.fids)
    columns = [name for name in Rows.__dataclass_fields__ if name != "area"]
    joined = {name: np.insert(getattr(old, name)[stays], at, getattr(found, name)) for name in columns}
    rows = Rows(**joined, area=found.area[:0])
    new = np.zeros(len(rows.fids), dtype=np.bool_)
    new[at + np.arange(len(at))] = True
    position = np.full(len(stays), -1, dtype=np.int32)
    position[stays] = np.flatnonzero(~new)
    kept = stays[places.order]
    placed = np.flatnonzero(new & ~np.isnan(rows.lon)).astype(np.int32)
    keys = np.concatenate([places.keys[kept], codes_of(rows, placed)])
    order = np.concatenate([position[places.order[kept]], placed])
    fine = np.argsort(keys, kind="stable")
    return Snapshot(rows, Places(keys[fine], order[fine]), kinds)
