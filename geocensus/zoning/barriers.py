"""Rivers, railways and motorways between units: how far they lie between two neighbours, and where bridges are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.zoning.borders import border_lines, totals
from geocensus.zoning.metric import some, to_metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyproj
    from numpy.typing import NDArray

    from geocensus.zoning.borders import Segments
    from geocensus.zoning.task import Floats, Ints

__all__ = ["BARRED_SHARE", "Edges", "along_width", "barred_shares", "bridged", "edge_of_segment"]

BARRED_SHARE: Final = 0.8  # of a border along a barrier: from here on the barrier parts the neighbours
_ALONG_M: Final = 30.0  # a border this near to a barrier runs along it
_ALONG_OF_UNIT: Final = 0.02  # and no more than this share of a usual unit's width
_CROSSING: Final = 2.5  # widths: shorter stretches belong to borders that cross the barrier
_ASIDE: Final = (0.05, 0.03)  # widths
_BRIDGE_M: Final = 200.0


class Edges(NamedTuple):
    """Neighbours.

    Attributes
    ----------
    one, other : ndarray of int
        Positions of units, one < other, each pair once, ascending.
    border : ndarray of float
        Length of their border, metres.
    """

    one: Ints
    other: Ints
    border: Floats


def along_width(area: Floats) -> float:
    """Return how near to a barrier a border must lie to run along it.

    Parameters
    ----------
    area : ndarray of float
        Sizes of the units, m².

    Returns
    -------
    float
        Metres: 30, or 2 % of the width of a middling unit where that is less.
    """
    return min(_ALONG_M, _ALONG_OF_UNIT * float(np.sqrt(np.median(area))))


def edge_of_segment(edges: Edges, segments: Segments, size: int) -> Ints:
    """Return the position among the edges of each segment.

    Parameters
    ----------
    edges : Edges
        Neighbours.
    segments : Segments
        Pieces of borders.
    size : int
        Number of units.

    Returns
    -------
    ndarray of int
        −1 where no unit lies on the other side.
    """
    found = np.searchsorted(edges.one * np.int64(size) + edges.other, segments.one * np.int64(size) + segments.other)
    return np.where(segments.other < 0, -1, found)


def barred_shares(
    edges: Edges,
    segments: Segments,
    edge: Ints,
    inner: Floats,
    barriers: gpd.GeoDataFrame | None,
    *,
    crs: pyproj.CRS,
    width: float,
) -> Floats:
    """Measure how much of each border a barrier takes.

    Parameters
    ----------
    edges : Edges
        Neighbours.
    segments : Segments
        Pieces of borders.
    edge : ndarray of int
        As :func:`edge_of_segment` returns it.
    inner : ndarray of float
        Shape (n, 2): a point in each unit, metres.
    barriers : GeoDataFrame, optional
        Lines, in EPSG:4490 or in metres.
    crs : CRS
        The metric system of the units.
    width : float
        How near is along, metres.

    Returns
    -------
    ndarray of float
        Share of the border along barriers, 0 to 1; 1 also where the way from unit to unit crosses one.

    Raises
    ------
    CRSMismatchError
        The barriers' reference system is missing or neither EPSG:4490 nor in metres.
    """
    lines = _lines(barriers, crs, inner, edges)
    if not len(lines):
        return np.zeros(len(edges.one))
    along = _along(lines, segments, edge, len(edges.one), width)
    along[along <= _CROSSING * width] = 0
    share = np.minimum(along / np.where(edges.border > 0, edges.border, np.inf), 1)
    ways = _ways(edges, segments, edge, inner)
    aside = np.array(_ASIDE) * width  # a barrier through the very middle of a unit or a border lies on one side of it
    share[_crossed(lines, shapely.transform(ways, lambda xy: xy + aside))] = 1
    return share


def bridged(
    codes: NDArray[np.object_],
    shapes: NDArray[np.object_],
    edges: Edges,
    lines: tuple[NDArray[np.object_], Ints],
    bridges: gpd.GeoDataFrame | Sequence[tuple[str, str]] | None,
    crs: pyproj.CRS,
) -> tuple[Ints, tuple[Text, ...]]:
    """Find the pairs of units that bridges join.

    Parameters
    ----------
    codes : ndarray of str
        Codes of the units.
    shapes : ndarray of Geometry
        Polygons, metres.
    edges : Edges
        Neighbours that a barrier parts.
    lines : tuple of arrays
        Pieces of the borders between them, and the position among `edges` of each.
    bridges : GeoDataFrame or sequence of pairs, optional
        Points or lines, or pairs of codes.
    crs : CRS
        The metric system of the units.

    Returns
    -------
    pairs : ndarray of int
        Shape (m, 2), the lower position first.
    notes : tuple of Text
        Bridges that join nothing.

    Raises
    ------
    SchemaError
        A pair names a code that is no unit.
    """
    if bridges is None or not len(bridges):
        return np.empty((0, 2), dtype=np.int64), ()
    if not isinstance(bridges, gpd.GeoDataFrame):
        return _named_pairs(codes, bridges), ()
    points = to_metric(bridges, crs, what=Text("桥梁", "bridges")).geometry.to_numpy()
    points = points[~(shapely.is_missing(points) | shapely.is_empty(points))]
    bridge, row = _bridged_edges(points, shapes, edges, lines)
    pairs = np.unique(np.column_stack([edges.one[row], edges.other[row]]), axis=0)
    idle = len(points) - len(np.unique(bridge))
    note = Text(
        f"有 {idle} 座桥梁附近没有被屏障隔开的单元，未起作用", f"{idle} bridges are at no border that a barrier bars"
    )
    return pairs, (note,) if idle else ()


def _named_pairs(codes: NDArray[np.object_], bridges: Sequence[tuple[str, str]]) -> Ints:
    names = np.array([[str(a), str(b)] for a, b in bridges], dtype=object)
    known = np.isin(names.ravel(), codes)
    if not known.all():
        raise SchemaError(
            f"bridges name codes that are no units: {some(names.ravel()[~known])}",
            f"桥梁引用了不存在的单元代码：{some(names.ravel()[~known])}",
        )
    pairs = np.sort(np.searchsorted(codes.astype(str), names.astype(str)), axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _bridged_edges(
    points: NDArray[np.object_], shapes: NDArray[np.object_], edges: Edges, lines: tuple[NDArray[np.object_], Ints]
) -> tuple[Ints, Ints]:
    """Return bridges and the edges they open: the nearest border, else all of the unit the bridge lies in."""
    border, edge = lines
    tree = shapely.STRtree(border)
    row, piece = tree.query(points, predicate="dwithin", distance=_BRIDGE_M)
    order = np.lexsort([edge[piece], shapely.distance(points[row], border[piece]).round(3), row])
    bridge, first = np.unique(row[order], return_index=True)
    opened = edge[piece[order[first]]]
    rest = np.setdiff1d(np.arange(len(points)), bridge)
    at, unit = shapely.STRtree(shapes).query(points[rest], predicate="intersects")
    inside, found = np.nonzero((edges.one == unit[:, None]) | (edges.other == unit[:, None]))
    return np.r_[bridge, rest[at[inside]]], np.r_[opened, found]


def _lines(barriers: gpd.GeoDataFrame | None, crs: pyproj.CRS, inner: Floats, edges: Edges) -> NDArray[np.object_]:
    """Return the barriers as simple lines, joined end to end, that come near the units."""
    if barriers is None or not len(barriers) or not len(edges.one):
        return np.empty(0, dtype=object)
    shapes = to_metric(barriers, crs, what=Text("屏障图层", "barriers")).geometry.to_numpy()
    parts = shapely.get_parts(shapely.force_2d(shapes[~shapely.is_missing(shapes)]))
    parts = parts[(shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)]
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts)))
    reach = float(edges.border.max()) + _ALONG_M
    window = shapely.box(*(inner.min(axis=0) - reach), *(inner.max(axis=0) + reach))
    return np.asarray(joined[shapely.intersects(joined, window)], dtype=object)


def _along(lines: NDArray[np.object_], segments: Segments, edge: Ints, size: int, width: float) -> Floats:
    """Return metres of each border within `width` of a barrier."""
    shared = np.flatnonzero(edge >= 0)
    pieces = border_lines(segments, shared)
    near = np.unique(shapely.STRtree(lines).query(pieces, predicate="dwithin", distance=width)[0])
    band = shapely.union_all(shapely.buffer(lines, width))
    shapely.prepare(band)
    metres = segments.length[shared[near]].copy()
    partly = ~shapely.contains_properly(band, pieces[near])
    metres[partly] = shapely.length(shapely.intersection(band, pieces[near[partly]]))
    return totals(edge[shared[near]], metres, size)


def _ways(edges: Edges, segments: Segments, edge: Ints, inner: Floats) -> NDArray[np.object_]:
    """Return a way from unit to unit across the middle of their border."""
    ends = np.stack([inner[edges.one], inner[edges.other]], axis=1)
    middle = ends.mean(axis=1)
    shared = np.flatnonzero(edge >= 0)
    centre, number = segments.ends[shared].mean(axis=1), edge[shared]
    weight = totals(number, segments.length[shared], len(middle))
    mean = (
        np.column_stack([totals(number, segments.length[shared] * centre[:, axis], len(middle)) for axis in (0, 1)])
        / np.where(weight > 0, weight, 1)[:, None]
    )
    off = np.hypot(*(centre - mean[number]).T).round(6)
    order = np.lexsort([centre[:, 1], centre[:, 0], off, number])
    found, first = np.unique(number[order], return_index=True)
    middle[found] = centre[order[first]]
    return np.asarray(shapely.linestrings(np.stack([ends[:, 0], middle, ends[:, 1]], axis=1)), dtype=object)


def _crossed(lines: NDArray[np.object_], ways: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which ways end on the other side of a line: they cross it an odd number of times."""
    way, line = shapely.STRtree(lines).query(ways, predicate="intersects")
    times = shapely.get_num_geometries(shapely.intersection(ways[way], lines[line]))
    crossed = np.zeros(len(ways), dtype=bool)
    crossed[way[times % 2 == 1]] = True
    return crossed
