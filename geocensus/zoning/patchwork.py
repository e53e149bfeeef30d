"""Field zones that units can be moved between one by one, with loads and contiguity kept up to date."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.score import edges_of, scales_of

if TYPE_CHECKING:
    from geocensus.zoning.task import Floats, Ints, Task

__all__ = ["NEARLY", "Patchwork"]

NEARLY = 1e-9
_REST = 8  # rounds for which a unit that was moved stays where it is


@dataclass(eq=False)
class Patchwork:
    """A plan in the making; zones and units are row numbers.

    Attributes
    ----------
    task : Task
        The task.
    zone : list of int
        Field zone of each unit, −1 without one.
    rest : dict of int to int
        Rounds for which a unit that was moved stays where it is.

    Examples
    --------
    >>> from geocensus.zoning.task import UnitGraph, equal_task
    >>> one, ends = np.ones(3), np.array([0, 1, 3, 4])
    >>> row = UnitGraph(
    ...     np.array(list("abc"), dtype=object),
    ...     one,
    ...     np.arange(3.0),
    ...     0 * one,
    ...     one,
    ...     one,
    ...     ends,
    ...     np.array([1, 0, 2, 1]),
    ...     np.ones(4),
    ...     np.ones(4),
    ... )
    >>> patch = Patchwork(equal_task(row, 2), [0, 0, 1])
    >>> patch.can_leave(1), patch.can_leave(2), patch.rim(0, 1)
    (True, False, [1])
    """

    task: Task
    zone: list[int]
    rest: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        graph, task = self.task.graph, self.task
        ends, starts, costs = graph.indices.tolist(), graph.indptr.tolist(), graph.cut_cost_m.tolist()
        self.near = [ends[one:other] for one, other in pairwise(starts)]
        self.cut = [costs[one:other] for one, other in pairwise(starts)]
        self.load = graph.load.tolist()
        self.home, self.fixed = task.current.tolist(), (task.fixed >= 0).tolist()
        self.low, self.high = task.target * (1 - task.tolerance), task.target * (1 + task.tolerance)
        self.scales = scales_of(task)
        self.restore(np.array(self.zone, dtype=np.int64))

    def snapshot(self) -> Ints:
        """Return the field zone of each unit.

        Returns
        -------
        ndarray of int
            A copy.
        """
        return np.array(self.zone, dtype=np.int64)

    def restore(self, labels: Ints) -> None:
        """Go back to an earlier state.

        Parameters
        ----------
        labels : ndarray of int
            As :meth:`snapshot` returned it.
        """
        known = np.flatnonzero(labels >= 0)
        self.zone = labels.tolist()
        weight = self.task.graph.load[known]
        self.loads: Floats = np.bincount(labels[known], weight, minlength=self.task.k).astype(np.float64)
        self.members: list[set[int]] = [set() for _ in range(self.task.k)]
        for unit in known.tolist():
            self.members[self.zone[unit]].add(unit)

    def move(self, unit: int, zone: int) -> float:
        """Move a unit, and let it rest.

        Parameters
        ----------
        unit : int
            The unit.
        zone : int
            Where it goes; −1 for nowhere.

        Returns
        -------
        float
            Its load.
        """
        load, old = self.load[unit], self.zone[unit]
        if old >= 0:
            self.loads[old] -= load
            self.members[old].discard(unit)
        if zone >= 0:
            self.loads[zone] += load
            self.members[zone].add(unit)
        self.zone[unit] = zone
        self.rest[unit] = _REST
        return load

    def tire(self) -> None:
        """Let a round pass: units that were moved may move again after some."""
        self.rest = {unit: left - 1 for unit, left in self.rest.items() if left > 1}

    def outside(self) -> Floats:
        """Return by how much each load is outside its band, in shares of the target.

        Returns
        -------
        ndarray of float
            0 inside.
        """
        away = np.maximum(self.loads - self.high, self.low - self.loads)
        return np.where(away > NEARLY * self.task.target, away / self.task.target, 0.0)

    def misfit(self, one: int, other: int, load: float) -> float:
        """Return how far two field zones are outside their bands once some load has gone from one to the other.

        Parameters
        ----------
        one, other : int
            From and to.
        load : float
            Minutes; below 0 it goes the other way.

        Returns
        -------
        float
            Sum of shares of the targets.
        """
        total = 0.0
        for zone, now in ((one, self.loads[one] - load), (other, self.loads[other] + load)):
            total += max(0.0, now - self.high[zone], self.low[zone] - now) / self.task.target[zone]
        return float(total)

    def borders(self) -> Ints:
        """Return the pairs of field zones that border on each other, in both directions.

        Returns
        -------
        ndarray of int
            Shape (m, 2), ascending.
        """
        labels, graph = self.snapshot(), self.task.graph
        one, other = labels[edges_of(graph)], labels[graph.indices]
        real = (one != other) & (one >= 0) & (other >= 0)
        return np.unique(np.column_stack([one, other])[real], axis=0)

    def rim(self, one: int, other: int) -> list[int]:
        """Return the units of one field zone that border on another and may move.

        Parameters
        ----------
        one, other : int
            The field zones.

        Returns
        -------
        list of int
            Ascending.
        """
        rows = (row for row in self.members[one] if not self.fixed[row] and row not in self.rest)
        return sorted(row for row in rows if any(self.zone[near] == other for near in self.near[row]))

    def price(self, unit: int, zone: int) -> float:
        """Return what a move adds to the objective: borders and reassigned work.

        Parameters
        ----------
        unit : int
            The unit.
        zone : int
            Where it would go.

        Returns
        -------
        float
            Below 0 for a gain.
        """
        now, home = self.zone[unit], self.home[unit]
        cut = 0.0
        for other, length in zip(self.near[unit], self.cut[unit], strict=True):
            cut += length * ((self.zone[other] == now) - (self.zone[other] == zone))
        away = 0 if home < 0 else int(zone != home) - int(now != home)
        return self.scales.cut * cut + self.scales.stay * away * self.load[unit]

    def can_leave(self, unit: int) -> bool:
        """Tell whether a unit is free and its field zone stays whole, and not empty, without it.

        Parameters
        ----------
        unit : int
            The unit.

        Returns
        -------
        bool
            True where it may be moved.
        """
        zone = self.zone[unit]
        ends = [other for other in self.near[unit] if self.zone[other] == zone]
        if self.fixed[unit] or len(self.members[zone]) <= 1 or not ends:
            return False
        return len(ends) == 1 or self._joined(ends, unit)

    def pieces(self, zone: int) -> list[list[int]]:
        """Return the connected pieces of a field zone.

        Parameters
        ----------
        zone : int
            The field zone.

        Returns
        -------
        list of list of int
            Units, ascending.
        """
        left = set(self.members[zone])
        pieces = []
        while left:
            queue = [min(left)]
            piece = set(queue)
            while queue:
                fresh = [other for other in self.near[queue.pop()] if other in left and other not in piece]
                piece.update(fresh)
                queue += fresh
            left -= piece
            pieces.append(sorted(piece))
        return pieces

    def _joined(self, ends: list[int], without: int) -> bool:
        """Tell whether units of one field zone hang together without another one; stops as soon as it is known."""
        zone, missing = self.zone[ends[0]], set(ends[1:])
        seen, queue = {ends[0], without}, [ends[0]]
        while queue and missing:
            for other in self.near[queue.pop()]:
                if other not in seen and self.zone[other] == zone:
                    seen.add(other)
                    missing.discard(other)
                    queue.append(other)
        return not missing
