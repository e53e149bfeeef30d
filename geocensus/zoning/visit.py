"""Visit order and day plans of each field zone, along straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.names import CODE
from geocensus.zoning.assignments import FIELD_ZONE, listed
from geocensus.zoning.visit_order import Trips, day_routes, fill_days, has_routing, nearest_order
from geocensus.zoning.visit_settings import VisitSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.split_plan import SplitPlan
    from geocensus.zoning.task import Floats, Ints

__all__ = ["STRAIGHT", "VisitSettings", "Visits", "visits"]

STRAIGHT = Text(
    "里程与在途时间按直线距离估算，实际道路更长，请在设置中用绕行系数修正",
    "kilometres and travel times are along straight lines; roads are longer: correct them with the detour setting",
)
_NO_ROUTING = Text(
    "未安装 pyvrp（可选组件 routes），按单元就近顺序安排，未作路线优化",
    "pyvrp (the extra routes) is not installed: units are visited one after the other, the nearest next, not optimised",
)
_NO_START = Text(
    "未给出起点的片区，以工作量中心为每日起止点：{names}",
    "field zones without a start point begin and end each day in the middle of their work: {names}",
)
_FAR = Text(
    "往返路程过长、当日难以返回的片区，已相应放宽每日工时：{names}",
    "field zones whose stops are too far for a working day; their days were made longer: {names}",
)
_NOWHERE = Trips(np.empty((0, 2)), np.zeros(2), np.empty(0), limit=1.0, speed=1.0)
_LEAST_STAY = 30.0  # minutes: a day that is nearly all way is of no use


@dataclass(frozen=True, eq=False)
class Visits:
    """Day plans of all field zones.

    Attributes
    ----------
    stops : DataFrame
        One row per visit: field_zone, crew, day, order (from 1 within the day), the columns of the stops given,
        minutes (of this visit; long work goes on the next day), leg_km (way from the stop before), arrive and leave
        (HH:MM).
    days : DataFrame
        One row per field zone, day and crew: stops, work_minutes, travel_minutes, km (back to the start point), back.
    method : str
        "pyvrp" or "unit order".
    notes : tuple of Text
        What the planner should know; the first says that ways are straight lines.
    starts : DataFrame
        Where the days of each field zone start and end: field_zone, lon, lat (degrees CGCS2000), given (False where it
        is the middle of the work).
    """

    stops: pd.DataFrame
    days: pd.DataFrame
    method: str
    notes: tuple[Text, ...]
    starts: pd.DataFrame

    @property
    def report(self) -> dict[str, Any]:
        """Totals.

        Returns
        -------
        dict
            Keys visits, days (of the field zone that needs most), km, straight_lines (always True) and method.
        """
        return {
            "visits": len(self.stops),
            "days": int(self.days["day"].max()) if len(self.days) else 0,
            "km": float(self.days["km"].sum()),
            "straight_lines": True,
            "method": self.method,
        }


def visits(
    plan: SplitPlan,
    stops: pd.DataFrame | None = None,
    *,
    settings: VisitSettings | None = None,
    optimise: bool = True,
    seed: int = 0,
    effort: float = 1.0,
    progress: Callable[[float], None] | None = None,
) -> Visits:
    """Plan the days of every field zone: each starts and ends at its start point and keeps the working hours.

    With pyvrp (the extra ``routes``) the number of days, then the way is made short; without it units are visited one
    after the other, the nearest next. Work longer than a day goes on the next day.

    Parameters
    ----------
    plan : SplitPlan
        The field zones.
    stops : DataFrame, optional
        One row per stop: code (of its unit), minutes, lon and lat (degrees CGCS2000; missing: the unit's middle), and
        any other columns, such as source_id. By default every unit is one stop with its load.
    settings : VisitSettings, optional
        Hours, speed, crews.
    optimise : bool
        False to visit units one after the other in any case.
    seed : int
        Same seed, same days.
    effort : float
        Share of the usual search.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    Visits
        Days of all field zones.

    Raises
    ------
    SchemaError
        Stops without the columns, with unknown units, or with minutes that are missing or negative.
    """
    hours = settings or VisitSettings()
    table = _prepared(plan, stops)
    routing = optimise and has_routing()
    names = plan.request.roster["name"]
    by_zone = table.groupby(FIELD_ZONE).indices
    pieces, far, assumed, starts = [_timetable(table.iloc[:0], _NOWHERE, [], 1, hours)], [], [], []
    for row, key in enumerate(plan.request.roster[FIELD_ZONE]):
        if key in by_zone:
            mine = table.iloc[by_zone[key]].reset_index(drop=True)
            start, given = _start(plan, row, mine)
            starts.append((key, *start, given))
            trips, parts = _trips(mine, start, hours)
            assumed += [] if given else [names.iloc[row]]
            far += [names.iloc[row]] if trips.limit > hours.day_minutes else []
            order = nearest_order(trips.xy, start, pd.factorize(parts[CODE], sort=True)[0].astype(np.int64))
            days = day_routes(trips, order, seed=seed, effort=effort) if routing else fill_days(trips, order)
            crews = max(1, int(plan.request.roster["people"].iloc[row] // hours.crew_size))
            pieces.append(_timetable(parts, trips, days, crews, hours))
        if progress:
            progress((row + 1) / len(names))
    notes = [STRAIGHT, *([] if routing else [_NO_ROUTING]), *_named(_NO_START, assumed), *_named(_FAR, far)]
    timetable = pd.concat([piece for piece in pieces if len(piece)] or pieces, ignore_index=True)
    visible = timetable.drop(columns=["x", "y", "back_m", "begins", "ends"])
    method = "pyvrp" if routing else "unit order"
    return Visits(visible, _days(timetable), method, tuple(notes), _degrees(plan, starts))


def _prepared(plan: SplitPlan, stops: pd.DataFrame | None) -> pd.DataFrame:
    """Return stops with their field zone and metres, ordered by code and what they hold."""
    ground = plan.request.ground
    points = pd.DataFrame({"x": ground.whole.x, "y": ground.whole.y}, index=ground.codes)
    if stops is None:
        stops = pd.DataFrame({CODE: ground.codes, "minutes": ground.whole.load, "lon": np.nan, "lat": np.nan})
    if missing := [name for name in (CODE, "minutes", "lon", "lat") if name not in stops]:
        raise SchemaError(f"stops: no column {', '.join(missing)}", f"走访点表缺少列：{'、'.join(missing)}")
    unknown = ~stops[CODE].isin(ground.codes)
    if unknown.any():
        codes = listed(sorted(stops.loc[unknown, CODE].astype("str").unique()))
        raise SchemaError(f"stops: no unit has the code {codes}", f"走访点表：没有代码为 {codes} 的单元")
    bad = ~(stops["minutes"] >= 0)
    if bad.any():
        rows = listed(stops.index[bad])
        raise SchemaError(
            f"stops: minutes missing or negative in rows {rows}", f"走访点表：第 {rows} 行的分钟数缺失或为负"
        )
    to_metres = Transformer.from_crs("EPSG:4490", ground.crs, always_xy=True)
    lonlat = stops[["lon", "lat"]].to_numpy(dtype=np.float64)
    middle = points.loc[stops[CODE]].to_numpy()
    metres = np.column_stack(to_metres.transform(lonlat[:, 0], lonlat[:, 1]))
    xy = np.where(np.isfinite(metres), metres, middle)
    back = Transformer.from_crs(ground.crs, "EPSG:4490", always_xy=True)
    lon, lat = back.transform(xy[:, 0], xy[:, 1])
    known = np.isfinite(lonlat).all(axis=1)
    table = stops.assign(
        **{FIELD_ZONE: plan.labels.loc[stops[CODE]].to_numpy()},
        x=xy[:, 0],
        y=xy[:, 1],
        lon=np.where(known, lonlat[:, 0], lon),
        lat=np.where(known, lonlat[:, 1], lat),
    )
    order = [CODE, *(name for name in ("source_id",) if name in table), "x", "y", "minutes"]
    return table.sort_values(order, kind="stable", ignore_index=True)


def _start(plan: SplitPlan, row: int, mine: pd.DataFrame) -> tuple[Floats, bool]:
    """Return a field zone's start point in metres, and whether the roster gives it."""
    point = plan.request.roster[["start_lon", "start_lat"]].iloc[row].to_numpy(dtype=np.float64)
    if np.isfinite(point).all():
        to_metres = Transformer.from_crs("EPSG:4490", plan.request.ground.crs, always_xy=True)
        return np.array(to_metres.transform(*point)), True
    weight = mine["minutes"].to_numpy() + 1e-9
    return np.array([np.average(mine["x"], weights=weight), np.average(mine["y"], weights=weight)]), False


def _degrees(plan: SplitPlan, starts: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return start points with longitude and latitude instead of metres."""
    table = pd.DataFrame(starts, columns=[FIELD_ZONE, "x", "y", "given"])
    back = Transformer.from_crs(plan.request.ground.crs, "EPSG:4490", always_xy=True)
    lon, lat = back.transform(table["x"].to_numpy(dtype=float), table["y"].to_numpy(dtype=float))
    return table[[FIELD_ZONE]].assign(lon=lon, lat=lat, given=table["given"].astype(bool))


def _trips(mine: pd.DataFrame, start: Floats, hours: VisitSettings) -> tuple[Trips, pd.DataFrame]:
    """Cut work that is longer than a day into pieces, and lengthen the day where the way takes nearly all of it."""
    speed = hours.speed_kmh * 1000 / 60 / hours.detour
    xy = mine[["x", "y"]].to_numpy()
    ways = 2 * np.hypot(*(xy - start).T) / speed + 1  # a minute for roundings
    work = mine["minutes"].to_numpy(dtype=np.float64)
    stay = np.minimum(work, _LEAST_STAY)
    limit = float(max(hours.day_minutes, (ways + stay).max()))
    most = np.maximum(limit - ways, _LEAST_STAY)
    count = np.maximum(np.ceil(work / most), 1).astype(np.int64)
    parts = mine.assign(minutes=work / count).loc[np.repeat(mine.index, count)].reset_index(drop=True)
    trips = Trips(parts[["x", "y"]].to_numpy(), start, parts["minutes"].to_numpy(), limit, speed)
    return trips, parts


def _timetable(parts: pd.DataFrame, trips: Trips, days: list[Ints], crews: int, hours: VisitSettings) -> pd.DataFrame:
    """Write a field zone's days as a table; days go round the crews."""
    days = sorted(days, key=lambda day: int(day.min()))
    rows = np.concatenate([np.empty(0, dtype=np.int64), *days])
    number = np.repeat(np.arange(len(days)), [len(day) for day in days])
    first = np.diff(number, prepend=-1) != 0
    xy = trips.xy[rows]
    before = np.where(first[:, None], trips.start, np.vstack([trips.start, xy])[:-1])
    leg = np.hypot(*(xy - before).T)
    spent = pd.Series(leg / trips.speed + trips.minutes[rows]).groupby(number).cumsum().to_numpy()
    back = np.hypot(*(xy - trips.start).T)
    clock = _minute_of(hours.day_start)
    detour = hours.detour
    table = parts.iloc[rows].reset_index(drop=True)
    table = table.assign(
        crew=number % crews + 1,
        day=number // crews + 1,
        order=pd.Series(number).groupby(number).cumcount().to_numpy() + 1,
        leg_km=leg * detour / 1000,
        arrive=_clock(clock + spent - trips.minutes[rows]),
        leave=_clock(clock + spent),
        back_m=back * detour,
        begins=clock,
        ends=clock + spent + back / trips.speed,
    )
    head = [FIELD_ZONE, "crew", "day", "order"]
    return table[[*head, *(name for name in table if name not in head)]]


def _days(timetable: pd.DataFrame) -> pd.DataFrame:
    """Add up the days."""
    grouped = timetable.groupby([FIELD_ZONE, "day", "crew"], sort=False)
    days = grouped.agg(
        stops=("order", "size"),
        work_minutes=("minutes", "sum"),
        km=("leg_km", "sum"),
        back_m=("back_m", "last"),
        ends=("ends", "last"),
        begins=("begins", "first"),
    )
    days = days.assign(km=days["km"] + days["back_m"] / 1000, back=_clock(days["ends"]))
    days.insert(2, "travel_minutes", days["ends"] - days["begins"] - days["work_minutes"])
    return days.drop(columns=["ends", "begins", "back_m"]).reset_index()


def _clock(minutes: Any) -> list[str]:
    """Write minutes after midnight as times; hours beyond 24 say that a day did not suffice."""
    whole = np.rint(np.asarray(minutes)).astype(np.int64)
    return [f"{minute // 60:02d}:{minute % 60:02d}" for minute in whole.tolist()]


def _minute_of(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _named(text: Text, names: list[str]) -> list[Text]:
    shown = listed(names)
    return [Text(text.zh.format(names=shown), text.en.format(names=shown))] if names else []
