"""Draw the census zones that were cut, with the sources that lie in each; as a page or as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.collections import PathCollection

from geocensus.basemap import Basemap
from geocensus.checks import RULES
from geocensus.errors import SchemaError
from geocensus.maps import map_page, overview_png
from geocensus.maps.canvas import outlines
from geocensus.model import Text
from geocensus.names import CODE, NAME, PARENT_CODE, SOURCE_ID
from geocensus.pipeline.draw import ReadForMap, read_for_map
from geocensus.pipeline.draw_part import Part, full_title, limited, notes_of, title_of
from geocensus.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.figure import Figure

    from geocensus.workspace import StoredZones

__all__ = ["census_zones_page", "census_zones_picture"]

_ZONE: Final = "zone"  # the level of census zones in a basemap
_CUT: Final = Text("小区编制", "Cut")
_LINE: Final[dict[str, Any]] = {"facecolors": "none", "edgecolors": "#8c6d46", "linewidths": 0.7, "zorder": 2.75}


def census_zones_page(workspace: str | Path, part: Part, *, lang: str = "zh") -> str:
    """Return the map of a workspace's census zones as one HTML text.

    Parameters
    ----------
    workspace : str or Path
        A workspace GeoPackage in which census zones were cut.
    part : Part
        Which areas, rows and flags.
    lang : str
        "zh" or "en".

    Returns
    -------
    str
        HTML that needs no other file; a source is told under its zone's code.

    Raises
    ------
    SchemaError
        No census zones were cut, or none of the areas is in the basemap.
    """
    read, zones = _read(Path(workspace), part)
    return map_page(
        read.basemap,
        read.sources,
        read.flags,
        title=full_title(read.basemap, part, len(read.sources), lang, what=_what(read.basemap)),
        summary=read.summary,
        lang=lang,
        causes=read.causes,
        repairs=read.repairs,
        rules={rule.code: rule.title for rule in RULES},
        notes=[*notes_of(part, len(read.sources)), (_CUT, _cut_from(zones))],
        part=part.codes is not None,
    )


def census_zones_picture(workspace: str | Path, part: Part, *, lang: str = "zh") -> Figure:
    """Return the map of a workspace's census zones as a picture.

    Parameters
    ----------
    workspace : str or Path
        A workspace GeoPackage in which census zones were cut.
    part : Part
        Which areas, rows and flags.
    lang : str
        "zh" or "en".

    Returns
    -------
    matplotlib.figure.Figure
        12 by 7.6 inches.

    Raises
    ------
    SchemaError
        No census zones were cut, or none of the areas is in the basemap.
    """
    read, zones = _read(Path(workspace), part)
    colon = Text("：", ": ").get(lang)
    notes = [(_CUT, _cut_from(zones)), *notes_of(part, len(read.sources))]
    title = title_of(read.basemap, part, _what(read.basemap)).get(lang)
    said = [f"{label.get(lang)}{colon}{value.get(lang)}" for label, value in notes]
    figure = overview_png(read.basemap, read.sources, read.flags, lang=lang, title=title, notes=said)
    shapes = np.asarray(read.basemap.areas(_ZONE).geometry.array, dtype=object)
    figure.axes[0].add_collection(PathCollection(outlines(shapes), **_LINE))  # the basemap's own lines are faint
    return figure


def _read(path: Path, part: Part) -> tuple[ReadForMap, StoredZones]:
    """Read a part of a workspace, its census zones in the place of the basemap's."""
    zones = Workspace(path).read_census_zones()
    if zones is None:
        raise SchemaError(
            "no census zones were cut: run geocensus split --as zones",
            "尚未编制普查小区：请运行 geocensus split --as zones",
        )
    read = limited(read_for_map(path, part.sources), part)
    sources, attrs = read.sources, read.sources.attrs
    code = sources[SOURCE_ID].map(zones.members.set_index(SOURCE_ID)[CODE])
    name = code.map(zones.zones.set_index(CODE)[NAME])
    told = code.where(sources["state"] == "located")
    sources = sources.assign(
        located_code=told.fillna(sources["located_code"]) if "located_code" in sources else told,
        code_zone=told,
        name_zone=name.where(told.notna()),
    )
    sources.attrs = attrs
    return read._replace(sources=sources, basemap=_with_zones(read.basemap, zones.zones)), zones


def _with_zones(basemap: Basemap, zones: gpd.GeoDataFrame) -> Basemap:
    """Return a basemap whose finest level is the zones within its areas."""
    layers = {level: basemap.areas(level) for level in basemap.levels if level != _ZONE}
    parents = layers[list(layers)[-1]][CODE] if layers else zones[PARENT_CODE]
    kept = zones[zones[PARENT_CODE].isin(parents)][[CODE, NAME, PARENT_CODE, "geometry"]].reset_index(drop=True)
    if kept.empty:
        raise SchemaError("there are no census zones in these areas", "所给区划内没有已编制的普查小区")
    return Basemap(basemap.info, {**layers, _ZONE: kept}, basemap.barriers)


def _what(basemap: Basemap) -> Text:
    number = len(basemap.areas(_ZONE))
    return Text(f"普查小区 {number:,} 个", f"{number:,} census zones")


def _cut_from(zones: StoredZones) -> Text:
    date, most = zones.record.get("date", "–"), zones.record.get("most", "–")
    return Text(f"{date}，每小区最多 {most} 个污染源", f"on {date}, at most {most} sources in a zone")
