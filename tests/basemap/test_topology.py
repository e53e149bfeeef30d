"""The topology report: exact pieces of tiny drawn worlds, and laws over random coverages."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.basemap import ISSUE_TITLES, areas_m2, is_nested, topology_issues
from geocensus.basemap.issues import MESSAGES
from geocensus.model import CodeSystem

CORNER = shapely.Polygon([(0, 0), (2, 0), (2, 2), (0, 2)], [[(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)]])


def found(issues):
    return issues[["kind", "codes"]].to_numpy().tolist()


def square_m2(*box):
    return areas_m2(np.array([shapely.box(*box)]))[0]


def test_a_fitting_hierarchy_has_no_issues_and_nests(draw):
    layers = {
        "township": draw("township", [("T", "", (0, 0, 2, 1))]),
        "village": draw("village", [("a", "T", (0, 0, 1, 1)), ("b", "T", (1, 0, 2, 1))]),
    }
    issues = topology_issues(layers)
    assert len(issues) == 0
    assert issues.crs.to_epsg() == 4490
    assert is_nested(issues, ("township", "village"))


def test_an_overlap_is_one_piece_with_both_codes_and_its_size(draw):
    issues = topology_issues(
        {"village": draw("village", [("b", "", (1, 0, 3, 1)), ("a", "", (0, 0, 2, 1)), ("c", "", (9, 0, 10, 1))])}
    )
    assert found(issues) == [["overlap", "a b"]]
    assert issues.geometry[0].equals(shapely.box(1, 0, 2, 1))
    assert issues["area_m2"][0] == pytest.approx(square_m2(1, 0, 2, 1))
    assert issues["severity"][0] == "error"
    assert issues["message_zh"][0].startswith("a b 相互重叠 ")
    assert issues["message_en"][0] == f"a b overlap by {issues['area_m2'][0]:.0f} m²"


def test_an_area_drawn_twice_under_two_codes_is_an_overlap(draw):
    issues = topology_issues({"village": draw("village", [("a", "", (0, 0, 1, 1)), ("b", "", (0, 0, 1, 1))])})
    assert found(issues) == [["overlap", "a b"]]


def test_an_area_inside_another_without_a_hole_is_an_overlap(draw):
    issues = topology_issues({"village": draw("village", [("a", "", (0, 0, 3, 3)), ("b", "", (1, 1, 2, 2))])})
    assert ["overlap", "a b"] in found(issues)


def test_a_thin_overlap_is_a_sliver_but_a_rounding_error_is_nothing(draw):
    thin = topology_issues({"village": draw("village", [("a", "", (0, 0, 1.0001, 1)), ("b", "", (1, 0, 2, 1))])})
    assert found(thin) == [["sliver", "a b"]]
    assert thin["severity"][0] == "warning"
    rounding = topology_issues({"village": draw("village", [("a", "", (0, 0, 1 + 1e-13, 1)), ("b", "", (1, 0, 2, 1))])})
    assert "overlap" not in rounding["kind"].tolist()
    assert "sliver" not in rounding["kind"].tolist()


def test_neighbours_that_miss_a_vertex_have_a_mismatched_border(draw):
    issues = topology_issues(
        {"village": draw("village", [("a", "", (0, 0, 1, 2)), ("b", "", (1, 0, 2, 1)), ("c", "", (1, 1, 2, 2))])}
    )
    assert found(issues) == [["mismatched_border", "a"], ["mismatched_border", "b"], ["mismatched_border", "c"]]
    assert issues.geometry.geom_type.str.contains("Line").all()


def test_a_hole_between_areas_is_a_gap_with_its_neighbours(draw):
    ring = [(0, 0, 3, 1), (0, 2, 3, 3), (0, 1, 1, 2), (2, 1, 3, 2)]
    issues = topology_issues(
        {"village": draw("village", [(code, "", box) for code, box in zip("abcd", ring, strict=True)])}
    )
    gap = issues[issues["kind"] == "gap"]
    assert gap["codes"].tolist() == ["a b c d"]
    assert gap.geometry.iloc[0].equals(shapely.box(1, 1, 2, 2))


def test_a_gap_around_an_area_is_the_ring_without_the_area(draw):
    frame = shapely.box(0, 0, 4, 4) - shapely.box(1, 1, 3, 3)
    issues = topology_issues({"village": draw("village", [("a", "", frame), ("b", "", (1.25, 1.25, 2.75, 2.75))])})
    gap = issues[issues["kind"] == "gap"]
    assert gap["codes"].tolist() == ["a b"]
    assert gap.geometry.iloc[0].equals(shapely.box(1, 1, 3, 3) - shapely.box(1.25, 1.25, 2.75, 2.75))
    assert gap["area_m2"].iloc[0] == pytest.approx(square_m2(1, 1, 3, 3) - square_m2(1.25, 1.25, 2.75, 2.75), rel=1e-3)


def test_gaps_within_an_area_within_a_gap_are_all_told(draw):
    frame, island = shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 8, 8), shapely.box(2, 2, 7, 7) - shapely.box(3, 3, 6, 6)
    rows = [("a", "", frame), ("b", "", island), ("c", "", (4, 4, 5, 5))]
    issues = topology_issues({"village": draw("village", rows)})
    gaps = issues[issues["kind"] == "gap"]
    assert gaps["codes"].tolist() == ["a b", "b c"]
    rings = [shapely.box(1, 1, 8, 8) - shapely.box(2, 2, 7, 7), shapely.box(3, 3, 6, 6) - shapely.box(4, 4, 5, 5)]
    assert shapely.equals(gaps.geometry.to_numpy(), np.array(rings)).all()


def test_every_kind_has_a_title_in_both_languages():
    assert set(ISSUE_TITLES) == set(MESSAGES) - {"detached", "inside", "foreign_code"} | {"sliver", "enclave"}
    assert all(title.zh and not title.zh.isascii() and title.en.isascii() for title in ISSUE_TITLES.values())


def test_children_out_of_their_parent_and_parents_not_covered(draw):
    layers = {
        "township": draw("township", [("T", "", (0, 0, 2, 1)), ("U", "", (2, 0, 4, 1))]),
        "village": draw("village", [("a", "T", (0, 0, 3, 1)), ("b", "U", (3, 0, 4, 1))]),
    }
    issues = topology_issues(layers)
    assert found(issues) == [["outside_parent", "a T"], ["parent_not_covered", "U"]]
    assert all(shape.equals(shapely.box(2, 0, 3, 1)) for shape in issues.geometry)
    assert not is_nested(issues, ("township", "village"))


def test_orphans_and_childless_areas(draw):
    layers = {
        "township": draw("township", [("T", "", (0, 0, 1, 1)), ("U", "", (1, 0, 2, 1))]),
        "village": draw("village", [("a", "T", (0, 0, 1, 1)), ("b", "", (1, 0, 2, 1))]),
    }
    assert found(topology_issues(layers)) == [["no_children", "U"], ["no_parent", "b"]]


def test_a_level_may_be_skipped(draw):
    layers = {
        "prefecture": draw("prefecture", [("P", "", (0, 0, 2, 1))]),
        "county": draw("county", [("C", "P", (0, 0, 1, 1))]),
        "township": draw("township", [("t", "C", (0, 0, 1, 1)), ("d", "P", (1, 0, 2, 1))]),
    }
    kinds = topology_issues(layers)["kind"].tolist()
    assert "no_parent" not in kinds


def test_enclaves_are_told_and_legal(draw):
    part = shapely.MultiPolygon([CORNER, shapely.box(5, 0, 6, 1)])
    issues = topology_issues({"village": draw("village", [("a", "", part), ("b", "", (0.5, 0.5, 1.5, 1.5))])})
    assert found(issues) == [["enclave", "a"], ["enclave", "b a"]]
    assert issues.geometry[0].equals(shapely.box(5, 0, 6, 1))
    assert issues["severity"].tolist() == ["info", "info"]
    assert is_nested(issues, ("village",))


def test_zones_without_geometry(draw):
    rows = [
        ("330822001201001", "", (0, 0, 1, 1)),
        ("330822001201901", "", None),
        ("330822001201002", "", shapely.Polygon()),
    ]
    issues = topology_issues({"zone": draw("zone", rows)}, system=CodeSystem.GB2260)
    assert issues[["codes", "kind", "severity"]].to_numpy().tolist() == [
        ["330822001201002", "no_geometry", "warning"],
        ["330822001201901", "no_geometry", "info"],
    ]


@pytest.mark.parametrize(
    ("code", "parent", "kinds"),
    [
        ("330822001201", "330822001", []),
        ("330822001", "330822", ["malformed_code"]),
        ("33082200120X", "330822001", ["malformed_code"]),
        ("330822001999", "330822001", ["malformed_code"]),
        ("auto:0123456789", "", ["malformed_code"]),
        ("330822002201", "330822001", ["malformed_code"]),
    ],
)
def test_malformed_codes_in_gb2260(draw, code, parent, kinds):
    issues = topology_issues({"village": draw("village", [(code, parent, (0, 0, 1, 1))])}, system=CodeSystem.GB2260)
    assert issues["kind"].tolist() == kinds


def test_doubled_codes_are_found_also_when_kept_apart(draw):
    issues = topology_issues(
        {"village": draw("village", [("a", "", (0, 0, 1, 1)), ("a#2", "", (1, 0, 2, 1)), ("b", "", (2, 0, 3, 1))])}
    )
    assert found(issues) == [["duplicate_code", "a"], ["duplicate_code", "a#2"]]


def test_an_empty_level_has_no_issues(draw):
    assert len(topology_issues({"village": draw("village", [])})) == 0
    assert len(topology_issues({"village": draw("village", [("a", "", None)])})) == 1


@settings(max_examples=12, deadline=None)
@given(st.integers(2, 25), st.integers(0, 2**31), st.floats(-60, 60), st.floats(-170, 170))
def test_any_voronoi_coverage_nests_and_any_removed_cell_is_found(n, seed, south, west):
    rng = np.random.default_rng(seed)
    points = shapely.multipoints(rng.random((n, 2)) + np.array([west, south]))
    cells = shapely.get_parts(shapely.voronoi_polygons(points))
    whole = shapely.coverage_union_all(cells)
    codes = [f"v{i:02d}" for i in range(len(cells))]
    layers = {
        "township": _table("township", ["T"], [""], [whole]),
        "village": _table("village", codes, ["T"] * len(cells), cells),
    }
    assert is_nested(topology_issues(layers), tuple(layers))
    layers["village"] = layers["village"].iloc[1:]
    issues = topology_issues(layers)
    missing = issues[issues["kind"].isin(["parent_not_covered", "sliver"])]
    assert missing["area_m2"].sum() == pytest.approx(areas_m2(np.array([cells[0]]))[0], rel=1e-6)
    assert not is_nested(issues, tuple(layers))


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(5)))
def test_the_report_does_not_depend_on_the_order_of_rows(order):
    boxes = [(0, 0, 2, 2), (1, 0, 3, 2), (3, 0, 4, 1), (3, 1, 4, 2), (5, 5, 6, 6)]
    table = _table("village", list("abcde"), [""] * 5, [shapely.box(*box) for box in boxes])
    one, other = topology_issues({"village": table}), topology_issues({"village": table.iloc[list(order)]})
    assert one.drop(columns="geometry").equals(other.drop(columns="geometry"))
    assert shapely.equals(one.geometry.to_numpy(), other.geometry.to_numpy()).all()


def _table(level, codes, parents, shapes):
    import geopandas as gpd

    return gpd.GeoDataFrame(
        {"code": codes, "name": "", "parent_code": parents, "level": level}, geometry=list(shapes), crs="EPSG:4490"
    )
