r"""Census zones of two villages side by side, each 2 km × 1 km, with sources in a row along the middle::

┌───────────────┬───────────────┐
│ A  . . . . .  │  B   .  .     │
└───────────────┴───────────────┘
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geocensus.errors import SchemaError
from geocensus.zoning.zone_codes import HISTORY_COLUMNS, code_zones
from geocensus.zoning.zone_cutting import census_zones

EAST, NORTH = 500_000.0, 3_200_000.0
A, B = "330822001001", "330822001200"


def villages():
    shapes = [shapely.box(EAST + 2000 * i, NORTH, EAST + 2000 * (i + 1), NORTH + 1000) for i in range(2)]
    return gpd.GeoDataFrame({"code": [A, B], "name": ["甲村", "乙村"]}, geometry=shapes, crs="EPSG:4548")


def sources(places):
    """Code of the village and metres from the west edge of A; None: no place."""
    x = [np.nan if metres is None else EAST + metres for _, metres in places]
    points = gpd.GeoSeries(gpd.points_from_xy(np.nan_to_num(x, nan=EAST), [NORTH + 500] * len(x)), crs="EPSG:4548")
    points = points.to_crs("EPSG:4490")
    known = ~np.isnan(x)
    return pd.DataFrame(
        {
            "source_id": [f"s{i:03d}" for i in range(len(places))],
            "code": [code for code, _ in places],
            "lon": np.where(known, points.x, np.nan),
            "lat": np.where(known, points.y, np.nan),
        }
    )


FIVE_AND_TWO = [(A, 200), (A, 500), (A, 800), (A, 1400), (A, 1700), (B, 2500), (B, 3000)]


def parts(*boxes, parent=A):
    shapes = [shapely.box(EAST + west, NORTH, EAST + east, NORTH + 1000) for west, east in boxes]
    table = {"parent_code": [parent] * len(boxes), "sources": [10] * len(boxes)}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4548")


def events(cut, date):
    table = cut.history[cut.history["date"] == date]
    return {
        code[-3:]: (event, others) for code, event, others in table[["code", "event", "others"]].itertuples(index=False)
    }


def test_small_villages_stay_whole_with_serial_001():
    cut = census_zones(villages(), sources(FIVE_AND_TWO), date="2025-01-01")
    assert cut.zones["code"].tolist() == [A + "001", B + "001"]
    assert cut.zones["name"].tolist() == ["甲村", "乙村"]
    assert cut.zones["sources"].tolist() == [5, 2]
    assert cut.notes == ()
    assert cut.zones.geometry.geom_equals(villages().geometry).all()


def test_a_large_village_is_cut():
    cut = census_zones(villages(), sources(FIVE_AND_TWO), date="2025-01-01", most=3)
    assert cut.zones["code"].tolist() == [A + "001", A + "002", B + "001"]
    assert cut.zones["name"].tolist() == ["甲村001", "甲村002", "乙村"]
    assert sorted(cut.zones["sources"]) == [2, 2, 3]
    west = cut.members.set_index("source_id")["code"]
    assert west["s000"] == west["s001"]
    assert west["s003"] == west["s004"] != west["s000"]
    assert shapely.coverage_is_valid(cut.zones.geometry.to_numpy())
    assert cut.zones.area.sum() == pytest.approx(4e6)


def test_degrees_give_degrees():
    cut = census_zones(villages().to_crs("EPSG:4490"), sources(FIVE_AND_TWO), date="2025-01-01", most=3)
    assert cut.zones.crs == "EPSG:4490"
    assert len(cut.zones) == 3
    assert shapely.coverage_is_valid(cut.zones.geometry.to_numpy())


def test_sources_on_one_spot_are_said():
    cut = census_zones(villages(), sources([(A, 500)] * 4 + [(A, 1500)]), date="2025-01-01", most=2)
    assert cut.zones["sources"].tolist()[:2] in ([1, 4], [4, 1])
    assert "4 sources" in cut.notes[0].en


def test_sources_without_a_place_go_to_the_zone_with_the_fewest():
    places = [*FIVE_AND_TWO, (A, None), (B, None), (None, 100), (A, 9000), (A, None)]
    cut = census_zones(villages(), sources(places), date="2025-01-01", most=4)
    member = cut.members.set_index("source_id")["code"]
    east = member["s004"]  # 2 sources lie there, 3 in the other zone of A
    assert member[["s007", "s010", "s011"]].tolist() == [east, A + "001", east]
    assert member["s008"] == B + "001"
    assert "s009" not in member.index
    assert cut.zones["sources"].tolist() == [4, 4, 3]
    assert cut.notes[0].en.startswith("1 of 12 sources are in none")
    assert "fewest sources: s007, s008, s010, s011" in cut.notes[1].en


def test_sources_without_a_place_alone_do_not_cut_a_village():
    cut = census_zones(villages(), sources([(A, None)] * 9), date="2025-01-01", most=4)
    assert cut.zones["code"].tolist() == [A + "001", B + "001"]
    assert cut.zones["sources"].tolist() == [9, 0]
    assert cut.notes[-1].en.startswith(f"{A}: 9 sources lie on one spot, or cannot be parted")


def test_villages_without_sources_stay_apart_where_another_is_cut():
    """A is cut, B and C have no source: neither is merged with a neighbour."""
    shapes = [shapely.box(EAST + 2000 * i, NORTH, EAST + 2000 * (i + 1), NORTH + 1000) for i in range(3)]
    table = gpd.GeoDataFrame({"code": [A, B, "330822001201"]}, geometry=shapes, crs="EPSG:4548")
    cut = census_zones(table, sources(FIVE_AND_TWO[:5]), date="2025-01-01", most=3)
    assert cut.zones["code"].tolist() == [A + "001", A + "002", B + "001", "330822001201001"]
    assert cut.zones.area.round().tolist()[2:] == [2e6, 2e6]


def test_spots_that_do_not_pack_get_one_zone_more():
    """Three spots of 2 sources each in zones of at most 3: two zones would do by number."""
    spots = [(A, x) for x in (300, 300.2, 1000, 1000.2, 1700, 1700.2)]
    cut = census_zones(villages(), sources(spots), date="2025-01-01", most=3)
    assert cut.zones["sources"].tolist() == [2, 2, 2, 0]
    assert cut.notes == ()


def test_villages_doubled_or_without_a_polygon_are_refused():
    twice = pd.concat([villages(), villages().iloc[:1]])
    with pytest.raises(SchemaError, match=f"more than once: {A}"):
        census_zones(twice, sources(FIVE_AND_TWO), date="2025-01-01")
    bare = villages()
    bare.loc[1, "geometry"] = None
    with pytest.raises(SchemaError, match=f"no polygon: {B}"):
        census_zones(bare, sources(FIVE_AND_TWO), date="2025-01-01")


def test_a_source_claimed_from_outside_counts_in_no_other_village():
    cut = census_zones(villages(), sources([(A, 100), (A, 3900)]), date="2025-01-01")
    assert cut.members["code"].tolist() == [A + "001"] * 2


def test_order_of_rows_does_not_matter():
    table = sources(FIVE_AND_TWO)
    one = census_zones(villages(), table, date="2025-01-01", most=3)
    two = census_zones(villages().iloc[::-1], table.iloc[::-1], date="2025-01-01", most=3)
    pd.testing.assert_frame_equal(one.members, two.members)
    assert one.zones["code"].tolist() == two.zones["code"].tolist()


@pytest.mark.parametrize("most", [0, -3])
def test_most_must_be_one_or_more(most):
    with pytest.raises(SchemaError, match="most"):
        census_zones(villages(), sources(FIVE_AND_TWO), date="2025-01-01", most=most)


def test_missing_columns_are_named():
    with pytest.raises(SchemaError, match="lon"):
        census_zones(villages(), sources(FIVE_AND_TWO).drop(columns="lon"), date="2025-01-01")
    with pytest.raises(SchemaError, match="parent_code"):
        code_zones(villages(), date="2025-01-01")


def test_the_same_cut_keeps_all_codes():
    first = code_zones(parts((0, 1000), (1000, 2000)), date="1")
    second = code_zones(parts((1000, 2000), (0, 1000)), date="2", before=first)
    assert second.of_part.str[-3:].tolist() == ["002", "001"]
    assert events(second, "2") == {"001": ("kept", ""), "002": ("kept", "")}


def test_a_moved_line_keeps_the_codes_and_is_recorded():
    first = code_zones(parts((0, 1000), (1000, 2000)), date="1")
    second = code_zones(parts((0, 1200), (1200, 2000)), date="2", before=first)
    assert second.zones["code"].str[-3:].tolist() == ["001", "002"]
    assert events(second, "2") == {"001": ("changed", ""), "002": ("changed", "")}


def test_a_zone_cut_in_halves_retires_its_code():
    first = code_zones(parts((0, 2000)), date="1")
    second = code_zones(parts((0, 1000), (1000, 2000)), date="2", before=first)
    assert second.zones["code"].str[-3:].tolist() == ["002", "003"]
    assert events(second, "2") == {
        "001": ("retired", f"{A}002 {A}003"),
        "002": ("created", f"{A}001"),
        "003": ("created", f"{A}001"),
    }


def test_a_zone_that_loses_a_corner_keeps_its_code():
    first = code_zones(parts((0, 2000)), date="1")
    second = code_zones(parts((0, 1500), (1500, 2000)), date="2", before=first)
    assert second.zones["code"].str[-3:].tolist() == ["001", "002"]
    assert events(second, "2") == {"001": ("changed", ""), "002": ("created", f"{A}001")}


def test_codes_are_never_used_again():
    cut = code_zones(parts((0, 1000), (1000, 2000)), date="1")
    cut = code_zones(parts((0, 2000)), date="2", before=cut)
    assert cut.zones["code"].str[-3:].tolist() == ["003"]
    cut = code_zones(parts((0, 1000), (1000, 2000)), date="3", before=cut)
    assert cut.zones["code"].str[-3:].tolist() == ["004", "005"]
    assert list(cut.history.columns) == list(HISTORY_COLUMNS)
    retired = cut.history[cut.history["event"] == "retired"]["code"].str[-3:].tolist()
    assert retired == ["001", "002", "003"]


def test_villages_that_are_not_cut_stay():
    first = code_zones(pd.concat([parts((0, 2000)), parts((2000, 4000), parent=B)]), date="1")
    second = code_zones(parts((0, 1500), (1500, 2000)), date="2", before=first)
    assert second.zones["code"].tolist() == [A + "001", A + "002", B + "001"]
    assert B + "001" not in second.history[second.history["date"] == "2"]["code"].tolist()


def test_serials_end_before_900():
    first = code_zones(parts((0, 2000)), date="1")
    first.history.loc[0, "code"] = A + "899"
    first.zones.loc[0, "code"] = A + "899"
    with pytest.raises(SchemaError, match="899"):
        code_zones(parts((0, 1000), (1000, 2000)), date="2", before=first)


def world(seed, count):
    """Draw sources in three villages, one of them maybe empty; one in five has no place, some share a spot."""
    rng = np.random.default_rng(seed)
    used = rng.choice([0, 1, 2], rng.integers(1, 4), replace=False)
    home = rng.choice(used, count)
    x = np.round(rng.uniform(20, 1980, count) / 60) * 60 + 2000 * home
    place = [(A3[h], None if rng.random() < 0.2 else float(metres)) for h, metres in zip(home, x, strict=True)]
    shapes = [shapely.box(EAST + 2000 * i, NORTH, EAST + 2000 * (i + 1), NORTH + 1000) for i in range(3)]
    return gpd.GeoDataFrame({"code": A3}, geometry=shapes, crs="EPSG:4548"), sources(place)


A3 = [A, B, "330822001201"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), count=st.integers(0, 30), most=st.integers(1, 8), again=st.integers(1, 8))
def test_every_village_has_zones_and_every_source_is_in_one_of_its_own(seed, count, most, again):
    areas, table = world(seed, count)
    cut = census_zones(areas, table, date="1", most=most)
    recut = census_zones(areas, table, date="2", most=again, before=cut)
    assert set(A3) == set(cut.zones.loc[cut.zones["code"].str[-3:] == "001", "parent_code"])
    for found, limit in ((cut, most), (recut, again)):
        zones = found.zones.set_index("code")
        shape = areas.set_index("code").geometry
        assert set(zones["parent_code"]) == set(A3)
        assert zones.index.is_unique
        assert (zones.index.str[:-3] == zones["parent_code"]).all()
        outside = zones.geometry.difference(shape[zones["parent_code"]].set_axis(zones.index))
        assert outside.area.max() < 0.01
        assert zones.area.groupby(zones["parent_code"]).sum().round().tolist() == [2e6] * 3
        member = found.members.set_index("source_id")["code"]
        assert sorted(member.index) == table["source_id"].tolist()
        assert (zones["parent_code"][member].to_numpy() == table.set_index("source_id")["code"][member.index]).all()
        assert member.value_counts().reindex(zones.index, fill_value=0).tolist() == zones["sources"].tolist()
        said = " ".join(note.en for note in found.notes)
        crowded = zones.loc[zones["sources"] > limit, "parent_code"]
        assert all(f"{village}: " in said for village in crowded)
    same = census_zones(areas, table, date="3", most=again, before=recut)
    assert same.zones["code"].tolist() == recut.zones["code"].tolist()
    assert same.members.equals(recut.members)
    gone = set(cut.zones["code"]) - set(recut.zones["code"])
    assert gone == set(recut.history.loc[recut.history["event"] == "retired", "code"])


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 1000), most=st.integers(2, 6), again=st.integers(2, 6))
def test_no_source_and_no_code_is_lost(seed, most, again):
    rng = np.random.default_rng(seed)
    table = sources([(A, float(x)) for x in rng.choice(np.arange(50, 1950, 25), 14, replace=False)])
    first = census_zones(villages(), table, date="1", most=most)
    second = census_zones(villages(), table, date="2", most=again, before=first)
    for cut, limit in ((first, most), (second, again)):
        assert cut.zones["sources"].max() <= limit
        assert cut.zones["sources"].sum() == cut.members["code"].notna().sum() == 14
        counted = cut.members["code"].value_counts().reindex(cut.zones["code"], fill_value=0)
        assert counted.tolist() == cut.zones["sources"].tolist()
        assert cut.zones["code"].is_unique
        assert cut.zones.area.sum() == pytest.approx(4e6)
    created = second.history[second.history["event"] == "created"]["code"]
    assert created.is_unique
    retired = set(second.history[second.history["event"] == "retired"]["code"])
    assert retired.isdisjoint(second.zones["code"])
    assert set(first.zones["code"]) <= retired | set(second.zones["code"])
