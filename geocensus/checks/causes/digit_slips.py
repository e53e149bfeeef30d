"""One wrong digit: substituted, exchanged with its neighbour, missing or doubled, on one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

from geocensus.checks.causes.candidates import Candidates, number_of
from geocensus.checks.causes.cells import log_cell
from geocensus.checks.causes.edit_tables import SLIPS, Table, tables_of
from geocensus.checks.causes.readings import by_layout, number
from geocensus.checks.causes.written import UNITS, Axis, Layout, Style
from geocensus.coordinates import METRES_PER_DEGREE
from geocensus.crs import SHIFTED

if TYPE_CHECKING:
    from geocensus.checks.causes.case import Case

    Floats = NDArray[np.float64]

__all__ = ["LEAST_MOVE", "digit_error"]

# Degrees, about 11 m: a digit whose change moves the point less than points are accurate cannot be told from none.
LEAST_MOVE: Final = 1e-4
_SIXTY = 60.0
_MARGIN = 1e-11  # degrees: a value on the box's side is inside


def digit_error(case: Case) -> Candidates:
    """Undo every slip of one digit that puts the point into its row's box, the other axis being as it was read.

    Parameters
    ----------
    case : Case
        Rows.

    Returns
    -------
    Candidates
        Those that move the point by ``LEAST_MOVE`` or more; one text reached in two ways is there twice, each with
        its share of the probability. Signs and hemispheres stay.
    """
    parts = []
    for first in (True, False):
        axes = (case.written.x, case.written.y) if first else (case.written.y, case.written.x)
        low, high = (case.box[:, side + first] for side in (0, 2))
        rows = np.flatnonzero((axes[1].value >= low) & (axes[1].value <= high))
        for layout, of, digits in by_layout(axes[0], rows):
            edited = _Edited(case, axes[0], axes[1], of, digits, first=first)
            parts += [_candidates(edited, layout, table) for table in _tables(layout)]
    return Candidates.concat(parts)


class _Edited(NamedTuple):
    """Rows of one layout whose text on one axis is edited; digits are of that axis."""

    case: Case
    own: Axis
    other: Axis
    rows: NDArray[np.int64]
    digits: Floats
    first: bool  # longitudes are edited


class _Hits(NamedTuple):
    """Edits that fall into the boxes: which of the rows, which column of the table, and the value."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats

    def keep(self, which: NDArray[np.bool_]) -> _Hits:
        return self if which.all() else _Hits(self.row[which], self.column[which], self.value[which])


def _least(layout: Layout) -> float:
    return LEAST_MOVE * (METRES_PER_DEGREE if layout.style == Style.METRES else 1.0)


def _tables(layout: Layout) -> list[Table]:
    return [table for table in tables_of(layout, _least(layout)) if len(table.edit)]


def _candidates(edited: _Edited, layout: Layout, table: Table) -> Candidates:
    """Edit one number of texts of one layout."""
    case, own, other, rows, digits, first = edited
    fixed = _fixed(layout, table, digits)
    low, high = _limits(edited, table, fixed)
    hits = _hits(table, digits, low, high, _least(layout))
    at = rows[hits.row]
    sign = own.sign[rows].astype(np.float64)
    value = hits.value * table.unit
    value += fixed[hits.row]
    value *= sign[hits.row]
    pair = (value, other.value[at])
    edits = (table.edit[hits.column], np.zeros(len(at), np.int16))
    weights = _kind_weights(edited, table)[hits.row, table.kind[hits.column]]
    xy, codes = (pair, edits) if first else (pair[::-1], edits[::-1])
    system = case.written.system
    if system.projected or system.key in SHIFTED:
        return case.from_list("digit_error", at, xy, weights, codes)
    causes = np.full(len(at), number_of("digit_error"), np.int32)
    return Candidates(at.astype(np.int32), causes, *xy, weights, *codes)  # inside the boxes already


def _fixed(layout: Layout, table: Table, digits: Floats) -> Floats:
    """Return what the text's other parts amount to, in degrees; NaN where one of them is 60 or more."""
    total = np.zeros(len(digits))
    if layout.packed or not layout.last:
        return total
    for part in range(layout.last + 1):
        if part != table.part:
            start, middle = layout.starts[part], layout.starts[part] + layout.whole[part]
            end = middle + layout.fraction[part]
            value = number(digits, start, middle) + number(digits, middle, end) / 10.0 ** layout.fraction[part]
            total += np.where((part == 0) | (value < _SIXTY), value * UNITS[part], np.nan)
    return total


def _limits(edited: _Edited, table: Table, fixed: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest value of the number that put the point into its box."""
    side = 0 if edited.first else 1
    near = edited.case.box[edited.rows]
    positive = edited.own.sign[edited.rows] > 0
    low = np.where(positive, near[:, side], -near[:, side + 2])
    high = np.where(positive, near[:, side + 2], -near[:, side])
    low, high = (low - fixed - _MARGIN) / table.unit, (high - fixed + _MARGIN) / table.unit
    return low, np.minimum(high, table.limit - 0.5)  # values are whole numbers


def _hits(table: Table, digits: Floats, low: Floats, high: Floats, least: float) -> _Hits:
    """Evaluate all edits of all rows, and keep those that are legal and matter."""
    own = digits[:, table.start : table.end]
    values = own @ table.weights
    values += table.constants
    inside = values >= low[:, None]
    inside &= values <= high[:, None]
    place = np.flatnonzero(inside)
    row = place // values.shape[1]
    hits = _Hits(row, place - row * values.shape[1], values.ravel()[place])
    stated = own @ table.stated
    hits = hits.keep(np.abs(hits.value - stated[hits.row]) * table.unit >= least)
    for weights, constants, limit in table.below_sixty:
        value = np.einsum("ij,ij->i", own[hits.row], weights.T[hits.column]) + constants[hits.column]
        hits = hits.keep(value < limit)
    paired = np.flatnonzero(table.pair[hits.column] >= 0)
    at = table.pair[hits.column[paired]]
    legal = np.ones(len(hits.row), bool)
    legal[paired] = own[hits.row[paired], at] == own[hits.row[paired], at + 1]
    return hits.keep(legal)


def _kind_weights(edited: _Edited, table: Table) -> Floats:
    """Weigh each kind of edit for each row: its share, over the number of such slips, and the intended cell."""
    case, other, rows = edited.case, edited.other, edited.rows
    steps, styles = (
        np.array(column)[None, :]
        for column in ([kind.step for kind in table.kinds], [int(kind.style) for kind in table.kinds])
    )
    others = other.step[rows][:, None], other.style[rows][:, None]
    # exchanging the axes would not change the cell
    area = log_cell((steps, others[0]), (styles, others[1]), case.cosine[rows][:, None])
    return area + np.log([SLIPS[kind.slip] for kind in table.kinds]) - np.log(_chances(edited, table))


def _chances(edited: _Edited, table: Table) -> Floats:
    """Count the slips of each kind that can happen to the intended texts of each row."""
    own, other, rows = edited.own, edited.other, edited.rows
    pairs = np.maximum(own.pairs[rows] + other.pairs[rows], 1)[:, None]
    digits = (own.size + other.size)[rows][:, None] + np.array([kind.longer for kind in table.kinds])
    each = np.array([9.0 if kind.slip == "replaced" else 1.0 for kind in table.kinds])
    return np.where([kind.slip == "exchanged" for kind in table.kinds], pairs.astype(np.float64), digits * each)
