"""Digits of texts, and what each stands for."""

import numpy as np
import pytest

from geocensus.coordinates import FORMAT_NAMES, digits_of


@pytest.mark.parametrize(
    ("text", "form", "whole", "fraction", "sign"),
    [
        ("118.523", "decimal", (3, 0, 0), (3, 0, 0), 1),
        ("-118,523", "decimal_comma", (3, 0, 0), (3, 0, 0), -1),
        ("西经118°31′12.5″", "degree_minute_second", (3, 2, 2), (0, 0, 1), -1),
        ("1183112.5", "packed", (3, 2, 2), (0, 0, 1), 1),
        ("118 31.2", "spaced", (3, 2, 0), (0, 1, 0), 1),
        ("1188°31′12″", "degree_minute_second", (4, 2, 2), (0, 0, 0), 1),
        ("W1188°31′12″", "degree_minute_second", (4, 2, 2), (0, 0, 0), -1),
        ("118:311:12", "degree_minute_second", (3, 3, 2), (0, 0, 0), 1),
        ("118-31-122", "dashed", (3, 2, 3), (0, 0, 0), 1),
        ("118.311.12", "dotted_dms", (3, 3, 2), (0, 0, 0), 1),
        ("1188,52", "decimal_comma", (4, 0, 0), (2, 0, 0), 1),
        ("1188.52°", "decimal", (4, 0, 0), (2, 0, 0), 1),
        ("118.0 31.0 12", "degree_minute_second", (3, 2, 2), (1, 1, 0), 1),
        ("28-29", "", (0, 0, 0), (0, 0, 0), 1),
        ("无", "", (0, 0, 0), (0, 0, 0), 1),
        (None, "", (0, 0, 0), (0, 0, 0), 1),
    ],
)
def test_parts_are_counted(text, form, whole, fraction, sign):
    digits = digits_of([text])
    assert FORMAT_NAMES[digits.format[digits.plan[0]]] == form
    assert digits.whole[:, 0].tolist() == list(whole)
    assert digits.fraction[:, 0].tolist() == list(fraction)
    assert digits.sign[0] == sign


def test_rows_share_plans_and_keep_their_digits():
    digits = digits_of(["118°31′12″", "119°05′48″", "1.5E+01", "28.9"])
    assert digits.plan.tolist() == [0, 0, 1, 2]
    assert digits.numbers[digits.starts[1] :][:7].tolist() == [1, 1, 9, 0, 5, 4, 8]
    assert digits.exponent.tolist() == [False, True, False]
    assert digits.texts.to_pylist() == ["118°31′12″", "119°05′48″", "1.5E+01", "28.9"]


def test_axes_that_words_name_are_told():
    digits = digits_of(["N28.9", "东经118", "118"])
    assert digits.on_lat.tolist() == [True, False, False]
    assert digits.on_lon.tolist() == [False, True, False]


def test_metres_are_plain_numbers():
    digits = digits_of(["458123.5", "118°31′"], projected=True)
    assert [FORMAT_NAMES[digits.format[plan]] for plan in digits.plan] == ["metres", ""]
    assert digits.whole[0].tolist() == [6, 0]


def test_no_texts():
    digits = digits_of([])
    assert len(digits.plan) == 0
    assert isinstance(digits.numbers, np.ndarray)
