"""Issues of codes: doubled, malformed, outside their parent's number range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.basemap.issues import MESSAGES, empty_issues, issue_table
from geocensus.divisions import validate
from geocensus.model import CodeSystem, Severity
from geocensus.names import CODE, PARENT_CODE

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["code_issues"]


def code_issues(areas: gpd.GeoDataFrame, level: str, system: CodeSystem) -> gpd.GeoDataFrame:
    """Report doubled codes (also those kept apart as code#2), malformed ones, and codes unlike their parent's.

    Parameters
    ----------
    areas : GeoDataFrame
        Areas of one level.
    level : str
        The level.
    system : CodeSystem
        Form and beginning are tested in gb2260 alone.

    Returns
    -------
    GeoDataFrame
        Issues, as topology_issues describes them.
    """
    codes, shapes = areas[CODE], areas.geometry.to_numpy()
    plain = codes.str.split("#", n=1).str[0]
    doubled = (plain.duplicated(keep=False)).to_numpy()
    malformed = _malformed(plain, level, system) & ~doubled
    parent = areas[PARENT_CODE]
    foreign = (system is CodeSystem.GB2260) & (parent != "") & ~_begins(plain, parent) & ~malformed
    parts = [
        (doubled, "duplicate_code", Severity.ERROR, MESSAGES["duplicate_code"]),
        (malformed.to_numpy(), "malformed_code", Severity.WARNING, MESSAGES["malformed_code"]),
        (foreign.to_numpy(), "malformed_code", Severity.INFO, MESSAGES["foreign_code"]),
    ]
    tables = [
        issue_table(kind=kind, level=level, codes=codes[rows], text=text, severity=severity, geometry=shapes[rows])
        for rows, kind, severity, text in parts
        if rows.any()
    ]
    return pd.concat(tables, ignore_index=True) if tables else empty_issues()


def _malformed(codes: pd.Series, level: str, system: CodeSystem) -> pd.Series:
    """Tell codes that are made up, hold blanks, or (gb2260) are not codes of this level."""
    odd = codes.str.startswith("auto:") | codes.str.contains(r"\s") | (codes == "")
    if system is not CodeSystem.GB2260:
        return odd
    found = validate(codes)
    fits = found["level"].eq(level) | ((level == "zone") & found["level"].isin(["village", "zone"]))
    return odd | ~found["valid"] | ~fits


def _begins(codes: pd.Series, parents: pd.Series) -> pd.Series:
    """Tell whether each code begins with its parent's code."""
    starts = np.strings.startswith(codes.to_numpy(dtype="U"), parents.to_numpy(dtype="U"))
    return pd.Series(starts, index=codes.index)
