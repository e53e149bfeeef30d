"""The audit trail: every write of the service is told in the transaction that makes it."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from geocensus.workspace.schema import quoted

__all__ = ["add_row", "audit", "new_id", "now"]


def now() -> str:
    """Return the time as it stands in every table.

    Returns
    -------
    str
        UTC, ISO 8601, milliseconds: sorts as text.
    """
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_id() -> str:
    """Return a new id that sorts by time and is never used twice.

    Returns
    -------
    str
        ASCII, safe in an address.
    """
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def add_row(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    """Add one row to a table.

    Parameters
    ----------
    connection
        Inside a transaction.
    table
        Its name.
    **values
        By column; what is neither a text, a number nor missing is written as JSON.
    """
    columns, marks = ", ".join(map(quoted, values)), ", ".join("?" * len(values))
    plain = [
        value if value is None or isinstance(value, str | int | float) else _json(value) for value in values.values()
    ]
    connection.execute(f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks})", plain)  # noqa: S608 - through quoted()


def audit(
    connection: sqlite3.Connection,
    *,
    author: str,
    action: str,
    target: str | Sequence[str],
    before: Any = None,
    after: Any = None,
) -> None:
    """Tell the audit trail of a change, inside the transaction that makes it.

    Parameters
    ----------
    connection
        Inside a transaction.
    author
        Who changes it.
    action
        Dotted words: "flag.decide", "plan.move".
    target
        What is changed: an id, or several.
    before, after
        Values, written as JSON; None where there are none.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from geocensus.workspace import Workspace
    >>> workspace = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "ws.gpkg")
    >>> with workspace.transaction() as connection:
    ...     audit(connection, author="王工", action="flag.lock", target="f1", after={"until": "2026-01-01"})
    >>> workspace.read_table("audit")[["author", "action", "target", "after"]].to_numpy().tolist()
    [['王工', 'flag.lock', 'f1', '{"until": "2026-01-01"}']]
    """
    add_row(
        connection,
        "audit",
        audit_id=new_id(),
        time=now(),
        author=author,
        action=action,
        target=target if isinstance(target, str) else _json(list(target)),
        before=None if before is None else _json(before),
        after=None if after is None else _json(after),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
