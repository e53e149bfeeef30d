"""The basemap: areas by level, how they were mended, how well they fit together, how certain locating in them is."""

from geocensus.basemap.certainty import ASSUMED_ACCURACY_M, area_certainty, boundary_accuracy
from geocensus.basemap.guess import LayerColumns, guess_columns, guess_level, guess_system
from geocensus.basemap.hierarchy import AREA_COLUMNS, BARRIER_COLUMNS, BASEMAP_CRS, Basemap, empty_barriers, parents_of
from geocensus.basemap.issues import ISSUE_TITLES
from geocensus.basemap.measure import areas_m2, lengths_m
from geocensus.basemap.mend import MENDED_COLUMNS, Mended, mend_barriers, mend_geometry, mend_layer
from geocensus.basemap.mended_texts import MENDED_TEXTS
from geocensus.basemap.parentage import derive_parents
from geocensus.basemap.shift_suspicion import ShiftSuspicion, suspect_shift
from geocensus.basemap.topology import is_nested, topology_issues

__all__ = [
    "AREA_COLUMNS",
    "ASSUMED_ACCURACY_M",
    "BARRIER_COLUMNS",
    "BASEMAP_CRS",
    "ISSUE_TITLES",
    "MENDED_COLUMNS",
    "MENDED_TEXTS",
    "Basemap",
    "LayerColumns",
    "Mended",
    "ShiftSuspicion",
    "area_certainty",
    "areas_m2",
    "boundary_accuracy",
    "derive_parents",
    "empty_barriers",
    "guess_columns",
    "guess_level",
    "guess_system",
    "is_nested",
    "lengths_m",
    "mend_barriers",
    "mend_geometry",
    "mend_layer",
    "parents_of",
    "suspect_shift",
    "topology_issues",
]
