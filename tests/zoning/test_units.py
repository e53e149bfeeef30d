"""Units: areas of the basemap, blocks, cells, slivers.

One county 1, townships T1 and T2, villages of one square each; 1a-x1 has no polygon::

    lat 28.01 |  a  |  b  |  c  |
              |---- T1 ---|- T2 |      lon 118.00 .01 .02 .03
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.model import BasemapInfo, Text
from geocensus.zoning.graph import build_graph, components
from geocensus.zoning.units import blocks, cells, merge_slivers, units_of

CRS = "EPSG:4548"
X0, Y0 = 500_000.0, 3_200_000.0


def box(west, south, east, north):
    return shapely.box(X0 + west, Y0 + south, X0 + east, Y0 + north)


def layer(**columns):
    geometry = columns.pop("geometry")
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=CRS)


def river(*points):
    return gpd.GeoDataFrame(geometry=[shapely.LineString([(X0 + x, Y0 + y) for x, y in points])], crs=CRS)


def spots(*points):
    return gpd.GeoDataFrame(geometry=[shapely.Point(X0 + x, Y0 + y) for x, y in points], crs=CRS)


def areas(codes, parents, shapes):
    names = [f"{code}村" for code in codes]
    table = {"code": codes, "name": names, "parent_code": parents}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


@pytest.fixture(scope="module")
def world():
    a, b, c = (shapely.box(118 + x, 28, 118 + x + 0.01, 28.01) for x in (0, 0.01, 0.02))
    layers = {
        "county": areas(["1"], [""], [shapely.union_all([a, b, c])]),
        "township": areas(["1T1", "1T2"], ["1", "1"], [shapely.union_all([a, b]), c]),
        "village": areas(["1a", "1b", "1c", "1x"], ["1T1", "1T1", "1T2", "1T2"], [a, b, c, None]),
    }
    return Basemap(BasemapInfo("world", Text("甲县", "world"), root="1"), layers)


def same_ground(units, whole):
    """Units are a valid coverage of the same ground."""
    shapes = units.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    union = shapely.union_all(shapes)
    assert shapely.area(shapely.symmetric_difference(union, shapely.union_all(whole.geometry))) < 1e-9 * union.area


def test_units_of_one_township(world):
    units = units_of(world, within=["1T1"], level="village")
    assert units["code"].tolist() == ["1a", "1b"]
    assert units["name"].tolist() == ["1a村", "1b村"]
    assert units["parent_code"].tolist() == ["1T1", "1T1"]
    assert units["code_county"].tolist() == ["1", "1"]
    assert units["villages"].tolist() == [1, 1]
    assert units.crs.to_epsg() == 4490
    assert units.index.tolist() == [0, 1]
    assert units.attrs["notes"] == []


def test_townships_know_their_villages_and_areas_without_polygon_are_named(world):
    assert units_of(world, within=["1"], level="township")["villages"].tolist() == [2, 2]
    units = units_of(world, within=["1T1", "1T2"], level="zone")
    assert units["code"].tolist() == ["1a", "1b", "1c"]
    [(zh, en)] = units.attrs["notes"]
    assert "1x" in zh
    assert "1x" in en


@pytest.mark.parametrize(
    ("within", "level", "said"),
    [
        (["9"], "village", "lies within 9;"),
        (["1T1", "9"], "village", "lies within 9;"),
        (["1a"], "township", "lies within 1a .finer than the units."),
        ([], "village", "lies within nothing"),
        (["1x"], "village", "no village with a polygon lies within 1x"),
        (["1"], "hamlet", "no level 'hamlet'"),
    ],
)
def test_unknown_areas_are_refused(world, within, level, said):
    with pytest.raises(SchemaError, match=said):
        units_of(world, within=within, level=level)


def test_a_river_cuts_an_area_into_blocks_from_north_to_south():
    whole = layer(code=["07"], name=["甲村"], villages=[2.0], geometry=[box(0, 0, 2000, 1000)])
    found = blocks(whole, river((-9, 250), (2009, 250)))
    assert found["code"].tolist() == ["07-01", "07-02"]
    assert found["name"].tolist() == ["甲村-01", "甲村-02"]
    assert found["parent_code"].tolist() == ["07", "07"]
    assert found.area.tolist() == [1_500_000, 500_000]
    assert found["villages"].tolist() == [1.5, 0.5]
    same_ground(found, whole)


def test_uncut_areas_keep_code_and_parent():
    both = shapely.MultiPolygon([box(0, 0, 1000, 1000), box(3000, 0, 4000, 1000)])
    whole = layer(code=["a", "b"], parent_code=["T", "T"], geometry=[both, box(1000, 0, 2000, 1000)])
    found = blocks(whole, river((1500, -9), (1500, 500)))  # ends inside b
    assert found["code"].tolist() == ["a", "b"]
    assert found["parent_code"].tolist() == ["T", "T"]
    assert found.geom_type.tolist() == ["MultiPolygon", "Polygon"]
    same_ground(found, whole)


def test_blocks_on_both_sides_of_a_border_share_its_vertices():
    whole = layer(code=["a", "b"], geometry=[box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)])
    found = blocks(whole.to_crs("EPSG:4490"), river((-9, 300), (2009, 707)))
    assert found["code"].tolist() == ["a-01", "a-02", "b-01", "b-02"]
    graph = build_graph(found, np.ones(4), barriers=river((-9, 300), (2009, 707)), barrier_mode="hard")
    assert components(graph).tolist() == [0, 1, 0, 1]
    assert graph.notes[-1].en.startswith("hard barriers bar 2 borders")


def test_voronoi_cells_belong_to_the_nearest_source():
    whole = layer(code=["T"], name=["乙镇"], villages=[4.0], geometry=[box(0, 0, 4000, 1000)])
    sources = spots((500, 500), (500.2, 500.2), (1500, 500), (3500, 500), (9000, 0))
    found = cells(whole, sources)
    assert sorted(found.area.round().tolist()) == [1_000_000, 1_500_000, 1_500_000]
    assert found["code"].tolist() == ["T-01", "T-02", "T-03"]
    assert found["villages"].sum() == pytest.approx(4)
    same_ground(found, whole)


def test_cells_are_connected_though_the_area_is_bent():
    """A U: the left source's half-plane reaches into the right arm's far side."""
    shape = shapely.difference(box(0, 0, 3000, 3000), box(1000, 1000, 2000, 3000))
    whole = layer(code=["T"], geometry=[shape])
    found = cells(whole, spots((500, 2500), (500, 200), (2900, 200)))
    assert len(found) == 3
    assert found.geom_type.tolist() == ["Polygon"] * 3
    same_ground(found, whole)


def test_cells_take_degrees_and_missing_positions(world):
    whole = units_of(world, within=["1"], level="township")
    table = pd.DataFrame({"lon": [118.002, 118.018, np.nan, 118.025], "lat": [28.005, 28.005, 28.0, 28.005]})
    found = cells(whole, table)
    assert found["code"].tolist() == ["1T1-01", "1T1-02", "1T2"]
    assert found["code_county"].tolist() == ["1"] * 3
    assert found["villages"].round(3).tolist() == [1, 1, 2]
    same_ground(found, whole)


def test_grid_cells_merge_what_the_border_leaves():
    """2.1 squares wide: the last tenth goes to its neighbour."""
    whole = layer(code=["T"], geometry=[box(0, 0, 2100, 1000)])
    found = cells(whole, spots(), kind="grid", cell_m=1000)
    assert found["code"].tolist() == ["T-01", "T-02"]
    assert found.area.tolist() == [1_000_000, 1_100_000]
    same_ground(found, whole)


def test_wrong_requests_are_refused():
    whole = layer(code=["T"], geometry=[box(0, 0, 2100, 1000)])
    with pytest.raises(SchemaError, match="hexagon"):
        cells(whole, spots(), kind="hexagon")
    with pytest.raises(SchemaError, match="cell_m=0"):
        cells(whole, spots(), kind="grid", cell_m=0)
    with pytest.raises(SchemaError, match="without a polygon cannot be cut: T"):
        blocks(whole.set_geometry([None], crs=CRS), river((0, 0), (1, 1)))
    with pytest.raises(CRSMismatchError, match="no reference system"):
        blocks(whole, gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])]))


def test_slivers_go_to_the_longest_neighbour_of_their_parent():
    """s is narrow, between a and b of its parent (longer border with b) and c of another one."""
    units = layer(
        code=["a", "b", "c", "s"],
        parent_code=["P", "P", "Q", "P"],
        villages=[1.0, 1.0, 1.0, 0.5],
        geometry=[
            box(0, 0, 1000, 400),
            shapely.Polygon([(X0, Y0 + 400), (X0, Y0 + 1000), (X0 + 1000, Y0 + 1000), (X0 + 1000, Y0 + 400)]),
            box(1003, 0, 2000, 1000),
            shapely.Polygon(
                [(X0 + x, Y0 + y) for x, y in ((1000, 0), (1000, 400), (1000, 1000), (1003, 1000), (1003, 0))]
            ),
        ],
    )
    merged = merge_slivers(units)
    assert merged["code"].tolist() == ["a", "b", "c"]
    assert merged["villages"].tolist() == [1, 1.5, 1]
    assert merged.area.tolist() == [400_000, 603_000, 997_000]
    lonely = merge_slivers(units.assign(parent_code=["P", "P", "Q", "R"]))
    assert lonely["code"].tolist() == ["a", "b", "c", "s"]


def test_chains_of_slivers_end_in_one_unit():
    strips = [box(0, 0, 1000, 1000), *(box(1000 + 3 * i, 0, 1003 + 3 * i, 1000) for i in range(4))]
    merged = merge_slivers(layer(code=list("abcde"), geometry=strips))
    assert merged["code"].tolist() == ["a"]
    assert merged.area.tolist() == [1_012_000]
