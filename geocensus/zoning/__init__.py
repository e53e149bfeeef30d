"""Field zones: units with their loads, who borders whom, exact and heuristic splits, plans, census zones, visits.

::

    units_of, blocks, cells    indivisible units, from the basemap or cut
    loads_of                   expected minutes of work per unit
    split -> SplitPlan         exactly k field zones; every edit is verified and can be undone
    census_zones               villages cut into small census zones, with the history of their codes
    visits                     the order of visits and the days of each team

Names load on first use: reading the minutes of work must not load the solvers. The modules, from what is given to what
comes out::

    units faces sites slivers islands    what is put together: areas, blocks, cells; their mending
    metric borders barriers graph        metres, shared borders, rivers and bridges -> UnitGraph
    placing loads industry mix sectors   where sources count, minutes of work, parks and sectors
    teams roster assignments request     who works, locks and groups -> Task
    task score verify demands outcomes   the task, its objective, an independent test, refusals, sentences
    solve                                which solver a task goes to; verifies what comes back
      exact exact_*                      proof for few units: connected sets, prices, covering
      few                                the same without a proof, where that was given up; never compiles
      heuristic                          many units: starts, bettering, balance
        seeding coarsening levels        first zones; coarser graphs; tables of the compiled loop
        annealing kernels_anneal         the compiled loop and its portions
        renewal repairing polishing      zones planned anew; made whole; the last of the balance
      apportion                          separate parts and units that are too heavy
      stability settling founding flows patchwork   from today's plan with the least work reassigned
    plan split_plan plan_table dissolve  gc.split, edits, report, polygons
      edit_checks comparison
    zone_cutting zone_codes              census zones and the history of their codes
    stops visit visit_order visit_settings   what to visit, in which order, on which day

A new solver is a function from `Task` to labels, called in `solve`: what it returns is verified there.
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
    from geocensus.zoning.zone_codes import CensusZones, code_zones
    from geocensus.zoning.zone_cutting import census_zones

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
    "CensusZones": "zone_codes",
    "LoadSettings": "loads",
    "SplitPlan": "plan",
    "Teams": "teams",
    "VisitSettings": "visit_settings",
    "Visits": "visit",
    "blocks": "units",
    "build_graph": "graph",
    "cells": "units",
    "census_zones": "zone_cutting",
    "code_zones": "zone_codes",
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
