"""Townships and villages named in addresses.

An address names places from coarse to fine. Homonyms are resolved by the places named beside them, then by the claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import placenames
from geocensus.checks.mentions import find_mentions
from geocensus.checks.numbering import in_words, rows_in
from geocensus.checks.spellings import RANKS, spellings_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.basemap import Basemap
    from geocensus.checks.spellings import Spellings

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

__all__ = ["places_named"]

_CHUNK: Final = 20_000  # rows at a time, so that memory stays small
_COLUMNS: Final = ("row", "level", "code", "start", "end", "sure", "candidates")


def places_named(addresses: pd.Series, basemap: Basemap, *, claims: pd.DataFrame | None = None) -> pd.DataFrame:
    """Find the areas of the basemap that addresses name.

    Parameters
    ----------
    addresses : Series of str
        One per source; missing values allowed.
    basemap : Basemap
        The areas; only names with Chinese letters are looked for.
    claims : DataFrame, optional
        Columns code_{level} in the order of `addresses`: homonyms are looked for inside the claimed areas first.

    Returns
    -------
    DataFrame
        Sorted by row and start. ``row`` (row number in `addresses`), ``level``, ``code``, ``start`` and ``end``
        (letters of the folded address, see :func:`geocensus.placenames.fold`), ``sure`` (False where the name may
        belong to a road, a firm, another county), ``candidates`` (areas that the name fits equally well; each has
        its own row), and ``code_{level}`` of the area itself and those above it (NaN for finer levels).

    Examples
    --------
    >>> from geocensus.io import open_basemap
    >>> found = places_named(pd.Series(["常山县白石镇12号", "天马街道白石镇路5号"]), open_basemap("changshan"))
    >>> found[["row", "code", "sure"]].values.tolist()
    [[0, '330822', True], [0, '330822104', True], [1, '330822001', True], [1, '330822104', False]]
    """
    spelled = spellings_of(basemap)
    claimed = _claimed(claims, basemap.levels, spelled.codes, len(addresses))
    found = []
    for begin in range(0, max(len(addresses), 1), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        here = _found(addresses.iloc[part], spelled, basemap.levels, [area[part] for area in claimed])
        found.append(here.assign(row=here["row"] + begin))
    return _written(pd.concat(found, ignore_index=True), spelled, basemap.levels)


def _found(addresses: pd.Series, spelled: Spellings, levels: tuple[str, ...], claimed: list[Ints]) -> pd.DataFrame:
    """Find areas as numbers, by row, start and code."""
    names = _names(addresses, spelled, levels)
    found = _meant(names.iloc[:0], spelled)
    for level in range(len(levels)):
        here = _meant(names[names["level"] == level], spelled)
        found = pd.concat([found, _resolved(here, found, spelled.areas[: level + 1], claimed)])
    name = found["name"].to_numpy()
    found = found.assign(candidates=np.bincount(name)[name])
    place = spelled.place[spelled.areas[found["level"], found["meaning"]]]
    found = found.iloc[np.argsort(name * len(spelled.codes) + place, kind="stable")]
    return found.join(names[["start", "end"]], on="name")


def _names(addresses: pd.Series, spelled: Spellings, levels: tuple[str, ...]) -> pd.DataFrame:
    """Return the names in each row, by row and start."""
    text, distinct = pd.factorize(placenames.fold(addresses))
    mentions = find_mentions(pd.Series(distinct, dtype="str"), spelled, levels)
    rows = np.flatnonzero(text >= 0)
    first = np.searchsorted(mentions["text"], np.arange(len(distinct) + 1))
    owner, mention = _members(first, text[rows])
    names = mentions.iloc[mention].reset_index(drop=True)
    return names.assign(row=rows[owner], level=spelled.level[names["phrase"]])


def _meant(names: pd.DataFrame, spelled: Spellings) -> pd.DataFrame:
    """Return all areas that each name may mean."""
    owner, meaning = _members(spelled.first, names["phrase"].to_numpy())
    table = names[["row", "level", "sure"]].iloc[owner].rename_axis("name").reset_index()
    return table.assign(meaning=meaning, rank=spelled.rank[meaning])


def _members(first: Ints, ranges: Ints) -> tuple[Ints, Ints]:
    """Return the members of ranges, each up to the first of the next, behind the positions of their ranges."""
    count = first[ranges + 1] - first[ranges]
    owner = np.repeat(np.arange(len(ranges)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + np.repeat(first[ranges] - before, count)


def _claimed(claims: pd.DataFrame | None, levels: tuple[str, ...], codes: pd.Index, size: int) -> list[Ints]:
    """Row numbers in `codes` of the claimed area at each level, -1 where none."""
    nothing = np.full(size, -1)
    given = pd.DataFrame() if claims is None else claims
    return [rows_in(codes, given[f"code_{level}"]) if f"code_{level}" in given else nothing for level in levels]


def _resolved(here: pd.DataFrame, named: pd.DataFrame, at: Ints, claimed: list[Ints]) -> pd.DataFrame:
    """Keep of each name the areas below the places named, then below the claim, then those that fit best.

    `at` ends with the level of the names, which is below the level of all places named.
    """
    level = len(at) - 1
    for upper in reversed(range(level)):
        given = named[named["sure"] & (named["level"] == upper)]
        asked = here["row"].isin(given["row"])
        inside = _within(here, at[upper]).isin(_within(given, at[upper])).to_numpy()
        held = _any(here, inside)
        here = here.assign(sure=here["sure"] & (held | ~asked))[inside | ~held]
    here = here[_fits_best(here) | _of_claim(here, at, claimed, level - 1)]
    for upper in reversed(range(level)):
        here = _preferred(here, _of_claim(here, at, claimed, upper))
    here = _preferred(here, _fits_best(here))
    return _preferred(here, _of_claim(here, at, claimed, level))


def _within(places: pd.DataFrame, at: Ints) -> pd.Series:
    """Give each pair of a row and an area of one level a number of its own."""
    return places["row"] * (at.max(initial=-1) + 2) + at[places["meaning"]] + 1


def _of_claim(here: pd.DataFrame, at: Ints, claimed: list[Ints], level: int) -> Bools:
    """Tell which areas lie in the claimed area of a level; none does above the coarsest."""
    if level < 0:
        return np.zeros(len(here), dtype=bool)
    own = at[level][here["meaning"]]
    return np.asarray((own >= 0) & (own == claimed[level][here["row"]]))


def _any(here: pd.DataFrame, good: Bools) -> Bools:
    """Tell of each area whether its name has any good one."""
    name = here["name"].to_numpy()
    held = np.zeros(name.max(initial=-1) + 1, dtype=bool)
    held[name[good]] = True
    return np.asarray(held[name])


def _fits_best(here: pd.DataFrame) -> Bools:
    """Tell which areas fit their name as well as any does."""
    name, rank = here["name"].to_numpy(), here["rank"].to_numpy()
    best = np.full(name.max(initial=-1) + 1, len(RANKS))
    np.minimum.at(best, name, rank)
    return np.asarray(rank == best[name])


def _preferred(here: pd.DataFrame, good: Bools) -> pd.DataFrame:
    """Keep the good areas of each name that has any."""
    return here[good | ~_any(here, good)]


def _written(found: pd.DataFrame, spelled: Spellings, levels: tuple[str, ...]) -> pd.DataFrame:
    """Write levels and areas as texts."""
    level, meaning = found["level"].to_numpy(), found["meaning"].to_numpy()
    named = found.assign(
        level=in_words(level, levels, found.index), code=_codes(spelled.areas[level, meaning], spelled.codes)
    )
    above = {
        f"code_{upper}": _codes(at[meaning], spelled.codes) for upper, at in zip(levels, spelled.areas, strict=True)
    }
    return named[list(_COLUMNS)].assign(**above)


def _codes(at: Ints, codes: pd.Index) -> pd.Series:
    return pd.Series(codes.array.take(at, allow_fill=True), dtype="str")
