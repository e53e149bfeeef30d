"""Areas as columns: positions, parents, borders that decode to themselves, tints, label places."""

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocensus.maps import areas as module
from geocensus.maps.areas import area_columns, area_table, barrier_columns, encode_lines, encode_polygons, label_places
from geocensus.maps.style import tint_areas


def decode(columns):
    """Polygons back from steps, as the page does it."""
    vertices = np.cumsum(np.array(columns["steps"]).reshape(-1, 2), axis=0) / 1e6
    rings = np.split(vertices, np.cumsum(columns["ring_sizes"]))[:-1]
    parts, at, out = [], 0, []
    for size in columns["part_sizes"]:
        parts.append(shapely.Polygon(rings[at], rings[at + 1 : at + size]))
        at += size
    at = 0
    for size in columns["area_parts"]:
        out.append(shapely.MultiPolygon(parts[at : at + size]))
        at += size
    return out


def test_positions_and_parents(world):
    table = area_table(world[0])
    assert table.table["code"].tolist() == ["1", "101", "102", "101201", "101202", "102201", "102202"]
    assert table.parents.tolist() == [-1, 0, 0, 1, 1, 2, 2]
    assert table.find(pd.Series(["102", "x", None, "101201"])).tolist() == [2, -1, -1, 3]
    assert table.find(pd.Series(["102", "101201"]), level="village").tolist() == [-1, 3]
    assert table.raise_to(np.array([6, 3, -1, 0]), 1).tolist() == [2, 1, -1, 0]


def test_a_parent_may_skip_a_level(world):
    from geocensus.basemap import Basemap

    basemap = world[0]
    village = basemap.areas("village")
    layers = {**basemap.layers, "village": village.assign(parent_code=["101", "101", "1", "102"])}
    assert area_table(Basemap(basemap.info, layers)).parents.tolist() == [-1, 0, 0, 1, 1, 0, 2]


def test_holes_parts_and_absent_geometry_survive():
    ring = shapely.box(0, 0, 4, 4).difference(shapely.box(1, 1, 2, 2))
    two = shapely.MultiPolygon([shapely.box(5, 0, 6, 1), shapely.box(7, 0, 8, 1)])
    geometry = np.array([ring, None, two, shapely.Polygon()], dtype=object)
    decoded = decode(encode_polygons(geometry))
    assert decoded[0].equals(ring)
    assert decoded[1].is_empty
    assert decoded[2].equals(two)
    assert decoded[3].is_empty


@given(st.lists(st.tuples(st.floats(-179, 178), st.floats(-89, 88)), min_size=1, max_size=20))
def test_borders_come_back_within_a_tenth_of_a_metre(corners):
    x, y = np.array(corners).T
    geometry = shapely.box(x, y, x + 0.5, y + 0.5)
    for before, after in zip(geometry, decode(encode_polygons(geometry)), strict=True):
        assert shapely.hausdorff_distance(before, after) <= 1e-6


def test_lines(world):
    assert encode_lines(np.array([shapely.LineString([(1, 2), (1.5, 2)]), None], dtype=object)) == {
        "steps": [1_000_000, 2_000_000, 500_000, 0],
        "part_sizes": [2],
        "line_parts": [1, 0],
    }
    assert barrier_columns(world[0])["kind"] == ["river"]


def test_label_places_are_inside_and_missing_where_there_is_nothing():
    crescent = shapely.Point(0, 0).buffer(2).difference(shapely.Point(0.8, 0).buffer(1.6))
    geometry = np.array([crescent, None, shapely.Polygon(), shapely.box(0, 0, 2, 2)], dtype=object)
    x, y = label_places(geometry)
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [False, True, True, False]
    assert crescent.contains(shapely.Point(x[0], y[0]))
    assert abs(x[3] - 1) + abs(y[3] - 1) < 0.1


def test_many_areas_get_labels_the_quick_way(monkeypatch):
    monkeypatch.setattr(module, "_MOST_CIRCLES", 0)
    assert np.allclose(label_places(shapely.box([0, 2], 0, [2, 4], 2)), ([1, 3], [1, 1]))


def test_neighbours_differ_in_tint():
    x, y = np.meshgrid(np.arange(6.0), np.arange(5.0))
    geometry = shapely.box(x.ravel(), y.ravel(), x.ravel() + 1, y.ravel() + 1)
    tints = tint_areas(geometry)
    left, right = shapely.STRtree(geometry).query(geometry, predicate="touches")
    assert (tints[left] != tints[right]).all()


def test_townships_carry_the_tint(world):
    columns, simplified = area_columns(area_table(world[0]))
    assert [tint >= 0 for tint in columns["tint"]] == [False, True, True, False, False, False, False]
    assert simplified == 0


def test_heavy_borders_are_simplified_and_said(monkeypatch):
    angles = np.linspace(0, 2 * np.pi, 5001)[:-1]
    round_area = shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]))
    monkeypatch.setattr(module, "_MOST_VERTICES", 500)
    geometry = np.array([round_area, None], dtype=object)
    table = module.AreaTable(
        ("county", "township"),
        pd.DataFrame({"code": ["1", "2"], "name": ["a", "b"], "parent_code": ["", "1"], "level": [0, 1]}),
        geometry,
    )
    columns, simplified = area_columns(table)
    assert sum(columns["borders"]["ring_sizes"]) <= 500
    assert 1 < simplified < 2000
    assert shapely.hausdorff_distance(decode(columns["borders"])[0], round_area) * 111_320 <= 4 * simplified
