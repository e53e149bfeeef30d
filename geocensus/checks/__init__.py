"""Rules that flag implausible locations: one pure function each, all in one table."""

from geocensus.checks.flags import FLAG_COLUMNS
from geocensus.checks.judge import Judgement, judge
from geocensus.checks.outcome import NOT_TESTED
from geocensus.checks.registry import RULES, Rule
from geocensus.checks.rules_place import LEVEL_TITLES
from geocensus.checks.settings import Place, Settings, Stack
from geocensus.checks.tolerance import boundary_m

__all__ = [
    "FLAG_COLUMNS",
    "LEVEL_TITLES",
    "NOT_TESTED",
    "RULES",
    "Judgement",
    "Place",
    "Rule",
    "Settings",
    "Stack",
    "boundary_m",
    "judge",
]
