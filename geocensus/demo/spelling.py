"""Coordinates written the ways enumerators write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Texts = NDArray[np.str_]

__all__ = ["STYLES", "decimal", "dms_parts", "spell"]

_HEMISPHERES = {"lon": ("E", "东经"), "lat": ("N", "北纬")}


def decimal(values: Floats, places: int) -> Texts:
    """Write decimal degrees.

    Parameters
    ----------
    values : ndarray of float
        Degrees.
    places : int
        Digits behind the point.

    Returns
    -------
    ndarray of str
        Texts such as 118.523000.
    """
    return np.array([f"{value:.{places}f}" for value in values], dtype=str)


def dms_parts(values: Floats, places: int) -> list[tuple[int, int, str]]:
    """Cut degrees into degrees, minutes and the text of the seconds, carrying what rounds up to 60.

    Parameters
    ----------
    values : ndarray of float
        Degrees, not negative.
    places : int
        Digits behind the point of the seconds.

    Returns
    -------
    list of tuple
        Degrees, minutes, seconds.

    Examples
    --------
    >>> dms_parts(np.array([118.99999999, 28.5]), 1)
    [(119, 0, '00.0'), (28, 30, '00.0')]
    """
    step = 10**places
    width = 3 + places if places else 2
    parts = []
    for units in np.round(values * 3600 * step).astype("int64").tolist():
        degrees, rest = divmod(units, 3600 * step)
        minutes, seconds = divmod(rest, 60 * step)
        parts.append((degrees, minutes, f"{seconds / step:0{width}.{places}f}"))
    return parts


def _signs(values: Floats, _axis: str) -> Texts:
    return np.array([f"{d}°{m:02d}′{s}″" for d, m, s in dms_parts(values, 1)], dtype=str)


def _characters(values: Floats, _axis: str) -> Texts:
    return np.array([f"{d}度{m}分{s}秒" for d, m, s in dms_parts(values, 1)], dtype=str)


def _worded(values: Floats, axis: str) -> Texts:
    word = _HEMISPHERES[axis][1]
    return np.array([f"{word}{d}°{m:02d}′{s}″" for d, m, s in dms_parts(values, 2)], dtype=str)


def _lettered(values: Floats, axis: str) -> Texts:
    letter = _HEMISPHERES[axis][0]
    return np.array([f"{letter}{d}°{m:02d}'{s}\"" for d, m, s in dms_parts(values, 2)], dtype=str)


def _full_width(values: Floats, _axis: str) -> Texts:
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    return np.array([text.translate(wide) for text in decimal(values, 6).tolist()], dtype=str)


# style → (how to write, share of the enumerators who write so)
STYLES: dict[str, tuple[Callable[[Floats, str], Texts], float]] = {
    "decimal_6": (lambda values, _axis: decimal(values, 6), 0.62),
    "decimal_5": (lambda values, _axis: decimal(values, 5), 0.12),
    "signs": (_signs, 0.12),
    "characters": (_characters, 0.05),
    "worded": (_worded, 0.03),
    "lettered": (_lettered, 0.04),
    "full_width": (_full_width, 0.02),
}


def spell(values: Floats, axis: str, styles: Texts) -> Texts:
    """Write each value in its own style.

    Parameters
    ----------
    values : ndarray of float
        Degrees, not negative.
    axis : str
        "lon" or "lat".
    styles : ndarray of str
        Keys of ``STYLES``.

    Returns
    -------
    ndarray of str
        Texts.

    Examples
    --------
    >>> spell(np.array([118.523, 118.523]), "lon", np.array(["decimal_5", "characters"])).tolist()
    ['118.52300', '118度31分22.8秒']
    """
    texts = np.full(len(values), "", dtype="<U40")
    for style, (write, _share) in STYLES.items():
        rows = styles == style
        texts[rows] = write(values[rows], axis)
    return texts
