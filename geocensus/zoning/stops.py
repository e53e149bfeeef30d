"""Where enumerators have to go: sources, and the offices of villages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.names import CODE, LAT, LON, NAME, SOURCE_ID
from geocensus.zoning.loads import LoadSettings, work_classes
from geocensus.zoning.placing import units_of_sources

if TYPE_CHECKING:
    from geocensus.zoning.split_plan import SplitPlan

__all__ = ["stops_of"]


def stops_of(
    plan: SplitPlan,
    sources: pd.DataFrame,
    settings: LoadSettings | None = None,
    *,
    villages: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """List the stops of a plan: each source that counts in it, and the base work of each unit.

    Parameters
    ----------
    plan : SplitPlan
        The field zones.
    sources : DataFrame
        Sources after :func:`geocensus.check`.
    settings : LoadSettings, optional
        Minutes by class.
    villages : DataFrame, optional
        Villages (code, parent_code), as for :func:`geocensus.zoning.loads.loads_of`.

    Returns
    -------
    DataFrame
        What :func:`geocensus.zoning.visit.visits` takes: kind (source or base), code (of the unit), source_id and name
        ("" for base work), class, minutes, lon, lat. Sources counted where they are claimed have no lon and lat, nor
        has base work, which is there where the units have a column base_minutes.
    """
    units = plan.request.ground.units
    placed = units_of_sources(units, sources, villages=villages).reset_index(drop=True)
    classes = work_classes(sources, settings).reset_index(drop=True)
    table = sources.reset_index(drop=True)
    there = placed["how"] == "located"
    minutes = classes.map((settings or LoadSettings()).minutes).astype("float64")
    listed = pd.DataFrame(
        {
            "kind": "source",
            CODE: placed["code"],
            SOURCE_ID: table[SOURCE_ID],
            NAME: table.get(NAME, ""),
            "class": classes,
            "minutes": minutes,
            LON: table[LON].where(there),
            LAT: table[LAT].where(there),
        }
    )
    listed = listed[listed[CODE].notna()]
    if "base_minutes" not in units:
        return listed.reset_index(drop=True)
    base = units.loc[units["base_minutes"] > 0, [CODE, "base_minutes"]].rename(columns={"base_minutes": "minutes"})
    nowhere = {LON: np.nan, LAT: np.nan}
    base = base.assign(kind="base", **{SOURCE_ID: "", NAME: "", "class": ""}, **nowhere)
    return pd.concat([listed, pd.DataFrame(base)[listed.columns]], ignore_index=True)
