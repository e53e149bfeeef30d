"""Which groups of neighbours the sources of a workspace belong to.

They are kept beside them, so that a change of one source finds the others that it concerns without reading the list.
The table ``neighbour_groups`` is no layer and no table of the standard's; a check writes it anew, a correction keeps
it true. Where it is missing (an older version checked the list), it is made from the whole list at the first need.
"""
# ruff: noqa: S608 - names of columns are those of GROUPINGS; values are parameters

import json
import sqlite3
from collections.abc import Iterable
from itertools import islice
from typing import Final

import pandas as pd

from geocensus.checks import GROUPINGS
from geocensus.workspace.columns import values_of
from geocensus.workspace.schema import quoted

__all__ = [
    "group_size",
    "groups_current",
    "keep_groups",
    "kept_groups",
    "members_of",
    "outlets_of",
    "renew_groups",
    "with_key",
]

_COLUMNS: Final = ("source_id", *GROUPINGS, "site", "group", "grouping")
_TABLE: Final = (
    "CREATE TABLE neighbour_groups (source_id TEXT PRIMARY KEY NOT NULL, village TEXT, named TEXT, park TEXT,"
    ' township TEXT, site TEXT, "group" TEXT, grouping TEXT) WITHOUT ROWID'
)
_SELECTED: Final = f"SELECT {', '.join(map(quoted, _COLUMNS))} FROM neighbour_groups"
_PUT: Final = f"INSERT OR REPLACE INTO neighbour_groups VALUES ({', '.join('?' * len(_COLUMNS))})"
_LISTED: Final = "IN (SELECT value FROM json_each(?))"
_KEY: Final = "neighbour_groups"  # of workspace_info: of which run they are, and how large a group is at least
_RUN: Final = "SELECT run_id FROM runs ORDER BY fid DESC LIMIT 1"
_CHUNK: Final = 20_000


def groups_current(connection: sqlite3.Connection, smallest: int) -> bool:
    """Tell whether the groups that are kept are those of the latest run.

    Parameters
    ----------
    connection
        Any connection.
    smallest
        Sources that a group has at least.

    Returns
    -------
    bool
        False also where none are kept.
    """
    row = connection.execute("SELECT value FROM workspace_info WHERE key = ?", (_KEY,)).fetchone()
    return bool(row) and json.loads(row[0]) == [*_run(connection), smallest]


def _run(connection: sqlite3.Connection) -> list[str]:
    row = connection.execute(_RUN).fetchone()
    return [row[0] if row else ""]


def keep_groups(connection: sqlite3.Connection, groups: pd.DataFrame | None, smallest: int) -> None:
    """Keep the groups of a whole list, of the latest run.

    Parameters
    ----------
    connection
        Inside a transaction.
    groups
        As :func:`geocensus.checks.neighbours_of`; None where they are not known: nothing is kept.
    smallest
        Sources that a group has at least.
    """
    connection.execute("DROP TABLE IF EXISTS neighbour_groups")
    connection.execute("DELETE FROM workspace_info WHERE key = ?", (_KEY,))
    if groups is None:
        return
    connection.execute(_TABLE)
    rows = _rows(groups)
    while chunk := list(islice(rows, _CHUNK)):
        connection.executemany(_PUT, chunk)
    for name in (*GROUPINGS, "site", "group"):
        connection.execute(
            f'CREATE INDEX index_neighbour_groups_{name} ON neighbour_groups ("{name}") WHERE "{name}" IS NOT NULL'
        )
    told = json.dumps([*_run(connection), smallest])
    connection.execute("INSERT INTO workspace_info (key, value) VALUES (?, ?)", (_KEY, told))


def _rows(groups: pd.DataFrame) -> Iterable[tuple[object, ...]]:
    columns = [values_of(groups[name], "TEXT") for name in _COLUMNS[1:]]
    return zip(groups.index.tolist(), *columns, strict=True)


def renew_groups(connection: sqlite3.Connection, groups: pd.DataFrame) -> None:
    """Bring the groups of some sources to those that they belong to now.

    Parameters
    ----------
    connection
        Inside a transaction.
    groups
        As :func:`kept_groups`, by source_id.
    """
    connection.executemany(_PUT, _rows(groups))


def _read(connection: sqlite3.Connection, condition: str, *values: object) -> pd.DataFrame:
    rows = connection.execute(f"{_SELECTED} WHERE {condition}", values).fetchall()
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype("str").set_index("source_id")


def kept_groups(connection: sqlite3.Connection, source_ids: Iterable[str]) -> pd.DataFrame:
    """Return the groups of sources.

    Parameters
    ----------
    connection
        Any connection.
    source_ids
        Sources.

    Returns
    -------
    DataFrame
        A row for each of them, by source_id, missing where there is none: groups that it could belong to, ``site`` of
        an outlet, and the ``group`` that it is compared with, by which ``grouping``.
    """
    ids = list(dict.fromkeys(source_ids))
    return _read(connection, f"source_id {_LISTED}", json.dumps(ids)).reindex(ids).astype("str")


def with_key(connection: sqlite3.Connection, grouping: str, key: str) -> list[str]:
    """Return the sources that could belong to a group.

    Parameters
    ----------
    connection
        Any connection.
    grouping
        One of GROUPINGS.
    key
        The group.

    Returns
    -------
    list of str
        Their ids.
    """
    query = f"SELECT source_id FROM neighbour_groups WHERE {_column(grouping)} = ?"
    return [row[0] for row in connection.execute(query, (key,))]


def group_size(connection: sqlite3.Connection, grouping: str, key: str) -> int:
    """Count the sources that could belong to a group.

    Parameters
    ----------
    connection
        Any connection.
    grouping
        One of GROUPINGS.
    key
        The group.

    Returns
    -------
    int
        How many.
    """
    query = f"SELECT count(*) FROM neighbour_groups WHERE {_column(grouping)} = ?"
    return int(connection.execute(query, (key,)).fetchone()[0])


def _column(grouping: str) -> str:
    return GROUPINGS[GROUPINGS.index(grouping)]


def members_of(connection: sqlite3.Connection, groups: Iterable[str]) -> pd.DataFrame:
    """Return the sources that are compared within some groups.

    Parameters
    ----------
    connection
        Any connection.
    groups
        Groups.

    Returns
    -------
    DataFrame
        As :func:`kept_groups`.
    """
    return _read(connection, f'"group" {_LISTED}', json.dumps(sorted(groups)))


def outlets_of(connection: sqlite3.Connection, sites: Iterable[str]) -> list[str]:
    """Return the outlets of some sites.

    Parameters
    ----------
    connection
        Any connection.
    sites
        Ids as the list has them.

    Returns
    -------
    list of str
        Their ids.
    """
    query = f"SELECT source_id FROM neighbour_groups WHERE site {_LISTED}"
    return [row[0] for row in connection.execute(query, (json.dumps(sorted(sites)),))]
