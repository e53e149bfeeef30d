"""Units too small or too narrow to be one, merged with the neighbour that they share the longest border with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.names import CODE, PARENT_CODE
from geocensus.zoning.borders import segments_of, sum_pairs
from geocensus.zoning.metric import to_metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geocensus.zoning.task import Floats, Ints

    Test = Callable[[NDArray[np.object_]], NDArray[np.bool_]]

__all__ = ["VILLAGES", "merge_where", "texts"]

VILLAGES: Final = "villages"  # villages, or the share of one, that a unit holds: its base work


def merge_where(units: gpd.GeoDataFrame, unwanted: Test) -> gpd.GeoDataFrame:
    """Merge units that fail a test with their neighbours of the same parent, as long as there are any that can be.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and geometry, neighbours sharing their vertices.
    unwanted : Callable
        Tells from polygons in metres which units are to go.

    Returns
    -------
    GeoDataFrame
        Sorted by code.
    """
    units = units.sort_values(CODE, kind="stable", ignore_index=True)
    while True:
        shapes = to_metric(units).geometry.to_numpy()
        target = _longest_neighbour(shapes, unwanted(shapes), texts(units, PARENT_CODE), shapely.area(shapes))
        if (target == np.arange(len(units))).all():
            return units
        units = _merged(units, target)


def texts(units: gpd.GeoDataFrame, column: str) -> pd.Series:
    """Return a column as text, empty where it or a value is missing.

    Parameters
    ----------
    units : GeoDataFrame
        Any table.
    column : str
        Name of the column.

    Returns
    -------
    Series of str
        Index of `units`.
    """
    if column not in units:
        return pd.Series("", index=units.index, dtype="str")
    return units[column].astype("str").fillna("")


def _longest_neighbour(shapes: NDArray[np.object_], sliver: NDArray[np.bool_], parent: pd.Series, area: Floats) -> Ints:
    """Return the unit that each unit is merged with, itself where it stays; chains end in one unit."""
    target = np.arange(len(shapes))
    if not sliver.any():
        return target
    segments, size = segments_of(shapes), len(shapes)
    shared = segments.other >= 0
    one, other, border = sum_pairs(segments.one[shared], segments.other[shared], segments.length[shared], size)
    one, other, border = np.r_[one, other], np.r_[other, one], np.r_[border, border]
    group = parent.factorize()[0]
    kept = sliver[one] & (group[one] == group[other])
    one, other, border = one[kept], other[kept], border[kept]
    order = np.lexsort([other, -border.round(3), sliver[other], one])
    rows, first = np.unique(one[order], return_index=True)
    best = other[order[first]]
    larger = ~sliver[best] | (area[best] > area[rows]) | ((area[best] == area[rows]) & (best < rows))
    target[rows[larger]] = best[larger]  # always to a larger one: no circles
    while (target[target] != target).any():
        target = target[target]
    return target


def _merged(units: gpd.GeoDataFrame, target: Ints) -> gpd.GeoDataFrame:
    """Dissolve units into their targets."""
    shapes = units.geometry.to_numpy()
    order = np.argsort(target, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(target[order]) != 0])
    parts = np.split(shapes[order], first[1:])
    joined = np.array([part[0] if len(part) == 1 else shapely.union_all(part) for part in parts], dtype=object)
    kept = units.iloc[target[order[first]]].reset_index(drop=True)
    kept = kept.set_geometry(gpd.GeoSeries(joined, crs=units.crs))
    if VILLAGES in units:
        kept[VILLAGES] = units[VILLAGES].groupby(target).sum().to_numpy()
    return kept
