"""Spellings of one name: traditional characters, noise and words of offices folded, suffix variants seen through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import pandas as pd

from geocensus.errors import SchemaError
from geocensus.model import LEVELS, Level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Names", "fold", "parts", "same_place", "stem"]

Names: TypeAlias = pd.Series | Sequence[object]
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
_ODD: Final = f"[^0-9A-Z()/\u4e00-\u9fff]|[{_TRADITIONAL}]"  # others are folded already; no escapes, for Arrow
_NOISE: Final = re.compile(r"[\s·•・\-—_,，.。;；:：'\"“”]+")
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
    odd = texts.str.contains(_ODD, na=False).to_numpy()
    if odd.any():  # few of a list's addresses are
        plain = texts.array.copy()
        plain[odd] = _plain(texts[odd]).array
        texts = pd.Series(plain, index=texts.index, name=texts.name)
    return texts.mask(texts.isin(_NOTHING))


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
    number, unique = _different(plain)
    bare = _cut(unique, _OFFICES.get(level, _OFFICES_ABOVE), level)
    stems = _cut(bare, _SUFFIXES[level], level)
    if level == Level.VILLAGE:  # 玉田里 is a kind of village, 十八里村委会 is not
        stems = stems.mask(bare.ne(unique) & bare.str.endswith("里"), bare)
    tails = pd.Series([text[len(part) :] for text, part in zip(unique, stems, strict=True)], dtype="str")
    cut = {"bare": bare, "stem": stems, "kind": _kinds(tails, level)}
    spread = {column: _spread(values, number, plain) for column, values in cut.items()}
    return pd.DataFrame({"plain": plain, **spread})


def _texts(names: Names) -> pd.Series:
    """Return a ``str`` Series; a missing value of any kind is NaN."""
    series = names if isinstance(names, pd.Series) else pd.Series(list(names), dtype="object")
    return series.astype("str")


def _plain(texts: pd.Series) -> pd.Series:
    """Fold letter by letter."""
    number, unique = _different(texts)
    plain = unique.str.normalize("NFKC").str.replace(_NOISE, "", regex=True).str.upper()
    return _spread(plain.str.translate(_FOLDED), number, texts)


def _different(texts: pd.Series) -> tuple[NDArray[np.intp], pd.Series]:
    """Return the different texts, and which of them each text is (-1: missing): lists repeat few names many times."""
    number, different = pd.factorize(texts)
    return number, pd.Series(different, dtype="str")


def _spread(values: pd.Series, number: NDArray[np.intp], texts: pd.Series) -> pd.Series:
    """Give each text the value of its different text."""
    taken = values.array.take(number, allow_fill=True)
    return pd.Series(taken, index=texts.index, dtype="str", name=texts.name)


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
