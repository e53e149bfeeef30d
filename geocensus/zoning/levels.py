"""Tables that the compiled loops work on: units of one coarseness, the zones they are in, and the work to do."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geocensus.zoning.task import Floats, Ints  # noqa: TC001 - fields of a NamedTuple

__all__ = ["Goal", "Level", "Schedule", "Small", "State", "edges_from", "part_of", "sums"]

Small = NDArray[np.int32]  # half the memory of Ints: more of a large area stays in the processor's cache


class Level(NamedTuple):
    """Units of one coarseness, scaled so that the objective is a plain sum.

    Neighbours of unit u are ``near[first[u]:first[u + 1]]``; ``cost`` is what parting each of them costs. ``x``, ``y``
    are such that load times squared distance is in units of the objective, ``stay`` is what leaving the zone ``home``
    costs (−1: none), ``lock`` is the zone that a unit must be in (−1: any).
    """

    first: Small
    near: Small
    cost: Floats
    load: Floats
    x: Floats
    y: Floats
    stay: Floats
    home: Small
    lock: Small


class State(NamedTuple):
    """What annealing changes: the zone of each unit, and what follows from it."""

    label: Small
    foreign: Small  # neighbours in other zones, per unit
    units: Small  # per zone
    load: Floats  # per zone
    moment_x: Floats  # sum of load times x, per zone
    moment_y: Floats
    seen: NDArray[np.int64]  # last search that came by, per unit
    queue: Small
    random: NDArray[np.uint64]  # one number, never 0
    counter: NDArray[np.int64]  # searches so far, accepted changes


class Goal(NamedTuple):
    """What the loads of zones shall be: ``target`` of each, above 0, and by which share it may be missed."""

    target: Floats
    tolerance: float


class Schedule(NamedTuple):
    """Proposals ``begin`` to ``end`` of ``total``; values go from their first to their last in even ratios."""

    begin: int
    end: int
    total: int
    hot: float  # temperatures
    cold: float
    soft: float  # prices of the squared excess over the tolerance
    hard: float
    tolerance: float
    swaps: float  # share of proposals that exchange two neighbours


def sums(groups: Ints | Small, weight: Floats, count: int) -> Floats:
    """Add up weights by group.

    Parameters
    ----------
    groups : ndarray of int
        Group of each weight, 0 to count − 1.
    weight : ndarray of float
        What to add up.
    count : int
        Number of groups.

    Returns
    -------
    ndarray of float
        One sum per group, 0 for empty ones.
    """
    return np.bincount(groups, weight, count).astype(np.float64)


def edges_from(level: Level, units: Ints) -> tuple[Ints, Ints]:
    """Return the edges that start from some units.

    Parameters
    ----------
    level : Level
        The units.
    units : ndarray of int
        Which.

    Returns
    -------
    source : ndarray of int
        Unit that each edge starts from.
    edge : ndarray of int
        Positions in ``level.near`` and ``level.cost``.
    """
    degree = level.first[units + 1] - level.first[units]
    edge = np.repeat(level.first[units] - np.cumsum(degree) + degree, degree) + np.arange(degree.sum())
    return np.repeat(units, degree), edge


def part_of(level: Level, units: Ints, zones: Ints) -> Level:
    """Return the level of some units alone; what they border on outside is left out.

    Parameters
    ----------
    level : Level
        All units.
    units : ndarray of int
        Which, ascending.
    zones : ndarray of int
        The zones that they may be in, ascending: numbered from 0 in homes and locks.

    Returns
    -------
    Level
        Numbered in the order of `units`.
    """
    number = np.full(len(level.load), -1, dtype=np.int32)
    number[units] = np.arange(len(units))
    source, edge = edges_from(level, units)
    near = number[level.near[edge]]
    inside = near >= 0
    row = number[source[inside]]
    first = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(units)))])
    home, lock = (_renumbered(labels[units], zones) for labels in (level.home, level.lock))
    return Level(
        first=first.astype(np.int32),
        near=near[inside],
        cost=level.cost[edge][inside],
        load=level.load[units],
        x=level.x[units],
        y=level.y[units],
        stay=level.stay[units],
        home=home,
        lock=lock,
    )


def _renumbered(labels: Small, zones: Ints) -> Small:
    """Return positions among some zones, −1 for others."""
    at = np.minimum(np.searchsorted(zones, labels), len(zones) - 1)
    return np.where(zones[at] == labels, at, -1).astype(np.int32)
