"""The heuristic on drawn grids: valid plans, known optima, locks, the current plan, stopping, and the same everywhere."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geocensus.errors import SplitInfeasibleError
from geocensus.model import Text
from geocensus.zoning import annealing, heuristic, kernels_anneal
from geocensus.zoning.coarsening import finest, ladder, morton_order
from geocensus.zoning.heuristic import solve_heuristic
from geocensus.zoning.polishing import polished
from geocensus.zoning.repairing import parts, repaired
from geocensus.zoning.score import score
from geocensus.zoning.task import Task, UnitGraph, equal_task
from geocensus.zoning.verify import problems_of


def grid(rows, columns, load=None, border=None):
    """Squares of 1 km, numbered row by row; `border` maps (unit, unit) to a cut cost other than 1,000 m."""
    number = np.arange(rows * columns).reshape(rows, columns)
    pairs = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    cost = np.array([(border or {}).get((min(pair), max(pair)), 1000.0) for pair in both.tolist()])
    degree = np.bincount(both[:, 0], minlength=number.size)
    return UnitGraph(
        codes=np.array([f"{unit:04d}" for unit in range(number.size)], dtype=object),
        load=np.ones(number.size) if load is None else np.asarray(load, dtype=float),
        x=np.tile(np.arange(columns) * 1000.0, rows),
        y=np.repeat(np.arange(rows) * 1000.0, columns),
        area_m2=np.full(number.size, 1e6),
        outer_m=1000.0 * (4 - degree),
        indptr=np.concatenate([[0], np.cumsum(degree)]).astype(np.int64),
        indices=both[:, 1].astype(np.int64),
        border_m=np.full(len(both), 1000.0),
        cut_cost_m=cost,
    )


def uneven(rows, columns, seed=0):
    return np.random.default_rng(seed).lognormal(0, 0.7, rows * columns) * 100


def cut_m(graph, labels):
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    return graph.border_m[labels[source] != labels[graph.indices]].sum() / 2


def test_quarters_of_a_square():
    """36 equal squares in 4 zones: the quarters, with 12 km of cut, are the one best plan."""
    graph = grid(6, 6)
    labels = solve_heuristic(equal_task(graph, 4), effort=0.1)
    assert np.bincount(labels).tolist() == [9, 9, 9, 9]
    assert cut_m(graph, labels) == 12_000
    assert len({tuple(np.unique(block)) for block in quarters(labels)}) == 4


def quarters(labels):
    square = labels.reshape(6, 6)
    return square[:3, :3], square[:3, 3:], square[3:, :3], square[3:, 3:]


def test_the_cut_follows_the_river():
    """A 3 × 8 strip in 2 zones, tolerance 40 %: a river behind the third column makes 9 against 15 the cheaper cut."""
    river = {(row * 8 + 2, row * 8 + 3): 100.0 for row in range(3)}
    task = replace(equal_task(grid(3, 8, border=river), 2, tolerance=0.4), compactness=0.0)
    labels = solve_heuristic(task, effort=0.1).reshape(3, 8)
    assert (labels[:, :3] == labels[0, 0]).all()
    assert (labels[:, 3:] != labels[0, 0]).all()


@pytest.mark.parametrize(("rows", "columns", "k"), [(5, 6, 4), (20, 30, 12), (1, 40, 7), (60, 80, 15)])
def test_plans_are_valid_and_balanced(rows, columns, k):
    task = equal_task(grid(rows, columns, uneven(rows, columns)), k, tolerance=0.05)
    labels = solve_heuristic(task, effort=0.2)
    assert problems_of(task, labels) == []
    if rows > 1:  # in a single row there is hardly a choice
        assert score(task, labels).excess == 0


def test_targets_differ():
    task = Task(grid(10, 10), np.array([10.0, 20.0, 70.0]), tolerance=0.0)
    assert np.bincount(solve_heuristic(task, effort=0.2)).tolist() == [10, 20, 70]


def test_locked_units_stay():
    """Both corners of the top row are locked to zone 1, all between them is free; zone 0 has the middle."""
    fixed = np.full(49, -1)
    fixed[[0, 6]] = 1
    fixed[24] = 0
    task = replace(equal_task(grid(7, 7), 3, tolerance=0.2), fixed=fixed)
    labels = solve_heuristic(task, effort=0.2)
    assert problems_of(task, labels) == []
    assert labels[[0, 6, 24]].tolist() == [1, 1, 0]
    assert score(task, labels).excess == 0


def test_locks_that_cross_are_an_error():
    """On a 2 × 2 grid the two diagonals cannot both be connected."""
    task = replace(equal_task(grid(2, 2), 2), fixed=np.array([0, 1, 1, 0]))
    with pytest.raises(SplitInfeasibleError, match="cannot be joined") as caught:
        solve_heuristic(task, effort=0.01)
    assert caught.value.reason == "not_found"


def test_the_current_plan_is_kept_where_staying_is_dear():
    """4 zones of 10 squares: where one grows by half nothing need move; where it grows to 5 the fewest do."""
    current = np.tile(np.repeat(np.arange(4), 2), 5)
    load = np.ones(40)
    load[0] = 1.5
    task = replace(equal_task(grid(5, 8, load), 4, tolerance=0.05), current=current, stay_weight=5.0)
    assert (solve_heuristic(task, effort=0.1) == current).all()
    grown = replace(task, graph=replace(task.graph, load=np.where(np.arange(40) == 0, 5.0, 1.0)))
    grown = replace(grown, target=np.full(4, grown.graph.load.sum() / 4))
    labels = solve_heuristic(grown, effort=0.1)
    assert problems_of(grown, labels) == []
    assert score(grown, labels).excess == 0
    assert 0 < (labels != current).sum() <= 8


def test_out_of_reach_gets_the_smallest_deviation():
    """Six units of load 1 to 6 in a row, two zones: 1+2+3+4 against 5+6 is off by 1/21, nothing is nearer."""
    task = equal_task(grid(1, 6, np.arange(1.0, 7)), 2, tolerance=0.01)
    labels = solve_heuristic(task, effort=0.2)
    assert score(task, labels).deviation == pytest.approx(0.5 / 10.5)


def test_no_load_at_all_balances_area():
    labels = solve_heuristic(equal_task(grid(6, 6, np.zeros(36)), 4), effort=0.1)
    assert np.bincount(labels).tolist() == [9, 9, 9, 9]


def test_units_without_load_follow_the_cut():
    load = np.zeros(64)
    load[[0, 7, 56, 63]] = 60
    task = equal_task(grid(8, 8, load), 4)
    labels = solve_heuristic(task, effort=0.1)
    assert problems_of(task, labels) == []
    assert score(task, labels).deviation == 0
    assert cut_m(task.graph, labels) <= 17_000


def test_one_zone_and_as_many_as_units():
    assert solve_heuristic(equal_task(grid(3, 3), 1)).tolist() == [0] * 9
    assert sorted(solve_heuristic(equal_task(grid(3, 3), 9), effort=0.01)) == list(range(9))


def test_same_seed_same_plan():
    task = equal_task(grid(12, 12, uneven(12, 12)), 6)
    first, again, other = (solve_heuristic(task, seed=seed, effort=0.05) for seed in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()


def test_more_work_is_not_worse():
    task = equal_task(grid(20, 20, uneven(20, 20)), 10, tolerance=0.03)
    little, much = (score(task, solve_heuristic(task, effort=effort)).key for effort in (0.005, 0.5))
    assert much <= little


def test_a_plan_without_numba_is_the_same(monkeypatch):
    """Every compiled function has its plain twin: run the loop in plain Python, compare."""
    task = equal_task(grid(6, 6, uneven(6, 6)), 4)
    compiled = solve_heuristic(task, effort=0.004)
    for name in ("_excess", "_pull", "_holds", "_relabel", "_leaving", "_joined", "_try", "_chosen"):
        plain(monkeypatch, name)
    for name in ("_spread", "_tilt", "_moving", "_book", "_next", "_accepted", "anneal"):
        plain(monkeypatch, name)
    assert (solve_heuristic(task, effort=0.004) == compiled).all()


def plain(monkeypatch, name):
    function = getattr(kernels_anneal, name)
    monkeypatch.setattr(kernels_anneal, name, getattr(function, "py_func", function))


def test_stopping_returns_a_valid_plan():
    task = equal_task(grid(40, 40, uneven(40, 40)), 10)
    asked = []
    labels = solve_heuristic(task, stop=lambda: asked.append(1) or len(asked) > 1)
    assert problems_of(task, labels) == []
    assert len(asked) < 12


def test_progress_runs_to_the_end():
    shares = []
    solve_heuristic(equal_task(grid(20, 20), 5), effort=0.3, progress=shares.append)
    numbers = [share for share in shares if not isinstance(share, Text)]
    assert numbers == sorted(numbers)
    assert numbers[-1] == 1.0


def test_a_compile_that_takes_long_is_announced(monkeypatch):
    told = []
    monkeypatch.setattr(annealing, "_PATIENCE", 0.01)
    monkeypatch.setattr(heuristic, "warm", lambda: __import__("time").sleep(0.2))
    solve_heuristic(equal_task(grid(3, 4), 2), effort=0.01, progress=told.append)
    assert [step.en for step in told if isinstance(step, Text)] == [annealing._COMPILING.en]


def test_importing_does_not_load_the_compiler():
    code = "import sys, geocensus.zoning.heuristic; sys.exit('numba' in sys.modules)"
    assert __import__("subprocess").run([sys.executable, "-c", code], check=False).returncode == 0


def test_coarser_levels_keep_the_sums():
    """Every level has the same loads, inertia sums and borders between its units; merged units are connected."""
    task = replace(equal_task(grid(30, 30, uneven(30, 30)), 5), fixed=np.where(np.arange(900) < 30, 2, -1))
    order = morton_order(task.graph.x, task.graph.y)
    steps = ladder(finest(task, order), task.graph.area_m2, 5, coarsest=100)
    assert len(steps.levels) > 2
    for fine, coarse, parent in zip(steps.levels, steps.levels[1:], steps.parents, strict=False):
        assert coarse.load.sum() == pytest.approx(fine.load.sum())
        assert (coarse.load * coarse.x).sum() == pytest.approx((fine.load * fine.x).sum(), abs=1e-9)
        source = np.repeat(parent, np.diff(fine.first))
        assert coarse.cost.sum() == pytest.approx(fine.cost[source != parent[fine.near]].sum())
        assert len(np.unique(parts(fine, parent))) == len(coarse.load)
        assert (coarse.lock[parent] == fine.lock).all()


def test_polishing_exchanges_units_that_are_not_neighbours():
    """Rows of 10 and 8, tolerance 0: one exchange of a 3 for a 2 makes 9 and 9, no single move does."""
    graph = grid(2, 4, [3, 3, 2, 2, 2, 2, 2, 2])
    task = equal_task(graph, 2, tolerance=0.0)
    level = finest(task, np.arange(8))
    labels = polished(level, np.repeat([0, 1], 4), task.target, 0.0)
    assert np.bincount(labels, graph.load).tolist() == [9, 9]
    assert problems_of(task, labels) == []


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(2, 6), st.integers(2, 6)),
    k=st.integers(1, 8),
    seed=st.integers(0, 10_000),
    data=st.data(),
)
def test_any_labels_can_be_repaired(shape, k, seed, data):
    rows, columns = shape
    k = min(k, rows * columns)
    labels = np.array(data.draw(st.lists(st.integers(-1, k - 1), min_size=rows * columns, max_size=rows * columns)))
    task = equal_task(grid(rows, columns), k)
    level = finest(task, np.arange(rows * columns))
    found = repaired(level, labels, k, np.random.default_rng(seed))
    assert problems_of(task, found) == []


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(2, 7), st.integers(2, 7)),
    k=st.integers(1, 6),
    seed=st.integers(0, 100),
    tolerance=st.sampled_from([0.0, 0.03, 0.3]),
    locked=st.booleans(),
)
def test_every_plan_verifies(shape, k, seed, tolerance, locked):
    rows, columns = shape
    rng = np.random.default_rng(seed)
    load = rng.pareto(1.5, rows * columns) * (rng.random(rows * columns) < 0.8)
    task = equal_task(grid(rows, columns, load + 0.0), min(k, rows * columns), tolerance=tolerance)
    if locked:  # one unit per zone: such locks never contradict
        fixed = np.full(rows * columns, -1)
        fixed[rng.permutation(rows * columns)[: task.k]] = np.arange(task.k)
        task = replace(task, fixed=fixed)
    if load.sum() > 0:
        assert problems_of(task, solve_heuristic(task, seed=seed, effort=0.01)) == []
