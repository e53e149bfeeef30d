"""Point to area: exact location at every level, and signed geodesic distance to a claimed area.

::

    locate, Locator       which area covers each point; the lowest code on shared borders
    cached_locator        the locator of a table, kept while the table lives
    locate_levels         all levels at once, parents following from the finest
    signed_distance       metres to the border of the claimed area: negative inside
    nearest_border        the same with the nearest border point, for drawing lines
    keep_with, Built, …   lend locating a place where indexes are kept, and what they are made of
    require_sound         follow every reference of an index that comes from outside
    prepare, covers       the bare test of points against polygons, pair by pair
"""

from geocensus.locating._index import RECORD as INDEX_RECORD
from geocensus.locating._index import VERSION as INDEX_VERSION
from geocensus.locating._index import Frame, Index
from geocensus.locating._keeping import Built, Keeper, keep_with
from geocensus.locating._prepared import covers, prepare
from geocensus.locating._soundness import require_sound
from geocensus.locating.distance import NearestBorder, nearest_border, signed_distance
from geocensus.locating.levels import locate_levels
from geocensus.locating.locator import Locator, cached_locator, locate

__all__ = [
    "INDEX_RECORD",
    "INDEX_VERSION",
    "Built",
    "Frame",
    "Index",
    "Keeper",
    "Locator",
    "NearestBorder",
    "cached_locator",
    "covers",
    "keep_with",
    "locate",
    "locate_levels",
    "nearest_border",
    "prepare",
    "require_sound",
    "signed_distance",
]
