"""Isolated sources, far outlets, and units that moved between two lists; the world is drawn in conftest."""

import numpy as np
import pytest

from geocensus.checks import Settings

V1, V4 = "330822001001", "330822100201"
HEAD = "编号,经度,纬度,区划代码,地址,parent_id\n"


def cluster(claim=V1, size=7, address="", west=118.0100):
    """Sources 20 m from one another in the west of V1; the first is c0."""
    return [f"c{i},{west + i * 0.0002:.6f},28.010001,{claim},{address}," for i in range(size)]


def test_one_far_from_its_village(tested):
    rows = [*cluster(), f"far,118.050001,28.010001,{V1},,"]
    outcome = tested("place.isolated", HEAD + "\n".join(rows))
    assert outcome.status.tolist() == ["ok"] * 7 + ["flagged"]
    assert outcome.zh.tolist() == ["距同属甲社区的最近污染源 3.8 km；该处 8 个污染源距中心的中位距离为 39 m"]
    assert outcome.en.iloc[0].startswith("3.8 km from the nearest other source of 甲社区; half of its 8 lie within")


def test_too_few_neighbours_are_said(tested):
    rows = [*cluster(size=5), f"far,118.050001,28.010001,{V1},,"]
    assert tested("place.isolated", HEAD + "\n".join(rows)).reason.unique().tolist() == ["few_neighbours"]
    fewer = Settings(isolated_group=6)
    assert tested("place.isolated", HEAD + "\n".join(rows), settings=fewer).status.tolist() == ["ok"] * 5 + ["flagged"]


@pytest.mark.parametrize(("metres", "factor", "status"), [(5000, 5, "ok"), (1000, 200, "ok"), (1000, 5, "flagged")])
def test_both_settings_must_be_exceeded(tested, metres, factor, status):
    rows = [*cluster(), f"far,118.050001,28.010001,{V1},,"]
    settings = Settings(isolated_m=metres, isolated_factor=factor)
    assert tested("place.isolated", HEAD + "\n".join(rows), settings=settings).status.iloc[-1] == status


def test_two_far_ones_apart_are_both_isolated_and_two_together_are_not(tested):
    apart = [*cluster(), f"x,118.050001,28.010001,{V1},,", f"y,118.079001,28.010001,{V1},,"]
    assert tested("place.isolated", HEAD + "\n".join(apart)).status.tolist()[-2:] == ["flagged"] * 2
    together = [*cluster(), f"x,118.050001,28.010001,{V1},,", f"y,118.050001,28.010001,{V1},,"]
    assert tested("place.isolated", HEAD + "\n".join(together)).status.tolist()[-2:] == ["ok"] * 2


def test_row_order_does_not_matter(tested):
    rows = [*cluster(), *cluster(V4, west=118.07), f"far,118.050001,28.010001,{V1},,", f"out,118.001,28.001,{V4},,"]
    rows = [row.replace("c", f"{i}c", 1) for i, row in enumerate(rows)]
    order = np.random.default_rng(3).permutation(len(rows))
    straight = tested("place.isolated", HEAD + "\n".join(rows)).status.tolist()
    mixed = tested("place.isolated", HEAD + "\n".join(rows[i] for i in order)).status.tolist()
    assert [straight[i] for i in order] == mixed
    assert straight.count("flagged") == 2


@pytest.mark.parametrize("address", ["西镇丁村3号", "西镇绿色产业园1号", "西镇"])
def test_without_a_claimed_village_the_address_groups(tested, address):
    rows = [*cluster("330822100", address=address), f"far,118.050001,28.010001,330822100,{address},"]
    assert tested("place.isolated", HEAD + "\n".join(rows)).status.tolist() == ["ok"] * 7 + ["flagged"]


def test_outlets_and_sources_without_point_are_not_tested(tested):
    rows = [*cluster(size=8), f"o,118.050001,28.010001,{V1},,c0", f"n,无,无,{V1},,", f"on,无,无,{V1},,c0"]
    reasons = tested("place.isolated", HEAD + "\n".join(rows)).reason.fillna("").tolist()
    assert reasons == [""] * 8 + ["is_outlet", "no_coordinate", "no_coordinate"]


def test_many_rows_on_one_coordinate(tested):
    rows = [f"s{i},118.010001,28.010001,{V1},," for i in range(20_000)]
    outcome = tested("place.isolated", HEAD + "\n".join([*rows, f"far,118.050001,28.010001,{V1},,"]))
    assert outcome.status.eq("flagged").sum() == 1


def test_no_claims_no_addresses(tested):
    outcome = tested("place.isolated", "编号,经度,纬度\na,118.01,28.01")
    assert outcome.reason.tolist() == ["few_neighbours"]


@pytest.mark.parametrize(("lon", "status"), [("118.030001", "ok"), ("118.030400", "flagged")])
def test_outlets_two_kilometres_off(tested, lon, status):
    # a degree of longitude at 28° N is 98.36 km: 0.020330° are 2,000 m
    outcome = tested("place.outlet_far", f"{HEAD}s,118.010001,28.010001,{V1},,\no,{lon},28.010001,{V1},,s")
    assert outcome.status.tolist() == ["not_tested", status]
    if status == "flagged":
        assert outcome.zh.tolist() == ["排放口距所属对象 s 2.0 km"]
        assert outcome.en.tolist() == ["the outlet lies 2.0 km from its site s"]


def test_missing_sites_are_said(tested):
    rows = [
        f"s,118.01,28.01,{V1},,",
        f"u,无,无,{V1},,",
        f"a,118.05,28.01,{V1},,gone",
        f"b,118.05,28.01,{V1},,u",
        f"c,无,无,{V1},,s",
        f"self,118.05,28.01,{V1},,self",
    ]
    outcome = tested("place.outlet_far", HEAD + "\n".join(rows))
    assert outcome.status.unique().tolist() == ["not_tested"]
    assert outcome.reason.tolist() == [
        "no_parent",
        "no_parent",
        "lost_parent",
        "lost_parent",
        "no_coordinate",
        "no_parent",
    ]


def test_an_outlet_is_measured_to_the_nearest_row_of_a_doubled_id(tested):
    rows = [f"s,118.01,28.01,{V1},,", f"s,118.05,28.01,{V1},,", f"o,118.051,28.01,{V1},,s"]
    assert tested("place.outlet_far", HEAD + "\n".join(rows)).status.tolist()[2] == "ok"


LIST = "编号,单位名称,经度,纬度,区划代码\n"


@pytest.mark.parametrize(
    ("there", "status"),
    [
        ("118.010401,28.010001", "ok"),  # 39 m
        ("118.010601,28.010001", "flagged"),  # 59 m
        ("118.0106,28.010", "flagged"),  # 59 m; the text is good to 56 m
        ("118.0105,28.010", "ok"),  # 49 m
        ("118.02,28.01", "flagged"),  # 983 m; the text is good to 557 m
    ],
)
def test_units_elsewhere_in_another_list(tested, there, status):
    outcome = tested("list.moved", f"{LIST}a,甲厂,118.010001,28.010001,{V1}", reference=f"{LIST}a,甲厂,{there},{V1}")
    assert outcome.status.tolist() == [status]


def test_the_message_says_both_places_and_metres(tested):
    outcome = tested(
        "list.moved", f"{LIST}a,甲厂,118.010001,28.010001,{V1}", reference=f"{LIST}a,甲厂,118.030001,28.010001,{V1}"
    )
    assert outcome.zh.tolist() == [
        "本名单在（118.010001, 28.010001），对照名单在（118.030001, 28.010001），相距 2.0 km"
    ]
    assert outcome.en.tolist() == [
        "at (118.010001, 28.010001) here, at (118.030001, 28.010001) in the other list, 2.0 km apart"
    ]


def test_what_cannot_be_compared_is_said(tested):
    here = f"{LIST}a,甲厂,118.01,28.01,{V1}\nb,乙厂,118.01,28.01,{V1}\nc,丙厂,无,无,{V1}"
    there = f"{LIST}a,甲厂,无,无,{V1}\nc,丙厂,118.01,28.01,{V1}"
    outcome = tested("list.moved", here, reference=there)
    assert outcome.reason.tolist() == ["reference_unlocated", "no_match", "no_coordinate"]
    assert tested("list.moved", here).reason.unique().tolist() == ["no_reference"]
