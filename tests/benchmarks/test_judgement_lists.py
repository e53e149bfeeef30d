"""Lists with injected errors hold what their plan says, and the truth beside it is true."""

import judgement_lists as lists
import numpy as np
import pandas as pd
import pytest
import shapely
from judgement_places import map_of, place

import geocensus as gc

SHARES = dict.fromkeys((*lists.CAUSES, *lists.UNMODELLED), 0.01)


@pytest.fixture(scope="module")
def miaoli():
    return place("miaoli")


@pytest.fixture(scope="module", params=["village", "township"])
def drawn(request, miaoli):
    return lists.draw(miaoli, lists.Plan(2_000, request.param, SHARES, seed=3))


def test_the_same_plan_gives_the_same_list(miaoli, drawn):
    again = lists.draw(miaoli, drawn.plan)
    pd.testing.assert_frame_equal(drawn.table, again.table)
    pd.testing.assert_frame_equal(drawn.truth, again.truth)
    other = lists.draw(miaoli, lists.Plan(2_000, drawn.plan.level, SHARES, seed=4))
    assert not other.table["lon"].equals(drawn.table["lon"])


def test_every_error_has_its_share(drawn):
    counts = drawn.truth["cause"].value_counts()
    exact = [name for name in SHARES if name != "stale_boundary"]
    assert (counts[exact] == 20).all()
    assert 3 <= counts["stale_boundary"] <= 33
    assert counts["clean"] == 2_000 - counts.drop("clean").sum()


def test_sites_stand_in_their_true_area(miaoli, drawn):
    truth = drawn.truth
    x, y = miaoli.metric.transform(truth["lon"].to_numpy(), truth["lat"].to_numpy())
    off = shapely.distance(miaoli.shapes_m["village"][truth["unit"]], shapely.points(x, y))
    assert off.max() < 200  # what a poor GPS adds
    assert (off == 0).mean() > 0.97


def test_only_wrong_and_outdated_claims_differ_from_the_truth(drawn):
    truth = drawn.truth
    differ = truth["claimed_code"] != truth["true_code"]
    assert set(truth.loc[differ, "cause"]) == {"claim_wrong", "stale_boundary"}
    assert differ[truth["cause"].isin(["claim_wrong", "stale_boundary"])].all()


def test_changed_borders_take_whole_villages_and_name_a_neighbour(miaoli, drawn):
    stale = drawn.truth[drawn.truth["cause"] == "stale_boundary"]
    codes = miaoli.layers["township"]["code"]
    for unit, rows in stale.groupby("unit"):
        assert len(rows) >= 3
        assert len(set(rows["claimed_code"])) == 1
        others = drawn.truth[(drawn.truth["unit"] == unit) & drawn.truth["cause"].eq("clean")]
        assert (others["market"] >= 0).all()
        one, other = (pd.Index(codes).get_loc(rows[name].iloc[0]) for name in ("true_code", "claimed_code"))
        assert other in miaoli.neighbours["township"][one]


def test_a_market_is_one_reading_written_once(drawn):
    markets = drawn.truth[drawn.truth["market"] >= 0]
    texts = drawn.table.loc[markets.index, ["lon", "lat"]].assign(market=markets["market"])
    assert len(texts.drop_duplicates()) == texts["market"].nunique() < len(texts)
    assert set(markets["cause"]) == {"clean"}


def test_clean_rows_read_back_to_where_they_stand(drawn, tmp_path):
    sources = gc.read_sources(drawn.save(tmp_path / "list.csv"))
    clean = drawn.truth["cause"].isin({"clean", "claim_wrong", "stale_boundary"})
    off = np.hypot(sources["lon"] - drawn.truth["lon"], sources["lat"] - drawn.truth["lat"])[clean]
    assert off.max() < 2e-4  # half a second, or four decimals, on both axes
    assert sources["claimed_code"].tolist() == drawn.truth["claimed_code"].tolist()


def test_whole_enumerators_err_together(miaoli):
    plan = lists.Plan(4_000, "township", {"axes_swapped": 0.05, "bd09": 0.05}, seed=1, together=True)
    truth = lists.draw(miaoli, plan).truth
    kinds = truth[truth["market"] < 0].groupby("enumerator")["cause"].nunique()
    assert (kinds == 1).all()
    assert set(truth["cause"]) == {"clean", "axes_swapped", "bd09"}


def test_addresses_name_the_true_areas(miaoli):
    drawn = lists.draw(miaoli, lists.Plan(400, "village", {"claim_wrong": 0.5}, seed=1, addresses=0.6))
    names = miaoli.layers["village"]["name"].to_numpy()[drawn.truth["unit"]]
    named = np.array([name in address for name, address in zip(names, drawn.table["address"], strict=True)])
    assert 0.5 < named.mean() < 0.7


def test_a_simplified_map_stays_within_reach_of_the_truth(miaoli):
    chart = map_of(miaoli, simplify_m=150.0, accuracy_m=200.0)
    whole, plain = miaoli.shapes_m["village"], chart.shapes_m[miaoli.layers["village"]["code"]].to_numpy()
    assert shapely.get_num_coordinates(plain).sum() < 0.7 * shapely.get_num_coordinates(whole).sum()
    assert np.median(shapely.hausdorff_distance(whole, plain)) < 200
    assert chart.basemap.info.accuracy_m == {"county": 200.0, "township": 200.0, "village": 200.0}
