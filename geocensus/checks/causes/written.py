"""What stands in the list, as digits: the raw material of every cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from geocensus import names as n
from geocensus.coordinates import FORMAT_NAMES, METRES_PER_DEGREE, TextDigits, digits_of
from geocensus.crs import parse_crs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geocensus.crs import ListCRS

    Floats = NDArray[np.float64]

__all__ = ["UNITS", "Axis", "Layout", "Style", "Written", "written_of"]

_MOST_DIGITS = 18  # a text with more is not edited
UNITS = (1.0, 1 / 60, 1 / 3600)  # degrees, minutes, seconds


class Style(IntEnum):
    """What the last digit of a text counts."""

    NONE = 0  # not understood
    DEGREES = 1
    MINUTES = 2
    SECONDS = 3
    METRES = 4
    FIXED = 5  # understood, but not to be edited: scientific notation, more than 18 digits


class Layout(NamedTuple):
    """Which of a text's digits are what: ``whole`` and ``fraction`` count those of degrees, minutes, seconds."""

    style: Style
    whole: tuple[int, int, int]
    fraction: tuple[int, int, int]
    packed: bool = False

    @property
    def last(self) -> int:
        """Which part comes last.

        Returns
        -------
        int
            0 degrees (or metres), 1 minutes, 2 seconds.
        """
        return {Style.MINUTES: 1, Style.SECONDS: 2}.get(self.style, 0)

    @property
    def starts(self) -> tuple[int, int, int]:
        """Where the digits of each part begin.

        Returns
        -------
        tuple of int
            Degrees, minutes, seconds; the number of digits for parts behind the last.
        """
        counts = [whole + fraction for whole, fraction in zip(self.whole, self.fraction, strict=True)]
        return 0, counts[0], counts[0] + counts[1]

    @property
    def step(self) -> float:
        """One of the last digit.

        Returns
        -------
        float
            Degrees, or metres; NaN where nothing is understood.
        """
        if self.style in {Style.NONE, Style.FIXED}:
            return float("nan")
        return float(10.0 ** -self.fraction[self.last] * UNITS[self.last])

    @property
    def plain(self) -> tuple[int, int]:
        """TextDigits before and behind the point where the text is a plain number; packed ones are.

        Returns
        -------
        whole, fraction : int
            (0, 0) where it is none.
        """
        if self.packed or self.style in {Style.DEGREES, Style.METRES}:
            return sum(self.whole), self.fraction[self.last]
        return 0, 0

    @property
    def size(self) -> int:
        """How many digits there are.

        Returns
        -------
        int
            In all parts.
        """
        return sum(self.whole) + sum(self.fraction)


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of every row.

    Attributes
    ----------
    texts : pyarrow LargeStringArray
        Trimmed, with ASCII digits.
    digits : array of uint8, shape (rows, most digits)
        From the left, zeros behind the last.
    layout : array of int32
        Position in ``layouts``.
    layouts : tuple of Layout
        All that occur.
    value : array of float
        As read, signed, in the list's own unit and system; NaN where it has none (unreadable, minute of 60 or more).
    step : array of float
        One of the last digit, degrees or metres; NaN where not read.
    sign : array of int8
        -1 for a minus, west or south.
    worded : array of bool
        A word names the other axis.
    """

    texts: Any
    digits: NDArray[np.uint8]
    layout: NDArray[np.int32]
    layouts: tuple[Layout, ...]
    value: Floats
    step: Floats
    sign: NDArray[np.int8]
    worded: NDArray[np.bool_]

    @cached_property
    def style(self) -> NDArray[np.int64]:
        """Style of each row's layout.

        Returns
        -------
        array of int
            Values of :class:`Style`.
        """
        return np.array([layout.style for layout in self.layouts], dtype=np.int64)[self.layout]

    @cached_property
    def size(self) -> NDArray[np.int64]:
        """How many digits each row has.

        Returns
        -------
        array of int
            0 where nothing is understood.
        """
        return np.array([layout.size for layout in self.layouts], dtype=np.int64)[self.layout]

    @cached_property
    def pairs(self) -> NDArray[np.int64]:
        """How many pairs of digits stand side by side in each row.

        Returns
        -------
        array of int
            Digits on both sides of a point or a sign are no pair; those of packed texts are.
        """
        runs = [((one.plain[0],) if one.packed else one.whole) + one.fraction for one in self.layouts]
        pairs = [sum(max(count - 1, 0) for count in counts) for counts in runs]
        return np.array(pairs, dtype=np.int64)[self.layout]

    def take(self, rows: NDArray[Any]) -> Axis:
        """Return some rows.

        Parameters
        ----------
        rows : array of int
            Positions.

        Returns
        -------
        Axis
            With the same layouts.
        """
        names = ("digits", "layout", "value", "step", "sign", "worded")
        return replace(
            self, texts=self.texts.take(pa.array(rows)), **{name: getattr(self, name)[rows] for name in names}
        )


@dataclass(frozen=True, eq=False)
class Written:
    """Coordinates as written, of sources under diagnosis; `lon` and `lat` of degrees, CGCS2000, NaN where unusable."""

    x: Axis
    y: Axis
    lon: Floats
    lat: Floats
    system: ListCRS

    def __len__(self) -> int:
        return len(self.lon)

    def take(self, rows: NDArray[Any]) -> Written:
        """Return some rows.

        Parameters
        ----------
        rows : array of int
            Positions.

        Returns
        -------
        Written
            In the order asked for.
        """
        return Written(self.x.take(rows), self.y.take(rows), self.lon[rows], self.lat[rows], self.system)


def written_of(sources: pd.DataFrame, *, parameters: Sequence[float] | None = None) -> Written:
    """Take the coordinates of sources apart.

    Parameters
    ----------
    sources : DataFrame
        Rows of a table of sources: lon_text, lat_text, lon_parsed, lat_parsed, lon, lat, resolution_m;
        ``attrs["crs"]`` is the list's system, CGCS2000 where not given.
    parameters : sequence of seven numbers, optional
        With which a list on another datum was read; see :func:`geocensus.crs.parse_crs`.

    Returns
    -------
    Written
        As long as the table.

    Raises
    ------
    CRSMismatchError
        When the list's system needs parameters and none are given.

    Examples
    --------
    >>> import pandas as pd
    >>> from geocensus.coordinates import parse_points
    >>> points = parse_points({"lon": ["118°31′12″"], "lat": ["28.9"]})
    >>> written = written_of(points.assign(lon=points["lon_parsed"], lat=points["lat_parsed"]))
    >>> written.x.layouts[written.x.layout[0]].whole, written.y.digits[0].tolist()
    ((3, 2, 2), [2, 8, 9])
    """
    crs = parse_crs(sources.attrs.get("crs", "cgcs2000"), parameters=parameters or None)
    return Written(
        _axis(sources, n.LON_TEXT, n.LON_PARSED, projected=crs.projected),
        _axis(sources, n.LAT_TEXT, n.LAT_PARSED, projected=crs.projected),
        sources[n.LON].to_numpy(dtype=np.float64),
        sources[n.LAT].to_numpy(dtype=np.float64),
        crs,
    )


def _axis(sources: pd.DataFrame, text: str, parsed: str, *, projected: bool) -> Axis:
    """Take one axis apart."""
    found = digits_of(sources[text], projected=projected)
    layouts, of_plan = _layouts(found)
    layout = of_plan[found.plan]
    value = sources[parsed].to_numpy(dtype=np.float64)
    named = found.on_lat if text == n.LON_TEXT else found.on_lon
    step = np.array([one.step for one in layouts])[layout]
    return Axis(
        texts=found.texts,
        digits=_matrix(found, np.array([one.size for one in layouts], dtype=np.int64)[layout]),
        layout=layout,
        layouts=layouts,
        value=value,
        step=np.where(np.isnan(step), _steps_as_read(sources, projected=projected), step),
        sign=np.where(np.isnan(value), found.sign[found.plan], np.where(np.signbit(value), -1, 1)).astype(np.int8),
        worded=named[found.plan],
    )


def _steps_as_read(sources: pd.DataFrame, *, projected: bool) -> Floats:
    """Return the step that reading found (of the coarser axis), for forms whose digits are not kept."""
    metres = 1.0 if projected else METRES_PER_DEGREE
    return 2 * sources[n.RESOLUTION_M].to_numpy(dtype=np.float64) / metres


def _layouts(found: TextDigits) -> tuple[tuple[Layout, ...], NDArray[np.int32]]:
    """Return the distinct layouts, and which one each plan has."""
    known: dict[Layout, int] = {}
    plans = [
        known.setdefault(_layout(found, plan), len(known)) for plan in range(len(found.format))
    ]  # few: texts of one form share a plan
    return tuple(known), np.array(plans, dtype=np.int32)


def _layout(found: TextDigits, plan: int) -> Layout:
    """Return the layout of one plan."""
    whole: Any = tuple(found.whole[:, plan].tolist())
    fraction: Any = tuple(found.fraction[:, plan].tolist())
    name = FORMAT_NAMES[found.format[plan]]
    if not name:
        return Layout(Style.NONE, (0, 0, 0), (0, 0, 0))
    if found.exponent[plan] or sum(whole) + sum(fraction) > _MOST_DIGITS:
        return Layout(Style.FIXED, (0, 0, 0), (0, 0, 0))
    if name == "metres":
        return Layout(Style.METRES, whole, fraction)
    style = Style.SECONDS if whole[2] else Style.MINUTES if whole[1] else Style.DEGREES
    return Layout(style, whole, fraction, packed=name == "packed")


def _matrix(found: TextDigits, sizes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return each row's digits, one row of the matrix each."""
    places = np.arange(max(int(sizes.max(initial=0)), 1))
    matrix = found.numbers[found.starts[:, None] + places]
    matrix[places >= sizes[:, None]] = 0
    return matrix
