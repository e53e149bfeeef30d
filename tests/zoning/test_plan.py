r"""Plans on a drawn county: a board of squares of 1 km, codes by row and column::

30 31 32 33
20 21 22 23
10 11 12 13
00 01 02 03
"""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.zoning.plan import SplitPlan, split
from geocensus.zoning.verify import problems_of

from .conftest import EAST, NORTH, board, zones_of


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


def test_supervisors_lead_whole_neighbouring_field_zones(quarters):
    areas = quarters.supervisors(span=2)
    assert areas.index.tolist() == ["1", "2", "3", "4"]
    assert areas.value_counts().to_dict() == {"1": 2, "2": 2}
    assert areas["1"] != areas["4"]


def test_progress_ends_at_one():
    shares = []
    split(board(), teams=4, progress=shares.append)
    assert shares[-1] == 1.0


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
