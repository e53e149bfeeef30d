"""Figures of the judgement benchmark on rows counted by hand."""

import judgement_peers as peers
import judgement_scores as scores
import judgement_tables as tables
import numpy as np
import pandas as pd
import pytest
from judgement_places import map_of, place

ROWS = pd.DataFrame(
    {
        "cause": ["sign", "sign", "digit_error", "digit_error", "clean", "jitter"],
        "flagged": [True, True, True, False, True, True],
        "offered": [True, True, True, False, False, True],
        "kind": ["point", "point", "point", None, None, "claim"],
        "p_repair": [1.0, 0.8, 0.95, np.nan, np.nan, 0.9],
        "repaired": [True, True, False, False, False, False],
    }
)


def test_offers_are_counted_from_a_probability_on():
    assert scores.offers(ROWS, 0.5) == {"n": 3, "precision": 2 / 3, "coverage": 2 / 3, "repairable": 3}
    assert scores.offers(ROWS, 0.9) == {"n": 2, "precision": 1 / 2, "coverage": 1 / 3, "repairable": 3}


def test_reliability_bins_and_their_error():
    said = pd.Series([0.55, 0.65, 0.65, 1.0])
    bins = scores.reliability(said, pd.Series([True, True, False, True]), np.array([0.5, 0.6, 0.7, 1.01]))
    assert bins["n"].tolist() == [1, 2, 1]
    assert bins["true"].tolist() == [1.0, 0.5, 1.0]
    assert scores.expected_error(bins) == pytest.approx((0.45 + 2 * 0.15 + 0) / 4)
    assert np.isnan(scores.expected_error(bins.iloc[:0]))


def test_goals_say_which_are_met():
    goals = tables.Goals()
    goals.add("a", 1_000, 0.9901, 0.99)
    goals.add("b", 10, 0.21, 0.05, most=True)
    goals.add("c", 0, float("nan"), 0.5)
    assert goals.table().splitlines()[2:] == [
        "| a | 1,000 | ≥ 0.99 | 0.9901 | yes |",
        "| b | 10 | ≤ 0.05 | 0.2100 | **no** |",
        "| c | 0 | ≥ 0.5 | nan | **no** |",
    ]


@pytest.fixture(scope="module")
def world():
    """Two rows that claim the first and the last township of Miaoli."""
    chart = map_of(place("miaoli"))
    towns = chart.basemap.areas("township").iloc[[0, -1]]
    inside = towns.geometry.representative_point()
    claimed = pd.Series(np.tile(towns["code"], 4))
    lon, lat = np.tile(inside.x, 4), np.tile(inside.y, 4)
    lon[[2, 3]], lat[[4, 5]] = -lon[[2, 3]], -lat[[4, 5]]
    lon[[6, 7]], lat[[6, 7]] = lat[[6, 7]], lon[[6, 7]]
    return peers.World(chart, claimed, 50.0), lon, lat, inside


def test_gbif_negates_and_exchanges_and_leaves_alone_what_fits(world):
    frame, lon, lat, inside = world
    x, y = peers.first_inside(frame, lon, lat, peers.GBIF)
    assert np.isnan(x[:2]).all()
    assert x[2:].tolist() == pytest.approx(np.tile(inside.x, 3).tolist())
    assert y[2:].tolist() == pytest.approx(np.tile(inside.y, 3).tolist())


def test_only_bdc_exchanges_and_negates_at_once(world):
    frame, lon, lat, inside = world
    turned, negated = lat[:2].copy(), -lon[:2]
    both = peers.World.__new__(peers.World)
    both.__dict__ = {**frame.__dict__, "shape": frame.shape[:2], "bounds": frame.bounds[:2]}
    assert np.isnan(peers.first_inside(both, turned, negated, peers.GBIF)[0]).all()
    assert peers.first_inside(both, turned, negated, peers.BDC)[0].tolist() == pytest.approx(inside.x.tolist())


def test_coordinate_cleaner_flags_what_its_tests_are_named_for(world):
    frame, lon, lat, _ = world
    flags = peers.coordinate_cleaner(frame, lon, lat, pd.Series(["a", "b"] * 4))
    assert flags["claim"].tolist() == [False] * 2 + [True] * 4 + [False] * 2  # the last are no places on Earth
    assert flags["invalid"].tolist() == [False] * 6 + [True] * 2
    assert flags["sea"].tolist() == [False] * 2 + [True] * 4 + [False] * 2
    assert not flags["equal"].any()
    assert not flags["zero"].any()
    assert not flags["duplicate"].any()
