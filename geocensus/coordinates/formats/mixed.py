"""Marks with a space in place of one of them: 118°31 12.5, 118 31′12″."""

from geocensus.coordinates.formats.marks import DEGREE, MINUTE, SECOND
from geocensus.coordinates.formats.reading import DECIMALS, SIGN, Format

__all__ = ["FORMATS"]

_DEG = rf"^{SIGN}(?P<deg>[0-9]{{1,3}})(?:\s*{DEGREE}\s*|\s+)"

FORMATS = (
    Format(
        "degree_minute_second",
        rf"{_DEG}(?P<min>[0-9]{{1,4}})(?:\s*{MINUTE}\s*|\s+)(?P<sec>[0-9]{{1,4}}{DECIMALS})\s*{SECOND}?$",
    ),
    Format("degree_minute", rf"{_DEG}(?P<min>[0-9]{{1,4}}{DECIMALS})\s*{MINUTE}?$"),
)
