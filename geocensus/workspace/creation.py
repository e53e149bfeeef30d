"""Making a workspace: whole beside its place, then moved there; never over another."""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from geocensus.workspace import connection as connections
from geocensus.workspace.tables import create_tables

__all__ = ["claim", "fill_new"]


def fill_new(path: Path, fill: Any) -> str:
    """Make an empty workspace and fill it.

    Parameters
    ----------
    path : Path
        A file that nobody else sees yet.
    fill : Callable
        Takes the connection, writes, and returns the run's id.

    Returns
    -------
    str
        What `fill` returned.
    """
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connections.register_functions(connection)
        connection.execute("PRAGMA synchronous = OFF")  # nobody sees the file before it is complete
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -65536")
        create_tables(connection)
        connection.execute("BEGIN")
        run_id: str = fill(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")  # stays with the file: readers never block us
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())
    return run_id


def claim(temporary: Path, target: Path) -> None:
    """Take the name unless another run has it by now; on a disk without hard links the rename alone must do.

    Parameters
    ----------
    temporary : Path
        The complete file.
    target : Path
        The name it is to have.

    Raises
    ------
    FileExistsError
        Another run was quicker.
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        if target.exists():
            raise FileExistsError(target) from None
