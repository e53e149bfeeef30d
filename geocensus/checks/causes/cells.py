"""How much place one text stands for, and how likely two texts are to have such different decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.checks.causes.written import Style
from geocensus.coordinates import METRES_PER_DEGREE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["STRIPPED", "log_cell"]

# Spreadsheets drop zeros at the end, people seldom do: taken as one list in two. The last of six decimals is a zero in
# one number of ten, the last two in one of a hundred: so decimals differ by one or two between the axes.
STRIPPED: Final = 0.5
_APART = 0.02  # axes whose decimals were chosen one by one, spread over four differences
_MIXED = 0.02  # one axis in decimals, the other in degrees, minutes, seconds
_MOST_APART = 4
_DIFFERENCES = np.arange(1, _MOST_APART + 1)
_UNEQUAL = STRIPPED * 0.9 * 10.0**-_DIFFERENCES + _APART / (2 * _MOST_APART)
_LOG_AGREE = np.log(np.concatenate([[1 - _MIXED - 2 * _UNEQUAL.sum()], _UNEQUAL]))


def log_cell(steps: tuple[Any, Any], styles: tuple[Any, Any], cosine: Any) -> Floats:
    """Weigh the form of a pair of texts: log of the cell's area, and of the chance of such decimals.

    Where both axes count the same thing, the longer one tells how finely both were written (the other lost zeros at
    its end).

    Parameters
    ----------
    steps : pair of arrays of float
        One of the last digit of each axis, degrees; metres where the style says so.
    styles : pair of arrays of int
        Values of :class:`~geocensus.checks.causes.written.Style`.
    cosine : array of float
        Of the latitude.

    Returns
    -------
    array of float
        Natural logarithm of m²; 0 where a step is unknown.
    """
    x, y = (np.log(step) for step in steps)
    apart = np.rint(np.abs(x - y) / np.log(10.0))
    place = np.where(np.isfinite(apart), np.minimum(apart, _MOST_APART), 0).astype(np.int64)
    same = np.equal(*styles)
    form = np.where(same, 2 * np.minimum(x, y) + _LOG_AGREE[place], x + y + np.log(_MIXED))
    metres = (styles[0] == Style.METRES) & same
    area = form + np.where(metres, 0.0, 2 * np.log(METRES_PER_DEGREE) + np.log(cosine))
    return np.where(np.isfinite(area), area, 0.0)
