"""Degrees, minutes, seconds without separators: dddmmss, ddmmss, dddmmss.ss."""

from geocensus.coordinates.formats.reading import SIGN, Format

__all__ = ["FORMATS"]

FORMATS = (Format("packed", rf"^{SIGN}(?P<deg>[0-9]{{2,3}})(?P<min>[0-9]{{2}})(?P<sec>[0-9]{{2}}(?:\.[0-9]*)?)$"),)
