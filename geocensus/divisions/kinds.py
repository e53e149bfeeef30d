"""Types of divisions by the ranges of their last part."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.divisions.codes import NO_COUNTIES, trim
from geocensus.divisions.hierarchy import level_of_trimmed
from geocensus.model import Level, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.divisions.codes import Codes

__all__ = ["TOWNSHIP_RANGES", "TYPE_TITLES", "VILLAGE_RANGES", "type_of", "type_of_trimmed"]

TYPE_TITLES: Mapping[str, Text] = MappingProxyType(
    {
        "province": Text("省级", "province"),
        "prefecture": Text("地级", "prefecture"),
        "direct_counties": Text("省直辖县级行政区划", "counties directly below the province"),
        "county": Text("县级", "county"),
        "no_counties": Text("不设县区的地级市", "prefecture without counties"),
        "development_zone": Text("开发区（统计用区划）", "development zone outside GB/T 2260"),
        "subdistrict": Text("街道", "subdistrict"),
        "town": Text("镇", "town"),
        "township": Text("乡", "township"),
        "township_like": Text("类似乡级单位", "unit like a township"),
        "residents_committee": Text("居民委员会", "residents' committee"),
        "village_committee": Text("村民委员会", "village committee"),
        "residents_like": Text("类似居民委员会", "unit like a residents' committee"),
        "village_like": Text("类似村民委员会", "unit like a village committee"),
        "virtual": Text("虚拟村级单位", "virtual village"),
        "zone": Text("普查小区", "census zone"),
    }
)

# (first, last, type), both ends included; a later row takes precedence
TOWNSHIP_RANGES = ((1, 99, "subdistrict"), (100, 199, "town"), (200, 399, "township"), (400, 599, "township_like"))
VILLAGE_RANGES = (
    (1, 199, "residents_committee"),
    (200, 399, "village_committee"),
    (400, 499, "residents_like"),
    (500, 599, "village_like"),
    (498, 498, "virtual"),
    (598, 598, "virtual"),
)
_COUNTY_RANGES = ((1, 99, "county"), (70, 79, "development_zone"))
_DIRECT = "90"


def type_of(codes: Codes) -> pd.Series:
    """Tell the type of each division by the range of its last part.

    GB/T 2260 rules counties, GB/T 10114 townships, statistical practice villages.

    Parameters
    ----------
    codes : Series or sequence
        GB/T 2260 codes of any form that :func:`normalise` reads.

    Returns
    -------
    Series
        Keys of ``TYPE_TITLES``; NaN where the code is malformed or its last part lies in no range.

    Examples
    --------
    >>> type_of(["330822", "130171", "330822001", "330822104", "330822200", "110115403498"]).tolist()
    ['county', 'development_zone', 'subdistrict', 'town', 'township', 'virtual']
    """
    trimmed = trim(codes)
    return type_of_trimmed(trimmed, level_of_trimmed(trimmed))


def type_of_trimmed(trimmed: pd.Series, levels: pd.Series) -> pd.Series:
    """Tell the type of codes that are trimmed already.

    Parameters
    ----------
    trimmed : Series
        Trimmed codes, NaN allowed.
    levels : Series
        Their levels.

    Returns
    -------
    Series
        As :func:`type_of`.
    """
    types = levels.where(levels.isin([Level.PROVINCE, Level.PREFECTURE, Level.ZONE]))
    types = types.mask(levels.eq(Level.PREFECTURE) & trimmed.str[2:4].eq(_DIRECT), "direct_counties")
    types = types.fillna(_by_range(trimmed.str[4:6].where(levels.eq(Level.COUNTY)), _COUNTY_RANGES))
    types = types.mask(levels.eq(Level.COUNTY) & trimmed.str[:4].isin(NO_COUNTIES), "no_counties")
    types = types.fillna(_by_range(trimmed.str[6:9].where(levels.eq(Level.TOWNSHIP)), TOWNSHIP_RANGES))
    return types.fillna(_by_range(trimmed.str[9:12].where(levels.eq(Level.VILLAGE)), VILLAGE_RANGES))


def _by_range(parts: pd.Series, ranges: tuple[tuple[int, int, str], ...]) -> pd.Series:
    """Look the number of each part up in a table of ranges; NaN stays NaN."""
    table = np.full(1000, "", dtype=object)
    for first, last, kind in ranges:
        table[first : last + 1] = kind
    numbers = pd.to_numeric(parts).fillna(0).astype("int64")
    found = pd.Series(table[numbers.to_numpy()], index=parts.index, dtype="str", name=parts.name)
    return found.where(found.ne("") & parts.notna())
