"""What speaks for a cause, in a sentence: true numbers, both languages, whole columns at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes import CAUSES
from geocensus.checks.diagnosis.texts import chosen, joined, metres_said, number_said, taken
from geocensus.model import Text

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from geocensus.checks.diagnosis.landscape import Landscape
    from geocensus.checks.diagnosis.neighbours import Neighbours
    from geocensus.checks.diagnosis.proposals import Proposals
    from geocensus.checks.diagnosis.question import Question

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["REASONS", "Speaker", "labels"]

REASONS: Final = {
    "": Text("", ""),
    "second": Text("有更可能的解释", "another explanation is more likely"),
    "near_border": Text(
        "坐标在填报区划边界的容差之内，不提修正", "the point is within tolerance of its border: no repair is offered"
    ),
    "unlikely": Text("最可能的修正概率不足 50%", "the best repair is less likely than 50 %"),
    "claim_or_point": Text(
        "仅凭位置无法判断是填报区划有误还是坐标有误", "geometry alone cannot tell a wrong claim from a wrong point"
    ),
    "single_shift": Text(
        "单个坐标无法判定坐标系偏移，须按整批判定",
        "a shift cannot be told from one source, only from a whole import group",
    ),
    "close": Text("两种解释的概率相近，无法区分", "two explanations are about equally likely"),
}
_DONE: Final = {
    "axes_swapped": Text("经纬度对调后", "exchanging longitude and latitude"),
    "packed_dms": Text("按度分秒读取后", "reading the decimals as minutes and seconds"),
    "decimal_as_dms": Text("把分、秒栏还原为小数度后", "reading minutes and seconds as the decimals they were"),
    "minutes_decimal": Text("按十进制分读取后", "reading decimal minutes"),
    "seconds_dropped": Text("补上缺失的秒后（0–59″ 之间）", "adding the missing seconds (0 to 59″)"),
    "digit_error": Text("改正一处数字后", "correcting one digit"),
    "decimal_shift": Text("移动小数点后", "moving the decimal point"),
    "sign": Text("改正正负号或半球后", "correcting the sign or hemisphere"),
    "projected": Text("按高斯—克吕格投影坐标换算后", "reading Gauss-Krüger metres"),
    "gcj02": Text("按 GCJ-02 换算后", "undoing GCJ-02"),
    "bd09": Text("按 BD-09 换算后", "undoing BD-09"),
    "datum_54": Text("按北京 54 坐标系估计改正后", "an estimated correction of Beijing 54"),
    "datum_80": Text("按西安 80 坐标系估计改正后", "an estimated correction of Xian 80"),
}
_LANGUAGES: Final = ("zh", "en")


def labels(land: Landscape, fine: Ints) -> pa.Array:
    """Name finest areas with the area above them.

    Parameters
    ----------
    land : Landscape
        Areas.
    fine : array of int
        Finest areas, -1 for none.

    Returns
    -------
    pyarrow.Array
        Such as 辉埠镇双溪口村; "" for none.
    """
    names = land.names
    own = names[land.chain[-1]]
    if len(land.levels) > 2:  # noqa: PLR2004 - a county's name says nothing, and stands above two levels
        above = land.chain[-2]
        own = np.where(above >= 0, names[above], "") + own
    return taken(own, fine)


@dataclass(frozen=True, eq=False)
class Speaker:
    """What the sentences speak of."""

    question: Question
    land: Landscape
    near: Neighbours

    def moved(self, proposals: Proposals, chosen_: Ints, fine: Ints) -> tuple[pa.Array, pa.Array]:
        """Speak for candidates that move the point.

        Parameters
        ----------
        proposals : Proposals
            All candidates.
        chosen_ : array of int
            Which of them.
        fine : array of int
            The finest area of each of these, -1 for none.

        Returns
        -------
        pair of pyarrow.Array
            Chinese and English sentences.
        """
        picked = proposals.take(chosen_)
        own = self.question.own[picked.row]
        metres = self.near.nearest(own, picked.lon, picked.lat)
        count = np.where(own >= 0, self.near.counts[own], 0)
        place, claimed = labels(self.land, fine), taken(self.land.names, own)
        off = fine < 0
        number, far = number_said(count), metres_said(metres)
        known = np.isfinite(metres)
        done_zh, done_en = (
            taken([getattr(_DONE.get(c, t), lang) for c, t in CAUSES.items()], picked.cause) for lang in _LANGUAGES
        )
        zh = joined(done_zh, chosen(off, "落在底图边缘之外", joined("落在", place)))
        en = joined(done_en, chosen(off, " puts it just outside the basemap", joined(" puts it in ", place)))
        zh = chosen(known, joined(zh, "，距填报“", claimed, "”的 ", number, " 个污染源中最近的 ", far), zh)
        one = joined(", ", far, " from the one good source that claims ", claimed)
        many = joined(", ", far, " from the nearest of ", number, " good sources that claim ", claimed)
        return zh, chosen(known, joined(en, chosen(count == 1, one, many)), en)

    def kept(self, cause: str, rows: Ints) -> tuple[pa.Array, pa.Array]:
        """Speak for a cause that keeps the point.

        Parameters
        ----------
        cause : str
            One of ``KEEPING``.
        rows : array of int
            Rows of the question.

        Returns
        -------
        pair of pyarrow.Array
            Chinese and English sentences.
        """
        if cause == "correct":
            return self._right(rows)
        if cause == "other_site":
            return self._shared(rows)
        if cause in _OUTSIDE:
            return self._outside(cause, rows)
        fixed = _FIXED[cause]
        nothing = taken([""], np.zeros(len(rows), dtype=np.int64))
        return joined(fixed.zh, nothing), joined(fixed.en, nothing)

    def _right(self, rows: Ints) -> tuple[pa.Array, pa.Array]:
        asked = self.question
        own, outside = asked.own[rows], asked.outside_m[rows]
        claimed, far = taken(self.land.names, own), metres_said(outside)
        place_zh, place_en = self._where(rows)
        zh = joined("坐标在“", claimed, chosen(outside > 0, joined("”界外 ", far), "”之内"))
        en = joined("the point lies ", chosen(outside > 0, joined(far, " outside "), "inside "), claimed)
        free = own < 0
        return (
            chosen(free, joined("坐标在", place_zh), zh),
            chosen(free, joined("the point lies in ", place_en), en),
        )

    def _shared(self, rows: Ints) -> tuple[pa.Array, pa.Array]:
        same, fitting = number_said(self.question.same[rows]), number_said(self.question.fitting[rows])
        zh = joined("与另外 ", same, " 个污染源的坐标文字相同，其中 ", fitting, " 个位于其填报区划内")
        return zh, joined("also written for ", same, " other sources, of which ", fitting, " lie where they claim")

    def _outside(self, cause: str, rows: Ints) -> tuple[pa.Array, pa.Array]:
        """Say where the point lies and how far from its claim, then what that means."""
        asked = self.question
        place_zh, place_en = self._where(rows)
        claimed, metres = taken(self.land.names, asked.own[rows]), asked.outside_m[rows]
        away = (asked.own[rows] >= 0) & (metres > 0)
        far = metres_said(metres)
        zh = joined("坐标在", place_zh, chosen(away, joined("，距填报的“", claimed, "” ", far), ""))
        en = joined("the point lies in ", place_en, chosen(away, joined(", ", far, " from the claimed ", claimed), ""))
        end = _OUTSIDE[cause]
        if cause != "claim_wrong":
            return joined(zh, end.zh), joined(en, end.en)
        here = self.near.lying_at(asked.fine[rows])
        some, number = here > 0, number_said(here)
        many = chosen(
            here == 1, "; one good source lies in that area", joined("; ", number, " good sources lie in that area")
        )
        return (
            joined(zh, chosen(some, joined("；该区划内另有 ", number, " 个无疑点的污染源"), "")),
            joined(en, chosen(some, many, "")),
        )

    def _where(self, rows: Ints) -> tuple[pa.Array, pa.Array]:
        fine = self.question.fine[rows]
        place = labels(self.land, fine)
        return chosen(fine < 0, "底图之外", place), chosen(fine < 0, "no area of the basemap", place)


_OUTSIDE: Final = {
    "claim_wrong": Text("", ""),
    "elsewhere": Text("；可能是总部地址或地名解析的坐标", "; it may be that of a head office or from a geocoder"),
    "stale_boundary": Text(
        "；该处多行都这样填报，可能是区划调整", "; several rows there claim the same: the boundary may have moved"
    ),
}
_FIXED: Final = {
    "default_place": Text("坐标在区划中心或已知办公地点", "the point is the centre of an area or a known office"),
    "unknown": Text("没有一种单一差错能解释该坐标", "no single slip explains this coordinate"),
}
