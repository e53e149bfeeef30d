"""Proven optima on worlds whose best plan is known or can be listed."""

import itertools
import sys
import time
from dataclasses import replace
from subprocess import run

import numpy as np
import pytest

from geocensus.zoning.exact import NoPlanError, solve_exact
from geocensus.zoning.score import score
from geocensus.zoning.task import Task, equal_task
from geocensus.zoning.verify import problems_of

from .conftest import grid


def listed_best(task):
    """Score every labelling."""
    plans = (np.array(p) for p in itertools.product(range(task.k), repeat=task.graph.size))
    return min((score(task, p).key for p in plans if not problems_of(task, p)), default=None)


def test_a_row_of_squares_is_cut_into_squares():
    found = solve_exact(equal_task(grid(2, 4, np.full(8, 60)), 2))
    assert found.labels.tolist() == [0, 0, 1, 1, 0, 0, 1, 1]
    assert found.optimal is True
    assert found.bound == 0


def test_balance_comes_before_borders():
    task = equal_task(grid(2, 3, [100, 10, 40, 90, 20, 40]), 2, tolerance=0.0)
    found = solve_exact(task)
    shorter = np.array([0, 1, 1, 0, 1, 1])
    assert score(task, found.labels).deviation == 0
    assert score(task, found.labels).cost > score(task, shorter).cost


def test_the_smallest_deviation_is_proven_where_no_plan_fits():
    task = equal_task(grid(1, 4, [100, 30, 30, 20]), 2)
    found = solve_exact(task)
    assert found.labels.tolist() == [0, 1, 1, 1]
    assert found.optimal is True
    assert found.bound == pytest.approx(100 / 90 - 1)


def test_unequal_targets_go_to_their_field_zones():
    task = Task(grid(1, 6, np.full(6, 10)), np.array([10.0, 30.0, 20.0]))
    found = solve_exact(task)
    assert np.bincount(found.labels).tolist() == [1, 3, 2]
    assert score(task, found.labels).key == pytest.approx(listed_best(task))


def test_locks_are_kept():
    task = replace(equal_task(grid(2, 3, np.full(6, 10)), 2), fixed=np.array([1, -1, -1, -1, -1, 0]))
    found = solve_exact(task)
    assert (found.labels[0], found.labels[5]) == (1, 0)
    assert score(task, found.labels).key == pytest.approx(listed_best(task))


def test_locks_that_no_plan_can_keep_are_proven_impossible():
    crossing = np.array([0, 1, 1, 0])  # the diagonals of a square of four
    with pytest.raises(NoPlanError):
        solve_exact(replace(equal_task(grid(2, 2, np.ones(4)), 2), fixed=crossing))


def test_the_current_plan_is_kept_where_balance_allows():
    current = np.array([0, 1, 1, 1, 0, 0, 1, 1])
    task = equal_task(grid(2, 4, np.full(8, 60)), 2, tolerance=0.3)
    moved = solve_exact(replace(task, current=current, stay_weight=0.01))
    stayed = solve_exact(replace(task, current=current, stay_weight=20.0))
    assert stayed.labels.tolist() == current.tolist()
    assert moved.labels.tolist() != current.tolist()


def test_a_field_zone_may_be_told_to_hold_exactly_its_target():
    task = Task(grid(1, 5, [100, 4, 40, 40, 40]), np.array([100.0, 62.0, 62.0]), fixed=np.array([0, -1, -1, -1, -1]))
    assert solve_exact(task, exactly=[0]).labels.tolist()[:2] == [0, 1]


@pytest.mark.parametrize("seed", range(6))
def test_equals_the_best_of_all_labellings(seed):
    random = np.random.default_rng(seed)
    k = 2 + seed % 2
    wished = random.uniform(1, 2, k) if seed % 4 > 1 else np.ones(k)
    load = random.integers(1, 9, 6) * 10.0
    current = random.integers(-1, k, 6)
    fixed = np.where(random.random(6) < 0.2, random.integers(0, k, 6), -1)
    task = Task(
        grid(2, 3, load), wished / wished.sum() * load.sum(), 0.15, fixed, current, stay_weight=0.5 * (seed % 3 == 0)
    )
    best = listed_best(task)
    if best is None:
        with pytest.raises(NoPlanError):
            solve_exact(task)
        return
    found = solve_exact(task)
    assert problems_of(task, found.labels) == []
    assert score(task, found.labels).key == pytest.approx(best, abs=1e-9)


def test_prices_find_the_same_plan_as_full_covering(monkeypatch):
    load = np.random.default_rng(3).integers(20, 90, 20)
    task = equal_task(grid(4, 5, load), 4, tolerance=0.1)
    plain = solve_exact(task)
    monkeypatch.setattr("geocensus.zoning.exact._FEW", 10)
    monkeypatch.setattr("geocensus.zoning.exact._FIRST_KEPT", 50)
    priced = solve_exact(task)
    assert score(task, priced.labels) == pytest.approx(score(task, plain.labels))


def test_two_field_zones_equal_the_general_way(monkeypatch):
    load = np.random.default_rng(4).integers(20, 90, 15)
    for tolerance in (0.05, 0.0):
        task = equal_task(grid(3, 5, load), 2, tolerance=tolerance)
        halves = solve_exact(task)
        with monkeypatch.context() as patched:
            patched.setattr("geocensus.zoning.exact.PAIR", 0)
            patched.setattr("geocensus.zoning.exact_growth.PAIR", 0)
            general = solve_exact(task)
        assert score(task, halves.labels) == pytest.approx(score(task, general.labels))


def test_it_gives_up_when_the_work_limit_is_reached_or_the_user_stops():
    task = equal_task(grid(4, 5, np.arange(20) + 20), 4)
    assert solve_exact(task, work_limit=1e4) is None
    assert solve_exact(task, stop=lambda: True) is None


def test_more_units_than_it_can_count_are_not_tried():
    assert solve_exact(equal_task(grid(6, 10, np.ones(60)), 3)) is None


@pytest.mark.quiet
def test_fourteen_units_into_seven_are_proven_well_within_two_seconds():
    task = equal_task(grid(2, 7, [22, 9, 14, 8, 17, 12, 19, 11, 16, 13, 10, 21, 15, 11]), 7)
    start = time.perf_counter()
    found = solve_exact(task)
    assert time.perf_counter() - start < 2
    assert found.optimal is True
    assert score(task, found.labels).deviation == pytest.approx(found.bound)


def test_twenty_eight_units_are_proven():
    load = np.random.default_rng(5).integers(20, 200, 28)
    task = equal_task(grid(4, 7, load), 5)
    found = solve_exact(task)
    assert found.optimal is True
    assert score(task, found.labels).excess == 0


def test_few_units_need_no_compiler():
    script = (
        "import sys, numpy as np; from geocensus.zoning.solve import solve; from geocensus.zoning.task import *;"
        "e=np.array([0,1,3,4]); o=np.ones(4); u=np.ones(3);"
        "g=UnitGraph(np.array(['a','b','c'],dtype=object),u,u,u,u,u,e,np.array([1,0,2,1]),o,o);"
        "solve(equal_task(g,2)); print('numba' in sys.modules)"
    )
    done = run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
