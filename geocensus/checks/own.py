"""What is known of rows by themselves, whatever else the list holds: it may be found in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.flags import make_flags
from geocensus.checks.links import LINKS, Link
from geocensus.checks.numbering import in_words, rows_in
from geocensus.checks.outcome import untested_of
from geocensus.checks.registry import RULES
from geocensus.model import Status

if TYPE_CHECKING:
    from geocensus.checks.context import Context

__all__ = ["STATUS_TYPE", "Own", "judge_own", "with_located", "with_status"]

STATUS_TYPE: Final = pd.CategoricalDtype([str(status) for status in Status])  # a byte per source and rule


@dataclass(frozen=True)
class Own:
    """Rows, and what the rules on the row itself say of them.

    Attributes
    ----------
    sources : DataFrame
        All rows, with their located areas and distance (:func:`with_located`).
    ctx : Context
        Those under test.
    statuses : dict of str to Series
        A Status per source under test (STATUS_TYPE), by rule.
    not_tested : dict
        Rule to reason to number of sources.
    flags : DataFrame
        As :func:`~geocensus.checks.flags.make_flags` lists them.
    """

    sources: pd.DataFrame
    ctx: Context
    statuses: dict[str, pd.Series]
    not_tested: dict[str, dict[str, int]]
    flags: pd.DataFrame


def judge_own(sources: pd.DataFrame, ctx: Context) -> Own:
    """Apply the rules on the row itself.

    Parameters
    ----------
    sources : DataFrame
        Rows of a list, or of a part of it.
    ctx : Context
        Those under test.

    Returns
    -------
    Own
        All rows, in order.
    """
    outcomes = {rule: rule.test(ctx) for rule in RULES if LINKS[rule.code] == Link.OWN}
    return Own(
        sources=with_located(sources, ctx),
        ctx=ctx,
        statuses={rule.code: _in_bytes(outcome.status) for rule, outcome in outcomes.items()},
        not_tested={rule.code: untested_of(outcome) for rule, outcome in outcomes.items()},
        flags=make_flags(ctx, outcomes),
    )


def _in_bytes(status: pd.Series) -> pd.Series:
    """Keep a byte per source."""
    codes = rows_in(STATUS_TYPE.categories, status)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=STATUS_TYPE), index=status.index, name=status.name)


def with_located(sources: pd.DataFrame, ctx: Context) -> pd.DataFrame:
    """Add located areas with names, distance and tolerance to every row.

    Parameters
    ----------
    sources : DataFrame
        All rows, also those set aside.
    ctx : Context
        The sources under test.

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
    result["near_border"] = ctx.containment.status == Status.NEAR_BORDER
    added = pd.DataFrame(result).reindex(sources.index)
    for name in (n.ON_BORDER, "near_border"):
        added[name] = added[name].eq(other=True)
    table = pd.concat([sources, added], axis=1)
    table.attrs = dict(sources.attrs)
    return table


def with_status(sources: pd.DataFrame, statuses: pd.DataFrame) -> pd.DataFrame:
    """Add one status to every row: the worst that a rule gave it; ok only where it was compared with its claimed area.

    Parameters
    ----------
    sources : DataFrame
        All rows, also those set aside, as :func:`with_located` gives them.
    statuses : DataFrame
        A column per rule that judges sources one by one (the flag of a group does not flag its sources), with the
        index of the sources under test.

    Returns
    -------
    DataFrame
        All rows, in order; missing for rows set aside.
    """
    flagged = (statuses == Status.FLAGGED).any(axis=1)
    near = (statuses == Status.NEAR_BORDER).any(axis=1)
    tested = statuses["place.outside_claimed"] != Status.NOT_TESTED
    words = (Status.FLAGGED, Status.NEAR_BORDER, Status.OK, Status.NOT_TESTED)
    overall = in_words(np.select([flagged, near, tested], range(3), 3), words, statuses.index)
    table = sources.assign(**{n.STATUS: overall.reindex(sources.index)})
    table.attrs = dict(sources.attrs)
    return table


def _finest(located: pd.DataFrame, levels: tuple[str, ...]) -> pd.Series:
    """Code of the finest area found; a coarser one where a gap leaves no finer."""
    code = located[f"code_{levels[-1]}"]
    for level in reversed(levels[:-1]):
        code = code.where(code.notna(), located[f"code_{level}"])
    return code
