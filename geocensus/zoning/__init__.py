"""Field zones: units with their loads, who borders whom, exact and heuristic splits, plans, census zones, visits.

::

    units_of, blocks, cells    indivisible units, from the basemap or cut
    loads_of                   expected minutes of work per unit
    split -> SplitPlan         exactly k field zones; every edit is verified and can be undone
    census_zones               villages cut into small census zones, with the history of their codes
    visits                     the order of visits and the days of each team

Names load on first use: reading the minutes of work must not load the solvers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geocensus.zoning.graph import build_graph
    from geocensus.zoning.loads import LoadSettings, loads_of
    from geocensus.zoning.placing import units_of_sources
    from geocensus.zoning.plan import SplitPlan, split
    from geocensus.zoning.stops import stops_of
    from geocensus.zoning.teams import Teams, supervisors, teams_from
    from geocensus.zoning.units import blocks, cells, merge_slivers, units_of
    from geocensus.zoning.visit import Visits, visits
    from geocensus.zoning.visit_settings import VisitSettings
    from geocensus.zoning.zone_cutting import CensusZones, census_zones, code_zones

__all__ = [
    "CensusZones",
    "LoadSettings",
    "SplitPlan",
    "Teams",
    "VisitSettings",
    "Visits",
    "blocks",
    "build_graph",
    "cells",
    "census_zones",
    "code_zones",
    "loads_of",
    "merge_slivers",
    "split",
    "stops_of",
    "supervisors",
    "teams_from",
    "units_of",
    "units_of_sources",
    "visits",
]

_HOME = {
    "CensusZones": "zone_cutting",
    "LoadSettings": "loads",
    "SplitPlan": "plan",
    "Teams": "teams",
    "VisitSettings": "visit_settings",
    "Visits": "visit",
    "blocks": "units",
    "build_graph": "graph",
    "cells": "units",
    "census_zones": "zone_cutting",
    "code_zones": "zone_cutting",
    "loads_of": "loads",
    "merge_slivers": "units",
    "split": "plan",
    "stops_of": "stops",
    "supervisors": "teams",
    "teams_from": "teams",
    "units_of": "units",
    "units_of_sources": "placing",
    "visits": "visit",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
