"""Solve with a current plan: reassign the least work that the balance asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geocensus.zoning.apportion import deviation_floor
from geocensus.zoning.demands import check_task
from geocensus.zoning.score import score
from geocensus.zoning.settling import settled
from geocensus.zoning.solve import EXACT_UNITS, solve
from geocensus.zoning.task import Solution
from geocensus.zoning.verify import problems_of

if TYPE_CHECKING:
    from geocensus.zoning.task import Progress, Stop, Task

__all__ = ["solve_staying"]


def solve_staying(
    task: Task, *, seed: int = 0, effort: float = 1.0, progress: Progress | None = None, stop: Stop | None = None
) -> Solution:
    """Solve a task; where it has a current plan, from that plan on.

    Few units are solved with proof, reassigned work being part of the objective. Else the current plan is settled into
    the bands; only where that fails is the whole plan searched anew, and the better one taken.

    Parameters
    ----------
    task : Task
        The task.
    seed, effort, progress, stop
        As for :func:`geocensus.zoning.solve.solve`.

    Returns
    -------
    Solution
        As that function returns it.
    """
    search: dict[str, Any] = {"seed": seed, "effort": effort, "progress": progress, "stop": stop}
    if not (task.current >= 0).any() or task.graph.load.sum() <= 0:
        return solve(task, **search)
    check_task(task)
    fresh = solve(task, **search) if task.graph.size <= EXACT_UNITS else None
    if fresh is not None and fresh.optimal is True:
        return fresh
    labels = settled(task, stop=stop)
    if labels is None or problems_of(task, labels):
        return fresh or solve(task, **search)
    if fresh is None and score(task, labels).excess == 0:
        if progress is not None:
            progress(1.0)
        return Solution(labels, bound=deviation_floor(task))
    fresh = fresh or solve(task, **search)
    if score(task, fresh.labels).key <= score(task, labels).key:
        return fresh
    return replace(fresh, labels=labels, optimal=False)
