"""Web Mercator (EPSG:3857) as whole numbers: the world is 2^32 units wide; x and y interleaved name every tile.

A Morton code's first 2z bits are the tile of zoom z that a point lies in, so that the points of a tile, and of each
cell of a tile, stand in one run of a table sorted by it (Samet 2006, ISBN 978-0-12-369446-1, 2.1.2.4).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["BITS", "degrees", "morton", "morton_of", "places_of", "project", "spread"]

BITS: Final = 32
_WORLD: Final = float(1 << BITS)


def _spread_table() -> NDArray[np.uint64]:
    values = np.arange(1 << 16, dtype=np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | values << np.uint64(shift)) & np.uint64(mask)
    return values


_SPREAD: Final = _spread_table()


def project(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return places on the map, x from the west and y from the north.

    Parameters
    ----------
    lon
        Longitudes, degrees, shape (n,), no NaN.
    lat
        Latitudes, degrees, shape (n,); beyond 85.05° they lie on the map's edge.

    Returns
    -------
    tuple
        Columns x and rows y, shape (n,), 0 to 2^32 − 1.

    Examples
    --------
    >>> x, y = project(np.array([0.0, -200.0]), np.array([0.0, 90.0]))
    >>> x.tolist(), y.tolist()
    ([2147483648, 0], [2147483648, 0])
    """
    sine = np.sin(np.radians(lat))
    with np.errstate(divide="ignore"):  # at a pole: infinitely far, which is the edge
        north = np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    return _whole(lon / 360 + 0.5), _whole(0.5 - north)


def _whole(share: NDArray[np.float64]) -> NDArray[np.uint32]:
    return np.clip(share * _WORLD, 0, _WORLD - 1).astype(np.uint32)


def degrees(x: float, y: float) -> tuple[float, float]:
    """Return longitude and latitude of a place on the map.

    Parameters
    ----------
    x
        Units from the west, 0 to 2^32.
    y
        Units from the north.

    Returns
    -------
    tuple
        Degrees.

    Examples
    --------
    >>> degrees(2**31, 2**31)
    (0.0, 0.0)
    """
    north = np.pi * (1 - 2 * y / _WORLD)
    return x / _WORLD * 360 - 180, float(np.degrees(np.arctan(np.sinh(north))))


def spread(values: NDArray[Any]) -> NDArray[np.uint64]:
    """Return numbers with a zero after each bit.

    Parameters
    ----------
    values
        0 to 2^32 − 1, shape (n,).

    Returns
    -------
    ndarray
        Shape (n,).

    Examples
    --------
    >>> spread(np.array([3], dtype=np.uint32)).tolist()
    [5]
    """
    high = _SPREAD[values >> np.asarray(16, dtype=values.dtype)]
    return (high << np.uint64(32)) | _SPREAD[values & np.asarray(0xFFFF, dtype=values.dtype)]


def morton(x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.uint64]:
    """Return the codes of places.

    Parameters
    ----------
    x
        Units from the west, shape (n,), 0 to 2^32 − 1.
    y
        Units from the north.

    Returns
    -------
    ndarray
        Shape (n,): bits of y and x in turn, that of y first.

    Examples
    --------
    >>> morton(np.array([1], dtype=np.uint32), np.array([2], dtype=np.uint32)).tolist()
    [9]
    """
    code = spread(y)
    code <<= np.uint64(1)
    code |= spread(x)
    return code


def morton_of(x: int, y: int) -> int:
    """Return the code of one place, or of one tile by its column and row.

    Parameters
    ----------
    x
        Column, 0 to 2^32 − 1.
    y
        Row.

    Returns
    -------
    int
        The code.

    Examples
    --------
    >>> morton_of(1, 2)
    9
    """
    return int(morton(np.array([x], dtype=np.uint32), np.array([y], dtype=np.uint32))[0])


def _gather_table() -> NDArray[np.uint16]:
    """Return, for 16 bits of a code, the 8 bits of y (high byte) and the 8 bits of x that they hold."""
    codes = np.arange(1 << 16, dtype=np.uint32)
    halves = []
    for part in (codes, codes >> 1):
        bits = part & 0x5555
        for shift, mask in ((1, 0x3333), (2, 0x0F0F), (4, 0x00FF)):
            bits = (bits | bits >> shift) & mask
        halves.append(bits)
    return (halves[1] << 8 | halves[0]).astype(np.uint16)


_GATHER: Final = _gather_table()


def places_of(codes: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the places that codes stand for.

    Parameters
    ----------
    codes
        From :func:`morton`, shape (n,).

    Returns
    -------
    tuple
        Columns x and rows y, shape (n,).

    Examples
    --------
    >>> [axis.tolist() for axis in places_of(np.array([9], dtype=np.uint64))]
    [[1], [2]]
    """
    parts = np.ascontiguousarray(codes, dtype="<u8").view("<u2").reshape(-1, 4)
    x, y = np.zeros(len(codes), dtype=np.uint32), np.zeros(len(codes), dtype=np.uint32)
    for number in range(4):
        pair = _GATHER[parts[:, number]].astype(np.uint32)
        x |= (pair & np.uint32(0xFF)) << np.uint32(8 * number)
        y |= (pair >> np.uint32(8)) << np.uint32(8 * number)
    return x, y
