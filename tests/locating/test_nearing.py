"""The compiled search finds the same border points as the one level by level, to the last bit."""

import numpy as np
import pytest
import shapely

from geocensus.locating import _choosing, signed_distance
from geocensus.locating._border import nearest_pieces, search_by_level
from geocensus.locating._border_building import build_borders
from geocensus.locating._nearing import search_by_point


def star(rng, x, y, size, corners):
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    radius = size * rng.uniform(0.3, 1, corners)
    return shapely.Polygon(np.column_stack((x + radius * np.cos(angle), y + radius * np.sin(angle))))


def both(shapes, x, y, area, limit):
    geometries = np.array([*shapes, None], dtype=object)
    borders = build_borders(geometries)
    questions = np.asarray(x, float), np.asarray(y, float), np.asarray(area), np.asarray(limit, float)
    return [nearest_pieces(borders, *questions, search) for search in (search_by_level, search_by_point)]


@pytest.mark.parametrize(("latitude", "spread"), [(28, 0.5), (0, 30), (80, 5), (-45, 1e-5)])
def test_the_same_to_the_last_bit(latitude, spread):
    rng = np.random.default_rng(1)
    shapes = [star(rng, 118 + i * spread, latitude, spread, corners) for i, corners in enumerate([3, 9, 70, 600])]
    shapes.append(shapes[3] - star(rng, 118 + 3 * spread, latitude, spread / 5, 20))
    shapes.append(shapely.MultiPolygon([shapes[0], star(rng, 118 + 9 * spread, latitude, spread, 12)]))
    x, y = rng.normal(118 + 2 * spread, 3 * spread, 3000), rng.normal(latitude, 2 * spread, 3000)
    area = rng.integers(-1, len(shapes) + 1, 3000)
    limit = rng.choice([np.inf, 0, 10, 1e4, 1e6], 3000)
    one, two = both(shapes, x, y, area, limit)
    assert np.array_equal(one.lon, two.lon, equal_nan=True)
    assert np.array_equal(one.lat, two.lat, equal_nan=True)
    assert 0 < np.isnan(one.lon).sum() < 3000


def test_equally_near_pieces():
    lattice = np.meshgrid(np.arange(-1, 4, 0.5), np.arange(-1, 4, 0.5))
    shapes = [shapely.box(0, 0, 2, 2), shapely.Point(1, 1).buffer(1, quad_segs=200)]
    for area in (0, 1):
        one, two = both(shapes, *map(np.ravel, lattice), np.full(100, area), np.full(100, np.inf))
        assert np.array_equal(one, two)


def test_the_compiled_search_is_taken_when_it_pays(monkeypatch, draw):
    monkeypatch.setattr(_choosing, "_ready", set())
    areas = draw("AB\nAB")
    rng = np.random.default_rng(2)
    x, y, claimed = rng.uniform(-1, 3, 500), rng.uniform(-1, 3, 500), rng.choice(["A", "B"], 500)
    before = signed_distance(x, y, claimed, areas)
    assert not _choosing._ready
    monkeypatch.setattr(_choosing, "_kernel_seconds", lambda kernel: 0.0)
    assert np.array_equal(signed_distance(x, y, claimed, areas), before)
    assert _choosing._ready == {"distances"}
