"""What each row is on a map, and the lines to claimed areas."""

import numpy as np
import pandas as pd
import pytest

from geocensus.maps.areas import area_table
from geocensus.maps.claims import claim_lines
from geocensus.maps.columns import flag_columns, source_columns
from geocensus.maps.rows import claimed_areas, class_positions, drawable, located_areas, worst_severity
from geocensus.model import Text


def test_worst_severity_wins(world):
    _, sources, flags = world
    more = pd.concat([flags, flags.iloc[[0]].assign(severity="info")], ignore_index=True)
    assert worst_severity(sources, more).tolist() == [-1, -1, 0, 0, 1, -1]


def test_near_border_counts_also_where_another_rule_flags(world):
    basemap, sources, flags = world
    areas = area_table(basemap)
    near = sources.assign(near_border=[True, False, True, False, False, False])
    assert source_columns(near, flags, areas, lang="zh")["near"] == [1, 0, 1, 0, 0, 0]
    status = sources.drop(columns="near_border").assign(status=["near_border", "ok", "flagged", "ok", None, None])
    assert source_columns(status, flags, areas, lang="zh")["near"] == [1, 0, 0, 0, 0, 0]


def test_classes_unknown_and_missing_are_other():
    sources = pd.DataFrame({"class": ["farm", "锅炉", None, "other", "industrial", "集中式污染治理设施", "Mobile"]})
    assert class_positions(sources).tolist() == [1, 5, 5, 5, 0, 2, 4]


def test_unknown_class_text_is_kept(world):
    basemap, sources, flags = world
    table = sources.assign(**{"class": ["锅炉", "mobile", "farm", "industrial", "domestic", None]})
    columns = source_columns(table, flags, area_table(basemap), lang="zh")
    assert columns["class_text"] == ["锅炉", None, None, None, None, None]


def test_place_of_a_source_that_is_not_located_is_not_drawn(world):
    _, sources, _ = world
    sources = sources.assign(lon=118.05, lat=28.05)
    assert drawable(sources).tolist() == [True] * 4 + [False] * 2


def test_claims_by_level_and_located_by_level_columns(world):
    basemap, sources, _ = world
    areas = area_table(basemap)
    assert claimed_areas(sources, areas).tolist() == [3, 3, 1, 6, -1, -1]
    assert located_areas(sources, areas).tolist() == [3, 3, 5, -1, -1, -1]
    coarse = sources.assign(code_township=["101", "101", "102", "102", None, None])
    assert located_areas(coarse, areas).tolist() == [3, 3, 5, 2, -1, -1]


def test_near_lines_end_at_the_border_far_ones_inside(world):
    basemap, sources, flags = world
    areas = area_table(basemap)
    lines = claim_lines(sources, flags, areas)
    assert lines["source"] == [2, 3]
    assert lines["x"] == pytest.approx([118.1, 118.2], abs=1e-5)  # the nearest border of 东镇; of 丁村
    assert lines["y"] == pytest.approx([28.05, 28.1], abs=1e-4)
    far = claim_lines(sources.assign(distance_m=60_000.0), flags, areas)
    assert (far["x"], far["y"]) == ([118.05, 118.15], [28.1, 28.15])
    unknown = claim_lines(sources.drop(columns="distance_m"), flags, areas)
    assert unknown == far


def test_the_nearest_point_is_the_nearest_on_the_ground(world):
    # At 60° a degree of longitude is half a degree of latitude: the corner cut that is nearest in degrees is not nearest.
    from shapely import Polygon

    from geocensus.maps.claims import _line_ends

    slope = np.array([Polygon([(0, 60), (2, 61), (2, 60)])], dtype=object)
    x, y = _line_ends(np.array([0.5]), np.array([60.75]), slope)
    flat = np.array([(0.5 - 0) * np.cos(np.radians(60.75)), 0.75])
    along = np.array([2 * np.cos(np.radians(60.75)), 1.0])
    t = flat @ along / (along @ along)
    assert (x[0], y[0]) == pytest.approx((2 * t, 60 + t))


def test_flags_point_at_rows_and_groups(world):
    _, sources, flags = world
    columns = flag_columns(sources, flags, lang="zh")
    assert columns["source"] == [2, 3, 4, -1]
    assert columns["group"] == [None, None, None, "enumerator 7"]
    codes = [columns["rules"][rule][0] for rule in columns["rule"]]
    assert codes == flags["rule"].tolist()
    titles = dict(columns["rules"])
    assert titles["coordinate.missing"] == "坐标缺失"
    assert titles["group.mixed_formats"]
    own = flag_columns(sources, flags, lang="en", rules={"coordinate.missing": Text("缺", "nothing there")})
    assert dict(own["rules"])["coordinate.missing"] == "Nothing there"
    assert dict(own["rules"])["place.outside_claimed"] == "place.outside_claimed"


def test_a_flag_of_an_unknown_source_is_kept(world):
    _, sources, flags = world
    columns = flag_columns(sources, flags.assign(source_id="zz"), lang="en")
    assert columns["source"] == [-1] * 4
    assert columns["text"][0].startswith("In 丙村")


def test_infinite_and_missing_numbers_become_none(world):
    basemap, sources, flags = world
    table = sources.assign(distance_m=[np.inf, -np.inf, np.nan, 1.04, 0.0, -2.0])
    columns = source_columns(table, flags, area_table(basemap), lang="zh")
    assert columns["distance"] == [None, None, None, 1.0, 0.0, -2.0]


def test_groups_are_told_in_words(world):
    _, sources, flags = world
    labels = [None, None, None, "enumerator=张三, device=PB-1"]
    assert flag_columns(sources, flags.assign(group=labels), lang="zh")["group"][-1] == "普查员 张三，采集设备 PB-1"
