"""One thread that writes: changes queue up, those that wait together are committed together."""

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from geocensus.errors import WorkspaceError
from geocensus.workspace.connection import explained, transaction, writable
from geocensus.workspace.migration import migrate

__all__ = ["Writer"]

_AT_ONCE: Final = 64  # changes of one commit at most
_IDLE_S: Final = 1.0  # after which the log is written back into the file: then it may be moved or copied as it is
# of the log, until it is written back in the middle of changes: readers then open the file anew, so not after each few
_LOG_PAGES: Final = 16_000
_log = logging.getLogger("geocensus.api")

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


class Writer:
    """Changes to a workspace, one after another.

    Each change runs in a savepoint of its own: one that fails leaves nothing behind and does not touch the others of
    its commit. A change is answered only once it is on the disk (WAL, synchronous=FULL). The connection stays open
    between changes, and is opened anew where the file is another one by now, or after an error.

    Parameters
    ----------
    workspace
        The GeoPackage.
    wait_s
        How long to wait for another program that is writing, seconds.
    """

    def __init__(self, workspace: Path, *, wait_s: float = 10.0) -> None:
        self._workspace = workspace
        self._wait_s = wait_s
        self._queue: SimpleQueue[tuple[Work, Future[Any]] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lock = Lock()
        self._closed = False
        self._held = _Held(workspace, wait_s)

    def open(self) -> None:
        """Take changes again, after :meth:`close`."""
        with self._lock:
            self._closed = False

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Make a change and wait until it is on the disk.

        Parameters
        ----------
        work
            Changes the workspace through the connection it is given; it must not commit.

        Returns
        -------
        T
            What the work returned.

        Raises
        ------
        WorkspaceError
            Locked beyond the wait, read-only, disk full, gone, or the service is about to end; nothing was changed.
        Exception
            Whatever the work raised; nothing was changed.
        """
        done: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise WorkspaceError(
                    "the service is about to end and takes no more changes; nothing was changed",
                    "服务正在停止，不再接受修改；未作任何改动",
                )
            if self._thread is None:
                self._thread = Thread(target=self._run, name="geocensus-writer", daemon=True)
                self._thread.start()
            self._queue.put((work, done))
        return done.result()

    def close(self) -> None:
        """Finish what waits, then stop; later changes are refused."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            while (first := self._next()) is not None:
                batch = [first]
                while len(batch) < _AT_ONCE and not self._queue.empty():
                    following = self._queue.get()
                    if following is None:
                        self._commit(batch)
                        return
                    batch.append(following)
                self._commit(batch)
        finally:
            self._held.close()

    def _next(self) -> tuple[Work, "Future[Any]"] | None:
        if self._held.dirty:
            try:
                return self._queue.get(timeout=_IDLE_S)
            except Empty:
                self._held.settle()
        return self._queue.get()

    def _commit(self, batch: list[tuple[Work, "Future[Any]"]]) -> None:
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with explained(self._workspace):
                connection = self._held.connection()
                with transaction(connection, wait_s=self._wait_s):
                    self._held.prepare()
                    answers = [(done, *_tried(self._workspace, connection, work)) for work, done in batch]
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            self._held.close()
            answers = [(done, None, error) for _work, done in batch]
        for done, value, wrong in answers:
            if wrong is None:
                done.set_result(value)
            else:
                done.set_exception(wrong)


class _Held:
    """The connection of the writer's thread, and the file that it is open on."""

    def __init__(self, workspace: Path, wait_s: float) -> None:
        self._workspace = workspace
        self._wait_s = wait_s
        self._stack = ExitStack()
        self._open: tuple[sqlite3.Connection, tuple[int, int]] | None = None
        self._ready = False
        self.dirty = False

    def connection(self) -> sqlite3.Connection:
        file = self._file()
        if self._open is not None and self._open[1] != file:
            _log.warning("%s is another file by now; it is opened anew", self._workspace)
            self.close()
        if self._open is None:
            connection = self._stack.enter_context(writable(self._workspace, wait_s=self._wait_s))
            self._open = connection, file
            self._require_log(connection)
            connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        self.dirty = True
        return self._open[0]

    def prepare(self) -> None:
        """Bring the tables to those of now, in the first transaction on a file."""
        if self._open is not None and not self._ready:
            migrate(self._open[0])
            self._ready = True

    def close(self) -> None:
        try:
            self._stack.close()
        except sqlite3.Error as error:  # the file is gone, or its disk
            _log.warning("%s: %s", self._workspace, error)
        self._open, self._ready, self.dirty = None, False, False

    def settle(self) -> None:
        """Write the log back and empty it, as far as readers let us."""
        self.dirty = False
        if self._open is not None:
            with suppress(sqlite3.Error, WorkspaceError):
                if self._file() == self._open[1]:
                    self._open[0].execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _file(self) -> tuple[int, int]:
        try:
            known = self._workspace.stat()
        except FileNotFoundError as error:
            raise WorkspaceError(
                f"{self._workspace.name} is not in its place any more: put it back; nothing was changed",
                f"{self._workspace.name} 已不在原处：请放回原位；未作任何改动",
            ) from error
        return known.st_dev, known.st_ino

    def _require_log(self, connection: sqlite3.Connection) -> None:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        if str(mode).lower() != "wal":
            raise WorkspaceError(
                f"{self._workspace.name} cannot be written safely here (journal mode {mode}): is it on a network "
                "drive? Move it to a local disk",
                f"{self._workspace.name} 所在位置不支持安全写入（日志模式 {mode}），可能是网络盘：请移到本机磁盘",
            )


def _tried(workspace: Path, connection: sqlite3.Connection, work: Work) -> tuple[Any, BaseException | None]:
    connection.execute("SAVEPOINT change")
    try:
        value = work(connection)
    except Exception as error:
        if not connection.in_transaction:  # a full disk ends the whole transaction, and nothing of it holds
            raise
        connection.execute("ROLLBACK TO change")
        connection.execute("RELEASE change")
        return None, _plainly(workspace, error)
    connection.execute("RELEASE change")
    return value, None


def _plainly(workspace: Path, error: Exception) -> Exception:
    """Say what it means that SQLite cannot write; in WAL mode a read-only file is told only by the first change."""
    if not isinstance(error, sqlite3.OperationalError):
        return error
    try:
        with explained(workspace):
            raise error
    except (WorkspaceError, sqlite3.OperationalError) as told:
        return told
