"""What stands around the map in the picture: legend, row sum, scale bar, north arrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import withStroke
from pyproj import Geod

from geocensus.maps.public_picture import VILLAGE_FILL
from geocensus.maps.rows import class_positions, drawable, worst_severity
from geocensus.maps.style import BARRIER_COLOURS, CLASSES, SEVERITIES
from geocensus.maps.texts import PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

    from geocensus.basemap import Basemap
    from geocensus.model import RowSum

__all__ = ["draw_legend", "nice_length", "north_arrow", "scale_bar"]

_INK: Final = "#1f2933"
_MUTED: Final = "#5c6975"
_GEOD: Final = Geod(ellps="GRS80")
_ROW, _LEAST_ROW = 0.0405, 0.029  # heights of lines of the legend, shares of the panel
_HEAD: Final = 0.058
_FOOT_ROW: Final = 0.0275
_MOST_FLAG_ROWS: Final = 5  # three severities, the lines, what lies beyond the frame
_BARRIERS: Final = {
    "river": ("河流", "River"),
    "railway": ("铁路", "Railway"),
    "road": ("公路", "Road"),
    "motorway": ("高速公路", "Motorway"),
    "other": ("其他界线", "Other barrier"),
}


def nice_length(metres: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not longer.

    Parameters
    ----------
    metres : float
        Greater than 0.

    Returns
    -------
    float
        Metres.

    Examples
    --------
    >>> nice_length(7400)
    5000.0
    """
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres))


def scale_bar(axes: Axes, font: FontProperties) -> None:
    """Draw a scale bar at the lower right, true at the latitude it stands on.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    font : matplotlib.font_manager.FontProperties
        The font of all texts.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    y = south + (north - south) * 0.03
    _, _, width_m = _GEOD.inv(west, y, east, y)
    length = nice_length(width_m * 0.2)
    right = east - (east - west) * 0.03
    left = right - (east - west) * length / width_m
    height = (north - south) * 0.008
    for part, colour in ((0, _INK), (1, "white")):
        start = left + (right - left) / 2 * part
        axes.add_patch(
            Rectangle((start, y), (right - left) / 2, height, facecolor=colour, edgecolor=_INK, lw=0.8, zorder=9)
        )
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"  # noqa: PLR2004 - a kilometre
    axes.text(
        right, y + height * 1.7, text, ha="right", va="bottom", fontproperties=font, fontsize=9, color=_INK, zorder=9
    )


def north_arrow(axes: Axes, font: FontProperties, lang: str) -> None:
    """Draw a north arrow at the upper right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    font : matplotlib.font_manager.FontProperties
        The font of all texts.
    lang : str
        "zh" or "en".
    """
    x, y, half, tall = 0.965, 0.905, 0.011, 0.055
    left, right = [(x, y + tall), (x - half, y), (x, y + 0.012)], [(x, y + tall), (x + half, y), (x, y + 0.012)]
    for corners, colour in ((left, _INK), (right, "white")):
        axes.add_patch(Polygon(corners, facecolor=colour, edgecolor=_INK, lw=0.8, transform=axes.transAxes, zorder=9))
    axes.text(
        x, y - 0.006, "北" if lang == "zh" else "N", transform=axes.transAxes, ha="center", va="top",
        fontproperties=font, fontsize=10, color=_INK, zorder=9,
    )  # fmt: skip


def draw_legend(  # noqa: PLR0913 - everything the legend speaks of
    axes: Axes,
    basemap: Basemap,
    sources: pd.DataFrame,
    flags: pd.DataFrame,
    rows: RowSum,
    *,
    lang: str,
    font: FontProperties,
    heading: str,
    frame: tuple[tuple[float, float], tuple[float, float]],
    notes: Sequence[str] = (),
    counted: tuple[int, int] | None = None,
) -> None:
    """Fill the side panel: heading, row sum, classes, severities, lines and notice, from top to bottom.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    basemap : Basemap
        For barriers and the notice.
    sources : pandas.DataFrame
        One row per row read.
    flags : pandas.DataFrame
        The flags.
    rows : RowSum
        The counts of rows.
    lang : str
        "zh" or "en".
    font : matplotlib.font_manager.FontProperties
        The font of all texts.
    heading : str
        The first line.
    frame : tuple
        West and east, south and north of the map, degrees; sources beyond are counted.
    notes : sequence of str
        Lines below the heading.
    counted : tuple of int, optional
        Of the public edition: sources of the village with the most, and those in none; then nothing about flags.
    """
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    column = _Column(axes, font)
    lines = _wrapped(heading, 12 if _is_chinese(heading) else 24)
    for line in lines:
        column.text(line, size=16.5 if len(lines) == 1 else 14.5, weight=True, gap=0.045)
    for note in (line for text in notes for line in _wrapped(text, 21 if _is_chinese(text) else 40)):
        column.text(note, size=9.8, colour=_MUTED, gap=0.029)
    column.y -= 0.017
    _write_row_sum(column, rows, lang)
    shown = drawable(sources)
    counts = np.bincount(class_positions(sources)[shown], minlength=len(CLASSES))
    barriers = [kind for kind in _BARRIERS if (basemap.barriers["kind"] == kind).any()]
    foot = _foot(basemap, lang, before="" if counted is None else PAGE["public"].get(lang))
    column.fit(int((counts > 0).sum()) + _MOST_FLAG_ROWS + len(barriers), above=0.01 + _FOOT_ROW * len(foot))
    column.head(PAGE["sources"].get(lang))
    for style, count in zip(CLASSES, counts, strict=True):
        if count:
            column.symbol(style.marker, style.colour, style.name.get(lang), f"{count:,}")
    if counted is None:
        _write_flags(column, sources, flags, frame, lang)
    else:
        _write_villages(column, counted, lang)
    for kind in barriers:
        column.line(BARRIER_COLOURS[kind], 2.2, _BARRIERS[kind][0 if lang == "zh" else 1], "")
    column.axes.text(
        0.02, 0.005, "\n".join(foot), va="bottom", fontproperties=font, fontsize=9.2, color=_MUTED, linespacing=1.5
    )


def _write_villages(column: _Column, counted: tuple[int, int], lang: str) -> None:
    column.head(PAGE["public_symbols"].get(lang))
    column.symbol("o", VILLAGE_FILL, PAGE["most"].get(lang), f"{counted[0]:,}")
    if counted[1]:
        column.note(PAGE["beyond_map"].get(lang), f"{counted[1]:,}")


def _write_flags(
    column: _Column,
    sources: pd.DataFrame,
    flags: pd.DataFrame,
    frame: tuple[tuple[float, float], tuple[float, float]],
    lang: str,
) -> None:
    shown, worst = drawable(sources), worst_severity(sources, flags)
    column.head(PAGE["severity"].get(lang))
    for position, ring in enumerate(SEVERITIES):
        if number := int((shown & (worst == position)).sum()):
            column.ring(ring.colour, ring.width, ring.dash, ring.name.get(lang), f"{number:,}")
    column.line("#B24A00", 1.2, PAGE["lines"].get(lang), "", dash=(4, 2))
    (west, east), (south, north) = frame
    lon, lat = sources["lon"].to_numpy(float), sources["lat"].to_numpy(float)
    beyond = shown & ~((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    if beyond.any():
        column.note(PAGE["beyond_frame"].get(lang), f"{int(beyond.sum()):,}")


class _Column:
    """Writes lines of a legend downwards; heights are shares of the panel."""

    def __init__(self, axes: Axes, font: FontProperties) -> None:
        self.axes, self.font, self.y = axes, font, 0.965
        self.row = _ROW

    def fit(self, rows: int, *, above: float) -> None:
        """Set rows closer where that many, with two headings, would not end above a height."""
        self.row = min(_ROW, max(_LEAST_ROW, (self.y - above - 2 * _HEAD) / rows))

    def text(self, text: str, *, size: float, weight: bool = False, colour: str = _INK, gap: float = 0.034) -> None:
        # Many Chinese fonts have one weight only: bold is a thin outline in the same colour.
        self.axes.text(
            0.02, self.y, text, va="center", fontproperties=self.font, fontsize=size, color=colour,
            path_effects=[withStroke(linewidth=0.5, foreground=colour)] if weight else None,
        )  # fmt: skip
        self.y -= gap

    def head(self, text: str) -> None:
        self.y -= 0.016
        self.text(text, size=11.5, weight=True, gap=0.042)

    def symbol(self, marker: str, colour: str, label: str, value: str) -> None:
        self.axes.scatter([0.06], [self.y], s=64, marker=marker, c=colour, edgecolors="white", linewidths=0.5)
        self._row(label, value)

    def ring(self, colour: str, width: float, dash: tuple[int, ...], label: str, value: str) -> None:
        style: Any = (0, tuple(d * 0.6 for d in dash)) if dash else "solid"
        self.axes.scatter(
            [0.06], [self.y], s=100, facecolors="none", edgecolors=colour, linewidths=width * 0.7, linestyles=style
        )
        self._row(label, value)

    def line(self, colour: str, width: float, label: str, value: str, dash: tuple[int, ...] = ()) -> None:
        style: Any = (0, dash) if dash else "solid"
        self.axes.plot([0.02, 0.1], [self.y, self.y], color=colour, lw=width, ls=style)
        self._row(label, value)

    def note(self, label: str, value: str) -> None:
        self._row(label, value)

    def _row(self, label: str, value: str) -> None:
        style: dict[str, Any] = {"va": "center", "fontproperties": self.font, "fontsize": 11}
        self.axes.text(0.14, self.y, label, color=_INK, **style)
        self.axes.text(0.98, self.y, value, color=_MUTED, ha="right", **style)
        self.y -= self.row


def _write_row_sum(column: _Column, rows: RowSum, lang: str) -> None:
    parts = [("read", rows.rows), ("located", rows.located), ("unlocated", rows.unlocated), ("excluded", rows.excluded)]
    for position, ((key, number), sign) in enumerate(zip(parts, ("", "=", "+", "+"), strict=True)):
        x = 0.12 + position * 0.255
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontproperties": column.font}
        column.axes.text(x, column.y, f"{number:,}", fontsize=13.5, color=_INK, **style)
        column.axes.text(x, column.y - 0.031, PAGE[key].get(lang), fontsize=9.8, color=_MUTED, **style)
        column.axes.text(x - 0.1275, column.y, sign, fontsize=11, color=_MUTED, **style)
    column.y -= 0.07
    column.axes.plot([0.02, 0.98], [column.y + 0.012] * 2, color="#d9dee3", lw=1)


def _foot(basemap: Basemap, lang: str, *, before: str) -> list[str]:
    info = basemap.info
    lines = [PAGE["crs"].get(lang) + ": CGCS2000"]
    if info.code_year:
        lines.append(f"{PAGE['code_year'].get(lang)}: {info.code_year}")
    width = 21 if lang == "zh" else 40
    return _wrapped(before, width) + _wrapped(info.notice_in(lang), width) + lines


def _is_chinese(text: str) -> bool:
    return any("\u2e80" <= character <= "\uffef" for character in text)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text: between words, or after any character where it has no spaces (Chinese)."""
    lines, line = [], ""
    for word in text.split(" ") if " " in text else list(text):
        joint = " " if line and " " in text else ""
        if line and len(line) + len(joint) + len(word) > width and word not in "，。、；：）":
            lines.append(line)
            line = word
        else:
            line += joint + word
    return [*lines, line] if line else lines
