"""The application factory."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from geocensus_api import errors
from geocensus_api.access.door import CareMiddleware, TokenMiddleware
from geocensus_api.resources import Resources
from geocensus_api.routes import ROUTERS
from geocensus_api.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings, workspace: str | os.PathLike[str]) -> FastAPI:
    """Return the service over one workspace.

    Parameters
    ----------
    settings
        Token, limits, language.
    workspace
        The GeoPackage; opened anew by each request, so that it may change meanwhile.

    Returns
    -------
    FastAPI
        An ASGI application; it changes nothing in the workspace.

    Examples
    --------
    >>> create_app(Settings(token="secret"), "ws.gpkg").title
    'geocensus'
    """
    # FastAPI's own pages load scripts from elsewhere; its own document would bypass ours
    app = FastAPI(
        title="geocensus",
        version=_version(),
        description="Read-only service over a geocensus workspace (OGC API - Features, with CQL2-text filters).",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name.strip("_"),
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.resources = Resources(Path(workspace))
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=1)
    app.add_middleware(TokenMiddleware, token=settings.token)
    if settings.cors_origins:  # outside the door: a browser's question before the request carries no token
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "Link", "Content-Crs", "OGC-NumberMatched", "OGC-NumberReturned"],
        )
    app.add_middleware(CareMiddleware)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.resources.writer.close()  # what was queued is still written


def _version() -> str:
    try:
        return metadata.version("geocensus")
    except metadata.PackageNotFoundError:
        return "0"
