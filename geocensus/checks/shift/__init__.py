"""Whether import groups follow a shift: GCJ-02, BD-09, an old datum, or a constant; detected, never undone."""

from geocensus.checks.shift.by_claims import Borders, ClaimLimits, borders_of, borders_under, decide_by_claims
from geocensus.checks.shift.by_pairs import PairLimits, Vectors, decide_by_pairs
from geocensus.checks.shift.decision import Decision
from geocensus.checks.shift.groups import cells_of
from geocensus.checks.shift.hypotheses import SHIFTED, SYSTEMS
from geocensus.checks.shift.tables import SHIFT_COLUMNS, Shifts, test_shifts

__all__ = [
    "SHIFTED",
    "SHIFT_COLUMNS",
    "SYSTEMS",
    "Borders",
    "ClaimLimits",
    "Decision",
    "PairLimits",
    "Shifts",
    "Vectors",
    "borders_of",
    "borders_under",
    "cells_of",
    "decide_by_claims",
    "decide_by_pairs",
    "test_shifts",
]
