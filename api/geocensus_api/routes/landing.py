"""Landing page, conformance, API definition."""

from functools import partial
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from geocensus.model import Text
from geocensus_api.access.principal import Action, Principal, principal
from geocensus_api.features.catalogue import row_sum
from geocensus_api.features.downloads import DOWNLOADS
from geocensus_api.features.parameters import require_known
from geocensus_api.links import link
from geocensus_api.negotiation import address, language, wants_page
from geocensus_api.openapi import OPENAPI_TYPE, definition
from geocensus_api.resources import resources
from geocensus_api.responses import JSON, json_response, tagged
from geocensus_api.routes.app_page import has_page, home

__all__ = ["router"]

router = APIRouter()

_TITLE: Final = Text("污染源普查空间数据服务", "Pollution source census: spatial data")
_BESIDE: Final = {
    "/counts": (Text("计数", "counts"), None),
    "/progress": (Text("疑点处理进度", "progress of the flags"), Action.EXACT),
}
_CLASSES: Final = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "property-property",
        )
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/{name}"
        for name in ("core", "ogc-process-description", "json", "job-list", "dismiss")
    ),
)


@router.get("/", summary="Landing page")
def _landing(request: Request) -> Response:
    """Return links to everything; a browser goes on to the review page, or to the map where that was not built."""
    if wants_page(request):
        page = home(request) if has_page(request) else f"{address(request)}/map"
        return RedirectResponse(page, status_code=303, headers={"Vary": "Accept"})
    who = principal(request)
    require_known(request, {"f", "lang"})
    shared = resources(request)
    state = shared.revision()
    with shared.reading() as connection:
        counts = row_sum(connection, who, partial(shared.number, connection, state=state))
    lang = language(request)
    title = _TITLE.get(lang)
    links = [
        link(request, "/", "self"),
        link(request, "/api", "service-desc", media_type=OPENAPI_TYPE),
        link(request, "/api", "service-desc", media_type=JSON),
        link(request, "/conformance", "conformance"),
        link(request, "/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance"),
        link(request, "/collections", "data"),
        link(request, "/collections", "http://www.opengis.net/def/rel/ogc/1.0/data"),
        link(request, "/processes", "http://www.opengis.net/def/rel/ogc/1.0/processes"),
        link(request, "/jobs", "http://www.opengis.net/def/rel/ogc/1.0/job-list"),
        link(request, "/map", "alternate", media_type="text/html"),
        *([link(request, "/download", "enclosure", media_type=DOWNLOADS["gpkg"])] if _takes_all(who) else []),
        *(
            link(request, path, "related", title=text.get(lang))
            for path, (text, action) in _BESIDE.items()
            if action is None or who.may(action)
        ),
    ]
    return json_response(request, {"title": title, "description": title, "rowSum": counts, "links": links})


def _takes_all(who: Principal) -> bool:
    return who.scope is None and who.may(Action.ADMIN)


@router.get("/conformance", summary="Conformance classes")
def _conformance(request: Request) -> Response:
    """Return what is true of this service, and no more."""
    principal(request)
    require_known(request, {"f", "lang"})
    return json_response(request, {"conformsTo": list(_CLASSES)})


@router.get("/api", summary="API definition")
def _api(request: Request) -> Response:
    """Return the OpenAPI document."""
    principal(request)
    content: dict[str, Any] = {**definition(request.app), "servers": [{"url": address(request)}]}
    wanted = OPENAPI_TYPE if "openapi" in request.headers.get("accept", "") else JSON
    return tagged(request, orjson.dumps(content), wanted)
