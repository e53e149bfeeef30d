"""The kinds of index that are kept."""

import numpy as np

from geocensus.locating._border import Borders
from geocensus.locating._index import RECORD, VERSION, Built, Frame, Index
from geocensus.locating._keeping import Arrays, Kind
from geocensus.locating._soundness import require_sound, require_sound_borders

__all__ = ["BORDERS", "EDGES"]

_F4, _F8, _I4, _I8 = map(np.dtype, ("f4", "f8", "i4", "i8"))


def _of_built(built: Built) -> Arrays:
    return {**built.arrays._asdict(), "frame": np.array(built.frame), "left_out": built.left_out}


def _to_built(arrays: Arrays) -> Built:
    index = Index(*(arrays[name] for name in Index._fields))
    return Built(index, Frame(*arrays["frame"].tolist()), arrays["left_out"])


EDGES = Kind(
    "edges",
    VERSION,
    {"cells": _I4, "subcells": _I4, "records": RECORD, "frame": _F8, "left_out": _I8},
    _of_built,
    _to_built,
    require_sound,
)
BORDERS = Kind(
    "borders",
    1,  # of the arrays and of what build_borders makes of areas
    {"vertices": _F8, "space": _F8, "balls": _F4, "children": _I4, "root": _I4},
    Borders._asdict,
    lambda arrays: Borders(**arrays),
    require_sound_borders,
)
