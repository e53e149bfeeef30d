"""Laws of every split: each unit once, connected, sums kept, order and names without influence, proofs true."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geocensus.errors import SplitInfeasibleError
from geocensus.zoning.exact import NoPlanError, solve_exact
from geocensus.zoning.score import parts_of, scales_of, score
from geocensus.zoning.solve import solve
from geocensus.zoning.task import Task, UnitGraph, equal_task
from geocensus.zoning.verify import problems_of

brief = settings(max_examples=40, deadline=None)


def graph_of(seed, n, density, *, connected=True):
    """Draw a random graph with random loads, places and borders."""
    random = np.random.default_rng(seed)
    near = random.random((n, n)) < density
    if connected:
        for unit in range(1, n):
            near[unit, random.integers(unit)] = True
    near = np.triu(near | near.T, 1)
    near |= near.T
    border = random.uniform(100, 2000, (n, n))
    border = border + border.T
    ends = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    return UnitGraph(
        codes=np.array([f"{u:03d}" for u in range(n)], dtype=object),
        load=random.integers(0, 9, n) * 10.0 + 10.0 * (np.arange(n) == 0),
        x=random.uniform(0, 5000, n),
        y=random.uniform(0, 5000, n),
        area_m2=random.uniform(0.5e6, 2e6, n),
        outer_m=random.uniform(0, 3000, n),
        indptr=ends,
        indices=np.nonzero(near)[1],
        border_m=border[near],
        cut_cost_m=border[near],
    )


def every_plan(task):
    """Score all labellings at once, with sums and walks written out anew; return the least (excess, cost)."""
    graph, n, k = task.graph, task.graph.size, task.k
    labels = np.array(list(itertools.product(range(k), repeat=n)))
    labels = labels[((task.fixed < 0) | (labels == task.fixed)).all(axis=1)]
    near = np.zeros((n, n), dtype=bool)
    cut = np.zeros((n, n))
    for unit in range(n):
        for edge in range(graph.indptr[unit], graph.indptr[unit + 1]):
            near[unit, graph.indices[edge]] = True
            cut[unit, graph.indices[edge]] = graph.cut_cost_m[edge]
    valid = np.ones(len(labels), dtype=bool)
    off, cost = np.zeros(len(labels)), np.zeros(len(labels))
    scales = scales_of(task)
    for zone in range(k):
        member = labels == zone
        reached = member & (np.cumsum(member, axis=1) == 1)
        for _ in range(n):
            reached |= (reached.astype(int) @ near > 0) & member
        valid &= member.any(axis=1) & (reached == member).all(axis=1)
        load = member @ graph.load
        off = np.maximum(off, np.abs(load / task.target[zone] - 1))
        cost += scales.cut * ((member @ cut) * ~member).sum(axis=1) / 2
        cost += scales.stay * (member & (task.current >= 0) & (task.current != zone)) @ graph.load
        safe = np.maximum(load, 1e-9)
        for place in (graph.x, graph.y):
            centre = (member @ (graph.load * place)) / safe
            cost += scales.inertia * (member * graph.load * (place - centre[:, None]) ** 2).sum(axis=1)
    if not valid.any():
        return None
    excess = np.where(off - task.tolerance > 1e-9, off - task.tolerance, 0.0)[valid]
    least = excess.min()
    return least, cost[valid][excess <= least + 1e-9].min()


@st.composite
def tasks(draw, largest=9, zones=4):
    """Draw tasks with and without locks, current plans, equal targets and separate parts."""
    seed, n = draw(st.integers(0, 10**6)), draw(st.integers(1, largest))
    k = draw(st.integers(1, min(n, zones if n < 9 else 3)))
    graph = graph_of(seed, n, draw(st.sampled_from([0.0, 0.2, 0.6])), connected=draw(st.booleans()))
    random = np.random.default_rng(seed)
    wished = random.uniform(1, 2, k) if draw(st.booleans()) else np.ones(k)
    fixed = np.where(random.random(n) < 0.2, random.integers(0, k, n), -1)
    return Task(
        graph,
        wished / wished.sum() * graph.load.sum(),
        draw(st.sampled_from([0.0, 0.05, 0.4])),
        fixed if draw(st.booleans()) else np.full(n, -1),
        random.integers(-1, k, n),
        stay_weight=draw(st.sampled_from([0.0, 2.0])),
    )


@brief
@given(tasks())
def test_the_exact_plan_is_the_best_of_all(task):
    best = every_plan(task)
    if best is None:
        with pytest.raises(NoPlanError):
            solve_exact(task)
        return
    found = solve_exact(task)
    assert problems_of(task, found.labels) == []
    assert found.optimal is True
    assert score(task, found.labels).key == pytest.approx(best, abs=1e-8)
    assert found.bound <= score(task, found.labels).deviation + 1e-9


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.integers(10, 12), st.booleans())
def test_the_exact_plan_is_the_best_of_all_up_to_twelve_units(seed, n, tight):
    task = equal_task(graph_of(seed, n, 0.15), 2 if n > 10 else 3, tolerance=0.0 if tight else 0.1)
    assert score(task, solve_exact(task).labels).key == pytest.approx(every_plan(task), abs=1e-8)


@brief
@given(tasks())
def test_every_plan_is_verified_and_every_refusal_is_right(task):
    try:
        found = solve(task)
    except SplitInfeasibleError:
        assert every_plan(task) is None
        return
    assert problems_of(task, found.labels) == []
    best, reached = every_plan(task), score(task, found.labels)
    assert found.bound <= best[0] + task.tolerance + 1e-9
    if found.optimal:
        assert reached.excess == pytest.approx(best[0], abs=1e-8)
    assert reached.excess >= best[0] - 1e-8


@brief
@given(st.integers(0, 10**6), st.integers(4, 10), st.integers(2, 4))
def test_order_and_names_of_units_do_not_matter(seed, n, k):
    graph = graph_of(seed, n, 0.2)
    order = np.random.default_rng(seed).permutation(n)
    place = np.argsort(order)
    ends = [np.arange(graph.indptr[u], graph.indptr[u + 1]) for u in order]
    ends = [e[np.argsort(place[graph.indices[e]])] for e in ends]
    edges = np.concatenate(ends)
    shuffled = replace(
        graph,
        load=graph.load[order],
        x=graph.x[order] + 1e5,
        y=graph.y[order] - 1e5,
        area_m2=graph.area_m2[order],
        indptr=np.concatenate([[0], np.cumsum([len(e) for e in ends])]),
        indices=place[graph.indices[edges]],
        border_m=graph.border_m[edges],
        cut_cost_m=graph.cut_cost_m[edges],
    )
    plain, other = equal_task(graph, k), equal_task(shuffled, k)
    first, second = score(plain, solve(plain).labels), score(other, solve(other).labels)
    assert first.key == pytest.approx(second.key, abs=1e-7)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.integers(57, 90), st.integers(2, 5))
def test_searched_plans_hold_every_unit_once_and_keep_sums(seed, n, k):
    task = equal_task(graph_of(seed, n, 0.01), k)
    first, again = (solve(task, seed=seed, effort=0.02) for _ in range(2))
    assert problems_of(task, first.labels) == []
    assert first.labels.tolist() == again.labels.tolist()
    assert np.bincount(first.labels, task.graph.load).sum() == pytest.approx(task.graph.load.sum())
    assert score(task, first.labels).deviation >= first.bound - 1e-9


@brief
@given(st.integers(0, 10**6), st.integers(4, 12), st.integers(2, 4), st.integers(0, 3), st.floats(1, 1e4))
def test_more_work_in_one_unit_never_breaks_a_plan(seed, n, k, unit, more):
    graph = graph_of(seed, n, 0.2)
    load = graph.load.copy()
    load[unit] += more
    task = equal_task(replace(graph, load=load), k)
    assert problems_of(task, solve(task).labels) == []


@brief
@given(st.integers(0, 10**6), st.integers(6, 20), st.integers(2, 5))
def test_separate_parts_never_share_a_field_zone(seed, n, k):
    graph = graph_of(seed, n, 0.12, connected=False)
    part = parts_of(graph, np.ones(n, dtype=bool))
    assume(part.max() < k)
    labels = solve(equal_task(graph, k)).labels
    assert all(len(set(part[labels == zone])) == 1 for zone in range(k))
