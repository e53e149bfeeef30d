"""Minutes with decimals in another form, and seconds left out."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes.alike import both_axes
from geocensus.checks.causes.candidates import Candidates
from geocensus.checks.causes.cells import log_cell
from geocensus.checks.causes.edits import Edit, code
from geocensus.checks.causes.readings import Readings, by_layout, decimals, number, pairs, part_of
from geocensus.checks.causes.written import Style

if TYPE_CHECKING:
    from geocensus.checks.causes.case import Case
    from geocensus.checks.causes.written import Axis

__all__ = ["minutes_decimal", "seconds_dropped"]

_LOG_FORM: Final = np.log(0.5)  # one of two forms, as often as the other
_THIRDS: Final = (1 / 6, 3 / 6, 5 / 6)
_TWO = 2
_SIXTY = 60.0


def minutes_decimal(case: Case) -> Candidates:
    """Read 118.52213 as 118°52.213′, and 118°52′21″ as 118°52.21′.

    Parameters
    ----------
    case : Case
        Rows; seconds of 60 and more count, too.

    Returns
    -------
    Candidates
        Those inside the boxes.
    """
    return Candidates.concat(
        [
            both_axes(case, "minutes_decimal", form, padding=1.0, log_form=_LOG_FORM)
            for form in (_in_decimals, _in_seconds)
        ]
    )


def seconds_dropped(case: Case) -> Candidates:
    """Spread a point without seconds over the minute that it stands for, in nine parts.

    Parameters
    ----------
    case : Case
        Rows.

    Returns
    -------
    Candidates
        Up to nine per row; the intended seconds are not known.
    """
    x, y = pairs(_without_seconds(case.written.x), _without_seconds(case.written.y))
    area = log_cell((x.step, y.step), (x.style, y.style), case.cosine[x.row]) - np.log(len(_THIRDS) ** 2)
    signs = [axis.sign[x.row] / _SIXTY for axis in (case.written.x, case.written.y)]
    return Candidates.concat(
        [
            case.from_list("seconds_dropped", x.row, (x.value + a * signs[0], y.value + b * signs[1]), area)
            for a, b in product(_THIRDS, _THIRDS)
        ]
    )


def _in_decimals(axis: Axis) -> list[Readings]:
    """Return decimals read as minutes with decimals."""
    found = []
    for one in decimals(axis):
        more = one.fraction - _TWO
        minutes = number(one.digits, one.whole, one.whole + one.fraction) / 10.0**more
        value = axis.sign[one.rows] * (number(one.digits, 0, one.whole) + minutes / _SIXTY)
        readings = Readings.make(one.rows, value, 10.0**-more / _SIXTY, Style.MINUTES, code(Edit.MINUTES))
        found.append(readings.take(np.flatnonzero(minutes < _SIXTY)))
    return found


def _in_seconds(axis: Axis) -> list[Readings]:
    """Return seconds read as the decimals of the minute."""
    found = []
    for layout, rows, digits in by_layout(axis):
        if layout.packed or layout.style != Style.SECONDS or layout.fraction[2]:
            continue
        minutes = part_of(layout, 1, digits)
        value = minutes + part_of(layout, 2, digits) / 10.0 ** layout.whole[2]
        value = axis.sign[rows] * (part_of(layout, 0, digits) + value / _SIXTY)
        step = 10.0 ** -layout.whole[2] / _SIXTY
        readings = Readings.make(rows, value, step, Style.MINUTES, code(Edit.MINUTES))
        found.append(readings.take(np.flatnonzero(minutes < _SIXTY)))
    return found


def _without_seconds(axis: Axis) -> Readings:
    """Return whole minutes without seconds, or with zeros alone."""
    found = []
    for layout, rows, digits in by_layout(axis):
        if not layout.last or layout.fraction[1] > 1:  # 31.0 is a spreadsheet's 31, 31.00 is no whole minute
            continue
        minutes = part_of(layout, 1, digits)
        behind = number(digits, layout.starts[1] + layout.whole[1], layout.size)
        bare = (behind == 0) & (minutes < _SIXTY)
        value = axis.sign[rows] * (part_of(layout, 0, digits) + minutes / _SIXTY)
        found.append(Readings.make(rows, value, 1 / _SIXTY, Style.MINUTES, 0).take(np.flatnonzero(bare)))
    return Readings.concat(found)
