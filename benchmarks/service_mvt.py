"""Read vector tiles (Mapbox Vector Tile specification 2.1) as far as counting needs it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LAYER, FEATURE, KEY, VALUE, TAGS = 3, 2, 3, 4, 2


def features(tile: bytes) -> list[dict[str, Any]]:
    """The properties of every feature of every layer."""
    return [found for layer in _payloads(tile, LAYER) for found in _of_layer(layer)]


def count(tile: bytes) -> int:
    """How many features there are."""
    return sum(1 for layer in _payloads(tile, LAYER) for _ in _payloads(layer, FEATURE))


def _of_layer(layer: bytes) -> Iterator[dict[str, Any]]:
    keys = [key.decode() for key in _payloads(layer, KEY)]
    values = [_value(value) for value in _payloads(layer, VALUE)]
    for feature in _payloads(layer, FEATURE):
        tags = [tag for packed in _payloads(feature, TAGS) for tag in _varints(packed)]
        yield {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}


def _value(message: bytes) -> Any:
    for number, value in _fields(message):
        if number == 1:
            return bytes(value).decode()
        if number in {2, 3}:
            return struct.unpack("<f" if number == 2 else "<d", value)[0]
        if number == 6:
            return (value >> 1) ^ -(value & 1)
        return bool(value) if number == 7 else value
    return None


def _payloads(message: bytes, wanted: int) -> Iterator[bytes]:
    return (value for number, value in _fields(message) if number == wanted)


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    place, view = 0, memoryview(message)
    while place < len(view):
        key, place = _varint(view, place)
        kind = key & 7
        if kind == VARINT:
            value, place = _varint(view, place)
            yield key >> 3, value
            continue
        size, place = _varint(view, place) if kind == BYTES else ({FIXED64: 8, FIXED32: 4}[kind], place)
        yield key >> 3, bytes(view[place : place + size])
        place += size


def _varints(packed: bytes) -> Iterator[int]:
    place = 0
    while place < len(packed):
        value, place = _varint(packed, place)
        yield value


def _varint(message: Any, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
