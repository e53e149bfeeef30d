"""The printed objective and the report's measures on worlds small enough to add up by hand."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geocensus.zoning.score import measures, parts_of, score, weighted, zone_parts
from geocensus.zoning.task import Task, UnitGraph, equal_task


def square(load=(60, 60, 60, 60)):
    """Draw four units of 1 km by 1 km; every inner border is 1 km.

    ::

        2 3
        0 1
    """
    near = [[1, 2], [0, 3], [0, 3], [1, 2]]
    return UnitGraph(
        codes=np.array(["a", "b", "c", "d"], dtype=object),
        load=np.array(load, dtype=float),
        x=np.array([500.0, 1500.0, 500.0, 1500.0]),
        y=np.array([500.0, 500.0, 1500.0, 1500.0]),
        area_m2=np.full(4, 1e6),
        outer_m=np.full(4, 2000.0),
        indptr=np.array([0, 2, 4, 6, 8]),
        indices=np.concatenate(near),
        border_m=np.full(8, 1000.0),
        cut_cost_m=np.full(8, 1000.0),
    )


HALVES = np.array([0, 0, 1, 1])


def test_cost_is_scaled_cut_plus_scaled_inertia():
    found = score(equal_task(square(), 2), HALVES)
    cut = 0.75 * 2000 / np.sqrt(2 * 4e6)
    inertia = 0.25 * (240 * 500**2) / (240 * 4e6 / (2 * np.pi * 2))
    assert found == pytest.approx((0.0, 0.0, cut + inertia))


def test_deviation_is_two_sided_against_each_target():
    graph = square((30, 60, 60, 90))
    assert score(equal_task(graph, 2), HALVES).deviation == pytest.approx(0.25)
    wished = Task(graph, np.array([160.0, 80.0]))
    assert score(wished, HALVES).deviation == pytest.approx(150 / 80 - 1)


def test_excess_is_what_goes_beyond_the_tolerance():
    task = equal_task(square((30, 60, 60, 90)), 2, tolerance=0.2)
    assert score(task, HALVES).excess == pytest.approx(0.05)
    assert score(replace(task, tolerance=0.25), HALVES).excess == 0


def test_a_balanced_plan_is_better_than_a_cheap_one():
    task = equal_task(square((30, 60, 60, 90)), 2, tolerance=0.0)
    balanced, lopsided = np.array([0, 1, 1, 0]), HALVES  # a and d weigh as much as b and c
    assert score(task, balanced).key < score(task, lopsided).key
    assert score(task, balanced).cost > score(task, lopsided).cost


def test_soft_barriers_count_by_their_cost_and_not_by_their_length():
    graph = square()
    river = graph.cut_cost_m.copy()
    river[[1, 3, 4, 6]] = 200.0  # between the rows
    task = equal_task(replace(graph, cut_cost_m=river), 2)
    assert score(task, HALVES).cost < score(task, np.array([0, 1, 0, 1])).cost
    assert measures(task, HALVES)["cut_km"] == pytest.approx(2.0)


def test_moving_work_costs_its_share_of_the_load():
    task = equal_task(square((30, 60, 60, 90)), 2, tolerance=1.0)
    stay = replace(task, current=np.array([0, 0, 0, -1]), stay_weight=8.0)
    assert score(stay, HALVES).cost - score(task, HALVES).cost == pytest.approx(8.0 * 60 / 240)


def test_without_any_load_areas_are_weighed():
    graph = replace(square((0, 0, 0, 0)), area_m2=np.array([1e6, 1e6, 1e6, 3e6]))
    task = weighted(Task(graph, np.zeros(2)))
    assert task.target.tolist() == [3e6, 3e6]
    assert score(Task(graph, np.zeros(2)), np.array([0, 0, 0, 1])).deviation == 0


def test_measures_of_two_halves():
    found = measures(equal_task(square((30, 60, 60, 90)), 2), HALVES)
    assert found["load"] == {"min": 90.0, "mean": 120.0, "max": 150.0}
    assert found["deviation"] == found["overload"] == pytest.approx(0.25)
    assert found["cv"] == pytest.approx(30 / 120)
    assert (found["field_zones"], found["units"], found["cut_edges"], found["feasible"]) == (2, 4, 2, False)
    assert found["polsby_popper"] == pytest.approx(4 * np.pi * 2e6 / 6000**2)
    assert found["connected"] is True
    assert found["reock"] is None


def test_shapes_add_reock_and_agree_with_the_graph():
    boxes = [shapely.box(x - 500, y - 500, x + 500, y + 500) for x, y in zip(square().x, square().y, strict=True)]
    task = equal_task(square(), 2)
    drawn = measures(task, HALVES, shapes=boxes)
    assert drawn["polsby_popper"] == pytest.approx(measures(task, HALVES)["polsby_popper"])
    assert drawn["reock"] == pytest.approx(2e6 / (np.pi * 1.25e6))  # a circle around 2 km by 1 km


def test_broken_and_empty_field_zones_are_counted():
    graph = square()
    assert zone_parts(graph, np.array([0, 1, 1, 0]), 3).tolist() == [2, 2, 0]
    assert measures(equal_task(graph, 2), np.array([0, 1, 1, 0]))["connected"] is False


def test_parts_are_numbered_by_their_lowest_unit():
    assert parts_of(square(), np.array([False, True, True, False])).tolist() == [-1, 0, 1, -1]
