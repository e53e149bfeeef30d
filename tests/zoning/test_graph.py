r"""The graph of units.

Squares of 1 km in EPSG:4548, named by column and row::

    a2 b2 c2
    a1 b1 c1
    a0 b0 c0
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.zoning.graph import build_graph, components, contract

CRS, KM = "EPSG:4548", 1000.0
X0, Y0 = 500_000.0, 3_200_000.0


def square(column, row, wide=1.0, high=1.0):
    return shapely.box(X0 + column * KM, Y0 + row * KM, X0 + (column + wide) * KM, Y0 + (row + high) * KM)


def line(*points):
    return shapely.LineString([(X0 + x * KM, Y0 + y * KM) for x, y in points])


def layer(shapes, crs=CRS):
    return gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=crs)


def grid(columns=3, rows=3):
    return layer({f"{'abcdefgh'[i]}{j}": square(i, j) for i in range(columns) for j in range(rows)})


def lines(*shapes):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)


def pairs(graph):
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    kept = source < graph.indices
    return {
        (graph.codes[i], graph.codes[j]): (round(b, 3), round(c, 3))
        for i, j, b, c in zip(
            source[kept], graph.indices[kept], graph.border_m[kept], graph.cut_cost_m[kept], strict=True
        )
    }


def said(graph):
    return " ".join(note.en for note in graph.notes)


def test_neighbours_share_a_line_not_a_corner():
    graph = build_graph(grid(2, 2), [1, 2, 3, 4])
    assert set(pairs(graph)) == {("a0", "a1"), ("a0", "b0"), ("a1", "b1"), ("b0", "b1")}
    assert set(pairs(graph).values()) == {(1000, 1000)}
    assert graph.outer_m.tolist() == [2000] * 4
    assert graph.load.tolist() == [1, 2, 3, 4]
    assert graph.area_m2.tolist() == [1e6] * 4
    assert graph.indptr.tolist() == [0, 2, 4, 6, 8]
    assert graph.indices.tolist() == [1, 2, 0, 3, 0, 3, 1, 2]


def test_degrees_give_the_same_neighbours_and_metres():
    metric, degrees = build_graph(grid(), np.ones(9)), build_graph(grid().to_crs("EPSG:4490"), np.ones(9))
    assert set(pairs(degrees)) == set(pairs(metric))
    np.testing.assert_allclose(degrees.border_m, metric.border_m, rtol=1e-3)
    wgs84 = build_graph(grid().to_crs("EPSG:4490").set_crs("EPSG:4326", allow_override=True), np.ones(9))
    assert pairs(wgs84) == pairs(degrees)


@pytest.mark.parametrize("crs", [None, "EPSG:3857", "EPSG:4269", "EPSG:2263"])
def test_other_reference_systems_are_refused(crs):
    with pytest.raises(CRSMismatchError, match="EPSG:4490"):
        build_graph(grid().set_crs(crs, allow_override=True), np.ones(9))


def test_barriers_without_a_reference_system_are_refused():
    river = gpd.GeoDataFrame(geometry=[line((1, 0), (1, 3))])
    with pytest.raises(CRSMismatchError, match="barriers: no reference system"):
        build_graph(grid(), np.ones(9), barriers=river)


@pytest.mark.parametrize("load", [[1, np.nan], [1, -2], [1, np.inf]])
def test_loads_that_are_none_are_refused_with_codes(load):
    units = layer({"007": square(0, 0), "008": square(1, 0)})
    with pytest.raises(SchemaError, match=r"008") as caught:
        build_graph(units, load)
    assert "008" in caught.value.zh
    assert "007" not in str(caught.value)


def test_loads_come_by_column_by_code_or_by_position():
    units = layer({"b": square(1, 0), "a": square(0, 0)}).assign(minutes=[2.0, 1.0])
    by_code = pd.Series({"a": 1.0, "b": 2.0})
    for load in ("minutes", by_code, [2.0, 1.0], units["minutes"]):
        assert build_graph(units, load).load.tolist() == [1.0, 2.0]
    with pytest.raises(SchemaError, match="no column 'work'"):
        build_graph(units, "work")
    with pytest.raises(SchemaError, match="1 loads for 2 units"):
        build_graph(units, [1.0])


def test_overlap_is_refused_with_codes_and_size():
    units = layer({"007": square(0, 0), "008": square(0.9, 0)})
    with pytest.raises(SchemaError, match=r"007 and 008 100,000 m²"):
        build_graph(units, [1, 1])
    with pytest.raises(SchemaError, match=r"a and b 1,000,000 m²"):
        build_graph(layer({"a": square(0, 0), "b": square(0, 0)}), [1, 1])
    with pytest.raises(SchemaError, match=r"a and b 40,000 m²"):
        build_graph(layer({"a": square(0, 0), "b": square(0.4, 0.4, 0.2, 0.2)}), [1, 1])


def test_broken_tables_are_refused():
    units = grid(2, 1)
    for code in (["a", "a"], ["a", ""], ["a", None]):
        with pytest.raises(SchemaError, match="code"):
            build_graph(units.assign(code=code), [1, 1])
    with pytest.raises(SchemaError, match="no polygon: b0"):
        build_graph(units.set_geometry([square(0, 0), None], crs=CRS), [1, 1])
    with pytest.raises(SchemaError, match="barrier_mode='firm'"):
        build_graph(units, [1, 1], barrier_mode="firm")
    with pytest.raises(SchemaError, match="no rows"):
        build_graph(units.iloc[:0], [])


@pytest.mark.parametrize("gap", [0.002, -0.002])
def test_slivers_are_closed(gap):
    """a and b are parted by, or share, a strip of 2 m."""
    graph = build_graph(layer({"a": square(0, 0), "b": square(1 + gap, 0)}), [1, 1])
    [(border, cost)] = pairs(graph).values()
    assert border == cost == pytest.approx(1000, abs=15)
    assert components(graph).tolist() == [0, 0]


def test_a_hole_narrower_than_a_sliver_is_closed_and_told():
    """A crack of 2 m between left and right, closed above and below."""
    left = shapely.union_all([square(0, 0), square(0.5, 0.9, 1, 0.2), square(0, 1)])
    right = shapely.difference(square(1.002, 0, 1, 2), left)
    low = square(0.5, -0.5, 1, 0.5)
    graph = build_graph(layer({"left": left, "low": low, "right": right}), [1, 1, 1])
    assert pairs(graph)["left", "right"][0] > 900
    assert "slivers" in said(graph)


def test_borders_that_do_not_share_vertices_still_count():
    """Two units right of one: their corner lies in the middle of its side."""
    graph = build_graph(layer({"a": square(0, 0, 1, 2), "b": square(1, 0), "c": square(1, 1)}), [1, 1, 1])
    assert pairs(graph) == {("a", "b"): (1000, 1000), ("a", "c"): (1000, 1000), ("b", "c"): (1000, 1000)}


def test_an_enclave_has_one_neighbour():
    inner = square(1, 1)
    graph = build_graph(layer({"in": inner, "out": shapely.difference(square(0, 0, 3, 3), inner)}), [1, 1])
    assert pairs(graph) == {("in", "out"): (4000, 4000)}
    assert graph.outer_m.tolist() == [0, 12_000]
    assert shapely.contains(shapely.difference(square(0, 0, 3, 3), inner), shapely.Point(graph.x[1], graph.y[1]))


def test_parts_of_a_multipolygon_are_one_unit():
    both = shapely.MultiPolygon([square(0, 0), square(2, 0)])
    graph = build_graph(layer({"ac": both, "b": square(1, 0)}), [1, 1])
    assert pairs(graph) == {("ac", "b"): (2000, 2000)}


def test_a_bow_tie_is_mended_and_told():
    bow = shapely.Polygon([(X0, Y0), (X0 + KM, Y0 + KM), (X0 + KM, Y0), (X0, Y0 + KM)])
    graph = build_graph(layer({"a": bow, "b": square(1, 0)}), [1, 1])
    assert pairs(graph) == {("a", "b"): (1000, 1000)}
    assert "invalid polygons" in said(graph)


ISLES = {"a": square(0, 0), "b": square(1, 0), "x": square(4, 0), "y": square(8, 0)}


def test_each_island_gets_one_link_to_the_nearest_unit():
    graph = build_graph(layer(ISLES), np.ones(4))
    assert pairs(graph) == {("a", "b"): (1000, 1000), ("b", "x"): (0, 0), ("x", "y"): (0, 0)}
    assert components(graph).tolist() == [0, 0, 0, 0]
    assert "b–x (2,000 m)" in said(graph)
    assert graph.outer_m.tolist() == [3000, 3000, 4000, 4000]


def test_islands_may_be_refused_or_left_apart():
    with pytest.raises(SchemaError, match="2 units border none of the others: x, y"):
        build_graph(layer(ISLES), np.ones(4), islands="error")
    graph = build_graph(layer(ISLES), np.ones(4), islands="own_zone")
    assert components(graph).tolist() == [0, 0, 1, 2]
    assert "3 pieces" in said(graph)


def test_a_hard_barrier_along_borders_cuts_the_area():
    """A river between columns a and b, from bottom to top."""
    river = lines(line((1, -0.2), (1, 3.2)))
    graph = build_graph(grid(), np.ones(9), barriers=river, barrier_mode="hard")
    assert components(graph).tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert "bar 3 borders; the units lie in 2 pieces" in said(graph)
    assert graph.outer_m.tolist() == [3000, 2000, 3000] + [2000, 1000, 2000] * 2
    soft = build_graph(grid(), np.ones(9), barriers=river.to_crs("EPSG:4490"))
    assert pairs(soft)["a1", "b1"] == (1000, 300)
    assert pairs(soft)["b1", "c1"] == (1000, 1000)
    assert pairs(soft)["a0", "a1"] == (1000, 1000)
    assert pairs(build_graph(grid(), np.ones(9), barriers=river, barrier_mode="off"))["a1", "b1"] == (1000, 1000)


def test_a_barrier_beside_the_borders_counts_by_the_way_across():
    """A river 200 m inside column b: whoever goes from a to b crosses it, whoever stays in b does not."""
    river = lines(line((1.2, -1), (1.2, 4)))
    graph = build_graph(grid(), np.ones(9), barriers=river, barrier_mode="hard")
    assert components(graph).tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1]


def test_a_barrier_crossed_twice_parts_nobody():
    """A bend of the river dips into b1 and out again."""
    river = lines(line((1.2, 2.5), (1.2, 1.4), (1.4, 1.4), (1.4, 2.5)))
    graph = build_graph(grid(), np.ones(9), barriers=river, barrier_mode="hard")
    assert ("a1", "b1") in pairs(graph)


def test_half_a_border_along_a_barrier_saves_half():
    river = lines(line((1, -1), (1, 0.4)))
    graph = build_graph(layer({"a": square(0, 0), "b": square(1, 0)}), [1, 1], barriers=river, barrier_mode="soft")
    assert pairs(graph)["a", "b"][1] == pytest.approx(1000 * (1 - 0.7 * 0.42), abs=10)
    hard = build_graph(layer({"a": square(0, 0), "b": square(1, 0)}), [1, 1], barriers=river, barrier_mode="hard")
    assert ("a", "b") in pairs(hard)


RIVER = lines(line((1, -0.2), (1, 3.2)))


@pytest.mark.parametrize(
    "bridge",
    [
        gpd.GeoDataFrame(geometry=[shapely.Point(X0 + KM + 50, Y0 + 1500)], crs=CRS),
        gpd.GeoDataFrame(geometry=[line((0.9, 1.5), (1.1, 1.5))], crs=CRS).to_crs("EPSG:4490"),
        [("b1", "a1")],
    ],
)
def test_a_bridge_opens_one_border(bridge):
    graph = build_graph(grid(), np.ones(9), barriers=RIVER, barrier_mode="hard", bridges=bridge)
    assert pairs(graph)["a1", "b1"] == (0, 0)
    assert ("a0", "b0") not in pairs(graph)
    assert components(graph).max() == 0


def test_a_bridge_inside_a_unit_opens_all_its_barred_borders():
    river = lines(line((1.5, -1), (1.5, 4)))
    far = gpd.GeoDataFrame(geometry=[shapely.Point(X0 + 1500, Y0 + 1500)], crs=CRS)
    shut = build_graph(grid(), np.ones(9), barriers=river, barrier_mode="hard")
    graph = build_graph(grid(), np.ones(9), barriers=river, barrier_mode="hard", bridges=far)
    assert components(shut).max() == 1
    assert components(graph).max() == 0
    assert set(pairs(graph)) - set(pairs(shut)) <= {("a1", "b1"), ("b1", "c1")}


def test_bridges_that_help_nobody_are_told_and_unknown_codes_refused():
    far = gpd.GeoDataFrame(geometry=[shapely.Point(X0 - 9 * KM, Y0)], crs=CRS)
    graph = build_graph(grid(), np.ones(9), barriers=RIVER, barrier_mode="hard", bridges=far)
    assert "1 bridges are at no border" in said(graph)
    with pytest.raises(SchemaError, match="no units: zz"):
        build_graph(grid(), np.ones(9), bridges=[("a0", "zz")])


def test_contract_adds_up_and_keeps_borders():
    graph = build_graph(grid(2, 2), [1, 2, 3, 4])
    small, owner = contract(graph, np.array([5, 5, -1, -1]))
    assert small.codes.tolist() == ["a0", "b0", "b1"]
    assert owner.tolist() == [0, 0, 1, 2]
    assert small.load.tolist() == [3, 3, 4]
    assert pairs(small) == {("a0", "b0"): (1000, 1000), ("a0", "b1"): (1000, 1000), ("b0", "b1"): (1000, 1000)}
    assert small.outer_m.tolist() == [4000, 2000, 2000]
    assert small.y[0] == pytest.approx((graph.y[0] + 2 * graph.y[1]) / 3)
    assert small.notes == ()


def test_a_loose_group_is_told():
    small, _ = contract(build_graph(grid(2, 2), np.zeros(4)), np.array([0, -1, -1, 0]))
    assert "a0, b1" in said(small)
    assert small.load.tolist() == [0, 0, 0]


@st.composite
def patchworks(draw):
    """Rectangles of random columns and rows, some of them merged pairwise, in random order."""
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    shapes = {f"{i}{j}": square(i, j) for i in range(columns) for j in range(rows)}
    order = draw(st.permutations(sorted(shapes)))
    loads = draw(st.lists(st.integers(0, 9), min_size=len(order), max_size=len(order)))
    return layer({code: shapes[code] for code in order}).assign(load=np.array(loads, dtype=float))


@settings(max_examples=30, deadline=None)
@given(patchworks())
def test_laws(units):
    graph = build_graph(units, "load")
    again = build_graph(units.sort_values("code", ascending=False), "load")
    for one, other in zip(vars(graph).values(), vars(again).values(), strict=True):
        assert list(one) == list(other)
    dense = np.zeros((graph.size, graph.size))
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    dense[source, graph.indices] = graph.border_m
    assert (dense == dense.T).all()
    assert (np.diag(dense) == 0).all()
    perimeter = units.set_index("code").sort_index().length.to_numpy()
    np.testing.assert_allclose(dense.sum(axis=1) + graph.outer_m, perimeter)
    union = shapely.union_all(units.geometry.to_numpy())
    assert graph.outer_m.sum() == pytest.approx(union.length)
    assert graph.load.sum() == units["load"].sum()
    assert components(graph).max() == 0


@settings(max_examples=30, deadline=None)
@given(patchworks(), st.data())
def test_laws_of_contraction(units, data):
    graph = build_graph(units, "load")
    group = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=graph.size, max_size=graph.size)))
    small, owner = contract(graph, group)
    assert small.load.sum() == graph.load.sum()
    assert small.area_m2.sum() == pytest.approx(graph.area_m2.sum())
    assert small.size == len(set(group[group >= 0].tolist())) + int((group < 0).sum())
    assert small.codes.tolist() == [min(graph.codes[owner == i]) for i in range(small.size)]
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    between = owner[source] != owner[graph.indices]
    assert small.border_m.sum() == pytest.approx(graph.border_m[between].sum())


def test_a_thousand_villages_take_a_moment():
    """Float noise in shared vertices, as a round trip through degrees leaves it, parts nobody."""
    side = 32
    units = layer({f"{i:02d}{j:02d}": square(i, j) for i in range(side) for j in range(side)})
    noisy = units.to_crs("EPSG:4490").to_crs(CRS)
    graph = build_graph(noisy, np.ones(side * side))
    assert len(graph.indices) == 4 * side * (side - 1)
    assert graph.notes == ()


def test_units_drawn_apart_by_a_metre_keep_their_neighbours():
    """Every square is shifted by up to 1 m: all borders are cracks or overlaps."""
    rng = np.random.default_rng(7)
    shapes = [translate(shape, *rng.uniform(-1, 1, 2)) for shape in grid().geometry]
    graph = build_graph(grid().set_geometry(shapes, crs=CRS), np.ones(9))
    true = build_graph(grid(), np.ones(9))
    assert set(pairs(graph)) == set(pairs(true))
    np.testing.assert_allclose(graph.border_m, true.border_m, atol=5)
    np.testing.assert_allclose(graph.outer_m, true.outer_m, atol=10)
    assert "slivers between" in said(graph)
