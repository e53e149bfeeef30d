"""Connections to read with: opened and verified once, one read transaction per request, each of a named state."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

from geocensus.errors import WorkspaceError
from geocensus.workspace.connection import explained, open_read_only

__all__ = ["Pool", "Reading", "State"]

_ATTEMPTS: Final = 8  # to begin between two commits
_IDLE: Final = 40  # connections that wait for a request: as many as there are threads
_WARM: Final = 8  # of them that keep their cache; the one that came last is taken first
_SAME: Final = 3  # parts of a file's name that tell it from another one: run, device, inode
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
    """A connection, never the generator of a context manager: the collector would close it behind the pool's back."""

    connection: sqlite3.Connection
    reusable: bool
    file: State
    seen: tuple[int, State] | None = None  # its own data_version, and the name of that state


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
        self._prompt = False
        self._latest: State = ()

    @property
    def prompt(self) -> bool:
        """Whether :meth:`state` answers without waiting for whoever writes, as it does while there is a log (WAL).

        Returns
        -------
        bool
            False before the first question.
        """
        return self._prompt

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
        with explained(self._path):
            file = self._found()  # outside the lock: whoever lets others run inside it makes all of them wait
            with self._lock:
                self._latest = self._state(file)
                return self._latest

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
                if self._as_before(opened):
                    return opened
                before = self.state()
                _begin(opened.connection)
                after = self.state()
            except BaseException:
                opened.connection.close()
                raise
            # writing the log back changes the file's size and time, and it is the same file nevertheless
            last = attempt + 1 == _ATTEMPTS and opened.file[:_SAME] == after[:_SAME]
            if last and before != after:
                after = (*opened.file, "nameless", next(_nameless))  # nobody will ask for it again
            if last or (before == after and opened.file == after[: len(opened.file)]):
                opened.seen = _version(opened.connection), after
                self._readings[id(opened.connection)] = Reading(opened.connection, after, opened.file)
                return opened
            self._give_back(opened)
        raise WorkspaceError(
            f"{self._path} is being replaced again and again: wait and try again",
            f"{self._path} 正被反复替换：请稍候重试",
        )

    def _as_before(self, opened: _Opened) -> bool:
        """Begin where nothing was committed since the connection was used last: then the state's name is known."""
        if opened.seen is None or opened.seen[1] != self._latest or self._found() != opened.file:
            return False
        _begin(opened.connection)
        if _version(opened.connection) != opened.seen[0]:
            return False
        self._readings[id(opened.connection)] = Reading(opened.connection, opened.seen[1], opened.file)
        return True

    def _state(self, file: State) -> State:
        self._follow(file)
        if self._watch is None:
            self._watch = self._open(self._file)
            self._watch.connection.execute("ROLLBACK")
            self._prompt = self._watch.connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        # through a connection that cannot notice changes only the file's own time tells, which is in the name anyway
        return (*self._file, _version(self._watch.connection))

    def _found(self) -> State:
        """Return what tells the file from another, or one written over; or into which a log was brought back."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return (_RUN, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def _follow(self, file: State) -> None:
        """Let go of connections to another file."""
        if file != self._file or not file:
            self._discard()
            self._file = file

    def _take(self) -> _Opened:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        file = self._found()
        with self._lock:
            self._follow(file)
        return self._open(file)

    def _open(self, file: State) -> _Opened:
        connection = open_read_only(self._path)
        try:
            # a file that nobody can write is read as unchangeable, and such a connection sees no change ever
            reusable = bool(connection.execute("PRAGMA query_only").fetchone()[0])
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return _Opened(connection, reusable, file)

    def _give_back(self, opened: _Opened) -> None:
        if opened.connection.in_transaction:
            opened.connection.execute("ROLLBACK")
        if len(self._idle) >= _WARM:
            opened.connection.execute("PRAGMA shrink_memory")
        with self._lock:
            if opened.reusable and opened.file == self._file and len(self._idle) < _IDLE:
                self._idle.append(opened)
                return
        opened.connection.close()

    def _discard(self) -> None:
        for opened in (*self._idle, *([self._watch] if self._watch else [])):
            opened.connection.close()
        self._idle, self._watch, self._prompt = [], None, False


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _begin(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM gpkg_contents LIMIT 1").fetchone()  # a transaction begins with its first read
