"""The texts as they were intended, for the few candidates that are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.checks.causes.candidates import number_of
from geocensus.checks.causes.decimal_point import ORIGIN
from geocensus.checks.causes.edits import Edit, decode
from geocensus.checks.causes.hemisphere_words import other_axis, turned
from geocensus.checks.causes.written import Style

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geocensus.checks.causes.written import Axis, Layout, Written

    Texts = NDArray[np.object_]
    Characters = NDArray[np.uint32]

__all__ = ["intended_texts"]

_UNTOLD: Final = ("seconds_dropped", "projected", "gcj02", "bd09", "datum_54", "datum_80", "unknown")
_ZERO, _NINE = ord("0"), ord("9")
_TWO, _FULL = 2, 4
_IN_PLACE = (Edit.REPLACE, Edit.EXCHANGE, Edit.INSERT_BEFORE, Edit.INSERT_AFTER, Edit.DELETE)


def intended_texts(written: Written, row: Any, cause: Any, lon_edit: Any, lat_edit: Any) -> tuple[Texts, Texts]:
    """Write out what candidates say was intended.

    Parameters
    ----------
    written : Written
        Coordinates as written.
    row : array of int
        The row of each candidate.
    cause : array of int
        Its cause.
    lon_edit, lat_edit : array of int16
        As in :class:`~geocensus.checks.causes.candidates.Candidates`.

    Returns
    -------
    lon_text, lat_text : array of str
        As written where the text stays; "" where it cannot be told (seconds dropped, metres, another system).

    Examples
    --------
    >>> import pandas as pd
    >>> from geocensus.checks.causes import propose, written_of
    >>> from geocensus.coordinates import parse_points
    >>> points = parse_points({"lon": ["118.521"], "lat": ["28.9023"]})
    >>> written = written_of(points.assign(lon=points["lon_parsed"], lat=points["lat_parsed"]))
    >>> found = propose(written, (118.6, 28.8, 118.7, 29.0))
    >>> one = found.take(found.cause == number_of("digit_error"))
    >>> intended_texts(written, one.row, one.cause, one.lon_edit, one.lat_edit)[0].tolist()
    ['118.621', '118.6521']
    """
    rows = np.asarray(row, dtype=np.int64)
    told = ~np.isin(cause, [number_of(name) for name in _UNTOLD])
    lon = _of_axis(written.x, written.y, rows, lon_edit, on_lon=True)
    lat = _of_axis(written.y, written.x, rows, lat_edit, on_lon=False)
    return np.where(told, lon, ""), np.where(told, lat, "")


def _of_axis(own: Axis, other: Axis, rows: NDArray[np.int64], edits: Any, *, on_lon: bool) -> Texts:
    """Write out one axis."""
    kind, position, digit = decode(edits)
    texts = _texts(own, rows)
    for edit in np.unique(kind).tolist():
        at = np.flatnonzero(kind == edit)
        if edit in _IN_PLACE:
            texts[at] = _slipped(texts[at], Edit(edit), position[at], digit[at])
        elif edit == Edit.OTHER_AXIS:
            texts[at] = _texts(other, rows[at])
        elif edit == Edit.TURN_SIGN:
            texts[at] = turned(texts[at])
        elif edit == Edit.WORD:
            texts[at] = other_axis(texts[at], on_lon=on_lon)
        elif edit != Edit.NONE:
            texts[at] = _rewritten(own, rows[at], _FORMS[Edit(edit)], position[at], digit[at])
    return texts


def _texts(axis: Axis, rows: NDArray[np.int64]) -> Texts:
    """Return texts as written."""
    return axis.texts.take(rows).to_numpy(zero_copy_only=False).astype(object)


def _characters(texts: Texts, extra: int = 0) -> Characters:
    """Return texts as a matrix of characters, with room for some more."""
    wide = texts.astype("U")
    width = wide.dtype.itemsize // 4
    matrix = wide.view(np.uint32).reshape(len(texts), width)
    return np.hstack([matrix, np.zeros((len(texts), extra), np.uint32)])


def _joined(matrix: Characters) -> Texts:
    """Undo :func:`_characters`."""
    return np.ascontiguousarray(matrix).view(f"U{matrix.shape[1]}").ravel().astype(object)


def _slipped(texts: Texts, edit: Edit, position: NDArray[np.int64], digit: NDArray[np.int64]) -> Texts:
    """Change one digit, wherever it stands among signs and marks."""
    matrix = _characters(texts, 1)
    row, columns = np.arange(len(texts)), np.arange(matrix.shape[1])
    is_digit = (matrix >= _ZERO) & (matrix <= _NINE)
    order = np.where(is_digit, np.cumsum(is_digit, axis=1) - 1, -1)
    at = np.argmax(order == position[:, None], axis=1)
    new = (digit + _ZERO).astype(np.uint32)
    if edit == Edit.REPLACE:
        matrix[row, at] = new
    elif edit == Edit.EXCHANGE:
        behind = np.argmax(order == position[:, None] + 1, axis=1)
        matrix[row, at], matrix[row, behind] = matrix[row, behind], matrix[row, at]
    elif edit == Edit.DELETE:
        source = np.minimum(columns + (columns >= at[:, None]), matrix.shape[1] - 1)
        matrix = np.take_along_axis(matrix, source, axis=1)
    else:
        at = at + (edit == Edit.INSERT_AFTER)
        matrix = np.take_along_axis(matrix, columns - (columns > at[:, None]), axis=1)
        matrix[row, at] = new
    return _joined(matrix)


_Pieces = list["str | tuple[int, int]"]  # characters, or digits of the text from one to another


def _rewritten(
    axis: Axis,
    rows: NDArray[np.int64],
    form: Callable[[Layout, int, int], _Pieces],
    position: NDArray[np.int64],
    digit: NDArray[np.int64],
) -> Texts:
    """Write digits in another form, for all rows of one layout and edit together."""
    texts = np.full(len(rows), "", dtype=object)
    keys = np.stack([axis.layout[rows], position, digit, axis.sign[rows]])
    kinds, which = np.unique(keys, axis=1, return_inverse=True)
    for number, (layout, place, figure, sign) in enumerate(kinds.T.tolist()):
        at = np.flatnonzero(which == number)
        digits = axis.digits[rows[at]]
        pieces: _Pieces = [*(["-"] if sign < 0 else []), *form(axis.layouts[layout], place, figure)]
        columns = [
            np.tile(np.array([ord(char) for char in piece], np.uint32), (len(at), 1))
            if isinstance(piece, str)
            else digits[:, slice(*piece)].astype(np.uint32) + _ZERO
            for piece in pieces
        ]
        texts[at] = _joined(np.hstack(columns))
    return texts


def _point_moved(layout: Layout, place: int, _: int) -> _Pieces:
    whole, fraction = layout.plain
    point = whole + place - ORIGIN
    size = whole + fraction
    if point <= 0:
        return ["0." + "0" * -point, (0, size)]
    rest: _Pieces = [".", (point, size)] if point < size else []
    return [(0, min(point, size)), "0" * max(point - size, 0), *rest]


def _split(layout: Layout, minutes: int, seconds: int) -> _Pieces:
    whole, size = layout.whole[0], layout.size
    first, second = whole + minutes, whole + minutes + seconds
    zeros = "0" * max(second - size, 0)
    rest: _Pieces = [".", (second, size)] if second < size else []
    return [(0, whole), "°", (whole, first), "′", (first, min(second, size)), zeros, *rest, "″"]


def _decimal_minutes(layout: Layout, _: int, __: int) -> _Pieces:
    whole, size = layout.whole[0], layout.size
    if layout.style == Style.SECONDS:
        _, minute, second = layout.starts
        return [(0, whole), "°", (minute, minute + layout.whole[1]), ".", (second, size), "′"]
    rest: _Pieces = [".", (whole + _TWO, size)] if whole + _TWO < size else []
    return [(0, whole), "°", (whole, whole + _TWO), *rest, "′"]


def _one_fraction(layout: Layout, _: int, padded: int) -> _Pieces:
    pieces: _Pieces = [(0, layout.whole[0]), "."]
    start = layout.whole[0] + layout.fraction[0]
    for part in range(1, layout.last + 1):
        fill = padded or part < layout.last
        pieces += ["0" * (max(_TWO - layout.whole[part], 0) if fill else 0), (start, start + layout.whole[part])]
        start += layout.whole[part] + layout.fraction[part]
    return [*pieces, (start - layout.fraction[layout.last], layout.size)]


_FORMS: Final = {
    Edit.MOVE_POINT: _point_moved,
    Edit.SPLIT: _split,
    Edit.MINUTES: _decimal_minutes,
    Edit.DECIMALS: _one_fraction,
}
