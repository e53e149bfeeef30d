"""From today's field zones to balanced ones with the least work reassigned.

How much work must cross which border is a flow problem: the least total flow over borders of field zones that brings
every load into its band. Units next to a border are moved along that flow, those first that leave the shortest borders,
until all loads are in their bands; then moves that turned out unnecessary are taken back, and borders are shortened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.flows import flows
from geocensus.zoning.founding import founded
from geocensus.zoning.patchwork import NEARLY, Patchwork
from geocensus.zoning.score import score

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.task import Ints, Task

__all__ = ["settled"]

_ROUNDS = 200
_PATIENCE = 12  # rounds without a better plan
_SWEEPS = 30


def settled(task: Task, *, stop: Callable[[], bool] | None = None) -> Ints | None:
    """Reassign the least work that brings all loads into their bands.

    Parameters
    ----------
    task : Task
        With ``current`` field zones; units without one, and field zones without units, are filled in first.
    stop : callable, optional
        Returns True to end with the best so far.

    Returns
    -------
    ndarray of int or None
        Field zone of each unit; the bands are kept as well as found. None where today's field zones, or locks, are no
        start that can be mended.
    """
    patch = founded(task)
    if patch is None:
        return None
    best, best_score = patch.snapshot(), score(task, patch.snapshot())
    stale = 0
    for _ in range(_ROUNDS):
        if best_score.excess == 0 or stale >= _PATIENCE or (stop is not None and stop()):
            break
        if not (_follow(patch) or _exchange(patch)):
            break
        patch.tire()
        found = score(task, patch.snapshot())
        stale += 1
        if found.key < best_score.key:
            best, best_score, stale = patch.snapshot(), found, 0
    patch.restore(best)
    _tidy(patch, stop)
    return patch.snapshot()


def _follow(patch: Patchwork) -> bool:
    """Move units along the flow; tell whether any was moved."""
    pairs = patch.borders()
    if not len(pairs):
        return False
    wanted = flows(patch.loads, patch.low, patch.high, pairs)
    moved = False
    for index in np.argsort(-wanted, kind="stable").tolist():
        one, other = pairs[index].tolist()
        left = float(wanted[index])
        while left > NEARLY and (unit := _best_move(patch, one, other, left)) >= 0:
            left -= patch.move(unit, other)
            moved = True
    return moved


def _best_move(patch: Patchwork, one: int, other: int, wanted: float) -> int:
    """Return the unit that adds least to the objective per minute it brings loads nearer to what is wanted; or −1."""
    rows = [row for row in patch.rim(one, other) if 0 < patch.load[row] < 2 * wanted]
    prices = sorted((patch.price(row, other) / (wanted - abs(wanted - patch.load[row])), row) for row in rows)
    return next((row for _, row in prices if patch.can_leave(row)), -1)


def _exchange(patch: Patchwork) -> bool:
    """Where no move along the flow fits, swap units across a border of the worst field zones."""
    outside = patch.outside()
    pairs = patch.borders()
    for zone in np.argsort(-outside, kind="stable")[: int((outside > 0).sum())].tolist():
        for other in pairs[pairs[:, 0] == zone, 1].tolist():
            before = patch.misfit(zone, other, 0.0)
            mine, theirs = [-1, *patch.rim(zone, other)], [-1, *patch.rim(other, zone)]
            gains = [(patch.misfit(zone, other, _load(patch, u) - _load(patch, v)), u, v) for u in mine for v in theirs]
            for _, unit, back in sorted(gain for gain in gains if gain[0] < before - NEARLY):
                if _swap(patch, (zone, other), unit, back):
                    return True
    return False


def _load(patch: Patchwork, unit: int) -> float:
    return patch.load[unit] if unit >= 0 else 0.0


def _swap(patch: Patchwork, zones: tuple[int, int], unit: int, back: int) -> bool:
    """Move a unit there and another one back (−1: none) if both field zones stay whole; else leave all as it was."""
    one, other = zones
    if unit >= 0:
        if not patch.can_leave(unit):
            return False
        patch.move(unit, other)
    touches = back < 0 or any(patch.zone[near] == one for near in patch.near[back])
    if touches and (back < 0 or patch.can_leave(back)):
        if back >= 0:
            patch.move(back, one)
        return True
    if unit >= 0:
        patch.move(unit, one)
        del patch.rest[unit]
    return False


def _tidy(patch: Patchwork, stop: Callable[[], bool] | None) -> None:
    """Take back what need not have moved, and shorten borders, by moves and swaps that put no load outside its band."""
    for _ in range(_SWEEPS):
        patch.rest.clear()
        changed = sum(_step(patch, unit) for unit in range(len(patch.zone)))
        patch.rest.clear()
        changed += sum(_trade(patch, one, other) for one, other in patch.borders().tolist() if one < other)
        if not changed or (stop is not None and stop()):
            return


def _step(patch: Patchwork, unit: int) -> bool:
    """Move a unit to the neighbouring field zone where the objective is least; tell whether it was moved."""
    now, load = patch.zone[unit], patch.load[unit]
    zones = sorted({patch.zone[other] for other in patch.near[unit]} - {now})
    for price, zone in sorted((patch.price(unit, zone), zone) for zone in zones):
        if price >= -NEARLY:
            return False
        fits = patch.misfit(now, zone, load) <= patch.misfit(now, zone, 0.0) + NEARLY
        if fits and patch.can_leave(unit):
            patch.move(unit, zone)
            return True
    return False


def _trade(patch: Patchwork, one: int, other: int) -> bool:
    """Swap the two units across a border that gain most; tell whether any were."""
    before = patch.misfit(one, other, 0.0) + NEARLY
    mine = [(patch.price(unit, other), unit) for unit in patch.rim(one, other)]
    theirs = [(patch.price(unit, one), unit) for unit in patch.rim(other, one)]
    gains = []
    for price, unit in mine:
        for back_price, back in theirs:
            both = price + back_price
            if both < -NEARLY and patch.misfit(one, other, patch.load[unit] - patch.load[back]) <= before:
                touching = sum(c for near, c in zip(patch.near[unit], patch.cut[unit], strict=True) if near == back)
                gains.append((both + 2 * patch.scales.cut * touching, unit, back))
    return any(gain < -NEARLY and _swap(patch, (one, other), unit, back) for gain, unit, back in sorted(gains))
