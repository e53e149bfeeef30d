"""The parts of the diagnosis, one by one."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocensus.checks.causes import CAUSES, number_of
from geocensus.checks.diagnosis import Parameters
from geocensus.checks.diagnosis.density import box_distance, soft_border
from geocensus.checks.diagnosis.landscape import make_landscape
from geocensus.checks.diagnosis.lengths import distance_m
from geocensus.checks.diagnosis.posterior import infer
from geocensus.checks.diagnosis.record import json_number, json_objects, json_text
from geocensus.checks.diagnosis.texts import chosen, joined, metres_said, taken

WITH = Parameters()
DEGREES = st.floats(-179, 179), st.floats(-84, 84)


@given(*DEGREES, st.floats(-1, 1), st.floats(-1, 1))
def test_near_distances_are_geodesic(lon, lat, east, north):
    columns = [np.array([value]) for value in (lon, lat, lon + east, lat + north)]
    true = pyproj.Geod(ellps="GRS80").inv(*columns)[2]
    assert distance_m(*columns) == pytest.approx(true, rel=1e-5, abs=0.01)


def test_far_distances_are_near_enough_and_missing_ones_missing():
    lon, lat, to_lon, to_lat = (np.array(values) for values in ([118, 0.0], [28, 0.0], [28, np.nan], [118 - 90, 0.0]))
    true = pyproj.Geod(ellps="GRS80").inv(118, 28, 28, 28)[2]
    found = distance_m(lon, lat, to_lon, to_lat)
    assert found[0] == pytest.approx(true, rel=1e-4)
    assert np.isnan(found[1])


def test_the_border_is_soft_and_its_tail_thin():
    metres = np.array([0.0, 10.0, 40.0, 200.0, 1000.0, np.inf])
    soft = soft_border(metres, np.full(6, 10.0), WITH)
    assert (np.diff(soft) < 0).all()
    assert soft[0] == 1
    assert soft[2] < 0.002  # four spreads away
    assert soft[-1] == 0


def test_boxes_are_far_by_metres():
    box = np.array([118.0, 28.0, 118.1, 28.1])
    metres = box_distance(np.array([118.05, 118.2, np.nan]), np.array([28.05, 28.05, 28.05]), box)
    assert metres[0] == 0
    assert metres[1] == pytest.approx(9825, rel=0.01)
    assert metres[2] == np.inf


def test_the_density_sums_to_one_over_the_basemap(world):
    lon, lat = np.repeat(118.0305, 40) + np.arange(40) * 1e-5, np.full(40, 28.0105)
    located = pd.DataFrame({f"code_{level}": [code] * 40 for level, code in zip(world.levels, CODES, strict=True)})
    land = make_landscape(world, lon, lat, located, WITH)
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(118, 118.08, 400), np.linspace(28, 28.02, 100)))
    assert land.density(x, y).mean() * land.total_m2 == pytest.approx(1, rel=0.1)
    near, far = land.density(np.array([118.0305, 118.075]), np.array([28.0105, 28.0105]))
    assert near > 5 * far > 0
    shares = land.mass(land.number(world.zones()["code"], "village"))
    assert shares.sum() == pytest.approx(1, rel=1e-3)
    assert shares.argmax() == 1


CODES = ("330822", "330822001", "330822001200")


def without_sources(world):
    empty = pd.DataFrame({f"code_{level}": pd.Series(dtype="str") for level in world.levels})
    return make_landscape(world, np.empty(0), np.empty(0), empty, WITH)


def test_areas_hold_the_points_that_are_located_in_them(world):
    land = without_sources(world)
    west, south, east, north = land.box
    draw = np.random.default_rng(3)
    lon, lat = draw.uniform(west - 0.01, east + 0.01, 500), draw.uniform(south - 0.01, north + 0.01, 500)
    fine = land.locate(lon, lat)
    for number in land.chain[-1]:
        held = land.holds(np.full(500, number), lon, lat)
        assert (held == (np.where(fine >= 0, land.chain[-1][fine], -1) == number)).all()
        assert held.any()


def test_without_good_sources_the_density_is_even(world):
    land = without_sources(world)
    assert land.density(np.array([118.01, 118.07]), np.array([28.01, 28.01])) * land.total_m2 == pytest.approx([1, 1])


def alike(rows, causes):
    """Log-likelihoods under which the given causes explain every row equally well."""
    table = np.full((rows, len(CAUSES)), -50.0)
    for cause, value in causes.items():
        table[:, number_of(cause)] = value
    return table


def infer_one_group(table, unflagged=0):
    groups = np.zeros(len(table), dtype=np.int64)
    return infer(table, groups, np.array([unflagged]), {}, np.zeros(len(table), bool), WITH)


def test_a_row_does_not_confirm_itself():
    probability = infer_one_group(alike(1, {"packed_dms": 0.0, "sign": 0.0})).probability[0]
    assert probability[number_of("packed_dms")] == pytest.approx(probability[number_of("sign")])


def test_probabilities_are_priors_times_likelihoods():
    table = alike(5, {"digit_error": -3.0, "minutes_decimal": -4.0, "unknown": -9.0, "correct": -5.0})
    found = infer_one_group(table)
    product = found.prior * np.exp(found.log_average)
    np.testing.assert_allclose(product / product.sum(axis=1, keepdims=True), found.probability, rtol=1e-9)
    unknown = number_of("unknown")
    assert (found.log_average[:, unknown] > table[:, unknown]).all()  # a second slip is likelier than no reason


def test_a_second_slip_may_hide_behind_one():
    probability = infer_one_group(alike(30, {"digit_error": 0.0})).probability
    slip, unknown = probability[:, number_of("digit_error")], probability[:, number_of("unknown")]
    assert unknown / slip == pytest.approx(WITH.second_slip, rel=1e-3)


def test_texts_that_say_nothing_teach_nothing():
    doubtful = alike(1, {"unknown": 0.0, "digit_error": 0.0})
    silent = np.full((200, len(CAUSES)), -690.0)
    silent[:, number_of("unknown")] = 0.0
    alone, among = infer_one_group(doubtful), infer_one_group(np.vstack([doubtful, silent]))
    assert among.probability[0] == pytest.approx(alone.probability[0], abs=0.02)


def test_rows_confirm_one_another():
    sure = alike(50, {"packed_dms": 0.0, "digit_error": -9.0})
    doubtful = alike(1, {"packed_dms": 0.0, "digit_error": 0.0})
    found = infer_one_group(np.vstack([sure, doubtful])).probability[-1]
    assert found[number_of("packed_dms")] > 5 * found[number_of("digit_error")]


def test_priors_do_not_eat_the_evidence():
    found = infer_one_group(alike(20, {"correct": -30.0, "axes_swapped": 0.0}), unflagged=10**6)
    assert found.probability[:, number_of("axes_swapped")].min() > 0.99


def test_a_group_learns_its_own_shares():
    sure, doubtful = alike(60, {"sign": 0.0}), alike(2, {"sign": 0.0, "decimal_shift": 3.5})
    groups = np.r_[np.zeros(60), 0, 1].astype(np.int64)
    table = np.vstack([sure, doubtful])
    found = infer(table, groups, np.array([0, 500]), {}, np.zeros(62, bool), WITH).probability
    sign = number_of("sign")
    assert found[60, sign] > found[61, sign] + 0.05


def test_only_the_group_test_raises_a_shift():
    table = alike(30, {"gcj02": 0.0, "claim_wrong": 0.0})
    alone = infer_one_group(table).probability[:, number_of("gcj02")]
    raised = {"gcj02": np.full(30, 0.9)}
    groups = np.zeros(30, dtype=np.int64)
    told = infer(table, groups, np.array([0]), raised, np.zeros(30, bool), WITH).probability[:, number_of("gcj02")]
    assert alone.max() < 0.05
    assert told.min() > 0.6


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_json_of_any_text_can_be_read(texts):
    values = pa.array(texts, pa.large_string())
    read = [json.loads(row) for row in json_objects({"a": json_text(values)}).to_pylist()]
    plain = str.maketrans({chr(code): " " for code in range(32) if chr(code) not in "\n\r\t"})
    assert [row["a"] for row in read] == [text.translate(plain) for text in texts]


def test_json_of_numbers():
    assert json_number(np.array([1.23456, np.nan, np.inf]), 2).to_pylist() == ["1.23", "null", "null"]
    assert json_number(np.array([True, False]), 0).to_pylist() == ["true", "false"]


def test_texts_are_columns():
    two = pa.array(["a", "b"], pa.large_string())
    assert joined(two, "-", two).to_pylist() == ["a-a", "b-b"]
    assert chosen(np.array([True, False]), two, "x").to_pylist() == ["a", "x"]
    assert taken(["p", None], np.array([0, 1, -1])).to_pylist() == ["p", "", ""]
    assert metres_said(np.array([999.4, 1000.0, 99_949.0, 99_951.0, np.nan])).to_pylist() == [
        "999 m",
        "1.0 km",
        "99.9 km",
        "100 km",
        "?",
    ]
