"""How many features, and how far the flags are: numbers under any filter."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from geocensus.workspace import quoted
from geocensus.workspace.due import recheck_due_since
from geocensus_api.access.principal import Action, Principal, principal, require
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Property, collection, collections, properties, row_sum
from geocensus_api.features.levels import levels_of_flags
from geocensus_api.features.parameters import require_known, wanted_query
from geocensus_api.features.selection import Selection, selected
from geocensus_api.openapi import COUNT_PARAMETERS, parameter
from geocensus_api.resources import resources
from geocensus_api.responses import json_response, unchanged

__all__ = ["router"]

router = APIRouter()

_MOST: Final = 10_000  # groups of one answer
_STATES: Final = ("open", "reopened", "closed")


@router.get(
    "/counts",
    summary="Numbers of features",
    openapi_extra={"parameters": [parameter("collection", "id of a collection"), *COUNT_PARAMETERS]},
)
def _counts(request: Request) -> Response:
    """Return how many features each collection has; with ``collection``, how many a filter leaves, by properties.

    ``check`` tells what the numbers rest on: when the latest check ended, its basemap and the year of its codes; a
    person who sees no exact points is not told.
    """
    who = principal(request)
    shared = resources(request)
    state = shared.revision()
    headers, same = unchanged(request, state)
    if same is not None:
        return same
    name = request.query_params.get("collection")
    with shared.reading() as connection:
        if name is None:
            require_known(request, {"f", "lang"})
            number = partial(shared.number, connection, state=state)
            numbers = {entry.id: number(entry) for entry in collections(connection, who)}
            check = {"check": _latest_check(connection)} if who.may(Action.EXACT) else {}
            content: Any = {"rowSum": row_sum(connection, who, number), "collections": numbers, **check}
        else:
            content = _of_one(request, connection, name, who)
    return json_response(request, content, headers=headers)


def _latest_check(connection: sqlite3.Connection) -> dict[str, Any] | None:
    columns = ("finished", "basemap_name", "code_year")
    row = connection.execute(f"SELECT {', '.join(columns)} FROM runs ORDER BY fid DESC LIMIT 1").fetchone()
    return dict(zip(columns, row, strict=True)) if row else None


def _of_one(request: Request, connection: sqlite3.Connection, name: str, who: Principal) -> Any:
    entry = collection(connection, name, who)
    fields = {field.name: field for field in properties(connection, entry)}
    wanted = wanted_query(request, fields, {"by", "collection"})
    by = {key: quoted(fields[key].column) for key in _keys(request, fields)}
    selection = selected(entry, list(fields.values()), wanted)
    columns = {"n": "count(*)"}
    rows = _grouped(connection, selection, by, columns)
    told = [{**dict(zip(by, _plain(fields, by, row), strict=True)), "n": row[-1]} for row in rows]
    return {
        "collection": entry.id,
        "matched": sum(row[-1] for row in rows),
        "by": list(by),
        "groups": told if by else [],
    }


@router.get("/progress", summary="Progress of the flags", openapi_extra={"parameters": COUNT_PARAMETERS})
def _progress(request: Request) -> Response:
    """Return how many flags are open, reopened and closed, under a filter of flags; by their properties or by areas.

    Besides properties, ``by`` may name a level, such as township: that of the area in which the source lies; or
    claimed_township: the one that it is claimed for, whose office answers for it. ``recheck_due`` tells that sources
    were corrected since the last check, which judges whole groups, causes and repairs; ``recheck_due_since``: when.
    """
    who = require(request, Action.EXACT)
    shared = resources(request)
    headers, same = unchanged(request, shared.revision())
    if same is not None:
        return same
    with shared.reading() as connection:
        flags = collection(connection, "flags", who)
        fields = {field.name: field for field in properties(connection, flags)}
        selection = selected(flags, list(fields.values()), wanted_query(request, fields, {"by"}))
        levels = levels_of_flags(connection)
        known = {**{name: quoted(field.column) for name, field in fields.items()}, **levels}
        by = {key: known[key] for key in _keys(request, known)}
        standing = quoted("flag_state") if "flag_state" in fields else "'open'"
        columns = {one: f"sum({standing} = '{one}')" for one in _STATES}
        rows = _grouped(connection, selection, by, {"flags": "count(*)", **columns})
        outcome = quoted("outcome") if "outcome" in fields else "''"
        outcomes = _grouped(connection, selection, {"outcome": f"coalesce({outcome}, '')"}, {"n": "count(*)"})
        review = quoted("review_state") if "review_state" in fields else "'open'"
        reviews = _grouped(connection, selection, {"review": f"coalesce({review}, 'open')"}, {"n": "count(*)"})
        since = recheck_due_since(connection)
    width = len(by)
    groups = [{**dict(zip(by, _plain(fields, by, row), strict=True)), **_told(row[width:])} for row in rows]
    total = [sum(row[width + number] or 0 for row in rows) for number in range(len(_STATES) + 1)]
    content = {
        **_told(total),
        "outcomes": {name: number for name, number in outcomes if name},
        "reviews": dict(reviews),
        "recheck_due": since is not None,
        "recheck_due_since": since,
        "by": list(by),
        "groups": groups if by else [],
    }
    return json_response(request, content, headers=headers)


def _told(numbers: Any) -> dict[str, Any]:
    whole = {name: int(number or 0) for name, number in zip(("flags", *_STATES), numbers, strict=True)}
    return {**whole, "closed_share": whole["closed"] / whole["flags"] if whole["flags"] else None}


def _keys(request: Request, known: Mapping[str, Any]) -> list[str]:
    keys = list(dict.fromkeys(part for part in request.query_params.get("by", "").split(",") if part))
    for key in keys:
        if key not in known:
            raise ProblemError(400, f"by: {key[:40]!r} is not a property here", f"by：{key[:40]} 不是此处的属性")
    return keys


def _grouped(
    connection: sqlite3.Connection, selection: Selection, by: Mapping[str, str], columns: Mapping[str, str]
) -> list[Any]:
    condition, keys = selection.condition, ", ".join(by.values())
    told = ", ".join([*by.values(), *columns.values()])
    places = ", ".join(str(number + 1) for number in range(len(by)))
    grouping = f" GROUP BY {places} ORDER BY {len(by) + 1} DESC, {places} LIMIT {_MOST + 1}" if keys else ""
    query = f"SELECT {told} FROM {quoted(selection.source.table)}{condition.where}{grouping}"
    rows = connection.execute(query, condition.values).fetchall()
    if len(rows) > _MOST:
        raise ProblemError(400, f"by: more than {_MOST} groups; filter first", f"by：超过 {_MOST} 组，请先筛选")
    return rows


def _plain(fields: Mapping[str, Property], by: Mapping[str, str], row: tuple[Any, ...]) -> list[Any]:
    """Return a row's group as JSON has it: truth values are stored as 0 and 1."""
    return [
        bool(value) if value is not None and key in fields and fields[key].kind == "boolean" else value
        for key, value in zip(by, row, strict=False)
    ]
