"""What requests share: the workspace, and values that are kept as long as it does not change."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from fastapi import Request

from geocensus.io import open_basemap
from geocensus.pipeline.draw import page_of
from geocensus.workspace import data_version, read_only

__all__ = ["Resources", "resources"]


class Resources:
    """A workspace, read anew by each request; its basemap and its map page are kept until it changes.

    Parameters
    ----------
    workspace
        The GeoPackage.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._kept: dict[str, tuple[Any, Any]] = {}
        self._locks: dict[str, Lock] = {}

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for one request: it sees one state."""
        with read_only(self.workspace) as connection:
            yield connection

    def basemap(self) -> Any:
        """Return the basemap of now.

        Returns
        -------
        Basemap
            Opened again only after a change.
        """
        return self._keep("basemap", lambda: open_basemap(self.workspace))

    def page(self, lang: str) -> bytes:
        """Return the map page of now.

        Parameters
        ----------
        lang
            "zh" or "en".

        Returns
        -------
        bytes
            HTML in UTF-8.
        """
        return self._keep(f"page {lang}", lambda: page_of(self.workspace, lang=lang).encode("utf-8"))

    def _keep(self, key: str, make: Callable[[], Any]) -> Any:
        with self._locks.setdefault(key, Lock()):  # the second client waits for the first one's page
            version = data_version(self.workspace)
            if key not in self._kept or self._kept[key][0] != version:
                self._kept[key] = version, make()
            return self._kept[key][1]


def resources(request: Request) -> Resources:
    """Return what requests share.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    Resources
        Of the application.
    """
    shared: Resources = request.app.state.resources
    return shared
