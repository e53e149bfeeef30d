"""What a map of a plan shows, checked and in one order, for the page and the picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

__all__ = [
    "PLAN_TEXTS",
    "ZONE_COLOURS",
    "PlanDrawing",
    "ZoneTable",
    "hours",
    "outcome",
    "park_shapes",
    "percent",
    "supervisor_shapes",
    "zone_table",
    "zone_tints",
]

# the set of Okabe and Ito (2008), lightened so that names and lines stand out on it
ZONE_COLOURS: Final = ("#A9D3EE", "#F7D48F", "#A5DCC6", "#EBC3D8", "#F3ECA0", "#F3BD9B")

_CRS: Final = 4490
_HOUR: Final = 60
_DIGITS: Final = 1e-9  # what floating-point sums may be off by

PLAN_TEXTS: Final = {
    "about": Text("说明", "About"),
    "areas": Text("区域", "Areas"),
    "areas_hit": Text("区域", "area"),
    "area_n": Text("{n} 区", "area {n}"),
    "barriers": Text("河流、铁路、公路", "Rivers, railways, roads"),
    "class": Text("污染源类别", "Classes"),
    "close": Text("收起面板", "Hide panel"),
    "code": Text("代码", "Code"),
    "deviation": Text("偏差", "Deviation"),
    "field_zone": Text("片区", "Field zone"),
    "fit": Text("全图", "Whole map"),
    "hits": Text("共 {n} 条，显示前 {m} 条", "{n} found, the first {m} shown"),
    "hours": Text("{n} 小时", "{n} h"),
    "labels": Text("片区注记", "Names of field zones"),
    "layers": Text("图例", "Legend"),
    "load": Text("工作量", "Load"),
    "kilometres": Text("{n} 千米", "{n} km"),
    "mix_more": Text("其余 {n} 类", "{n} others"),
    "more": Text("另有 {n} 个片区", "{n} further field zones"),
    "no_hits": Text("没有找到。", "Nothing found."),
    "no_place": Text("无图形", "no shape"),
    "open": Text("展开面板", "Show panel"),
    "parks": Text("工业园区", "Industrial parks"),
    "parks_n": Text("工业园区 {n} 个", "{n} industrial parks"),
    "owner": Text("负责人", "Owner"),
    "people": Text("人数", "People"),
    "people_n": Text("{n} 人", "{n} people"),
    "print": Text("打印", "Print"),
    "quality": Text("方案质量", "Quality"),
    "sector": Text("行业（大类）", "Sectors"),
    "search": Text("查找片区、单元的名称或代码", "Search field zones and units by name or code"),
    "sources": Text("污染源", "Sources"),
    "sum": Text("合计", "Total"),
    "supervisor_area": Text("指导区", "Supervisor area"),
    "supervisor_areas": Text("指导区 {n} 个", "{n} supervisor areas"),
    "target": Text("应承担", "Wished"),
    "unit": Text("单元", "Unit"),
    "units": Text("单元数", "Units"),
    "visit_days": Text("外业天数", "Days of visits"),
    "visit_km": Text("走访里程（直线）", "Way, straight lines"),
    "warnings": Text("须知", "Please note"),
    "zones": Text("片区", "Field zones"),
}


@dataclass(frozen=True, kw_only=True)
class PlanDrawing:
    """A plan to be drawn.

    Attributes
    ----------
    title : Text
        Heading.
    field_zones : GeoDataFrame
        One row per field zone in EPSG:4490: field_zone, geometry, and any of name, owner, people, load and target
        (minutes), sources, area_km2, supervisor_area, visit_days, visit_km.
    units : GeoDataFrame
        One row per unit in EPSG:4490: code, field_zone, geometry, and any of name, load (minutes), sources.
    report : Mapping
        Measures of the plan: deviation, optimal, bound (shares) and others.
    tolerance : float
        Share by which loads may differ from what was wished.
    barriers : GeoDataFrame, optional
        Columns name, kind.
    parks : GeoDataFrame, optional
        Industrial parks that were kept together: outlines in EPSG:4490.
    facts : sequence of (Text, Text)
        Lines for the quality section: label and value.
    about : sequence of (Text, Text)
        Lines for the last section.
    warnings : sequence of Text
        What the planner should know.
    notice : Text
        Stands on the map, such as that borders are schematic.
    mix : DataFrame, optional
        Sources of each class and sector in each field zone: field_zone, kind (class or sector), name_zh, name_en,
        sources, in the order to be shown.
    """

    title: Text
    field_zones: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    report: Mapping[str, Any]
    tolerance: float = 0.05
    barriers: gpd.GeoDataFrame | None = None
    parks: gpd.GeoDataFrame | None = None
    facts: Sequence[tuple[Text, Text]] = ()
    about: Sequence[tuple[Text, Text]] = ()
    warnings: Sequence[Text] = ()
    notice: Text = field(default=Text("", ""))
    mix: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        _require("field_zones", self.field_zones, ("field_zone",))
        _require("units", self.units, ("code", "field_zone"))
        lost = self.units.loc[~self.units["field_zone"].isin(self.field_zones["field_zone"]), "code"]
        if len(lost):
            listed = ", ".join(map(str, lost.iloc[:5]))
            raise SchemaError(
                f"map of a plan: {len(lost)} units are in no field zone ({listed})",
                f"片区图：有 {len(lost)} 个单元不属于任何片区（{listed}）",
            )


@dataclass(frozen=True)
class ZoneTable:
    """Field zones with all columns, and the same for units; a unit knows its zone by position."""

    zones: pd.DataFrame
    zone_shapes: np.ndarray
    units: pd.DataFrame
    unit_shapes: np.ndarray
    zone_of: np.ndarray


def zone_table(plan: PlanDrawing) -> ZoneTable:
    """Complete the tables of a plan.

    Parameters
    ----------
    plan : PlanDrawing
        Some columns may be missing.

    Returns
    -------
    ZoneTable
        Zones in the order given, with load, target and deviation (share, NaN without a target); units by code.
    """
    units = plan.units.sort_values("code", kind="stable").reset_index(drop=True)
    zones = plan.field_zones.reset_index(drop=True)
    position = pd.Index(zones["field_zone"]).get_indexer(pd.Index(units["field_zone"]))
    members = pd.DataFrame(
        {
            "code": units["code"].astype("str"),
            "name": _texts(units, "name"),
            "load": _numbers(units, "load"),
            "sources": _numbers(units, "sources"),
        }
    )
    sums = members[["load", "sources"]].groupby(position).sum(min_count=1).reindex(range(len(zones)))
    load = _numbers(zones, "load").fillna(sums["load"])
    target = _numbers(zones, "target").fillna(load.mean() if len(zones) else np.nan)
    table = pd.DataFrame(
        {
            "field_zone": zones["field_zone"].astype("str"),
            "name": _texts(zones, "name").where(lambda names: names != "", zones["field_zone"].astype("str")),
            "owner": _texts(zones, "owner"),
            "people": _numbers(zones, "people"),
            "load": load,
            "target": target,
            "deviation": (load / target - 1).where(target > 0),
            "units": np.bincount(position, minlength=len(zones)),
            "sources": _numbers(zones, "sources").fillna(sums["sources"]),
            "area_km2": _numbers(zones, "area_km2"),
            "supervisor_area": _texts(zones, "supervisor_area"),
            "visit_days": _numbers(zones, "visit_days"),
            "visit_km": _numbers(zones, "visit_km"),
        }
    )
    shapes = (np.asarray(given.geometry.array, dtype=object) for given in (zones, units))
    return ZoneTable(table, next(shapes), members, next(shapes), position)


def zone_tints(shapes: np.ndarray) -> np.ndarray:
    """Choose a colour for each field zone so that neighbours differ.

    The zone with the fewest neighbours is set aside again and again and coloured last: on a map, which is planar, no
    zone then has more than five neighbours that are coloured before it, so that six colours always suffice (Matula and
    Beck 1983, doi:10.1145/2402.322385).

    Parameters
    ----------
    shapes : numpy.ndarray
        Polygons that share their borders, shape (n,); None and empty ones have no neighbours.

    Returns
    -------
    numpy.ndarray
        Index into :data:`ZONE_COLOURS`, int64, shape (n,).

    Examples
    --------
    >>> zone_tints(shapely.box([0, 1, 2], 0, [1, 2, 3], 1)).tolist()
    [2, 1, 0]
    """
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    lines = (left != right) & shapely.relate_pattern(shapes[left], shapes[right], "****1****")
    degree = np.bincount(left[lines], minlength=len(shapes))
    neighbours = [
        set(part.tolist())
        for part in np.split(right[lines][np.argsort(left[lines], kind="stable")], np.cumsum(degree)[:-1])
    ]
    order: list[int] = []
    waiting = dict(enumerate(map(len, neighbours)))
    while waiting:  # as many rounds as there are teams
        least = min(waiting, key=lambda zone: (waiting[zone], zone))
        order.append(least)
        del waiting[least]
        for zone in neighbours[least] & waiting.keys():
            waiting[zone] -= 1
    tints = np.full(len(shapes), -1, dtype=np.int64)
    uses = np.zeros(len(ZONE_COLOURS), dtype=np.int64)
    for zone in reversed(order):
        taken = {int(tints[other]) for other in neighbours[zone]}
        free = [tint for tint in range(len(ZONE_COLOURS)) if tint not in taken] or list(range(len(ZONE_COLOURS)))
        tints[zone] = min(free, key=lambda tint: (uses[tint], tint))
        uses[tints[zone]] += 1
    return tints


def supervisor_shapes(table: ZoneTable) -> tuple[list[str], np.ndarray]:
    """Join the field zones of each supervisor area.

    Parameters
    ----------
    table : ZoneTable
        With supervisor areas, or "" where there are none.

    Returns
    -------
    names : list of str
        Supervisor areas in order of their first field zone.
    shapes : ndarray
        Their polygons.
    """
    number, names = pd.factorize(table.zones["supervisor_area"].where(table.zones["supervisor_area"] != ""))
    shapes = [shapely.union_all(table.zone_shapes[number == area]) for area in range(len(names))]
    return list(names), np.array(shapes, dtype=object)


def park_shapes(plan: PlanDrawing) -> np.ndarray:
    """Return the outlines of the industrial parks.

    Parameters
    ----------
    plan : PlanDrawing
        With or without parks.

    Returns
    -------
    ndarray
        Polygons, none where the plan has no parks.
    """
    return np.empty(0, dtype=object) if plan.parks is None else np.asarray(plan.parks.geometry.array, dtype=object)


def outcome(plan: PlanDrawing) -> tuple[Text, Text]:
    """Say in two sentences how well balanced a plan is, and what is proven about it.

    Parameters
    ----------
    plan : PlanDrawing
        With deviation, optimal and bound in its report.

    Returns
    -------
    tuple of Text
        The balance, the proof.
    """
    deviation, bound = float(plan.report.get("deviation", np.nan)), float(plan.report.get("bound", 0.0))
    said, allowed, floor = (percent(value) for value in (deviation, plan.tolerance, bound))
    within = deviation <= plan.tolerance + _DIGITS
    balance = Text(
        f"最大偏差 {said}，{f'在允许的 {allowed} 之内' if within else f'超出允许的 {allowed}'}",
        f"largest deviation {said}, {'within' if within else 'beyond'} the {allowed} allowed",
    )
    best = Text("已证明最优", "proven optimal")
    proven = {
        "True": best if within else Text("已证明最优：没有更均衡的方案", "proven optimal: no plan is better balanced"),
        "balance": Text("已证明没有更均衡的方案", "proven: no plan is better balanced"),
    }
    unproven = Text("未证明最优", "not proven optimal")
    if not within and floor != percent(0.0):  # that no deviation is below 0 is no news
        unproven = Text(f"{unproven.zh}；任何方案的偏差都不小于 {floor}", f"{unproven.en}; no plan is below {floor}")
    return balance, proven.get(str(plan.report.get("optimal")), unproven)


def percent(share: float, *, signed: bool = False) -> str:
    """Write a share as a percentage.

    Parameters
    ----------
    share : float
        0 to 1; NaN gives a dash.
    signed : bool
        With a sign.

    Returns
    -------
    str
        One decimal.

    Examples
    --------
    >>> percent(0.05), percent(-0.123, signed=True)
    ('5.0%', '−12.3%')
    """
    if not np.isfinite(share):
        return "–"
    value = round(share * 100, 1) + 0.0  # no −0.0
    return (f"{value:+.1f}%" if signed and value else f"{value:.1f}%").replace("-", "−")


def hours(minutes: float) -> str:
    """Write minutes as hours.

    Parameters
    ----------
    minutes : float
        0 or more; NaN gives a dash.

    Returns
    -------
    str
        One decimal below a hundred hours.

    Examples
    --------
    >>> hours(90), hours(60_000)
    ('1.5', '1,000')
    """
    if not np.isfinite(minutes):
        return "–"
    value = minutes / _HOUR
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"  # noqa: PLR2004 - three digits are enough


def _require(what: str, table: gpd.GeoDataFrame, columns: tuple[str, ...]) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise SchemaError(
            f"map of a plan: {what} lacks the columns {', '.join(missing)}",
            f"片区图：{what} 缺少列 {'、'.join(missing)}",
        )
    if table.crs is None or table.crs.to_epsg() != _CRS:
        raise CRSMismatchError(
            f"map of a plan: {what} must be in EPSG:{_CRS}", f"片区图：{what} 的坐标系须为 EPSG:{_CRS}"
        )


def _texts(table: gpd.GeoDataFrame, name: str) -> pd.Series:
    return table[name].astype("str").fillna("") if name in table else pd.Series("", index=table.index, dtype="str")


def _numbers(table: gpd.GeoDataFrame, name: str) -> pd.Series:
    values = table[name] if name in table else pd.Series(np.nan, index=table.index)
    return values.astype("float64")
