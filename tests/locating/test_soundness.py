"""An index whose references lead out of its arrays is not asked."""

import numpy as np
import pytest

from geocensus.locating._border import Borders
from geocensus.locating._border_building import build_borders
from geocensus.locating._building import build_index
from geocensus.locating._index import RECORD, Built, Frame, Index
from geocensus.locating._soundness import require_sound, require_sound_borders


def tiny(cells=((1, ~1),), subcells=(0, 2, ~0, ~2), edges=(1, 0.5, 2, 0.5, 0.5), **frame):
    """Return two cells, the right one of four subcells, two of them leaves of one and two edges."""
    records = np.zeros(len(edges), RECORD)
    records["x1"] = edges
    arrays = Index(np.array(cells, dtype="i4"), np.array(subcells, dtype="i4"), records)
    return Built(arrays, Frame(0, 0, 2, 1, 1, 1, 1e-15)._replace(**frame), np.array([], dtype="i8"))


def test_sound_ones_pass(draw):
    require_sound(tiny())
    require_sound(tiny(cells=[[1, 2]], subcells=[], edges=[]))
    require_sound(build_index(draw("AAB\nAAB\nCCD").geometry.to_numpy()))


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("dimensions", {"cells": [1, 2]}),
        ("dimensions", {"cells": np.empty((0, 2))}),
        ("frame", {"width": 0.0}),
        ("frame", {"width": 2.0}),
        ("frame", {"height": -1.0}),
        ("frame", {"right": float("nan")}),
        ("frame", {"rounding": float("inf")}),
        ("subcells", {"cells": [[1, ~(1 << 4 | 1)]]}),
        ("subcells", {"cells": [[1, ~15]]}),
        ("subcells", {"cells": [[1, -(2**31)]]}),
        ("records", {"subcells": [0, 2, ~0, ~5]}),
        ("edges", {"edges": [1, 0.5, 3, 0.5, 0.5]}),
        ("edges", {"edges": [-1, 0.5, 2, 0.5, 0.5]}),
        ("edges", {"edges": [np.nan, 0.5, 2, 0.5, 0.5]}),
    ],
)
def test_others_do_not(said, change):
    with pytest.raises(ValueError, match=said):
        require_sound(tiny(**change))


def rings(children=((~0, ~3), (~4, ~7), (0, 2)), root=(-1, 2), vertices=8, space=8, balls=3):
    """Return the borders of no area and of an area of two triangles: a leaf for each, a ball around both."""
    arrays = np.zeros((vertices, 2)), np.zeros((space, 3)), np.zeros((balls, 4), dtype="f4")
    return Borders(*arrays, np.array(children, dtype="i4"), np.array(root, dtype="i4"))


def test_sound_borders_pass(draw):
    require_sound_borders(rings())
    require_sound_borders(build_borders(draw("AAB\nA.B\nCCD\n\nC.C").geometry.to_numpy()))
    require_sound_borders(build_borders(np.array([None], dtype=object)))
    require_sound_borders(build_borders(np.array([], dtype=object)))


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("shape", {"space": 7}),
        ("shape", {"balls": 4}),
        ("shape", {"children": [1, 2, 3]}),
        ("shape", {"root": [[-1, 2]]}),
        ("vertices", {"vertices": 7, "space": 7}),
        ("vertices", {"children": [(~0, ~3), (0, 1), (~4, ~7)]}),
        ("vertices", {"children": [(~0, ~3), (~4, ~7), (0, -2)]}),
        ("children", {"children": [(~0, ~3), (~4, ~4), (0, 2)]}),
        ("children", {"children": [(~0, ~3), (~4, 7), (0, 2)]}),
        ("children", {"children": [(~0, ~9), (~4, ~7), (0, 2)], "vertices": 99, "space": 99}),
        ("level", {"children": [(~0, ~3), (~4, ~7), (0, 3)]}),
        ("level", {"children": [(~0, ~3), (~4, ~7), (1, 2)]}),
        ("level", {"children": [(~0, ~3), (~4, ~7), (0, 1)]}),
        ("level", {"children": [(0, 1), (0, 1), (0, 2)]}),
        ("room", {"children": [(~0, ~3), *((ball, ball + 1) for ball in range(64))], "root": [64], "balls": 65}),
        ("area", {"root": [-1, 3]}),
        ("area", {"root": [-2, 2]}),
        ("area", {"root": [0, 2]}),
    ],
)
def test_borders_that_lead_elsewhere_do_not(said, change):
    with pytest.raises(ValueError, match=said):
        require_sound_borders(rings(**change))
