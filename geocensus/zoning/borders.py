"""Who borders whom, and along which lines: shared segments of a coverage, found by sorting their end points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.zoning.metric import some

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.zoning.task import Floats, Ints

__all__ = [
    "Segments",
    "border_lines",
    "clean_coverage",
    "near_pairs",
    "segments_of",
    "sliver_width",
    "sum_pairs",
    "totals",
]

_SLIVER_M: Final = 5.0  # narrower gaps and overlaps come from drawing, not from the land
_SLIVER_OF_UNIT: Final = 0.01  # and are no wider than this share of a usual unit's width
_SLIVER_SHARE: Final = 0.01  # of the smaller unit: a larger overlap is one, however narrow
_LEAST_M2: Final = 1.0
_ROUNDING_M2: Final = 0.01
_DIGITS: Final = 4  # of a metre: 0.1 mm
_WHOLE: Final = 5_000  # up to here a layer is cleaned as a whole
_CORNER: Final = 4.0  # widths: shorter stretches lie side by side at a corner only


class Segments(NamedTuple):
    """Straight pieces of borders.

    Attributes
    ----------
    one, other : ndarray of int
        Positions of the two units, one < other; other is −1 where no unit lies on the other side.
    ends : ndarray of float
        Shape (n, 2, 2): both end points, metres.
    length : ndarray of float
        Metres.
    """

    one: Ints
    other: Ints
    ends: Floats
    length: Floats


def segments_of(shapes: NDArray[np.object_]) -> Segments:
    """Return every border segment of a coverage once, with the units on both sides.

    Parameters
    ----------
    shapes : ndarray of Geometry
        Polygons or MultiPolygons whose neighbours share vertices.

    Returns
    -------
    Segments
        Segments between two parts of one unit are left out.

    Examples
    --------
    >>> import shapely
    >>> found = segments_of(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    >>> found.other.tolist().count(-1), found.length[found.other == 1].tolist()
    (6, [1.0])
    """
    owner, start, end, points = _ring_segments(shapes)
    low, high = np.minimum(start, end), np.maximum(start, end)
    key = low * np.int64(len(points)) + high
    order = np.lexsort([owner, key])
    first = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    last = np.r_[first[1:], len(order)] - 1
    one, other = owner[order[first]], owner[order[last]]
    kept = (one != other) | (first == last)
    rows = order[first[kept]]
    line = np.stack([points[low[rows]], points[high[rows]]], axis=1)
    lone = first[kept] == last[kept]
    return Segments(
        one[kept],
        np.where(lone, -1, other[kept]),
        np.stack([line.real, line.imag], axis=2),
        np.abs(line[:, 1] - line[:, 0]),
    )


def sum_pairs(one: Ints, other: Ints, values: Floats, size: int) -> tuple[Ints, Ints, Floats]:
    """Add up values per pair of units.

    Parameters
    ----------
    one, other : ndarray of int
        Positions of units.
    values : ndarray of float
        One per pair, which may repeat.
    size : int
        Number of units.

    Returns
    -------
    one, other : ndarray of int
        Each pair once, ascending.
    sums : ndarray of float
        Sums of the values.

    Examples
    --------
    >>> sum_pairs(np.array([0, 0]), np.array([1, 1]), np.array([2.0, 3.0]), 2)
    (array([0]), array([1]), array([5.]))
    """
    pairs, inverse = np.unique(one * np.int64(size) + other, return_inverse=True)
    return pairs // size, pairs % size, totals(inverse, values, len(pairs))


def totals(number: Ints, values: Floats, size: int) -> Floats:
    """Add up values by number.

    Parameters
    ----------
    number : ndarray of int
        From 0 to size − 1, one per value.
    values : ndarray of float
        What is added up.
    size : int
        How many sums.

    Returns
    -------
    ndarray of float
        Sums, 0 where a number does not occur.
    """
    return np.bincount(number, values, minlength=size).astype(np.float64)


def border_lines(segments: Segments, rows: NDArray[np.bool_] | Ints) -> NDArray[np.object_]:
    """Return segments as lines.

    Parameters
    ----------
    segments : Segments
        Borders.
    rows : ndarray
        Which ones.

    Returns
    -------
    ndarray of Geometry
        One LineString each.
    """
    return np.asarray(shapely.linestrings(segments.ends[rows]), dtype=object).reshape(-1)


def sliver_width(shapes: NDArray[np.object_]) -> float:
    """Return how narrow a gap or an overlap must be to be taken for a fault of drawing.

    Parameters
    ----------
    shapes : ndarray of Geometry
        Polygons, metres.

    Returns
    -------
    float
        Metres: 5, or 1 % of the width of a middling unit where that is less.
    """
    return min(_SLIVER_M, _SLIVER_OF_UNIT * float(np.sqrt(np.median(shapely.area(shapes)))))


def clean_coverage(
    codes: NDArray[np.object_], shapes: NDArray[np.object_], width: float
) -> tuple[NDArray[np.object_], tuple[Text, ...]]:
    """Make neighbours share their vertices; close slivers between them.

    Parameters
    ----------
    codes : ndarray of str
        Codes, for messages.
    shapes : ndarray of Geometry
        Valid polygons, metres.
    width : float
        As :func:`sliver_width` returns it.

    Returns
    -------
    shapes : ndarray of Geometry
        The same array where nothing was wrong.
    notes : tuple of Text
        What was changed.

    Raises
    ------
    SchemaError
        Units overlap by more than a sliver.
    """
    if shapely.coverage_is_valid(shapes, gap_width=width):
        return shapes, ()
    shapes = shapely.transform(shapes, lambda xy: xy.round(_DIGITS))  # heals what arithmetic did to shared vertices
    if shapely.coverage_is_valid(shapes, gap_width=width):
        return shapes, ()
    broken = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes, gap_width=width)))
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes[broken], predicate="intersects")
    one = broken[one]
    _refuse_overlaps(codes, shapes, _each_pair(one, other), width)
    chosen = np.arange(len(shapes)) if len(shapes) <= _WHOLE else np.union1d(broken, other)
    cleaned = shapes.copy()
    cleaned[chosen] = _matched(shapes[chosen], width)
    lost = shapely.is_empty(cleaned)
    cleaned[lost] = shapes[lost]
    moved = _moved(shapes, cleaned) > min(_LEAST_M2, width**2)
    return cleaned, (_cleaned_note(codes[moved], width),) if moved.any() else ()


def near_pairs(shapes: NDArray[np.object_], segments: Segments, width: float) -> tuple[Ints, Ints, Floats]:
    """Find units that face each other across a gap too narrow to be real.

    Parameters
    ----------
    shapes : ndarray of Geometry
        Polygons, metres.
    segments : Segments
        Their borders; only those without another side are looked at.
    width : float
        Of the widest gap, metres.

    Returns
    -------
    one, other : ndarray of int
        Pairs that share no segment, one < other.
    length : ndarray of float
        Metres along which they face each other.
    """
    size = len(shapes)
    outer = np.flatnonzero(segments.other < 0)
    lines = border_lines(segments, outer)
    row, unit = shapely.STRtree(shapes).query(lines, predicate="dwithin", distance=width)
    owner = segments.one[outer[row]]
    shared = segments.other >= 0
    known = np.unique(segments.one[shared] * np.int64(size) + segments.other[shared])
    low, high = np.minimum(owner, unit), np.maximum(owner, unit)
    fresh = (owner != unit) & ~np.isin(low * np.int64(size) + high, known)
    pieces = shapely.intersection(lines[row[fresh]], shapely.buffer(shapes[unit[fresh]], width))
    one, other, length = sum_pairs(low[fresh], high[fresh], shapely.length(pieces) / 2, size)  # seen from both sides
    kept = length > _CORNER * width
    return one[kept], other[kept], length[kept]


def _ring_segments(shapes: NDArray[np.object_]) -> tuple[Ints, Ints, Ints, NDArray[np.complex128]]:
    """Return owner, start and end of all segments of all rings, and the points (x + iy) that these number."""
    parts, unit = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    points, vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    real = (ring[1:] == ring[:-1]) & (vertex[1:] != vertex[:-1])
    owner = unit[part[ring[:-1][real]]]
    return owner.astype(np.int64), vertex[:-1][real], vertex[1:][real], points


def _matched(shapes: NDArray[np.object_], width: float) -> NDArray[np.object_]:
    """Make neighbours share vertices: by adding some where that is all they lack, else by snapping what is near."""
    clean = shapely.coverage_clean  # type: ignore[attr-defined]
    gentle = clean(shapes)
    if _moved(shapes, gentle).max() < _ROUNDING_M2 and shapely.coverage_is_valid(gentle, gap_width=width):
        return gentle
    return clean(shapes, gap_width=width, snapping_distance=width)


def _moved(before: NDArray[np.object_], after: NDArray[np.object_]) -> Floats:
    """Return how much the size of each shape changed, m²."""
    change: Floats = np.abs(shapely.area(after) - shapely.area(before))
    return change


def _each_pair(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return each pair of different units once, the lower first."""
    pairs = np.unique(np.sort(np.column_stack([one, other]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0], pairs[:, 1]


def _refuse_overlaps(
    codes: NDArray[np.object_], shapes: NDArray[np.object_], pairs: tuple[Ints, Ints], width: float
) -> None:
    one, other = pairs
    shared = shapely.intersection(shapes[one], shapes[other])
    area, edge = shapely.area(shared), shapely.length(shared)
    least = min(_LEAST_M2, width**2)
    smaller = np.minimum(shapely.area(shapes[one]), shapely.area(shapes[other]))
    wide = 2 * area >= width * edge  # mean width: twice the area by the perimeter
    bad = np.flatnonzero((area > least) & (wide | (area >= _SLIVER_SHARE * smaller)))
    if not len(bad):
        return
    worst = bad[np.argsort(-area[bad], kind="stable")[:3]]
    shown = "; ".join(f"{codes[one[i]]} and {codes[other[i]]} {area[i]:,.0f} m²" for i in worst)
    shown_zh = "；".join(f"{codes[one[i]]} 与 {codes[other[i]]} {area[i]:,.0f} 平方米" for i in worst)
    raise SchemaError(
        f"{len(bad)} pairs of units overlap: {shown}{' …' if len(bad) > len(worst) else ''}; a place can be in one "
        "unit only: mend the layer (`geocensus basemap verify` shows where)",
        f"有 {len(bad)} 对单元相互重叠：{shown_zh}{' 等' if len(bad) > len(worst) else ''}；同一地块只能属于一个单元，"
        "请修正图层（geocensus basemap verify 可列出位置）",
    )


def _cleaned_note(codes: NDArray[np.object_], width: float) -> Text:
    return Text(
        f"{len(codes)} 个单元之间有窄缝或细条重叠（窄于 {width:g} 米），已按一条公共界线处理：{some(codes)}",
        f"slivers between {len(codes)} units (narrower than {width:g} m) were closed: {some(codes)}",
    )
