"""Laws of the map shifts, over China."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus import shifts

MILLIMETRE = 1e-3 / 111_320
LON, LAT = st.floats(73.5, 135.0), st.floats(3.9, 53.5)
POINTS = st.lists(st.tuples(LON, LAT), min_size=1, max_size=20).map(lambda points: np.array(points).T)
PAIRS = (
    (shifts.wgs84_to_gcj02, shifts.gcj02_to_wgs84, 2_000),
    (shifts.gcj02_to_bd09, shifts.bd09_to_gcj02, 2_000),
    (shifts.wgs84_to_bd09, shifts.bd09_to_wgs84, 3_000),
)


@settings(deadline=None)
@given(POINTS, st.sampled_from(PAIRS))
def test_inverses_are_exact_to_a_millimetre_both_ways(points, pair):
    forward, back, _ = pair
    assert np.abs(np.array(back(*forward(*points))) - points).max() < MILLIMETRE
    assert np.abs(np.array(forward(*back(*points))) - points).max() < MILLIMETRE


@settings(deadline=None)
@given(POINTS, st.sampled_from(PAIRS))
def test_shifts_are_small_and_never_nothing(points, pair):
    forward, _, most = pair
    east, north = np.array(forward(*points)) - points
    metres = np.hypot(east * np.cos(np.radians(points[1])), north) * 111_320
    assert ((metres > 1) & (metres < most)).all()


@settings(deadline=None)
@given(POINTS)
def test_points_are_shifted_alone_as_in_any_list(points):
    whole = np.array(shifts.wgs84_to_bd09(*points))
    alone = np.array([shifts.wgs84_to_bd09(lon, lat) for lon, lat in points.T]).T
    np.testing.assert_array_equal(whole, alone)
