"""Which area each source claims: by code, by crosswalk, by names; homonyms are looked up first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus import placenames
from geocensus.checks.addresses import places_named
from geocensus.checks.numbering import rows_in
from geocensus.divisions import code_at, level_of, normalise, trim
from geocensus.model import LEVELS, CodeSystem

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.divisions import Crosswalk

__all__ = ["resolve_claims"]

_DAMAGED = r"^\d(?:\.\d+)?[Ee]\+?\d+$"
_KNOWN: WeakKeyDictionary[Basemap, tuple[pd.DataFrame, placenames.Gazetteer]] = WeakKeyDictionary()
_SAID = (n.CLAIMED_CODE, *(f"claimed_{level}_name" for level in LEVELS))
_COLUMNS = ("area_code", "problem", "note_zh", "note_en")


def resolve_claims(sources: pd.DataFrame, basemap: Basemap, crosswalk: Crosswalk | None = None) -> pd.DataFrame:
    """Find the area of the basemap that each source claims.

    A code counts before names; a name that several areas bear is looked up below the places that the address names. A
    claim finer than the basemap is cut to its finest level; an unknown code is compared at the finest of its parents
    that is known, and flagged.

    Parameters
    ----------
    sources : DataFrame
        With claimed_code and claimed_{level}_name; missing values allowed, columns may be absent.
    basemap : Basemap
        The areas.
    crosswalk : Crosswalk, optional
        Old to new codes.

    Returns
    -------
    DataFrame
        Index of `sources`: area_code, claimed_level, code_{level} down to that level, problem ("" | missing |
        unknown | retired) with note_zh and note_en, has_name, and conflict with conflict_zh and conflict_en where
        code and names disagree.
    """
    _, places = _areas_of(basemap)
    said = pd.DataFrame({column: _text(sources, column) for column in _SAID})
    group, first = _distinct(said)
    found = placenames.resolve(said.iloc[first], places)
    helped = _text(sources, "address").where(found["problem"].eq("ambiguous").to_numpy()[group])
    if helped.notna().any():  # the address may tell which of several areas of one name is meant
        before, (group, first) = group, _distinct(said.assign(address=helped))
        found = found.iloc[before[first]]
    different = said.assign(address=helped).iloc[first].reset_index(drop=True)
    claims = _resolved(different, found.reset_index(drop=True), basemap, crosswalk)
    return claims.iloc[group].set_axis(sources.index)


def _distinct(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Tell different rows of a table of texts apart: the number of each row, and the first row of each number."""
    group = np.zeros(len(table), dtype=np.int64)
    for column in table:
        text, texts = pd.factorize(table[column])
        group = pd.factorize(group * (len(texts) + 1) + text)[0]
    return group, np.flatnonzero(~pd.Series(group).duplicated())


def _resolved(
    sources: pd.DataFrame, found: pd.DataFrame, basemap: Basemap, crosswalk: Crosswalk | None
) -> pd.DataFrame:
    """Resolve claims, where names lead to the places found."""
    areas, places = _areas_of(basemap)
    codes = sources[n.CLAIMED_CODE]
    by_code = _unique(codes, lambda given: _from_codes(given, basemap, areas, crosswalk))
    by_name = _from_names(sources, found, areas, places, basemap)
    damaged = codes.str.match(_DAMAGED).fillna(value=False).astype(bool)
    use_name = codes.isna() | damaged
    claims = by_code.mask(use_name, by_name[list(_COLUMNS)])
    claims = _note_damage(claims, codes, damaged)
    claims[n.CLAIMED_LEVEL] = _taken(claims["area_code"], areas.set_index(n.CODE)[n.LEVEL])
    claims = pd.concat([claims, _ancestors(claims, basemap)], axis=1)
    return pd.concat([claims, _conflicts(sources, claims, by_name, basemap, areas)], axis=1)


def _areas_of(basemap: Basemap) -> tuple[pd.DataFrame, placenames.Gazetteer]:
    """Return the areas of all levels, also by name; once per basemap, which never changes."""
    if basemap not in _KNOWN:
        tables = [pd.DataFrame(basemap.areas(level).drop(columns="geometry")) for level in basemap.levels]
        areas = pd.concat(tables)
        _KNOWN[basemap] = areas, placenames.Gazetteer(areas)
    return _KNOWN[basemap]


def _note_damage(claims: pd.DataFrame, codes: pd.Series, damaged: pd.Series) -> pd.DataFrame:
    """Say that a spreadsheet destroyed the code; the names, where there are any, still tell the area."""
    zh = "填报代码 " + codes + " 已被表格软件改成科学计数，末尾数字丢失（请把该列设为文本）"
    en = "the claimed code " + codes + " was destroyed by a spreadsheet (format the column as text)"
    named = claims["area_code"].notna()
    return claims.assign(
        problem=claims["problem"].mask(damaged, "unknown"),
        note_zh=claims["note_zh"].mask(damaged, zh.mask(named, zh + "，按名称比对")),
        note_en=claims["note_en"].mask(damaged, en.mask(named, en + "; compared by its names")),
    )


def _text(sources: pd.DataFrame, column: str) -> pd.Series:
    if column in sources:
        return sources[column].astype("str")
    return pd.Series(np.nan, index=sources.index, dtype="str")


def _unique(values: pd.Series, answer: object) -> pd.DataFrame:
    """Answer for distinct values only, and spread the answers."""
    distinct = pd.Series(values.unique(), dtype="str")
    answers = answer(distinct)  # type: ignore[operator]
    spread = answers.iloc[pd.Index(distinct).get_indexer(pd.Index(values))]
    return spread.set_axis(values.index)


def _from_codes(codes: pd.Series, basemap: Basemap, areas: pd.DataFrame, crosswalk: Crosswalk | None) -> pd.DataFrame:
    """Find the areas of different codes; most are codes of the basemap, and the others are looked at closely."""
    known = areas.set_index(n.CODE)[n.NAME]
    tidy = (trim(codes) if basemap.info.code_system == CodeSystem.GB2260 else normalise(codes)).astype("str")
    answers = pd.DataFrame({"area_code": tidy, "problem": "", "note_zh": "", "note_en": ""}).astype("str")
    other = rows_in(known.index.unique(), tidy) < 0
    if other.any():
        answers.loc[other] = _from_other_codes(codes[other], tidy[other], basemap, known)
    return answers if crosswalk is None else _follow(answers, codes, known, crosswalk)


def _from_other_codes(codes: pd.Series, tidy: pd.Series, basemap: Basemap, known: pd.Series) -> pd.DataFrame:
    """Find the areas of codes that the basemap does not have: what a finer code lies in, else the known parent."""
    gb2260 = basemap.info.code_system == CodeSystem.GB2260
    prefixes = _prefixes(tidy, basemap, gb2260=gb2260)
    finest = prefixes[basemap.levels[-1]]
    area = pd.Series(np.nan, index=codes.index, dtype="str")
    if gb2260:  # finer than the basemap: cut, which is no error
        finer = level_of(tidy).map({level: i for i, level in enumerate(LEVELS)}) > LEVELS.index(basemap.levels[-1])
        area = area.fillna(finest.where(finer & finest.isin(known.index)))
    else:
        area = area.fillna(finest.where(finest.isin(known.index)))
    parent = pd.Series(np.nan, index=codes.index, dtype="str")
    for level in reversed(basemap.levels):
        parent = parent.fillna(prefixes[level].where(prefixes[level].isin(known.index)))
    problem = pd.Series("", index=codes.index, dtype="str").mask(area.isna(), "unknown").mask(codes.isna(), "missing")
    titles = _taken(parent, known).fillna("")
    zh = ("填报代码 " + codes + " 不在底图中").where(
        parent.isna(), "填报代码 " + codes + " 不在底图中，按上级“" + titles + "”比对"
    )
    en = ("the claimed code " + codes + " is not in the basemap").where(
        parent.isna(), "the claimed code " + codes + " is not in the basemap; compared with " + titles + " above it"
    )
    return pd.DataFrame({"area_code": area.fillna(parent), "problem": problem, "note_zh": zh, "note_en": en})


def _prefixes(codes: pd.Series, basemap: Basemap, *, gb2260: bool) -> dict[str, pd.Series]:
    """Codes of the levels above, where codes are known to nest: by GB/T 2260, or as the basemap's own codes show."""
    nothing = pd.Series(np.nan, index=codes.index, dtype="str")
    if gb2260:
        return {level: code_at(codes, level).astype("str") for level in basemap.levels}
    lengths = {level: basemap.areas(level)[n.CODE].str.len().unique() for level in basemap.levels}
    fine = basemap.zones()
    nested = all(len(length) == 1 for length in lengths.values()) and all(
        code.startswith(parent) for code, parent in zip(fine[n.CODE], fine[n.PARENT_CODE], strict=True)
    )
    return {level: codes.str.slice(0, int(lengths[level][0])) if nested else nothing for level in basemap.levels}


def _follow(answers: pd.DataFrame, codes: pd.Series, known: pd.Series, crosswalk: Crosswalk) -> pd.DataFrame:
    """Replace unknown codes that the crosswalk leads to areas of the basemap."""
    lost = codes[answers["problem"] == "unknown"]
    gone = lost[crosswalk.retired(lost)]
    if gone.empty:
        return answers
    heirs = crosswalk.successors(gone)
    heirs = heirs[heirs["new_code"].isin(known.index)]
    new, titles = heirs["new_code"], heirs["new_code"].map(known)
    old = crosswalk.tidy(gone)
    zh, en = (
        _taken(old, texts.groupby(heirs["code"]).agg(comma.join))
        for texts, comma in ((titles + "（" + new + "）", "、"), (titles + " (" + new + ")", ", "))
    )
    only = _taken(old, heirs.drop_duplicates("code", keep=False).set_index("code")["new_code"])
    followed = pd.DataFrame(
        {
            "area_code": only.fillna(answers["area_code"][gone.index]),
            "problem": "retired",
            "note_zh": "填报的是旧代码 " + gone + "，" + ("现为 " + zh).fillna("已撤销，没有后继代码"),
            "note_en": "claimed code " + gone + " is retired; " + ("now " + en).fillna("no successor"),
        }
    )
    answers.loc[gone.index, followed.columns] = followed
    return answers


def _from_names(
    sources: pd.DataFrame, found: pd.DataFrame, areas: pd.DataFrame, places: placenames.Gazetteer, basemap: Basemap
) -> pd.DataFrame:
    found = _with_addresses(found, sources, areas, places, basemap)
    said = pd.Series("", index=sources.index, dtype="str")
    for level in LEVELS:
        said = said + _text(sources, f"claimed_{level}_name").fillna("")
    several, elsewhere = found["problem"] == "ambiguous", found["elsewhere_code"].notna()
    number, other = found["candidates"].astype("str"), found["elsewhere_code"].fillna("")
    zh = ("填报的“" + said + "”在底图中找不到").mask(
        several, "填报的“" + said + "”有 " + number + " 个同名区划，无法确定"
    )
    en = ("the claimed " + said + " is not in the basemap").mask(
        several, "the claimed " + said + " fits " + number + " areas of that name"
    )
    return pd.DataFrame(
        {
            "area_code": found["code"].astype("str"),
            "problem": found["problem"].astype("str").replace({"ambiguous": "unknown"}),
            "note_zh": zh.mask(elsewhere, zh + "；同名区划 " + other + " 不在所填上级之下"),
            "note_en": en.mask(elsewhere, en + "; " + other + " bears that name below another parent"),
            "has_name": found["problem"] != "missing",
        }
    )


def _with_addresses(
    found: pd.DataFrame,
    sources: pd.DataFrame,
    areas: pd.DataFrame,
    places: placenames.Gazetteer,
    basemap: Basemap,
) -> pd.DataFrame:
    """Look names that several areas bear up again, below the one place of each coarser level that the address names."""
    several = found["problem"].eq("ambiguous").to_numpy() & _text(sources, "address").notna().to_numpy()
    if not several.any():
        return found
    rows = sources[several]
    named = places_named(rows["address"], basemap)
    named = named[named["sure"] & named["candidates"].eq(1)].drop_duplicates(["row", n.LEVEL], keep=False)
    titles = areas.set_index(n.CODE)[n.NAME]
    given = {}
    for level in basemap.levels[:-1]:
        at = named[named[n.LEVEL] == level].set_index("row")[n.CODE].map(titles)
        said = _text(rows, f"claimed_{level}_name")
        given[f"claimed_{level}_name"] = said.fillna(at.reindex(range(len(rows))).set_axis(rows.index).astype("str"))
    again = placenames.resolve(rows.assign(**given), places)
    settled = again.index[again["problem"].eq("").to_numpy() & again["level"].eq(_asked(rows)).to_numpy()]
    return found.drop(settled).pipe(lambda rest: pd.concat([rest, again.loc[settled]])).loc[found.index]


def _asked(sources: pd.DataFrame) -> pd.Series:
    """Return the finest level that each row names."""
    asked = pd.Series(np.nan, index=sources.index, dtype="str")
    for level in LEVELS:
        asked = asked.mask(_text(sources, f"claimed_{level}_name").notna(), level)
    return asked


def _ancestors(claims: pd.DataFrame, basemap: Basemap) -> pd.DataFrame:
    """Codes of the claimed area and of all areas above it."""
    result = pd.DataFrame(
        {f"code_{level}": pd.Series(np.nan, index=claims.index, dtype="str") for level in basemap.levels}
    )
    for level in basemap.levels:
        rows = claims.index[claims[n.CLAIMED_LEVEL] == level]
        if len(rows):
            parents = basemap.parents(claims.loc[rows, "area_code"], level=level).filter(like="code_")
            result.loc[rows, parents.columns] = parents
    return result


def _conflicts(
    sources: pd.DataFrame, claims: pd.DataFrame, by_name: pd.DataFrame, basemap: Basemap, areas: pd.DataFrame
) -> pd.DataFrame:
    """Compare names with the areas of the code; a name that leads to the same area in any spelling agrees."""
    titles = areas.set_index(n.CODE)[n.NAME]
    named = by_name.assign(**{n.CLAIMED_LEVEL: _taken(by_name["area_code"], areas.set_index(n.CODE)[n.LEVEL])})
    named_codes = _ancestors(named, basemap)
    conflict = pd.Series(data=False, index=sources.index)
    zh, en = (pd.Series("", index=sources.index, dtype="str") for _ in range(2))
    codes = _text(sources, n.CLAIMED_CODE)
    has_code = codes.notna() & ~codes.str.match(_DAMAGED).fillna(value=False).astype(bool)
    for level in basemap.levels:
        said, code = _text(sources, f"claimed_{level}_name"), claims[f"code_{level}"]
        both = has_code & said.notna() & code.notna() & ~conflict
        if not both.any():
            continue
        said, code = said[both], code[both]
        own = _taken(code, titles)
        agrees = (named_codes.loc[code.index, f"code_{level}"] == code).astype(bool)
        unlike = code.index[~agrees]
        if len(unlike):
            agrees[unlike] = placenames.same_place(said[unlike], own[unlike], level=level).astype(bool)
        rows = code.index[~agrees]
        if not len(rows):
            continue
        conflict[rows] = True
        other = named_codes.loc[rows, f"code_{level}"].fillna("")
        zh[rows] = "代码 " + code[rows] + " 是“" + own[rows] + "”，名称填的是“" + said[rows] + "”"
        zh[rows] += ("（代码 " + other + "）").mask(other == "", "")
        en[rows] = "code " + code[rows] + " is " + own[rows] + ", the name given is " + said[rows]
        en[rows] += (" (code " + other + ")").mask(other == "", "")
    return pd.DataFrame({"has_name": by_name["has_name"], "conflict": conflict, "conflict_zh": zh, "conflict_en": en})


def _taken(codes: pd.Series, values: pd.Series) -> pd.Series:
    """Look codes up; missing stays missing."""
    return codes.map(values).astype("str")
