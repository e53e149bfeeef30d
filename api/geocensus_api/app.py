"""The application factory."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata
from pathlib import Path
from threading import Event

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from geocensus_api import errors
from geocensus_api.access.care import CareMiddleware
from geocensus_api.access.door import Door, DoorMiddleware
from geocensus_api.access.failures import Failures
from geocensus_api.access.keeper import Keeper
from geocensus_api.attachments.sweeping import sweep
from geocensus_api.bulk.previews import Previews
from geocensus_api.maps.shelf import MapShelf
from geocensus_api.processes.shared import Work
from geocensus_api.resources import Resources
from geocensus_api.review.readying import ready
from geocensus_api.routes import ROUTERS
from geocensus_api.settings import Settings
from geocensus_api.tiles.at_hand import AtHandMiddleware

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
        An ASGI application; when it starts, the tables of an older workspace are brought to those of now.

    Examples
    --------
    >>> create_app(Settings(token="secret"), "ws.gpkg").title
    'geocensus'
    """
    # FastAPI's own pages load scripts from elsewhere; its own document would bypass ours
    app = FastAPI(
        title="geocensus",
        version=_version(),
        description=(
            "Zones, sources, flags and splits of a geocensus workspace: OGC API - Features (CQL2-text), Tiles, "
            "Processes, review of flags, plans and maps, with people, roles and areas."
        ),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name.strip("_"),
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.resources = Resources(Path(workspace))
    app.state.work = Work(settings, app.state.resources)
    app.state.maps = MapShelf(settings.map_bytes)
    app.state.previews = Previews()
    app.state.door = _door(settings, app.state.resources)
    app.state.closing = Event()  # set when the service is told to end: streams stop
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=1)
    app.add_middleware(AtHandMiddleware, shared=app.state.resources)
    app.add_middleware(DoorMiddleware, door=app.state.door)
    if settings.cors_origins:  # outside the door: a browser's question before the request carries no token
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "Prefer"],
            expose_headers=["ETag", "Link", "Content-Crs", "OGC-NumberMatched", "OGC-NumberReturned"],
        )
    app.add_middleware(CareMiddleware)
    return app


def _door(settings: Settings, shared: Resources) -> Door:
    keeper = Keeper(shared.folder, token=settings.token, idle_s=settings.session_idle_s)
    return Door(keeper, Failures(most=settings.failures_max, window_s=settings.failures_window_s))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.resources.writer.open()
    await run_in_threadpool(ready, app.state.resources)
    await run_in_threadpool(sweep, app.state.resources)
    await run_in_threadpool(app.state.work.open)
    yield
    await run_in_threadpool(app.state.work.close)
    app.state.resources.writer.close()  # what was queued is still written
    app.state.resources.close()
    app.state.door.keeper.close()


def _version() -> str:
    try:
        return metadata.version("geocensus")
    except metadata.PackageNotFoundError:
        return "0"
