"""Sessions of browsers: a random cookie, of which only a hash is stored."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from geocensus_api.access.database import Database
from geocensus_api.access.people import audited

__all__ = ["Session", "Sessions"]

_LONGEST_S: Final = 7 * 86_400  # also where a page that is left open asks for ever
_TOUCH_S: Final = 600
_FIND: Final = """
SELECT s.person, s.token, s.holder, s.seen, s.expires, t.expires AS token_expires,
       s.token != '' AND (t.id IS NULL OR t.revoked IS NOT NULL) AS gone
FROM sessions s LEFT JOIN tokens t ON t.id = s.token WHERE s.hash = ?"""


@dataclass(frozen=True)
class Session:
    """A session that holds: whose, by which token, until when if nothing is asked any more."""

    id: str
    person: int
    token: str
    expires: int


class Sessions:
    """Open, find, end.

    Parameters
    ----------
    database
        The file.
    idle_s
        After how long without a request a session ends, seconds.
    """

    def __init__(self, database: Database, *, idle_s: int) -> None:
        self._database, self._idle_s = database, idle_s
        # the operator's token is a setting that may be another one tomorrow: such sessions end with the process
        self._process = secrets.token_hex(16)

    def open(self, person: int, name: str, *, token: str, expires: int | None, now: int) -> str:
        """Begin a session, and clear away those that have ended.

        Parameters
        ----------
        person
            Number of the person; 0 for the operator.
        name
            For the audit trail.
        token
            Id of the token that was given; "" for a one-time link.
        expires
            When the token ends, seconds since 1970.
        now
            Seconds since 1970.

        Returns
        -------
        str
            Value of the cookie: 256 random bits.
        """
        cookie = secrets.token_urlsafe(32)
        until = min(now + _LONGEST_S, now + _LONGEST_S if expires is None else expires)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE expires <= ? OR seen <= ?", (now, now - self._idle_s))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (_hash(cookie), person or None, token, "" if person else self._process, now, now, until),
            )
            connection.execute("UPDATE state SET value = max(value, ?) WHERE key = 'seen'", (now,))
            audited(connection, now, name, "session.open", _id(cookie), None, {"token": token})
        return cookie

    def find(self, cookie: str, now: int) -> Session | None:
        """Return the session of a cookie.

        Parameters
        ----------
        cookie
            Whatever came.
        now
            Seconds since 1970.

        Returns
        -------
        Session
            None where it has ended, or its token has.
        """
        rows = self._database.rows(_FIND, (_hash(cookie),))
        if not rows or rows[0]["gone"] or (rows[0]["person"] is None and rows[0]["holder"] != self._process):
            return None
        ends = [rows[0]["seen"] + self._idle_s, rows[0]["expires"], rows[0]["token_expires"]]
        expires = min(end for end in ends if end is not None)
        if expires <= now:
            return None
        return Session(_id(cookie), rows[0]["person"] or 0, rows[0]["token"], expires)

    def is_open(self, session: str) -> bool:
        """Tell whether a session was not closed.

        Parameters
        ----------
        session
            Id, the beginning of its hash.

        Returns
        -------
        bool
            False after a logout.
        """
        return bool(self._database.rows("SELECT 1 FROM sessions WHERE lower(hex(hash)) LIKE ?", (f"{session}%",)))

    def is_stale(self, cookie: str, now: int) -> bool:
        """Tell whether the last use on the disk is old enough to be written anew.

        Parameters
        ----------
        cookie
            Of a session.
        now
            Seconds since 1970.

        Returns
        -------
        bool
            True now and then.
        """
        rows = self._database.rows("SELECT seen FROM sessions WHERE hash = ?", (_hash(cookie),))
        return bool(rows) and now - rows[0]["seen"] >= min(_TOUCH_S, self._idle_s // 10)

    def touch(self, cookie: str, now: int) -> None:
        """Write down that a session is in use.

        Parameters
        ----------
        cookie
            Of a session.
        now
            Seconds since 1970.
        """
        with self._database.writing() as connection:
            connection.execute("UPDATE sessions SET seen = max(seen, ?) WHERE hash = ?", (now, _hash(cookie)))
            connection.execute("UPDATE state SET value = max(value, ?) WHERE key = 'seen'", (now,))

    def close(self, cookie: str, name: str, now: int) -> None:
        """End a session.

        Parameters
        ----------
        cookie
            Whatever came.
        name
            For the audit trail.
        now
            Seconds since 1970.
        """
        with self._database.writing() as connection:
            ended = connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(cookie),)).rowcount
            if ended:
                audited(connection, now, name, "session.end", _id(cookie))


def _hash(cookie: str) -> bytes:
    return sha256(cookie.encode("utf-8", "surrogateescape")).digest()


def _id(cookie: str) -> str:
    return _hash(cookie).hex()[:16]
