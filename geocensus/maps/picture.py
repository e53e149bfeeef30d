"""The overview as one picture, drawn with matplotlib without its global state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke

from geocensus.files import atomic_path
from geocensus.maps.areas import AreaTable, area_table, label_places, tinted_level
from geocensus.maps.canvas import DPI, SIZE_INCHES, outlines, plain_texts, set_frame
from geocensus.maps.claims import claim_lines
from geocensus.maps.fonts import families
from geocensus.maps.furniture import draw_legend, north_arrow, scale_bar
from geocensus.maps.payload import row_sum
from geocensus.maps.public_picture import draw_village_counts
from geocensus.maps.rows import class_positions, drawable, worst_severity
from geocensus.maps.style import BARRIER_COLOURS, CLASSES, SEVERITIES, TINTS, tint_areas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from geocensus.basemap import Basemap

__all__ = ["overview_png", "save_picture"]

_BORDERS: Final = {  # colour, width in points
    "province": ("#3f4a56", 2.0),
    "prefecture": ("#3f4a56", 1.8),
    "county": ("#46525e", 1.7),
    "township": ("#7c8791", 0.8),
    "village": ("#c6c9bf", 0.35),
    "zone": ("#cfd1c9", 0.3),
}


def overview_png(
    basemap: Basemap,
    sources: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    lang: str = "zh",
    title: str = "",
    notes: Sequence[str] = (),
    public: bool = False,
) -> Figure:
    """Draw areas, sources by class, flagged sources, legend, scale, north arrow and the row sum.

    The same input gives the same picture. Sources outside the basemap's frame are counted, not drawn.

    Parameters
    ----------
    basemap : Basemap
        Areas by level and barriers, EPSG:4490.
    sources : pandas.DataFrame
        One row per row read; source_id, state, lon, lat (degrees) are needed.
    flags : pandas.DataFrame
        Columns source_id, rule, severity, message_zh, message_en.
    lang : str, default "zh"
        "zh" or "en".
    title : str, optional
        Heading; by default the basemap's title.
    notes : sequence of str
        Lines below the heading, such as what the map was limited to.
    public : bool, default False
        Count sources by village instead of drawing them; nothing about flags.

    Returns
    -------
    matplotlib.figure.Figure
        12 by 7.6 inches; save it with :func:`save_picture`.

    Raises
    ------
    SchemaError
        When a column is missing.
    DataNotFoundError
        When names are Chinese and no font with Chinese characters is installed.

    Examples
    --------
    >>> from geocensus.maps.testing import small_world
    >>> figure = overview_png(*small_world(), lang="zh")
    >>> len(figure.axes)
    2
    """
    sources, flags = sources.reset_index(drop=True), flags.reset_index(drop=True)
    rows = row_sum(sources, {})
    areas = area_table(basemap)
    heading = title or basemap.info.title.get(lang)
    words = [heading, *notes, "图例" if lang == "zh" else "", *areas.table["name"]]
    font = FontProperties(family=families(words))
    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.012, 0.02, 0.716, 0.96))
    side = figure.add_axes((0.742, 0.02, 0.25, 0.96))
    set_frame(axes, _bounds(basemap))
    _draw_areas(axes, areas)
    _draw_barriers(axes, basemap)
    counted = draw_village_counts(axes, sources, areas, font) if public else None
    if not public:
        _draw_sources(axes, sources, flags, areas)
    _draw_names(axes, areas, font)
    scale_bar(axes, font)
    north_arrow(axes, font, lang)
    draw_legend(
        side,
        basemap,
        sources,
        flags,
        rows,
        lang=lang,
        font=font,
        heading=heading,
        notes=notes,
        counted=counted,
        frame=(axes.get_xlim(), axes.get_ylim()),
    )
    return plain_texts(figure)


def save_picture(figure: Figure, path: Path) -> None:
    """Save a picture without time or version in it; an old file is replaced only when the new one is whole.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        From :func:`overview_png`.
    path : Path
        Ends in .png.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> target = Path(tempfile.mkdtemp()) / "map.png"
    >>> save_picture(Figure(figsize=(1, 1)), target)
    >>> target.read_bytes()[1:4]
    b'PNG'
    """
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None})


def _bounds(basemap: Basemap) -> np.ndarray:
    return shapely.total_bounds(np.asarray(basemap.areas(basemap.levels[0]).geometry.array, dtype=object))


def _draw_areas(axes: Axes, areas: AreaTable) -> None:
    depth = areas.table["level"].to_numpy()
    tinted = depth == tinted_level(areas.levels)
    colours = np.array(TINTS)[tint_areas(areas.geometry[tinted])]
    axes.add_collection(
        PathCollection(outlines(areas.geometry[tinted]), facecolors=list(colours), edgecolors="none", zorder=1)
    )
    for position in reversed(range(len(areas.levels))):
        colour, width = _BORDERS[areas.levels[position]]
        paths = outlines(areas.geometry[depth == position])
        axes.add_collection(
            PathCollection(paths, facecolors="none", edgecolors=colour, linewidths=width, zorder=3 - position / 10)
        )


def _draw_barriers(axes: Axes, basemap: Basemap) -> None:
    for kind, part in basemap.barriers.groupby("kind", sort=True):
        lines = shapely.get_parts(np.asarray(part.geometry.array, dtype=object))
        paths = [shapely.get_coordinates(line) for line in lines]
        colour = BARRIER_COLOURS.get(str(kind), BARRIER_COLOURS["other"])
        if kind != "river":
            axes.add_collection(LineCollection(paths, colors="white", linewidths=2.8, zorder=3.9))
        axes.add_collection(LineCollection(paths, colors=colour, linewidths=1.8, zorder=4, capstyle="round"))


def _draw_sources(axes: Axes, sources: pd.DataFrame, flags: pd.DataFrame, areas: AreaTable) -> None:
    shown, classes = drawable(sources), class_positions(sources)
    severity = worst_severity(sources, flags)
    lon, lat = sources["lon"].to_numpy(float), sources["lat"].to_numpy(float)
    size = float(np.clip(18000 / max(1, shown.sum()), 4.5, 28))
    lines = claim_lines(sources, flags, areas)
    starts = np.column_stack([lon[lines["source"]], lat[lines["source"]]])
    ends = np.column_stack([lines["x"], lines["y"]])
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    inside = (starts >= (west, south)).all(axis=1) & (starts <= (east, north)).all(axis=1)
    segments = list(np.stack([starts, ends], axis=1)[inside])
    axes.add_collection(
        LineCollection(segments, colors="#B24A00", linewidths=0.7, linestyles=(0, (4, 2)), alpha=0.8, zorder=5)
    )
    counts = np.bincount(classes[shown], minlength=len(CLASSES))
    for position in np.argsort(-counts, kind="stable"):  # rare classes on top
        rows = shown & (classes == position)
        style = CLASSES[position]
        axes.scatter(
            lon[rows],
            lat[rows],
            s=size,
            c=style.colour,
            marker=style.marker,
            linewidths=0.35,
            edgecolors="white",
            zorder=6,
        )
    for position, ring in reversed(list(enumerate(SEVERITIES))):
        rows = shown & (severity == position)
        line: Any = (0, tuple(d * 0.6 for d in ring.dash)) if ring.dash else "solid"
        axes.scatter(
            lon[rows], lat[rows], s=size * 4.2, facecolors="none", edgecolors=ring.colour, linestyles=line,
            linewidths=ring.width * 0.55, zorder=7,
        )  # fmt: skip


def _draw_names(axes: Axes, areas: AreaTable, font: FontProperties) -> None:
    rows = areas.table["level"].to_numpy() == tinted_level(areas.levels)
    x, y = label_places(areas.geometry[rows])
    halo = [withStroke(linewidth=2.6, foreground="white", alpha=0.85)]
    for name, at_x, at_y in zip(areas.table.loc[rows, "name"], x, y, strict=True):  # one text object per township
        if np.isfinite(at_x):
            axes.text(
                at_x, at_y, name, ha="center", va="center", fontsize=10.5, fontproperties=font, color="#2b3440",
                path_effects=halo, zorder=8,
            )  # fmt: skip
