"""A plan as one picture: field zones in colour, and a table of their loads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from geocensus.maps.areas import label_places
from geocensus.maps.canvas import DPI, SIZE_INCHES, outlines, plain_texts, set_frame
from geocensus.maps.fonts import families
from geocensus.maps.furniture import north_arrow, scale_bar
from geocensus.maps.plan_data import (
    PLAN_TEXTS,
    ZONE_COLOURS,
    PlanDrawing,
    ZoneTable,
    hours,
    outcome,
    park_shapes,
    percent,
    supervisor_shapes,
    zone_table,
    zone_tints,
)
from geocensus.maps.style import BARRIER_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plan_png"]

_INK, _MUTED, _BEYOND = "#1f2933", "#5c6975", "#B24A00"
_SUPERVISOR_LINE: Final = "#6a2d82"
_PARK_LINE: Final = "#B24A00"
_ROW: Final = 0.036  # height of a line of the table, share of the side panel
_FOOT_ROW: Final = 0.026
_MOST_ROWS: Final = 18
_MOST_NAMES: Final = 60
_HEADING: Final = 31
_WIDTH: Final = 46  # half-width characters that a line of the side panel holds
_TOKENS: Final = re.compile(r"\s+|[\u2e80-\uffef][，。、；：）]*|[^\s\u2e80-\uffef]+[，。、；：）]*")


def plan_png(plan: PlanDrawing, *, lang: str = "zh") -> Figure:
    """Draw field zones, units, barriers, and a table of loads and deviations.

    The same input gives the same picture.

    Parameters
    ----------
    plan : PlanDrawing
        Field zones, units and report.
    lang : str, default "zh"
        "zh" or "en".

    Returns
    -------
    matplotlib.figure.Figure
        12 by 7.6 inches; save it with :func:`geocensus.maps.save_picture`.

    Raises
    ------
    DataNotFoundError
        When names are Chinese and no font with Chinese characters is installed.

    Examples
    --------
    >>> from geocensus.maps.testing_plan import small_plan
    >>> len(plan_png(small_plan()).axes)
    2
    """
    table = zone_table(plan)
    colours = np.array(ZONE_COLOURS)[zone_tints(table.zone_shapes)]
    texts = [plan.title.get(lang), "图例" if lang == "zh" else "", *table.zones["name"], *table.zones["owner"]]
    font = FontProperties(family=families(texts))
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.012, 0.02, 0.656, 0.96))
    side = figure.add_axes((0.682, 0.02, 0.31, 0.96))
    set_frame(axes, shapely.total_bounds(table.zone_shapes))
    _draw(axes, plan, table, colours)
    _draw_names(axes, table, font, lang)
    scale_bar(axes, font)
    north_arrow(axes, font, lang)
    _write_side(side, plan, table, colours, font=font, lang=lang)
    return plain_texts(figure)


def _draw(axes: Axes, plan: PlanDrawing, table: ZoneTable, colours: np.ndarray) -> None:
    zones = outlines(table.zone_shapes)
    axes.add_collection(PathCollection(zones, facecolors=list(colours), edgecolors="none", zorder=1))
    thin: dict[str, Any] = {"facecolors": "none", "edgecolors": "#7d8892", "linewidths": 0.5}
    axes.add_collection(PathCollection(outlines(table.unit_shapes), zorder=2, **thin))
    if plan.barriers is not None:
        for kind, part in plan.barriers.groupby("kind", sort=True):
            lines = shapely.get_parts(np.asarray(part.geometry.array, dtype=object))
            colour = BARRIER_COLOURS.get(str(kind), BARRIER_COLOURS["other"])
            paths = [shapely.get_coordinates(line) for line in lines]
            axes.add_collection(LineCollection(paths, colors=colour, linewidths=1.8, zorder=3, capstyle="round"))
    thick: dict[str, Any] = {"facecolors": "none", "edgecolors": "#2b3947", "linewidths": 1.9}
    axes.add_collection(PathCollection(zones, zorder=4, **thick))
    dashed: dict[str, Any] = {"facecolors": "none", "edgecolors": _PARK_LINE, "linewidths": 1.3, "linestyles": "--"}
    axes.add_collection(PathCollection(outlines(park_shapes(plan)), zorder=6, **dashed))
    _, areas = supervisor_shapes(table)
    if len(areas):
        around = outlines(areas)
        for colour, width in (("white", 5.2), (_SUPERVISOR_LINE, 3.2)):
            line: dict[str, Any] = {"facecolors": "none", "edgecolors": colour, "linewidths": width}
            axes.add_collection(PathCollection(around, zorder=5, **line))


def _draw_names(axes: Axes, table: ZoneTable, font: FontProperties, lang: str) -> None:
    if len(table.zones) > _MOST_NAMES:
        return
    x, y = label_places(table.zone_shapes)
    halo = [withStroke(linewidth=2.6, foreground="white", alpha=0.85)]
    for at_x, at_y, name, load in zip(x, y, table.zones["name"], table.zones["load"], strict=True):
        if np.isfinite(at_x):
            text = f"{name}\n{PLAN_TEXTS['hours'].get(lang).replace('{n}', hours(load))}"
            axes.text(
                at_x, at_y, text, ha="center", va="center", fontsize=11, fontproperties=font, color=_INK,
                path_effects=halo, zorder=8, linespacing=1.3,
            )  # fmt: skip


def _write_side(
    axes: Axes, plan: PlanDrawing, table: ZoneTable, colours: np.ndarray, *, font: FontProperties, lang: str
) -> None:
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    y = 0.965
    for line in _heading(plan.title.get(lang)):
        _say(axes, 0.02, y, line, font, size=15, bold=True)
        y -= 0.045
    for sentence, colour in zip(outcome(plan), (_INK, _MUTED), strict=True):
        for line in _lines(sentence.get(lang), _WIDTH):
            _say(axes, 0.02, y, line, font, size=10.5, colour=colour)
            y -= 0.032
    foot = _lines(plan.notice.get(lang), _WIDTH + 5)
    foot += [
        line for label, value in plan.about[:2] for line in _lines(f"{label.get(lang)}: {value.get(lang)}", _WIDTH + 5)
    ]
    keys = _keys(plan, table)
    lowest = 0.02 + _FOOT_ROW * len(foot) + _ROW * len(keys)
    y = _write_table(axes, plan, table, colours, y - 0.02, lowest=lowest, font=font, lang=lang)
    for key, count, style in keys:
        axes.plot([0.02, 0.055], [y] * 2, **style)
        _say(axes, 0.075, y, PLAN_TEXTS[key].get(lang).replace("{n}", str(count)), font)
        y -= _ROW
    notes = [line for text in plan.warnings for line in _lines("· " + text.get(lang), _WIDTH + 5)]
    room = max(0, int((y - 0.02) / _FOOT_ROW) - len(foot))
    lines = notes[:room] + foot
    axes.text(
        0.02, 0.005, "\n".join(lines), va="bottom", fontproperties=font, fontsize=9.2, color=_MUTED, linespacing=1.5
    )


def _keys(plan: PlanDrawing, table: ZoneTable) -> list[tuple[str, int, dict[str, Any]]]:
    """Return what lines besides those of field zones mean: text, number, style."""
    areas = table.zones["supervisor_area"]
    found: list[tuple[str, int, dict[str, Any]]] = []
    if (areas != "").any():
        found.append(("supervisor_areas", areas.nunique(), {"color": _SUPERVISOR_LINE, "lw": 3.2}))
    if len(parks := park_shapes(plan)):
        found.append(("parks_n", len(parks), {"color": _PARK_LINE, "lw": 1.3, "ls": "--"}))
    return found


def _write_table(
    axes: Axes,
    plan: PlanDrawing,
    table: ZoneTable,
    colours: np.ndarray,
    y: float,
    *,
    lowest: float,
    font: FontProperties,
    lang: str,
) -> float:
    """Write as many field zones as there is room for above `lowest`; return where the next line may stand."""
    columns = (
        ("field_zone", 0.02, "left"),
        ("units", 0.56, "right"),
        ("load", 0.78, "right"),
        ("deviation", 0.98, "right"),
    )
    for key, x, side in columns:
        _say(axes, x, y, PLAN_TEXTS[key].get(lang), font, size=9.5, colour=_MUTED, side=side)
    axes.plot([0.02, 0.98], [y - 0.02] * 2, color="#d9dee3", lw=1)
    y -= 0.042
    room = int((y - lowest) / _ROW)
    count = len(table.zones) if len(table.zones) <= min(room, _MOST_ROWS) else min(room - 1, _MOST_ROWS)
    shown = table.zones.iloc[:count]
    for (_, row), colour in zip(shown.iterrows(), colours, strict=False):  # at most a panel full of lines
        axes.add_patch(Rectangle((0.02, y - 0.011), 0.035, 0.022, facecolor=colour, edgecolor="#33414e", lw=1))
        label = row["name"] if not row["owner"] or row["owner"] == row["name"] else f"{row['name']} {row['owner']}"
        _say(axes, 0.075, y, _cut(label, 22), font)
        _say(axes, 0.56, y, f"{row['units']:,}", font, side="right")
        load = PLAN_TEXTS["hours"].get(lang).replace("{n}", hours(row["load"]))
        _say(axes, 0.78, y, load, font, side="right")
        beyond = abs(row["deviation"]) > plan.tolerance + 5e-5
        _say(
            axes,
            0.98,
            y,
            percent(row["deviation"], signed=True),
            font,
            side="right",
            colour=_BEYOND if beyond else _INK,
        )
        y -= _ROW
    if len(table.zones) > len(shown):
        _say(axes, 0.075, y, PLAN_TEXTS["more"].get(lang).replace("{n}", str(len(table.zones) - len(shown))), font)
        y -= _ROW
    return y


def _say(axes: Axes, x: float, y: float, text: str, font: FontProperties, **style: Any) -> None:
    # Many Chinese fonts have one weight only: bold is a thin outline in the same colour.
    colour = style.get("colour", _INK)
    outline = [withStroke(linewidth=0.5, foreground=colour)] if style.get("bold") else None
    size, side = style.get("size", 10.5), style.get("side", "left")
    axes.text(x, y, text, va="center", ha=side, fontproperties=font, fontsize=size, color=colour, path_effects=outline)


def _wide(text: str) -> list[int]:
    return [2 if "\u2e80" <= character <= "\uffef" else 1 for character in text]


def _lines(text: str, width: int) -> list[str]:
    """Break a text between words and after any Chinese character; a stop never begins a line."""
    lines, line = [], ""
    for token in _TOKENS.findall(text):
        if line and sum(_wide(line + token.rstrip())) > width:
            lines.append(line.rstrip())
            line = token.lstrip()
        else:
            line += token
    return [*lines, line] if line else lines


def _heading(title: str) -> list[str]:
    """Break a heading after its colon, where it is too long for one line."""
    parts = re.split(r"(?<=[：:])\s*", title) if sum(_wide(title)) > _HEADING else [title]
    return [line for part in parts for line in _lines(part, _HEADING)]


def _cut(text: str, width: int) -> str:
    kept = int(np.searchsorted(np.cumsum(_wide(text)), width, side="right"))
    return text if kept >= len(text) else text[: max(kept - 1, 1)] + "…"
