"""Routes, one file per part of the service."""

from geocensus_api.routes import features, landing, locating, pages

__all__ = ["ROUTERS"]

ROUTERS = (landing.router, features.router, locating.router, pages.router)
