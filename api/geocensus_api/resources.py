"""What requests share: the workspace, and values that are kept as long as it does not change."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from fastapi import Request

from geocensus.errors import GeocensusError
from geocensus.pipeline.draw import page_of
from geocensus.workspace import Workspace
from geocensus_api.features.catalogue import Collection
from geocensus_api.features.conditions import register
from geocensus_api.features.kept import Kept, keeping
from geocensus_api.features.selection import Selection, everything
from geocensus_api.store.folder import service_folder
from geocensus_api.store.pool import Pool
from geocensus_api.store.snapshot_masks import Remembered
from geocensus_api.store.snapshot_selection import Memory
from geocensus_api.store.writer import Writer
from geocensus_api.tiles.at_hand import AtHand
from geocensus_api.tiles.layers import Layers

__all__ = ["Resources", "resources"]

_TILES_BYTES: Final = 48_000_000  # of tiles that were asked for, compressed


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
        self.pool = Pool(workspace, register)
        self.memory = Memory(self.pool)
        self.layers = Layers(self.pool)
        self.tiles = Remembered(_TILES_BYTES)
        self.at_hand = AtHand()
        self.kept = Kept()  # values read from tables, see features/kept.py
        self._kept: dict[str, tuple[Any, Any]] = {}
        self._locks: dict[str, Lock] = {}

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for one request: it sees one state."""
        with self.pool.reading() as connection, keeping(connection, self.kept):
            yield connection

    def revision(self) -> tuple[object, ...]:
        """Return a name of the workspace's state; to be asked for before it is read.

        Returns
        -------
        tuple
            Empty where there is no workspace any more: reading it will say so.
        """
        try:
            return self.pool.state()
        except GeocensusError:
            return ()

    def count(self, connection: sqlite3.Connection, selection: Selection, state: tuple[object, ...] = ()) -> int:  # noqa: ARG002 - the connection knows its state
        """Return how many features are selected: counted once in each state.

        Parameters
        ----------
        connection
            From :meth:`reading`.
        selection
            The features.
        state
            Not needed any more: the count is of what the connection sees.

        Returns
        -------
        int
            Exact.
        """
        return len(self.memory.fids(connection, selection))

    def number(self, connection: sqlite3.Connection, source: Collection, *, state: tuple[object, ...]) -> int:
        """Return how many features a person sees in a collection.

        Parameters
        ----------
        connection
            From :meth:`reading`.
        source
            The collection.
        state
            From :meth:`revision`, before the connection was opened.

        Returns
        -------
        int
            Exact.
        """
        return self.count(connection, everything(source), state)

    def close(self) -> None:
        """Close what is open for reading; the next request opens it again."""
        self.pool.close()

    def basemap(self) -> Any:
        """Return the basemap of now.

        Returns
        -------
        Basemap
            Opened again only after a change.
        """
        return self._keep("basemap", lambda: Workspace(self.workspace).read_basemap())

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
