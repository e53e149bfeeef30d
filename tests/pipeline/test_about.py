"""What a summary says of shifted import groups."""

from types import SimpleNamespace

import pandas as pd
import pytest

from geocensus.checks.shift import SHIFT_COLUMNS
from geocensus.pipeline.about import judged_lines


@pytest.fixture
def said():
    """Return the lines on a test of groups: label, grouping and system each, and the labels flagged or leaning."""

    def run(*groups, flagged=(), leaning=()):
        rows = [
            dict.fromkeys(SHIFT_COLUMNS, "x") | dict(zip(("group", "by", "system"), row, strict=True)) for row in groups
        ]
        shifts = pd.DataFrame(rows, columns=list(SHIFT_COLUMNS))
        shifts.attrs["leaning"] = list(leaning)
        flags = pd.DataFrame({"rule": "group.shift", "group": list(flagged)}, dtype="str")
        result = SimpleNamespace(summary={"causes": {}}, shifts=shifts, flags=flags)
        return [line.en for line in judged_lines(result)]

    return run


def test_the_whole_list_comes_first_and_its_groups_are_counted(said):
    devices = [("device=1", "device", "none"), ("device=2", "device", "inconclusive"), ("device=3", "device", "bd09")]
    assert said(("file=a.csv", "file", "none"), *devices, flagged=["device=3"], leaning=["device=2"]) == [
        "shift test: the list as a whole is not shifted; of the 3 import groups in it, 1 shifted, 1 not, 1 inconclusive",
        "device 2: x",
        "device 3: x",
    ]


def test_a_shifted_list_is_told_once_not_for_each_of_its_groups(said):
    people = [(f"enumerator={i}", "enumerator", "gcj02") for i in range(10)]
    assert said(("file=a.csv", "file", "gcj02"), *people, flagged=["file=a.csv"]) == [
        "shift test: the list as a whole is shifted; of the 10 import groups in it, 10 shifted, 0 not, 0 inconclusive",
        "file a.csv: x",
    ]


def test_many_shifted_groups_are_named_up_to_five(said):
    people = [(f"enumerator={i}", "enumerator", "gcj02") for i in range(7)]
    lines = said(("file=a.csv", "file", "inconclusive"), *people, flagged=[label for label, _, _ in people])
    assert lines[1:6] == [f"enumerator {i}: x" for i in range(5)]
    assert lines[6:] == ["2 more import groups are shifted, or look like it"]


def test_where_the_other_list_is_shifted_this_one_is_not(said):
    assert said(("file=a.csv", "file", "reference_gcj02"), flagged=["file=a.csv"]) == [
        "shift test: the list as a whole is not shifted",
        "file a.csv: x",
    ]


def test_several_files_are_counted_alike(said):
    assert said(("file=a.csv", "file", "none"), ("file=b.csv", "file", "inconclusive")) == [
        "shift test: 2 import groups, 0 shifted, 1 not, 1 inconclusive"
    ]
