"""Answers about plans and jobs."""

from typing import Final

from geocensus_api.schemas.making import (
    BOX,
    COUNT,
    NUMBER,
    TEXT,
    TRUTH,
    Schema,
    changed,
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
    **named(TEXT, "created", "level"),
    **named(or_null(TEXT), "kind", "basemap_name", "by"),
    "tolerance": NUMBER,
    **named(_MEASURE, "seed", "deviation", "bound", "cut_km", "sources", "code_year"),
    **named(COUNT, "field_zones", "units"),
    "feasible": or_null(TRUTH),
    "optimal": {"enum": [True, False, "balance", None]},
    "within": listed(ref("AreaNamed")),
    "state": members({"edits": COUNT, "edited": or_null(TEXT), **named(TRUTH, "can_undo", "can_redo")}),
}
_ZONE_SIDE: Final = or_null(ref("PlanSide"))
_MOVED: Final = members(
    {"code": TEXT, **named(or_null(TEXT), "before", "after", "name"), "load": NUMBER, "sources": _MEASURE}
)
_FLOW: Final = members({**named(TEXT, "before", "after"), "units": COUNT, "load": NUMBER})
_STATE: Final = members({}, {"units": mapped(TEXT)}, more=_ANY)
_BOTH: Final = members(named(TEXT, "zh", "en"))
_STEP: Final[dict[str, Schema]] = {
    "status": {**TEXT, "enum": ["accepted", "running", "successful", "failed", "dismissed"]},
    "progress": COUNT,
    **named(TEXT, "message", "updated"),
    "messages": _BOTH,
}

PLANS: Final[dict[str, Schema]] = {
    "PlanHead": members(_HEAD),
    "Plans": members({"plans": listed(ref("PlanHead"))}),
    "PlanZone": members(
        {**named(TEXT, "id", "field_zone", "name"), "load": NUMBER, "units": COUNT, "locked": TRUTH, "bbox": BOX},
        {
            **named(or_null(TEXT), "owner", "phone"),
            **named(_MEASURE, "target", "deviation", "people", "sources", "area_km2"),
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
                        "minutes": {"type": "array", "prefixItems": [NUMBER] * 2, "minItems": 2, "maxItems": 2},
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
            "request": members({}, {**named(listed(TEXT), "units", "field_zones"), "field_zone": TEXT}, more=_ANY),
            **named(_STATE, "before", "after"),
        }
    ),
    "Plan": members(
        {
            **_HEAD,
            "field_zones": listed(ref("PlanZone")),
            "locks": members({"field_zones": listed(TEXT), "units": mapped(TEXT)}),
            "report": members(
                {},
                {
                    **named(_MEASURE, "polsby_popper", "rms_m"),
                    "connected": or_null(TRUTH),
                    "load": or_null(members(named(NUMBER, "min", "mean", "max"))),
                },
                more=_ANY,
            ),
            "warnings": listed(or_null(TEXT)),
            "basis": ref("PlanBasis"),
            "edit": or_null(ref("PlanEdit")),
        },
        {"ended": TRUTH},
    ),
    "PlanDifference": members(
        {
            "etag": TEXT,
            "edits": listed(ref("PlanEdit")),
            "units": mapped(members(named(or_null(TEXT), "before", "after"))),
        }
    ),
    "PlanChanged": changed("PlanDifference"),
    "PlanUnit": members(
        {
            **named(TEXT, "code", "field_zone"),
            "locked": TRUTH,
            "group": or_null(COUNT),
            **named(listed(TEXT), "neighbours", "may_go_to"),
            "load": NUMBER,
        },
        {"name": or_null(TEXT), "sources": _MEASURE},
    ),
    "PlanUnits": members({"plan": TEXT, "basis": ref("PlanBasis"), "units": listed(ref("PlanUnit"))}),
    "PlanHistory": members({"plan": TEXT, "edits": listed(ref("PlanEdit"))}),
    "PlanSide": members({"name": TEXT, "load": NUMBER, "units": COUNT, "deviation": _MEASURE}),
    "PlanComparison": members(
        {
            **named(_NAMED, "a", "b"),
            "moved": listed(_MOVED),
            "moved_units": COUNT,
            **named(NUMBER, "moved_minutes", "moved_sources"),
            "moved_share": NUMBER,
            "flows": listed(_FLOW),
            "field_zones": listed(members({"field_zone": TEXT, **named(_ZONE_SIDE, "before", "after")})),
            "measures": mapped(members(named(_MEASURE, "before", "after"))),
            "text": or_null(TEXT),
        }
    ),
    "Job": members(
        {
            **named(TEXT, "jobID", "processID", "type", "created"),
            **_STEP,
            "owner": TEXT,
            "links": listed(ref("Link")),
        },
        {
            **named(TEXT, "started", "finished"),
            "problem": members({"status": COUNT, "detail": TEXT, "details": _BOTH}),
        },
    ),
    "JobEvent": members(_STEP),
    "Jobs": members(
        {"jobs": listed(ref("Job")), "links": listed(ref("Link"))}, named(COUNT, "numberMatched", "numberReturned")
    ),
    "Upload": members(
        {
            **named(TEXT, "id", "name", "title", "sha256", "created", "expires"),
            "size": COUNT,
            "links": listed(ref("Link")),
        }
    ),
    "Uploads": members({"uploads": listed(ref("Upload"))}),
}
