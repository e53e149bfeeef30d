"""Causes that keep the point: how likely each of them writes this text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus.checks.diagnosis.density import (
    box_distance,
    claimed_density,
    sigma_of,
    soft_border,
    wrong_claim_density,
)
from geocensus.checks.diagnosis.landscape import METRES
from geocensus.checks.diagnosis.said import of_claim, of_place, weight
from geocensus.divisions import normalise, trim
from geocensus.model import CodeSystem, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context
    from geocensus.checks.diagnosis.landscape import Landscape
    from geocensus.checks.diagnosis.parameters import Parameters
    from geocensus.checks.diagnosis.question import Question

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["KEEPING", "keep_likelihoods"]

KEEPING: Final = ("correct", "claim_wrong", "other_site", "elsewhere", "default_place", "stale_boundary", "unknown")
_TINY: Final = 1e-300


def keep_likelihoods(
    ctx: Context, question: Question, land: Landscape, log_cell: Floats, undecided: Bools, with_: Parameters
) -> Floats:
    """Weigh the causes that keep the stated point.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    question : Question
        The flagged rows.
    land : Landscape
        Areas and sources.
    log_cell : array of float
        Logarithm of the area of a cell of each row's own format, square metres.
    undecided : array of bool
        Rows whose import group may follow a shift.
    with_ : Parameters
        Weights.

    Returns
    -------
    array of float, shape (rows, causes)
        Logarithm of P(text | cause), in the order of ``KEEPING``; very low where a cause is out of the question.
    """
    cell, default = np.exp(log_cell), question.default
    here = np.isfinite(question.lon)
    copied, shared = _copied(question, len(ctx.sources), with_), _shared(question, with_)
    claimed = claimed_density(question, land, with_)
    wrong = np.where(here, wrong_claim_density(question, land, with_), 0.0)
    border = np.nan_to_num(soft_border(question.outside_m, sigma_of(question, with_), with_))
    stacked = (question.claims >= with_.stack_claims) & (question.fitting <= with_.stack_fitting * question.same)
    stack = np.where(stacked & (question.outside_m > 0), question.same - question.fitting, 0)
    columns = {
        "correct": claimed * cell + np.where(default, 0.0, shared * border),
        "claim_wrong": wrong * cell * (question.own >= 0),
        "other_site": np.where(default, 0.0, copied),
        "elsewhere": wrong * cell + np.where(default, 0.0, with_.stack_share * stack / len(ctx.sources)),
        "default_place": cell * _default(question, land, ctx.settings.default_place_m, with_),
        "stale_boundary": cell * _stale(ctx, question, land, undecided, with_),
        "unknown": cell * _unknown(question, land, with_),
    }
    words = _words(question, land, with_)
    return np.column_stack([np.log(np.maximum(columns[name], _TINY)) + words[name] for name in KEEPING])


def _words(question: Question, land: Landscape, with_: Parameters) -> dict[str, Floats]:
    """Weigh addresses: they tell the intended place, which is the claimed area but where the claim is wrong."""
    claim, place = of_claim(question), of_place(question, land, np.arange(len(question)), question.fine)
    agrees = dict.fromkeys(KEEPING, claim) | {"claim_wrong": place, "stale_boundary": claim | place}
    return {cause: weight(agree, question.named, with_) for cause, agree in agrees.items()}


def _copied(question: Question, rows: int, with_: Parameters) -> Floats:
    """Probability to write exactly this text by copying another row that lies where it claims."""
    far = (1 - with_.adjacent_copy) * question.fitting / max(rows, 1)
    return np.where(question.fitting > 0, far + with_.adjacent_copy * question.adjacent, 0.0)


def _shared(question: Question, with_: Parameters) -> Floats:
    """Probability to stand rightly on the coordinate of another source: of one nearby, as in a market."""
    near = (1 - with_.adjacent_copy) * question.fitting / np.maximum(question.alike, 1)
    return with_.shared_legit * np.where(question.fitting > 0, near + with_.adjacent_copy * question.adjacent, 0.0)


def _default(question: Question, land: Landscape, radius_m: float, with_: Parameters) -> Floats:
    """Density of default places: the centre of an area of the own claim, or of any area where it names none so fine."""
    circle = np.pi * max(radius_m, 1.0) ** 2
    share = np.full(len(question), (1 - with_.default_own) / max(len(land.codes), 1))
    rows = np.flatnonzero(question.default & (question.fine >= 0))
    for level, (name, claim) in enumerate(zip(land.levels, question.claim, strict=True)):
        area = land.chain[level][question.fine[rows]]
        here = rows[area >= 0]
        if not len(here):
            continue
        area = area[area >= 0]
        hit = box_distance(question.lon[here], question.lat[here], land.centres(area)) <= radius_m
        own = np.where(area == claim[here], with_.default_own, 1 - with_.default_own)
        chance = np.where(claim[here] >= 0, own, with_.default_own / len(land.layers[name])) / len(land.levels)
        share[here] = np.maximum(share[here], np.where(hit, chance, 0.0))
    return np.where(question.default, share / circle, 0.0)


def _unknown(question: Question, land: Landscape, with_: Parameters) -> Floats:
    """Density of points without a reason: near the claimed area, in the basemap's box, in the world."""
    metres = np.where(np.isfinite(question.outside_m), question.outside_m, np.inf)
    metres = np.where(question.own >= 0, metres, np.where(question.fine >= 0, 0.0, np.inf))
    distinct, back = np.unique(question.own, return_inverse=True)
    near = with_.unknown_near * np.exp(-metres / with_.unknown_m) / (land.sizes(distinct)[back] + with_.unknown_m2)
    west, south, east, north = land.box
    here = box_distance(question.lon, question.lat, np.array(land.box)) == 0
    size = (east - west) * (north - south) * METRES**2 * np.cos(np.radians((south + north) / 2))
    return (
        near + with_.unknown_box * here / max(size, 1.0) + (1 - with_.unknown_near - with_.unknown_box) / with_.world_m2
    )


def _stale(ctx: Context, question: Question, land: Landscape, undecided: Bools, with_: Parameters) -> Floats:
    """Density of points in a finest area that another parent claims, row after row.

    The odds that the area changed hands rise with every row in it that makes this claim, and fall with every row
    that lies there rightly. A shift of the import group looks alike near borders: while it is undecided only rows
    count that lie further from their claim than any shift reaches.
    """
    test, level, rows = ctx.containment, land.levels[-1], question.position
    fine = land.number(ctx.located[f"code_{level}"], level)
    fits = (fine >= 0) & test.status.isin((Status.OK, Status.NEAR_BORDER)).to_numpy()
    here = np.bincount(fine[fits], minlength=len(land.codes))
    target = _failing(ctx, land)
    counted = (fine >= 0) & (target >= 0)
    counted[rows] &= ~undecided | (question.failed_m > with_.shift_reach_m)
    spots = pd.DataFrame(
        {
            "pair": fine * len(land.codes) + target,
            "lon": ctx.sources["lon"].to_numpy(),
            "lat": ctx.sources["lat"].to_numpy(),
        }
    )
    spots = spots[counted].drop_duplicates()  # an office is no village
    hits = spots["pair"].value_counts().reindex(fine[rows] * len(land.codes) + target[rows], fill_value=0).to_numpy()
    misses = here[fine[rows]]
    odds = with_.stale_start + with_.stale_hit * hits + with_.stale_miss * misses
    likely = np.where(counted[rows] & (hits >= with_.stale_rows), 1 / (1 + np.exp(-np.clip(odds, -50, 50))), 0.0)
    likely = np.maximum(likely, _moved_on(ctx, question, land))
    area = np.where(question.fine >= 0, land.chain[-1][question.fine], -1)
    distinct, back = np.unique(area, return_inverse=True)
    dense = land.density(question.lon, question.lat) / land.mass(distinct)[back]
    return np.where(question.fine >= 0, likely * dense, 0.0)


def _failing(ctx: Context, land: Landscape) -> Ints:
    """Return the claimed area that does not hold each source, at the coarsest level of them; -1 where all do."""
    failing = np.full(len(ctx.sources), -1, dtype=np.int64)
    for name in land.levels:
        rows = np.flatnonzero(ctx.containment.level == name)
        failing[rows] = land.number(ctx.claims[f"code_{name}"].iloc[rows], name)
    return failing


def _moved_on(ctx: Context, question: Question, land: Landscape) -> Floats:
    """1 where the claim is a retired code with several successors, one of which holds the point."""
    moved = np.zeros(len(question))
    retired = (ctx.claims["problem"] == "retired").to_numpy()[question.position]
    rows = np.flatnonzero(retired & (question.fine >= 0))
    if ctx.crosswalk is None or not len(rows):
        return moved
    codes = ctx.text("claimed_code").iloc[question.position[rows]]
    heirs = ctx.crosswalk.successors(codes.drop_duplicates().tolist())
    tidy = (trim if ctx.crosswalk.code_system == CodeSystem.GB2260 else normalise)(codes).to_numpy(dtype=object)
    above = land.codes.to_numpy()[land.chain[:, question.fine[rows]]]
    pairs = set(zip(heirs["code"], heirs["new_code"], strict=True))
    for level in above:
        moved[rows] = np.maximum(moved[rows], [pair in pairs for pair in zip(tidy, level, strict=True)])
    return moved
