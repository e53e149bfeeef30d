"""Mapbox Vector Tile 2.1 by NumPy: every feature is a row of varints, so that a layer is one ragged matrix of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["EXTENT", "LINE", "POINT", "POLYGON", "Column", "Shapes", "column", "encode_layer", "zigzag"]

EXTENT: Final = 4096
POINT, LINE, POLYGON = 1, 2, 3
_SEVEN: Final = 7  # bits of a varint in each byte
_FEW: Final = 40  # features up to which arrays cost more than they save
_COUNTS: Final = 4_096  # numbers below which values are counted instead of sorted
_SHORT: Final = 126  # bytes of a text that fits, with its head, into lengths of one byte

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shapes:
    """Geometries as numbers of the format: commands and zigzag steps, one after another.

    Attributes
    ----------
    kind
        POINT, LINE or POLYGON.
    numbers
        Of all features.
    lengths
        How many of them each feature has, shape (n,).
    """

    kind: int
    numbers: Ints
    lengths: Ints


@dataclass(frozen=True)
class Column:
    """One property: its values, each once, and which of them every feature has; −1 where it has none."""

    values: Sequence[str | bool | int | float]
    codes: Ints


def column(values: NDArray[Any], present: NDArray[np.bool_] | None = None) -> Column:
    """Return numbers or texts as a property.

    Parameters
    ----------
    values
        One per feature, shape (n,).
    present
        Which features have the property; all by default.

    Returns
    -------
    Column
        With each value once.

    Examples
    --------
    >>> column(np.array([7, 5, 7]))
    Column(values=[5, 7], codes=array([1, 0, 1]))
    """
    if present is None and values.dtype.kind == "i" and len(values) and 0 <= values.min() <= values.max() < _COUNTS:
        seen = np.bincount(values) > 0  # several times faster than sorting
        return Column(np.flatnonzero(seen).tolist(), (np.cumsum(seen) - 1)[values])
    there = np.ones(len(values), dtype=np.bool_) if present is None else present
    codes = np.full(len(values), -1, dtype=np.int64)
    found, codes[there] = np.unique(values[there], return_inverse=True)
    return Column(found.tolist(), codes)


def zigzag(steps: Ints) -> Ints:
    """Return signed numbers as unsigned ones, small where they are small.

    Parameters
    ----------
    steps
        Any shape.

    Returns
    -------
    ndarray
        Same shape.

    Examples
    --------
    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return (steps << 1) ^ (steps >> 63)


def encode_layer(name: str, shapes: Shapes, ids: Ints, columns: Mapping[str, Column]) -> bytes:
    """Return one layer of a tile.

    Parameters
    ----------
    name
        Of the layer.
    shapes
        Geometry of each feature.
    ids
        Id of each feature; −1 for none.
    columns
        Properties.

    Returns
    -------
    bytes
        Field 3 of a tile; nothing at all where there is no feature.
    """
    if not len(ids):
        return b""
    tags, keys, values = _tags(columns, len(ids))
    features = (_features if len(ids) > _FEW else _few_features)(shapes, ids, tags)
    body = b"".join(
        [
            _field(1, name.encode()),
            features,
            *(_field(3, key.encode()) for key in keys),
            *values,
            b"\x28\x80\x20\x78\x02",
        ]
    )
    return _field(3, body)


def _tags(columns: Mapping[str, Column], count: int) -> tuple[Ints, list[str], list[bytes]]:
    """Return pairs of key and value for each feature, shape (n, 2k), −1 where absent; the keys; the values."""
    pairs: list[Ints] = []
    values: list[bytes] = []
    for number, one in enumerate(columns.values()):
        absent = one.codes < 0
        pairs += [np.where(absent, -1, number), np.where(absent, -1, one.codes + len(values))]
        values += _all_told(one.values)
    return np.stack(pairs, axis=1) if pairs else np.empty((count, 0), dtype=np.int64), list(columns), values


def _all_told(values: Sequence[Any]) -> list[bytes]:
    """Return the same as :func:`_told` of each, faster where all are texts or all are counts."""
    if all(type(value) is str for value in values):
        texts = [value.encode() for value in values]
        if max(map(len, texts), default=_SHORT) < _SHORT:
            return [b"\x22%c\x0a%c%b" % (len(text) + 2, len(text), text) for text in texts]
    elif all(type(value) is int for value in values) and min(values) >= 0:
        return [b"\x22%c\x28%b" % (len(number) + 1, number) for number in map(_varint, values)]
    return [_told(value) for value in values]


def _told(value: Any) -> bytes:
    """Return field 4 of a layer: a value with its type."""
    if isinstance(value, str):
        text = value.encode()
        size = len(text)
        return bytes((0x22, size + 2, 0x0A, size)) + text if size < _SHORT else _field(4, _field(1, text))
    if isinstance(value, bool):
        return bytes((0x22, 2, 0x38, value))
    if isinstance(value, int):
        return _field(4, b"\x28" + _varint(value) if value >= 0 else b"\x30" + _varint(-2 * value - 1))
    return b"\x22\x09\x19" + np.float64(value).tobytes()


def _varint(value: int) -> bytes:
    if value < len(_VARINTS):
        return _VARINTS[value]
    return _long_varint(value)


def _long_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 1 << _SEVEN:
        out.append(value & 127 | 128)
        value >>= _SEVEN
    return bytes([*out, value])


_VARINTS: Final = tuple(_long_varint(value) for value in range(1 << 2 * _SEVEN))  # of one or two bytes


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _features(shapes: Shapes, ids: Ints, tags: Ints) -> bytes:
    """Return all features: head (id, tags, type) and geometry of each, one after another."""
    count = len(ids)
    ends = np.cumsum(shapes.lengths)
    sizes = _sizes(shapes.numbers)
    total = np.concatenate([[0], np.cumsum(sizes)])
    geometry = total[ends] - total[ends - shapes.lengths]  # bytes of each feature's geometry
    tag_sizes = np.where(tags < 0, 0, _sizes(tags))
    told = tag_sizes.sum(axis=1)
    one, known, some = np.ones(count, dtype=np.int64), ids >= 0, told > 0
    id_sizes, told_sizes = np.where(known, 1 + _sizes(ids), 0), np.where(some, 1 + _sizes(told) + told, 0)
    inner = id_sizes + told_sizes + 2 + 1 + _sizes(geometry) + geometry
    cells = np.column_stack(
        [
            one * 0x12,
            inner,
            one * 0x08,
            ids,
            one * 0x12,
            told,
            tags,
            one * 0x18,
            one * shapes.kind,
            one * 0x22,
            geometry,
        ]
    )
    widths = np.column_stack(
        [one, _sizes(inner), known, np.where(known, _sizes(ids), 0), some, np.where(some, _sizes(told), 0)]
        + ([tag_sizes] if tags.shape[1] else [])
        + [one, one, one, _sizes(geometry)]
    )
    heads = widths.sum(axis=1)
    starts = np.cumsum(heads + geometry) - (heads + geometry)
    at_cells = starts[:, None] + np.cumsum(widths, axis=1) - widths
    shift = np.repeat(starts + heads - total[ends - shapes.lengths], shapes.lengths)
    return _scattered(
        np.concatenate([cells.ravel(), shapes.numbers]),
        np.concatenate([widths.ravel(), sizes]),
        np.concatenate([at_cells.ravel(), total[:-1] + shift]),
    )


def _few_features(shapes: Shapes, ids: Ints, tags: Ints) -> bytes:
    """Return the same bytes as :func:`_features`, one feature after another."""
    numbers, start = [_varint(value) for value in shapes.numbers.tolist()], 0
    kind, features = b"\x18" + bytes([shapes.kind]), []
    for fid, length, pairs in zip(ids.tolist(), shapes.lengths.tolist(), tags.tolist(), strict=True):
        told = b"".join([_varint(value) for value in pairs if value >= 0])
        known = b"\x08" + _varint(fid) if fid >= 0 else b""
        geometry = _field(4, b"".join(numbers[start : start + length]))
        features.append(_field(2, known + (_field(2, told) if told else b"") + kind + geometry))
        start += length
    return b"".join(features)


def _sizes(values: Ints) -> Ints:
    """Return how many bytes each varint takes."""
    sizes = np.ones(values.shape, dtype=np.int64)
    most = int(values.max(initial=0))
    for bits in range(_SEVEN, most.bit_length(), _SEVEN):
        sizes += values >> bits > 0
    return sizes


def _scattered(values: Ints, widths: Ints, at: Ints) -> bytes:
    out = np.empty(int(widths.sum()), dtype=np.uint8)
    for byte in range(int(widths.max(initial=0))):
        left = np.flatnonzero(widths > byte)
        more = (widths[left] > byte + 1) * np.int64(128)
        out[at[left] + byte] = (values[left] >> (_SEVEN * byte)) & 127 | more
    return out.tobytes()
