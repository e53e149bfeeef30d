"""The form of a topology issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.measure import areas_m2, lengths_m
from geocensus.model import Severity, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
from types import MappingProxyType

__all__ = ["ISSUE_COLUMNS", "ISSUE_TITLES", "MESSAGES", "Pieces", "Sizes", "empty_issues", "issue_table", "pieces_of"]

ISSUE_COLUMNS = ("kind", "level", "codes", "area_m2", "severity", "message_zh", "message_en", "geometry")
ISSUE_TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "overlap": Text("相互重叠", "overlap"),
        "gap": Text("空隙", "gap"),
        "sliver": Text("狭长碎片", "sliver"),
        "mismatched_border": Text("边界不重合", "border differs from the neighbour's"),
        "outside_parent": Text("超出上级", "outside its parent"),
        "parent_not_covered": Text("上级未被完全覆盖", "parent not covered"),
        "enclave": Text("飞地或岛", "enclave or island"),
        "no_geometry": Text("没有几何图形", "no geometry"),
        "no_parent": Text("没有上级", "no parent"),
        "no_children": Text("没有下级", "no children"),
        "duplicate_code": Text("代码重复", "duplicate code"),
        "malformed_code": Text("代码不合规则", "malformed code"),
    }
)
MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        "overlap": Text("{codes} 相互重叠 {area} m²", "{codes} overlap by {area} m²"),
        "mismatched_border": Text(
            "{codes} 的边界与相邻区划不是同一条线", "{codes}: a border differs from its neighbour's"
        ),
        "gap": Text("{codes} 之间有空隙 {area} m²", "gap of {area} m² between {codes}"),
        "detached": Text(
            "{codes} 有一块不相连的部分（飞地或岛），面积 {area} m²",
            "{codes} has a detached part (enclave or island), {area} m²",
        ),
        "inside": Text(
            "{codes}：前者位于后者之内，面积 {area} m²", "{codes}: the first lies inside the second, {area} m²"
        ),
        "no_geometry": Text("{codes} 没有几何图形，落不到任何点", "{codes} has no geometry: no source can lie in it"),
        "duplicate_code": Text("代码 {codes} 重复，面积 {area} m²", "code {codes} occurs more than once, {area} m²"),
        "malformed_code": Text(
            "代码 {codes} 不合规则，面积 {area} m²", "code {codes} has not the form of its level, {area} m²"
        ),
        "foreign_code": Text(
            "代码 {codes} 不以上级代码开头（可能为托管区划），面积 {area} m²",
            "code {codes} does not begin with its parent's (it may be run by another division), {area} m²",
        ),
        "no_parent": Text("{codes} 没有上级区划，面积 {area} m²", "{codes} has no parent, {area} m²"),
        "no_children": Text("{codes} 没有下级区划，面积 {area} m²", "{codes} has no children, {area} m²"),
        "outside_parent": Text(
            "{codes}：下级超出上级 {area} m²", "{codes}: the child sticks out of its parent by {area} m²"
        ),
        "parent_not_covered": Text("{codes} 有 {area} m² 未被下级覆盖", "{codes}: {area} m² are covered by no child"),
    }
)
_TEXTS = ("kind", "level", "codes", "severity", "message_zh", "message_en")


class Sizes(NamedTuple):
    """Which pieces count: the settings of topology_issues."""

    min_area_m2: float = 1.0
    sliver_width_m: float = 30.0
    sliver_ratio: float = 0.1


class Pieces(NamedTuple):
    """Polygons of some shapes that are large enough to tell."""

    geometry: np.ndarray
    owner: np.ndarray  # position of the shape each piece comes from
    area_m2: np.ndarray
    sliver: np.ndarray


def pieces_of(shapes: np.ndarray, sizes: Sizes) -> Pieces:
    """Take shapes apart into polygons, leave out rounding, and tell slivers.

    Parameters
    ----------
    shapes : numpy.ndarray
        Any shapes, None allowed.
    sizes : Sizes
        Which pieces count.

    Returns
    -------
    Pieces
        Polygons with their sizes.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    owner = owner[inner]
    flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[flat], owner[flat]
    area = areas_m2(parts)
    keep = area >= sizes.min_area_m2
    parts, owner, area = parts[keep], owner[keep], area[keep]
    length = np.maximum(lengths_m(parts), np.finfo(float).tiny)
    width, round_ = 2 * area / length, 4 * np.pi * area / length**2
    return Pieces(parts, owner, area, (width < sizes.sliver_width_m) & (round_ < sizes.sliver_ratio))


def issue_table(
    *,
    kind: str | np.ndarray,
    level: str,
    codes: Sequence[str] | np.ndarray | pd.Series,
    text: Text,
    severity: Severity | np.ndarray,
    geometry: np.ndarray | None = None,
    area_m2: np.ndarray | None = None,
) -> gpd.GeoDataFrame:
    """Return issues of one kind.

    Parameters
    ----------
    kind : str or numpy.ndarray
        Kind of all or of each.
    level : str
        Level of all.
    codes : Sequence of str
        Codes of each, joined by one space.
    text : Text
        The message; {codes} and {area} (square metres) in it are filled in.
    severity : Severity or numpy.ndarray
        Severity of all or of each.
    geometry : numpy.ndarray, optional
        What to look at.
    area_m2 : numpy.ndarray, optional
        Sizes; measured when left out.

    Returns
    -------
    GeoDataFrame
        Columns ``ISSUE_COLUMNS``; EPSG:4490.
    """
    listed = pd.Series(list(codes), dtype="str")
    shapes = np.full(len(listed), None, dtype=object) if geometry is None else geometry
    area = areas_m2(shapes) if area_m2 is None else area_m2
    words = pd.Series(np.char.mod("%.0f", area), dtype="str")
    table = pd.DataFrame({"kind": kind, "level": level, "codes": listed, "area_m2": area, "severity": severity})
    for lang in ("zh", "en"):
        table[f"message_{lang}"] = _filled(text.get(lang), listed, words)
    table = table.astype(dict.fromkeys(_TEXTS, "str"))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs="EPSG:4490"))


def empty_issues() -> gpd.GeoDataFrame:
    """Return an issues table without rows.

    Returns
    -------
    GeoDataFrame
        Columns ``ISSUE_COLUMNS``; EPSG:4490.
    """
    return issue_table(kind="", level="", codes=[], text=Text("", ""), severity=Severity.INFO)


def _filled(template: str, codes: pd.Series, area: pd.Series) -> pd.Series:
    """Fill {codes} and {area} of a template, row by row but as whole columns."""
    before, _, after = template.partition("{area}")
    sides = []
    for side in (before, after):
        left, mark, right = side.partition("{codes}")
        sides.append(left + codes + right if mark else pd.Series(side, index=codes.index, dtype="str"))
    return sides[0] + area + sides[1] if after or "{area}" in template else sides[0]
