"""The collections of a workspace as one person sees them: which rows, with which properties."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from geocensus.model import Text
from geocensus.workspace import quoted, read_summary
from geocensus.workspace.titles import title_of
from geocensus_api.access.principal import Action, Principal, permit
from geocensus_api.errors import ProblemError
from geocensus_api.features.coarse import CoarsePoints, coarse_points
from geocensus_api.features.condition import EVERYTHING, Condition, all_of
from geocensus_api.features.derived import derived_of
from geocensus_api.features.kept import keep
from geocensus_api.features.layout import columns_of, tables_of
from geocensus_api.features.rights import COARSE_LEVELS, FOR_VIEWERS, OFFERED
from geocensus_api.features.scope import condition_of

__all__ = ["Collection", "Property", "collection", "collections", "extent", "properties", "row_sum"]

_TYPES: Final = {
    "REAL": "number",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "MEDIUMINT": "integer",
    "BOOLEAN": "boolean",
}
# besides what is no property: names of files and people on the machine that made a plan
_HIDDEN: Final = frozenset({"fid", "geom", "position", "command", "operator", "provenance"})
# the units of a plan tell how many sources each has: none that is finer than a village
_COARSE_UNITS: Final = Condition(
    f"(plan_members.plan IN (SELECT p.plan FROM plans AS p WHERE p.level IN ({', '.join('?' * len(COARSE_LEVELS))})))",
    COARSE_LEVELS,
)
_MIXES: Final = "sources_"  # numbers of a field zone by class
_SUMMED: Final = {"located": "sources", "unlocated": "unlocated-sources", "excluded": "excluded-rows"}

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Property:
    """A property of a feature: its column in the file, its name for clients, its JSON type, its title.

    One that a row has from another table has an expression, and no column.
    """

    column: str
    name: str
    kind: str
    title: str = ""
    expression: str = ""

    @property
    def sql(self) -> str:
        """What its value is read from, as SQL over a row of the table under its own name.

        Returns
        -------
        str
            Its column, quoted, or its expression.
        """
        return self.expression or quoted(self.column)


@dataclass(frozen=True)
class Collection:
    """One collection as a person sees it.

    Attributes
    ----------
    id
        ASCII.
    table
        Name of the table.
    title
        For people.
    geometry
        "" where features have none.
    bounds
        Extent as the file states it; None where it would tell of rows that the person does not see: see :func:`extent`.
    condition
        Rows that the person sees; part of every selection.
    hidden
        Columns that are no properties for the person.
    coarse
        Where the person sees coarse points only; the geometry's column and R-tree must not be touched then.
    """

    id: str
    table: str
    title: Text
    geometry: str
    bounds: Box | None
    condition: Condition = EVERYTHING
    hidden: frozenset[str] = frozenset()
    coarse: CoarsePoints | None = None

    @property
    def shape(self) -> str:
        """What a row's geometry is read from, as SQL.

        Returns
        -------
        str
            A column of blobs; the code of an area where points are coarse; NULL without geometry.
        """
        if self.coarse is not None:
            return self.coarse.area
        return "geom" if self.geometry else "NULL"


def collections(connection: sqlite3.Connection, who: Principal) -> list[Collection]:
    """Return the collections that a workspace offers to a person, coarse areas first.

    Parameters
    ----------
    connection
        A workspace.
    who
        Who asks.

    Returns
    -------
    list
        Those that the role may read; with no rows where none is in scope.
    """
    there = tables_of(connection)
    return [
        _seen(connection, table, who)
        for table, offer in OFFERED.items()
        if table in there and (offer.read is None or who.may(offer.read))
    ]


def collection(connection: sqlite3.Connection, collection_id: str, who: Principal) -> Collection:
    """Return one collection as a person sees it.

    Parameters
    ----------
    connection
        A workspace.
    collection_id
        Its id.
    who
        Who asks.

    Returns
    -------
    Collection
        The collection.

    Raises
    ------
    ProblemError
        404; 403 where the role may not read it.
    """
    table = collection_id.replace("-", "_")
    if "_" in collection_id or table not in OFFERED or table not in tables_of(connection):
        raise ProblemError(
            404,
            f"no collection {collection_id!r}; /collections lists them",
            f"没有数据集 {collection_id}，见 /collections",
        )
    action = OFFERED[table].read
    if action is not None:
        permit(who, action)
    return _seen(connection, table, who)


def _seen(connection: sqlite3.Connection, table: str, who: Principal) -> Collection:
    exact = who.may(Action.EXACT)
    name = ("collection", table, who.scope, exact)
    found: Collection = keep(connection, name, lambda: _read(connection, table, who, exact=exact), tables=_every)
    return found


def _every(_table: str) -> bool:
    return True


def _read(connection: sqlite3.Connection, table: str, who: Principal, *, exact: bool) -> Collection:
    geometry, sides = tables_of(connection)[table]
    coarse = coarse_points(connection) if table == "sources" and not exact else None
    # flags have a point only where their source has one: without geometry all of them count, and none is null
    geometry = "" if table == "flags" else geometry
    condition = condition_of(connection, table, who)
    known = geometry and coarse is None and who.scope is None
    return Collection(
        table.replace("_", "-"),
        table,
        OFFERED[table].title,
        geometry,
        _box(sides) if known else None,
        condition if exact or table != "plan_members" else all_of([condition, _COARSE_UNITS]),
        frozenset() if exact else _hidden(connection, table),
        coarse,
    )


def _box(sides: tuple[float | None, ...]) -> Box | None:
    minx, miny, maxx, maxy = sides
    return None if minx is None or miny is None or maxx is None or maxy is None else (minx, miny, maxx, maxy)


def _hidden(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    there, told = columns_of(connection, table), FOR_VIEWERS.get(table, frozenset())
    fine = {"located_code"} if "code_zone" in there else frozenset()  # it is a zone's there, finer than a village
    mixes = {name for name in there if table == "field_zones" and name.startswith(_MIXES)}
    return frozenset((set(there) | set(derived_of(connection, table))) - (told - fine) - mixes)


def properties(connection: sqlite3.Connection, source: Collection) -> list[Property]:
    """Return the properties of a collection's features, the same for every one.

    Parameters
    ----------
    connection
        A workspace.
    source
        The collection.

    Returns
    -------
    list
        In the order of the file, then what rows have from other tables; without what is hidden from the person.
    """
    name = ("properties", source.table, source.hidden)
    found: list[Property] = keep(connection, name, lambda: _properties(connection, source), tables=_every)
    return found


def _properties(connection: sqlite3.Connection, source: Collection) -> list[Property]:
    query = "SELECT column_name, name, coalesce(title, '') FROM gpkg_data_columns WHERE table_name = ?"
    known = {row[0]: row[1:] for row in connection.execute(query, (source.table,))}
    own = [
        Property(
            column,
            known.get(column, (column, ""))[0],
            _TYPES.get(kind.upper(), "string"),
            known.get(column, ("", ""))[1],
        )
        for column, kind in columns_of(connection, source.table).items()
        if column not in _HIDDEN | source.hidden
    ]
    taken = {field.name for field in own} | source.hidden
    derived = derived_of(connection, source.table).items()
    return own + [Property(name, name, "string", title_of(name).zh, sql) for name, sql in derived if name not in taken]


def extent(connection: sqlite3.Connection, source: Collection) -> Box | None:
    """Return the box around the features that a person sees, made of nothing else.

    Parameters
    ----------
    connection
        A workspace.
    source
        The collection.

    Returns
    -------
    tuple or None
        Sides minx, miny, maxx, maxy in degrees; None without geometry, or where the features have none.
    """
    if source.bounds is not None or not source.geometry:
        return source.bounds
    name = ("extent", source.table, source.condition, source.coarse is None)
    found: Box | None = keep(connection, name, lambda: _extent(connection, source), tables=_every)
    return found


def _extent(connection: sqlite3.Connection, source: Collection) -> Box | None:
    table, condition = quoted(source.table), source.condition
    if source.coarse is not None:
        rows = connection.execute(f"SELECT DISTINCT {source.shape} FROM {table}{condition.where}", condition.values)
        return source.coarse.bounds(row[0] for row in rows)
    tree = quoted(f"rtree_{source.table}_geom")
    seen = f"id IN (SELECT fid FROM {table}{condition.where})"
    query = f"SELECT min(minx), min(miny), max(maxx), max(maxy) FROM {tree} WHERE {seen}"
    return _box(connection.execute(query, condition.values).fetchone())


def row_sum(connection: sqlite3.Connection, who: Principal, count: Callable[[Collection], int]) -> dict[str, int]:
    """Return how many rows the latest check read, and what has become of them by now.

    Parameters
    ----------
    connection
        A workspace.
    who
        Who asks.
    count
        Tells how many features a collection has.

    Returns
    -------
    dict
        The keys rows, located, unlocated and excluded; the last three count the features of sources, unlocated-sources
        and excluded-rows that the person sees, and add up to the first: for people of everything that is what the
        check read, so that a row which somebody deleted in the file is missed. Empty before the first check.
    """
    summary = read_summary(connection)
    if not summary:
        return {}
    seen = {entry.id: entry for entry in collections(connection, who)}
    numbers = {key: count(seen[name]) for key, name in _SUMMED.items() if name in seen}
    everything = who.scope is None and who.may(Action.EXACT)
    return {"rows": int(summary.get("rows", 0)) if everything else sum(numbers.values()), **numbers}
