"""Industry: parks, sectors, the mix per field zone. Squares of 1 km in a row: a b c d."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.zoning.graph import build_graph
from geocensus.zoning.industry import joined_groups, mix_of, park_groups, sector_groups, sectors_of, together_costs
from geocensus.zoning.mix import mix_table
from geocensus.zoning.plan import split
from geocensus.zoning.sectors import SECTORS

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
    assert shown(sector_groups(graph, industry, units, ["26"])) == ["26: a", "26: a", "", ""]
    assert shown(sector_groups(graph, industry, units, ["26", "13"])) == ["26: a", "26: a", "", ""]
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


def test_the_mix_as_a_table_names_classes_and_sectors():
    labels = pd.Series({"a": "2", "b": "1"})
    listed = pd.DataFrame(
        {"class": ["工业源", "重点工业源", "工业源", "farm"], "industry": ["2614 x", "2662", "9999", None]}
    )
    units = pd.Series(["a", "a", "a", "b"])
    table = mix_table(labels, units, listed, order=["1", "2"])
    assert table[["field_zone", "kind", "name_zh", "sources"]].to_numpy().tolist() == [
        ["1", "class", "规模化畜禽养殖场", 1],
        ["1", "sector", "未填行业", 1],
        ["2", "class", "工业源", 2],
        ["2", "class", "重点工业源", 1],
        ["2", "sector", "26 化学原料和化学制品制造业", 2],
        ["2", "sector", "99", 1],
    ]
    assert table.groupby("kind")["sources"].sum().to_dict() == {"class": 4, "sector": 4}
    assert mix_table(labels, units, listed)["field_zone"].unique().tolist() == ["2", "1"]
    assert mix_table(labels, units.iloc[:0], listed.iloc[:0]).empty


def test_sectors_have_codes_of_two_digits_and_names_in_both_languages():
    assert all(len(code) == 2 and code.isdecimal() for code in SECTORS)
    assert all(text.zh and text.en.isascii() for text in SECTORS.values())
    assert len({text.zh for text in SECTORS.values()}) == len(SECTORS)


class TestGroupsOfASplit:
    """Two teams for a b c d, 60 minutes each: halves, unless b and c belong together."""

    UNITS = UNITS.assign(minutes=60.0)
    TOGETHER = pd.Series({"b": "park", "c": "park"})

    def test_hard_groups_are_never_parted(self):
        plan = split(self.UNITS, teams=2, groups=self.TOGETHER)
        assert plan.labels["b"] == plan.labels["c"]
        assert (plan.report["groups"], plan.report["groups_split"], plan.report["feasible"]) == (1, 0, False)

    def test_soft_groups_give_way_to_the_balance_and_that_is_counted(self):
        plan = split(self.UNITS, teams=2, groups=self.TOGETHER, group_mode="soft")
        assert plan.labels["b"] != plan.labels["c"]
        assert (plan.report["groups"], plan.report["groups_split"], plan.report["feasible"]) == (1, 1, True)

    def test_soft_groups_stay_where_the_balance_allows(self):
        """Three teams: a pair must form somewhere, and it is the park's, not the one with the shortest border."""
        plan = split(self.UNITS, teams=3, groups=self.TOGETHER, group_mode="soft", tolerance=0.5)
        assert plan.labels["b"] == plan.labels["c"]
        assert plan.report["groups_split"] == 0

    def test_moving_a_unit_out_of_a_soft_group_is_counted(self):
        today = {"a": "1", "b": "2", "c": "2", "d": "2"}
        whole = split(self.UNITS, groups=self.TOGETHER, group_mode="soft", current=today, tolerance=0.6)
        parted = whole.move("b", "1")
        assert (whole.report["groups_split"], parted.report["groups_split"]) == (0, 1)

    def test_another_mode_is_refused(self):
        with pytest.raises(SchemaError, match="group_mode: one of hard, soft"):
            split(self.UNITS, teams=2, groups=self.TOGETHER, group_mode="firm")
