"""Point to area: exact location at every level, and signed geodesic distance to a claimed area.

::

    locate, Locator       which area covers each point; the lowest code on shared borders
    cached_locator        the locator of a table, kept while the table lives
    locate_levels         all levels at once, parents following from the finest
    signed_distance       metres to the border of the claimed area: negative inside
    nearest_border        the same with the nearest border point, for drawing lines
    keep_with, Keeper     lend locating a place where indexes are kept, each of its Kind
    prepare, covers       the bare test of points against polygons, pair by pair
"""

from geocensus.locating._keeping import Keeper, Kind, keep_with
from geocensus.locating._prepared import covers, prepare
from geocensus.locating.distance import NearestBorder, nearest_border, signed_distance
from geocensus.locating.levels import locate_levels
from geocensus.locating.locator import Locator, cached_locator, locate

__all__ = [
    "Keeper",
    "Kind",
    "Locator",
    "NearestBorder",
    "cached_locator",
    "covers",
    "keep_with",
    "locate",
    "locate_levels",
    "nearest_border",
    "prepare",
    "signed_distance",
]
