import numpy as np
import pytest
import shapely

from geocensus.locating._grid import build_grid, candidates


def pairs(shapes, x, y):
    point, area = candidates(build_grid(np.array(shapes, dtype=object)), np.asarray(x, float), np.asarray(y, float))
    return sorted(zip(point.tolist(), area.tolist(), strict=True))


def brute_force(shapes, x, y):
    boxes = [shape.bounds if shape and not shape.is_empty else (np.nan,) * 4 for shape in shapes]
    return [
        (i, j)
        for i, (a, b) in enumerate(zip(x, y, strict=True))
        for j, (left, low, right, high) in enumerate(boxes)
        if left <= a <= right and low <= b <= high
    ]


@pytest.mark.parametrize("size", [1e-9, 0.01, 0.3, 5])  # from dust to giants that all overlap
def test_agrees_with_every_box_one_by_one(size):
    rng = np.random.default_rng(7)
    left, low = rng.uniform(118, 119, (2, 80))
    width, height = rng.exponential(size, (2, 80))
    shapes = [*shapely.box(left, low, left + width, low + height), None, shapely.Polygon()]
    rim = shapely.get_coordinates(shapes[:80])  # corners of boxes, exactly
    x = np.concatenate((rng.uniform(117.9, 119.1, 200), rim[:, 0], rng.permutation(rim[:, 0])))
    y = np.concatenate((rng.uniform(117.9, 119.1, 200), rim[:, 1], rim[:, 1]))
    assert pairs(shapes, x, y) == brute_force(shapes, x, y)


def test_points_far_away_or_unusable_are_in_no_box():
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)]
    x = [1e308, -1e308, np.inf, np.nan, 1, 3]
    assert pairs(shapes, x, [1, 1, 1, 1, 1, 1]) == [(4, 0), (4, 1)]


def test_no_boxes_and_flat_worlds():
    assert pairs([], [1.0], [1.0]) == []
    assert pairs([None], [1.0], [1.0]) == []
    assert pairs([shapely.box(0, 5, 1, 5), shapely.box(2, 5, 3, 5)], [0.5, 2.5, 2.5], [5, 5, 6]) == [(0, 0), (1, 1)]
