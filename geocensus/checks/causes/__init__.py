"""Causes of a wrong location, one small function each: from the text to where the source would lie.

A noisy channel, as in spelling correction (Kernighan, Church and Gale 1990, doi:10.3115/997939.997975): each cause says
which intended texts may have become the text in the list, and how likely. Where a source may lie at all, and which
causes are common, is weighed elsewhere.
"""

from geocensus.checks.causes.candidates import CAUSES, Candidates, number_of
from geocensus.checks.causes.intended import intended_texts
from geocensus.checks.causes.proposing import propose, propose_chunks
from geocensus.checks.causes.written import Style, Written, written_of

__all__ = [
    "CAUSES",
    "Candidates",
    "Style",
    "Written",
    "intended_texts",
    "number_of",
    "propose",
    "propose_chunks",
    "written_of",
]
