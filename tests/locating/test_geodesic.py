"""Metres along the ellipsoid are those of pyproj's geodesics within a micrometre."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocensus.locating._geodesic import metres_along, to_space

GEOD = pyproj.Geod(ellps="GRS80")
LATITUDES = st.one_of(st.floats(-90, 90), st.floats(-9, 0).map(lambda power: 90 - 10**power), st.just(0.0))


def error(x, y, way, reach):
    """Return by how many metres the distance to points in some direction is off."""
    there = GEOD.fwd(x, y, way, reach)[:2]
    exact = GEOD.inv(x, y, *there)[2]
    return np.abs(metres_along(to_space(np.asarray(x), np.asarray(y)), to_space(*map(np.asarray, there))) - exact)


@pytest.mark.parametrize(
    ("reach", "most"),
    [(0, 1e-8), (1e-6, 1e-8), (1.0, 1e-8), (1e3, 1e-8), (5e4, 1e-8), (99_990.0, 2e-7), (1.1e5, 2e-8), (1e7, 2e-8)],
)
def test_everywhere_in_every_direction(reach, most):
    rng = np.random.default_rng(3)
    n = 20_000
    near_poles = np.sign(rng.normal(size=n)) * (90 - 10 ** rng.uniform(-9, 1, n))
    for y in (rng.uniform(-90, 90, n), near_poles, rng.normal(0, 1, n)):
        assert error(rng.uniform(-180, 180, n), y, rng.uniform(-180, 180, n), np.full(n, reach)).max() <= most


@given(st.floats(-180, 180), LATITUDES, st.floats(-180, 180), st.floats(0, 2e5))
def test_any_way(x, y, way, reach):
    assert error([x], [y], [way], [reach])[0] <= 1e-6
