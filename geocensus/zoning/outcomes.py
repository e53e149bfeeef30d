"""What a planner is told about a plan: heavy units, separate parts, balance that cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.model import Text
from geocensus.zoning.demands import named
from geocensus.zoning.score import parts_of, score

if TYPE_CHECKING:
    from geocensus.zoning.apportion import Heavy
    from geocensus.zoning.task import Ints, Solution, Task

__all__ = ["NO_LOAD", "balance_texts", "heavy_texts", "part_texts", "proof_texts"]

NO_LOAD = Text("各单元工作量均为 0，改按面积均衡", "all loads are 0: areas are balanced instead")

_LISTED = 8  # parts that a sentence counts before it only says how many there are


def heavy_texts(task: Task, heavies: list[Heavy]) -> tuple[Text, ...]:
    """Name the units that are more than a field zone may hold.

    Parameters
    ----------
    task : Task
        What was asked.
    heavies : list of Heavy
        Too heavy units or locks; such that are only above the mean of what others leave are not named.

    Returns
    -------
    tuple of Text
        One sentence for single units and one for each lock.
    """
    beyond = sorted((h for h in heavies if h.share > task.tolerance), key=lambda h: -h.share)
    locks = [h for h in beyond if (task.fixed[h.units] == h.zone).all()]
    units = [h for h in beyond if not (task.fixed[h.units] == h.zone).all()]
    return (*_unit_text(task, units), *(_lock_text(task, heavy) for heavy in locks))


def _unit_text(task: Task, heavies: list[Heavy]) -> tuple[Text, ...]:
    if not heavies:
        return ()
    codes = named(task.graph, np.concatenate([heavy.units for heavy in heavies]))
    first = heavies[0]
    most = task.target[first.zone] * (1 + task.tolerance)
    several = len(heavies) > 1
    who, they = (f"units {codes} are each", "they are") if several else (f"unit {codes} alone is", "it is")
    each = "各自" if several else ""
    return (
        Text(
            f"单元 {codes} {each}的工作量超过一个片区的上限（{first.load:,.0f} 分钟，上限 {most:,.0f} 分钟），"
            f"{each}单独成片区：偏差至少为 {first.share:.1%}，其余工作量按自身平均值均衡",
            f"{who} more work than a field zone may hold ({first.load:,.0f} against {most:,.0f} minutes), so the "
            f"deviation is at least {first.share:.1%}; {they} set apart and the rest is balanced to its own mean",
        ),
    )


def _lock_text(task: Task, heavy: Heavy) -> Text:
    most = task.target[heavy.zone] * (1 + task.tolerance)
    codes = named(task.graph, heavy.units)
    return Text(
        f"锁定到第 {heavy.zone + 1} 片区的单元 {codes} 工作量共 {heavy.load:,.0f} 分钟，超过上限 {most:,.0f} 分钟："
        f"偏差至少为 {heavy.share:.1%}，其余工作量按自身平均值均衡",
        f"units {codes}, locked to field zone {heavy.zone + 1}, take {heavy.load:,.0f} minutes, more than the "
        f"{most:,.0f} that it may hold: the deviation is at least {heavy.share:.1%}, and the rest is balanced to its "
        "own mean",
    )


def part_texts(task: Task, labels: Ints) -> tuple[Text, ...]:
    """Say how field zones are shared out where the area is in separate parts.

    Parameters
    ----------
    task : Task
        What was asked.
    labels : ndarray of int
        Field zone of each unit.

    Returns
    -------
    tuple of Text
        One sentence, or none where the area is connected.
    """
    part = parts_of(task.graph, np.ones(task.graph.size, dtype=bool))
    count = int(part.max()) + 1
    if count == 1:
        return ()
    zones = [len(np.unique(labels[part == p])) for p in range(min(count, _LISTED))]
    shown = " + ".join(map(str, zones)) + (" + …" if count > _LISTED else "")
    return (
        Text(
            f"区域分为互不相连的 {count} 块，片区数按工作量分配：{shown}",
            f"the area is in {count} separate parts; field zones are shared out by load: {shown}",
        ),
    )


def balance_texts(task: Task, found: Solution) -> tuple[Text, ...]:
    """Say how far a plan is outside the tolerance, and whether that is proven to be the least.

    Parameters
    ----------
    task : Task
        What was asked.
    found : Solution
        The plan.

    Returns
    -------
    tuple of Text
        One sentence, or none where every load is in its band.
    """
    balance = score(task, found.labels)
    if balance.excess == 0:
        return ()
    reached = f"{balance.deviation:.1%}"
    asked = f"±{100 * task.tolerance:.3g} %"
    if found.optimal:
        return (
            Text(
                f"容差 {asked} 无法满足：已证明最小可能偏差为 {reached}，本方案已达到",
                f"no plan keeps within {asked}: the smallest possible deviation is {reached} (proven), and this plan "
                "has it",
            ),
        )
    return (
        Text(
            f"未找到符合容差 {asked} 的方案：本方案偏差为 {reached}，任何方案都不低于 {found.bound:.1%}",
            f"no plan within {asked} was found: this one deviates by {reached}; none deviates by less than "
            f"{found.bound:.1%}",
        ),
    )


def proof_texts(found: Solution) -> tuple[Text, ...]:
    """Say where a plan of few units, which are usually solved with proof, lacks one.

    Parameters
    ----------
    found : Solution
        The plan.

    Returns
    -------
    tuple of Text
        One sentence, or none where the plan is proven.
    """
    if found.optimal is True:
        return ()
    if found.optimal == "balance":
        return (
            Text(
                "均衡已证明为最优；边界未能在限定计算量内证明最优，可能有边界更短的方案",
                "the balance is proven to be the best; for the borders the proof would take too much work: shorter "
                "ones may exist",
            ),
        )
    return (
        Text(
            "组合过多，未能在限定计算量内证明最优：本方案为已找到的最好方案",
            "too many combinations for a proof within the work allowed: this is the best plan found, a better one "
            "may exist",
        ),
    )
