"""The public edition: sources counted by village, nothing about single ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geocensus.maps.rows import class_positions, drawable, located_areas
from geocensus.maps.style import CLASSES

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.maps.areas import AreaTable

__all__ = ["village_counts"]


def village_counts(sources: pd.DataFrame, areas: AreaTable) -> dict[str, Any]:
    """Count located sources by village and class.

    Where the basemap has no villages, the finest level that is no census zone takes their place: nothing finer than a
    village is ever told.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.
    areas : AreaTable
        Areas of all levels.

    Returns
    -------
    dict
        Lists area (position in the table of areas), counts (one list per class, in the order of CLASSES), outside
        (counts per class of sources in no area).
    """
    classes = class_positions(sources)
    located = areas.raise_to(located_areas(sources, areas), _published_level(areas.levels))
    shown = drawable(sources)
    table = np.zeros((len(areas.table) + 1, len(CLASSES)), dtype=np.int64)
    np.add.at(table, (located[shown], classes[shown]), 1)  # -1, no area, is the last row
    used = np.flatnonzero(table[:-1].sum(axis=1))
    return {"area": used.tolist(), "counts": table[used].T.tolist(), "outside": table[-1].tolist()}


def _published_level(levels: tuple[str, ...]) -> int:
    if "village" in levels:
        return levels.index("village")
    return max(0, len(levels) - (2 if levels[-1] == "zone" else 1))
