"""Simulated annealing of units between field zones: the one loop that has to be compiled.

Zones stay connected through every step, so any moment's labels are a plan. Sweeps visit the border units in the order
of their numbers, which is a walk through the area: neighbours stay in the processor's cache. Without numba the same
loop runs in plain Python with the same result, about 65 times slower.

Metropolis et al. 1953, doi:10.1063/1.1699114; Kirkpatrick et al. 1983, doi:10.1126/science.220.4598.671.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.levels import Level, Schedule, Small, State
    from geocensus.zoning.task import Floats

try:
    from numba import njit
except ImportError:  # numba has no wheel for this machine
    njit: Any = None  # type: ignore[no-redef]

__all__ = ["anneal"]

_FAR = 1000  # units searched around a leaving unit: a zone that may only hang together further away counts as parted
_NEVER = 30.0  # a rise of so many temperatures has a chance of 1e-13


def _compiled(function: Callable[..., Any]) -> Any:
    """Compile on first use and keep the result for the next run where a folder for it can be written."""
    if njit is None:
        return function
    try:
        return njit(cache=True)(function)
    except RuntimeError:  # neither beside this file nor in the user's own folder
        return njit(function)


@_compiled
def _excess(load: float, target: float, tolerance: float) -> float:
    """Return the squared relative excess over the tolerance."""
    over = abs(load / target - 1.0) - tolerance
    return over * over if over > 0.0 else 0.0


@_compiled
def _pull(load: float, moment_x: float, moment_y: float) -> float:
    """Return what the inertia of a zone falls short of the inertia about the origin."""
    return (moment_x * moment_x + moment_y * moment_y) / load if load > 0.0 else 0.0


@_compiled
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


@_compiled
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


@_compiled
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


@_compiled
def _try(level: Level, state: State, unit: int, other: int, own: int, zone: int) -> bool:
    """Move a unit to another zone, in exchange for its neighbour `other` unless −1; undo what would part a zone."""
    if other < 0:
        if not _holds(level, state, unit, own):
            return False
        _relabel(level, state, unit, zone)
        return True
    # each must be able to join its new zone and each zone must hold after the exchange
    _relabel(level, state, unit, zone)
    _relabel(level, state, other, own)
    joined = _joined(level, state, unit) and _joined(level, state, other)
    if joined and _holds(level, state, unit, own) and _holds(level, state, other, zone):
        return True
    _relabel(level, state, other, zone)
    _relabel(level, state, unit, own)
    return False


@_compiled
def _joined(level: Level, state: State, unit: int) -> bool:
    """Say whether a unit has a neighbour in its zone."""
    return state.foreign[unit] < level.first[unit + 1] - level.first[unit]


@_compiled
def _chosen(level: Level, state: State, unit: int, number: int) -> int:
    """Return the number-th neighbour of a unit in another zone."""
    own = state.label[unit]
    for edge in range(level.first[unit], level.first[unit + 1]):
        if state.label[level.near[edge]] != own:
            if number == 0:
                return level.near[edge]
            number -= 1
    return -1


@_compiled
def _spread(state: State, own: int, zone: int, moved: tuple[float, float, float]) -> float:
    """Return what the inertia of two zones grows by when load and its moments move from one to the other."""
    load, along, up = state.load, state.moment_x, state.moment_y
    weight, x, y = moved
    before = _pull(load[own], along[own], up[own]) + _pull(load[zone], along[zone], up[zone])
    after = _pull(load[own] - weight, along[own] - x, up[own] - y)
    after += _pull(load[zone] + weight, along[zone] + x, up[zone] + y)
    return before - after


@_compiled
def _tilt(load: Floats, target: Floats, own: int, zone: int, weight: float, tolerance: float) -> float:
    """Return what the squared excess of two zones grows by when load moves from one to the other."""
    after = _excess(load[own] - weight, target[own], tolerance) + _excess(load[zone] + weight, target[zone], tolerance)
    return after - _excess(load[own], target[own], tolerance) - _excess(load[zone], target[zone], tolerance)


@_compiled
def _moving(level: Level, unit: int, other: int) -> tuple[float, float, float]:
    """Return load and moments that change sides when a unit moves, in exchange for another unless −1."""
    load, x, y = level.load[unit], level.load[unit] * level.x[unit], level.load[unit] * level.y[unit]
    if other >= 0:
        load -= level.load[other]
        x -= level.load[other] * level.x[other]
        y -= level.load[other] * level.y[other]
    return load, x, y


@_compiled
def _book(state: State, own: int, zone: int, moved: tuple[float, float, float], units: int) -> None:
    """Carry load, moments and units from one zone's account to the other's."""
    weight, x, y = moved
    state.load[own] -= weight
    state.load[zone] += weight
    state.moment_x[own] -= x
    state.moment_x[zone] += x
    state.moment_y[own] -= y
    state.moment_y[zone] += y
    state.units[own] -= units
    state.units[zone] += units
    state.counter[1] += 1


@_compiled
def _next(bits: np.uint64) -> np.uint64:
    """Return the next random number: xorshift64 (Marsaglia 2003, doi:10.18637/jss.v008.i14)."""
    bits ^= bits << np.uint64(13)
    bits ^= bits >> np.uint64(7)
    bits ^= bits << np.uint64(17)
    return bits


@_compiled
def _accepted(rise: float, heat: float, bits: np.uint64) -> bool:
    """Say whether a change is made: always if the objective falls, else by Metropolis's chance."""
    if rise <= 0.0:
        return True
    return rise < _NEVER * heat and (np.int64(bits >> np.uint64(11)) + 0.5) / 2.0**53 < np.exp(-rise / heat)


@_compiled
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
            near = _chosen(level, state, unit, np.int64(bits >> np.uint64(33)) % foreign[unit])
            zone = label[near]
            swap = np.int64(bits & np.uint64(0xFFFFF)) < schedule.swaps * 0x100000 and level.lock[near] < 0
            if state.units[own] == 1 and not swap:
                continue
            other = near if swap else -1
            moved = _moving(level, unit, other)
            rise = _leaving(level, label, unit, zone, other) + _spread(state, own, zone, moved)
            if swap:
                rise += _leaving(level, label, other, own, unit)
            rise += price * _tilt(state.load, target, own, zone, moved[0], schedule.tolerance)
            bits = _next(bits)
            if _accepted(rise, heat, bits) and _try(level, state, unit, other, own, zone):
                _book(state, own, zone, moved, 0 if swap else 1)
    state.random[0] = bits
    return done
