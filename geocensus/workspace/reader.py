"""What can be read from a workspace."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import geopandas as gpd
import pandas as pd

from geocensus.basemap import Basemap
from geocensus.model import BasemapInfo
from geocensus.workspace import census_zones as cut
from geocensus.workspace import connection as connections
from geocensus.workspace import plans as stored
from geocensus.workspace import read
from geocensus.workspace.basemap import read_basemap
from geocensus.workspace.corrections import standing_corrections

__all__ = ["Reader"]

WAIT_S = 30.0


class Reader:
    """The reading half of a workspace; see :class:`geocensus.workspace.Workspace`.

    Parameters
    ----------
    path
        The GeoPackage.
    wait_s
        How long a write waits for another program that is writing, seconds.
    connection
        An open one to read with (:meth:`snapshot`); by default each call opens its own.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, wait_s: float = WAIT_S, connection: sqlite3.Connection | None = None
    ) -> None:
        self.path = Path(path)
        self._wait_s = wait_s
        self._held = connection

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"

    @contextmanager
    def snapshot(self) -> Iterator[Self]:
        """Let all reads of a block see one state, whoever writes meanwhile.

        Yields
        ------
        Workspace
            A workspace to read from.

        Examples
        --------
        >>> import tempfile
        >>> from geocensus.workspace import Workspace
        >>> workspace = Workspace.create(Path(tempfile.mkdtemp()) / "ws.gpkg")
        >>> with workspace.snapshot() as state:
        ...     len(state.read_flags())
        0
        """
        with connections.read_only(self.path) as connection:
            yield type(self)(self.path, wait_s=self._wait_s, connection=connection)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._held is not None:
            yield self._held
            return
        with connections.read_only(self.path) as connection:
            yield connection

    def read_census_zones(self) -> cut.StoredZones | None:
        """Return the census zones; None where none were ever cut.

        Returns
        -------
        StoredZones or None
            Zones, members, history, and how the last cut was made.
        """
        with self._reading() as connection:
            return cut.read_census_zones(connection)

    def read_plan(self, name: str) -> stored.StoredPlan:
        """Return one plan.

        Parameters
        ----------
        name
            Name of the plan.

        Returns
        -------
        StoredPlan
            Field zones, units and record.

        Raises
        ------
        DataNotFoundError
            There is no plan of that name.
        """
        with self._reading() as connection:
            return stored.read_plan(connection, name)

    def plans(self) -> pd.DataFrame:
        """Return the record of every plan, oldest first.

        Returns
        -------
        DataFrame
            Name, area, units, balance, basemap, settings, versions.
        """
        with self._reading() as connection:
            return stored.read_plans(connection)

    def read_sources(self) -> pd.DataFrame:
        """Return every row read, located or not.

        Returns
        -------
        DataFrame
            As it was written; RangeIndex.
        """
        with self._reading() as connection:
            return read.read_sources(connection)

    def read_flags(self) -> pd.DataFrame:
        """Return the flags of the latest run.

        Returns
        -------
        DataFrame
            With first_run and last_run.
        """
        with self._reading() as connection:
            return read.read_flags(connection)

    def read_decisions(self) -> pd.DataFrame:
        """Return every decision ever made, oldest first.

        Returns
        -------
        DataFrame
            Columns decision_id, flag_id, basis, source_id, group, rule, level, outcome, comment, author, time (UTC),
            repair_id, before and after (JSON); RangeIndex. Empty for a workspace of an older version.
        """
        with self._reading() as connection:
            return read.read_decisions(connection)

    def read_reviews(self) -> pd.DataFrame:
        """Return every word of a second person on a decision, oldest first.

        Returns
        -------
        DataFrame
            Columns review_id, flag_id, decision_id, verdict, comment, author, time (UTC), before and after (JSON);
            RangeIndex. Empty for a workspace of an older version.
        """
        with self._reading() as connection:
            return read.read_attributes(connection, "reviews")

    def read_corrections(self) -> pd.DataFrame:
        """Return the corrections that were carried out in the review and still hold, oldest first.

        Returns
        -------
        DataFrame
            For :func:`geocensus.checks.apply_corrections`.
        """
        with self._reading() as connection:
            return standing_corrections(connection)

    def read_judgement(self) -> dict[str, pd.DataFrame]:
        """Return causes, repairs and shifts of the latest run.

        Returns
        -------
        dict
            Tables "causes", "repairs" and "shifts" as they were written, RangeIndex; without rows for a workspace of
            an older version.
        """
        with self._reading() as connection:
            return {name: read.read_attributes(connection, name) for name in ("causes", "repairs", "shifts")}

    def read_areas(self, level: str) -> gpd.GeoDataFrame:
        """Return the areas of a level.

        Parameters
        ----------
        level
            "township" and so on, or "zones" for the finest.

        Returns
        -------
        GeoDataFrame
            Sorted by code, EPSG:4490.
        """
        with self._reading() as connection:
            return read.read_areas(connection, level)

    def read_basemap(self) -> Basemap:
        """Return the basemap, read without GDAL: safe beside connections that stay open.

        Returns
        -------
        Basemap
            As :func:`geocensus.io.open_basemap` opens the file.
        """
        with self._reading() as connection:
            return read_basemap(connection)

    def read_basemap_info(self) -> BasemapInfo:
        """Return what is known about the basemap.

        Returns
        -------
        BasemapInfo
            As it was written.
        """
        with self._reading() as connection:
            return read.read_basemap_info(connection)

    def read_table(self, name: str) -> pd.DataFrame:
        """Return any table, for those without a method of their own.

        Parameters
        ----------
        name
            Name of the table, "repairs" or "barriers".

        Returns
        -------
        DataFrame
            Index fid; geometry as GeoPackage blobs (:func:`geocensus.workspace.decode`).
        """
        with self._reading() as connection:
            return read.read_table(connection, name)

    def runs(self) -> pd.DataFrame:
        """Return the record of every run, oldest first.

        Returns
        -------
        DataFrame
            Input, basemap, settings, versions, row sums, flags new, kept and gone.
        """
        with self._reading() as connection:
            return read.read_runs(connection)

    def summary(self) -> dict[str, Any]:
        """Return the summary of the latest run.

        Returns
        -------
        dict
            As ``geocensus check --json`` prints it; empty before the first run.
        """
        with self._reading() as connection:
            return read.read_summary(connection)
