"""The public edition of the picture: a circle for each village, its area after the number of sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.patheffects import withStroke

from geocensus.maps.areas import label_places
from geocensus.maps.public import village_counts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

    from geocensus.maps.areas import AreaTable

__all__ = ["VILLAGE_FILL", "draw_village_counts"]

VILLAGE_FILL: Final = "#2a6f97"
_LARGEST: Final = 900.0  # square points
_SMALLEST: Final = 9.0
_MOST_NUMBERS: Final = 80


def draw_village_counts(axes: Axes, sources: pd.DataFrame, areas: AreaTable, font: FontProperties) -> tuple[int, int]:
    """Draw how many sources lie in each village, at a place that depends on the village alone.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    sources : pandas.DataFrame
        One row per row read.
    areas : AreaTable
        Areas of all levels.
    font : matplotlib.font_manager.FontProperties
        The font of the numbers.

    Returns
    -------
    tuple of int
        Sources of the village with the most, and located sources that no circle stands for.
    """
    counted = village_counts(sources, areas)
    places = np.array(counted["area"], dtype=np.int64)
    numbers = np.array(counted["counts"], dtype=np.int64).sum(axis=0)
    x, y = label_places(areas.geometry[places])
    there = np.isfinite(x)
    without = int(sum(counted["outside"]) + numbers[~there].sum())
    x, y, numbers = x[there], y[there], numbers[there]
    if not len(numbers):
        return 0, without
    size = np.maximum(_SMALLEST, numbers / numbers.max() * _LARGEST * min(1.0, 60 / len(numbers)))
    axes.scatter(x, y, s=size, c=VILLAGE_FILL, alpha=0.72, edgecolors="white", linewidths=0.6, zorder=6)
    halo = [withStroke(linewidth=1.8, foreground="white", alpha=0.9)]
    told = len(numbers) if len(numbers) <= _MOST_NUMBERS else 0
    for at_x, at_y, number in zip(x[:told], y[:told], numbers[:told], strict=True):  # at most as many as can be read
        axes.text(
            at_x, at_y, f"{number:,}", ha="center", va="center", fontsize=8, fontproperties=font, zorder=7,
            path_effects=halo,
        )  # fmt: skip
    return int(numbers.max()), without
