"""Which rows a person sees: those of the areas it holds for, with all below them."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

import orjson
import shapely

from geocensus.model import LEVELS
from geocensus.workspace import decode, quoted
from geocensus_api.access.principal import Principal
from geocensus_api.features.condition import NOTHING, Condition, any_of
from geocensus_api.features.kept import keep
from geocensus_api.features.layout import columns_of, tables_of

__all__ = ["area_tables", "codes_in_scope", "condition_of"]

_SOURCES: Final = ("sources", "unlocated_sources", "excluded_rows")
_PLACES: Final = ("located_code", "claimed_area_code")
_IN: Final = "IN (SELECT value FROM json_each(?))"


def area_tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables of areas that a workspace has.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    list
        Coarse before fine.
    """
    there = tables_of(connection)
    return [table for level in LEVELS if (table := f"areas_{level}") in there]


def codes_in_scope(connection: sqlite3.Connection, who: Principal) -> frozenset[str] | None:
    """Return the codes of the areas that a person holds for, and of all below them by parent_code.

    Parameters
    ----------
    connection
        A workspace.
    who
        Who asks.

    Returns
    -------
    frozenset or None
        None for everything.
    """
    return None if who.scope is None else _scope(connection, who.scope)[0]


def _scope(connection: sqlite3.Connection, scope: tuple[str, ...]) -> tuple[frozenset[str], str]:
    """Return the codes, and the same as JSON, which SQLite takes as one value."""
    found: tuple[frozenset[str], str] = keep(
        connection, ("scope", scope), lambda: _below(connection, scope), tables=lambda name: name.startswith("areas_")
    )
    return found


def _below(connection: sqlite3.Connection, scope: tuple[str, ...]) -> tuple[frozenset[str], str]:
    found = {code for code in scope if code}  # what has no area above it has an empty parent_code
    for table in area_tables(connection):
        known = _text(found)
        query = f"SELECT code FROM {quoted(table)} WHERE code IS NOT NULL AND (code {_IN} OR parent_code {_IN})"
        found.update(row[0] for row in connection.execute(query, (known, known)))
    return frozenset(found), _text(found)


def _text(codes: set[str]) -> str:
    return orjson.dumps(sorted(codes)).decode()


def condition_of(connection: sqlite3.Connection, table: str, who: Principal) -> Condition:
    """Return the condition that a row of a table is one that a person sees.

    Parameters
    ----------
    connection
        A workspace.
    table
        A table that is there.
    who
        Who asks.

    Returns
    -------
    Condition
        Empty where the person sees everything; nothing where a table has no way to tell whose its rows are.
    """
    if who.scope is None:
        return Condition()
    codes = _scope(connection, who.scope)[1]
    if table in _SOURCES:
        return _of_place(connection, table, "", codes)
    if table.startswith("areas_") or table == "zones":
        return Condition(f"(code {_IN})", (codes,))
    if table == "barriers":
        return _of_barriers(connection, who.scope)
    return _BY_TABLE[table](connection, table, codes) if table in _BY_TABLE else NOTHING


def _of_place(connection: sqlite3.Connection, table: str, alias: str, codes: str) -> Condition:
    there = columns_of(connection, table)
    return any_of(Condition(f"{alias}{name} {_IN}", (codes,)) for name in _PLACES if name in there)


def _of_source(connection: sqlite3.Connection, table: str, codes: str) -> Condition:
    """Return the condition that a row's source is seen; a row of a whole group has none."""
    tests = []
    for number, listed in enumerate(name for name in _SOURCES if name in tables_of(connection)):
        alias = f"s{number}"
        seen = _of_place(connection, listed, f"{alias}.", codes)
        same = f"{alias}.source_id = {quoted(table)}.source_id"
        tests.append(Condition(f"EXISTS (SELECT 1 FROM {listed} AS {alias} WHERE {same} AND {seen.sql})", seen.values))
    return any_of(tests)


def _of_flag(connection: sqlite3.Connection, table: str, codes: str) -> Condition:
    seen = _of_source(connection, "flags", codes)
    same = f"flags.flag_id = {quoted(table)}.flag_id"
    return Condition(f"EXISTS (SELECT 1 FROM flags WHERE {same} AND {seen.sql})", seen.values)


def _of_plan(_connection: sqlite3.Connection, table: str, codes: str) -> Condition:
    """Return the condition that all areas which a plan divides are held; a plan that does not say them is not seen."""
    outside = f"SELECT 1 FROM json_each(p.within) AS w WHERE w.value NOT {_IN}"
    held = f"json_array_length(p.within) > 0 AND NOT EXISTS ({outside})"
    known = f"SELECT p.plan FROM plans AS p WHERE CASE WHEN json_valid(p.within) THEN {held} ELSE 0 END"
    return Condition(f"({quoted(table)}.plan IN ({known}))", (codes,))


def _of_parent(_connection: sqlite3.Connection, _table: str, codes: str) -> Condition:
    return Condition(f"(parent_code {_IN})", (codes,))


def _of_barriers(connection: sqlite3.Connection, scope: tuple[str, ...]) -> Condition:
    """Return the condition that a line meets an area held: lines carry no codes."""
    used = {"barriers", *area_tables(connection)}
    found = keep(connection, ("barriers", scope), lambda: _meeting(connection, scope), tables=used.__contains__)
    return Condition(f"(fid {_IN})", (found,))


def _meeting(connection: sqlite3.Connection, scope: tuple[str, ...]) -> str:
    held = orjson.dumps(list(scope)).decode()
    queries = [f"SELECT geom FROM {quoted(table)} WHERE code {_IN}" for table in area_tables(connection)]
    areas = decode([row[0] for query in queries for row in connection.execute(query, (held,))])
    rows = connection.execute("SELECT fid, geom FROM barriers").fetchall()
    pairs = shapely.STRtree(decode([row[1] for row in rows])).query(areas, predicate="intersects")
    return orjson.dumps(sorted({rows[number][0] for number in pairs[1].tolist()})).decode()


_BY_TABLE: Final[Mapping[str, Callable[[sqlite3.Connection, str, str], Condition]]] = {
    **dict.fromkeys(("flags", "causes", "repairs", "repair_points", "census_zone_members"), _of_source),
    **dict.fromkeys(("decisions", "source_versions"), _of_source),
    **dict.fromkeys(("reviews", "comments", "locks", "attachments"), _of_flag),
    **dict.fromkeys(("plans", "field_zones", "plan_members", "plan_mix"), _of_plan),
    **dict.fromkeys(("census_zones", "census_zone_history"), _of_parent),
}
