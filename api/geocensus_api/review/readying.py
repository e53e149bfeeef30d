"""A workspace that an older version made gets the tables of now before anybody reads them."""

import logging
import sqlite3

from geocensus.errors import GeocensusError
from geocensus.workspace.schema import SCHEMA_VERSION
from geocensus_api.errors import ProblemError
from geocensus_api.resources import Resources

__all__ = ["ready", "require_review"]

_log = logging.getLogger("geocensus.api")
_VERSION = "SELECT value FROM workspace_info WHERE key = 'schema_version'"


def ready(shared: Resources) -> bool:
    """Bring an older workspace to the tables of now; nothing happens to one of this version.

    Parameters
    ----------
    shared
        The workspace and its writer, which adds what is missing in its first transaction.

    Returns
    -------
    bool
        False where it stays as it is: read-only, locked by another program, or not there yet. The next write tries
        again, and :func:`require_review` says so until then.
    """
    try:
        with shared.reading() as connection:
            if _is_of_now(connection):
                return True
        shared.writer.write(lambda _connection: None)
    except (GeocensusError, sqlite3.Error) as error:
        _log.warning("the tables were not brought to those of now: %s", error)
        return False
    return True


def require_review(connection: sqlite3.Connection) -> None:
    """Refuse to review where the tables of the review are missing.

    Parameters
    ----------
    connection
        A workspace.

    Raises
    ------
    ProblemError
        409: an older version made the workspace, and it could not be changed.
    """
    if not _is_of_now(connection):
        raise ProblemError(
            409,
            "an older version made this workspace, and it is read-only or was put here while the service ran: "
            "make it writable and start the service again",
            "工作区由旧版本生成，且为只读或在服务运行期间被替换，无法审核：请确认可写后重新启动服务",
        )


def _is_of_now(connection: sqlite3.Connection) -> bool:
    return int(connection.execute(_VERSION).fetchone()[0]) >= SCHEMA_VERSION
