"""What makes a plan invalid, each with the sentence that says so."""

from dataclasses import replace

import numpy as np
import pytest

from geocensus.zoning.task import UnitGraph, equal_task
from geocensus.zoning.verify import problems_of


@pytest.fixture
def task():
    """Five units in a row: 001 – 002 – 003 – 004 – 005, 60 minutes each."""
    n = 5
    near = [[i for i in (u - 1, u + 1) if 0 <= i < n] for u in range(n)]
    ends = np.cumsum([0] + [len(other) for other in near])
    ones = np.ones(ends[-1])
    graph = UnitGraph(
        codes=np.array([f"00{u + 1}" for u in range(n)], dtype=object),
        load=np.full(n, 60.0),
        x=np.arange(n, dtype=float),
        y=np.zeros(n),
        area_m2=np.ones(n),
        outer_m=np.ones(n),
        indptr=ends,
        indices=np.concatenate(near),
        border_m=ones,
        cut_cost_m=ones,
    )
    return equal_task(graph, 2)


def test_a_valid_plan_has_no_problems(task):
    assert problems_of(task, np.array([0, 0, 0, 1, 1])) == []


def test_a_load_outside_its_band_is_no_problem(task):
    assert problems_of(task, np.array([0, 1, 1, 1, 1])) == []


def test_units_cut_off_are_named(task):
    (problem,) = problems_of(task, np.array([0, 0, 1, 1, 0]))
    assert problem.en == "field zone 1 is in 2 parts; units not connected with its largest: 005"
    assert "005" in problem.zh


def test_an_empty_field_zone_is_named(task):
    (problem,) = problems_of(task, np.zeros(5, dtype=int))
    assert problem.en == "field zone 2 has no unit"


def test_locks_must_be_kept(task):
    locked = replace(task, fixed=np.array([1, -1, -1, -1, 1]))
    (problem,) = problems_of(locked, np.array([0, 0, 0, 1, 1]))
    assert problem.en.endswith(": 001")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([0, 0, 1], "5 units"),
        ([0.0, 0.0, 0.0, 1.0, 1.0], "float64"),
        ([0, 0, 0, 1, 2], "005"),
        ([-1, 0, 0, 1, 1], "001"),
    ],
)
def test_labels_of_the_wrong_kind_are_refused(task, labels, said):
    (problem,) = problems_of(task, np.array(labels))
    assert said in problem.en


def test_only_the_first_codes_are_listed(task):
    (problem,) = problems_of(task, np.full(5, 7))
    assert problem.en.endswith("001, 002, 003, 004, 005")
    assert problem.zh.endswith("001, 002, 003, 004, 005")
