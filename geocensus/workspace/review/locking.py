"""Locks: one person works on a flag at a time; a lock that nobody renews ends by itself."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from geocensus.errors import DataNotFoundError, ReviewError
from geocensus.workspace.audit import audit

__all__ = ["HOLD", "Lock", "flag_row", "lock", "lock_of", "release", "require_releasable", "require_unlocked"]

HOLD: Final = timedelta(hours=2)


@dataclass(frozen=True)
class Lock:
    """Who works on a flag, since when, until when (UTC)."""

    flag_id: str
    author: str
    since: datetime
    until: datetime

    def seconds_left(self, now: datetime | None = None) -> int:
        """Return how long it holds, unless it is renewed.

        Parameters
        ----------
        now
            By default the clock's time.

        Returns
        -------
        int
            Whole seconds, 0 or more.
        """
        return max(0, int((self.until - (now or datetime.now(UTC))).total_seconds()))


def flag_row(connection: sqlite3.Connection, flag_id: str) -> dict[str, Any]:
    """Return a flag without its geometry.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.

    Returns
    -------
    dict
        Its columns.

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    """
    cursor = connection.execute("SELECT * FROM flags WHERE flag_id = ?", (flag_id,))
    found = cursor.fetchone()
    if found is None:
        raise DataNotFoundError(
            f"no flag {flag_id} in the workspace: read the flags again", f"工作区中没有疑点 {flag_id}：请重新读取"
        )
    row = dict(zip((column[0] for column in cursor.description), found, strict=True))
    row.pop("geom", None)
    return row


def lock_of(connection: sqlite3.Connection, flag_id: str, now: datetime | None = None) -> Lock | None:
    """Return who works on a flag.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.
    now
        By default the clock's time.

    Returns
    -------
    Lock or None
        None where nobody does, or the time is over.
    """
    row = connection.execute("SELECT author, since, until FROM locks WHERE flag_id = ?", (flag_id,)).fetchone()
    if row is None:
        return None
    held = Lock(flag_id, row[0], *(datetime.fromisoformat(text) for text in row[1:]))
    # one that begins in the future was taken while the clock was wrong: it must not hold until then
    return held if held.since <= (now or datetime.now(UTC)) < held.until else None


def require_unlocked(connection: sqlite3.Connection, flag_id: str, author: str, now: datetime | None = None) -> None:
    """Refuse a change where another person works on the flag.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.
    author
        Who wants to change it.
    now
        By default the clock's time.

    Raises
    ------
    ReviewError
        Reason "locked", with the holder and the seconds left.
    """
    held = lock_of(connection, flag_id, now)
    if held is None or held.author == author:
        return
    seconds = held.seconds_left(now)
    raise ReviewError(
        f"{held.author} works on flag {flag_id}: wait {-(-seconds // 60)} min, or ask them to release it",
        f"{held.author} 正在处理疑点 {flag_id}：请等待 {-(-seconds // 60)} 分钟，或请其释放",
        reason="locked",
        details={"holder": held.author, "seconds_left": seconds},
    )


def lock(connection: sqlite3.Connection, flag_id: str, *, author: str, now: datetime | None = None) -> Lock:
    """Take a flag for two hours, or renew it; nobody else can take it before that time is over.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_id
        The flag.
    author
        Who works on it.
    now
        By default the clock's time.

    Returns
    -------
    Lock
        As it holds now.

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    ReviewError
        Somebody else holds it.
    """
    flag_row(connection, flag_id)
    require_unlocked(connection, flag_id, author, now)
    time = now or datetime.now(UTC)
    held = lock_of(connection, flag_id, time)
    taken = Lock(flag_id, author, held.since if held else time, time + HOLD)
    connection.execute("DELETE FROM locks WHERE flag_id = ?", (flag_id,))
    since, until = (moment.isoformat(timespec="milliseconds") for moment in (taken.since, taken.until))
    connection.execute(
        "INSERT INTO locks (flag_id, author, since, until) VALUES (?, ?, ?, ?)", (flag_id, author, since, until)
    )
    audit(connection, author=author, action="flag.lock", target=flag_id, after={"until": until})
    return taken


def release(
    connection: sqlite3.Connection, flag_id: str, *, author: str, admin: bool = False, now: datetime | None = None
) -> bool:
    """Release a flag; its holder may, and an administrator.

    Parameters
    ----------
    connection
        Inside a transaction.
    flag_id
        The flag.
    author
        Who releases it.
    admin
        Whether that is an administrator.
    now
        By default the clock's time.

    Returns
    -------
    bool
        Whether it was locked.

    Raises
    ------
    ReviewError
        Somebody else holds it.
    """
    require_releasable(connection, flag_id, author=author, admin=admin, now=now)
    held = lock_of(connection, flag_id, now)
    if held is None:
        return False
    connection.execute("DELETE FROM locks WHERE flag_id = ?", (flag_id,))
    audit(connection, author=author, action="flag.release", target=flag_id, before={"holder": held.author})
    return True


def require_releasable(
    connection: sqlite3.Connection, flag_id: str, *, author: str, admin: bool = False, now: datetime | None = None
) -> None:
    """Refuse to release what another person holds; an administrator may.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.
    author
        Who releases it.
    admin
        Whether that is an administrator.
    now
        By default the clock's time.

    Raises
    ------
    ReviewError
        Somebody else holds it.
    """
    if not admin:
        require_unlocked(connection, flag_id, author, now)
