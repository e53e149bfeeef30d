"""Indexes of locating on disk: written whole or not at all, opened as they lie there, without being read."""

import logging
import mmap
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

from geocensus.files import atomic_path, cache_folder
from geocensus.io.index_format import read_index, write_index
from geocensus.locating import Kind

__all__ = ["IndexFiles"]

T = TypeVar("T")

_log = logging.getLogger(__name__)

_MOST_BYTES = 4 << 30  # of all indexes together; the one written last stays whatever its size
_ABANDONED = 3600  # seconds without a change after which nobody writes any more
_VERIFIED = 10**18  # nanoseconds, 2001-09-09: no program that writes leaves this time of change


class IndexFiles:
    """Keep indexes as files of the user's cache folder, or of GEOCENSUS_CACHE.

    A file is read whole and verified when it is first opened, then gets a time of change of its own; as long as it has
    that time, head and size are enough. What fails is said once and counts as no index: the index is built again,
    and where it cannot be kept it lives in memory alone. Two processes that write the same index write the same
    file, one after the other; who has the earlier one open keeps it.
    """

    def holds(self, key: str) -> bool:
        """Return whether an index is kept.

        Parameters
        ----------
        key : str
            Of the index.

        Returns
        -------
        bool
            Whether there is a file; opening tells whether it is sound.
        """
        folder = _folder()
        try:
            return folder is not None and _path(folder, key).is_file()
        except OSError:
            return False

    def open(self, key: str, kind: Kind[T]) -> T | None:
        """Return an index that is kept and sound.

        Parameters
        ----------
        key : str
            Of the index.
        kind : Kind
            Of the index.

        Returns
        -------
        index or None
            Its arrays are views of the file, read where they are looked at.
        """
        folder = _folder()
        if folder is None:
            return None
        path = _path(folder, key)
        try:
            with path.open("rb") as stream:
                whole = os.fstat(stream.fileno()).st_mtime_ns != _VERIFIED
                index = read_index(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), key, kind, whole=whole)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            _warn(f"index {path} is not used and will be built again: {error} 索引文件不可用，将重新建立")
            return None
        with suppress(OSError):  # a folder for reading: verified each time
            os.utime(path, ns=(time.time_ns(), _VERIFIED))
        return index

    def save(self, key: str, kind: Kind[T], index: T) -> None:
        """Keep an index, if that is possible.

        Parameters
        ----------
        key : str
            Of the index.
        kind : Kind
            Of the index.
        index : index
            To keep.
        """
        folder = _folder()
        if folder is None:
            return
        try:
            with atomic_path(_path(folder, key)) as temporary:
                write_index(temporary, key, kind, index)
        except OSError as error:
            _warn_not_kept(folder, error)
        _tidy(folder)


def _folder() -> Path | None:
    try:
        folder = cache_folder() / "indexes"
        folder.mkdir(exist_ok=True)
    except OSError as error:
        _warn_not_kept(Path(error.filename or "?"), error)
        return None
    return folder


def _path(folder: Path, key: str) -> Path:
    return folder / f"{key}.index"


def _warn_not_kept(folder: Path, error: OSError) -> None:
    why = error.strerror or error
    _warn(f"indexes are not kept in {folder}: {why}; each run builds them anew 索引无法保存，每次运行都会重新建立")


@cache
def _warn(message: str) -> None:
    _log.warning(message)  # once: the same words come back as nothing


def _tidy(folder: Path) -> None:
    """Remove what writers that were killed left behind, and the indexes used longest ago where they are too large."""
    for path in folder.glob(f".{'[0-9a-f]' * 64}-*"):
        with suppress(OSError):
            if time.time() - max(part.stat().st_mtime for part in [path, *path.iterdir()]) > _ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
    total = 0
    for path, status in sorted(_files(folder), key=lambda file: -file[1].st_atime_ns):
        if total and total + status.st_size > _MOST_BYTES:
            with suppress(OSError):  # in use on Windows
                path.unlink()
        else:
            total += status.st_size


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.glob("*.index"):
        with suppress(OSError):  # another process tidies too
            yield path, path.stat()
