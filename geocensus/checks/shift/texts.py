"""What is said of a tested group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.shift.hypotheses import SYSTEMS
from geocensus.model import Text

if TYPE_CHECKING:
    from geocensus.checks.shift.decision import Decision

__all__ = ["WHY", "messages"]

WHY: Final[dict[str, Text]] = {
    "no_claims": Text("没有可核对的填报区划", "no claimed areas to compare with"),
    "few_sites": Text("不同地点太少", "too few sites"),
    "few_pairs": Text("可配对的地点太少", "too few pairs"),
    "few_places": Text("能说明问题的地点太少或过于集中", "too few places speak, or all in one spot"),
    "deep_inside": Text(
        "污染源都在填报区划深处，偏移与否都不会出界", "all sources lie well inside their areas, shifted or not"
    ),
    "fits_nowhere": Text(
        "按任何坐标系解读，多数污染源都不在填报区划内", "under no reading do most sources lie in the areas they claim"
    ),
    "pairs_differ": Text("各对点的偏移不一致", "the pairs follow no common displacement"),
    "mixed": Text("部分有偏移、部分没有", "some of the sources are shifted, others are not"),
    "small_margin": Text("各种可能相差不大", "the alternatives are too close"),
    "near_system": Text(
        "与已知坐标系接近，但另有偏移更吻合", "near a known system, but another displacement fits better"
    ),
}
_PERCENT = 100
_SUREST = 99.9  # rounding must not make a probability certainty


def messages(decision: Decision, stated: str) -> Text:
    """Say what was found and what a person can do.

    Parameters
    ----------
    decision : Decision
        Of one group.
    stated : str
        The system that the list was read in.

    Returns
    -------
    Text
        One line.
    """
    sites = Text(f"{decision.sites} 个地点", f"{decision.sites} sites")
    if decision.system == "inconclusive":
        why = WHY[decision.why]
        zh, en = f"无法判断有无偏移：{why.zh}（{sites.zh}）", f"cannot tell whether shifted: {why.en} ({sites.en})"
        if decision.leaning:
            like = SYSTEMS[decision.leading]
            zh, en = f"{zh}；现有地点更像 {like.zh}，请核实", f"{en}; those that speak look like {like.en}: check"
        return Text(zh, en)
    found = _found(decision, stated)
    basis = _basis(decision)
    return Text(f"{found.zh}（{basis.zh}）", f"{found.en} ({basis.en})")


def _basis(decision: Decision) -> Text:
    sure = f"{min(decision.confidence * _PERCENT, _SUREST):.1f} %"
    zh = f"{decision.sites} 个地点" + ("与对照名单比对" if decision.method == "pairs" else "与填报区划比对")
    en = f"{decision.sites} sites against " + ("the reference list" if decision.method == "pairs" else "their claims")
    return Text(f"{zh}，把握 {sure}", f"{en}, confidence {sure}")


def _found(decision: Decision, stated: str) -> Text:
    system, far = decision.system, _displacement(decision)
    if system == "none":
        return SYSTEMS["none"]
    if system in {"gcj02", "bd09"}:
        return _list_shifted(SYSTEMS[system].en, system, stated, far)
    if system.startswith("basemap_"):
        return _other_way(SYSTEMS[system.replace("basemap_", "")].en, system.replace("basemap_", ""), stated, far)
    if system.startswith("reference_"):
        name = SYSTEMS[system.replace("reference_", "")].en
        return Text(
            f"对照名单的坐标像是 {name}，两份名单相差{far.zh}；请核实对照名单的坐标系",
            f"the reference list seems to be in {name}, {far.en} from this list: check its reference system",
        )
    if system in {"datum_54", "datum_80"}:
        datum = SYSTEMS[system]
        return Text(
            f"坐标像是{datum.zh}，偏移{far.zh}；请核实，并按七参数（设置项 datum_parameters）用 --crs 声明后重新读取",
            f"the coordinates seem to be {datum.en}, shifted by {far.en}: check; give the seven parameters "
            "(setting datum_parameters) and state the system with --crs",
        )
    return Text(
        f"整批坐标有一致的偏移{far.zh}，来源不明；请向数据提供方核实坐标系",
        f"the whole group is shifted by {far.en}, from an unknown cause: ask its provider for the reference system",
    )


def _list_shifted(name: str, key: str, stated: str, far: Text) -> Text:
    if stated == key:
        return Text(
            f"名单已按 {name} 换算，换算后仍有同样的偏移{far.zh}，可能被加偏两次；请核实",
            f"the list was converted from {name} and is still shifted as if it were in it, by {far.en}: "
            "it may have been shifted twice; check",
        )
    return Text(
        f"坐标像是 {name}，偏移{far.zh}；未作换算。核实后如需换算，用 --crs {key} 并用 --crs-reason 写明理由；"
        "还原加偏坐标可能受法规限制，请先确认有权换算",
        f"the coordinates seem to be {name}, shifted by {far.en}; nothing was converted. If you have checked that, use "
        f"--crs {key} and give the reason with --crs-reason; undoing this shift may be restricted by law, so make "
        "sure that you may",
    )


def _other_way(name: str, key: str, stated: str, far: Text) -> Text:
    if stated == key:
        return Text(
            f"名单已按 {name} 换算，但换算前的坐标更吻合（差{far.zh}）；请核实名单是否真是 {name}",
            f"the list was converted from {name}, but fits better as it was ({far.en} away): is it in {name}?",
        )
    return Text(
        f"底图像是 {name}，名单与其相差{far.zh}；名单未必有误，请核实底图的坐标系",
        f"the basemap seems to be in {name}, {far.en} from this list: check the basemap, the list may be right",
    )


def _displacement(decision: Decision) -> Text:
    east, north = decision.east_m, decision.north_m
    if not np.isfinite(east):
        return Text("", "some distance")
    metres = np.hypot(east, north)
    zh = f"约 {metres:.0f} 米（东 {east:+.0f}，北 {north:+.0f}）"
    return Text(zh, f"about {metres:.0f} m (east {east:+.0f}, north {north:+.0f})")
