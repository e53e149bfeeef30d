"""What a person may do with a flag now: told by the very checks that refuse the steps."""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Final

from geocensus.errors import ReviewError
from geocensus.workspace.review.locking import flag_row, require_releasable, require_unlocked
from geocensus.workspace.review.second_person import require_awaiting
from geocensus.workspace.review.steps import require_open
from geocensus.workspace.review.undoing import require_undoable

__all__ = ["STEPS", "steps_allowed"]

STEPS: Final = ("decide", "review", "undo", "lock", "unlock", "comment", "attach")


def steps_allowed(connection: sqlite3.Connection, flag_id: str, *, author: str, admin: bool = False) -> tuple[str, ...]:
    """Return the steps that the state of a flag leaves to a person; what a role allows is not asked here.

    Parameters
    ----------
    connection
        A workspace.
    flag_id
        The flag.
    author
        The person.
    admin
        Whether that is an administrator.

    Returns
    -------
    tuple of str
        Of STEPS, in their order; "comment" and "attach" always.

    Raises
    ------
    DataNotFoundError
        There is no such flag.
    """
    flag = flag_row(connection, flag_id)
    checks: dict[str, Callable[[], object]] = {
        "decide": partial(require_open, connection, flag, author=author),
        "review": partial(require_awaiting, connection, flag, author=author, admin=admin),
        "undo": partial(require_undoable, connection, flag_id, author=author, admin=admin),
        "lock": partial(require_unlocked, connection, flag_id, author),
        "unlock": partial(require_releasable, connection, flag_id, author=author, admin=admin),
    }
    return tuple(step for step in STEPS if step not in checks or _passes(checks[step]))


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except ReviewError:
        return False
    return True
