import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus import shifts
from geocensus.checks.shift import Vectors, decide_by_pairs

METRES = 111_195.0


def by(east, north):
    return lambda lon, lat: (lon + east / METRES / np.cos(np.radians(lat)), lat + north / METRES)


TRUTHS = {
    "none": by(0, 0),
    "gcj02": shifts.wgs84_to_gcj02,
    "bd09": shifts.wgs84_to_bd09,
    "reference_gcj02": shifts.gcj02_to_wgs84,
    "reference_bd09": shifts.bd09_to_wgs84,
    "datum_54": by(-60, 0),
    "datum_80": by(-116, 1),
    "constant": by(300, 150),
}


def pairs(move, n=40, noise=15.0, wrong=0.2, seed=3):
    rng = np.random.default_rng(seed)
    lon, lat = 118.5 + rng.uniform(-0.2, 0.2, n), 28.9 + rng.uniform(-0.2, 0.2, n)
    far = rng.normal(0, noise, (n, 2))
    bad = np.arange(n) < wrong * n
    far[bad] += rng.uniform(-5000, 5000, (int(bad.sum()), 2))
    return Vectors(lon, lat, *by(far[:, 0], far[:, 1])(*move(lon, lat)), np.arange(n))


@pytest.mark.parametrize("system", TRUTHS)
def test_every_system_is_found_from_pairs(system):
    decision = decide_by_pairs(pairs(TRUTHS[system]))
    assert (decision.system, decision.method, decision.sites) == (system, "pairs", 40)
    assert decision.confidence >= 0.99


def test_lists_in_two_systems_are_told():
    assert decide_by_pairs(pairs(shifts.gcj02_to_bd09)).system == "bd09"
    assert decide_by_pairs(pairs(shifts.bd09_to_gcj02)).system == "gcj02"


def test_a_real_map_differs_from_the_public_formula():
    moved = decide_by_pairs(pairs(lambda lon, lat: by(15, -12)(*shifts.wgs84_to_gcj02(lon, lat))))
    assert moved.system == "gcj02"


def test_old_datums_need_pairs_that_scatter_little():
    assert decide_by_pairs(pairs(by(-60, 0), n=12, noise=90.0)).system not in {"datum_54", "datum_80"}


def test_pairs_that_scatter_too_much_for_an_old_datum_do_not_deny_it():
    systems = [decide_by_pairs(pairs(by(-60, 0), n=50, noise=50.0, seed=seed)).system for seed in range(12)]
    assert "none" not in systems


def test_the_displacement_is_that_of_the_good_pairs():
    decision = decide_by_pairs(pairs(by(300, 150)))
    assert (decision.east_m, decision.north_m) == (pytest.approx(300, abs=10), pytest.approx(150, abs=10))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_two_pairs_are_too_few(n):
    decision = decide_by_pairs(pairs(shifts.wgs84_to_gcj02, n=n))
    assert (decision.system, decision.why, decision.sites) == ("inconclusive", "few_pairs", n)


def test_many_pairs_of_one_site_are_one():
    many = pairs(shifts.wgs84_to_gcj02)
    assert decide_by_pairs(many._replace(site=np.arange(40) % 2)).why == "few_pairs"


def test_two_displacements_are_no_decision():
    one, other = pairs(by(0, 0), wrong=0), pairs(shifts.wgs84_to_gcj02, wrong=0)
    half = np.arange(40) % 2 == 0
    mixed = Vectors(
        one.lon, one.lat, *(np.where(half, a, b) for a, b in zip(one[2:4], other[2:4], strict=True)), one.site
    )
    decision = decide_by_pairs(mixed)
    assert (decision.system, decision.why) == ("inconclusive", "mixed")
    assert decision.share == pytest.approx(0.5, abs=0.05)


def test_pairs_without_anything_in_common():
    assert decide_by_pairs(pairs(by(0, 0), wrong=1.0)).system == "inconclusive"


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(12)), st.sampled_from(["none", "gcj02", "constant"]))
def test_the_order_of_pairs_does_not_matter(order, system):
    given_pairs = pairs(TRUTHS[system], n=12)
    turned = Vectors(*(column[list(order)] for column in given_pairs))
    one, other = decide_by_pairs(given_pairs), decide_by_pairs(turned)
    assert one.system == other.system
    assert one.confidence == pytest.approx(other.confidence)


def test_a_second_list_decides_before_claims(context, drawn):
    lon, lat, _ = drawn(30)
    group = context(*shifts.wgs84_to_bd09(lon, lat), reference=(lon, lat)).shifts.groups.iloc[0]
    assert (group["system"], group["method"]) == ("bd09", "pairs")
    assert "against the reference list" in group["message_en"]


def test_where_the_other_list_is_shifted_the_sources_are_not(context, drawn):
    lon, lat, code = drawn(60)
    found = context(lon, lat, code, reference=shifts.wgs84_to_gcj02(lon, lat)).shifts
    assert found.groups["system"].iloc[0] == "reference_gcj02"
    assert (found.of_source["system"] == "none").all()


def test_two_lists_shifted_alike_are_found_by_their_claims(context, drawn):
    lon, lat, code = drawn(500)
    moved = shifts.wgs84_to_gcj02(lon, lat)
    group = context(*moved, code, reference=moved).shifts.groups.iloc[0]
    assert (group["system"], group["method"]) == ("gcj02", "claims")
