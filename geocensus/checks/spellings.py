"""How the areas of a basemap may be spelled inside an address, and which spellings several of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus import placenames
from geocensus.checks.phrases import Phrases
from geocensus.model import Level

if TYPE_CHECKING:
    from geocensus.basemap import Basemap

__all__ = ["RANKS", "Spellings", "spellings_of"]

# How well a spelling fits, best first; the stem alone (常山 for 常山县) helps to read on and proves nothing by itself.
RANKS: Final = ("full", "variant", "other_kind", "stem")
_FULL, _VARIANT, _OTHER_KIND, _STEM = range(4)
_SHORTEST: Final = 2  # letters of a stem that stands alone

# suffix to its kind, as placenames.parts names kinds
_ENDINGS: Final = {
    str(Level.VILLAGE): {
        "村": "village",
        "嘎查": "village",
        "村民委员会": "village",
        "村委会": "village",
        "社区": "community",
        "居委会": "community",
        "居民委员会": "community",
        "居": "community",
    },
    str(Level.TOWNSHIP): {"街道": "subdistrict", "镇": "town", "乡": "township"},
    str(Level.COUNTY): {"县": "other", "市": "other", "区": "other"},
}
_KNOWN: WeakKeyDictionary[Basemap, Spellings] = WeakKeyDictionary()  # a basemap never changes
_CHINESE: Final = r"[\u3400-\u9fff\U00020000-\U0003ffff]"


class Spellings:
    """All spellings of all areas, as numbers; levels are counted from the coarsest.

    Parameters
    ----------
    table : DataFrame
        Columns spelling, level (one per spelling), rank and at_{level}.
    codes : Index of str
        Codes of all areas.
    levels : tuple of str
        Of the basemap.

    Attributes
    ----------
    phrases : Phrases
        The different spellings, folded.
    level, stem : ndarray
        Of each phrase: the level of the areas spelled so, and whether it is but a stem.
    first : ndarray of int
        The first meaning (an area spelled so) of each phrase, and behind the last one the number of all meanings.
    rank : ndarray of int
        Of each meaning: the row number in RANKS.
    areas : ndarray of int, shape (levels, meanings)
        Row numbers in `codes` of the area itself and of those above it, -1 where there is none.
    codes : Index of str
        Codes of all areas.
    place : ndarray of int
        Of each code: its place in the order of codes.
    """

    def __init__(self, table: pd.DataFrame, codes: pd.Index, levels: tuple[str, ...]) -> None:
        phrase, phrases = pd.factorize(table["spelling"])
        self.phrases = Phrases(pd.Series(phrases, dtype="str"))
        order = np.argsort(phrase, kind="stable")
        table = table.iloc[order]
        self.first = np.searchsorted(phrase[order], np.arange(len(phrases) + 1))
        self.level = pd.Index(levels).get_indexer(pd.Index(table[n.LEVEL]))[self.first[:-1]]
        self.rank = table["rank"].to_numpy(dtype=np.int64)
        self.stem = np.minimum.reduceat(self.rank, self.first[:-1]) == _STEM
        self.areas = np.stack([table[f"at_{level}"].to_numpy(dtype=np.int64) for level in levels])
        self.codes = codes
        self.place = np.argsort(np.argsort(codes.to_numpy(dtype="object")))


def spellings_of(basemap: Basemap) -> Spellings:
    """Spell every area with a Chinese name in every way that an address may.

    A village is known by its name, without its office, and by its stem with any suffix of a village or community; a
    township by its stem as subdistrict, town or township, because it may have been another kind of township before.

    Parameters
    ----------
    basemap : Basemap
        The areas.

    Returns
    -------
    Spellings
        The spellings; none for names in other scripts, whose words run into one another when folded.
    """
    if basemap not in _KNOWN:
        _KNOWN[basemap] = _all_spellings(basemap)
    return _KNOWN[basemap]


def _all_spellings(basemap: Basemap) -> Spellings:
    codes = pd.Index(pd.concat([basemap.areas(level)[n.CODE] for level in basemap.levels]).drop_duplicates())
    tables = []
    for level in basemap.levels:
        areas = pd.DataFrame(basemap.areas(level)[[n.CODE, n.NAME]])
        above = basemap.parents(areas[n.CODE], level=level)
        at = {f"at_{upper}": _position(above.get(f"code_{upper}"), codes, len(areas)) for upper in basemap.levels}
        spelled = _spelled(areas[n.NAME], str(level))
        tables.append(spelled.join(areas[[n.CODE]].assign(**{n.LEVEL: level}, **at), on="area").drop(columns="area"))
    table = pd.concat(tables, ignore_index=True)
    table = table[table["spelling"].str.contains(_CHINESE)]
    return Spellings(_at_best_level(table), codes, basemap.levels)


def _at_best_level(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the level that each spelling fits best, of equal ones the coarsest: 苗栗市 is a township of 苗栗县."""
    best = table.groupby(["spelling", n.LEVEL], sort=False)["rank"].min().reset_index()
    best = best.sort_values("rank", kind="stable").drop_duplicates("spelling")[["spelling", n.LEVEL]]
    return table.merge(best, on=["spelling", n.LEVEL])


def _position(values: pd.Series | None, codes: pd.Index, size: int) -> np.ndarray:
    return np.full(size, -1) if values is None else codes.get_indexer(pd.Index(values))


def _spelled(names: pd.Series, level: str) -> pd.DataFrame:
    """Return spelling and rank per area (by position), the best rank of equal spellings."""
    level = str(Level.VILLAGE) if level == Level.ZONE else level
    cut = placenames.parts(names, level).reset_index(drop=True)
    tables = [pd.DataFrame({"spelling": cut["plain"], "rank": _FULL})]
    telling = cut["bare"].ne(cut["stem"]) | cut["bare"].str.endswith("村")
    bare = cut["bare"].where(telling)  # 徐村 of 徐村村委会, but not 北屏山 of 北屏山村委会
    tables.append(pd.DataFrame({"spelling": bare, "rank": _FULL}))
    long = cut["stem"].where(cut["stem"].str.len() >= _SHORTEST)
    for ending, kind in _ENDINGS.get(level, {}).items():
        fits = cut["kind"].isin(("", kind)) & (kind != "other")
        tables.append(pd.DataFrame({"spelling": long + ending, "rank": np.where(fits, _VARIANT, _OTHER_KIND)}))
    if level not in {Level.TOWNSHIP, Level.VILLAGE}:
        tables.append(pd.DataFrame({"spelling": long, "rank": _STEM}))
    spelled = pd.concat(tables).rename_axis("area").reset_index().dropna(subset="spelling")
    spelled = spelled[spelled["spelling"].str.len() >= _SHORTEST]
    return spelled.sort_values(["area", "spelling", "rank"]).drop_duplicates(["area", "spelling"])
