"""A name of a workspace's state, for caches and ETags."""

import os
from pathlib import Path
from typing import Final

__all__ = ["revision"]

_COUNTERS: Final = slice(24, 28)  # of the file's header: SQLite's change counter (sqlite.org/fileformat.html, 1.3.7)
_INDEX_HEADER: Final = 48  # bytes of the log's index that tell its last frame, salts and checksum (1.4.1 of walformat)


def revision(path: Path) -> tuple[object, ...]:
    """Return a value that differs after every commit, whoever made it, also two within one tick of the file system.

    Parameters
    ----------
    path
        A workspace.

    Returns
    -------
    tuple
        Compare it for equality only; the same state may have several names, as after a checkpoint.

    Raises
    ------
    OSError
        When the file is not there or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from geocensus.workspace import Workspace
    >>> path = Path(tempfile.mkdtemp()) / "ws.gpkg"
    >>> _ = Workspace.create(path)
    >>> revision(path) == revision(path)
    True
    """
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    with path.open("rb") as file:
        known = os.fstat(file.fileno())
        head = file.read(_COUNTERS.stop)
    # an empty log comes and goes with every reader
    pending = log.exists() and log.stat().st_size and index.exists()
    tail = _start(index) if pending else b""
    return known.st_ino, known.st_size, known.st_mtime_ns, head[_COUNTERS], tail


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_INDEX_HEADER)
    except FileNotFoundError:  # the last reader has just closed it
        return b""
