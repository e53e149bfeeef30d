"""What a planner asks, as a task: units with their graph and groups, the roster of field zones, locks, current plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geocensus.crs import metric_crs
from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.model import Text
from geocensus.names import CODE
from geocensus.zoning.apportion import subgraph
from geocensus.zoning.assignments import FIELD_ZONE, assignments_of, groups_of, listed
from geocensus.zoning.borders import clean_coverage, sliver_width
from geocensus.zoning.demands import check_count
from geocensus.zoning.graph import build_graph, contract
from geocensus.zoning.industry import together_costs
from geocensus.zoning.metric import metric_units, require_degrees_or_metres
from geocensus.zoning.roster import resolve, roster_of
from geocensus.zoning.task import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geocensus.zoning.assignments import Assignments
    from geocensus.zoning.task import Ints, UnitGraph

__all__ = ["STAY_WEIGHT", "Ground", "Request", "ask", "current_zones", "ground_of", "subtask"]

STAY_WEIGHT = 20.0  # moving 1 % of the load costs 0.2: as much as a tenth of all borders, so borders alone move nobody

_GROUP_MODES = ("hard", "soft")
_LOCKS = Text("锁定表", "lock list")
_CURRENT = Text("现有方案", "current plan")


@dataclass(frozen=True, eq=False)
class Ground:
    """Units and who borders whom, before anybody says how many field zones there are.

    Attributes
    ----------
    units : GeoDataFrame
        As given, ascending by code, RangeIndex.
    load : str
        Column with the expected work.
    whole : UnitGraph
        Every unit by itself.
    graph : UnitGraph
        Units that stay together made one.
    group : ndarray of int
        Row in ``graph`` of every unit.
    wished : ndarray of int
        Number of the group that every unit was given: as ``group`` where groups are hard.
    notes : tuple of Text
        What the planner should know.
    """

    units: gpd.GeoDataFrame
    load: str
    whole: UnitGraph
    graph: UnitGraph
    group: Ints
    wished: Ints
    notes: tuple[Text, ...] = ()

    @property
    def codes(self) -> pd.Index:
        """Codes of the units.

        Returns
        -------
        Index of str
            Ascending.
        """
        return pd.Index(self.units[CODE])

    @property
    def crs(self) -> CRS:
        """The metric system of the graph's x and y.

        Returns
        -------
        CRS
            In metres.
        """
        degrees = require_degrees_or_metres(self.units.crs, Text("单元", "units"))
        return metric_crs(tuple(self.units.total_bounds)) if degrees else CRS.from_user_input(self.units.crs)

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """Polygons of the units, mended and slivers closed as the graph has them.

        Returns
        -------
        ndarray of shapes
            In the units' own system; untouched where nothing was wrong.
        """
        table = metric_units(self.units, self.load)
        closed, _ = clean_coverage(table.codes, table.shapes, sliver_width(table.shapes))
        raw = self.units.geometry.to_numpy()
        if closed is table.shapes and shapely.is_valid(raw).all():
            return raw
        return gpd.GeoSeries(closed, crs=table.crs).to_crs(self.units.crs).to_numpy()


@dataclass(frozen=True, eq=False)
class Request:
    """A task, and who is to work in each of its field zones.

    Attributes
    ----------
    ground : Ground
        The units.
    task : Task
        What to solve, on ``ground.graph``.
    roster : DataFrame
        One row per field zone, in the order of the labels.
    notes : tuple of Text
        What the planner should know.
    """

    ground: Ground
    task: Task
    roster: pd.DataFrame
    notes: tuple[Text, ...] = ()


def ground_of(
    units: gpd.GeoDataFrame,
    *,
    load: str = "minutes",
    groups: str | Assignments | None = None,
    group_mode: str = "hard",
    **borders: Any,
) -> Ground:
    """Prepare units for a split.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code, geometry and the load.
    load : str
        Column with the expected work, minutes.
    groups : str, Mapping, Series or DataFrame, optional
        Column, or code to group: units to keep together.
    group_mode : {"hard", "soft"}
        Whether a group is never parted, or only at a cost.
    **borders : Any
        Barriers, bridges and islands, as ``build_graph`` takes them.

    Returns
    -------
    Ground
        Sorted by code, so that the order of rows does not matter.

    Raises
    ------
    SchemaError
        Groups of unknown units, another mode, or what ``build_graph`` refuses.
    CRSMismatchError
        As ``build_graph``.
    """
    whole = build_graph(units, load, **borders)
    ordered = units.assign(**{CODE: units[CODE].astype("str")}).sort_values(CODE).reset_index(drop=True)
    together = groups_of(groups, ordered)
    if group_mode not in _GROUP_MODES:
        raise SchemaError(
            f"group_mode: one of {', '.join(_GROUP_MODES)}, not {group_mode!r}",
            f"group_mode 应为 {'、'.join(_GROUP_MODES)} 之一，而不是 {group_mode!r}",
        )
    if group_mode == "soft":
        whole = together_costs(whole, pd.Series(together, index=ordered[CODE]))
    elif together.max(initial=-1) + 1 < len(together):
        graph, group = contract(whole, together)
        return Ground(ordered, load, whole, graph, group, group, graph.notes)
    return Ground(ordered, load, whole, whole, np.arange(len(ordered)), together, whole.notes)


def ask(
    ground: Ground,
    teams: int | pd.DataFrame,
    *,
    tolerance: float,
    lock: Assignments | None = None,
    current: Assignments | None = None,
    before: pd.DataFrame | None = None,
) -> Request:
    """Draw up the task.

    Parameters
    ----------
    ground : Ground
        The units.
    teams : int or DataFrame
        Number of field zones, or a row per team.
    tolerance : float
        Share by which a load may differ from its target.
    lock : Mapping, Series or DataFrame, optional
        Code to field zone (its key, or its team's name).
    current : Mapping, Series or DataFrame, optional
        Code to field zone of today.
    before : DataFrame, optional
        Roster of today.

    Returns
    -------
    Request
        The task and its roster.

    Raises
    ------
    SchemaError
        A lock of a unit that does not exist, or a tolerance below 0.
    SplitInfeasibleError
        Less than one field zone; locks that contradict the groups or the number of field zones.
    """
    if not 0 <= tolerance < np.inf:
        raise SchemaError(
            f"tolerance: must be a share of 0 or more, not {tolerance}", f"容差应为不小于 0 的比例，而不是 {tolerance}"
        )
    locks, unknown = assignments_of(lock, ground.codes, _LOCKS)
    if unknown:
        raise _unknown_lock(unknown, ground.codes)
    today, gone = assignments_of(current, ground.codes, _CURRENT)
    if isinstance(teams, int) and teams < 1:
        raise SplitInfeasibleError(
            f"{teams} field zones asked for of {len(ground.codes)} units; ask for 1 or more",
            f"要求划分 {teams} 个片区（共 {len(ground.codes)} 个单元），片区数应不小于 1",
            reason="teams",
        )
    if isinstance(teams, int):
        check_count(teams, len(ground.codes))  # before a list of a billion field zones is drawn up
    loads = None if current is None else _load_by_zone(today, ground)
    roster, dissolved = roster_of(teams, locked=list(locks.dropna().unique()), current=loads, before=before)
    fixed = _fixed(_labels(locks, roster), ground)
    labels = _labels(today, roster)
    now = _majority(labels, ground) if current is not None else np.full(ground.graph.size, -1)
    share = (roster["people"] / roster["people"].sum()).to_numpy(dtype=np.float64)
    total = float(ground.graph.load.sum())
    task = Task(
        ground.graph,
        share * total if total > 0 else share,
        tolerance,
        fixed=fixed,
        current=now,
        stay_weight=STAY_WEIGHT if (now >= 0).any() else 0.0,
    )
    return Request(
        ground, task, roster, (*ground.notes, *_news(gone, dissolved, today if current is not None else None))
    )


def current_zones(task: Task) -> Ints:
    """Return the field zones that hold units today.

    Parameters
    ----------
    task : Task
        The task.

    Returns
    -------
    ndarray of int
        Labels, ascending; locks count as well.
    """
    known = np.concatenate([task.current, task.fixed])
    return np.unique(known[known >= 0])


def subtask(task: Task, labels: Ints, zones: Sequence[int]) -> tuple[Task, Ints]:
    """Cut out the task of some field zones; the others stand.

    Parameters
    ----------
    task : Task
        The whole task.
    labels : ndarray of int
        Field zone of each unit now.
    zones : sequence of int
        Field zones to be balanced among themselves, ascending.

    Returns
    -------
    part : Task
        Their units, with targets in the old proportion and field zones numbered as in ``zones``.
    rows : ndarray of int
        Rows of the units in the whole task.
    """
    rows = np.flatnonzero(np.isin(labels, zones))
    graph = subgraph(task.graph, rows)
    place = np.full(task.k + 1, -1, dtype=np.int64)
    place[list(zones)] = np.arange(len(zones))
    target = task.target[list(zones)]
    if graph.load.sum() > 0:
        target = target / target.sum() * graph.load.sum()
    part = replace(
        task,
        graph=graph,
        target=target,
        fixed=place[task.fixed[rows]],
        current=place[labels[rows]],
        stay_weight=STAY_WEIGHT,
    )
    return part, rows


def _labels(zones: pd.Series, roster: pd.DataFrame) -> Ints:
    """Return the label of every unit's field zone, −1 without one."""
    place = {key: row for row, key in enumerate(roster[FIELD_ZONE])}
    known = {zone: place.get(resolve(zone, roster) or "", -1) for zone in zones.dropna().unique()}
    return zones.map(known).fillna(-1).to_numpy(dtype=np.int64)


def _fixed(labels: Ints, ground: Ground) -> Ints:
    """Return the lock of every unit of the task; units that stay together must not be locked apart."""
    fixed = np.full(ground.graph.size, -1, dtype=np.int64)
    np.maximum.at(fixed, ground.group, labels)
    apart = (labels >= 0) & (labels != fixed[ground.group])
    if apart.any():
        codes = listed(ground.codes[np.isin(ground.group, ground.group[apart])])
        raise SplitInfeasibleError(
            f"units of one group are locked to different field zones: {codes}; change the lock or the group",
            f"同组单元被锁定到不同片区：{codes}；请修改锁定表或分组",
            reason="lock_group",
        )
    return fixed


def _majority(labels: Ints, ground: Ground) -> Ints:
    """Return, per unit of the task, the field zone that most of its load is in today; ties go to the lowest."""
    table = pd.DataFrame({"group": ground.group, "label": labels, "load": ground.whole.load})
    table = table[table["label"] >= 0].groupby(["group", "label"], as_index=False)["load"].sum()
    table = table.sort_values(["group", "load", "label"], ascending=[True, False, True]).drop_duplicates("group")
    now = np.full(ground.graph.size, -1, dtype=np.int64)
    now[table["group"].to_numpy()] = table["label"].to_numpy()
    return now


def _load_by_zone(today: pd.Series, ground: Ground) -> pd.Series:
    return pd.Series(ground.whole.load, index=today.index).groupby(today).sum()


def _unknown_lock(unknown: list[str], codes: pd.Index) -> SchemaError:
    """Say which codes of the lock list no unit has, and when they seem to have lost their leading zeros."""
    width = int(codes.str.len().max()) if len(codes) else 0
    lost = any(code.zfill(width) in codes for code in unknown)
    hint_en = " (their leading zeros were lost: save the column as text)" if lost else ""
    hint_zh = "（前导零已丢失，请将该列存为文本）" if lost else ""
    return SchemaError(
        f"lock list: no unit has the code {listed(unknown)}{hint_en}",
        f"锁定表：没有代码为 {listed(unknown)} 的单元{hint_zh}",
    )


def _news(gone: list[str], dissolved: list[str], today: pd.Series | None) -> list[Text]:
    """Say what of the current plan no longer holds."""
    news = []
    if gone:
        news.append(
            Text(
                f"现有方案中有 {len(gone)} 个单元已不存在：{listed(gone)}",
                f"{len(gone)} units of the current plan no longer exist: {listed(gone)}",
            )
        )
    if dissolved:
        news.append(
            Text(
                f"撤销片区：{listed(dissolved)}，其单元并入其余片区",
                f"field zones dissolved: {listed(dissolved)}; their units go to the others",
            )
        )
    if today is not None and today.isna().any():
        new = listed(today.index[today.isna()])
        news.append(Text(f"新增单元，原无片区：{new}", f"units that had no field zone yet: {new}"))
    return news
