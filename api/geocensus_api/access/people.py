"""People and their tokens: add, list, revoke; every change leaves a line in the audit trail."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from geocensus.errors import DataNotFoundError, SchemaError
from geocensus_api.access.database import Database
from geocensus_api.access.naming import ADMIN, check_person, name_key, same_form
from geocensus_api.access.tokens import new_token

__all__ = [
    "Added",
    "Person",
    "TokenInfo",
    "add",
    "add_token",
    "administers",
    "audited",
    "ensure_admin",
    "people",
    "person_of",
    "revoke",
]

_DAY_S: Final = 86_400


@dataclass(frozen=True)
class TokenInfo:
    """What may be told of a token; times in seconds since 1970."""

    id: str
    created: int
    expires: int | None
    revoked: int | None
    last_used: int | None


@dataclass(frozen=True)
class Person:
    """A person; scope is None for everything."""

    id: int
    name: str
    role: str
    scope: tuple[str, ...] | None
    created: int
    by: str
    revoked: int | None
    tokens: tuple[TokenInfo, ...] = ()


@dataclass(frozen=True)
class Added:
    """A new token, and the person as before where there was one of this name."""

    name: str
    token_id: str
    token: str
    before: Person | None


def people(database: Database) -> list[Person]:
    """Return everybody, also those who were revoked.

    Parameters
    ----------
    database
        The file.

    Returns
    -------
    list
        In the order in which they were added; tokens as well.
    """
    tokens: dict[int, list[TokenInfo]] = {}
    for row in database.rows(
        "SELECT person, id, created, expires, revoked, last_used FROM tokens ORDER BY created, rowid"
    ):
        tokens.setdefault(row[0], []).append(TokenInfo(*row[1:]))
    rows = database.rows("SELECT id, name, role, scope, created, by, revoked FROM people ORDER BY id")
    return [_person(row, tuple(tokens.get(row["id"], ()))) for row in rows]


def person_of(database: Database, number: int) -> Person | None:
    """Return one person, without tokens.

    Parameters
    ----------
    database
        The file.
    number
        Of the person.

    Returns
    -------
    Person
        None when there is none of this number.
    """
    rows = database.rows("SELECT id, name, role, scope, created, by, revoked FROM people WHERE id = ?", (number,))
    return _person(rows[0], ()) if rows else None


def add(
    database: Database, name: str, *, role: str, scope: Sequence[str] | None, by: str, now: int, days: int | None = None
) -> Added:
    """Let a person in; for a name that is there, set role and scope and make one more token.

    Parameters
    ----------
    database
        The file.
    name
        Any script; two names that look the same are the same.
    role
        One of ROLES.
    scope
        Codes of areas; None for everything.
    by
        Who does it.
    now
        Seconds since 1970.
    days
        After how many the token ends; None for never.

    Returns
    -------
    Added
        The only time that the token is told.

    Raises
    ------
    SchemaError
        A name, role or number of days that cannot be.
    """
    name = same_form(name)
    check_person(name, role, scope, days)
    codes = None if scope is None else tuple(sorted(set(scope)))
    with database.writing() as connection:
        before = _found(connection, name)
        if before is None:
            connection.execute(
                "INSERT INTO people (name, key, role, scope, created, by) VALUES (?, ?, ?, ?, ?, ?)",
                (name, name_key(name), role, _scope_text(codes), now, by),
            )
        else:
            connection.execute(
                "UPDATE people SET role = ?, scope = ?, revoked = NULL WHERE id = ?",
                (role, _scope_text(codes), before.id),
            )
        person = _found(connection, name)
        assert person is not None
        if before is None or _told(before) != _told(person):
            action = "person.add" if before is None else "person.change"
            audited(connection, now, by, action, person.name, before and _told(before), _told(person))
        return Added(person.name, *_token(connection, person, by=by, now=now, days=days), before)


def add_token(database: Database, name: str, *, by: str, now: int, days: int | None = None) -> Added:
    """Make one more token for a person.

    Parameters
    ----------
    database
        The file.
    name
        Somebody who is let in.
    by
        Who does it.
    now
        Seconds since 1970.
    days
        After how many the token ends; None for never.

    Returns
    -------
    Added
        The only time that the token is told.

    Raises
    ------
    DataNotFoundError
        When nobody has this name, or is not let in any more.
    SchemaError
        A number of days that cannot be.
    """
    with database.writing() as connection:
        person = _known(connection, name)
        if person.revoked is not None:
            raise DataNotFoundError(
                f"{person.name} is not let in any more: add {person.name} again", f"{person.name} 已停用，请重新添加"
            )
        check_person(person.name, person.role, person.scope, days)
        return Added(person.name, *_token(connection, person, by=by, now=now, days=days), person)


def revoke(database: Database, name: str, *, by: str, now: int, token: str = "", keep_one: bool = False) -> Person:
    """Let somebody in no more, or only not with one token; sessions end as well.

    Parameters
    ----------
    database
        The file.
    name
        Who.
    by
        Who does it.
    now
        Seconds since 1970.
    token
        Id of the one token; "" for all of the person.
    keep_one
        Refuse to lock out the last administrator.

    Returns
    -------
    Person
        As before.

    Raises
    ------
    DataNotFoundError
        When nobody has this name, or the person no such token.
    SchemaError
        When nobody could let anybody in afterwards.
    """
    with database.writing() as connection:
        person = _known(connection, name)
        if keep_one and not token and administers(person) and not _others(connection, person):
            raise SchemaError(
                f"{person.name} is the last administrator: add another one first",
                f"{person.name} 是最后一名管理员，请先添加其他管理员",
            )
        if token:
            _revoke_token(connection, person, token, by=by, now=now)
        else:
            connection.execute("UPDATE people SET revoked = ? WHERE id = ? AND revoked IS NULL", (now, person.id))
            connection.execute("UPDATE tokens SET revoked = ? WHERE person = ? AND revoked IS NULL", (now, person.id))
            connection.execute("DELETE FROM sessions WHERE person = ?", (person.id,))
            audited(connection, now, by, "person.revoke", person.name, _told(person), None)
        return person


def administers(person: Person) -> bool:
    """Tell whether a person may do everything everywhere.

    Parameters
    ----------
    person
        Somebody in the file.

    Returns
    -------
    bool
        True for an administrator of all areas who was not revoked.
    """
    return person.role == ADMIN and person.scope is None and person.revoked is None


def ensure_admin(database: Database, *, now: int) -> str:
    """Add the first administrator where there is none for everything.

    Parameters
    ----------
    database
        The file.
    now
        Seconds since 1970.

    Returns
    -------
    str
        The new token; "" where there is somebody already.
    """
    if any(administers(one) for one in people(database)):
        return ""
    return add(database, ADMIN, role=ADMIN, scope=None, by="geocensus serve", now=now).token


def audited(
    connection: sqlite3.Connection,
    at: int,
    author: str,
    action: str,
    target: str,
    before: Any = None,
    after: Any = None,
) -> None:
    """Add a line to the audit trail of people, in the transaction of the change.

    Parameters
    ----------
    connection
        From :meth:`Database.writing`.
    at
        Seconds since 1970.
    author
        Who does it.
    action
        What, such as "person.add".
    target
        To whom.
    before
        JSON, or None.
    after
        JSON, or None.
    """
    texts = [None if value is None else json.dumps(value, ensure_ascii=False) for value in (before, after)]
    connection.execute(
        "INSERT INTO audit (at, author, action, target, before, after) VALUES (?, ?, ?, ?, ?, ?)",
        (at, author, action, target, *texts),
    )


def _token(connection: sqlite3.Connection, person: Person, *, by: str, now: int, days: int | None) -> tuple[str, str]:
    made, expires = new_token(), None if days is None else now + days * _DAY_S
    connection.execute(
        "INSERT INTO tokens (id, person, hash, salt, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
        (made.id, person.id, made.hash, made.salt, now, expires),
    )
    audited(connection, now, by, "token.add", person.name, None, {"id": made.id, "expires": expires})
    return made.id, made.text


def _revoke_token(connection: sqlite3.Connection, person: Person, token: str, *, by: str, now: int) -> None:
    found = connection.execute("SELECT id FROM tokens WHERE person = ?", (person.id,)).fetchall()
    if token not in {row["id"] for row in found}:
        known = ", ".join(row["id"] for row in found)
        raise DataNotFoundError(
            f"{person.name} has no token {token!r}; there are: {known}",
            f"{person.name} 没有令牌 {token}，现有：{known}",
        )
    connection.execute("UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL", (now, token))
    connection.execute("DELETE FROM sessions WHERE token = ?", (token,))
    audited(connection, now, by, "token.revoke", person.name, {"id": token}, None)


def _others(connection: sqlite3.Connection, person: Person) -> bool:
    query = "SELECT count(*) FROM people WHERE role = 'admin' AND scope = '\"all\"' AND revoked IS NULL AND id != ?"
    return bool(connection.execute(query, (person.id,)).fetchone()[0])


def _known(connection: sqlite3.Connection, name: str) -> Person:
    person = _found(connection, name)
    if person is None:
        raise DataNotFoundError(
            f"nobody is called {name!r}; `geocensus users list` tells who there is",
            f"没有用户 {name}，可用 geocensus users list 查看",
        )
    return person


def _found(connection: sqlite3.Connection, name: str) -> Person | None:
    query = "SELECT id, name, role, scope, created, by, revoked FROM people WHERE key = ?"
    row = connection.execute(query, (name_key(name),)).fetchone()
    return None if row is None else _person(row, ())


def _person(row: sqlite3.Row, tokens: tuple[TokenInfo, ...]) -> Person:
    scope = json.loads(row["scope"])
    codes = None if scope == "all" else tuple(scope)
    return Person(row["id"], row["name"], row["role"], codes, row["created"], row["by"], row["revoked"], tokens)


def _told(person: Person) -> dict[str, Any]:
    scope: Any = "all" if person.scope is None else list(person.scope)
    return {"role": person.role, "scope": scope, "revoked": person.revoked}


def _scope_text(codes: tuple[str, ...] | None) -> str:
    return json.dumps("all" if codes is None else codes)
