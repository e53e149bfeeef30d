"""The OpenAPI document, with the parameters that clients look for."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path
from fastapi.openapi.utils import get_openapi

from geocensus_api.describing import completed

__all__ = [
    "COUNT_PARAMETERS",
    "FILTER_PARAMETERS",
    "ITEM_PARAMETERS",
    "OPENAPI_TYPE",
    "CollectionId",
    "choice",
    "definition",
    "parameter",
]

OPENAPI_TYPE: Final = "application/vnd.oai.openapi+json;version=3.1"

CollectionId = Annotated[str, Path(max_length=60)]


def parameter(name: str, text: str, **schema: Any) -> dict[str, Any]:
    """Return the description of a query parameter.

    Parameters
    ----------
    name
        As it stands in the address.
    text
        What it means.
    **schema
        JSON Schema of its value; a text by default.

    Returns
    -------
    dict
        An OpenAPI parameter object.

    Examples
    --------
    >>> parameter("q", "what to look for")["schema"]
    {'type': 'string'}
    """
    schema = schema or {"type": "string"}
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema, "explode": False}


def choice(name: str, values: Sequence[str]) -> dict[str, Any]:
    """Return the description of a parameter with a few values.

    Parameters
    ----------
    name
        As it stands in the address.
    values
        The first is the default.

    Returns
    -------
    dict
        An OpenAPI parameter object.
    """
    return parameter(name, "Form of the answer.", type="string", enum=list(values), default=values[0])


_CHOOSING: Final = [
    *(
        parameter(name, text)
        for name, text in (
            ("bbox", "minx,miny,maxx,maxy in degrees, longitude first"),
            ("datetime", "RFC 3339 time or interval; features have no time, so all match"),
            ("crs", "CRS84 only"),
            ("bbox-crs", "CRS84 only"),
            ("filter", "CQL2-text (OGC 21-065r2), such as severity = 'error' AND rule LIKE 'place.%'"),
            ("filter-lang", "cql2-text only"),
            ("filter-crs", "CRS84 only"),
        )
    ),
    # free-form: any property of the collection is a parameter
    {
        "name": "values",
        "in": "query",
        "required": False,
        "description": "Any property by its name (see queryables), such as severity=error; given twice: either value.",
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        "style": "form",
        "explode": True,
    },
]
FILTER_PARAMETERS: Final = [
    *_CHOOSING,
    parameter("sortby", "properties, separated by commas; - before one for falling order"),
    parameter("properties", "properties to tell, separated by commas; all by default"),
]
COUNT_PARAMETERS: Final = [*_CHOOSING, parameter("by", "properties to group by, separated by commas")]
ITEM_PARAMETERS: Final = [
    {"$ref": "#/components/parameters/limit"},
    *FILTER_PARAMETERS,
    parameter("offset", "features to pass over", type="integer", minimum=0, default=0),
    parameter("after", "place to go on from, out of a next link"),
    parameter("cell", "level/column/row of a cell of a tile, as its feature has it: exactly the points it counts"),
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
        OpenAPI 3.1; made once for each application, and not to be changed.
    """
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    return app.openapi_schema


def _made(app: FastAPI) -> dict[str, Any]:
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
    return completed(document)
