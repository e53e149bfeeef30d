"""Issues inside one level: overlaps, holes, mismatched borders, zones without geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.issues import MESSAGES, Sizes, empty_issues, issue_table, pieces_of
from geocensus.model import CodeSystem, Severity
from geocensus.names import CODE

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["holes", "invalid_edges", "mismatched_borders", "overlaps", "union_of", "without_geometry"]

_SERIAL_ZONE = r"9\d{2}$"  # serial numbers from 900: zones that have no place, by the rules of population censuses


def invalid_edges(areas: gpd.GeoDataFrame) -> np.ndarray:
    """Find the edges that break the coverage: one quick pass tells which areas need a closer look at all.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.

    Returns
    -------
    numpy.ndarray
        Lines, one entry per area; None where nothing is broken.
    """
    shapes = areas.geometry.to_numpy()
    edges = np.full(len(shapes), None, dtype=object)
    present = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    if present.any() and not shapely.coverage_is_valid(shapes[present]):
        found = shapely.coverage_invalid_edges(shapes[present])
        found[shapely.is_empty(found)] = None
        edges[present] = found
    return edges


def overlaps(areas: gpd.GeoDataFrame, level: str, edges: np.ndarray, sizes: Sizes) -> gpd.GeoDataFrame:
    """Report pieces that two areas share, looking at areas with edges that break the coverage.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.
    edges : numpy.ndarray
        As :func:`invalid_edges` returns them.
    sizes : Sizes
        Which pieces count.

    Returns
    -------
    GeoDataFrame
        Issues, as topology_issues describes them.
    """
    shapes, codes = areas.geometry.to_numpy(), areas[CODE].to_numpy(dtype=object)
    suspects = np.flatnonzero(~shapely.is_missing(edges))
    if not len(suspects):
        return empty_issues()
    one, other = shapely.STRtree(shapes).query(shapes[suspects], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([suspects[one], other]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    pieces = pieces_of(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]), sizes)
    named = _pairs_of_codes(codes, pairs[pieces.owner])
    kind = np.where(pieces.sliver, "sliver", "overlap")
    severity = np.where(pieces.sliver, Severity.WARNING, Severity.ERROR)
    return issue_table(
        kind=kind,
        level=level,
        codes=named,
        severity=severity,
        geometry=pieces.geometry,
        area_m2=pieces.area_m2,
        text=MESSAGES["overlap"],
    )


def mismatched_borders(areas: gpd.GeoDataFrame, level: str, edges: np.ndarray, *, told: pd.Series) -> gpd.GeoDataFrame:
    """Report, as lines, borders that neighbours do not share vertex by vertex.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.
    edges : numpy.ndarray
        As :func:`invalid_edges` returns them.
    told : Series of str
        Codes in issues of overlap: their borders need no second word.

    Returns
    -------
    GeoDataFrame
        Issues, as topology_issues describes them.
    """
    known = set(" ".join(told).split())
    bad = ~shapely.is_missing(edges) & ~areas[CODE].isin(known).to_numpy()
    return issue_table(
        kind="mismatched_border",
        level=level,
        codes=areas[CODE][bad],
        severity=Severity.INFO,
        geometry=edges[bad],
        text=MESSAGES["mismatched_border"],
    )


def holes(areas: gpd.GeoDataFrame, level: str, sizes: Sizes) -> gpd.GeoDataFrame:
    """Report holes in the union of a level that has no coarser one to be compared with.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.
    sizes : Sizes
        Which pieces count.

    Returns
    -------
    GeoDataFrame
        Issues, as topology_issues describes them.
    """
    whole = union_of(areas.geometry.to_numpy())
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole))))
    pieces = pieces_of(shapely.difference(np.array([filled], dtype=object), whole), sizes)  # without islands in holes
    around = _neighbours(areas, pieces.geometry)
    return issue_table(
        kind=np.where(pieces.sliver, "sliver", "gap"),
        level=level,
        codes=around,
        severity=Severity.WARNING,
        geometry=pieces.geometry,
        area_m2=pieces.area_m2,
        text=MESSAGES["gap"],
    )


def without_geometry(areas: gpd.GeoDataFrame, level: str, system: CodeSystem) -> gpd.GeoDataFrame:
    """Report areas without geometry: usual for zones numbered from 900, a warning elsewhere.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.
    system : CodeSystem
        The code system.

    Returns
    -------
    GeoDataFrame
        Issues, as topology_issues describes them.
    """
    shapes, codes = areas.geometry.to_numpy(), areas[CODE]
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    usual = (codes.str.contains(_SERIAL_ZONE) & (level == "zone") & (system is CodeSystem.GB2260)).to_numpy()
    return issue_table(
        kind="no_geometry",
        level=level,
        codes=codes[none],
        severity=np.where(usual, Severity.INFO, Severity.WARNING)[none],
        text=MESSAGES["no_geometry"],
    )


def union_of(shapes: np.ndarray) -> np.ndarray:
    """Return the union of polygons.

    Parameters
    ----------
    shapes : numpy.ndarray
        Polygons; None and empty ones are left out.

    Returns
    -------
    numpy.ndarray
        One shape.
    """
    present = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    whole = shapely.coverage_union_all(present) if shapely.coverage_is_valid(present) else shapely.union_all(present)
    return np.array([whole], dtype=object)


def _pairs_of_codes(codes: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return "a b" with the lower code first."""
    one, other = codes[pairs[:, 0]], codes[pairs[:, 1]]
    swap = (one > other) if len(pairs) else np.zeros(0, dtype=bool)
    return np.where(swap, other, one) + " " + np.where(swap, one, other)


def _neighbours(areas: gpd.GeoDataFrame, pieces: np.ndarray) -> list[str]:
    """Return the codes of the areas that touch each piece, sorted and joined."""
    piece, area = shapely.STRtree(areas.geometry.to_numpy()).query(pieces, predicate="intersects")
    pairs = pd.DataFrame({"piece": piece, "code": areas[CODE].to_numpy()[area]}).sort_values(["piece", "code"])
    joined = pairs.groupby("piece")["code"].agg(" ".join)
    return list(joined.reindex(range(len(pieces)), fill_value=""))
