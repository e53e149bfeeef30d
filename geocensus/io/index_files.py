"""Indexes of locating on disk: written whole or not at all, opened as they lie there, without being read."""

import json
import logging
import mmap
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from geocensus.files import atomic_path, cache_folder
from geocensus.locating import INDEX_RECORD as RECORD
from geocensus.locating import INDEX_VERSION as VERSION
from geocensus.locating import Built, Frame, Index

__all__ = ["IndexFiles"]

_log = logging.getLogger(__name__)

_MAGIC = b"geocensus index\n"
_HEAD = 4096  # bytes before the arrays: magic, then what the arrays are, as JSON
_STEP = 64  # arrays begin at multiples of this
_MOST_FILES = 16  # the ones written last stay
_TYPES = {"cells": np.dtype("i4"), "subcells": np.dtype("i4"), "records": RECORD, "left_out": np.dtype("i8")}


class IndexFiles:
    """Keep indexes as files of the user's cache folder, or of GEOCENSUS_CACHE.

    A cache that cannot be written is read all the same; a file that is truncated, of another version or of another
    kind of machine counts as none. Two processes that write the same index write the same file, one after the other.
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
        path = _path(f"{key}.index")
        return path is not None and path.is_file()

    def open(self, key: str) -> Built | None:
        """Return an index that is kept and sound.

        Parameters
        ----------
        key : str
            Of the index.

        Returns
        -------
        Built or None
            Its arrays are views of the file, read where they are looked at.
        """
        path = _path(f"{key}.index")
        if path is None or not path.is_file():
            return None
        try:
            with path.open("rb") as stream:
                view = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            return _read(view, key)
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.warning("index %s is not used and will be built again: %s", path, error)
            return None

    def save(self, key: str, built: Built) -> None:
        """Keep an index, if that is possible.

        Parameters
        ----------
        key : str
            Of the index.
        built : Built
            The index.
        """
        path = _path(f"{key}.index")
        if path is None:
            return
        try:
            with atomic_path(path) as temporary:
                _write(temporary, key, built)
            _tidy(path.parent)
        except OSError as error:
            _log.info("index not kept: %s", error)

    def has_compiled(self, kernel: str) -> bool:
        """Return whether that kernel was compiled here before.

        Parameters
        ----------
        kernel : str
            Versions of what compiles and of what is compiled.

        Returns
        -------
        bool
            False too where nothing can be remembered.
        """
        path = _path(f"{kernel}.compiled")
        return path is not None and path.is_file()

    def note_compiled(self, kernel: str) -> None:
        """Remember that a kernel was compiled here.

        Parameters
        ----------
        kernel : str
            As for :meth:`has_compiled`.
        """
        path = _path(f"{kernel}.compiled")
        try:
            if path is not None:
                path.touch()
        except OSError as error:
            _log.info("not remembered that the kernel is compiled: %s", error)


def _path(name: str) -> Path | None:
    try:
        folder = cache_folder() / "indexes"
        folder.mkdir(exist_ok=True)
    except OSError as error:
        _log.info("no cache folder: %s", error)
        return None
    return folder / name


def _write(path: Path, key: str, built: Built) -> None:
    arrays = built.arrays._asdict() | {"left_out": built.left_out}
    offset = _HEAD
    at: dict[str, Any] = {}
    for name, array in arrays.items():
        at[name] = [offset, list(array.shape)]
        offset = -(-(offset + array.nbytes) // _STEP) * _STEP
    head = {
        "version": VERSION,
        "key": key,
        "order": sys.byteorder,
        "size": offset,
        "frame": list(built.frame),
        "at": at,
    }
    with path.open("wb") as stream:
        stream.write(_MAGIC + json.dumps(head).encode())
        for name, array in arrays.items():
            stream.seek(at[name][0])
            stream.write(np.ascontiguousarray(array).data)
        stream.truncate(offset)
        stream.flush()
        os.fsync(stream.fileno())  # renamed only when it is whole on the disk


def _read(view: mmap.mmap, key: str) -> Built:
    if view[: len(_MAGIC)] != _MAGIC:
        raise ValueError("another kind of file")
    head: dict[str, Any] = json.loads(view[len(_MAGIC) : _HEAD].rstrip(b"\0"))
    if (head["version"], head["key"], head["order"]) != (VERSION, key, sys.byteorder):
        raise ValueError("of another version, of other areas or of another kind of machine")
    if head["size"] != len(view):
        raise ValueError(f"{len(view)} bytes instead of {head['size']}")
    arrays = {}
    for name, dtype in _TYPES.items():
        offset, shape = head["at"][name]
        arrays[name] = np.frombuffer(view, dtype, int(np.prod(shape)), offset).reshape(shape)
    left_out = arrays.pop("left_out")
    return Built(Index(**arrays), Frame(*head["frame"]), left_out)


def _tidy(folder: Path) -> None:
    files = sorted(folder.glob("*.index"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[_MOST_FILES:]:
        path.unlink(missing_ok=True)
