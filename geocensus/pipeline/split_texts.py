"""What a plan says about itself: measures, origin, headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geocensus.maps import hours, percent
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.basemap import Basemap

__all__ = ["UNIT_TITLES", "about_plan", "both", "headline", "plan_facts", "work_facts"]

UNIT_TITLES: Final = {
    "township": Text("乡镇（街道）", "townships"),
    "village": Text("村（社区）", "villages"),
    "zone": Text("普查小区", "census zones"),
    "block": Text("地块（由河流、道路等围成）", "blocks between barriers"),
    "cell": Text("网格单元", "cells"),
}
_YES_NO: Final = {True: Text("是", "yes"), False: Text("否", "no")}


def both(value: object) -> Text:
    """Return a value that reads the same in both languages.

    Parameters
    ----------
    value : object
        A number, name or code.

    Returns
    -------
    Text
        Its text.
    """
    return Text(str(value), str(value))


def headline(basemap: Basemap, names: list[str], units: int, zones: int) -> Text:
    """Name a plan for people.

    Parameters
    ----------
    basemap : Basemap
        Where the area lies.
    names : list of str
        Names of the areas that are split.
    units, zones : int
        How many units became how many field zones.

    Returns
    -------
    Text
        A heading.
    """
    place = "、".join(names[:3]) + ("等" if len(names) > 3 else "")  # noqa: PLR2004 - a heading has room for three
    place_en = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")  # noqa: PLR2004
    place, place_en = place or basemap.info.title.zh, place_en or basemap.info.title.en
    return Text(f"{place}：{units} 个单元划分为 {zones} 个片区", f"{place_en}: {units} units in {zones} field zones")


def plan_facts(report: Mapping[str, Any], level: str) -> list[tuple[Text, Text]]:
    """List the measures of a plan with their names.

    Parameters
    ----------
    report : Mapping
        Of a plan.
    level : str
        Kind of the units.

    Returns
    -------
    list of (Text, Text)
        Label and value; measures that were not taken are left out.
    """
    load = report["load"]
    lines = [
        (
            Text("单元", "Units"),
            Text(f"{report['units']} 个{UNIT_TITLES[level].zh}", f"{report['units']} {UNIT_TITLES[level].en}"),
        ),
        (Text("片区工作量", "Load per field zone"), _hours_range(load)),
        (Text("最大偏差", "Largest deviation"), both(percent(report["deviation"]))),
        (Text("偏差下界", "No plan is below"), both(percent(report["bound"]))),
        (Text("最大超载", "Overload"), _share(report, "overload")),
        (Text("变异系数", "Coefficient of variation"), _share(report, "cv")),
        (Text("各片区连通", "All connected"), _YES_NO[bool(report["connected"])]),
        (Text("片区界线长", "Borders between them"), _number(report, "cut_km", Text("千米", "km"))),
        (
            Text("被界线分开的相邻单元", "Neighbours parted"),
            _number(report, "cut_edges", Text("对", "pairs"), digits=0),
        ),
        (Text("紧凑度（Polsby–Popper）", "Compactness (Polsby–Popper)"), _spread(report, "polsby_popper")),
        (Text("紧凑度（Reock）", "Compactness (Reock)"), _spread(report, "reock")),
        (
            Text("工作点到片区中心（均方根）", "Distance to the centre, rms"),
            _number(report, "rms_m", Text("米", "m"), digits=0),
        ),
    ]
    if report.get("groups"):
        split, groups = int(report["groups_split"]), int(report["groups"])
        lines.append(
            (
                Text("按园区、行业合并的组", "Groups of units kept together"),
                Text(f"{groups} 组，其中 {split} 组被拆分", f"{groups}, of which {split} split"),
            )
        )
    if report.get("reassigned_share"):
        lines.append((Text("改派的工作量", "Work reassigned"), _share(report, "reassigned_share")))
    return [(label, value) for label, value in lines if value is not None]


def work_facts(report: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[Text, Text]]:
    """List what is planned for the field, with names.

    Parameters
    ----------
    report : Mapping
        Of a plan, with supervisor_areas and visits where there are any.
    names : Mapping of str to str
        Names of the field zones.

    Returns
    -------
    list of (Text, Text)
        Label and value.
    """
    lines = []
    if areas := report.get("supervisor_areas"):
        held = {area: [names[zone] for zone in zones] for area, zones in areas.items()}
        shown = "；".join(f"{area} 区 {'、'.join(zones)}" for area, zones in held.items())
        shown_en = "; ".join(f"{area}: {', '.join(zones)}" for area, zones in held.items())
        lines.append((Text("指导区", "Supervisor areas"), Text(shown, shown_en)))
    if visits := report.get("visits"):
        way = {"pyvrp": Text("路线优化", "optimised"), "unit order": Text("按单元就近顺序", "units in turn")}
        method = way.get(visits["method"], both(visits["method"]))
        lines.append(
            (
                Text("走访安排", "Visits"),
                Text(
                    f"{visits['visits']} 次走访，最多 {visits['days']} 天，直线里程共 {visits['km']:,.0f} 千米"
                    f"（{method.zh}）",
                    f"{visits['visits']} visits, {visits['days']} days at most, {visits['km']:,.0f} km in straight "
                    f"lines ({method.en})",
                ),
            )
        )
    return lines


def about_plan(basemap: Basemap, record: Mapping[str, Any]) -> list[tuple[Text, Text]]:
    """List where a plan comes from.

    Parameters
    ----------
    basemap : Basemap
        The areas.
    record : Mapping
        Of the stored plan.

    Returns
    -------
    list of (Text, Text)
        Label and value.
    """
    info = basemap.info
    year = info.code_year or "–"
    lines = [
        (Text("底图", "Basemap"), Text(f"{info.title.zh}（{info.name}）", f"{info.title.en} ({info.name})")),
        (Text("代码年份", "Code year"), both(year)),
        (Text("范围", "Area"), both(", ".join(record["within"]))),
        (Text("允许偏差", "Tolerance"), both(percent(float(record["tolerance"])))),
        (Text("随机种子", "Seed"), both(record["seed"])),
        (Text("污染源名单", "List of sources"), both(record["inputs"].get("file") or "–")),
        (Text("生成时间", "Made at"), both(record["created"])),
        (Text("来源", "Source"), info.source),
        (Text("许可", "Licence"), both(info.licence)),
        (Text("绘制", "Drawn with"), both("geocensus, Leaflet (BSD-2-Clause)")),
    ]
    return [(label, value) for label, value in lines if value.zh]


def _hours_range(load: Mapping[str, float]) -> Text:
    low, mean, high = (hours(load[key]) for key in ("min", "mean", "max"))
    return Text(f"{low} 至 {high} 小时，平均 {mean}", f"{low} to {high} h, mean {mean}")


def _share(report: Mapping[str, Any], key: str) -> Text | None:
    return None if report.get(key) is None else both(percent(float(report[key])))


def _number(report: Mapping[str, Any], key: str, unit: Text, *, digits: int = 1) -> Text | None:
    if report.get(key) is None:
        return None
    value = f"{float(report[key]):,.{digits}f}"
    return Text(f"{value} {unit.zh}".strip(), f"{value} {unit.en}".strip())


def _spread(report: Mapping[str, Any], key: str) -> Text | None:
    if report.get(key) is None:
        return None
    mean, least = float(report[key]), float(report[f"{key}_min"])
    return Text(f"平均 {mean:.2f}，最小 {least:.2f}", f"mean {mean:.2f}, least {least:.2f}")
