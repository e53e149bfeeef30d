"""Simulated annealing of units between field zones: the one loop that has to be compiled.

Zones stay connected through every step, so any moment's labels are a plan. Sweeps visit the border units in the order
of their numbers, which is a walk through the area: neighbours stay in the processor's cache. Without numba the same
loop runs in plain Python with the same result, some hundred times slower.

Metropolis et al. 1953, doi:10.1063/1.1699114; Kirkpatrick et al. 1983, doi:10.1126/science.220.4598.671.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

try:
    from numba import njit as _njit
except ImportError:  # numba has no wheel for this machine: slower, the same plan

    def _njit(**_options: bool) -> Callable[[Any], Any]:
        return lambda function: function


__all__ = ["Level", "Schedule", "State", "anneal"]

Small = NDArray[np.int32]
Floats = NDArray[np.float64]

_FAR = 1000  # units searched around a leaving unit: a zone that may only hang together further away counts as parted
_NEVER = 30.0  # a rise of so many temperatures has a chance of 1e-13


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
    count: Small  # units, per zone
    load: Floats  # per zone
    moment_x: Floats  # sum of load times x, per zone
    moment_y: Floats
    seen: NDArray[np.int64]  # last search that came by, per unit
    queue: Small
    random: NDArray[np.uint64]  # one number, never 0
    counter: NDArray[np.int64]  # searches so far, accepted changes


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


@_njit(cache=True)
def _excess(load: float, target: float, tolerance: float) -> float:
    """Return the squared relative excess over the tolerance."""
    over = abs(load / target - 1.0) - tolerance
    return over * over if over > 0.0 else 0.0


@_njit(cache=True)
def _pull(load: float, moment_x: float, moment_y: float) -> float:
    """Return what the inertia of a zone falls short of the inertia about the origin."""
    return (moment_x * moment_x + moment_y * moment_y) / load if load > 0.0 else 0.0


@_njit(cache=True)
def _holds(level: Level, state: State, unit: int, zone: int) -> bool:
    """Say whether the zone's neighbours of a unit hang together without it; exact when True."""
    label, seen, queue = state.label, state.seen, state.queue
    start, missing = -1, -1
    state.counter[0] += 1
    passed = 2 * state.counter[0] + 1
    for edge in range(level.first[unit], level.first[unit + 1]):
        other = level.near[edge]
        if label[other] == zone:
            missing += 1
            start = other
            seen[other] = passed - 1  # wanted
    if missing <= 0:
        return missing == 0
    seen[unit] = passed
    seen[start] = passed
    queue[0] = start
    head, tail = 0, 1
    limit = min(len(queue) - 1, _FAR)
    while head < tail <= limit:
        at = queue[head]
        head += 1
        for edge in range(level.first[at], level.first[at + 1]):
            other = level.near[edge]
            if label[other] != zone or seen[other] == passed:
                continue
            if seen[other] == passed - 1:
                missing -= 1
                if missing == 0:
                    return True
                queue[tail] = queue[head]  # the wanted are looked around next: they stand side by side as a rule
                queue[head] = other
            else:
                queue[tail] = other
            seen[other] = passed
            tail += 1
            if tail > limit:
                break
    return False


@_njit(cache=True)
def _relabel(level: Level, state: State, unit: int, zone: int) -> None:
    """Put a unit into a zone; the counts of foreign neighbours follow."""
    label, foreign = state.label, state.foreign
    old = label[unit]
    label[unit] = zone
    strange = 0
    for edge in range(level.first[unit], level.first[unit + 1]):
        other = level.near[edge]
        if label[other] == old:
            foreign[other] += 1
            strange += 1
        elif label[other] == zone:
            foreign[other] -= 1
        else:
            strange += 1
    foreign[unit] = strange


@_njit(cache=True)
def _leaving(level: Level, label: Small, unit: int, zone: int, kept: int) -> float:
    """Return what the cut costs more when a unit leaves for a zone and its neighbour `kept` stays across the cut."""
    own = label[unit]
    change = 0.0
    for edge in range(level.first[unit], level.first[unit + 1]):
        other = level.near[edge]
        if other == kept:
            continue
        if label[other] == own:
            change += level.cost[edge]
        elif label[other] == zone:
            change -= level.cost[edge]
    if level.home[unit] == own:
        change += level.stay[unit]
    elif level.home[unit] == zone:
        change -= level.stay[unit]
    return change


@_njit(cache=True)
def _try(level: Level, state: State, unit: int, other: int, own: int, zone: int) -> bool:
    """Move a unit from its own zone to another, in exchange for its neighbour `other` unless −1; undo what would part."""
    if other < 0:
        if not _holds(level, state, unit, own):
            return False
        _relabel(level, state, unit, zone)
        return True
    # each must be able to join its new zone and each zone must hold after the exchange
    _relabel(level, state, unit, zone)
    _relabel(level, state, other, own)
    if _joined(level, state, unit) and _joined(level, state, other):
        if _holds(level, state, unit, own) and _holds(level, state, other, zone):
            return True
    _relabel(level, state, other, zone)
    _relabel(level, state, unit, own)
    return False


@_njit(cache=True)
def _joined(level: Level, state: State, unit: int) -> bool:
    """Say whether a unit has a neighbour in its zone."""
    return state.foreign[unit] < level.first[unit + 1] - level.first[unit]


@_njit(cache=True)
def _chosen(level: Level, state: State, unit: int, number: int) -> int:
    """Return the number-th neighbour of a unit in another zone."""
    own = state.label[unit]
    for edge in range(level.first[unit], level.first[unit + 1]):
        if state.label[level.near[edge]] != own:
            if number == 0:
                return level.near[edge]
            number -= 1
    return -1


@_njit(cache=True)
def _spread(state: State, own: int, zone: int, moved: tuple[float, float, float]) -> float:
    """Return what the inertia of two zones grows by when load and its moments move from one to the other."""
    load, along, up = state.load, state.moment_x, state.moment_y
    weight, x, y = moved
    before = _pull(load[own], along[own], up[own]) + _pull(load[zone], along[zone], up[zone])
    after = _pull(load[own] - weight, along[own] - x, up[own] - y)
    after += _pull(load[zone] + weight, along[zone] + x, up[zone] + y)
    return before - after


@_njit(cache=True)
def _tilt(load: Floats, target: Floats, own: int, zone: int, weight: float, tolerance: float) -> float:
    """Return what the squared excess of two zones grows by when load moves from one to the other."""
    after = _excess(load[own] - weight, target[own], tolerance) + _excess(load[zone] + weight, target[zone], tolerance)
    return after - _excess(load[own], target[own], tolerance) - _excess(load[zone], target[zone], tolerance)


@_njit(cache=True)
def _moving(level: Level, unit: int, other: int) -> tuple[float, float, float]:
    """Return load and moments that change sides when a unit moves, in exchange for another unless −1."""
    load, x, y = level.load[unit], level.load[unit] * level.x[unit], level.load[unit] * level.y[unit]
    if other >= 0:
        load -= level.load[other]
        x -= level.load[other] * level.x[other]
        y -= level.load[other] * level.y[other]
    return load, x, y


@_njit(cache=True)
def _book(state: State, own: int, zone: int, moved: tuple[float, float, float], units: int) -> None:
    """Carry load, moments and units from one zone's account to the other's."""
    weight, x, y = moved
    state.load[own] -= weight
    state.load[zone] += weight
    state.moment_x[own] -= x
    state.moment_x[zone] += x
    state.moment_y[own] -= y
    state.moment_y[zone] += y
    state.count[own] -= units
    state.count[zone] += units
    state.counter[1] += 1


@_njit(cache=True)
def _next(bits: np.uint64) -> np.uint64:
    """Return the next random number: xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14)."""
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    return bits


@_njit(cache=True)
def anneal(level: Level, state: State, target: Floats, schedule: Schedule) -> int:
    """Sweep over the border units, proposing to each a move or an exchange, until the proposals are used up.

    Parameters
    ----------
    level : Level
        The units.
    state : State
        Changed in place; every zone connected before and after.
    target : ndarray of float
        Wished load per zone, above 0.
    schedule : Schedule
        Proposals, temperatures and prices.

    Returns
    -------
    int
        Proposals made, counted from the schedule's begin; the last sweep is finished.
    """
    label, foreign = state.label, state.foreign
    bits = state.random[0]
    done = schedule.begin
    while done < schedule.end:
        share = done / schedule.total
        heat = schedule.hot * (schedule.cold / schedule.hot) ** share
        price = schedule.soft * (schedule.hard / schedule.soft) ** share
        done += 1  # a sweep without border units ends too
        for unit in range(len(label)):
            if foreign[unit] == 0 or level.lock[unit] >= 0:
                continue
            done += 1
            bits = _next(bits)
            own = label[unit]
            other = _chosen(level, state, unit, np.int64(bits >> np.uint64(33)) % foreign[unit])
            zone = label[other]
            swap = np.int64(bits & np.uint64(0xFFFFF)) < schedule.swaps * 0x100000 and level.lock[other] < 0
            if not swap:
                other = -1
                if state.count[own] == 1:
                    continue
            moved = _moving(level, unit, other)
            rise = _leaving(level, label, unit, zone, other) + _spread(state, own, zone, moved)
            if swap:
                rise += _leaving(level, label, other, own, unit)
            rise += price * _tilt(state.load, target, own, zone, moved[0], schedule.tolerance)
            if rise > 0.0:
                if rise > _NEVER * heat:
                    continue
                bits = _next(bits)
                if (np.int64(bits >> np.uint64(11)) + 0.5) / 2.0**53 >= np.exp(-rise / heat):
                    continue
            if _try(level, state, unit, other, own, zone):
                _book(state, own, zone, moved, 0 if swap else 1)
    state.random[0] = bits
    return done
