"""From any labels to a plan: every field zone connected, none empty, locked units where they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from geocensus.zoning.levels import Level
    from geocensus.zoning.task import Floats, Ints

__all__ = ["parts", "repaired"]

_TINY = 1e-12


def repaired(level: Level, labels: Ints, k: int, rng: np.random.Generator) -> Ints | None:
    """Return labels whose zones are connected and not empty, as near to the given ones as is easily had.

    Parameters
    ----------
    level : Level
        The units; their graph is connected.
    labels : ndarray of int
        Zone of each unit, −1 where any will do.
    k : int
        Number of zones, at most the number of units.
    rng : numpy.random.Generator
        Chooses whose locked units are joined first.

    Returns
    -------
    ndarray of int or None
        None: the locked units of some zone could not be joined past those of the others, in this order.
    """
    labels = np.where(level.lock >= 0, level.lock, labels).astype(np.int64)
    joined = _joined_locks(level, labels, rng)
    if joined is None:
        return None
    labels = _grown(level, _main_parts(level, joined, k))
    for zone in np.setdiff1d(np.arange(k), labels):
        unit = _spare_unit(level, labels, k)
        if unit < 0:
            return None
        labels[unit] = zone
    return labels


def parts(level: Level, labels: Ints) -> Ints:
    """Return the number of the connected part of its zone that each unit is in.

    Parameters
    ----------
    level : Level
        The units.
    labels : ndarray of int
        Zone of each unit.

    Returns
    -------
    ndarray of int
        From 0 on.
    """
    source = np.repeat(np.arange(len(labels)), np.diff(level.first))
    within = labels[source] == labels[level.near]
    graph = sparse.csr_matrix(
        (np.ones(int(within.sum())), (source[within], level.near[within])), (len(labels), len(labels))
    )
    found: Ints = csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    return found


def _main_parts(level: Level, labels: Ints, k: int) -> Ints:
    """Return labels with −1 for all but the heaviest part of each zone, or the part with its locked units."""
    part = parts(level, labels)
    weight = np.bincount(part, level.load + _TINY)
    weight += np.bincount(part, level.lock >= 0) * (weight.sum() + 1)
    order = np.argsort(weight[part], kind="stable")
    main = np.full(k + 1, -1, dtype=np.int64)  # one more for units without a zone
    main[labels[order]] = part[order]  # the heaviest comes last and stays
    return np.where(main[labels] == part, labels, -1)


def _grown(level: Level, labels: Ints) -> Ints:
    """Return labels in which each unit without a zone has joined the neighbour it shares most border with."""
    labels = labels.copy()
    source = np.repeat(np.arange(len(labels)), np.diff(level.first))
    while len(loose := np.flatnonzero(labels < 0)):
        edge = np.flatnonzero((labels[source] < 0) & (labels[level.near] >= 0))
        if not len(edge):
            labels[loose] = 0  # without any zone yet: the first
            break
        pairs, which = np.unique(np.column_stack([source[edge], labels[level.near[edge]]]), axis=0, return_inverse=True)
        common = np.bincount(which.ravel(), level.cost[edge])
        order = np.lexsort((-pairs[:, 1], common))  # of equals the lowest zone comes last and stays
        labels[pairs[order, 0]] = pairs[order, 1]
    return labels


def _spare_unit(level: Level, labels: Ints, k: int) -> int:
    """Return a free unit that the zone with most units can do without; −1 if no zone has one."""
    sizes = np.bincount(labels, minlength=k)
    for zone in np.argsort(-sizes, kind="stable"):
        members = np.flatnonzero(labels == zone)
        if len(members) > 1:
            order, before = csgraph.breadth_first_order(_within(level, members), 0, directed=False)
            leaves = np.setdiff1d(order, before)  # nothing hangs on a leaf of a search tree
            free = members[leaves[level.lock[members[leaves]] < 0]]
            if len(free):
                return int(free[-1])
    return -1


def _within(level: Level, members: Ints) -> sparse.csr_matrix:
    """Return the graph of some units."""
    return _graph(level, np.ones(len(level.near)))[members][:, members]


def _graph(level: Level, cost: Floats) -> sparse.csr_matrix:
    return sparse.csr_matrix((cost, level.near, level.first), (len(level.load), len(level.load)))


def _joined_locks(level: Level, labels: Ints, rng: np.random.Generator) -> Ints | None:
    """Return labels in which each zone's locked units hang together, by the cheapest paths; None if there are none."""
    owner = level.lock.astype(np.int64)  # locked units and the paths between them
    labels = labels.copy()
    for zone in rng.permutation(np.unique(owner[owner >= 0])):
        while True:
            part = parts(level, labels)
            locked = np.flatnonzero(owner == zone)
            apart = locked[part[locked] != part[locked[0]]]
            if not len(apart):
                break
            path = _path(level, labels, owner, np.flatnonzero(part == part[locked[0]]), apart, int(zone))
            if path is None:
                return None
            labels[path] = zone
            owner[path] = zone
    return labels


def _path(level: Level, labels: Ints, owner: Ints, start: Ints, goals: Ints, zone: int) -> Ints | None:
    """Return the units of a shortest path from any start to any goal around other zones' locked units."""
    price = np.where(labels == zone, _TINY, 1.0)[level.near]
    source = np.repeat(np.arange(len(labels)), np.diff(level.first))
    closed = (owner >= 0) & (owner != zone)
    open_edges = ~closed[source] & ~closed[level.near]
    shape = (len(labels), len(labels))
    graph = sparse.csr_matrix((price[open_edges], (source[open_edges], level.near[open_edges])), shape)
    reach, before, _ = csgraph.dijkstra(graph, indices=start, min_only=True, return_predecessors=True)
    goal = int(goals[np.argmin(reach[goals])])
    if not np.isfinite(reach[goal]):
        return None
    path = [goal]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return np.array(path, dtype=np.int64)
