"""Points of GeoParquet as numbers, without an object for each: WKB (OGC 06-103r4, ISO too) and GeoArrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from geocensus.io.points import single_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["is_geoarrow_point", "point_numbers"]

_POINT = 21  # bytes: order, kind, x, y; z and m follow
_KINDS = (1, 1001, 2001, 3001, 0x80000001, 0x40000001, 0xC0000001)  # with z and m, as ISO and as others number them
_RECORD = {order: np.dtype([("order", "u1"), ("kind", f"{order}u4"), ("xy", f"{order}f8", 2)]) for order in "<>"}


def is_geoarrow_point(kind: pa.DataType) -> bool:
    """Tell whether a type holds points as GeoArrow does: separated (struct of x and y) or interleaved.

    Parameters
    ----------
    kind : DataType
        Of a column.

    Returns
    -------
    bool
        Only doubles are taken.
    """
    if pa.types.is_fixed_size_list(kind):
        return bool(kind.list_size > 1 and kind.value_type == pa.float64())
    return pa.types.is_struct(kind) and all(
        kind.get_field_index(axis) >= 0 and kind.field(axis).type == pa.float64() for axis in "xy"
    )


def point_numbers(geometry: pa.ChunkedArray) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read x and y.

    Parameters
    ----------
    geometry : ChunkedArray
        WKB, or points as :func:`is_geoarrow_point` tells them.

    Returns
    -------
    xy : array of float, shape (n, 2)
        NaN where a geometry is missing, empty or no single point.
    wrong : array of bool
        Geometries that are no single points; a multipoint of one is one.

    Raises
    ------
    ShapelyError
        Bytes that are no WKB.

    Examples
    --------
    >>> xy, wrong = point_numbers(pa.chunked_array([[shapely.Point(118.5, 28.9).wkb, None]]))
    >>> xy.tolist(), wrong.tolist()
    ([[118.5, 28.9], [nan, nan]], [False, False])
    """
    read = _from_wkb if _is_binary(geometry.type) else _from_geoarrow
    found = [read(chunk) for chunk in geometry.chunks if len(chunk)]
    if not found:
        return np.empty((0, 2)), np.empty(0, dtype=bool)
    return np.concatenate([xy for xy, _ in found]), np.concatenate([wrong for _, wrong in found])


def _is_binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _from_geoarrow(points: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    if pa.types.is_struct(points.type):
        axes = points.flatten()  # with the struct's own nulls
        x, y = (axes[points.type.get_field_index(axis)] for axis in "xy")
        xy = np.column_stack([axis.to_numpy(zero_copy_only=False) for axis in (x, y)])
    else:
        size, inner = points.type.list_size, points.values.slice(points.offset * points.type.list_size)
        xy = inner.to_numpy(zero_copy_only=False)[: len(points) * size].reshape(-1, size)[:, :2].copy()
        xy[points.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return xy, np.zeros(len(points), dtype=bool)


def _from_wkb(cells: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Decode plain points by position; anything else, which is rare, through shapely."""
    missing = cells.is_null().to_numpy(zero_copy_only=False)
    cells = cells.cast(pa.large_binary())
    offsets = np.frombuffer(cells.buffers()[1], dtype=np.int64)[cells.offset : cells.offset + len(cells) + 1]
    data = np.frombuffer(cells.buffers()[2] or b"", dtype=np.uint8)
    xy, plain = np.full((len(cells), 2), np.nan), np.zeros(len(cells), dtype=bool)
    long = np.flatnonzero(~missing & (np.diff(offsets) >= _POINT))
    if len(long):
        heads = np.lib.stride_tricks.sliding_window_view(data, _POINT)[offsets[long]]
        for value, order in enumerate("><"):
            points = np.ascontiguousarray(heads).view(_RECORD[order])[:, 0]
            fits = (points["order"] == value) & np.isin(points["kind"], _KINDS)
            xy[long[fits]] = points["xy"][fits]
            plain[long[fits]] = True
    wrong = np.zeros(len(cells), dtype=bool)
    others = np.flatnonzero(~missing & ~plain)
    if len(others):
        shapes, wrong[others] = single_points(shapely.from_wkb(cells.take(pa.array(others)).to_pylist()))
        shapes[wrong[others]] = None
        xy[others] = np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])
    return xy, wrong
