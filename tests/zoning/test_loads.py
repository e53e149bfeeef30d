"""Loads: minutes by class, travel, base work, and where sources without a position count.

Villages a, b (township T) and c (township U), county 1; squares of about 1 km (see WORLD)::

    |  a  |  b  |  c  |      lon 118.00 .01 .02 .03, lat 28.00 to .01
    |---- T ----|- U -|
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.errors import SchemaError
from geocensus.zoning.loads import DEFAULT_MINUTES, LoadSettings, loads_of, work_classes
from geocensus.zoning.placing import place_sources, units_of_sources
from geocensus.zoning.units import blocks, cells

SQUARES = [shapely.box(118 + x, 28, 118 + x + 0.01, 28.01) for x in (0, 0.01, 0.02)]
VILLAGES = gpd.GeoDataFrame(
    {"code": ["a", "b", "c"], "parent_code": ["T", "T", "U"], "code_township": ["T", "T", "U"], "code_county": "1"},
    geometry=SQUARES,
    crs="EPSG:4490",
)
TOWNSHIPS = gpd.GeoDataFrame(
    {"code": ["T", "U"], "parent_code": ["1", "1"], "code_county": "1"},
    geometry=[shapely.union_all(SQUARES[:2]), SQUARES[2]],
    crs="EPSG:4490",
)
OVER = {"a": "T", "b": "T", "c": "U", "z": "Z"}
NO_TRAVEL = LoadSettings(travel_factor=0.0)


def sources(*rows):
    """Make rows of (class, located village or None, claimed area or None); "excluded" as class excludes."""
    table = pd.DataFrame(rows, columns=["class", "code_village", "claimed_area_code"])
    located = table["code_village"].notna()
    state = np.where(table["class"] == "excluded", "excluded", np.where(located, "located", "unlocated"))
    middle = {"a": 118.005, "b": 118.015, "c": 118.025, "z": 119.0}
    township = table["code_village"].map(OVER)
    return table.assign(
        source_id=[f"s{i}" for i in range(len(table))],
        state=state,
        code_township=township.astype("str"),
        code_county=township.map({"T": "1", "U": "1", "Z": "9"}).astype("str"),
        lon=table["code_village"].map(middle),
        lat=pd.Series(28.005, index=table.index).where(located),
    ).astype({"code_village": "str", "claimed_area_code": "str"})


def test_minutes_by_class_and_base_work():
    listed = sources(("工业源", "a", "a"), ("farm", "a", "a"), ("生活源", "b", "b"), ("矿山", "b", "b"))
    loads = loads_of(VILLAGES, listed, NO_TRAVEL)
    assert loads.index.tolist() == ["a", "b", "c"]
    assert loads.index.name == "code"
    assert loads["minutes"].tolist() == [340, 300, 240]
    assert loads["source_minutes"].tolist() == [100, 60, 0]
    assert loads["base_minutes"].tolist() == [240, 240, 240]
    assert loads["sources"].tolist() == [2, 2, 0]
    assert loads["sources_industrial"].tolist() == [1, 0, 0]
    assert loads["sources_other"].tolist() == [0, 1, 0]
    assert [column for column in loads if column.startswith("sources_")] == [f"sources_{c}" for c in DEFAULT_MINUTES]


def test_travel_follows_the_root_of_sources_times_area():
    listed = sources(*[("mobile", "a", "a")] * 4)
    loads = loads_of(VILLAGES, listed)
    area_m2 = 983.4 * 1108.4  # 0.01° by 0.01° at 28° N
    assert loads["travel_minutes"]["a"] == pytest.approx(0.7124 * np.sqrt(4 * area_m2) / (30_000 / 60), rel=2e-3)
    assert loads["travel_minutes"]["b"] == 0
    assert loads["minutes"].to_numpy() == pytest.approx(
        loads[["source_minutes", "travel_minutes", "base_minutes"]].sum(axis=1).to_numpy()
    )


def test_without_sources_the_load_is_the_base_work():
    assert loads_of(VILLAGES, None)["minutes"].tolist() == [240, 240, 240]
    assert loads_of(TOWNSHIPS, None, villages=VILLAGES)["minutes"].tolist() == [480, 240]
    assert loads_of(TOWNSHIPS.assign(villages=[2.0, 1.0]), None)["minutes"].tolist() == [480, 240]
    assert loads_of(VILLAGES, sources(), LoadSettings(village_minutes=0))["minutes"].tolist() == [0, 0, 0]


def test_every_row_is_counted_once_and_the_sum_is_stated():
    listed = sources(
        ("farm", "a", "a"),  # in a
        ("farm", "b", "a"),  # claims a, lies in b: the place counts
        ("farm", None, "b"),  # no position: the claim counts
        ("farm", "z", "a"),  # lies in an area elsewhere
        ("farm", None, "z"),  # claims an area elsewhere
        ("farm", None, None),  # nothing known
        ("excluded", None, None),
    )
    loads = loads_of(VILLAGES, listed)
    assert loads.attrs["reconciled"] == {"rows": 7, "counted": 3, "elsewhere": 2, "unplaced": 1, "excluded": 1}
    assert loads["sources"].tolist() == [1, 2, 0]
    assert loads["unlocated"].tolist() == [0, 1, 0]
    placed = units_of_sources(VILLAGES, listed)
    assert placed["how"].tolist() == ["located", "located", "claimed", "elsewhere", "elsewhere", "unplaced", "excluded"]
    assert placed["code"].fillna("").tolist() == ["a", "b", "b", "", "", "", ""]


def test_a_position_in_no_area_counts_by_its_claim():
    listed = sources(("farm", None, "c")).assign(lon=0.0, lat=0.0, state="located")
    assert loads_of(VILLAGES, listed)["sources"].tolist() == [0, 0, 1]


def test_a_coarse_claim_is_dealt_out_as_known_sources_lie():
    known = [("farm", "a", "a")] * 3 + [("farm", "b", "b")]
    listed = sources(*known, *[("farm", None, "T")] * 4)
    loads = loads_of(VILLAGES, listed)
    assert loads["sources"].tolist() == [6, 2, 0]
    assert loads["unlocated"].tolist() == [3, 1, 0]
    evenly = loads_of(VILLAGES, sources(*[("farm", None, "T")] * 3))
    assert evenly["sources"].tolist() == [2, 1, 0]  # the odd one goes to the lowest code


def test_classes_are_mixed_when_dealt_out():
    listed = sources(*[("farm", None, "T")] * 4, *[("mobile", None, "T")] * 4)
    loads = loads_of(VILLAGES, listed)
    assert loads["sources_farm"].tolist() == loads["sources_mobile"].tolist() == [2, 2, 0]


def test_claims_of_the_county_also_go_to_other_townships():
    """Units are T's villages; half of the county's known sources lie in U."""
    listed = sources(("farm", "a", "a"), ("farm", "c", "c"), *[("farm", None, "1")] * 4)
    loads = loads_of(VILLAGES.iloc[:2], listed)
    assert loads.attrs["reconciled"] == {"rows": 6, "counted": 3, "elsewhere": 3, "unplaced": 0, "excluded": 0}
    whole = loads_of(VILLAGES, listed)
    assert whole.attrs["reconciled"]["counted"] == 6


def test_claims_finer_than_the_units_count_above():
    listed = sources(("farm", None, "b"), ("farm", "c", "c"), ("farm", None, "c"))
    assert loads_of(TOWNSHIPS, listed, villages=VILLAGES)["sources"].tolist() == [1, 2]
    assert loads_of(TOWNSHIPS, listed)["sources"].tolist() == [0, 2]  # c is known from the source that lies there


def test_blocks_and_cells_are_looked_up_on_the_map():
    cut = gpd.GeoDataFrame(geometry=[shapely.LineString([(118.002, 27), (118.002, 29)])], crs="EPSG:4490")
    halves = blocks(VILLAGES, cut)
    listed = sources(("farm", "a", "a"), ("farm", "b", "b"), ("farm", None, "a"))
    loads = loads_of(halves, listed, NO_TRAVEL, villages=VILLAGES)
    assert loads["sources"].to_dict() == {"a-01": 0, "a-02": 2, "b": 1, "c": 0}
    assert loads["base_minutes"].tolist() == pytest.approx([48, 192, 240, 240], rel=1e-4)
    parts = cells(TOWNSHIPS.assign(villages=[2.0, 1.0]), listed)
    loads = loads_of(parts, listed)
    assert loads["sources"].to_dict() == {"T-01": 2, "T-02": 1, "U": 0}  # a's claim is lost in T: dealt out
    assert loads["base_minutes"].sum() == pytest.approx(3 * 240)
    assert loads_of(parts, listed, villages=VILLAGES)["base_minutes"].sum() == pytest.approx(3 * 240)


def test_lists_that_were_never_checked_are_looked_up_on_the_map():
    raw = sources(("farm", "a", None), ("farm", "z", None)).drop(
        columns=["code_village", "code_township", "code_county"]
    )
    loads = loads_of(VILLAGES, raw)
    assert loads["sources"].tolist() == [1, 0, 0]
    assert loads.attrs["reconciled"]["unplaced"] == 1


def test_key_industrial_sources():
    listed = sources(("工业源", "a", "a"), ("重点工业源", "a", "a"), ("farm", "a", "a"))
    listed = listed.assign(industry=["2662 专项化学用品", "1311 稻谷加工", "2662 x"], **{"raw:重点": ["", "", "是"]})
    assert work_classes(listed).tolist() == ["industrial", "key_industrial", "farm"]
    chemical = LoadSettings(key_industries=("26",))
    assert work_classes(listed, chemical).tolist() == ["key_industrial", "key_industrial", "farm"]
    marked = LoadSettings(key_column="重点")
    assert work_classes(listed.assign(**{"raw:重点": ["是", "", ""]}), marked).tolist()[0] == "key_industrial"
    with pytest.raises(SchemaError, match="no column '没有'"):
        work_classes(listed, LoadSettings(key_column="没有"))


@pytest.mark.parametrize(
    "values",
    [
        {"minutes": {"cows": 1}},
        {"minutes": {"farm": -1}},
        {"minutes": 5},
        {"speed_kmh": 0},
        {"village_minutes": float("nan")},
        {"travel_factor": -1},
        {"key_industries": 26},
        {"hours": 1},
        {"speed_kmh": "fast"},
    ],
)
def test_wrong_settings_are_refused(values):
    with pytest.raises(SchemaError):
        LoadSettings.from_dict(values)


def test_settings_keep_the_defaults_of_what_is_left_out():
    given_ = LoadSettings.from_dict({"minutes": {"farm": 90}, "key_industries": ["26"]})
    assert given_.minutes == {**DEFAULT_MINUTES, "farm": 90.0}
    assert given_.key_industries == ("26",)
    assert all({"zh", "en"} <= set(field.metadata) for field in LoadSettings.__dataclass_fields__.values())


ROWS = st.tuples(
    st.sampled_from(["farm", "mobile", "excluded"]),
    st.sampled_from(["a", "b", "c", "z", None]),
    st.sampled_from(["a", "T", "U", "1", "z", None]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, max_size=12), st.randoms())
def test_laws(rows, random):
    """Nothing is lost, and the order of rows does not matter."""
    listed = sources(*rows)
    placed = place_sources(VILLAGES, listed)
    sums = placed.sums()
    assert sums["rows"] == len(rows) == sum(sums.values()) - sums["rows"]
    assert sums["counted"] == int((placed.unit >= 0).sum()) == loads_of(VILLAGES, listed)["sources"].sum()
    order = list(range(len(rows)))
    random.shuffle(order)
    again = place_sources(VILLAGES, listed.iloc[order])
    assert again.unit.tolist() == [placed.unit[i] for i in order]
    assert again.how.tolist() == [placed.how[i] for i in order]
