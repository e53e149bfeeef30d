"""Rules that flag implausible locations: one pure function each, all in one table."""

from geocensus.checks.causes import CAUSES
from geocensus.checks.flags import FLAG_COLUMNS
from geocensus.checks.judge import Judgement, judge
from geocensus.checks.memory import OUTCOMES, standing_of, what_changed
from geocensus.checks.outcome import NOT_TESTED
from geocensus.checks.registry import RULES, Rule
from geocensus.checks.settings import Place, Settings, Stack
from geocensus.checks.tolerance import boundary_m
from geocensus.checks.words import LEVEL_TITLES

__all__ = [
    "CAUSES",
    "FLAG_COLUMNS",
    "LEVEL_TITLES",
    "NOT_TESTED",
    "OUTCOMES",
    "RULES",
    "Judgement",
    "Place",
    "Rule",
    "Settings",
    "Stack",
    "boundary_m",
    "judge",
    "standing_of",
    "what_changed",
]
