"""How well the areas of a basemap fit together: a report to look at, and whether the hierarchy nests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geocensus.basemap.codes_report import code_issues
from geocensus.basemap.coverage import holes, invalid_edges, mismatched_borders, overlaps, without_geometry
from geocensus.basemap.enclaves import enclaves
from geocensus.basemap.issues import ISSUE_COLUMNS, Sizes, empty_issues
from geocensus.basemap.nesting import misfits
from geocensus.model import LEVELS, CodeSystem

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_nested", "topology_issues"]

_NESTING_KINDS = (
    "overlap",
    "sliver",
    "outside_parent",
    "parent_not_covered",
    "no_parent",
    "no_children",
    "duplicate_code",
)


def topology_issues(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    system: CodeSystem = CodeSystem.OTHER,
    min_area_m2: float = 1.0,
    sliver_width_m: float = 30.0,
    sliver_ratio: float = 0.1,
) -> gpd.GeoDataFrame:
    """Report what does not fit together.

    Neighbours must share one line, a level's areas must not overlap, and children must fill their parent: the rules
    for census zone layers. A piece of overlap, gap or misfit is a sliver when it is narrow (mean width, twice the area
    by the perimeter) and thin (4 π area / perimeter²). Enclaves are legal, and listed for a person to confirm.

    Parameters
    ----------
    layers : Mapping of str to GeoDataFrame
        Areas tables by level (EPSG:4490, valid polygons or None).
    system : CodeSystem
        The form of codes is tested in gb2260 alone.
    min_area_m2 : float
        Smaller pieces are taken for rounding.
    sliver_width_m : float
        Mean width below which a thin piece is a sliver.
    sliver_ratio : float
        Roundness (1 for a circle) below which a narrow piece is a sliver.

    Returns
    -------
    GeoDataFrame
        One row per piece, in order of level, kind and codes: kind (overlap, gap, sliver, outside_parent,
        parent_not_covered, enclave, no_geometry, no_parent, no_children, duplicate_code, malformed_code,
        mismatched_border), level, codes (joined by one space), area_m2, severity, message_zh, message_en, geometry
        (EPSG:4490).

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> table = gpd.GeoDataFrame(
    ...     {"code": ["a", "b"], "name": "", "parent_code": "", "level": "village"},
    ...     geometry=[shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)],
    ...     crs="EPSG:4490",
    ... )
    >>> topology_issues({"village": table})[["kind", "codes"]].values.tolist()
    [['overlap', 'a b']]
    """
    sizes = Sizes(min_area_m2, sliver_width_m, sliver_ratio)
    ordered = {level: layers[level].reset_index(drop=True) for level in LEVELS if level in layers}
    parts = [empty_issues()]
    for place, (level, areas) in enumerate(ordered.items()):
        edges = invalid_edges(areas)
        shared = overlaps(areas, level, edges, sizes)
        parts += [
            code_issues(areas, level, system),
            without_geometry(areas, level, system),
            shared,
            mismatched_borders(areas, level, edges, told=shared["codes"]),
            enclaves(areas, level),
        ]
        if place == 0:
            parts.append(holes(areas, level, sizes))
        else:
            parts += misfits(areas, level, dict(list(ordered.items())[:place]), sizes)
    issues = pd.concat([part for part in parts[1:] if len(part)] or parts[:1], ignore_index=True)
    rank = issues["level"].map({level: number for number, level in enumerate(LEVELS)})
    order = issues.assign(rank=rank).sort_values(["rank", "kind", "codes", "area_m2"], kind="stable").index
    return gpd.GeoDataFrame(issues.loc[order, list(ISSUE_COLUMNS)].reset_index(drop=True), crs="EPSG:4490")


def is_nested(issues: pd.DataFrame, levels: tuple[str, ...]) -> bool:
    """Tell whether every area is the union of its children, so that parents follow from the finest level.

    Parameters
    ----------
    issues : DataFrame
        As :func:`topology_issues` returns them.
    levels : tuple of str
        Levels of the basemap; a single one nests.

    Returns
    -------
    bool
        False when a piece overlaps, sticks out or is not covered, or a parent is unknown.
    """
    broken = issues["kind"].isin(_NESTING_KINDS) & issues["level"].isin(levels)
    return not bool(broken.any())
