"""The file of an index: a head that says what the arrays are, then the arrays as they lie in memory.

::

    magic and number of the format, CRC-32 of the rest of the head, JSON padded to 4096 bytes
    arrays, each at a multiple of 64 bytes

The JSON holds the kind of index and its version, the key, and of each array its type (byte order included), its shape
and its CRC-32.
"""

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from geocensus.locating import Kind

__all__ = ["read_index", "write_index"]

_MAGIC = b"geocensus index 3\n"
_HEAD = 4096  # bytes before the arrays
_STEP = 64  # arrays begin at multiples of this

T = TypeVar("T")


def write_index(path: Path, key: str, kind: Kind[T], index: T) -> None:
    """Write an index; it is whole on the disk when this returns.

    Parameters
    ----------
    path : Path
        A new file.
    key : str
        Of the index.
    kind : Kind
        Of the index.
    index : index
        To write.

    Raises
    ------
    OSError
        The file cannot be written, or not to its end.
    """
    parts = kind.apart(index)
    arrays = {name: np.ascontiguousarray(parts[name]) for name in kind.types}
    head = {
        "kind": _kind_text(kind),
        "key": key,
        "arrays": {name: [_type(a.dtype), list(a.shape), zlib.crc32(a.data)] for name, a in arrays.items()},
    }
    text = json.dumps(head).encode().ljust(_HEAD - len(_MAGIC) - 9)
    offsets, size = _layout({name: array.nbytes for name, array in arrays.items()})
    with path.open("wb") as stream:
        stream.write(_MAGIC + b"%08x\n" % zlib.crc32(text) + text)
        for name, array in arrays.items():
            stream.seek(offsets[name])
            stream.write(array.data)
        stream.truncate(size)
        stream.flush()
        os.fsync(stream.fileno())


def read_index(content: Any, key: str, kind: Kind[T], *, whole: bool) -> T:
    """Return the index in a file, its arrays as views.

    Parameters
    ----------
    content : buffer
        Of the file.
    key : str
        Of the index.
    kind : Kind
        Of the index.
    whole : bool
        Whether to read every byte and follow every reference, not the head and the size alone.

    Returns
    -------
    index
        Of that kind.

    Raises
    ------
    ValueError
        It is another file, or not as it was written.
    """
    head = _head(content)
    if (head["kind"], head["key"]) != (_kind_text(kind), key):
        raise ValueError("of another kind or version, or of other areas")
    if [array[0] for array in head["arrays"].values()] != [_type(dtype) for dtype in kind.types.values()]:
        raise ValueError("of another kind of machine")
    counts = {name: int(np.prod(shape)) for name, (_, shape, _) in head["arrays"].items()}
    offsets, size = _layout({name: counts[name] * dtype.itemsize for name, dtype in kind.types.items()})
    if size != len(content):
        raise ValueError(f"{len(content)} bytes instead of {size}")
    arrays = {}
    for name, (_, shape, checksum) in head["arrays"].items():
        arrays[name] = np.frombuffer(content, kind.types[name], counts[name], offsets[name]).reshape(shape)
        if whole and zlib.crc32(arrays[name].data) != checksum:
            raise ValueError(f"{name} are not what was written")
    index = kind.together(arrays)
    if whole:
        kind.require_sound(index)
    return index


def _head(content: Any) -> dict[str, Any]:
    if content[: len(_MAGIC)] != _MAGIC:
        raise ValueError("another kind of file, or another format")
    checksum, text = content[len(_MAGIC) : len(_MAGIC) + 9], content[len(_MAGIC) + 9 : _HEAD]
    if checksum != b"%08x\n" % zlib.crc32(text):
        raise ValueError("the head is not what was written")
    head: dict[str, Any] = json.loads(text)
    return head


def _kind_text(kind: Kind[Any]) -> str:
    return f"{kind.name} {kind.version}"


def _type(dtype: np.dtype[Any]) -> str:
    return str(dtype.descr)


def _layout(sizes: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """Return where arrays of so many bytes begin, and the size of the file."""
    offsets, offset = {}, _HEAD
    for name, size in sizes.items():
        offsets[name] = offset
        offset = -(-(offset + size) // _STEP) * _STEP
    return offsets, offset
