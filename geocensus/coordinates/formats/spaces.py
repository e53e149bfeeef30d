"""Degrees, minutes, seconds separated by spaces: 118 31 12.5, 118 31.2."""

from geocensus.coordinates.formats.reading import DECIMALS, SIGN, Format

__all__ = ["FORMATS"]

_DEG = rf"^{SIGN}(?P<deg>[0-9]{{1,3}})\s+"

FORMATS = (
    Format("spaced", rf"{_DEG}(?P<min>[0-9]{{1,2}})\s+(?P<sec>[0-9]{{1,2}}{DECIMALS})$"),
    Format("spaced", rf"{_DEG}(?P<min>[0-9]{{1,2}}{DECIMALS})$"),
)
