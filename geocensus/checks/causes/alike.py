"""Causes by which one writer wrote both axes in another form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geocensus.checks.causes.cells import log_cell
from geocensus.checks.causes.readings import Readings, pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.checks.causes.candidates import Candidates
    from geocensus.checks.causes.case import Case
    from geocensus.checks.causes.written import Axis

__all__ = ["both_axes", "log_where"]


def both_axes(
    case: Case, cause: str, read: Callable[[Axis], list[Readings]], *, padding: float, log_form: float = 0.0
) -> Candidates:
    """Read both axes in the same other way.

    Parameters
    ----------
    case : Case
        Rows.
    cause : str
        Whose candidates they are.
    read : function
        Other readings of one axis.
    padding : float
        Share of writers who keep the zero before minutes and seconds below ten.
    log_form : float
        Logarithm of the probability of this form among those of the cause.

    Returns
    -------
    Candidates
        Those inside the boxes.
    """
    x, y = pairs(*(Readings.concat(read(axis)) for axis in (case.written.x, case.written.y)))
    near = np.flatnonzero(case.within(x.row, x.value, y.value))
    x, y = x.take(near), y.take(near)
    chance = padding * np.exp(x.padded + y.padded) + (1 - padding) * np.exp(x.bare + y.bare)
    kept = np.flatnonzero(chance > 0)
    x, y = x.take(kept), y.take(kept)
    area = log_cell((x.step, y.step), (x.style, y.style), case.cosine[x.row])
    return case.from_list(cause, x.row, (x.value, y.value), area + np.log(chance[kept]) + log_form, (x.edit, y.edit))


def log_where(possible: Any) -> Any:
    """Return the logarithm of a probability of one or none.

    Parameters
    ----------
    possible : array of bool
        What is possible.

    Returns
    -------
    array of float
        0 or -inf.
    """
    return np.where(possible, 0.0, -np.inf)
