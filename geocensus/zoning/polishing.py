"""The last of the balance: the best move or exchange between the worst field zone and its neighbours, again and again.

Annealing leaves a few zones outside the tolerance where loads are uneven. Here any two border units of two zones may
change places, which sweeps of neighbours never propose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.levels import edges_from, sums

if TYPE_CHECKING:
    from geocensus.zoning.levels import Level
    from geocensus.zoning.task import Floats, Ints

__all__ = ["polished"]

_TRIES = 100  # best candidates whose connectivity is looked at
_LEAST = 1e-12


def polished(level: Level, labels: Ints, target: Floats, tolerance: float, *, rounds: int = 2000) -> Ints:
    """Return labels with less squared excess over the tolerance.

    Parameters
    ----------
    level : Level
        The units.
    labels : ndarray of int
        Zone of each unit, every zone connected.
    target : ndarray of float
        Wished load per zone, above 0.
    tolerance : float
        Share by which loads may differ.
    rounds : int
        Changes at most.

    Returns
    -------
    ndarray of int
        Every zone still connected.
    """
    labels = labels.copy()
    load = sums(labels, level.load, len(target))
    stuck = np.zeros(len(target), dtype=bool)
    for _ in range(rounds):
        off = np.where(stuck, 0.0, np.abs(load / target - 1))
        zone = int(off.argmax())
        if off[zone] <= tolerance:
            break
        change = _change(level, labels, load, target, tolerance, zone)
        stuck[zone] = change is None
        if change is not None:
            for unit, goal in change:
                load[labels[unit]] -= level.load[unit]
                load[goal] += level.load[unit]
                labels[unit] = goal
            stuck[:] = False
    return labels


def _change(
    level: Level, labels: Ints, load: Floats, target: Floats, tolerance: float, zone: int
) -> list[tuple[int, int]] | None:
    """Return the units and their new zones of the best change that keeps both zones connected."""
    out, into, other = _candidates(level, labels, zone)
    moved = np.where(out >= 0, level.load[out], 0.0) - np.where(into >= 0, level.load[into], 0.0)
    gain = _excess(load[zone], target[zone], tolerance) - _excess(load[zone] - moved, target[zone], tolerance)
    gain += _excess(load[other], target[other], tolerance) - _excess(load[other] + moved, target[other], tolerance)
    order = np.argsort(-gain, kind="stable")[:_TRIES]
    for row in order[gain[order] > _LEAST]:
        change = [(int(out[row]), int(other[row]))] if out[row] >= 0 else []
        change += [(int(into[row]), zone)] if into[row] >= 0 else []
        if _keeps(level, labels, change, (zone, int(other[row]))):
            return change
    return None


def _excess(load: Floats, target: Floats, tolerance: float) -> Floats:
    """Return squared relative excesses over the tolerance."""
    return np.maximum(np.abs(load / target - 1) - tolerance, 0.0) ** 2


def _candidates(level: Level, labels: Ints, zone: int) -> tuple[Ints, Ints, Ints]:
    """Return units that may leave the zone, units that may enter it (−1: none), and the zone they change with."""
    members = np.flatnonzero(labels == zone)
    source, edge = edges_from(level, members)
    near = level.near[edge].astype(np.int64)
    across = labels[near] != zone
    leave = np.unique(np.column_stack([source, labels[near]])[across & (level.lock[source] < 0)], axis=0)
    enter = np.unique(near[across & (level.lock[near] < 0)])
    pairs = [(leave[:, 0], np.full(len(leave), -1), leave[:, 1]), (np.full(len(enter), -1), enter, labels[enter])]
    for other in np.unique(leave[:, 1]):
        first, second = leave[leave[:, 1] == other, 0], enter[labels[enter] == other]
        grid = np.repeat(first, len(second)), np.tile(second, len(first))
        pairs.append((*grid, np.full(len(grid[0]), other)))
    out, into, others = (np.concatenate(column).astype(np.int64) for column in zip(*pairs, strict=True))
    return out, into, others


def _keeps(level: Level, labels: Ints, change: list[tuple[int, int]], zones: tuple[int, int]) -> bool:
    """Say whether both zones are connected after a change."""
    after = dict(change)
    for zone in zones:
        members = {int(unit) for unit in np.flatnonzero(labels == zone)} - after.keys()
        members |= {unit for unit, goal in after.items() if goal == zone}
        if not _connected(level, members):
            return False
    return True


def _connected(level: Level, members: set[int]) -> bool:
    """Say whether units hang together; none do not."""
    left = set(members)
    reached = [left.pop()] if left else []
    while reached:
        at = reached.pop()
        near = left.intersection(level.near[level.first[at] : level.first[at + 1]].tolist())
        left -= near
        reached.extend(near)
    return bool(members) and not left
