"""The rule on addresses: an address names the area that its source claims, or another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geocensus import names as n
from geocensus.checks.outcome import Outcome, flag_where
from geocensus.checks.words import LEVEL_TITLES
from geocensus.divisions import code_at
from geocensus.model import CodeSystem

if TYPE_CHECKING:
    from geocensus.checks.context import Context

__all__ = ["address_conflict"]

_TELLING = 4  # letters of a village's name that tell its township alone; hamlets called 王家村 are everywhere


def address_conflict(ctx: Context) -> Outcome:
    """Flag sources whose address names another area than they claim, once, at the coarsest level that differs.

    An address that also names the claimed area agrees, in whatever words; a name that fits several areas accuses
    nobody unless all of them lie in one other area; where the claimed area was before, by the crosswalk, agrees, too.
    """
    named = ctx.named.rename(columns={n.LEVEL: "named_level"})
    compared, found = [pd.Series(dtype="int64")], []
    for level in ctx.basemap.levels:
        evidence = _evidence(ctx, named, level)
        compared.append(evidence["row"])
        found.append(_against(evidence))
    first = pd.concat(found).drop_duplicates("row").set_index("row").sort_index()
    index = ctx.sources.index
    failed = pd.Series(data=False, index=index)
    failed.iloc[first.index] = True
    tested = pd.Series(data=False, index=index)
    tested.iloc[pd.concat(compared).unique()] = True
    claimed = ctx.claims["area_code"].notna()
    untested = {"no_address": claimed & ~tested, "no_claim": ~claimed}
    first = first.set_axis(index[failed])
    message = _messages(ctx, first)
    return flag_where(failed, message, untested=untested, level=first["level"])


def _evidence(ctx: Context, named: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return what addresses say about one level, with the claim: places of that level where one is sure, else finer."""
    said, here = named[f"code_{level}"], named["named_level"] == level
    claimed = ctx.claims[f"code_{level}"].iloc[named["row"]].set_axis(named.index)
    kept = said.notna() & claimed.notna()
    kept &= here | ~named["row"].isin(named.loc[kept & here & named["sure"], "row"])
    places = named[kept].assign(said=said[kept], claimed=claimed[kept])
    inside = pd.Series(data=True, index=places.index)  # of the claimed areas above, which were compared before
    for upper in ctx.basemap.levels[: ctx.basemap.levels.index(level)]:
        inside &= places[f"code_{upper}"].eq(ctx.claims[f"code_{upper}"].iloc[places["row"]].set_axis(places.index))
    places = places.assign(level=level, finer=places["named_level"] != level, inside=inside)
    return places.assign(agrees=places["said"].eq(places["claimed"]) | _former(ctx, places, level))


def _against(evidence: pd.DataFrame) -> pd.DataFrame:
    """Keep the first sure place of every row that names another area, where nothing in the row agrees."""
    agreeing = evidence.loc[evidence["agrees"], "row"]
    own = ~evidence["finer"] | (evidence["end"] - evidence["start"] >= _TELLING)
    against = evidence[evidence["sure"] & evidence["inside"] & own & ~evidence["row"].isin(agreeing)]
    alone = against.groupby(["row", "start"])["said"].transform("nunique").eq(1)
    return against[alone].sort_values(["row", "start"]).drop_duplicates("row")


def _former(ctx: Context, places: pd.DataFrame, level: str) -> pd.Series:
    """Tell which places are where the claimed area was before, by the crosswalk: a village given to another town."""
    nothing = pd.Series(data=False, index=places.index)
    if ctx.crosswalk is None or ctx.basemap.info.code_system != CodeSystem.GB2260 or places.empty:
        return nothing
    changes = ctx.crosswalk.table
    was = pd.DataFrame({"new": changes["new_code"], "was": code_at(changes["old_code"], level).astype("str")}).dropna()
    before = set(zip(was["new"], was["was"], strict=True))
    result = nothing
    for upper in ctx.basemap.levels:
        claim = pd.Index(ctx.claims[f"code_{upper}"].iloc[places["row"].to_numpy()])
        result |= pd.MultiIndex.from_arrays([claim, pd.Index(places["said"])]).isin(before or {("", "")})
    return result


def _messages(ctx: Context, first: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    titles = pd.concat([ctx.basemap.areas(level).set_index(n.CODE)[n.NAME] for level in ctx.basemap.levels])
    place, said, claimed = (first[column].map(titles).astype("str") for column in (n.CODE, "said", "claimed"))
    kind_zh, kind_en = (
        first["level"].map({level: title.get(lang) for level, title in LEVEL_TITLES.items()}).astype("str")
        for lang in ("zh", "en")
    )
    finer = first["finer"]
    zh = "地址写的是" + place + ("（属" + said + "）").where(finer, "") + "，填报" + kind_zh + "为" + claimed
    en = "the address names " + place + (" in " + said).where(finer, "") + ", the claimed " + kind_en + " is " + claimed
    return zh, en
