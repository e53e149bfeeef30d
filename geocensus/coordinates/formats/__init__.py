"""Formats of one angle, one file each, in the order in which they are tried.

No two patterns match one text, but the last file, which is for texts that mix marks and spaces.
"""

from geocensus.coordinates.formats import (
    colons,
    dashes,
    decimals,
    dots,
    marks,
    mixed,
    packed,
    scientific,
    spaces,
)
from geocensus.coordinates.formats.decimals import METRES
from geocensus.coordinates.formats.marks import PART_MINUTES, PART_SECONDS
from geocensus.coordinates.formats.reading import Format

__all__ = ["FORMATS", "METRES", "PART_MINUTES", "PART_SECONDS", "Format"]

FORMATS: tuple[Format, ...] = (
    *decimals.FORMATS,
    *marks.FORMATS,
    *packed.FORMATS,
    *spaces.FORMATS,
    *colons.FORMATS,
    *dashes.FORMATS,
    *dots.FORMATS,
    *scientific.FORMATS,
    *mixed.FORMATS,
)
