"""Townships and villages named in addresses.

An address names places from coarse to fine. The longest name counts (北屏山村, not 屏山村 inside it). A name is sure
only where one can start (at the beginning, after another place, after a number) and where what follows does not make
it part of another name: a road (白石镇路), a firm (白石镇食品有限公司), a way (往白石镇方向). Homonyms are resolved by
the places named beside them, then by the claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus import placenames
from geocensus.checks.numbering import rows_in
from geocensus.checks.phrases import Texts, find_phrases
from geocensus.checks.spellings import RANKS, Spellings, spellings_of
from geocensus.model import Level

if TYPE_CHECKING:
    from geocensus.basemap import Basemap

__all__ = ["places_named"]

_COLUMNS: Final = ("row", "level", "code", "start", "end", "sure", "candidates")

_BEFORE, _AFTER = 6, 14  # letters looked at on either side of a name
_NUMBERS: Final = r"0-9〇零一二三四五六七八九十百"
_STARTS: Final = r"(?:^|[省市县区旗州盟镇乡道村里居会社路街巷弄号楼室组队幢栋层()\[\]【】（）/、0-9A-Z])$"
_AWAY: Final = r"(?:往|通往|至|到|去|距|距离|离|朝|邻|靠近|毗邻)$"  # before a name: it is where the place is not
_ROAD: Final = (
    r"^[东西南北中老新一二三]?"
    r"(?:大道|大街|路|街|巷|弄|胡同|公路|高速|[国省县乡]道|线|大桥|桥|隧道|立交|互通|收费站)"
)
_WAY: Final = r"^(?:方向|方面|界|交界|交叉|接壤|边界|驻|籍)"
_FIRM: Final = (
    rf"^(?:办事处|人民政府|政府)?[^{_NUMBERS}()（）【】/]{{0,12}}?"
    r"(?:公司|集团|企业|厂|合作社|经营部|经营户|门市|商店|商行|超市|市场|商场|饭店|酒店|宾馆|餐馆|餐厅|旅馆|民宿|"
    r"加油站|银行|信用社|养殖场|养猪场|农场|牧场|基地|学校|小学|中学|幼儿园|医院|卫生院|诊所|大厦|花园|公寓|小区|广场)"
)
_UPPER: Final = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY)  # a county may well follow a city: its prefecture
_FOREIGN: Final = r"[市县区旗]$"  # a county or city right before a name, that is not one of the basemap's
_ZONES: Final = r"(?:园区|小区|社区|新区|开发区|工业区|度假区|管理区|示范区|片区|库区|景区|集聚区)$"


def places_named(
    addresses: pd.Series,
    basemap: Basemap,
    *,
    claims: pd.DataFrame | None = None,
    spellings: Spellings | None = None,
) -> pd.DataFrame:
    """Find the areas of the basemap that addresses name.

    Parameters
    ----------
    addresses : Series of str
        One per source; missing values allowed.
    basemap : Basemap
        The areas; only names with Chinese letters are looked for.
    claims : DataFrame, optional
        Columns code_{level} in the order of `addresses`: homonyms are looked for inside the claimed areas first.
    spellings : Spellings, optional
        Of the same basemap, where they are at hand.

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
    spelled = spellings_of(basemap) if spellings is None else spellings
    folded = placenames.fold(addresses)
    distinct = pd.Series(folded.dropna().unique(), dtype="str")
    finds = _longest(find_phrases(distinct, spelled.phrases))
    best = spelled.meanings.groupby("phrase")["rank"].min()
    upper = spelled.meanings.loc[spelled.meanings[n.LEVEL].isin(_UPPER), "phrase"]
    finds = finds.assign(stem=finds["phrase"].map(best).eq(RANKS.index("stem")), upper=finds["phrase"].isin(upper))
    finds = finds.assign(sure=_sure(finds, distinct))
    rows = pd.DataFrame({"row": np.arange(len(folded)), "text": pd.Index(distinct).get_indexer(pd.Index(folded))})
    places = rows[rows["text"] >= 0].merge(finds, on="text").merge(spelled.meanings, on="phrase")
    places["find"] = places.groupby(["row", "start"], sort=False).ngroup()
    claimed = _claimed(claims, basemap.levels, spelled.codes, len(folded))
    parts = [places.iloc[:0]]
    for level in basemap.levels:
        here = places[places[n.LEVEL] == level]
        parts.append(_resolved(here, pd.concat(parts), claimed, basemap.levels[: basemap.levels.index(level) + 1]))
    found = pd.concat(parts)
    found["candidates"] = found.groupby("find")[n.CODE].transform("size")
    found = found.sort_values(["row", "start", n.CODE], ignore_index=True)
    above = {f"code_{level}": _codes(found[f"at_{level}"], spelled.codes) for level in basemap.levels}
    return found[list(_COLUMNS)].assign(**above)


def _codes(at: pd.Series, codes: pd.Index) -> pd.Series:
    return pd.Series(codes.array.take(at.to_numpy(), allow_fill=True), index=at.index, dtype="str")


def _longest(finds: pd.DataFrame) -> pd.DataFrame:
    """Keep the first and longest of finds that overlap."""
    ordered = finds.sort_values(["text", "start", "end"], ascending=[True, True, False], ignore_index=True)
    stride = int(ordered["end"].max() + 1) if len(ordered) else 1
    ends = (ordered["text"] * stride + ordered["end"]).to_numpy()
    before = np.concatenate([[-1], np.maximum.accumulate(ends)[:-1]])[: len(ends)]
    free = (ordered["text"] * stride + ordered["start"]).to_numpy() >= before
    return ordered[free].reset_index(drop=True)


def _sure(finds: pd.DataFrame, texts: pd.Series) -> pd.Series:
    """Tell by the letters around whether a find is a place by itself."""
    laid = Texts(texts)
    start, end = (laid.first[finds["text"]] + finds[side].to_numpy() for side in ("start", "end"))
    same = finds["text"].eq(finds["text"].shift(1)).to_numpy()
    last = np.where(same, finds["end"].shift(1).fillna(0), 0).astype(np.int64)
    chained = same & (last == finds["start"].to_numpy())
    following = finds["start"].shift(-1).where(finds["text"].eq(finds["text"].shift(-1)))
    room = (following - finds["end"]).fillna(_AFTER).clip(upper=_AFTER).to_numpy(dtype=np.int64)
    before = _side(laid, start - _BEFORE, _BEFORE, cut_before=np.minimum(finds["start"], _BEFORE).to_numpy())
    after = _side(laid, end, _AFTER, cut_after=room)
    begins = chained | before.str.contains(_STARTS)
    foreign = before.str.contains(_FOREIGN) & ~before.str.contains(_ZONES) & ~chained & ~finds["upper"].to_numpy()
    away = before.str.contains(_AWAY) | after.str.contains(_WAY)
    part = after.str.contains(_ROAD) | (~chained & after.str.contains(_FIRM))
    return pd.Series(begins & ~foreign & ~away & ~part & ~finds["stem"].to_numpy(), index=finds.index)


def _side(
    laid: Texts,
    at: np.ndarray,
    width: int,
    *,
    cut_before: np.ndarray | None = None,
    cut_after: np.ndarray | None = None,
) -> pd.Series:
    """Return letters beside finds, only the last (before) or the first (after) so many, none of another text."""
    pieces = pd.Series(laid.windows(at, width), dtype="object").astype("str")
    letters = np.ascontiguousarray(pieces.to_numpy(dtype=f"<U{width}")).view(np.uint32).reshape(-1, width).copy()
    place = np.arange(width)
    if cut_before is not None:
        letters[place < width - cut_before[:, None]] = 0
        shifted = np.argsort(letters == 0, axis=1, kind="stable")  # letters first, gaps last
        letters = np.take_along_axis(letters, shifted, axis=1)
    if cut_after is not None:
        letters[place >= cut_after[:, None]] = 0
        letters[np.maximum.accumulate(letters == 0, axis=1)] = 0  # the gap ends the text
    return pd.Series(np.ascontiguousarray(letters).view(f"<U{width}").ravel(), dtype="object").astype("str")


def _claimed(claims: pd.DataFrame | None, levels: tuple[str, ...], codes: pd.Index, size: int) -> dict[str, np.ndarray]:
    """Row numbers in `codes` of the claimed area at each level, -1 where none."""
    nothing = np.full(size, -1)
    if claims is None:
        return dict.fromkeys(levels, nothing)
    return {
        level: rows_in(codes, claims[f"code_{level}"]) if f"code_{level}" in claims else nothing for level in levels
    }


def _resolved(
    here: pd.DataFrame, named: pd.DataFrame, claimed: dict[str, np.ndarray], levels: tuple[str, ...]
) -> pd.DataFrame:
    """Keep of each find the areas below the places named, then below the claim, then those that fit best."""
    sure = named[named["sure"]]
    for upper in reversed(levels[:-1]):
        given = sure[sure[n.LEVEL] == upper]
        asked = here["row"].isin(given["row"]).to_numpy()
        inside = pd.MultiIndex.from_frame(here[["row", f"at_{upper}"]]).isin(
            pd.MultiIndex.from_frame(given[["row", f"at_{upper}"]])
        )
        held = pd.Series(inside, index=here.index).groupby(here["find"]).transform("any").to_numpy()
        here = here.assign(sure=here["sure"] & (held | ~asked))[inside | ~held]
    here = here[here["rank"].eq(here.groupby("find")["rank"].transform("min")) | _of_claim(here, claimed, levels[:-1])]
    for upper in reversed(levels[:-1]):
        here = _preferred(here, _of_claim(here, claimed, (upper,)))
    here = _preferred(here, here["rank"].eq(here.groupby("find")["rank"].transform("min")).to_numpy())
    return _preferred(here, _of_claim(here, claimed, levels[-1:]))


def _of_claim(here: pd.DataFrame, claimed: dict[str, np.ndarray], levels: tuple[str, ...]) -> np.ndarray:
    """Tell which areas lie in the claimed area of the finest of some levels."""
    inside = np.zeros(len(here), dtype=bool)
    for level in levels[-1:]:
        own = here[f"at_{level}"].to_numpy()
        inside = (own >= 0) & (own == claimed[level][here["row"].to_numpy()])
    return inside


def _preferred(here: pd.DataFrame, good: np.ndarray) -> pd.DataFrame:
    """Keep the good areas of each find that has any."""
    held = pd.Series(good, index=here.index).groupby(here["find"]).transform("any").to_numpy()
    return here[good | ~held]
