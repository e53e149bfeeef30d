"""The review page: the files that were built into the package, under /app/."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from geocensus_api.access.principal import principal
from geocensus_api.errors import ProblemError
from geocensus_api.negotiation import address
from geocensus_api.responses import tagged
from geocensus_api.settings import Settings

__all__ = ["has_page", "home", "router"]

router = APIRouter()

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; child-src blob:; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_OCTETS: Final = "application/octet-stream"
_TYPES: Final = {  # not the system's table: on Windows other programs change it
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pbf": "application/x-protobuf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_HASHED: Final = "assets/"  # Vite puts a hash into these names: they never change
_LASTING: Final = "private, max-age=31536000, immutable"


def has_page(request: Request) -> bool:
    """Tell whether the review page was built.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    bool
        True when there is one.
    """
    return (_folder(request) / "index.html").is_file()


def home(request: Request) -> str:
    """Return where a browser goes first.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    str
        The review page; the root where it was not built.
    """
    return f"{address(request)}/{'app/' if has_page(request) else ''}"


def _folder(request: Request) -> Path:
    folder: Path = request.app.state.settings.page_folder
    return folder.resolve()


@router.get("/app", include_in_schema=False)
def _page(request: Request) -> Response:
    """Go on to the page: its addresses are relative to the folder."""
    principal(request)
    return RedirectResponse(f"{address(request)}/app/", 303)


@router.get("/app/{path:path}", include_in_schema=False)
def _file(request: Request, path: str = "") -> Response:
    """Return a file of the page."""
    principal(request)
    folder = _folder(request)
    file = _inside(folder, path or "index.html")
    if file is None:
        raise ProblemError(
            404,
            "no such file of the page" if has_page(request) else "the review page is not part of this installation",
            "页面中没有该文件" if has_page(request) else "本安装不含审核页面",
        )
    headers = {"Content-Security-Policy": _policy(request.app.state.settings), "Referrer-Policy": "same-origin"}
    body = file.read_bytes()
    if file.relative_to(folder).as_posix().startswith(_HASHED):
        headers |= {"Cache-Control": _LASTING, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = _packed(body)
    return tagged(request, body, _TYPES.get(file.suffix.lower(), _OCTETS), headers)


@lru_cache(maxsize=32)
def _packed(body: bytes) -> bytes:
    """Return a file as small as gzip makes it: these are the largest answers, and are always the same."""
    return gzip.compress(body, 9, mtime=0)


def _policy(settings: Settings) -> str:
    """Return what the page may load: its own, and tiles of the background that the operator set."""
    policy = _POLICY
    for origin in settings.background.origins if settings.background else ():
        for rule in ("img-src 'self'", "connect-src 'self'"):
            policy = policy.replace(rule, f"{rule} {origin}")
    return policy


def _inside(folder: Path, path: str) -> Path | None:
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):  # a name too long, a NUL
        return None
