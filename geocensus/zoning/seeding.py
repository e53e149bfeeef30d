"""Where field zones begin: spread seeds, then a power diagram whose cells carry the wished loads.

Seeds after Arthur and Vassilvitskii 2007 (k-means++); weights of the cells as in Aurenhammer, Hoffmann and Aronov
1998, doi:10.1007/PL00009187.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from geocensus.zoning.levels import sums

if TYPE_CHECKING:
    from geocensus.zoning.levels import Level
    from geocensus.zoning.task import Floats, Ints

__all__ = ["first_labels"]

_GOOD = 0.02  # mean deviation at which the cells are even enough: borders are moved later anyway
_TINY = 1e-12


def first_labels(level: Level, target: Floats, rng: np.random.Generator, *, rounds: int = 60) -> Ints:
    """Return a first zone for every unit, compact and roughly balanced, not yet always connected.

    Parameters
    ----------
    level : Level
        The units.
    target : ndarray of float
        Wished load per zone.
    rng : numpy.random.Generator
        Chooses the seeds.
    rounds : int
        Times that the cells are evened out.

    Returns
    -------
    ndarray of int
        Zone of each unit; locked units are in theirs.
    """
    points = np.column_stack([level.x, level.y])
    weight = np.maximum(level.load, level.load.sum() * _TINY + _TINY)
    seeds = _seeds(points, weight, level.lock, len(target), rng)
    labels = _power_diagram(points, weight, target / target.sum() * weight.sum(), seeds, rounds)
    return np.where(level.lock >= 0, level.lock, labels)


def _seeds(points: Floats, weight: Floats, lock: np.ndarray, k: int, rng: np.random.Generator) -> Floats:
    """Return a point per zone: the middle of its locked units, else a unit far from the points before it."""
    seeds = np.zeros((k, 2))
    locked = np.unique(lock[lock >= 0])
    nearest = np.full(len(points), np.inf)
    for zone in locked:
        seeds[zone] = points[lock == zone].mean(axis=0)
        nearest = np.minimum(nearest, ((points - seeds[zone]) ** 2).sum(axis=1))
    for zone in np.setdiff1d(np.arange(k), locked):
        chance = np.cumsum(weight * nearest) if np.isfinite(nearest[0]) else np.cumsum(weight)
        unit = min(int(np.searchsorted(chance, rng.random() * chance[-1])), len(points) - 1)
        seeds[zone] = points[unit]
        nearest = np.minimum(nearest, ((points - seeds[zone]) ** 2).sum(axis=1))
    return seeds


def _power_diagram(points: Floats, weight: Floats, target: Floats, seeds: Floats, rounds: int) -> Ints:
    """Return the cells of the best balanced round of Lloyd's iteration with weights."""
    power = np.zeros(len(target))
    best, least = np.zeros(len(points), dtype=np.int64), np.inf
    for step in range(rounds):
        labels = _cells(points, seeds, power)
        load, middle, spread = _moments(points, weight, labels, len(target))
        off = load / target - 1
        if (off**2).sum() < least:
            best, least = labels, float((off**2).sum())
        if least < len(target) * _GOOD**2:
            break
        if not spread.all():
            spread = np.where(spread > 0, spread, _gaps(seeds))
        power = power - (1.6 if 2 * step < rounds else 0.8) * spread * np.minimum(off, 1.0)
        if step < 0.6 * rounds:  # afterwards only the weights settle
            seeds = np.where((load > 0)[:, None], (seeds + middle) / 2, seeds)
    return best


def _cells(points: Floats, seeds: Floats, power: Floats) -> Ints:
    """Return the seed with the least squared distance less power: the nearest one once seeds are lifted by it."""
    lifted = np.column_stack([seeds, np.sqrt(power.max() - power)])
    found: Ints = cKDTree(lifted).query(np.column_stack([points, np.zeros(len(points))]))[1].astype(np.int64)
    return found


def _moments(points: Floats, weight: Floats, labels: Ints, k: int) -> tuple[Floats, Floats, Floats]:
    """Return load, centre and mean squared distance from it per zone; 0 for empty zones."""
    load = sums(labels, weight, k)
    safe = np.maximum(load, _TINY**2)
    middle = np.column_stack([sums(labels, weight * axis, k) / safe for axis in points.T])
    square = sums(labels, weight * (points**2).sum(axis=1), k) / safe
    return load, middle, np.maximum(square - (middle**2).sum(axis=1), 0.0)


def _gaps(seeds: Floats) -> Floats:
    """Return the squared distance from each seed to the next."""
    if len(seeds) == 1:
        return np.ones(1)
    gaps: Floats = cKDTree(seeds).query(seeds, k=2)[0][:, 1] ** 2
    return gaps
