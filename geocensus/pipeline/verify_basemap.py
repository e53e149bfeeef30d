"""Verify a basemap: does it fit together, and how certain is locating in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geocensus.basemap import Basemap, area_certainty, topology_issues
from geocensus.io import open_basemap

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

__all__ = ["VerifyReport", "verify_basemap"]


@dataclass(frozen=True)
class VerifyReport:
    """What a basemap is good for.

    Attributes
    ----------
    basemap : Basemap
        The basemap opened.
    certainty : DataFrame
        Per area: level, code, name, area_km2, certain_share, ambiguous_share.
    issues : GeoDataFrame
        The topology report.
    """

    basemap: Basemap
    certainty: pd.DataFrame
    issues: gpd.GeoDataFrame

    def shares(self) -> dict[str, dict[str, float]]:
        """Return per level the share of the area where locating is certain, weighted by area.

        Returns
        -------
        dict
            Level to areas, area_km2, certain_share and ambiguous_share (0 to 1).
        """
        result = {}
        for level in self.basemap.levels:
            table = self.certainty[self.certainty["level"] == level]
            size = float(table["area_km2"].sum())
            certain = float((table["certain_share"] * table["area_km2"]).sum()) / size if size else 0.0
            result[level] = {
                "areas": len(table),
                "area_km2": round(size, 3),
                "certain_share": round(certain, 4),
                "ambiguous_share": round(1 - certain, 4),
            }
        return result


def verify_basemap(basemap: str | Path, *, point_accuracy_m: float = 10.0) -> VerifyReport:
    """Check the topology of a basemap and the share of its area where locating is certain.

    Parameters
    ----------
    basemap : str or Path
        Name of a shipped basemap, or a file.
    point_accuracy_m : float
        Accuracy of a point, metres.

    Returns
    -------
    VerifyReport
        Certainty by area, and what does not fit together.

    Raises
    ------
    DataNotFoundError
        No such basemap.
    """
    areas = open_basemap(basemap)
    return VerifyReport(
        basemap=areas,
        certainty=area_certainty(areas, point_accuracy_m=point_accuracy_m),
        issues=topology_issues(areas.layers, system=areas.info.code_system),
    )
