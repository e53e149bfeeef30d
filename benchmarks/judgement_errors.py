"""Location errors as people make them: each takes what someone meant to write and gives what the list then holds.

Nothing here looks at how geocensus finds errors. Three formulas are common to both, because there is only one: the
public GCJ-02 and BD-09 transformation (geocensus.shifts) and Gauss-Krueger (PROJ). Beijing 1954 goes by published
parameters through PROJ; for Xian 1980, which has no published ones, each list draws a constant of 60 to 120 m.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from judgement_writing import Habit, decimal, parts_of, signed_parts, write
from pyproj import Transformer

from geocensus import shifts

Texts = tuple[str, str]
PAD = {
    "0": "12",
    "1": "024",
    "2": "0135",
    "3": "26",
    "4": "157",
    "5": "2468",
    "6": "359",
    "7": "48",
    "8": "579",
    "9": "68",
}
BEIJING_54 = (  # to WGS 84: "Beijing 1954 to WGS 84 (4)" of the EPSG register
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=krass"
    " +step +proj=helmert +x=15.8 +y=-154.4 +z=-82.3 +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
SLIPS = {"substituted": 0.4, "transposed": 0.2, "missing": 0.2, "doubled": 0.2}


@dataclass(frozen=True)
class Meant:
    """What someone was about to write: a place in degrees, a habit, its texts; and what the list shares."""

    lon: float
    lat: float
    habit: Habit
    texts: Texts
    xian_80: tuple[float, float] = (0.0, 0.0)  # metres east, north


Slip = tuple[Texts, str]  # what the list holds, and which variant of the error it was
Error = Callable[[Meant, np.random.Generator], Slip]


def axes_swapped(meant: Meant, _rng: np.random.Generator) -> Slip:
    return (meant.texts[1], meant.texts[0]), ""


def packed_dms(meant: Meant, rng: np.random.Generator) -> Slip:
    """118°52′21″ written as 118.5221; one in five leaves out the zeros in front of a single digit."""
    decimals = meant.habit.decimals if meant.habit.sexagesimal else int(rng.integers(3))
    padded = rng.random() < 0.8
    return _each(meant, lambda value: _packed(value, decimals, padded=padded)), "padded" if padded else "unpadded"


def _packed(value: float, decimals: int, *, padded: bool) -> str:
    degrees, minutes, seconds = parts_of(value, decimals)
    if padded:
        minutes, seconds = minutes.zfill(2), seconds.zfill(2 + bool(decimals) + decimals)
    return f"{degrees}.{minutes}{seconds.replace('.', '')}"


def minutes_decimal(meant: Meant, rng: np.random.Generator) -> Slip:
    """52.35 minutes written as .5235 of a degree, or the .35 typed into the box of seconds."""
    if rng.random() < 0.5:
        decimals = int(rng.choice([2, 3, 4]))
        return _each(meant, lambda value: _packed_minutes(value, decimals)), "D.MMmm"
    style = meant.habit.style if meant.habit.sexagesimal else "marks"
    return _each(meant, lambda value: _fraction_as_seconds(value, style)), "fraction as seconds"


def _minutes(value: float, decimals: int) -> tuple[str, str]:
    degrees, minutes = divmod(round(abs(value) * 60 * 10**decimals), 60 * 10**decimals)
    return f"{'-' if value < 0 else ''}{degrees}", f"{minutes / 10**decimals:0{3 + decimals}.{decimals}f}"


def _packed_minutes(value: float, decimals: int) -> str:
    degrees, minutes = _minutes(value, decimals)
    return f"{degrees}.{minutes.replace('.', '')}"


def _fraction_as_seconds(value: float, style: str) -> str:
    degrees, minutes = _minutes(value, 2)
    whole, fraction = minutes.split(".")
    return signed_parts(degrees, str(int(whole)), fraction, style)


def decimal_as_dms(meant: Meant, _rng: np.random.Generator) -> Slip:
    """118.523456 typed into three boxes as 118, 52, 34.56."""
    style = meant.habit.style if meant.habit.sexagesimal else "marks"
    return _each(meant, lambda value: _in_boxes(decimal(value, 6), style)), ""


def _in_boxes(text: str, style: str) -> str:
    degrees, fraction = text.split(".")
    return signed_parts(degrees, str(int(fraction[:2])), f"{int(fraction[2:4])}.{fraction[4:]}", style)


def seconds_dropped(meant: Meant, rng: np.random.Generator) -> Slip:
    style = meant.habit.style if meant.habit.sexagesimal else "marks"
    seconds = "0" if style == "spaces" or rng.random() < 0.5 else None
    return _each(meant, lambda value: _without_seconds(value, seconds, style)), "none" if seconds is None else "zero"


def _without_seconds(value: float, seconds: str | None, style: str) -> str:
    degrees, minutes, _ = parts_of(math.copysign(math.floor(abs(value) * 60) / 60, value), 0)
    return signed_parts(degrees, minutes, seconds, style)


def digit_error(meant: Meant, rng: np.random.Generator) -> Slip:
    """One slip of the hand in one of the two texts."""
    axis = int(rng.integers(2))
    text, kind = slip(meant.texts[axis], rng)
    return _put(meant.texts, {axis: text}), kind


def slip(text: str, rng: np.random.Generator) -> tuple[str, str]:
    """Change one digit so that the text still looks like a coordinate; half the wrong keys lie beside the right one."""
    shape = re.sub(r"\d+", "9", text)
    at = [i for i, letter in enumerate(text) if letter.isdigit()]
    while True:
        kind = str(rng.choice(list(SLIPS), p=list(SLIPS.values())))
        i = int(rng.choice(at))
        changed = _slipped(text, i, kind, rng)
        if changed != text and re.sub(r"\d+", "9", changed) == shape:
            return changed, kind


def _slipped(text: str, i: int, kind: str, rng: np.random.Generator) -> str:
    if kind == "substituted":
        near = PAD[text[i]] if rng.random() < 0.5 else "0123456789"
        return text[:i] + str(rng.choice(list(near))) + text[i + 1 :]
    if kind == "transposed":
        pair = text[i : i + 2]
        return text[:i] + pair[::-1] + text[i + 2 :] if pair.isdigit() else text
    return text[:i] + text[i + 1 :] if kind == "missing" else text[: i + 1] + text[i:]


def decimal_shift(meant: Meant, rng: np.random.Generator) -> Slip:
    """The point one place too far to the left or right, in one text or both."""
    places = 1 if rng.random() < 0.5 else -1
    chosen = ((0,), (1,), (0, 1))[int(rng.integers(3))]
    values = (meant.lon, meant.lat)
    decimals = meant.habit.decimals if not meant.habit.sexagesimal else 6
    plain = (decimal(values[0], decimals), decimal(values[1], decimals))
    return _put(plain, {axis: _pointed(plain[axis], places) for axis in chosen}), "right" if places > 0 else "left"


def _pointed(text: str, places: int) -> str:
    digits, point = text.replace(".", ""), text.index(".") + places
    return f"{digits[:point]}.{digits[point:]}"


def sign(meant: Meant, rng: np.random.Generator) -> Slip:
    """A minus in front, or the letter of the other hemisphere behind."""
    chosen = ((0,), (1,), (0, 1))[int(rng.integers(3))]
    if rng.random() < 0.7:
        negated = {
            axis: meant.texts[axis][1:] if meant.texts[axis].startswith("-") else f"-{meant.texts[axis]}"
            for axis in chosen
        }
        return _put(meant.texts, negated), "minus"
    return _put(
        meant.texts, {axis: meant.texts[axis].lstrip("-") + _other_letter(meant, axis) for axis in chosen}
    ), "letter"


def _other_letter(meant: Meant, axis: int) -> str:
    east_or_north = (meant.lon, meant.lat)[axis] >= 0
    return ("WE" if axis == 0 else "SN")[0 if east_or_north else 1]


def projected(meant: Meant, rng: np.random.Generator) -> Slip:
    """CGCS2000 Gauss-Krueger metres of the 3 degree zone (one in five: 6 degree), with its number in front or not."""
    six = rng.random() < 0.2
    zone = int(meant.lon // 6) + 1 if six else round(meant.lon / 3)
    numbered = rng.random() < 0.6
    first = 4491 - 13 if six else 4513 - 25
    if not numbered:
        first = 4502 - 13 if six else 4534 - 25
    east, north = _gauss_krueger(first + zone).transform(meant.lon, meant.lat)
    decimals = int(rng.integers(3))
    texts = (f"{east:.{decimals}f}", f"{north:.{decimals}f}")
    variant = f"{6 if six else 3} degree{', numbered' if numbered else ''}"
    return (texts if rng.random() < 0.5 else texts[::-1]), variant


@cache
def _gauss_krueger(epsg: int) -> Transformer:
    return Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True)


def gcj02(meant: Meant, _rng: np.random.Generator) -> Slip:
    return _moved(meant, shifts.wgs84_to_gcj02(meant.lon, meant.lat)), ""


def bd09(meant: Meant, _rng: np.random.Generator) -> Slip:
    return _moved(meant, shifts.wgs84_to_bd09(meant.lon, meant.lat)), ""


def datum_54(meant: Meant, _rng: np.random.Generator) -> Slip:
    return _moved(meant, _beijing_54().transform(meant.lon, meant.lat, direction="INVERSE")), ""


@cache
def _beijing_54() -> Transformer:
    return Transformer.from_pipeline(BEIJING_54)


def datum_80(meant: Meant, _rng: np.random.Generator) -> Slip:
    east, north = meant.xian_80
    step = 111_320.0
    return _moved(meant, (meant.lon + east / step / math.cos(math.radians(meant.lat)), meant.lat + north / step)), ""


def two_slips(meant: Meant, rng: np.random.Generator) -> Slip:
    """A wrong digit in each text."""
    return (slip(meant.texts[0], rng)[0], slip(meant.texts[1], rng)[0]), "two slips"


def jitter(meant: Meant, rng: np.random.Generator) -> Slip:
    """Anywhere within 20 km, for no reason that leaves a trace in the text."""
    metres, angle = math.exp(rng.uniform(math.log(500), math.log(20_000))), rng.uniform(0, 2 * math.pi)
    north, east = metres * math.cos(angle) / 111_320, metres * math.sin(angle) / 111_320
    return _moved(meant, (meant.lon + east / math.cos(math.radians(meant.lat)), meant.lat + north)), "jitter"


def _moved(meant: Meant, place: tuple) -> Texts:
    return write(float(np.ravel(place[0])[0]), float(np.ravel(place[1])[0]), meant.habit)


def _each(meant: Meant, writing: Callable[[float], str]) -> Texts:
    return writing(meant.lon), writing(meant.lat)


def _put(texts: Texts, changed: dict[int, str]) -> Texts:
    return changed.get(0, texts[0]), changed.get(1, texts[1])


OF_TEXT: dict[str, Error] = {
    error.__name__: error
    for error in (
        *(axes_swapped, packed_dms, minutes_decimal, decimal_as_dms, seconds_dropped, digit_error, decimal_shift),
        *(sign, projected, gcj02, bd09, datum_54, datum_80, two_slips, jitter),
    )
}
