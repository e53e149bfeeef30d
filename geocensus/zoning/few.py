"""Plans of few units where a proof was given up: searched without the compiled loops."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.coarsening import finest
from geocensus.zoning.demands import not_joined
from geocensus.zoning.polishing import polished
from geocensus.zoning.repairing import repaired
from geocensus.zoning.score import score, weighted
from geocensus.zoning.seeding import first_labels
from geocensus.zoning.settling import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.task import Ints, Task

__all__ = ["FEW_UNITS", "solve_few"]

FEW_UNITS = 20  # up to so many units nothing is ever compiled
_STARTS = 16
_ROUNDS = 15  # of seeding


def solve_few(task: Task, *, seed: int = 0, stop: Callable[[], bool] | None = None) -> Ints:
    """Search for field zones of a connected graph of few units: spread seeds, then moves and exchanges.

    Parameters
    ----------
    task : Task
        What is asked; 1 ≤ k ≤ units, targets above 0.
    seed : int
        The same seed gives the same plan.
    stop : callable, optional
        When it returns True the best plan so far is returned.

    Returns
    -------
    ndarray of int
        Field zone (0 to k − 1) of each unit; every zone connected and not empty, locked units in theirs.

    Raises
    ------
    SplitInfeasibleError
        Locked units of some zone cannot be joined past those of the others in any order tried; reason "not_found".
    """
    task = weighted(task)
    plans: list[tuple[tuple[float, float], int, Ints]] = []
    for start in range(_STARTS):
        if plans and stop is not None and stop():
            break
        labels = _start(task, np.random.default_rng([seed, start]))
        if labels is not None:
            plans.append((score(task, labels).key, start, labels))
    if not plans:
        raise not_joined()
    return min(plans, key=lambda plan: plan[:2])[2]


def _start(task: Task, rng: np.random.Generator) -> Ints | None:
    """Return the plan of one start, None if locks are in its way."""
    level = finest(task, np.arange(task.graph.size))
    first = repaired(level, first_labels(level, task.target, rng, rounds=_ROUNDS), task.k, rng)
    if first is None:
        return None
    balanced = polished(level, first, task.target, task.tolerance)
    better = settled(replace(task, current=balanced, stay_weight=0.0))
    return balanced if better is None else better
