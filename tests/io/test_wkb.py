"""Numbers of points, against shapely."""

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocensus.io.wkb import is_geoarrow_point, point_numbers

NUMBERS = st.floats(allow_nan=False, width=64)
SHAPES = st.one_of(
    st.none(),
    st.builds(shapely.Point, NUMBERS, NUMBERS),
    st.builds(shapely.Point, NUMBERS, NUMBERS, NUMBERS),
    st.just(shapely.Point()),
    st.builds(lambda x, y: shapely.MultiPoint([(x, y)]), NUMBERS, NUMBERS),
)


@given(
    st.lists(
        st.tuples(SHAPES, st.sampled_from([0, 1]), st.sampled_from(["iso", "extended"]), st.booleans()), max_size=9
    ),
    st.sampled_from([pa.binary(), pa.large_binary()]),
)
def test_any_wkb(rows, kind):
    cells = [
        None
        if shape is None
        else shapely.to_wkb(
            shapely.set_srid(shape, 4490), byte_order=order, flavor=flavor, include_srid=srid and flavor == "extended"
        )
        for shape, order, flavor, srid in rows
    ]
    xy, wrong = point_numbers(pa.chunked_array([pa.array(cells, kind), pa.array(cells, kind)[1:]]))
    shapes = [shape for shape, *_ in rows]
    shapes = [shape.geoms[0] if isinstance(shape, shapely.MultiPoint) else shape for shape in [*shapes, *shapes[1:]]]
    shapes = [None if shape is None or shape.is_empty else shape for shape in shapes]
    expected = np.reshape([(shapely.get_x(shape), shapely.get_y(shape)) for shape in shapes], (-1, 2))
    np.testing.assert_array_equal(xy, expected)
    assert not wrong.any()


def test_what_is_no_point_is_told():
    shapes = [shapely.Point(1, 2), shapely.box(0, 0, 1, 1), shapely.MultiPoint([(0, 0), (1, 1)])]
    xy, wrong = point_numbers(pa.chunked_array([[shape.wkb for shape in shapes]]))
    assert wrong.tolist() == [False, True, True]
    assert np.isnan(xy[:, 0]).tolist() == [False, True, True]


def test_bytes_that_are_no_wkb():
    with pytest.raises(shapely.errors.ShapelyError):
        point_numbers(pa.chunked_array([[b"\x07" + bytes(20)]]))


@pytest.mark.parametrize("start", [0, 1])
def test_geoarrow_in_both_ways(start):
    points = [{"x": 1.0, "y": 2.0}, None, {"x": 3.0, "y": 4.0}]
    separated = pa.array(points, pa.struct([("x", pa.float64()), ("y", pa.float64())]))
    interleaved = pa.array([p and [p["x"], p["y"], 9.0] for p in points], pa.list_(pa.float64(), 3))
    for column in (separated, interleaved):
        assert is_geoarrow_point(column.type)
        xy, wrong = point_numbers(pa.chunked_array([column[start:]]))
        np.testing.assert_array_equal(xy, [[1, 2], [np.nan, np.nan], [3, 4]][start:])
        assert not wrong.any()
    assert not is_geoarrow_point(pa.list_(pa.float32(), 2))
