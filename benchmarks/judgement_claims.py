"""Claims of fictional sources: right ones, wrong ones, ones by borders of another year; and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from judgement_places import Place

FEWEST_STALE = 3  # rows of a village whose township has changed


def claimed(truth: pd.DataFrame, place: Place, level: str, stale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Add true_code and claimed_code; wrong claims where the cause says so, whole villages of changed borders."""
    truth = truth.copy()
    codes = place.layers[level]["code"].to_numpy()
    own = place.above[level][truth["unit"].to_numpy()]
    truth["true_code"], truth["claimed_code"] = codes[own], codes[own]
    for row in np.flatnonzero(truth["cause"] == "claim_wrong"):
        other, detail = _other(place, level, int(truth["unit"].iloc[row]), rng)
        if other < 0:
            truth.loc[row, "cause"] = "clean"
        else:
            truth.loc[row, ["claimed_code", "detail"]] = [codes[other], detail]
    return _changed_borders(truth, place, level, stale, rng) if stale else truth


def _other(place: Place, level: str, unit: int, rng: np.random.Generator) -> tuple[int, str]:
    """Another area of the level: mostly a near one; -1 where there is none."""
    own = int(place.above[level][unit])
    count = len(place.layers[level])
    if count == 1:
        return -1, ""
    drawn = rng.random()
    near = place.neighbours[level][own]
    if level == "village" and drawn < 0.4:  # any village of a neighbouring township
        township = place.above["township"]
        around = place.neighbours["township"][township[unit]]
        if len(around):
            return int(rng.choice(np.flatnonzero(township == rng.choice(around)))), "neighbouring township"
    if drawn < 0.6 and len(near):
        return int(rng.choice(near)), "neighbour"
    parents = place.layers[level]["parent_code"].to_numpy()
    among = np.flatnonzero(parents == parents[own]) if drawn < 0.8 else np.arange(count)
    among = among[among != own]
    if not len(among):
        among = np.setdiff1d(np.arange(count), [own])
    return int(rng.choice(among)), "same parent" if drawn < 0.8 else "anywhere"


def _changed_borders(
    truth: pd.DataFrame, place: Place, level: str, share: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Let all sources of some villages on a border claim the neighbour, as before the border moved."""
    upper = "township" if level == "village" else level
    if upper == place.finest:
        return truth
    of = place.above[upper]
    codes, made = place.layers[upper]["code"].to_numpy(), 0
    for village in rng.permutation(len(of)):
        beyond = of[place.neighbours[place.finest][village]]
        beyond = beyond[beyond != of[village]]
        rows = truth.index[(truth["unit"] == village) & (truth["cause"] == "clean") & (truth["market"] < 0)]
        fits = FEWEST_STALE <= len(rows) <= max(FEWEST_STALE, 1.5 * (share * len(truth) - made))
        if len(beyond) and fits:
            truth.loc[rows, "cause"] = "stale_boundary"
            truth.loc[rows, "claimed_code"] = codes[beyond[0]]
            truth.loc[rows, "true_code"] = codes[of[village]]
            made += len(rows)
        if made >= share * len(truth):
            break
    return truth


def addresses(truth: pd.DataFrame, place: Place, share: float, rng: np.random.Generator) -> list[str]:
    """Addresses that name the true areas, for a share of the rows; others give a road alone."""
    named = {}
    for level, areas in place.layers.items():
        named[level] = areas["name"].to_numpy()[place.above[level][truth["unit"].to_numpy()]]
    levels = [level for level in ("county", "township", "village") if level in named]
    whole = ["".join(parts) for parts in zip(*(named[level] for level in levels), strict=True)]
    written, number = rng.random(len(truth)) < share, rng.integers(1, 300, len(truth))
    return [f"{areas if shown else '人民路'}{no}号" for areas, shown, no in zip(whole, written, number, strict=True)]
