"""Coarser and coarser graphs of units, so that annealing can move whole neighbourhoods first.

Pairs that share much of their borders are merged, as in Karypis and Kumar 1998, doi:10.1137/S1064827595287997; all
pairs of a round at once, each unit's best neighbour having it as its own best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from geocensus.zoning.levels import Level, sums
from geocensus.zoning.score import scales_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.zoning.task import Floats, Ints, Task

__all__ = ["Ladder", "coarsened", "finest", "ladder", "morton_order"]

_ROUNDS = 6  # of choosing partners; about nine units in ten find one
_GIANT = 6.0  # a merged unit is at most this many times the median size: even units anneal better
_PART = 6.0  # and carries at most this part of a field zone's load
_TINY = 1e-12


class Ladder(NamedTuple):
    """Levels from fine to coarse, and for each but the last the coarser unit of every unit."""

    levels: list[Level]
    parents: list[Ints]


def morton_order(x: Floats, y: Floats) -> Ints:
    """Return an order of points along a space-filling curve: neighbours in space get near numbers.

    Parameters
    ----------
    x, y : ndarray of float
        Metres.

    Returns
    -------
    ndarray of int
        Row numbers.
    """
    side = max(np.ptp(x), np.ptp(y), _TINY)
    return np.argsort(_spaced((x - x.min()) / side) | _spaced((y - y.min()) / side) << np.uint64(1), kind="stable")


def _spaced(share: Floats) -> NDArray[np.uint64]:
    """Return 16 bits of a share of 0 to 1 with a free bit after each."""
    bits = (share * 65535).astype(np.uint64)
    for step, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | bits << np.uint64(step)) & np.uint64(mask)
    return bits


def finest(task: Task, order: Ints) -> Level:
    """Return the units of a task in a given order, scaled so that the objective is a plain sum.

    Parameters
    ----------
    task : Task
        What is asked.
    order : ndarray of int
        Row numbers in the order wanted.

    Returns
    -------
    Level
        The objective's cut, inertia and reassignment in one unit.
    """
    graph, scales = task.graph, scales_of(task)
    shape = (graph.size, graph.size)
    edges = sparse.csr_matrix((np.arange(1, len(graph.indices) + 1), graph.indices, graph.indptr), shape)
    edges = edges[order][:, order].sorted_indices()
    stay = scales.stay if np.any(task.current >= 0) else 0.0
    return Level(
        first=edges.indptr.astype(np.int32),
        near=edges.indices.astype(np.int32),
        cost=graph.cut_cost_m[edges.data - 1] * scales.cut,
        load=graph.load[order].astype(float),
        x=(graph.x[order] - graph.x.mean()) * np.sqrt(scales.inertia),
        y=(graph.y[order] - graph.y.mean()) * np.sqrt(scales.inertia),
        stay=graph.load[order] * stay,
        home=(task.current[order] if stay > 0 else np.full(graph.size, -1)).astype(np.int32),
        lock=task.fixed[order].astype(np.int32),
    )


def ladder(level: Level, area: Floats, k: int, *, coarsest: int, tallest: int = 8) -> Ladder:
    """Return ever coarser levels, down to about a number of units.

    Parameters
    ----------
    level : Level
        The units.
    area : ndarray of float
        Square metres per unit.
    k : int
        Number of field zones.
    coarsest : int
        Units wanted on the coarsest level.
    tallest : int
        Levels at most.

    Returns
    -------
    Ladder
        At least the level given.
    """
    levels, parents = [level], []
    while len(levels[-1].load) > coarsest * 1.6 and len(levels) < tallest:
        fine = levels[-1]
        parent = _parents(fine, area, fine.load.sum() / k / _PART)
        if parent.max() + 1 > 0.9 * len(fine.load):  # hardly anything is left to merge
            break
        levels.append(coarsened(fine, parent))
        parents.append(parent)
        area = sums(parent, area, int(parent.max()) + 1)
    return Ladder(levels, parents)


def coarsened(fine: Level, parent: Ints) -> Level:
    """Return the level whose units are groups of units.

    Parameters
    ----------
    fine : Level
        The units.
    parent : ndarray of int
        Group of each unit, from 0 on, all in use.

    Returns
    -------
    Level
        Borders added up, points at the centre of the load.
    """
    count = int(parent.max()) + 1
    source = np.repeat(parent, np.diff(fine.first))
    goal = parent[fine.near]
    apart = source != goal
    edges = sparse.csr_matrix((fine.cost[apart], (source[apart], goal[apart])), (count, count))
    edges.sum_duplicates()
    weight = np.maximum(fine.load, _TINY)
    whole = sums(parent, weight, count)
    some = np.zeros(count, dtype=np.int64)
    some[parent] = np.arange(len(parent))  # any unit of the group: locks and homes are alike in it
    return Level(
        first=edges.indptr.astype(np.int32),
        near=edges.indices.astype(np.int32),
        cost=edges.data,
        load=sums(parent, fine.load, count),
        x=sums(parent, weight * fine.x, count) / whole,
        y=sums(parent, weight * fine.y, count) / whole,
        stay=sums(parent, fine.stay, count),
        home=fine.home[some],
        lock=fine.lock[some],
    )


def _parents(level: Level, area: Floats, most: float) -> Ints:
    """Return pairs of neighbours with much border in common, as numbers of the coarser units in the old order."""
    count = len(level.load)
    source = np.repeat(np.arange(count), np.diff(level.first))
    rating = _ratings(level, area, source, most)
    mate = np.full(count, -1, dtype=np.int64)
    for _ in range(_ROUNDS):
        choice = _best(level, np.where((mate[source] < 0) & (mate[level.near] < 0), rating, 0.0))
        agreed = np.flatnonzero((choice >= 0) & (choice[choice] == np.arange(count)))
        mate[agreed] = choice[agreed]
    first = np.minimum(np.arange(count), np.where(mate < 0, np.arange(count), mate))
    parent: Ints = np.unique(first, return_inverse=True)[1].astype(np.int64)
    return parent


def _ratings(level: Level, area: Floats, source: Ints, most: float) -> Floats:
    """Return the share of the smaller one's border that a pair has in common; 0 for pairs that must not merge."""
    near = level.near
    around = np.maximum(sums(source, level.cost, len(level.load)), _TINY)
    fits = level.load[source] + level.load[near] <= most
    fits &= area[source] + area[near] <= _GIANT * np.median(area)
    fits &= (level.lock[source] == level.lock[near]) & (level.home[source] == level.home[near])
    low, high = np.minimum(source, near), np.maximum(source, near)
    noise = 1 + 1e-6 * ((low * 7919 + high * 104729) % 1009)  # alike both ways: pairs agree where borders are equal
    common = level.cost / np.minimum(around[source], around[near])
    return np.where(fits, (common + _TINY) * noise, 0.0)


def _best(level: Level, rating: Floats) -> Ints:
    """Return the neighbour with the best rating above 0, −1 where there is none."""
    count = len(level.load)
    degree = np.diff(level.first)
    some = np.flatnonzero(degree)
    top = np.zeros(count)
    top[some] = np.maximum.reduceat(rating, level.first[:-1][some]) if len(some) else 0.0
    hit = np.flatnonzero((rating > 0) & (rating == np.repeat(top, degree)))
    best = np.full(count, -1, dtype=np.int64)
    best[np.repeat(np.arange(count), degree)[hit[::-1]]] = level.near[hit[::-1]]  # the first of equals stays
    return best
