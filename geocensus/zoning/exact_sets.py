"""Sets of up to 56 units as bits of an integer: their loads, costs and neighbours.

Additive figures of a set come from one table per block of 14 units, border lengths from one per pair of half blocks, so
that millions of sets are measured with a few array look-ups each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geocensus.zoning.score import edges_of, scales_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.score import Mask
    from geocensus.zoning.task import Floats, Ints, Task, UnitGraph

__all__ = ["MAX_UNITS", "Sets", "sets_of"]

MAX_UNITS = 56  # bits of a set; those above count the kinds of field zones used
_BITS = 14  # units of a block: tables of 16,384 rows stay in the processor's cache
_BLOCK = (1 << _BITS) - 1


@dataclass(frozen=True, eq=False)
class _Sums:
    """An additive figure: the sum over a set from one look-up per block of units."""

    tables: list[Floats]

    def __call__(self, sets: Ints) -> Floats:
        total = self.tables[0][sets & _BLOCK]
        for number, table in enumerate(self.tables[1:], 1):
            total += table[sets >> (number * _BITS) & _BLOCK]
        return total


@dataclass(frozen=True, eq=False)
class Sets:
    """Tables that measure sets of the units of one graph.

    Attributes
    ----------
    order : ndarray of int
        Unit of each bit, in sweep order.
    load : callable
        Load of each set.
    cost : callable
        Step 3 of the objective of each set as a field zone: half of its cut, and its inertia.
    stay : callable
        What reassigning the units of each set costs.
    around : list of ndarray of int
        Neighbours of the sets in each block of units.
    """

    order: Ints
    load: Callable[[Ints], Floats]
    cost: Callable[[Ints], Floats]
    stay: Callable[[Ints], Floats]
    around: list[Ints]

    @property
    def full(self) -> int:
        """The set of all units.

        Returns
        -------
        int
            As many ones as units.
        """
        return (1 << len(self.order)) - 1

    def near(self, sets: Ints) -> Ints:
        """Return the neighbours of each set, members among them.

        Parameters
        ----------
        sets : ndarray of int
            Sets as bits.

        Returns
        -------
        ndarray of int
            Sets as bits.
        """
        near = self.around[0][sets & _BLOCK]
        for number, table in enumerate(self.around[1:], 1):
            near |= table[sets >> (number * _BITS) & _BLOCK]
        return near

    def grow(self, seeds: Ints, within: Ints) -> Ints:
        """Return what is connected to each seed inside a set.

        Parameters
        ----------
        seeds, within : ndarray of int
            Sets as bits, seeds inside `within`.

        Returns
        -------
        ndarray of int
            Sets as bits.
        """
        grown = seeds
        while True:
            further = grown | (self.near(grown) & within)
            if np.array_equal(further, grown):
                return grown
            grown = further

    def sums(self, values: Floats) -> Callable[[Ints], Floats]:
        """Return a figure that adds up over the units of each set.

        Parameters
        ----------
        values : ndarray of float
            One per bit.

        Returns
        -------
        callable
            Sets to sums.
        """
        return _sums(values)

    def bits_of(self, units: Mask) -> int:
        """Return units as one set.

        Parameters
        ----------
        units : ndarray of bool
            One per unit of the graph.

        Returns
        -------
        int
            The set as bits.
        """
        return sum(1 << bit for bit in np.flatnonzero(units[self.order]).tolist())

    def members(self, one: int) -> Ints:
        """Return the units of a set.

        Parameters
        ----------
        one : int
            The set as bits.

        Returns
        -------
        ndarray of int
            Positions in the graph.
        """
        return self.order[[bit for bit in range(len(self.order)) if one >> bit & 1]]


def sets_of(task: Task) -> Sets:
    """Build the tables of a task with at most `MAX_UNITS` units and some load.

    Parameters
    ----------
    task : Task
        What is asked.

    Returns
    -------
    Sets
        Its tables.
    """
    graph = task.graph
    order = _sweep_order(graph)
    n = graph.size
    border = np.zeros((n, n))
    touching = np.zeros((n, n), dtype=bool)
    source = edges_of(graph)
    border[source, graph.indices] = graph.cut_cost_m
    touching[source, graph.indices] = True
    border, touching = border[np.ix_(order, order)], touching[np.ix_(order, order)]
    around = touching @ (1 << np.arange(n, dtype=np.int64))
    scales = scales_of(task)
    load = _sums(graph.load[order])
    return Sets(
        order,
        load,
        _cost(graph, order, load, border, (scales.cut, scales.inertia)),
        _sums(graph.load[order] * scales.stay),
        [_either(around[at : at + _BITS]) for at in range(0, n, _BITS)],
    )


def _sweep_order(graph: UnitGraph) -> Ints:
    """Order units so that few units at a time have both done and open neighbours.

    Sets that cover the first open unit again and again then look like a front moving over the map: few are different.

    Parameters
    ----------
    graph : UnitGraph
        The units.

    Returns
    -------
    ndarray of int
        A permutation; ties go to the lowest unit.
    """
    around = [set(graph.indices[a:b].tolist()) for a, b in zip(graph.indptr[:-1], graph.indptr[1:], strict=True)]
    return np.array(min((_sweep(around, start) for start in range(graph.size)), key=lambda s: s[0])[1], dtype=np.int64)


def _sweep(around: list[set[int]], start: int) -> tuple[int, list[int]]:
    """Take next the unit that leaves the shortest front; return the sum of the fronts' lengths, and the order."""
    done, front, order, total = {start}, around[start] - {start}, [start], 0
    while len(order) < len(around):
        # the unit waiting longest wins ties through its position among those that the front already sees
        choices = sorted(front) or [min(set(range(len(around))) - done)]
        unit = min(choices, key=lambda u: (len(around[u] - done - front), -len(around[u] & done), u))
        done.add(unit)
        order.append(unit)
        front = (front | around[unit]) - done
        total += len(front)
    return total, order


def _sums(values: Floats) -> _Sums:
    return _Sums([_subset_sums(values[at : at + _BITS]) for at in range(0, len(values), _BITS)])


def _subset_sums(values: Floats) -> Floats:
    table = np.zeros(1)
    for value in values:
        table = np.concatenate([table, table + value])
    return table


def _either(masks: Ints) -> Ints:
    table = np.zeros(1, dtype=np.int64)
    for mask in masks:
        table = np.concatenate([table, table | mask])
    return table


def _cost(
    graph: UnitGraph, order: Ints, load: _Sums, border: Floats, scales: tuple[float, float]
) -> Callable[[Ints], Floats]:
    weight = graph.load[order]
    x, y = graph.x[order] - graph.x.mean(), graph.y[order] - graph.y.mean()
    around = _sums(border.sum(axis=1))
    inner = _inner(border)
    sum_x, sum_y, squares = (_sums(weight * v) for v in (x, y, x * x + y * y))

    def cost(sets: Ints) -> Floats:
        loads = load(sets)
        spread = sum_x(sets) ** 2 + sum_y(sets) ** 2
        mean = np.divide(spread, loads, out=np.zeros_like(spread), where=loads > 0)
        inertia = np.maximum(squares(sets) - mean, 0.0)
        result: Floats = scales[0] * (around(sets) / 2 - inner(sets)) + scales[1] * inertia
        return result

    return cost


def _inner(border: Floats) -> Callable[[Ints], Floats]:
    """Border length inside sets: one table per pair of half blocks."""
    n, bits = len(border), _BITS // 2
    count = -(-n // bits)
    member = (np.arange(1 << bits)[:, None] >> np.arange(bits) & 1).astype(np.float64)
    padded = np.zeros((count * bits,) * 2)
    padded[:n, :n] = border
    tables: list[tuple[int, int, Floats]] = []
    for a in range(count):
        for b in range(a, count):
            block = padded[a * bits : (a + 1) * bits, b * bits : (b + 1) * bits]
            if a == b:
                tables.append((a, a, ((member @ block) * member).sum(axis=1) / 2))
            elif block.any():
                tables.append((a, b, (member @ block @ member.T).ravel()))

    def inner(sets: Ints) -> Floats:
        digit = [sets >> (q * bits) & ((1 << bits) - 1) for q in range(count)]
        total = np.zeros(len(sets))
        for a, b, table in tables:
            total += table[digit[a]] if a == b else table[digit[a] << bits | digit[b]]
        return total

    return inner
