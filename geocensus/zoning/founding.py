"""Today's field zones made a start: pieces that fell apart, units without a field zone, field zones without units."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.flows import flows
from geocensus.zoning.patchwork import Patchwork

if TYPE_CHECKING:
    from geocensus.zoning.task import Task

__all__ = ["founded"]

_TRIED = 40


def founded(task: Task) -> Patchwork | None:
    """Make every field zone one connected piece and give every unit to one.

    Parameters
    ----------
    task : Task
        With ``current`` field zones, some of them perhaps without units.

    Returns
    -------
    Patchwork or None
        None where that fails, as with locks that lie apart.
    """
    patch = Patchwork(task, np.where(task.fixed >= 0, task.fixed, task.current).tolist())
    for zone in range(task.k):
        _keep_main_piece(patch, zone)
    for zone in range(task.k):
        if not patch.members[zone]:
            if (seed := _best_seed(patch, zone)) < 0:
                return None
            patch.move(seed, zone)
    _fill(patch)
    patch.rest.clear()
    whole = min(patch.zone) >= 0 and all(len(patch.pieces(zone)) == 1 for zone in range(task.k))
    return patch if whole else None


def _keep_main_piece(patch: Patchwork, zone: int) -> None:
    """Free the units outside the main piece of a field zone: the one with most locks, then most load."""
    pieces = patch.pieces(zone)
    main = max(
        pieces,
        key=lambda piece: (sum(patch.fixed[row] for row in piece), sum(patch.load[row] for row in piece), -piece[0]),
        default=[],
    )
    for unit in (row for piece in pieces if piece is not main for row in piece if not patch.fixed[row]):
        patch.move(unit, -1)


def _best_seed(patch: Patchwork, zone: int) -> int:
    """Find the unit from which a new field zone takes the least work out of the others; −1 if no unit can leave."""
    pairs = patch.borders()
    best = (np.inf, 0, -1)
    for unit in _candidates(patch):
        own = patch.zone[unit]
        touched = sorted({own, *(patch.zone[other] for other in patch.near[unit])} - {-1})
        ways = np.array([way for other in touched for way in ((other, zone), (zone, other))])
        loads = patch.loads.copy()
        loads[own] -= patch.load[unit]
        loads[zone] += patch.load[unit]
        work = float(flows(loads, patch.low, patch.high, np.vstack([pairs, ways])).sum())
        best = min(best, (round(work, 6), -len(touched), unit))
    return best[2]


def _candidates(patch: Patchwork) -> list[int]:
    """Return units that can leave: those where most field zones meet, then those furthest from their own middle."""
    graph, k, labels = patch.task.graph, patch.task.k, patch.snapshot()
    known = labels >= 0
    count = np.maximum(np.bincount(labels[known], minlength=k), 1)
    middle = [np.bincount(labels[known], axis[known], minlength=k) / count for axis in (graph.x, graph.y)]
    away = np.hypot(graph.x - middle[0][labels], graph.y - middle[1][labels])
    meeting = [
        len({patch.zone[other] for other in patch.near[unit]} | {patch.zone[unit]}) for unit in range(graph.size)
    ]
    found: list[int] = []
    for unit in np.lexsort([-away, -np.array(meeting)]).tolist():
        if known[unit] and patch.can_leave(unit):
            found.append(unit)
        if len(found) >= _TRIED:
            break
    return found


def _fill(patch: Patchwork) -> None:
    """Let field zones grow over the units without one, the one with the least load for its target first."""

    def fullness(zone: int) -> float:
        return float(patch.loads[zone] / patch.task.target[zone])

    queue = [(fullness(zone), unit) for unit, zone in enumerate(patch.zone) if zone >= 0]
    heapq.heapify(queue)
    while queue:
        filled, unit = heapq.heappop(queue)
        zone = patch.zone[unit]
        free = [other for other in patch.near[unit] if patch.zone[other] < 0]
        if free and filled < fullness(zone):
            heapq.heappush(queue, (fullness(zone), unit))
        elif free:
            patch.move(free[0], zone)
            heapq.heappush(queue, (fullness(zone), free[0]))
            heapq.heappush(queue, (fullness(zone), unit))
