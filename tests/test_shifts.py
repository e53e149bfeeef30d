"""Known pairs and published sizes of the map shifts."""

import numpy as np
import pytest

from geocensus import shifts

# Amap's and Baidu's public formulas at 116.404 E, 39.915 N, as open implementations print them.
GCJ02 = (116.41024449916938, 39.91640428150164)
BD09_OF_GCJ02 = (116.41036949371029, 39.92133699351022)


def _metres(before, after):
    east, north = np.array(after) - before
    return np.array([east * np.cos(np.radians(before[1])), north]) * 111_320


def _grid(west, east, south, north, step):
    return np.array(np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))).reshape(2, -1)


def test_known_pairs():
    np.testing.assert_allclose(shifts.wgs84_to_gcj02(116.404, 39.915), GCJ02, rtol=0, atol=1e-11)
    np.testing.assert_allclose(shifts.gcj02_to_bd09(116.404, 39.915), BD09_OF_GCJ02, rtol=0, atol=1e-11)


def test_the_median_shift_of_the_nation():
    points = _grid(75, 134, 19, 53, 0.1)
    lengths = np.hypot(*_metres(points, shifts.wgs84_to_gcj02(*points)))
    assert np.median(lengths) == pytest.approx(430, rel=0.15)
    assert np.median(np.hypot(*_metres(points, shifts.wgs84_to_bd09(*points)))) == pytest.approx(1100, rel=0.15)


def test_the_shift_of_one_prefecture():
    points = _grid(118.0, 119.3, 28.25, 29.5, 0.01)
    east, north = _metres(points, shifts.wgs84_to_gcj02(*points))
    assert (np.median(east), np.median(north)) == (pytest.approx(490, abs=20), pytest.approx(-332, abs=20))
    assert np.std(east) < 30
    east, north = _metres(points, shifts.wgs84_to_bd09(*points))
    assert (np.median(east), np.median(north)) == (pytest.approx(1123, abs=20), pytest.approx(334, abs=20))


@pytest.mark.parametrize("name", shifts.__all__)
def test_nothing_outside_the_window_and_nan_stays(name):
    shift = getattr(shifts, name)
    lon = np.array([np.nan, 118.5, -100.0, 2.35, 118.5, np.inf])
    lat = np.array([28.9, np.nan, 40.0, 48.85, -28.9, 28.9])
    moved = shift(lon, lat)
    np.testing.assert_array_equal(moved, (lon, lat))
    assert moved[0] is not lon


@pytest.mark.parametrize("name", shifts.__all__)
def test_shapes_are_kept_and_inputs_are_not_changed(name):
    shift = getattr(shifts, name)
    lon, lat = np.full((2, 3), 118.5), np.full((2, 3), 28.9)
    moved = shift(lon, lat)
    assert [part.shape for part in moved] == [(2, 3), (2, 3)]
    assert (lon == 118.5).all()
    assert np.ndim(shift(118.5, 28.9)[0]) == 0
    assert [len(part) for part in shift([], [])] == [0, 0]


def test_the_inverse_at_the_edge_of_the_window():
    inside = np.array([[72.1, 137.8], [10.0, 30.0]])
    np.testing.assert_allclose(shifts.gcj02_to_wgs84(*shifts.wgs84_to_gcj02(*inside)), inside, rtol=0, atol=1e-9)
    outside = np.array([[71.9, 138.0], [10.0, 30.0]])
    np.testing.assert_array_equal(shifts.gcj02_to_wgs84(*outside), outside)
