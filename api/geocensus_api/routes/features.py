"""Features of a collection: pages, one, all as a file."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from geocensus_api.access.principal import Action, permit, principal, require
from geocensus_api.errors import ProblemError
from geocensus_api.features import pages
from geocensus_api.features.catalogue import collection, properties
from geocensus_api.features.delimited import csv_pieces
from geocensus_api.features.downloads import DOWNLOADS, download, whole_workspace
from geocensus_api.features.parameters import CRS84, SHAPES, items_query, require_known, wanted_query
from geocensus_api.features.rights import OFFERED
from geocensus_api.features.selection import selected
from geocensus_api.links import link, page_links
from geocensus_api.negotiation import language, wants_csv
from geocensus_api.openapi import FILTER_PARAMETERS, ITEM_PARAMETERS, CollectionId, choice
from geocensus_api.resources import resources
from geocensus_api.responses import CSV, GEOJSON, json_response, unchanged
from geocensus_api.tiles.addresses import cell_of

__all__ = ["router"]

router = APIRouter()

_FORMATS: Final = ("json", "html", "csv")
_LARGEST: Final = 2**63 - 1
_PLACES: Final = f"<{CRS84}>"
FeatureId = Annotated[str, Path(max_length=60)]
_FILES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {kind: {} for kind in DOWNLOADS.values()}}}


@router.get(
    "/collections/{collection_id}/items",
    summary="Features",
    openapi_extra={"parameters": [*ITEM_PARAMETERS, choice("f", ("json", "csv"))]},
    responses={200: {"content": {GEOJSON: {}, CSV: {}}}},
)
def _read_items(request: Request, collection_id: CollectionId) -> Response:
    """Return one page of features; without ``sortby`` sorted by id."""
    who = principal(request)
    shared = resources(request)
    state = shared.revision()
    headers, same = unchanged(request, state)
    if same is not None:
        return same
    as_csv = wants_csv(request)
    with shared.reading() as connection:
        entry = collection(connection, collection_id, who)
        fields = {field.name: field for field in properties(connection, entry)}
        query = items_query(request, request.app.state.settings, fields, _FORMATS)
        selection = selected(entry, list(fields.values()), query.wanted)
        fids = shared.memory.matched(connection, entry, fields, query.wanted)
        cell = cell_of(request.query_params.get("cell"), entry)
        if cell is not None:
            fids = shared.memory.in_cell(connection, entry, fids, cell)
            selection = pages.narrowed(selection, fids)
        page = pages.page(connection, selection, query, fids)
    path, media_type = f"/collections/{entry.id}", CSV if as_csv else GEOJSON
    links = page_links(request, f"{path}/items", query, page, media_type=media_type)
    headers |= {"OGC-NumberMatched": str(len(fids)), "OGC-NumberReturned": str(len(page.rows)), "Content-Crs": _PLACES}
    if as_csv:
        headers["Link"] = ", ".join(f'<{one["href"]}>; rel="{one["rel"]}"; type="{one["type"]}"' for one in links)
        body = b"".join(csv_pieces(selection.fields, [page.rows] if page.rows else []))
        return Response(body, headers=headers, media_type=CSV)
    content = {
        "type": "FeatureCollection",
        "numberMatched": len(fids),
        "numberReturned": len(page.rows),
        "links": [*links, link(request, path, "collection")],
        "features": pages.geojson(selection, page.rows),
    }
    return json_response(request, content, media_type=GEOJSON, headers=headers)


@router.get(
    "/collections/{collection_id}/items/{feature_id}",
    summary="One feature",
    responses={200: {"content": {GEOJSON: {}}}},
)
def _read_item(request: Request, collection_id: CollectionId, feature_id: FeatureId) -> Response:
    """Return one feature."""
    who = principal(request)
    require_known(request, {"f", "lang", "crs"})
    with resources(request).reading() as connection:
        entry = collection(connection, collection_id, who)
        number = int(feature_id) if feature_id.isascii() and feature_id.isdigit() else -1
        feature = pages.one(connection, entry, number) if 0 <= number <= _LARGEST else None
    if feature is None:
        raise ProblemError(404, f"no feature {feature_id!r} in {entry.id}", f"{entry.id} 中没有要素 {feature_id}")
    path = f"/collections/{entry.id}"
    links = [link(request, f"{path}/items/{number}", "self", media_type=GEOJSON), link(request, path, "collection")]
    return json_response(request, {**feature, "links": links}, media_type=GEOJSON, headers={"Content-Crs": _PLACES})


@router.get(
    "/collections/{collection_id}/download",
    summary="All features as a file",
    openapi_extra={"parameters": [*FILTER_PARAMETERS, choice("f", tuple(DOWNLOADS))]},
    responses=_FILES,
)
def _download(request: Request, collection_id: CollectionId) -> Response:
    """Return every feature that the filters leave, as CSV (the default), Excel or GeoPackage."""
    who = principal(request)
    shared = resources(request)
    with shared.reading() as connection:
        entry = collection(connection, collection_id, who)
        permit(who, OFFERED[entry.table].download)
        fields = {field.name: field for field in properties(connection, entry)}
        wanted = wanted_query(request, fields, SHAPES, tuple(DOWNLOADS))
        selection = selected(entry, list(fields.values()), wanted)
    rows_max = request.app.state.settings.book_rows_max
    kind = request.query_params.get("f", "csv")
    return download(shared, selection, kind, lang=language(request), rows_max=rows_max)


@router.get("/download", summary="The whole workspace", responses={200: {"content": {DOWNLOADS["gpkg"]: {}}}})
def _download_workspace(request: Request) -> Response:
    """Return the GeoPackage with everything in it, as it is at this moment; for administrators of all areas."""
    who = require(request, Action.ADMIN)
    if who.scope is not None:
        raise ProblemError(
            403,
            "the whole workspace is for administrators of all areas: download single collections",
            "整个工作区仅限全域管理员下载，请按数据集下载",
        )
    require_known(request, {"f", "lang"}, ("gpkg",))
    return whole_workspace(resources(request))
