"""The OpenAPI document, with the parameters that clients look for."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

__all__ = ["ITEM_PARAMETERS", "OPENAPI_TYPE", "definition"]

OPENAPI_TYPE: Final = "application/vnd.oai.openapi+json;version=3.1"

ITEM_PARAMETERS: Final = [
    {"$ref": "#/components/parameters/limit"},
    *[
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": text,
            "schema": {"type": "string"},
            "explode": False,
        }
        for name, text in (
            ("bbox", "minx,miny,maxx,maxy in degrees, longitude first"),
            ("datetime", "RFC 3339 time or interval; features have no time, so all match"),
            ("crs", "CRS84 only"),
            ("bbox-crs", "CRS84 only"),
        )
    ],
    {"name": "offset", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0, "default": 0}},
]


def definition(app: FastAPI) -> dict[str, Any]:
    """Return the document; QGIS and GDAL read the largest page from components.parameters.limit.

    Parameters
    ----------
    app
        The application.

    Returns
    -------
    dict
        OpenAPI 3.1.
    """
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    settings = app.state.settings
    schema = {"type": "integer", "minimum": 1, "maximum": settings.limit_max, "default": settings.limit_default}
    limit = {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "Features of a page; more than the maximum is clamped to it.",
        "schema": schema,
        "style": "form",
        "explode": False,
    }
    components = document.setdefault("components", {})
    components.setdefault("parameters", {})["limit"] = limit
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
    }
    document["security"] = [{"token": []}, {"basic": []}]
    return document
