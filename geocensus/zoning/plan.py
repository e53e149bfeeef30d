"""Split units into field zones."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy.optimize import linear_sum_assignment

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.zoning.assignments import assignments_of
from geocensus.zoning.request import Ground, Request, ask, current_zones, ground_of
from geocensus.zoning.roster import complete_roster
from geocensus.zoning.split_plan import SplitPlan
from geocensus.zoning.stability import solve_staying
from geocensus.zoning.teams import Teams, teams_from

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd

    from geocensus.zoning.assignments import Assignments
    from geocensus.zoning.task import Floats, Ints, Solution

__all__ = ["SplitPlan", "split"]

_MORE_ZONES = 5  # numbers of field zones tried beyond the least that a capacity asks for


def split(  # noqa: PLR0913 - the public call; everything but the units goes by keyword
    units: gpd.GeoDataFrame,
    *,
    teams: int | pd.DataFrame | Teams | None = None,
    capacity: float | None = None,
    load: str = "minutes",
    tolerance: float = 0.05,
    groups: str | Assignments | None = None,
    group_mode: str = "hard",
    barriers: gpd.GeoDataFrame | None = None,
    barrier_mode: str = "soft",
    bridges: gpd.GeoDataFrame | None = None,
    islands: str = "link",
    lock: Assignments | None = None,
    current: SplitPlan | Assignments | None = None,
    current_zones: pd.DataFrame | None = None,
    seed: int = 0,
    effort: float = 1.0,
    progress: Callable[..., None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> SplitPlan:
    """Split units into field zones: exactly as many as teams, each connected, loads balanced, borders short.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code, geometry (EPSG:4490, or metres) and the load; other columns with numbers are added up.
    teams : int, DataFrame or Teams, optional
        Number of field zones, or one row per team (name, people, start point, phone), loads in proportion to people.
        Left out with ``current``: its field zones.
    capacity : float, optional
        Minutes that one team can work: as few field zones as keep every load within it. Instead of ``teams``.
    load : str
        Column with the expected work in minutes.
    tolerance : float
        Share by which a load may differ from its target.
    groups : str, Mapping, Series or DataFrame, optional
        Column of the units, or code to group: units to keep together.
    group_mode : {"hard", "soft"}
        Groups are never parted; or parting one costs as much as a long border.
    barriers : GeoDataFrame, optional
        Lines that field zones should not cross.
    barrier_mode : {"soft", "hard", "off"}
        Borders along barriers cost less; or barriers cut; or neither.
    bridges : GeoDataFrame, optional
        Where a hard barrier can be crossed.
    islands : {"link", "error", "own_zone"}
        What becomes of units without a neighbour.
    lock : Mapping, Series or DataFrame, optional
        Code to field zone (key or name of its team): units that are decided.
    current : SplitPlan, Mapping, Series or DataFrame, optional
        Code to field zone of today: numbers stay, and as little work as possible is reassigned. A plan also hands down
        names, owners and people.
    current_zones : DataFrame, optional
        Field zones of today where ``current`` is no plan: columns field_zone and, where known, name, owner, phone,
        people, start_lon, start_lat.
    seed : int
        Same seed, same plan.
    effort : float
        Share of the usual search.
    progress : callable, optional
        Called with the share done.
    stop : callable, optional
        Returns True to end the search with the best plan so far.

    Returns
    -------
    SplitPlan
        Also where the tolerance cannot be kept: ``feasible`` is False then and a warning says why.

    Raises
    ------
    SchemaError
        Units, teams or options that contradict themselves.
    CRSMismatchError
        Units in an unknown or unfit reference system.
    SplitInfeasibleError
        No plan exists at all; ``.reason`` says why.

    Examples
    --------
    >>> import geopandas, shapely
    >>> squares = [shapely.box(500_000 + 100 * i, 3_200_000, 500_100 + 100 * i, 3_200_100) for i in range(4)]
    >>> units = geopandas.GeoDataFrame(
    ...     {"code": ["01", "02", "03", "04"], "minutes": [10.0, 20, 20, 10]}, geometry=squares, crs="EPSG:4548"
    ... )
    >>> plan = split(units, teams=2)
    >>> plan.field_zones[["field_zone", "load", "units"]].values.tolist()
    [['1', 30.0, 2], ['2', 30.0, 2]]
    """
    started = perf_counter()
    ground = ground_of(
        units,
        load=load,
        groups=groups,
        group_mode=group_mode,
        barriers=barriers,
        barrier_mode=barrier_mode,
        bridges=bridges,
        islands=islands,
    )
    plan = current if isinstance(current, SplitPlan) else None
    if plan is not None:
        current, current_zones = plan.labels, plan.request.roster
    if current_zones is not None:
        current_zones = complete_roster(current_zones)
    wanted: dict[str, Any] = {"tolerance": tolerance, "lock": lock, "current": current, "before": current_zones}
    search: dict[str, Any] = {"seed": seed, "effort": effort, "progress": progress, "stop": stop}
    if capacity is not None:
        if teams is not None:
            raise SchemaError("give teams or a capacity, not both", "队伍与单队工作量上限只能给一个")
        request, solution = _within_capacity(ground, capacity, wanted, search)
    else:
        request = ask(ground, _teams(teams, current, current_zones, ground), **wanted)
        solution = solve_staying(request.task, **search)
    return SplitPlan(
        request,
        _numbered(request, solution.labels),
        optimal=solution.optimal,
        bound=solution.bound,
        warnings=(*request.notes, *solution.warnings),
        seconds=perf_counter() - started,
    )


def _teams(
    teams: int | pd.DataFrame | Teams | None,
    current: Assignments | None,
    zones: pd.DataFrame | None,
    ground: Ground,
) -> int | pd.DataFrame:
    """Return the number of field zones, or a row per team."""
    if teams is None and zones is not None:
        return zones
    if teams is None:
        today, _ = assignments_of(current, ground.codes, Text("现有方案", "current plan"))
        if not (count := today.nunique()):
            raise SchemaError(
                "say how many field zones: give teams or a capacity", "请给出队伍数（或队伍名单），或单队工作量上限"
            )
        return int(count)
    if isinstance(teams, (int, np.integer)) and not isinstance(teams, bool):
        return int(teams)
    table = teams_from(teams) if isinstance(teams, pd.DataFrame) else teams
    if not isinstance(table, Teams):
        raise SchemaError(
            f"teams: a whole number or a table is needed, not {teams!r}", f"队伍应为整数或名单，而不是 {teams!r}"
        )
    return table.table()


def _within_capacity(
    ground: Ground, capacity: float, wanted: dict[str, Any], search: dict[str, Any]
) -> tuple[Request, Solution]:
    """Take the least number of field zones that keeps every load within the capacity; heavier units excepted."""
    if not 0 < capacity < np.inf:
        raise SchemaError(
            f"capacity: must be minutes above 0, not {capacity}",
            f"单队工作量上限应为大于 0 的分钟数，而不是 {capacity}",
        )
    total, heaviest = float(ground.graph.load.sum()), float(ground.graph.load.max(initial=0.0))
    least = min(max(int(np.ceil(total / capacity * (1 - 1e-12))), 1), ground.graph.size)
    last = min(least + _MORE_ZONES, ground.graph.size)
    for count in range(least, last + 1):
        request = ask(ground, count, **wanted)
        solution = solve_staying(request.task, **search)
        largest = _largest_shared(request, solution.labels)
        if largest <= capacity * (1 + 1e-9):
            break
    notes = _capacity_notes(capacity, heaviest, largest, least, count)
    return Request(ground, request.task, request.roster, (*request.notes, *notes)), solution


def _largest_shared(request: Request, labels: Ints) -> float:
    """Return the largest load of a field zone that has more than one unit."""
    task = request.task
    load = np.bincount(labels, task.graph.load, minlength=task.k)
    return float(load[np.bincount(labels, minlength=task.k) > 1].max(initial=0.0))


def _capacity_notes(capacity: float, heaviest: float, largest: float, least: int, count: int) -> list[Text]:
    """Say what the capacity came to."""
    notes = []
    if heaviest > capacity:
        notes.append(
            Text(
                f"有单元的工作量（{heaviest:.0f} 分钟）超过单队上限 {capacity:.0f} 分钟，请增派人员或细分该单元",
                f"a unit's work ({heaviest:.0f} min) is more than the capacity of {capacity:.0f} min: send more people "
                "there or cut it into smaller units",
            )
        )
    if largest > capacity * (1 + 1e-9):
        notes.append(
            Text(
                f"划分 {count} 个片区时最大工作量仍为 {largest:.0f} 分钟，超过单队上限 {capacity:.0f} 分钟",
                f"with {count} field zones the largest load is still {largest:.0f} min, above {capacity:.0f} min",
            )
        )
    elif count > least:
        rest = ("其余片区", "every other load") if heaviest > capacity else ("", "every load")
        notes.append(
            Text(
                f"按平均值 {least} 个片区即够，但单元无法分得更匀，"
                f"为使{rest[0]}不超过 {capacity:.0f} 分钟划分为 {count} 个",
                f"{least} field zones would do on average, but units cannot be shared out that evenly: {count} keep "
                f"{rest[1]} within {capacity:.0f} min",
            )
        )
    return notes


def _numbered(request: Request, labels: Ints) -> Ints:
    """Give new field zones of equal target to the teams that start nearest, else number them by their lowest unit."""
    task, roster = request.task, request.roster
    labels = labels.copy()
    settled = set(current_zones(task).tolist())
    fresh = [zone for zone in range(task.k) if zone not in settled]
    starts = _start_points(roster, request.ground)
    new = np.arange(task.k)
    for target in np.unique(task.target[fresh]):
        zones = [zone for zone in fresh if task.target[zone] == target]
        first = [int(np.argmax(labels == zone)) for zone in zones]
        order = np.asarray(zones)[np.argsort(first)]
        new[order] = zones
        if np.isfinite(starts[zones]).any():
            centres = np.array([_centre(request, labels == zone) for zone in order])
            away = np.hypot(*(centres[:, None, :] - starts[None, zones, :]).transpose(2, 0, 1))
            rows, columns = linear_sum_assignment(np.nan_to_num(away))  # a team without a start takes what is left
            new[order[rows]] = np.asarray(zones)[columns]
    return new[labels]


def _centre(request: Request, members: Any) -> Floats:
    """Return the middle of the load, metres."""
    graph = request.task.graph
    weight = np.where(graph.load[members].sum() > 0, graph.load[members], 1.0)
    return np.array([np.average(axis[members], weights=weight) for axis in (graph.x, graph.y)])


def _start_points(roster: pd.DataFrame, ground: Ground) -> Floats:
    """Return the teams' start points in the metres of the graph, NaN where not given."""
    given = roster[["start_lon", "start_lat"]].notna().all(axis=1).to_numpy()
    points = np.full((len(roster), 2), np.nan)
    if given.any():
        lonlat = roster.loc[given, ["start_lon", "start_lat"]].to_numpy(dtype=np.float64)
        to_metres = Transformer.from_crs("EPSG:4490", ground.crs, always_xy=True)
        points[given] = np.column_stack(to_metres.transform(lonlat[:, 0], lonlat[:, 1]))
    return points
