"""Statements as attachments of flags: bring one, list them, fetch one."""

from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response

from geocensus_api.access.principal import Action, Principal, require
from geocensus_api.attachments.kinds import MEDIA_TYPES, display_name, media_type_of, verify
from geocensus_api.attachments.records import Attachment, add, attachments_of, one, source_of_flag
from geocensus_api.attachments.shelf import Incoming, Shelf
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.links import link
from geocensus_api.openapi import parameter
from geocensus_api.resources import Resources, resources
from geocensus_api.responses import json_response
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter()

_AT_ONCE: Final = 1 << 20  # bytes that go to the disk together
_SAMPLE: Final = {
    "attachment_id": "5e0c6f1f6a0b4f7d8c9e0a1b2c3d4e5f",
    "flag_id": "9ab95a503a89868624e3eaaae6d8f4ff",
    "source_id": "330822J00073",
    "name": "情况说明.pdf",
    "media_type": "application/pdf",
    "size": 48213,
    "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "author": "王工",
    "time": "2026-11-22T08:30:00.000+00:00",
}
_TOLD: Final[dict[str, Any]] = {"application/json": {"schema": ref("Attachment"), "example": _SAMPLE}}
_LIST: Final[dict[str, Any]] = {
    "application/json": {
        "schema": ref("Attachments"),
        "example": {"flag_id": _SAMPLE["flag_id"], "attachments": [_SAMPLE]},
    }
}
_FILE: Final[dict[str, Any]] = {
    kind: {"schema": {"type": "string", "format": "binary"}} for kind in dict.fromkeys(MEDIA_TYPES.values())
}
_NAME: Final = {
    **parameter("name", "Name of the file with its ending: " + ", ".join(MEDIA_TYPES)),
    "required": True,
    "example": "情况说明.pdf",
}

FlagId = Annotated[
    str, Path(max_length=100, description="Id of a flag.", examples=["9ab95a503a89868624e3eaaae6d8f4ff"])
]
AttachmentId = Annotated[
    str, Path(max_length=100, description="Id of an attachment.", examples=["5e0c6f1f6a0b4f7d8c9e0a1b2c3d4e5f"])
]


@router.post(
    "/flags/{flag_id:path}/attachments",
    summary="Attach a statement",
    status_code=201,
    openapi_extra={"parameters": [_NAME], "requestBody": {"required": True, "content": _FILE}},
    responses={
        201: {"description": "Attached.", "content": _TOLD},
        200: {"description": "The flag has this content already.", "content": _TOLD},
        409: {"description": "The flag has as many attachments as it may have."},
        413: {"description": "The file is too large."},
        415: {"description": "Not a document of a kind that is accepted, or not whole."},
    },
)
async def _attach(request: Request, flag_id: FlagId) -> Response:
    """Attach a stamped statement to a flag: the file itself is the body of the request.

    Its kind is told by the ending of ``name`` and by its content. The answer comes when file and row are on the disk.
    """
    who = require(request, Action.DECIDE)
    require_known(request, {"name", "lang"})
    settings, shared = request.app.state.settings, resources(request)
    name = display_name(request.query_params.get("name", ""))
    media_type = media_type_of(name)
    _refuse_large(request, settings.attachment_max)
    source_id = await run_in_threadpool(_source, shared, flag_id, who)
    given = Attachment("", flag_id, source_id, name, media_type, 0, "", who.name, "")
    shelf = Shelf(shared.folder / "attachments")
    with ExitStack() as stack:
        incoming = await run_in_threadpool(lambda: stack.enter_context(_opened(shelf)))
        async for part in _parts(request, settings.attachment_max):
            await run_in_threadpool(_written, incoming, part)
        row, new = await run_in_threadpool(_kept, shared, shelf, incoming, given, settings.attachments_most)
    place = link(request, f"/attachments/{row.attachment_id}", "item")["href"]
    response = json_response(request, row.told(), headers={"Location": place})
    response.status_code = 201 if new else 200
    return response


@router.get(
    "/flags/{flag_id:path}/attachments",
    summary="Attachments of a flag",
    responses={200: {"content": _LIST}, 404: {"description": "No such flag."}},
)
def _list(request: Request, flag_id: FlagId) -> Response:
    """Return what is attached to a flag, oldest first, each with a link to the file."""
    who = require(request, Action.EXACT)
    require_known(request, {"f", "lang"})
    with resources(request).reading() as connection:
        source_of_flag(connection, flag_id, who)
        rows = attachments_of(connection, flag_id)
    told = [
        {**row.told(), "links": [link(request, f"/attachments/{row.attachment_id}", "item", media_type=row.media_type)]}
        for row in rows
    ]
    return json_response(request, {"flag_id": flag_id, "attachments": told})


@router.get(
    "/attachments/{attachment_id}",
    summary="An attached statement",
    responses={
        200: {"content": _FILE},
        404: {"description": "No such attachment."},
        410: {"description": "The row is there, the file is not."},
    },
)
def _fetch(request: Request, attachment_id: AttachmentId) -> Response:
    """Return the file, to be saved and not to be shown by the browser."""
    who = require(request, Action.EXACT)
    require_known(request, {"lang"})
    shared = resources(request)
    with shared.reading() as connection:
        row = one(connection, attachment_id, who)
    place = Shelf(shared.folder / "attachments").place(row.sha256)
    if not place.is_file():
        raise ProblemError(
            410,
            f"the file of {row.name} is not in {shared.folder.name} any more: restore this folder from its copy",
            f"{row.name} 的文件已不在 {shared.folder.name} 文件夹中：请从备份恢复该文件夹",
        )
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",  # RFC 8187
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{row.sha256}"',
    }
    return FileResponse(place, media_type=row.media_type, headers=headers)


def _refuse_large(request: Request, most: int) -> None:
    """Refuse by the length that the client tells, before a byte is read."""
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:18]) > most:
        raise _too_large(most)


def _too_large(most: int) -> ProblemError:
    shown = f"{most / 1e6:g} MB"
    return ProblemError(
        413, f"the file is larger than {shown}: scan with fewer dots", f"文件超过 {shown}：请降低扫描分辨率后重试"
    )


async def _parts(request: Request, most: int) -> AsyncIterator[bytes]:
    """Yield the body in pieces of about a megabyte, and stop where it becomes too large."""
    waiting, size = bytearray(), 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most)
        waiting += part
        if len(waiting) >= _AT_ONCE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _source(shared: Resources, flag_id: str, who: Principal) -> str:
    with shared.reading() as connection:
        return source_of_flag(connection, flag_id, who)


def _opened(shelf: Shelf) -> Incoming:
    try:
        return shelf.incoming()
    except OSError as error:
        raise _no_room(error) from error


def _written(incoming: Incoming, part: bytes) -> None:
    try:
        incoming.write(part)
    except OSError as error:
        raise _no_room(error) from error


def _no_room(error: OSError) -> ProblemError:
    reason = error.strerror or "?"
    return ProblemError(
        503,
        f"the folder beside the workspace cannot be written ({reason})",
        f"工作区旁的服务文件夹无法写入（{reason}）",
    )


def _kept(shared: Resources, shelf: Shelf, incoming: Incoming, given: Attachment, most: int) -> tuple[Attachment, bool]:
    """Put the file in its place, then the row into the workspace: a row never stands without its file."""
    try:
        sha256 = incoming.close()
        verify(incoming.path, given.media_type, given.name)
        shelf.keep(incoming.path, sha256)
    except OSError as error:
        raise _no_room(error) from error
    row = Attachment(**{**given.told(), "size": incoming.size, "sha256": sha256})
    return shared.writer.write(lambda connection: add(connection, row, most=most))
