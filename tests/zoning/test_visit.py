r"""Day plans on a row of squares of 1 km; enumerators go 30 km/h, so 1 km takes 2 minutes::

┌────┬────┬────┬────┐
│ 00 │ 01 │ 02 │ 03 │
└────┴────┴────┴────┘
"""

from importlib.util import find_spec

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.errors import SchemaError
from geocensus.zoning import visit_order
from geocensus.zoning.plan import split
from geocensus.zoning.stops import stops_of
from geocensus.zoning.visit import STRAIGHT, VisitSettings, visits
from geocensus.zoning.visit_order import Trips, day_routes, fill_days, nearest_order, route_m

EAST, NORTH = 500_000.0, 3_200_000.0
ROUTING = find_spec("pyvrp") is not None


def row(loads):
    squares = [shapely.box(EAST + 1000 * i, NORTH, EAST + 1000 * (i + 1), NORTH + 1000) for i in range(len(loads))]
    table = {"code": [f"{i:02d}" for i in range(len(loads))], "minutes": np.array(loads, dtype=float)}
    return gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:4548")


def degrees(*metres):
    points = gpd.GeoSeries([shapely.Point(EAST + x, NORTH + y) for x, y in metres], crs="EPSG:4548").to_crs("EPSG:4490")
    return points.x.to_numpy(), points.y.to_numpy()


def team(people=1, at=(500, 500)):
    lon, lat = degrees(at)
    return pd.DataFrame({"name": ["甲组"], "people": [people], "lon": lon, "lat": lat})


@pytest.fixture
def plan():
    """One field zone, setting out from the middle of unit 00."""
    return split(row([100, 100, 100, 100]), teams=team())


def test_units_in_turn_until_the_day_is_full(plan):
    """100 min each and 2 min between: three units and the way back, 4 min, are 308 min; a fourth would be 412."""
    found = visits(plan, optimise=False, settings=VisitSettings(day_minutes=400))
    assert found.stops[["code", "day", "order"]].to_numpy().tolist() == [
        ["00", 1, 1],
        ["01", 1, 2],
        ["02", 1, 3],
        ["03", 2, 1],
    ]
    assert found.stops["arrive"].tolist() == ["08:30", "10:12", "11:54", "08:36"]
    assert found.stops["leave"].tolist() == ["10:10", "11:52", "13:34", "10:16"]
    assert found.stops["leg_km"].tolist() == pytest.approx([0, 1, 1, 3], abs=1e-6)
    days = found.days
    assert days["km"].tolist() == pytest.approx([4, 6], abs=1e-6)
    assert days["work_minutes"].tolist() == pytest.approx([300, 100])
    assert days["travel_minutes"].tolist() == pytest.approx([8, 12], abs=1e-6)
    assert days["back"].tolist() == ["13:38", "10:22"]
    assert found.report == {
        "visits": 4,
        "days": 2,
        "km": pytest.approx(10, abs=1e-6),
        "straight_lines": True,
        "method": "unit order",
    }


def test_straight_lines_and_missing_routing_are_said(plan):
    notes = visits(plan, optimise=False).notes
    assert notes[0] == STRAIGHT
    assert "pyvrp" not in notes[0].en


def test_without_the_extra_it_falls_back_and_says_so(plan, monkeypatch):
    monkeypatch.setattr("geocensus.zoning.visit.has_routing", lambda: False)
    found = visits(plan)
    assert found.method == "unit order"
    assert "pyvrp" in found.notes[1].en


def test_detour_makes_ways_longer(plan):
    found = visits(plan, optimise=False, settings=VisitSettings(day_minutes=400, detour=1.5))
    assert found.days["km"].tolist() == pytest.approx([6, 9], abs=1e-6)
    assert found.days["travel_minutes"].tolist() == pytest.approx([12, 18], abs=1e-6)


def test_crews_share_the_days():
    four = split(row([100, 100, 100, 100]), teams=team(people=4))
    found = visits(four, optimise=False, settings=VisitSettings(day_minutes=210))
    assert list(zip(found.stops["day"], found.stops["crew"], strict=True)) == [(1, 1), (1, 1), (1, 2), (2, 1)]
    assert found.report["days"] == 2


def test_long_work_goes_on_the_next_day():
    found = visits(split(row([1000]), teams=team()), optimise=False, settings=VisitSettings(day_minutes=401))
    assert found.stops["day"].tolist() == [1, 2, 3]
    assert found.stops["minutes"].sum() == pytest.approx(1000)
    assert found.stops["minutes"].max() <= 400


def test_stops_too_far_for_a_day_are_reached_and_said():
    far = split(row([10, 10]), teams=team(at=(500, 200_000)))
    found = visits(far, optimise=False, settings=VisitSettings(day_minutes=60))
    assert len(found.stops) == 2
    assert any("too far" in text.en for text in found.notes)


def test_without_a_start_point_days_begin_in_the_middle_and_it_is_said():
    found = visits(split(row([50, 50, 50]), teams=1), optimise=False)
    assert any("片区1" in text.zh for text in found.notes)
    assert found.stops["code"].tolist()[0] == "01"


def test_sources_are_visited_where_they_lie_and_the_rest_in_the_middle_of_its_unit(plan):
    lon, lat = degrees((600, 500), (1500, 900))
    stops = pd.DataFrame(
        {
            "source_id": ["a", "b", "c"],
            "code": ["00", "01", "02"],
            "minutes": [30.0, 30, 30],
            "lon": [lon[0], lon[1], np.nan],
            "lat": [lat[0], lat[1], np.nan],
        }
    )
    found = visits(plan, stops, optimise=False)
    assert found.stops["source_id"].tolist() == ["a", "b", "c"]
    assert found.stops["leg_km"].tolist() == pytest.approx([0.1, np.hypot(0.9, 0.4), np.hypot(1, 0.4)], abs=1e-6)
    assert found.stops["lon"].tolist()[:2] == pytest.approx(lon.tolist())
    assert found.stops["lon"].notna().all()


def test_stops_are_sources_and_base_work(plan):
    lon, lat = degrees((600, 500), (1500, 900))
    sources = pd.DataFrame(
        {
            "source_id": ["a", "b", "c"],
            "name": ["甲厂", "乙厂", "丙场"],
            "class": ["industrial", "farm", "domestic"],
            "state": ["located", "located", "unlocated"],
            "lon": [*lon, np.nan],
            "lat": [*lat, np.nan],
            "code_village": ["00", "01", np.nan],
            "claimed_area_code": ["00", "01", "02"],
        }
    ).astype({"code_village": "str"})
    based = split(row([60, 40, 30, 0]).assign(base_minutes=[240.0, 0, 0, 0]), teams=team())
    stops = stops_of(based, sources)
    assert stops[["kind", "code", "minutes"]].to_numpy().tolist() == [
        ["source", "00", 60.0],
        ["source", "01", 40.0],
        ["source", "02", 30.0],
        ["base", "00", 240.0],
    ]
    assert stops["lon"].notna().tolist() == [True, True, False, False]
    assert visits(based, stops, optimise=False).days["work_minutes"].sum() == pytest.approx(370)
    assert len(stops_of(plan, sources)) == 3


def test_a_unit_is_finished_before_the_next_is_begun():
    xy = np.array([[0.0, 0], [90, 0], [100, 0], [10, 0]])
    assert nearest_order(xy, np.zeros(2), np.array([0, 0, 1, 1])).tolist() == [0, 1, 2, 3]
    assert nearest_order(xy, np.zeros(2)).tolist() == [0, 3, 1, 2]


@pytest.mark.parametrize(
    ("change", "word"),
    [({"code": "99"}, "99"), ({"minutes": -1.0}, "minutes"), ({"minutes": np.nan}, "minutes")],
)
def test_bad_stops_are_named(plan, change, word):
    stops = pd.DataFrame({"code": ["00"], "minutes": [1.0], "lon": [np.nan], "lat": [np.nan]}).assign(**change)
    with pytest.raises(SchemaError, match=word):
        visits(plan, stops)


def test_missing_columns_are_named(plan):
    with pytest.raises(SchemaError, match="lon, lat"):
        visits(plan, pd.DataFrame({"code": ["00"], "minutes": [1.0]}))


@pytest.mark.parametrize(
    "wrong", [{"day_minutes": 0}, {"speed_kmh": -1}, {"detour": np.nan}, {"crew_size": 0}, {"day_start": "25:00"}]
)
def test_wrong_settings_are_named(wrong):
    with pytest.raises(SchemaError, match=next(iter(wrong))):
        VisitSettings(**wrong)


def test_no_stops_no_days(plan):
    empty = pd.DataFrame({"code": pd.Series(dtype="str"), "minutes": [], "lon": [], "lat": []}, dtype="float64")
    found = visits(plan, empty.astype({"code": "str"}))
    assert found.report["visits"] == found.report["days"] == 0
    assert found.days.empty


def _check(trips, days):
    rows = np.concatenate(days)
    assert sorted(rows.tolist()) == list(range(len(trips.xy)))
    for day in days:
        spent = route_m(trips, day) / trips.speed + trips.minutes[day].sum()
        assert len(day) == 1 or spent <= trips.limit * (1 + 1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(1, 30))
def test_every_stop_once_and_every_day_in_its_hours(seed, count):
    rng = np.random.default_rng(seed)
    trips = Trips(rng.uniform(0, 5000, (count, 2)), np.zeros(2), rng.uniform(10, 240, count), limit=420, speed=500)
    _check(trips, fill_days(trips, nearest_order(trips.xy, trips.start)))


@pytest.mark.skipif(not ROUTING, reason="the extra routes is not installed")
def test_routes_are_no_worse_and_the_same_for_a_seed():
    rng = np.random.default_rng(1)
    trips = Trips(rng.uniform(0, 8000, (40, 2)), np.zeros(2), rng.uniform(20, 120, 40), limit=420, speed=500)
    order = nearest_order(trips.xy, trips.start)
    plain, routed = fill_days(trips, order), day_routes(trips, order, effort=0.3)
    _check(trips, routed)
    assert len(routed) <= len(plain)
    assert sum(route_m(trips, day) for day in routed) < sum(route_m(trips, day) for day in plain)
    again = day_routes(trips, order, effort=0.3)
    assert [day.tolist() for day in again] == [day.tolist() for day in routed]


@pytest.mark.skipif(not ROUTING, reason="the extra routes is not installed")
def test_long_lists_are_cut_into_pieces(monkeypatch):
    monkeypatch.setattr(visit_order, "_AT_ONCE", 10)
    rng = np.random.default_rng(2)
    trips = Trips(rng.uniform(0, 8000, (25, 2)), np.zeros(2), rng.uniform(20, 120, 25), limit=420, speed=500)
    _check(trips, day_routes(trips, nearest_order(trips.xy, trips.start), effort=0.1))


@pytest.mark.skipif(not ROUTING, reason="the extra routes is not installed")
def test_visits_with_routes(plan):
    found = visits(plan, settings=VisitSettings(day_minutes=400))
    assert found.method == "pyvrp"
    assert found.report["days"] == 2
    assert found.report["km"] <= 10 + 1e-6
