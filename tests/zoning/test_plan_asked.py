r"""What a planner may ask of a drawn county, and what is refused: a board of squares of 1 km, codes by row and column::

30 31 32 33
20 21 22 23
10 11 12 13
00 01 02 03
"""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.errors import CRSMismatchError, SchemaError, SplitInfeasibleError
from geocensus.zoning.plan import split

from .conftest import EAST, NORTH, board, row, zones_of


def test_single_unit():
    plan = split(board(1, 1), teams=1)
    assert plan.labels.tolist() == ["1"]
    assert plan.report["connected"]


def test_as_many_teams_as_units():
    assert split(row([1, 2, 3]), teams=3).labels.tolist() == ["1", "2", "3"]


@pytest.mark.parametrize("teams", [0, -1, 4])
def test_impossible_number_of_teams_names_both_numbers(teams):
    with pytest.raises(SplitInfeasibleError, match=rf"{teams}.*3|3.*{teams}") as error:
        split(row([1, 2, 3]), teams=teams)
    assert error.value.reason == "teams"


@pytest.mark.parametrize("teams", [2.5, "two", True, None])
def test_teams_must_be_a_number_or_a_table(teams):
    with pytest.raises(SchemaError):
        split(row([1, 2, 3]), teams=teams)


def test_teams_and_capacity_are_one_too_many():
    with pytest.raises(SchemaError, match="not both"):
        split(row([1, 2, 3]), teams=2, capacity=3)


@pytest.mark.parametrize("tolerance", [-0.1, np.nan, np.inf])
def test_tolerance_must_be_a_share(tolerance):
    with pytest.raises(SchemaError, match="tolerance"):
        split(row([1, 2, 3]), teams=2, tolerance=tolerance)


def test_tolerance_of_zero_is_a_wish_like_any_other():
    exact = split(row([2, 1, 3]), teams=2, tolerance=0)
    assert (exact.feasible, exact.labels.tolist()) == (True, ["1", "1", "2"])
    near = split(row([2, 2, 3]), teams=2, tolerance=0)
    assert (near.feasible, near.optimal) == (False, True)
    assert near.report["deviation"] == near.report["bound"] == pytest.approx(1 / 7)


def test_missing_column_is_named():
    with pytest.raises(SchemaError, match="minutes"):
        split(board().drop(columns="minutes"), teams=2)


def test_units_without_a_reference_system_are_refused():
    with pytest.raises(CRSMismatchError):
        split(board().set_crs(None, allow_override=True), teams=2)


def test_load_is_in_proportion_to_people():
    teams = pd.DataFrame({"name": ["大组", "小组"], "people": [3, 1], "owner": ["张三", "李四"], "phone": ["1", "2"]})
    plan = split(row([1, 1, 1, 1]), teams=teams)
    zones = plan.field_zones.set_index("name")
    assert zones["load"].to_dict() == {"大组": 3.0, "小组": 1.0}
    assert zones["owner"].to_dict() == {"大组": "张三", "小组": "李四"}
    assert plan.report["deviation"] == 0


def test_teams_without_people_are_refused():
    with pytest.raises(SchemaError, match="people"):
        split(board(), teams=pd.DataFrame({"name": ["甲", "乙"]}))


def test_teams_get_the_field_zones_next_to_their_start():
    corner = gpd.GeoSeries([shapely.Point(EAST + x, NORTH + 100) for x in (3900, 100)], crs="EPSG:4548")
    corner = corner.to_crs("EPSG:4490")
    teams = pd.DataFrame({"name": ["东", "西"], "people": [1, 1], "lon": corner.x, "lat": corner.y})
    plan = split(row([1, 1, 1, 1]), teams=teams)
    named = plan.labels.map(plan.field_zones.set_index("field_zone")["name"])
    assert named.tolist() == ["西", "西", "东", "东"]


def test_capacity_gives_the_fewest_field_zones():
    plan = split(row([1, 1, 1, 1, 1, 1]), capacity=2)
    assert plan.report["field_zones"] == 3
    assert plan.report["load"]["max"] == 2


def test_capacity_counts_what_units_allow():
    plan = split(row([2, 2, 2]), capacity=3)
    assert plan.report["field_zones"] == 3
    assert "2" in plan.warnings[-1].en
    assert "3" in plan.warnings[-1].zh


def test_capacity_below_the_largest_unit_warns():
    plan = split(row([9, 1, 1]), capacity=4)
    assert any("9" in text.en and "capacity" in text.en for text in plan.warnings)
    assert plan.report["load"]["max"] == 9


@pytest.mark.parametrize("capacity", [0, -5, np.nan])
def test_capacity_must_be_positive(capacity):
    with pytest.raises(SchemaError, match="capacity"):
        split(row([1, 1]), capacity=capacity)


def test_lock_by_key_and_by_name():
    teams = pd.DataFrame({"name": ["甲组", "乙组"], "people": [1, 1]})
    plan = split(row([1, 1, 1, 1]), teams=teams, lock={"00": "乙组", "03": "1"})
    assert plan.labels.tolist() == ["2", "2", "1", "1"]


def test_lock_keeps_its_own_names():
    plan = split(row([1, 1, 1, 1]), teams=2, lock=pd.DataFrame({"code": ["03"], "field_zone": ["东片区"]}))
    assert plan.labels.tolist() == ["1", "1", "东片区", "东片区"]


def test_lock_that_makes_balance_impossible_is_a_result():
    plan = split(row([1, 1, 1, 1]), teams=2, lock={"00": "1", "01": "1", "02": "1"})
    assert plan.labels.tolist() == ["1", "1", "1", "2"]
    assert not plan.feasible
    assert plan.report["deviation"] == plan.report["bound"] == pytest.approx(0.5)


def test_lock_of_unknown_unit_mentions_lost_zeros():
    with pytest.raises(SchemaError, match="leading zeros"):
        split(row([1, 1]), teams=2, lock={"1": "1"})


def test_lock_of_one_unit_to_two_field_zones():
    lock = pd.DataFrame({"code": ["00", "00"], "field_zone": ["1", "2"]})
    with pytest.raises(SchemaError, match="00"):
        split(row([1, 1]), teams=2, lock=lock)


def test_more_locked_field_zones_than_teams():
    with pytest.raises(SplitInfeasibleError, match="3 field zones") as error:
        split(row([1, 1, 1]), teams=2, lock={"00": "a", "01": "b", "02": "c"})
    assert error.value.reason == "lock"


def test_groups_stay_together():
    units = row([1, 1, 1, 1]).assign(town=["a", "b", "b", np.nan])
    plan = split(units, teams=2, groups="town")
    assert plan.labels.iloc[1] == plan.labels.iloc[2]
    assert plan.report["units"] == 4
    assert plan.report["groups"] == 1
    assert plan.report["groups_split"] == 0


def test_lock_against_group():
    with pytest.raises(SplitInfeasibleError, match="00, 01") as error:
        split(row([1, 1, 1]), teams=2, groups={"00": "a", "01": "a"}, lock={"00": "1", "01": "2"})
    assert error.value.reason == "lock_group"


def test_scattered_group_is_kept_and_said():
    plan = split(row([1, 1, 1]), teams=2, groups={"00": "a", "02": "a"})
    assert plan.labels.iloc[0] == plan.labels.iloc[2] != plan.labels.iloc[1]
    assert len(plan.warnings) >= 1


def test_group_of_unknown_unit():
    with pytest.raises(SchemaError, match="99"):
        split(row([1, 1]), teams=1, groups={"99": "a"})


def test_zero_loads_balance_something_and_say_so():
    plan = split(row([0, 0, 0, 0]), teams=2)
    assert zones_of(plan) == {"1": ["00", "01"], "2": ["02", "03"]}
    assert plan.warnings


def test_hard_barrier_that_cuts_the_area():
    river = gpd.GeoDataFrame(
        {"name": ["河"], "kind": ["river"]},
        geometry=[shapely.LineString([(EAST + 1000, NORTH - 500), (EAST + 1000, NORTH + 1500)])],
        crs="EPSG:4548",
    )
    plan = split(row([1, 1, 1, 1]), teams=2, barriers=river, barrier_mode="hard")
    assert plan.labels.tolist() == ["1", "2", "2", "2"]
    assert not plan.feasible
    with pytest.raises(SplitInfeasibleError) as error:
        split(row([1, 1, 1, 1]), teams=1, barriers=river, barrier_mode="hard")
    assert error.value.reason == "components"


def line(*points):
    """Draw a river through points given in metres from the board's south-western corner."""
    shape = shapely.LineString([(EAST + x, NORTH + y) for x, y in points])
    return gpd.GeoDataFrame({"name": ["河"], "kind": ["river"]}, geometry=[shape], crs="EPSG:4548")


def test_a_soft_barrier_along_borders_draws_the_plan_to_itself():
    """Without the river the cheapest halves are even; the river parts columns 0 and 1, within the tolerance."""
    river = line((1000, -500), (1000, 2500))
    plain = split(board(2, 4), teams=2, tolerance=0.5)
    drawn = split(board(2, 4), teams=2, tolerance=0.5, barriers=river)
    assert zones_of(plain) == {"1": ["00", "01", "10", "11"], "2": ["02", "03", "12", "13"]}
    assert zones_of(drawn) == {"1": ["00", "10"], "2": ["01", "02", "03", "11", "12", "13"]}
    assert zones_of(split(board(2, 4), teams=2, tolerance=0.5, barriers=river, barrier_mode="off")) == zones_of(plain)


def test_overlapping_units_are_named_with_their_overlap():
    units = row([1, 1, 1])
    units.loc[1, "geometry"] = shapely.box(EAST + 600, NORTH, EAST + 2000, NORTH + 1000)
    with pytest.raises(SchemaError, match="00") as error:
        split(units, teams=2)
    assert "400,000" in str(error.value)
    assert "400,000" in error.value.zh


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4214"])
def test_units_in_an_unfit_reference_system_are_refused(crs):
    with pytest.raises(CRSMismatchError, match="EPSG:4490 or in metres") as error:
        split(row([1, 1]).to_crs("EPSG:4490").set_crs(crs, allow_override=True), teams=2)
    assert "EPSG:4490" in error.value.zh


def test_an_enclave_stays_connected_through_what_surrounds_it():
    ring = shapely.box(EAST, NORTH, EAST + 3000, NORTH + 3000)
    hole = shapely.box(EAST + 1000, NORTH + 1000, EAST + 2000, NORTH + 2000)
    beside = shapely.box(EAST + 3000, NORTH, EAST + 4000, NORTH + 3000)
    units = gpd.GeoDataFrame(
        {"code": ["01", "02", "03"], "minutes": [30.0, 30.0, 60.0]},
        geometry=[ring.difference(hole), hole, beside],
        crs="EPSG:4548",
    )
    plan = split(units, teams=2)
    assert zones_of(plan) == {"1": ["01", "02"], "2": ["03"]}
    assert plan.report["connected"] is True


def test_an_island_is_linked_or_refused_or_a_field_zone_of_its_own():
    units = row([1, 1, 1, 1])
    units.loc[3, "geometry"] = shapely.box(EAST + 3700, NORTH, EAST + 4700, NORTH + 1000)
    linked = split(units, teams=2)
    assert zones_of(linked) == {"1": ["00", "01"], "2": ["02", "03"]}
    assert "03" in " ".join(warning.en for warning in linked.warnings)
    with pytest.raises(SchemaError, match="03"):
        split(units, teams=2, islands="error")
    assert zones_of(split(units, teams=2, islands="own_zone")) == {"1": ["00", "01", "02"], "2": ["03"]}


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
def test_loads_that_are_none_are_refused_with_codes(bad):
    with pytest.raises(SchemaError, match="01") as error:
        split(row([60, bad, 60]), teams=3)
    assert "01" in error.value.zh


@pytest.mark.quiet
@pytest.mark.parametrize("teams", [0, 1, 16, 17])
def test_a_planner_is_answered_within_a_second(teams):
    start = time.process_time()
    if teams in {1, 16}:
        assert split(board(), teams=teams).report["field_zones"] == teams
    else:
        with pytest.raises(SplitInfeasibleError, match=f"{teams} field zones") as error:
            split(board(), teams=teams)
        assert "16 个单元" in error.value.zh
    assert time.process_time() - start < 1
