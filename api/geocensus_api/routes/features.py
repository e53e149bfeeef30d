"""Collections and their features."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from geocensus_api import features
from geocensus_api.catalogue import Collection, Property, collection, collections, properties, row_sum
from geocensus_api.errors import ProblemError
from geocensus_api.links import link, page_links
from geocensus_api.negotiation import address, language
from geocensus_api.openapi import ITEM_PARAMETERS
from geocensus_api.parameters import CRS84, items_query, require_known
from geocensus_api.resources import resources
from geocensus_api.responses import GEOJSON, SCHEMA, json_response

__all__ = ["router"]

router = APIRouter()

_COMMON = {"f", "lang"}
_LARGEST = 2**63 - 1
_SHAPES = {
    kind.upper(): f"https://geojson.org/schema/{kind}.json" for kind in ("Point", "MultiPolygon", "MultiLineString")
}
CollectionId = Annotated[str, Path(max_length=60)]
FeatureId = Annotated[str, Path(max_length=60)]


@router.get("/collections", summary="Collections")
def _read_collections(request: Request) -> Response:
    """Return all collections."""
    require_known(request, _COMMON)
    with resources(request).reading() as connection:
        found, counts = collections(connection), row_sum(connection)
    entries = [_described(request, entry) for entry in found]
    links = [link(request, "/collections", "self")]
    return json_response(request, {"links": links, "rowSum": counts, "collections": entries})


@router.get("/collections/{collection_id}", summary="One collection")
def _read_collection(request: Request, collection_id: CollectionId) -> Response:
    """Return one collection."""
    require_known(request, _COMMON)
    with resources(request).reading() as connection:
        return json_response(request, _described(request, collection(connection, collection_id)))


def _described(request: Request, entry: Collection) -> dict[str, Any]:
    path, title = f"/collections/{entry.id}", entry.title.get(language(request))
    links = [
        link(request, path, "self"),
        link(request, f"{path}/items", "items", media_type=GEOJSON, title=title),
        link(request, f"{path}/schema/feature", "describedby", media_type=SCHEMA),
        link(request, f"{path}/schema/feature", "describedBy", media_type=SCHEMA),  # GDAL minds the case
        link(request, f"{path}/schema", "http://www.opengis.net/def/rel/ogc/1.0/schema", media_type=SCHEMA),
    ]
    described = {"id": entry.id, "title": title, "description": entry.title.en, "itemType": "feature"}
    space = {"extent": {"spatial": {"bbox": [list(entry.bounds)], "crs": CRS84}}} if entry.bounds else {}
    return {**described, **space, "crs": [CRS84] if entry.geometry else [], "links": links}


@router.get(
    "/collections/{collection_id}/schema",
    summary="Types of the properties",
    responses={200: {"content": {SCHEMA: {}}}},
)
def _read_schema(request: Request, collection_id: CollectionId) -> Response:
    """Return a JSON Schema of the features: a client need not guess types from the first few."""
    require_known(request, _COMMON)
    title, shape, fields = _types(request, collection_id)
    return _schema(request, f"{collection_id}/schema", {"title": title, "properties": {**shape, **fields}})


@router.get(
    "/collections/{collection_id}/schema/feature",
    summary="Schema of a GeoJSON feature",
    responses={200: {"content": {SCHEMA: {}}}},
)
def _read_feature_schema(request: Request, collection_id: CollectionId) -> Response:
    """Return a JSON Schema of whole GeoJSON features, which GDAL 3.6 asks for."""
    require_known(request, _COMMON)
    title, shape, fields = _types(request, collection_id)
    parts = {"type": {"const": "Feature"}, **shape, "properties": {"type": "object", "properties": fields}}
    return _schema(request, f"{collection_id}/schema/feature", {"title": title, "properties": parts})


def _types(request: Request, collection_id: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return title, schema of the geometry if any, schemas of the properties."""
    with resources(request).reading() as connection:
        entry = collection(connection, collection_id)
        fields = properties(connection, entry.table)
    shape = {"geometry": {"$ref": _SHAPES[entry.geometry]}} if entry.geometry in _SHAPES else {}
    return entry.title.get(language(request)), shape, {field.name: _typed(field) for field in fields}


def _schema(request: Request, path: str, content: dict[str, Any]) -> Response:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{address(request)}/collections/{path}"}
    return json_response(request, {**head, "type": "object", **content}, media_type=SCHEMA)


def _typed(field: Property) -> dict[str, str]:
    return {"type": field.kind, **({"title": field.title} if field.title else {})}


@router.get(
    "/collections/{collection_id}/items",
    summary="Features",
    openapi_extra={"parameters": ITEM_PARAMETERS},
    responses={200: {"content": {GEOJSON: {}}}},
)
def _read_items(request: Request, collection_id: CollectionId) -> Response:
    """Return one page of features, sorted by id."""
    query = items_query(request, request.app.state.settings)
    with resources(request).reading() as connection:
        entry = collection(connection, collection_id)
        page = features.page(connection, entry, query)
    path = f"/collections/{entry.id}"
    links = page_links(request, f"{path}/items", limit=query.limit, offset=query.offset, matched=page.matched)
    content = {
        "type": "FeatureCollection",
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "links": [*links, link(request, path, "collection")],
        "features": page.features,
    }
    return _geojson(request, content)


@router.get(
    "/collections/{collection_id}/items/{feature_id}",
    summary="One feature",
    responses={200: {"content": {GEOJSON: {}}}},
)
def _read_item(request: Request, collection_id: CollectionId, feature_id: FeatureId) -> Response:
    """Return one feature."""
    require_known(request, {*_COMMON, "crs"})
    with resources(request).reading() as connection:
        entry = collection(connection, collection_id)
        number = int(feature_id) if feature_id.isascii() and feature_id.isdigit() else -1
        feature = features.one(connection, entry, number) if 0 <= number <= _LARGEST else None
    if feature is None:
        raise ProblemError(404, f"no feature {feature_id!r} in {entry.id}", f"{entry.id} 中没有要素 {feature_id}")
    path = f"/collections/{entry.id}"
    links = [link(request, f"{path}/items/{number}", "self", media_type=GEOJSON), link(request, path, "collection")]
    return _geojson(request, {**feature, "links": links})


def _geojson(request: Request, content: Any) -> Response:
    response = json_response(request, content, media_type=GEOJSON)
    response.headers["Content-Crs"] = f"<{CRS84}>"
    return response
