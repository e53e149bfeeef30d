"""How many features a query leaves, by some of their properties: from memory where they are there, else by SQL."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from geocensus.model import LEVELS
from geocensus.workspace import quoted
from geocensus_api.access.principal import Principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection, Property
from geocensus_api.features.kept import keep
from geocensus_api.features.layout import tables_of
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.scope import codes_in_scope
from geocensus_api.features.selection import selected
from geocensus_api.store.snapshot_selection import Memory

__all__ = ["area_names", "counted", "require_few"]

_MOST: Final = 10_000  # groups of one answer
_READ: Final = 20 * _MOST  # rows that are read to make them

Names = Mapping[str, str]


def counted(
    connection: sqlite3.Connection,
    memory: Memory,
    source: Collection,
    fields: Mapping[str, Property],
    wanted: Wanted,
    by: Sequence[Property],
) -> list[tuple[Any, ...]]:
    """Return how many features a query leaves for each combination of some properties.

    Parameters
    ----------
    connection
        In its read transaction.
    memory
        Of points.
    source
        The collection as a person sees it.
    fields
        Its properties.
    wanted
        The query.
    by
        Properties; without any there is one group of all.

    Returns
    -------
    list
        Values as JSON has them, then the number; the most first, then by value, what has no value before the others.

    Raises
    ------
    ProblemError
        400.
    """
    if not by:
        return [(len(memory.matched(connection, source, fields, wanted)),)]
    found = memory.grouped(connection, source, fields, wanted, by)
    if found is not None:
        return found
    condition = selected(source, tuple(fields.values()), wanted).condition
    places = ", ".join(str(number + 1) for number in range(len(by)))
    query = (
        f"SELECT {', '.join(one.sql for one in by)}, count(*) FROM {quoted(source.table)}{condition.where} "
        f"GROUP BY {places} ORDER BY {len(by) + 1} DESC, {places} LIMIT {_READ + 1}"
    )
    rows = connection.execute(query, condition.values).fetchall()
    if len(rows) > _READ:
        require_few(len(rows))
    return [(*map(_plain, by, row), row[-1]) for row in rows]


def _plain(field: Property, value: Any) -> Any:
    """Return a value as JSON has it: truth values are stored as 0 and 1."""
    return bool(value) if value is not None and field.kind == "boolean" else value


def require_few(groups: int) -> None:
    """Refuse more groups than an answer has.

    Parameters
    ----------
    groups
        How many there would be.

    Raises
    ------
    ProblemError
        400.
    """
    if groups > _MOST:
        raise ProblemError(400, f"by: more than {_MOST} groups; filter first", f"by：超过 {_MOST} 组，请先筛选")


def area_names(connection: sqlite3.Connection, by: Sequence[Property], who: Principal) -> tuple[int, Names] | None:
    """Return what the areas are called that a grouping names by their codes.

    Parameters
    ----------
    connection
        In its read transaction.
    by
        The properties grouped by.
    who
        Who asks: areas out of scope have no name here.

    Returns
    -------
    tuple or None
        Which of the properties has the codes, and names by code; None where not exactly one has.
    """
    there = tables_of(connection)
    levels = {f"{part}code_{level}": f"areas_{level}" for level in LEVELS for part in ("", "claimed_")}
    tables = {number: levels[one.column] for number, one in enumerate(by) if levels.get(one.column) in there}
    if len(tables) != 1:
        return None
    ((number, table),) = tables.items()
    found: Names = keep(connection, ("names", table), lambda: _names(connection, table), tables=table.__eq__)
    codes = codes_in_scope(connection, who)
    return number, found if codes is None else {code: name for code, name in found.items() if code in codes}


def _names(connection: sqlite3.Connection, table: str) -> Names:
    return dict(
        connection.execute(f"SELECT code, name FROM {quoted(table)} WHERE code <> '' AND name <> ''").fetchall()
    )
