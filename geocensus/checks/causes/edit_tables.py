"""All texts one slip away, as matrices.

What every substitution, exchange, insertion and deletion gives is linear in the digits: for texts of one layout,
``digits @ weights + constants`` is the value of every edit of every row. Weights are whole numbers, so that sums are
exact, and do not depend on how many rows are taken together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from geocensus.checks.causes.edits import Edit, code
from geocensus.checks.causes.written import UNITS, Layout, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["SLIPS", "Kind", "Table", "tables_of"]

# Shares of the four slips among wrong digits: substitutions are the most common by far in studies of typed numbers.
SLIPS: Final = {"replaced": 0.4, "exchanged": 0.2, "missing": 0.2, "doubled": 0.2}
_SLIP_OF: Final = {
    Edit.REPLACE: "replaced",
    Edit.EXCHANGE: "exchanged",
    Edit.INSERT_BEFORE: "missing",
    Edit.INSERT_AFTER: "missing",
    Edit.DELETE: "doubled",
}
_TEN = 10
_TWO = 2
_MOST_WHOLE: Final = {Style.DEGREES: 3, Style.METRES: 8}
_MOST_EXACT = 14  # digits of a value that are kept; a degree's twelfth decimal is 0.1 µm
_MOST_EXACT_PACKED = 6  # decimals of a second
_PACKED = (6, 7)  # digits of ddmmss and dddmmss
_LOOKS_PACKED = range(5, 9)  # with one digit lost or doubled
_SECONDS = (3600, 60, 1)


class Kind(NamedTuple):
    """What edits have in common for their probability: slip, digits more than the text has, last digit's step."""

    slip: str
    longer: int
    step: float
    style: Style


@dataclass(frozen=True, eq=False)
class Table:
    """Edits of one number in texts of one layout; arrays have one column or entry per edit.

    Attributes
    ----------
    part : int
        0 degrees or metres (or all of a packed text), 1 minutes, 2 seconds.
    start, end : int
        The number's digits in the text.
    unit : float
        What a value of one is, in degrees or metres.
    limit : float
        Values stay below it: 60 minutes or seconds.
    stated, weights, constants : array of float
        Weights of the text as it stands, shape (digits,); of the edits, shape (digits, edits); shape (edits,).
    edit : array of int16
        Codes.
    kinds : tuple of Kind
        Those that occur.
    kind : array of int
        Of each edit.
    pair : array of int
        Position (in the number) of a digit that must equal the next one, where a doubling is undone; -1 elsewhere.
    below_sixty : tuple of (weights, constants, limit)
        Further values that stay below a limit: minutes and seconds within a packed text.
    """

    part: int
    start: int
    end: int
    unit: float
    limit: float
    stated: Floats
    weights: Floats
    constants: Floats
    edit: NDArray[np.int16]
    kinds: tuple[Kind, ...]
    kind: NDArray[np.int64]
    pair: NDArray[np.int64]
    below_sixty: tuple[tuple[Floats, Floats, float], ...] = ()


class _Slip(NamedTuple):
    """One edit: digits before and behind the point afterwards, the digit of the text at each place (-1: a new one)."""

    whole: int
    fraction: int
    source: tuple[int, ...]
    edit: Edit
    position: int
    digit: int = 0


@lru_cache(maxsize=4096)
def tables_of(layout: Layout, least: float) -> tuple[Table, ...]:
    """Return the edits of each number in texts of a layout.

    Parameters
    ----------
    layout : Layout
        Which digits are what.
    least : float
        Smallest move, degrees or metres: edits that cannot move the point as far are left out.

    Returns
    -------
    tuple of Table
        One per part, or one for a packed text.
    """
    whole, fraction = layout.plain
    if layout.style != Style.METRES and whole in _LOOKS_PACKED:
        return (_packed_table(whole, fraction, least),)
    return tuple(_part_table(layout, part, least) for part in range(layout.last + 1))


def _slips(whole: int, fraction: int, most: int) -> Iterator[_Slip]:
    """Yield every slip that may have led to a number of so many digits."""
    for one in _places(whole, fraction, most):
        yield from (one._replace(digit=digit) for digit in range(_TEN)) if -1 in one.source else (one,)


def _places(whole: int, fraction: int, most: int) -> Iterator[_Slip]:
    """Yield the slips, new digits not yet chosen; none leaves more than `most` digits before the point."""
    own = tuple(range(whole + fraction))
    for at in own:
        yield _Slip(whole, fraction, (*own[:at], -1, *own[at + 1 :]), Edit.REPLACE, at)
        if at + 1 not in {whole, whole + fraction}:  # neighbours on one side of the point
            yield _Slip(whole, fraction, (*own[:at], at + 1, at, *own[at + 2 :]), Edit.EXCHANGE, at)
            shorter = (whole - 1, fraction) if at < whole else (whole, fraction - 1)
            yield _Slip(*shorter, (*own[:at], *own[at + 1 :]), Edit.DELETE, at)
    gaps = [(whole + 1, fraction, at, whole) for at in range(whole + 1) if whole < most]
    gaps += [(whole, fraction + 1, at, whole + fraction) for at in range(whole, whole + fraction + 1) if fraction]
    for grown_whole, grown_fraction, at, end in gaps:
        how = (Edit.INSERT_BEFORE, at) if at < end else (Edit.INSERT_AFTER, at - 1)
        yield _Slip(grown_whole, grown_fraction, (*own[:at], -1, *own[at:]), *how)


def _far(slip: _Slip, whole: int, weights: Floats, least: float) -> bool:
    """Tell whether a slip can move the value far enough: nine steps of a digit replaced, less than ten else.

    A digit more or less before the point shifts all those before it.
    """
    if slip.whole != whole:
        return True
    at = min(slip.position + (slip.edit == Edit.INSERT_AFTER), len(weights) - 1)
    return bool(9 * weights[at] >= least if slip.edit == Edit.REPLACE else _TEN * weights[at] > least)


def _linear(slips: list[_Slip], weights: list[Floats], size: int) -> tuple[Floats, Floats]:
    """Return weights and constants of values that weigh the intended digits so."""
    matrix, constants = np.zeros((size, len(slips))), np.zeros(len(slips))
    for column, (slip, weight) in enumerate(zip(slips, weights, strict=True)):
        for place, source in enumerate(slip.source):
            if source < 0:
                constants[column] = slip.digit * weight[place]
            else:
                matrix[source, column] += weight[place]
    return matrix, constants


def _decimal(whole: int, fraction: int, exact: int) -> Floats:
    """Return what each digit of a number counts, in units of its decimal number `exact`; less counts nothing."""
    power = whole - 1 - np.arange(whole + fraction) + exact
    return np.where(power >= 0, 10.0 ** np.maximum(power, 0), 0.0)


def _part_table(layout: Layout, part: int, least: float) -> Table:
    """Return the edits of degrees, minutes, seconds or metres."""
    last = part == layout.last
    whole, fraction = layout.whole[part], layout.fraction[part] if last else 0  # 118.0 degrees: a spreadsheet's zero
    most = _TWO if part else _MOST_WHOLE.get(layout.style, 3)
    exact = max(min(fraction + 1, _MOST_EXACT - whole), 0)
    unit = UNITS[part] / 10.0**exact
    start = layout.starts[part]

    def weigh(slip: _Slip) -> Floats:
        return _decimal(slip.whole, slip.fraction, exact)

    def form(slip: _Slip) -> tuple[float, Style]:
        return (UNITS[part] / 10.0**slip.fraction if last else layout.step), layout.style

    slips = [slip for slip in _slips(whole, fraction, most) if _far(slip, whole, weigh(slip) * unit, least)]
    weights, constants = _linear(slips, [weigh(slip) for slip in slips], whole + fraction)
    return Table(
        part=part,
        start=start,
        end=start + whole + fraction,
        unit=unit,
        limit=60.0 * 10.0**exact if part else np.inf,
        stated=_decimal(whole, fraction, exact),
        weights=weights,
        constants=constants,
        **_described(slips, start, whole + fraction, form),
    )


def _packed_table(whole: int, fraction: int, least: float) -> Table:
    """Return the edits of dddmmss, by which digits may come to stand for another part."""
    exact = min(fraction + 1, _MOST_EXACT_PACKED)
    unit = UNITS[2] / 10.0**exact

    def form(slip: _Slip) -> tuple[float, Style]:
        return UNITS[2] / 10.0**slip.fraction, Style.SECONDS

    slips = [
        slip
        for slip in _slips(whole, fraction, whole + 1)
        if slip.whole in _PACKED and _far(slip, whole, _packed_weights(slip, exact) * unit, least)
    ]
    weights, constants = _linear(slips, [_packed_weights(slip, exact) for slip in slips], whole + fraction)
    limit = 60.0 * 10.0**exact
    parts = [
        _linear(slips, [_packed_weights(slip, exact, part) for slip in slips], whole + fraction) for part in (1, 2)
    ]
    stated = _Slip(whole, fraction, (), Edit.NONE, 0)
    return Table(
        part=0,
        start=0,
        end=whole + fraction,
        unit=unit,
        limit=np.inf,
        stated=_packed_weights(stated, exact),
        weights=weights,
        constants=constants,
        below_sixty=tuple((*linear, limit * scale) for linear, scale in zip(parts, _SECONDS[1:], strict=True)),
        **_described(slips, 0, whole + fraction, form),
    )


def _packed_weights(slip: _Slip, exact: int, only: int | None = None) -> Floats:
    """Return what each digit of dddmmss counts, in decimals of a second; of one part alone where asked for."""
    weights = np.zeros(slip.whole + slip.fraction)
    bounds = (0, slip.whole - 2 * _TWO, slip.whole - _TWO, slip.whole + slip.fraction)
    for part, (begin, end) in enumerate(pairwise(bounds)):
        if only in {None, part}:
            size = _TWO if part else end
            weights[begin:end] = _decimal(size, end - begin - size, exact) * _SECONDS[part]
    return weights


def _described(
    slips: list[_Slip], start: int, size: int, form: Callable[[_Slip], tuple[float, Style]]
) -> dict[str, Any]:
    """Return what does not depend on the weights."""
    known: dict[Kind, int] = {}
    kinds = [
        known.setdefault(Kind(_SLIP_OF[slip.edit], len(slip.source) - size, *form(slip)), len(known)) for slip in slips
    ]
    pairs = [slip.position if slip.edit == Edit.DELETE else -1 for slip in slips]
    codes = [code(slip.edit, slip.position + start, slip.digit) for slip in slips]
    return {
        "edit": np.array(codes, dtype=np.int16),
        "kinds": tuple(known),
        "kind": np.array(kinds, dtype=np.int64),
        "pair": np.array(pairs, dtype=np.int64),
    }
