"""A shift from pairs: the displacement between a list's points and those of the same units in another list.

The vectors are normal around the displacement that an assumption predicts, mixed with pairs that are wrong for other
reasons (a broad tail: a bivariate Student's t with one degree of freedom). Their scatter and the share of wrong ones
are integrated over a grid; the mean of the good ones may differ a little from the prediction, or, for a constant of
unknown origin, be anywhere within two kilometres. The assumptions are compared by the evidence for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import logsumexp

from geocensus.checks.shift.decision import Decision, undecided
from geocensus.checks.shift.hypotheses import PAIRED, in_metres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.shift.hypotheses import Displacement

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["PairLimits", "Vectors", "decide_by_pairs"]

_TAIL_M = 1_500.0  # scale of wrong pairs
_BOX_M = 4_000.0  # side of the square in which an unknown constant may lie
_ROUNDS = 8
_CONSTANT_PRIOR: Final = 0.05
_CLUSTER, _NAMED = 3, 2  # wrong pairs that agree by chance with one another, or with a system, are fewer
_REACH = 2.5  # scatters around a pair within which others agree with it
_MOST_CERTAIN = 0.9995  # what no model can promise


@dataclass(frozen=True)
class PairLimits:
    """When pairs are taken to decide."""

    least_sites: int = 3
    least_probability: float = 0.99
    least_share: float = 0.8
    least_fit: float = 0.3  # of the pairs that follow the displacement found
    most_scatter_m: float = 100.0  # pairs further apart follow nothing
    scatter_m: tuple[float, ...] = (10.0, 20.0, 40.0, 80.0, 200.0)
    wrong: tuple[float, ...] = (0.05, 0.2, 0.45)
    most_sites: int = 400  # more say no more


class Vectors(NamedTuple):
    """Pairs of one group: points of the other list and of this one, degrees, and the site each belongs to."""

    lon: Floats
    lat: Floats
    to_lon: Floats
    to_lat: Floats
    site: Integers


class _Fit(NamedTuple):
    """One assumption, fitted: log evidence, scatter, and the weight of each pair as a good one."""

    evidence: float
    scatter: float
    good: Floats


def decide_by_pairs(pairs: Vectors, *, limits: PairLimits | None = None) -> Decision:
    """Decide on one group.

    Parameters
    ----------
    pairs : Vectors
        Pairs with a point in both lists.
    limits : PairLimits, optional
        When to decide.

    Returns
    -------
    Decision
        Any system but "basemap_…", for what the basemap is in cannot be told from pairs. The displacement is the mean
        of the pairs that follow it.
    """
    limits = limits or PairLimits()
    sites = len(np.unique(pairs.site))
    if sites < limits.least_sites:
        return undecided(sites, "few_pairs", "pairs")
    vectors, middle = _per_site(pairs, limits.most_sites)
    residuals = np.stack([*(vectors - _predicted(item, *middle) for item in PAIRED), vectors])
    fits = _fits(residuals, limits)
    evidence = np.array([fit.evidence for fit in fits])
    evidence += np.log([*(item.prior for item in PAIRED), _CONSTANT_PRIOR])
    evidence[[*(fit.scatter > item.within_m for fit, item in zip(fits, PAIRED, strict=False)), False]] = -np.inf
    probability = np.exp(evidence - logsumexp(evidence))
    best = int(probability.argmax())
    system = [*(item.system for item in PAIRED), "constant"][best]
    good = fits[best].good
    share = _share(residuals, fits[best])
    certain = float(probability[_same_meaning(system)].sum())
    tests = (
        (good.mean() < limits.least_fit or fits[best].scatter > limits.most_scatter_m, "pairs_differ"),
        (share < limits.least_share, "mixed"),
        (certain < limits.least_probability, "small_margin"),
        (system == "none" and _nearer_to_datum(residuals, fits[best].good), "near_system"),
    )
    why = next((reason for failed, reason in tests if failed), "")
    if why:
        return undecided(sites, why, "pairs")._replace(share=share, leading=system)
    east, north = (good @ vectors) / good.sum()
    return Decision(system, sites, "pairs", min(certain, _MOST_CERTAIN), share, float(east), float(north), system)


def _nearer_to_datum(residuals: Floats, good: Floats) -> bool:
    """Tell whether pairs that scatter too much to show an old datum lie nearer to one than to none."""
    away = np.hypot(*(good @ residuals / good.sum()).T)
    datums = [number for number, item in enumerate(PAIRED) if item.system.startswith("datum_")]
    return bool(away[datums].min() < away[0])


def _same_meaning(system: str) -> NDArray[np.bool_]:
    return np.array([item.system == system for item in PAIRED] + [system == "constant"])


def _share(residuals: Floats, fit: _Fit) -> float:
    """Return the share of the pairs that follow one displacement, of these and those that follow a second one.

    The second may be that of another system, for which a few pairs are enough, or any on which more pairs agree.
    """
    rest = residuals[:, fit.good < 0.5]  # noqa: PLR2004 - more likely wrong than good
    if not rest.shape[1]:
        return 1.0
    reach = _REACH * fit.scatter
    named = int((np.hypot(*rest[:-1].T) <= reach).sum(axis=0).max())
    unnamed = int((np.hypot(*(rest[-1][:, None] - rest[-1][None]).T) <= reach).sum(axis=1).max())
    second = max(named if named >= _NAMED else 0, unnamed if unnamed >= _CLUSTER else 0)
    return float(fit.good.sum() / (fit.good.sum() + second))


def _per_site(pairs: Vectors, most: int) -> tuple[Floats, tuple[Floats, Floats]]:
    """Return one vector per site, that of the pair in the middle, and where the other list puts it."""
    east, north = in_metres(pairs.lon, pairs.lat, pairs.to_lon, pairs.to_lat)
    order = np.lexsort((north, east, pairs.site))
    site = pairs.site[order]
    start = np.flatnonzero(np.append(True, site[1:] != site[:-1]))
    chosen = order[(start + np.append(start[1:], len(site))) // 2]
    chosen = chosen[np.lexsort((north[chosen], east[chosen]))]  # any order of rows gives the same sums
    chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, most).round().astype(int))]
    return np.column_stack((east, north))[chosen], (pairs.lon[chosen], pairs.lat[chosen])


def _predicted(assumption: Displacement, lon: Floats, lat: Floats) -> Floats:
    return np.column_stack(in_metres(lon, lat, *assumption.forward(lon, lat)))


def _fits(residuals: Floats, limits: PairLimits) -> list[_Fit]:
    """Fit every assumption under every scatter and share of wrong pairs, and integrate over these two.

    The mean of the good pairs is found by expectation and maximisation, near 0 for what predicts it, from the densest
    pairs on for the constant, which comes last; it is integrated by Laplace's formula.
    """
    grid = np.array([(scatter, wrong) for scatter in limits.scatter_m for wrong in limits.wrong])
    scatter, wrong = (column[:, None] for column in grid.T)  # (shapes, 1)
    spread = np.array([*(item.spread_m for item in PAIRED), np.inf])[:, None, None]
    length = (residuals**2).sum(axis=2)[:, None]  # (assumptions, 1, pairs)
    tail = wrong / (2 * np.pi * _TAIL_M**2) * (1 + length / _TAIL_M**2) ** -1.5
    peak = (1 - wrong) / (2 * np.pi * scatter**2)
    mean = np.zeros((len(residuals), len(grid), 2))
    mean[-1] = [_densest(residuals[-1], width) for width in grid[:, 0]]
    for _ in range(_ROUNDS):
        square = length - 2 * mean @ residuals.transpose(0, 2, 1) + (mean**2).sum(axis=2, keepdims=True)
        near = peak * np.exp(-square / (2 * scatter**2))
        both = near + tail
        good = near / both
        number = good.sum(axis=2, keepdims=True)
        mean = good @ residuals / np.maximum(number + (scatter / spread) ** 2, 1e-9)
    variance = (scatter**2 / np.maximum(number, 1e-9))[:, :, 0]
    width = spread[:-1, :, 0]
    predicted = -(mean[:-1] ** 2).sum(axis=2) / (2 * width**2) + np.log(variance[:-1] / (variance[:-1] + width**2))
    anywhere = np.log(2 * np.pi * np.minimum(variance[-1:], _BOX_M**2)) - 2 * np.log(_BOX_M)
    evidence = np.log(both).sum(axis=2) + np.concatenate((predicted, anywhere))
    shape = evidence.argmax(axis=1)
    total = logsumexp(evidence, axis=1) - np.log(len(grid))
    return [_Fit(float(total[row]), float(grid[best, 0]), good[row, best]) for row, best in enumerate(shape)]


def _densest(residual: Floats, scatter: float) -> Floats:
    """Return the pair with the most others around it, of at most a few hundred."""
    some = residual[np.unique(np.linspace(0, len(residual) - 1, 300).astype(int))]
    near = ((some[:, None] - some[None]) ** 2).sum(axis=2) / (2 * (2 * scatter) ** 2)
    return np.asarray(some[np.exp(-near).sum(axis=1).argmax()])
