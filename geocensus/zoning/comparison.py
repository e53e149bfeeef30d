"""Two plans side by side: what changes hands, what is gained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.zoning.plan import SplitPlan

__all__ = ["Comparison", "compare_labels", "compare_plans"]

_MEASURES = ("deviation", "overload", "cv", "cut_km", "polsby_popper", "rms_m")


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from one plan to another.

    Attributes
    ----------
    moved : DataFrame
        Units that change hands: code, before, after (keys; missing where a plan lacks the unit), load (minutes).
    flows : DataFrame
        Units and load from each field zone to each other: before, after, units, load.
    measures : DataFrame
        Index measure; columns before and after.
    moved_share : float
        Load that changes hands, as a share of the load of the units in both plans.
    """

    moved: pd.DataFrame
    flows: pd.DataFrame
    measures: pd.DataFrame
    moved_share: float

    @property
    def text(self) -> Text:
        """What changes in one sentence.

        Returns
        -------
        Text
            For the planner.
        """
        one, two = self.measures.loc["deviation"]
        return Text(
            f"{len(self.moved)} 个单元换片区，占工作量 {self.moved_share:.1%}；最大偏差由 {one:.1%} 变为 {two:.1%}",
            f"{len(self.moved)} units change hands, {self.moved_share:.1%} of the load; "
            f"the largest deviation goes from {one:.1%} to {two:.1%}",
        )


def compare_plans(one: SplitPlan, other: SplitPlan) -> Comparison:
    """Compare two plans by the keys of their field zones.

    Parameters
    ----------
    one, other : SplitPlan
        Before and after; loads are those of the later plan where it has the unit.

    Returns
    -------
    Comparison
        What changes.
    """
    return compare_labels(
        one.labels, other.labels, _loads(other).combine_first(_loads(one)), (one.report, other.report)
    )


def compare_labels(
    before: pd.Series, after: pd.Series, load: pd.Series, reports: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Comparison:
    """Compare two plans of which only labels, loads and reports are known.

    Parameters
    ----------
    before, after : Series of str
        Field zone of every unit, index code.
    load : Series of float
        Minutes of every unit of both, index code.
    reports : tuple of Mapping
        Of both plans.

    Returns
    -------
    Comparison
        What changes.
    """
    table = pd.concat([before.rename("before"), after.rename("after")], axis=1).sort_index()
    table = table.assign(load=load.reindex(table.index)).rename_axis("code")
    both = table["before"].notna() & table["after"].notna()
    changed = both & (table["before"] != table["after"])
    total = float(table.loc[both, "load"].sum())
    moved = table[changed | ~both].reset_index()
    flows = moved.groupby(["before", "after"], as_index=False).agg(units=("code", "size"), load=("load", "sum"))
    measures = {name: [report.get(name) for report in reports] for name in _MEASURES}
    return Comparison(
        moved=moved,
        flows=flows,
        measures=pd.DataFrame.from_dict(measures, orient="index", columns=["before", "after"]),
        moved_share=float(table.loc[changed, "load"].sum()) / total if total > 0 else 0.0,
    )


def _loads(plan: SplitPlan) -> pd.Series:
    ground = plan.request.ground
    return pd.Series(ground.whole.load, index=ground.codes.rename("code"))
