"""A shift from claims: find the reading under which of the coordinates the sources lie in the areas they claim.

A source well inside its area under every reading says nothing; those within a shift's length of a border speak. The
likelihood of a source is a border that is soft on both sides, mixed with rows that are wrong for other reasons; how
soft and how many is the choice, from a small grid, that fits the group best. Rival readings are compared on the same
sources (Vuong 1989, doi:10.2307/1912557), each site counted once, and the comparison is repeated on resampled blocks
of sites (Bayesian bootstrap, Rubin 1981, doi:10.1214/aos/1176345338), so that many sources in one place are not
taken for many witnesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr

from geocensus import names as n
from geocensus.checks.shift.decision import Decision, undecided
from geocensus.checks.shift.hypotheses import READINGS, in_metres
from geocensus.locating.distance import nearest_border

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geocensus.checks.context import Context

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    _Shape = tuple[float, float]  # softness in metres, share of wrong rows

__all__ = ["Borders", "ClaimLimits", "borders_of", "borders_under", "decide_by_claims", "log_likelihood"]

_NAMES: Final = tuple(READINGS)


@dataclass(frozen=True)
class ClaimLimits:
    """When claims are taken to decide; tuned on other counties and seeds than those reported."""

    least_sites: int = 10
    least_confidence: float = 0.996
    leaning_confidence: float = 0.95  # in a shift that is not decided, for it not to be ruled out by coarser groups
    least_margin: float = 4.0  # log-likelihood over the second
    least_blocks: float = 6.0  # blocks that carry the decision, as an effective number
    least_share: float = 0.8
    least_gain: float = 8.0  # log-likelihood of some other displacement over the named ones, to decide for it
    near_gain: float = 6.0  # from here on the named one is not decided for
    least_outside: float = 3.0  # sites outside their claim as listed; fewer give no reason to doubt the list
    least_fit: float = 0.5  # of the sites inside their claim under the best reading
    softness_m: tuple[float, ...] = (70.0, 160.0)
    wrong: tuple[float, ...] = (0.03, 0.1, 0.3)
    draws: int = 256
    most_sites: int = 1_500  # more say no more

    @property
    def shapes(self) -> list[_Shape]:
        """Softness and share of wrong rows, all combinations.

        Returns
        -------
        list of tuple of float
            For :func:`log_likelihood`.
        """
        return [(softness, wrong) for softness in self.softness_m for wrong in self.wrong]


_DEPTH = 3.0  # softnesses inside which a border is no longer felt
_FAR_M = 3_000.0  # how far wrong rows lie from the areas they claim
_SEED = 20_180_801
_SHARES = np.linspace(0.0, 1.0, 26)
_ON_BORDER_M = 0.01
_ANGLES = np.radians(np.arange(0, 360, 45))
_RING = np.concatenate(  # displacements tried around the best reading; nearer ones are within what maps differ by
    [[radius * np.sin(_ANGLES), radius * np.cos(_ANGLES)] for radius in (100.0, 180.0, 280.0, 400.0)], axis=1
)
_FARTHEST_M = 1_600.0  # no reading moves a point of the window further: BD-09 by 1,526 m in its north-east
_RANGE_M = 5_000.0  # beyond this a source is wrong under every reading and says nothing


class Borders(NamedTuple):
    """Where sources lie by the borders of their claimed areas under every reading.

    ``compared`` tells the sources with a point and a claim that is drawn. Most of them lie well inside under every
    reading, or far away, and say nothing: ``row`` is -1 for these, for the others that in ``metres`` and ``slope``.
    ``metres`` is signed, negative inside, minus infinity well inside; shape (rows, readings). ``slope`` is how fast it
    grows on the way east and north, 0 well inside; shape (2, rows, readings).
    """

    compared: NDArray[np.bool_]
    row: Integers
    metres: Floats
    slope: Floats

    def take(self, rows: Integers) -> Borders:
        """Return some of the sources.

        Parameters
        ----------
        rows : ndarray of int
            Their positions.

        Returns
        -------
        Borders
            In that order.
        """
        return Borders(self.compared[rows], self.row[rows], self.metres, self.slope)


def borders_of(ctx: Context, *, limits: ClaimLimits | None = None) -> Borders:
    """Measure every source against its claimed area under every reading.

    Parameters
    ----------
    ctx : Context
        Sources under test.
    limits : ClaimLimits, optional
        For the depth beyond which distances are not needed.

    Returns
    -------
    Borders
        Of all sources.
    """
    lon, lat = (ctx.sources[axis].to_numpy(dtype=float) for axis in (n.LON, n.LAT))
    compared, row = np.zeros(len(lon), dtype=bool), np.full(len(lon), -1)
    metres, slope = [np.empty((0, len(_NAMES)))], [np.empty((2, 0, len(_NAMES)))]
    point = ctx.has_point.to_numpy()
    for level in ctx.basemap.levels:
        rows = np.flatnonzero(point & (ctx.claims[n.CLAIMED_LEVEL] == level).to_numpy())
        if len(rows):
            claimed = ctx.claims["area_code"].iloc[rows]
            found = borders_under(lon[rows], lat[rows], claimed, ctx.basemap.areas(level), limits=limits)
            compared[rows], row[rows] = found.compared, np.where(found.row < 0, -1, found.row + sum(map(len, metres)))
            metres.append(found.metres)
            slope.append(found.slope)
    return Borders(compared, row, np.concatenate(metres), np.concatenate(slope, axis=1))


def borders_under(
    lon: Floats, lat: Floats, claimed: pd.Series, areas: gpd.GeoDataFrame, *, limits: ClaimLimits | None = None
) -> Borders:
    """Measure points against claimed areas of one level under every reading.

    Who lies deeper inside than any reading moves a point is well inside under all of them, and measured once.

    Parameters
    ----------
    lon, lat : ndarray of float
        Degrees, as listed.
    claimed : Series of str
        Code of the claimed area.
    areas : GeoDataFrame
        The level.
    limits : ClaimLimits, optional
        For the depth beyond which distances are not needed.

    Returns
    -------
    Borders
        Of all points.
    """
    depth = _DEPTH * max((limits or ClaimLimits()).softness_m)
    area = pd.Index(areas[n.CODE]).get_indexer(pd.Index(claimed))
    compared = np.append(~(areas.geometry.isna() | areas.geometry.is_empty), False)[area]
    as_listed = nearest_border(lon, lat, area, areas, within_m=depth + _FARTHEST_M).distance_m
    rows = np.flatnonzero(~np.isnan(as_listed))
    metres = np.empty((len(rows), len(_NAMES)))
    slope = np.zeros((2, *metres.shape))
    for column, read in enumerate(READINGS.values()):
        x, y = read(lon[rows], lat[rows])
        foot = nearest_border(x, y, area[rows], areas, within_m=depth)
        metres[:, column] = foot.distance_m
        felt = np.flatnonzero(np.abs(foot.distance_m) > _ON_BORDER_M)  # no direction on the border itself
        away = in_metres(x[felt], y[felt], foot.lon[felt], foot.lat[felt])
        slope[:, felt, column] = -np.stack(away) / foot.distance_m[felt]
    metres[np.isnan(metres)] = -np.inf
    speaks = np.flatnonzero(_speaking(metres))
    row = np.full(len(lon), -1)
    row[rows[speaks]] = np.arange(len(speaks))
    return Borders(compared, row, metres[speaks], slope[:, speaks])


def log_likelihood(metres: Floats, softness_m: Floats | float, wrong: Floats | float) -> Floats:
    """Return the log-likelihood of memberships.

    Parameters
    ----------
    metres : ndarray of float
        Signed distances to the claimed areas.
    softness_m : float or ndarray of float
        Standard deviation of border and point together.
    wrong : float or ndarray of float
        Share of rows that are wrong for other reasons; a tenth of them anywhere, the rest near their areas.

    Returns
    -------
    ndarray of float
        Of the shape that these have together.
    """
    elsewhere = 0.1 + 0.4 * np.exp(-np.maximum(metres, 0.0) / _FAR_M)
    return np.log((1.0 - wrong) * ndtr(-metres / softness_m) + wrong * elsewhere)


def decide_by_claims(
    borders: Borders, site: Integers, block: Integers, *, limits: ClaimLimits | None = None
) -> Decision:
    """Decide on one group.

    Parameters
    ----------
    borders : Borders
        Of its sources; those without a point or a claim are left out.
    site, block : ndarray of int
        Site and block of each source.
    limits : ClaimLimits, optional
        When to decide.

    Returns
    -------
    Decision
        System "none", "gcj02", "bd09", "basemap_gcj02", "basemap_bd09", "constant" or "inconclusive". The displacement
        is that which is left under the best reading: NaN but for "constant".
    """
    limits = limits or ClaimLimits()
    usable = np.flatnonzero(borders.compared)
    if not len(usable):
        return undecided(0, "no_claims")
    row, block = borders.row[usable], block[usable]
    site = np.unique(site[usable], return_inverse=True)[1]
    weight = 1.0 / np.bincount(site)[site]
    sites = int(site.max()) + 1
    if sites < limits.least_sites:
        return undecided(sites, "few_sites")
    speaks = np.flatnonzero(row >= 0)
    if not len(speaks):
        return undecided(sites, "deep_inside")
    if sites > limits.most_sites:
        speaks, weight = _thinned(speaks, site, block, weight, limits.most_sites)
    silent = sites - float(weight[speaks].sum())
    number = np.unique(block[speaks], return_inverse=True)[1]
    metres, slope = borders.metres[row[speaks]], borders.slope[:, row[speaks]]
    return _weighed(_Speaking(metres, slope, weight[speaks], number, silent, sites), limits)


def _thinned(speaks: Integers, site: Integers, block: Integers, weight: Floats, most: int) -> tuple[Integers, Floats]:
    """Keep sites evenly from all blocks, with the weight of those left out."""
    first = np.unique(site, return_index=True)[1]
    ranked = np.lexsort((weight[first], block[first]))
    kept = ranked[np.unique(np.linspace(0, len(ranked) - 1, most).round().astype(np.int64))]
    return speaks[np.isin(site[speaks], kept)], weight * (len(first) / len(kept))


class _Speaking(NamedTuple):
    """The sources that readings do not agree about, with the weight of one site; ``silent`` is that of the others."""

    metres: Floats
    slope: Floats
    weight: Floats
    block: Integers
    silent: float
    sites: int

    def total(self, each: Floats, shape: _Shape) -> Floats:
        """Add the log-likelihoods of all sites, of those well inside, too."""
        inside = np.log(1.0 - shape[1] + shape[1] * 0.5)
        return np.asarray(self.weight @ each + self.silent * inside)


def _speaking(metres: Floats) -> NDArray[np.bool_]:
    """Tell the sources that readings do not agree about."""
    return np.asarray(~np.isneginf(metres).all(axis=1) & ~(metres > _RANGE_M).all(axis=1))


def _under_shapes(metres: Floats, limits: ClaimLimits) -> Floats:
    """Return log-likelihoods of shape (shapes, sources, readings)."""
    softness, wrong = np.array(limits.shapes).T[:, :, None, None]
    return log_likelihood(metres, softness, wrong)


def _fitted(group: _Speaking, each: Floats, limits: ClaimLimits) -> tuple[int, int, int]:
    """Choose softness and share of wrong rows under which the best reading fits best; return the best two readings."""
    totals = [group.total(likely, shape) for likely, shape in zip(each, limits.shapes, strict=True)]
    number = int(np.argmax([total.max() for total in totals]))
    order = np.argsort(-totals[number], kind="stable")
    return number, int(order[0]), int(order[1])


def _mixture(group: _Speaking, each: Floats, best: int, limits: ClaimLimits) -> tuple[float, Floats]:
    """Find the likeliest mixture of the best reading with another; return the share of the best and each source's part.

    It chooses its own softness and share of wrong rows: those of one reading count the rows of the other as wrong.
    """
    halves = np.array([group.weight @ likely for likely in np.logaddexp(each, each[:, :, [best]])])
    halves[:, best] = -np.inf
    rival = np.take_along_axis(each, halves.argmax(axis=1)[:, None, None], axis=2)
    ratio = np.expm1(np.clip(each[:, :, [best]] - rival, -30, 30))  # L1 / L2 - 1
    mixed = rival + np.log1p(ratio * _SHARES)
    totals = np.array([group.total(likely, shape) for likely, shape in zip(mixed, limits.shapes, strict=True)])
    number, likeliest = np.unravel_index(totals.argmax(), totals.shape)
    return float(_SHARES[likeliest]), mixed[number, :, likeliest]


def _weighed(group: _Speaking, limits: ClaimLimits) -> Decision:
    """Compare the readings over blocks of sites, then the best one with displacements that have no name."""
    each = _under_shapes(group.metres, limits)
    number, best, second = _fitted(group, each, limits)
    shape, name = limits.shapes[number], _NAMES[best]
    blocks = _by_block(group, each[number])
    ahead = blocks[:, best] - blocks[:, second]
    share, mixed = _mixture(group, each, best, limits)
    other = _elsewhere(group, best, shape, mixed, limits)
    inside = group.silent + float(group.weight @ (group.metres[:, best] <= 0))
    blameless = float(group.weight @ (group.metres[:, 0] > _ON_BORDER_M)) < limits.least_outside
    why = _objection(
        (blameless and (best > 0 or other.clear), "small_margin"),
        (inside / group.sites < limits.least_fit, "fits_nowhere"),
        (_effective(ahead) < limits.least_blocks, "few_places"),
        (other.clear, "constant"),
        (share < limits.least_share, "mixed"),
        (ahead.sum() < limits.least_margin, "small_margin"),
    )
    if why == "constant":
        found = Decision("constant", group.sites, confidence=other.confidence, leading=name)
        return found._replace(east_m=other.east_m, north_m=other.north_m)
    may_lean = not blameless and name in {"gcj02", "bd09"}
    confidence = 0.0 if why and not may_lean else _resampled(blocks, best, limits.draws)
    why = why or _objection(
        (confidence < limits.least_confidence, "small_margin"), (other.gain > limits.near_gain, "near_system")
    )
    if not why:
        return Decision(name, group.sites, confidence=confidence, share=share, leading=name)
    leaning = may_lean and confidence >= limits.leaning_confidence
    return undecided(group.sites, why)._replace(share=share, leading=name, leaning=leaning)


def _by_block(group: _Speaking, each: Floats) -> Floats:
    return np.column_stack([np.bincount(group.block, group.weight * column) for column in each.T])


class _Elsewhere(NamedTuple):
    """The displacement without a name that fits best, as what is left under the best reading."""

    gain: float
    confidence: float
    clear: bool
    east_m: float
    north_m: float


def _elsewhere(group: _Speaking, best: int, shape: _Shape, mixture: Floats, limits: ClaimLimits) -> _Elsewhere:
    """Try displacements around the best reading; borders are as good as straight over so short a way."""
    metres, slope = group.metres[:, best], group.slope[:, :, best]
    moved = metres[:, None] + np.tensordot(slope, _RING, axes=(0, 0))
    each = log_likelihood(moved, *shape)
    other = int((group.weight @ each).argmax())
    blocks = _by_block(group, np.column_stack((each[:, other], mixture)))
    gain = float((blocks[:, 0] - blocks[:, 1]).sum())
    confidence = _resampled(blocks, 0, limits.draws) if gain >= limits.least_gain else 0.0
    clear = gain >= limits.least_gain and confidence >= limits.least_confidence
    east, north = -_RING[:, other]
    return _Elsewhere(gain, confidence, clear, float(east), float(north))


def _objection(*tests: tuple[bool | np.bool_, str]) -> str:
    return next((why for failed, why in tests if failed), "")


def _effective(ahead: Floats) -> float:
    """Return how many blocks of equal weight would say as much."""
    square = float((ahead**2).sum())
    return float(np.abs(ahead).sum()) ** 2 / square if square > 0 else 0.0


@lru_cache(maxsize=16)
def _exponentials(draws: int, size: int) -> NDArray[np.float32]:
    return np.random.default_rng(_SEED).standard_exponential((size, draws), dtype=np.float32).T


def _resampled(blocks: Floats, best: int, draws: int) -> float:
    """Return the share of resampled groups in which the best reading stays the best."""
    weights = _exponentials(draws, 1 << int(len(blocks) - 1).bit_length())[:, : len(blocks)]
    totals = weights @ (blocks - blocks[:, [best]]).astype(np.float32)
    others = np.delete(totals, best, axis=1)
    return float(((others < 0).all(axis=1).sum() + 0.5) / (draws + 1))
