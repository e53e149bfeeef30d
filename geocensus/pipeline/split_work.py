"""What a plan means in the field: the mix of sources, who supervises, who goes where on which day."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.zoning import stops_of, visits
from geocensus.zoning.mix import mix_table
from geocensus.zoning.teams import supervisors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geocensus.checks import Settings
    from geocensus.pipeline.split_asked import Asked
    from geocensus.pipeline.split_inputs import SplitInputs
    from geocensus.zoning import SplitPlan, Visits

__all__ = ["FieldWork", "field_work", "visit_lines"]

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class FieldWork:
    """What was asked about the work in the field; the rest is None.

    Attributes
    ----------
    mix : DataFrame or None
        As :func:`geocensus.zoning.mix.mix_table` gives it; None without a list of sources.
    areas : DataFrame or None
        Supervisor area of each field zone: field_zone, supervisor_area, people.
    visits : Visits or None
        Day plans.
    settings : Mapping
        Settings that were used.
    notes : tuple of Text
        What the planner should know.
    """

    mix: pd.DataFrame | None = None
    areas: pd.DataFrame | None = None
    visits: Visits | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Text, ...] = ()

    def on(self, field_zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Add what is known to the layer of field zones.

        Parameters
        ----------
        field_zones : GeoDataFrame
            One row per field zone.

        Returns
        -------
        GeoDataFrame
            With supervisor_area, visit_days and visit_km where they were asked for.
        """
        table = field_zones
        if self.areas is not None:
            areas = self.areas.set_index("field_zone")["supervisor_area"]
            table = table.assign(supervisor_area=table["field_zone"].map(areas))
        if self.visits is not None:
            sums = self.visits.days.groupby("field_zone").agg(days=("day", "max"), km=("km", "sum"))
            found = sums.reindex(table["field_zone"]).fillna(0.0)
            table = table.assign(
                visit_days=found["days"].to_numpy(dtype=np.int64), visit_km=found["km"].to_numpy(dtype=np.float64)
            )
        return table

    @property
    def report(self) -> dict[str, Any]:
        """What the plan's report says besides the measures.

        Returns
        -------
        dict
            Keys mix {classes, sectors: {field zone: {code: sources}}}, supervisor_areas {area: [field zone]} and visits
            {visits, days, km, straight_lines, method}, those that are known.
        """
        found: dict[str, Any] = {}
        if self.mix is not None:
            words = {"class": "classes", "sector": "sectors"}
            found["mix"] = {title: _nested(self.mix[self.mix["kind"] == kind]) for kind, title in words.items()}
        if self.areas is not None:
            areas = self.areas.groupby("supervisor_area", sort=False)["field_zone"]
            found["supervisor_areas"] = {str(area): zones.tolist() for area, zones in areas}
        if self.visits is not None:
            found["visits"] = self.visits.report
        return found


def field_work(
    plan: SplitPlan,
    given: SplitInputs,
    settings: Settings,
    asked: Asked,
    *,
    people: bool,
    optimise: bool = True,
    progress: Callable[[float], None] | None = None,
) -> FieldWork:
    """Work out what was asked for beyond the field zones.

    Parameters
    ----------
    plan : SplitPlan
        The field zones.
    given : SplitInputs
        Units and sources.
    settings : Settings
        Minutes, hours, enumerators per supervisor.
    asked : Asked
        Whether supervisor areas and day plans are wished; same seed, same areas and days.
    people : bool
        Whether a list tells the people of each team; else each is one crew.
    optimise : bool
        False to visit units one after the other.
    progress : callable, optional
        Called with the share of the day plans done.

    Returns
    -------
    FieldWork
        The mix, wherever there is a list, and what was asked for.

    Raises
    ------
    SchemaError
        Visits without checked sources.
    """
    work = FieldWork()
    if given.sources is not None:
        zones = plan.request.roster["field_zone"].tolist()
        mix = mix_table(plan.labels, given.unit_of_source, given.sources, settings.load, order=zones)
        work = replace(work, mix=mix)
    if asked.supervisors:
        used = {"enumerators_per_supervisor": settings.enumerators_per_supervisor}
        areas = _areas(plan, settings, people=people, seed=asked.seed)
        work = replace(work, areas=areas, settings=used, notes=_crowded(areas, settings))
    if asked.visits:
        if given.sources is None:
            raise SchemaError(
                "--visits: the workspace holds no checked sources; run `geocensus check` first",
                "--visits：工作区中没有核查过的污染源，请先运行 geocensus check",
            )
        stops = stops_of(plan, given.sources, settings.load, villages=given.villages)
        found = visits(plan, stops, settings=settings.visits, seed=asked.seed, optimise=optimise, progress=progress)
        hours = {**work.settings, "visits": asdict(settings.visits)}
        work = replace(work, visits=found, settings=hours, notes=(*work.notes, *found.notes, _placed_note(stops)))
    return work


def visit_lines(found: Visits) -> gpd.GeoDataFrame:
    """Draw the way of every day as a line, from the start point over the stops and back.

    Parameters
    ----------
    found : Visits
        Day plans.

    Returns
    -------
    GeoDataFrame
        Columns of ``days`` and geometry (EPSG:4490): straight lines.
    """
    key = ["field_zone", "day", "crew"]
    points = found.stops[[*key, "order", "lon", "lat"]]
    ends = found.days[key].merge(found.starts[["field_zone", "lon", "lat"]], on="field_zone")
    last = int(points["order"].max()) + 1 if len(points) else 1
    table = pd.concat([ends.assign(order=0), points, ends.assign(order=last)], ignore_index=True)
    table = table.sort_values([*key, "order"], kind="stable", ignore_index=True)
    number = table.groupby(key, sort=False).ngroup().to_numpy()
    lines = shapely.linestrings(table[["lon", "lat"]].to_numpy(dtype=np.float64), indices=number)
    days = table.drop_duplicates(key)[key].merge(found.days, on=key)
    return gpd.GeoDataFrame(days, geometry=lines, crs="EPSG:4490")


def _nested(mix: pd.DataFrame) -> dict[str, dict[str, int]]:
    return {
        str(zone): dict(zip(part["code"], part["sources"].tolist(), strict=True))
        for zone, part in mix.groupby("field_zone", sort=False)
    }


def _areas(plan: SplitPlan, settings: Settings, *, people: bool, seed: int) -> pd.DataFrame:
    """Return the supervisor area and the enumerators of each field zone."""
    roster = plan.request.roster
    team = roster["people"].to_numpy(dtype=np.float64)
    if not people and (team == 1).all():  # nor does the plan of today tell
        team = team * settings.visits.crew_size
    span = settings.enumerators_per_supervisor
    areas, _ = supervisors(plan.request.ground.graph, plan.assigned, team, span=span, seed=seed)
    number = (pd.factorize(areas)[0] + 1).astype(str)
    return pd.DataFrame({"field_zone": roster["field_zone"], "supervisor_area": number, "people": team})


def _crowded(areas: pd.DataFrame, settings: Settings) -> tuple[Text, ...]:
    """Name the supervisor areas that have more enumerators than one supervisor leads."""
    span = settings.enumerators_per_supervisor
    people = areas.groupby("supervisor_area", sort=False)["people"].sum()
    many = people[people > span * (1 + _ROUNDING)]
    if many.empty:
        return ()
    zh = "、".join(f"{area}（{number:g} 人）" for area, number in many.items())
    en = ", ".join(f"{area} ({number:g})" for area, number in many.items())
    return (
        Text(
            f"指导区 {zh} 的普查员多于每名指导员 {span:g} 人：片区不拆分且须相连，无法更匀",
            f"supervisor areas with more than {span:g} enumerators: {en}; field zones stay whole and connected",
        ),
    )


def _placed_note(stops: pd.DataFrame) -> Text:
    """Say that every source that counts is visited, and which of them have no place of their own."""
    own = stops["kind"] == "source"
    there = int((own & stops["lon"].notna()).sum())
    total, base = int(own.sum()), int((~own).sum())
    return Text(
        f"走访计入的全部 {total} 个污染源：{there} 个按坐标，{total - there} 个没有可用坐标、安排在所属单元中部；"
        f"另有 {base} 个单元的基础工作",
        f"all {total} sources that count are visited: {there} at their coordinates, {total - there} without usable "
        f"ones in the middle of their unit; besides the base work of {base} units",
    )
