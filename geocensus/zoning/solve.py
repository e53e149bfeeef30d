"""The best plan that can be had for a task: proven where units are few, searched for where they are many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geocensus.errors import SplitInfeasibleError
from geocensus.model import Text
from geocensus.zoning.apportion import apportioned, deviation_floor, part_task, relieved, set_aside
from geocensus.zoning.demands import check_task
from geocensus.zoning.exact import WORK_LIMIT, NoPlanError, solve_exact
from geocensus.zoning.exact_sets import MAX_UNITS
from geocensus.zoning.few import FEW_UNITS, solve_few
from geocensus.zoning.outcomes import NO_LOAD, balance_texts, heavy_texts, part_texts, proof_texts
from geocensus.zoning.score import ROUNDING, parts_of, score, weighted
from geocensus.zoning.task import Solution
from geocensus.zoning.verify import problems_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from geocensus.zoning.apportion import Heavy, Part
    from geocensus.zoning.task import Ints, Progress, Stop, Task

__all__ = ["EXACT_UNITS", "solve"]

EXACT_UNITS = 28  # up to so many units a proof is always tried; the work limit says when it is given up
_SMALL_ZONES = 8.0  # units per field zone up to which a proof is tried for more units
_SHORT_WORK = WORK_LIMIT / 4  # for those: a second or two


def solve(
    task: Task, *, seed: int = 0, effort: float = 1.0, progress: Progress | None = None, stop: Stop | None = None
) -> Solution:
    """Split units into exactly k connected field zones, balanced first, then with short borders and compact.

    Parameters
    ----------
    task : Task
        What is asked, on units already contracted by their groups.
    seed : int
        The same seed gives the same plan.
    effort : float
        Multiple of the usual work of the heuristic.
    progress : callable, optional
        Called with the share done (0 to 1), and with a `Text` where the user has to wait for something else.
    stop : callable, optional
        Asked several times a second; when it returns True the best plan so far is returned.

    Returns
    -------
    Solution
        A verified plan; outside the tolerance where no better one exists or was found, which a warning says.

    Raises
    ------
    SchemaError
        If numbers of the task are missing or contradictory.
    SplitInfeasibleError
        If no plan exists at all: see its `reason`.

    Examples
    --------
    >>> import numpy as np
    >>> from geocensus.zoning.task import UnitGraph, equal_task
    >>> one, ends = np.ones(4), np.array([0, 1, 3, 5, 6])
    >>> row = UnitGraph(
    ...     np.array(list("abcd"), dtype=object),
    ...     load=60 * one,
    ...     x=np.arange(4.0),
    ...     y=0 * one,
    ...     area_m2=one,
    ...     outer_m=2 * one,
    ...     indptr=ends,
    ...     indices=np.array([1, 0, 2, 1, 3, 2]),
    ...     border_m=np.ones(6),
    ...     cut_cost_m=np.ones(6),
    ... )
    >>> plan = solve(equal_task(row, 2))
    >>> plan.labels, plan.optimal
    (array([0, 0, 1, 1]), True)
    """
    check_task(task)
    real = weighted(task)
    found = _best(real, _Run(seed, effort, progress, stop))
    labels = _numbered(real, found.labels)
    if problems := problems_of(real, labels):
        raise SplitInfeasibleError(
            f"no plan was found: {problems[0].en}; unlock some units or ask for another number of field zones",
            f"未找到可行方案：{problems[0].zh}；请解除部分锁定或调整片区数",
            reason="not_found",
        )
    if progress is not None:
        progress(1.0)
    no_load = () if task.graph.load.sum() > 0 else (NO_LOAD,)
    found = replace(found, labels=labels)
    told = (*part_texts(real, labels), *found.warnings, *balance_texts(real, found))
    stopped = stop is not None and stop()
    unproven = proof_texts(found) if task.graph.size <= EXACT_UNITS and not stopped else ()
    return replace(found, warnings=(*no_load, *told, *unproven))


@dataclass(frozen=True)
class _Run:
    seed: int
    effort: float
    progress: Progress | None
    stop: Stop | None


def _best(task: Task, run: _Run) -> Solution:
    """Set too heavy units aside if that has the smallest deviation; else plan all units together."""
    floor = deviation_floor(task)
    eased, heavies = relieved(task)
    texts = heavy_texts(task, heavies)
    aside = _solved(eased, heavies, run) if heavies else None
    if aside is not None and _deviation(task, aside) <= floor + ROUNDING:
        return replace(aside, optimal=aside.optimal or "balance", bound=floor, warnings=texts)
    found = _solved(task, [], run)
    if found is None:
        raise SplitInfeasibleError(
            "no plan exists: with these locks the field zones cannot all be connected; unlock some units",
            "不存在可行方案：按现有锁定，各片区无法都连成一片，请解除部分锁定",
            reason="lock",
        )
    bound = max(floor, found.bound)
    if aside is not None and _deviation(task, aside) <= _deviation(task, found) + ROUNDING:
        found = replace(aside, optimal=aside.optimal if found.optimal else False)
    if not found.optimal and _deviation(task, found) <= bound + ROUNDING and bound > task.tolerance:
        found = replace(found, optimal="balance")
    return replace(found, bound=bound, warnings=texts)


def _deviation(task: Task, found: Solution) -> float:
    return score(task, found.labels).deviation


def _solved(task: Task, heavies: list[Heavy], run: _Run) -> Solution | None:
    """Solve with proof where units are few, else part by part; None where no plan exists."""
    try:
        found = _proven(task, run, [heavy.zone for heavy in heavies if heavy.alone])
    except NoPlanError:
        return None
    return found or _by_parts(task, heavies, run)


def _proven(task: Task, run: _Run, alone: Collection[int] = ()) -> Solution | None:
    """Solve with proof where that can be expected to end soon; None where it is not tried or given up."""
    n = task.graph.size
    if n > MAX_UNITS or (n > EXACT_UNITS and n > _SMALL_ZONES * task.k):
        return None
    work = (WORK_LIMIT if n <= EXACT_UNITS else _SHORT_WORK) * max(run.effort, 1.0)
    return solve_exact(task, work_limit=work, exactly=alone, stop=run.stop)


def _by_parts(task: Task, heavies: list[Heavy], run: _Run) -> Solution | None:
    """Take heavy units out, share the field zones out among the parts that remain, and solve each."""
    labels = set_aside(task, heavies)
    left = np.flatnonzero(labels < 0)
    zones = np.setdiff1d(np.arange(task.k), labels)
    if not len(zones) <= len(left) or parts_of(task.graph, labels < 0).max(initial=-1) >= len(zones):
        return None
    done = 0.0
    for part in apportioned(task, left, zones):
        share = len(part.units) / len(left)
        labels[part.units] = part.zones[_part_labels(task, part, _within(run, done, share))]
        done += share
    return Solution(labels)


def _within(run: _Run, done: float, share: float) -> _Run:
    """Report the progress of a part as its share of the whole."""
    told = run.progress
    if told is None:
        return run
    return replace(run, progress=lambda step: told(step if isinstance(step, Text) else done + share * step))


def _part_labels(task: Task, part: Part, run: _Run) -> Ints:
    if len(part.zones) == 1:
        return np.zeros(len(part.units), dtype=np.int64)
    if len(part.units) < task.graph.size:  # else the proof has been tried
        try:
            proven = _proven(part_task(task, part, rescale=False), run)
        except NoPlanError:
            proven = None
        if proven is not None:
            return proven.labels
    asked = part_task(task, part, rescale=True)
    if asked.k == asked.graph.size:
        return _one_each(asked)
    if asked.graph.size <= FEW_UNITS:
        return solve_few(asked, seed=run.seed, stop=run.stop)
    from geocensus.zoning.heuristic import solve_heuristic  # noqa: PLC0415 - few units never load or compile kernels

    return solve_heuristic(asked, seed=run.seed, effort=run.effort, progress=run.progress, stop=run.stop)


def _one_each(task: Task) -> Ints:
    """Give every field zone one unit: the heaviest free unit to the largest free target."""
    labels = task.fixed.copy()
    units = np.flatnonzero(labels < 0)
    zones = np.setdiff1d(np.arange(task.k), labels)
    labels[units[np.argsort(-task.graph.load[units], kind="stable")]] = zones[
        np.argsort(-task.target[zones], kind="stable")
    ]
    return labels


def _numbered(task: Task, labels: Ints) -> Ints:
    """Rename exchangeable field zones in the order of their lowest codes, so that equal plans have equal labels."""
    kept = np.zeros(task.k, dtype=bool)
    kept[task.fixed[task.fixed >= 0]] = True
    if task.stay_weight > 0:
        kept[task.current[task.current >= 0]] = True
    first = np.full(task.k, task.graph.size)
    np.minimum.at(first, labels, np.arange(task.graph.size))
    renamed = np.arange(task.k)
    targets = np.round(task.target / task.target.max(), 9)
    for target in np.unique(targets[~kept]):
        zones = np.flatnonzero(~kept & (targets == target))
        renamed[zones[np.argsort(first[zones], kind="stable")]] = zones
    return renamed[labels]
