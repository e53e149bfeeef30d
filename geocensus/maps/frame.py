"""The frame that pages share: folium's skeleton without anything from elsewhere, and texts put in as they are."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Element, Figure
from jinja2 import Template

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Page", "add_text", "skeleton"]

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


class Page(Figure):
    """The frame of the page: folium's, with language, title and policy.

    Parameters
    ----------
    title : str
        Of the window.
    lang : str
        "zh" or "en".
    """

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

    def html_text(self) -> str:
        """Return the page, once its map is rendered.

        Returns
        -------
        str
            HTML; ``render()`` would render the map a second time.
        """
        return self._template.render(this=self, kwargs={})


def add_text(parent: Element, name: str, text: str) -> None:
    """Put a text into a part of the page, as it is.

    Parameters
    ----------
    parent : branca.element.Element
        Header, body or script of the page.
    name : str
        Unique within the part.
    text : str
        HTML or script.
    """
    parent.add_child(_Raw(text, name=name), name=name)


def skeleton(bounds: np.ndarray) -> folium.Map:
    """Return folium's map without tiles, scripts from elsewhere or random names.

    Parameters
    ----------
    bounds : ndarray
        West, south, east, north in degrees.

    Returns
    -------
    folium.Map
        To be added to a :class:`Page`.
    """
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
