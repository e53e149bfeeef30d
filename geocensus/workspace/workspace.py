"""The face of a workspace."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Any, Self

from geocensus import files
from geocensus.errors import WorkspaceError
from geocensus.workspace import census_zones as cut
from geocensus.workspace import connection as connections
from geocensus.workspace import decisions as made
from geocensus.workspace import plans as stored
from geocensus.workspace.creation import claim, fill_new
from geocensus.workspace.migration import migrate
from geocensus.workspace.reader import WAIT_S, Reader
from geocensus.workspace.write import write_basemap, write_result

__all__ = ["Workspace"]


class Workspace(Reader):
    """One GeoPackage with the basemap, the sources, the flags and the record of every run.

    The file is made at the first :meth:`write`, whole or not at all. Later writes are one transaction each: other
    programs that have the file open go on reading the old state until the new one is complete. Nothing is held open
    between calls.

    Parameters
    ----------
    path
        The GeoPackage; it need not be there yet.
    wait_s
        How long a write waits for another program that is writing, seconds.
    connection
        An open one to read with (:meth:`snapshot`); by default each call opens its own.

    Raises
    ------
    WorkspaceError
        On entering, when the file is there but is not a workspace.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> with Workspace.create(folder / "ws.gpkg") as workspace:
    ...     len(workspace.runs()), workspace.summary()
    (0, {})
    """

    def __init__(
        self, path: str | os.PathLike[str], *, wait_s: float = WAIT_S, connection: sqlite3.Connection | None = None
    ) -> None:
        super().__init__(path, wait_s=wait_s, connection=connection)

    def __enter__(self) -> Self:
        if self.path.exists():
            with self._reading():
                pass
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    @classmethod
    def create(cls, path: str | os.PathLike[str], *, wait_s: float = WAIT_S) -> Self:
        """Make an empty workspace.

        Parameters
        ----------
        path
            A file that is not there yet.
        wait_s
            As for the class.

        Returns
        -------
        Workspace
            Of the new file.

        Raises
        ------
        WorkspaceError
            When the file is there already or cannot be written.
        """
        workspace = cls(path, wait_s=wait_s)
        try:
            workspace._create(lambda _connection: "")
        except FileExistsError:
            raise WorkspaceError(
                f"{workspace.path} is there already: open it, or give a new name",
                f"{workspace.path} 已存在：请直接打开，或另取文件名",
            ) from None
        return workspace

    def write(self, result: Any) -> str:
        """Write a result; the file is made when it is not there, else changed in one transaction.

        Parameters
        ----------
        result
            Has ``basemap``, ``sources``, ``flags``, ``repairs`` (None or empty allowed), ``summary`` and ``provenance``
            (dicts; provenance may hold run_id, started, finished, command, operator, lang, input {file, sha256},
            settings, versions).

        Returns
        -------
        str
            The run's id.

        Raises
        ------
        WorkspaceError
            Locked beyond the wait, read-only, disk full, or not a workspace; the file is as it was.
        SchemaError
            When rows do not add up or ids are doubled; the file is as it was.
        """
        if not self.path.exists():
            with contextlib.suppress(
                FileExistsError
            ):  # made by another run in the meantime: then it is changed, not replaced
                return self._create(lambda connection: write_result(connection, result))
        with self.transaction() as connection:
            return write_result(connection, result)

    def decide(self, *decisions: made.Decision) -> list[str]:
        """Record what a person decided on flags, all of them or none.

        A decision closes its flag (or, where nothing could be decided, leaves it open with a note) and survives later
        runs: it holds until coordinates, claim, basemap or rule are other ones. Nothing is changed in the sources.

        Parameters
        ----------
        *decisions
            What was decided.

        Returns
        -------
        list of str
            Ids of the records.

        Raises
        ------
        DataNotFoundError
            There is no such flag or repair.
        SchemaError
            An unknown outcome, no author, nothing to correct to, or a repair of another source.
        WorkspaceError
            As :meth:`write`; or the flag has another basis by now than the one decided on.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from geocensus.workspace import Decision
        >>> workspace = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "ws.gpkg")
        >>> workspace.decide(Decision("nothing", "false_alarm", author="王工"))
        Traceback (most recent call last):
        geocensus.errors.DataNotFoundError: no flag nothing in the workspace: read the flags again
        """
        with self.transaction() as connection:
            return made.record(connection, decisions)

    def write_plan(self, plan: stored.StoredPlan, basemap: Any = None) -> None:
        """Write a plan of a split beside the others; one of the same name is replaced.

        Parameters
        ----------
        plan
            Field zones, units and record.
        basemap
            The areas a new file gets; where the file is there, its own stay.

        Raises
        ------
        WorkspaceError
            As :meth:`write`.
        SchemaError
            When field zones and units do not fit together; the file is as it was.
        """

        def fill(connection: sqlite3.Connection) -> str:
            if basemap is not None:
                write_basemap(connection, basemap)
            stored.write_plan(connection, plan)
            return plan.name

        if not self.path.exists():
            with contextlib.suppress(FileExistsError):
                self._create(fill)
                return
        with self.transaction() as connection:
            stored.write_plan(connection, plan)

    def write_census_zones(self, zones: cut.StoredZones) -> None:
        """Bring the census zones, their sources and the history of their codes to a new cut.

        Parameters
        ----------
        zones
            All zones and the whole history.

        Raises
        ------
        WorkspaceError
            As :meth:`write`.
        SchemaError
            When a code is used twice, or one of the history so far is gone; the file is as it was.
        """
        with self.transaction() as connection:
            cut.write_census_zones(connection, zones)

    def delete_plan(self, name: str) -> None:
        """Take a plan out of the workspace; nothing happens when it is not there.

        Parameters
        ----------
        name
            Name of the plan.
        """
        with self.transaction() as connection:
            stored.delete_plan(connection, name)

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the file for one transaction: all that the block does, or nothing.

        Returns
        -------
        context manager
            Yields a sqlite3 connection with the R-tree's functions.

        Raises
        ------
        WorkspaceError
            As :meth:`write`.
        """
        return self._writing()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with (
            connections.writable(self.path, wait_s=self._wait_s) as connection,
            connections.transaction(connection, wait_s=self._wait_s),
        ):
            migrate(connection)
            yield connection

    def _create(self, fill: Any) -> str:
        """Make the file beside its place and move it there; FileExistsError when another program was quicker."""
        if self.path.exists():
            raise FileExistsError(self.path)
        try:
            with connections.explained(self.path), files.atomic_path(self.path) as temporary:
                run_id = fill_new(temporary, fill)
                claim(temporary, self.path)
        except WorkspaceError as error:
            if isinstance(error.__cause__, FileExistsError):
                raise error.__cause__ from None
            raise
        return run_id
