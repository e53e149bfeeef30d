"""One angle per cell: text to signed degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from geocensus.coordinates.formats import FORMATS, METRES, Format
from geocensus.coordinates.numbers import integers, scaled
from geocensus.coordinates.plans import GROUPS, Plans, plans_of
from geocensus.coordinates.results import MINUTE_SECOND_RANGE, MISSING, OK, Angles
from geocensus.coordinates.shapes import Shapes, shapes_of
from geocensus.coordinates.texts import cells_to_text, fold, index_of
from geocensus.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Axis", "check_axis", "evaluate", "parse_angles", "parse_metres", "parse_texts", "wrong_axis"]

Axis = Literal["lon", "lat"]

_UNIT = np.array([1.0, 60.0, 3600.0])
_SIXTY = 60.0
_MOST_DIGITS = 18
_EXPONENT = GROUPS.index("exponent")


def parse_angles(texts: Sequence[Any] | pd.Series, *, axis: Axis) -> pd.DataFrame:
    """Read one angle per cell.

    Nothing is guessed: 118.5230 is decimal and says so; two numbers with a dash, letters in unknown places, dates,
    formulas and cells of more than 100 characters are unparsable.

    Parameters
    ----------
    texts : sequence or Series
        Texts or numbers. Empty cells and placeholders (无, —, /, null ...) are missing, as NaN and None are.
    axis : {"lon", "lat"}
        Which axis the column holds. A hemisphere or label of the other one is ``minute_second_range`` (the rule
        that covers both); its value is kept.

    Returns
    -------
    DataFrame
        Columns value (degrees, west and south negative, NaN where not read), format (one of ``FORMAT_NAMES``, ""
        where not read), resolution_deg (half a step of the last written digit) and problem ("", missing, unparsable,
        minute_second_range); the index of a Series is kept. No range test is made.

    Raises
    ------
    SchemaError
        When the axis is neither lon nor lat.

    References
    ----------
    ISO 6709:2022, Standard representation of geographic point location by coordinates.

    Examples
    --------
    >>> parse_angles(["118.5230", "118°31′12″", "1183112", "E118:31:75"], axis="lon")
         value                format  resolution_deg              problem
    0  118.523               decimal        0.000050
    1  118.520  degree_minute_second        0.000139
    2  118.520                packed        0.000139
    3      NaN                 colon        0.000139  minute_second_range
    """
    check_axis(axis)
    return parse_texts(cells_to_text(texts), axis=axis).frame(index_of(texts))


def check_axis(axis: str) -> None:
    """Refuse any axis but lon and lat.

    Parameters
    ----------
    axis : str
        The axis as the caller gave it.

    Raises
    ------
    SchemaError
        When the axis is neither lon nor lat.
    """
    if axis not in {"lon", "lat"}:
        raise SchemaError(f'axis must be "lon" or "lat", not {axis!r}', f"坐标轴只能是 lon 或 lat，不能是 {axis!r}")


def parse_texts(texts: Any, *, axis: Axis | None, formats: tuple[Format, ...] = FORMATS) -> Angles:
    """Read texts.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values allowed.
    axis : {"lon", "lat"} or None
        None where no axis is known.
    formats : tuple of Format
        What to accept.

    Returns
    -------
    Angles
        As long as the input.
    """
    shapes = shapes_of(texts)
    folded = fold(shapes.texts)
    plans = plans_of(folded.texts, formats)
    plans.problem[folded.missing] = MISSING
    result = evaluate(plans, shapes)
    if axis is not None:
        wrong_axis(result, plans, shapes.ids, axis=axis)
    return result


def parse_metres(texts: Any) -> Angles:
    """Read plain decimal numbers, as projected coordinates are written.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values allowed.

    Returns
    -------
    Angles
        Values and resolutions in metres, format ``metres``.
    """
    return parse_texts(texts, axis=None, formats=(METRES,))


def wrong_axis(angles: Angles, plans: Plans, ids: NDArray[Any], *, axis: Axis) -> None:
    """Mark angles whose words name the other axis; their values stay.

    Parameters
    ----------
    angles : Angles
        Changed in place.
    plans : Plans
        Plans by shape.
    ids : array of int
        Shape of each angle.
    axis : {"lon", "lat"}
        The axis that the angles stand for.
    """
    other = plans.on_lat if axis == "lon" else plans.on_lon
    angles.problem[other[ids] & (angles.problem == OK)] = MINUTE_SECOND_RANGE


def evaluate(plans: Plans, shapes: Shapes) -> Angles:
    """Read the digits of every row by the plan of its shape.

    Parameters
    ----------
    plans : Plans
        Plans by shape.
    shapes : Shapes
        Rows as shapes and digits.

    Returns
    -------
    Angles
        The value is NaN where a minute or second is 60 or more.
    """
    ids = shapes.ids
    degrees, minutes, seconds = (_numbers(plans, shapes, group) for group in range(_EXPONENT))
    value = degrees if minutes is None else degrees + (minutes * _SIXTY + (0.0 if seconds is None else seconds)) / 3600
    problem = plans.problem[ids]
    for part in (minutes, seconds):
        if part is not None:
            problem[part >= _SIXTY] = MINUTE_SECOND_RANGE
    value = np.where(problem == OK, value * plans.sign[ids], np.nan)
    return Angles(value, plans.format[ids], _resolutions(plans, shapes), problem)


def _numbers(plans: Plans, shapes: Shapes, group: int) -> Any:
    """Read one of the GROUPS of every row; None where no shape has it (but degrees)."""
    whole, fraction = plans.whole[group], plans.fraction[group]
    if group > 0 and not whole.any():
        return None
    ids = shapes.ids
    before = (plans.whole + plans.fraction)[:group].sum(axis=0)
    used = np.minimum(whole + fraction, _MOST_DIGITS)
    found = integers(shapes.digits, shapes.starts + before[ids], used[ids])
    places = (used - whole)[ids]
    return scaled(found, places - _exponents(plans, shapes) if group == 0 else places)


def _exponents(plans: Plans, shapes: Shapes) -> Any:
    """Return the power of ten that scientific notation adds; 0 where no shape has it."""
    counts = plans.whole[_EXPONENT]
    if not counts.any():
        return 0
    before = (plans.whole + plans.fraction)[0]
    found = integers(shapes.digits, shapes.starts + before[shapes.ids], counts[shapes.ids])
    return found * plans.power_sign[shapes.ids]


def _resolutions(plans: Plans, shapes: Shapes) -> NDArray[np.float64]:
    """Return half a step of the last written digit, in degrees."""
    columns = np.arange(len(plans.last))
    step = 0.5 * 10.0 ** -plans.fraction[plans.last, columns].astype(np.float64) / _UNIT[plans.last]
    step[plans.format == 0] = np.nan
    exponents = _exponents(plans, shapes)
    return step[shapes.ids] * (10.0**exponents if np.ndim(exponents) else 1.0)
