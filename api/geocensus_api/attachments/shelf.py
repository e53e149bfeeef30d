"""The files of attachments: named by their content, whole or not there at all."""

import hashlib
import os
import secrets
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

__all__ = ["Incoming", "Shelf"]

_OLD_S: Final = 3600.0  # younger files may belong to a request that another process is still working on
_PART: Final = ".part"


@dataclass
class Incoming:
    """A file that is coming in: its bytes go to the disk as they come.

    Attributes
    ----------
    path
        Where it lies until it is whole.
    """

    path: Path

    def __post_init__(self) -> None:
        self.size = 0
        self._hash = hashlib.sha256()
        self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")

    def write(self, part: bytes) -> None:
        """Take the next bytes.

        Parameters
        ----------
        part
            Some bytes.
        """
        self._file.write(part)
        self._hash.update(part)
        self.size += len(part)

    def close(self) -> str:
        """Put everything on the disk.

        Returns
        -------
        str
            SHA-256 of the content, hexadecimal.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Take away what was not kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Shelf:
    """The folder "attachments": each content once, under its hash; nothing that a person typed is in a path.

    Parameters
    ----------
    folder
        Need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def incoming(self) -> Incoming:
        """Return a new file to be filled; to be used as a context, which takes it away unless it is kept.

        Returns
        -------
        Incoming
            Empty.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Incoming(self.folder / f"{secrets.token_hex(16)}{_PART}")

    def keep(self, path: Path, sha256: str) -> None:
        """Give a whole file its place; where the same content is there already, that one stays.

        Parameters
        ----------
        path
            Of the incoming file.
        sha256
            Its hash.
        """
        place = self.place(sha256)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        if place.exists():
            os.utime(place)  # a sweep of another process shall not take it for forgotten
            return
        path.replace(place)
        _sync(place.parent)
        _sync(self.folder)

    def place(self, sha256: str) -> Path:
        """Return where a content lies.

        Parameters
        ----------
        sha256
            Its hash, out of the workspace.

        Returns
        -------
        Path
            Two levels, so that no folder becomes large.
        """
        return self.folder / sha256[:2] / sha256

    def sweep(self, known: Collection[str], *, now: float | None = None) -> int:
        """Remove what a crash left behind: parts of files, and files without a row.

        Parameters
        ----------
        known
            Hashes that the workspace names.
        now
            Seconds since 1970, by default the clock's.

        Returns
        -------
        int
            Files removed; those younger than an hour stay.
        """
        limit = (time.time() if now is None else now) - _OLD_S
        removed = 0
        for path in [*self.folder.glob(f"*{_PART}"), *self.folder.glob("??/*")]:
            with suppress(OSError):  # gone meanwhile, or not ours to remove: the next start tries again
                if path.name not in known and path.is_file() and path.stat().st_mtime < limit:
                    path.unlink()
                    removed += 1
        return removed


def _sync(folder: Path) -> None:
    """Put a folder's list of names on the disk, where the system offers it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
