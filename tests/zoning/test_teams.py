"""Teams: the list, shares of the work, supervisors."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocensus.errors import SchemaError
from geocensus.zoning.graph import build_graph
from geocensus.zoning.plan import split
from geocensus.zoning.teams import Team, supervisor_task, supervisors, targets, teams_from


def test_a_list_with_all_columns():
    table = pd.DataFrame(
        {
            "小组": ["007", "西片组"],
            "人数": ["4", "2.5"],
            "经度": ["118.5", ""],
            "纬度": ["28.9", None],
            "电话": ["0570", None],
            "负责人": ["某甲", ""],
            "备注": ["x", "y"],
        }
    )
    one, two = teams_from(table)
    assert one == Team("007", 4.0, 118.5, 28.9, "0570", "某甲")
    assert (two.name, two.people, two.phone, two.owner) == ("西片组", 2.5, "", "")
    assert np.isnan([two.start_lon, two.start_lat]).all()
    assert len(teams_from(table)) == 2


def test_a_list_in_english_as_it_is_read_from_a_file():
    table = pd.DataFrame(
        {"name": ["A", "B"], "people": [1.0, 3.0], "start_lon": [118.5, np.nan], "start_lat": [28.9, np.nan]}
    )
    teams = teams_from(table)
    assert teams.table()["start_lon"].fillna(0).tolist() == [118.5, 0]
    assert targets(80.0, teams).tolist() == [20, 60]


def test_names_may_be_missing_and_blank_rows_are_passed_over():
    table = pd.DataFrame({"name": ["A", None, "", " "], "people": [1, 2, 3, None]})
    teams = teams_from(table)
    assert teams.name.tolist() == ["A", "2", "3"]


def test_a_number_of_teams():
    assert teams_from(2).name.tolist() == ["1", "2"]
    assert targets(90.0, 3).tolist() == targets(90.0, teams_from(3)).tolist() == [30, 30, 30]


@pytest.mark.parametrize(
    ("table", "said", "zh"),
    [
        ({"name": ["A"]}, "no column people", "人数"),
        ({"name": [], "people": []}, "names no team", "为空"),
        ({"name": [""], "people": [None]}, "names no team", "为空"),
        ({"name": ["A", "B"], "people": [1, 0]}, r"people must be .* team 2 \(0\)", "第 2 支"),
        ({"name": ["A"], "people": [None]}, r"people must be .* team 1", "第 1 支"),
        ({"name": ["A"], "people": ["many"]}, r"team 1 \(many\)", "第 1 支（many）"),
        ({"name": ["A"], "people": [np.inf]}, "team 1", "第 1 支"),
        ({"name": ["A", "A"], "people": [1, 1]}, r"names must differ; wrong in team 2 \(A\)", "不能重复"),
        ({"people": [1], "lon": ["east"], "lat": [28]}, "start_lon must be degrees", "以度为单位"),
        ({"people": [1], "lon": [118], "lat": [280]}, "start_lat must be degrees", "以度为单位"),
        ({"people": [1], "lon": [118], "lat": [None]}, "both lon and lat", "同时"),
    ],
)
def test_wrong_lists_are_refused(table, said, zh):
    with pytest.raises(SchemaError, match=said) as caught:
        teams_from(pd.DataFrame(table))
    assert zh in caught.value.zh


def test_no_team_is_refused():
    for count in (0, -1):
        with pytest.raises(SchemaError, match="names no team"):
            teams_from(count)


@given(st.floats(0, 1e9), st.lists(st.floats(0.1, 100), min_size=1, max_size=20))
def test_targets_add_up_in_proportion(total, people):
    share = targets(total, teams_from(pd.DataFrame({"people": people})))
    assert share.sum() == pytest.approx(total)
    assert share * people[0] == pytest.approx(share[0] * np.array(people))


def row_of(count):
    """Draw units in a row, codes 00, 01 …"""
    shapes = [shapely.box(i * 1000, 0, i * 1000 + 1000, 1000) for i in range(count)]
    table = gpd.GeoDataFrame({"code": [f"{i:02d}" for i in range(count)]}, geometry=shapes, crs="EPSG:4548")
    return build_graph(table, np.ones(count), islands="own_zone")


def test_supervisor_areas_are_whole_neighbouring_field_zones():
    """Eight units, four field zones in the order 2 0 3 1, five enumerators each: two supervisors."""
    labels = np.array([2, 2, 0, 0, 3, 3, 1, 1])
    areas, solution = supervisors(row_of(8), labels, np.full(4, 5.0))
    assert areas[2] == areas[0] != areas[3] == areas[1]
    assert solution.optimal is True


def test_as_many_supervisors_as_the_span_demands():
    labels = np.arange(6)
    people = np.array([1, 2, 3, 4, 5, 6.0])
    task = supervisor_task(row_of(6), labels, people)
    assert task.k == 3  # 21 enumerators
    assert task.graph.load.tolist() == [1, 2, 3, 4, 5, 6]
    assert task.target.tolist() == [7, 7, 7]
    assert task.target[0] * (1 + task.tolerance) == pytest.approx(10)
    assert supervisor_task(row_of(6), labels, people, span=100).k == 1
    assert supervisor_task(row_of(6), labels, people, span=1).k == 6
    areas, _ = supervisors(row_of(6), labels, people)
    assert np.bincount(areas, people).max() <= 10


def test_wrong_supervisors_are_refused():
    for labels, people, span in (([0, 1], [1.0], 10), ([0, 2], [1.0, 1.0, 1.0], 10), ([0, 1], [1.0, 1.0], 0)):
        with pytest.raises(SchemaError, match="supervisors"):
            supervisor_task(row_of(2), np.array(labels), np.array(people), span=span)


def test_a_team_without_a_start_point_takes_the_field_zone_that_is_left():
    """Three units in a row; A starts in the last one, C in the first one, B nowhere."""
    shapes = [shapely.box(500_000 + x, 3_200_000, 501_000 + x, 3_201_000) for x in (0, 1000, 2000)]
    units = gpd.GeoDataFrame({"code": list("abc"), "minutes": 60.0}, geometry=shapes, crs="EPSG:4548")
    middle = gpd.GeoSeries(shapely.centroid(shapes), crs="EPSG:4548").to_crs("EPSG:4490")
    table = pd.DataFrame(
        {
            "name": ["A", "B", "C"],
            "people": 1,
            "start_lon": [middle.x[2], np.nan, middle.x[0]],
            "start_lat": [middle.y[2], np.nan, middle.y[0]],
        }
    )
    plan = split(units, teams=table)
    names = plan.field_zones.set_index("field_zone")["name"]
    assert plan.labels.map(names).to_dict() == {"a": "C", "b": "B", "c": "A"}
