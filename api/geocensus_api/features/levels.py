"""The area of a flag's source at each level, as SQL."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Sequence
from typing import Final

from geocensus.model import LEVELS
from geocensus.workspace import quoted
from geocensus_api.features.layout import columns_of

__all__ = ["levels_of_flags"]

_TABLES: Final = ("sources", "unlocated_sources")
_CLAIM: Final = frozenset({"claimed_area_code", "claimed_level"})


def levels_of_flags(connection: sqlite3.Connection) -> dict[str, str]:
    """Return expressions over a row of ``flags``: the code of the area that its source lies in, or is claimed for.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    dict
        By level ("township") and claimed level ("claimed_township"); as many as the list and the basemap have. Without
        a value where the source has no such area, and for a flag of a whole group.
    """
    columns = {table: set(columns_of(connection, table)) for table in _TABLES}
    levels = [level for level in LEVELS if columns_of(connection, f"areas_{level}")]
    located = {
        level: _first(
            [_of_source(table, quoted(f"code_{level}")) for table in _TABLES if f"code_{level}" in columns[table]]
        )
        for level in LEVELS
    }
    claimed = {
        f"claimed_{level}": _first(
            [_of_source(table, _claimed(level, levels)) for table in _TABLES if columns[table] >= _CLAIM]
        )
        for level in levels
    }
    return {name: expression for name, expression in {**located, **claimed}.items() if expression}


def _first(expressions: Sequence[str]) -> str:
    return f"coalesce({', '.join(expressions)}, NULL)" if expressions else ""


def _of_source(table: str, expression: str) -> str:
    return f"(SELECT {expression} FROM {table} AS s WHERE s.source_id = flags.source_id)"


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
