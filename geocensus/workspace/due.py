"""Whether a check is due: what is said of whole import groups, causes and repairs does not follow a correction."""

import sqlite3

from geocensus.workspace.audit import now

__all__ = ["check_due", "no_check_due", "recheck_due_since"]

_KEY = "recheck_due"


def check_due(connection: sqlite3.Connection) -> None:
    """Note that sources changed since the last check; the first change counts.

    Parameters
    ----------
    connection
        Inside a transaction.
    """
    connection.execute(
        "INSERT INTO workspace_info (key, value) SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM workspace_info WHERE key = ?1)",
        (_KEY, now()),
    )


def no_check_due(connection: sqlite3.Connection) -> None:
    """Note that a check has just seen all that changed.

    Parameters
    ----------
    connection
        Inside a transaction.
    """
    connection.execute("DELETE FROM workspace_info WHERE key = ?", (_KEY,))


def recheck_due_since(connection: sqlite3.Connection) -> str | None:
    """Return since when sources differ from what the last check judged.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    str or None
        UTC time; None where the last check has seen all.
    """
    row = connection.execute("SELECT value FROM workspace_info WHERE key = ?", (_KEY,)).fetchone()
    return str(row[0]) if row else None
