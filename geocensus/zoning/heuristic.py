"""Good field zones for many units: spread seeds, annealing from coarse to fine, restarts, a last polish.

The work is counted in proposals, never in seconds, so that a seed gives the same plan on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from threading import Timer
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from geocensus.errors import SplitInfeasibleError
from geocensus.model import Text
from geocensus.zoning.coarsening import finest, ladder, morton_order
from geocensus.zoning.levels import Level, Schedule, State, sums
from geocensus.zoning.polishing import polished
from geocensus.zoning.repairing import repaired
from geocensus.zoning.score import Score, score, weighted
from geocensus.zoning.seeding import first_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geocensus.zoning.coarsening import Ladder
    from geocensus.zoning.task import Ints, Task

__all__ = ["Progress", "Stop", "solve_heuristic", "warm"]

Progress = Callable[[float | Text], object]  # called with a share from 0 to 1, or with a sentence
Stop = Callable[[], bool]

_LEAST_WORK, _SMALL, _GROWTH = 3.2e6, 100, 0.35  # proposals up to a small number of units, and the power they grow with
_PER_UNIT = 1500  # proposals of one start: more are better spent on another start
_MOST_STARTS = 16
_COARSEST = 60  # units per zone on the coarsest level, and in all:
_FEWEST = 200

_CHUNK = 200_000  # proposals between two looks at progress and stop: about 0.1 s
_INNER = 0.9  # annealing aims at this part of the tolerance, so that the last moves do not fall out of it
_HOT, _WARM, _COLD = 3.0, 0.6, 0.12  # temperatures, in typical edges: coarsest level, finer levels, end
_SOFT, _HARD = 0.3, 1000.0  # prices of squared excess, in mean cuts of a zone: begin, end
_SWAPS = 0.2

_SQUEEZES = 4  # searches for a smaller deviation where the tolerance is out of reach
_LAST_MOVES, _HURRIED_MOVES = 2000, 50
_PATIENCE = 0.7  # seconds before a first compile is announced: loading a finished one takes less

_COMPILING = Text(
    "首次划分：正在为本机编译算法，需数秒，仅此一次",
    "first split on this machine: compiling for some seconds, once",
)

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
    with _announced(progress):
        warm()
    task = weighted(task)
    starts, proposals = _budget(task.graph.size, effort)
    clock = _Clock(starts * proposals, progress, stop)
    search = _search(task)
    best = _best_of(search, starts, proposals, clock, seed)
    if best[0].excess > 0 and not clock.stopped:
        best = _squeezed(search, best, min(proposals, starts * proposals // _SQUEEZES), clock, seed)
    return best[1]


def warm() -> None:
    """Compile the loops, or load them where an earlier run has: worth doing aside while files are read."""
    pair, free = np.array([1, 0], dtype=np.int32), np.full(2, -1, dtype=np.int32)
    one = np.ones(2)
    level = Level(np.arange(3, dtype=np.int32), pair, one, one, one, one, one, free, free)
    state = _state(level, np.arange(2), 2, np.random.default_rng(0))
    _kernel()(level, state, one, Schedule(0, 1, 1, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0))


@dataclass
class _Clock:
    """Proposals planned and made; tells the caller and asks whether to go on."""

    planned: float
    progress: Progress | None
    stop: Stop | None
    made: float = 0.0

    def tick(self, proposals: int) -> None:
        self.made += proposals
        if self.progress is not None:
            self.progress(min(1.0, self.made / self.planned))

    def say(self, text: Text) -> None:
        if self.progress is not None:
            self.progress(text)

    @property
    def stopped(self) -> bool:
        return self.stop is not None and self.stop()


@dataclass(frozen=True, eq=False)
class _Search:
    """A task, its units in the order of a walk through the area, and their coarser levels."""

    task: Task
    order: Ints
    ladder: Ladder


Plan = tuple[Score, "Ints"]


def _kernel() -> Any:
    from geocensus.zoning.kernels_anneal import anneal  # noqa: PLC0415 - numba takes half a second to import

    return anneal


def _search(task: Task) -> _Search:
    order = morton_order(task.graph.x, task.graph.y)
    units = finest(task, order)
    coarsest = max(_FEWEST, _COARSEST * task.k)
    return _Search(task, order, ladder(units, task.graph.area_m2[order], task.k, coarsest=coarsest))


def _budget(units: int, effort: float) -> tuple[int, int]:
    """Return the number of starts and the proposals of each."""
    work = effort * min(_LEAST_WORK * max(1.0, (units / _SMALL) ** _GROWTH), 50_000.0 * units)
    starts = int(np.clip(round(work / (_PER_UNIT * units)), 1, _MOST_STARTS))
    return starts, max(int(work / starts), units)


def _best_of(search: _Search, starts: int, proposals: int, clock: _Clock, seed: int) -> Plan:
    """Return the best plan of several starts."""
    best: Plan | None = None
    for start in range(max(starts, _MOST_STARTS)):
        if best is not None and (start >= starts or clock.stopped):
            break
        plan = _run(search, start, proposals, clock, np.random.default_rng([seed, start]))
        if plan is not None and (best is None or plan[0].key < best[0].key):
            best = plan
    if best is None:
        raise SplitInfeasibleError(
            "the locked units of a field zone cannot be joined past those of the others: unlock some of them",
            "某个片区的锁定单元被其他片区的锁定单元隔开，无法连成一片：请解除部分锁定",
            reason="not_found",
        )
    return best


def _squeezed(search: _Search, best: Plan, proposals: int, clock: _Clock, seed: int) -> Plan:
    """Return a plan with a smaller deviation where one is found, by halving between what is asked and what is had."""
    clock.say(_SQUEEZING)
    asked = low = search.task.tolerance
    for step in range(_SQUEEZES):
        wished = replace(search.task, tolerance=(low + best[0].deviation) / 2)
        rng = np.random.default_rng([seed, _MOST_STARTS + step])
        plan = _run(replace(search, task=wished), 0, proposals, clock, rng)
        if plan is not None and plan[0].deviation < best[0].deviation:
            best = score(search.task, plan[1]), plan[1]
        else:
            low = wished.tolerance
        if clock.stopped or best[0].deviation <= asked:
            break
    return best


def _run(search: _Search, start: int, proposals: int, clock: _Clock, rng: np.random.Generator) -> Plan | None:
    """Return the plan of one start, None if locks are in its way."""
    task, (levels, parents) = search.task, search.ladder
    stay = task.stay_weight > 0 and bool(np.any(task.current >= 0))
    nearby = stay and start % 2 == 0  # every other start sets out from the current plan
    if nearby:
        levels, parents = levels[:1], parents[:0]
    labels = levels[-1].home.astype(np.int64) if nearby else first_labels(levels[-1], task.target, rng)
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
        begin = (_HOT, _SOFT) if top and not nearby else (_WARM, _HARD / 10)
        labels = _annealed(levels[height], labels, task, begin, int(proposals * share) + 1, clock, rng)
    moves = _HURRIED_MOVES if clock.stopped else _LAST_MOVES
    found = np.empty_like(labels)
    found[search.order] = polished(levels[0], labels, task.target, task.tolerance, rounds=moves)
    return score(task, found), found


def _renamed(level: Level, labels: Ints, k: int) -> Ints:
    """Return labels whose zones have the names under which most work stays where it is."""
    known = level.home >= 0
    common = np.zeros((k, k))
    np.add.at(common, (labels[known], level.home[known]), level.stay[known])
    new: Ints = linear_sum_assignment(common, maximize=True)[1]
    return new[labels]


def _annealed(
    level: Level,
    labels: Ints,
    task: Task,
    begin: tuple[float, float],
    proposals: int,
    clock: _Clock,
    rng: np.random.Generator,
) -> Ints:
    """Return labels after so many proposals on one level, or fewer where the user stops."""
    edge, border = _typical(level, labels, task.k)
    hot, soft = begin
    schedule = partial(
        Schedule,
        total=proposals,
        hot=hot * edge,
        cold=_COLD * edge,
        soft=soft * border,
        hard=_HARD * border,
        tolerance=float(task.tolerance) * _INNER,
        swaps=_SWAPS,
    )
    state, target, done = _state(level, labels, task.k, rng), task.target.astype(np.float64), 0
    while done < proposals and not clock.stopped:
        made = int(_kernel()(level, state, target, schedule(begin=done, end=min(done + _CHUNK, proposals))))
        clock.tick(made - done)
        done = made
    return state.label.astype(np.int64)


def _typical(level: Level, labels: Ints, k: int) -> tuple[float, float]:
    """Return what moving a unit and what a whole zone's border usually cost, with what reassigning them costs."""
    costs, stay = level.cost[level.cost > 0], level.stay[level.home >= 0]
    moved = float(np.median(stay)) if len(stay) else 0.0
    edge = float(np.median(costs)) if len(costs) else 1.0
    across = np.repeat(labels, np.diff(level.first)) != labels[level.near]
    border = max(float(level.cost[across].sum()) / 2, edge)
    return edge + moved, border / k * (edge + moved) / edge


def _state(level: Level, labels: Ints, k: int, rng: np.random.Generator) -> State:
    """Return zones and what follows from them, with empty accounts of searches."""
    source = np.repeat(np.arange(len(labels)), np.diff(level.first))
    foreign = np.bincount(source, labels[source] != labels[level.near], minlength=len(labels))
    return State(
        label=labels.astype(np.int32),
        foreign=foreign.astype(np.int32),
        units=np.bincount(labels, minlength=k).astype(np.int32),
        load=sums(labels, level.load, k),
        moment_x=sums(labels, level.load * level.x, k),
        moment_y=sums(labels, level.load * level.y, k),
        seen=np.zeros(len(labels), dtype=np.int64),
        queue=np.zeros(len(labels) + 1, dtype=np.int32),
        random=rng.integers(1, 2**63, 1).astype(np.uint64),
        counter=np.zeros(2, dtype=np.int64),
    )


@contextmanager
def _announced(progress: Progress | None) -> Iterator[None]:
    """Say that something is being compiled, once it takes longer than loading would."""
    timer = Timer(_PATIENCE, lambda: None if progress is None else progress(_COMPILING))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
