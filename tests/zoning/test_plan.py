r"""Plans on a drawn county: a board of squares of 1 km, codes by row and column::

30 31 32 33
20 21 22 23
10 11 12 13
00 01 02 03
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.errors import CRSMismatchError, SchemaError, SplitInfeasibleError
from geocensus.zoning.plan import SplitPlan, split
from geocensus.zoning.verify import problems_of

EAST, NORTH = 500_000.0, 3_200_000.0


def board(rows=4, columns=4, *, minutes=60.0, crs="EPSG:4548"):
    places = [(row, column) for row in range(rows) for column in range(columns)]
    squares = [
        shapely.box(EAST + 1000 * c, NORTH + 1000 * r, EAST + 1000 * (c + 1), NORTH + 1000 * (r + 1)) for r, c in places
    ]
    table = {"code": [f"{r}{c}" for r, c in places], "minutes": np.broadcast_to(minutes, len(places)).astype(float)}
    units = gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:4548")
    return units if crs == "EPSG:4548" else units.to_crs(crs)


def row(loads):
    return board(1, len(loads), minutes=np.array(loads, dtype=float))


@pytest.fixture(scope="module")
def quarters():
    return split(board(), teams=4)


def zones_of(plan):
    return {key: sorted(codes) for key, codes in plan.labels.groupby(plan.labels).groups.items()}


def test_board_falls_into_its_quarters(quarters):
    assert zones_of(quarters) == {
        "1": ["00", "01", "10", "11"],
        "2": ["02", "03", "12", "13"],
        "3": ["20", "21", "30", "31"],
        "4": ["22", "23", "32", "33"],
    }
    assert quarters.optimal is True
    assert quarters.warnings == ()


def test_report_has_the_measures(quarters):
    report = quarters.report
    expected = {
        "field_zones": 4,
        "units": 16,
        "feasible": True,
        "optimal": True,
        "deviation": 0.0,
        "bound": 0.0,
        "connected": True,
        "cut_km": 8.0,
        "cut_edges": 8,
        "groups_split": 0,
        "coverage_valid": True,
        "warnings": [],
    }
    assert {key: report[key] for key in expected} == expected
    assert report["load"] == {"min": 240.0, "mean": 240.0, "max": 240.0}
    assert report["polsby_popper"] == pytest.approx(np.pi / 4)
    assert report["reock"] == pytest.approx(2 / np.pi)
    assert report["rms_m"] == pytest.approx(1000 / np.sqrt(2))
    assert report["seconds"] > 0


def test_layer_of_field_zones_covers_the_area(quarters):
    zones = quarters.field_zones
    assert zones["field_zone"].tolist() == ["1", "2", "3", "4"]
    assert zones["name"].tolist() == ["片区1", "片区2", "片区3", "片区4"]
    assert zones["units"].tolist() == [4] * 4
    assert zones["load"].tolist() == [240.0] * 4
    assert zones["area_km2"].tolist() == pytest.approx([4.0] * 4)
    assert zones.crs == "EPSG:4548"
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())
    assert shapely.union_all(zones.geometry).equals(shapely.union_all(board().geometry))


def test_degrees_come_back_as_degrees():
    units = board(crs="EPSG:4490")
    plan = split(units, teams=4)
    zones = plan.field_zones
    assert zones.crs == "EPSG:4490"
    assert shapely.coverage_is_valid(zones.geometry.to_numpy())
    whole = shapely.union_all(units.geometry)
    assert shapely.union_all(zones.geometry).symmetric_difference(whole).area < 1e-9 * whole.area
    assert zones_of(plan) == zones_of(split(board(), teams=4))


def test_slivers_between_units_leave_no_slits_in_field_zones():
    units = board(3, 3)
    units.loc[4, "geometry"] = shapely.box(EAST + 1000.5, NORTH + 1000, EAST + 2000, NORTH + 2000)
    plan = split(units, teams=3)
    zones = plan.field_zones.geometry
    assert shapely.coverage_is_valid(zones.to_numpy(), gap_width=5)
    assert zones.area.sum() == pytest.approx(9e6)
    assert shapely.get_num_interior_rings(shapely.get_parts(zones.to_numpy())).sum() == 0
    assert plan.warnings


def test_numbers_of_units_are_added_up():
    units = board(2, 2).assign(sources=[1, 2, 3, 4], unlocated=[0, 1, 0, 1], lon=118.0)
    zones = split(units, teams=1).field_zones
    assert zones[["sources", "unlocated"]].iloc[0].tolist() == [10, 2]
    assert "lon" not in zones


def test_order_of_rows_and_index_do_not_matter(quarters):
    shuffled = board().sample(frac=1, random_state=3).set_index(pd.Index(range(100, 116)))
    assert split(shuffled, teams=4).labels.to_dict() == quarters.labels.to_dict()


def test_leading_zeros_are_kept(quarters):
    assert quarters.labels.index[0] == "00"
    assert quarters.labels.index.name == "code"


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


def test_move_returns_a_new_plan_and_undo_the_old_one(quarters):
    moved = quarters.move("11", "2")
    assert moved.labels["11"] == "2"
    assert quarters.labels["11"] == "1"
    assert moved.undo() is quarters
    assert moved.optimal is False
    assert moved.report["deviation"] == pytest.approx(0.25)
    assert "片区1" in moved.warnings[0].zh
    assert problems_of(moved.request.task, moved.assigned) == []


def test_move_of_several_units_and_by_name(quarters):
    moved = quarters.move(["10", "11"], "片区3")
    assert zones_of(moved)["3"] == ["10", "11", "20", "21", "30", "31"]


def test_nothing_to_undo(quarters):
    with pytest.raises(SchemaError, match="undo"):
        quarters.undo()


@pytest.mark.parametrize("code", ["00", "33"])
def test_move_that_tears_a_field_zone_is_refused(quarters, code):
    target = "4" if code == "00" else "1"
    with pytest.raises(SplitInfeasibleError, match=code) as error:
        quarters.move(code, target)
    assert error.value.reason == "disconnected"
    assert code in error.value.zh


def test_move_of_the_last_unit_is_refused():
    plan = split(row([1, 1]), teams=2)
    with pytest.raises(SplitInfeasibleError, match="no unit left") as error:
        plan.move("00", "2")
    assert error.value.reason == "empty"


def test_move_of_what_does_not_exist(quarters):
    with pytest.raises(SchemaError, match="99"):
        quarters.move("99", "1")
    with pytest.raises(SchemaError, match="'9'"):
        quarters.move("00", "9")


def test_group_moves_as_one():
    plan = split(row([1, 1, 1, 1]), teams=2, groups={"01": "a", "02": "a"})
    zone = plan.labels["01"]
    other = "1" if zone == "2" else "2"
    assert plan.move("01", other).labels["02"] == other


def test_locked_field_zones_and_units_do_not_move(quarters):
    locked = quarters.lock("1", units=["22"])
    for code, zone in [("11", "2"), ("12", "1"), ("22", "2")]:
        with pytest.raises(SplitInfeasibleError, match="locked") as error:
            locked.move(code, zone)
        assert error.value.reason == "lock"
    assert locked.field_zones["locked"].tolist() == [True, False, False, False]
    assert locked.unlock().move("11", "2").labels["11"] == "2"
    assert locked.unlock("1").move("11", "2").labels["11"] == "2"
    assert locked.unlock(units="22").move("22", "2").labels["22"] == "2"
    assert locked.undo() is quarters


def test_compare_tells_what_changes_hands(quarters):
    comparison = quarters.compare(quarters.move("11", "2"))
    assert comparison.moved.to_dict("records") == [{"code": "11", "before": "1", "after": "2", "load": 60.0}]
    assert comparison.flows.to_dict("records") == [{"before": "1", "after": "2", "units": 1, "load": 60.0}]
    assert comparison.moved_share == pytest.approx(1 / 16)
    assert comparison.measures.loc["deviation"].tolist() == pytest.approx([0, 0.25])
    assert comparison.text.en.startswith("1 units change hands, 6.2% of the load")


def test_supervisors_lead_whole_neighbouring_field_zones(quarters):
    areas = quarters.supervisors(span=2)
    assert areas.index.tolist() == ["1", "2", "3", "4"]
    assert areas.value_counts().to_dict() == {"1": 2, "2": 2}
    assert areas["1"] != areas["4"]


def test_progress_ends_at_one():
    shares = []
    split(board(), teams=4, progress=shares.append)
    assert shares[-1] == 1.0


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


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    loads=st.lists(st.integers(0, 20), min_size=9, max_size=9),
    teams=st.integers(1, 9),
    extra=st.integers(1, 50),
    place=st.integers(0, 8),
)
def test_every_plan_is_one(loads, teams, extra, place):
    units = board(3, 3, minutes=np.array(loads, dtype=float))
    heavier = units.assign(minutes=units["minutes"] + extra * (np.arange(9) == place))
    for given_units in (units, heavier):
        plan = split(given_units, teams=teams)
        assert isinstance(plan, SplitPlan)
        assert plan.labels.index.tolist() == sorted(units["code"])
        assert plan.labels.nunique() == teams
        assert plan.report["connected"]
        assert plan.field_zones["load"].sum() == pytest.approx(given_units["minutes"].sum())
        assert problems_of(plan.request.task, plan.assigned) == []
        again = split(given_units.iloc[::-1], teams=teams)
        assert again.labels.to_dict() == plan.labels.to_dict()
