"""Which rows, flags and areas are on a map: what is asked for, within what the person may see."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from geocensus.model import Text
from geocensus.pipeline.draw_area import Part
from geocensus.workspace import quoted
from geocensus_api.access.principal import Action, Principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection, collection, collections, properties
from geocensus_api.features.condition import Condition
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.scope import codes_in_scope
from geocensus_api.features.selection import count, selected
from geocensus_api.maps.asked import Asked

__all__ = ["plan_named", "plan_part", "sources_part"]

_SOURCES = ("sources", "unlocated-sources", "excluded-rows")
_COUNTER = "planner"  # a role that reads rows in every state: a public map shows their numbers and nothing else


def sources_part(connection: sqlite3.Connection, asked: Asked, who: Principal, *, rows_max: int) -> Part:
    """Return what a map of sources shows.

    Parameters
    ----------
    connection
        A workspace with our functions.
    asked
        The wish.
    who
        Who asks; sees own areas only, and the public edition where exact points are not allowed.
    rows_max
        Rows of a map at most.

    Returns
    -------
    Part
        Ids of rows and flags; None where all are meant.

    Raises
    ------
    ProblemError
        400 for an unknown value, 403 for flags that the role may not see, 404 for an area or plan that is not there or
        out of scope, 413 for more rows than a map may have.
    """
    public = not who.may(Action.EXACT)
    if public and asked.flags:
        raise ProblemError(
            403,
            f"the role {who.role} sees no flags: leave them out of the map",
            f"角色 {who.role} 不可查看疑点，请去掉疑点条件",
        )
    narrowed, names = _narrowed(connection, asked, who)
    codes = codes_in_scope(connection, narrowed)
    reader = replace(narrowed, role=_COUNTER) if public else narrowed
    flags = None if public else _flags(connection, reader, asked)
    sources, rows = _rows(connection, reader, asked, flags)
    if len(sources) > rows_max:
        raise ProblemError(
            413,
            f"{len(sources)} sources; a map shows at most {rows_max}: choose areas (within), classes or flags",
            f"共 {len(sources)} 个污染源，一张图最多 {rows_max} 个：请用 within、类别或疑点条件缩小范围",
        )
    limited = narrowed.scope is not None or bool(asked.classes or asked.flags)
    return Part(
        codes=codes,
        sources=sources if limited else None,
        flags=None if flags is None else frozenset(flags),
        rows=rows,
        said=asked.said(),
        places=names,
        public=public,
    )


def plan_part(connection: sqlite3.Connection, asked: Asked, who: Principal) -> Part:
    """Return which areas a map of a plan shows.

    Parameters
    ----------
    connection
        A workspace with our functions.
    asked
        The wish; its plan was found.
    who
        Who asks.

    Returns
    -------
    Part
        With all areas where none were asked for: a plan that a person sees lies in the scope as a whole.

    Raises
    ------
    ProblemError
        404 for an area that is not there or out of scope.
    """
    public = not who.may(Action.EXACT)
    if not asked.within:
        return Part(public=public)
    narrowed, names = _narrowed(connection, replace(asked, plan=""), who)
    said = Text(f"区域 {'、'.join(names)}", f"areas: {', '.join(names)}")
    return Part(codes=codes_in_scope(connection, narrowed), said=(said,), places=names, public=public)


def plan_named(connection: sqlite3.Connection, name: str, who: Principal) -> str:
    """Return a plan that a person may see.

    Parameters
    ----------
    connection
        A workspace with our functions.
    name
        Of the plan; "" for the newest.
    who
        Who asks.

    Returns
    -------
    str
        Its name.

    Raises
    ------
    ProblemError
        404.
    """
    plans = collection(connection, "plans", who)
    condition = _selected(connection, plans, {"plan": [name]} if name else {})
    query = f"SELECT plan FROM plans{condition.where} ORDER BY created DESC, fid DESC LIMIT 1"
    row = connection.execute(query, condition.values).fetchone()
    if row is None:
        if name:
            raise ProblemError(
                404, f"no plan {name!r}; /collections/plans lists them", f"没有方案“{name}”，见 /collections/plans"
            )
        raise ProblemError(404, "there is no plan yet", "还没有片区方案")
    return str(row[0])


def _selected(connection: sqlite3.Connection, entry: Collection, equal: dict[str, list[str]]) -> Condition:
    fields = list(properties(connection, entry))
    unknown = set(equal) - {field.name for field in fields}
    if unknown:
        name = min(unknown)
        raise ProblemError(400, f"{name}: the list has no such column", f"{name}：名单中没有这一列")
    return selected(entry, fields, Wanted(None, "", equal)).condition


def _narrowed(connection: sqlite3.Connection, asked: Asked, who: Principal) -> tuple[Principal, tuple[str, ...]]:
    """Return the person as if limited to the areas asked for, and the names of these."""
    scope = who.scope
    names = tuple(_names(connection, who, scope).values()) if scope else ()
    if asked.within:
        named = _names(connection, who, asked.within)
        lacking = [code for code in asked.within if code not in named]
        if lacking:
            raise ProblemError(404, f"no area {lacking[0]!r}", f"没有区划 {lacking[0]}")
        scope, names = asked.within, tuple(named[code] for code in asked.within)
    if asked.plan:
        units, seen = _units(connection, asked, who), codes_in_scope(connection, replace(who, scope=scope))
        scope = tuple(sorted(units if seen is None else units & seen))
    return replace(who, scope=scope), names


def _units(connection: sqlite3.Connection, asked: Asked, who: Principal) -> set[str]:
    """Return the units of a plan, or of one of its field zones."""
    plan_named(connection, asked.plan, who)
    members = collection(connection, "plan-members", who)
    equal = {"plan": [asked.plan], **({"field_zone": [asked.field_zone]} if asked.field_zone else {})}
    condition = _selected(connection, members, equal)
    codes = {
        str(row[0]) for row in connection.execute(f"SELECT code FROM plan_members{condition.where}", condition.values)
    }
    if not codes:
        raise ProblemError(
            404,
            f"no field zone {asked.field_zone!r} in {asked.plan!r}",
            f"方案“{asked.plan}”中没有片区 {asked.field_zone}",
        )
    return codes


def _names(connection: sqlite3.Connection, who: Principal, codes: tuple[str, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for table, condition in _areas(connection, who):
        joint, marks = (" AND " if condition.sql else " WHERE "), ", ".join("?" * len(codes))
        query = f"SELECT code, coalesce(name, '') FROM {table}{condition.where}{joint}code IN ({marks})"
        named |= {str(code): str(name or code) for code, name in connection.execute(query, (*condition.values, *codes))}
    return named


def _areas(connection: sqlite3.Connection, who: Principal) -> Iterator[tuple[str, Condition]]:
    for entry in collections(connection, who):
        if entry.table.startswith("areas_") or entry.table == "zones":
            yield quoted(entry.table), _selected(connection, entry, {})


def _flags(connection: sqlite3.Connection, who: Principal, asked: Asked) -> dict[str, str] | None:
    """Return the flags chosen, each with its source; None where none are chosen and nothing is out of scope."""
    if not asked.flags and who.scope is None:
        return None
    entry = collection(connection, "flags", who)
    condition = _selected(connection, entry, {name: list(values) for name, values in asked.flags})
    query = f"SELECT flag_id, coalesce(source_id, '') FROM flags{condition.where}"
    return dict(connection.execute(query, condition.values).fetchall())


def _rows(
    connection: sqlite3.Connection, who: Principal, asked: Asked, flags: dict[str, str] | None
) -> tuple[frozenset[str], int]:
    """Return the ids of the rows on the map, and how many rows there are without limits of class and flag."""
    chosen: set[str] = set()
    total = 0
    flagged = set(flags.values()) if flags is not None and asked.flags else None
    for name in _SOURCES:
        entry = collection(connection, name, who)
        fields = list(properties(connection, entry))
        total += count(connection, selected(entry, fields, Wanted(None, "", {})))
        if asked.classes and not any(field.name == "class" for field in fields):
            continue  # rows set aside have no class in some lists
        condition = _selected(connection, entry, {"class": list(asked.classes)} if asked.classes else {})
        rows = connection.execute(f"SELECT source_id FROM {quoted(entry.table)}{condition.where}", condition.values)
        chosen |= {str(row[0]) for row in rows}
    return frozenset(chosen if flagged is None else chosen & flagged), total
