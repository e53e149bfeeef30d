"""Degrees, minutes, seconds separated by dashes: 118-31-12.5.

Two numbers with a dash are not read: 28-29 is as likely a range or a date.
"""

from geocensus.coordinates.formats.reading import DECIMALS, SIGN, Format

__all__ = ["FORMATS"]

FORMATS = (
    Format(
        "dashed",
        rf"^{SIGN}(?P<deg>[0-9]{{1,3}})\s*-\s*(?P<min>[0-9]{{1,2}})\s*-\s*(?P<sec>[0-9]{{1,2}}{DECIMALS})$",
    ),
)
