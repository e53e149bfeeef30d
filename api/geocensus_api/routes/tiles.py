"""Vector tiles of every collection that has places, and what describes them."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection, Property, collection, extent, properties
from geocensus_api.features.parameters import Wanted, wanted_query
from geocensus_api.features.selection import selected
from geocensus_api.links import link
from geocensus_api.negotiation import address, language
from geocensus_api.openapi import FILTER_PARAMETERS, CollectionId
from geocensus_api.resources import resources
from geocensus_api.responses import json_response, unchanged
from geocensus_api.tiles.addresses import tile_at
from geocensus_api.tiles.at_hand import MVT, packed, tile_key, tile_response
from geocensus_api.tiles.making import tile_of
from geocensus_api.tiles.offer import Tileset, tileset

__all__ = ["MVT", "router"]

router = APIRouter()

_MATRICES: Final = "WebMercatorQuad"
_SCHEME: Final = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
_MATRIX_SET: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_MERCATOR: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
_FORMATS: Final = ("mvt", "pbf")
# a tile has its own box, all that it holds in one order, and its own properties
_FILTERS: Final = [one for one in FILTER_PARAMETERS if one["name"] not in {"bbox", "bbox-crs", "sortby", "properties"}]
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MVT: {}}, "description": "A tile; empty where there is nothing."}
}


def _number(text: str, most: int, example: str) -> Any:
    kind = {"type": "integer", "minimum": 0, "maximum": most}
    return Path(max_length=12, description=text, json_schema_extra=kind, examples=[example])


_Zoom = Annotated[str, _number("zoom", 24, "7")]
_Row = Annotated[str, _number("row, from the north", (1 << 24) - 1, "53")]
_Column = Annotated[str, _number("column, from the west", (1 << 24) - 1, "105")]


@router.get(
    "/collections/{collection_id}/tiles/WebMercatorQuad/{tile_matrix}/{tile_row}/{tile_col}",
    summary="A vector tile",
    responses=_RESPONSES,
    openapi_extra={"parameters": _FILTERS},
)
def _read_tile(
    request: Request, collection_id: CollectionId, tile_matrix: _Zoom, tile_row: _Row, tile_col: _Column
) -> Response:
    """Return a tile of a collection under a filter.

    Points come as cells: ``n`` points at their mean place, each point in exactly one cell of one tile at every zoom; a
    single one carries the id of its feature, several their ``cell``, which ``/items?cell=`` lists.
    """
    shared = resources(request)
    headers, same = unchanged(request, shared.revision())
    if same is not None:
        return same
    tile = tile_at(tile_matrix, tile_row, tile_col)
    with shared.reading() as connection:
        entry, fields, wanted = _wanted(request, connection, collection_id, _FORMATS)
        offered = _offered(entry, fields)
        state = shared.pool.known(connection).state
        if offered.names is not None and not request.url.query:
            shared.at_hand.note(
                state, principal(request), offered, shared.memory.points(connection, entry, fields, wanted)
            )

        def made() -> bytes:
            return packed(request, tile_of(connection, shared.memory, shared.layers, offered, fields, wanted, tile))

        body: bytes = shared.tiles.get(tile_key(request, state, entry.id, tile), made, len)
    return tile_response(body, headers)


@router.get("/collections/{collection_id}/tiles", summary="Tilesets of a collection")
def _read_tilesets(request: Request, collection_id: CollectionId) -> Response:
    """Return the tilesets of a collection: there is one."""
    entry, fields, _bounds, offered = _described(request, collection_id)
    return json_response(
        request,
        {
            "links": [link(request, f"/collections/{entry.id}/tiles", "self")],
            "tilesets": [_set(request, offered, fields)],
        },
    )


@router.get(
    "/collections/{collection_id}/tiles/WebMercatorQuad", summary="Tileset", openapi_extra={"parameters": _FILTERS}
)
def _read_tileset(request: Request, collection_id: CollectionId) -> Response:
    """Return what describes the tiles of a collection (OGC 17-083r4, tileset metadata)."""
    _entry, fields, _bounds, offered = _described(request, collection_id)
    return json_response(request, _set(request, offered, fields))


@router.get(
    "/collections/{collection_id}/tiles/WebMercatorQuad/tilejson.json",
    summary="TileJSON",
    openapi_extra={"parameters": _FILTERS},
)
def _read_tilejson(request: Request, collection_id: CollectionId) -> Response:
    """Return TileJSON 3.0 for MapLibre and QGIS; filters of this address hold for its tiles."""
    entry, _fields, bounds, offered = _described(request, collection_id)
    query = [(key, value) for key, value in request.query_params.multi_items() if key not in {"f", "lang"}]
    place = f"{address(request)}{_path(entry)}/{{z}}/{{y}}/{{x}}"
    layer = {"id": entry.id, "fields": dict(offered.properties), "minzoom": offered.least, "maxzoom": offered.most}
    content = {
        "tilejson": "3.0.0",
        "name": entry.title.get(language(request)),
        "scheme": "xyz",
        "tiles": [f"{place}?{urlencode(query)}" if query else place],
        "minzoom": offered.least,
        "maxzoom": offered.most,
        "vector_layers": [layer],
        **({"bounds": list(bounds)} if bounds else {}),
    }
    return json_response(request, content)


def _path(entry: Collection) -> str:
    return f"/collections/{entry.id}/tiles/{_MATRICES}"


def _wanted(
    request: Request, connection: Any, collection_id: str, formats: tuple[str, ...]
) -> tuple[Collection, dict[str, Property], Wanted]:
    entry = collection(connection, collection_id, principal(request))
    fields = {field.name: field for field in properties(connection, entry)}
    for name in ("bbox", "bbox-crs"):
        if name in request.query_params:
            raise ProblemError(400, f"{name}: a tile has its own box", f"{name}：瓦片自有范围，不接受此参数")
    return entry, fields, wanted_query(request, fields, (), formats)


def _offered(entry: Collection, fields: Mapping[str, Property]) -> Tileset:
    offered = tileset(entry, fields)
    if offered is None:
        raise ProblemError(404, f"{entry.id} has no places, and so no tiles", f"{entry.id} 没有位置，不提供瓦片")
    return offered


def _described(request: Request, collection_id: str) -> tuple[Collection, dict[str, Property], Any, Tileset]:
    """Return the collection, its properties, its extent, and what is offered of it."""
    with resources(request).reading() as connection:
        entry, fields, wanted = _wanted(request, connection, collection_id, ("json",))
        selected(entry, tuple(fields.values()), wanted)  # a filter that is wrong is said here, not tile by tile
        return entry, fields, extent(connection, entry), _offered(entry, fields)


def _set(request: Request, offered: Tileset, fields: Mapping[str, Property]) -> dict[str, Any]:
    entry, path = offered.collection, _path(offered.collection)
    named = [{"id": name, "title": fields[name].title if name in fields else name} for name in offered.properties]
    template = link(request, f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", "item", media_type=MVT)
    return {
        "title": entry.title.get(language(request)),
        "dataType": "vector",
        "crs": _MERCATOR,
        "tileMatrixSetURI": _MATRIX_SET,
        "links": [
            link(request, path, "self"),
            {**template, "templated": True},
            link(request, f"{path}/tilejson.json", "describedby"),
            {"href": _MATRIX_SET, "rel": _SCHEME, "type": "application/json"},
        ],
        "layers": [
            {
                "id": entry.id,
                "dataType": "vector",
                "minTileMatrix": str(offered.least),
                "maxTileMatrix": str(offered.most),
                "propertiesSchema": {"type": "object", "properties": {one["id"]: one for one in named}},
            }
        ],
    }
