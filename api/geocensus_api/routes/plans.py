"""Plans: list, report, units, workbook, history, comparison."""

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from geocensus.io import write_plan_book
from geocensus.pipeline.split_book import book_sheets
from geocensus.pipeline.split_work import FieldWork
from geocensus.workspace.plan_history import read_plan_edits
from geocensus.workspace.plans import read_plan, read_plans
from geocensus_api.access.areas import area_names
from geocensus_api.access.principal import Action, Principal, principal, require
from geocensus_api.errors import ProblemError
from geocensus_api.features.downloads import DOWNLOADS, from_file
from geocensus_api.features.parameters import require_known
from geocensus_api.features.rights import require_units
from geocensus_api.negotiation import language
from geocensus_api.openapi import choice, parameter
from geocensus_api.plans.desk import Known, look, wrapped
from geocensus_api.plans.names import name_of
from geocensus_api.plans.seen import made_at, seen_plans
from geocensus_api.plans.telling import (
    told_basis,
    told_comparison,
    told_edits,
    told_headline,
    told_plan,
    told_units,
    units_geojson,
)
from geocensus_api.resources import resources
from geocensus_api.responses import GEOJSON, json_response
from geocensus_api.schemas import ref

__all__ = ["PLAN_ANSWER", "PlanId", "router", "tell"]

router = APIRouter()

_VARY: Final = "Accept, Accept-Language, Authorization"
_SAMPLE: Final = {
    "plan": "常山 7 组",
    "id": "常山 7 组",
    "created": "2026-11-22T02:10:00+00:00",
    "level": "village",
    "within": [{"code": "330822", "name": "常山县"}],
    "field_zones": 7,
    "units": 198,
    "feasible": True,
    "deviation": 0.041,
    "cut_km": 210.4,
    "by": "王工",
    "state": {"edits": 3, "edited": "2026-11-22T03:00:00.000+00:00", "can_undo": True, "can_redo": False},
}
_ZONE: Final = {
    "id": "1", "field_zone": "1", "name": "片区1", "owner": "李工", "phone": "0570-1", "people": 2.0, "load": 30210.0,
    "target": 30000.0, "deviation": 0.007, "units": 28, "locked": False, "bbox": [118.3, 28.8, 118.6, 29.0],
}  # fmt: skip
_REPORT: Final = {
    **_SAMPLE,
    "field_zones": [_ZONE],
    "locks": {"field_zones": [], "units": {}},
    "report": {"deviation": 0.041, "connected": True, "cut_km": 210.4},
    "warnings": [],
    "basis": {"editable": True, "reason": None, "changed": None},
    "edit": None,
}
_UNIT: Final = {
    "code": "330822001003", "name": "城东村", "field_zone": "1", "load": 1210.5, "sources": 14, "locked": False,
    "group": None, "neighbours": ["330822001004"], "may_go_to": ["2"],
}  # fmt: skip


def _content(name: str, example: Any) -> dict[str, Any]:
    return {"application/json": {"schema": ref(name), "example": example}}


_GONE: Final = {"description": "No such plan, or not in the scope."}
PLAN_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The plan.", "content": _content("Plan", _REPORT)},
    404: _GONE,
}
PlanId = Annotated[
    str,
    Path(
        max_length=400,
        description="Name of a plan as the list's id has it: ~ is ~0, / is ~1, a leading dot ~2, \\ is ~3, % is ~4.",
        examples=["常山 7 组"],
    ),
]


@router.get(
    "/plans",
    summary="Plans",
    responses={200: {"description": "Plans, oldest first.", "content": _content("Plans", {"plans": [_SAMPLE]})}},
)
def _plan_list(request: Request) -> Response:
    """Return the plans that are in the scope of who asks, with their headline numbers."""
    who = principal(request)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        seen = seen_plans(connection, who)
        table = read_plans(connection)
        rows = {str(row["plan"]): row for row in table.to_dict("records") if row["plan"] in set(seen)}
        names = area_names(connection)
        told = [told_headline(row, _edits(connection, name, row), names, who) for name, row in rows.items()]
    return json_response(request, {"plans": told})


def _edits(connection: Any, name: str, row: Any) -> Any:
    created = row.get("created")
    return read_plan_edits(connection, name, created if isinstance(created, str) else "", values=False)


@router.get(
    "/plans/compare",
    summary="Two plans side by side",
    openapi_extra={
        "parameters": [
            {**parameter("a", "name of the plan before"), "required": True, "example": "常山 7 组"},
            {**parameter("b", "name of the plan after"), "required": True, "example": "常山 7 组 调整"},
        ]
    },
    responses={
        200: {
            "description": "What changes.",
            "content": _content(
                "PlanComparison",
                {
                    "moved": [{"code": "330822001003", "before": "1", "after": "2", "load": 1210.5, "sources": 14}],
                    "moved_units": 1,
                    "moved_minutes": 1210.5,
                    "moved_share": 0.006,
                    "measures": {"cut_km": {"before": 210.4, "after": 212.0}},
                },
            ),
        },
        404: _GONE,
    },
)
def _plan_comparison(request: Request) -> Response:
    """Return the units that change hands from plan a to plan b, with minutes and sources; loads and measures."""
    who = principal(request)
    if not {"a", "b"} & set(request.query_params):  # a plan may be called so
        return _plan(request, "compare")
    require_known(request, {"a", "b", "f", "lang"})
    names = [request.query_params.get(side, "") for side in "ab"]
    if not all(names):
        raise ProblemError(400, "give the names of two plans, a and b", "请以 a、b 给出两个方案的名称")
    with resources(request).reading() as connection:
        for name in names:
            made_at(connection, name, who)
        one, two = (read_plan(connection, name) for name in names)
    for plan in (one, two):
        require_units(who, plan.record.get("level"))
    return json_response(request, told_comparison(one, two, language(request)))


@router.get("/plans/{plan_id}", summary="A plan", responses=PLAN_ANSWER)
def _plan(request: Request, plan_id: PlanId) -> Response:
    """Return a plan's report: loads of its field zones with their deviation, measures, locks, warnings.

    Its ETag goes with every edit. ``basis`` tells whether basemap and sources are still those that it was made of.
    """
    who = principal(request)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        known = look(request, connection, name_of(plan_id), who)
    return tell(request, known, who)


@router.get(
    "/plans/{plan_id}/units",
    summary="Units of a plan",
    openapi_extra={"parameters": [choice("f", ("json", "geojson"))]},
    responses={
        200: {
            "description": "Units by code.",
            "content": {
                **_content("PlanUnits", {"plan": "常山 7 组", "units": [_UNIT]}),
                GEOJSON: {"schema": {"type": "object"}},
            },
        },
        404: _GONE,
    },
)
def _plan_units(request: Request, plan_id: PlanId) -> Response:
    """Return the field zone, load, neighbours and possible moves of every unit; as GeoJSON with their polygons."""
    who = principal(request)
    require_known(request, {"f", "lang"}, ("json", "geojson"))
    with resources(request).reading() as connection:
        known = look(request, connection, name_of(plan_id), who)
    require_units(who, known.stored.record.get("level"))
    whole = wrapped(request, known)
    units = told_units(known.stored, whole)
    headers = {"ETag": known.tag, "Vary": _VARY}
    if request.query_params.get("f") != "geojson":
        body = {"plan": known.stored.name, "basis": told_basis(whole, language(request)), "units": units}
        return Response(orjson.dumps(body), headers=headers, media_type="application/json")
    if whole.plan is None or whole.plan.change is not None:
        reason = told_basis(whole, language(request))["reason"]
        raise ProblemError(409, f"the units are not those of now: {reason}", f"单元与现状不一致：{reason}")
    return Response(orjson.dumps(units_geojson(units, whole.plan)), headers=headers, media_type=GEOJSON)


@router.get(
    "/plans/{plan_id}/workbook",
    summary="Workbook of a plan",
    openapi_extra={"parameters": [choice("f", ("xlsx",))]},
    responses={200: {"content": {DOWNLOADS["xlsx"]: {}}}, 404: _GONE},
)
def _plan_workbook(request: Request, plan_id: PlanId) -> Response:
    """Return a plan as it is now as a workbook: field zones, units, classes and sectors, what is known about it."""
    who = require(request, Action.EXPORT_PLANS)
    require_known(request, {"f", "lang"}, ("xlsx",))
    shared, lang = resources(request), language(request)
    with shared.reading() as connection:
        stored = look(request, connection, name_of(plan_id), who).stored
    from geocensus.pipeline.draw_area import Part, plan_drawing  # noqa: PLC0415 - matplotlib is loaded when it is needed

    drawing = plan_drawing(shared.basemap(), stored, Part())
    sheets = book_sheets(drawing, FieldWork(mix=stored.mix), lang=lang)
    name = stored.name if stored.name.isascii() else "plan"
    return from_file(name, "xlsx", lambda path: write_plan_book(path, sheets))


@router.get(
    "/plans/{plan_id}/history",
    summary="Edits of a plan",
    responses={
        200: {
            "description": "Edits, oldest first.",
            "content": _content(
                "PlanHistory",
                {
                    "plan": "常山 7 组",
                    "edits": [
                        {
                            "number": 1,
                            "action": "plan.move",
                            "author": "王工",
                            "time": "2026-11-22T03:00:00.000+00:00",
                            "turns": None,
                            "request": {"units": ["330822001003"], "field_zone": "2"},
                            "before": {"units": {"330822001003": "1"}},
                            "after": {"units": {"330822001003": "2"}},
                        }
                    ],
                },
            ),
        },
        404: _GONE,
    },
)
def _plan_history(request: Request, plan_id: PlanId) -> Response:
    """Return who edited a plan, when, and what each edit changed."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    name = name_of(plan_id)
    with resources(request).reading() as connection:
        edits = read_plan_edits(connection, name, made_at(connection, name, who))
    return json_response(request, {"plan": name, "edits": told_edits(edits)})


def tell(request: Request, known: Known, who: Principal, *, status: int = 200, **more: Any) -> Response:
    """Return a plan as it is now, with its ETag.

    Parameters
    ----------
    request
        The request.
    known
        The plan.
    who
        Who asks.
    status
        Of the answer.
    **more
        Further members.

    Returns
    -------
    Response
        Never 304: what the plan rests on may change without it.
    """
    codes = known.stored.record.get("within") or "[]"
    wanted = orjson.loads(codes) if isinstance(codes, str) else list(codes)
    with resources(request).reading() as connection:
        names = area_names(connection, wanted)
    lang = language(request)
    body = {
        **told_plan(known.stored, known.edits, names, who, lang),
        "basis": told_basis(wrapped(request, known), lang),
        "edit": told_edits([known.last])[0] if known.last else None,
        **more,
    }
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    headers = {"ETag": known.tag, "Vary": _VARY}
    return Response(orjson.dumps(body, option=options), status, headers, "application/json")
