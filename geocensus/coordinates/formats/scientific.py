"""Scientific notation, as spreadsheets write narrow columns: 1.18523E+02."""

from geocensus.coordinates.formats.reading import SIGN, Format

__all__ = ["FORMATS"]

FORMATS = (Format("scientific", rf"^{SIGN}(?P<deg>[0-9](?:\.[0-9]*)?)e(?P<exponent>[+-]?[0-9]{{1,2}})$"),)
