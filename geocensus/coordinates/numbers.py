"""Digits to numbers, for all rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["integers", "scaled"]

_EXACT = 1 << 53  # integers up to here are exact in binary64
_SPLITTER = float((1 << 27) + 1)  # Veltkamp's constant for halves of 26 bits
_MOST = 22  # 10**22 is the largest power of ten that is exact
_POWERS = np.power(10.0, np.arange(_MOST + 1), dtype=np.float64)


def integers(digits: NDArray[np.uint8], starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Read one integer per row.

    Parameters
    ----------
    digits : array of uint8
        Digits of all rows, with padding behind the last.
    starts : array of int
        Where each row's integer begins.
    counts : array of int
        Its number of digits, at most 18; 0 reads as 0.

    Returns
    -------
    array of int
        One per row.
    """
    total = np.zeros(len(starts), np.int64)
    shortest = int(counts.min(initial=0 if not len(counts) else 18))
    for place in range(int(counts.max(initial=0))):
        longer = total * 10 + digits[starts + place]
        total = longer if place < shortest else np.where(place < counts, longer, total)
    return total


def scaled(numbers: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """Divide integers by powers of ten, rounding once, as reading the decimal text would.

    Parameters
    ----------
    numbers : array of int
        Below 10**18.
    places : array of int
        Decimal places; negative ones multiply.

    Returns
    -------
    array of float
        One per number.

    References
    ----------
    T. J. Dekker, A floating-point technique for extending the available precision, 1971, doi:10.1007/BF01397083.
    """
    power = _POWERS[np.minimum(np.abs(places), _MOST)]
    plain = numbers.astype(np.float64)
    result = np.where(places < 0, plain * power, plain / power)
    far = np.flatnonzero((numbers > _EXACT) & (places > 0))
    if len(far):
        result[far] = _divided(numbers[far], power[far])
    return result


def _divided(numbers: NDArray[np.int64], power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide integers beyond 53 bits: the quotient, plus the quotient of the exact remainder."""
    high = numbers.astype(np.float64)
    low = (numbers - high.astype(np.int64)).astype(np.float64)
    quotient = high / power
    product = quotient * power
    a, b = _halves(quotient)
    c, d = _halves(power)
    error = ((a * c - product) + a * d + b * c) + b * d
    return quotient + (((high - product) - error) + low) / power


def _halves(numbers: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    big = numbers * _SPLITTER
    high = big - (big - numbers)
    return high, numbers - high
