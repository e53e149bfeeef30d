"""The objective of a split as it is printed to the planner, and the measures of its report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from geocensus.zoning.task import Floats, Ints, Task, UnitGraph

    Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]

__all__ = [
    "ROUNDING",
    "Scales",
    "Score",
    "edges_of",
    "measures",
    "parts_of",
    "scales_of",
    "score",
    "weighted",
    "zone_parts",
]

ROUNDING = 1e-9  # shares nearer than this are equal: sums of loads differ in their last digits with the order of adding


class Score(NamedTuple):
    """A plan's balance and cost; of two connected plans the one with the smaller ``(excess, cost)`` is better.

    Attributes
    ----------
    deviation : float
        Largest share by which a load differs from its target, either way.
    excess : float
        What of the deviation is beyond the tolerance; 0 where every load is in its band.
    cost : float
        Step 3 of the objective: scaled cut length and inertia, and what reassigning work costs.
    """

    deviation: float
    excess: float
    cost: float

    @property
    def key(self) -> tuple[float, float]:
        """What plans are ordered by.

        Returns
        -------
        (float, float)
            Excess, then cost.
        """
        return self.excess, self.cost


class Scales(NamedTuple):
    """What the parts of the cost are multiplied by: per metre of cut, per minute·m² of inertia, per minute moved."""

    cut: float
    inertia: float
    stay: float


def weighted(task: Task) -> Task:
    """Replace loads by sizes where there is no load at all, so that area is balanced instead of nothing.

    Parameters
    ----------
    task : Task
        Any task.

    Returns
    -------
    Task
        The same task where some load is positive; else one whose load is the area, or 1 per unit without areas.
    """
    graph = task.graph
    if graph.load.sum() > 0:
        return task
    size = graph.area_m2 if graph.area_m2.sum() > 0 else np.ones(graph.size)
    wished = task.target if task.target.sum() > 0 else np.ones(task.k)
    return replace(task, graph=replace(graph, load=size), target=wished / wished.sum() * size.sum())


def scales_of(task: Task) -> Scales:
    """Return the weights of the objective, which depend on the task and on no start.

    Parameters
    ----------
    task : Task
        A task with some load (see `weighted`).

    Returns
    -------
    Scales
        (1 − a)/√(k·area), a·2πk/(load·area) and stay_weight/load; without areas a part is 0.
    """
    load, area = float(task.graph.load.sum()), float(task.graph.area_m2.sum())
    per_metre = (1 - task.compactness) / np.sqrt(task.k * area) if area > 0 else 1 - task.compactness
    per_inertia = task.compactness * 2 * np.pi * task.k / (load * area) if load * area > 0 else 0.0
    return Scales(float(per_metre), float(per_inertia), task.stay_weight / load if load > 0 else 0.0)


def score(task: Task, labels: Ints) -> Score:
    """Score a plan by the printed objective.

    Parameters
    ----------
    task : Task
        What was asked.
    labels : ndarray of int
        Field zone (0 to k − 1) of each unit.

    Returns
    -------
    Score
        Deviation, excess and cost; connectivity is not part of it (see `problems_of`).
    """
    task = weighted(task)
    graph = task.graph
    deviation = float(np.abs(_loads(graph, labels, task.k) / task.target - 1).max())
    scales = scales_of(task)
    source = edges_of(graph)
    cut = graph.cut_cost_m[labels[source] != labels[graph.indices]].sum() / 2
    moved = graph.load[(task.current >= 0) & (task.current != labels)].sum()
    cost = scales.cut * cut + scales.inertia * _inertia(graph, labels, task.k) + scales.stay * moved
    excess = deviation - task.tolerance
    return Score(deviation, float(excess) if excess > ROUNDING else 0.0, float(cost))


def edges_of(graph: UnitGraph) -> Ints:
    """Return the unit that each directed edge starts from.

    Parameters
    ----------
    graph : UnitGraph
        The units.

    Returns
    -------
    ndarray of int
        As long as ``graph.indices``.
    """
    return np.repeat(np.arange(graph.size), np.diff(graph.indptr))


def zone_parts(graph: UnitGraph, labels: Ints, k: int) -> Ints:
    """Count the connected parts of each field zone.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    labels : ndarray of int
        Field zone (0 to k − 1) of each unit.
    k : int
        Number of field zones.

    Returns
    -------
    ndarray of int
        0 for an empty field zone, 1 for a connected one.
    """
    source = edges_of(graph)
    _, part = _linked(graph, source, labels[source] == labels[graph.indices])
    _, first = np.unique(part, return_index=True)
    return np.bincount(labels[first], minlength=k)


def parts_of(graph: UnitGraph, among: Mask) -> Ints:
    """Return the connected parts that some of the units form, in the order of their lowest unit.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    among : ndarray of bool
        Which units count.

    Returns
    -------
    ndarray of int
        Part of each unit, −1 for the others.
    """
    source = edges_of(graph)
    _, linked = _linked(graph, source, among[source] & among[graph.indices])
    part = np.full(graph.size, -1, dtype=np.int64)
    _, first, number = np.unique(linked[among], return_index=True, return_inverse=True)
    part[among] = np.argsort(np.argsort(first))[number]
    return part


def _linked(graph: UnitGraph, source: Ints, keep: Mask) -> tuple[int, Ints]:
    ends = (source[keep], graph.indices[keep])
    links = csr_array((np.ones(len(ends[0]), dtype=np.int8), ends), (graph.size,) * 2)
    count, part = connected_components(links, directed=False)
    return int(count), part.astype(np.int64)


def measures(task: Task, labels: Ints, *, shapes: Any = None) -> dict[str, Any]:
    """Measure a plan for its report.

    Parameters
    ----------
    task : Task
        What was asked.
    labels : ndarray of int
        Field zone (0 to k − 1) of each unit.
    shapes : array-like of shapely geometries
        One per unit in a metric CRS; with them Reock's measure is added and perimeters are those of the union.

    Returns
    -------
    dict
        Keys field_zones, units, feasible, deviation, overload, cv, connected, load {min, mean, max}, cut_km, cut_edges,
        polsby_popper, polsby_popper_min, reock, reock_min (None without shapes), rms_m, reassigned_share, cost.
        Shares are 0 to 1. Without any load the sizes of the units are measured (see `weighted`).
    """
    plain, task = task, weighted(task)
    graph, k = task.graph, task.k
    found = score(task, labels)
    loads = _loads(graph, labels, k)
    source = edges_of(graph)
    cut = (labels[source] != labels[graph.indices]) & (source < graph.indices)
    compact, reock = _shape_measures(graph, labels, k, shapes)
    real = _loads(plain.graph, labels, k)
    settled = task.current >= 0
    return {
        "field_zones": k,
        "units": graph.size,
        "feasible": found.excess == 0,
        "deviation": found.deviation,
        "overload": float((loads / task.target).max() - 1),
        "cv": float(loads.std() / loads.mean()),
        "connected": bool((zone_parts(graph, labels, k) == 1).all()),
        "load": {"min": float(real.min()), "mean": float(real.mean()), "max": float(real.max())},
        "cut_km": float(graph.border_m[cut].sum() / 1000),
        "cut_edges": int(cut.sum()),
        "polsby_popper": float(compact.mean()),
        "polsby_popper_min": float(compact.min()),
        "reock": None if reock is None else float(reock.mean()),
        "reock_min": None if reock is None else float(reock.min()),
        "rms_m": float(np.sqrt(_inertia(graph, labels, k) / graph.load.sum())),
        "reassigned_share": float(graph.load[settled & (task.current != labels)].sum() / graph.load.sum()),
        "cost": found.cost,
    }


def _loads(graph: UnitGraph, labels: Ints, k: int) -> Floats:
    return _summed(labels, graph.load, k)


def _summed(labels: Ints, values: Floats, k: int) -> Floats:
    return np.bincount(labels, values, minlength=k).astype(np.float64)


def _inertia(graph: UnitGraph, labels: Ints, k: int) -> float:
    """Sum of load · squared distance to the field zone's centre of load, minutes·m²."""
    weight = _loads(graph, labels, k)
    x, y = graph.x - graph.x.mean(), graph.y - graph.y.mean()  # near 0, so that squares keep their digits
    safe = np.where(weight > 0, weight, 1.0)
    centre_x = np.bincount(labels, graph.load * x, minlength=k) / safe
    centre_y = np.bincount(labels, graph.load * y, minlength=k) / safe
    return float((graph.load * ((x - centre_x[labels]) ** 2 + (y - centre_y[labels]) ** 2)).sum())


def _shape_measures(graph: UnitGraph, labels: Ints, k: int, shapes: Any) -> tuple[Floats, Floats | None]:
    """Polsby and Popper's 4πA/P² per field zone, and with shapes Reock's share of the smallest circle around it."""
    if shapes is None:
        source = edges_of(graph)
        cut = labels[source] != labels[graph.indices]
        perimeter = _summed(labels, graph.outer_m, k) + _summed(labels[source[cut]], graph.border_m[cut], k)
        area = _summed(labels, graph.area_m2, k)
        return _polsby_popper(area, perimeter), None
    units = np.asarray(shapes, dtype=object)
    zones = np.array([shapely.union_all(units[labels == zone]) for zone in range(k)], dtype=object)
    circle = np.pi * shapely.minimum_bounding_radius(zones) ** 2
    reock = np.divide(shapely.area(zones), circle, out=np.zeros(k), where=circle > 0)
    return _polsby_popper(shapely.area(zones), shapely.length(zones)), reock


def _polsby_popper(area: Floats, perimeter: Floats) -> Floats:
    return np.divide(4 * np.pi * area, perimeter**2, out=np.zeros(len(area)), where=perimeter > 0)
