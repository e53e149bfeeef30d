"""Rules that flag implausible locations: one pure function each, all in one table."""

from geocensus.checks.causes import CAUSES
from geocensus.checks.context import Context, make_context
from geocensus.checks.corrections import CLAIM_COLUMNS, CORRECTION_COLUMNS, WAS, Corrected, apply_corrections
from geocensus.checks.flags import FLAG_COLUMNS, in_order_of_rules
from geocensus.checks.groupings import GROUPINGS, grouped, neighbours_of
from geocensus.checks.judge import Judgement, judge, judge_list
from geocensus.checks.links import LINKS, Link
from geocensus.checks.local import flagged_by, flags_of, flags_of_groups, judge_rows, local_context
from geocensus.checks.memory import (
    APPROVING,
    CLOSING,
    DISPUTED,
    OUTCOMES,
    REJECTED,
    WITHDRAWN,
    standing_of,
    what_changed,
)
from geocensus.checks.outcome import NOT_TESTED
from geocensus.checks.own import Own, judge_own
from geocensus.checks.registry import RULES, Rule
from geocensus.checks.settings import Place, Settings, Stack
from geocensus.checks.tolerance import boundary_m
from geocensus.checks.words import LEVEL_TITLES

__all__ = [
    "APPROVING",
    "CAUSES",
    "CLAIM_COLUMNS",
    "CLOSING",
    "CORRECTION_COLUMNS",
    "DISPUTED",
    "FLAG_COLUMNS",
    "GROUPINGS",
    "LEVEL_TITLES",
    "LINKS",
    "NOT_TESTED",
    "OUTCOMES",
    "REJECTED",
    "RULES",
    "WAS",
    "WITHDRAWN",
    "Context",
    "Corrected",
    "Judgement",
    "Link",
    "Own",
    "Place",
    "Rule",
    "Settings",
    "Stack",
    "apply_corrections",
    "boundary_m",
    "flagged_by",
    "flags_of",
    "flags_of_groups",
    "grouped",
    "in_order_of_rules",
    "judge",
    "judge_list",
    "judge_own",
    "judge_rows",
    "local_context",
    "make_context",
    "neighbours_of",
    "standing_of",
    "what_changed",
]
