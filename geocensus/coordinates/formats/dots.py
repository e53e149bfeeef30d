"""Degrees, minutes, seconds separated by points: 118.31.12, 118.31.12.5.

One point alone is always a decimal point: 118.3112 is decimal, never ddd.mmss.
"""

from geocensus.coordinates.formats.reading import SIGN, Format

__all__ = ["FORMATS"]

FORMATS = (
    Format(
        "dotted_dms",
        rf"^{SIGN}(?P<deg>[0-9]{{1,3}})\.(?P<min>[0-9]{{1,2}})\.(?P<sec>[0-9]{{1,2}}(?:\.[0-9]+)?)$",
    ),
)
