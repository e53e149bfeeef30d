"""Finding the parent of each area: as stated, by code, or by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.measure import areas_m2
from geocensus.divisions import code_at
from geocensus.model import LEVELS, CodeSystem
from geocensus.names import CODE, PARENT_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

__all__ = ["derive_parents"]

_CLEAR = 0.95  # share of an area that lies in its parent for the derivation to go without a row of its own


def derive_parents(
    layers: Mapping[str, gpd.GeoDataFrame], *, system: CodeSystem
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame]:
    """Fill parent codes: first as stated, then (gb2260) by the code's beginning, then by the largest overlap.

    Parameters
    ----------
    layers : Mapping of str to GeoDataFrame
        Areas tables by level, in any order; parent_code is "" where nothing is stated.
    system : CodeSystem
        Codes are read for parents in gb2260 alone.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        Coarse to fine; parent_code is "" where no parent was found.
    report : DataFrame
        Columns layer, code, what, before, after: one row per derivation in doubt (parent.not_in_layers,
        parent.by_overlap, parent.none), and one per layer that counts the clear ones (parent.by_code,
        parent.by_overlap).
    """
    ordered = {level: layers[level] for level in LEVELS if level in layers}
    done: dict[str, gpd.GeoDataFrame] = {}
    reports = [_rows("", [], "", [], [])]
    for level, areas in ordered.items():
        if done:
            parents, report = _parents(areas, level, done, system)
            areas = areas.assign(**{PARENT_CODE: parents})  # noqa: PLW2901 - the table with its parents
            reports.append(report)
        done[level] = areas
    return done, pd.concat(reports, ignore_index=True)


def _parents(
    areas: gpd.GeoDataFrame, level: str, coarser: Mapping[str, gpd.GeoDataFrame], system: CodeSystem
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the parent of each area and how it was found."""
    known = pd.concat([table[CODE] for table in coarser.values()])
    stated = areas[PARENT_CODE]
    parents = stated.where(stated.isin(known), "")
    unknown = (stated != "") & (parents == "")
    by_code = _by_code(areas[CODE], coarser, system).where(parents == "", "")
    parents = parents.mask(by_code != "", by_code)
    open_ = (parents == "").to_numpy()
    found, share = _by_overlap(areas[open_], list(coarser.values())[-1])
    parents = parents.mask(open_, found.reindex(areas.index))
    doubtful = (found != "") & (share < _CLEAR)
    clear = int(((found != "") & ~doubtful).sum())
    codes = areas[CODE]
    words = (share[doubtful] * 100).round().astype("int64").astype("str") + " %"
    none = parents == ""
    parts = [
        _rows(level, codes[unknown], "parent.not_in_layers", stated[unknown], parents[unknown]),
        _rows(level, codes[none & ~unknown], "parent.none", stated[none & ~unknown], parents[none & ~unknown]),
        _rows(level, codes[doubtful.index[doubtful]], "parent.by_overlap", words, found[doubtful]),
    ]
    for what, count in (("parent.by_code", int((by_code != "").sum())), ("parent.by_overlap", clear)):
        if count:
            parts.append(_rows(level, [""], what, [""], [f"{count} areas"]))
    return parents, pd.concat(parts, ignore_index=True)


def _by_code(codes: pd.Series, coarser: Mapping[str, gpd.GeoDataFrame], system: CodeSystem) -> pd.Series:
    """Return the finest coarser area that the code begins with; "" in other code systems."""
    result = pd.Series("", index=codes.index, dtype="str")
    if system is not CodeSystem.GB2260:
        return result
    for level, areas in coarser.items():
        at = code_at(codes, level)
        result = result.mask(at.isin(areas[CODE]), at)
    return result


def _by_overlap(areas: gpd.GeoDataFrame, coarser: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the coarser area that covers most of each area, and the share it covers; ties go to the lowest code."""
    coarser = coarser.sort_values(CODE, kind="stable", ignore_index=True)
    shapes, outlines = areas.geometry.to_numpy(), coarser.geometry.to_numpy()
    child, parent = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    size = areas_m2(shapely.intersection(shapes[child], outlines[parent])) if len(child) else np.zeros(0)
    order = np.lexsort((parent, -size, child))
    child, parent, size = child[order], parent[order], size[order]
    first = np.r_[True, child[1:] != child[:-1]] & (size > 0) if len(child) else np.zeros(0, dtype=bool)
    found = np.full(len(areas), "", dtype=object)
    share = np.zeros(len(areas))
    found[child[first]] = coarser[CODE].to_numpy(dtype=object)[parent[first]]
    share[child[first]] = size[first] / areas_m2(shapes[child[first]])
    return pd.Series(found, index=areas.index, dtype="str"), pd.Series(share, index=areas.index)


def _rows(layer: str, codes: object, what: str, before: object, after: object) -> pd.DataFrame:
    columns = {name: list(values) for name, values in (("code", codes), ("before", before), ("after", after))}  # type: ignore[call-overload]
    table = pd.DataFrame(columns).assign(layer=layer, what=what)
    return table[["layer", "code", "what", "before", "after"]].astype("str")
