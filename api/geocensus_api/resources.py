"""What requests share: the workspace, and values that are kept as long as it does not change."""

import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from fastapi import Request

from geocensus.io import open_basemap
from geocensus.pipeline.draw import page_of
from geocensus.workspace import read_only, revision
from geocensus_api.features.conditions import register
from geocensus_api.features.selection import Selection, count
from geocensus_api.store.folder import service_folder
from geocensus_api.store.writer import Writer

__all__ = ["Resources", "resources"]


_COUNTS: Final = 1_000  # filters whose number of features is kept


class Resources:
    """A workspace, read anew by each request; basemap, map page and counts are kept until it changes.

    Parameters
    ----------
    workspace
        The GeoPackage.
    """

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self.folder = service_folder(workspace)
        self.writer = Writer(workspace)
        self._kept: dict[str, tuple[Any, Any]] = {}
        self._locks: dict[str, Lock] = {}
        self._counts: OrderedDict[Any, int] = OrderedDict()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for one request: it sees one state."""
        with read_only(self.workspace) as connection:
            register(connection)
            yield connection

    def revision(self) -> tuple[object, ...]:
        """Return a name of the workspace's state; to be asked for before it is read.

        Returns
        -------
        tuple
            Empty where there is no workspace any more: reading it will say so.
        """
        try:
            return revision(self.workspace)
        except OSError:
            return ()

    def count(self, connection: sqlite3.Connection, selection: Selection, state: tuple[object, ...]) -> int:
        """Return how many features are selected: counted on the first page, known on the others.

        Parameters
        ----------
        connection
            From :meth:`reading`.
        selection
            The features.
        state
            From :meth:`revision`, before the connection was opened.

        Returns
        -------
        int
            Exact.
        """
        key = state, selection.source.table, selection.condition
        known = self._counts.get(key)
        if known is None:
            known = self._counts[key] = count(connection, selection)
            while len(self._counts) > _COUNTS:
                self._counts.popitem(last=False)
        return known

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
            version = self.revision()
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
