"""Maps by area, plan, class and flag: a page that loads nothing else, or a picture."""

import io
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from geocensus.errors import SchemaError
from geocensus.workspace import Workspace
from geocensus_api.access.principal import Action, Principal, require
from geocensus_api.errors import ProblemError
from geocensus_api.features.rights import require_units
from geocensus_api.maps.asked import Asked, asked_of, dots_per_inch
from geocensus_api.maps.parts import plan_named, plan_part, sources_part
from geocensus_api.negotiation import language
from geocensus_api.openapi import choice, parameter
from geocensus_api.resources import Resources, resources
from geocensus_api.responses import tagged

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

    from geocensus_api.maps.shelf import MapShelf

__all__ = ["router"]

router = APIRouter()

_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; frame-ancestors 'none'"
)
_HTML, _PNG = "text/html; charset=utf-8", "image/png"
_TRIES: Final = 3  # a workspace that is changed while a map is drawn


def _shown(name: str, text: str, example: Any, **schema: Any) -> dict[str, Any]:
    return {**parameter(name, text, **schema), "example": example}


_BOTH: Final = [
    _shown("within", "codes of areas, separated by commas; each with all below it", "330822115"),
    {**choice("f", ("html", "png")), "description": "A page or a picture.", "example": "png"},
    _shown("dpi", "dots per inch of a picture of 12 by 7.6 inches", 150, type="integer", minimum=36, maximum=300),
    _shown("width", "the picture's width in pixels at most", 1600, type="integer", minimum=300, maximum=4000),
    _shown("height", "the picture's height in pixels at most", 1000, type="integer", minimum=300, maximum=4000),
]
_PLAN: Final = "name of a plan of field zones"
_OF_SOURCES: Final = [
    *_BOTH,
    _shown("class", "classes as the list has them, separated by commas", "工业源"),
    _shown("rule", "rules of flags; only sources that have such a flag are shown", "place.outside_claimed"),
    _shown("severity", "severities of flags, likewise", "error"),
    _shown("flag_state", "states of flags, likewise", "open"),
    _shown("plan", f"{_PLAN}: its units are the areas", "五队方案"),
    _shown("field_zone", "one field zone of this plan", "3"),
]
_OF_ZONES: Final = [
    *_BOTH,
    _shown("plan", f"{_PLAN}; the newest by default", "五队方案"),
    {
        **choice("zones", ("field", "census")),
        "description": "Field zones of a plan, or census zones as cut, with their sources.",
        "example": "field",
    },
]
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}, "image/png": _BINARY}},
    404: {"description": "No such area or plan."},
    409: {"description": "No check has been written to the workspace."},
    413: {"description": "More sources than a map may show."},
}


@router.get(
    "/maps/sources",
    summary="Map of sources",
    openapi_extra={"parameters": _OF_SOURCES},
    responses=_ANSWERS,
)
def _map_of_sources(request: Request) -> Response:
    """Return a map of sources and flags; heading and row sum tell what it is limited to.

    Who may not see exact points gets the public edition: numbers by village.
    """
    who = require(request, Action.EXPORT_MAPS)
    asked, shared = asked_of(request, flags=True), resources(request)
    rows_max = request.app.state.settings.map_rows_max

    def page(lang: str) -> "str | Figure":
        from geocensus.pipeline import draw_area  # noqa: PLC0415 - matplotlib and folium are loaded when they are needed

        with shared.reading() as connection:
            part = sources_part(connection, asked, who, rows_max=rows_max)
        draw = draw_area.sources_picture if _wants_picture(request) else draw_area.sources_page
        return draw(shared.workspace, part, lang=lang)

    return _answer(request, shared, who, ("sources", asked), page)


@router.get("/maps/zones", summary="Map of field zones", openapi_extra={"parameters": _OF_ZONES}, responses=_ANSWERS)
def _map_of_zones(request: Request) -> Response:
    """Return a map of a plan: field zones, their units, loads and deviations.

    With ``within``, the field zones that have units there; the plan's own figures stay those of the whole plan. With
    ``zones=census``, the census zones that were cut and the sources in each, for who may see exact points.
    """
    who = require(request, Action.EXPORT_MAPS)
    asked, shared = asked_of(request, flags=False), resources(request)
    if asked.census:
        return _map_of_census_zones(request, shared, require(request, Action.EXACT), asked)

    def page(lang: str) -> "str | Figure":
        from geocensus.pipeline import draw_area  # noqa: PLC0415 - as above

        with shared.reading() as connection:
            name = plan_named(connection, asked.plan, who)
            part = plan_part(connection, asked, who)
        with Workspace(shared.workspace) as workspace, workspace.snapshot() as state:
            plan = state.read_plan(name)
        require_units(who, plan.record.get("level"))
        draw = draw_area.plan_picture if _wants_picture(request) else draw_area.plan_page
        return draw(shared.basemap(), plan, part, lang=lang)

    return _answer(request, shared, who, ("zones", asked), page)


def _map_of_census_zones(request: Request, shared: Resources, who: Principal, asked: Asked) -> Response:
    rows_max = request.app.state.settings.map_rows_max

    def page(lang: str) -> "str | Figure":
        from geocensus.pipeline import draw_zones  # noqa: PLC0415 - as above

        with shared.reading() as connection:
            part = sources_part(connection, asked, who, rows_max=rows_max)
        draw = draw_zones.census_zones_picture if _wants_picture(request) else draw_zones.census_zones_page
        return draw(shared.workspace, part, lang=lang)

    return _answer(request, shared, who, ("census-zones", asked), page)


def _wants_picture(request: Request) -> bool:
    return request.query_params.get("f", "html") == "png"


def _answer(
    request: Request,
    shared: Resources,
    who: Principal,
    wish: tuple[str, Asked],
    draw: "Callable[[str], str | Figure]",
) -> Response:
    """Draw a map of one state of the workspace, or take the one that was drawn for the same eyes."""
    lang, picture = language(request), _wants_picture(request)
    dpi = dots_per_inch(request) if picture else 0.0
    shelf: MapShelf = request.app.state.maps
    for _ in range(_TRIES):
        state = shared.revision()
        key = (state, who.role, who.scope, wish, lang, dpi)
        try:
            content = shelf.get(key, lambda: _drawn(draw(lang), dpi))
        except SchemaError as error:
            raise ProblemError(409, error.en, error.zh) from error
        if shared.revision() == state:
            break
    if picture:
        return tagged(request, content, _PNG, {"Content-Disposition": f'inline; filename="{wish[0]}.png"'})
    return tagged(request, content, _HTML, {"Content-Security-Policy": _POLICY})


def _drawn(drawing: "str | Figure", dpi: float) -> bytes:
    if isinstance(drawing, str):
        return drawing.encode("utf-8")
    target = io.BytesIO()
    drawing.savefig(target, format="png", dpi=dpi, metadata={"Software": None})
    return target.getvalue()
