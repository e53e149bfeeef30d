"""Answers about plans and jobs."""

from typing import Final

from geocensus_api.schemas.making import (
    BOX,
    COUNT,
    NUMBER,
    TEXT,
    TRUTH,
    Schema,
    listed,
    mapped,
    members,
    named,
    or_null,
    ref,
)

__all__ = ["PLANS"]

_ANY: Final[Schema] = {}
_MEASURE: Final = or_null(NUMBER)
_VALUE: Final[Schema] = {"type": ["string", "number", "boolean", "array", "null"]}
_NAMED: Final = members({"plan": TEXT, "id": TEXT})
_HEAD: Final[dict[str, Schema]] = {
    **named(TEXT, "plan", "id"),
    **named(or_null(TEXT), "kind", "created", "level", "basemap_name", "by"),
    **named(_MEASURE, "tolerance", "seed", "deviation", "bound", "cut_km", "sources", "code_year"),
    **named(COUNT, "field_zones", "units"),
    "feasible": or_null(TRUTH),
    "optimal": {"type": ["boolean", "string", "null"]},
    "within": listed(ref("AreaNamed")),
    "state": members({"edits": COUNT, "edited": or_null(TEXT), **named(TRUTH, "can_undo", "can_redo")}),
}
_ZONE_SIDE: Final = or_null(members({}, {"name": or_null(TEXT), **named(_MEASURE, "load", "units", "deviation")}))

PLANS: Final[dict[str, Schema]] = {
    "PlanHead": members(_HEAD),
    "Plans": members({"plans": listed(ref("PlanHead"))}),
    "PlanZone": members(
        {**named(TEXT, "id", "field_zone"), "bbox": BOX},
        {
            **named(or_null(TEXT), "name", "owner", "phone"),
            **named(_MEASURE, "load", "target", "deviation", "units", "people", "sources", "area_km2"),
            "locked": or_null(TRUTH),
        },
        more=_VALUE,
    ),
    "PlanBasis": members(
        {
            "editable": TRUTH,
            "reason": or_null(TEXT),
            "changed": or_null(
                members(
                    {
                        "basemap": or_null(listed(or_null(TEXT))),
                        **named(listed(TEXT), "units_added", "units_gone"),
                        "units_changed": COUNT,
                        "minutes": listed(NUMBER),
                        "can_refresh": TRUTH,
                    }
                )
            ),
        }
    ),
    "PlanEdit": members(
        {
            "number": COUNT,
            **named(TEXT, "action", "author", "time"),
            "turns": or_null(COUNT),
            **named(mapped(_ANY), "request", "before", "after"),
        }
    ),
    "Plan": members(
        {
            **_HEAD,
            "field_zones": listed(ref("PlanZone")),
            "locks": members({"field_zones": listed(TEXT), "units": mapped(TEXT)}),
            "report": mapped(_ANY),
            "warnings": listed(or_null(TEXT)),
            "basis": ref("PlanBasis"),
            "edit": or_null(ref("PlanEdit")),
        }
    ),
    "PlanUnit": members(
        {
            **named(TEXT, "code", "field_zone"),
            "locked": TRUTH,
            "group": or_null(COUNT),
            **named(listed(TEXT), "neighbours", "may_go_to"),
        },
        {"name": or_null(TEXT), **named(_MEASURE, "load", "sources")},
    ),
    "PlanUnits": members({"plan": TEXT, "basis": ref("PlanBasis"), "units": listed(ref("PlanUnit"))}),
    "PlanHistory": members({"plan": TEXT, "edits": listed(ref("PlanEdit"))}),
    "PlanComparison": members(
        {
            **named(_NAMED, "a", "b"),
            "moved": listed(
                members(
                    {"code": TEXT, **named(or_null(TEXT), "before", "after")},
                    {"name": or_null(TEXT), **named(_MEASURE, "load", "sources")},
                )
            ),
            "moved_units": COUNT,
            **named(NUMBER, "moved_minutes", "moved_sources"),
            "moved_share": _MEASURE,
            "flows": listed(mapped(_VALUE)),
            "field_zones": listed(members({"field_zone": TEXT, **named(_ZONE_SIDE, "before", "after")})),
            "measures": mapped(members(named(_ANY, "before", "after"))),
            "text": or_null(TEXT),
        }
    ),
    "Job": members(
        {
            **named(TEXT, "jobID", "processID", "type", "created"),
            "status": {**TEXT, "enum": ["accepted", "running", "successful", "failed", "dismissed"]},
            "links": listed(ref("Link")),
        },
        {
            "progress": COUNT,
            **named(or_null(TEXT), "message", "owner", "started", "finished", "updated"),
            "messages": or_null(mapped(TEXT)),
        },
    ),
    "Jobs": members(
        {"jobs": listed(ref("Job")), "links": listed(ref("Link"))}, named(COUNT, "numberMatched", "numberReturned")
    ),
}
