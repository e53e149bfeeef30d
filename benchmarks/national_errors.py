"""Errors planted in a list of national size: what is written instead of what is true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import judgement_errors as slips
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from judgement_writing import DECIMAL, Habit, write
from service_list import joined

from geocensus import shifts

if TYPE_CHECKING:
    from national_places import World

SHARES = {  # of the rows that may have them
    "claim_wrong": 0.01,
    "digit_error": 0.006,
    "axes_swapped": 0.004,
    "packed_dms": 0.004,
    "missing": 0.003,
    "out_of_range": 0.002,
    "duplicate_id": 0.002,
    "zero": 0.001,
    "isolated": 0.005,  # of sources in parks
    "outlet_far": 0.005,  # of outlets
}
SHIFTS = {"gcj02": shifts.wgs84_to_gcj02, "bd09": shifts.wgs84_to_bd09}  # whole import groups
OF_TEXT = ("digit_error", "axes_swapped", "packed_dms", "missing", "out_of_range", "zero")
DECIMALS, SECONDS = 1_000_000, 360_000  # steps of a degree: six decimals; hundredths of a second
FAR, AROUND = 0.06, 0.002  # degrees: from its park to the village that an isolated source lies near, and from that
FURTHER = 0.03  # degrees that an outlet lies off, to twice as far


@dataclass(frozen=True, eq=False)
class Right:
    """Sources as they should be; `steps` of a degree are what their import group writes."""

    at: np.ndarray  # degrees, shape (n, 2)
    township: np.ndarray
    kind: np.ndarray  # of place
    outlet: np.ndarray
    steps: np.ndarray
    system: np.ndarray  # of the import group's coordinates: "", gcj02, bd09


@dataclass(frozen=True, eq=False)
class Written:
    """Sources as the list has them: coordinates in degrees, or the texts that stand in their place."""

    error: np.ndarray
    claimed: np.ndarray  # township
    at: np.ndarray
    steps: np.ndarray
    texts: dict[int, slips.Texts]

    def numbers(self) -> np.ndarray:
        """What a reader of numbers gets, degrees; NaN where nothing is written."""
        at = self.at.copy()
        for row, texts in self.texts.items():
            at[row] = [float(text or "nan") for text in texts]
        return at

    def spelled(self, axis: int) -> pa.Array:
        count = np.round(self.at[:, axis] * self.steps).astype(np.int64)
        mask = self.steps == SECONDS
        spelled = np.empty(len(count), object)
        spelled[~mask] = _decimals(count[~mask]).to_numpy(zero_copy_only=False)
        spelled[mask] = _seconds(count[mask]).to_numpy(zero_copy_only=False)
        for row, texts in self.texts.items():
            spelled[row] = texts[axis]
        return pa.array(spelled, pa.string())


def _decimals(count: np.ndarray) -> pa.Array:
    return joined(padded(count // DECIMALS, 1), ".", padded(count % DECIMALS, 6))


def _seconds(count: np.ndarray) -> pa.Array:
    minutes, seconds = np.divmod(count, SECONDS // 60)
    degrees, minutes = np.divmod(minutes, 60)
    return joined(
        *(padded(degrees, 1), "°", padded(minutes, 2), "′"),
        *(padded(seconds // 100, 2), ".", padded(seconds % 100, 2), "″"),
    )


def padded(count: np.ndarray, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(count).cast(pa.string()), width, "0")


def spoil(world: World, right: Right, rng: np.random.Generator) -> Written:
    error = _assigned(right, rng)
    at = _shifted(right)
    _move(at, error, right, world, rng)
    at = np.round(at * right.steps[:, None]) / right.steps[:, None]
    wrong = error == "claim_wrong"
    claimed = np.where(wrong, _other(world, right.township, rng), right.township)
    texts = {row: _text(error[row], *at[row], rng) for row in np.flatnonzero(np.isin(error, OF_TEXT))}
    return Written(error, claimed, at, right.steps, texts)


def _assigned(right: Right, rng: np.random.Generator) -> np.ndarray:
    """An error for some rows; none within a shifted group, nor among those that share a place in a market."""
    error = rng.choice(["", *SHARES], len(right.at), p=[1 - sum(SHARES.values()), *SHARES.values()])
    error[(error == "isolated") & ((right.kind != "park") | right.outlet)] = ""
    error[(error == "outlet_far") & ~right.outlet] = ""
    error[1:][error[:-1] == "duplicate_id"] = ""  # takes the id of a row that has its own
    error[0] = ""
    error[(right.kind == "market") & ~right.outlet] = "stacked"
    return np.where(right.system == "", error, right.system)


def _shifted(right: Right) -> np.ndarray:
    at = right.at.copy()
    for system, shift in SHIFTS.items():
        mine = right.system == system
        at[mine] = np.column_stack(shift(*at[mine].T))
    return at


def _move(at: np.ndarray, error: np.ndarray, right: Right, world: World, rng: np.random.Generator) -> None:
    """Put outlets far from their site, and sources of a park near the furthest village of their township."""
    far = np.flatnonzero(error == "outlet_far")
    angle, degrees = rng.uniform(0, 2 * np.pi, len(far)), rng.uniform(FURTHER, 2 * FURTHER, len(far))
    at[far] += degrees[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
    lone = np.flatnonzero(error == "isolated")
    villages = world.villages(right.township[lone])
    off = np.hypot(*np.moveaxis(villages - at[lone, None], -1, 0))
    away = off.max(axis=1, initial=0) > FAR
    around = rng.normal(0, AROUND, (len(lone), 2))
    at[lone[away]] = villages[away, off[away].argmax(axis=1)] + around[away]
    error[lone[~away]] = ""


def _other(world: World, township: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another township of the same county; of the next where there is but one."""
    first, end = (world.first[world.county[township] + up] for up in (0, 1))
    ahead = 1 + (rng.random(len(township)) * (end - first - 1)).astype(int)
    other = first + (township - first + ahead) % (end - first)
    return np.where(end - first > 1, other, np.where(township > 0, township - 1, 1))


def _text(error: str, lon: float, lat: float, rng: np.random.Generator) -> slips.Texts:
    if error in {"missing", "zero"}:
        return ("", "") if error == "missing" else ("0", "0")
    habit = Habit(DECIMAL, 6)
    if error == "out_of_range":
        return write(lon * 10, lat, habit)
    return slips.OF_TEXT[error](slips.Meant(lon, lat, habit, write(lon, lat, habit)), rng)[0]
