"""The digits of texts, and which of them are degrees, minutes and seconds: what the study of slips in writing needs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

from geocensus.coordinates.formats import FORMATS, METRES, Format
from geocensus.coordinates.formats.marks import DEGREE, MINUTE, SECOND
from geocensus.coordinates.formats.reading import DECIMALS, SIGN
from geocensus.coordinates.hemispheres import peel
from geocensus.coordinates.plans import Plans, plans_of
from geocensus.coordinates.shapes import filled, shapes_of
from geocensus.coordinates.texts import cells_to_text, fold

__all__ = ["TextDigits", "digits_of"]

# What no strict format reads, and yet shows its parts: a digit too many, and whole numbers that a spreadsheet wrote
# as 118.0 in columns of parts.
_WHOLE = r"(?:\.0*)?"
_LOOSE = (
    Format("decimal", rf"^{SIGN}(?P<deg>[0-9]{{1,4}}(?:\.[0-9]*)?)\s*{DEGREE}$"),
    Format("decimal_comma", rf"^{SIGN}(?P<deg>[0-9]{{1,4}},[0-9]+)\s*{DEGREE}?$"),
    Format(
        "degree_minute_second",
        rf"^{SIGN}(?P<deg>[0-9]{{1,4}}{_WHOLE})(?:\s*{DEGREE}\s*|[\s:]+)"
        rf"(?P<min>[0-9]{{1,4}}{_WHOLE})(?:\s*{MINUTE}\s*|[\s:]+)(?P<sec>[0-9]{{1,4}}{DECIMALS})\s*{SECOND}?$",
    ),
    Format(
        "degree_minute",
        rf"^{SIGN}(?P<deg>[0-9]{{1,4}}{_WHOLE})(?:\s*{DEGREE}\s*|[\s:]+)(?P<min>[0-9]{{1,4}}{DECIMALS})\s*{MINUTE}?$",
    ),
    Format(
        "dashed",
        rf"^{SIGN}(?P<deg>[0-9]{{1,4}})\s*-\s*(?P<min>[0-9]{{1,3}})\s*-\s*(?P<sec>[0-9]{{1,3}}{DECIMALS})$",
    ),
    Format(
        "dotted_dms",
        rf"^{SIGN}(?P<deg>[0-9]{{1,4}})\.(?P<min>[0-9]{{1,3}})\.(?P<sec>[0-9]{{1,3}}(?:\.[0-9]+)?)$",
    ),
)
_PARTS = 3  # degrees, minutes, seconds


class TextDigits(NamedTuple):
    """Texts as digits and plans.

    ``texts`` are trimmed, with ASCII digits; ``numbers[starts[row] :]`` are a row's digits, in the order written;
    ``plan`` is the plan of each row. Per plan: ``format`` (position in ``FORMAT_NAMES``, 0 where nothing is
    understood), ``sign`` (-1 for a minus, west or south), ``whole`` and ``fraction`` (digits before and behind the
    point of degrees, minutes and seconds, shape (3, plans)), ``exponent`` (scientific notation), ``on_lon`` and
    ``on_lat`` (a word names the axis).
    """

    texts: Any
    numbers: NDArray[np.uint8]
    starts: NDArray[np.int64]
    plan: NDArray[np.int32]
    format: NDArray[np.int16]
    sign: NDArray[np.int8]
    whole: NDArray[np.int64]
    fraction: NDArray[np.int64]
    exponent: NDArray[np.bool_]
    on_lon: NDArray[np.bool_]
    on_lat: NDArray[np.bool_]


def digits_of(texts: Any, *, projected: bool = False) -> TextDigits:
    """Take the digits out of texts, with what each stands for.

    Reads all that :func:`parse_angles` reads and, without giving it a value, what has the parts of an angle but too
    many digits in one of them (1188°31′12″).

    Parameters
    ----------
    texts : sequence, Series or pyarrow array of str
        One angle (or number of metres) per row; missing values allowed.
    projected : bool
        Plain numbers in metres alone.

    Returns
    -------
    TextDigits
        As long as the input.

    Examples
    --------
    >>> digits = digits_of(["118°31′12.5″", "119°05′48.0″"])
    >>> digits.numbers[:8], digits.plan, digits.whole[:, 0], digits.fraction[:, 0]
    (array([1, 1, 8, 3, 1, 1, 2, 5], dtype=uint8), array([0, 0], dtype=int32), array([3, 2, 2]), array([0, 0, 1]))
    """
    shapes = shapes_of(cells_to_text(texts))
    folded = fold(shapes.texts)
    plans = plans_of(folded.texts, (METRES,) if projected else FORMATS)
    if not projected:
        _add_loose(plans, folded.texts)
    return TextDigits(
        texts=filled(shapes.texts.take(shapes.ids), shapes.digits, shapes.starts),
        numbers=shapes.digits,
        starts=shapes.starts,
        plan=shapes.ids,
        format=plans.format,
        sign=plans.sign,
        whole=plans.whole[:_PARTS],
        fraction=plans.fraction[:_PARTS],
        exponent=plans.whole[_PARTS] > 0,
        on_lon=plans.on_lon,
        on_lat=plans.on_lat,
    )


def _add_loose(plans: Plans, texts: Any) -> None:
    """Fill the plans of texts that have parts, where no strict format has understood them."""
    rest = np.flatnonzero((plans.format == 0) & pc.is_valid(texts).to_numpy(zero_copy_only=False))
    if not len(rest):
        return
    words = peel(texts.take(rest))
    loose = plans_of(words.bodies, _LOOSE)
    loose.sign[words.side < 0] = -1
    loose.on_lon, loose.on_lat = words.on_lon, words.on_lat
    for name in ("format", "sign", "whole", "fraction", "on_lon", "on_lat"):
        getattr(plans, name)[..., rest] = getattr(loose, name)
