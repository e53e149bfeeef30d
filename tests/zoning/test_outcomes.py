"""Every named outcome of a split: what cannot be had is said in one sentence, in less than a second."""

import time
from dataclasses import replace

import numpy as np
import pytest

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.zoning.score import measures, score
from geocensus.zoning.solve import solve
from geocensus.zoning.task import Task, UnitGraph, equal_task
from geocensus.zoning.verify import problems_of

pytestmark = pytest.mark.quiet


def world(edges, load, *, border=1000.0):
    """Build a graph of units 001, 002, ... from pairs of positions."""
    n = len(load)
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    return UnitGraph(
        codes=np.array([f"{u + 1:03d}" for u in range(n)], dtype=object),
        load=np.array(load, dtype=float),
        x=1000.0 * np.arange(n),
        y=np.zeros(n),
        area_m2=np.full(n, 1e6),
        outer_m=np.full(n, 2000.0),
        indptr=np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=n))]),
        indices=both[:, 1],
        border_m=np.full(len(both), border),
        cut_cost_m=np.full(len(both), border),
    )


def row(load):
    """Draw units in a row."""
    return world([(u, u + 1) for u in range(len(load) - 1)], load)


@pytest.fixture(autouse=True)
def within_a_second():
    """Answer fast: a planner waits."""
    start = time.process_time()
    yield
    assert time.process_time() - start < 1


@pytest.mark.parametrize("k", [0, 6, 50])
def test_too_few_or_too_many_field_zones(k):
    task = Task(row(np.full(5, 60)), np.full(k, 300 / max(k, 1)))
    with pytest.raises(SplitInfeasibleError, match=f"{k} field zones cannot be made of 5 units") as caught:
        solve(task)
    assert caught.value.reason == "teams"
    assert "5 个单元" in caught.value.zh


def test_one_field_zone_is_everything():
    found = solve(equal_task(row(np.full(5, 60)), 1))
    assert found.labels.tolist() == [0] * 5
    assert found.optimal is True


def test_as_many_field_zones_as_units_is_one_each():
    assert solve(equal_task(row(np.full(5, 60)), 5)).labels.tolist() == [0, 1, 2, 3, 4]
    many = solve(equal_task(row(np.arange(40) + 60), 40))
    assert many.labels.tolist() == list(range(40))


def test_a_single_unit():
    assert solve(equal_task(row([60]), 1)).labels.tolist() == [0]


def test_a_unit_heavier_than_a_field_zone_stands_alone_and_the_rest_is_balanced():
    task = equal_task(row([10, 20, 30, 600, 20, 20, 20]), 3)
    found = solve(task)
    assert found.labels.tolist() == [0, 0, 0, 1, 2, 2, 2]
    assert found.bound == pytest.approx(600 / 240 - 1)
    assert score(task, found.labels).deviation == pytest.approx(found.bound)
    assert found.optimal is True
    assert "004" in found.warnings[0].en
    assert "150.0%" in found.warnings[0].en
    assert "004" in found.warnings[0].zh


def test_work_is_not_added_to_a_heavy_unit_even_within_the_tolerance():
    found = solve(equal_task(row([600, 5, 55, 60, 60]), 3, tolerance=0.05))
    assert found.labels.tolist() == [0, 1, 1, 1, 2] or found.labels.tolist() == [0, 1, 1, 2, 2]


def test_a_heavy_unit_among_many():
    load = np.full(100, 60.0)
    load[50] = 6000
    task = equal_task(row(load), 5)
    found = solve(task, effort=0.02)
    loads = np.bincount(found.labels, load)
    assert (found.labels == found.labels[50]).sum() == 1
    assert score(task, found.labels).deviation == pytest.approx(found.bound)
    assert found.optimal == "balance"
    assert np.abs(loads[loads < 6000] / (99 * 60 / 4) - 1).max() < 0.05


def test_units_that_hang_on_a_heavy_one_join_it_where_field_zones_are_few():
    star = world([(0, leaf) for leaf in range(1, 41)], [5000] + [10] * 40)
    found = solve(equal_task(star, 3))
    assert problems_of(equal_task(star, 3), found.labels) == []
    assert np.bincount(found.labels).tolist() == [39, 1, 1]


def test_without_any_load_areas_are_balanced():
    graph = replace(row(np.zeros(4)), area_m2=np.array([3e6, 1e6, 1e6, 1e6]))
    found = solve(Task(graph, np.zeros(2)))
    assert found.labels.tolist() == [0, 1, 1, 1]
    assert found.warnings[0].en == "all loads are 0: areas are balanced instead"
    assert measures(Task(graph, np.zeros(2)), found.labels)["load"]["max"] == 0


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
def test_missing_or_negative_loads_are_named(bad):
    graph = row([60, bad, 60])
    with pytest.raises(SchemaError, match="002") as caught:
        solve(Task(graph, np.array([60.0, 60.0])))
    assert "002" in caught.value.zh


def test_units_without_work_follow_the_shorter_border():
    graph = row([60, 0, 60])
    border = graph.cut_cost_m.copy()
    border[[0, 1]] = 3000.0  # between 001 and 002
    found = solve(equal_task(replace(graph, cut_cost_m=border), 2))
    assert found.labels.tolist() == [0, 0, 1]


def test_more_separate_parts_than_field_zones():
    parts = world([(0, 1), (2, 3), (4, 5)], np.full(6, 60))
    with pytest.raises(SplitInfeasibleError, match="3 separate parts") as caught:
        solve(equal_task(parts, 2))
    assert caught.value.reason == "components"


def test_separate_parts_share_the_field_zones_and_the_bound_says_what_is_possible():
    parts = world([(0, 1), (1, 2), (2, 3), (4, 5)], np.full(6, 60))
    assert solve(equal_task(parts, 3)).labels.tolist() == [0, 0, 1, 1, 2, 2]
    lopsided = solve(equal_task(world([(0, 1), (2, 3)], [60, 60, 10, 10]), 2))
    assert lopsided.bound == pytest.approx(50 / 70)
    assert lopsided.optimal is True
    assert lopsided.warnings[0].en.endswith("shared out by load: 1 + 1")


def test_the_bound_of_separate_parts_is_told_for_many_units_too():
    parts = world([(u, u + 1) for u in range(99) if u != 79], np.full(100, 60))
    found = solve(equal_task(parts, 3), effort=0.02)
    assert found.bound == pytest.approx(0.4)  # 20 units of 33.3 in one field zone; 80 in two are 20 % over
    assert found.optimal == "balance"


def test_locks_cut_off_from_each_other():
    task = replace(equal_task(row(np.full(5, 60)), 2), fixed=np.array([0, -1, 1, -1, 0]))
    with pytest.raises(SplitInfeasibleError, match="field zone 1 cannot be connected: 005") as caught:
        solve(task)
    assert caught.value.reason == "lock"


def test_locks_that_leave_no_unit_for_a_field_zone():
    task = replace(equal_task(row(np.full(3, 60)), 2), fixed=np.zeros(3, dtype=int))
    with pytest.raises(SplitInfeasibleError, match="only 0 units are free") as caught:
        solve(task)
    assert caught.value.reason == "lock"


def test_locks_to_a_field_zone_that_is_not_asked_for():
    with pytest.raises(SplitInfeasibleError, match="001 are locked to a field zone beyond the 2"):
        solve(replace(equal_task(row(np.full(3, 60)), 2), fixed=np.array([2, -1, -1])))


def test_locks_need_more_field_zones_in_separate_parts():
    parts = world([(0, 1), (2, 3)], np.full(4, 60))
    task = replace(equal_task(parts, 2), fixed=np.array([0, 1, -1, -1]))
    with pytest.raises(SplitInfeasibleError, match="3 field zones are needed"):
        solve(task)


def test_locks_that_cross_are_proven_impossible():
    hub = world([(0, 4), (1, 4), (2, 4), (3, 4)], np.ones(5))  # either pair of locks meets in 005, not both
    with pytest.raises(SplitInfeasibleError, match="with these locks") as caught:
        solve(replace(equal_task(hub, 2), fixed=np.array([0, 1, 1, 0, -1])))
    assert caught.value.reason == "lock"


def test_a_lock_that_makes_balance_impossible_is_a_result():
    task = replace(equal_task(row(np.full(8, 60)), 4), fixed=np.array([0, 0, 0, 0, 0, -1, -1, -1]))
    found = solve(task)
    assert found.labels.tolist() == [0, 0, 0, 0, 0, 1, 2, 3]
    assert found.optimal is True
    assert found.bound == pytest.approx(1.5)
    assert "locked to field zone 1" in found.warnings[0].en


def test_tolerance_zero_gives_the_best_balance():
    task = equal_task(row([50, 40, 30, 60]), 2, tolerance=0.0)
    found = solve(task)
    assert found.labels.tolist() == [0, 0, 1, 1]
    assert found.optimal is True
    assert solve(equal_task(row([40, 40, 40]), 2, tolerance=0.0)).bound == pytest.approx(1 / 3)


def test_outside_the_tolerance_is_a_result_with_its_proof():
    task = equal_task(row([22, 9, 8, 17]), 2)
    found = solve(task)
    assert not measures(task, found.labels)["feasible"]
    assert found.optimal is True
    assert found.bound == pytest.approx(score(task, found.labels).deviation)
    assert "smallest possible deviation is 10.7% (proven)" in found.warnings[-1].en
    assert "10.7%" in found.warnings[-1].zh


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tolerance": -0.1}, "tolerance -0.1"),
        ({"tolerance": np.nan}, "tolerance nan"),
        ({"target": np.array([180.0, 0.0])}, "above 0"),
        ({"target": np.array([100.0, 20.0])}, "add up to 120"),
        ({"compactness": 2.0}, "compactness"),
        ({"fixed": np.array([0])}, "one entry per unit"),
    ],
)
def test_malformed_tasks_are_refused(changes, said):
    with pytest.raises(SchemaError, match=said):
        solve(replace(equal_task(row([60, 60, 60]), 2), **changes))
