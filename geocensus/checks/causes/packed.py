"""Degrees, minutes and seconds behind one point, read as decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes.alike import both_axes, log_where
from geocensus.checks.causes.cells import STRIPPED
from geocensus.checks.causes.edits import Edit, code
from geocensus.checks.causes.readings import Decimals, Readings, decimals, number
from geocensus.checks.causes.written import Style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.causes.candidates import Candidates
    from geocensus.checks.causes.case import Case
    from geocensus.checks.causes.written import Axis

__all__ = ["packed_dms"]

_PADDING: Final = 0.8  # of those who write 118.0502 for 118°5′2″; the others write 118.52
_TWO, _FULL = 2, 4  # digits of a minute or second, of both
_SPLITS: Final = ((2, 2), (1, 1), (1, 2), (2, 1))
_SIXTY = 60.0


def packed_dms(case: Case) -> Candidates:
    """Read 118.5221 as 118°52′21″.

    Minutes and seconds have two digits each (zeros at the end may be lost: 118.522 is 118°52′20″), or, of writers who
    do not pad, one or two: 118.521 may be 118°5′21″ or 118°52′1″.

    Parameters
    ----------
    case : Case
        Rows.

    Returns
    -------
    Candidates
        Those inside the boxes.
    """
    return both_axes(case, "packed_dms", _readings, padding=_PADDING)


def _readings(axis: Axis) -> list[Readings]:
    """Return each way of cutting decimals into minutes and seconds."""
    return [
        _split(axis, one, *split)
        for one in decimals(axis)
        for split in _SPLITS
        if sum(split) <= one.fraction or sum(split) == _FULL
    ]


def _log_zeros(zero: NDArray[np.bool_], lost: int, places: int) -> NDArray[np.float64]:
    """Weigh the zeros at the end of whole seconds: a spreadsheet drops all of them, a person none."""
    if lost:
        return np.where(zero, -np.inf, np.log(STRIPPED))
    return np.where(zero & (places == 0), np.log(1 - STRIPPED), 0.0)


def _split(axis: Axis, one: Decimals, minute: int, second: int) -> Readings:
    """Cut decimals into so many digits of minutes and seconds; what follows are decimals of the second."""
    lost = max(minute + second - one.fraction, 0)  # zeros at the end
    digits = np.hstack([one.digits, np.zeros((len(one.rows), lost))])
    first, end = one.whole + minute, one.whole + one.fraction + lost
    places = end - first - second
    minutes, seconds = number(digits, one.whole, first), number(digits, first, end) / 10.0**places
    bare = np.full(len(one.rows), not lost)
    for start, count in ((one.whole, minute), (first, second)):
        if count == _TWO:
            bare &= digits[:, start] > 0
    full = minute == second == _TWO
    readings = Readings.make(
        one.rows,
        axis.sign[one.rows] * (number(digits, 0, one.whole) + (minutes + seconds / _SIXTY) / _SIXTY),
        10.0**-places / 3600,
        Style.SECONDS,
        code(Edit.SPLIT, minute, second),
        padded=_log_zeros(one.digits[:, -1] == 0, lost, places) if full else -np.inf,
        bare=log_where(bare),
    )
    return readings.take(np.flatnonzero((minutes < _SIXTY) & (seconds < _SIXTY)))
