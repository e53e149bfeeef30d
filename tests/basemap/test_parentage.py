"""Parents: as stated, by code, by place."""

import pytest

from geocensus.basemap import derive_parents
from geocensus.model import CodeSystem


def whats(report):
    return report[["layer", "code", "what", "before", "after"]].to_numpy().tolist()


def test_stated_parents_stay(draw):
    layers = {
        "township": draw("township", [("a", "", (0, 0, 1, 1))]),
        "village": draw("village", [("v", "a", (5, 5, 6, 6))]),
    }
    found, report = derive_parents(layers, system=CodeSystem.OTHER)
    assert found["village"]["parent_code"].tolist() == ["a"]
    assert report.empty


def test_gb2260_codes_tell_their_parent_and_skip_missing_levels(draw):
    layers = {
        "zone": draw("zone", [("330822001201001", "", None)]),
        "village": draw("village", [("330822001201", "", None), ("330822002201", "", None)]),
        "county": draw("county", [("330822", "", None)]),
        "township": draw("township", [("330822001", "", None)]),
    }
    found, report = derive_parents(layers, system=CodeSystem.GB2260)
    assert list(found) == ["county", "township", "village", "zone"]
    assert found["village"]["parent_code"].tolist() == ["330822001", "330822"]
    assert found["zone"]["parent_code"].tolist() == ["330822001201"]
    assert whats(report) == [
        ["township", "", "parent.by_code", "", "1 areas"],
        ["village", "", "parent.by_code", "", "2 areas"],
        ["zone", "", "parent.by_code", "", "1 areas"],
    ]


def test_prefixes_count_in_gb2260_alone(draw):
    layers = {
        "county": draw("county", [("330822", "", (0, 0, 1, 1)), ("9", "", (1, 0, 2, 1))]),
        "township": draw("township", [("330822001", "", (1, 0, 2, 1))]),
    }
    found, _ = derive_parents(layers, system=CodeSystem.OTHER)
    assert found["township"]["parent_code"].tolist() == ["9"]


def test_the_largest_overlap_decides_and_doubt_is_told(draw):
    """b covers 3/4 of v; w lies in a; o lies in none; ties go to the lowest code."""
    layers = {
        "township": draw("township", [("b", "", (1, 0, 9, 4)), ("a", "", (0, 0, 1, 4))]),
        "village": draw(
            "village",
            [("v", "", (0, 0, 4, 1)), ("w", "", (0, 1, 1, 2)), ("o", "", (20, 0, 21, 1)), ("t", "", (0, 2, 2, 3))],
        ),
    }
    found, report = derive_parents(layers, system=CodeSystem.OTHER)
    assert dict(zip(found["village"]["code"], found["village"]["parent_code"], strict=True)) == {
        "v": "b",
        "w": "a",
        "o": "",
        "t": "a",
    }
    assert sorted(whats(report)) == [
        ["village", "", "parent.by_overlap", "", "1 areas"],
        ["village", "o", "parent.none", "", ""],
        ["village", "t", "parent.by_overlap", "50 %", "a"],
        ["village", "v", "parent.by_overlap", "75 %", "b"],
    ]


def test_a_stated_parent_that_does_not_exist_is_replaced_and_told(draw):
    layers = {
        "township": draw("township", [("a", "", (0, 0, 4, 4))]),
        "village": draw("village", [("v", "zz", (0, 0, 1, 1))]),
    }
    found, report = derive_parents(layers, system=CodeSystem.OTHER)
    assert found["village"]["parent_code"].tolist() == ["a"]
    assert ["village", "v", "parent.not_in_layers", "zz", "a"] in whats(report)


@pytest.mark.parametrize("system", list(CodeSystem))
def test_the_coarsest_level_keeps_what_it_says(draw, system):
    found, report = derive_parents({"county": draw("county", [("330822", "3308", None)])}, system=system)
    assert found["county"]["parent_code"].tolist() == ["3308"]
    assert report.empty
