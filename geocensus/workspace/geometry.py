"""Geometries as GeoPackage blobs (OGC 12-128r18, clause 2.1.3): a header, then ISO WKB; whole arrays at a time."""

import struct
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

__all__ = [
    "POINT",
    "SRS_ID",
    "bounds_of_blob",
    "decode",
    "encode_areas",
    "encode_lines",
    "encode_points",
    "encode_segments",
    "point_bounds",
]

SRS_ID = 4490
_MAGIC = b"GP"
_LITTLE = 0x01  # flag bit 0: little-endian
_XY_ENVELOPE = 0x02  # flag bits 1 to 3 = 1: minx, maxx, miny, maxy follow
_EMPTY = 0x10
_PREFIX = 8
_ENVELOPE_BYTES = (0, 32, 48, 48, 64, 0, 0, 0)
_WKB_POINT = 1

_HEADER: list[tuple[str, str]] = [("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs", "<i4")]
POINT = np.dtype([*_HEADER, ("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
_BOXED = np.dtype([*_HEADER, ("minx", "<f8"), ("maxx", "<f8"), ("miny", "<f8"), ("maxy", "<f8")])


def _as_bytes(records: NDArray[Any]) -> NDArray[np.object_]:
    """Cut one record array into one bytes object per record, without a loop."""
    size = records.dtype.itemsize
    buffers = [None, pa.py_buffer(records.tobytes())]
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(size), len(records), buffers).to_numpy(zero_copy_only=False)


def encode_points(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return a blob per point; None where a coordinate is missing.

    Parameters
    ----------
    lon
        Longitudes, degrees, shape (n,); NaN where missing.
    lat
        Latitudes, degrees, shape (n,).

    Returns
    -------
    ndarray
        Shape (n,), bytes of 29 each, or None.

    Examples
    --------
    >>> import numpy as np
    >>> blobs = encode_points(np.array([118.5, np.nan]), np.array([28.9, 28.9]))
    >>> len(blobs[0]), blobs[1] is None
    (29, True)
    """
    records = np.zeros(len(lon), dtype=POINT)
    records["magic"], records["flags"], records["srs"] = _MAGIC, _LITTLE, SRS_ID
    records["order"], records["kind"] = 1, _WKB_POINT
    records["x"], records["y"] = lon, lat
    blobs = _as_bytes(records)
    missing = np.isnan(lon) | np.isnan(lat)
    blobs[missing] = None
    return blobs


def point_bounds(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return minx, maxx, miny, maxy of points, in the column order of an R-tree.

    Parameters
    ----------
    lon
        Longitudes, degrees, shape (n,).
    lat
        Latitudes, degrees, shape (n,).

    Returns
    -------
    ndarray
        Shape (n, 4); NaN where missing.
    """
    bounds = np.column_stack([lon, lon, lat, lat])
    bounds[np.isnan(bounds).any(axis=1)] = np.nan
    return bounds


def encode_areas(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return blobs of polygons, all as MultiPolygon, and their bounds.

    Parameters
    ----------
    geometry
        Polygons, MultiPolygons or None, shape (n,), lon/lat degrees.

    Returns
    -------
    tuple
        Blobs, shape (n,), None for missing and empty ones; bounds, shape (n, 4): minx, maxx, miny, maxy.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> blobs, bounds = encode_areas(np.array([shapely.box(1, 2, 3, 4), None]))
    >>> bounds[0].tolist(), blobs[1] is None
    ([1.0, 3.0, 2.0, 4.0], True)
    """
    return _encode(_promoted(geometry, shapely.GeometryType.POLYGON, shapely.multipolygons))


def encode_lines(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return blobs of lines, all as MultiLineString, and their bounds.

    Parameters
    ----------
    geometry
        LineStrings, MultiLineStrings or None, shape (n,), lon/lat degrees.

    Returns
    -------
    tuple
        As :func:`encode_areas`.
    """
    return _encode(_promoted(geometry, shapely.GeometryType.LINESTRING, shapely.multilinestrings))


def encode_segments(
    start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return blobs of straight lines from one point to another, as LineString, and their bounds.

    Parameters
    ----------
    start
        Longitude and latitude, degrees, shape (n, 2); NaN where missing.
    end
        The same.

    Returns
    -------
    tuple
        As :func:`encode_areas`; None where an end is missing, or both are one place: that is no valid line.

    Examples
    --------
    >>> import numpy as np
    >>> start, end = np.array([[118.0, 28.0], [np.nan, np.nan]]), np.array([[118.5, 28.9], [118.5, 28.9]])
    >>> blobs, bounds = encode_segments(start, end)
    >>> bounds[0].tolist(), blobs[1] is None
    ([118.0, 118.5, 28.0, 28.9], True)
    """
    drawn = np.isfinite(start).all(axis=1) & np.isfinite(end).all(axis=1) & (start != end).any(axis=1)
    lines = np.full(len(start), None, dtype=object)
    lines[drawn] = shapely.linestrings(np.stack([start[drawn], end[drawn]], axis=1))
    return _encode(lines)


def _promoted(geometry: NDArray[np.object_], single: int, collect: Any) -> NDArray[np.object_]:
    geometry = shapely.force_2d(np.asarray(geometry, dtype=object))
    ones = np.flatnonzero(shapely.get_type_id(geometry) == single)
    if len(ones):
        geometry[ones] = collect(geometry[ones], indices=np.arange(len(ones)))
    return geometry


def _encode(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    bounds = shapely.bounds(geometry)[:, [0, 2, 1, 3]]
    header = np.zeros(len(geometry), dtype=_BOXED)
    header["magic"], header["flags"], header["srs"] = _MAGIC, _LITTLE | _XY_ENVELOPE, SRS_ID
    header["minx"], header["maxx"], header["miny"], header["maxy"] = bounds.T
    blobs = np.full(len(geometry), None, dtype=object)
    filled = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    if filled.any():
        blobs[filled] = _as_bytes(header[filled]) + shapely.to_wkb(geometry[filled], byte_order=1, flavor="iso")
    return blobs, bounds


def decode(blobs: list[bytes | None]) -> NDArray[np.object_]:
    """Return the geometries of GeoPackage blobs, whoever wrote them.

    Parameters
    ----------
    blobs
        GeoPackage blobs, None where missing.

    Returns
    -------
    ndarray
        Shapely geometries, shape (n,), None where missing, and where the blob is none of a GeoPackage: one row that
        another program wrote in a format of its own must not hide all others.

    Examples
    --------
    >>> import numpy as np
    >>> decode(list(encode_points(np.array([118.5]), np.array([28.9]))))[0].wkt
    'POINT (118.5 28.9)'
    """
    return shapely.from_wkb(np.array([_body(blob) for blob in blobs], dtype=object), on_invalid="ignore")


def _body(blob: bytes | None) -> bytes | None:
    if blob is None or len(blob) <= _PREFIX or blob[:2] != _MAGIC:
        return None
    return blob[_PREFIX + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def bounds_of_blob(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """Return minx, maxx, miny, maxy of one blob, for SQL functions; None when missing or empty.

    Parameters
    ----------
    blob
        One GeoPackage blob.

    Returns
    -------
    tuple or None
        The bounds in degrees.
    """
    if blob is None or len(blob) < _PREFIX or blob[:2] != _MAGIC or blob[3] & _EMPTY:
        return None
    order = "<" if blob[3] & _LITTLE else ">"
    if (blob[3] >> 1) & 7:
        minx, maxx, miny, maxy = struct.unpack_from(order + "4d", blob, _PREFIX)
    else:
        geometry = shapely.from_wkb(blob[_PREFIX:])
        minx, miny, maxx, maxy = geometry.bounds if not geometry.is_empty else (float("nan"),) * 4
    return None if minx != minx else (minx, maxx, miny, maxy)  # noqa: PLR0124 - the test for NaN
