import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geocensus.locating._asked_areas as module
from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.locating import Locator, locate

NAN = float("nan")

FOUR = """
AAB
AAB
CCD
"""

RING = """
AAAA.
ABBA.
ABBA.
AAAA.
"""


def answers(sources, areas):
    found = locate(sources, areas)
    return [(code if isinstance(code, str) else None, border) for code, border in found.itertuples(index=False)]


def test_inside_outside_and_unlocated(draw, points):
    sources = points((0.5, 2.5), (2.5, 0.5), (9, 9), (NAN, 1), (1, NAN), (np.inf, 1), (500, 500))
    assert answers(sources, draw(FOUR)) == [("A", False), ("D", False)] + [(None, False)] * 5


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ((2, 2), "A"),  # between A and B
        ((1, 1), "A"),  # between A and C
        ((2.5, 1), "B"),  # between B and D
        ((2, 1), "A"),  # the corner where all four meet
        ((2, 0.5), "C"),  # between C and D
        ((3, 0.5), "D"),  # on the outer border
        ((0, 0), "C"),  # an outer corner
    ],
)
def test_border_belongs_to_the_lowest_code(draw, points, point, code):
    areas = draw(FOUR)
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]):
        assert answers(points(point), areas.iloc[order]) == [(code, True)]


def test_enclave_in_a_hole(draw, points):
    sources = points((2, 2), (0.5, 2), (1, 2), (1, 1), (4.5, 2))
    assert answers(sources, draw(RING)) == [("B", False), ("A", False), ("A", True), ("A", True), (None, False)]


def test_empty_hole_is_no_area_but_its_rim_is(draw, points):
    areas = draw(RING.replace("B", "."))
    assert answers(points((2, 2), (1, 2), (1.5, 1)), areas) == [(None, False), ("A", True), ("A", True)]


def test_parts_of_one_area(draw, points):
    areas = draw("""
        AB.A
        AB.A
    """)
    assert areas.geometry.iloc[0].geom_type == "MultiPolygon"
    sources = points((0.5, 1), (1.5, 1), (3.5, 1), (2.5, 1), (3, 1))
    assert answers(sources, areas) == [("A", False), ("B", False), ("A", False), (None, False), ("A", True)]


def test_overlap_goes_to_the_lowest_and_any_border_counts(draw, points):
    areas = draw("BBB.\nBBB.\nBBB.", ".AAA\n.AAA\n.AAA")
    sources = points((2, 1.5), (1, 1.5), (3, 1.5), (0.5, 1.5), (3.5, 1.5))
    # inside both; in B on the border of A; in A on the border of B; in one alone
    assert answers(sources, areas) == [("A", False), ("A", True), ("A", True), ("B", False), ("A", False)]


def test_areas_without_shape(points):
    shapes = [None, shapely.Polygon(), shapely.MultiPolygon(), shapely.box(0, 0, 1, 1)]
    areas = gpd.GeoDataFrame({"code": list("ABCD")}, geometry=shapes, crs="EPSG:4490")
    assert answers(points((0.5, 0.5), (0, 0), (2, 2)), areas) == [("D", False), ("D", True), (None, False)]
    assert answers(points((0.5, 0.5)), areas.iloc[:3]) == [(None, False)]
    assert answers(points((0.5, 0.5)), areas.iloc[:0]) == [(None, False)]


def test_no_sources(draw, points):
    found = locate(points(), draw(FOUR))
    assert found.columns.tolist() == ["code", "on_border"]
    assert len(found) == 0


def test_result_has_the_index_of_the_sources(draw, points):
    sources = points((0.5, 0.5), (NAN, NAN)).set_axis(["x", "x"])
    found = locate(sources, draw(FOUR))
    assert found.index.tolist() == ["x", "x"]
    assert found["code"].dtype == "str"
    assert found["on_border"].dtype == bool


def test_row_is_the_position_in_the_table_given(draw):
    areas = draw(FOUR).iloc[[3, 1, 2, 0]].set_axis([7, 7, 7, 7])
    row, on_border = Locator(areas).locate_xy(np.array([0.5, 2, 9]), np.array([2.5, 2, 9]))
    assert row.tolist() == [3, 3, -1]
    assert on_border.tolist() == [False, True, False]
    assert row.dtype == np.int64


def test_one_code_in_several_rows(draw, points):
    areas = draw("A.\nA.", ".A\n.A")
    assert answers(points((0.5, 1), (1.5, 1), (1, 1)), areas) == [("A", False), ("A", False), ("A", True)]
    assert Locator(areas).locate_xy([0.5, 1.5, 1.0], [1, 1, 1])[0].tolist() == [0, 1, 0]


def test_whole_numbers_as_codes_are_ordered_as_texts(draw, points):
    areas = draw("AB\nAB").assign(code=[9, 10])
    assert answers(points((1, 1), (0.5, 1)), areas) == [("10", True), ("9", False)]


def test_chunks_change_nothing(draw, monkeypatch):
    rng = np.random.default_rng(1)
    x, y = rng.integers(-1, 9, (2, 200)) / 2
    row, on_border = Locator(draw(FOUR)).locate_xy(x, y)
    monkeypatch.setattr(module, "_CHUNK", 7)
    again = Locator(draw(FOUR)).locate_xy(x, y)
    assert np.array_equal(row, again[0])
    assert np.array_equal(on_border, again[1])
    assert set(row) == {-1, 0, 1, 2, 3}


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4326", "OGC:CRS84"])
def test_points_layer(draw, crs):
    shapes = [shapely.Point(0.5, 2.5), None, shapely.Point(), shapely.Point(2, 1, 30)]
    sources = gpd.GeoDataFrame({"lon": [9, 9, 9, 9]}, geometry=shapes, crs=crs)
    assert answers(sources, draw(FOUR)) == [("A", False), (None, False), (None, False), ("A", True)]


@pytest.mark.parametrize("crs", [None, "EPSG:4549", "EPSG:4214", "EPSG:4610", "EPSG:3857"])
def test_other_reference_systems_are_refused(draw, points, crs):
    sources = gpd.GeoDataFrame(geometry=[shapely.Point(0.5, 0.5)], crs=crs)
    with pytest.raises(CRSMismatchError, match=r"sources: .*EPSG:4490"):
        locate(sources, draw(FOUR))
    with pytest.raises(CRSMismatchError, match=r"areas: .*EPSG:4490"):
        locate(points((1, 1)), draw(FOUR, crs=crs))


def test_broken_sources_are_refused(draw, points):
    areas = draw(FOUR)
    with pytest.raises(SchemaError, match=r"no column lat;.*columns are lon, x"):
        locate(pd.DataFrame({"lon": [1.0], "x": [1.0]}), areas)
    with pytest.raises(SchemaError, match=r"lon is not numeric \('118°E'\)"):
        locate(pd.DataFrame({"lon": ["118°E"], "lat": [28.0]}), areas)
    lines = gpd.GeoDataFrame(geometry=[None, shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:4490")
    with pytest.raises(SchemaError, match="row 1 is a LineString"):
        locate(lines, areas)
    empty = pd.DataFrame({"lon": [None, None], "lat": [None, None]}, dtype=object)
    assert locate(empty, areas)["code"].isna().all()


def test_broken_areas_are_refused(draw, points):
    areas = draw(FOUR)
    with pytest.raises(SchemaError, match="no column code; columns are kode, geometry"):
        locate(points((1, 1)), areas.rename(columns={"code": "kode"}))
    with pytest.raises(SchemaError, match="none is missing"):
        locate(points((1, 1)), areas.assign(code=["A", None, "C", "D"]))
    with pytest.raises(SchemaError, match="floating"):
        locate(points((1, 1)), areas.assign(code=[1.0, 2.0, 3.0, 4.0]))
    with pytest.raises(SchemaError, match="row 0 is a Point"):
        locate(points((1, 1)), areas.set_geometry(areas.representative_point()))
    with pytest.raises(SchemaError, match="no geometry"):
        locate(points((1, 1)), pd.DataFrame({"code": ["A"]}))


def test_shapes_of_coordinates(draw):
    locator = Locator(draw(FOUR))
    with pytest.raises(SchemaError, match=r"x has shape \(2,\), y \(1,\)"):
        locator.locate_xy([1, 2], [1])
    with pytest.raises(SchemaError, match="one length"):
        locator.locate_xy(1.0, 1.0)
    assert repr(locator) == "Locator(4 areas)"
