"""Every connected set of units that may become a field zone, grown unit by unit; dead ends are left early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geocensus.zoning.exact_sets import Sets
    from geocensus.zoning.score import Mask
    from geocensus.zoning.task import Ints

__all__ = ["PAIR", "Budget", "GaveUpError", "connected_sets", "rest_feasible"]

PAIR = 2  # field zones that are each other's rest
_CHUNK = 1 << 15  # states grown at once: arrays that stay in the processor's cache
_STEPS = 30.0  # elementary steps per state


class GaveUpError(Exception):
    """The work bound is reached or the user stopped; never leaves the exact solver."""


class Budget:
    """Elementary steps that may still be done.

    Parameters
    ----------
    limit : float
        Number of steps; about 3e8 a second.
    stop : callable
        Asked now and then; True ends the work.
    """

    def __init__(self, limit: float, stop: Callable[[], bool] | None = None) -> None:
        self.left = limit
        self._stop = stop

    def spend(self, steps: float) -> None:
        """Take steps from the budget.

        Parameters
        ----------
        steps : float
            How many.

        Raises
        ------
        GaveUpError
            If none are left or the user stopped.
        """
        self.left -= steps
        if self.left < 0 or (self._stop is not None and self._stop()):
            raise GaveUpError


def connected_sets(
    sets: Sets, zones: int, band: tuple[float, float], apart: list[int], budget: Budget
) -> Iterator[Ints]:
    """Yield every connected set whose load is in a band and whose rest can still be a plan, in chunks.

    Parameters
    ----------
    sets : Sets
        Tables of the graph.
    zones : int
        Field zones of the whole plan.
    band : (float, float)
        Least and greatest load.
    apart : list of int
        Sets of units locked to one field zone each: a set holds all of one of them or nothing of any.
    budget : Budget
        Steps left.

    Yields
    ------
    ndarray of int
        Sets as bits, each once; with two field zones only those of the first unit, the others being their rests.
    """
    n = len(sets.order)
    inside = 1 << np.arange(n if zones != PAIR else 1, dtype=np.int64)
    decided = (inside << 1) - 1
    stack = [(inside, sets.near(inside) & ~decided, decided)]
    while stack:
        inside, front, decided = stack.pop()
        budget.spend(_STEPS * len(inside))
        keep = sets.load(inside) <= band[1]
        inside, front, decided = inside[keep], front[keep], decided[keep]
        keep = _hopeful(sets, inside, decided, zones, band)
        inside, front, decided = inside[keep], front[keep], decided[keep]
        ready = front == 0
        found = inside[ready]
        found = found[_whole(found, apart) & (sets.load(found) >= band[0])]
        if len(found):
            yield found
        inside, front, decided = inside[~ready], front[~ready], decided[~ready]
        if not len(inside):
            continue
        unit = front & -front
        decided |= unit
        inside, decided = np.concatenate([inside | unit, inside]), np.concatenate([decided, decided])
        front = np.concatenate([(front | sets.near(unit)), front]) & ~decided
        for at in range(0, len(front), _CHUNK):
            part = slice(at, at + _CHUNK)
            stack.append((inside[part], front[part], decided[part]))


def _hopeful(sets: Sets, inside: Ints, decided: Ints, zones: int, band: tuple[float, float]) -> Mask:
    """Say whether a set can grow into the band while the units decided against it can be the other field zones."""
    against, outside = decided & ~inside, sets.full & ~inside
    hopeful = sets.load(sets.full & ~against) >= band[0]
    others = np.zeros(len(inside), dtype=np.int64)
    at = np.flatnonzero(hopeful & (against != 0))
    left = against[at]
    while len(at):
        part = sets.grow(left & -left, outside[at])
        few = np.maximum(1, np.ceil(sets.load(part & against[at]) / band[1])) if band[1] > 0 else np.ones(len(at))
        most = np.floor(sets.load(part) / band[0]) if band[0] > 0 else np.full(len(at), zones)
        others[at] += few.astype(np.int64)
        hopeful[at] &= (few <= most) & (others[at] < zones)
        left = left & ~part
        more = (left != 0) & hopeful[at]
        at, left = at[more], left[more]
    return hopeful


def _whole(found: Ints, apart: list[int]) -> Mask:
    held = np.zeros(len(found), dtype=np.int64)
    whole = np.ones(len(found), dtype=bool)
    for locked in apart:
        part = found & locked
        held += part != 0
        whole &= (part == 0) | (part == locked)
    return whole & (held <= 1)


def rest_feasible(sets: Sets, rest: Ints, zones: int, band: tuple[float, float]) -> Mask:
    """Say whether the connected parts of what is left can hold so many field zones with loads in the band.

    Parameters
    ----------
    sets : Sets
        Tables of the graph.
    rest : ndarray of int
        What is left, as bits.
    zones : int
        Field zones to be made of it.
    band : (float, float)
        Least and greatest load.

    Returns
    -------
    ndarray of bool
        False only where it is impossible.
    """
    possible = np.ones(len(rest), dtype=bool)
    fewest, most = np.zeros(len(rest), dtype=np.int64), np.zeros(len(rest), dtype=np.int64)
    at = np.flatnonzero(rest)
    left = rest[at]
    while len(at):
        part = sets.grow(left & -left, left)
        load, units = sets.load(part), np.bitwise_count(part)
        low = np.maximum(1, np.ceil(load / band[1])) if band[1] > 0 else np.ones(len(part))
        high = np.minimum(units, np.floor(load / band[0])) if band[0] > 0 else units
        fewest[at] += low.astype(np.int64)
        most[at] += high.astype(np.int64)
        possible[at] &= low <= high
        left = left & ~part
        more = (left != 0) & possible[at] & (fewest[at] <= zones)
        at, left = at[more], left[more]
    exhausted = possible & (fewest <= zones)
    return exhausted & (most >= zones)
