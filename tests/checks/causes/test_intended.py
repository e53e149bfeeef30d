"""Texts as intended: signs, marks and words stay where they stand."""

import numpy as np
import pytest

from geocensus.checks.causes import number_of, written_of
from geocensus.checks.causes.edits import Edit, code, decode
from geocensus.checks.causes.hemisphere_words import other_axis, turned
from geocensus.checks.causes.intended import intended_texts

from .asking import read


def intended(text, edit, cause="digit_error"):
    written = written_of(read({"lon": [text], "lat": ["28.9"]}))
    return intended_texts(written, [0], [number_of(cause)], np.array([edit]), np.array([0]))[0][0]


@pytest.mark.parametrize(
    ("text", "edit", "result"),
    [
        ("东经118°31′12″", code(Edit.REPLACE, 3, 9), "东经118°91′12″"),
        ("东经118°31′12″", code(Edit.EXCHANGE, 3), "东经118°13′12″"),
        ("E 118:31:12.5", code(Edit.DELETE, 7), "E 118:31:12."),
        ("-18.52", code(Edit.INSERT_BEFORE, 0, 1), "-118.52"),
        ("11.52", code(Edit.INSERT_AFTER, 1, 8), "118.52"),
        ("11.52", code(Edit.INSERT_BEFORE, 2, 8), "11.852"),
        ("11.52", code(Edit.INSERT_AFTER, 3, 8), "11.528"),
        ("１１８．５２", code(Edit.REPLACE, 4, 9), "118.59"),
        ("118523", code(Edit.MOVE_POINT, 32 - 3), "118.523"),
        ("1.18523", code(Edit.MOVE_POINT, 32 + 2), "118.523"),
        ("11852.3", code(Edit.MOVE_POINT, 32 - 6), "0.0118523"),
        ("1.1", code(Edit.MOVE_POINT, 32 + 3), "1100"),
        ("-118.312", code(Edit.SPLIT, 2, 2), "-118°31′20″"),
        ("118.31125", code(Edit.SPLIT, 1, 2), "118°3′11.25″"),
        ("118.31125", code(Edit.MINUTES), "118°31.125′"),
        ("118.31", code(Edit.MINUTES), "118°31′"),
        ("118°31′20″", code(Edit.MINUTES), "118°31.20′"),
        ("118.0 31.0 20", code(Edit.MINUTES), "118°31.20′"),
        ("118°3′2.5″", code(Edit.DECIMALS, 0, 1), "118.03025"),
        ("118°52′3″", code(Edit.DECIMALS, 0, 0), "118.523"),
        ("118.5", code(Edit.NONE), "118.5"),
        ("118.5", code(Edit.OTHER_AXIS), "28.9"),
    ],
)
def test_edits_are_written_out(text, edit, result):
    assert intended(text, edit) == result


def test_what_nobody_can_tell_is_left_out():
    for cause in ("seconds_dropped", "projected", "gcj02", "datum_80", "unknown"):
        assert not intended("118.5", code(Edit.NONE), cause)


def test_hemispheres_are_turned():
    texts = ["118.5", "-118.5", "−118.5", "W118.5", "118.5°w", "118°31'12\"W", "西经118", "118 West", "118d31m12s"]
    back = ["-118.5", "118.5", "118.5", "E118.5", "118.5°e", "118°31'12\"E", "东经118", "118 East", "-118d31m12s"]
    assert turned(np.array(texts, dtype=object)).tolist() == back


def test_words_of_the_other_axis_are_replaced():
    lon = other_axis(np.array(["N118.5", "北纬118.5", "118.5 South", "lat: 118.5"], dtype=object), on_lon=True)
    assert lon.tolist() == ["E118.5", "东经118.5", "118.5 West", "lon: 118.5"]
    assert other_axis(np.array(["E28.5", "经度28.5"], dtype=object), on_lon=False).tolist() == ["N28.5", "纬度28.5"]


def test_codes_are_read_back():
    codes = [code(edit, position, digit) for edit in Edit for position in (0, 63) for digit in (0, 15)]
    told = [(edit.value, position, digit) for edit in Edit for position in (0, 63) for digit in (0, 15)]
    assert list(zip(*(part.tolist() for part in decode(np.array(codes))), strict=True)) == told
