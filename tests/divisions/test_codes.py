"""Code texts: one form, filled zeros, for every code system."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus import divisions

SPELLINGS = [
    ("330822001201", "330822001201"),
    ("３３０８２２", "330822"),
    (" 330 822\u3000001\t", "330822001"),
    ("'330822001201", "330822001201"),
    ("330822001201.0", "330822001201"),
    ("330,822,001,201", "330822001201"),
    ("330822,001", "330822,001"),
    ("3.30822E+11", "3.30822E+11"),
    ("330822001201a01", "330822001201A01"),
    ("10005010001", "10005010001"),
    ("01001", "01001"),
]


@pytest.mark.parametrize(("text", "code"), SPELLINGS)
def test_normalise_spelling(text, code):
    assert divisions.normalise([text]).tolist() == [code]


@pytest.mark.parametrize("text", ["", "  ", "无", "—", "/", "－－", "null", "N/A", None, np.nan])
def test_normalise_knows_nothing(text):
    assert divisions.normalise([text, "330822"]).isna().tolist() == [True, False]


def test_normalise_numbers_and_index():
    whole = divisions.normalise(pd.Series([330822001201, 33], index=["b", "a"]))
    assert whole.to_dict() == {"b": "330822001201", "a": "33"}
    assert divisions.normalise(pd.Series([330822001201.0, np.nan])).tolist()[0] == "330822001201"
    assert str(whole.dtype) == "str"
    mixed = divisions.normalise([330822, "330822001", 330822001201.0, None])
    assert mixed.tolist()[:3] == ["330822", "330822001", "330822001201"]


def test_empty_table():
    empty = pd.Series([], dtype="str")
    for function in (divisions.normalise, divisions.trim, divisions.level_of, divisions.parent_of, divisions.type_of):
        assert function(empty).tolist() == []
    assert divisions.validate(empty).empty


def test_one_nan_column_of_floats():
    nothing = pd.Series([np.nan, np.nan])
    assert divisions.trim(nothing).isna().all()
    assert divisions.validate(nothing)["problem"].tolist() == ["missing", "missing"]


TRIMMED = [
    ("330000000000", "33"),
    ("330000", "33"),
    ("330800", "3308"),
    ("3300", "33"),
    ("330822000", "330822"),
    ("330822001000", "330822001"),
    ("330822000001", "330822000001"),
    ("441900", "441900"),
    ("442000000000", "442000"),
    ("460400003000", "460400003"),
    ("4419", "4419"),
    ("440000000000", "44"),
    ("350527000000", "350527"),
    ("330822001000001", "330822001000001"),
    ("33082200", "33082200"),
    ("100", "100"),
]


@pytest.mark.parametrize(("code", "expected"), TRIMMED)
def test_trim(code, expected):
    assert divisions.trim([code]).tolist() == [expected]


division = st.tuples(
    st.sampled_from(["11", "33", "44", "65"]),
    st.integers(1, 70).map("{:02d}".format),
    st.integers(1, 99).map("{:02d}".format),
    st.integers(1, 599).map("{:03d}".format),
    st.integers(1, 599).map("{:03d}".format),
)


@settings(max_examples=25, deadline=None)
@given(division, st.integers(1, 5))
def test_filling_and_trimming_are_inverse(parts, depth):
    code = "".join(parts[:depth])
    filled = code.ljust(12, "0")
    expected = code if not (depth == 2 and code == "4419") else "441900"
    assert divisions.trim([filled]).tolist() == [expected]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=20)))
def test_any_text_is_answered_and_normalising_again_changes_nothing(texts):
    once = divisions.normalise(texts)
    assert len(once) == len(texts)
    pd.testing.assert_series_equal(divisions.normalise(once), once)
    report = divisions.validate(texts)
    assert report["valid"].eq(report["problem"].eq("")).all()
    assert report["level"].notna()[report["valid"]].all()
