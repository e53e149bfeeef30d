"""Names to codes, within a scope.

Names are unique inside a county at best (3,743 township names repeat nationally), so a name is only ever looked up
below the places already named beside it, and several candidates are "ambiguous", never a guess.
"""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from geocensus.errors import SchemaError
from geocensus.model import LEVELS
from geocensus.names import CODE, LEVEL, NAME, PARENT_CODE
from geocensus.placenames.spelling import fold, parts

__all__ = ["MATCHES", "Gazetteer", "resolve"]

# How well a name fits, best first: letter by letter; another suffix; the stem alone (village turned community).
MATCHES: Final = ("full", "variant", "other_kind")
_MARKS: Final = re.compile("自治区|街道|苏木|[省市县区旗州盟镇乡]")  # where the name of a place above may end


class Gazetteer:
    """Places by name, taken apart once for many questions.

    Parameters
    ----------
    names : DataFrame
        As for :func:`resolve`.

    Attributes
    ----------
    places : DataFrame
        The places, each with the codes of those above it.

    Raises
    ------
    SchemaError
        When `names` lacks a column.
    """

    def __init__(self, names: pd.DataFrame) -> None:
        self.places = _places(names)
        self._known: dict[str, pd.DataFrame] = {}

    def known(self, level: str) -> pd.DataFrame:
        """Return the places of one level by the keys that they are looked up with.

        Parameters
        ----------
        level : str
            The level.

        Returns
        -------
        DataFrame
            One row per place and key.
        """
        if level not in self._known:
            here = self.places[self.places[LEVEL].eq(level)].reset_index(drop=True)
            self._known[level] = _keyed(pd.concat([here, parts(here[NAME], level)], axis="columns"))
        return self._known[level]


def resolve(claims: pd.DataFrame, names: pd.DataFrame | Gazetteer) -> pd.DataFrame:
    """Find codes for claimed names, each looked up below the coarser places named in the same row.

    Parameters
    ----------
    claims : DataFrame
        Any of the columns ``claimed_{level}_name``; other columns are ignored. A name may begin with the names of
        the places above it (常山县天马街道).
    names : DataFrame or Gazetteer
        The places: ``code``, ``name``, ``parent_code``, ``level``; levels without places are passed over.

    Returns
    -------
    DataFrame
        Index of `claims`. ``code``: the finest place found (NaN: none). ``level``: its level. ``match``: how the
        finest name fits, one of ``MATCHES`` ("" = no name found). ``problem``: "" | missing (no name in the row) |
        unknown (not in the scope) | ambiguous (several places in the scope). ``problem_level``: where,
        ``candidates``: how many places fit the name in question (0 where unknown), ``elsewhere_code``: for an
        unknown name the only place outside the scope that bears it. After a problem the finer names of the row are
        not looked up.

    Raises
    ------
    SchemaError
        When `names` lacks a column.

    Examples
    --------
    >>> names = pd.DataFrame(
    ...     {
    ...         "code": ["330822001", "330822104", "330822001201", "330822104201"],
    ...         "name": ["天马街道", "白石镇", "新村村委会", "新村村委会"],
    ...         "parent_code": ["330822", "330822", "330822001", "330822104"],
    ...         "level": ["township", "township", "village", "village"],
    ...     }
    ... )
    >>> claims = pd.DataFrame({"claimed_township_name": ["白石镇", None], "claimed_village_name": ["新村", "新村"]})
    >>> resolve(claims, names)[["code", "problem"]].values.tolist()
    [['330822104201', ''], [nan, 'ambiguous']]
    """
    places = names if isinstance(names, Gazetteer) else Gazetteer(names)
    present = set(places.places[LEVEL])
    levels = [level for level in LEVELS if level in present and f"claimed_{level}_name" in claims.columns]
    if not levels:
        return _blank(len(claims)).set_axis(claims.index)
    rows = pd.DataFrame({level: fold(claims[f"claimed_{level}_name"]).fillna("") for level in levels})
    unique = rows.drop_duplicates(ignore_index=True)
    position = rows.merge(unique.assign(position=range(len(unique))), on=levels, how="left")["position"]
    return _answers(unique, places, levels).iloc[position.to_numpy()].set_axis(claims.index)


def _places(names: pd.DataFrame) -> pd.DataFrame:
    """Check the table of places and give every place the codes of the places above it (columns ``in:{level}``)."""
    needed = (CODE, NAME, PARENT_CODE, LEVEL)
    missing = [column for column in needed if column not in names.columns]
    if missing:
        raise SchemaError(
            f"table of place names: no column {', '.join(missing)}; it needs {', '.join(needed)}",
            f"地名表缺少列：{'、'.join(missing)}；应有 {'、'.join(needed)}",
        )
    places = pd.DataFrame(names[list(needed)]).astype("str").drop_duplicates(CODE, ignore_index=True)
    by_code = places.set_index(CODE)
    places["folded"] = fold(places[NAME])
    above = places[PARENT_CODE]
    places = places.assign(**{f"in:{level}": pd.Series(pd.NA, index=places.index, dtype="str") for level in LEVELS})
    for _ in LEVELS:
        of = above.map(by_code[LEVEL])
        for level in LEVELS:
            places[f"in:{level}"] = places[f"in:{level}"].mask(of.eq(level), above)
        above = above.map(by_code[PARENT_CODE])
    return places


def _blank(size: int) -> pd.DataFrame:
    """Return answers that know nothing."""
    texts = {"code": pd.NA, "level": pd.NA, "match": "", "problem": "missing", "problem_level": ""}
    blank = pd.DataFrame({column: pd.Series([value] * size, dtype="str") for column, value in texts.items()})
    return blank.assign(candidates=0, elsewhere_code=pd.Series([pd.NA] * size, dtype="str"))


def _answers(rows: pd.DataFrame, places: Gazetteer, levels: list[str]) -> pd.DataFrame:
    """Go down the levels; each place found is the scope of the next name."""
    answers = _blank(len(rows))
    answers["problem"] = answers["problem"].mask((rows[levels] != "").any(axis="columns"), "")
    for level in levels:
        asked = rows[level].ne("") & answers["problem"].eq("")
        if asked.any():
            question = answers.loc[asked, ["code", "level"]].assign(text=rows.loc[asked, level])
            _enter(answers, _look_up(question, places, level), level)
    return answers


def _enter(answers: pd.DataFrame, found: pd.DataFrame, level: str) -> None:
    """Write what was found at one level into the answers, in place."""
    index = found.index
    answers.loc[index, "candidates"] = found["candidates"]
    sure = index[found["candidates"].eq(1)]
    answers.loc[sure, ["code", "match"]] = found.loc[sure, ["code", "match"]]
    answers.loc[sure, "level"] = level
    bad = index.difference(sure)
    answers.loc[bad, "problem"] = "unknown"
    answers.loc[index[found["candidates"].gt(1)], "problem"] = "ambiguous"
    answers.loc[bad, "problem_level"] = level
    answers.loc[bad, "elsewhere_code"] = found.loc[bad, "elsewhere_code"]


def _look_up(question: pd.DataFrame, places: Gazetteer, level: str) -> pd.DataFrame:
    """Find the places of one level that bear each name: inside the row's scope first, for unknown ones anywhere."""
    known = places.known(level)
    asked = parts(question["text"], level).assign(row=question.index, within=question["code"], scope=question["level"])
    inside = _within(asked, known)
    lost = asked[~asked["row"].isin(inside["row"])]
    elsewhere = pd.Series(pd.NA, index=question.index, dtype="str")
    if len(lost):
        inside = pd.concat([inside, _after_prefix(lost, known, places.places, level)])
        found = _best(_pairs(_keyed(asked[~asked["row"].isin(inside["row"])]), known, ["key"]))
        elsewhere = found["code"].where(found["candidates"].eq(1)).reindex(question.index)
    best = _best(inside).reindex(question.index)
    return best.assign(candidates=best["candidates"].fillna(0).astype("int64"), elsewhere_code=elsewhere)


def _keyed(parts: pd.DataFrame) -> pd.DataFrame:
    """Repeat each row for its stem and its bare name, which differ for few."""
    stems, bares = parts.assign(key=parts["stem"]), parts.assign(key=parts["bare"])
    return pd.concat([stems, bares[bares["bare"].ne(bares["stem"])]], ignore_index=True).dropna(subset="key")


def _within(asked: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Pair each name with the places of its scope; a row without scope looks everywhere."""
    keyed = _keyed(asked)
    parts = [_pairs(keyed[keyed["scope"].isna()], known, ["key"])]
    for scope in keyed["scope"].dropna().unique():
        below = known.assign(within=known[f"in:{scope}"])
        parts.append(_pairs(keyed[keyed["scope"].eq(scope)], below, ["key", "within"]))
    return pd.concat(parts, ignore_index=True)


def _pairs(asked: pd.DataFrame, known: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Join names and places on their keys; ``rank`` counts in ``MATCHES``."""
    columns = [CODE, "plain", "kind", *on]
    pairs = asked[["row", "plain", "kind", *on]].merge(known[columns], on=on, suffixes=("_asked", ""))
    kinds = pairs["kind"].eq("") | pairs["kind_asked"].eq("") | pairs["kind"].eq(pairs["kind_asked"])
    rank = (2 - kinds.astype("int64")).mask(pairs["plain"].eq(pairs["plain_asked"]), 0)
    return pairs.assign(rank=rank)[["row", CODE, "rank"]]


def _after_prefix(asked: pd.DataFrame, known: pd.DataFrame, places: pd.DataFrame, level: str) -> pd.DataFrame:
    """Pair names that begin with the name of a place above: the rest is the name, and must lie in that place."""
    cuts = [
        (row, text[: mark.end()], text[mark.end() :], within, scope)
        for row, text, within, scope in asked[["row", "plain", "within", "scope"]].itertuples(index=False)
        for mark in _MARKS.finditer(text)
        if mark.end() < len(text)
    ]
    cut = pd.DataFrame(cuts, columns=["origin", "before", "rest", "within", "scope"])
    texts = cut[["within", "scope", "rest"]].astype("str")
    rests = parts(texts["rest"], level).assign(row=cut.index, within=texts["within"], scope=texts["scope"])
    pairs = _within(rests, known).merge(cut[["origin", "before"]], left_on="row", right_index=True)
    pairs = pairs[_ends_with_place_above(pairs["before"], pairs[CODE], places, level)]
    return pairs.assign(row=pairs["origin"])[["row", CODE, "rank"]]


def _ends_with_place_above(before: pd.Series, codes: pd.Series, places: pd.DataFrame, level: str) -> pd.Series:
    """Tell whether each beginning ends with the name of a place that the code lies in."""
    by_code = places.set_index(CODE)
    holds = pd.Series(data=False, index=before.index)
    for above in LEVELS[: LEVELS.index(level)]:
        names = codes.map(by_code[f"in:{above}"]).map(by_code["folded"]).fillna("?")
        ends = [text.endswith(name) for text, name in zip(before, names, strict=True)]
        holds |= pd.Series(ends, index=before.index, dtype="bool")
    return holds


def _best(pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep each row's best-fitting places: the lowest code, its match, and how many there are."""
    pairs = pairs.sort_values(["row", CODE, "rank"]).drop_duplicates(["row", CODE])
    best = pairs[pairs["rank"].eq(pairs.groupby("row")["rank"].transform("min"))]
    grouped = best.groupby("row")
    chosen = grouped.first()
    match = chosen["rank"].map(dict(enumerate(MATCHES))).astype("str")
    return pd.DataFrame({"code": chosen[CODE].astype("str"), "match": match, "candidates": grouped.size()})
