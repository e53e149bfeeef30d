"""What of a workspace a map shows: areas, rows and flags, and how that is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geocensus.basemap import Basemap
from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.names import CODE, PARENT_CODE, SOURCE_ID
from geocensus.pipeline.draw import ReadForMap

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

__all__ = ["Part", "full_title", "limited", "lines_near", "notes_of", "title_of"]

_SHOWN: Final = Text("本图显示", "Shown here")
_LIMITED: Final = Text("筛选", "Limited to")
_WHAT: Final = Text("污染源定位核查", "pollution source locations")


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


def limited(read: ReadForMap, part: Part) -> ReadForMap:
    """Leave only the rows, flags and areas of a part; of the summary what holds for any part of the list.

    Parameters
    ----------
    read : ReadForMap
        A workspace, as a map is drawn from it.
    part : Part
        What of it.

    Returns
    -------
    ReadForMap
        Its parts, each with rows in the order that it had.

    Raises
    ------
    SchemaError
        None of the areas is in the basemap.
    """
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
    return Basemap(basemap.info, layers, lines_near(basemap.barriers, shapes))


def lines_near(barriers: gpd.GeoDataFrame, shapes: np.ndarray) -> gpd.GeoDataFrame:
    """Cut barriers to the frame around some shapes.

    Parameters
    ----------
    barriers : GeoDataFrame
        Lines, EPSG:4490.
    shapes : numpy.ndarray
        Polygons, None where there is none.

    Returns
    -------
    GeoDataFrame
        Those within the frame; all where no shape has an extent.
    """
    bounds = shapely.total_bounds(shapes)
    if not len(barriers) or not np.isfinite(bounds).all():
        return barriers
    clipped = barriers.assign(geometry=shapely.intersection(barriers.geometry.array, shapely.box(*bounds)))
    lines = clipped.geometry.geom_type.isin(["LineString", "MultiLineString"]) & ~clipped.geometry.is_empty
    return clipped[lines].reset_index(drop=True)


def title_of(basemap: Basemap, part: Part, what: Text = _WHAT) -> Text:
    """Return a heading: the place and what the map shows.

    Parameters
    ----------
    basemap : Basemap
        Gives the place where the part names none.
    part : Part
        What is drawn.
    what : Text
        What the map shows.

    Returns
    -------
    Text
        One line.
    """
    return Text(
        f"{_place(part.places, '、', '等') or basemap.info.title.zh} · {what.zh}",
        f"{_place(part.places, ', ', ' …') or basemap.info.title.en} · {what.en}",
    )


def full_title(basemap: Basemap, part: Part, rows: int, lang: str, *, what: Text = _WHAT) -> str:
    """Return the heading of a page, with what it was limited to.

    Parameters
    ----------
    basemap : Basemap
        Gives the place where the part names none.
    part : Part
        What is drawn.
    rows : int
        How many rows of the list are drawn.
    lang : str
        "zh" or "en".
    what : Text
        What the map shows.

    Returns
    -------
    str
        One line.
    """
    notes = [value.get(lang) for _label, value in notes_of(part, rows)]
    opening, joint, closing = Text("（", " ("), Text("；", "; "), Text("）", ")")
    said = f"{opening.get(lang)}{joint.get(lang).join(notes)}{closing.get(lang)}" if notes else ""
    return title_of(basemap, part, what).get(lang) + said


def _place(names: tuple[str, ...], joint: str, more: str) -> str:
    return joint.join(names[:3]) + (more if len(names) > 3 else "")  # noqa: PLR2004 - a heading has room for three


def notes_of(part: Part, rows: int) -> list[tuple[Text, Text]]:
    """Say what a map was limited to, and how many rows that leaves of how many.

    Parameters
    ----------
    part : Part
        What is drawn.
    rows : int
        How many rows of the list are drawn.

    Returns
    -------
    list of (Text, Text)
        Label and value.
    """
    notes = []
    if part.said:
        said = Text("；".join(text.zh for text in part.said), "; ".join(text.en for text in part.said))
        notes.append((_LIMITED, said))
    if part.rows is not None and (part.said or part.rows != rows):
        notes.append((_SHOWN, Text(f"{rows:,} / {part.rows:,} 行", f"{rows:,} of {part.rows:,} rows")))
    return notes
