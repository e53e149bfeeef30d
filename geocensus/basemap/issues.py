"""The form of a topology issue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.measure import areas_m2, lengths_m
from geocensus.model import Severity, Text

__all__ = ["ISSUE_COLUMNS", "Pieces", "Sizes", "empty_issues", "issue_table", "pieces_of"]

ISSUE_COLUMNS = ("kind", "level", "codes", "area_m2", "severity", "message_zh", "message_en", "geometry")
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
    """Take shapes apart into polygons, leave out rounding, and tell slivers."""
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
    """Return issues of one kind; the text's {codes} and {area} are filled in."""
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
    """Return an issues table without rows."""
    return issue_table(kind="", level="", codes=[], text=Text("", ""), severity=Severity.INFO)


def _filled(template: str, codes: pd.Series, area: pd.Series) -> pd.Series:
    """Fill {codes} and {area} of a template, row by row but as whole columns."""
    before, _, after = template.partition("{area}")
    sides = []
    for side in (before, after):
        left, mark, right = side.partition("{codes}")
        sides.append(left + codes + right if mark else pd.Series(side, index=codes.index, dtype="str"))
    return sides[0] + area + sides[1] if after or "{area}" in template else sides[0]
