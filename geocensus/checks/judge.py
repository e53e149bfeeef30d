"""Run all rules over a table of sources: those on the row itself, then those that compare rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from geocensus.checks.context import make_context
from geocensus.checks.diagnosis import diagnose
from geocensus.checks.flags import in_order_of_rules, make_flags
from geocensus.checks.groupings import neighbours_of
from geocensus.checks.links import LINKS, Link
from geocensus.checks.outcome import GroupOutcome, untested_of
from geocensus.checks.own import Own, judge_own, with_status
from geocensus.checks.registry import RULES

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings
    from geocensus.divisions import Crosswalk

__all__ = ["Judgement", "judge", "judge_list"]


@dataclass(frozen=True)
class Judgement:
    """Sources with their result, flags, causes and repairs, and what was not tested.

    ``statuses`` has the index of the sources and a column of categories per rule (missing for excluded rows);
    ``not_tested`` counts per rule and reason; ``certainty`` per level; ``neighbours`` tells the groups that sources
    could belong to (:func:`~geocensus.checks.groupings.grouping_keys`) and the one that they are compared
    with, indexed by source_id.
    """

    sources: pd.DataFrame
    flags: pd.DataFrame
    statuses: pd.DataFrame
    not_tested: dict[str, dict[str, int]]
    certainty: dict[str, dict[str, int]]
    causes: pd.DataFrame
    repairs: pd.DataFrame
    shifts: pd.DataFrame
    neighbours: pd.DataFrame


def judge(
    sources: pd.DataFrame,
    basemap: Basemap,
    settings: Settings,
    crosswalk: Crosswalk | None = None,
    *,
    reference: pd.DataFrame | None = None,
) -> Judgement:
    """Locate every source and apply every rule.

    Parameters
    ----------
    sources : DataFrame
        A table of sources, as :func:`geocensus.read_sources` makes it.
    basemap : Basemap
        Areas by level.
    settings : Settings
        Tolerances and thresholds.
    crosswalk : Crosswalk, optional
        Old to new division codes.
    reference : DataFrame, optional
        A second list of the same units.

    Returns
    -------
    Judgement
        All rows of the input, in order.
    """
    return judge_list(judge_own(sources, make_context(sources, basemap, settings, crosswalk, reference=reference)))


def judge_list(own: Own) -> Judgement:
    """Apply the rules that compare rows, and weigh why the flagged ones are wrong.

    Parameters
    ----------
    own : Own
        What is known of all rows of the list by themselves.

    Returns
    -------
    Judgement
        All rows, in order.
    """
    ctx = own.ctx
    outcomes = {rule: rule.test(ctx) for rule in RULES if LINKS[rule.code] != Link.OWN}
    statuses = {**own.statuses, **{rule.code: outcome.status for rule, outcome in outcomes.items()}}
    untested = {**own.not_tested, **{rule.code: untested_of(outcome) for rule, outcome in outcomes.items()}}
    flags = in_order_of_rules(own.flags, make_flags(ctx, outcomes))
    diagnosis = diagnose(ctx, flags, shift=ctx.shifts.of_source)
    table = pd.DataFrame({rule.code: statuses[rule.code] for rule in RULES}, index=ctx.sources.index)
    of_groups = [rule.code for rule, outcome in outcomes.items() if isinstance(outcome, GroupOutcome)]
    return Judgement(
        sources=with_status(own.sources, table.drop(columns=of_groups)),
        flags=flags,
        statuses=table.reindex(own.sources.index),
        not_tested={rule.code: untested[rule.code] for rule in RULES if untested[rule.code]},
        certainty=ctx.containment.certainty,
        causes=diagnosis.causes,
        repairs=diagnosis.repairs,
        shifts=ctx.shifts.groups,
        neighbours=neighbours_of(ctx),
    )
