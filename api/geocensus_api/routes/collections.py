"""Collections: what they are, their schemas, what they can be filtered by."""

import sqlite3
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from geocensus_api.access.principal import Principal, principal
from geocensus_api.features.catalogue import (
    Collection,
    Property,
    collection,
    collections,
    extent,
    properties,
    row_sum,
)
from geocensus_api.features.downloads import DOWNLOADS
from geocensus_api.features.parameters import CRS84, require_known
from geocensus_api.features.rights import OFFERED
from geocensus_api.links import link
from geocensus_api.negotiation import address, language
from geocensus_api.openapi import CollectionId
from geocensus_api.resources import resources
from geocensus_api.responses import CSV, GEOJSON, SCHEMA, json_response
from geocensus_api.tiles.offer import tileset

__all__ = ["router"]

router = APIRouter()

_COMMON: Final = {"f", "lang"}
_SHAPES: Final = {
    kind.upper(): f"https://geojson.org/schema/{kind}.json"
    for kind in ("Point", "LineString", "MultiPolygon", "MultiLineString")
}
_SCHEMA_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {SCHEMA: {}}}}
_OGC: Final = "http://www.opengis.net/def/rel/ogc/1.0"


@router.get("/collections", summary="Collections")
def _read_collections(request: Request) -> Response:
    """Return all collections."""
    who = principal(request)
    require_known(request, _COMMON)
    shared = resources(request)
    state = shared.revision()
    with shared.reading() as connection:
        counts = row_sum(connection, who, partial(shared.number, connection, state=state))
        entries = [_described(request, connection, entry, who) for entry in collections(connection, who)]
    links = [link(request, "/collections", "self")]
    return json_response(request, {"links": links, "rowSum": counts, "collections": entries})


@router.get("/collections/{collection_id}", summary="One collection")
def _read_collection(request: Request, collection_id: CollectionId) -> Response:
    """Return one collection."""
    who = principal(request)
    require_known(request, _COMMON)
    with resources(request).reading() as connection:
        entry = collection(connection, collection_id, who)
        return json_response(request, _described(request, connection, entry, who))


def _described(request: Request, connection: sqlite3.Connection, entry: Collection, who: Principal) -> dict[str, Any]:
    files = DOWNLOADS if who.may(OFFERED[entry.table].download) else {}
    bounds = extent(connection, entry)
    path, title = f"/collections/{entry.id}", entry.title.get(language(request))
    links = [
        link(request, path, "self"),
        link(request, f"{path}/items", "items", media_type=GEOJSON, title=title),
        link(request, f"{path}/items?f=csv", "items", media_type=CSV, title=title),
        link(request, f"{path}/schema/feature", "describedby", media_type=SCHEMA),
        link(request, f"{path}/schema/feature", "describedBy", media_type=SCHEMA),  # GDAL minds the case
        link(request, f"{path}/schema", f"{_OGC}/schema", media_type=SCHEMA),
        link(request, f"{path}/queryables", f"{_OGC}/queryables", media_type=SCHEMA),
        link(request, f"{path}/queryables", "queryables", media_type=SCHEMA),  # as QGIS knows it
        link(request, f"{path}/sortables", f"{_OGC}/sortables", media_type=SCHEMA),
        *([link(request, f"{path}/tiles", f"{_OGC}/tilesets-vector")] if tileset(entry, {}) else []),
        *(
            link(request, f"{path}/download?f={kind}", "enclosure", media_type=media_type, title=title)
            for kind, media_type in files.items()
        ),
    ]
    described = {"id": entry.id, "title": title, "description": entry.title.en, "itemType": "feature"}
    space = {"extent": {"spatial": {"bbox": [list(bounds)], "crs": CRS84}}} if bounds else {}
    return {**described, **space, "crs": [CRS84] if entry.geometry else [], "links": links}


@router.get("/collections/{collection_id}/schema", summary="Types of the properties", responses=_SCHEMA_RESPONSES)
def _read_schema(request: Request, collection_id: CollectionId) -> Response:
    """Return a JSON Schema of the features: a client need not guess types from the first few."""
    entry, shape, fields = _types(request, collection_id)
    return _schema(request, entry, "schema", {**shape, **fields})


@router.get(
    "/collections/{collection_id}/schema/feature", summary="Schema of a GeoJSON feature", responses=_SCHEMA_RESPONSES
)
def _read_feature_schema(request: Request, collection_id: CollectionId) -> Response:
    """Return a JSON Schema of whole GeoJSON features, which GDAL 3.6 asks for."""
    entry, shape, fields = _types(request, collection_id)
    parts = {"type": {"const": "Feature"}, **shape, "properties": {"type": "object", "properties": fields}}
    return _schema(request, entry, "schema/feature", parts)


@router.get("/collections/{collection_id}/queryables", summary="What can be filtered by", responses=_SCHEMA_RESPONSES)
def _read_queryables(request: Request, collection_id: CollectionId) -> Response:
    """Return the properties that filters may name: each is a parameter of its own, too."""
    entry, shape, fields = _types(request, collection_id)
    return _schema(request, entry, "queryables", {**shape, **fields}, additionalProperties=False)


@router.get("/collections/{collection_id}/sortables", summary="What can be sorted by", responses=_SCHEMA_RESPONSES)
def _read_sortables(request: Request, collection_id: CollectionId) -> Response:
    """Return the properties that ``sortby`` may name."""
    entry, _shape, fields = _types(request, collection_id)
    return _schema(request, entry, "sortables", fields, additionalProperties=False)


def _types(request: Request, collection_id: str) -> tuple[Collection, dict[str, Any], dict[str, Any]]:
    """Return the collection, schema of the geometry if any, schemas of the properties."""
    who = principal(request)
    require_known(request, _COMMON)
    with resources(request).reading() as connection:
        entry = collection(connection, collection_id, who)
        fields = properties(connection, entry)
    shape = {"geometry": {"$ref": _SHAPES[entry.geometry]}} if entry.geometry in _SHAPES else {}
    return entry, shape, {field.name: _typed(field) for field in fields}


def _schema(request: Request, entry: Collection, path: str, parts: dict[str, Any], **more: Any) -> Response:
    own = f"{address(request)}/collections/{entry.id}/{path}"
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": own, "type": "object"}
    content = {**head, "title": entry.title.get(language(request)), "properties": parts, **more}
    return json_response(request, content, media_type=SCHEMA)


def _typed(field: Property) -> dict[str, str]:
    return {"type": field.kind, **({"title": field.title} if field.title else {})}
