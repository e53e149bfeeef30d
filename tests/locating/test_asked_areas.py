"""Areas asked one by one: whether they are prepared changes seconds, never answers."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geocensus.locating._asked_areas import AskedAreas
from geocensus.locating._prepared import covered, prepare

NUMBERS = st.integers(0, 6)
RINGS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=9)
LATTICE = [values.ravel() for values in np.meshgrid(np.arange(-0.5, 7, 0.5), np.arange(-0.5, 7, 0.5))]


@given(RINGS)
def test_one_ring_is_answered_the_same_prepared_or_not(ring):
    shapes = np.full(len(LATTICE[0]), shapely.Polygon(ring))
    before = covered(shapes, *LATTICE)
    prepare(shapes[:1])
    assert np.array_equal(covered(shapes, *LATTICE), before)
    assert np.array_equal(covered(shapes, *LATTICE), before)


def test_rings_that_cross_are_taken_together_from_the_first_question_on():
    shapes = [
        shapely.MultiPolygon([shapely.box(0, 0, 4, 4), shapely.box(2, 2, 6, 6)]),  # taken together: a hole
        shapely.Polygon(shapely.box(0, 0, 3, 3).exterior, [shapely.box(4, 4, 6, 6).exterior]),  # a hole outside
        shapely.Polygon(shapely.box(0, 0, 3, 3).exterior, [shapely.box(2, 2, 6, 6).exterior]),
    ]
    for shape in shapes:
        asked = AskedAreas(np.array([shape]))
        later = [asked.locate(*LATTICE) for _ in range(2)][1]
        for k in range(0, len(LATTICE[0]), 3):
            fresh = AskedAreas(np.array([shapely.from_wkb(shape.wkb)]))
            row, border = fresh.locate(LATTICE[0][k : k + 1], LATTICE[1][k : k + 1])
            assert (row[0], border[0]) == (later[0][k], later[1][k])
    assert AskedAreas(np.array(shapes[:1])).locate(np.array([3.0]), np.array([3.5]))[0].tolist() == [-1]


def test_areas_are_prepared_once_they_are_asked_often():
    shapes = shapely.box([0, 2], 0, [1, 3], 1)
    asked = AskedAreas(shapes)
    for _ in range(3):
        asked.locate(np.array([0.5]), np.array([0.5]))
    assert shapely.is_prepared(shapes).tolist() == [False, False]
    asked.locate(np.array([0.5]), np.array([0.5]))
    assert shapely.is_prepared(shapes).tolist() == [True, False]
