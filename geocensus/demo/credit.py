"""Unified social credit codes that are well formed and belong to nobody.

GB 32100-2015: 18 characters, the last a check digit; characters 9 to 17 are an organisation code with its own
check digit (GB 11714-1997). Digits 3 to 8, the place of registration, are 99xxxx here: no province has that number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["check_digit", "credit_codes", "organisation_digit"]

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_REGISTRATION = "990000"
_SERIAL_LENGTH = 5


def organisation_digit(body: str) -> str:
    """Return the check digit of an organisation code (GB 11714-1997).

    Parameters
    ----------
    body : str
        The first 8 characters.

    Returns
    -------
    str
        A digit or X.

    Examples
    --------
    >>> organisation_digit("D2143569")
    'X'
    """
    values = np.array([_ORGANISATION.index(letter) for letter in body])
    rest = 11 - int(values @ _ORGANISATION_WEIGHTS) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def check_digit(body: str) -> str:
    """Return the check digit of a unified social credit code (GB 32100-2015).

    Parameters
    ----------
    body : str
        The first 17 characters.

    Returns
    -------
    str
        One character.

    Examples
    --------
    >>> check_digit("91350100M000100Y4")
    '3'
    """
    values = np.array([_VALUES[letter] for letter in body])
    return _LETTERS[(31 - int(values @ _WEIGHTS) % 31) % 31]


def credit_codes(kinds: NDArray[np.str_], rng: np.random.Generator) -> NDArray[np.str_]:
    """Make one code per source, all different.

    Parameters
    ----------
    kinds : ndarray of str
        The first two characters: 91 enterprise, 92 individual business, 93 cooperative, 12 public institution.
    rng : numpy.random.Generator
        Decides the order of the serial numbers.

    Returns
    -------
    ndarray of str
        18 characters each.
    """
    serials = rng.permutation(len(kinds))
    bodies = [f"{kind}{_REGISTRATION}{_organisation(int(serial))}" for kind, serial in zip(kinds, serials, strict=True)]
    return np.array([body + check_digit(body) for body in bodies], dtype=str)


def _organisation(serial: int) -> str:
    """Write a serial number as an organisation code: XN (no real one begins so), five characters, check digit."""
    digits = []
    for _ in range(_SERIAL_LENGTH):
        serial, rest = divmod(serial, len(_LETTERS))
        digits.append(_LETTERS[rest])
    body = "XNA" + "".join(reversed(digits))
    return body + organisation_digit(body)
