"""Degrees, minutes and seconds in columns of their own."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geocensus.coordinates.angles import Axis, check_axis, parse_texts
from geocensus.coordinates.formats import PART_MINUTES, PART_SECONDS, Format
from geocensus.coordinates.results import (
    FORMAT_NAMES,
    MINUTE_SECOND_RANGE,
    MISSING,
    OK,
    UNPARSABLE,
    Angles,
    format_code,
)
from geocensus.coordinates.texts import cells_to_text, index_of
from geocensus.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["joined_text", "parse_part_texts", "parse_parts"]

_SIXTY, _FULL = 60.0, 1000.0
_DEGREE, _MINUTES, _SECONDS = (
    format_code(name) for name in ("parts_degree", "parts_degree_minute", "parts_degree_minute_second")
)
_RENAMED = np.arange(len(FORMAT_NAMES), dtype=np.int16)
_RENAMED[[format_code("decimal"), format_code("decimal_comma")]] = _DEGREE


def parse_parts(
    degrees: Sequence[Any] | pd.Series,
    minutes: Sequence[Any] | pd.Series | None = None,
    seconds: Sequence[Any] | pd.Series | None = None,
    *,
    axis: Axis,
) -> pd.DataFrame:
    """Read degrees, minutes and seconds from columns of their own.

    Only the last filled part may have a decimal fraction (zeros alone are none: a spreadsheet's 118.0 is 118). Parts
    may carry their own mark or unit (118度, 31′); a hemisphere may stand with the degrees. A whole angle in the degrees
    column is read as such where minutes and seconds are empty.

    Parameters
    ----------
    degrees, minutes, seconds : sequence or Series
        Texts or numbers, as long as one another; minutes and seconds may be absent or empty.
    axis : {"lon", "lat"}
        Which axis the columns hold.

    Returns
    -------
    DataFrame
        As :func:`parse_angles` returns it, format ``parts_degree_minute_second``, ``parts_degree_minute`` or
        ``parts_degree``. No degrees is missing; seconds without minutes are unparsable.

    Raises
    ------
    SchemaError
        When the axis is neither lon nor lat, or the columns differ in length.

    Examples
    --------
    >>> parse_parts(["118", "28.5", "28.5"], ["31", "54", ""], ["12.5", "", ""], axis="lon")[["value", "format"]]
            value                      format
    0  118.520139  parts_degree_minute_second
    1         NaN
    2   28.500000                parts_degree
    """
    check_axis(axis)
    given = [None if part is None else cells_to_text(part) for part in (degrees, minutes, seconds)]
    return parse_part_texts(given, axis=axis).frame(index_of(degrees))


def parse_part_texts(parts: Sequence[Any], *, axis: Axis) -> Angles:
    """Read parts that are text already.

    Parameters
    ----------
    parts : sequence of three pyarrow LargeStringArray or None
        Degrees, minutes, seconds.
    axis : {"lon", "lat"}
        Which axis the columns hold.

    Returns
    -------
    Angles
        As long as the columns.

    Raises
    ------
    SchemaError
        When the columns differ in length.
    """
    size = len(parts[0])
    if any(part is not None and len(part) != size for part in parts):
        raise SchemaError(
            "columns of degrees, minutes and seconds differ in length; give columns of one table",
            "度、分、秒三列的行数不一致，请使用同一张表中的列",
        )
    degrees = parse_texts(parts[0], axis=axis)
    minutes, seconds = _part(parts[1], PART_MINUTES, size), _part(parts[2], PART_SECONDS, size)
    with_minutes, with_seconds = minutes.problem != MISSING, seconds.problem != MISSING
    degrees.format = _RENAMED[degrees.format]
    followed = (with_minutes | with_seconds) & (degrees.problem != MISSING)
    degrees.put(followed, _joined(degrees, minutes, seconds).take(followed))
    return degrees


def joined_text(parts: Sequence[Any]) -> Any:
    """Join the raw parts by one space, without the empty ones.

    Parameters
    ----------
    parts : sequence of pyarrow LargeStringArray or None
        Degrees, minutes, seconds.

    Returns
    -------
    pyarrow LargeStringArray
        Null where no part is given.
    """
    joined = reduce(_beside, [pc.fill_null(pc.utf8_trim_whitespace(part), "") for part in parts if part is not None])
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.large_string()), joined)


def _beside(left: Any, right: Any) -> Any:
    """Join two columns of trimmed texts by a space where both are filled."""
    both = pc.binary_join_element_wise(left, right, pa.scalar(" ", pa.large_string()))
    return pc.if_else(pc.equal(left, ""), right, pc.if_else(pc.equal(right, ""), left, both))


def _part(texts: Any, form: Format, size: int) -> Angles:
    """Read a column of minutes or seconds; an absent one is missing everywhere."""
    return Angles.blank(size, MISSING) if texts is None else parse_texts(texts, axis=None, formats=(form,))


def _joined(degrees: Angles, minutes: Angles, seconds: Angles) -> Angles:
    """Add up rows that have minutes, and perhaps seconds (others come out as unparsable)."""
    has_seconds = seconds.problem != MISSING
    whole_degrees = (degrees.format == _DEGREE) & (degrees.value % 1 == 0) & (np.abs(degrees.value) < _FULL)
    good = whole_degrees & (minutes.problem == OK)
    good &= ~has_seconds | ((seconds.problem == OK) & (minutes.value % 1 == 0))
    problem = np.where(good, degrees.problem, UNPARSABLE).astype(np.int16)
    over = (minutes.value >= _SIXTY) | (seconds.value >= _SIXTY)
    problem[good & over] = MINUTE_SECOND_RANGE
    rest = (minutes.value * _SIXTY + np.where(has_seconds, seconds.value, 0.0)) / 3600
    value = np.copysign(np.abs(degrees.value) + rest, degrees.value)
    resolution = np.where(has_seconds, seconds.resolution / 3600, minutes.resolution / _SIXTY)
    form = np.where(has_seconds, _SECONDS, _MINUTES)
    return Angles(
        np.where(good & ~over, value, np.nan),
        np.where(good, form, 0).astype(np.int16),
        np.where(good, resolution, np.nan),
        problem,
    )
