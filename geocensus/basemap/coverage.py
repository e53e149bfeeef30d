"""Issues inside one level: overlaps, holes, mismatched borders, enclaves, zones without geometry."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.issues import Sizes, empty_issues, issue_table, pieces_of
from geocensus.basemap.measure import areas_m2
from geocensus.model import CodeSystem, Severity, Text
from geocensus.names import CODE

__all__ = ["enclaves", "holes", "invalid_edges", "mismatched_borders", "overlaps", "union_of", "without_geometry"]

_SERIAL_ZONE = r"9\d{2}$"  # serial numbers from 900: zones that have no place, by the rules of population censuses


def invalid_edges(areas: gpd.GeoDataFrame) -> np.ndarray:
    """Return, per area, the edges that break the coverage; None where there are none.

    One quick pass over a level tells which areas need a closer look at all.
    """
    shapes = areas.geometry.to_numpy()
    edges = np.full(len(shapes), None, dtype=object)
    present = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    if present.any() and not shapely.coverage_is_valid(shapes[present]):
        found = shapely.coverage_invalid_edges(shapes[present])
        edges[present] = np.where(shapely.is_empty(found), None, found)
    return edges


def overlaps(areas: gpd.GeoDataFrame, level: str, edges: np.ndarray, sizes: Sizes) -> gpd.GeoDataFrame:
    """Report pieces that two areas share, looking at areas with edges that break the coverage."""
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
        kind=kind, level=level, codes=named, severity=severity, geometry=pieces.geometry, area_m2=pieces.area_m2,
        text=Text("{codes} 相互重叠 {area} m²", "{codes} overlap by {area} m²"),
    )  # fmt: skip


def mismatched_borders(areas: gpd.GeoDataFrame, level: str, edges: np.ndarray, *, told: pd.Series) -> gpd.GeoDataFrame:
    """Report, as lines, borders that neighbours do not share vertex by vertex, of areas whose overlaps are not told yet."""
    known = set(" ".join(told).split())
    bad = ~shapely.is_missing(edges) & ~areas[CODE].isin(known).to_numpy()
    return issue_table(
        kind="mismatched_border", level=level, codes=areas[CODE][bad], severity=Severity.INFO,
        geometry=edges[bad], text=Text("{codes} 的边界与相邻区域不是同一条线", "{codes}: part of its border is not its neighbour's line"),
    )  # fmt: skip


def holes(areas: gpd.GeoDataFrame, level: str, sizes: Sizes) -> gpd.GeoDataFrame:
    """Report holes in the union of a level that has no coarser one to be compared with."""
    rings = shapely.get_rings(shapely.get_parts(union_of(areas.geometry.to_numpy())), return_index=True)
    inner = np.r_[False, rings[1][1:] == rings[1][:-1]] if len(rings[1]) else np.zeros(0, dtype=bool)
    pieces = pieces_of(shapely.polygons(rings[0][inner]), sizes)
    around = _neighbours(areas, pieces.geometry)
    return issue_table(
        kind=np.where(pieces.sliver, "sliver", "gap"), level=level, codes=around, severity=Severity.WARNING,
        geometry=pieces.geometry, area_m2=pieces.area_m2,
        text=Text("{codes} 之间有空隙 {area} m²", "gap of {area} m² between {codes}"),
    )  # fmt: skip


def enclaves(areas: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Report detached parts of areas, and areas that lie in a hole of another."""
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
            kind="enclave", level=level, codes=codes[owner[detached]], severity=Severity.INFO, geometry=parts[detached],
            text=Text("{codes} 有一块不相连的部分（飞地或岛），面积 {area} m²", "{codes} has a detached part (enclave or island), {area} m²"),
        ),
        issue_table(
            kind="enclave", level=level, codes=codes[owner[pairs[:, 0]]] + " " + codes[pairs[:, 1]],
            severity=Severity.INFO, geometry=parts[pairs[:, 0]],
            text=Text("{codes}：前者位于后者之内，面积 {area} m²", "{codes}: the first lies inside the second, {area} m²"),
        ),
    ]  # fmt: skip
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def without_geometry(areas: gpd.GeoDataFrame, level: str, system: CodeSystem) -> gpd.GeoDataFrame:
    """Report areas without geometry: usual for zones numbered from 900, a warning elsewhere."""
    shapes, codes = areas.geometry.to_numpy(), areas[CODE]
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    usual = (codes.str.contains(_SERIAL_ZONE) & (level == "zone") & (system is CodeSystem.GB2260)).to_numpy()
    return issue_table(
        kind="no_geometry", level=level, codes=codes[none], severity=np.where(usual, Severity.INFO, Severity.WARNING)[none],
        text=Text("{codes} 没有几何图形，落不到任何点", "{codes} has no geometry: no source can lie in it"),
    )  # fmt: skip


def union_of(shapes: np.ndarray) -> np.ndarray:
    """Return the union of polygons as an array of one shape."""
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
