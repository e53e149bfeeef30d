"""One thread that writes: changes queue up, those that wait together are committed together."""

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final, TypeVar

from geocensus.workspace.connection import transaction, writable

__all__ = ["Writer"]

_AT_ONCE: Final = 64  # changes of one commit at most
_log = logging.getLogger("geocensus.api")

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]


class Writer:
    """Changes to a workspace, one after another.

    Each change runs in a savepoint of its own: one that fails leaves nothing behind and does not touch the others of
    its commit. A change is answered only once it is on the disk (WAL, synchronous=FULL).

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
            Locked beyond the wait, read-only, disk full, gone; nothing was changed.
        Exception
            Whatever the work raised; nothing was changed.
        """
        done: Future[T] = Future()
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="geocensus-writer", daemon=True)
                self._thread.start()
            self._queue.put((work, done))
        return done.result()

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            while len(batch) < _AT_ONCE and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    self._commit(batch)
                    return
                batch.append(following)
            self._commit(batch)

    def _commit(self, batch: list[tuple[Work, "Future[Any]"]]) -> None:
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with ExitStack() as stack:
                connection = stack.enter_context(writable(self._workspace, wait_s=self._wait_s))
                stack.enter_context(transaction(connection, wait_s=self._wait_s))
                answers = [(done, *_tried(connection, work)) for work, done in batch]
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            answers = [(done, None, error) for _work, done in batch]
        for done, value, wrong in answers:
            if wrong is None:
                done.set_result(value)
            else:
                done.set_exception(wrong)


def _tried(connection: sqlite3.Connection, work: Work) -> tuple[Any, BaseException | None]:
    connection.execute("SAVEPOINT change")
    try:
        value = work(connection)
    except Exception as error:  # noqa: BLE001 - told to whoever asked for the change
        connection.execute("ROLLBACK TO change")
        connection.execute("RELEASE change")
        return None, error
    connection.execute("RELEASE change")
    return value, None
