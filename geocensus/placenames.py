"""Names of places: spellings folded, suffix variants seen through, codes found within a scope.

Names are unique inside a county at best (3,743 township names repeat nationally), so a name is only ever looked up
below the places already named beside it, and several candidates are "ambiguous", never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeAlias

import pandas as pd

from geocensus.errors import SchemaError
from geocensus.model import LEVELS, Level
from geocensus.names import CODE, LEVEL, NAME, PARENT_CODE

__all__ = ["MATCHES", "Gazetteer", "Names", "fold", "parts", "resolve", "same_place", "stem"]

Names: TypeAlias = pd.Series | Sequence[object]

# How well a name fits, best first: letter by letter; another suffix; the stem alone (village turned community).
MATCHES: Final = ("full", "variant", "other_kind")

_TRADITIONAL: Final = (
    "內勝勢雙員國園墻壽寧寶島廣強後愛榮樹橋權楓灣濫烏煥營獅礦維義聖腳興舊舘華萊蘆蘭裡"
    "裏談豐陽靜頂頭飛館騰魚鯉鳳鳴鶴麗龍銅錦鎮鏡鑼開溝鄉東縣區臺馬門長鹽雞貓莊關陳張黃"
    "劉吳楊趙漢廠慶遠運連達鐵鐘鎖錢雲電順須預風養齊齋嶺嶼峽岡澤淺滄漁濱瀨爐環瑩畢"
)
_SIMPLIFIED: Final = (
    "内胜势双员国园墙寿宁宝岛广强后爱荣树桥权枫湾滥乌焕营狮矿维义圣脚兴旧馆华莱芦兰里"
    "里谈丰阳静顶头飞馆腾鱼鲤凤鸣鹤丽龙铜锦镇镜锣开沟乡东县区台马门长盐鸡猫庄关陈张黄"
    "刘吴杨赵汉厂庆远运连达铁钟锁钱云电顺须预风养齐斋岭屿峡冈泽浅沧渔滨濑炉环莹毕"
)
_FOLDED: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_NOISE: Final = re.compile(r"[\s·•・\-—_,，.。;；:：'\"“”]+")
_MARKS: Final = re.compile("自治区|街道|苏木|[省市县区旗州盟镇乡]")  # where the name of a place above may end
_NOTHING: Final = frozenset(("", "无", "空", "暂无", "不详", "未知", "NULL", "NONE", "NAN", "N/A", "NA", "/", "\\"))

_OFFICES: Final = {
    str(Level.VILLAGE): ("村民委员会", "居民委员会", "村委会", "居委会", "村委", "居委", "民委员会", "委员会", "委会"),
    str(Level.TOWNSHIP): ("人民政府", "政府", "办事处", "办"),
}
_OFFICES_ABOVE: Final = ("人民政府", "政府")
_SUFFIXES: Final = {
    str(Level.PROVINCE): ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市"),
    str(Level.PREFECTURE): ("自治州", "地区", "市", "盟", "州"),
    str(Level.COUNTY): ("自治县", "自治旗", "县", "市", "区", "旗"),
    str(Level.TOWNSHIP): ("街道", "民族乡", "镇", "乡", "苏木", "市", "区"),
    str(Level.VILLAGE): ("村社区", "村", "社区", "嘎查", "里", "居"),
}
# suffix letters → kind; a tail with letters of two kinds (村居委会) fits both
_KINDS: Final = {
    str(Level.VILLAGE): {"village": re.compile("村|嘎查|里"), "community": re.compile("社区|居")},
    str(Level.TOWNSHIP): {
        "subdistrict": re.compile("街道|办事处"),
        "town": re.compile("镇"),
        "township": re.compile("乡|苏木"),
        "city": re.compile("市"),
    },
}
_SHORTEST: Final = 2  # letters a stem keeps: 徐村 stays 徐村


def fold(names: Names) -> pd.Series:
    """Fold spellings that mean the same letters: width, spaces, punctuation, traditional forms frequent in place names.

    Parameters
    ----------
    names : Series or sequence
        Texts; missing values and placeholders (无, —, /) are allowed.

    Returns
    -------
    Series
        The index of `names`, dtype ``str``; NaN where there is no name.

    Examples
    --------
    >>> fold(["天马 街道", "頭份鎮", "—", None]).tolist()
    ['天马街道', '头份镇', nan, nan]
    """
    texts = _texts(names)
    unique = pd.Series(texts.dropna().unique(), dtype="str")
    plain = unique.str.normalize("NFKC").str.replace(_NOISE, "", regex=True).str.upper()
    plain = plain.str.translate(_FOLDED)
    return _spread(texts, unique, plain.mask(plain.isin(_NOTHING)))


def stem(names: Names, *, level: str = Level.VILLAGE) -> pd.Series:
    """Cut the suffixes that say what kind of place it is, and keep the proper name.

    Parameters
    ----------
    names : Series or sequence
        Texts, missing values allowed.
    level : str
        The level of the places: suffixes differ.

    Returns
    -------
    Series
        The index of `names`, dtype ``str``; at least two letters are left, so that 徐村 stays itself.

    Raises
    ------
    SchemaError
        When there is no such level.

    Examples
    --------
    >>> stem(["北屏山村民委员会", "北屏山村", "东明社区居委会", "徐村村委会", "徐村"]).tolist()
    ['北屏山', '北屏山', '东明', '徐村', '徐村']
    >>> stem(["天马街道办事处", "三灣鄉"], level="township").tolist()
    ['天马', '三湾']
    """
    return parts(names, level)["stem"]


def same_place(a: Names, b: Names, *, level: str = Level.VILLAGE) -> pd.Series:
    """Tell, pair by pair, whether two names can mean one place; suffixes may differ but not contradict.

    Parameters
    ----------
    a : Series or sequence
        Names.
    b : Series or sequence
        Names of the same length; a Series keeps `a`'s index.
    level : str
        The level of the places.

    Returns
    -------
    Series
        The index of `a`, bool; False where either is missing. 辉埠村 and 辉埠居委会 are two places.

    Raises
    ------
    SchemaError
        When there is no such level.

    Examples
    --------
    >>> same_place(["蒲塘村", "东明", "辉埠村"], ["蒲塘村委会", "东明社区居委会", "辉埠居委会"]).tolist()
    [True, True, False]
    """
    left = parts(a, level)
    right = parts(b, level).set_axis(left.index)
    full = left["plain"].eq(right["plain"])
    stems = left["stem"].eq(right["stem"]) | left["stem"].eq(right["bare"]) | left["bare"].eq(right["stem"])
    kinds = left["kind"].eq("") | right["kind"].eq("") | left["kind"].eq(right["kind"])
    return (full | (stems & kinds)).rename(None)


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


def _texts(names: Names) -> pd.Series:
    """Return a ``str`` Series; a missing value of any kind is NaN."""
    series = names if isinstance(names, pd.Series) else pd.Series(list(names), dtype="object")
    return series.astype("str")


def _spread(texts: pd.Series, unique: pd.Series, values: pd.Series) -> pd.Series:
    """Give each text the value of its unique form: lists repeat few names many times."""
    taken = values.array.take(pd.Index(unique).get_indexer(texts), allow_fill=True)
    return pd.Series(taken, index=texts.index, dtype="str", name=texts.name)


def parts(names: Names, level: str = Level.VILLAGE) -> pd.DataFrame:
    """Take names apart.

    Parameters
    ----------
    names : Series or sequence
        Texts, missing values allowed.
    level : str
        The level of the places: suffixes differ.

    Returns
    -------
    DataFrame
        The index of `names`; texts, NaN where there is no name: ``plain`` (folded), ``bare`` (without its office),
        ``stem`` (without its suffix) and ``kind`` (village, community, subdistrict, town, township or city; "" =
        fits every kind).
    """
    if level not in LEVELS:
        raise SchemaError(
            f"no level {level!r}; use one of {', '.join(LEVELS)}", f"没有“{level}”这一级；可用：{'、'.join(LEVELS)}"
        )
    level = str(Level.VILLAGE) if level == Level.ZONE else str(level)
    plain = fold(names)
    unique = pd.Series(plain.dropna().unique(), dtype="str")
    bare = _cut(unique, _OFFICES.get(level, _OFFICES_ABOVE), level)
    stems = _cut(bare, _SUFFIXES[level], level)
    if level == Level.VILLAGE:  # 玉田里 is a kind of village, 十八里村委会 is not
        stems = stems.mask(bare.ne(unique) & bare.str.endswith("里"), bare)
    tails = pd.Series([text[len(part) :] for text, part in zip(unique, stems, strict=True)], dtype="str")
    cut = {"bare": bare, "stem": stems, "kind": _kinds(tails, level)}
    spread = {column: _spread(plain, unique, values) for column, values in cut.items()}
    return pd.DataFrame({"plain": plain, **spread})


def _cut(texts: pd.Series, suffixes: tuple[str, ...], level: str) -> pd.Series:
    """Cut one suffix, the longest that leaves a name; of 徐村村委会 the office 村委会, of 徐村委会 only 委会."""
    joined = "|".join(sorted(suffixes, key=len, reverse=True))
    shortest = _SHORTEST if level in _KINDS else 1
    return texts.str.replace(rf"^(.{{{shortest},}}?)(?:{joined})$", r"\1", regex=True)


def _kinds(tails: pd.Series, level: str) -> pd.Series:
    """Name the kind that the cut letters tell; "" where they tell none or two."""
    told = pd.DataFrame({kind: tails.str.contains(letters) for kind, letters in _KINDS.get(level, {}).items()})
    kinds = pd.Series("", index=tails.index, dtype="str")
    for kind in told.columns:
        kinds = kinds.mask(told[kind] & told.sum(axis="columns").eq(1), kind)
    return kinds


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
