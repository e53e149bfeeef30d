"""One self-contained map page on folium's skeleton."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import folium
import numpy as np
import shapely
from branca.element import Element, Figure
from jinja2 import Template

from geocensus.maps.assets import leaflet, own_script, own_style
from geocensus.maps.payload import MapInput, as_json, page_payload

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geocensus.basemap import Basemap
    from geocensus.model import Text

__all__ = ["map_page"]

# Whatever a page holds, the browser is told to fetch nothing.
_POLICY: Final = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


class _Raw(Element):
    """A text put into the page as it is: branca would run it through Jinja again, names of sources included."""

    def __init__(self, text: str, *, name: str) -> None:
        super().__init__()
        self._name, self._id = "raw", name
        self._text = text

    def render(self, **_kwargs: Any) -> str:
        return self._text


class _Page(Figure):
    """The frame of the page: folium's, with language, title and policy."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.lang }}">\n'
        "<head>\n"
        '<meta http-equiv="content-type" content="text/html; charset=UTF-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy }}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        "<title>{{ this.title }}</title>\n"
        "{{ this.header.render(**kwargs) }}\n"
        "</head>\n"
        "<body>\n"
        "{{ this.html.render(**kwargs) }}\n"
        "<script>\n"
        "{{ this.script.render(**kwargs) }}\n"
        "</script>\n"
        "</body>\n"
        "</html>\n",
    )

    def __init__(self, *, title: str, lang: str) -> None:
        super().__init__(title=escape(title))
        self._id = "page"
        self.lang = "zh-CN" if lang == "zh" else "en"
        self.policy = _POLICY


def map_page(
    basemap: Basemap,
    sources: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    title: str,
    summary: Mapping[str, Any],
    lang: str = "zh",
    public: bool = False,
    rules: Mapping[str, Text] | None = None,
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
        Columns source_id (empty for a group's flag), rule, severity, message_zh, message_en; may be empty.
    title : str
        Heading of the page.
    summary : Mapping
        The summary of a check. Used: rows, located, unlocated, excluded (compared with the table), crs, crs_assumed,
        outside_claimed, near_border, on_border and, where given, time (ISO 8601, of the data).
    lang : str, default "zh"
        "zh" or "en".
    public : bool, default False
        Count sources by village instead of drawing them: no ids, names, contacts or raw texts in the file.
    rules : Mapping of str to Text, optional
        Titles of rules by code; by default those of :data:`geocensus.checks.RULES`.

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
        rules=rules,
    )
    page = _Page(title=title, lang=lang)
    folium_map = _skeleton(_bounds(basemap))
    page.add_child(folium_map)
    script, style = leaflet()
    _add(page.header, "mark", '<script>performance.mark("geocensus:start")</script>')
    _add(page.header, "leaflet", f"<style>\n{style}\n</style>\n<script>\n{script}\n</script>")
    folium_map.render()  # type: ignore[no-untyped-call]
    _add(page.header, "style", f"<style>\n{own_style()}\n</style>")
    _add(
        page.html,
        "data",
        f'<script type="application/json" id="geocensus-data">{as_json(page_payload(given))}</script>',
    )
    _add(page.script, "start", f"window.geocensusMap = {folium_map.get_name()};\n{own_script()}")
    return page._template.render(this=page, kwargs={})  # noqa: SLF001 - render() would render the map twice


def _add(parent: Element, name: str, text: str) -> None:
    parent.add_child(_Raw(text, name=name), name=name)


def _bounds(basemap: Basemap) -> np.ndarray:
    geometry = np.asarray(basemap.areas(basemap.levels[0]).geometry.array, dtype=object)
    bounds = shapely.total_bounds(geometry)
    return bounds if np.isfinite(bounds).all() else np.array([73.0, 18.0, 135.0, 54.0])


def _skeleton(bounds: np.ndarray) -> folium.Map:
    """Return folium's map without tiles, scripts from elsewhere or random names."""
    west, south, east, north = bounds.tolist()
    folium_map = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        control_scale=False,
        attribution_control=False,
        fade_animation=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
        min_zoom=2,
        max_zoom=19,
    )
    folium_map._id = "geocensus"  # noqa: SLF001 - random otherwise, and the same input must give the same page
    folium_map.default_js, folium_map.default_css = [], []
    return folium_map
