"""A plan of field zones: what it holds, how it measures, and edits that leave it a valid plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.zoning.assignments import FIELD_ZONE, listed
from geocensus.zoning.comparison import Comparison, compare_plans
from geocensus.zoning.edit_checks import outside_texts, refuse_broken, refuse_locked
from geocensus.zoning.plan_table import plan_report, zone_table
from geocensus.zoning.request import Request, subtask
from geocensus.zoning.roster import resolve
from geocensus.zoning.stability import solve_staying
from geocensus.zoning.teams import ENUMERATORS_PER_SUPERVISOR, supervisors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import geopandas as gpd

    from geocensus.model import Text
    from geocensus.zoning.task import Ints

__all__ = ["SplitPlan"]


@dataclass(frozen=True, eq=False)
class SplitPlan:
    """Field zones; every edit returns a new plan, tested anew, that remembers the one before.

    Attributes
    ----------
    request : Request
        What was asked.
    assigned : ndarray of int
        Field zone of every unit of the task (units that stay together are one), as row of the roster.
    optimal : bool or "balance"
        What is proven, see :class:`geocensus.zoning.task.Solution`.
    bound : float
        No plan has a smaller deviation.
    warnings : tuple of Text
        Sentences for the planner.
    seconds : float
        How long solving took.
    locked : frozenset of int
        Field zones that stand as they are, as rows of the roster.
    previous : SplitPlan, optional
        The plan before the last edit.

    Examples
    --------
    >>> import geopandas, shapely
    >>> from geocensus.zoning.plan import split
    >>> squares = [shapely.box(500_000 + 100 * i, 3_200_000, 500_100 + 100 * i, 3_200_100) for i in range(4)]
    >>> units = geopandas.GeoDataFrame(
    ...     {"code": ["01", "02", "03", "04"], "minutes": [10.0, 20, 20, 10]}, geometry=squares, crs="EPSG:4548"
    ... )
    >>> plan = split(units, teams=2)
    >>> plan.labels.to_dict()
    {'01': '1', '02': '1', '03': '2', '04': '2'}
    >>> plan.move("02", "2").field_zones["load"].tolist()
    [10.0, 50.0]
    """

    request: Request
    assigned: Ints
    optimal: bool | Literal["balance"] = False
    bound: float = 0.0
    warnings: tuple[Text, ...] = ()
    seconds: float = 0.0
    locked: frozenset[int] = frozenset()
    previous: SplitPlan | None = None

    @cached_property
    def labels(self) -> pd.Series:
        """Field zone of every unit.

        Returns
        -------
        Series of str
            Index code, name field_zone.
        """
        keys = self.request.roster[FIELD_ZONE].to_numpy(dtype=object)[self.assigned[self.request.ground.group]]
        return pd.Series(keys, index=self.request.ground.codes.rename("code"), name=FIELD_ZONE, dtype="str")

    @cached_property
    def field_zones(self) -> gpd.GeoDataFrame:
        """The layer of field zones: a coverage whose union is the area.

        Returns
        -------
        GeoDataFrame
            One row per field zone in the units' system, as :func:`geocensus.zoning.plan_table.zone_table` describes it,
            and whether it is locked.
        """
        table = zone_table(self.request, self.assigned)
        return table.assign(locked=[row in self.locked for row in range(len(table))])

    @cached_property
    def report(self) -> dict[str, Any]:
        """Measures of the plan.

        Returns
        -------
        dict
            Plain values for JSON, as :func:`geocensus.zoning.plan_table.plan_report` describes them, with optimal,
            bound, seconds, and warnings as a list of ``{"zh": …, "en": …}``.
        """
        proven = {"optimal": self.optimal, "bound": self.bound, "seconds": round(self.seconds, 3)}
        warnings = [{"zh": text.zh, "en": text.en} for text in self.warnings]
        return plan_report(self.request, self.assigned, self.field_zones) | proven | {"warnings": warnings}

    @property
    def feasible(self) -> bool:
        """Whether every load is within the tolerance.

        Returns
        -------
        bool
            False is a result, not an error.
        """
        return bool(self.report["feasible"])

    def move(self, units: str | Iterable[str], field_zone: str) -> SplitPlan:
        """Put units into a field zone.

        Parameters
        ----------
        units : str or iterable of str
            Codes; units that stay together move together.
        field_zone : str
            Key or name of the field zone.

        Returns
        -------
        SplitPlan
            The edited plan.

        Raises
        ------
        SchemaError
            An unknown unit or field zone.
        SplitInfeasibleError
            A unit or field zone is locked, or a field zone would fall apart or lose its last unit.
        """
        rows, zone = self._rows(units), self._zone(field_zone)
        labels = self.assigned.copy()
        labels[rows] = zone
        moved = np.flatnonzero(labels != self.assigned)
        refuse_locked(self, moved, zone)
        return self._edited(labels)

    def lock(self, field_zones: str | Iterable[str] = (), *, units: str | Iterable[str] = ()) -> SplitPlan:
        """Hold field zones as they are, or units where they are.

        Parameters
        ----------
        field_zones : str or iterable of str
            Field zones that get and lose no unit.
        units : str or iterable of str
            Codes of units that stay in their field zone.

        Returns
        -------
        SplitPlan
            The plan with its locks.

        Raises
        ------
        SchemaError
            An unknown unit or field zone.
        """
        task, rows = self.request.task, self._rows(units)
        fixed = task.fixed.copy()
        fixed[rows] = self.assigned[rows]
        request = replace(self.request, task=replace(task, fixed=fixed))
        return replace(self, request=request, locked=self.locked | self._zones(field_zones), previous=self)

    def unlock(
        self, field_zones: str | Iterable[str] | None = None, *, units: str | Iterable[str] | None = None
    ) -> SplitPlan:
        """Release locks; without arguments all of them.

        Parameters
        ----------
        field_zones : str or iterable of str, optional
            Field zones to release.
        units : str or iterable of str, optional
            Codes of units to release.

        Returns
        -------
        SplitPlan
            The plan without these locks.

        Raises
        ------
        SchemaError
            An unknown unit or field zone.
        """
        everything = field_zones is None and units is None
        rows = np.arange(len(self.assigned)) if everything else self._rows(units or ())
        zones = self.locked if everything else self._zones(field_zones or ())
        fixed = self.request.task.fixed.copy()
        fixed[rows] = -1
        request = replace(self.request, task=replace(self.request.task, fixed=fixed))
        return replace(self, request=request, locked=self.locked - zones, previous=self)

    def undo(self) -> SplitPlan:
        """Return the plan before the last edit.

        Returns
        -------
        SplitPlan
            That plan.

        Raises
        ------
        SchemaError
            Nothing was edited.
        """
        if self.previous is None:
            raise SchemaError("there is no edit to undo", "没有可撤销的操作")
        return self.previous

    def rebalance(
        self,
        keep: str | Iterable[str] = (),
        *,
        tolerance: float | None = None,
        seed: int = 0,
        effort: float = 1.0,
        progress: Callable[..., None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> SplitPlan:
        """Balance the loads again and reassign as little work as that takes.

        Parameters
        ----------
        keep : str or iterable of str
            Field zones to leave as they are, besides the locked ones.
        tolerance : float, optional
            Another share by which loads may differ from their targets.
        seed : int
            Same seed, same plan.
        effort : float
            Share of the usual search.
        progress, stop : callable, optional
            As for :func:`split`.

        Returns
        -------
        SplitPlan
            The balanced plan; ``previous`` is this one.

        Raises
        ------
        SchemaError
            An unknown field zone.
        """
        task = replace(self.request.task, current=self.assigned)
        if tolerance is not None:
            task = replace(task, tolerance=tolerance)
        request = replace(self.request, task=task)
        standing = self.locked | self._zones(keep)
        zones = [zone for zone in range(task.k) if zone not in standing]
        labels = self.assigned.copy()
        solved = None
        if len(zones) > 1:
            part, rows = subtask(task, labels, zones)
            solved = solve_staying(part, seed=seed, effort=effort, progress=progress, stop=stop)
            labels[rows] = np.asarray(zones)[solved.labels]
        return self._edited(labels, solved.warnings if solved else (), request)

    def supervisors(self, *, span: float = ENUMERATORS_PER_SUPERVISOR, seed: int = 0) -> pd.Series:
        """Form supervisor areas of whole, neighbouring field zones: one for so many enumerators.

        Parameters
        ----------
        span : float
            Enumerators per supervisor.
        seed : int
            Same seed, same areas.

        Returns
        -------
        Series of str
            Supervisor area, from "1", of every field zone; index field_zone.

        Raises
        ------
        SchemaError
            ``span`` is not above 0.
        """
        ground, roster = self.request.ground, self.request.roster
        people = roster["people"].to_numpy(dtype=np.float64)
        areas, _ = supervisors(ground.graph, self.assigned, people, span=span, seed=seed)
        number = pd.factorize(areas)[0] + 1
        return pd.Series(number.astype(str), index=roster[FIELD_ZONE], name="supervisor_area", dtype="str")

    def compare(self, other: SplitPlan) -> Comparison:
        """Tell what another plan would change.

        Parameters
        ----------
        other : SplitPlan
            The plan to go to.

        Returns
        -------
        Comparison
            Units that change hands and measures side by side.
        """
        return compare_plans(self, other)

    def _edited(self, labels: Ints, news: tuple[Text, ...] = (), request: Request | None = None) -> SplitPlan:
        """Return a plan with other labels, once it is tested."""
        refuse_broken(self.request, labels)
        plan = replace(
            self,
            request=request or self.request,
            assigned=labels,
            optimal=False,
            seconds=0.0,
            previous=self,
            warnings=(),
        )
        return replace(plan, warnings=(*plan.request.notes, *(news or outside_texts(plan))))

    def _rows(self, units: str | Iterable[str]) -> Ints:
        """Return the rows of the task that hold units."""
        wanted = [units] if isinstance(units, str) else [str(unit) for unit in units]
        places = self.request.ground.codes.get_indexer(pd.Index(wanted, dtype="str"))
        if (places < 0).any():
            missing = listed(np.array(wanted, dtype=object)[places < 0])
            raise SchemaError(f"no unit has the code {missing}", f"没有代码为 {missing} 的单元")
        return np.unique(self.request.ground.group[places])

    def _zone(self, field_zone: str) -> int:
        """Return the row of a field zone."""
        key = resolve(str(field_zone).strip(), self.request.roster)
        if key is None:
            known = listed(self.request.roster[FIELD_ZONE])
            raise SchemaError(
                f"no field zone {field_zone!r}; there are {known}", f"没有片区“{field_zone}”；现有：{known}"
            )
        return int(np.flatnonzero(self.request.roster[FIELD_ZONE] == key)[0])

    def _zones(self, field_zones: str | Iterable[str]) -> frozenset[int]:
        wanted = [field_zones] if isinstance(field_zones, str) else field_zones
        return frozenset(self._zone(zone) for zone in wanted)
