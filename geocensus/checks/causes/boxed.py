"""Decimals of the degree in the boxes of minutes and seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes.alike import both_axes, log_where
from geocensus.checks.causes.edits import Edit, code
from geocensus.checks.causes.readings import Readings, by_layout, number, part_of
from geocensus.checks.causes.written import Style

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.causes.candidates import Candidates
    from geocensus.checks.causes.case import Case
    from geocensus.checks.causes.written import Axis, Layout

__all__ = ["decimal_as_dms"]

_PADDING: Final = 0.5  # boxes hold 05 as often as 5
_TWO = 2


def decimal_as_dms(case: Case) -> Candidates:
    """Read 118°52′21″ as 118.5221: the decimals were typed into the boxes of minutes and seconds.

    Parameters
    ----------
    case : Case
        Rows; minutes and seconds of 60 and more count above all.

    Returns
    -------
    Candidates
        Those inside the boxes.
    """
    return both_axes(case, "decimal_as_dms", _readings, padding=_PADDING)


def _readings(axis: Axis) -> list[Readings]:
    """Return the decimals that the boxes hold; a lone last digit is one decimal, or two whose zero was left out."""
    found = []
    for layout, rows, digits in by_layout(axis):
        last = layout.last
        if not last or layout.packed:
            continue
        found.append(_joined(axis, layout, rows, digits, fill=True))
        if layout.whole[last] < _TWO and not layout.fraction[last]:
            found.append(_joined(axis, layout, rows, digits, fill=False))
    return found


def _joined(
    axis: Axis, layout: Layout, rows: NDArray[np.int64], digits: NDArray[np.float64], *, fill: bool
) -> Readings:
    """Join the boxes' digits behind one point, with a zero before a lone digit (before the last where `fill`)."""
    value, places = part_of(layout, 0, digits), 0
    bare, filled = np.ones(len(rows), bool), False
    for part in range(1, layout.last + 1):
        count = layout.whole[part]
        short = count < _TWO and (fill or part < layout.last)
        places += _TWO if short else count
        value = value + part_of(layout, part, digits) / 10.0**places
        filled |= short
        if count >= _TWO:
            bare &= digits[:, layout.starts[part]] > 0
    more = layout.fraction[layout.last]
    places += more
    value = value + number(digits, layout.size - more, layout.size) / 10.0**places
    return Readings.make(
        rows,
        value * axis.sign[rows],
        10.0**-places,
        Style.DEGREES,
        code(Edit.DECIMALS, 0, int(fill)),
        padded=-np.inf if filled else 0.0,
        bare=log_where(bare),
    )
