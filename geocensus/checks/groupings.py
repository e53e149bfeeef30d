"""Whose neighbours sources are: the same claimed village, else the place or the park that the address names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus import placenames
from geocensus.model import LEVELS, Level

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.context import Context

__all__ = ["GROUPINGS", "grouped", "grouping_keys", "neighbours_of", "parents_of_outlets", "titles_of_groups"]

GROUPINGS: Final = ("village", "named", "park", "township")  # finest first
_BELOW: Final = "\x1f"  # between the claimed county and the name of a park
_PARK: Final = (
    r"([^省市县区旗镇乡道村里路号0-9()（）]{2,8}"
    r"(?:工业园区|工业园|产业园区|产业园|经济开发区|开发区|工业区|工业功能区|集聚区|农业园区|物流园区|物流园))"
)


def grouping_keys(ctx: Context) -> pd.DataFrame:
    """Say which groups each source could belong to; a source's keys depend on itself and the basemap alone.

    Parameters
    ----------
    ctx : Context
        The sources under test.

    Returns
    -------
    DataFrame
        A column of texts per grouping: the claimed area where it is a village or zone, the one village that the
        address surely names, the industrial park in the address below the claimed county, the one township named.
        Missing where there is none, for sources without a point, and for outlets, which are compared with their site.
    """
    usable = ctx.has_point & parents_of_outlets(ctx).isna()
    fine = ctx.claims[n.CLAIMED_LEVEL].isin(LEVELS[LEVELS.index(Level.VILLAGE) :])
    keys = {
        "village": ctx.claims["area_code"].where(fine),
        "named": _named(ctx, Level.VILLAGE),
        "park": _park(ctx),
        "township": _named(ctx, Level.TOWNSHIP),
    }
    return pd.DataFrame({grouping: keys[grouping].astype("str").where(usable) for grouping in GROUPINGS})


def parents_of_outlets(ctx: Context) -> pd.Series:
    """Return ids of the sites that outlets belong to; a source that names itself is a site.

    Parameters
    ----------
    ctx : Context
        The sources under test.

    Returns
    -------
    Series of str
        Missing for sources that are no outlet.
    """
    parents = ctx.text("parent_id").str.strip().replace("", np.nan)
    return parents.mask(parents == ctx.written_ids)


def grouped(keys: pd.DataFrame, smallest: int, sizes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give each source the finest of its groups that is large enough.

    Parameters
    ----------
    keys : DataFrame
        As :func:`grouping_keys`.
    smallest : int
        Sources that a group has at least.
    sizes : DataFrame, optional
        Of all sources with each key, where `keys` holds but some of them; like `keys`.

    Returns
    -------
    DataFrame
        ``group`` (missing: none is), its ``grouping`` ("" where none), and its ``size``: sources with that key,
        also those that belong to a finer group.
    """
    result = pd.DataFrame({"group": np.nan, "grouping": ""}, index=keys.index).astype("str").assign(size=0)
    for grouping in GROUPINGS:
        given = keys[grouping]
        size = given.groupby(given).transform("size") if sizes is None else sizes[grouping]
        fits = result["group"].isna() & given.notna() & (size.fillna(0) >= smallest)
        result = result.assign(
            group=result["group"].mask(fits, given),
            grouping=result["grouping"].mask(fits, grouping),
            size=result["size"].mask(fits, size.fillna(0).astype("int64")),
        )
    return result


def titles_of_groups(groups: pd.DataFrame, basemap: Basemap) -> pd.Series:
    """Name the groups of sources, as an address or a claim does.

    Parameters
    ----------
    groups : DataFrame
        As :func:`grouped`.
    basemap : Basemap
        The areas.

    Returns
    -------
    Series of str
        "" where a source has no group, or its area no name.
    """
    areas = pd.concat([basemap.areas(level).set_index(n.CODE)[n.NAME] for level in basemap.levels])
    titles = groups["group"].map(areas[~areas.index.duplicated()]).astype("str")
    park = groups["group"].str.partition(_BELOW)[2] if len(groups) else groups["group"]
    return titles.mask(groups["grouping"] == "park", park).fillna("")


def neighbours_of(ctx: Context) -> pd.DataFrame:
    """Return the groups of all sources that have any, to be kept with the list.

    Parameters
    ----------
    ctx : Context
        The sources under test: a whole list.

    Returns
    -------
    DataFrame
        Columns of :func:`grouping_keys`, ``site`` (of an outlet), ``group`` and ``grouping``; indexed by source_id.
    """
    table = ctx.keys.assign(site=parents_of_outlets(ctx)).join(ctx.groups[["group", "grouping"]])
    table = table.set_axis(ctx.sources[n.SOURCE_ID])
    return table[table[[*GROUPINGS, "site"]].notna().any(axis=1)]


def _named(ctx: Context, level: str) -> pd.Series:
    """Group by the one area of a level that the address surely names."""
    named = ctx.named[ctx.named["sure"] & (ctx.named[n.LEVEL] == level)]
    single = named[named.groupby("row")[n.CODE].transform("nunique") == 1].drop_duplicates("row")
    codes = pd.Series(np.nan, index=ctx.sources.index, dtype="str")
    codes.iloc[single["row"].to_numpy()] = single[n.CODE].to_numpy()
    return codes


def _park(ctx: Context) -> pd.Series:
    """Group by the industrial park in the address, below the claimed county."""
    folded = placenames.fold(ctx.text("address"))
    likely = folded[folded.str.contains("园|区", na=False)]  # the letters of every park, looked for far sooner
    parks = likely.str.extract(_PARK, expand=False).astype("str").dropna()
    claims = ctx.claims.loc[parks.index]
    county = claims["code_county"].fillna("") if "code_county" in claims else ""
    return (county + _BELOW + parks).reindex(folded.index)
