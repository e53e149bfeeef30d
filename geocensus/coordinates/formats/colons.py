"""Degrees, minutes, seconds separated by colons: 118:31:12.5, 118:31.2."""

from geocensus.coordinates.formats.reading import DECIMALS, SIGN, Format

__all__ = ["FORMATS"]

_DEG = rf"^{SIGN}(?P<deg>[0-9]{{1,3}})\s*:\s*"

FORMATS = (
    Format("colon", rf"{_DEG}(?P<min>[0-9]{{1,2}})\s*:\s*(?P<sec>[0-9]{{1,2}}{DECIMALS})$"),
    Format("colon", rf"{_DEG}(?P<min>[0-9]{{1,2}}{DECIMALS})$"),
)
