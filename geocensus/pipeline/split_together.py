"""Units that one team should have: those of an industrial park, and neighbours with sources of a chosen sector."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.io import read_parks
from geocensus.maps import hours, percent
from geocensus.model import Text
from geocensus.zoning import build_graph
from geocensus.zoning.apportion import relieved
from geocensus.zoning.industry import joined_groups, park_groups, sector_groups
from geocensus.zoning.outcomes import heavy_texts
from geocensus.zoning.sectors import sector_title

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd

    from geocensus.pipeline.split_inputs import SplitInputs
    from geocensus.zoning import SplitPlan

__all__ = ["Together", "group_warnings", "heavy_groups", "refuse_too_few", "together_groups"]

_ROUNDING = 1e-9
_SHOWN = 3  # groups that a sentence has room for
_OF_SECTOR = re.compile(r"[0-9]+: ")


@dataclass(frozen=True, eq=False)
class Together:
    """Units that one team should have.

    Attributes
    ----------
    groups : Series of str or None
        Index code of the unit, NaN where it stands alone; None where nothing was asked for.
    parks : GeoDataFrame or None
        Parks that meet the area, for the map: name, geometry (EPSG:4490).
    notes : tuple of Text
        What was found.
    """

    groups: pd.Series | None = None
    parks: gpd.GeoDataFrame | None = None
    notes: tuple[Text, ...] = ()


def together_groups(
    given: SplitInputs, parks: str | Path | None, sectors: Sequence[str], *, barriers: str = "soft"
) -> Together:
    """Group units by parks and sectors.

    Parameters
    ----------
    given : SplitInputs
        Units and sources.
    parks : str or Path, optional
        Layer of polygons.
    sectors : sequence of str
        First digits of industries (GB/T 4754).
    barriers : str
        One of soft, hard, off: neighbours across a hard barrier are none.

    Returns
    -------
    Together
        Groups, parks and what was found.

    Raises
    ------
    SchemaError
        A sector that is no number, or sectors without a list that tells industries.
    GeocensusError
        The layer cannot be read.
    """
    found: list[pd.Series] = []
    notes: list[Text] = []
    places = None
    if parks is not None:
        places = read_parks(parks)
        reached = np.unique(places.sindex.query(given.units.geometry.to_numpy(), predicate="intersects")[1])
        found.append(park_groups(given.units, places))
        notes.append(_parks_note(found[-1], places["name"].nunique(), places["name"].iloc[reached].unique()))
        places = places.iloc[reached].reset_index(drop=True)
    for digits in dict.fromkeys(given_digits.strip() for given_digits in sectors):
        found.append(_of_sector(given, digits, barriers))
        notes.append(_sector_note(found[-1], given, digits))
    return Together(joined_groups(*found) if found else None, places, tuple(notes))


def refuse_too_few(groups: pd.Series, teams: int | pd.DataFrame | None) -> None:
    """Refuse more field zones than groups and single units, before the search does in other words.

    Parameters
    ----------
    groups : Series of str
        From :func:`together_groups`.
    teams : int, DataFrame or None
        How many, or one row each; None where a capacity or the plan of today decides.

    Raises
    ------
    SplitInfeasibleError
        With reason "teams".
    """
    count = len(teams) if isinstance(teams, pd.DataFrame) else teams
    left = groups.nunique() + int(groups.isna().sum())
    if count is not None and left < count <= len(groups):
        raise SplitInfeasibleError(
            f"{len(groups)} units, kept together by parks and sectors, leave {left} parts, too few for {count} field "
            "zones; ask for fewer, or use --together-as soft",
            f"{len(groups)} 个单元按园区、行业合并后只剩 {left} 个，不足以划分 {count} 个片区；"
            "请减少片区数，或使用 --together-as soft",
            reason="teams",
        )


def heavy_groups(
    groups: pd.Series, units: gpd.GeoDataFrame, teams: int | pd.DataFrame | None, *, tolerance: float
) -> tuple[Text, ...]:
    """Say before the search which groups no field zone can hold, as a common sector makes them.

    Parameters
    ----------
    groups : Series of str
        From :func:`together_groups`.
    units : GeoDataFrame
        Columns code and minutes.
    teams : int, DataFrame or None
        How many, or one row each with people; None where a capacity or the plan of today decides.
    tolerance : float
        Share by which loads may differ.

    Returns
    -------
    tuple of Text
        A sentence for each heavy group.
    """
    load = units.set_index("code")["minutes"]
    if isinstance(teams, pd.DataFrame):
        share = float((teams["people"] / teams["people"].sum()).max())
    else:
        share = 1 / teams if teams else 1.0
    table = _group_table(groups, load)
    most = float(load.sum()) * share * (1 + tolerance)
    return tuple(_heavy_note(row, most, most / (1 + tolerance)) for row in _heavy(table, most).itertuples())


def group_warnings(plan: SplitPlan, groups: pd.Series, mode: str) -> tuple[Text, ...]:
    """Say which groups one field zone cannot hold, and which were parted, before what else a plan says.

    Parameters
    ----------
    plan : SplitPlan
        The plan.
    groups : Series of str
        From :func:`together_groups`.
    mode : str
        "hard" or "soft".

    Returns
    -------
    tuple of Text
        A sentence for each heavy group, and one for all that are parted; then the plan's own, without those that call
        such a group a unit.
    """
    ground, task = plan.request.ground, plan.request.task
    table = _group_table(groups, pd.Series(ground.whole.load, index=ground.codes), plan.labels)
    target = float(task.target.max())
    most = target * (1 + task.tolerance)
    heavy = _heavy(table, most) if mode == "hard" else table.iloc[:0]
    notes = [_heavy_note(row, most, target) for row in heavy.itertuples()]
    parted = [_called(row) for row in table[table["zones"] > 1].itertuples()]
    own = _warnings_on_units(plan) if len(heavy) else plan.warnings
    return (*notes, *([_parted_note(parted, len(table))] if parted else []), *own)


def _warnings_on_units(plan: SplitPlan) -> tuple[Text, ...]:
    """Return a plan's warnings; those on heavy units name single units only, no group by its lowest code."""
    task, count = plan.request.task, np.bincount(plan.request.ground.group)
    heavies = relieved(task)[1]
    single = [heavy for heavy in heavies if (count[heavy.units] == 1).all()]
    rest = [text for text in plan.warnings if text not in heavy_texts(task, heavies)]
    return (*heavy_texts(task, single), *rest)


def _group_table(groups: pd.Series, load: pd.Series, labels: pd.Series | None = None) -> pd.DataFrame:
    """Return one row per group: lowest code, units, load, field zones."""
    table = pd.DataFrame({"group": groups, "load": load}).assign(zone="" if labels is None else labels)
    rows = table.dropna(subset="group").rename_axis("code").reset_index()
    return rows.groupby("group").agg(
        first=("code", "min"), units=("load", "size"), load=("load", "sum"), zones=("zone", "nunique")
    )


def _heavy(table: pd.DataFrame, most: float) -> pd.DataFrame:
    return table[table["load"] > most * (1 + _ROUNDING)]


def _of_sector(given: SplitInputs, digits: str, barriers: str) -> pd.Series:
    if not digits.isascii() or not digits.isdecimal():
        raise SchemaError(
            f"--sector {digits}: give the first digits of an industry in GB/T 4754, such as 26",
            f"--sector {digits}：应为国民经济行业分类（GB/T 4754）代码的前几位，如 26",
        )
    if given.sources is None or "industry" not in given.sources or not given.sources["industry"].notna().any():
        raise SchemaError(
            "--sector needs --workspace WS.gpkg whose list of sources has a column of industries (行业代码)",
            "--sector 需要工作区（--workspace WS.gpkg），且其中的污染源名单应有“行业代码”列",
        )
    borders: dict[str, Any] = {"barriers": given.basemap.barriers, "barrier_mode": barriers, "islands": "own_zone"}
    graph = build_graph(given.units, "minutes", **borders)
    return sector_groups(graph, given.sources["industry"], given.unit_of_source, [digits])


def _parks_note(groups: pd.Series, total: int, reached: Sequence[str]) -> Text:
    """Count the parks that hold units together, those within one unit, and those elsewhere."""
    joined = set(" + ".join(groups.dropna().unique()).split(" + "))
    kept = sum(name in joined for name in reached)
    units, away = int(groups.notna().sum()), total - len(reached)
    return Text(
        f"园区 {total} 个：{kept} 个涉及多个单元（共 {units} 个单元），{len(reached) - kept} 个在一个单元之内，"
        f"{away} 个不在范围内",
        f"parks in the layer: {total}; over several units: {kept} ({units} units in all); within one unit: "
        f"{len(reached) - kept}; outside the area: {away}",
    )


def _sector_note(groups: pd.Series, given: SplitInputs, digits: str) -> Text:
    assert given.sources is not None, "asked for before"
    texts = given.sources["industry"].astype("str").fillna("").str.strip()
    held = given.unit_of_source[texts.str.startswith(digits)].dropna()
    title = sector_title(digits)
    if held.empty:
        return Text(
            f"行业 {title.zh}：范围内没有该行业的污染源，此项不起作用",
            f"sector {title.en}: no source of the area has it, so it changes nothing",
        )
    return Text(
        f"行业 {title.zh}：{len(held)} 个污染源，分布在 {held.nunique()} 个单元；"
        f"其中相邻的 {groups.notna().sum()} 个单元合为 {groups.nunique()} 组",
        f"sector {title.en}: sources {len(held)}, in units {held.nunique()}; of these border another one "
        f"{groups.notna().sum()}, groups formed {groups.nunique()}",
    )


def _called(row: Any) -> Text:
    """Name a group by its parks and sectors, its lowest unit and its size."""
    parts = str(row.Index).split(" + ")
    sectors = sorted({part.partition(":")[0] for part in parts if _OF_SECTOR.match(part)})
    parks = [part for part in parts if not _OF_SECTOR.match(part)]
    zh = "、".join([*parks, *(["行业 " + "、".join(sectors)] if sectors else [])])
    en = ", ".join([*parks, *(["sector " + ", ".join(sectors)] if sectors else [])])
    return Text(f"{zh}（{row.first} 等 {row.units} 个单元）", f"{en} ({row.units} units from {row.first} on)")


def _heavy_note(row: Any, most: float, target: float) -> Text:
    name, share = _called(row), percent(row.load / target - 1)
    return Text(
        f"{name.zh}合并后工作量 {hours(row.load)} 小时，超过一个片区的上限 {hours(most)} 小时，"
        f"整组划入一个片区时偏差至少为 {share}；如可拆分，请使用 --together-as soft",
        f"{name.en} together take {hours(row.load)} h, more than the {hours(most)} h that a field zone may hold: kept "
        f"whole, the deviation is at least {share}; where the group may be parted, use --together-as soft",
    )


def _parted_note(parted: list[Text], count: int) -> Text:
    shown = "；".join(name.zh for name in parted[:_SHOWN]) + (" 等" if len(parted) > _SHOWN else "")
    shown_en = "; ".join(name.en for name in parted[:_SHOWN]) + (" …" if len(parted) > _SHOWN else "")
    return Text(
        f"{count} 组中有 {len(parted)} 组被分到不同片区：{shown}",
        f"{len(parted)} of {count} groups lie in several field zones: {shown_en}",
    )
