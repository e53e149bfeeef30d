import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geocensus.errors import SchemaError
from geocensus.locating import locate_levels

COUNTY = "KKKK\nKKKK"
TOWNS = "BBAA\nBBAA"  # the lower code is in the east
VILLAGES = "pqrs\npq.s"


@pytest.fixture
def layers(draw):
    def layer(picture, parents):
        areas = draw(picture)
        return areas.assign(name=areas["code"], parent_code=[parents.get(code, "") for code in areas["code"]])

    return {
        "village": layer(VILLAGES, {"p": "B", "q": "B", "r": "A", "s": "A"}),
        "county": layer(COUNTY, {}),
        "township": layer(TOWNS, {"A": "K", "B": "K"}),
    }


def rows(found):
    return [tuple(None if pd.isna(value) else value for value in row) for row in found.itertuples(index=False)]


def test_parents_follow_from_the_finest(layers, points):
    found = locate_levels(points((0.5, 1.5), (3.5, 0.5)), layers, nested=True)
    assert found.columns.tolist() == ["code_county", "code_township", "code_village", "on_border"]
    assert rows(found) == [("K", "B", "p", False), ("K", "A", "s", False)]


def test_levels_of_a_border_point_belong_together(layers, points):
    # q (of B) and r (of A) share this point: q is the lowest village, so the township is B although A touches too
    point = points((2, 1.5))
    assert rows(locate_levels(point, layers, nested=True)) == [("K", "B", "q", True)]
    assert rows(locate_levels(point, layers, nested=False)) == [("K", "A", "q", True)]


def test_a_gap_in_the_finest_level_is_searched_further_up(layers, points):
    sources = points((2.5, 0.5), (9, 9), (np.nan, np.nan), (2.5, 0)).set_axis(list("abcd"))
    for nested in (True, False):
        found = locate_levels(sources, layers, nested=nested)
        assert found.index.tolist() == list("abcd")
        assert rows(found) == [
            ("K", "A", None, False),
            (None, None, None, False),
            (None, None, None, False),
            ("K", "A", None, True),
        ]


def test_an_area_may_skip_a_level(layers, points):
    layers["village"] = layers["village"].assign(parent_code=["K", "B", "A", "A"])
    assert rows(locate_levels(points((0.5, 0.5)), layers, nested=True)) == [("K", None, "p", False)]


def test_points_layer(layers):
    sources = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0.5], [0.5]), crs="EPSG:4326").set_axis([8])
    found = locate_levels(sources, layers, nested=True)
    assert (found.loc[8, "code_village"], found["code_village"].dtype) == ("p", "str")


def test_no_rows(layers, points):
    found = locate_levels(points(), layers, nested=True)
    assert (len(found), found["on_border"].dtype) == (0, bool)


def test_unknown_levels_are_refused(layers, points):
    with pytest.raises(SchemaError, match="hamlet"):
        locate_levels(points((1, 1)), {"hamlet": layers["village"]}, nested=True)
    with pytest.raises(SchemaError, match="none"):
        locate_levels(points((1, 1)), {}, nested=True)
