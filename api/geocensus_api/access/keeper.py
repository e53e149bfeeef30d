"""Who a token or a session belongs to; what was verified is remembered until the file of people changes.

A token of an unknown id is refused at once, and costs no scrypt: an id is 64 random bits that stand in no answer but
the administrator's, so the difference in time tells nothing to those who do not know it, and a flood of forged tokens
costs us neither memory nor time. A known id costs the scrypt of its secret, right or wrong.
"""

import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from geocensus.errors import WorkspaceError
from geocensus_api.access.clock import Clock
from geocensus_api.access.database import Database
from geocensus_api.access.naming import ADMIN
from geocensus_api.access.people import administers, people, person_of
from geocensus_api.access.principal import Principal
from geocensus_api.access.sessions import Sessions
from geocensus_api.access.tokens import matches, parsed

__all__ = ["Entry", "Keeper"]

_REMEMBERED: Final = 10_000
_TOUCH_S: Final = 600
_CODE_S: Final = 600.0
_CODES: Final = 100
_LIVE: Final = "SELECT 1 FROM tokens WHERE id = ? AND revoked IS NULL"
_log = logging.getLogger("geocensus.api")


@dataclass(frozen=True)
class Entry:
    """Somebody who is let in: until when, by which token; person 0 is the operator, whose token is a setting."""

    who: Principal
    person: int
    token: str = ""
    expires: int | None = None


class Keeper:
    """Knows people by their tokens, sessions and one-time codes.

    Parameters
    ----------
    folder
        The folder of the service beside the workspace.
    token
        The operator's, who is the administrator of everything.
    idle_s
        After how long without a request a session ends, seconds.
    clock
        Time for what expires.
    steady
        Seconds that only grow, for one-time codes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        token: str,
        idle_s: int = 43_200,
        clock: Clock | None = None,
        steady: Callable[[], float] = monotonic,
    ) -> None:
        self.database = Database(folder, fallback=True)
        self.clock = clock or Clock()
        self.operator = Entry(Principal(ADMIN, ADMIN), 0)
        self._key = secrets.token_bytes(32)
        self._operator = self._mark(token)
        self._sessions = Sessions(self.database, idle_s=idle_s)
        self._known: OrderedDict[bytes, Entry] = OrderedDict()
        self._revision = -1
        self._touched: dict[str, int] = {}
        self._codes: OrderedDict[bytes, tuple[Entry, float]] = OrderedDict()
        self._steady = steady
        self._lock = Lock()

    def now(self) -> int:
        """Return the time, never before anything that was written down.

        Returns
        -------
        int
            Seconds since 1970.
        """
        self.clock.not_before(self.database.state()[1])
        return self.clock.now()

    def remembered(self, token: str) -> Entry | None:
        """Return whose token this is, if it was verified before; takes microseconds.

        Parameters
        ----------
        token
            Whatever came.

        Returns
        -------
        Entry
            None where :meth:`verified` must be asked.
        """
        mark = self._mark(token)
        if secrets.compare_digest(mark, self._operator):
            return self.operator
        revision, seen = self.database.state()
        self.clock.not_before(seen)
        now = self.clock.now()
        with self._lock:
            if revision != self._revision:
                self._known.clear()
                self._revision = revision
            entry = self._known.get(mark)
            if entry is None or (entry.expires is not None and entry.expires <= now):
                return None
            return entry if now - self._touched.get(entry.token, 0) < _TOUCH_S else None

    def verified(self, token: str) -> Entry | None:
        """Return whose token this is; takes as long as scrypt.

        Parameters
        ----------
        token
            Whatever came.

        Returns
        -------
        Entry
            None for a token that is forged, expired, revoked or another workspace's.
        """
        parts = parsed(token)
        if parts is None:
            return None
        revision, now = self.database.state()[0], self.now()
        entry = self._looked_up(parts[0], token, now)
        if entry is not None:
            self._touch(entry, now)
            with self._lock:
                if revision == self._revision:  # else somebody was revoked meanwhile, perhaps this one
                    self._known[self._mark(token)] = entry
                    while len(self._known) > _REMEMBERED:
                        self._known.popitem(last=False)
        return entry

    def _looked_up(self, token_id: str, token: str, now: int) -> Entry | None:
        rows = self.database.rows(
            "SELECT p.id, t.hash, t.salt, t.expires FROM tokens t JOIN people p ON p.id = t.person"
            " WHERE t.id = ? AND t.revoked IS NULL AND p.revoked IS NULL",
            (token_id,),
        )
        if not rows or (rows[0]["expires"] is not None and rows[0]["expires"] <= now):
            return None
        if not self._is_known(token) and not matches(token, rows[0]["salt"], rows[0]["hash"]):
            return None
        return self.entry(rows[0]["id"], token=token_id, expires=rows[0]["expires"])

    def _is_known(self, token: str) -> bool:
        """Tell whether the secret was verified since the last change: then only its use is to be written down."""
        with self._lock:
            return self._mark(token) in self._known

    def _touch(self, entry: Entry, now: int) -> None:
        self._touched[entry.token] = now
        try:
            with self.database.writing() as connection:
                connection.execute("UPDATE tokens SET last_used = ? WHERE id = ?", (now, entry.token))
                connection.execute("UPDATE state SET value = max(value, ?) WHERE key = 'seen'", (now,))
        except WorkspaceError as error:  # nobody is kept out because a time could not be written down
            _log.warning("%s", error)

    def entry(self, person: int, *, token: str = "", expires: int | None = None) -> Entry | None:
        """Return a person as they are now.

        Parameters
        ----------
        person
            Number of the person; 0 for the operator.
        token
            Id of the token.
        expires
            When it ends, seconds since 1970.

        Returns
        -------
        Entry
            None when there is no such person, or no more.
        """
        if person == 0:
            return self.operator
        one = person_of(self.database, person)
        if one is None or one.revoked is not None:
            return None
        return Entry(Principal(one.name, one.role, one.scope), person, token, expires)

    def holds(self, entry: Entry) -> bool:
        """Tell whether somebody who was let in would be let in again, as the same: for answers that go on and on.

        Parameters
        ----------
        entry
            From the door.

        Returns
        -------
        bool
            False once the token, the session or the person has ended, or the role or the scope is another one.
        """
        if entry.expires is not None and entry.expires <= self.now():
            return False
        if entry.token and not self.database.rows(_LIVE, (entry.token,)):
            return False
        if entry.who.session and not self._sessions.is_open(entry.who.session):
            return False
        now = self.entry(entry.person)
        return now is not None and (now.who.role, now.who.scope) == (entry.who.role, entry.who.scope)

    def administrator(self) -> Entry | None:
        """Return the first administrator of everything.

        Returns
        -------
        Entry
            None when there is none.
        """
        for one in people(self.database):
            if administers(one):
                return self.entry(one.id)
        return None

    def session(self, cookie: str) -> Entry | None:
        """Return whose session this is.

        Parameters
        ----------
        cookie
            Whatever came.

        Returns
        -------
        Entry
            None for a session that has ended or never was.
        """
        found = self._sessions.find(cookie, self.now()) if cookie else None
        if found is None:
            return None
        entry = self.entry(found.person, token=found.token, expires=found.expires)
        if entry is None:
            return None
        who = Principal(entry.who.name, entry.who.role, entry.who.scope, found.id)
        return Entry(who, entry.person, entry.token, found.expires)

    def session_is_stale(self, cookie: str) -> bool:
        """Tell whether it should be written down that a session is in use: that takes a write to the disk.

        Parameters
        ----------
        cookie
            Of a session that was found.

        Returns
        -------
        bool
            True now and then.
        """
        return self._sessions.is_stale(cookie, self.now())

    def touch_session(self, cookie: str) -> None:
        """Write down that a session is in use.

        Parameters
        ----------
        cookie
            Of a session that was found.
        """
        try:
            self._sessions.touch(cookie, self.now())
        except WorkspaceError as error:
            _log.warning("%s", error)

    def open_session(self, entry: Entry) -> str:
        """Begin a session.

        Parameters
        ----------
        entry
            Whose.

        Returns
        -------
        str
            The value of the cookie.
        """
        return self._sessions.open(
            entry.person, entry.who.name, token=entry.token, expires=entry.expires, now=self.now()
        )

    def close_session(self, cookie: str, name: str) -> None:
        """End a session.

        Parameters
        ----------
        cookie
            Of any session.
        name
            Whose, for the audit trail.
        """
        self._sessions.close(cookie, name, self.now())

    def code(self, entry: Entry) -> str:
        """Return a code for a link that logs in once, within ten minutes.

        Parameters
        ----------
        entry
            Who will be logged in.

        Returns
        -------
        str
            Of 256 bits.
        """
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[self._mark(code)] = entry, self._steady() + _CODE_S
            while len(self._codes) > _CODES:
                self._codes.popitem(last=False)
        return code

    def redeemed(self, code: str) -> Entry | None:
        """Return whom a code logs in; it is used up.

        Parameters
        ----------
        code
            Whatever came.

        Returns
        -------
        Entry
            None for a code that is unknown, used or late.
        """
        with self._lock:
            entry, until = self._codes.pop(self._mark(code), (None, 0.0))
        if entry is None or until <= self._steady():
            return None
        return self.entry(entry.person)  # as they are now

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def _mark(self, text: str) -> bytes:
        """Return a keyed hash: the memory of the process holds no token, and comparing tells nothing."""
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), key=self._key, digest_size=32).digest()
