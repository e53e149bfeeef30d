"""OGC API - Processes (18-062r2): what is offered, and running it."""

import time
from typing import Annotated, Any, Final

import anyio
import orjson
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.located import located, points_of
from geocensus_api.features.parameters import require_known
from geocensus_api.links import link
from geocensus_api.negotiation import address, language
from geocensus_api.processes.asking import Asked, asked
from geocensus_api.processes.descriptions import PROCESSES, Process, process
from geocensus_api.processes.records import Job, new_job
from geocensus_api.processes.shared import work
from geocensus_api.processes.telling import require_results, results, status_info
from geocensus_api.resources import resources
from geocensus_api.responses import JSON, json_response

__all__ = ["router"]

router = APIRouter(tags=["processes"])

_VERSION: Final = "1.0.0"
_POLL_S: Final = 0.05
_MEMBERS: Final = frozenset({"inputs", "outputs", "response"})
_EXECUTE: Final = "http://www.opengis.net/def/rel/ogc/1.0/execute"
_SAMPLE: Final = {one.id: {"summary": one.id, "value": {"inputs": dict(one.example)}} for one in PROCESSES.values()}
_BODY: Final = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "inputs": {"type": "object"},
                    "outputs": {"type": "object"},
                    "response": {"type": "string", "enum": ["document", "raw"]},
                },
            },
            "examples": _SAMPLE,
        }
    },
}
_PREFER: Final = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "respond-async: answer at once with a job.",
    "schema": {"type": "string"},
    "example": "respond-async",
}
_OBJECT: Final[dict[str, Any]] = {"content": {JSON: {"schema": {"type": "object"}}}}

ProcessId = Annotated[str, Path(max_length=60, description="Id of a process.", examples=["check"])]


@router.get("/processes", summary="Processes", responses={200: _OBJECT})
def _processes(request: Request) -> Response:
    """Return the processes that are offered."""
    principal(request)
    require_known(request, {"f", "lang"})
    told = [_summary(request, one) for one in PROCESSES.values()]
    return json_response(request, {"processes": told, "links": [link(request, "/processes", "self")]})


@router.get("/processes/{process_id}", summary="One process", responses={200: _OBJECT})
def _process(request: Request, process_id: ProcessId) -> Response:
    """Return a process with its inputs and outputs."""
    principal(request)
    require_known(request, {"f", "lang"})
    found, lang = process(process_id), language(request)
    inputs = {
        name: {
            "title": one.title.get(lang),
            "schema": one.schema,
            "minOccurs": int(one.required),
            "maxOccurs": 1,
        }
        for name, one in found.inputs.items()
    }
    outputs = {
        name: {"title": one.title.get(lang), "schema": _output_schema(one.media_type)}
        for name, one in found.outputs.items()
    }
    return json_response(request, {**_summary(request, found), "inputs": inputs, "outputs": outputs})


def _output_schema(media_type: str) -> dict[str, Any]:
    if media_type == JSON:
        return {"type": ["object", "array"], "contentMediaType": JSON}
    return {"type": "string", "contentMediaType": media_type, "contentEncoding": "binary"}


def _summary(request: Request, one: Process) -> dict[str, Any]:
    lang, path = language(request), f"/processes/{one.id}"
    return {
        "id": one.id,
        "version": _VERSION,
        "title": one.title.get(lang),
        "description": one.description.get(lang),
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value", "reference"],
        "links": [
            link(request, path, "self"),
            link(request, path, "process-desc"),
            link(request, f"{path}/execution", _EXECUTE),
        ],
    }


@router.post(
    "/processes/{process_id}/execution",
    summary="Run a process",
    openapi_extra={"requestBody": _BODY, "parameters": [_PREFER]},
    responses={
        200: {"description": "The results.", **_OBJECT},
        201: {"description": "A job: asked for, or not done within the time of a request.", **_OBJECT},
        404: {"description": "No such process, upload, area or plan."},
        409: {"description": "The name of the plan is not free."},
        422: {"description": "The input cannot be processed."},
    },
)
async def _execute(request: Request, process_id: ProcessId) -> Response:
    """Run a process: the results come in the answer, or with ``Prefer: respond-async`` a job that goes on by itself.

    A job that takes longer than a request should (60 s unless set otherwise) is answered as a job, too.
    """
    principal(request)
    require_known(request, {"f", "lang"})
    found = process(process_id)
    body = await _body(request)
    later = "respond-async" in _preferences(request)
    answer = await run_in_threadpool(_begin, request, found, body, later=later)
    if isinstance(answer, Response):
        return answer
    if later:
        return _accepted(request, answer)
    job = await _ended(request, answer)
    if not job.ended:
        return _accepted(request, job)
    return await run_in_threadpool(_results, request, job, body)


async def _body(request: Request) -> dict[str, Any]:
    parts, size, most = [], 0, request.app.state.settings.body_max
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise ProblemError(
                413, f"the request is larger than {most} bytes: use an upload", f"请求超过 {most} 字节，请改用上传文件"
            )
        parts.append(part)
    try:
        content = orjson.loads(b"".join(parts))
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is not JSON: {error}", f"请求体不是有效的 JSON：{error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("inputs", {}), dict):
        raise ProblemError(400, 'send {"inputs": {...}}', "请发送 {“inputs”: {...}} 形式的对象")
    unknown = sorted(set(content) - _MEMBERS)
    if unknown:
        raise ProblemError(
            400,
            f"unknown member {', '.join(unknown)}; known are {', '.join(sorted(_MEMBERS))}",
            f"未知成员 {'、'.join(unknown)}；可用：{'、'.join(sorted(_MEMBERS))}",
        )
    return content


def _preferences(request: Request) -> set[str]:
    told = ",".join(request.headers.getlist("prefer"))
    return {part.split(";")[0].strip().lower() for part in told.split(",")}


def _begin(request: Request, found: Process, body: dict[str, Any], *, later: bool) -> Response | Job:
    """Answer at once where that is a matter of moments, else put a job into the queue."""
    who, shared = principal(request), work(request)
    _wanted(found, body)
    with resources(request).reading() as connection:
        given = asked(found, body.get("inputs", {}), who, shared.uploads, connection, reserved=shared.jobs.names())
    if found.id == "locate" and "points" in given.values and not later:
        return _answer(request, given, body)
    if "points" in given.values:
        points_of(given.values["points"], request.app.state.settings.points_max)
    return shared.jobs.submit(new_job(found.id, who, language(request)), given.prepare)


def _wanted(found: Process, body: dict[str, Any]) -> list[str] | None:
    """Return the names of the outputs that are asked for; None for all."""
    outputs, response = body.get("outputs"), body.get("response", "document")
    if outputs is not None and not isinstance(outputs, dict):
        raise ProblemError(400, 'outputs: send {"name": {}}', "outputs：请发送 {“名称”: {}} 形式的对象")
    unknown = sorted(set(outputs or ()) - set(found.outputs))
    if unknown:
        there = ", ".join(found.outputs)
        raise ProblemError(
            400,
            f"unknown output {', '.join(unknown)}; known are {there}",
            f"未知输出 {'、'.join(unknown)}；可用：{there}",
        )
    if response not in {"document", "raw"}:
        raise ProblemError(400, "response: document or raw", "response：应为 document 或 raw")
    if response == "raw" and len(outputs or ()) != 1:
        raise ProblemError(400, "response raw: name one output", "response 为 raw 时，请指定一个输出")
    return list(outputs) if outputs else None


def _answer(request: Request, given: Asked, body: dict[str, Any]) -> Response:
    points = points_of(given.values["points"], request.app.state.settings.points_max)
    seen = None if given.seen is None else set(given.seen).__contains__
    told = located(resources(request).basemap(), points, seen)
    content = {"count": len(told), "crs_assumed": "cgcs2000", "results": told}
    return json_response(request, content if body.get("response") == "raw" else {"results": content})


async def _ended(request: Request, job: Job) -> Job:
    """Wait for the end of a job, as long as a request may take and somebody waits for it."""
    until = time.monotonic() + request.app.state.settings.sync_seconds
    jobs = work(request).jobs
    while not job.ended and time.monotonic() < until and not request.app.state.closing.is_set():
        await anyio.sleep(_POLL_S)
        job = jobs.now(job.id) or job
    return job


def _results(request: Request, job: Job, body: dict[str, Any]) -> Response:
    require_results(job)
    told = results(request, job, _wanted(process(job.process), body))
    monitor = {"Link": f'<{address(request)}/jobs/{job.id}>; rel="monitor"'}
    content = next(iter(told.values())) if body.get("response") == "raw" and told else told
    return json_response(request, content, headers=monitor)


def _accepted(request: Request, job: Job) -> Response:
    headers = {"Location": f"{address(request)}/jobs/{job.id}", "Preference-Applied": "respond-async"}
    response = json_response(request, status_info(request, job), headers=headers)
    response.status_code = 201
    return response
