"""One table from exceptions to statuses; every error is an RFC 9457 problem document."""

import logging
import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from geocensus.errors import DataNotFoundError, GeocensusError, ReviewError, UnreadableError, WorkspaceError
from geocensus.model import Text
from geocensus_api.negotiation import language

__all__ = ["PROBLEM_TYPE", "ProblemError", "install", "problem"]

PROBLEM_TYPE: Final = "application/problem+json"

STATUSES: Final[dict[type[GeocensusError], int]] = {
    DataNotFoundError: 404,
    UnreadableError: 503,
    WorkspaceError: 503,
    GeocensusError: 400,
}

REASONS: Final = {"locked": 409, "state": 409, "stale": 412, "own_work": 403, "not_yours": 403}  # of a ReviewError

_HTTP: Final = {
    404: Text("没有这个地址，可用的地址见 /api", "there is nothing at this path; /api lists all that there is"),
    405: Text("该地址不支持此方法，见 /api", "this path does not know the method; see /api"),
}
_GONE: Final = Text(
    "工作区文件已不在原处：请联系服务管理员放回原位，然后重试",
    "the workspace is not in its place any more: ask the operator of the service to put it back, then try again",
)
_log = logging.getLogger("geocensus.api")


class ProblemError(Exception):
    """A request that cannot be answered, with its status and what is wrong with it.

    Parameters
    ----------
    status
        HTTP status.
    en
        What is wrong and what to do, in English.
    zh
        The same in Chinese.
    extra
        Further members of the problem document (RFC 9457, 3.2).
    """

    def __init__(self, status: int, en: str, zh: str, *, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(en)
        self.status = status
        self.detail = Text(zh, en)
        self.extra = dict(extra or {})


def problem(
    status: int,
    detail: str,
    *,
    instance: str = "",
    headers: dict[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """Return a problem document.

    Parameters
    ----------
    status
        HTTP status.
    detail
        What is wrong and what to do.
    instance
        The path asked for.
    headers
        Further headers.
    extra
        Further members of the document.

    Returns
    -------
    Response
        Type application/problem+json.

    Examples
    --------
    >>> problem(400, "bbox: give four numbers").media_type
    'application/problem+json'
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        **(extra or {}),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if instance:
        body["instance"] = instance
    return Response(orjson.dumps(body), status, headers, PROBLEM_TYPE)


def install(app: FastAPI) -> None:
    """Let an application answer every exception with a problem document.

    Parameters
    ----------
    app
        The application.
    """
    app.add_exception_handler(ProblemError, _own)
    app.add_exception_handler(GeocensusError, _geocensus)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _internal)


def _own(request: Request, error: Any) -> Response:
    return problem(error.status, error.detail.get(language(request)), instance=request.url.path, extra=error.extra)


def _geocensus(request: Request, error: Any) -> Response:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    if isinstance(error, ReviewError):
        status = REASONS[error.reason]
    detail = _without_folders(request, error.message(language(request)))
    if isinstance(error, DataNotFoundError) and _is_gone(request):
        status, detail = 503, _GONE.get(language(request))
    return problem(status, detail, instance=request.url.path, extra=getattr(error, "details", None))


def _is_gone(request: Request) -> bool:
    """Tell whether it is the workspace itself that is not there: nothing is wrong with the address asked for."""
    shared = getattr(request.app.state, "resources", None)
    return shared is not None and not shared.workspace.is_file()


def _without_folders(request: Request, text: str) -> str:
    """Name files without their folders on this machine, which are nothing to clients."""
    shared = getattr(request.app.state, "resources", None)
    if shared is None:
        return text
    for folder in (shared.folder, shared.workspace.parent, shared.workspace.absolute().parent):
        text = text.replace(f"{folder}{os.sep}", "")
    return text


def _http(request: Request, error: Any) -> Response:
    known = _HTTP.get(error.status_code)
    if known is not None and error.detail == HTTPStatus(error.status_code).phrase:
        detail = known.get(language(request))
    else:
        detail = str(error.detail)
    return problem(error.status_code, detail, instance=request.url.path, headers=error.headers)


def _gone(_request: Request, _error: Any) -> Response:
    return Response(status_code=400)  # nobody is there to read it, and nothing of ours is wrong


def _validation(request: Request, error: Any) -> Response:
    wrong = "; ".join(f"{'.'.join(map(str, entry['loc']))}: {entry['msg']}" for entry in error.errors())
    return problem(400, wrong, instance=request.url.path)


def _internal(request: Request, error: Exception) -> Response:
    _log.error("internal error at %s", request.url.path, exc_info=error)
    detail = Text("内部错误，详情见服务端日志", "internal error: the server's log has the details")
    return problem(500, detail.get(language(request)), instance=request.url.path)
