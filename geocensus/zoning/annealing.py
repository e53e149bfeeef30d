"""Annealing of a plan on one level, in portions that let the user look on and stop.

The work is counted in proposals, never in seconds, so that a seed gives the same plan on every machine.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Timer
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geocensus.model import Text
from geocensus.zoning.levels import Goal, Level, Schedule, State, sums

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geocensus.zoning.task import Ints, Progress, Stop

__all__ = ["FRESH", "WARM", "Clock", "Heat", "annealed", "announced", "warm"]

_CHUNK = 200_000  # proposals between two looks at progress and stop: about 0.1 s
_INNER = 0.9  # annealing aims at this part of the tolerance, so that the last moves do not fall out of it
_COLD = 0.12  # temperature at the end, in typical edges
_HARD = 1000.0  # price of excess at the end where plans are bettered later
_SWAPS = 0.2
_PATIENCE = 0.7  # seconds before a first compile is announced: loading a finished one takes less

_COMPILING = Text(
    "首次划分：正在为本机编译算法，需数秒，仅此一次",
    "first split on this machine: compiling for some seconds, once",
)


class Heat(NamedTuple):
    """Where annealing begins.

    Attributes
    ----------
    hot : float
        Temperature, in typical edges.
    soft : float
        Price of the squared excess over the tolerance, in mean cuts of a zone.
    """

    hot: float
    soft: float


FRESH = Heat(3.0, 0.3)  # of a first plan
WARM = Heat(0.6, _HARD / 10)  # of a plan that is to be bettered


@dataclass
class Clock:
    """Proposals planned and made; tells the caller and asks whether to go on.

    Attributes
    ----------
    planned : float
        Proposals in all.
    progress : callable or None
        Called with the share done.
    stop : callable or None
        Asked whether to end.
    made : float
        Proposals so far.
    """

    planned: float
    progress: Progress | None = None
    stop: Stop | None = None
    made: float = 0.0

    def tick(self, proposals: int) -> None:
        """Count proposals.

        Parameters
        ----------
        proposals : int
            Made since the last call.
        """
        self.made += proposals
        if self.progress is not None:
            self.progress(min(1.0, self.made / self.planned))

    def say(self, text: Text) -> None:
        """Tell the user something.

        Parameters
        ----------
        text : Text
            A sentence.
        """
        if self.progress is not None:
            self.progress(text)

    @property
    def stopped(self) -> bool:
        """Whether the user wants an end.

        Returns
        -------
        bool
            True: finish with what is there.
        """
        return self.stop is not None and self.stop()


def annealed(
    level: Level,
    labels: Ints,
    goal: Goal,
    heat: Heat,
    *,
    proposals: int,
    clock: Clock,
    rng: np.random.Generator,
    hard: float = _HARD,
) -> Ints:
    """Return labels after so many proposals, or fewer where the user stops.

    Parameters
    ----------
    level : Level
        The units.
    labels : ndarray of int
        Zone of each unit, every zone connected and not empty.
    goal : Goal
        Wished loads.
    heat : Heat
        Where to begin.
    proposals : int
        Work to do.
    clock : Clock
        Counts it.
    rng : numpy.random.Generator
        Source of chance.
    hard : float
        Price of the squared excess over the tolerance at the end, in mean cuts of a zone.

    Returns
    -------
    ndarray of int
        Every zone still connected and not empty.
    """
    edge, border = _typical(level, labels, len(goal.target))
    schedule = partial(
        Schedule,
        total=proposals,
        hot=heat.hot * edge,
        cold=_COLD * edge,
        soft=heat.soft * border,
        hard=hard * border,
        tolerance=float(goal.tolerance) * _INNER,
        swaps=_SWAPS,
    )
    state, done = _state(level, labels, len(goal.target), rng), 0
    while done < proposals and not clock.stopped:
        made = int(_kernel()(level, state, goal.target, schedule(begin=done, end=min(done + _CHUNK, proposals))))
        clock.tick(made - done)
        done = made
    return state.label.astype(np.int64)


def warm() -> None:
    """Compile the loops, or load them where an earlier run has: worth doing aside while files are read."""
    pair, free = np.array([1, 0], dtype=np.int32), np.full(2, -1, dtype=np.int32)
    one = np.ones(2)
    level = Level(np.arange(3, dtype=np.int32), pair, one, one, one, one, one, free, free)
    state = _state(level, np.arange(2), 2, np.random.default_rng(0))
    _kernel()(level, state, one, Schedule(0, 1, 1, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0))


@contextmanager
def announced(progress: Progress | None) -> Iterator[None]:
    """Say that something is being compiled, once it takes longer than loading would.

    Parameters
    ----------
    progress : callable or None
        Whom to tell.

    Yields
    ------
    None
        While it lasts.
    """
    timer = Timer(_PATIENCE, lambda: None if progress is None else progress(_COMPILING))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _kernel() -> Any:
    from geocensus.zoning.kernels_anneal import anneal  # noqa: PLC0415 - numba takes half a second to import

    return anneal


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
