"""Uploads: lists and tables for the processes, streamed to the disk."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from geocensus_api.access.principal import Action, require
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.openapi import parameter
from geocensus_api.processes.contents import ENDINGS
from geocensus_api.processes.shared import work
from geocensus_api.processes.telling import told_upload
from geocensus_api.responses import json_response
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter(tags=["uploads"])

_PIECE: Final = 1 << 20  # what is written to the disk at a time
_SAMPLE: Final = {
    "id": "u-0123456789abcdef01234567",
    "name": "list.xlsx",
    "title": "名单.xlsx",
    "size": 128934,
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "created": "2026-11-22T03:00:00+00:00",
    "expires": "2026-11-29T03:00:00+00:00",
    "links": [{"href": "http://127.0.0.1:8000/uploads/u-0123456789abcdef01234567", "rel": "self"}],
}
_NAME: Final = {
    **parameter("name", f"Name of the file; its ending is one of {', '.join(ENDINGS)}.", type="string"),
    "required": True,
    "example": "list.xlsx",
}
_JSON: Final = "application/json"
_ONE: Final[dict[str, Any]] = {"content": {_JSON: {"schema": ref("Upload"), "example": _SAMPLE}}}
_ALL: Final[dict[str, Any]] = {"content": {_JSON: {"schema": ref("Uploads"), "example": {"uploads": [_SAMPLE]}}}}
_BINARY: Final = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}

UploadId = Annotated[str, Path(max_length=60, description="Id of an upload.", examples=["u-0123456789abcdef01234567"])]


@router.post(
    "/uploads",
    summary="Upload a file",
    status_code=201,
    openapi_extra={"parameters": [_NAME], "requestBody": {"required": True, "content": _BINARY}},
    responses={
        201: {"description": "Kept for some days.", **_ONE},
        413: {"description": "The file, or all of yours, is too large."},
        415: {"description": "No ending of a list, or a compressed body."},
        422: {"description": "The content is not what its ending says, or unpacks to too much."},
    },
)
async def _upload(request: Request) -> Response:
    """Take the body as a file: as it is, without a form around it."""
    who = require(request, Action.EXACT)
    require_known(request, {"name", "f", "lang"})
    name = request.query_params.get("name", "")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise ProblemError(
            415, "send the file as it is, without Content-Encoding", "请直接发送文件，不要使用 Content-Encoding"
        )
    length = request.headers.get("content-length", "")
    size = int(length) if length.isascii() and length.isdigit() else None
    arrival = await run_in_threadpool(work(request).uploads.arrive, who.name, name, size)
    try:
        waiting = bytearray()
        async for piece in request.stream():
            waiting += piece
            if len(waiting) >= _PIECE:
                await run_in_threadpool(arrival.add, bytes(waiting))
                waiting.clear()
        await run_in_threadpool(arrival.add, bytes(waiting))
        upload = await run_in_threadpool(arrival.finish)
    finally:
        await run_in_threadpool(arrival.end)
    told = told_upload(request, upload)
    response = json_response(request, told, headers={"Location": told["links"][0]["href"]})
    response.status_code = 201
    return response


@router.get("/uploads", summary="Your uploads", responses={200: _ALL})
def _uploads(request: Request) -> Response:
    """Return the files that you have uploaded, the newest first."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    return json_response(
        request, {"uploads": [told_upload(request, one) for one in work(request).uploads.of(who.name)]}
    )


@router.get("/uploads/{upload_id}", summary="One upload", responses={200: _ONE})
def _one_upload(request: Request, upload_id: UploadId) -> Response:
    """Return what is known of an uploaded file."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    return json_response(request, told_upload(request, work(request).uploads.one(who.name, upload_id)))


@router.delete(
    "/uploads/{upload_id}", summary="Delete an upload", status_code=204, responses={204: {"description": "Deleted."}}
)
def _delete_upload(request: Request, upload_id: UploadId) -> Response:
    """Delete an uploaded file; jobs that have begun with it keep their own."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    work(request).uploads.delete(who.name, upload_id)
    return Response(status_code=204)
