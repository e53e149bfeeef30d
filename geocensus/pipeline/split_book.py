"""The sheets of a plan's workbook, in a planner's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus.io import Sheet
from geocensus.model import Text
from geocensus.zoning.mix import class_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from geocensus.maps import PlanDrawing
    from geocensus.pipeline.split_work import FieldWork
    from geocensus.zoning import Visits

__all__ = ["book_sheets"]

_HOUR: Final = 60.0
_DEVIATION: Final = Text("偏差", "deviation")
_ZONES: Final = {
    "field_zone": Text("片区编号", "field zone"),
    "name": Text("片区", "name"),
    "owner": Text("负责人", "owner"),
    "phone": Text("电话", "phone"),
    "people": Text("人数", "people"),
    "supervisor_area": Text("指导区", "supervisor area"),
    "units": Text("单元数", "units"),
    "sources": Text("污染源", "sources"),
    "load": Text("工作量（小时）", "load, h"),
    "target": Text("应承担（小时）", "wished, h"),
    "deviation": _DEVIATION,
    "area_km2": Text("面积（平方千米）", "area, km²"),
    "visit_days": Text("外业天数", "days"),
    "visit_km": Text("走访里程（千米）", "km"),
}
_UNITS: Final = {
    "code": Text("单元代码", "unit"),
    "name": Text("单元", "name"),
    "field_zone": Text("片区编号", "field zone"),
    "zone_name": Text("片区", "field zone's name"),
    "load": Text("工作量（小时）", "load, h"),
    "sources": Text("污染源", "sources"),
}
_MIX: Final = {
    "field_zone": Text("片区编号", "field zone"),
    "zone_name": Text("片区", "field zone's name"),
    "kind": Text("类别或行业", "class or sector"),
    "code": Text("代码", "code"),
    "title": Text("名称", "name"),
    "sources": Text("污染源", "sources"),
    "share": Text("占本片区比例", "share of the field zone"),
}
_DAYS: Final = {
    "field_zone": Text("片区编号", "field zone"),
    "zone_name": Text("片区", "field zone's name"),
    "day": Text("第几天", "day"),
    "crew": Text("分组", "crew"),
    "stops": Text("走访点", "stops"),
    "work_minutes": Text("工作（小时）", "work, h"),
    "travel_minutes": Text("路程（小时）", "way, h"),
    "km": Text("里程（千米，直线）", "km, straight lines"),
    "back": Text("返回", "back"),
}
_STOPS: Final = {
    "field_zone": Text("片区编号", "field zone"),
    "zone_name": Text("片区", "field zone's name"),
    "day": Text("第几天", "day"),
    "crew": Text("分组", "crew"),
    "order": Text("顺序", "order"),
    "arrive": Text("到达", "arrive"),
    "leave": Text("离开", "leave"),
    "what": Text("走访对象", "stop"),
    "source_id": Text("对象标识", "source_id"),
    "class": Text("类别", "class"),
    "code": Text("单元代码", "unit"),
    "unit_name": Text("单元", "unit's name"),
    "minutes": Text("用时（分钟）", "minutes"),
    "leg_km": Text("距上一点（千米，直线）", "km from the stop before"),
    "lon": Text("经度", "longitude"),
    "lat": Text("纬度", "latitude"),
}
_KINDS: Final = {"class": Text("类别", "class"), "sector": Text("行业", "sector")}
_BASE_WORK: Final = Text("本单元基础工作", "base work of the unit")


def book_sheets(drawing: PlanDrawing, work: FieldWork, *, lang: str) -> list[Sheet]:
    """Lay out a plan as sheets: field zones, units, the mix, days, stops, and what is known about the plan.

    Parameters
    ----------
    drawing : PlanDrawing
        Field zones, units, facts and warnings.
    work : FieldWork
        Mix, supervisors and visits, where there are any.
    lang : str
        "zh" or "en", for names of sheets and headers.

    Returns
    -------
    list of Sheet
        Loads in hours; codes as texts.
    """
    zones = pd.DataFrame(drawing.field_zones.drop(columns="geometry"))
    names = zones.set_index("field_zone")["name"]
    units = pd.DataFrame(drawing.units.drop(columns="geometry"))
    share = {_DEVIATION.get(lang)}
    sheets = [
        Sheet(Text("片区", "field zones").get(lang), _titled(_in_hours(zones), _ZONES, lang), share),
        Sheet(Text("单元", "units").get(lang), _titled(_in_hours(_named(units, names)), _UNITS, lang)),
    ]
    if work.mix is not None:
        mix = _titled(_mix(work.mix, names, lang), _MIX, lang)
        sheets.append(Sheet(Text("构成", "mix").get(lang), mix, {_MIX["share"].get(lang)}))
    if work.visits is not None:
        days, stops = _days(work.visits, names), _stops(work.visits, names, drawing.units, lang)
        sheets.append(Sheet(Text("日程", "days").get(lang), _titled(days, _DAYS, lang)))
        sheets.append(Sheet(Text("行程", "visits").get(lang), _titled(stops, _STOPS, lang)))
    return [*sheets, Sheet(Text("说明", "about").get(lang), _about(drawing, lang))]


def _titled(table: pd.DataFrame, titles: Mapping[str, Text], lang: str) -> pd.DataFrame:
    """Return the columns that are there and not all empty, under their titles."""
    names = [name for name in titles if name in table and not _empty(table[name])]
    return table[names].set_axis([titles[name].get(lang) for name in names], axis=1)


def _empty(column: pd.Series) -> bool:
    return bool(len(column)) and bool((column.isna() | (column.astype("str") == "")).all())


def _in_hours(table: pd.DataFrame) -> pd.DataFrame:
    """Turn minutes into hours and round what is not counted; whole numbers become such."""
    minutes = [name for name in ("load", "target") if name in table]
    table = table.assign(**{name: (table[name] / _HOUR).round(1) for name in minutes})
    digits = {"area_km2": 2, "visit_km": 2, "deviation": 4}
    rounded = {name: table[name].round(places) for name, places in digits.items() if name in table}
    return _whole(table.assign(**rounded), ("people", "sources", "units"))


def _whole(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Make counts whole numbers where they are."""
    plain = [name for name in names if name in table and (table[name].dropna() % 1 == 0).all()]
    return table.astype(dict.fromkeys(plain, "Int64"))


def _named(table: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    return table.assign(zone_name=table["field_zone"].map(names))


def _mix(mix: pd.DataFrame, names: pd.Series, lang: str) -> pd.DataFrame:
    total = mix.groupby(["field_zone", "kind"])["sources"].transform("sum")
    kinds = mix["kind"].map({kind: title.get(lang) for kind, title in _KINDS.items()})
    code = mix["code"].where(mix["kind"] == "sector", "")  # the words of classes are geocensus' own
    return _named(mix, names).assign(
        kind=kinds, code=code, title=mix[f"name_{lang}"], share=(mix["sources"] / total).round(4)
    )


def _days(visits: Visits, names: pd.Series) -> pd.DataFrame:
    days = _named(visits.days, names)
    hours = {name: (days[name] / _HOUR).round(1) for name in ("work_minutes", "travel_minutes")}
    return days.assign(**hours, km=days["km"].round(2))


def _stops(visits: Visits, names: pd.Series, units: gpd.GeoDataFrame, lang: str) -> pd.DataFrame:
    stops = visits.stops
    source = stops["kind"] == "source"
    called = stops["name"].fillna("").where(stops["name"].fillna("") != "", stops["source_id"])
    classes = {slug: class_title(slug).get(lang) for slug in stops.loc[source, "class"].unique()}
    places = units.set_index("code")["name"] if "name" in units else pd.Series(dtype="str")
    return _named(stops, names).assign(
        **{"class": stops["class"].map(classes).fillna("")},
        what=np.where(source, called, _BASE_WORK.get(lang)),
        unit_name=stops["code"].map(places),
        minutes=stops["minutes"].round(1),
        leg_km=stops["leg_km"].round(2),
        lon=stops["lon"].round(6),
        lat=stops["lat"].round(6),
    )


def _about(drawing: PlanDrawing, lang: str) -> pd.DataFrame:
    said = [(Text("须知", "please note"), text) for text in drawing.warnings]
    rows = [(label.get(lang), text.get(lang)) for label, text in (*drawing.facts, *drawing.about, *said)]
    return pd.DataFrame(rows, columns=[Text("项目", "item").get(lang), Text("内容", "value").get(lang)], dtype="str")
