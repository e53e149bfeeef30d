"""Lists of fictional sources at real places, with errors whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import judgement_claims as claims
import judgement_errors as errors
import numpy as np
import pandas as pd
import shapely
from judgement_sites import sites
from judgement_writing import Habit, draw_habit, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from judgement_places import Place

REPAIRABLE = (  # an exact undoing exists for a single row
    *("axes_swapped", "packed_dms", "minutes_decimal", "decimal_as_dms", "digit_error", "decimal_shift", "sign"),
    "projected",
)
GROUP_ONLY = ("gcj02", "bd09", "datum_54", "datum_80")  # a single row cannot show these: the test of a group may
OF_LIST = ("other_site", "elsewhere", "default_place", "claim_wrong", "stale_boundary")  # made from other rows
CAUSES = (*REPAIRABLE, "seconds_dropped", *GROUP_ONLY, *OF_LIST)
UNMODELLED = ("two_slips", "jitter")
CHINESE = ("projected", *GROUP_ONLY)  # not drawn where these systems have no meaning
OWN_WAY = 0.1  # share of rows that an enumerator writes in another than the usual way
OFFICES, GEOCODER_DEGREES = 6, 0.003


@dataclass(frozen=True)
class Plan:
    """What a list shall hold: rows, claims at one level, and the share of rows with each error."""

    rows: int
    level: str
    shares: Mapping[str, float]
    seed: int = 0
    addresses: float = 0.0  # share of rows whose address names the true areas
    together: bool = False  # whole enumerators err, each in one way, instead of single rows anywhere


@dataclass(frozen=True, eq=False)
class Drawn:
    """A list as its file has it (`table`), and row by row what is true (`truth`).

    `truth`: source_id, cause, detail, lon, lat (what was meant), unit, true_code and claimed_code (at the level of the
    claims), market, enumerator.
    """

    place: Place
    plan: Plan
    table: pd.DataFrame
    truth: pd.DataFrame

    def save(self, file: Path) -> Path:
        self.table.to_csv(file, index=False, encoding="utf-8")
        return file


def draw(place: Place, plan: Plan) -> Drawn:
    """A list of a plan; the same plan gives the same list."""
    rng = np.random.default_rng([plan.seed, plan.rows, *plan.level.encode(), *place.name.encode()])
    truth = sites(place, plan.rows, rng)
    truth["cause"] = _assigned(truth, place, plan, rng)
    truth["detail"] = ""
    truth = claims.claimed(truth, place, plan.level, plan.shares.get("stale_boundary", 0.0), rng)
    texts = _written(truth, place, rng)
    truth.insert(0, "source_id", [f"S{number:06d}" for number in range(len(truth))])
    table = pd.DataFrame(
        {
            "id": truth["source_id"],
            "name": [f"企业{number}" for number in range(len(truth))],
            "lon": [text[0] for text in texts],
            "lat": [text[1] for text in texts],
            "claimed_code": truth["claimed_code"],
            "enumerator": [f"E{number:03d}" for number in truth["enumerator"]],
        }
    )
    if plan.addresses:
        table["address"] = claims.addresses(truth, place, plan.addresses, rng)
    return Drawn(place, plan, table, truth)


def _assigned(truth: pd.DataFrame, place: Place, plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """A cause for each row; markets and, so far, rows of changed borders stay clean."""
    cause = np.full(len(truth), "clean", dtype=object)
    free = truth["market"].to_numpy() < 0
    order = rng.permutation(np.flatnonzero(free))
    if plan.together:
        blocks = rng.permutation(truth["enumerator"].max() + 1)
        order = order[np.argsort(blocks[truth["enumerator"].to_numpy()[order]], kind="stable")]
    start = 0
    for name, share in plan.shares.items():
        if name == "stale_boundary" or (place.name == "us" and name in CHINESE):
            continue
        count = round(share * len(truth))
        if plan.together:  # up to the end of an enumerator's rows
            of = truth["enumerator"].to_numpy()[order]
            while 0 < count < len(order) - start and of[start + count] == of[start + count - 1]:
                count += 1
        cause[order[start : start + count]] = name
        start += count
    return cause


def _written(truth: pd.DataFrame, place: Place, rng: np.random.Generator) -> list[errors.Texts]:
    """The texts of every row, right or wrong; fills in the variant of each error."""
    habits = _habits(truth, rng)
    lon, lat = truth["lon"].to_numpy(), truth["lat"].to_numpy()
    right = [write(*meant) for meant in zip(lon, lat, habits, strict=True)]
    angle, metres = rng.uniform(0, 2 * np.pi), rng.uniform(60, 120)
    xian = (metres * np.sin(angle), metres * np.cos(angle))
    texts, detail, cause = list(right), truth["detail"].to_numpy().copy(), truth["cause"].to_numpy()
    clean = np.flatnonzero(cause == "clean")
    offices = rng.choice(len(truth), OFFICES)
    for row in np.flatnonzero(cause != "clean"):
        meant = errors.Meant(lon[row], lat[row], habits[row], right[row], xian)
        if cause[row] in errors.OF_TEXT:
            texts[row], detail[row] = errors.OF_TEXT[cause[row]](meant, rng)
        elif cause[row] == "other_site":
            above = row and cause[row - 1] == "clean" and rng.random() < 0.5
            other, detail[row] = (row - 1, "row above") if above else (rng.choice(clean), "any")
            texts[row] = right[other]
        elif cause[row] == "elsewhere":
            office = rng.random() < 0.5
            other = rng.choice(offices) if office else _outside(truth, place, row, rng)
            off = (0.0, 0.0) if office else rng.normal(0, GEOCODER_DEGREES, 2)
            texts[row] = write(lon[other] + off[0], lat[other] + off[1], habits[row])
            detail[row] = "office" if office else "geocoder"
        elif cause[row] == "default_place":
            texts[row] = write(*_centre(place, truth["unit"].iloc[row]), Habit("decimal", 6))
    truth["detail"] = detail
    return texts


def _habits(truth: pd.DataFrame, rng: np.random.Generator) -> list[Habit]:
    """Each enumerator has a way of writing and leaves it now and then; a market is written once."""
    usual = [draw_habit(rng) for _ in range(truth["enumerator"].max() + 1)]
    chosen = [draw_habit(rng) if rng.random() < OWN_WAY else usual[who] for who in truth["enumerator"]]
    first = truth.reset_index().groupby("market")["index"].transform("first").to_numpy()
    return [chosen[first[row]] if market >= 0 else chosen[row] for row, market in enumerate(truth["market"])]


def _outside(truth: pd.DataFrame, place: Place, row: int, rng: np.random.Generator) -> int:
    """A site of another area next above the finest: what a geocoder takes for the address."""
    upper = place.above[list(place.layers)[-2]][truth["unit"].to_numpy()]
    others = np.flatnonzero(upper != upper[row])
    return int(rng.choice(others if len(others) else len(truth)))


def _centre(place: Place, unit: int) -> tuple[float, float]:
    """Centroid of the township around, or of the finest area where there is none."""
    level = "township" if "township" in place.layers else place.finest
    centre = shapely.centroid(place.shapes_m[level][place.above[level][unit]])
    lon, lat = place.degrees(centre.x, centre.y)
    return float(lon), float(lat)
