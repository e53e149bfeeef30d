"""A few neighbouring field zones planned anew, again and again: what is better stays.

Annealing of a whole plan settles into one of many shapes and rarely leaves it. Planning four to eight zones anew, now
from the plan as it is, now from fresh seeds, leads out of it at little cost (large neighbourhood search, Shaw 1998,
doi:10.1007/3-540-49481-2_30).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.annealing import FRESH, WARM, Heat, annealed
from geocensus.zoning.levels import Goal, edges_from, part_of, sums
from geocensus.zoning.repairing import repaired
from geocensus.zoning.seeding import first_labels

if TYPE_CHECKING:
    from geocensus.zoning.annealing import Clock
    from geocensus.zoning.levels import Level
    from geocensus.zoning.task import Ints

__all__ = ["renewed", "worth"]

_FEWEST, _MOST = 4, 8  # zones planned anew at a time
_ANEW = 0.3  # share of the tries that begin from fresh seeds
_ROUNDS = 15  # of seeding: annealing does the rest
_HARD = 1e4  # price of excess at the end: what is left of it is hard to mend later
_TRY = 4_000  # proposals that could be made while a try is prepared
_LITTLE = 1e-9  # gains below are rounding


def worth(level: Level, labels: Ints, goal: Goal) -> tuple[float, float]:
    """Return how far a plan is outside the tolerance, and its cost.

    Parameters
    ----------
    level : Level
        The units.
    labels : ndarray of int
        Zone of each unit.
    goal : Goal
        Wished loads.

    Returns
    -------
    (float, float)
        The lower the better; costs compare plans of one level.
    """
    k = len(goal.target)
    load = sums(labels, level.load, k)
    excess = float(np.abs(load / goal.target - 1).max()) - goal.tolerance
    source = np.repeat(labels, np.diff(level.first))
    cut = float(level.cost[source != labels[level.near]].sum()) / 2
    pulled = sums(labels, level.load * level.x, k) ** 2 + sums(labels, level.load * level.y, k) ** 2
    pull = float(np.divide(pulled, load, out=np.zeros(k), where=load > 0).sum())
    moved = float(level.stay[(level.home >= 0) & (level.home != labels)].sum())
    return (excess if excess > _LITTLE else 0.0), cut - pull + moved


def renewed(
    level: Level,
    labels: Ints,
    goal: Goal,
    *,
    proposals: int,
    per_unit: int,
    clock: Clock,
    rng: np.random.Generator,
) -> Ints:
    """Plan some zones anew as often as the proposals allow; keep what is better balanced, or as well and cheaper.

    Parameters
    ----------
    level : Level
        The units.
    labels : ndarray of int
        Zone of each unit, every zone connected and not empty.
    goal : Goal
        Wished loads.
    proposals : int
        Work to do.
    per_unit : int
        Proposals per unit of each try.
    clock : Clock
        Counts the work.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of int
        Every zone still connected and not empty.
    """
    labels, left = labels.copy(), proposals
    turn = np.empty(0, dtype=np.int64)
    while left > 0 and not clock.stopped:
        if not len(turn):
            turn = rng.permutation(len(goal.target))
        zones = _cluster(level, labels, int(turn[0]), int(rng.integers(_FEWEST, _MOST + 1)), rng)
        turn = turn[1:]
        units = np.flatnonzero(np.isin(labels, zones))
        left -= per_unit * len(units) + _TRY
        part = part_of(level, units, zones)
        old = np.searchsorted(zones, labels[units])
        wished = Goal(goal.target[zones], goal.tolerance)
        new = _tried(part, old, wished, per_unit * len(units), clock, rng)
        if new is not None:
            before, after = (worth(part, some, wished) for some in (old, new))
            if after <= before:
                labels[units] = zones[new]
    return labels


def _cluster(level: Level, labels: Ints, zone: int, count: int, rng: np.random.Generator) -> Ints:
    """Return a zone and some around it, ascending."""
    chosen, around = [zone], set()
    while len(chosen) < count:
        members = np.flatnonzero(labels == chosen[-1])
        _, edge = edges_from(level, members)
        around |= set(np.unique(labels[level.near[edge]]).tolist())
        around -= set(chosen)
        if not around:
            break
        chosen.append(int(rng.choice(sorted(around))))
    return np.array(sorted(chosen))


def _tried(
    part: Level, labels: Ints, goal: Goal, proposals: int, clock: Clock, rng: np.random.Generator
) -> Ints | None:
    """Plan some zones anew; None where locks are in the way of fresh seeds."""
    if rng.random() < _ANEW and not (part.home >= 0).any():
        fresh = repaired(part, first_labels(part, goal.target, rng, rounds=_ROUNDS), len(goal.target), rng)
        if fresh is None:
            return None
        labels, heat = fresh, FRESH
    else:
        hot = float(np.exp(rng.uniform(np.log(WARM.hot), np.log(FRESH.hot))))
        heat = Heat(hot, FRESH.soft if hot > 1 else WARM.soft)
    return annealed(part, labels, goal, heat, proposals=proposals, clock=clock, rng=rng, hard=_HARD)
