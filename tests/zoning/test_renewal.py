"""Zones planned anew a few at a time: never worse, always a plan; and what such a part of the map is made of."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.zoning.annealing import Clock
from geocensus.zoning.coarsening import finest
from geocensus.zoning.levels import Goal, part_of
from geocensus.zoning.renewal import renewed, worth
from geocensus.zoning.repairing import repaired
from geocensus.zoning.score import score
from geocensus.zoning.task import equal_task
from geocensus.zoning.verify import problems_of

from .conftest import grid


def drawn(seed, k=5):
    """Return a task on 6 by 8 uneven units, its level, and some plan."""
    rng = np.random.default_rng(seed)
    task = equal_task(grid(6, 8, rng.integers(10, 90, 48)), k, tolerance=0.1)
    level = finest(task, np.arange(48))
    return task, level, repaired(level, rng.integers(0, k, 48), k, rng)


def goal_of(task):
    return Goal(task.target, task.tolerance)


def test_a_part_is_its_units_and_the_borders_between_them():
    """Of 3 by 3 units, the first two columns: zones 4 and 7 become 0 and 1."""
    task = equal_task(grid(3, 3, np.arange(9) + 1.0), 9)
    task = replace(task, fixed=np.array([4, -1, -1, -1, 7, -1, 5, -1, -1]))
    level = finest(task, np.arange(9))
    part = part_of(level, np.array([0, 1, 3, 4, 6, 7]), np.array([4, 7]))
    assert part.load.tolist() == [1, 2, 4, 5, 7, 8]
    assert np.diff(part.first).tolist() == [2, 2, 3, 3, 2, 2]
    assert part.near.tolist() == [1, 2, 0, 3, 0, 3, 4, 1, 2, 5, 2, 5, 3, 4]
    assert part.lock.tolist() == [0, -1, -1, 1, -1, -1]
    assert part.home.tolist() == [-1] * 6


@pytest.mark.parametrize("seed", range(4))
def test_worth_tells_plans_apart_as_the_score_does(seed):
    task, level, one = drawn(seed)
    current = np.random.default_rng(seed).integers(-1, 5, 48)
    task = replace(task, current=current, stay_weight=2.0)
    level, goal = finest(task, np.arange(48)), goal_of(task)
    _, _, other = drawn(seed + 100)
    (excess, cost), (less, saved) = worth(level, one, goal), worth(level, other, goal)
    assert excess == pytest.approx(score(task, one).excess, abs=1e-9)
    assert less == pytest.approx(score(task, other).excess, abs=1e-9)
    assert cost - saved == pytest.approx(score(task, one).cost - score(task, other).cost)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(2, 9), locked=st.booleans())
def test_plans_get_better_and_stay_plans(seed, k, locked):
    task, level, labels = drawn(seed, k)
    if locked:
        fixed = np.full(48, -1)
        some = np.random.default_rng(seed).choice(48, 6, replace=False)
        fixed[some] = labels[some]
        task = replace(task, fixed=fixed)
        level = finest(task, np.arange(48))
    goal = goal_of(task)
    clock = Clock(1.0)
    found = renewed(
        level, labels, goal, proposals=60_000, per_unit=50, clock=clock, rng=np.random.default_rng([seed, 1])
    )
    assert problems_of(task, found) == []
    assert clock.made > 0
    before, after = worth(level, labels, goal), worth(level, found, goal)
    assert after[0] <= before[0]
    again = renewed(level, found, goal, proposals=20_000, per_unit=50, clock=clock, rng=np.random.default_rng(seed))
    assert after[0] > 0 or worth(level, again, goal) <= after


def test_a_crooked_border_is_straightened():
    """Two zones share 4 by 8 even units in a chequered way; the best border is the straight one."""
    task = equal_task(grid(4, 8, np.full(32, 60.0)), 2, tolerance=0.0)
    column, line = np.arange(32) % 8, np.arange(32) // 8
    crooked = (column >= np.where(line % 2, 3, 5)).astype(np.int64)
    level, goal = finest(task, np.arange(32)), goal_of(task)
    found = renewed(
        level, crooked, goal, proposals=100_000, per_unit=100, clock=Clock(1.0), rng=np.random.default_rng(0)
    )
    assert found.tolist() == (column >= 4).astype(int).tolist()


def test_nothing_is_done_where_the_user_has_stopped():
    task, level, labels = drawn(1)
    clock = Clock(1.0, stop=lambda: True)
    found = renewed(
        level, labels, goal_of(task), proposals=10**6, per_unit=50, clock=clock, rng=np.random.default_rng(0)
    )
    assert (found == labels).all()
    assert clock.made == 0
