"""Covering all units by disjoint sets, level by level: the dynamic programming of the exact solver.

A plan is a sequence of sets that each cover the first open unit. What is covered so far is a state; equal states are
kept once, with the best way to reach them, and states whose rest cannot be a plan are dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geocensus.zoning.exact_growth import rest_feasible
from geocensus.zoning.score import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geocensus.zoning.exact_growth import Budget
    from geocensus.zoning.exact_sets import Sets
    from geocensus.zoning.score import Mask
    from geocensus.zoning.task import Floats, Ints

__all__ = ["Choices", "Kind", "Problem", "choices_from", "cover", "labelled"]

_PAIRS = 1 << 17  # pairs of a state and a set that are compared at once
_KEEP = 1 << 21  # states gathered before equal ones are merged


class Kind(NamedTuple):
    """Field zones that can be exchanged for each other: one target, no locks, no current plan.

    Attributes
    ----------
    zones : list of int
        The field zones.
    target : float
        Their wished load.
    locked : int
        Set of units locked to it (one field zone then).
    current : int
        Set of units in it today, where staying counts.
    exactly : bool
        Whether its load must be the target.
    """

    zones: list[int]
    target: float
    locked: int
    current: int
    exactly: bool


@dataclass(frozen=True, eq=False)
class Problem:
    """What stays the same while bands widen.

    Attributes
    ----------
    sets : Sets
        Tables of the graph.
    kinds : list of Kind
        Kinds of field zones.
    budget : Budget
        Steps left.
    """

    sets: Sets
    kinds: list[Kind]
    budget: Budget

    @property
    def k(self) -> int:
        """Number of field zones.

        Returns
        -------
        int
            Over all kinds.
        """
        return sum(len(kind.zones) for kind in self.kinds)

    @property
    def stride(self) -> list[int]:
        """Place value of each kind's count in a state.

        Returns
        -------
        list of int
            The first is just above the bits of the units.
        """
        places = [1 << len(self.sets.order)]
        for kind in self.kinds[:-1]:
            places.append(places[-1] * (len(kind.zones) + 1))
        return places

    def band(self, deviation: float) -> tuple[float, float]:
        """Return the widest band over all kinds, with room for rounding.

        Parameters
        ----------
        deviation : float
            Share by which loads may differ from their targets.

        Returns
        -------
        (float, float)
            Least and greatest load.
        """
        targets = [kind.target for kind in self.kinds]
        return min(targets) * (1 - deviation - ROUNDING), max(targets) * (1 + deviation + ROUNDING)


class Choices(NamedTuple):
    """Sets that may become a field zone, each with its kind; sorted by lowest unit, kind and set.

    Attributes
    ----------
    sets : ndarray of int
        Sets as bits.
    kind : ndarray of int
        Positions of their kinds.
    deviation, cost : ndarray of float
        What each would add to a plan.
    start : ndarray of int
        First choice of each pair of lowest unit and kind.
    """

    sets: Ints
    kind: Ints
    deviation: Floats
    cost: Floats
    start: Ints

    def only(self, keep: Mask) -> Choices:
        """Return some of the choices.

        Parameters
        ----------
        keep : ndarray of bool
            Which.

        Returns
        -------
        Choices
            In the same order.
        """
        before = np.concatenate([[0], np.cumsum(keep)])
        return Choices(self.sets[keep], self.kind[keep], self.deviation[keep], self.cost[keep], before[self.start])


def choices_from(problem: Problem, parts: list[tuple[Ints, Ints, Floats, Floats]]) -> Choices:
    """Sort choices.

    Parameters
    ----------
    problem : Problem
        Its sets and kinds.
    parts : list of (sets, kind, deviation, cost)
        Arrays of choices.

    Returns
    -------
    Choices
        All of them.
    """
    problem.budget.spend(60.0 * sum(len(part[0]) for part in parts))
    chosen, kind, off, cost = (np.concatenate(column) for column in zip(*parts, strict=True))
    slots = len(problem.kinds)
    slot = _lowest(chosen) * slots + kind
    order = np.lexsort((chosen, slot))
    start = np.searchsorted(slot[order], np.arange(len(problem.sets.order) * slots + 1))
    return Choices(chosen[order], kind[order], off[order], cost[order], start)


@dataclass(frozen=True, eq=False)
class _Level:
    """States of so many field zones, and the best way to each."""

    key: Ints
    value: Floats
    parent: Ints
    choice: Ints

    @property
    def columns(self) -> tuple[Ints, Floats, Ints, Ints]:
        return self.key, self.value, self.parent, self.choice

    def only(self, keep: Mask) -> _Level:
        return _Level(self.key[keep], self.value[keep], self.parent[keep], self.choice[keep])


@dataclass(frozen=True, eq=False)
class _Aim:
    """How values of choices make the value of a plan, and what it may be at most."""

    value: Floats
    combine: np.ufunc
    most: float


def cover(
    problem: Problem,
    choices: Choices,
    value: Floats,
    band: tuple[float, float],
    *,
    combine: np.ufunc = np.add,
    most: float = np.inf,
) -> Ints | None:
    """Cover all units by one choice per field zone, so that their combined value is least.

    Parameters
    ----------
    problem : Problem
        Its sets, kinds and budget.
    choices : Choices
        What may be chosen.
    value : ndarray of float
        Value of each choice, 0 or more.
    band : (float, float)
        Least and greatest load of the choices.
    combine : ufunc
        ``np.add`` or ``np.maximum``.
    most : float
        Plans of greater value are not sought.

    Returns
    -------
    ndarray of int or None
        The field zone of each unit; None if there is no such plan.
    """
    none = np.zeros(1, dtype=np.int64)
    levels = [_Level(none, np.zeros(1), none, none)]
    aim = _Aim(value, combine, most)
    for left in range(problem.k - 1, -1, -1):
        following = _extend(problem, choices, aim, levels[-1], last=left == 0)
        if left > 0:
            rest = problem.sets.full & ~following.key
            problem.budget.spend(30.0 * len(rest))
            following = following.only(rest_feasible(problem.sets, rest, left, band))
        if not len(following.key):
            return None
        levels.append(following)
    return _labels(problem, choices, levels)


def _extend(problem: Problem, choices: Choices, aim: _Aim, level: _Level, *, last: bool) -> _Level:
    """Add one field zone to every state, in every way."""
    gathered: list[_Level] = []
    waiting = 0
    for states, span, stride in _groups(problem, choices, level):
        pairs = _finish(problem, choices, level, states, span) if last else _join(problem, choices, level, states, span)
        for parent, choice in pairs:
            value = aim.combine(level.value[parent], aim.value[choice])
            key = level.key[parent] + choices.sets[choice] + stride
            gathered.append(_Level(key, value, parent, choice).only(value <= aim.most))
            waiting += len(gathered[-1].key)
            if waiting > _KEEP:
                problem.budget.spend(100.0 * waiting)
                gathered = [_merge(gathered)]
                waiting = len(gathered[0].key)
    return _merge(gathered)


def _groups(problem: Problem, choices: Choices, level: _Level) -> Iterator[tuple[Ints, Ints, int]]:
    """Yield states with the same first open unit and kinds used, and the choices that may follow, kind by kind."""
    full, strides = problem.sets.full, problem.stride
    used = level.key >> len(problem.sets.order)
    lowest = _lowest(full & ~level.key)
    order = np.lexsort((used, lowest))
    edges = np.flatnonzero(np.diff(lowest[order]) | np.diff(used[order])) + 1
    for states in np.split(order, edges):
        for number, kind in enumerate(problem.kinds):
            taken = int(level.key[states[0]] // strides[number]) % (len(kind.zones) + 1)
            slot = int(lowest[states[0]]) * len(problem.kinds) + number
            span = np.arange(choices.start[slot], choices.start[slot + 1])
            if taken < len(kind.zones) and len(span):
                yield states, span, strides[number]


def _join(problem: Problem, choices: Choices, level: _Level, states: Ints, span: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pair states with the choices that are disjoint from them."""
    rows = max(1, _PAIRS // len(span))
    new = choices.sets[span]
    for at in range(0, len(states), rows):
        some = states[at : at + rows]
        problem.budget.spend(float(len(some)) * len(span))
        row, column = np.divmod(np.flatnonzero((level.key[some][:, None] & new) == 0), len(span))
        yield some[row], span[column]


def _finish(problem: Problem, choices: Choices, level: _Level, states: Ints, span: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pair states with the one choice that is all of their rest."""
    rest = problem.sets.full & ~level.key[states]
    at = np.minimum(np.searchsorted(choices.sets[span], rest), len(span) - 1)
    found = choices.sets[span[at]] == rest
    yield states[found], span[at[found]]


def _merge(parts: list[_Level]) -> _Level:
    """Keep each state once, reached in the best way; ties go to the first parent and choice."""
    none = np.empty(0, dtype=np.int64)
    parts = parts or [_Level(none, np.empty(0), none, none)]
    key, value, parent, choice = (np.concatenate(column) for column in zip(*(p.columns for p in parts), strict=True))
    order = np.lexsort((choice, parent, value, key))
    first = np.ones(len(order), dtype=bool)
    first[1:] = np.diff(key[order]) != 0
    best = order[first]
    return _Level(key[best], value[best], parent[best], choice[best])


def _labels(problem: Problem, choices: Choices, levels: list[_Level]) -> Ints:
    best = int(np.argmin(levels[-1].value))
    picked = []
    for level in reversed(levels[1:]):
        picked.append(int(level.choice[best]))
        best = int(level.parent[best])
    return labelled(problem, [(int(choices.sets[choice]), int(choices.kind[choice])) for choice in picked])


def labelled(problem: Problem, picked: list[tuple[int, int]]) -> Ints:
    """Return the labels of a plan; exchangeable field zones are numbered in the order of their lowest units.

    Parameters
    ----------
    problem : Problem
        Its sets and kinds.
    picked : list of (int, int)
        Set and position of the kind of each field zone.

    Returns
    -------
    ndarray of int
        The field zone of each unit.
    """
    labels = np.full(len(problem.sets.order), -1, dtype=np.int64)
    free = [sorted(kind.zones, reverse=True) for kind in problem.kinds]
    members = [(problem.sets.members(one), kind) for one, kind in picked]
    for units, kind in sorted(members, key=lambda pair: int(pair[0].min())):
        labels[units] = free[kind].pop()
    return labels


def _lowest(sets: Ints) -> Ints:
    """Position of the lowest bit."""
    return np.bitwise_count((sets & -sets) - 1).astype(np.int64)
