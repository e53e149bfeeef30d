"""Pieces of border and the balls around them."""

import numpy as np
import pytest
import shapely

from geocensus.locating import _border_building as building
from geocensus.locating._border import FAN, to_space
from geocensus.locating._border_building import build_borders


def circle(x, y, size, quarter):
    return shapely.Point(x, y).buffer(size, quad_segs=quarter)


WORLD = np.array(
    [
        circle(118, 28, 0.02, 300) - circle(118, 28, 0.01, 5),
        None,
        shapely.MultiPolygon([circle(119, 60, 1e-7, 1), circle(120, 60, 0.01, 40), circle(121, 60, 0.01, 2)]),
        shapely.Polygon(),
        circle(-70, -45, 1e-4, 2),
        shapely.box(179, 80, 180, 89.5),
    ],
    dtype=object,
)


def below(borders, ball):
    """Return the pieces of a ball, and check that each ball on the way holds the vertices of its own."""
    first, last = map(int, borders.children[ball])
    assert 0 < abs(last - first) <= FAN
    if first < 0:
        pieces = list(range(~first, ~last))
    else:
        pieces = [piece for child in range(first, last) for piece in below(borders, child)]
    *centre, radius = borders.balls[ball].astype(float)
    ends = borders.space[[piece + end for piece in pieces for end in (0, 1)]]
    assert np.linalg.norm(ends - centre, axis=1).max() <= radius + 1e-9
    return pieces


@pytest.mark.parametrize("block", [1, 3, 1 << 12])
def test_every_piece_of_an_area_lies_in_its_balls(monkeypatch, block):
    monkeypatch.setattr(building, "_BLOCK", block)
    monkeypatch.setattr(building, "_VERTICES", block)
    borders = build_borders(WORLD)
    assert np.flatnonzero(borders.root < 0).tolist() == [1, 3]
    assert np.array_equal(borders.space, to_space(*borders.vertices.T))
    met = []
    for area in (0, 2, 4, 5):
        pieces = below(borders, borders.root[area])
        rings = [shapely.Polygon(ring) for ring in shapely.get_rings(shapely.get_parts(WORLD[area]))]
        corners = {tuple(corner) for ring in rings for corner in ring.exterior.coords}
        assert corners <= {tuple(borders.vertices[piece]) for piece in pieces}
        if area != 5:  # short edges are pieces as they are
            assert len(pieces) == sum(len(ring.exterior.coords) - 1 for ring in rings)
        met += pieces
    assert met == sorted(set(met))
    closed = [piece for piece in range(len(borders.vertices)) if piece not in set(met)]
    assert len(closed) == 2 + 3 + 1 + 1  # the last vertex of each ring begins no piece


def test_balls_are_hardly_larger_than_they_must_be():
    borders = build_borders(WORLD[:1])
    leaf, root = borders.balls[0], borders.balls[-1]
    assert leaf[3] == pytest.approx(np.linalg.norm(borders.space[8] - borders.space[0]) / 2, abs=1)
    assert 0.02 * 111_200 < root[3] < 1.5 * 0.02 * 111_200


def test_long_edges_are_split_where_they_leave_the_straight_line():
    borders = build_borders(np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 2.01, 0.01)], dtype=object))
    assert len(borders.vertices) == 4 * 70 + 1 + 5
    along = borders.vertices[:281]
    assert along[::70].tolist() == [[1, 0], [1, 1], [0, 1], [0, 0], [1, 0]]
    assert np.abs(np.diff(along, axis=0)).sum(axis=1) == pytest.approx(1 / 70)
    middle = to_space(*((along[1:] + along[:-1]) / 2).T)
    assert np.linalg.norm(middle - (borders.space[:280] + borders.space[1:281]) / 2, axis=1).max() < 0.1
