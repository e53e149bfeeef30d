"""Connections to read with: opened and verified once, one read transaction per request, each of a named state."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

from geocensus.errors import WorkspaceError
from geocensus.workspace import read_only
from geocensus.workspace.connection import explained

__all__ = ["Pool", "Reading", "State"]

_ATTEMPTS: Final = 8  # to begin between two commits
_IDLE: Final = 8  # connections that wait for a request
_CACHE_KIB: Final = 8_192  # of each of them
_RUN: Final = secrets.token_hex(4)  # tags of an earlier run of the service must not be taken for ours
_nameless = count()

State = tuple[object, ...]


@dataclass(frozen=True)
class Reading:
    """A connection in a read transaction, the name of the state it sees, and of the file it sees it in."""

    connection: sqlite3.Connection
    state: State
    file: State


@dataclass
class _Opened:
    connection: sqlite3.Connection
    stack: ExitStack
    reusable: bool
    file: State


class Pool:
    """Connections to one workspace; opened anew when another file has taken its name.

    The state is named by ``PRAGMA data_version`` of a connection that is kept for this alone: it differs after every
    commit, whoever made it. Files of an open database are never opened beside SQLite: on closing them POSIX would drop
    the locks that SQLite holds in this process (sqlite.org/howtocorrupt.html, 2.2).

    Parameters
    ----------
    path
        The GeoPackage; it need not be there yet.
    prepare
        Called with each connection once.
    """

    def __init__(self, path: Path, prepare: Callable[[sqlite3.Connection], object] = lambda _connection: None) -> None:
        self._path = path
        self._prepare = prepare
        self._lock = Lock()
        self._idle: list[_Opened] = []
        self._watch: _Opened | None = None
        self._file: State = ()
        self._readings: dict[int, Reading] = {}

    def state(self) -> State:
        """Return the name of the state of now.

        Returns
        -------
        tuple
            To be compared for equality; it holds for this run of the service.

        Raises
        ------
        GeocensusError
            When the workspace is not there, or cannot be read.
        """
        with explained(self._path), self._lock:
            return self._state()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection that sees one state throughout.

        Yields
        ------
        sqlite3.Connection
            In a read transaction; :meth:`known` tells what it sees.

        Raises
        ------
        GeocensusError
            When the workspace is not there, or cannot be read.
        """
        with explained(self._path):
            opened = self._begun()
            try:
                yield opened.connection
            finally:
                self._readings.pop(id(opened.connection), None)
                self._give_back(opened)

    def known(self, connection: sqlite3.Connection) -> Reading:
        """Return what a connection sees.

        Parameters
        ----------
        connection
            From :meth:`reading`, inside its block.

        Returns
        -------
        Reading
            Its state and file.
        """
        return self._readings[id(connection)]

    def close(self) -> None:
        """Close what waits; the next request opens anew."""
        with self._lock:
            self._discard()

    def _begun(self) -> _Opened:
        """Begin a transaction at a moment of which the state's name is known."""
        for attempt in range(_ATTEMPTS):
            opened = self._take()
            try:
                before = self.state()
                _begin(opened.connection)
                after = self.state()
            except BaseException:
                opened.stack.close()
                raise
            last = attempt + 1 == _ATTEMPTS and opened.file == after[: len(opened.file)]
            if last and before != after:
                after = (*opened.file, "nameless", next(_nameless))  # nobody will ask for it again
            if last or (before == after and opened.file == after[: len(opened.file)]):
                self._readings[id(opened.connection)] = Reading(opened.connection, after, opened.file)
                return opened
            self._give_back(opened)
        raise WorkspaceError(
            f"{self._path} is being replaced again and again: wait and try again",
            f"{self._path} 正被反复替换：请稍候重试",
        )

    def _state(self) -> State:
        self._follow()
        if self._watch is None:
            self._watch = self._open(self._file)
            self._watch.connection.execute("ROLLBACK")
        # through a connection that cannot notice changes only the file's own time tells, which is in the name anyway
        return (*self._file, self._watch.connection.execute("PRAGMA data_version").fetchone()[0])

    def _follow(self) -> None:
        """Let go of connections to a file that was replaced or written over; or into which a log was brought back."""
        try:
            found = self._path.stat()
            file: State = (_RUN, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        except OSError:
            file = ()
        if file != self._file or not file:
            self._discard()
            self._file = file

    def _take(self) -> _Opened:
        with self._lock:
            self._follow()
            if self._idle:
                return self._idle.pop()
            file = self._file
        return self._open(file)

    def _open(self, file: State) -> _Opened:
        stack = ExitStack()
        connection = stack.enter_context(read_only(self._path))
        # a file that nobody can write is read as unchangeable, and such a connection sees no change ever
        reusable = bool(connection.execute("PRAGMA query_only").fetchone()[0])
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._prepare(connection)
        return _Opened(connection, stack, reusable, file)

    def _give_back(self, opened: _Opened) -> None:
        if opened.connection.in_transaction:
            opened.connection.execute("ROLLBACK")
        with self._lock:
            self._follow()
            if opened.reusable and opened.file == self._file and len(self._idle) < _IDLE:
                self._idle.append(opened)
                return
        opened.stack.close()

    def _discard(self) -> None:
        for opened in (*self._idle, *([self._watch] if self._watch else [])):
            opened.stack.close()
        self._idle, self._watch = [], None


def _begin(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM gpkg_contents LIMIT 1").fetchone()  # a transaction begins with its first read
