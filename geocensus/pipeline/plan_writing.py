"""What a workspace keeps of a plan in a new state: layer, members, mix, record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geocensus.pipeline.plan_state import EDITING, ZONE_EXTRAS, moving_parts
from geocensus.workspace import StoredPlan
from geocensus.zoning.assignments import FIELD_ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.pipeline.plan_editing import EditablePlan

__all__ = ["to_write"]

_BASEMAP_CRS: Final = "EPSG:4490"


def to_write(plan: EditablePlan) -> StoredPlan:
    """Return all that a workspace keeps of a plan's state: layer, members, mix, record.

    Parameters
    ----------
    plan : EditablePlan
        The plan in its new state.

    Returns
    -------
    StoredPlan
        Ready to be written in one transaction.
    """
    split, basis, stored, facts = plan.plan, plan.basis, plan.stored, plan.state["facts"]
    zones = split.field_zones.to_crs(_BASEMAP_CRS)
    rows = plan.state["zones"]
    for name in ZONE_EXTRAS:
        if name in stored.field_zones or any(name in row for row in rows.values()):
            zones[name] = [rows[key].get(name) for key in zones[FIELD_ZONE]]
    report: dict[str, Any] = dict(split.report)
    mix = None
    if basis.mix is not None:
        mix = _mix(plan)
        report["mix"] = _nested(mix)
    if areas := _supervised(rows):
        report["supervisor_areas"] = areas
    if facts.get("visits"):
        report["visits"] = facts["visits"]
    record = {
        **stored.record,
        **{key: report[key] for key in ("feasible", "optimal", "deviation", "bound", "cut_km")},
        "tolerance": float(split.request.task.tolerance),
        "sources": basis.counted,
        "report": report,
        "provenance": _provenance(plan),
    }
    return StoredPlan(stored.name, zones, _members(plan), record, mix)


def _members(plan: EditablePlan) -> pd.DataFrame:
    units = plan.basis.units
    table = units.assign(
        field_zone=units["code"].map(plan.plan.labels).astype("str"), load=units["minutes"].astype("float64")
    )
    kept = [name for name in ("code", "name", "field_zone", "load", "sources") if name in table]
    return pd.DataFrame(table[kept]).reset_index(drop=True)


def _mix(plan: EditablePlan) -> pd.DataFrame:
    """Add up the classes and sectors of the units, in the order of :func:`geocensus.zoning.mix.mix_table`."""
    table, order = plan.basis.mix, pd.Index(plan.plan.request.roster[FIELD_ZONE])
    assert table is not None, "asked for before"
    zones = table[FIELD_ZONE].map(plan.plan.labels).astype("str")
    key = [FIELD_ZONE, "kind", "code", "name_zh", "name_en"]
    sums = table.assign(**{FIELD_ZONE: zones}).groupby(key, sort=False, as_index=False)["sources"].sum()
    sums = sums.assign(place=order.get_indexer(sums[FIELD_ZONE]), less=-sums["sources"])
    return sums.sort_values(["place", "kind", "less", "code"], ignore_index=True)[[*key, "sources"]]


def _nested(mix: pd.DataFrame) -> dict[str, dict[str, dict[str, int]]]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for kind, title in (("class", "classes"), ("sector", "sectors")):
        part = mix[mix["kind"] == kind]
        found[title] = {
            str(zone): dict(zip(rows["code"], rows["sources"].tolist(), strict=True))
            for zone, rows in part.groupby("field_zone", sort=False)
        }
    return found


def _supervised(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    areas: dict[str, list[str]] = {}
    for key, row in rows.items():
        if row.get("supervisor_area"):
            areas.setdefault(str(row["supervisor_area"]), []).append(key)
    return areas


def _provenance(plan: EditablePlan) -> dict[str, Any]:
    known = plan.stored.record["provenance"]
    return {**known, EDITING: {**known[EDITING], **moving_parts(plan.state)}}
