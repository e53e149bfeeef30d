"""Candidates of the causes that move the point, weighed by where sources of that claim lie."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes import Candidates, Written, number_of, propose_chunks
from geocensus.checks.diagnosis.density import Places, boxes, weigh_places
from geocensus.checks.diagnosis.keeping import KEEPING
from geocensus.checks.diagnosis.landscape import METRES
from geocensus.checks.diagnosis.said import of_place, weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.diagnosis.landscape import Landscape
    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.question import Question

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Proposals", "weigh_proposals"]

AS_WRITTEN: Final = ("gcj02", "bd09", "datum_54", "datum_80")  # the text is as intended, the place is not
_ANGLE: Final = 400.0  # no text of an angle reads beyond this
_LEAST: Final = 25.0  # candidates less likely than the best of their row by more than this are dropped (logarithm)


@dataclass(frozen=True, eq=False)
class Proposals:
    """Candidates that are worth keeping, in order of rows.

    ``row``, ``cause``, ``lon``, ``lat``, ``lon_edit``, ``lat_edit`` are as in
    :class:`~geocensus.checks.causes.Candidates`; ``log_likelihood`` is that of the row's text.
    """

    row: Ints
    cause: Ints
    lon: Floats
    lat: Floats
    log_likelihood: Floats
    lon_edit: NDArray[np.int16]
    lat_edit: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: NDArray[np.bool_] | Ints) -> Proposals:
        """Return some candidates.

        Parameters
        ----------
        chosen : array
            A mask or positions.

        Returns
        -------
        Proposals
            Copies.
        """
        return Proposals(*(getattr(self, column.name)[chosen] for column in fields(self)))


def weigh_proposals(
    written: Written,
    question: Question,
    land: Landscape,
    with_: Parameters,
    *,
    datum_parameters: tuple[float, ...] = (),
) -> tuple[Proposals, Floats]:
    """Ask all causes for candidates and weigh them, some rows at a time.

    Parameters
    ----------
    written : Written
        The flagged rows as written.
    question : Question
        What is known of them.
    land : Landscape
        Areas and sources.
    with_ : Parameters
        Weights.
    datum_parameters : tuple of float
        From old datums to CGCS2000, where the user gave them.

    Returns
    -------
    Proposals
        Candidates that move the point.
    array of float
        One per row: logarithm of the area (square metres) of a cell of its own format.
    """
    cells, parts = np.zeros(len(question)), []
    near = boxes(question, land, with_)
    for found in propose_chunks(written, near, parameters=datum_parameters or None):
        own = found.cause == number_of("unknown")  # every row has it
        cells[found.row[own]] = found.log_weight[own]
        moving = found.take(np.flatnonzero(~np.isin(found.cause, [number_of(cause) for cause in KEEPING])))
        parts.append(_weighed(moving, question, land, with_))
    columns = (np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(Proposals))
    weighed = Proposals(*columns)
    own = _own_cells(cells, weighed, written, near)
    as_written = np.isin(weighed.cause, [number_of(cause) for cause in AS_WRITTEN])
    weighed.log_likelihood[as_written] += (own - cells)[weighed.row[as_written]]
    return weighed, own


def _own_cells(cells: Floats, found: Proposals, written: Written, near: Floats) -> Floats:
    """Correct the cells of texts that nobody means to write so.

    Seconds belong to the form: whoever leaves them out has dropped them, and whoever writes 0 twice hit them by
    chance. Numbers beyond any angle are metres.
    """
    bare = np.zeros(len(cells), dtype=bool)
    bare[found.row[found.cause == number_of("seconds_dropped")]] = True
    second = METRES / 3600
    wide = np.cos(np.radians(np.clip((near[:, 1] + near[:, 3]) / 2, -85, 85)))
    cells = np.where(bare, np.minimum(cells, np.log(second * second * wide)), cells)
    metres = (np.abs(written.x.value) > _ANGLE) | (np.abs(written.y.value) > _ANGLE)
    in_degrees = metres & ~written.system.projected & (cells > 0)
    return np.where(in_degrees, cells - 2 * np.log(METRES), cells)


def _weighed(found: Candidates, question: Question, land: Landscape, with_: Parameters) -> Proposals:
    """Add the density of the place, and drop what is out of the question."""
    row = found.row.astype(np.int64)
    own, named = question.own[row], np.flatnonzero(question.named[row])
    places = Places(row, found.lon, found.lat, _inside(found, own, land))
    log_likelihood = weigh_places(places, found.log_weight, question, land, with_)
    if len(named):
        fine = land.locate(found.lon[named], found.lat[named])
        agrees = of_place(question, land, row[named], fine)
        log_likelihood[named] += weight(agrees, np.ones(len(named), dtype=bool), with_)
    best = np.full(len(question), -np.inf)
    np.maximum.at(best, row, log_likelihood)
    kept = np.flatnonzero(log_likelihood > best[row] - _LEAST)
    kept = kept[np.argsort(row[kept], kind="stable")]
    chosen = found.take(kept)
    place = (row[kept], chosen.cause.astype(np.int64), chosen.lon, chosen.lat)
    return Proposals(*place, log_likelihood[kept], chosen.lon_edit, chosen.lat_edit)


def _inside(found: Candidates, own: Ints, land: Landscape) -> NDArray[np.bool_]:
    """Tell which places lie in the area claimed, or on the map where none is."""
    inside = np.zeros(len(own), dtype=bool)
    claimed, free = np.flatnonzero(own >= 0), np.flatnonzero(own < 0)
    inside[claimed] = land.holds(own[claimed], found.lon[claimed], found.lat[claimed])
    inside[free] = land.locate(found.lon[free], found.lat[free]) >= 0
    return inside
