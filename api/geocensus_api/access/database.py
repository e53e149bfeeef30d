"""The file of people, tokens and sessions: beside the workspace, for its owner's eyes only."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, Final

from geocensus.errors import WorkspaceError

__all__ = ["Database", "private_folder"]

_SCHEMA: Final = """
CREATE TABLE people (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, role TEXT NOT NULL, scope TEXT NOT NULL,
  created INTEGER NOT NULL, by TEXT NOT NULL, revoked INTEGER);
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people (id), hash BLOB NOT NULL, salt BLOB NOT NULL,
  created INTEGER NOT NULL, expires INTEGER, revoked INTEGER, last_used INTEGER);
CREATE TABLE sessions (
  hash BLOB PRIMARY KEY, person INTEGER REFERENCES people (id), token TEXT, holder TEXT NOT NULL,
  created INTEGER NOT NULL, seen INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, author TEXT NOT NULL, action TEXT NOT NULL,
  target TEXT NOT NULL, before TEXT, after TEXT);
CREATE TABLE state (key TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO state VALUES ('revision', 1), ('seen', 0);
CREATE INDEX tokens_person ON tokens (person);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
"""
# what was verified is forgotten when one of these columns changes, and not with every use of a token
_WATCHED: Final = {
    "people": ("INSERT", "DELETE", "UPDATE OF name, role, scope, revoked"),
    "tokens": ("INSERT", "DELETE", "UPDATE OF person, hash, salt, expires, revoked"),
}
_VERSION: Final = 1
_PRIMARY: Final = 0xFF
_FORBIDDEN: Final = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}


def private_folder(folder: Path) -> Path:
    """Make a folder that only its owner may look into.

    Parameters
    ----------
    folder
        It may be there already.

    Returns
    -------
    Path
        The same.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(OSError):  # somebody else's, or a file system without modes
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    return folder


class Database:
    """The file ``access.sqlite``; made with the first change, read through one connection that is kept.

    Parameters
    ----------
    folder
        The folder of the service beside the workspace.
    fallback
        Where the folder cannot be written, go on in memory with a copy of what is there: people can log in and read,
        and what changes is forgotten in the end.
    """

    def __init__(self, folder: Path, *, fallback: bool = False) -> None:
        self.path = folder / "access.sqlite"
        self._fallback = fallback
        self._lock = RLock()
        self._turn = RLock()  # of who writes: requests that read do not wait for the disk
        self._reader: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._memory: sqlite3.Connection | None = None
        self._state: tuple[object, tuple[int, int]] = (None, (0, 0))

    @property
    def in_memory(self) -> bool:
        """Tell whether the folder could not be written.

        Returns
        -------
        bool
            True when changes are forgotten in the end.
        """
        return self._memory is not None

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query.

        Parameters
        ----------
        query
            A SELECT.
        values
            Of its parameters.

        Returns
        -------
        list
            Empty while there is no file.

        Raises
        ------
        WorkspaceError
            When the file cannot be read; nobody is let in then.
        """
        with self._lock, self._explained():
            reader = self._reading()
            return reader.execute(query, values).fetchall() if reader else []

    def state(self) -> tuple[int, int]:
        """Return number of the last change to people or tokens, whoever made it, and the latest time written down.

        Returns
        -------
        tuple
            Cheap enough for every request: a few microseconds.
        """
        with self._lock, self._explained():
            reader = self._reading()
            if reader is None:
                return 0, 0
            mark = self._file, reader.execute("PRAGMA data_version").fetchone()[0], reader.total_changes
            if self._state[0] != mark:
                kept = dict(reader.execute("SELECT key, value FROM state").fetchall())
                self._state = mark, (kept["revision"], kept["seen"])
            return self._state[1]

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside a transaction; all of it or nothing.

        Yields
        ------
        sqlite3.Connection
            Rows are sqlite3.Row.

        Raises
        ------
        WorkspaceError
            When the file cannot be written, and there is no fallback.
        """
        with self._turn, self._explained(), self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
            self._reader = self._file = None

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        if self._memory is None:
            try:
                connection = self._writable()
            except (OSError, sqlite3.OperationalError) as error:
                if not self._fallback or not _forbidden(error):
                    raise
                self._remember()
            else:
                with closing(connection):
                    yield connection
                return
        assert self._memory is not None
        with self._lock:
            yield self._memory

    def _writable(self) -> sqlite3.Connection:
        private_folder(self.path.parent)
        if not self.path.exists():
            self._create()
        connection = _connected(self.path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            _prepare(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
        return connection

    def _create(self) -> None:
        # SQLite gives its -wal and -shm files the mode of this one. Never for a file that is there: closing it would
        # drop the locks that our other connections hold (POSIX), and the next program to leave would take the log away.
        with self._lock, suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _remember(self) -> None:
        memory = _connected(":memory:")
        if self.path.is_file():
            with closing(_unchangeable(self.path)) as there:
                there.backup(memory)
        _prepare(memory)
        with self._lock:
            self.close()
            self._memory = memory

    def _reading(self) -> sqlite3.Connection | None:
        if self._memory is not None:
            return self._memory
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self.close()
            return None
        if self._file != (found.st_dev, found.st_ino):  # put back from a backup while we serve
            self.close()
            self._reader = self._readable()
            self._file = (found.st_dev, found.st_ino) if self._reader else None
        return self._memory or self._reader

    def _readable(self) -> sqlite3.Connection | None:
        connection = _connected(f"{self.path.absolute().as_uri()}?mode=rw")
        try:
            connection.execute("PRAGMA query_only = ON")
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        except sqlite3.OperationalError as error:
            connection.close()
            if not self._fallback or not _forbidden(error):
                raise
            self._remember()
            return None
        if not tables:  # somebody is making it at this moment
            connection.close()
            return None
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            if _is_full(error):
                raise WorkspaceError(
                    f"the file of people and tokens {self.path} cannot be written ({error}): the disk may be full; "
                    "free some space and try again; nothing was changed",
                    f"用户与令牌文件 {self.path} 无法写入（{error}）：磁盘可能已满，请清理空间后重试；未作任何改动",
                ) from error
            raise WorkspaceError(
                f"the file of people and tokens {self.path} cannot be used ({error}): check the rights of its folder, "
                "or put it back from a backup",
                f"用户与令牌文件 {self.path} 无法使用（{error}）：请检查所在文件夹的权限，或用备份恢复",
            ) from error


def _connected(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=5, isolation_level=None, check_same_thread=False, uri=str(path).startswith("file:")
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _unchangeable(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _prepare(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise WorkspaceError(
            "the people of this workspace were written by a later version of geocensus: update it",
            "本工作区的用户文件由更新版本的 geocensus 写入：请升级 geocensus",
        )
    if version == _VERSION:
        return
    grow = "UPDATE state SET value = value + 1 WHERE key = 'revision'"
    triggers = [
        f"CREATE TRIGGER {table}_{number} AFTER {event} ON {table} BEGIN {grow}; END"
        for table, events in _WATCHED.items()
        for number, event in enumerate(events)
    ]
    for statement in (*_statements(_SCHEMA), *triggers, f"PRAGMA user_version = {_VERSION}"):
        connection.execute(statement)  # not executescript, which commits


def _statements(script: str) -> list[str]:
    found, waiting = [], ""
    for line in script.splitlines():
        waiting += line + "\n"
        if sqlite3.complete_statement(waiting):
            found.append(waiting)
            waiting = ""
    return found


def _forbidden(error: Exception) -> bool:
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & _PRIMARY in _FORBIDDEN
    return isinstance(error, PermissionError) or getattr(error, "errno", 0) in _READ_ONLY


def _is_full(error: Exception) -> bool:
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_FULL
    return getattr(error, "errno", 0) == errno.ENOSPC


_READ_ONLY: Final = frozenset({30})  # EROFS
