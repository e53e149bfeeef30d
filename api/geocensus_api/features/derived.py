"""Properties that rows have from other tables, as SQL: of a flag, what its source is; of a source, its worst flag."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from geocensus.model import LEVELS
from geocensus.workspace import quoted
from geocensus_api.features.layout import columns_of

__all__ = ["SOURCE_TABLES", "WORST", "derived_of", "rank_of"]

SOURCE_TABLES: Final = ("sources", "unlocated_sources", "excluded_rows")
WORST: Final = ("", "info", "warning", "error")  # severities by rank; "" where no flag stands open
_CLAIM: Final = frozenset({"claimed_area_code", "claimed_level"})
_SAME: Final = ("class", "import_group")  # of a flag as of its source


def derived_of(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return the properties that rows of a table have from other tables.

    Parameters
    ----------
    connection
        A workspace.
    table
        Its name.

    Returns
    -------
    dict
        Expressions by name, over a row of the table under its own name; as many as the list and the basemap have. For
        ``flags``: class, import_group, ``code_{level}`` and ``name_{level}`` of the area in which the source lies,
        ``claimed_code_{level}`` of the one that it is claimed for; NULL without such an area, and for a flag of a
        whole group. For tables of sources: severity, of the worst flag that stands open, "" without one. For
        ``sources`` also within_claim: whether it lies inside the area that it is claimed for, near_border (outside by
        no more than the tolerance) or outside; "" where that was not tested.
    """
    there = columns_of(connection, table)
    if table == "flags":
        found = dict(_of_source(connection)) if "source_id" in there else {}
    elif table in SOURCE_TABLES:
        found = {**_of_flags(connection, table), **_of_claim(connection, table)} if "source_id" in there else {}
    else:
        found = {}
    return {name: expression for name, expression in found.items() if name not in there}


def rank_of(severity: str) -> str:
    """Return the expression of a severity's rank.

    Parameters
    ----------
    severity
        SQL of the severity.

    Returns
    -------
    str
        3 error, 2 warning, 1 anything else.
    """
    return f"CASE {severity} WHEN 'error' THEN 3 WHEN 'warning' THEN 2 ELSE 1 END"


def _of_flags(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    columns = columns_of(connection, "flags")
    if not {"source_id", "severity"} <= set(columns):
        return {}
    still = " AND coalesce(f.flag_state, 'open') <> 'closed'" if "flag_state" in columns else ""
    worst = f"SELECT max({rank_of('f.severity')}) FROM flags AS f WHERE f.source_id = {quoted(table)}.source_id{still}"
    names = " ".join(f"WHEN {rank} THEN '{name}'" for rank, name in enumerate(WORST) if rank)
    return {"severity": f"(CASE ({worst}) {names} ELSE '' END)"}


def _of_claim(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Return where a source lies: inside of its claim, where most do, its distance is not measured."""
    columns = set(columns_of(connection, table))
    if table != "sources" or not columns >= {"distance_m", "tolerance_m", *_CLAIM}:
        return {}
    codes = [f"WHEN '{level}' THEN sources.{quoted(f'code_{level}')}" for level in LEVELS if f"code_{level}" in columns]
    same = f"(CASE sources.claimed_level {' '.join(codes)} END) = sources.claimed_area_code" if codes else "FALSE"
    metres = "sources.distance_m"
    sides = f"WHEN {metres} > sources.tolerance_m THEN 'outside' WHEN {metres} > 0 THEN 'near_border'"
    return {"within_claim": f"(CASE {sides} WHEN {metres} <= 0 OR {same} THEN 'inside' ELSE '' END)"}


def _of_source(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    columns = {table: set(columns_of(connection, table)) for table in SOURCE_TABLES}
    levels = [level for level in LEVELS if columns_of(connection, f"areas_{level}")]
    for name in (*_SAME, *(f"{part}_{level}" for level in levels for part in ("code", "name"))):
        having = [table for table, there in columns.items() if name in there]
        if having:
            yield name, _first(having, quoted(name))
    having = [table for table, there in columns.items() if there >= _CLAIM]
    if having:
        yield from ((f"claimed_code_{level}", _first(having, _claimed(level, levels))) for level in levels)


def _first(tables: Iterable[str], expression: str) -> str:
    """Return the value of the one table that has the flag's source."""
    found = [f"(SELECT {expression} FROM {table} AS s WHERE s.source_id = flags.source_id)" for table in tables]
    return f"coalesce({', '.join(found)}, NULL)"


def _claimed(level: str, levels: Sequence[str]) -> str:
    """Return the claimed area's forebear at a level: the hierarchy is that of parent_code, not of the codes."""
    finer = levels[levels.index(level) :]
    cases = []
    for number, claimed in enumerate(finer):
        code = "s.claimed_area_code"
        for step in reversed(finer[1 : number + 1]):
            code = f"(SELECT a.parent_code FROM {quoted(f'areas_{step}')} AS a WHERE a.code = {code})"
        cases.append(f"WHEN '{claimed}' THEN {code}")
    return f"CASE s.claimed_level {' '.join(cases)} END"
