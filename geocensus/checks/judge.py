"""Run all rules over a table of sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.context import Context, make_context
from geocensus.checks.diagnosis import diagnose
from geocensus.checks.flags import make_flags
from geocensus.checks.groupings import neighbours_of
from geocensus.checks.numbering import in_words, rows_in
from geocensus.checks.outcome import NOT_TESTED, GroupOutcome, Outcome
from geocensus.checks.registry import RULES, Rule
from geocensus.model import Status

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings
    from geocensus.divisions import Crosswalk

__all__ = ["Judgement", "judge", "with_result"]


@dataclass(frozen=True)
class Judgement:
    """Sources with their result, flags, causes and repairs, and what was not tested.

    ``statuses`` has the index of the sources and a column per rule (missing for excluded rows); ``not_tested``
    counts per rule and reason; ``certainty`` per level; ``neighbours`` tells the groups that sources could belong to
    (:func:`~geocensus.checks.groupings.grouping_keys`) and the one that they are compared with, indexed by source_id.
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
    ctx = make_context(sources, basemap, settings, crosswalk, reference=reference)
    outcomes = {rule: rule.test(ctx) for rule in RULES}
    statuses = pd.DataFrame({rule.code: outcome.status for rule, outcome in outcomes.items()}, index=ctx.sources.index)
    flags = make_flags(ctx, outcomes)
    diagnosis = diagnose(ctx, flags, shift=ctx.shifts.of_source)
    return Judgement(
        sources=with_result(sources, ctx, statuses[_of_sources(outcomes)]),
        flags=flags,
        statuses=statuses.reindex(sources.index),
        not_tested={rule.code: counts for rule, outcome in outcomes.items() if (counts := _untested(outcome))},
        certainty=ctx.containment.certainty,
        causes=diagnosis.causes,
        repairs=diagnosis.repairs,
        shifts=ctx.shifts.groups,
        neighbours=neighbours_of(ctx),
    )


def _of_sources(outcomes: dict[Rule, Outcome | GroupOutcome]) -> list[str]:
    """Rules that judge sources one by one: the flag of a group does not flag its sources."""
    return [rule.code for rule, outcome in outcomes.items() if isinstance(outcome, Outcome)]


def _untested(outcome: Outcome | GroupOutcome) -> dict[str, int]:
    counts = outcome.reason.value_counts()
    return {reason: int(counts[reason]) for reason in NOT_TESTED if reason in counts.index}


def with_result(sources: pd.DataFrame, ctx: Context, statuses: pd.DataFrame) -> pd.DataFrame:
    """Add located areas with names, distance, tolerance and one status to every row.

    Parameters
    ----------
    sources : DataFrame
        All rows, also those set aside.
    ctx : Context
        The sources under test.
    statuses : DataFrame
        A column per rule that judges sources one by one.

    Returns
    -------
    DataFrame
        All rows, in order.
    """
    levels = ctx.basemap.levels
    result: dict[str, pd.Series] = {
        "claimed_area_code": ctx.claims["area_code"],
        n.CLAIMED_LEVEL: ctx.claims[n.CLAIMED_LEVEL],
        n.LOCATED_CODE: _finest(ctx.located, levels),
        n.ON_BORDER: ctx.located[n.ON_BORDER],
    }
    for level in levels:
        codes, areas = ctx.located[f"code_{level}"], ctx.basemap.areas(level)
        result[f"code_{level}"] = codes
        result[f"name_{level}"] = in_words(rows_in(areas[n.CODE], codes), areas[n.NAME], codes.index)
    result[n.DISTANCE_M] = ctx.containment.distance_m
    result[n.TOLERANCE_M] = ctx.containment.tolerance_m
    result["near_border"] = statuses["place.outside_claimed"] == Status.NEAR_BORDER
    result[n.STATUS] = _overall(statuses)
    added = pd.DataFrame(result).reindex(sources.index)
    for name in (n.ON_BORDER, "near_border"):
        added[name] = added[name].eq(other=True)
    table = pd.concat([sources, added], axis=1)
    table.attrs = dict(sources.attrs)
    return table


def _finest(located: pd.DataFrame, levels: tuple[str, ...]) -> pd.Series:
    """Code of the finest area found; a coarser one where a gap leaves no finer."""
    code = located[f"code_{levels[-1]}"]
    for level in reversed(levels[:-1]):
        code = code.where(code.notna(), located[f"code_{level}"])
    return code


def _overall(statuses: pd.DataFrame) -> pd.Series:
    """Worst status of a source; ok only where it was compared with its claimed area."""
    flagged = (statuses == Status.FLAGGED).any(axis=1)
    near = (statuses == Status.NEAR_BORDER).any(axis=1)
    tested = statuses["place.outside_claimed"] != Status.NOT_TESTED
    words = (Status.FLAGGED, Status.NEAR_BORDER, Status.OK, Status.NOT_TESTED)
    return in_words(np.select([flagged, near, tested], range(3), 3), words, statuses.index)
