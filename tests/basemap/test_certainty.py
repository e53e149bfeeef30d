"""Certainty: shares of squares, to be checked with a pencil."""

import numpy as np
import pytest

from geocensus.basemap import ASSUMED_ACCURACY_M, Basemap, area_certainty, boundary_accuracy
from geocensus.errors import SchemaError
from geocensus.model import BasemapInfo, Text

EAST = 1 / 98_362.9  # degrees per metre at 28° N on GRS 80
NORTH = 1 / 110_832.0


def square(side_m):
    return (118.0, 28.0, 118.0 + side_m * EAST, 28.0 + side_m * NORTH)


def basemap(draw, accuracy):
    layers = {
        "township": draw("township", [("T", "", square(2000))]),
        "village": draw("village", [("a", "T", square(1000)), ("b", "T", None), ("c", "T", square(50))]),
    }
    return Basemap(BasemapInfo("tiny", Text("小图", "tiny"), accuracy_m=accuracy), layers)


def test_a_square_loses_a_strip_along_its_border(draw):
    table = area_certainty(basemap(draw, {"village": 40, "township": 0}), point_accuracy_m=30)
    rows = table.set_index("code")
    assert table["code"].tolist() == ["T", "a", "b", "c"]
    assert rows.loc["T", "certain_share"] == pytest.approx((1 - 60 / 2000) ** 2, abs=1e-3)
    assert rows.loc["a", "certain_share"] == pytest.approx(0.81, abs=1e-3)  # 3-4-5: 50 m on each side
    assert rows.loc["c", "certain_share"] == 0
    assert np.isnan(rows.loc["b", "certain_share"])
    assert rows.loc["a", "area_km2"] == pytest.approx(1, rel=1e-3)
    assert (table["certain_share"] + table["ambiguous_share"]).dropna().eq(1).all()


def test_exact_points_and_borders_leave_nothing_in_doubt(draw):
    table = area_certainty(basemap(draw, {"village": 0, "township": 0}), point_accuracy_m=0)
    assert table["certain_share"].dropna().to_numpy() == pytest.approx(1)


def test_unstated_accuracies_are_assumed_and_said_so(draw):
    table = area_certainty(basemap(draw, {"village": 30})).drop_duplicates("level")
    assert table[["level", "accuracy_m", "assumed"]].to_numpy().tolist() == [
        ["township", 150.0, True],
        ["village", 30.0, False],
    ]
    assert set(ASSUMED_ACCURACY_M) == set(boundary_accuracy(BasemapInfo("x", Text("", "")))["level"])


@pytest.mark.parametrize("accuracy", [-1, float("nan")])
def test_impossible_accuracies_are_refused(draw, accuracy):
    with pytest.raises(SchemaError, match="zero or more"):
        area_certainty(basemap(draw, {}), point_accuracy_m=accuracy)
