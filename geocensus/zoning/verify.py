"""Whether a plan is one: checked from the graph alone, with nothing that the solvers use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.model import Text

if TYPE_CHECKING:
    from geocensus.zoning.task import Ints, Task, UnitGraph

__all__ = ["problems_of"]

_NAMED = 5  # codes that a sentence names before it says "and more"


def problems_of(task: Task, labels: Ints) -> list[Text]:
    """Return what is wrong with a plan; an empty list is a valid plan.

    A load outside its band is a result, not a problem.

    Parameters
    ----------
    task : Task
        What was asked.
    labels : ndarray of int
        Field zone of each unit.

    Returns
    -------
    list of Text
        One sentence per problem: wrong length or type, labels out of range, empty or disconnected field zones,
        locks not kept, work lost.
    """
    labels = np.asarray(labels)
    graph, k = task.graph, task.k
    if labels.shape != (graph.size,) or labels.dtype.kind not in "iu":
        found = f"{labels.dtype} {labels.shape}"
        return [
            Text(
                f"方案应给每个单元一个整数标号（{graph.size} 个），实为 {found}",
                f"a plan needs one whole number for each of the {graph.size} units, not {found}",
            )
        ]
    outside = (labels < 0) | (labels >= k)
    if outside.any():
        return [_text("片区序号超出范围的单元", "units whose field zone is not 0 to k − 1", graph, outside)]
    problems = [
        Text(f"第 {zone + 1} 片区没有单元", f"field zone {zone + 1} has no unit")
        for zone in np.flatnonzero(np.bincount(labels, minlength=k) == 0).tolist()
    ]
    problems += _broken(graph, labels, k)
    unlocked = (task.fixed >= 0) & (task.fixed != labels)
    if unlocked.any():
        problems.append(_text("未按锁定归属的单元", "units outside the field zone they are locked to", graph, unlocked))
    total = float(graph.load.sum())
    if not np.isclose(sum(float(graph.load[labels == zone].sum()) for zone in range(k)), total):
        problems.append(
            Text("各片区工作量之和不等于总工作量", "the loads of the field zones do not add up to the total")
        )
    return problems


def _broken(graph: UnitGraph, labels: Ints, k: int) -> list[Text]:
    """Name the field zones in several parts, with the units outside the largest part."""
    part = _flood(graph, labels)
    problems = []
    sizes = np.bincount(part)
    first = np.full(len(sizes), graph.size)
    np.minimum.at(first, part, np.arange(graph.size))
    zone_of_part = labels[first]
    for zone in np.flatnonzero(np.bincount(zone_of_part, minlength=k) > 1).tolist():
        parts = np.flatnonzero(zone_of_part == zone)
        largest = parts[np.argmax(sizes[parts])]
        cut_off = (labels == zone) & (part != largest)
        problems.append(
            _text(
                f"第 {zone + 1} 片区分成 {len(parts)} 块，与最大一块不相连的单元",
                f"field zone {zone + 1} is in {len(parts)} parts; units not connected with its largest",
                graph,
                cut_off,
            )
        )
    return problems


def _flood(graph: UnitGraph, labels: Ints) -> Ints:
    """Find the connected parts by walking the graph, unit by unit."""
    starts, ends, zone = graph.indptr.tolist(), graph.indices.tolist(), labels.tolist()
    part = [-1] * graph.size
    count = 0
    for seed in range(graph.size):
        if part[seed] >= 0:
            continue
        part[seed] = count
        stack = [seed]
        while stack:
            unit = stack.pop()
            for other in ends[starts[unit] : starts[unit + 1]]:
                if part[other] < 0 and zone[other] == zone[seed]:
                    part[other] = count
                    stack.append(other)
        count += 1
    return np.array(part, dtype=np.int64)


def _text(zh: str, en: str, graph: UnitGraph, which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Text:
    codes = [str(code) for code in graph.codes[which]]
    shown = ", ".join(codes[:_NAMED])
    more_zh = f" 等 {len(codes)} 个" if len(codes) > _NAMED else ""
    more_en = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return Text(f"{zh}：{shown}{more_zh}", f"{en}: {shown}{more_en}")
