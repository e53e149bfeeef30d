"""An index whose references lead out of its arrays is not asked."""

import numpy as np
import pytest

from geocensus.locating import INDEX_RECORD, Built, Frame, Index, require_sound
from geocensus.locating._building import build_index


def tiny(cells=((1, ~1),), subcells=(0, 2, ~0, ~2), edges=(1, 0.5, 2, 0.5, 0.5), **frame):
    """Return two cells, the right one of four subcells, two of them leaves of one and two edges."""
    records = np.zeros(len(edges), INDEX_RECORD)
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
