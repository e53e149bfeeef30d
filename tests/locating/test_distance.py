import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

import geocensus.locating._border as border
from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.locating import nearest_border, signed_distance

GEOD = pyproj.Geod(ellps="GRS80")
NAN = float("nan")


def areas_of(*shapes):
    codes = list("ABCDEFGH"[: len(shapes)])
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs="EPSG:4490")


def metres(x0, y0, x1, y1):
    return GEOD.inv(x0, y0, x1, y1)[2]


def test_sign_and_size():
    areas = areas_of(shapely.box(118, 28, 119, 29))
    found = signed_distance([119.2, 118.9, 119, 118, 118.5], [28.5, 28.5, 28.5, 28, 28.95], ["A"] * 5, areas)
    exact = [
        metres(119.2, 28.5, 119, 28.5),
        -metres(118.9, 28.5, 119, 28.5),
        0,
        0,
        -metres(118.5, 28.95, 118.5, 29),
    ]
    assert found == pytest.approx(exact, abs=0.5)
    assert found[2] == found[3] == 0


def test_each_point_is_measured_to_its_own_claim(draw):
    areas = draw("AB\nAB").iloc[::-1]
    found = nearest_border([0.2, 0.2, 0.2], [1, 1, 1], ["A", "B", "A"], areas)
    assert np.sign(found.distance_m).tolist() == [-1, 1, -1]
    assert found.lon.round(6).tolist() == [0, 1, 0]
    assert found.lat == pytest.approx([1, 1, 1], abs=1e-4)
    rows = signed_distance([0.2, 0.2, 0.2], [1, 1, 1], np.array([1, 0, -1]), areas)
    assert rows[:2].tolist() == found.distance_m[:2].tolist()
    assert np.isnan(rows[2])


def test_nearest_in_metres_is_not_nearest_in_degrees():
    # at 60°N a degree of longitude is half as long: the eastern wall is nearer though it is further in degrees
    areas = areas_of(shapely.box(9, 58.5, 10.15, 60.1))
    found = nearest_border([10.0], [60.0], ["A"], areas)
    assert (found.lon[0], round(found.lat[0], 2)) == (10.15, 60.0)
    assert found.distance_m[0] == pytest.approx(-metres(10, 60, 10.15, 60), abs=0.5)
    assert metres(10, 60, 10.15, 60) < metres(10, 60, 10, 60.1)


def test_hole_is_outside_and_its_rim_is_border(draw):
    areas = draw("AAA\nA.A\nAAA")
    found = nearest_border([1.5, 0.9, 1.0], [1.4, 1.5, 1.5], ["A"] * 3, areas)
    assert np.sign(found.distance_m).tolist() == [1, -1, 0]
    assert found.lat[0] == pytest.approx(1, abs=1e-6)
    assert found.lon[1] == pytest.approx(1, abs=1e-6)


def test_nearest_part_counts(draw):
    areas = draw("A....A")
    found = nearest_border([4.5, 1.5], [0.5, 0.5], ["A", "A"], areas)
    assert found.lon == pytest.approx([5, 1], abs=1e-9)


def test_what_is_missing_gives_nan():
    areas = areas_of(shapely.box(0, 0, 1, 1), None, shapely.Polygon())
    claimed = pd.Series(["A", "A", "A", None, "B", "C", "Z", "A", "A"], index=list("ponmlkjih"))
    found = signed_distance([2, NAN, 2, 2, 2, 2, 2, np.inf, 2], [2, 2, NAN, 2, 2, 2, 2, 2, 95], claimed, areas)
    assert np.isfinite(found).tolist() == [True] + [False] * 8
    assert np.isnan(signed_distance([1], [1], [NAN], areas)).all()
    assert np.isnan(signed_distance([1], [1], [None], areas)).all()
    assert np.isnan(signed_distance([1], [1], pd.array([pd.NA], dtype="Int64"), areas)).all()
    assert np.isnan(signed_distance([1], [1], ["B"], areas.iloc[1:])).all()
    assert np.isnan(signed_distance([1], [1], ["B"], areas.iloc[:0])).all()
    assert signed_distance([], [], [], areas).shape == (0,)


def test_within_m_leaves_out_only_what_is_deeper_inside():
    areas = areas_of(shapely.box(118, 28, 119, 29))
    rng = np.random.default_rng(3)
    x, y, claimed = rng.uniform(117.9, 119.1, 500), rng.uniform(27.9, 29.1, 500), ["A"] * 500
    exact = signed_distance(x, y, claimed, areas)
    limit = rng.uniform(0, 20_000, 500)
    for within in (3_000.0, limit):
        cut = signed_distance(x, y, claimed, areas, within_m=within)
        assert np.array_equal(cut, np.where(exact < -np.asarray(within), NAN, exact), equal_nan=True)
    assert 0 < np.isnan(cut).sum() < 500


def test_across_the_date_line():
    areas = areas_of(shapely.box(179, 10, 180, 11), shapely.box(-180, 10, -179, 11))
    assert signed_distance([-179.9, 179.9], [10.5, 10.5], ["A", "B"], areas) == pytest.approx(
        [metres(-179.9, 10.5, 180, 10.5)] * 2, abs=0.5
    )


def test_small_batches_of_pairs_change_nothing(monkeypatch):
    circle = shapely.Point(100, 0).buffer(1, quad_segs=500)  # all of it is equally near to its centre
    areas = areas_of(circle, shapely.box(101, 0, 102, 1))
    rng = np.random.default_rng(4)
    x, y = np.append(rng.uniform(98, 103, 60), 100.0), np.append(rng.uniform(-2, 2, 60), 0.0)
    claimed = np.append(rng.choice(["A", "B"], 60), "A")
    expected = signed_distance(x, y, claimed, areas)
    monkeypatch.setattr(border, "_PAIRS", 16)
    monkeypatch.setattr(border, "_POINTS", 7)
    assert np.array_equal(signed_distance(x, y, claimed, areas), expected)
    order = rng.permutation(61)
    assert np.array_equal(signed_distance(x[order], y[order], claimed[order], areas), expected[order])
    assert np.isfinite(expected).all()


def test_a_point_on_the_border_is_its_own_nearest_point():
    areas = areas_of(shapely.box(118.1, 28.1, 118.7, 28.3))
    found = nearest_border([118.1, 118.35], [28.2, 28.3], ["A", "A"], areas)
    assert found.distance_m.tolist() == [0, 0]
    assert found.lon == pytest.approx([118.1, 118.35], abs=1e-6)
    assert found.lat == pytest.approx([28.2, 28.3], abs=1e-6)


def test_broken_questions_are_refused(draw):
    areas = draw("AB")
    with pytest.raises(SchemaError, match=r"lon has shape \(2,\), lat \(1,\), claimed \(1,\)"):
        signed_distance([1, 2], [1], ["A"], areas)
    with pytest.raises(SchemaError, match="rows 0 to 1"):
        signed_distance([1], [1], [2], areas)
    with pytest.raises(SchemaError, match="codes A stand twice"):
        signed_distance([1], [1], ["A"], areas.assign(code="A"))
    with pytest.raises(CRSMismatchError, match="no reference system"):
        signed_distance([1], [1], ["A"], areas.set_crs(None, allow_override=True))
    twice = signed_distance([0.5, 0.5], [0.5, 0.5], [0, 1], areas.assign(code="A"))  # row numbers are never ambiguous
    assert np.sign(twice).tolist() == [-1, 1]


def test_only_areas_that_are_asked_about_are_prepared(draw):
    areas = draw("AB")
    far, near = signed_distance([9.0, 0.5], [0.5, 0.5], ["B", "A"], areas)  # far away: its box tells that it is outside
    assert far > 0 > near
    assert shapely.is_prepared(areas.set_index("code").geometry[["A", "B"]].values).tolist() == [True, False]
