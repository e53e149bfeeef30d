"""Codes for what happened to a text: one 16-bit number per axis, made in bulk and read for the few that are shown."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

__all__ = ["Edit", "code", "decode"]

_PLACES, _DIGITS = 64, 16  # a position below 64 and a digit below 16


class Edit(IntEnum):
    """What has to be done to the text to have the intended one."""

    NONE = 0
    REPLACE = 1  # the digit at the position
    EXCHANGE = 2  # the digits at the position and behind it
    INSERT_BEFORE = 3  # a digit before the one at the position
    INSERT_AFTER = 4
    DELETE = 5  # the digit at the position
    MOVE_POINT = 6  # by the position less 32, to the right where positive
    TURN_SIGN = 7
    SPLIT = 8  # decimals into minutes (as many digits as the position) and seconds (as many as the digit)
    MINUTES = 9  # decimals, or the seconds, are decimals of the minute
    DECIMALS = 10  # minutes and seconds are decimals of the degree, padded where the digit is 1
    OTHER_AXIS = 11  # the other axis's text
    WORD = 12  # the hemisphere of the other axis


def code(edit: Edit, position: Any = 0, digit: Any = 0) -> Any:
    """Return the number that stands for an edit.

    Parameters
    ----------
    edit : Edit
        What.
    position, digit : int or array of int
        Where, and with which digit; below 64 and 16.

    Returns
    -------
    array of int16
        Of the shape of the parameters.
    """
    return np.asarray((int(edit) * _PLACES + position) * _DIGITS + digit, dtype=np.int16)


def decode(codes: Any) -> tuple[Any, Any, Any]:
    """Undo :func:`code`.

    Parameters
    ----------
    codes : array of int16
        Numbers.

    Returns
    -------
    edit, position, digit : array of int
        As given.
    """
    numbers = np.asarray(codes, dtype=np.int64)
    return numbers // (_PLACES * _DIGITS), numbers // _DIGITS % _PLACES, numbers % _DIGITS
