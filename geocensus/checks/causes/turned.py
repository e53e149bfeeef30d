"""Axes exchanged, and signs or hemispheres wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geocensus.checks.causes.candidates import Candidates
from geocensus.checks.causes.edits import Edit, code

if TYPE_CHECKING:
    from geocensus.checks.causes.case import Case

__all__ = ["axes_swapped", "sign"]

_LOG_TURNED = np.log(0.3)  # one axis, the other, or both
_LOG_WORD = np.log(0.1 / 3)  # the other axis's word


def axes_swapped(case: Case) -> Candidates:
    """Read the longitude as latitude and the other way round.

    Parameters
    ----------
    case : Case
        Rows; values out of range count, too.

    Returns
    -------
    Candidates
        At most one per row.
    """
    x, y = case.written.x.value, case.written.y.value
    rows = np.flatnonzero(case.within(slice(None), y, x))
    edit = code(Edit.OTHER_AXIS)
    return case.from_list("axes_swapped", rows, (y[rows], x[rows]), case.log_stated[rows], (edit, edit))


def sign(case: Case) -> Candidates:
    """Turn the sign of one axis or of both, or take a hemisphere's word off the axis it does not belong to.

    Parameters
    ----------
    case : Case
        Rows.

    Returns
    -------
    Candidates
        Those inside the boxes: mostly one per row that has a wrong sign, none for others.
    """
    x, y = case.written.x, case.written.y
    parts = []
    for turn_x, turn_y in ((-1, 1), (1, -1), (-1, -1)):
        lon, lat = x.value * turn_x, y.value * turn_y
        rows = np.flatnonzero(case.within(slice(None), lon, lat))
        edits = [code(Edit.TURN_SIGN) if turn < 0 else 0 for turn in (turn_x, turn_y)]
        weights = case.log_stated[rows] + _LOG_TURNED
        parts.append(case.from_list("sign", rows, (lon[rows], lat[rows]), weights, (edits[0], edits[1])))
    rows = np.flatnonzero((x.worded | y.worded) & case.within(slice(None), x.value, y.value))
    worded = [np.where(axis.worded[rows], code(Edit.WORD), 0) for axis in (x, y)]
    weights = case.log_stated[rows] + _LOG_WORD
    parts.append(case.from_list("sign", rows, (x.value[rows], y.value[rows]), weights, (worded[0], worded[1])))
    return Candidates.concat(parts)
