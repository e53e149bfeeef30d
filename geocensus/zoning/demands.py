"""Whether what is asked can be had at all: each contradiction is named before any solver runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.zoning.score import parts_of

if TYPE_CHECKING:
    from geocensus.zoning.task import Floats, Ints, Task, UnitGraph

__all__ = ["check_count", "check_task", "named", "not_joined"]

_NAMED = 5  # codes that a sentence names before it says "and more"


def check_task(task: Task) -> None:
    """Refuse a task that is malformed or that no plan can fulfil.

    Parameters
    ----------
    task : Task
        What is asked.

    Raises
    ------
    SchemaError
        Loads or targets missing, negative or not adding up; a tolerance below 0; arrays of wrong lengths.
    SplitInfeasibleError
        With reason "teams", "components" or "lock".
    """
    _check_numbers(task)
    check_count(task.k, task.graph.size)
    _check_locks(task)
    _check_components(task)


def check_count(k: int, n: int) -> None:
    """Refuse a number of field zones that the units cannot make.

    Parameters
    ----------
    k : int
        Field zones.
    n : int
        Units.

    Raises
    ------
    SplitInfeasibleError
        With reason "teams".
    """
    if 1 <= k <= n:
        return
    raise SplitInfeasibleError(
        f"{k} field zones cannot be made of {n} units; ask for 1 to {n}, or cut the units smaller",
        f"{n} 个单元无法划分为 {k} 个片区：请要求 1 至 {n} 个，或使用更小的单元",
        reason="teams",
    )


def not_joined() -> SplitInfeasibleError:
    """Return the error for locks that no search could join.

    Returns
    -------
    SplitInfeasibleError
        With reason "not_found".
    """
    return SplitInfeasibleError(
        "the locked units of a field zone cannot be joined past those of the others: unlock some of them",
        "某个片区的锁定单元被其他片区的锁定单元隔开，无法连成一片：请解除部分锁定",
        reason="not_found",
    )


def named(graph: UnitGraph, units: Ints) -> str:
    """Return the first few codes, and how many more there are.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    units : ndarray of int
        Positions.

    Returns
    -------
    str
        Codes separated by ", ".
    """
    codes = [str(code) for code in graph.codes[units[:_NAMED]]]
    return ", ".join(codes) + (f" … ({len(units)})" if len(units) > _NAMED else "")


def _check_numbers(task: Task) -> None:
    load = task.graph.load
    bad = np.flatnonzero(~np.isfinite(load) | (load < 0))
    if len(bad):
        codes = named(task.graph, bad)
        raise SchemaError(
            f"load: missing or negative for units {codes}; give 0 or more minutes",
            f"工作量：单元 {codes} 缺失或为负，请填写不小于 0 的分钟数",
        )
    if len(task.fixed) != task.graph.size or len(task.current) != task.graph.size:
        raise SchemaError("task: fixed and current need one entry per unit", "任务：锁定与现有方案应与单元一一对应")
    if not (np.isfinite(task.tolerance) and task.tolerance >= 0):
        raise SchemaError(
            f"tolerance {task.tolerance}: give a share of 0 or more, such as 0.05",
            f"容差 {task.tolerance} 无效：请填写不小于 0 的比例，例如 0.05",
        )
    if not (0 <= task.compactness <= 1 and task.stay_weight >= 0):
        raise SchemaError(
            "compactness must be 0 to 1 and stay_weight 0 or more", "紧凑权重应在 0 到 1 之间，保持权重不小于 0"
        )
    if task.k and load.sum() > 0:
        _check_targets(task.target, float(load.sum()))


def _check_targets(target: Floats, total: float) -> None:
    if not (np.isfinite(target).all() and (target > 0).all()):
        raise SchemaError(
            "targets: every field zone needs a wished load above 0 (a team with no people gets no field zone)",
            "目标工作量：每个片区都应大于 0（没有人员的队伍不分配片区）",
        )
    if not np.isclose(target.sum(), total, rtol=1e-6):
        raise SchemaError(
            f"targets add up to {target.sum():g} minutes, but the units hold {total:g}",
            f"目标工作量合计 {target.sum():g} 分钟，与单元总工作量 {total:g} 不符",
        )


def _check_locks(task: Task) -> None:
    graph, fixed, k = task.graph, task.fixed, task.k
    wrong = np.flatnonzero((fixed < -1) | (fixed >= k))
    if len(wrong):
        codes = named(graph, wrong)
        raise SplitInfeasibleError(
            f"units {codes} are locked to a field zone beyond the {k} asked for",
            f"单元 {codes} 锁定到的片区超出所要求的 {k} 个",
            reason="lock",
        )
    zones = np.unique(fixed[fixed >= 0])
    free = int((fixed < 0).sum())
    if k - len(zones) > free:
        raise SplitInfeasibleError(
            f"{k - len(zones)} field zones have no locked unit, but only {free} units are free; unlock some units",
            f"尚有 {k - len(zones)} 个片区没有单元，而未锁定的单元只有 {free} 个：请解除部分锁定",
            reason="lock",
        )
    for zone in zones.tolist():
        locked = np.flatnonzero(fixed == zone)
        reachable = parts_of(graph, (fixed == zone) | (fixed < 0))[locked]
        if len(set(reachable.tolist())) > 1:
            apart = named(graph, locked[reachable != reachable[0]])
            raise SplitInfeasibleError(
                f"units locked to field zone {zone + 1} cannot be connected: {apart} are cut off from "
                f"{named(graph, locked[:1])} by the border of the area or by units locked to others",
                f"锁定到第 {zone + 1} 片区的单元无法相连：{apart} 与 {named(graph, locked[:1])} "
                "被区域边界或其他片区的锁定单元隔开",
                reason="lock",
            )


def _check_components(task: Task) -> None:
    part = parts_of(task.graph, np.ones(task.graph.size, dtype=bool))
    count = int(part.max()) + 1
    if count > task.k:
        first = np.unique(part, return_index=True)[1]
        codes = named(task.graph, first)
        raise SplitInfeasibleError(
            f"the area is in {count} separate parts (one unit of each: {codes}), more than the {task.k} field zones "
            "asked for; link them (islands, bridges) or ask for more field zones",
            f"区域分为互不相连的 {count} 块（各块之一：{codes}），多于所要求的 {task.k} 个片区："
            "请连接孤岛、补充桥梁，或增加片区数",
            reason="components",
        )
    locked = [len(set(task.fixed[(part == p) & (task.fixed >= 0)].tolist())) for p in range(count)]
    needed = sum(max(1, held) for held in locked)
    if needed > task.k:
        raise SplitInfeasibleError(
            f"the area is in {count} separate parts, and with the locks {needed} field zones are needed, not {task.k}",
            f"区域分为互不相连的 {count} 块，按锁定情况至少需要 {needed} 个片区，多于所要求的 {task.k} 个",
            reason="lock",
        )
