"""Basemap: valid by construction; parents by parent_code alone."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.basemap import AREA_COLUMNS, Basemap, empty_barriers, parents_of
from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.model import BasemapInfo, Text

INFO = BasemapInfo("tiny", Text("小图", "tiny"))


def areas(rows, crs="EPSG:4490"):
    """Rows of (code, name, parent_code, box)."""
    table = pd.DataFrame([row[:3] for row in rows], columns=["code", "name", "parent_code"], dtype="str")
    shapes = [None if row[3] is None else shapely.box(*row[3]) for row in rows]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=crs))


@pytest.fixture
def layers():
    """Draw the world; v3 hangs directly below the county, v4 has no geometry.

    ::

        y=2 +----+----+
            | v2 | v3 |      v1 v2: town a (codes say nothing about that)
        y=1 +----+----+      v3:    county P
            | v1 | v4?|      v4:    town b
        y=0 +----+----+
    """
    return {
        "village": areas(
            [
                ("v3", "三", "P", (1, 1, 2, 2)),
                ("v1", "一", "a", (0, 0, 1, 1)),
                ("v4", "四", "b", None),
                ("v2", "二", "a", (0, 1, 1, 2)),
            ]
        ),
        "county": areas([("P", "县", "33", (0, 0, 2, 2))]),
        "township": areas([("b", "乙", "P", (1, 0, 2, 1)), ("a", "甲", "P", (0, 0, 1, 2))]),
    }


def test_levels_run_coarse_to_fine_whatever_the_order_given(layers):
    assert Basemap(INFO, layers).levels == ("county", "township", "village")


def test_areas_are_sorted_and_carry_exactly_the_agreed_columns(layers):
    table = Basemap(INFO, layers).areas("village")
    assert tuple(table.columns) == AREA_COLUMNS
    assert table["code"].tolist() == ["v1", "v2", "v3", "v4"]
    assert table["level"].unique().tolist() == ["village"]
    assert table.crs.to_epsg() == 4490
    assert table.index.equals(pd.RangeIndex(4))


def test_zones_are_the_finest_level(layers):
    basemap = Basemap(INFO, layers)
    assert basemap.zones().equals(basemap.areas("village"))


def test_changing_a_table_handed_out_leaves_the_basemap_as_it_is(layers):
    basemap = Basemap(INFO, layers)
    table = basemap.areas("village")
    table.loc[0, "code"] = "changed"
    assert basemap.areas("village")["code"][0] == "v1"


def test_parents_follow_parent_codes_and_may_skip_a_level(layers):
    codes = pd.Series(["v3", None, "v1", "nowhere", "v4"], index=[10, 20, 30, 40, 50], dtype="str")
    found = Basemap(INFO, layers).parents(codes)
    assert found.columns.tolist() == [
        f"{what}_{level}" for level in ("county", "township", "village") for what in ("code", "name")
    ]
    assert found.index.tolist() == [10, 20, 30, 40, 50]
    assert found["code_village"].tolist() == ["v3", np.nan, "v1", np.nan, "v4"]
    assert found["code_township"].tolist() == [np.nan, np.nan, "a", np.nan, "b"]
    assert found["name_township"].tolist() == [np.nan, np.nan, "甲", np.nan, "乙"]
    assert found["code_county"].tolist() == ["P", np.nan, "P", np.nan, "P"]


def test_parents_of_a_coarser_level(layers):
    found = Basemap(INFO, layers).parents(pd.Series(["b"]), level="township")
    assert found.iloc[0].to_dict() == {
        "code_county": "P",
        "name_county": "县",
        "code_township": "b",
        "name_township": "乙",
    }


@settings(deadline=None, max_examples=10)
@given(st.lists(st.sampled_from(["v1", "v2", "x"]), max_size=20))
def test_parents_do_not_depend_on_what_stands_beside(codes):
    world = {
        "township": areas([("a", "甲", "", None)]),
        "village": areas([("v1", "一", "a", None), ("v2", "二", "", None)]),
    }
    whole = parents_of(pd.Series(codes, dtype="str"), world)
    single = [parents_of(pd.Series([code], dtype="str"), world) for code in codes]
    expected = pd.concat([whole.iloc[:0], *single], ignore_index=True)
    pd.testing.assert_frame_equal(whole, expected)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda w: w | {"hamlet": w["village"]}, "hamlet"),
        (lambda w: {}, "none"),
        (lambda w: w | {"village": w["village"].drop(columns="parent_code")}, "layer village: no column parent_code"),
        (
            lambda w: w | {"village": pd.concat([w["village"], w["village"].head(1)])},
            "1 codes occur more than once: v3",
        ),
        (lambda w: w | {"village": w["village"].assign(code=["", " ", "c", "d"])}, "2 areas without a code"),
        (lambda w: w | {"village": w["village"].assign(parent_code="zz")}, "4 areas have a parent .* v1 → zz"),
    ],
)
def test_a_broken_basemap_says_which_layer_and_which_codes(layers, change, words):
    with pytest.raises(SchemaError, match=words):
        Basemap(INFO, change(layers))


@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:4549"])
def test_a_layer_in_another_reference_system_is_refused(layers, crs):
    wrong = areas([("P", "县", "", (0, 0, 2, 2))], crs=crs)
    with pytest.raises(CRSMismatchError, match="layer county"):
        Basemap(INFO, layers | {"county": wrong})


def test_barriers_need_their_columns(layers):
    with pytest.raises(SchemaError, match="barriers: no column kind"):
        Basemap(INFO, layers, empty_barriers().drop(columns="kind"))


def test_a_level_that_is_not_there_lists_those_that_are(layers):
    with pytest.raises(SchemaError, match="county, township, village") as caught:
        Basemap(INFO, layers).areas("zone")
    assert "现有层级" in caught.value.zh
