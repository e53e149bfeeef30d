"""How likely a source lies at a point, given what it claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geocensus.checks.diagnosis.landscape import METRES
from geocensus.locating import signed_distance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.diagnosis.landscape import Landscape
    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.question import Question

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = [
    "Places",
    "box_distance",
    "boxes",
    "claimed_density",
    "sigma_of",
    "soft_border",
    "weigh_places",
    "wrong_claim_density",
]

_SIGMAS = 4.0  # spreads of the border beyond which no candidate is looked for
_STEP = 1.2  # outlines are drawn for reaches that differ by this factor
_FEW = 100  # points about one area that are measured one by one
_HOPELESS = 7.0  # candidates outside that are less likely than the best inside by more than this (logarithm) stay out
_SAMPLE = 2000  # sources and random places that stand for the landscape


@dataclass(frozen=True, eq=False)
class Places:
    """Points to weigh: ``row`` of the question, degrees, and whether they lie ``inside`` what the row claims."""

    row: Ints
    lon: Floats
    lat: Floats
    inside: NDArray[np.bool_]


def sigma_of(question: Question, with_: Parameters) -> Floats:
    """Return the spread of true points beyond their border.

    Parameters
    ----------
    question : Question
        The flagged rows.
    with_ : Parameters
        Share of the tolerance, and the least.

    Returns
    -------
    array of float
        Metres.
    """
    return np.maximum(question.tolerance * with_.border_sigma, with_.border_floor_m)


def soft_border(metres: Floats, sigma: Floats, with_: Parameters) -> Floats:
    """Return the weight of a point so far outside its area: Gaussian with a thin tail.

    Parameters
    ----------
    metres : array of float
        Distance outside, 0 inside; infinite allowed.
    sigma : array of float
        Spread.
    with_ : Parameters
        The tail.

    Returns
    -------
    array of float
        1 inside, towards 0 outside.

    Examples
    --------
    >>> import numpy as np
    >>> from geocensus.checks.diagnosis.parameters import Parameters
    >>> soft_border(np.array([0.0, 30.0, np.inf]), np.array([30.0] * 3), Parameters()).round(3).tolist()
    [1.0, 0.607, 0.0]
    """
    near = np.exp(-0.5 * (metres / sigma) ** 2)
    return (1 - with_.tail_share) * near + with_.tail_share * np.exp(-metres / (with_.tail_sigmas * sigma))


def boxes(question: Question, land: Landscape, with_: Parameters) -> Floats:
    """Return the box of each row in which its true place may lie.

    Parameters
    ----------
    question : Question
        The flagged rows.
    land : Landscape
        Areas.
    with_ : Parameters
        The border's tail.

    Returns
    -------
    array of float, shape (rows, 4)
        West, south, east, north in degrees: of the claimed area, or of the basemap without a claim.
    """
    box = np.where((question.own >= 0)[:, None], land.bounds[question.own], np.array(land.box))
    box = np.where(np.isfinite(box), box, np.array(land.box))
    margin = _SIGMAS * sigma_of(question, with_) / METRES
    wide = margin / np.cos(np.radians(np.clip(np.abs(box[:, 1:4:2]).max(axis=1), 0, 85)))
    return box + np.column_stack([-wide, -margin, wide, margin])


def box_distance(lon: Floats, lat: Floats, bounds: Floats) -> Floats:
    """Return metres from points to boxes, near enough to tell what is far.

    Parameters
    ----------
    lon, lat : array of float
        Degrees.
    bounds : array of float, shape (..., 4)
        West, south, east, north.

    Returns
    -------
    array of float
        0 inside; infinite where a coordinate or a box is missing.
    """
    east = np.maximum(0.0, np.maximum(bounds[..., 0] - lon, lon - bounds[..., 2]))
    north = np.maximum(0.0, np.maximum(bounds[..., 1] - lat, lat - bounds[..., 3]))
    with np.errstate(invalid="ignore"):
        metres = METRES * np.hypot(east * np.cos(np.radians(lat)), north)
    return np.where(np.isfinite(metres), metres, np.inf)


def claimed_density(question: Question, land: Landscape, with_: Parameters) -> Floats:
    """Return the density of true places at the stated places of the rows.

    Parameters
    ----------
    question : Question
        The flagged rows.
    land : Landscape
        Areas and sources.
    with_ : Parameters
        Border and weights.

    Returns
    -------
    array of float
        Per square metre; over the claimed area of a row (the basemap where it claims none) it sums to about 1.
    """
    free = question.own < 0
    outside = np.where(free, np.where(question.fine >= 0, 0.0, np.inf), question.outside_m)
    soft = soft_border(np.where(np.isfinite(outside), outside, np.inf), sigma_of(question, with_), with_)
    dense = soft * land.density(question.lon, question.lat) / claimed_mass(question, land)
    return np.where(np.isfinite(question.lon), dense, 0.0)


def claimed_mass(question: Question, land: Landscape) -> Floats:
    """Return the share of sources in the claimed area of each row.

    Parameters
    ----------
    question : Question
        The flagged rows.
    land : Landscape
        Areas and sources.

    Returns
    -------
    array of float
        1 where a row claims none.
    """
    distinct, back = np.unique(question.own, return_inverse=True)
    return land.mass(distinct)[back]


def weigh_places(places: Places, log_weight: Floats, question: Question, land: Landscape, with_: Parameters) -> Floats:
    """Add to the weights of candidates the density of true places where they lie.

    Distances are measured only where they matter: outside the claimed area, but near, and not far less likely than
    the best candidate inside.

    Parameters
    ----------
    places : Places
        The candidates.
    log_weight : array of float
        Their weights so far.
    question : Question
        The flagged rows.
    land : Landscape
        Areas and sources.
    with_ : Parameters
        Border and weights.

    Returns
    -------
    array of float
        Log-likelihoods; -inf where the place is out of the question.
    """
    mass = claimed_mass(question, land)
    weight = log_weight + np.log(land.density(places.lon, places.lat)) - np.log(mass)[places.row]
    own, inside = question.own[places.row], places.inside
    best = np.full(len(question), -np.inf)
    np.maximum.at(best, places.row[inside], weight[inside])
    asked = np.flatnonzero(~inside & (own >= 0) & (weight > best[places.row] - _HOPELESS))
    sigma = sigma_of(question, with_)[places.row]
    far = box_distance(places.lon[asked], places.lat[asked], land.bounds[own[asked]])
    asked = asked[far < _SIGMAS * sigma[asked]]
    asked = asked[_about(places.lon[asked], places.lat[asked], own[asked], _SIGMAS * sigma[asked], land)]
    metres = np.full(len(own), np.inf)
    for level, first in land.first.items():
        areas = land.layers[level]
        here = asked[(own[asked] >= first) & (own[asked] < first + len(areas))]
        if len(here):
            signed = signed_distance(places.lon[here], places.lat[here], own[here] - first, areas, within_m=0.0)
            metres[here] = np.maximum(np.nan_to_num(signed), 0.0)
    near = metres < _SIGMAS * sigma
    soft = np.where(near, -0.5 * (np.where(near, metres, 0.0) / sigma) ** 2, -np.inf)
    return np.where(inside, weight, weight + soft)


def _about(lon: Floats, lat: Floats, own: Ints, metres: Floats, land: Landscape) -> NDArray[np.bool_]:
    """Tell which points may lie so near their area, by a rough outline of it: what is left is measured.

    An outline costs as much as the measuring of some points: areas that few are asked about get none.
    """
    steps = np.ceil(np.log(metres) / np.log(_STEP)).astype(np.int64)
    least = steps.min(initial=0)
    keys, back, count = np.unique((steps - least) * len(land.codes) + own, return_inverse=True, return_counts=True)
    asked = np.flatnonzero(count[back] >= _FEW)
    many, back = np.unique(back[asked], return_inverse=True)
    reach = _STEP ** (keys[many] // len(land.codes) + least).astype(float)
    near = np.ones(len(own), dtype=bool)
    near[asked] = _in_outline(lon[asked], lat[asked], (keys[many] % len(land.codes), reach), back, land)
    return near


def _in_outline(
    lon: Floats, lat: Floats, outlines: tuple[Ints, Floats], back: Ints, land: Landscape
) -> NDArray[np.bool_]:
    """Tell which points lie in their rough outline, of an area and its reach in metres."""
    distinct, reach = outlines
    scale = METRES * np.cos(np.radians(land.bounds[distinct, 1::2].mean(axis=1)))
    shapes = land.shapes(distinct)
    owner = np.repeat(np.arange(len(distinct)), shapely.get_num_coordinates(shapes))
    corners = shapely.get_coordinates(shapes) * np.column_stack([scale[owner], np.full(len(owner), METRES)])
    rough = shapely.simplify(shapely.set_coordinates(shapes, corners), reach / 4)
    rough = shapely.buffer(rough, reach * 1.4, quad_segs=2)  # 8 % lost at its corners, 25 % to the simpler outline
    shapely.prepare(rough)
    order = np.argsort(back, kind="stable")
    near = np.zeros(len(lon), dtype=bool)
    near[order] = shapely.intersects_xy(rough[back[order]], (lon * scale[back])[order], lat[order] * METRES)
    return near | shapely.is_empty(rough)[back]


def wrong_claim_density(question: Question, land: Landscape, with_: Parameters) -> Floats:
    """Return the density of the stated places if the claims were wrong.

    Somebody who claims a wrong area takes another one below the same parent, one near by, or any. Points that come
    from elsewhere (a head office, a geocoder) have the same density: geometry cannot tell the two apart.

    Parameters
    ----------
    question : Question
        The flagged rows.
    land : Landscape
        Areas and sources.
    with_ : Parameters
        Weights and reach.

    Returns
    -------
    array of float
        Per square metre.
    """
    inside = question.fine >= 0
    dense = np.where(inside, land.density(question.lon, question.lat), 0.0)
    sibling, parent = _sibling(question, land)
    near = np.exp(-question.failed_m / with_.neighbour_m) / _neighbourhood(question, land, with_)
    near = np.where(question.failed >= 0, near * dense, dense)
    even = 1 - with_.sibling_share - with_.neighbour_share
    wrong = with_.sibling_share * np.where(sibling, dense / land.mass(parent), 0.0)
    away = box_distance(question.lon, question.lat, np.array(land.box))
    beyond = with_.outside_share / with_.outside_m2 * np.exp(-away / np.sqrt(with_.outside_m2))
    wrong += with_.neighbour_share * near + even * dense + beyond
    return np.where(question.own >= 0, wrong, beyond)


def _sibling(question: Question, land: Landscape) -> tuple[NDArray[np.bool_], Ints]:
    """Tell which points lie beside their claimed area below the same parent, and give the parent."""
    size = len(question)
    parent = np.full(size, -1, dtype=np.int64)
    beside = np.zeros(size, dtype=bool)
    above = np.where(question.fine >= 0, land.chain[:, question.fine], -2)
    for level in range(1, len(land.levels)):
        mine = (question.own == question.claim[level]) & (question.own >= 0)
        parent = np.where(mine, question.claim[level - 1], parent)
        beside |= mine & (above[level - 1] == question.claim[level - 1]) & (above[level] != question.own)
    return beside, parent


def _neighbourhood(question: Question, land: Landscape, with_: Parameters) -> Floats:
    """Share of the landscape near each failed area, weighted by nearness."""
    distinct, back = np.unique(question.failed, return_inverse=True)
    lon, lat, weight = land.sample(_SAMPLE)
    shares = np.ones(len(distinct))
    for start in range(0, len(distinct), 512):
        part = distinct[start : start + 512]
        metres = box_distance(lon, lat, land.bounds[part][:, None, :])
        shares[start : start + 512] = (np.exp(-metres / with_.neighbour_m) * (metres > 0) * weight).sum(axis=1)
    return np.maximum(shares, 1e-4)[back]
