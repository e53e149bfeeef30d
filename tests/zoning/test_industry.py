"""Industry: parks, sectors, the mix per field zone. Squares of 1 km in a row: a b c d."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.zoning.graph import build_graph
from geocensus.zoning.industry import joined_groups, mix_of, park_groups, sector_groups, sectors_of, together_costs

CRS = "EPSG:4548"
X0, Y0 = 500_000.0, 3_200_000.0


def box(west, south, east, north):
    return shapely.box(X0 + west, Y0 + south, X0 + east, Y0 + north)


UNITS = gpd.GeoDataFrame(
    {"code": list("abcd")}, geometry=[box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000, 3000)], crs=CRS
)


def parks(shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def shown(groups):
    return groups.fillna("").tolist()


def test_a_park_groups_the_units_that_hold_a_good_part_of_it():
    """4 % of the park lies in c: it stays out."""
    park = parks([box(500, 0, 2060, 100)], name=["新都园区"])
    assert shown(park_groups(UNITS, park)) == ["新都园区", "新都园区", "", ""]
    assert shown(park_groups(UNITS, park, least_share=0.01)) == ["新都园区"] * 3 + [""]
    assert shown(park_groups(UNITS, park.to_crs("EPSG:4490"))) == ["新都园区", "新都园区", "", ""]


def test_a_park_far_larger_than_its_units_groups_all_it_covers():
    wide = parks([shapely.union_all([box(0, 0, 2000, 1000), box(0, 1000, 90_000, 90_000)])], code=["P1"])
    assert shown(park_groups(UNITS, wide)) == ["P1", "P1", "", ""]


def test_parks_in_one_unit_are_joined_and_parks_inside_a_unit_group_nothing():
    both = parks([box(900, 0, 1100, 100), box(1900, 500, 2100, 600)], name=["乙", "甲"])
    assert shown(park_groups(UNITS, both)) == ["乙 + 甲"] * 3 + [""]
    inside = parks([box(10, 10, 20, 20)])
    assert shown(park_groups(UNITS, inside)) == [""] * 4
    assert shown(park_groups(UNITS, inside.iloc[:0])) == [""] * 4


def test_parks_may_be_a_column():
    units = UNITS.assign(park=["x", "", None, "x"])
    assert park_groups(units, "park").to_dict() == {
        "a": "x",
        "b": pytest.approx(np.nan, nan_ok=True),
        "c": pytest.approx(np.nan, nan_ok=True),
        "d": "x",
    }
    with pytest.raises(SchemaError, match="no column 'zone'"):
        park_groups(units, "zone")


def test_parks_need_a_reference_system():
    with pytest.raises(CRSMismatchError, match="parks: no reference system"):
        park_groups(UNITS, gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)]))


def test_sectors_group_neighbours_only():
    graph = build_graph(UNITS, np.ones(4))
    industry = pd.Series(["2614 有机化学原料", "2662 x", "1311 y", "2631 z", None])
    units = pd.Series(["a", "b", "c", "d", "c"])
    assert shown(sector_groups(graph, industry, units, ["26"])) == ["sector 26: a", "sector 26: a", "", ""]
    assert shown(sector_groups(graph, industry, units, ["26", "13"])) == ["sector 26: a", "sector 26: a", "", ""]
    assert shown(sector_groups(graph, industry, units, [])) == [""] * 4


def test_groupings_are_joined_whatever_their_order():
    one = pd.Series({"a": "x", "b": "x", "c": None, "d": "y"})
    two = pd.Series({"b": "z", "c": "z"})
    assert shown(joined_groups(one, two)) == ["x + z", "x + z", "x + z", ""]
    assert shown(joined_groups(two.reindex(list("abcd")), one)) == ["x + z", "x + z", "x + z", ""]


def test_parting_a_group_becomes_dear():
    graph = build_graph(UNITS, np.ones(4))
    dear = together_costs(graph, pd.Series({"b": "park", "c": "park"}), weight=2)
    assert graph.cut_cost_m.tolist() == [1000] * 6
    assert dear.cut_cost_m.tolist() == [1000, 1000, 3000, 3000, 1000, 1000]
    assert dear.border_m is graph.border_m


def test_the_mix_counts_every_source_of_the_units():
    labels = pd.Series({"a": "2", "b": "1", "c": "2", "d": "3"})
    listed = pd.DataFrame(
        {"class": ["farm", "farm", "mobile", None, "farm"], "industry": ["0313 x", "13", None, "2", "0313"]}
    )
    units = pd.Series(["a", "b", "c", "a", None], dtype="str")
    table = mix_of(labels, units, listed["class"])
    assert table.index.tolist() == ["2", "1", "3"]
    assert table.to_dict("list") == {"": [1, 0, 0], "farm": [1, 1, 0], "mobile": [1, 0, 0]}
    assert sectors_of(listed).fillna("").tolist() == ["03", "13", "", "", "03"]
    assert mix_of(labels, units, sectors_of(listed)).to_numpy().sum() == 4
