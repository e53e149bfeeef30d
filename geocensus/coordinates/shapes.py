"""Shapes: texts with every digit made 0.

How a text is to be read depends on its shape alone, and a list has few shapes: 118°31′12″ and 119°05′48″ are both
000°00′00″. So the costly work, folding and matching, is done once per shape, and the digits are read in bulk.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

from geocensus.coordinates.texts import ascii_digits_only, cut

__all__ = ["Shapes", "filled", "shapes_of"]

_ZERO, _TEN = np.uint8(48), np.uint8(10)
_PADDING = 128  # so that reading past the last digit stays inside


class Shapes(NamedTuple):
    """Rows as shapes and digits: ``texts[ids]`` is the row with zeros; its digits begin at ``starts`` in ``digits``."""

    texts: Any
    ids: NDArray[np.int32]
    digits: NDArray[np.uint8]
    starts: NDArray[np.int64]


def shapes_of(texts: Any) -> Shapes:
    """Take texts apart into shapes and digits.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values become empty texts.

    Returns
    -------
    Shapes
        The shapes are distinct, in order of their first row.
    """
    texts = ascii_digits_only(cut(pc.utf8_trim_whitespace(pc.fill_null(texts, ""))))
    offsets, data = _buffers(texts)
    is_digit = (data - _ZERO) < _TEN
    coded = _from_buffers(offsets, np.where(is_digit, _ZERO, data)).dictionary_encode()
    digits = np.concatenate([data[is_digit] - _ZERO, np.zeros(_PADDING, np.uint8)])
    return Shapes(coded.dictionary, coded.indices.to_numpy(), digits, _before(is_digit)[offsets[:-1]])


def filled(shapes: Any, digits: NDArray[np.uint8], starts: NDArray[np.int64]) -> Any:
    """Put digits back into shapes.

    Parameters
    ----------
    shapes : pyarrow LargeStringArray
        One per row, missing values stay missing.
    digits : array of uint8
        All digits.
    starts : array of int
        Where each row's digits begin.

    Returns
    -------
    pyarrow LargeStringArray
        As long as the input.
    """
    offsets, data = _buffers(pc.fill_null(shapes, ""))
    is_digit = (data - _ZERO) < _TEN
    before = _before(is_digit)[offsets]
    first = np.repeat(starts - before[:-1], np.diff(before))
    data = data.copy()
    data[is_digit] = digits[first + np.arange(len(first))] + _ZERO
    return pc.if_else(pc.is_valid(shapes), _from_buffers(offsets, data), pa.scalar(None, pa.large_string()))


def _before(is_digit: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the digits before each byte, and before the end."""
    before = np.zeros(len(is_digit) + 1, np.int64)
    np.cumsum(is_digit, out=before[1:])
    return before


def _buffers(texts: Any) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the offsets (from 0) and bytes of an array without missing values."""
    _, ends, content = texts.buffers()
    offsets = np.frombuffer(ends, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(content, np.uint8) if content is not None else np.empty(0, np.uint8)
    return offsets - offsets[0], data[offsets[0] : offsets[-1]]


def _from_buffers(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> Any:
    """Return the array that such buffers make."""
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
