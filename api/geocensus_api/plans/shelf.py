"""Plans made whole are kept in memory: units, neighbours and sources of a plan do not change with its edits."""

import sqlite3
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

from fastapi import Request

from geocensus.errors import GeocensusError
from geocensus.pipeline.plan_editing import EditablePlan, editable
from geocensus.pipeline.plan_rebuilding import PlanBasis, basis_key, basis_of
from geocensus.pipeline.plan_state import state_of
from geocensus.workspace import StoredPlan, quoted
from geocensus.workspace.changes import watched
from geocensus.workspace.read import read_basemap_info
from geocensus_api.resources import resources

__all__ = ["Shelf", "Whole", "basis_stamp", "shelf"]

_BASES: Final = 4
_PLANS: Final = 16
_PLACES: Final = ("areas_", "barriers", "sources", "zones")
_LISTED: Final = ("sources", "unlocated_sources")


@dataclass(frozen=True, eq=False)
class Whole:
    """A plan made whole, or why it cannot be."""

    plan: EditablePlan | None
    reason: GeocensusError | None = None


class Shelf:
    """What was made whole lately.

    Parameters
    ----------
    workspace
        The GeoPackage.
    """

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._bases: OrderedDict[Any, PlanBasis] = OrderedDict()
        self._plans: OrderedDict[Any, EditablePlan] = OrderedDict()
        self._lock = Lock()
        self._building: dict[str, Lock] = {}

    def stored(self, name: str, tag: str) -> StoredPlan | None:
        """Return a plan's rows where they are known already.

        Parameters
        ----------
        name
            Name of the plan.
        tag
            Its ETag.

        Returns
        -------
        StoredPlan or None
            None where it must be read.
        """
        with self._lock:
            known = next((plan for key, plan in self._plans.items() if key[:2] == (name, tag)), None)
        return None if known is None else known.stored

    def whole(self, stored: StoredPlan, tag: str, stamp: Any) -> Whole:
        """Return a plan made whole with the loads of now.

        Parameters
        ----------
        stored
            Its rows.
        tag
            Its ETag.
        stamp
            State of basemap and sources, from :func:`basis_stamp`.

        Returns
        -------
        Whole
            With a reason where it cannot be edited.
        """
        key = (stored.name, tag, stamp)
        with self._lock:
            known = self._plans.get(key)
        if known is not None:
            return Whole(known)
        try:
            state_of(stored)
            plan = editable(stored, self._basis(stored, stamp))
        except GeocensusError as error:
            return Whole(None, error)
        self.keep(plan, tag, stamp)
        return Whole(plan)

    def keep(self, plan: EditablePlan, tag: str, stamp: Any) -> None:
        """Remember a plan in a state.

        Parameters
        ----------
        plan
            The plan.
        tag
            Its ETag.
        stamp
            State of basemap and sources.
        """
        with self._lock:
            self._plans[plan.stored.name, tag, stamp] = plan
            while len(self._plans) > _PLANS:
                self._plans.popitem(last=False)

    def _basis(self, stored: StoredPlan, stamp: Any) -> PlanBasis:
        key = basis_key(stored)
        with self._lock:
            building = self._building.setdefault(key, Lock())
        with building:  # the second page waits for the first one's units
            known = self._bases.get((key, stamp))
            if known is None:
                known = basis_of(self._workspace, stored)
                with self._lock:
                    self._bases[key, stamp] = known
                    while len(self._bases) > _BASES:
                        self._building.pop(self._bases.popitem(last=False)[0][0], None)
            return known


def basis_stamp(connection: sqlite3.Connection) -> tuple[Any, ...]:
    """Return a value that changes whenever areas, barriers or sources do, and with no edit of a plan.

    Parameters
    ----------
    connection
        A workspace, in a read transaction.

    Returns
    -------
    tuple
        Compare it for equality only.
    """
    query = "SELECT table_name FROM gpkg_contents ORDER BY table_name"
    there = [row[0] for row in connection.execute(query)]
    places = [name for name in there if name.startswith(_PLACES)]
    noted = [name for name in places if watched(connection, [name])]
    marks = ", ".join("?" * len(noted))
    log = f"SELECT tbl, max(seq) FROM change_log WHERE tbl IN ({marks}) GROUP BY tbl ORDER BY tbl"  # noqa: S608 - only marks
    seen = connection.execute(log, noted).fetchall() if noted else []
    contents = [
        (name, _content(connection, name)) for name in (*places, *_LISTED) if name in there and name not in noted
    ]
    return read_basemap_info(connection).sha256, tuple(map(tuple, seen)), tuple(contents)


def _content(connection: sqlite3.Connection, table: str) -> int:
    """Return a number of all that a table holds; of tables whose changes nobody notes."""
    return hash(tuple(connection.execute(f"SELECT * FROM {quoted(table)} ORDER BY fid")))  # noqa: S608 - quoted


def shelf(request: Request) -> Shelf:
    """Return the shelf of the application.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    Shelf
        Made at the first call.
    """
    state = request.app.state
    if not hasattr(state, "plan_shelf"):
        state.plan_shelf = Shelf(resources(request).workspace)
    shared: Shelf = state.plan_shelf
    return shared
