"""The index answers as GEOS does, and where those two might differ, as rational numbers do."""

from fractions import Fraction
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.locating import Locator
from geocensus.locating._asked_areas import AskedAreas
from geocensus.locating._building import build_index
from geocensus.locating._indexed_areas import IndexedAreas

NAN = float("nan")


def covering(shapes, x, y):
    """Return the position of the first shape that covers the point (-1 for none), and whether it is on any border."""
    if not (np.isfinite(x) and np.isfinite(y)):
        return -1, False
    places = [_place(shape, Fraction(float(x)), Fraction(float(y))) for shape in shapes]
    return next((i for i, place in enumerate(places) if place != "out"), -1), "border" in places


def _place(shape, x, y):
    inside = False
    for polygon in shapely.get_parts(shape) if shape is not None else []:
        for ring in shapely.get_rings(polygon):
            corners = [(Fraction(a), Fraction(b)) for a, b in shapely.get_coordinates(ring).tolist()]
            for (x1, y1), (x2, y2) in pairwise(corners):
                turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
                if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                    return "border"
                if (y1 <= y < y2 and turn > 0) or (y2 <= y < y1 and turn < 0):
                    inside = not inside
    return "in" if inside else "out"


def both(shapes, x, y):
    """Return the answers of the index and of GEOS."""
    geometries = np.array([*shapes, None], dtype=object)[:-1]
    asked = AskedAreas(geometries)
    built = build_index(geometries)
    points = np.asarray(x, float), np.asarray(y, float)
    return built, IndexedAreas(built, geometries, asked).locate(*points), AskedAreas(geometries).locate(*points)


def assert_same(shapes, x, y, rational=0):
    built, (first, border), (first_geos, border_geos) = both(shapes, x, y)
    differ = np.flatnonzero((first != first_geos) | (border != border_geos))
    for i in np.unique(np.append(differ, np.linspace(0, len(x) - 1, rational).astype(int))):
        assert (first[i], border[i]) == covering(shapes, x[i], y[i]), (x[i], y[i])
    assert len(differ) == 0
    return built, first, border


def crooked(side, detail, seed, scale=1.0, at=(0.0, 0.0)):
    """Return a coverage of crooked quadrilaterals: neighbours share each vertex, without rounding between them."""
    rng = np.random.default_rng(seed)
    lines, columns = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="ij")
    knots = np.stack((columns, lines), -1) + rng.uniform(-0.2, 0.2, (side + 1, side + 1, 2))

    def bend(a, b):
        share = np.linspace(0, 1, detail + 1)[:, None]
        path = a + share * (b - a)
        path[1:-1] += rng.uniform(-0.3, 0.3, (detail - 1, 2)) / detail
        return path

    across = [[bend(knots[j, i], knots[j, i + 1]) for i in range(side)] for j in range(side + 1)]
    up = [[bend(knots[j, i], knots[j + 1, i]) for i in range(side + 1)] for j in range(side)]
    rings = [
        np.concatenate((across[j][i], up[j][i + 1][1:], across[j + 1][i][::-1][1:], up[j][i][::-1][1:]))
        for j in range(side)
        for i in range(side)
    ]
    return [shapely.Polygon(ring * scale + at) for ring in rings]


def probes(shapes, count, seed):
    """Return points everywhere, in a cluster, on vertices, at the middles of edges and on lines between vertices."""
    rng = np.random.default_rng(seed)
    corners = shapely.get_coordinates(shapes)
    low, high = corners.min(axis=0), corners.max(axis=0)
    pick, other = rng.integers(0, len(corners) - 1, (2, count))
    share = rng.choice([0.25, 0.5, 0.75, rng.random()], (count, 1))
    points = np.concatenate(
        (
            rng.uniform(low - 0.1 * (high - low), high + 0.1 * (high - low), (count, 2)),
            corners[pick] + rng.normal(0, 1e-9, (count, 2)) * (high - low),
            corners[pick],
            (corners[pick] + corners[pick + 1]) / 2,
            corners[pick] + share * (corners[pick + 1] - corners[pick]),
            corners[pick] + 2 * (corners[pick + 1] - corners[pick]),
            np.column_stack((corners[pick, 0], corners[other, 1])),
            np.nextafter(corners[pick], rng.choice([-np.inf, np.inf], (count, 2))),
        )
    )
    return points.T


@pytest.mark.parametrize(
    ("scale", "at"),
    [
        (1.0, (118.0, 28.0)),
        (0.001, (118.123456, 28.654321)),
        (0.001, (4e7, 4e7)),  # millimetres at an offset of 40,000 km
        (3e-8, (4e7, 3e7)),  # a vertex every few units in the last place
        (30.0, (-180.0, -90.0)),  # from pole to pole and over the date line
        (1e-9, (0.0, 0.0)),
    ],
)
def test_coverages_of_all_sizes(scale, at):
    shapes = [shape for shape in crooked(6, 6, 1, scale, at) if not shape.is_empty]
    x, y = probes(shapes, 400, 2)
    assert_same(shapes, x, y, rational=40)


def test_every_level_of_cells_is_met():
    # a dense district in a wide empty country: one cell holds nearly all edges
    dense = crooked(12, 8, 3, 1e-4, (118.0, 28.0))
    shapes = [*dense, shapely.box(100, 20, 110, 40)]
    built, first, _ = assert_same(shapes, *probes(shapes, 800, 4))
    assert set(first) >= {-1, len(dense)}
    assert (built.arrays.cells < 0).sum() < built.arrays.cells.size
    assert max(np.bincount(~built.arrays.cells[built.arrays.cells < 0] & 15)[5:]) > 0  # log2 of subcells in a row


def test_lattices_where_every_point_is_on_a_border():
    shapes = [shapely.box(i, j, i + 1, j + 1) for i in range(7) for j in range(7)]
    x, y = np.meshgrid(np.arange(-1, 9, 0.5), np.arange(-1, 9, 0.5))
    assert_same(shapes, x.ravel(), y.ravel(), rational=400)
    triangles = [
        shapely.Polygon(corners)
        for i in range(5)
        for j in range(5)
        for corners in ([(i, j), (i + 1, j), (i, j + 1)], [(i + 1, j), (i + 1, j + 1), (i, j + 1)])
    ]
    x, y = np.meshgrid(np.arange(0, 5.1, 0.125), np.arange(0, 5.1, 0.125))
    assert_same(triangles, x.ravel(), y.ravel(), rational=200)


def test_holes_enclaves_slivers_and_overlaps():
    ring = shapely.box(0, 0, 4, 4) - shapely.box(1, 1, 3, 3)
    shapes = [
        ring,
        shapely.box(1, 1, 3, 3) - shapely.box(1.5, 1.5, 2, 2),  # an enclave with an empty hole
        shapely.MultiPolygon([shapely.box(4, 0, 5, 1), shapely.box(4, 3, 5, 4), shapely.box(6, 0, 7, 4)]),
        shapely.Polygon([(4, 1), (5, 1), (5, 1 + 1e-12), (4, 1 + 1e-13)]),  # a sliver
        shapely.box(6.5, 1, 8, 2),  # overlaps a part
        shapely.box(6.5, 1, 8, 2),  # twice the same
        shapely.box(6.75, 1.25, 7, 1.5),  # inside both
        shapely.Polygon([(0, 5), (4, 5), (2, 7), (2, 5.5), (1.5, 6)]),
    ]
    x, y = probes(shapes, 500, 5)
    lattice = np.meshgrid(np.arange(-0.25, 8.5, 0.25), np.arange(-0.25, 7.5, 0.25))
    for order in (shapes, shapes[::-1]):
        assert_same(order, np.append(x, lattice[0]), np.append(y, lattice[1]), rational=200)


def test_what_crosses_itself_is_asked_itself():
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    shapes = [
        shapely.box(-1, 0.5, 3, 1),
        bow,
        shapely.make_valid(shapely.Polygon([(4, 0), (7, 3), (7, 0), (4, 3)])),
        shapely.Polygon([(0, 3), (3, 3), (3, 3), (0, 3)]),  # no width at all
        shapely.MultiPolygon([shapely.box(8, 0, 10, 2), shapely.box(9, 1, 11, 3)]),  # parts that overlap
    ]
    lattice = np.meshgrid(np.arange(-1.25, 11.5, 0.25), np.arange(-0.5, 4, 0.25))
    built, *_ = assert_same(shapes, lattice[0].ravel(), lattice[1].ravel(), rational=300)
    assert built.left_out.tolist() == [1, 3, 4]


def test_points_that_are_none():
    shapes = [shapely.box(-180, -90, 180, 90)]
    x = [NAN, 0, np.inf, -np.inf, 0, 1e308, -1e308, 0, 180, -180, 0, -0.0]
    y = [0, NAN, 0, 0, np.inf, 0, 1e308, 91, 90, 0, -90, 0.0]
    _, first, border = assert_same(shapes, np.array(x), np.array(y))
    assert first.tolist() == [-1] * 8 + [0] * 4
    assert border.tolist() == [False] * 8 + [True] * 3 + [False]


def test_seam_of_the_date_line():
    shapes = [shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1)]
    _, first, _ = assert_same(shapes, np.array([180, -180, 179.5, -179.5]), np.zeros(4))
    assert first.tolist() == [0, 1, 0, 1]


def test_one_band_per_processor_changes_nothing(monkeypatch):
    import geocensus.locating._building as module

    shapes = crooked(9, 9, 6)
    one = build_index(np.array(shapes))
    monkeypatch.setattr(module, "_BAND", 500)
    monkeypatch.setattr(module, "processors", lambda: 5)
    five = build_index(np.array(shapes))
    assert all(np.array_equal(a, b) for a, b in zip(one.arrays, five.arrays, strict=True))


def test_threads_change_nothing(monkeypatch):
    import geocensus.locating._indexed_areas as module

    shapes = crooked(5, 5, 7)
    x, y = probes(shapes, 300, 8)
    expected = assert_same(shapes, x, y)[1]
    monkeypatch.setattr(module, "_CHUNK", 50)
    monkeypatch.setattr(module, "processors", lambda: 7)
    assert np.array_equal(assert_same(shapes, x, y)[1], expected)


def test_order_of_points_and_strides_change_nothing():
    shapes = crooked(5, 5, 9)
    at = np.ascontiguousarray(np.array(probes(shapes, 200, 10)).T)
    areas = gpd.GeoDataFrame({"code": pd.Series(range(25)).astype("str")}, geometry=shapes, crs="EPSG:4490")
    locator = Locator(areas)
    row, border = locator.locate_xy(at[:, 0], at[:, 1])  # every second number
    turned = locator.locate_xy(at[::-1, 0].copy(), at[::-1, 1].copy())
    assert np.array_equal(turned[0][::-1], row)
    assert np.array_equal(turned[1][::-1], border)


def test_sizes_beyond_exact_arithmetic_are_left_to_geos():
    assert build_index(np.array([shapely.box(0, 0, 1e-130, 1)])) is None
    assert build_index(np.array([shapely.box(0, 0, 1e110, 1)])) is None
    assert build_index(np.array([None, shapely.Polygon()])) is None
    tiny = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 1e-130, 1)], crs="EPSG:4490")
    assert Locator(tiny).locate_xy([0.0, 1.0], [0.5, 0.5])[0].tolist() == [0, -1]


def test_an_index_is_built_whatever_the_number_of_vertices():
    circle = shapely.Point(118, 28).buffer(1, quad_segs=20_000)
    shapes = [circle, shapely.box(116, 26, 120, 30) - circle]
    built, *_ = assert_same(shapes, *probes(shapes, 3000, 11))
    assert sum(array.nbytes for array in built.arrays) / shapely.get_num_coordinates(shapes).sum() <= 60
