"""GeoPackage blobs against bytes drawn by hand and against shapely."""

import struct

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocensus.workspace.geometry import bounds_of_blob, decode, encode_areas, encode_lines, encode_points, point_bounds

degrees = st.floats(-180, 180, allow_nan=False)


def test_a_point_is_the_standards_header_and_little_endian_wkb():
    (blob,) = encode_points(np.array([118.5]), np.array([28.25]))
    assert blob == b"GP\x00\x01" + struct.pack("<i", 4490) + struct.pack("<BIdd", 1, 1, 118.5, 28.25)


def test_an_area_carries_its_envelope_and_is_multi():
    blobs, bounds = encode_areas(np.array([shapely.box(1, 2, 3, 4)]))
    assert blobs[0][:8] == b"GP\x00\x03" + struct.pack("<i", 4490)
    assert struct.unpack("<4d", blobs[0][8:40]) == (1, 3, 2, 4)
    assert bounds.tolist() == [[1, 3, 2, 4]]
    assert decode(list(blobs))[0].geom_type == "MultiPolygon"


def test_missing_and_empty_geometries_are_null():
    blobs, bounds = encode_areas(np.array([None, shapely.Polygon()]))
    assert blobs.tolist() == [None, None]
    assert np.isnan(bounds).all()
    assert encode_points(np.array([np.nan, 1.0]), np.array([1.0, np.nan])).tolist() == [None, None]
    assert np.isnan(point_bounds(np.array([np.nan]), np.array([2.0]))).all()


def test_empty_tables_are_fine():
    assert len(encode_points(np.empty(0), np.empty(0))) == 0
    assert len(encode_lines(np.empty(0, dtype=object))[0]) == 0
    assert len(decode([])) == 0


def test_lines_become_multi_and_heights_are_dropped():
    blobs, _bounds = encode_lines(np.array([shapely.LineString([(0, 0, 9), (1, 1, 9)])]))
    assert decode(list(blobs))[0].wkt == "MULTILINESTRING ((0 0, 1 1))"


def test_blobs_of_other_programs_are_understood():
    big_endian = b"GP\x00\x00" + struct.pack(">i", 4490) + shapely.to_wkb(shapely.Point(5, 6), byte_order=0)
    with_z_envelope = (
        b"GP\x00\x05" + struct.pack("<i6d", 4490, 1, 2, 3, 4, 0, 9) + shapely.to_wkb(shapely.box(1, 3, 2, 4))
    )
    assert next(g.wkt for g in decode([big_endian, None, with_z_envelope]) if g is not None) == "POINT (5 6)"
    assert decode([with_z_envelope])[0].bounds == (1, 3, 2, 4)
    assert bounds_of_blob(big_endian) == (5, 5, 6, 6)
    assert bounds_of_blob(with_z_envelope) == (1, 2, 3, 4)


def test_bounds_of_what_has_none():
    empty_point = b"GP\x00\x11" + struct.pack("<i", 4490) + shapely.to_wkb(shapely.Point(), byte_order=1)
    assert [bounds_of_blob(blob) for blob in (None, b"", b"XX\x00\x01aaaaaaa", empty_point)] == [None] * 4


@given(st.lists(st.tuples(degrees, degrees), min_size=1, max_size=30))
def test_points_come_back_exactly(points):
    lon, lat = np.array(points).T
    geometry = decode(list(encode_points(lon, lat)))
    assert shapely.get_coordinates(geometry).tolist() == np.column_stack([lon, lat]).tolist()


def test_a_blob_of_another_format_hides_no_other_row():
    (good,) = encode_points(np.array([118.5]), np.array([28.25]))
    spatialite = b"\x00\x01" + struct.pack("<i", 4326) + bytes(40)
    shapes = decode([spatialite, good, b"GP\x00\x01", good[:-3], b"", None])
    assert [shape is not None for shape in shapes] == [False, True, False, False, False, False]
