"""Causes, repairs, decisions and shifts as a result file shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks import CAUSES, OUTCOMES
from geocensus.checks.labels import GROUPED_BY, labels_in_words
from geocensus.checks.shift import SYSTEMS
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CERTAIN_FROM", "JUDGED_TITLES", "decided_messages", "judged_columns", "repairs_in_words", "shifts_in_words"]

CERTAIN_FROM: Final = 0.9  # an offer of this probability is marked
_DIGITS: Final = 6  # of a degree where the list's own text cannot tell: a decimetre
_MOST_CERTAIN: Final = 0.9999  # rounding must not make a probability certainty

JUDGED_TITLES: Final[Mapping[str, Text]] = {
    n.CAUSE: Text("首要原因", "first cause"),
    n.PROBABILITY: Text("原因概率", "probability of the cause"),
    "evidence": Text("依据", "evidence"),
    "proposed_lon": Text("建议经度", "proposed longitude"),
    "proposed_lat": Text("建议纬度", "proposed latitude"),
    "proposed_code": Text("建议区划代码", "proposed code"),
    "repair_probability": Text("建议的概率", "probability of the proposal"),
}
_METHODS: Final = {"pairs": Text("与对照名单比对", "pairs"), "claims": Text("与填报区划比对", "claimed areas")}


def judged_columns(
    sources: pd.DataFrame, causes: pd.DataFrame, repairs: pd.DataFrame, *, lang: str = "zh", words: bool = True
) -> pd.DataFrame:
    """Return the first cause and the offered repair of every row.

    Parameters
    ----------
    sources : DataFrame
        Judged sources.
    causes, repairs : DataFrame
        Of the check.
    lang : str
        "zh" or "en", for the evidence and the words.
    words : bool
        False for programs: the cause's own name, and the proposed place as numbers (degrees, CGCS2000).

    Returns
    -------
    DataFrame
        Index of the sources, columns of JUDGED_TITLES; missing where nothing is said.
    """
    ids = sources[n.SOURCE_ID]
    first = causes[causes[n.RANK] == 1].drop_duplicates(n.SOURCE_ID).set_index(n.SOURCE_ID)
    offers = repairs[repairs[n.OFFERED]].sort_values(n.RANK, kind="stable")
    offers = offers.drop_duplicates(n.SOURCE_ID).set_index(n.SOURCE_ID)
    lon, lat = _proposed(offers) if words else (offers[n.LON], offers[n.LAT])
    moves = offers["kind"] != "claim"
    columns = {
        n.CAUSE: _cause_words(first[n.CAUSE], lang) if words else first[n.CAUSE],
        n.PROBABILITY: _told(first[n.PROBABILITY]),
        "evidence": first[f"evidence_{lang}"],
        "proposed_lon": lon.where(moves),
        "proposed_lat": lat.where(moves),
        "proposed_code": offers["proposed_code"].where(~moves),
        "repair_probability": _told(offers[n.PROBABILITY]),
    }
    return pd.DataFrame({name: ids.map(values) for name, values in columns.items()}, index=sources.index)


def _proposed(repairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the proposed place as text: as the list would write it where that is known, else in decimal degrees."""
    lon, lat = (
        repairs[f"{axis}_text"].where(
            repairs[f"{axis}_text"].fillna("") != "", repairs[axis].map(f"{{:.{_DIGITS}f}}".format, na_action="ignore")
        )
        for axis in (n.LON, n.LAT)
    )
    return lon, lat


def _told(probabilities: pd.Series) -> pd.Series:
    return probabilities.round(4).clip(upper=_MOST_CERTAIN)


def _cause_words(causes: pd.Series, lang: str) -> pd.Series:
    return _words(causes, CAUSES, lang)


def _words(values: pd.Series, words: Mapping[str, Text], lang: str) -> pd.Series:
    """Return slugs as people read them; one that is not known stays."""
    return values.map({key: text.get(lang) for key, text in words.items()}).astype("str").fillna(values)


def repairs_in_words(repairs: pd.DataFrame, sources: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the repairs as a person reads them, one row each, in the order of the list, the best first.

    Parameters
    ----------
    repairs : DataFrame
        Of the check.
    sources : DataFrame
        Judged sources, for names and raw texts.
    lang : str
        "zh" or "en".

    Returns
    -------
    DataFrame
        Headers in words.
    """
    known = sources.set_index(n.SOURCE_ID)
    place = pd.Series(np.arange(len(known)), index=known.index)
    order = np.lexsort((repairs[n.RANK], repairs[n.SOURCE_ID].map(place)))
    repairs = repairs.iloc[order]
    lon, lat = _proposed(repairs)
    moves = repairs["kind"] != "claim"
    missing = pd.Series(dtype="str")
    columns = {
        Text("对象标识", "source_id"): repairs[n.SOURCE_ID],
        Text("名称", "name"): repairs[n.SOURCE_ID].map(known.get(n.NAME, missing)),
        Text("名次", "rank"): repairs[n.RANK],
        Text("原因", "cause"): _cause_words(repairs[n.CAUSE], lang),
        Text("概率", "probability"): _told(repairs[n.PROBABILITY]),
        Text("领先第二名", "ahead of the second"): _told(repairs["margin"]),
        Text("建议", "offered"): _offer_words(repairs, lang),
        Text("填报经度", "longitude as written"): repairs[n.SOURCE_ID].map(known.get(n.LON_TEXT, missing)),
        Text("填报纬度", "latitude as written"): repairs[n.SOURCE_ID].map(known.get(n.LAT_TEXT, missing)),
        Text("建议经度", "proposed longitude"): lon.where(moves),
        Text("建议纬度", "proposed latitude"): lat.where(moves),
        Text("建议十进制经度", "proposed longitude, degrees"): repairs[n.LON].round(_DIGITS).where(moves),
        Text("建议十进制纬度", "proposed latitude, degrees"): repairs[n.LAT].round(_DIGITS).where(moves),
        Text("移动距离（米）", "moved by, m"): repairs["moved_m"].round(1).where(moves),
        Text("建议点所在区划（或建议区划）", "area of the proposal"): repairs["proposed_name"],
        Text("该区划代码", "its code"): repairs["proposed_code"],
        Text("依据", "evidence"): repairs[f"evidence_{lang}"],
        Text("不提建议的理由", "why not offered"): repairs[f"reason_{lang}"],
        Text("修正建议编号", "repair_id"): repairs[n.REPAIR_ID],
    }
    return pd.DataFrame({title.get(lang): values for title, values in columns.items()})


def _offer_words(repairs: pd.DataFrame, lang: str) -> pd.Series:
    certain = repairs[n.PROBABILITY] >= CERTAIN_FROM
    words = np.select(
        [repairs[n.OFFERED] & certain, repairs[n.OFFERED]],
        [Text("建议（把握大）", "offered, certain").get(lang), Text("建议", "offered").get(lang)],
        Text("不建议", "not offered").get(lang),
    )
    return pd.Series(words, index=repairs.index, dtype="str")


def shifts_in_words(shifts: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the tested import groups as a person reads them, one row each.

    Parameters
    ----------
    shifts : DataFrame
        Of the check.
    lang : str
        "zh" or "en".

    Returns
    -------
    DataFrame
        Headers in words.
    """
    columns = {
        Text("批次", "group"): labels_in_words(shifts[n.GROUP], lang),
        Text("分组方式", "grouped by"): _words(shifts["by"], GROUPED_BY, lang),
        Text("坐标实际为", "coordinates really are"): _words(shifts["system"], SYSTEMS, lang),
        Text("点位数", "sites"): shifts["n"],
        Text("置信度", "confidence"): _told(shifts["confidence"]),
        Text("偏移份额", "share shifted"): shifts["share"].round(4),
        Text("东向偏移（米）", "displacement east, m"): shifts["d_east_m"].round(1),
        Text("北向偏移（米）", "displacement north, m"): shifts["d_north_m"].round(1),
        Text("检验方法", "method"): _words(shifts["method"], _METHODS, lang),
        Text("说明", "message"): shifts[f"message_{lang}"],
    }
    return pd.DataFrame({title.get(lang): values for title, values in columns.items()})


def decided_messages(flags: pd.DataFrame, lang: str) -> pd.Series:
    """Return the messages of flags, with what people decided on them.

    Parameters
    ----------
    flags : DataFrame
        Flags; flag_state and outcome where decisions are known.
    lang : str
        "zh" or "en".

    Returns
    -------
    Series of str
        One message per flag.
    """
    said = flags[f"message_{lang}"]
    if n.FLAG_STATE not in flags:
        return said
    outcome = _words(flags["outcome"], OUTCOMES, lang)
    decided = "（已办结：" + outcome + "）" if lang == "zh" else " (closed: " + outcome + ")"
    again = Text("（曾已办结，依据变化后重新打开）", " (was closed; asked again on other values)").get(lang)
    said = said.where(flags[n.FLAG_STATE] != "closed", said + decided)
    return said.where(flags[n.FLAG_STATE] != "reopened", said + again)
