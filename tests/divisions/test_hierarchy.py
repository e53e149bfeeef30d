"""Levels, parents, types and validity of GB/T 2260 codes."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus import divisions
from geocensus.errors import SchemaError
from geocensus.model import LEVELS

# code, level, parent, type
FACTS = [
    ("33", "province", "", "province"),
    ("330000", "province", "", "province"),
    ("3308", "prefecture", "33", "prefecture"),
    ("4290", "prefecture", "42", "direct_counties"),
    ("330822", "county", "3308", "county"),
    ("429004", "county", "4290", "county"),
    ("130171", "county", "1301", "development_zone"),
    ("441900", "county", "4419", "no_counties"),
    ("441900003", "township", "441900", "subdistrict"),
    ("330822001", "township", "330822", "subdistrict"),
    ("330822099", "township", "330822", "subdistrict"),
    ("330822100", "township", "330822", "town"),
    ("330822199", "township", "330822", "town"),
    ("330822200", "township", "330822", "township"),
    ("330822399", "township", "330822", "township"),
    ("330822400", "township", "330822", "township_like"),
    ("330822599", "township", "330822", "township_like"),
    ("330822001001", "village", "330822001", "residents_committee"),
    ("330822001199", "village", "330822001", "residents_committee"),
    ("330822001200", "village", "330822001", "village_committee"),
    ("330822001399", "village", "330822001", "village_committee"),
    ("330822001400", "village", "330822001", "residents_like"),
    ("330822001498", "village", "330822001", "virtual"),
    ("330822001500", "village", "330822001", "village_like"),
    ("330822001598", "village", "330822001", "virtual"),
    ("33082200120101", "zone", "330822001201", "zone"),
    ("330822001201001", "zone", "330822001201", "zone"),
    ("3308220012010001A", "zone", "330822001201", "zone"),
    ("330822001000001", "zone", "330822001", "zone"),
]


@pytest.mark.parametrize(("code", "level", "parent", "kind"), FACTS)
def test_facts(code, level, parent, kind):
    assert divisions.level_of([code]).tolist() == [level]
    assert divisions.parent_of([code]).tolist() == [parent]
    assert divisions.type_of([code]).tolist() == [kind]
    assert divisions.validate([code])["valid"].all()
    assert kind in divisions.TYPE_TITLES


# code, problem
PROBLEMS = [
    (None, "missing"),
    ("无", "missing"),
    ("33O822", "characters"),
    ("3.30822E+11", "characters"),
    ("3", "length"),
    ("33082", "length"),
    ("3308220012", "length"),
    ("99", "province"),
    ("990822001201", "province"),
    ("3371", "prefecture"),
    ("3391", "prefecture"),
    ("330001", "prefecture"),
    ("330800001", "county"),
    ("330822000001", "township"),
    ("330822600", "township"),
    ("330822001600", "village"),
    ("330822001999001", "village"),
    ("330822700201001", "township"),
]


@pytest.mark.parametrize(("code", "problem"), PROBLEMS)
def test_problems(code, problem):
    report = divisions.validate([code]).iloc[0]
    assert (report["valid"], report["problem"]) == (False, problem)
    assert (report["problem_zh"], report["problem_en"]) == tuple(divisions.PROBLEMS[problem])


def test_malformed_codes_have_no_level_parent_or_type():
    odd = pd.Series(["33082", "abc", None, "330822000001"], index=list("wxyz"))
    assert divisions.level_of(odd).isna().tolist() == [True, True, True, False]
    assert divisions.parent_of(odd).isna().tolist() == [True, True, True, False]
    assert divisions.type_of(odd)[:3].isna().all()
    assert divisions.parent_of(odd)["z"] == "330822"  # the nearest division that its beginning can be


def test_code_at_cuts_to_each_level():
    zone = pd.Series(["330822001201001"])
    cut = [divisions.code_at(zone, level).iloc[0] for level in LEVELS]
    assert cut == ["33", "3308", "330822", "330822001", "330822001201", "330822001201001"]


def test_code_at_has_nothing_for_coarser_codes():
    codes = pd.Series(["33", "330822", "330822000000", "x"], index=list("abcd"))
    assert divisions.code_at(codes, "township").isna().all()
    assert divisions.code_at(codes, "county").to_dict()["c"] == "330822"
    assert divisions.code_at(["441900003"], "county").tolist() == ["441900"]


def test_code_at_refuses_an_unknown_level():
    with pytest.raises(SchemaError, match="no level 'town'"):
        divisions.code_at(["33"], "town")


codes = st.tuples(
    st.sampled_from(["11", "33", "44", "65"]),
    st.integers(1, 70).map("{:02d}".format),
    st.integers(1, 99).map("{:02d}".format),
    st.integers(1, 599).map("{:03d}".format),
    st.integers(1, 599).map("{:03d}".format),
    st.from_regex(r"[0-9]{2,5}", fullmatch=True),
)


@settings(max_examples=25, deadline=None)
@given(codes, st.integers(1, 6))
def test_parents_climb_one_level_at_a_time(parts, depth):
    code, climbed = "".join(parts[:depth]), []
    while code:
        climbed.append(divisions.level_of([code]).iloc[0])
        code = divisions.parent_of([code]).iloc[0]
    assert climbed == list(reversed(LEVELS[:depth]))


@settings(max_examples=25, deadline=None)
@given(st.lists(codes, min_size=1, max_size=8), st.randoms())
def test_order_does_not_matter(parts, random):
    table = pd.Series(["".join(part) for part in parts])
    order = list(table.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(divisions.validate(table).loc[order], divisions.validate(table.loc[order]))
