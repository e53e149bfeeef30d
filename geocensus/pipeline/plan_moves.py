"""Where each unit of a plan may go, and what a move crosses: for a page on which units are moved by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geocensus.model import Text
from geocensus.zoning.assignments import FIELD_ZONE
from geocensus.zoning.score import edges_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from geocensus.zoning import SplitPlan
    from geocensus.zoning.task import Ints, UnitGraph

    Mask = npt.NDArray[np.bool_]

__all__ = ["crossings", "may_leave", "possible_moves"]

_NAMED: Final = 3


def possible_moves(plan: SplitPlan) -> dict[str, list[str]]:
    """Return, for each unit, the field zones that it may be moved to.

    Parameters
    ----------
    plan : SplitPlan
        The plan.

    Returns
    -------
    dict
        Code to keys, in the order of the roster; empty where the unit or its field zone is locked, where its field zone
        would fall apart or lose its last unit, or where it borders no other field zone that is open. Units that stay
        together move together.
    """
    request = plan.request
    graph, group = request.task.graph, request.ground.group
    keys = request.roster[FIELD_ZONE].tolist()
    standing = np.isin(np.arange(len(keys)), list(plan.locked))
    free = (request.task.fixed < 0) & ~standing[plan.assigned] & may_leave(graph, plan.assigned)
    source = edges_of(graph)
    there = plan.assigned[graph.indices]
    open_ = free[source] & (there != plan.assigned[source]) & ~standing[there]
    pairs = np.unique(np.column_stack([source[open_], there[open_]]), axis=0)
    first = np.searchsorted(pairs[:, 0], np.arange(graph.size + 1))
    zones = pairs[:, 1].tolist()
    return {
        str(code): [keys[zone] for zone in zones[first[row] : first[row + 1]]]
        for code, row in zip(request.ground.codes, group.tolist(), strict=True)
    }


def may_leave(graph: UnitGraph, labels: Ints) -> Mask:
    """Tell which units can be taken out of their field zone so that the rest of it is still connected.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    labels : ndarray of int
        Field zone of each unit; each is connected.

    Returns
    -------
    ndarray of bool
        False for cut points and for the only unit of a field zone.
    """
    source = edges_of(graph)
    inner = labels[source] == labels[graph.indices]
    edge = np.unique(source[~inner])  # others border no other field zone
    found = np.zeros(graph.size, dtype=bool)
    for zone in np.unique(labels[edge]).tolist():  # as many as there are teams
        members = np.flatnonzero(labels == zone)
        mine = inner & (labels[source] == zone)
        ends = np.searchsorted(members, np.column_stack([source[mine], graph.indices[mine]]))
        wanted = np.searchsorted(members, edge[labels[edge] == zone])
        found[members[wanted]] = _whole_without(len(members), ends, wanted)
    return found


def crossings(before: SplitPlan, after: SplitPlan) -> list[Text]:
    """Name the units that an edit put into one field zone though a barrier parts them.

    Parameters
    ----------
    before, after : SplitPlan
        Around the edit.

    Returns
    -------
    list of Text
        One sentence, or none.
    """
    graph = after.request.ground.whole
    group = after.request.ground.group
    source = edges_of(graph)
    parted = (graph.cut_cost_m < graph.border_m) & (source < graph.indices)
    one, two = before.assigned[group], after.assigned[group]
    new = parted & (two[source] == two[graph.indices]) & (one[source] != one[graph.indices])
    if not new.any():
        return []
    pairs = [f"{graph.codes[a]}–{graph.codes[b]}" for a, b in zip(source[new], graph.indices[new], strict=True)]
    km = float(graph.border_m[new].sum()) / 1000
    shown = "、".join(pairs[:_NAMED])
    return [
        Text(
            f"调整后片区跨越河流、道路等界线 {km:.1f} 千米：{shown}{' 等' if len(pairs) > _NAMED else ''}",
            f"a field zone now crosses {km:.1f} km of barriers: {shown.replace('、', ', ')}"
            f"{' …' if len(pairs) > _NAMED else ''}",
        )
    ]


def _whole_without(size: int, ends: Ints, wanted: Ints) -> Mask:
    """Tell for each of some nodes whether the graph without it is connected: all of them in one forest of copies."""
    copies = np.arange(len(wanted))
    start, end = (np.add.outer(copies * size, ends[:, column]) for column in (0, 1))
    kept = (ends[:, 0][None, :] != wanted[:, None]) & (ends[:, 1][None, :] != wanted[:, None])
    shape = (size * len(wanted),) * 2
    links = csr_array((np.ones(int(kept.sum()), dtype=np.int8), (start[kept], end[kept])), shape)
    _, part = connected_components(links, directed=False)
    parts = np.sort(part.reshape(len(wanted), size), axis=1)
    count = 1 + (np.diff(parts, axis=1) != 0).sum(axis=1)
    result: Mask = count == 2  # noqa: PLR2004 - the node by itself, and all the others
    return result
