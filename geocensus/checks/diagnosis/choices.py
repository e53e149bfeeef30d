"""Repairs: candidates grouped by place, ranked, offered or declined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geocensus.checks.causes import CAUSES, number_of
from geocensus.checks.diagnosis.landscape import METRES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.posterior import Posterior
    from geocensus.checks.diagnosis.proposals import Proposals
    from geocensus.checks.diagnosis.question import Question

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["NEVER_REPAIRED", "RANKS", "SHIFTS", "Choices", "choose"]

RANKS: Final = 3
SHIFTS: Final = ("gcj02", "bd09")  # repaired only where a whole group is found to follow them
NEVER_REPAIRED: Final = ("seconds_dropped", "datum_54", "datum_80")  # no place, or parameters only a surveyor has


@dataclass(frozen=True, eq=False)
class Choices:
    """Ranked repairs, in order of rows and ranks.

    ``row`` and ``rank`` (from 1); ``cause``; ``candidate`` (position among the proposals, -1 for a repair of the
    claim); ``probability``; ``margin`` over the next explanation; ``reason`` why it is not offered (a key of
    ``REASONS`` in the texts, "" where it is).
    """

    row: Ints
    rank: Ints
    cause: Ints
    candidate: Ints
    probability: Floats
    margin: Floats
    reason: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.row)


def choose(
    proposals: Proposals, posterior: Posterior, question: Question, raised: dict[str, Floats], with_: Parameters
) -> Choices:
    """Rank the repairs of every row and decide which to offer.

    Parameters
    ----------
    proposals : Proposals
        Candidates, in order of rows.
    posterior : Posterior
        Probabilities of causes.
    question : Question
        The flagged rows.
    raised : dict of str to array of float
        Shift to its share in the import group of each row: alone, a shift cannot be told from a wrong claim.
    with_ : Parameters
        Thresholds.

    Returns
    -------
    Choices
        At most ``RANKS`` per row.
    """
    size = len(question)
    probability = _candidate_probability(proposals, posterior)
    probability[np.isin(proposals.cause, [number_of(cause) for cause in NEVER_REPAIRED])] = 0.0
    best, summed = _clusters(proposals, probability, size, with_)
    claim = number_of("claim_wrong")
    wrong = np.where(question.fine >= 0, posterior.probability[:, claim], 0.0)
    candidate = np.column_stack([best, np.full(size, -1)])
    chance = np.column_stack([summed, wrong])
    cause = np.where(candidate >= 0, np.append(proposals.cause, claim)[candidate], claim)
    order = np.argsort(-chance, axis=1, kind="stable")[:, :RANKS]
    candidate, chance, cause = (np.take_along_axis(values, order, axis=1) for values in (candidate, chance, cause))
    other = _best_without_repair(posterior)
    margin = chance.copy()
    margin[:, 0] -= np.maximum(chance[:, 1], other)
    margin[:, 1:] -= np.maximum(chance[:, :1], other[:, None])
    row, rank = np.nonzero(chance >= with_.shown)
    chance, margin, cause, candidate = (values[row, rank] for values in (chance, margin, cause, candidate))
    alone = np.zeros(len(row), dtype=bool)
    for shift in SHIFTS:
        share = raised.get(shift, np.zeros(size))
        alone |= (cause == number_of(shift)) & (share[row] == 0)
    cases = {
        "second": rank > 0,
        "near_border": question.near_border[row],
        "claim_or_point": (cause == claim) & (margin < with_.wide_margin),
        "unlikely": chance < with_.offer,
        "single_shift": alone,
        "close": margin < np.where(np.isin(cause, [claim, number_of("digit_error")]), with_.wide_margin, with_.margin),
    }
    reason = np.select(list(cases.values()), list(cases), default="").astype(object)
    return Choices(row, rank + 1, cause, candidate, chance, margin, reason)


def _candidate_probability(proposals: Proposals, posterior: Posterior) -> Floats:
    """Share the probability of a cause among its candidates."""
    at = (proposals.row, proposals.cause)
    return posterior.probability[at] * np.exp(proposals.log_likelihood - posterior.log_likelihood[at])


def _best_without_repair(posterior: Posterior) -> Floats:
    kept = [
        number
        for number, cause in enumerate(CAUSES)
        if cause in {"correct", "other_site", "elsewhere", "default_place", "stale_boundary", "unknown"}
        or cause in NEVER_REPAIRED
    ]
    return posterior.probability[:, kept].max(axis=1)


def _clusters(proposals: Proposals, probability: Floats, size: int, with_: Parameters) -> tuple[Ints, Floats]:
    """Take the best candidate of each row with all near it, then the best of the rest, and so on."""
    best = np.full((size, RANKS), -1, dtype=np.int64)
    summed = np.zeros((size, RANKS))
    left = np.flatnonzero(probability >= with_.shown * 1e-3)
    for rank in range(RANKS):
        if not len(left):
            break
        top = np.zeros(size)
        np.maximum.at(top, proposals.row[left], probability[left])
        first = left[probability[left] == top[proposals.row[left]]][::-1]  # of equal ones the first, written last
        best[proposals.row[first], rank] = first
        leader = best[proposals.row[left], rank]
        with_it = _metres(proposals, left, leader) <= with_.cluster_m
        here = left[with_it]
        summed[:, rank] = np.bincount(proposals.row[here], probability[here], minlength=size)
        left = left[~with_it]
    return best, summed


def _metres(proposals: Proposals, a: Ints, b: Ints) -> Floats:
    east = (proposals.lon[a] - proposals.lon[b]) * np.cos(np.radians(proposals.lat[b]))
    return METRES * np.hypot(east, proposals.lat[a] - proposals.lat[b])
