"""Causes that leave the point where it is stated: only the place's density tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes.candidates import Candidates, number_of

if TYPE_CHECKING:
    from geocensus.checks.causes.case import Case

__all__ = ["KEEPING", "kept"]

KEEPING: Final = (
    "correct",
    "claim_wrong",
    "other_site",
    "elsewhere",
    "default_place",
    "stale_boundary",
    "unknown",
)


def kept(case: Case) -> Candidates:
    """Propose the stated point for each of these causes; sources without one have ``unknown`` alone, nowhere.

    Parameters
    ----------
    case : Case
        Rows.

    Returns
    -------
    Candidates
        Not restricted to the boxes.
    """
    lon, lat = case.written.lon, case.written.lat
    located = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    everyone = np.arange(len(case))
    parts = []
    for cause in KEEPING:
        rows = everyone if cause == "unknown" else located
        kinds, edits = np.full(len(rows), number_of(cause), np.int32), np.zeros(len(rows), np.int16)
        weights = case.log_stated[rows]
        parts.append(Candidates(rows.astype(np.int32), kinds, lon[rows], lat[rows], weights, edits, edits))
    return Candidates.concat(parts)
