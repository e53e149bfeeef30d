"""Good field zones for many units: spread seeds, annealing from coarse to fine, the better starts bettered.

The work is counted in proposals, never in seconds, so that a seed gives the same plan on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from geocensus.model import Text
from geocensus.zoning.annealing import FRESH, WARM, Clock, annealed, announced, warm
from geocensus.zoning.coarsening import finest, ladder, morton_order
from geocensus.zoning.demands import not_joined
from geocensus.zoning.levels import Goal, Level
from geocensus.zoning.polishing import polished
from geocensus.zoning.renewal import renewed, worth
from geocensus.zoning.repairing import repaired
from geocensus.zoning.score import Score, score, weighted
from geocensus.zoning.seeding import first_labels

if TYPE_CHECKING:
    from geocensus.zoning.coarsening import Ladder
    from geocensus.zoning.task import Ints, Progress, Stop, Task

__all__ = ["solve_heuristic", "warm"]

_LEAST_WORK, _SMALL, _GROWTH = 3.0e6, 100, 0.37  # proposals up to a small number of units, and the power they grow with
_MOST_WORK = 25_000  # per unit
_RENEWAL, _FEW, _MANY = 0.6, 200, 10_000  # part of the work that betters plans: up to few units; none for many
_PER_UNIT = 100  # proposals per unit of one start, and of one try to better some zones
_START = 8_000  # proposals that could be made while a start is prepared
_MOST_STARTS = 64
_LEAST_TRIES = 16  # before locks are said to be in the way
_SURVIVORS = 8  # starts worth bettering, then half of them and so on: early rounds tell the basins apart
_FINALISTS = 3
_OUTSIDE = 3.0  # what excess counts for among starts: mending it costs about as much
_ROUNDS, _ROUNDS_OF_MANY, _MANY_STARTS = 60, 15, 8  # of seeding, the second where there are more starts than these
_COARSEST = 60  # units per zone on the coarsest level, and in all:
_FEWEST = 200

_SQUEEZES, _SQUEEZE = 4, 0.125  # searches for a smaller deviation where the tolerance is out of reach, and their effort
_LAST_MOVES, _HURRIED_MOVES = 2000, 50

_SQUEEZING = Text(
    "允许偏差内没有找到方案，正在寻找偏差最小的方案",
    "no plan found within the tolerance: looking for the smallest deviation",
)


def solve_heuristic(
    task: Task, *, seed: int = 0, effort: float = 1.0, progress: Progress | None = None, stop: Stop | None = None
) -> Ints:
    """Search for field zones of a connected graph: as balanced as asked, then with short borders.

    Parameters
    ----------
    task : Task
        What is asked; 1 ≤ k ≤ units, targets above 0.
    seed : int
        The same seed gives the same plan.
    effort : float
        Multiple of the usual work.
    progress : callable, optional
        Called with the share done (0 to 1), and with a `Text` where the user has to wait for something else.
    stop : callable, optional
        Asked several times a second; when it returns True the best plan so far is returned.

    Returns
    -------
    ndarray of int
        Field zone (0 to k − 1) of each unit; every zone connected and not empty, locked units in theirs.

    Raises
    ------
    SplitInfeasibleError
        Locked units of some zone cannot be joined past those of the others in any order tried; reason "not_found".
    """
    if task.k == 1:
        return np.zeros(task.graph.size, dtype=np.int64)
    with announced(progress):
        warm()
    task = weighted(task)
    budget = _budget(task.graph.size, effort)
    clock = Clock(budget.starts * budget.each + budget.renewal, progress, stop)
    search = _search(task)
    best = _best_of(search, budget, clock, seed)
    if best[0].excess > 0 and not clock.stopped:
        best = _squeezed(search, best, _budget(task.graph.size, effort * _SQUEEZE), clock, seed)
    if progress is not None:
        progress(1.0)
    return best[1]


class _Budget(NamedTuple):
    """Work to do: starts, proposals of each, and proposals to better what came of the best ones."""

    starts: int
    each: int
    renewal: int


class _Found(NamedTuple):
    """A plan in the order of the finest level, the start it came from, and what it is worth."""

    worth: tuple[float, float]
    start: int
    labels: Ints

    @property
    def rank(self) -> tuple[float, int]:
        return self.worth[1] + _OUTSIDE * self.worth[0], self.start


@dataclass(frozen=True, eq=False)
class _Search:
    """A task, its units in the order of a walk through the area, and their coarser levels."""

    task: Task
    order: Ints
    ladder: Ladder

    @property
    def goal(self) -> Goal:
        return Goal(self.task.target.astype(np.float64), self.task.tolerance)


Plan = tuple[Score, "Ints"]


def _search(task: Task) -> _Search:
    order = morton_order(task.graph.x, task.graph.y)
    units = finest(task, order)
    coarsest = max(_FEWEST, _COARSEST * task.k)
    return _Search(task, order, ladder(units, task.graph.area_m2[order], task.k, coarsest=coarsest))


def _budget(units: int, effort: float) -> _Budget:
    """Share the work out: many short starts and much bettering for few units, one long start for very many."""
    work = effort * min(_LEAST_WORK * max(1.0, (units / _SMALL) ** _GROWTH), float(_MOST_WORK * units))
    part = _RENEWAL * float(np.clip(np.log(_MANY / units) / np.log(_MANY / _FEW), 0.0, 1.0))
    first = work * (1 - part)
    each = min(_PER_UNIT * units * max(1.0, units / _SMALL), first)
    starts = int(np.clip(round(first / (each + _START)), 1, _MOST_STARTS * max(1.0, effort)))
    return _Budget(starts, max(int(each), units), int(work * part))


def _best_of(search: _Search, budget: _Budget, clock: Clock, seed: int) -> Plan:
    """Return the best plan of several starts, the better ones of them bettered."""
    plans: list[_Found] = []
    for start in range(max(budget.starts, _LEAST_TRIES)):
        if (plans and (start >= budget.starts or clock.stopped)) or (not plans and start >= _LEAST_TRIES):
            break
        labels = _start(search, start, budget, clock, np.random.default_rng([seed, start]))
        if labels is not None:
            plans.append(_Found(_worth(search, labels), start, labels))
    if not plans:
        raise not_joined()
    plans = _bettered(search, plans, budget.renewal, clock, np.random.default_rng([seed, _MOST_STARTS]))
    return min((_finished(search, plan, clock) for plan in plans[:_FINALISTS]), key=lambda plan: plan[0].key)


def _worth(search: _Search, labels: Ints) -> tuple[float, float]:
    return worth(search.ladder.levels[0], labels, search.goal)


def _bettered(search: _Search, plans: list[_Found], work: int, clock: Clock, rng: np.random.Generator) -> list[_Found]:
    """Better the best plans, in every round half as many with as much work; return all, the best first."""
    plans = sorted(plans, key=lambda plan: (plan.worth, plan.start))
    plans[1:] = sorted(plans[1:], key=lambda plan: plan.rank)  # the best balanced one and the most promising
    survivors = min(_SURVIVORS, len(plans))
    rounds = survivors.bit_length()
    for turn in range(rounds if work else 0):
        count = survivors >> turn
        for row, plan in enumerate(plans[:count]):
            labels = renewed(
                search.ladder.levels[0],
                plan.labels,
                search.goal,
                proposals=work // rounds // count,
                per_unit=_PER_UNIT,
                clock=clock,
                rng=rng,
            )
            plans[row] = _Found(_worth(search, labels), plan.start, labels)
        plans.sort(key=lambda plan: (plan.worth, plan.start))
    return plans


def _finished(search: _Search, plan: _Found, clock: Clock) -> Plan:
    """Return a plan with the last of its balance mended, in the order of the task."""
    task, moves = search.task, _HURRIED_MOVES if clock.stopped else _LAST_MOVES
    labels = np.empty_like(plan.labels)
    labels[search.order] = polished(search.ladder.levels[0], plan.labels, task.target, task.tolerance, rounds=moves)
    return score(task, labels), labels


def _squeezed(search: _Search, best: Plan, budget: _Budget, clock: Clock, seed: int) -> Plan:
    """Return a plan with a smaller deviation where one is found, by halving between what is asked and what is had."""
    clock.say(_SQUEEZING)
    asked = low = search.task.tolerance
    for step in range(_SQUEEZES):
        wished = replace(search.task, tolerance=(low + best[0].deviation) / 2)
        plan = _best_of(replace(search, task=wished), budget, clock, seed + step + 1)
        if plan[0].deviation < best[0].deviation:
            best = score(search.task, plan[1]), plan[1]
        else:
            low = wished.tolerance
        if clock.stopped or best[0].deviation <= asked:
            break
    return best


def _start(search: _Search, start: int, budget: _Budget, clock: Clock, rng: np.random.Generator) -> Ints | None:
    """Return the plan of one start, None if locks are in its way."""
    task, (levels, parents) = search.task, search.ladder
    stay = task.stay_weight > 0 and bool(np.any(task.current >= 0))
    nearby = stay and start % 2 == 0  # every other start sets out from the current plan
    if nearby:
        levels, parents = levels[:1], parents[:0]
    rounds = _ROUNDS if budget.starts <= _MANY_STARTS else _ROUNDS_OF_MANY
    labels = levels[-1].home.astype(np.int64) if nearby else first_labels(levels[-1], task.target, rng, rounds=rounds)
    if stay and not nearby:
        labels = _renamed(levels[-1], labels, task.k)
    first = repaired(levels[-1], labels, task.k, rng)
    if first is None:
        return None
    labels = first
    for height in reversed(range(len(levels))):
        top = height == len(levels) - 1
        labels = labels if top else labels[parents[height]]
        share = 1.0 if len(levels) == 1 else 0.5 if top else 0.5 / (len(levels) - 1)
        labels = annealed(
            levels[height],
            labels,
            search.goal,
            FRESH if top and not nearby else WARM,
            proposals=int(budget.each * share) + 1,
            clock=clock,
            rng=rng,
        )
    return labels


def _renamed(level: Level, labels: Ints, k: int) -> Ints:
    """Return labels whose zones have the names under which most work stays where it is."""
    known = level.home >= 0
    common = np.zeros((k, k))
    np.add.at(common, (labels[known], level.home[known]), level.stay[known])
    new: Ints = linear_sum_assignment(common, maximize=True)[1]
    return new[labels]
