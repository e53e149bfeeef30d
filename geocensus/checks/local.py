"""Judge a few rows of a list after a change, as a check of the whole list would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.containment import Containment
from geocensus.checks.context import Context, make_context
from geocensus.checks.flags import make_flags
from geocensus.checks.links import LINKS, Link
from geocensus.checks.outcome import GroupOutcome, Outcome, flag_where
from geocensus.checks.own import with_located, with_status
from geocensus.checks.registry import RULES, Rule
from geocensus.checks.rules_neighbours import far_from_group

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings
    from geocensus.divisions import Crosswalk

__all__ = ["flagged_by", "flags_of", "flags_of_groups", "judge_rows", "local_context"]

_RULES: Final = {rule.code: rule for rule in RULES}


def local_context(
    sources: pd.DataFrame, basemap: Basemap, settings: Settings, crosswalk: Crosswalk | None = None
) -> Context:
    """Resolve claims, locate and measure rows of a list, for :func:`judge_rows`.

    Parameters
    ----------
    sources : DataFrame
        Rows, none of them set aside; a source may stand among them as it was and as it is.
    basemap : Basemap
        Areas by level.
    settings : Settings
        Tolerances and thresholds.
    crosswalk : Crosswalk, optional
        Old to new division codes.

    Returns
    -------
    Context
        Its ``keys`` tell the groups that the rows could belong to; ``groups``, which needs a whole list, tells nothing.
    """
    return make_context(sources, basemap, settings, crosswalk)


def _not_located(sources: pd.DataFrame, basemap: Basemap, settings: Settings) -> Context:
    nothing, none = pd.Series(dtype="str"), pd.DataFrame()
    inside = Containment(nothing, nothing, nothing, nothing, nothing, {})
    return Context(sources, basemap, settings, None, none, none, inside)


def flags_of(
    sources: pd.DataFrame, said: Mapping[str, pd.DataFrame], basemap: Basemap, settings: Settings
) -> pd.DataFrame:
    """Return the flags of rules that compare rows, and of no other rule.

    Parameters
    ----------
    sources : DataFrame
        Rows of a list.
    said : Mapping of str to DataFrame
        Per rule: messages (zh, en) by source_id.
    basemap : Basemap
        The areas.
    settings : Settings
        Thresholds.

    Returns
    -------
    DataFrame
        As :func:`geocensus.checks.flags.make_flags`.
    """
    ids = sources[n.SOURCE_ID].to_numpy()
    outcomes: dict[Rule, Outcome | GroupOutcome] = {}
    for code, texts in said.items():
        told = texts.reindex(ids).set_axis(sources.index).astype("str")
        outcomes[_RULES[code]] = flag_where(told["zh"].notna(), (told["zh"], told["en"]))
    return make_flags(_not_located(sources, basemap, settings), outcomes)


def flags_of_groups(sources: pd.DataFrame, groups: pd.DataFrame, basemap: Basemap, settings: Settings) -> pd.DataFrame:
    """Apply the rule on neighbours to whole groups.

    Parameters
    ----------
    sources : DataFrame
        Columns lon and lat, degrees; indexed by source_id.
    groups : DataFrame
        Their groups, as :func:`geocensus.checks.grouped` gives them.
    basemap : Basemap
        The areas.
    settings : Settings
        Thresholds.

    Returns
    -------
    DataFrame
        As :func:`flagged_by`.
    """
    failed, zh, en = far_from_group(sources, groups, basemap, settings)
    return pd.DataFrame({"zh": zh[failed], "en": en[failed]})


def flagged_by(code: str, sources: pd.DataFrame, basemap: Basemap, settings: Settings) -> pd.DataFrame:
    """Apply a rule on points or sites to the rows that have a say in it, without locating them.

    Parameters
    ----------
    code : str
        A rule that looks at points and ids alone.
    sources : DataFrame
        Indexed by source_id, with source_id, state, lon, lat, and where the list has them parent_id and duplicate_id.
    basemap : Basemap
        The areas.
    settings : Settings
        Thresholds.

    Returns
    -------
    DataFrame
        Messages zh and en of the sources that it flags, by source_id.
    """
    outcome = _RULES[code].test(_not_located(sources, basemap, settings))
    if not isinstance(outcome, Outcome):
        raise TypeError(code)
    return pd.DataFrame({"zh": outcome.zh, "en": outcome.en})


def judge_rows(ctx: Context, said: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Apply the rules on the row itself, and take what the others said.

    What is said of whole import groups, and what a second list says, is left to the next check.

    Parameters
    ----------
    ctx : Context
        From :func:`local_context`.
    said : Mapping of str to DataFrame
        Per rule that compares rows: messages (zh, en) by the index of the rows that it flags.

    Returns
    -------
    tuple of DataFrame
        Rows with their result, and flags; the index of the flags is that of the rows that they are of.
    """
    outcomes: dict[Rule, Outcome | GroupOutcome] = {}
    for rule in RULES:
        link = LINKS[rule.code]
        if link == Link.OWN:
            outcomes[rule] = rule.test(ctx)
        elif link != Link.LIST:
            texts = said[rule.code].reindex(ctx.sources.index)
            outcomes[rule] = flag_where(texts["zh"].notna(), (texts["zh"], texts["en"]))
    statuses = pd.DataFrame({rule.code: outcome.status for rule, outcome in outcomes.items()}, index=ctx.sources.index)
    flags = make_flags(ctx, outcomes)
    rows = [outcome.zh.index for outcome in outcomes.values() if isinstance(outcome, Outcome)]
    return with_status(with_located(ctx.sources, ctx), statuses), flags.set_axis(np.concatenate(rows).astype(np.int64))
