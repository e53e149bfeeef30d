"""Jobs and uploads as the documents that clients get."""

from typing import Any, Final

import orjson
from fastapi import Request
from starlette.responses import Response

from geocensus_api.errors import ProblemError
from geocensus_api.links import link
from geocensus_api.negotiation import language
from geocensus_api.processes.history import Event
from geocensus_api.processes.records import Job, State
from geocensus_api.processes.shared import work
from geocensus_api.processes.uploads import Upload

__all__ = ["RESULTS_REL", "event_text", "require_results", "results", "sandboxed", "status_info", "told_upload"]

RESULTS_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/results"
_EXCEPTIONS: Final = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"


def status_info(request: Request, job: Job) -> dict[str, Any]:
    """Return how a job stands (statusInfo.yaml of OGC 18-062r2).

    Parameters
    ----------
    request
        For language and address.
    job
        The job.

    Returns
    -------
    dict
        With the message in the client's language, and in both.
    """
    path = f"/jobs/{job.id}"
    links = [link(request, path, "self"), link(request, f"{path}/events", "related", media_type="text/event-stream")]
    if job.state is State.SUCCESSFUL:
        links.append(link(request, f"{path}/results", RESULTS_REL))
    told: dict[str, Any] = {
        "jobID": job.id,
        "processID": job.process,
        "type": "process",
        "status": job.state,
        "progress": job.progress,
        "message": job.message.get(language(request)),
        "messages": {"zh": job.message.zh, "en": job.message.en},
        "owner": job.owner,
        "created": job.created,
        "updated": job.updated,
    }
    told |= {name: value for name, value in (("started", job.started), ("finished", job.finished)) if value}
    if job.problem is not None:
        told["problem"] = {"status": job.problem["status"], "detail": told["message"], "details": _both(job)}
    return {**told, "links": links}


def _both(job: Job) -> dict[str, str]:
    return {} if job.problem is None else {name: job.problem[name] for name in ("zh", "en")}


def require_results(job: Job) -> None:
    """Refuse results that are not there; a failed job answers what went wrong.

    Parameters
    ----------
    job
        The job.

    Raises
    ------
    ProblemError
        404 where there are none, or none yet; else the problem of the job.
    """
    if job.problem is not None:
        extra = {"details": _both(job), "jobID": job.id}
        raise ProblemError(job.problem["status"], job.problem["en"], job.problem["zh"], extra=extra)
    if job.state is not State.SUCCESSFUL:
        kind = "no-such-job" if job.ended else "result-not-ready"
        raise ProblemError(
            404,
            f"no results: the job is {job.state}",
            f"没有结果：任务状态为 {job.state}",
            extra={"type": f"{_EXCEPTIONS}/{kind}"},
        )


def results(request: Request, job: Job, wanted: list[str] | None = None) -> dict[str, Any]:
    """Return the results of a job.

    Parameters
    ----------
    request
        For the address.
    job
        A successful one.
    wanted
        Names of outputs; None for all.

    Returns
    -------
    dict
        Values as they are, files as links.
    """
    folder = work(request).jobs.folder / job.id / "outputs"
    told: dict[str, Any] = {}
    for name, output in job.outputs.items():
        if wanted is not None and name not in wanted:
            continue
        if output["value"]:
            told[name] = orjson.Fragment((folder / output["file"]).read_bytes())
            continue
        path = f"/jobs/{job.id}/results/{name}"
        told[name] = link(request, path, "item", media_type=output["media_type"], title=output["name"])
    return told


def event_text(event: Event, lang: str) -> bytes:
    """Return an event as server-sent (HTML Living Standard, 9.2).

    Parameters
    ----------
    event
        What happened.
    lang
        "zh" or "en".

    Returns
    -------
    bytes
        Type "progress", or "end" for the last one.
    """
    told = {
        "status": event.state,
        "progress": event.progress,
        "message": event.message.get(lang),
        "messages": {"zh": event.message.zh, "en": event.message.en},
        "updated": event.time,
    }
    kind = "end" if event.state in {State.SUCCESSFUL, State.FAILED, State.DISMISSED} else "progress"
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.number, kind.encode(), orjson.dumps(told))


def told_upload(request: Request, upload: Upload) -> dict[str, Any]:
    """Return what is told of an upload.

    Parameters
    ----------
    request
        For the address.
    upload
        Its record.

    Returns
    -------
    dict
        Without its place.
    """
    named = {name: getattr(upload, name) for name in ("id", "name", "title", "size", "sha256", "created", "expires")}
    return {**named, "links": [link(request, f"/uploads/{upload.id}", "self")]}


def sandboxed(response: Response) -> Response:
    """Keep a browser from showing what was made out of somebody's list as a page of ours.

    Parameters
    ----------
    response
        A file.

    Returns
    -------
    Response
        The same.
    """
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
