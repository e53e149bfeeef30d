"""Which solver a task goes to, what comes back, and that it is always a verified plan."""

from dataclasses import replace

import numpy as np
import pytest

from geocensus.model import Text
from geocensus.zoning import solve as module
from geocensus.zoning.apportion import apportioned, part_task, subgraph
from geocensus.zoning.score import score
from geocensus.zoning.solve import solve
from geocensus.zoning.task import Task, UnitGraph, equal_task
from geocensus.zoning.verify import problems_of


def rows(*lengths, load=60.0):
    """Draw separate rows of units; units of a row border their neighbours along 1 km."""
    n = sum(lengths)
    row = np.repeat(np.arange(len(lengths)), lengths)
    left = np.flatnonzero(row[:-1] == row[1:])
    both = np.concatenate([np.c_[left, left + 1], np.c_[left + 1, left]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    degree = np.bincount(both[:, 0], minlength=n)
    return UnitGraph(
        codes=np.array([f"{u:04d}" for u in range(n)], dtype=object),
        load=np.full(n, load) if np.isscalar(load) else np.array(load, dtype=float),
        x=1000.0 * np.arange(n),
        y=5000.0 * row,
        area_m2=np.full(n, 1e6),
        outer_m=1000.0 * (4 - degree),
        indptr=np.concatenate([[0], np.cumsum(degree)]),
        indices=both[:, 1],
        border_m=np.full(len(both), 1000.0),
        cut_cost_m=np.full(len(both), 1000.0),
    )


@pytest.fixture
def no_heuristic(monkeypatch):
    """Fail where anything but a proof is tried."""

    def refuse(*args, **kwargs):
        raise AssertionError("the heuristic was called")

    monkeypatch.setattr(module, "_by_parts", refuse)


def test_few_units_are_solved_with_proof(no_heuristic):
    found = solve(equal_task(rows(12), 4))
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert found.optimal is True
    assert found.warnings == ()


def test_small_field_zones_are_proven_for_more_units(no_heuristic):
    found = solve(equal_task(rows(54), 18))
    assert found.optimal is True
    assert np.bincount(found.labels).tolist() == [3] * 18


def test_many_units_are_searched():
    task = equal_task(rows(120), 4)
    found = solve(task, effort=0.05)
    assert problems_of(task, found.labels) == []
    assert score(task, found.labels).excess == 0
    assert found.optimal is False


def test_the_same_seed_gives_the_same_plan():
    task = equal_task(rows(90, load=np.random.default_rng(1).integers(20, 90, 90)), 5)
    first, again = (solve(task, seed=7, effort=0.05) for _ in range(2))
    assert first.labels.tolist() == again.labels.tolist()


def test_exchangeable_field_zones_are_numbered_by_their_lowest_codes():
    labels = solve(equal_task(rows(100), 5), effort=0.05).labels
    assert list(dict.fromkeys(labels.tolist())) == [0, 1, 2, 3, 4]


def test_locked_and_current_field_zones_keep_their_numbers():
    fixed = np.full(6, -1)
    fixed[0] = 2
    assert solve(replace(equal_task(rows(6), 3), fixed=fixed)).labels.tolist() == [2, 2, 0, 0, 1, 1]
    current = np.array([2, 2, 1, 1, 0, 0])
    stay = replace(equal_task(rows(6), 3), current=current, stay_weight=20.0)
    assert solve(stay).labels.tolist() == current.tolist()


def test_progress_ends_at_one():
    told = []
    solve(equal_task(rows(12), 3), progress=told.append)
    assert told[-1] == 1.0
    parts = []
    solve(equal_task(rows(70, 70), 4), effort=0.05, progress=parts.append)
    shares = [step for step in parts if not isinstance(step, Text)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_stopped_search_returns_a_valid_plan():
    task = equal_task(rows(100), 5)
    assert problems_of(task, solve(task, stop=lambda: True).labels) == []


def test_parts_get_field_zones_by_the_greatest_mean_load():
    task = equal_task(rows(30, 60, 90), 6)
    parts = apportioned(task, np.arange(180), np.arange(6))
    assert [len(part.units) for part in parts] == [30, 60, 90]
    assert [len(part.zones) for part in parts] == [1, 2, 3]


def test_unequal_field_zones_go_where_their_load_is():
    task = Task(rows(5, 40), 60 * np.array([15.0, 15.0, 5.0, 10.0]))
    small, large = apportioned(task, np.arange(45), np.arange(4))
    assert small.zones.tolist() == [2]
    assert large.zones.tolist() == [0, 1, 3]


def test_field_zones_stay_in_the_part_where_they_are_today():
    current = np.repeat([1, 0], [10, 10])
    task = replace(equal_task(rows(10, 10), 2), current=current, stay_weight=20.0)
    first, second = apportioned(task, np.arange(20), np.arange(2))
    assert (first.zones.tolist(), second.zones.tolist()) == ([1], [0])


def test_the_band_of_the_whole_area_holds_in_every_part():
    task = equal_task(rows(21, 19), 4, tolerance=0.1)
    (first, _) = apportioned(task, np.arange(40), np.arange(4))
    asked = part_task(task, first, rescale=True)
    assert asked.target.sum() == pytest.approx(21 * 60)
    assert asked.target[0] * (1 + asked.tolerance) == pytest.approx(task.target[0] * 1.1)


def test_a_part_cut_out_keeps_its_borders():
    part = subgraph(rows(5), np.array([1, 2, 4]))
    assert part.codes.tolist() == ["0001", "0002", "0004"]
    assert part.indptr.tolist() == [0, 1, 2, 2]
    assert part.indices.tolist() == [1, 0]
    assert part.outer_m.tolist() == [3000.0, 3000.0, 4000.0]
