"""Draw a part of a workspace: sources of some areas, classes and flags, or a plan; as a page or as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geocensus.checks import RULES
from geocensus.maps import PlanDrawing, map_page, overview_png, plan_map, plan_png
from geocensus.model import Text
from geocensus.names import CODE
from geocensus.pipeline.draw import read_for_map
from geocensus.pipeline.draw_part import Part, full_title, limited, lines_near, notes_of, title_of
from geocensus.pipeline.split_texts import about_plan, headline, plan_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from geocensus.basemap import Basemap
    from geocensus.workspace import StoredPlan

__all__ = [
    "Part",
    "plan_drawing",
    "plan_page",
    "plan_picture",
    "sources_page",
    "sources_picture",
]

_ZONE: Final = "field_zone"


def sources_page(workspace: str | Path, part: Part, *, lang: str = "zh") -> str:
    """Return the map of a part's sources as one HTML text.

    Parameters
    ----------
    workspace : str or Path
        A workspace GeoPackage.
    part : Part
        What is drawn.
    lang : str
        "zh" or "en".

    Returns
    -------
    str
        HTML that needs no other file; heading and last section tell what it was limited to.

    Raises
    ------
    SchemaError
        No check has been written to the workspace, or the areas are not in its basemap.
    """
    read = limited(read_for_map(Path(workspace), part.sources), part)
    return map_page(
        read.basemap,
        read.sources,
        read.flags,
        title=full_title(read.basemap, part, len(read.sources), lang),
        summary=read.summary,
        lang=lang,
        public=part.public,
        causes=read.causes,
        repairs=read.repairs,
        rules={rule.code: rule.title for rule in RULES},
        notes=notes_of(part, len(read.sources)),
        part=part.codes is not None,
    )


def sources_picture(workspace: str | Path, part: Part, *, lang: str = "zh") -> Figure:
    """Return the map of a part's sources as a picture.

    Parameters
    ----------
    workspace : str or Path
        A workspace GeoPackage.
    part : Part
        What is drawn.
    lang : str
        "zh" or "en".

    Returns
    -------
    matplotlib.figure.Figure
        12 by 7.6 inches.

    Raises
    ------
    SchemaError
        No check has been written to the workspace, or the areas are not in its basemap.
    """
    read = limited(read_for_map(Path(workspace), part.sources), part)
    colon = Text("：", ": ").get(lang)
    notes = [f"{label.get(lang)}{colon}{value.get(lang)}" for label, value in notes_of(part, len(read.sources))]
    title = title_of(read.basemap, part).get(lang)
    return overview_png(read.basemap, read.sources, read.flags, lang=lang, title=title, notes=notes, public=part.public)


def plan_page(basemap: Basemap, plan: StoredPlan, part: Part, *, lang: str = "zh") -> str:
    """Return the map of a stored plan as one HTML text.

    Parameters
    ----------
    basemap : Basemap
        The workspace's.
    plan : StoredPlan
        As it lies in the workspace.
    part : Part
        Which areas; field zones that have none of their units there are left out.
    lang : str
        "zh" or "en".

    Returns
    -------
    str
        HTML that needs no other file.
    """
    return plan_map(plan_drawing(basemap, plan, part), lang=lang)


def plan_picture(basemap: Basemap, plan: StoredPlan, part: Part, *, lang: str = "zh") -> Figure:
    """Return the map of a stored plan as a picture.

    Parameters
    ----------
    basemap : Basemap
        The workspace's.
    plan : StoredPlan
        As it lies in the workspace.
    part : Part
        As for :func:`plan_page`.
    lang : str
        "zh" or "en".

    Returns
    -------
    matplotlib.figure.Figure
        12 by 7.6 inches.
    """
    return plan_png(plan_drawing(basemap, plan, part), lang=lang)


def plan_drawing(basemap: Basemap, plan: StoredPlan, part: Part) -> PlanDrawing:
    """Return what is drawn of a stored plan.

    Parameters
    ----------
    basemap : Basemap
        Gives the units' shapes; units that are no areas, such as cells, have none.
    plan : StoredPlan
        As it lies in the workspace.
    part : Part
        Which areas; in the public edition nobody is named.

    Returns
    -------
    PlanDrawing
        Whole field zones.
    """
    record, report = _plain(plan.record), plan.record.get("report", {})
    members, zones = plan.members, plan.field_zones
    if part.codes is not None:
        zones = zones[zones[_ZONE].isin(members.loc[members[CODE].isin(part.codes), _ZONE])]
        members = members[members[_ZONE].isin(zones[_ZONE])]
    if part.public:
        zones = zones.drop(columns=[name for name in ("owner", "phone") if name in zones])
    units = _units(basemap, members, str(record.get("level", "")))
    names = _names(basemap, record["within"])
    left = len(plan.field_zones) - len(zones)
    warnings = [*_stored_texts(report.get("warnings", ())), *part.said]
    if left:
        warnings.append(
            Text(
                f"本图显示 {len(zones)} / {len(plan.field_zones)} 个片区",
                f"{len(zones)} of {len(plan.field_zones)} field zones are shown",
            )
        )
    mix = None if plan.mix is None else plan.mix[plan.mix[_ZONE].isin(zones[_ZONE])]
    return PlanDrawing(
        title=_plan_title(plan.name, headline(basemap, names, len(plan.members), len(plan.field_zones))),
        field_zones=zones.reset_index(drop=True),
        units=units,
        report=report,
        tolerance=float(record["tolerance"]),
        barriers=lines_near(basemap.barriers, np.asarray(zones.geometry.array, dtype=object)),
        facts=plan_facts(report, str(record["level"])) if report.get("load") else [],
        about=about_plan(basemap, record),
        warnings=tuple(warnings),
        notice=basemap.info.notice,
        mix=mix,
    )


def _plan_title(name: str, text: Text) -> Text:
    return Text(f"{name} · {text.zh}", f"{name} · {text.en}")


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a plan with everything that its description reads."""
    inputs = (record.get("provenance") or {}).get("inputs") or {}
    within = record.get("within") or "[]"
    codes = json.loads(within) if isinstance(within, str) and within.startswith("[") else [str(within)]
    missing = {"tolerance": 0.05, "seed": "–", "created": "–", "level": ""}
    return {**missing, **record, "within": codes, "inputs": inputs}


def _names(basemap: Basemap, codes: list[str]) -> list[str]:
    named: dict[str, str] = {}
    for level in basemap.levels:
        layer = basemap.areas(level)
        named |= dict(zip(layer[CODE], layer["name"], strict=True))
    return [named.get(code) or code for code in codes]


def _units(basemap: Basemap, members: pd.DataFrame, level: str) -> gpd.GeoDataFrame:
    levels = [level] if level in basemap.levels else list(basemap.levels)
    shapes = pd.concat([basemap.areas(one).set_index(CODE).geometry for one in levels])
    shapes = shapes[~shapes.index.duplicated(keep="last")]
    geometry = shapes.reindex(members[CODE]).to_numpy()
    return gpd.GeoDataFrame(members.reset_index(drop=True), geometry=geometry, crs=basemap.areas(levels[0]).crs)


def _stored_texts(values: Any) -> list[Text]:
    """Return texts as a record keeps them: both languages, or one text for both."""
    return [
        Text(str(value.get("zh", "")), str(value.get("en", "")))
        if isinstance(value, dict)
        else Text(str(value), str(value))
        for value in values
    ]
