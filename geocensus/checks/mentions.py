"""Names of areas that stand in texts: the longest counts, and the letters around tell whether it is a place by itself.

The longest name counts (北屏山村, not 屏山村 inside it). A name is sure only where one can start (at the beginning,
after another place, after a number) and where what follows does not make it part of another name: a road (白石镇路), a
firm (白石镇食品有限公司), a way (往白石镇方向).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from geocensus.checks.phrases import Texts, find_phrases
from geocensus.model import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.spellings import Spellings

    Bools = NDArray[np.bool_]
    Pieces = NDArray[np.str_]

__all__ = ["find_mentions"]

_BEFORE, _AFTER = 3, 14  # letters looked at on either side of a name
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


def find_mentions(texts: pd.Series, spelled: Spellings, levels: tuple[str, ...]) -> pd.DataFrame:
    """Find names of areas that do not overlap, the first and longest of those that do.

    Parameters
    ----------
    texts : Series of str
        Folded, no missing values.
    spelled : Spellings
        What to look for.
    levels : tuple of str
        Of the basemap.

    Returns
    -------
    DataFrame
        By text and start: ``text`` (row number in `texts`), ``start`` and ``end`` (letters from 0, the end not
        included), ``phrase`` (row number), ``sure`` (by the letters around, the name is a place by itself).
    """
    laid = Texts(texts)
    finds = _longest(find_phrases(laid, spelled.phrases), laid)
    phrase = finds["phrase"].to_numpy()
    upper = np.isin(levels, _UPPER)[spelled.level[phrase]]
    return finds.assign(sure=_alone(finds, laid, upper) & ~spelled.stem[phrase])


def _longest(finds: pd.DataFrame, laid: Texts) -> pd.DataFrame:
    """Keep the first and longest of finds that overlap."""
    first = laid.first[finds["text"]]
    ends = np.maximum.accumulate(first + finds["end"].to_numpy())
    free = first[1:] + finds["start"].to_numpy()[1:] >= ends[:-1]
    return finds[np.concatenate([[True], free])[: len(finds)]].reset_index(drop=True)


def _alone(finds: pd.DataFrame, laid: Texts, upper: Bools) -> Bools:
    """Tell by the letters around whether a find is a place by itself."""
    text, start, end = (finds[column].to_numpy() for column in ("text", "start", "end"))
    same = text[1:] == text[:-1]
    chained = np.concatenate([[False], same & (start[1:] == end[:-1])])[: len(finds)]
    until = laid.size[text]
    until[:-1][same] = start[1:][same]
    before = _Around(_before(laid, laid.first[text] + start, start))
    after = _Around(_after(laid, laid.first[text] + end, until - end))
    begins = chained | before.has(_STARTS)
    foreign = before.has(_FOREIGN) & ~before.has(_ZONES) & ~chained & ~upper
    away = before.has(_AWAY) | after.has(_WAY)
    part = after.has(_ROAD) | (~chained & after.has(_FIRM))
    return np.asarray(begins & ~foreign & ~away & ~part)


def _before(laid: Texts, at: NDArray[np.int64], room: NDArray[np.int64]) -> Pieces:
    """Return the letters before finds; behind a gap, letters of another text do no harm to what is looked for."""
    pieces = laid.windows(at - _BEFORE, _BEFORE)
    pieces[room == 0] = ""
    return pieces


def _after(laid: Texts, at: NDArray[np.int64], room: NDArray[np.int64]) -> Pieces:
    """Return the letters after finds, none of the next find or of another text."""
    pieces = laid.windows(at, _AFTER)
    pieces.view(np.uint32).reshape(-1, _AFTER)[np.arange(_AFTER) >= room[:, None]] = 0
    return pieces


class _Around:
    """Pieces of texts, each different one looked at once: most repeat."""

    def __init__(self, pieces: Pieces) -> None:
        rows = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(pieces.itemsize), len(pieces), [None, pa.py_buffer(pieces)]
        ).dictionary_encode()
        self.number = rows.indices.to_numpy()
        different = np.frombuffer(rows.dictionary.buffers()[1], dtype=pieces.dtype, count=len(rows.dictionary))
        self.different = pd.Series(different, dtype="object").astype("str")

    def has(self, pattern: str) -> Bools:
        """Tell which pieces a pattern is found in."""
        return self.different.str.contains(pattern).to_numpy(dtype=bool)[self.number]
