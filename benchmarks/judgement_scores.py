"""Run a list through gc.check and compare what comes out with the truth, row by row."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import judgement_lists as lists
import numpy as np
import pandas as pd
import shapely

import geocensus as gc

if TYPE_CHECKING:
    from judgement_places import Map, Place

RIGHT_M = 50.0
EXPECTED = {"clean": "correct", "two_slips": "unknown", "jitter": "unknown"}
OUTSIDE = "place.outside_claimed"


def settings_for(drawn: lists.Drawn) -> gc.Settings:
    """Every other market is one the office allows."""
    markets = drawn.truth[drawn.truth["market"] >= 0].drop_duplicates("market").iloc[::2]
    stacks = [
        {"name": f"市场{number}", "lon": lon, "lat": lat}
        for number, lon, lat in zip(markets["market"], markets["lon"], markets["lat"], strict=True)
    ]
    return gc.Settings.from_dict({"allowed_stacks": stacks})


def run(drawn: lists.Drawn, chart: Map) -> tuple[gc.CheckResult, float]:
    """Check a list from its file on; seconds of this process."""
    with tempfile.TemporaryDirectory() as folder:
        file = drawn.save(Path(folder) / "list.csv")
        start = time.process_time()
        result = gc.check(gc.read_sources(file, crs="cgcs2000"), chart.basemap, settings=settings_for(drawn))
    return result, time.process_time() - start


def judged(drawn: lists.Drawn, result: gc.CheckResult, chart: Map, tolerance_m: float) -> pd.DataFrame:
    """One row per source: the truth beside what was found.

    flagged (diagnosed by any rule), outside (flagged so), left (truly beyond the claim, or without a usable point),
    first (cause at rank 1), p (its probability), right (it is the true one), offered, p_repair, kind, repaired (the
    offer is right), claim_km2 (area of the claim).
    """
    table = drawn.truth.set_index("source_id")
    sources = result.sources.set_index("source_id").loc[table.index]
    flags = result.flags
    table["state"] = sources["state"]
    table["stated_lon"], table["stated_lat"] = sources["lon"], sources["lat"]
    table["ruled"] = table.index.isin(flags["source_id"])
    table["outside"] = table.index.isin(flags.loc[flags["rule"] == OUTSIDE, "source_id"])
    table["stacked"] = table.index.isin(flags.loc[flags["rule"] == "place.stacked", "source_id"])
    table["left"], table["claim_km2"] = _left(table, chart, tolerance_m)
    first = result.causes[result.causes["rank"] == 1].set_index("source_id")
    table["flagged"] = table.index.isin(first.index)
    table["first"] = first["cause"].reindex(table.index)
    table["p"] = first["probability"].reindex(table.index)
    table["expected"] = table["cause"].replace(EXPECTED)
    table["right"] = table["first"] == table["expected"]
    return _with_offer(table, result.repairs, drawn.place)


def _left(table: pd.DataFrame, chart: Map, tolerance_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether the stated point lies beyond the tolerance outside the claimed area, measured apart from geocensus."""
    left = table["state"].ne("located").to_numpy().copy()
    x, y = chart.truth.metric.transform(table["stated_lon"].to_numpy(), table["stated_lat"].to_numpy())
    shape = chart.shapes_m.reindex(table["claimed_code"]).to_numpy()
    here = np.isfinite(x) & np.isfinite(y)
    left[here] |= shapely.distance(shape[here], shapely.points(x[here], y[here])) > tolerance_m
    return left, shapely.area(shape) / 1e6


def _with_offer(table: pd.DataFrame, repairs: pd.DataFrame, place: Place) -> pd.DataFrame:
    """The most probable repair that is offered, and whether it is right."""
    offers = repairs[repairs["offered"].astype(bool)].sort_values(["probability", "rank"], ascending=[False, True])
    best = offers.drop_duplicates("source_id").set_index("source_id").reindex(table.index)
    table["offered"] = best["probability"].notna()
    table["p_repair"], table["kind"] = best["probability"], best["kind"]
    x, y = place.metric.transform(table["lon"].to_numpy(), table["lat"].to_numpy())
    px, py = place.metric.transform(best["lon"].to_numpy(float), best["lat"].to_numpy(float))
    table["repair_off_m"] = np.hypot(x - px, y - py)
    point = (best["kind"] == "point") & (table["repair_off_m"] <= RIGHT_M) & ~table["cause"].isin({"clean"})
    claim = (best["kind"] == "claim") & table["cause"].isin({"claim_wrong", "stale_boundary"})
    claim &= best["proposed_code"] == table["true_code"]
    table["repaired"] = point | claim
    return table


def per_cause(table: pd.DataFrame) -> pd.DataFrame:
    """Shares by true cause; of flagged rows where nothing else is said."""
    rows = []
    for cause, group in table.groupby("cause"):
        flagged = group[group["flagged"]]
        left = group[group["left"]]
        wrong = flagged["first"][~flagged["right"]].value_counts()
        rows.append(
            {
                "cause": cause,
                "n": len(group),
                "left": group["left"].mean(),
                "flagged": group["flagged"].mean(),
                "found of left": left["flagged"].mean() if len(left) else np.nan,
                "rank 1": flagged["right"].mean() if len(flagged) else np.nan,
                "repaired": flagged["repaired"].mean() if len(flagged) else np.nan,
                "wrong": (flagged["offered"] & ~flagged["repaired"]).mean() if len(flagged) else np.nan,
                "declined": (~flagged["offered"]).mean() if len(flagged) else np.nan,
                "taken for": ", ".join(f"{name} {count / len(flagged):.0%}" for name, count in wrong.head(3).items()),
            }
        )
    order = {name: number for number, name in enumerate(("clean", *lists.CAUSES, *lists.UNMODELLED))}
    return pd.DataFrame(rows).sort_values("cause", key=lambda names: names.map(order), ignore_index=True)


def confusion(table: pd.DataFrame) -> pd.DataFrame:
    """True cause by cause at rank 1, counts of flagged rows."""
    flagged = table[table["flagged"]]
    return pd.crosstab(flagged["cause"], flagged["first"])


def offers(table: pd.DataFrame, least: float, kinds: tuple[str, ...] = ("point",)) -> dict[str, float]:
    """Precision of all offers from a probability on; coverage among flagged rows that one undoing repairs."""
    flagged = table[table["flagged"]]
    made = flagged["offered"] & (flagged["p_repair"] >= least) & flagged["kind"].isin(kinds)
    repairable = flagged["cause"].isin(lists.REPAIRABLE)
    return {
        "n": int(made.sum()),
        "precision": float(flagged.loc[made, "repaired"].mean()),
        "coverage": float((made & flagged["repaired"])[repairable].mean()),
        "repairable": int(repairable.sum()),
    }


def reliability(p: pd.Series, right: pd.Series, edges: np.ndarray) -> pd.DataFrame:
    """Bins of probability: rows, mean probability, share that is right."""
    band = pd.cut(p, edges, include_lowest=True, right=False)
    table = pd.DataFrame({"band": band, "p": p, "right": right.astype(float)}).dropna()
    found = table.groupby("band", observed=True).agg(n=("p", "size"), said=("p", "mean"), true=("right", "mean"))
    return found.reset_index()


def expected_error(bins: pd.DataFrame) -> float:
    """Mean distance between what was said and what was true, weighted by rows (ECE); NaN without rows."""
    if bins.empty:
        return float("nan")
    return float(np.average((bins["said"] - bins["true"]).abs(), weights=bins["n"]))
