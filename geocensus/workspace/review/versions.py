"""Optimistic locking: the version of a flag as its ETag, and what is new since a person looked at it."""

# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they are our own

import json
import sqlite3
from hashlib import blake2b
from typing import Any, Final

from geocensus.errors import ReviewError
from geocensus.workspace.review.locking import flag_row

__all__ = ["etag_of", "history", "require_seen", "source_history"]

_EVENTS: Final = (
    ("decision", "decisions", ("decision_id", "outcome", "comment", "author", "time", "repair_id", "before", "after")),
    ("review", "reviews", ("review_id", "decision_id", "verdict", "comment", "author", "time", "before", "after")),
    ("comment", "comments", ("comment_id", "author", "time", "text")),
    ("attachment", "attachments", ("attachment_id", "name", "media_type", "size", "sha256", "author", "time")),
)
_PARTS: Final = 4  # of a version: events, source's versions, state, basis


def history(connection: sqlite3.Connection, flag_id: str) -> list[dict[str, Any]]:
    """Return all that happened to a flag.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.

    Returns
    -------
    list of dict
        Oldest first: ``event`` (decision, review, comment or attachment) and its columns; JSON texts read.
    """
    found: list[tuple[str, int, int, dict[str, Any]]] = []
    for rank, (event, table, names) in enumerate(_EVENTS):
        query = f"SELECT fid, {', '.join(names)} FROM {table} WHERE flag_id = ?"
        for number, *values in connection.execute(query, (flag_id,)):
            row = {"event": event, **dict(zip(names, values, strict=True))}
            row |= {name: json.loads(row[name] or "{}") for name in ("before", "after") if name in row}
            found.append((str(row["time"]), rank, number, row))
    return [row for *_order, row in sorted(found, key=lambda entry: entry[:3])]


def source_history(connection: sqlite3.Connection, source_id: str) -> list[dict[str, Any]]:
    """Return the rows that a source had before each change.

    Parameters
    ----------
    connection
        A workspace.
    source_id
        The source.

    Returns
    -------
    list of dict
        Oldest first: version, time, author, decision_id, kind ("corrected", "claim_corrected", "fixed" or
        "reverted": what was done to the row) and values (the row before).
    """
    query = 'SELECT version, time, author, decision_id, kind, "values" FROM source_versions WHERE source_id = ?'
    names = ("version", "time", "author", "decision_id", "kind", "values")
    rows = connection.execute(f"{query} ORDER BY version", (source_id,)).fetchall()
    return [{**dict(zip(names, row, strict=True)), "values": json.loads(row[-1])} for row in rows]


def _version(connection: sqlite3.Connection, flag: dict[str, Any]) -> tuple[str, str, str, str]:
    count = "SELECT " + " + ".join(f"(SELECT count(*) FROM {table} WHERE flag_id = ?1)" for _, table, _ in _EVENTS)
    events = connection.execute(count, (flag["flag_id"],)).fetchone()[0]
    rows = "SELECT count(*) FROM source_versions WHERE source_id = ?"
    versions = connection.execute(rows, (flag["source_id"] or None,)).fetchone()[0]
    basis = blake2b(str(flag["basis"] or "").encode(), digest_size=6).hexdigest()
    return str(events), str(versions), f"{flag['flag_state']}-{flag['review_state']}", basis


def etag_of(connection: sqlite3.Connection, flag_id: str) -> str:
    """Return a flag's version: it is another one after every event, and when the flag or its source changes.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.

    Returns
    -------
    str
        A strong entity tag (RFC 9110, 8.8.3), with its quotes.
    """
    return f'"{".".join(_version(connection, flag_row(connection, flag_id)))}"'


def require_seen(connection: sqlite3.Connection, flag_id: str, seen: str) -> None:
    """Refuse a change by somebody who has not seen the flag as it is.

    Parameters
    ----------
    connection
        Inside the transaction of the change.
    flag_id
        The flag.
    seen
        The value of If-Match: entity tags of :func:`etag_of`, or "*".

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    ReviewError
        Reason "stale"; details has ``difference``: events that the person has not seen, and values that changed.
    """
    flag = flag_row(connection, flag_id)
    now = _version(connection, flag)
    tags = [tag.strip() for tag in seen.split(",")]
    if "*" in tags or f'"{".".join(now)}"' in tags:
        return
    raise ReviewError(
        f"flag {flag_id} has changed since you looked at it: see `difference`, read it again, then decide",
        f"疑点 {flag_id} 在您查看之后已有变化：请核对 difference，重新读取后再处理",
        reason="stale",
        details={"difference": _difference(connection, flag, now, tags[0]), "etag": f'"{".".join(now)}"'},
    )


def _difference(
    connection: sqlite3.Connection, flag: dict[str, Any], now: tuple[str, str, str, str], tag: str
) -> dict[str, Any]:
    """Say what is new; everything is, where the tag is not one of ours."""
    parts = tag.strip('"').split(".")
    known = len(parts) == _PARTS and parts[0].isdecimal() and parts[1].isdecimal()
    events, versions = (int(parts[0]), int(parts[1])) if known else (0, 0)
    was = parts if known else ["", "", "", ""]
    names = ("flag_state", "review_state")
    before, after = (dict(zip(names, f"{text}-".split("-"), strict=False)) for text in (was[2], now[2]))
    values: dict[str, dict[str, Any]] = {
        name: {"seen": before[name], "now": after[name]} for name in names if before.get(name) != after[name]
    }
    if was[3] != now[3]:
        values["basis"] = {"seen": None, "now": flag["basis"]}
    return {
        "events": history(connection, flag["flag_id"])[events:],
        "values": values,
        "source_versions": source_history(connection, flag["source_id"])[versions:] if flag["source_id"] else [],
    }
