"""One self-contained map page on folium's skeleton."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geocensus.maps.assets import leaflet, own_script, own_style
from geocensus.maps.frame import Page, add_text, skeleton
from geocensus.maps.payload import MapInput, as_json, page_payload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geocensus.basemap import Basemap
    from geocensus.model import Text

__all__ = ["map_page"]


def map_page(  # noqa: PLR0913 - the tables of a check, one each
    basemap: Basemap,
    sources: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    title: str,
    summary: Mapping[str, Any],
    lang: str = "zh",
    public: bool = False,
    causes: pd.DataFrame | None = None,
    repairs: pd.DataFrame | None = None,
    rules: Mapping[str, Text] | None = None,
    notes: Sequence[tuple[Text, Text]] = (),
    part: bool = False,
) -> str:
    """Return a map of areas, sources and flags as one HTML text that needs no other file and no network.

    The same input gives the same text.

    Parameters
    ----------
    basemap : Basemap
        Areas by level and barriers, EPSG:4490.
    sources : pandas.DataFrame
        Exactly one row per row read: located, unlocated and excluded together. Needs source_id, state, lon, lat
        (CGCS2000 degrees, NaN where not usable); shows name, class, claimed_code, located_code, distance_m (metres),
        status, lon_text, lat_text and others where present.
    flags : pandas.DataFrame
        Columns source_id (empty for a group's flag), rule, severity, message_zh, message_en; may be empty. Where
        flag_state and outcome are there, closed ones are said to be so and get no ring.
    title : str
        Heading of the page.
    summary : Mapping
        The summary of a check. Used: rows, located, unlocated, excluded (compared with the table), crs, crs_assumed,
        outside_claimed, near_border, on_border and, where given, time (ISO 8601, of the data).
    lang : str, default "zh"
        "zh" or "en".
    public : bool, default False
        Count sources by village instead of drawing them: no ids, names, contacts or raw texts in the file.
    causes, repairs : pandas.DataFrame, optional
        Of a check; popups then tell why a location is wrong and what is proposed, and arrows lead there.
    rules : Mapping of str to Text, optional
        Titles of rules by code; by default those of :data:`geocensus.checks.RULES`.
    notes : sequence of (Text, Text)
        Lines that come first in the last section: label and value, such as what the map was limited to.
    part : bool, default False
        The basemap given is a part of a larger one: what lies outside is called so, and not unknown.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    SchemaError
        When a column is missing or rows of the summary are not in the table.
    DataNotFoundError
        When Leaflet's files are not installed.

    Examples
    --------
    >>> from geocensus.maps.testing import small_world
    >>> basemap, sources, flags = small_world()
    >>> page = map_page(basemap, sources, flags, title="示例", summary={"rows": len(sources)})
    >>> page.startswith("<!DOCTYPE html>"), "cdn" in page
    (True, False)
    """
    given = MapInput(
        basemap=basemap,
        sources=sources,
        flags=flags,
        title=title,
        summary=summary,
        lang=lang,
        public=public,
        causes=causes,
        repairs=repairs,
        rules=rules,
        notes=notes,
        part=part,
    )
    page = Page(title=title, lang=lang)
    folium_map = skeleton(_bounds(basemap))
    page.add_child(folium_map)
    script, style = leaflet()
    add_text(page.header, "mark", '<script>performance.mark("geocensus:start")</script>')
    add_text(page.header, "leaflet", f"<style>\n{style}\n</style>\n<script>\n{script}\n</script>")
    folium_map.render()  # type: ignore[no-untyped-call]
    add_text(page.header, "style", f"<style>\n{own_style()}\n</style>")
    add_text(
        page.html,
        "data",
        f'<script type="application/json" id="geocensus-data">{as_json(page_payload(given))}</script>',
    )
    add_text(page.script, "start", f"window.geocensusMap = {folium_map.get_name()};\n{own_script()}")
    return page.html_text()


def _bounds(basemap: Basemap) -> np.ndarray:
    geometry = np.asarray(basemap.areas(basemap.levels[0]).geometry.array, dtype=object)
    bounds = shapely.total_bounds(geometry)
    return bounds if np.isfinite(bounds).all() else np.array([73.0, 18.0, 135.0, 54.0])
