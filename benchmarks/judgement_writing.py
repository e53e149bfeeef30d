"""How people write coordinates: an enumerator's habit, and texts in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

SIGNS = {"marks": ("°", "′", "″"), "chinese": ("度", "分", "秒"), "spaces": (" ", " ", ""), "quotes": ("°", "'", '"')}
DECIMAL, SEXAGESIMAL = "decimal", tuple(SIGNS)


@dataclass(frozen=True)
class Habit:
    """One way of writing: ``decimal`` degrees, or signs of degrees, minutes, seconds; decimals of the last part."""

    style: str
    decimals: int
    strip: bool = False  # trailing zeros are left out, as a spreadsheet does

    @property
    def sexagesimal(self) -> bool:
        return self.style != DECIMAL


def draw_habit(rng: np.random.Generator) -> Habit:
    """Three of five write decimal degrees."""
    if rng.random() < 0.6:
        return Habit(DECIMAL, int(rng.choice([4, 5, 6], p=[0.2, 0.3, 0.5])), bool(rng.random() < 0.5))
    style = str(rng.choice(SEXAGESIMAL, p=[0.5, 0.2, 0.15, 0.15]))
    return Habit(style, int(rng.integers(3)))


def write(lon: float, lat: float, habit: Habit) -> tuple[str, str]:
    """Both axes in a habit."""
    if habit.sexagesimal:
        return tuple(signed_parts(*parts_of(value, habit.decimals), habit.style) for value in (lon, lat))
    return tuple(decimal(value, habit.decimals, strip=habit.strip) for value in (lon, lat))


def decimal(value: float, decimals: int, *, strip: bool = False) -> str:
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if strip else text


def parts_of(value: float, decimals: int) -> tuple[str, str, str]:
    """Degrees, minutes and rounded seconds, as texts; the sign stays with the degrees."""
    steps = round(abs(value) * 3600 * 10**decimals)
    minutes, seconds = divmod(steps, 60 * 10**decimals)
    degrees, minutes = divmod(minutes, 60)
    sign = "-" if value < 0 else ""
    return f"{sign}{degrees}", str(minutes), f"{seconds / 10**decimals:.{decimals}f}"


def signed_parts(degrees: str, minutes: str, seconds: str | None, style: str) -> str:
    """Parts with their signs; None leaves the seconds out."""
    first, second, third = SIGNS[style]
    if seconds is None:
        return f"{degrees}{first}{minutes}{second}".strip()
    return f"{degrees}{first}{minutes}{second}{seconds}{third}".strip()
