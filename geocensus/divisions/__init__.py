"""Division codes of GB/T 2260 (province to county) and GB/T 10114 (township), with villages and census zones below.

A full code has 12 digits: province 2, prefecture 2, county 2, township 3, village 3. The code of a coarser
division is its beginning, often filled up with zeros; a census zone's code begins with its division's code and has
no fixed length. These rules hold for the code system ``gb2260`` alone: elsewhere only :func:`normalise` and
:class:`Crosswalk` apply, and the hierarchy comes from ``parent_code``.
"""

from geocensus.divisions.codes import normalise, trim
from geocensus.divisions.crosswalk import Crosswalk
from geocensus.divisions.hierarchy import code_at, level_of, parent_of
from geocensus.divisions.kinds import TYPE_TITLES, type_of
from geocensus.divisions.validity import PROBLEMS, validate

__all__ = [
    "PROBLEMS",
    "TYPE_TITLES",
    "Crosswalk",
    "code_at",
    "level_of",
    "normalise",
    "parent_of",
    "trim",
    "type_of",
    "validate",
]
