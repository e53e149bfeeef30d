"""Is each source inside the area it claims? Level by level, the coarsest that fails decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.tolerance import tolerance_m
from geocensus.locating import signed_distance
from geocensus.model import State, Status

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings

__all__ = ["Containment", "certainty", "measure_containment"]


@dataclass(frozen=True)
class Containment:
    """Outcome of the comparison; all Series have the sources' index.

    ``status`` is a Status; ``level`` the coarsest level that fails; ``failed_m`` the distance to the claimed area of
    that level; ``distance_m`` the signed distance to the area claimed (negative inside, missing where not measured);
    ``tolerance_m`` at the level claimed; ``certainty`` counts sources per level.
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
    level = np.full(size, None, dtype=object)
    near = np.zeros(size, dtype=bool)
    tested = np.zeros(size, dtype=bool)
    failed_m, distance, tolerance = (np.full(size, np.nan) for _ in range(3))
    point = (sources[n.STATE] == State.LOCATED).to_numpy()
    for name in basemap.levels:
        claimed = claims[f"code_{name}"]
        rows = np.flatnonzero(point & claimed.notna().to_numpy())
        if not len(rows):
            continue
        allowed = tolerance_m(sources.iloc[rows], basemap.info, name, settings)
        finest = (claims[n.CLAIMED_LEVEL].iloc[rows] == name).to_numpy()
        metres = _distances(sources, claimed, located[f"code_{name}"], rows, allowed, finest, name, basemap, settings)
        tested[rows] = True
        distance[rows[finest]], tolerance[rows[finest]] = metres[finest], allowed[finest]
        outside = metres > 0  # NaN: well inside
        near[rows] |= outside & (metres <= allowed)
        fresh = outside & (metres > allowed) & pd.isna(level[rows])
        level[rows[fresh]], failed_m[rows[fresh]] = name, metres[fresh]
    failed = pd.notna(level)
    status = np.select([failed, near, tested], [Status.FLAGGED, Status.NEAR_BORDER, Status.OK], Status.NOT_TESTED)
    return Containment(
        status=pd.Series(status, index=index, dtype="str"),
        level=pd.Series(level, index=index, dtype="str"),
        failed_m=pd.Series(failed_m, index=index),
        distance_m=pd.Series(distance, index=index),
        tolerance_m=pd.Series(tolerance, index=index),
        certainty=certainty(sources, located, basemap, settings),
    )


def _distances(  # noqa: PLR0913, PLR0917 - one private step of the loop above, kept apart to be read alone
    sources: pd.DataFrame,
    claimed: pd.Series,
    located: pd.Series,
    rows: np.ndarray,
    allowed: np.ndarray,
    finest: np.ndarray,
    level: str,
    basemap: Basemap,
    settings: Settings,
) -> np.ndarray:
    """Signed metres to the claimed area; NaN where the source is well inside and nobody asked how far."""
    away = (claimed.iloc[rows].to_numpy() != located.iloc[rows].to_numpy()) | finest
    metres = np.full(len(rows), np.nan)
    ask = rows[away]
    if not len(ask):
        return metres
    metres[away] = signed_distance(
        sources[n.LON].to_numpy()[ask],
        sources[n.LAT].to_numpy()[ask],
        claimed.iloc[ask],
        basemap.areas(level),
        within_m=None if settings.exact_inside else float(allowed[away].max()),
    )
    if not settings.exact_inside:
        metres[metres < -allowed] = np.nan
    return metres


def certainty(
    sources: pd.DataFrame, located: pd.DataFrame, basemap: Basemap, settings: Settings
) -> dict[str, dict[str, int]]:
    """Count per level the located sources whose area is certain given both accuracies.

    Parameters
    ----------
    sources : DataFrame
        Sources under test.
    located : DataFrame
        Columns code_{level} of the located areas.
    basemap : Basemap
        The areas.
    settings : Settings
        Tolerances.

    Returns
    -------
    dict
        Level to counts of certain (further from the border than the tolerance), ambiguous, and outside (in no area).
    """
    point = np.flatnonzero((sources[n.STATE] == State.LOCATED).to_numpy())
    result: dict[str, dict[str, int]] = {}
    for level in basemap.levels:
        codes = located[f"code_{level}"].iloc[point]
        inside = codes.notna().to_numpy()
        rows = point[inside]
        ambiguous = 0
        if len(rows):
            allowed = tolerance_m(sources.iloc[rows], basemap.info, level, settings)
            lon, lat = sources[n.LON].to_numpy()[rows], sources[n.LAT].to_numpy()[rows]
            metres = signed_distance(lon, lat, codes[inside], basemap.areas(level), within_m=float(allowed.max()))
            ambiguous = int((np.abs(metres) <= allowed).sum())
        result[level] = {
            "certain": len(rows) - ambiguous,
            "ambiguous": ambiguous,
            "outside": len(point) - len(rows),
        }
    return result
