"""The strong ETag of a plan: number of its edits, and what its rows hold now."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import re
import sqlite3
from hashlib import blake2b
from typing import Final

from geocensus.workspace import quoted
from geocensus.workspace.plan_history import PLAN_EDITS

__all__ = ["number_of", "tag_of"]

_TAG: Final = re.compile(r'^"(\d{1,12})-([0-9a-f]{24})"$', re.ASCII)


def tag_of(connection: sqlite3.Connection, name: str) -> str:
    """Return the ETag of a plan; it differs after every edit, also after one that another program made.

    Parameters
    ----------
    connection
        A workspace with the plan.
    name
        Its name.

    Returns
    -------
    str
        With its quotation marks.
    """
    digest = blake2b(digest_size=12)
    for table in ("plans", "plan_members", "field_zones"):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")]
        told = ", ".join(quoted(column) for column in columns if column not in {"fid", "geom"})
        rows = connection.execute(f"SELECT {told} FROM {quoted(table)} WHERE plan = ? ORDER BY fid", (name,))
        digest.update(repr(rows.fetchall()).encode("utf-8", "surrogatepass"))
    return f'"{_edits(connection, name)}-{digest.hexdigest()}"'


def _edits(connection: sqlite3.Connection, name: str) -> int:
    present = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if connection.execute(present, (PLAN_EDITS.name,)).fetchone() is None:
        return 0
    query = (
        "SELECT coalesce(max(number), 0) FROM plan_edits e JOIN plans p USING (plan)"
        " WHERE plan = ? AND e.created = coalesce(p.created, '')"
    )
    return int(connection.execute(query, (name,)).fetchone()[0])


def number_of(tag: str) -> int | None:
    """Return the number of edits that a tag knows of.

    Parameters
    ----------
    tag
        What a client sent.

    Returns
    -------
    int or None
        None where it is no tag of a plan.

    Examples
    --------
    >>> number_of('"12-0123456789abcdef01234567"'), number_of("*")
    (12, None)
    """
    found = _TAG.match(tag.strip())
    return int(found.group(1)) if found else None
