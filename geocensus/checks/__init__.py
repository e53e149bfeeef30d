"""Rules that flag implausible locations: one pure function each, all in one table."""

from geocensus.checks.causes import CAUSES
from geocensus.checks.corrections import CLAIM_COLUMNS, CORRECTION_COLUMNS, WAS, Corrected, apply_corrections
from geocensus.checks.flags import FLAG_COLUMNS
from geocensus.checks.judge import Judgement, judge, judge_sources
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
    "LEVEL_TITLES",
    "NOT_TESTED",
    "OUTCOMES",
    "REJECTED",
    "RULES",
    "WAS",
    "WITHDRAWN",
    "Corrected",
    "Judgement",
    "Place",
    "Rule",
    "Settings",
    "Stack",
    "apply_corrections",
    "boundary_m",
    "judge",
    "judge_sources",
    "standing_of",
    "what_changed",
]
