"""Is each source inside the area it claims? Level by level, the coarsest that fails decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.numbering import in_words, rows_in
from geocensus.checks.tolerance import tolerance_m
from geocensus.locating import signed_distance
from geocensus.model import State, Status

if TYPE_CHECKING:
    import geopandas as gpd

    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings

__all__ = ["Containment", "measure_containment"]

_STATUSES = (Status.FLAGGED, Status.NEAR_BORDER, Status.OK, Status.NOT_TESTED)  # the first that holds


@dataclass(frozen=True)
class Containment:
    """Outcome of the comparison; all Series have the sources' index.

    ``status`` is a Status; ``level`` the coarsest level that fails; ``failed_m`` the distance to the claimed area of
    that level; ``distance_m`` the signed distance to the area claimed (negative inside, missing where not measured);
    ``tolerance_m`` at the level claimed; ``certainty`` counts points per level that are further inside their area
    than the tolerance (certain), nearer to its border (ambiguous), or in no area (outside).
    """

    status: pd.Series
    level: pd.Series
    failed_m: pd.Series
    distance_m: pd.Series
    tolerance_m: pd.Series
    certainty: dict[str, dict[str, int]]


def measure_containment(
    sources: pd.DataFrame, claims: pd.DataFrame, located: pd.DataFrame, basemap: Basemap, settings: Settings
) -> Containment:
    """Compare located with claimed areas at every level claimed.

    Parameters
    ----------
    sources : DataFrame
        Sources under test.
    claims : DataFrame
        Columns code_{level} of the claimed areas, from :func:`~geocensus.checks.claims.resolve_claims`.
    located : DataFrame
        Columns code_{level} of the located areas.
    basemap : Basemap
        The areas.
    settings : Settings
        Tolerances.

    Returns
    -------
    Containment
        Status, level and distances.
    """
    size, index = len(sources), sources.index
    point = (sources[n.STATE] == State.LOCATED).to_numpy()
    level = np.full(size, -1)
    near, tested = (np.zeros(size, dtype=bool) for _ in range(2))
    failed_m, distance, tolerance = (np.full(size, np.nan) for _ in range(3))
    certainty = {}
    for number, name in enumerate(basemap.levels):
        areas = basemap.areas(name)
        allowed = tolerance_m(sources, basemap.info, name, settings)
        own, claimed = (rows_in(areas[n.CODE], table[f"code_{name}"]) for table in (located, claims))
        asked = point & (claimed >= 0)
        finest = asked & (claims[n.CLAIMED_LEVEL] == name).to_numpy()
        depth = np.where(finest, np.inf, allowed) if settings.exact_inside else allowed
        to_own = _metres(sources, own, areas, point & (own >= 0), depth)
        metres = _metres(sources, claimed, areas, asked & (claimed != own), depth)
        same = finest & (claimed == own)
        metres[same] = to_own[same]
        certainty[name] = _certainty(point, own, np.abs(to_own) <= allowed)
        tested |= asked
        distance[finest], tolerance[finest] = metres[finest], allowed[finest]
        near |= (metres > 0) & (metres <= allowed)  # NaN: well inside
        fresh = (metres > allowed) & (level < 0)
        level[fresh], failed_m[fresh] = number, metres[fresh]
    status = np.select([level >= 0, near, tested], range(len(_STATUSES) - 1), len(_STATUSES) - 1)
    return Containment(
        status=in_words(status, _STATUSES, index),
        level=in_words(level, basemap.levels, index),
        failed_m=pd.Series(failed_m, index=index),
        distance_m=pd.Series(distance, index=index),
        tolerance_m=pd.Series(tolerance, index=index),
        certainty=certainty,
    )


def _metres(
    sources: pd.DataFrame, area: np.ndarray, areas: gpd.GeoDataFrame, asked: np.ndarray, depth: np.ndarray
) -> np.ndarray:
    """Signed metres to the border of an area each; NaN where nobody asks, and deeper inside than `depth`."""
    metres = np.full(len(sources), np.nan)
    if asked.any():
        lon, lat = (sources[name].to_numpy()[asked] for name in (n.LON, n.LAT))
        metres[asked] = signed_distance(lon, lat, area[asked], areas, within_m=depth[asked])
    return metres


def _certainty(point: np.ndarray, own: np.ndarray, near: np.ndarray) -> dict[str, int]:
    """Count points by whether the accuracies of point and border leave their area certain; outside: in no area."""
    inside = int((point & (own >= 0)).sum())
    ambiguous = int(near.sum())
    return {"certain": inside - ambiguous, "ambiguous": ambiguous, "outside": int(point.sum()) - inside}
