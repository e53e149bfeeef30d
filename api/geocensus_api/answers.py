"""What routes answer, for the OpenAPI document: schemas and examples of those that FastAPI cannot tell."""

from typing import Any, Final

from geocensus_api.schemas import ref

__all__ = ["ANSWERS", "BINARY", "COMMON_ERRORS", "PROBLEM_SCHEMA", "TEXTUAL"]

BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
TEXTUAL: Final = frozenset({"text/html", "text/csv", "text/event-stream", "text/plain"})
COMMON_ERRORS: Final[dict[str, str | None]] = {
    "400": "A parameter or the body is wrong; `detail` says which and what to give.",
    "401": "No token, or one that is not valid.",
    "403": "The role does not allow this.",
    "503": "The workspace is gone, locked or cannot be read; ask again.",
}
_TEXT: Final = {"type": "string"}
_COUNT: Final = {"type": "integer"}
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457, in the language of Accept-Language.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": _COUNT,
        "detail": {**_TEXT, "description": "What is wrong and what to do."},
        "instance": _TEXT,
    },
    "example": {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "bbox: give minx,miny,maxx,maxy in degrees, longitude first",
        "instance": "/collections/flags/items",
    },
}


def _object(required: tuple[str, ...], example: dict[str, Any]) -> dict[str, Any]:
    """Return a media type whose answers have some members; the example shows their kinds."""
    properties = {
        name: {"type": _kind(value) if name in required else [_kind(value), "null"]}
        for name, value in example.items()
        if value is not None
    }
    return {"schema": {"type": "object", "required": list(required), "properties": properties}, "example": example}


def _named(name: str, example: dict[str, Any]) -> dict[str, Any]:
    """Return a media type whose answers have a schema of their own."""
    return {"schema": ref(name), "example": example}


def _kind(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds[type(value)]


_LINK: Final = {"href": "http://127.0.0.1:8000/collections", "rel": "data", "type": "application/json"}
_SUM: Final = {"rows": 1200, "located": 1161, "unlocated": 33, "excluded": 6}
_COLLECTION: Final = {
    "id": "flags",
    "title": "疑点",
    "itemType": "feature",
    "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
    "links": [_LINK],
}
_FEATURE: Final = {
    "type": "Feature",
    "id": 1,
    "geometry": None,
    "properties": {"flag_id": "9ab95a503a89868624e3eaaae6d8f4ff", "rule": "place.stacked", "severity": "error"},
}
_SCHEMA: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "http://127.0.0.1:8000/collections/flags/schema",
    "type": "object",
    "title": "疑点",
    "properties": {"severity": {"title": "级别", "type": "string"}},
}
_TILES: Final = {"title": "污染源", "links": [_LINK]}

ANSWERS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("get", "/"): _object(("title", "links"), {"title": "污染源普查空间数据服务", "rowSum": _SUM, "links": [_LINK]}),
    ("get", "/conformance"): _object(
        ("conformsTo",), {"conformsTo": ["http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"]}
    ),
    ("get", "/api"): _object(("openapi", "paths"), {"openapi": "3.1.0", "info": {"title": "geocensus"}, "paths": {}}),
    ("get", "/collections"): _named("Collections", {"collections": [_COLLECTION], "rowSum": _SUM, "links": [_LINK]}),
    ("get", "/collections/{collection_id}"): _named("Collection", _COLLECTION),
    **{
        ("get", f"/collections/{{collection_id}}/{name}"): _object(("properties",), _SCHEMA)
        for name in ("schema", "queryables", "sortables")
    },
    ("get", "/collections/{collection_id}/schema/feature"): _object(("type",), _SCHEMA),
    ("get", "/collections/{collection_id}/items"): _object(
        ("type", "features"),
        {
            "type": "FeatureCollection",
            "numberMatched": 213,
            "numberReturned": 1,
            "links": [_LINK],
            "features": [_FEATURE],
        },
    ),
    ("get", "/collections/{collection_id}/items/{feature_id}"): _object(("type", "properties"), _FEATURE),
    ("get", "/collections/{collection_id}/tiles"): _object(("links",), {"tilesets": [_TILES], "links": [_LINK]}),
    ("get", "/collections/{collection_id}/tiles/WebMercatorQuad"): _object(("links",), _TILES),
    ("get", "/collections/{collection_id}/tiles/WebMercatorQuad/tilejson.json"): _object(
        ("tilejson", "tiles"),
        {
            "tilejson": "3.0.0",
            "tiles": ["http://127.0.0.1:8000/collections/sources/tiles/WebMercatorQuad/{z}/{y}/{x}"],
            "minzoom": 0,
            "maxzoom": 16,
        },
    ),
    ("get", "/counts"): {
        "schema": {"anyOf": [ref("Counts"), ref("Groups")]},
        "example": {"rowSum": _SUM, "collections": {"sources": 1161, "flags": 213}},
    },
    ("get", "/progress"): _named(
        "Progress",
        {
            "flags": 213,
            "open": 200,
            "reopened": 1,
            "closed": 12,
            "decided": 4,
            "disputed": 0,
            "approved": 8,
            "closed_share": 0.0563,
            "outcomes": {"false_alarm": 12},
            "reviews": {"open": 201, "approved": 8, "decided": 4},
            "recheck_due": False,
            "recheck_due_since": None,
            "certainty": {"township": {"certain": 1134, "ambiguous": 4, "outside": 23}},
            "by": [],
            "groups": [],
        },
    ),
    ("get", "/search"): _named(
        "SearchResults",
        {
            "q": "辉埠",
            "count": 1,
            "results": [
                {
                    "kind": "area",
                    "collection": "areas-township",
                    "id": 8,
                    "code": "330822115",
                    "name": "辉埠镇",
                    "bbox": [118.43, 28.88, 118.58, 29.0],
                }
            ],
            "more": False,
        },
    ),
    ("get", "/parse"): _named(
        "Parsed",
        {
            "lon": 118.52,
            "lat": 28.9,
            "resolution_m": 30.9,
            "lon_format": "dms",
            "lat_format": "dms",
            "problem": None,
            "message": None,
            "crs_assumed": "cgcs2000",
        },
    ),
    ("post", "/locate"): _named(
        "LocatedPoints",
        {
            "count": 1,
            "crs_assumed": "cgcs2000",
            "results": [{"lon": 118.52, "lat": 28.9, "codes": {"township": "330822115"}, "on_border": False}],
        },
    ),
    ("get", "/healthz"): _object(("status",), {"status": "ok"}),
    ("get", "/users"): _object((), {"people": [{"name": "王工", "role": "qa", "scope": ["330822115"]}]}),
    ("post", "/users"): _object((), {"name": "王工", "role": "qa", "token": "gc_k3v9q2_Zk3kq0cF7mX1v8b2n4hQwErT"}),
    ("post", "/users/{name}/tokens"): _object((), {"token": "gc_k3v9q2_Zk3kq0cF7mX1v8b2n4hQwErT"}),
}
