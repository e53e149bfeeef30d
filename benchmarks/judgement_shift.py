"""Goals of the test of import groups for a shift, drawn as benchmarks/shift.py draws them for its whole table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shift
from judgement_places import COUNTIES, place

from geocensus.checks.shift import borders_under, cells_of, decide_by_claims

if TYPE_CHECKING:
    import geopandas as gpd
    from judgement_tables import Goals

NOISE_M, WRONG_PAIRS = 50.0, 0.3
TOWN_KM2 = (30, 110)
BLUR_M = 150.0
PAIR_GOALS, CLAIM_GOALS = {10: 0.95, 50: 0.99}, {300: 0.90, 1000: 0.99}


def add_shifts(goals: Goals, names: list[str], seed: int, groups: int) -> None:
    """Four goals on what is right, two on what is wrong."""
    wrong = []
    for n, goal in PAIR_GOALS.items():
        found = [(right, with_pairs(move, n, seed, groups)) for move, right in shift.PAIR_TRUTHS.values()]
        _add(goals, f"shift with pairs (sd 50 m, 30 % wrong), n = {n}: right", found, goal)
        wrong += found
    _wrong(goals, "shift with pairs: wrong", wrong)
    wrong = []
    drawn = without_pairs([name for part in names for name in part.split("+") if name in COUNTIES], seed, groups)
    for n, goal in CLAIM_GOALS.items():
        _add(goals, f"shift without pairs (townships, even), {n} sites: right", drawn[n, False], goal)
        wrong += [*drawn[n, False], *drawn[n, True]]
    _wrong(goals, "shift without pairs, clustered included: wrong", wrong)


def with_pairs(move: shift.Move, n: int, seed: int, groups: int) -> np.ndarray:
    return shift.paired(move, n, NOISE_M, WRONG_PAIRS, np.random.default_rng(seed), groups)


def without_pairs(names: list[str], seed: int, groups: int) -> dict[tuple[int, bool], list]:
    """Decisions by number of sites and clustering, for every truth, borders true and simplified."""
    found = {(n, clustered): [] for n in CLAIM_GOALS for clustered in (False, True)}
    for blur in (0.0, BLUR_M):
        towns = _towns(names)
        seen = shift.simplified(towns, blur)
        for clustered in (False, True):
            rng = np.random.default_rng(seed)
            lon, lat, code = shift.draw(towns, rng, clustered=clustered)
            for move, right in shift.TRUTHS.values():
                x, y = move(*shift.spoiled(lon, lat, rng))
                borders = borders_under(x, y, pd.Series(code), seen)
                fine, coarse = cells_of(x, y, 250.0), cells_of(x, y, 1000.0)
                for n in CLAIM_GOALS:
                    picks = [shift.sample(len(x), n, rng, fine if clustered else None) for _ in range(groups)]
                    made = [decide_by_claims(borders.take(rows), fine[rows], coarse[rows]).system for rows in picks]
                    found[n, clustered].append((right, np.array(made)))
    return found


def _towns(names: list[str]) -> gpd.GeoDataFrame:
    """Townships of the usual size of all the places."""
    places = [place(name) for name in names]
    towns = pd.concat([where.layers["township"] for where in places], ignore_index=True)
    km2 = np.concatenate([[shape.area / 1e6 for shape in where.shapes_m["township"]] for where in places])
    return towns[(km2 > TOWN_KM2[0]) & (km2 < TOWN_KM2[1])].reset_index(drop=True)


def _add(goals: Goals, figure: str, found: list[tuple[str, np.ndarray]], goal: float) -> None:
    share = np.concatenate([made == right for right, made in found])
    goals.add(figure, len(share), share.mean(), goal)


def _wrong(goals: Goals, figure: str, found: list[tuple[str, np.ndarray]]) -> None:
    share = np.concatenate([(made != right) & (made != "inconclusive") for right, made in found])
    goals.add(figure, len(share), share.mean(), 0.005, most=True)
