"""Detached parts of areas, and areas inside others: legal, for a person to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.issues import MESSAGES, issue_table
from geocensus.model import Severity
from geocensus.names import CODE

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["enclaves"]


def enclaves(areas: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Report detached parts of areas, and areas that lie in a hole of another.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.

    Returns
    -------
    GeoDataFrame
        Issues, as topology_issues describes them.
    """
    shapes, codes = areas.geometry.to_numpy(), areas[CODE].to_numpy(dtype=object)
    parts, owner = shapely.get_parts(shapes, return_index=True)
    size = shapely.area(parts)
    order = np.lexsort((-size, owner))
    largest = np.r_[True, owner[order][1:] != owner[order][:-1]] if len(order) else np.zeros(0, dtype=bool)
    detached = np.sort(order[~largest])
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    inner = np.r_[False, ring_owner[1:] == ring_owner[:-1]] if len(rings) else np.zeros(0, dtype=bool)
    hole_shapes, hole_owner = shapely.polygons(rings[inner]), owner[ring_owner[inner]]
    hole, inside = shapely.STRtree(parts).query(hole_shapes, predicate="covers")
    other = hole_owner[hole] != owner[inside]
    pairs = np.unique(np.column_stack([inside[other], hole_owner[hole][other]]), axis=0)
    tables = [
        issue_table(
            kind="enclave",
            level=level,
            codes=codes[owner[detached]],
            severity=Severity.INFO,
            geometry=parts[detached],
            text=MESSAGES["detached"],
        ),
        issue_table(
            kind="enclave",
            level=level,
            codes=codes[owner[pairs[:, 0]]] + " " + codes[pairs[:, 1]],
            severity=Severity.INFO,
            geometry=parts[pairs[:, 0]],
            text=MESSAGES["inside"],
        ),
    ]
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
