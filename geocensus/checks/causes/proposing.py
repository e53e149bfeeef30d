"""All causes together, chunk by chunk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes.boxed import decimal_as_dms
from geocensus.checks.causes.candidates import Candidates
from geocensus.checks.causes.case import Case
from geocensus.checks.causes.decimal_point import decimal_shift
from geocensus.checks.causes.digit_slips import digit_error
from geocensus.checks.causes.kept import kept
from geocensus.checks.causes.minutes import minutes_decimal, seconds_dropped
from geocensus.checks.causes.packed import packed_dms
from geocensus.checks.causes.projected import projected
from geocensus.checks.causes.shifted import datums, map_shifts
from geocensus.checks.causes.turned import axes_swapped, sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike

    from geocensus.checks.causes.written import Written

__all__ = ["propose", "propose_chunks"]

_CHUNK: Final = 16384  # rows; a wide box keeps up to 150 candidates of each
_SIDES = 4
_FAMILIES = (
    kept,
    axes_swapped,
    sign,
    packed_dms,
    decimal_as_dms,
    minutes_decimal,
    seconds_dropped,
    decimal_shift,
    digit_error,
    projected,
    map_shifts,
)


def propose(
    written: Written, near: ArrayLike, *, parameters: Sequence[float] | None = None, chunk: int = _CHUNK
) -> Candidates:
    """Propose where sources may lie, for every cause.

    Parameters
    ----------
    written : Written
        What :func:`~geocensus.checks.causes.written.written_of` gives.
    near : array of float, shape (4,) or (rows, 4)
        West, south, east and north in CGCS2000 degrees, of all rows or of each: candidates outside are dropped, but
        those of causes that leave the point where it is stated. A box about the claimed area costs the least.
    parameters : sequence of seven numbers, optional
        From Beijing 1954 or Xian 1980 to CGCS2000; see :func:`geocensus.crs.parse_crs`.
    chunk : int
        Rows at a time; the result does not depend on it.

    Returns
    -------
    Candidates
        In order of their rows' chunks; ``unknown`` at least for every row.

    Examples
    --------
    >>> import pandas as pd
    >>> from geocensus.coordinates import parse_points
    >>> from geocensus.checks.causes import CAUSES, written_of
    >>> points = parse_points({"lon": ["28.9012"], "lat": ["118.5230"]})
    >>> written = written_of(points.assign(lon=float("nan"), lat=float("nan")))
    >>> found = propose(written, (118.2, 28.6, 118.8, 29.1))
    >>> [list(CAUSES)[cause] for cause in found.cause], found.lon.tolist(), found.lat.tolist()
    (['unknown', 'axes_swapped'], [nan, 118.523], [nan, 28.9012])
    """
    return Candidates.concat(list(propose_chunks(written, near, parameters=parameters, chunk=chunk)))


def propose_chunks(
    written: Written, near: ArrayLike, *, parameters: Sequence[float] | None = None, chunk: int = _CHUNK
) -> Iterator[Candidates]:
    """Propose as :func:`propose` does, a chunk of rows at a time, for lists whose candidates do not fit in memory.

    Parameters
    ----------
    written : Written
        Coordinates as written.
    near : array of float
        One box, or one per row.
    parameters : sequence of seven numbers, optional
        From Beijing 1954 or Xian 1980 to CGCS2000.
    chunk : int
        Rows at a time.

    Yields
    ------
    Candidates
        Of rows 0 to chunk - 1, and so on; ``row`` counts from the first row of all.
    """
    boxes = np.broadcast_to(np.asarray(near, dtype=np.float64), (len(written), _SIDES))
    for start in range(0, len(written), chunk):
        rows = np.arange(start, min(start + chunk, len(written)))
        case = Case(written.take(rows), boxes[rows])
        with np.errstate(invalid="ignore"):  # NaN compares as outside
            parts = [family(case) for family in _FAMILIES]
            parts.append(datums(case, parameters))
        found = Candidates.concat(parts)
        yield replace(found, row=found.row + np.int32(start))
