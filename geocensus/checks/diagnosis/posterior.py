"""From likelihoods to probabilities: shares of causes learned per import group, then Bayes' rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from geocensus.checks.causes.candidates import CAUSES, number_of
from geocensus.checks.diagnosis.keeping import KEEPING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.proposals import Proposals

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Posterior", "infer", "likelihood_table"]

_SHIFTED: Final = ("gcj02", "bd09", "datum_54", "datum_80")  # only the test of a whole group may raise them
_OUT_OF_QUESTION: Final = -600.0  # causes that keep the point have -690 where they are
_SLIP: Final = "digit_error"
_TWO_FORMS: Final = "minutes_decimal"  # decimals of a minute behind the degrees' point, or in the box of seconds

_PARTS: Final = {_TWO_FORMS: -2, "unknown": -1}  # causes with another column, for a part that is learned apart


@dataclass(frozen=True, eq=False)
class Posterior:
    """Arrays of shape (rows, causes).

    ``probability``; ``prior``; ``log_likelihood`` (-inf where impossible) as the candidates of a cause add up to it;
    ``log_average``, the same but for causes with parts of their own prior, where it is the mean of the parts weighted
    by these: prior times it is in proportion to the probability.
    """

    probability: Floats
    prior: Floats
    log_likelihood: Floats
    log_average: Floats


def likelihood_table(proposals: Proposals, keeping: Floats) -> Floats:
    """Sum candidates by cause, and put the causes that keep the point beside them.

    Parameters
    ----------
    proposals : Proposals
        Candidates that move the point.
    keeping : array of float, shape (rows, causes that keep the point)
        Log-likelihoods in the order of ``KEEPING``.

    Returns
    -------
    array of float, shape (rows, causes)
        Log-likelihoods in the order of ``CAUSES``; -inf where a cause has no candidate.
    """
    size, causes = len(keeping), len(CAUSES)
    at = proposals.row * causes + proposals.cause
    top = np.full(size * causes, -np.inf)
    np.maximum.at(top, at, proposals.log_likelihood)
    total = np.bincount(at, np.exp(proposals.log_likelihood - top[at]), minlength=size * causes)
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.where(total > 0, top + np.log(total), -np.inf).reshape(size, causes)
    table[:, [number_of(cause) for cause in KEEPING]] = keeping
    return table


def infer(
    table: Floats,
    groups: Ints,
    unflagged: Ints,
    raised: dict[str, Floats],
    sexagesimal: NDArray[np.bool_],
    with_: Parameters,
) -> Posterior:
    """Learn the shares of causes, and weigh the causes of every row with them.

    Expectation-maximisation (doi:10.1111/j.2517-6161.1977.tb01600.x) over all rows, then within each group around
    the overall shares. Rows that are not flagged count as ``correct``.

    Parameters
    ----------
    table : array of float, shape (rows, causes)
        Log-likelihoods.
    groups : array of int
        Group of each row, from 0.
    unflagged : array of int
        Sources that are not flagged, per group.
    raised : dict of str to array of float
        Cause of a shift to the share of it that the group test found, per row (0 where none).
    sexagesimal : array of bool
        Rows written in minutes: the causes that take one form there and another in decimals are learned apart.
    with_ : Parameters
        Priors.

    Returns
    -------
    Posterior
        One row per row.
    """
    likely = _parted(np.exp(table - table.max(axis=1, keepdims=True)), sexagesimal)
    told = (table > _OUT_OF_QUESTION).sum(axis=1) > 1  # a text that says nothing teaches nothing
    start = _start(with_)
    for cause, share in raised.items():
        at = number_of(cause)
        likely[:, at] *= np.where(share > 0, share / start[at], 1.0)
    everyone = np.zeros(len(table), dtype=np.int64)
    floor = max(with_.prior_rows, with_.prior_floor * (len(table) + unflagged.sum()))
    base = np.full((1, likely.shape[1]), floor)
    prior = _learned(likely, everyone, unflagged.sum(keepdims=True), base, start[None, :], told, with_.rounds, with_)
    if len(unflagged) > 1:
        overall = prior.mean(axis=0)[None, :]
        base = np.repeat(overall * with_.group_rows, len(unflagged), axis=0)
        prior = _learned(likely, groups, unflagged, base, overall, told, with_.group_rounds, with_)
    return Posterior(_merged(_posterior(likely, prior)), _merged(prior), table, _averaged(table, likely, prior))


def _parted(likely: Floats, sexagesimal: NDArray[np.bool_]) -> Floats:
    """Give parts of causes columns of their own.

    Second to last: the second form of a cause; the chance of a form, half in the weights, is learned. Last: one slip
    that explains the row, with another one beside it that stays inside the claimed area; it is as common as
    ``digit_error`` is, but belongs to ``unknown``, since undoing one slip does not repair it.
    """
    at = number_of(_TWO_FORMS)
    doubled = likely[:, at] * 2
    first, second = np.where(sexagesimal, 0.0, doubled), np.where(sexagesimal, doubled, 0.0)
    return np.column_stack([likely[:, :at], first, likely[:, at + 1 :], second, likely[:, number_of(_SLIP)]])


def _merged(table: Floats) -> Floats:
    """Add the parts to their causes."""
    merged = table[:, :-2].copy()
    for cause, part in _PARTS.items():
        merged[:, number_of(cause)] += table[:, part]
    return merged


def _averaged(table: Floats, likely: Floats, prior: Floats) -> Floats:
    """Average the likelihoods of a cause's parts, weighted by the priors of the parts."""
    averaged, top = table.copy(), table.max(axis=1)
    for cause, part in _PARTS.items():
        both = [number_of(cause), part]
        joint = np.einsum("ij,ij->i", likely[:, both], prior[:, both]) / prior[:, both].sum(axis=1)
        with np.errstate(divide="ignore"):
            averaged[:, both[0]] = top + np.log(joint)
    return averaged


def _learned(
    likely: Floats,
    groups: Ints,
    unflagged: Ints,
    base: Floats,
    start: Floats,
    told: NDArray[np.bool_],
    rounds: int,
    with_: Parameters,
) -> Floats:
    """Learn the shares of causes that hold for each row: from all rows of its group but itself.

    Were a row counted in its own prior, every guess would confirm itself.
    """
    fixed = _start(with_)
    prior = np.broadcast_to(start, likely.shape)
    members = csr_array((np.ones(len(groups)), (groups, np.arange(len(groups)))), shape=(len(base), len(groups)))
    known = base.copy()
    known[:, 0] += unflagged
    for _ in range(rounds):
        rows = _posterior(likely, prior)
        rows *= told[:, None]
        others = (known + members @ rows)[groups] - rows
        prior = _settled(np.maximum(others, 1e-9, out=others), fixed, with_)
    return prior


def _start(with_: Parameters) -> Floats:
    start = np.array([with_.prior.get(cause, with_.prior_other) for cause in (*CAUSES, _TWO_FORMS, _SLIP)])
    start[[number_of(_TWO_FORMS), -2]] /= 2
    return start / start.sum()


def _settled(counts: Floats, start: Floats, with_: Parameters) -> Floats:
    """Make shares of counts, in place; hold those of shifts, and split by fixed odds what only text can tell apart."""
    shares = counts
    shares /= _summed(counts)
    pairs = (("claim_wrong", number_of("elsewhere"), with_.wrong_claim_odds), (_SLIP, -1, 1 / with_.second_slip))
    for cause, other, odds in pairs:
        own = number_of(cause)
        both = shares[:, own] + shares[:, other]
        shares[:, own], shares[:, other] = both * odds / (1 + odds), both / (1 + odds)
    fixed = [number_of(cause) for cause in _SHIFTED]
    shares[:, fixed] = start[fixed]
    shares /= _summed(shares)
    return shares


def _posterior(likely: Floats, prior: Floats) -> Floats:
    joint = likely * prior
    joint /= _summed(joint)
    return joint


def _summed(table: Floats) -> Floats:
    """Sum each row; a product does it quicker than a sum over so few columns."""
    return (table @ np.ones(table.shape[1]))[:, None]
