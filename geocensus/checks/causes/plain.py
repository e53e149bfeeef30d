"""Texts as plain numbers, whatever they were read as: 458123.5 is metres, though it has the form of dddmmss."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

from geocensus.checks.causes.readings import by_layout, number

if TYPE_CHECKING:
    from geocensus.checks.causes.written import Axis

__all__ = ["Plain", "plain_numbers"]


class Plain(NamedTuple):
    """One number per row (signed, NaN where the text is none), and its digits before and behind the point."""

    value: NDArray[np.float64]
    whole: NDArray[np.int64]
    fraction: NDArray[np.int64]


def plain_numbers(axis: Axis) -> Plain:
    """Read texts as plain numbers.

    Parameters
    ----------
    axis : Axis
        One axis.

    Returns
    -------
    Plain
        As long as the axis.
    """
    size = len(axis.layout)
    found = Plain(np.full(size, np.nan), np.zeros(size, np.int64), np.zeros(size, np.int64))
    for layout, rows, digits in by_layout(axis):
        whole, fraction = layout.plain
        if whole:
            found.value[rows] = axis.sign[rows] * number(digits, 0, whole + fraction) / 10.0**fraction
            found.whole[rows], found.fraction[rows] = whole, fraction
    return found
