"""Credit codes and spellings of the demo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.coordinates import parse_angles
from geocensus.demo.credit import check_digit, credit_codes, organisation_digit
from geocensus.demo.spelling import STYLES, dms_parts, spell


def test_check_digit():
    body, digit = "91350100M000100Y4", "3"  # the example of GB 32100-2015
    assert check_digit(body) == digit
    values = ["0123456789ABCDEFGHJKLMNPQRTUWXY".index(letter) for letter in body + digit]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:-1])) + values[-1]
    assert total % 31 == 0


@pytest.mark.parametrize(("body", "digit"), [("D2143569", "X"), ("00000000", "0")])
def test_organisation_digit(body, digit):
    assert organisation_digit(body) == digit


def test_credit_codes_are_valid_different_and_fictional():
    codes = credit_codes(np.array(["91", "92", "93"] * 200), np.random.default_rng(0))
    assert len(set(codes)) == 600
    for code in codes:
        assert len(code) == 18
        assert code[2:8] == "990000"
        assert code[16] == organisation_digit(code[8:16])
        assert code[17] == check_digit(code[:17])


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 179.5), st.sampled_from(list(STYLES)))
def test_every_style_is_read_back(value, style):
    text = spell(np.array([value]), "lon", np.array([style]))
    read = parse_angles(text.tolist(), axis="lon").iloc[0]
    assert read["problem"] == ""
    assert abs(read["value"] - value) <= read["resolution_deg"] * 1.0001 + 1e-12


@given(st.floats(0, 180), st.integers(0, 2))
def test_minutes_and_seconds_stay_below_sixty(value, places):
    ((degrees, minutes, seconds),) = dms_parts(np.array([value]), places)
    assert minutes < 60
    assert float(seconds) < 60
    assert abs(degrees + minutes / 60 + float(seconds) / 3600 - value) <= 0.51 * 10**-places / 3600
