"""Jobs: how they stand, their progress as it comes, their results, and ending them."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from geocensus_api.access.door import entry_of
from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.parameters import require_known
from geocensus_api.links import link
from geocensus_api.negotiation import language
from geocensus_api.openapi import parameter
from geocensus_api.processes.descriptions import PROCESSES
from geocensus_api.processes.records import Job, State
from geocensus_api.processes.shared import work
from geocensus_api.processes.telling import event_text, require_results, results, sandboxed, status_info
from geocensus_api.responses import JSON, json_response
from geocensus_api.schemas import ref

__all__ = ["router"]

router = APIRouter(tags=["jobs"])

_POLL_S: Final = 0.1
_LOOK_S: Final = 1.0  # between two looks whether the client may still hear of it
_STREAM: Final = "text/event-stream"
_SAMPLE: Final = {
    "jobID": "20261122-0123456789abcdef01234567",
    "processID": "check",
    "type": "process",
    "status": "running",
    "progress": 30,
    "message": "locating and checking",
    "messages": {"zh": "定位与核查", "en": "locating and checking"},
    "owner": "王工",
    "created": "2026-11-22T03:00:00.000Z",
    "started": "2026-11-22T03:00:01.000Z",
    "updated": "2026-11-22T03:00:04.000Z",
    "links": [],
}
_STATUS: Final[dict[str, Any]] = {"content": {JSON: {"schema": ref("Job"), "example": _SAMPLE}}}
_LIST: Final[dict[str, Any]] = {"content": {JSON: {"schema": ref("Jobs"), "example": {"jobs": [_SAMPLE], "links": []}}}}
_FILTERS: Final = [
    {
        **parameter("status", "jobs of this status only", type="string", enum=list(map(str, State))),
        "example": "running",
    },
    {**parameter("processID", "jobs of this process only", type="string", enum=list(PROCESSES)), "example": "check"},
    {"$ref": "#/components/parameters/limit"},
]
_AFTER: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "Number of the last event that the client has: it gets those after it.",
    "schema": {"type": "string"},
    "example": "3",
}

JobId = Annotated[str, Path(max_length=60, description="Id of a job.", examples=["20261122-0123456789abcdef01234567"])]
OutputName = Annotated[str, Path(max_length=60, description="Name of an output.", examples=["result"])]


@router.get("/jobs", summary="Your jobs", openapi_extra={"parameters": _FILTERS}, responses={200: _LIST})
def _jobs(request: Request) -> Response:
    """Return your jobs, the newest first; an administrator of all areas sees everybody's."""
    who = principal(request)
    require_known(request, {"f", "lang", "status", "processID", "limit"})
    status, process = request.query_params.get("status"), request.query_params.get("processID")
    if status is not None and status not in set(State):
        raise ProblemError(400, f"status: one of {', '.join(State)}", f"status：应为 {'、'.join(State)} 之一")
    seen = [
        job for job in work(request).jobs.seen_by(who) if status in {None, job.state} and process in {None, job.process}
    ]
    shown = seen[: _limit(request)]
    content = {
        "jobs": [status_info(request, job) for job in shown],
        "numberMatched": len(seen),
        "numberReturned": len(shown),
        "links": [link(request, "/jobs", "self")],
    }
    return json_response(request, content)


def _limit(request: Request) -> int:
    settings, given = request.app.state.settings, request.query_params.get("limit", "")
    if not given:
        return settings.limit_default
    if not (given.isascii() and given.isdigit()) or not int(given[:18]):
        raise ProblemError(400, "limit: a whole number from 1", "limit：应为不小于 1 的整数")
    return min(settings.limit_max, int(given[:18]))


@router.get("/jobs/{job_id}", summary="One job", responses={200: _STATUS})
def _job(request: Request, job_id: JobId) -> Response:
    """Return how a job stands."""
    who = principal(request)
    require_known(request, {"f", "lang"})
    return json_response(request, status_info(request, work(request).jobs.one(who, job_id)))


@router.delete(
    "/jobs/{job_id}",
    summary="Dismiss a job",
    responses={200: _STATUS, 409: {"description": "It had done its work before it could be stopped."}},
)
def _dismiss(request: Request, job_id: JobId) -> Response:
    """Stop a job that waits or runs: nothing of it stays; of one that has ended, delete the results."""
    who = principal(request)
    require_known(request, {"f", "lang"})
    jobs = work(request).jobs
    return json_response(request, status_info(request, jobs.dismiss(jobs.one(who, job_id))))


@router.get(
    "/jobs/{job_id}/results",
    summary="Results of a job",
    responses={200: {"content": {JSON: {"schema": {"type": "object"}, "example": {"summary": {"rows": 1200}}}}}},
)
def _results(request: Request, job_id: JobId) -> Response:
    """Return the results: values as they are, files as links; of a failed job, what went wrong."""
    who = principal(request)
    require_known(request, {"f", "lang"})
    job = work(request).jobs.one(who, job_id)
    require_results(job)
    return json_response(request, results(request, job))


@router.get(
    "/jobs/{job_id}/results/{output}",
    summary="One result of a job",
    responses={
        200: {
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in sorted(
                    {one.media_type for process in PROCESSES.values() for one in process.outputs.values()}
                )
            }
        }
    },
)
def _result(request: Request, job_id: JobId, output: OutputName) -> Response:
    """Return one output as a file."""
    who = principal(request)
    require_known(request, {"f", "lang"})
    jobs = work(request).jobs
    job = jobs.one(who, job_id)
    require_results(job)
    made = job.outputs.get(output)
    if made is None:
        there = ", ".join(job.outputs)
        raise ProblemError(404, f"no output {output!r}; there are {there}", f"没有输出 {output}；已有：{there}")
    path = jobs.folder / job.id / "outputs" / made["file"]
    if not path.is_file():
        raise ProblemError(404, f"the file of {output!r} is no longer there", f"输出 {output} 的文件已不存在")
    named = f"attachment; filename=\"{made['file']}\"; filename*=UTF-8''{quote(made['name'], safe='')}"
    return sandboxed(FileResponse(path, media_type=made["media_type"], headers={"Content-Disposition": named}))


@router.get(
    "/jobs/{job_id}/events",
    summary="Progress of a job as it comes",
    openapi_extra={"parameters": [_AFTER]},
    responses={200: {"content": {_STREAM: {"schema": {"type": "string"}}}}},
)
def _events(request: Request, job_id: JobId) -> Response:
    """Return server-sent events: ``progress`` for each step, then ``end``; the stream ends with the job."""
    who = principal(request)
    require_known(request, {"f", "lang"})
    job = work(request).jobs.one(who, job_id)
    given = request.headers.get("last-event-id", "")
    after = int(given[:9]) if given.isascii() and given.isdigit() else 0
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy must not hold back what has come
    return StreamingResponse(_stream(request, job, after), media_type=_STREAM, headers=headers)


async def _stream(request: Request, job: Job, after: int) -> AsyncIterator[bytes]:
    jobs, lang = work(request).jobs, language(request)
    beat = request.app.state.settings.heartbeat_s
    yield b"retry: 2000\n\n"
    keeper, entry = request.app.state.door.keeper, entry_of(request)
    told = looked = time.monotonic()
    while True:
        now = jobs.now(job.id)  # before its events: its last one is among them
        for event in jobs.events(job.id, after):
            yield event_text(event, lang)
            after, told = event.number, time.monotonic()
        if now is None or now.ended or request.app.state.closing.is_set():
            return
        if time.monotonic() - told >= beat:
            yield b": still there\n\n"
            told = time.monotonic()
        if time.monotonic() - looked >= _LOOK_S:
            if not keeper.holds(entry):  # a token that is revoked ends what was begun with it
                return
            looked = time.monotonic()
        await anyio.sleep(_POLL_S)
