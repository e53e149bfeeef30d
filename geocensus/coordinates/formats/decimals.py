"""Decimal degrees: 118.523, 118.523°, 118,523 (decimal comma); and plain metres.

An integer part of 6 or 7 digits is ``packed`` (dddmmss); any other length is decimal, also where the point was lost
(11852.3): then the value is out of range and the rule says so.
"""

from geocensus.coordinates.formats.reading import SIGN, Format

__all__ = ["FORMATS", "METRES"]

_INTEGER = r"(?:[0-9]{1,5}|[0-9]{8,20})"

FORMATS = (
    Format("decimal", rf"^{SIGN}(?P<deg>{_INTEGER}(?:\.[0-9]*)?)$"),
    Format("decimal", rf"^{SIGN}(?P<deg>[0-9]{{1,3}}(?:\.[0-9]*)?)\s*(?:°c?|度|o|d)$"),
    Format("decimal_comma", rf"^{SIGN}(?P<deg>[0-9]{{1,3}},[0-9]+)\s*(?:°|度)?$"),
)

METRES = Format("metres", rf"^{SIGN}(?P<deg>[0-9]{{1,20}}(?:\.[0-9]*)?)$")
