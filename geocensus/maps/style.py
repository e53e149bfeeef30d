"""Colours and symbols, shared by the page and the picture.

The colours are the set of Okabe and Ito (2008), which people with any of the common colour vision deficiencies can
tell apart; every class also has its own shape and every severity its own line pattern, so that print in grey works.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geocensus.model import Text
from geocensus.schemas import CLASSES as CLASS_NAMES

__all__ = [
    "BARRIER_COLOURS",
    "CLASSES",
    "OTHER",
    "SEVERITIES",
    "TINTS",
    "ClassStyle",
    "SeverityStyle",
    "tint_areas",
]


@dataclass(frozen=True)
class ClassStyle:
    """How one class of sources is drawn: colour, SVG path in a unit circle, matplotlib marker."""

    slug: str
    name: Text
    colour: str
    path: str
    marker: str


@dataclass(frozen=True)
class SeverityStyle:
    """How the ring of one severity is drawn; ``dash`` in pixels, empty for a solid line."""

    slug: str
    name: Text
    colour: str
    width: float
    dash: tuple[int, ...]


CLASSES: Final = (
    ClassStyle("industrial", CLASS_NAMES["industrial"], "#0072B2", "M-.84-.84H.84V.84H-.84Z", "s"),
    ClassStyle("farm", CLASS_NAMES["farm"], "#E69F00", "M0-1.12L1.04.72H-1.04Z", "^"),
    ClassStyle(
        "centralised",
        CLASS_NAMES["centralised"],
        "#CC79A7",
        "M0-1.18L1.18 0L0 1.18L-1.18 0Z",
        "D",
    ),
    ClassStyle("domestic", CLASS_NAMES["domestic"], "#56B4E9", "M.94 0A.94.94 0 1 1-.94 0A.94.94 0 1 1 .94 0Z", "o"),
    ClassStyle(
        "mobile",
        CLASS_NAMES["mobile"],
        "#009E73",
        "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
        "P",
    ),
    ClassStyle("other", CLASS_NAMES["other"], "#7A7A7A", "M0 1.12L1.04-.72H-1.04Z", "v"),
)
OTHER: Final = len(CLASSES) - 1

SEVERITIES: Final = (
    SeverityStyle("error", Text("错误", "Error"), "#D55E00", 2.2, ()),
    SeverityStyle("warning", Text("警告", "Warning"), "#1F1F1F", 1.7, (4, 2)),
    SeverityStyle("info", Text("提示", "Note"), "#5E6A75", 1.4, (1, 2)),
)

BARRIER_COLOURS: Final = {
    "river": "#6FA8DC",
    "railway": "#555555",
    "road": "#C8A15A",
    "motorway": "#B5803C",
    "other": "#8A8A8A",
}

TINTS: Final = ("#FBF7EA", "#EEF4E6", "#F7EEE8", "#EAF1F4", "#F3EEF5", "#F6F3DE")


def tint_areas(geometries: np.ndarray) -> np.ndarray:
    """Choose a tint for each area so that neighbours differ.

    Parameters
    ----------
    geometries : numpy.ndarray
        Polygons, shape (n,); empty ones and None have no neighbours.

    Returns
    -------
    numpy.ndarray
        Index into :data:`TINTS`, int64, shape (n,); the least used that is free, in the order given, so
        the same for the same input.

    Examples
    --------
    >>> tint_areas(shapely.box([0, 1, 2], 0, [1, 2, 3], 1)).tolist()
    [0, 1, 2]
    """
    left, right = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    tints = np.full(len(geometries), -1, dtype=np.int64)
    uses = np.zeros(len(TINTS), dtype=np.int64)
    for area in range(len(geometries)):  # over areas of one level, each of which depends on those before
        taken = tints[right[left == area]]
        free = np.setdiff1d(np.arange(len(TINTS)), taken)
        candidates = free if len(free) else np.arange(len(TINTS))
        tints[area] = candidates[np.argmin(uses[candidates])]
        uses[tints[area]] += 1
    return tints
