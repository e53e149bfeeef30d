"""What holds for every diagnosis, and bad input."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geocensus.basemap import Basemap
from geocensus.checks import Settings, judge
from geocensus.checks.context import make_context
from geocensus.checks.diagnosis import Parameters, diagnose
from geocensus.checks.flags import make_flags
from geocensus.checks.registry import RULES
from geocensus.divisions import Crosswalk
from geocensus.io.sources import read_sources

from .conftest import HEAD, V1, V2, V3, V4, good_rows

SLIPS = (
    f"a,28.011237,118.071234,{V4},,",
    f"b,118.271234,28.011237,{V4},,",
    f"c,118.050004,28.012341,{V1},,",
    f"d,118.041236,28.003643,{V4},,",
    f"e,无法,28.1x,{V4},,",
    f"f,118.020400,28.005671,{V1},,",
)


def table(result, *columns):
    causes = result.causes.sort_values(["source_id", "rank"], ignore_index=True)
    return causes[["source_id", "rank", "cause", *columns]]


def test_the_order_of_rows_does_not_matter(asked):
    one, other = asked(*SLIPS), asked(*SLIPS[::-1])
    pd.testing.assert_frame_equal(table(one), table(other))
    np.testing.assert_allclose(one.causes["probability"].sort_values(), other.causes["probability"].sort_values())
    assert set(one.repairs["repair_id"]) == set(other.repairs["repair_id"])


def test_every_diagnosed_source_has_one_first_cause_and_a_record(asked):
    result = asked(*SLIPS)
    rules = [rule.code for rule in RULES if rule.diagnosed]
    diagnosed = result.flags.loc[result.flags["rule"].isin(rules), "source_id"].unique()
    first = result.causes[result.causes["rank"] == 1]
    assert sorted(first["source_id"]) == sorted(diagnosed) == ["a", "b", "c", "d", "e", "f"]
    assert (result.causes.loc[result.causes["rank"] > 1, "record"] == "").all()
    assert (result.causes.groupby("source_id")["probability"].sum() <= 1 + 1e-9).all()
    records = {row.source_id: json.loads(row.record) for row in first.itertuples()}
    assert records["b"]["lon_text"] == "118.271234"
    assert records["b"]["located"] == {"county": None, "township": None, "village": None}
    assert records["b"]["claimed_code"] == V4
    assert records["b"]["tolerance_m"] == 30
    assert set(records["b"]["causes"]["digit_error"]) != set()


def test_repairs_are_ranked_and_offers_keep_their_distance(asked):
    repairs = asked(*SLIPS).repairs
    with_ = Parameters()
    offered = repairs[repairs["offered"]]
    assert (offered["rank"] == 1).all()
    assert (offered["probability"] >= with_.offer).all()
    assert (offered["margin"] >= with_.margin).all()
    assert (repairs.loc[~repairs["offered"], "reason_en"] != "").all()
    assert (repairs.loc[~repairs["offered"], "reason_zh"] != "").all()
    assert not repairs["repair_id"].duplicated().any()
    ranked = repairs.sort_values(["source_id", "rank"]).groupby("source_id")["probability"]
    assert ranked.apply(lambda values: values.is_monotonic_decreasing).all()


def test_flags_are_those_that_repairs_answer(asked):
    result = asked(*SLIPS)
    flags = result.flags.set_index("flag_id")
    assert (flags.loc[result.repairs["flag_id"], "source_id"].to_numpy() == result.repairs["source_id"]).all()
    assert flags.loc[result.repairs.set_index("source_id").loc["b", "flag_id"], "rule"] == "place.outside_claimed"


def test_clean_rows_elsewhere_change_little(asked):
    few, many = asked(*SLIPS, good=(V3, V4)), asked(*SLIPS, good=(V1, V2, V3, V4))
    a, b = (result.causes.set_index(["source_id", "cause"])["probability"] for result in (few, many))
    common = a.index.intersection(b.index)
    assert np.abs(a[common] - b[common]).max() < 0.1  # another density, other shares: not other answers
    assert (
        table(few)[table(few)["rank"] == 1]["cause"].tolist() == table(many)[table(many)["rank"] == 1]["cause"].tolist()
    )


def test_nothing_is_changed_in_the_sources(world, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("\n".join([HEAD, *good_rows(), *SLIPS]), encoding="utf-8")
    ctx = make_context(read_sources(file), world, Settings())
    before = ctx.sources.copy(deep=True)
    flags = make_flags(ctx, {rule: rule.test(ctx) for rule in RULES})
    diagnose(ctx, flags)
    pd.testing.assert_frame_equal(ctx.sources, before)


def test_no_repair_within_tolerance_of_the_border(asked):
    rows = [f"x{i},118.020100,28.005671,{V1},," for i in range(3)]  # 10 m outside, and flagged as stacked
    result = asked(*rows)
    assert set(result.causes["source_id"]) == {"x0", "x1", "x2"}
    assert not result.repairs["offered"].any()


def test_all_rows_wrong_the_same_way_are_not_called_correct(judged):
    rows = (row.split(",") for row in good_rows())
    result = judged("\n".join([HEAD, *(",".join([row[0], row[2], row[1], *row[3:]]) for row in rows)]))
    first = result.causes[result.causes["rank"] == 1]
    assert first["cause"].value_counts().to_dict() == {"axes_swapped": 100}
    assert result.repairs["offered"].all()


def test_a_list_of_one(judged):
    result = judged(f"{HEAD}\nx,28.011237,118.071234,{V4},,")
    assert result.causes["cause"].tolist() == ["axes_swapped"]


@pytest.mark.parametrize("claim", ["", "330822", "330822100", V4])
def test_claims_at_every_level_and_none(first, claim):
    found, repair = first(f"x,28.011237,118.071234,{claim},,")
    assert found["cause"] == "axes_swapped"
    assert repair["offered"]
    assert repair["proposed_code"] == V4


def test_nothing_flagged_gives_empty_tables(asked):
    result = asked()
    assert len(result.causes) == len(result.repairs) == 0
    assert result.repairs["offered"].dtype == bool


def test_many_rows_on_one_coordinate(judged):
    rows = "\n".join(f"s{i},118.050004,28.012341,{V1},," for i in range(20_000))
    result = judged(f"{HEAD}\n{rows}")
    first = result.causes[result.causes["rank"] == 1]
    assert len(first) == 20_000
    assert len(set(first["cause"])) == 1
    assert not set(first["cause"]) & {"correct", "other_site"}


def test_a_neighbouring_market_stays_correct(asked):
    rows = [f"m{i},118.013237,28.015671,{V1},," for i in range(4)]
    first = asked(*rows).causes.query("rank == 1")
    assert first["cause"].tolist() == ["correct"] * 4


def test_a_shift_is_repaired_only_where_the_group_follows_it(world, tmp_path):
    lon, lat = 118.0199 + 0.0048, 28.0101 - 0.0030  # roughly what GCJ-02 does here
    file = tmp_path / "list.csv"
    file.write_text("\n".join([HEAD, *good_rows(), f"x,{lon:.6f},{lat:.6f},{V1},,"]), encoding="utf-8")
    ctx = make_context(read_sources(file), world, Settings())
    flags = make_flags(ctx, {rule: rule.test(ctx) for rule in RULES})
    alone = diagnose(ctx, flags).repairs
    assert not alone.loc[alone["cause"] == "gcj02", "offered"].any()
    shift = pd.DataFrame({"group": "g", "system": "gcj02", "share": 0.95, "confidence": 0.99}, index=ctx.sources.index)
    found = diagnose(ctx, flags, shift=shift)
    assert found.causes["cause"].iloc[0] == "gcj02"
    assert found.repairs.loc[found.repairs["cause"] == "gcj02", "offered"].all()


def test_a_retired_code_with_several_heirs_is_no_flag_inside_their_parent(judged):
    crosswalk = Crosswalk(pd.DataFrame({"old_code": ["330822002"] * 2, "new_code": ["330822001", "330822100"]}))
    rows = "\n".join([HEAD, *good_rows(), "x,118.050004,28.012341,330822002,,"])
    result = judged(rows, crosswalk=crosswalk)
    assert "place.outside_claimed" not in result.flags["rule"].tolist()  # compared with the county above it


def test_an_heir_in_another_county_is_a_moved_boundary(world, tmp_path):
    layers = {level: areas.copy() for level, areas in world.layers.items()}
    halves = layers["township"].geometry.to_numpy()
    layers["county"] = gpd.GeoDataFrame(
        {"code": ["330822", "330823"], "name": ["甲县", "乙县"], "parent_code": ["", ""]},
        geometry=halves,
        crs="EPSG:4490",
    )
    layers["township"]["parent_code"] = ["330822", "330823"]  # the second township went to another county
    heirs = pd.DataFrame({"old_code": ["330822002"] * 2, "new_code": ["330822001", "330822100"]})
    file = tmp_path / "list.csv"
    file.write_text("\n".join([HEAD, *good_rows(), "x,118.050004,28.012341,330822002,,"]), encoding="utf-8")
    result = judge(read_sources(file), Basemap(world.info, layers), Settings(), Crosswalk(heirs))
    first = result.causes[(result.causes["rank"] == 1) & (result.causes["source_id"] == "x")]
    assert first["cause"].tolist() == ["stale_boundary"]
