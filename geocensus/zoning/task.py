"""What a split is asked: a graph of units, a number of field zones, and bands for their loads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geocensus.model import Text

__all__ = ["Floats", "Ints", "Progress", "Solution", "Stop", "Task", "UnitGraph", "equal_task"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[float | Text], object]  # called with a share from 0 to 1, or with a sentence
Stop = Callable[[], bool]  # asked now and then; True: end with the best so far


@dataclass(frozen=True, eq=False)
class UnitGraph:
    """Units and who borders whom; arrays of n units and of the directed edges in CSR order.

    Attributes
    ----------
    codes : ndarray of object
        Codes of the units, ascending.
    load : ndarray of float
        Expected work in minutes, 0 or more.
    x, y : ndarray of float
        Metres in one metric CRS, a point inside each unit.
    area_m2 : ndarray of float
        Size of each unit.
    outer_m : ndarray of float
        Length of each unit's border that no other unit shares.
    indptr, indices : ndarray of int
        Neighbours of unit i are ``indices[indptr[i]:indptr[i + 1]]``, ascending; symmetric, without loops.
    border_m : ndarray of float
        Length of the shared border per edge; 0 for a ferry link or a bridge.
    cut_cost_m : ndarray of float
        What it costs to part the two units: the border's length, less where it runs along a soft barrier. Symmetric.
    notes : tuple of Text
        What was linked, merged or cut, for the planner.
    """

    codes: NDArray[np.object_]
    load: Floats
    x: Floats
    y: Floats
    area_m2: Floats
    outer_m: Floats
    indptr: Ints
    indices: Ints
    border_m: Floats
    cut_cost_m: Floats
    notes: tuple[Text, ...] = ()

    @property
    def size(self) -> int:
        """Number of units.

        Returns
        -------
        int
            The length of `codes`.
        """
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Task:
    """One split to solve, on units already contracted by their groups.

    Attributes
    ----------
    graph : UnitGraph
        The units.
    target : ndarray of float
        Wished load of each of the k field zones, minutes; they add up to the total load.
    tolerance : float
        Share by which a load may differ from its target, 0 or more; the band is target · (1 ± tolerance).
    fixed : ndarray of int
        Field zone (0 to k − 1) that a unit is locked to, −1 where it is free.
    current : ndarray of int
        Field zone that a unit is in today, −1 where there is none.
    stay_weight : float
        What it costs to reassign all the load, in units of the objective; 0 where there is no current plan.
    compactness : float
        Weight a of the inertia against the cut length, 0 to 1.
    """

    graph: UnitGraph
    target: Floats
    tolerance: float = 0.05
    fixed: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    current: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    stay_weight: float = 0.0
    compactness: float = 0.25

    def __post_init__(self) -> None:
        for name in ("fixed", "current"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.full(self.graph.size, -1, dtype=np.int64))

    @property
    def k(self) -> int:
        """Number of field zones.

        Returns
        -------
        int
            The length of `target`.
        """
        return len(self.target)


@dataclass(frozen=True, eq=False)
class Solution:
    """Labels and what is proven about them.

    Attributes
    ----------
    labels : ndarray of int
        Field zone of each unit, 0 to k − 1.
    optimal : bool or "balance"
        True: no plan is better in balance, then in the objective; "balance": none is better balanced; False: unproven.
    bound : float
        No plan has a smaller deviation than this share.
    warnings : tuple of Text
        Plain sentences for the planner.
    """

    labels: Ints
    optimal: bool | Literal["balance"] = False
    bound: float = 0.0
    warnings: tuple[Text, ...] = ()


def equal_task(graph: UnitGraph, k: int, *, tolerance: float = 0.05) -> Task:
    """Ask for k field zones of equal load.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    k : int
        Number of field zones.
    tolerance : float
        Share by which loads may differ from their mean.

    Returns
    -------
    Task
        Without locks and without a current plan.
    """
    return Task(graph, np.full(k, graph.load.sum() / k), tolerance)
