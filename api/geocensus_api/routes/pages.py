"""The map page, and the sign of life."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from geocensus.errors import SchemaError
from geocensus_api.access.principal import Action, principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.negotiation import address, language
from geocensus_api.resources import resources
from geocensus_api.responses import json_response, tagged

__all__ = ["router"]

router = APIRouter()

_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; frame-ancestors 'none'"
)


@router.get("/map", summary="Map page", responses={200: {"content": {"text/html": {}}}})
def _read_map(request: Request) -> Response:
    """Return the map of the workspace as one page that loads nothing else; of own areas, where these are not all.

    Who may not see exact points gets the public edition, as at /maps/sources.
    """
    who = principal(request)
    require_known(request, {"f", "lang"})
    if who.scope is not None or not who.may(Action.EXACT):
        place = f"{address(request)}/maps/sources?{urlencode({'lang': language(request)})}"
        return RedirectResponse(place, status_code=303, headers={"Vary": "Accept-Language, Authorization, Cookie"})
    try:
        page = resources(request).page(language(request))
    except SchemaError as error:
        raise ProblemError(409, error.en, error.zh) from error
    return tagged(request, page, "text/html; charset=utf-8", {"Content-Security-Policy": _POLICY})


@router.get("/healthz", summary="Sign of life")
def _healthz(request: Request) -> Response:
    """Return 200 while the workspace can be read; needs no token and tells nothing about it."""
    with resources(request).reading():
        return json_response(request, {"status": "ok"})
