"""Field zones shared out among separate parts of an area, and heavy units set aside first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.score import ROUNDING, edges_of, parts_of
from geocensus.zoning.task import UnitGraph

if TYPE_CHECKING:
    from geocensus.zoning.score import Mask
    from geocensus.zoning.task import Ints, Task

__all__ = ["Heavy", "Part", "apportioned", "deviation_floor", "part_task", "relieved", "set_aside", "subgraph"]


@dataclass(frozen=True, eq=False)
class Heavy:
    """Units that alone are more than a field zone may hold.

    Attributes
    ----------
    zone : int
        Field zone they make by themselves.
    units : ndarray of int
        One unit, or all that are locked to the field zone.
    load : float
        Their load.
    share : float
        Deviation that they force on the plan.
    alone : bool
        Whether they are connected, so that nothing need be added.
    """

    zone: int
    units: Ints
    load: float
    share: float
    alone: bool


@dataclass(frozen=True, eq=False)
class Part:
    """A separate part of the area and the field zones that it gets.

    Attributes
    ----------
    units : ndarray of int
        Positions in the graph.
    zones : ndarray of int
        Field zones.
    """

    units: Ints
    zones: Ints


def subgraph(graph: UnitGraph, units: Ints) -> UnitGraph:
    """Cut some units out of a graph.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    units : ndarray of int
        Positions, ascending.

    Returns
    -------
    UnitGraph
        Borders with the other units count as outer borders.
    """
    number = np.full(graph.size, -1, dtype=np.int64)
    number[units] = np.arange(len(units))
    source = number[edges_of(graph)]
    end = number[graph.indices]
    keep, lost = (source >= 0) & (end >= 0), (source >= 0) & (end < 0)
    outer = graph.outer_m[units] + np.bincount(source[lost], graph.border_m[lost], minlength=len(units))
    return UnitGraph(
        codes=graph.codes[units],
        load=graph.load[units],
        x=graph.x[units],
        y=graph.y[units],
        area_m2=graph.area_m2[units],
        outer_m=outer,
        indptr=np.concatenate([[0], np.cumsum(np.bincount(source[keep], minlength=len(units)))]),
        indices=end[keep],
        border_m=graph.border_m[keep],
        cut_cost_m=graph.cut_cost_m[keep],
    )


def relieved(task: Task) -> tuple[Task, list[Heavy]]:
    """Give every too heavy unit a field zone of its own and aim the others at the mean of what remains.

    Parameters
    ----------
    task : Task
        A task with some load.

    Returns
    -------
    Task
        With the targets of the remaining work, and each heavy unit locked to its field zone.
    list of Heavy
        In the order found; empty where every unit fits.
    """
    target, fixed, loads = task.target.copy(), task.fixed.copy(), task.graph.load
    open_zones = np.ones(task.k, dtype=bool)
    heavies: list[Heavy] = []
    left = float(loads.sum())
    while open_zones.sum() > 1:
        zone, units = _heaviest(replace(task, target=target, fixed=fixed), open_zones)
        weight = float(loads[units].sum())
        if weight <= target[zone] * (1 + task.tolerance + ROUNDING) or weight >= left * (1 - ROUNDING):
            break
        alone = _is_connected(task.graph, units)
        heavies.append(Heavy(zone, units, weight, weight / float(task.target[zone]) - 1, alone))
        fixed[units] = zone
        open_zones[zone] = False
        left -= weight
        target[zone] = weight
        target[open_zones] *= left / target[open_zones].sum()
    return replace(task, target=target, fixed=fixed), heavies


def set_aside(task: Task, heavies: list[Heavy]) -> Ints:
    """Label heavy units, and the parts that hang on them alone where there are too few field zones for those parts.

    Parameters
    ----------
    task : Task
        What is asked, its heavy units relieved.
    heavies : list of Heavy
        Those units; such that are not connected by themselves stay with the rest.

    Returns
    -------
    ndarray of int
        Field zone of heavy units and what joins them, −1 for the rest.
    """
    labels = np.full(task.graph.size, -1, dtype=np.int64)
    for heavy in heavies:
        if heavy.alone:
            labels[heavy.units] = heavy.zone
    aside = labels >= 0
    if not aside.any():
        return labels
    part = parts_of(task.graph, ~aside)
    loads = np.bincount(part[~aside], task.graph.load[~aside])
    closed = np.unique(part[~aside & (task.fixed >= 0)])
    held = np.bincount(labels[aside], task.graph.load[aside], minlength=task.k)
    zones, parts, units = task.k - len(np.unique(labels[aside])), len(loads), int((~aside).sum())
    source, end = edges_of(task.graph), task.graph.indices
    beside = ~aside[source] & aside[end]
    for least in np.argsort(loads, kind="stable").tolist():
        size = int((part == least).sum())
        touched = labels[end[beside & (part[source] == least)]]
        if least in closed or not len(touched) or units - size < zones or not (parts > zones or loads[least] == 0):
            continue
        zone = min(set(touched.tolist()), key=lambda z: (held[z] / task.target[z], z))
        labels[part == least] = zone
        held[zone] += loads[least]
        parts, units = parts - 1, units - size
    return labels


def _heaviest(task: Task, open_zones: Mask) -> tuple[int, Ints]:
    """Return the field zone that is most overloaded by its locks or by the heaviest free unit, and those units."""
    fixed, loads = task.fixed, task.graph.load
    locked = fixed >= 0
    held = np.bincount(fixed[locked], loads[locked], minlength=task.k)
    share = np.where(open_zones, held / task.target, -1.0)
    zone = int(share.argmax())
    free = np.where(locked, -1.0, loads)
    unit = int(free.argmax())
    empty = open_zones & (np.bincount(fixed[locked], minlength=task.k) == 0)
    home = int(task.current[unit]) if task.stay_weight > 0 else -1
    if empty.any() and free[unit] >= 0:
        largest = int(np.where(empty, task.target, -1.0).argmax())
        if free[unit] > share[zone] * task.target[largest]:
            return (home if home >= 0 and empty[home] else largest), np.array([unit])
    return zone, np.flatnonzero(fixed == zone)


def _is_connected(graph: UnitGraph, units: Ints) -> bool:
    among = np.zeros(graph.size, dtype=bool)
    among[units] = True
    return int(parts_of(graph, among).max()) == 0


def deviation_floor(task: Task) -> float:
    """Return a deviation that no plan is below: too heavy units and locks, and parts that hold no whole field zones.

    Parameters
    ----------
    task : Task
        A task with some load.

    Returns
    -------
    float
        A share, 0 where nothing is known.
    """
    loads, fixed = task.graph.load, task.fixed
    locked = fixed >= 0
    over = float(loads.max() / task.target.max() - 1)
    if locked.any():
        over = max(over, float((np.bincount(fixed[locked], loads[locked], minlength=task.k) / task.target).max() - 1))
    part = parts_of(task.graph, np.ones(task.graph.size, dtype=bool))
    if part.max() > 0 and np.ptp(task.target) <= ROUNDING * task.target.max():
        most = max(1, task.k - int(part.max()))
        held = np.bincount(part, loads) / task.target[0]
        few, many = (np.clip(whole, 1, most) for whole in (np.floor(held), np.ceil(held)))
        over = max(over, float(np.minimum(np.abs(held / few - 1), np.abs(held / many - 1)).max()))
    return max(over, 0.0)


def apportioned(task: Task, units: Ints, zones: Ints) -> list[Part]:
    """Share field zones out among the separate parts that some units form, always to the greatest mean load.

    Parameters
    ----------
    task : Task
        What is asked.
    units : ndarray of int
        Positions of the units to plan, ascending.
    zones : ndarray of int
        Field zones to share out, at least one per part.

    Returns
    -------
    list of Part
        Every part with one field zone or more; those that units are locked to where the units are.
    """
    among = np.zeros(task.graph.size, dtype=bool)
    among[units] = True
    part = parts_of(task.graph, among)
    plain = _shared_out(task, part, zones, np.full(task.k, -1))
    if task.stay_weight > 0:
        kept = _shared_out(task, part, zones, _homes(task, part))
        if _unevenness(task, part, kept) <= max(task.tolerance, _unevenness(task, part, plain)):
            plain = kept
    return [Part(np.flatnonzero(part == p), np.flatnonzero(plain == p)) for p in range(int(part.max()) + 1)]


def _homes(task: Task, part: Ints) -> Ints:
    """Part where each field zone has most of its load today, −1 for none."""
    settled = (task.current >= 0) & (part >= 0)
    held = np.zeros((task.k, int(part.max()) + 1))
    np.add.at(held, (task.current[settled], part[settled]), task.graph.load[settled] + ROUNDING)
    return np.where(held.any(axis=1), held.argmax(axis=1), -1)


def _unevenness(task: Task, part: Ints, given: Ints) -> float:
    loads = np.bincount(part[part >= 0], task.graph.load[part >= 0])
    wished = np.bincount(given[given >= 0], task.target[given >= 0], minlength=len(loads))
    return float(np.abs(loads / wished - 1).max())


def _shared_out(task: Task, part: Ints, zones: Ints, homes: Ints) -> Ints:
    """Return the part of each field zone, −1 for those not shared out."""
    inside, locked = part >= 0, (part >= 0) & (task.fixed >= 0)
    loads = np.bincount(part[inside], task.graph.load[inside])
    given = np.full(task.k, -1, dtype=np.int64)
    given[task.fixed[locked]] = part[locked]
    room = np.bincount(part[inside & ~locked], minlength=len(loads))
    wished = np.bincount(given[given >= 0], task.target[given >= 0], minlength=len(loads))
    free = [int(zone) for zone in zones if given[zone] < 0]
    free.sort(key=lambda zone: (-task.target[zone], zone))

    def give(zone: int, to: int) -> None:
        given[zone] = to
        wished[to] += task.target[zone]
        room[to] -= 1
        free.remove(zone)

    for zone in list(free):
        home = int(homes[zone])
        if home >= 0 and room[home] > 0 and len(free) > (wished == 0).sum() - (wished[home] == 0):
            give(zone, home)
    for empty in sorted(np.flatnonzero(wished == 0).tolist(), key=lambda p: (loads[p], p)):
        give(free[-1], empty)
    for zone in list(free):
        give(zone, int(np.where(room > 0, loads / wished, -1.0).argmax()))
    return given


def part_task(task: Task, part: Part, *, rescale: bool) -> Task:
    """Ask for the field zones of one part.

    Parameters
    ----------
    task : Task
        What is asked of the whole area.
    part : Part
        Its part.
    rescale : bool
        Whether targets are to add up to the part's load, within the band of the whole area.

    Returns
    -------
    Task
        On the part's units, its field zones numbered from 0.
    """
    graph = subgraph(task.graph, part.units)
    number = np.full(task.k + 1, -1, dtype=np.int64)
    number[part.zones] = np.arange(len(part.zones))
    target, tolerance = task.target[part.zones], task.tolerance
    if rescale:
        scale = float(graph.load.sum() / target.sum())
        room = min((1 + tolerance) / scale - 1, 1 - (1 - tolerance) / scale) if scale > 0 else 0.0
        target, tolerance = target * max(scale, ROUNDING), max(room, tolerance / 5)
    fixed, current = number[task.fixed[part.units]], number[task.current[part.units]]
    return replace(task, graph=graph, target=target, tolerance=tolerance, fixed=fixed, current=current)
