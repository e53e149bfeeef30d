"""Issues between levels: children against their parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.coverage import union_of
from geocensus.basemap.issues import MESSAGES, Sizes, issue_table, pieces_of
from geocensus.model import Severity
from geocensus.names import CODE, LEVEL, PARENT_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["misfits"]


def misfits(
    areas: gpd.GeoDataFrame, level: str, coarser: Mapping[str, gpd.GeoDataFrame], sizes: Sizes
) -> list[gpd.GeoDataFrame]:
    """Compare the areas of a level with their parents, in both directions.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.
    coarser : Mapping of str to GeoDataFrame
        Areas of the coarser levels, coarse to fine.
    sizes : Sizes
        Which pieces count.

    Returns
    -------
    list of GeoDataFrame
        Issues, as topology_issues describes them.
    """
    parents = pd.concat(list(coarser.values())[::-1]).drop_duplicates(CODE).reset_index(drop=True)
    row = pd.Index(parents[CODE]).get_indexer(pd.Index(areas[PARENT_CODE]))
    shapes = areas.geometry.to_numpy()
    orphans = row < 0
    nearest = parents[LEVEL] == list(coarser)[-1]
    childless = nearest.to_numpy() & ~np.isin(np.arange(len(parents)), row)
    return [
        issue_table(
            kind="no_parent",
            level=level,
            codes=areas[CODE][orphans],
            severity=Severity.ERROR,
            geometry=shapes[orphans],
            text=MESSAGES["no_parent"],
        ),
        issue_table(
            kind="no_children",
            level=level,
            codes=parents[CODE][childless],
            severity=Severity.WARNING,
            geometry=parents.geometry.to_numpy()[childless],
            text=MESSAGES["no_children"],
        ),
        _sticking_out(areas, level, parents, row, sizes),
        _not_covered(areas, level, parents, row, sizes),
    ]


def _sticking_out(
    areas: gpd.GeoDataFrame, level: str, parents: gpd.GeoDataFrame, row: np.ndarray, sizes: Sizes
) -> gpd.GeoDataFrame:
    """Report pieces of children outside their parent."""
    child = np.flatnonzero(row >= 0)
    shapes, outlines = areas.geometry.to_numpy()[child], parents.geometry.to_numpy()[row[child]]
    shapely.prepare(outlines)
    out = ~shapely.covers(outlines, shapes) & ~shapely.is_missing(shapes) & ~shapely.is_missing(outlines)
    pieces = pieces_of(shapely.difference(shapes[out], outlines[out]), sizes)
    codes = areas[CODE].to_numpy(dtype=object)[child[out][pieces.owner]]
    above = parents[CODE].to_numpy(dtype=object)[row[child[out][pieces.owner]]]
    return issue_table(
        kind=np.where(pieces.sliver, "sliver", "outside_parent"),
        level=level,
        codes=codes + " " + above,
        severity=np.where(pieces.sliver, Severity.WARNING, Severity.ERROR),
        geometry=pieces.geometry,
        area_m2=pieces.area_m2,
        text=MESSAGES["outside_parent"],
    )


def _not_covered(
    areas: gpd.GeoDataFrame, level: str, parents: gpd.GeoDataFrame, row: np.ndarray, sizes: Sizes
) -> gpd.GeoDataFrame:
    """Report pieces of parents that no child covers."""
    shapes = areas.geometry.to_numpy()
    groups = pd.Series(np.arange(len(areas))[row >= 0]).groupby(row[row >= 0], sort=True).indices
    kept = np.arange(len(areas))[row >= 0]
    above = np.fromiter(groups, dtype="int64", count=len(groups))
    unions = np.array([_union(shapes[kept[members]]) for members in groups.values()], dtype=object)
    left = shapely.difference(parents.geometry.to_numpy()[above], unions)
    pieces = pieces_of(left, sizes)
    return issue_table(
        kind=np.where(pieces.sliver, "sliver", "parent_not_covered"),
        level=level,
        codes=parents[CODE].to_numpy(dtype=object)[above[pieces.owner]],
        severity=np.where(pieces.sliver, Severity.WARNING, Severity.ERROR),
        geometry=pieces.geometry,
        area_m2=pieces.area_m2,
        text=MESSAGES["parent_not_covered"],
    )


def _union(shapes: np.ndarray) -> object:
    """Return the union of the shapes that are there; an empty polygon when there are none."""
    present = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    return union_of(present)[0] if len(present) else shapely.Polygon()
