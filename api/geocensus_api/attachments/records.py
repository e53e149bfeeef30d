"""The rows of attachments in the workspace: which file belongs to which flag, who brought it, when."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from geocensus.workspace import audit
from geocensus_api.access.principal import Principal
from geocensus_api.errors import ProblemError
from geocensus_api.review.seeing import require_flag

__all__ = ["Attachment", "add", "attachments_of", "known_hashes", "one", "source_of_flag"]

_COLUMNS: Final = ("attachment_id", "flag_id", "source_id", "name", "media_type", "size", "sha256", "author", "time")
_LISTED: Final = ", ".join(_COLUMNS)
_THERE: Final = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'attachments'"


@dataclass(frozen=True)
class Attachment:
    """One row: sizes in bytes, time as ISO 8601 in UTC, sha256 hexadecimal."""

    attachment_id: str
    flag_id: str
    source_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    author: str
    time: str

    def told(self) -> dict[str, Any]:
        """Return the row as JSON has it.

        Returns
        -------
        dict
            By the names of the columns.
        """
        return {name: getattr(self, name) for name in _COLUMNS}


def source_of_flag(connection: sqlite3.Connection, flag_id: str, who: Principal) -> str:
    """Return the source of a flag that a person may see.

    Parameters
    ----------
    connection
        A workspace with our functions.
    flag_id
        The flag.
    who
        Who asks.

    Returns
    -------
    str
        Its source_id; "" for a flag of a group.

    Raises
    ------
    ProblemError
        404, in the same words for what is out of scope and for what is not there.
    """
    return str(require_flag(connection, flag_id, who)["source_id"] or "")


def attachments_of(connection: sqlite3.Connection, flag_id: str) -> list[Attachment]:
    """Return the attachments of a flag, oldest first.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        A flag that the person may see.

    Returns
    -------
    list
        Empty also in a workspace that an older version made.
    """
    return _found(connection, "flag_id", flag_id)


def one(connection: sqlite3.Connection, attachment_id: str, who: Principal) -> Attachment:
    """Return an attachment whose flag a person may see.

    Parameters
    ----------
    connection
        A workspace with our functions.
    attachment_id
        Its id.
    who
        Who asks.

    Returns
    -------
    Attachment
        The row.

    Raises
    ------
    ProblemError
        404.
    """
    missing = ProblemError(404, f"no attachment {attachment_id!r}", f"没有附件 {attachment_id}")
    found = _found(connection, "attachment_id", attachment_id)
    if not found:
        raise missing
    try:
        source_of_flag(connection, found[0].flag_id, who)
    except ProblemError as error:
        raise missing from error
    return found[0]


def add(connection: sqlite3.Connection, given: Attachment, *, most: int) -> tuple[Attachment, bool]:
    """Add an attachment to a flag; the same content twice on one flag is one attachment.

    Parameters
    ----------
    connection
        Inside the writer's transaction.
    given
        The row; its id and time are set here.
    most
        Attachments of one flag at most.

    Returns
    -------
    tuple
        The row that stands, and whether it is new.

    Raises
    ------
    ProblemError
        404 when the flag is gone by now, 409 when it has the most it may have.
    """
    if connection.execute("SELECT 1 FROM flags WHERE flag_id = ?", (given.flag_id,)).fetchone() is None:
        raise ProblemError(404, f"no flag {given.flag_id!r}", f"没有疑点 {given.flag_id}")
    there = attachments_of(connection, given.flag_id)
    for row in there:
        if row.sha256 == given.sha256:
            return row, False
    if len(there) >= most:
        raise ProblemError(
            409,
            f"the flag has {len(there)} attachments, the most it may have",
            f"该疑点已有 {len(there)} 个附件，已达上限",
        )
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    row = Attachment(**{**given.told(), "attachment_id": secrets.token_hex(16), "time": now})
    marks = ", ".join("?" * len(_COLUMNS))
    connection.execute(f"INSERT INTO attachments ({_LISTED}) VALUES ({marks})", tuple(row.told().values()))  # noqa: S608 - our own names
    after = {name: value for name, value in row.told().items() if name not in {"author", "time"}}
    audit(connection, author=row.author, action="attachment.add", target=row.flag_id, after=after)
    return row, True


def known_hashes(connection: sqlite3.Connection) -> set[str]:
    """Return the contents that the workspace names.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    set
        Hashes.
    """
    if not connection.execute(_THERE).fetchone()[0]:
        return set()
    return {row[0] for row in connection.execute("SELECT sha256 FROM attachments")}


def _found(connection: sqlite3.Connection, column: str, value: str) -> list[Attachment]:
    if not connection.execute(_THERE).fetchone()[0]:
        return []
    query = f"SELECT {_LISTED} FROM attachments WHERE {column} = ? ORDER BY fid"  # noqa: S608 - our own names
    return [Attachment(*row) for row in connection.execute(query, (value,))]
