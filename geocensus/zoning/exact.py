"""Proven best plans for few units: all connected sets, bounded by prices, covered by dynamic programming."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.apportion import deviation_floor
from geocensus.zoning.exact_cover import Kind, Problem, choices_from, cover, labelled
from geocensus.zoning.exact_growth import PAIR, Budget, GaveUpError, connected_sets
from geocensus.zoning.exact_sets import MAX_UNITS, sets_of
from geocensus.zoning.score import ROUNDING, score, weighted
from geocensus.zoning.task import Solution

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from geocensus.zoning.exact_cover import Choices
    from geocensus.zoning.exact_sets import Sets
    from geocensus.zoning.score import Mask
    from geocensus.zoning.task import Floats, Ints, Task

__all__ = ["WORK_LIMIT", "NoPlanError", "solve_exact"]

_log = logging.getLogger(__name__)

WORK_LIMIT = 1.2e9  # elementary steps, up to ten seconds
_KEY_BITS = 62  # of a state: its units, and how many field zones of each kind are used
_NARROW = 0.01  # deviation from which the band is widened
_WIDER = 1.5  # how fast it grows while it holds no plan
_FEW = 5_000  # choices from which prices pay
_FIRST_KEPT = 1_000  # choices that the first, tightest limit keeps


class NoPlanError(Exception):
    """Proven: no plan exists, whatever its balance."""


def solve_exact(
    task: Task,
    *,
    work_limit: float = WORK_LIMIT,
    exactly: Collection[int] = (),
    stop: Callable[[], bool] | None = None,
) -> Solution | None:
    """Find the best plan and prove it.

    Parameters
    ----------
    task : Task
        What is asked, at most 56 units, groups already contracted.
    work_limit : float
        Elementary steps before giving up, 1 to 2e8 a second.
    exactly : collection of int
        Field zones that must hold their target, whatever the tolerance; they have locked units.
    stop : callable
        Asked now and then; True gives up.

    Returns
    -------
    Solution or None
        The optimum: in the band, or of the smallest deviation where the band holds no plan, and there of the least
        cost. Only "balance" where the cost's proof would pass the work limit. None if it gave up (logged).

    Raises
    ------
    NoPlanError
        If it is proven that no connected plan keeps the locks, whatever the balance.
    """
    task = weighted(task)
    if task.graph.size > MAX_UNITS:
        return None
    sets = sets_of(task)
    problem = Problem(sets, _kinds(task, sets, exactly), Budget(work_limit, stop))
    if problem.stride[-1] * (len(problem.kinds[-1].zones) + 1) >= 1 << _KEY_BITS:
        return None
    try:
        found = _search(task, problem)
    except GaveUpError:
        _log.info("exact solver gave up on %d units and %d field zones", task.graph.size, task.k)
        return None
    if found is None:
        raise NoPlanError
    return found


def _kinds(task: Task, sets: Sets, exactly: Collection[int]) -> list[Kind]:
    """Gather field zones that can be exchanged; those with locks or work to keep stand alone."""
    kinds: dict[tuple[int, float], Kind] = {}
    keeps = task.stay_weight > 0
    rounded = np.round(task.target / task.target.max(), 9)
    for zone in range(task.k):
        locked = sets.bits_of(task.fixed == zone)
        current = sets.bits_of(task.current == zone) if keeps else 0
        key = (zone if locked or current else -1, float(rounded[zone]))
        fresh = Kind([], float(task.target[zone]), locked, current, zone in exactly)
        kinds.setdefault(key, fresh).zones.append(zone)
    return list(kinds.values())


def _search(task: Task, problem: Problem) -> Solution | None:
    """Minimise the cost in the band; if it holds no plan, find the least deviation first."""
    floor = deviation_floor(task)
    plain = _without_names(problem)
    if plain is problem and floor <= task.tolerance + ROUNDING:
        labels = _least_cost(task, problem, task.tolerance)
        if labels is not None:
            return Solution(labels, optimal=True, bound=floor)
    balanced = _best_balanced(task, plain, floor)
    if balanced is None:
        return None
    least = score(task, balanced).deviation
    allowed = max(least, task.tolerance)
    try:
        labels = _least_cost(task, problem, allowed)
    except GaveUpError:
        if least <= task.tolerance + ROUNDING:
            raise
        return Solution(_stayed(task, balanced), optimal="balance", bound=least)
    return Solution(balanced if labels is None else labels, optimal=True, bound=floor if allowed > least else least)


def _without_names(problem: Problem) -> Problem:
    """Take field zones as exchangeable where only the current plan tells them apart: balance does not depend on it."""
    first = problem.kinds[0]
    targets = np.array([kind.target for kind in problem.kinds])
    apart = any(kind.locked or kind.exactly for kind in problem.kinds) or np.ptp(targets) > ROUNDING * targets[0]
    if apart or len(problem.kinds) == 1:
        return problem
    zones = sorted(zone for kind in problem.kinds for zone in kind.zones)
    return Problem(problem.sets, [first._replace(zones=zones, current=0)], problem.budget)


def _stayed(task: Task, labels: Ints) -> Ints:
    """Rename exchangeable field zones so that most of the load stays where it is."""
    if task.stay_weight == 0 or (task.fixed >= 0).any() or np.ptp(task.target) > ROUNDING * task.target[0]:
        return labels
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - scipy.optimize loads slowly, rarely needed

    kept = np.zeros((task.k, task.k))
    settled = task.current >= 0
    np.add.at(kept, (labels[settled], task.current[settled]), task.graph.load[settled])
    renamed: Ints = linear_sum_assignment(kept, maximize=True)[1].astype(np.int64)[labels]
    return renamed


def _best_balanced(task: Task, problem: Problem, floor: float) -> Ints | None:
    """Widen the band until it holds a plan; None if it holds none at any width."""
    widest = max(1.0, task.tolerance, float(task.graph.load.sum() / task.target.min()))
    deviation = max(task.tolerance, _NARROW, floor) / _WIDER
    while deviation < widest:
        deviation = min(deviation * _WIDER, widest)
        if problem.k == PAIR:
            labels = _halves(task, problem, deviation, np.maximum)
        else:
            choices = _choices(task, problem, deviation)
            labels = _deepened(problem, choices, choices.deviation, problem.band(deviation), np.maximum)
        if labels is not None:
            return labels
    return None


def _least_cost(task: Task, problem: Problem, deviation: float) -> Ints | None:
    if problem.k == PAIR:
        return _halves(task, problem, deviation, np.add)
    choices = _choices(task, problem, deviation)
    band = problem.band(deviation)
    if len(choices.sets) < _FEW:
        return cover(problem, choices, choices.cost, band)
    from geocensus.zoning.exact_prices import surpluses  # noqa: PLC0415 - scipy.optimize loads slowly, rarely needed

    return _deepened(problem, choices, surpluses(problem, choices), band, np.add)


def _deepened(
    problem: Problem, choices: Choices, value: Floats, band: tuple[float, float], combine: np.ufunc
) -> Ints | None:
    """Seek plans of growing value.

    A plan within a limit is made of choices within it, so the best plan of those choices is the best of all.
    """
    count = _FIRST_KEPT
    while count < len(value):
        most = float(np.partition(value, count)[count])
        keep = value <= most
        labels = cover(problem, choices.only(keep), value[keep], band, combine=combine, most=most)
        if labels is not None:
            return labels
        count = 2 * max(count, int(keep.sum()))
    return cover(problem, choices, value, band, combine=combine)


def _choices(task: Task, problem: Problem, deviation: float) -> Choices:
    """List the sets that may become a field zone of each kind at this deviation."""
    none = np.empty(0, dtype=np.int64)
    found = np.concatenate([none, *_grown(problem, deviation)])
    parts = [_of_kind(task, problem, found, number, deviation) for number in range(len(problem.kinds))]
    return choices_from(problem, parts)


def _grown(problem: Problem, deviation: float) -> Iterator[Ints]:
    apart = [kind.locked for kind in problem.kinds if kind.locked]
    return connected_sets(problem.sets, problem.k, problem.band(deviation), apart, problem.budget)


def _of_kind(
    task: Task, problem: Problem, found: Ints, number: int, deviation: float
) -> tuple[Ints, Ints, Floats, Floats]:
    fits, off = _fits(problem, found, number, deviation)
    chosen = found[fits]
    return chosen, np.full(len(chosen), number, dtype=np.int64), off[fits], _costs(task, problem, chosen, number)


def _fits(problem: Problem, found: Ints, number: int, deviation: float) -> tuple[Mask, Floats]:
    """Say which sets can be a field zone of one kind, and how far each is from its target."""
    kind = problem.kinds[number]
    locked = sum(other.locked for other in problem.kinds)
    off = np.abs(problem.sets.load(found) / kind.target - 1)
    return ((found & locked) == kind.locked) & (off <= (0.0 if kind.exactly else deviation) + ROUNDING), off


def _costs(task: Task, problem: Problem, chosen: Ints, number: int) -> Floats:
    cost = problem.sets.cost(chosen)
    if task.stay_weight > 0:
        settled = problem.sets.bits_of(task.current >= 0)
        cost = cost + problem.sets.stay(chosen & settled & ~problem.kinds[number].current)
    return cost


def _halves(task: Task, problem: Problem, deviation: float, combine: np.ufunc) -> Ints | None:
    """Try every set and its rest as the two field zones."""
    kinds = [(0, 0)] if len(problem.kinds) == 1 else [(0, 1), (1, 0)]
    best: tuple[float, int, tuple[int, int]] | None = None
    for found in _grown(problem, deviation):
        rest = problem.sets.full & ~found
        whole = (rest != 0) & (problem.sets.grow(rest & -rest, rest) == rest)
        for pair in kinds:
            (one, off), (other, off_rest) = (
                _fits(problem, half, number, deviation) for half, number in zip((found, rest), pair, strict=True)
            )
            at = np.flatnonzero(one & other & whole)
            if not len(at):
                continue
            if combine is np.maximum:
                value = np.maximum(off[at], off_rest[at])
            else:
                value = _costs(task, problem, found[at], pair[0]) + _costs(task, problem, rest[at], pair[1])
            least = int(value.argmin())
            if best is None or value[least] < best[0]:
                best = float(value[least]), int(found[at[least]]), pair
    if best is None:
        return None
    half = best[1]
    return labelled(problem, [(half, best[2][0]), (problem.sets.full & ~half, best[2][1])])
