"""Draw a part of a workspace: sources of some areas, classes and flags, or a plan; as a page or as a picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap import Basemap
from geocensus.checks import RULES
from geocensus.errors import SchemaError
from geocensus.maps import PlanDrawing, map_page, overview_png, plan_map, plan_png
from geocensus.model import Text
from geocensus.names import CODE, PARENT_CODE, SOURCE_ID
from geocensus.pipeline.draw import ReadForMap, read_for_map
from geocensus.pipeline.split_texts import about_plan, headline, plan_facts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from matplotlib.figure import Figure

    from geocensus.workspace import StoredPlan

__all__ = ["Part", "plan_drawing", "plan_page", "plan_picture", "sources_page", "sources_picture"]

_ZONE: Final = "field_zone"
_SHOWN: Final = Text("本图显示", "Shown here")
_LIMITED: Final = Text("筛选", "Limited to")


@dataclass(frozen=True, kw_only=True)
class Part:
    """What of a workspace is drawn.

    Attributes
    ----------
    codes : frozenset of str, optional
        Areas that are drawn, each of them listed; all by default.
    sources : frozenset of str, optional
        Ids of rows, in whatever state; all by default.
    flags : frozenset of str, optional
        Ids of flags; all by default.
    rows : int, optional
        How many rows there would be without the limits that ``said`` tells of.
    said : tuple of Text
        The limits in words, such as "class: industrial".
    places : tuple of str
        Names of the areas chosen, for the heading.
    public : bool
        Nothing about single sources, flags, or people.
    """

    codes: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    flags: frozenset[str] | None = None
    rows: int | None = None
    said: tuple[Text, ...] = ()
    places: tuple[str, ...] = ()
    public: bool = False


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
    read = _limited(read_for_map(Path(workspace), part.sources), part)
    return map_page(
        read.basemap,
        read.sources,
        read.flags,
        title=_full_title(read.basemap, part, len(read.sources), lang),
        summary=read.summary,
        lang=lang,
        public=part.public,
        causes=read.causes,
        repairs=read.repairs,
        rules={rule.code: rule.title for rule in RULES},
        notes=_notes(part, len(read.sources)),
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
    read = _limited(read_for_map(Path(workspace), part.sources), part)
    colon = Text("：", ": ").get(lang)
    notes = [f"{label.get(lang)}{colon}{value.get(lang)}" for label, value in _notes(part, len(read.sources))]
    title = _title(read.basemap, part).get(lang)
    return overview_png(read.basemap, read.sources, read.flags, lang=lang, title=title, notes=notes, public=part.public)


def _limited(read: ReadForMap, part: Part) -> ReadForMap:
    """Leave only the rows, flags and areas of a part; of the summary what holds for any part of the list."""
    sources, flags = read.sources, read.flags
    if part.flags is not None:
        flags = flags[flags["flag_id"].isin(part.flags)]
    if part.sources is None and part.codes is None:
        return read._replace(flags=flags.reset_index(drop=True))
    attrs = sources.attrs
    if part.sources is not None:
        sources = sources[sources[SOURCE_ID].isin(part.sources)].reset_index(drop=True)
        sources.attrs = attrs
    ids = set(sources[SOURCE_ID])
    flags, causes, repairs = (table[table[SOURCE_ID].isin(ids)] for table in (flags, read.causes, read.repairs))
    kept: dict[str, Any] = {key: read.summary[key] for key in ("crs", "crs_assumed", "time") if key in read.summary}
    return ReadForMap(
        _cut(read.basemap, part.codes),
        sources,
        flags.reset_index(drop=True),
        causes.reset_index(drop=True),
        repairs.reset_index(drop=True),
        kept,
    )


def _cut(basemap: Basemap, codes: Collection[str] | None) -> Basemap:
    """Return the basemap with some areas only, and with the barriers that touch them."""
    if codes is None:
        return basemap
    layers: dict[str, gpd.GeoDataFrame] = {}
    known: set[str] = set()
    for level in basemap.levels:
        layer = basemap.areas(level)
        layer = layer[layer[CODE].isin(codes)].reset_index(drop=True)
        if len(layer):  # whose parent is not drawn stands at the top
            layers[level] = layer.assign(**{PARENT_CODE: layer[PARENT_CODE].where(layer[PARENT_CODE].isin(known), "")})
            known |= set(layer[CODE])
    if not layers:
        raise SchemaError("none of the areas is in the basemap", "底图中没有所给区划")
    shapes = np.concatenate([np.asarray(layer.geometry.array, dtype=object) for layer in layers.values()])
    return Basemap(basemap.info, layers, _near(basemap.barriers, shapes))


def _near(barriers: gpd.GeoDataFrame, shapes: np.ndarray) -> gpd.GeoDataFrame:
    """Cut barriers to the frame around some shapes."""
    bounds = shapely.total_bounds(shapes)
    if not len(barriers) or not np.isfinite(bounds).all():
        return barriers
    clipped = barriers.assign(geometry=shapely.intersection(barriers.geometry.array, shapely.box(*bounds)))
    lines = clipped.geometry.geom_type.isin(["LineString", "MultiLineString"]) & ~clipped.geometry.is_empty
    return clipped[lines].reset_index(drop=True)


def _title(basemap: Basemap, part: Part) -> Text:
    what = Text("污染源定位核查", "pollution source locations")
    return Text(
        f"{_place(part.places, '、', '等') or basemap.info.title.zh} · {what.zh}",
        f"{_place(part.places, ', ', ' …') or basemap.info.title.en} · {what.en}",
    )


def _full_title(basemap: Basemap, part: Part, rows: int, lang: str) -> str:
    """Return the heading of a page, with what it was limited to."""
    notes = [value.get(lang) for _label, value in _notes(part, rows)]
    opening, joint, closing = Text("（", " ("), Text("；", "; "), Text("）", ")")
    said = f"{opening.get(lang)}{joint.get(lang).join(notes)}{closing.get(lang)}" if notes else ""
    return _title(basemap, part).get(lang) + said


def _place(names: tuple[str, ...], joint: str, more: str) -> str:
    return joint.join(names[:3]) + (more if len(names) > 3 else "")  # noqa: PLR2004 - a heading has room for three


def _notes(part: Part, rows: int) -> list[tuple[Text, Text]]:
    """Say what a map was limited to, and how many rows that leaves of how many."""
    notes = []
    if part.said:
        said = Text("；".join(text.zh for text in part.said), "; ".join(text.en for text in part.said))
        notes.append((_LIMITED, said))
    if part.rows is not None and (part.said or part.rows != rows):
        notes.append((_SHOWN, Text(f"{rows:,} / {part.rows:,} 行", f"{rows:,} of {part.rows:,} rows")))
    return notes


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
        barriers=_near(basemap.barriers, np.asarray(zones.geometry.array, dtype=object)),
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
