"""Other readings of one axis, and all pairs of those of both."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

from geocensus.checks.causes.written import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geocensus.checks.causes.written import Axis, Layout

    Floats = NDArray[np.float64]

__all__ = ["Decimals", "Readings", "by_layout", "decimals", "number", "pairs", "part_of"]

_LEAST_DECIMALS, _MOST_WHOLE = 2, 3


@dataclass(frozen=True, eq=False)
class Readings:
    """Values that an axis may have been meant to have, as columns.

    Attributes
    ----------
    row : array of int
        Position of the row.
    value, step : array of float
        In the list's unit, signed; one of the intended text's last digit.
    style : array of int
        What that digit counts.
    edit : array of int16
        From the text to the intended one.
    padded, bare : array of float
        log P(this text | intended text) of a writer who keeps the zeros before a minute or second below ten, and of
        one who does not; -inf where such a writer would not have written it.
    """

    row: NDArray[np.int64]
    value: Floats
    step: Floats
    style: NDArray[np.int64]
    edit: NDArray[np.int16]
    padded: Floats
    bare: Floats

    @classmethod
    def make(
        cls, row: NDArray[Any], value: Floats, step: float, style: int, edit: Any, *, padded: Any = 0.0, bare: Any = 0.0
    ) -> Readings:
        """Spread single values over all rows.

        Parameters
        ----------
        row : array of int
            Position of the row.
        value : array of float
            Signed.
        step : float
            Of all.
        style : int
            Of all.
        edit : int
            Code of all.
        padded, bare : float or array of float
            Logarithms.

        Returns
        -------
        Readings
            As long as the rows.
        """
        shape = row.shape
        columns = (step, style, edit, padded, bare)
        kinds = (np.float64, np.int64, np.int16, np.float64, np.float64)
        return cls(
            row, value, *(np.broadcast_to(np.asarray(a, kind), shape) for a, kind in zip(columns, kinds, strict=True))
        )

    @classmethod
    def concat(cls, parts: list[Readings]) -> Readings:
        """Join readings, in order of their rows.

        Parameters
        ----------
        parts : list of Readings
            None at all gives no readings.

        Returns
        -------
        Readings
            Sorted by row; those of one row in the order given.
        """
        nothing = cls.make(np.empty(0, np.int64), np.empty(0), 0.0, 0, 0)
        joined = cls(*(np.concatenate([getattr(part, name) for part in [nothing, *parts]]) for name in _COLUMNS))
        return joined.take(np.argsort(joined.row, kind="stable"))

    def take(self, which: NDArray[Any]) -> Readings:
        """Return some readings.

        Parameters
        ----------
        which : array
            Positions or a mask.

        Returns
        -------
        Readings
            In the order asked for.
        """
        return Readings(*(getattr(self, name)[which] for name in _COLUMNS))


_COLUMNS = tuple(field.name for field in fields(Readings))


def pairs(x: Readings, y: Readings) -> tuple[Readings, Readings]:
    """Pair every reading of one axis with every one of the other axis of its row.

    Parameters
    ----------
    x, y : Readings
        Sorted by row.

    Returns
    -------
    x, y : Readings
        Of one length.
    """
    first = np.searchsorted(y.row, x.row, side="left")
    count = np.searchsorted(y.row, x.row, side="right") - first
    left = np.repeat(np.arange(len(x.row)), count)
    before = np.cumsum(count) - count
    right = np.arange(len(left)) - np.repeat(before - first, count)
    return x.take(left), y.take(right)


def by_layout(axis: Axis, rows: NDArray[Any] | None = None) -> Iterator[tuple[Layout, NDArray[np.int64], Floats]]:
    """Group rows by layout.

    Parameters
    ----------
    axis : Axis
        One axis.
    rows : array of int, optional
        Positions to look at; all by default.

    Yields
    ------
    layout : Layout
        One that occurs.
    rows : array of int
        Positions of the rows that have it, ascending.
    digits : array of float, shape (rows, digits)
        Their digits, no more than the layout has.
    """
    looked = np.arange(len(axis.layout)) if rows is None else rows
    ids = axis.layout[looked]
    order = np.argsort(ids, kind="stable")
    bounds = np.flatnonzero(np.diff(ids[order], prepend=-1, append=-1))
    for start, end in pairwise(bounds):
        of = looked[order[start:end]]
        layout = axis.layouts[axis.layout[of[0]]]
        if layout.size:
            yield layout, of, axis.digits[of, : layout.size].astype(np.float64)


def number(digits: Floats, start: int, end: int) -> Floats:
    """Read some digits as a whole number.

    Parameters
    ----------
    digits : array of float, shape (rows, digits)
        As :func:`by_layout` gives them.
    start, end : int
        From, and up to.

    Returns
    -------
    array of float
        Exact up to 15 digits; 0 for none.
    """
    return digits[:, start:end] @ 10.0 ** np.arange(end - start - 1, -1, -1)


def part_of(layout: Layout, part: int, digits: Floats) -> Floats:
    """Read the whole part of degrees, minutes or seconds.

    Parameters
    ----------
    layout : Layout
        Which digits are what.
    part : int
        0 degrees, 1 minutes, 2 seconds.
    digits : array of float, shape (rows, digits)
        As :func:`by_layout` gives them.

    Returns
    -------
    array of float
        0 where the layout has no such part.
    """
    start = layout.starts[part]
    return number(digits, start, start + layout.whole[part])


class Decimals(NamedTuple):
    """Decimal degrees of one layout: rows, their digits, and how many stand before and behind the point."""

    rows: NDArray[np.int64]
    digits: NDArray[np.float64]
    whole: int
    fraction: int


def decimals(axis: Axis) -> list[Decimals]:
    """Return the decimal degrees that may hold minutes: with two decimals or more.

    Parameters
    ----------
    axis : Axis
        One axis.

    Returns
    -------
    list of Decimals
        One per layout.
    """
    return [
        Decimals(rows, digits, layout.whole[0], layout.fraction[0])
        for layout, rows, digits in by_layout(axis)
        if layout.style == Style.DEGREES and layout.whole[0] <= _MOST_WHOLE and layout.fraction[0] >= _LEAST_DECIMALS
    ]
