"""Routes, one file per part of the service."""

from geocensus_api.routes import collections, counts, features, landing, locating, pages, search

__all__ = ["ROUTERS"]

ROUTERS = tuple(part.router for part in (landing, collections, features, counts, search, locating, pages))
