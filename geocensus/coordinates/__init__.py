"""Coordinates as people write them, to degrees (or metres), with the format and the resolution found.

Strict and vectorised: a text that has more than one meaning is ``unparsable``, and what was understood is always said.
Ways of writing follow ISO 6709:2022 (Annex D) and the forms of the census: see ``formats/``, one file per format.
"""

from geocensus.coordinates.angles import parse_angles
from geocensus.coordinates.damage import count_signs, float_damage
from geocensus.coordinates.digits import TextDigits, digits_of
from geocensus.coordinates.pairs import parse_pairs
from geocensus.coordinates.parts import parse_parts
from geocensus.coordinates.points import ROLES, numbers_as_written, parse_points, parse_rows
from geocensus.coordinates.results import FORMAT_NAMES, METRES_PER_DEGREE, PROBLEMS

__all__ = [
    "FORMAT_NAMES",
    "METRES_PER_DEGREE",
    "PROBLEMS",
    "ROLES",
    "TextDigits",
    "count_signs",
    "digits_of",
    "float_damage",
    "numbers_as_written",
    "parse_angles",
    "parse_pairs",
    "parse_parts",
    "parse_points",
    "parse_rows",
]
