"""What both pictures share: their size, the map's frame, polygons as paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.path import Path as Outline
from matplotlib.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["DPI", "SIZE_INCHES", "outlines", "plain_texts", "set_frame"]

SIZE_INCHES: Final = (12.0, 7.6)
DPI: Final = 150
_MARGIN: Final = 0.03
_CHINA: Final = (73.0, 18.0, 135.0, 54.0)


def set_frame(axes: Axes, bounds: np.ndarray) -> None:
    """Show an area with a small margin, a kilometre being as long east as north.

    Parameters
    ----------
    axes : Axes
        Already at its place in the figure.
    bounds : ndarray
        West, south, east, north in degrees; NaN where nothing has a place.
    """
    west, south, east, north = bounds if np.isfinite(bounds).all() else _CHINA
    stretch = float(np.cos(np.radians((south + north) / 2)))  # a degree of longitude in degrees of latitude
    box = axes.get_position()
    ratio = box.width * SIZE_INCHES[0] / (box.height * SIZE_INCHES[1])
    height = max(north - south, (east - west) * stretch / ratio) * (1 + 2 * _MARGIN)
    width = height * ratio / stretch
    axes.set_xlim((west + east - width) / 2, (west + east + width) / 2)
    axes.set_ylim((south + north - height) / 2, (south + north + height) / 2)
    axes.set_aspect("auto")
    axes.set_facecolor("#e4eaed")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_edgecolor("#9aa5ae")


def plain_texts(figure: Figure) -> Figure:
    """Write every text as it is: a name with two dollar signs is no formula.

    Parameters
    ----------
    figure : Figure
        With all its texts.

    Returns
    -------
    Figure
        The same.
    """
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    return figure


def outlines(geometry: np.ndarray) -> list[Outline]:
    """Return one path per polygon set: rings as closed subpaths, holes by the even-odd order of their direction.

    Parameters
    ----------
    geometry : ndarray
        Polygons; None and empty ones give a path that draws nothing.

    Returns
    -------
    list of matplotlib.path.Path
        One per polygon set.

    Examples
    --------
    >>> [len(path) for path in outlines(np.array([shapely.box(0, 0, 1, 1), None], dtype=object))]
    [5, 1]
    """
    return [_outline(polygons) for polygons in shapely.orient_polygons(geometry)]


def _outline(polygons: Any) -> Outline:
    rings: Any = shapely.get_rings(shapely.get_parts(polygons)) if polygons is not None else []
    parts = [Outline(shapely.get_coordinates(ring), closed=True) for ring in rings]
    return Outline.make_compound_path(*parts) if parts else Outline(np.zeros((1, 2)))
