import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geocensus.locating import Locator, locate, nearest_border, signed_distance

GEOD = pyproj.Geod(ellps="GRS80")

# A lattice of halves: points fall on borders and corners all the time.
coordinate = st.integers(0, 12)
point = st.tuples(coordinate, coordinate)


@st.composite
def polygons(draw):
    corners = draw(st.lists(point, min_size=3, max_size=6, unique=True))
    shape = shapely.make_valid(shapely.Polygon(corners))
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


@st.composite
def worlds(draw):
    shapes = draw(st.lists(st.one_of(polygons(), st.none()), min_size=1, max_size=6))
    codes = draw(st.lists(st.sampled_from("ABCDEF"), min_size=len(shapes), max_size=len(shapes)))
    areas = gpd.GeoDataFrame({"code": pd.Series(codes, dtype="str")}, geometry=shapes, crs="EPSG:4490")
    halves = draw(st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=25))
    return areas, pd.DataFrame(np.array(halves) / 2, columns=["lon", "lat"])


@st.composite
def coverages(draw):
    """Crooked cells that fit together, some cut out, some twice, on a lattice where points meet edges all the time."""
    side = draw(st.integers(1, 4))
    move = st.tuples(st.integers(-1, 1), st.integers(-1, 1))
    knots = {(i, j): draw(move) for i in range(side + 1) for j in range(side + 1)}
    middles = {(i, j, way): draw(move) for i, j in knots for way in (0, 1)}

    def knot(i, j):
        return 6 * i + knots[i, j][0], 6 * j + knots[i, j][1]

    def middle(i, j, way):
        (x1, y1), (x2, y2) = knot(i, j), knot(i + (way == 0), j + (way == 1))
        return (x1 + x2) / 2 + middles[i, j, way][0], (y1 + y2) / 2 + middles[i, j, way][1]

    shapes = [
        shapely.Polygon([
            knot(i, j), middle(i, j, 0), knot(i + 1, j), middle(i + 1, j, 1),
            knot(i + 1, j + 1), middle(i, j + 1, 0), knot(i, j + 1), middle(i, j, 1),
        ])
        for i in range(side)
        for j in range(side)
    ]  # fmt: skip
    shapes = draw(st.lists(st.sampled_from(shapes), min_size=1, max_size=2 * len(shapes)))  # with gaps and doubles
    codes = draw(st.permutations([f"{i:02}" for i in range(len(shapes))]))
    scale, dx, dy = draw(st.sampled_from([(1, 0, 0), (2**-20, 118, 28), (2**-17, 2**25, 2**25), (2**-28, 100, 45)]))
    shapes = shapely.transform(shapes, lambda at: at * scale + (dx, dy))
    points = draw(st.lists(st.tuples(st.integers(-4, 52), st.integers(-4, 52)), min_size=1, max_size=25))
    points = np.array(points) / 2 * scale + (dx, dy)
    areas = gpd.GeoDataFrame({"code": pd.Series(codes, dtype="str")}, geometry=list(shapes), crs="EPSG:4490")
    return areas, pd.DataFrame(points, columns=["lon", "lat"])


def oracle(sources, areas):
    """One question to GEOS per point and area, nothing prepared or indexed."""
    for x, y in sources.itertuples(index=False):
        at = shapely.Point(x, y)
        covering = [(code, shape) for code, shape in zip(areas["code"], areas.geometry, strict=True) if shape]
        covering = [(code, shape) for code, shape in covering if shape.covers(at)]
        yield min((code for code, _ in covering), default=None), any(shape.boundary.covers(at) for _, shape in covering)


def answers(found):
    return [(code if isinstance(code, str) else None, border) for code, border in found.itertuples(index=False)]


@settings(deadline=None, max_examples=100)
@given(worlds())
def test_locating_agrees_with_geos_one_by_one(world):
    areas, sources = world
    assert answers(locate(sources, areas)) == list(oracle(sources, areas))


@settings(deadline=None, max_examples=100)
@given(st.one_of(coverages(), worlds()))
def test_the_index_agrees_with_geos_one_by_one(world):
    areas, sources = world
    usable = areas[areas.geometry.is_valid | areas.geometry.isna()]  # what crosses itself has its own test
    assert answers(Locator(usable).locate(sources)) == list(oracle(sources, usable))


@settings(deadline=None, max_examples=50)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(world, random):
    areas, sources = world
    rows, order = list(range(len(sources))), list(range(len(areas)))
    random.shuffle(rows)
    random.shuffle(order)
    shuffled = locate(sources.iloc[rows], areas.iloc[order]).loc[sources.index]
    assert answers(shuffled) == answers(locate(sources, areas))


@settings(deadline=None, max_examples=50)
@given(worlds(), st.integers(-100, 100), st.integers(-60, 60))
def test_moving_everything_moves_nothing(world, dx, dy):
    areas, sources = world
    # on a grid of powers of two, sums are exact: anywhere else moving rounds the corners, and a border leaves its points
    areas = areas.set_geometry(areas.geometry.set_precision(2**-10))
    moved = areas.set_geometry(areas.geometry.translate(dx, dy))
    assert answers(locate(sources.add([dx, dy]), moved)) == answers(locate(sources, areas))


@settings(deadline=None, max_examples=50)
@given(worlds())
def test_row_points_to_the_code(world):
    areas, sources = world
    locator = Locator(areas)
    row, on_border = locator.locate_xy(sources["lon"], sources["lat"])
    codes = [areas["code"].iloc[i] if i >= 0 else None for i in row]
    assert list(zip(codes, on_border, strict=True)) == answers(locator.locate(sources))
    assert not on_border[row < 0].any()


@st.composite
def stars(draw):
    """A polygon of some 100 m to 300 km around a place anywhere but the poles, and points in and around it."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    lon, lat = draw(st.floats(-170, 170)), draw(st.floats(-65, 65))
    size = 10 ** draw(st.floats(-3, 0.5))  # degrees
    angles = np.sort(random.uniform(0, 2 * np.pi, draw(st.integers(3, 40))))
    reach = random.uniform(0.3, 1, len(angles)) * size
    shape = shapely.Polygon(np.column_stack((lon + reach * np.cos(angles), lat + reach * np.sin(angles))))
    assume(shape.is_valid)
    away = random.normal(0, draw(st.sampled_from([0.5, 1, 3])) * size, (4, 2))
    return shape, lon + away[:, 0], lat + away[:, 1]


def geodesic(x, y, there):
    return GEOD.inv(np.full(len(there), x), np.full(len(there), y), *there.T)[2]


def brute_force(shape, x, y):
    """Geodesic distance to the nearest corner or sample; what can hold a nearer point is sampled finer."""
    ring = shape.exterior
    corner = geodesic(x, y, shapely.get_coordinates(ring)).min()
    step = ring.length / 2000
    walk = np.arange(2000) * step
    while True:
        far = geodesic(x, y, shapely.get_coordinates(shapely.line_interpolate_point(ring, walk % ring.length)))
        if step * 112_000 < max(0.02, 1e-3 * far.min()):  # then a sample is too far by less than a millionth
            return min(corner, far.min())
        walk = walk[far <= far.min() + step * 112_000]
        step /= 10
        walk = (walk[:, None] + np.arange(-10, 11) * step).ravel()


@pytest.mark.parametrize("away", [0.01, 0.3, 20])
def test_long_edges_and_far_points(away):
    shapes = [shapely.box(100, 30, 110, 50), shapely.Polygon([(100, 30), (110, 40), (100, 50)])]
    areas = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=shapes, crs="EPSG:4490")
    x, y = np.array([105.0, 110 + away, 100 - away]), np.array([50 + away, 42, 29])
    for code, shape in zip(areas["code"], shapes, strict=True):
        exact = [brute_force(shape, *at) for at in zip(x, y, strict=True)]
        assert signed_distance(x, y, [code] * 3, areas) == pytest.approx(exact, abs=0.1, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(stars())
def test_distance_agrees_with_brute_force(star):
    shape, x, y = star
    areas = gpd.GeoDataFrame({"code": ["A"]}, geometry=[shape], crs="EPSG:4490")
    found = nearest_border(x, y, ["A"] * len(x), areas)
    exact = np.array([brute_force(shape, a, b) for a, b in zip(x, y, strict=True)])
    assert (np.abs(np.abs(found.distance_m) - exact) <= np.maximum(0.02, 1e-6 * exact)).all()
    assert ((found.distance_m < 0) == shapely.contains_xy(shape, x, y)).all()
    assert (np.abs(GEOD.inv(x, y, found.lon, found.lat)[2] - np.abs(found.distance_m)) < 1e-6).all()


@settings(deadline=None, max_examples=40)
@given(worlds(), st.randoms(use_true_random=False))
def test_distance_does_not_depend_on_order(world, random):
    areas, sources = world
    areas = areas.drop_duplicates("code").reset_index(drop=True)
    claimed = [random.choice(list(areas["code"])) for _ in range(len(sources))]
    table = sources.assign(claimed=claimed)
    expected = signed_distance(table["lon"], table["lat"], table["claimed"], areas)
    turned = table.iloc[::-1]
    again = signed_distance(turned["lon"], turned["lat"], turned["claimed"], areas.iloc[::-1])
    assert np.array_equal(expected, again[::-1], equal_nan=True)


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_sign_agrees_with_locating(world):
    areas, sources = world
    areas = areas.drop_duplicates("code").iloc[:1]
    claimed = np.zeros(len(sources), dtype=np.int64)
    found = signed_distance(sources["lon"], sources["lat"], claimed, areas)
    code, border = locate(sources, areas)[["code", "on_border"]].to_numpy().T
    known = np.isfinite(found)
    assert ((found <= 0) == pd.notna(code))[known].all()
    assert ((found == 0) == border.astype(bool))[known].all()
