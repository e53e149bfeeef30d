"""Edits of a plan that are refused, in words of its roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.errors import SplitInfeasibleError
from geocensus.model import Text
from geocensus.zoning.assignments import listed
from geocensus.zoning.verify import problems_of

if TYPE_CHECKING:
    from geocensus.zoning.request import Request
    from geocensus.zoning.split_plan import SplitPlan
    from geocensus.zoning.task import Ints

__all__ = ["outside_texts", "refuse_broken", "refuse_locked"]


def refuse_locked(plan: SplitPlan, moved: Ints, zone: int) -> None:
    """Refuse to move what is locked.

    Parameters
    ----------
    plan : SplitPlan
        The plan before the edit.
    moved : ndarray of int
        Rows of the units that would move.
    zone : int
        Field zone they would go to.

    Raises
    ------
    SplitInfeasibleError
        A unit or a field zone is locked.
    """
    task, names = plan.request.task, plan.request.roster["name"]
    if len(fixed := moved[(task.fixed[moved] >= 0) & (task.fixed[moved] != zone)]):
        codes = listed(task.graph.codes[fixed])
        raise SplitInfeasibleError(
            f"locked units cannot be moved: {codes}; unlock them first",
            f"单元已锁定，不能移动：{codes}；请先解锁",
            reason="lock",
        )
    touched = {*plan.assigned[moved].tolist(), *([zone] if len(moved) else [])}
    if held := sorted(touched & plan.locked):
        shown = listed(names.iloc[held])
        raise SplitInfeasibleError(
            f"locked field zones get and lose no unit: {shown}; unlock them first",
            f"片区已锁定，不能增减单元：{shown}；请先解锁",
            reason="lock",
        )


def refuse_broken(request: Request, labels: Ints) -> None:
    """Refuse labels that are no plan.

    Parameters
    ----------
    request : Request
        What was asked.
    labels : ndarray of int
        Field zone of every unit of the task.

    Raises
    ------
    SplitInfeasibleError
        A field zone would have no unit ("empty") or several parts ("disconnected").
    """
    task, names = request.task, request.roster["name"]
    if not (problems := problems_of(task, labels)):
        return
    empty = np.flatnonzero(np.bincount(labels, minlength=task.k) == 0)
    if len(empty):
        shown = listed(names.iloc[empty])
        raise SplitInfeasibleError(
            f"field zone {shown} would have no unit left", f"片区 {shown} 将没有任何单元", reason="empty"
        )
    raise SplitInfeasibleError(
        "refused: " + "; ".join(text.en for text in problems),
        "不能这样调整：" + "；".join(text.zh for text in problems),
        reason="disconnected",
    )


def outside_texts(plan: SplitPlan) -> tuple[Text, ...]:
    """Name the field zones whose load is outside the tolerance.

    Parameters
    ----------
    plan : SplitPlan
        The plan.

    Returns
    -------
    tuple of Text
        One sentence, or none.
    """
    if plan.feasible:
        return ()
    zones, tolerance, share = plan.field_zones, plan.request.task.tolerance, plan.report["deviation"]
    shown = listed(zones.loc[zones["deviation"].abs() > tolerance, "name"])
    return (
        Text(
            f"工作量超出容差 {tolerance:.0%} 的片区：{shown}；最大偏差 {share:.1%}",
            f"field zones outside the tolerance of {tolerance:.0%}: {shown}; largest deviation {share:.1%}",
        ),
    )
