"""The decimal point a few digits off, or lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.checks.causes.candidates import Candidates
from geocensus.checks.causes.cells import log_cell
from geocensus.checks.causes.edits import Edit, code
from geocensus.checks.causes.plain import Plain, plain_numbers
from geocensus.checks.causes.readings import Readings, pairs
from geocensus.checks.causes.written import Style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.causes.case import Case

__all__ = ["ORIGIN", "decimal_shift"]

ORIGIN: Final = 32  # the position that stands for no move
_SHIFTS: Final = {-2: 0.07, -1: 0.28, 1: 0.28, 2: 0.07}  # moved by so many digits: one is four times as common as two
_LOST: Final = 0.3  # 118523 for 118.523
_AXES = 3  # one axis, the other, or both alike


def decimal_shift(case: Case) -> Candidates:
    """Move the decimal point of one axis, or of both alike; put it back where it was lost.

    Parameters
    ----------
    case : Case
        Rows; plain numbers alone.

    Returns
    -------
    Candidates
        Those inside the boxes.
    """
    x, y = plain_numbers(case.written.x), plain_numbers(case.written.y)
    parts = []
    for power, likely in _SHIFTS.items():
        for on_x, on_y in ((1, 0), (0, 1), (1, 1)):
            rows = np.arange(len(case))
            readings = _moved(case, 0, x, rows, power * on_x), _moved(case, 1, y, rows, power * on_y)
            parts.append(_candidates(case, *readings, np.log(likely / _AXES)))
    lost_x, lost_y = _lost(case, 0, x), _lost(case, 1, y)
    stated_x, stated_y = (_moved(case, number, plain, np.arange(len(case)), 0) for number, plain in enumerate((x, y)))
    lost = (pairs(lost_x, stated_y), pairs(stated_x, lost_y), pairs(lost_x, lost_y))
    return Candidates.concat([*parts, *(_candidates(case, *readings, np.log(_LOST / _AXES)) for readings in lost)])


def _candidates(case: Case, x: Readings, y: Readings, likely: float) -> Candidates:
    """Weigh pairs of readings."""
    near = np.flatnonzero(case.within(x.row, x.value, y.value))
    x, y = x.take(near), y.take(near)
    weights = log_cell((x.step, y.step), (x.style, y.style), case.cosine[x.row]) + likely
    return case.from_list("decimal_shift", x.row, (x.value, y.value), weights, (x.edit, y.edit))


def _moved(case: Case, axis: int, plain: Plain, rows: NDArray[Any], power: int) -> Readings:
    """Multiply numbers by a power of ten; 0 leaves the axis as it was read."""
    own = (case.written.x, case.written.y)[axis]
    if not power:
        return Readings(
            rows, own.value[rows], own.step[rows], own.style[rows], np.zeros(len(rows), np.int16), *_zeros(len(rows))
        )
    style = Style.METRES if case.written.system.projected else Style.DEGREES
    edit = np.full(len(rows), code(Edit.MOVE_POINT, power + ORIGIN))
    steps = 10.0 ** (power - plain.fraction[rows])
    styles = np.full(len(rows), int(style))
    return Readings(rows, plain.value[rows] * 10.0**power, steps, styles, edit, *_zeros(len(rows)))


def _zeros(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.zeros(size), np.zeros(size)


def _lost(case: Case, axis: int, plain: Plain) -> Readings:
    """Put a point into whole numbers, wherever the value falls between the box's sides."""
    low, high = case.box[:, axis], case.box[:, axis + 2]
    found = []
    for power in range(-int(plain.whole.max(initial=0)) + 1, 0):
        value = plain.value * 10.0**power
        rows = np.flatnonzero((plain.whole > -power) & (plain.fraction == 0) & (value >= low) & (value <= high))
        if len(rows):
            found.append(_moved(case, axis, plain, rows, power))
    return Readings.concat(found)
