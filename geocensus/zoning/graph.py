"""The graph of units: who borders whom, how long, and what it costs to part them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.zoning.barriers import BARRED_SHARE, Edges, along_width, barred_shares, bridged, edge_of_segment
from geocensus.zoning.borders import (
    border_lines,
    clean_coverage,
    near_pairs,
    segments_of,
    sliver_width,
    sum_pairs,
    totals,
)
from geocensus.zoning.islands import island_links, pieces_of
from geocensus.zoning.metric import metric_units, some
from geocensus.zoning.task import UnitGraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from geocensus.zoning.borders import Segments
    from geocensus.zoning.metric import MetricUnits
    from geocensus.zoning.task import Floats, Ints

__all__ = ["build_graph", "components", "contract"]

_SOFT = 0.7  # share of a border's length that a soft barrier saves


def build_graph(
    units: gpd.GeoDataFrame,
    load: str | ArrayLike,
    *,
    barriers: gpd.GeoDataFrame | None = None,
    barrier_mode: Literal["soft", "hard", "off"] = "soft",
    bridges: gpd.GeoDataFrame | Sequence[tuple[str, str]] | None = None,
    islands: Literal["link", "error", "own_zone"] = "link",
) -> UnitGraph:
    """Find the neighbours of units, with the lengths of their borders and the cost of parting them.

    Neighbours share a line, not only a corner. Slivers between units (narrower than 5 m, and than 1 % of a middling
    unit's width) are closed first. A barrier lies between two neighbours when it runs along at least 80 % of their
    border (within 30 m, and 2 % of a unit's width), or when the way from one to the other across the middle of their
    border crosses it. A hard one makes them no neighbours, unless there is a bridge; a soft one makes it cheaper to
    part them, by up to 70 % of the border's length.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and geometry (Polygon or MultiPolygon); EPSG:4490 (4326 is taken as equal) or in metres.
    load : str or array of float
        Minutes per unit: a column of `units`, a Series with codes as its index, or values in the order of the units.
    barriers : GeoDataFrame, optional
        Lines, in EPSG:4490 or in metres.
    barrier_mode : {"soft", "hard", "off"}
        What a barrier does.
    bridges : GeoDataFrame or sequence of pairs, optional
        Where hard barriers can be crossed: points or lines (the nearest barred border within 200 m counts, else all of
        the unit they lie in), or pairs of codes.
    islands : {"link", "error", "own_zone"}
        What becomes of units that border no others: a link to the nearest unit, an error, or field zones of their own.

    Returns
    -------
    UnitGraph
        Units sorted by code; the notes tell what was mended, linked and barred.

    Raises
    ------
    SchemaError
        Codes or polygons are missing, units overlap, a load is missing or negative, or (``islands="error"``) there are
        islands.
    CRSMismatchError
        A reference system is missing or neither EPSG:4490 nor in metres.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = [shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    >>> units = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4548")
    >>> graph = build_graph(units, [1, 2, 3])
    >>> graph.indptr.tolist(), graph.indices.tolist(), graph.border_m.tolist()
    ([0, 1, 3, 4], [1, 0, 2, 1], [1000.0, 1000.0, 1000.0, 1000.0])
    """
    _require_word("barrier_mode", barrier_mode, ("soft", "hard", "off"))
    _require_word("islands", islands, ("link", "error", "own_zone"))
    table = metric_units(units, load)
    width = sliver_width(table.shapes)
    shapes, cleaned = clean_coverage(table.codes, table.shapes, width)
    drawn = _Drawn(table._replace(shapes=shapes), segments_of(shapes), _inner_points(shapes))
    edges = _edges(drawn, width)
    links, island_notes = island_links(table.codes, shapes, edges.one, edges.other, islands)
    shares = np.zeros(len(edges.one))
    if barrier_mode != "off":
        shares = _shares(drawn, edges, barriers)
    opened, bridge_notes = _bridges(drawn, edges, shares, bridges, barrier_mode)
    passable = (shares < BARRED_SHARE) | (barrier_mode != "hard")
    cost = edges.border * (1 - _SOFT * shares)
    graph = _graph(
        drawn,
        Edges(edges.one[passable], edges.other[passable], edges.border[passable]),
        cost[passable],
        np.concatenate([links, opened]),
    )
    notes = (*table.notes, *cleaned, *island_notes, *bridge_notes, *_barred_notes(graph, passable))
    return _noted(graph, notes)


def components(graph: UnitGraph) -> Ints:
    """Give numbers to the connected pieces of a graph.

    Parameters
    ----------
    graph : UnitGraph
        The units.

    Returns
    -------
    ndarray of int
        Piece of each unit, from 0, in the order of their lowest codes.
    """
    return pieces_of(graph.size, _sources(graph), graph.indices)


def contract(graph: UnitGraph, group: Ints) -> tuple[UnitGraph, Ints]:
    """Merge the units of each group into one, so that a split cannot part them.

    Parameters
    ----------
    graph : UnitGraph
        The units.
    group : ndarray of int
        Units with the same number, 0 or more, belong together; those with a negative number stay as they are.

    Returns
    -------
    graph : UnitGraph
        A merged unit has the lowest code of its members, their summed load and size, their middle weighted by load,
        and one border with each neighbour. The notes tell of groups that are not connected.
    owner : ndarray of int
        Position in the new graph of each unit of the old one.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = [shapely.box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000)]
    >>> units = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4548")
    >>> smaller, owner = contract(build_graph(units, [1, 2, 3]), np.array([7, 7, -1]))
    >>> smaller.codes.tolist(), smaller.load.tolist(), owner.tolist()
    (['a', 'c'], [3.0, 3.0], [0, 0, 1])
    """
    owner = _owners(np.asarray(group, dtype=np.int64))
    size = int(owner.max()) + 1
    first = np.unique(owner, return_index=True)[1]
    source = _sources(graph)
    one, other = owner[source], owner[graph.indices]
    kept = one < other
    low, high, border = sum_pairs(one[kept], other[kept], graph.border_m[kept], size)
    cost = sum_pairs(one[kept], other[kept], graph.cut_cost_m[kept], size)[2]
    load, area = totals(owner, graph.load, size), totals(owner, graph.area_m2, size)
    weight = np.where(load[owner] > 0, graph.load, graph.area_m2 / area[owner])
    total = totals(owner, weight, size)
    table = _Nodes(
        graph.codes[first],
        load,
        totals(owner, weight * graph.x, size) / total,
        totals(owner, weight * graph.y, size) / total,
        area,
        totals(owner, graph.outer_m, size),
    )
    notes = (*graph.notes, *_loose_notes(graph, owner, source))
    return _csr(table, Edges(low, high, border), cost, notes), owner


class _Drawn(NamedTuple):
    """Units with what was measured of them."""

    table: MetricUnits
    segments: Segments
    inner: Floats


class _Nodes(NamedTuple):
    """The parts of a graph that belong to units."""

    codes: NDArray[np.object_]
    load: Floats
    x: Floats
    y: Floats
    area_m2: Floats
    outer_m: Floats


def _edges(drawn: _Drawn, width: float) -> Edges:
    """Return neighbours by shared segments, and across slivers."""
    segments, size = drawn.segments, len(drawn.table.codes)
    shared = segments.other >= 0
    one, other, border = sum_pairs(segments.one[shared], segments.other[shared], segments.length[shared], size)
    near = near_pairs(drawn.table.shapes, segments, width)
    return Edges(*sum_pairs(np.r_[one, near[0]], np.r_[other, near[1]], np.r_[border, near[2]], size))


def _inner_points(shapes: NDArray[np.object_]) -> Floats:
    """Return the centroid of each unit, or another point where it lies outside."""
    points = shapely.centroid(shapes)
    outside = ~shapely.contains_properly(shapes, points)
    points[outside] = shapely.point_on_surface(shapes[outside])
    return shapely.get_coordinates(points)


def _shares(drawn: _Drawn, edges: Edges, barriers: gpd.GeoDataFrame | None) -> Floats:
    edge = edge_of_segment(edges, drawn.segments, len(drawn.table.codes))
    width = along_width(shapely.area(drawn.table.shapes))
    return barred_shares(edges, drawn.segments, edge, drawn.inner, barriers, crs=drawn.table.crs, width=width)


def _bridges(
    drawn: _Drawn,
    edges: Edges,
    shares: Floats,
    bridges: gpd.GeoDataFrame | Sequence[tuple[str, str]] | None,
    barrier_mode: str,
) -> tuple[Ints, tuple[Text, ...]]:
    """Return the pairs that bridges join and no passable border does."""
    barred = (shares >= BARRED_SHARE) & (barrier_mode == "hard")
    rows = np.flatnonzero(barred)
    edge = edge_of_segment(edges, drawn.segments, len(drawn.table.codes))
    segments = np.flatnonzero(np.append(barred, False)[edge])  # −1: no border, not barred
    lines = border_lines(drawn.segments, segments), np.searchsorted(rows, edge[segments])
    parted = Edges(edges.one[rows], edges.other[rows], edges.border[rows])
    pairs, notes = bridged(drawn.table.codes, drawn.table.shapes, parted, lines, bridges, drawn.table.crs)
    size = len(drawn.table.codes)
    open_keys = (edges.one * np.int64(size) + edges.other)[~barred]
    return pairs[~np.isin(pairs[:, 0] * size + pairs[:, 1], open_keys)], notes


def _graph(drawn: _Drawn, edges: Edges, cost: Floats, links: Ints) -> UnitGraph:
    """Put the graph together; links have no length and cost nothing to cut."""
    table, size = drawn.table, len(drawn.table.codes)
    links = np.unique(links, axis=0)
    both = totals(edges.one, edges.border, size) + totals(edges.other, edges.border, size)
    outer = np.maximum(shapely.length(table.shapes) - both, 0)
    outer[outer < 1e-6 * both] = 0
    x, y = drawn.inner.T
    nodes = _Nodes(table.codes, table.load, x, y, shapely.area(table.shapes), outer)
    none = np.zeros(len(links))
    joined = Edges(np.r_[edges.one, links[:, 0]], np.r_[edges.other, links[:, 1]], np.r_[edges.border, none])
    return _csr(nodes, joined, np.r_[cost, none], ())


def _csr(nodes: _Nodes, edges: Edges, cost: Floats, notes: tuple[Text, ...]) -> UnitGraph:
    """Store every edge in both directions, sorted."""
    source, target = np.r_[edges.one, edges.other], np.r_[edges.other, edges.one]
    order = np.lexsort([target, source])
    counts = np.bincount(source, minlength=len(nodes.codes))
    return UnitGraph(
        *nodes,
        indptr=np.r_[0, np.cumsum(counts)].astype(np.int64),
        indices=target[order].astype(np.int64),
        border_m=np.tile(edges.border, 2)[order],
        cut_cost_m=np.tile(cost, 2)[order],
        notes=notes,
    )


def _sources(graph: UnitGraph) -> Ints:
    """Return the unit that each directed edge starts from."""
    return np.repeat(np.arange(graph.size), np.diff(graph.indptr))


def _owners(group: Ints) -> Ints:
    """Give numbers to groups and single units, by their first member."""
    alone = group < 0
    key = np.where(alone, np.arange(len(group)) + int(group.max(initial=0)) + 1, group)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def _loose_notes(graph: UnitGraph, owner: Ints, source: Ints) -> tuple[Text, ...]:
    """Tell of groups whose members do not hang together."""
    inside = owner[source] == owner[graph.indices]
    piece = pieces_of(graph.size, source[inside], graph.indices[inside])
    loose = np.flatnonzero(np.bincount(owner[np.unique(piece, return_index=True)[1]]) > 1)
    names = [some(graph.codes[owner == number]) for number in loose[:3]]
    if not names:
        return ()
    return (
        Text(
            f"有 {len(loose)} 组单元自身不相连，仍按一组处理：{'；'.join(names)}",
            f"{len(loose)} groups do not hang together; their units stay together all the same: {'; '.join(names)}",
        ),
    )


def _barred_notes(graph: UnitGraph, passable: NDArray[np.bool_]) -> tuple[Text, ...]:
    """Tell how many borders hard barriers bar, and into how many pieces they part the units."""
    cut = int((~passable).sum())
    if not cut:
        return ()
    count = int(components(graph).max()) + 1
    return (
        Text(
            f"硬屏障隔断了 {cut} 处相邻关系，单元分为 {count} 块",
            f"hard barriers bar {cut} borders; the units lie in {count} {'piece' if count == 1 else 'pieces'}",
        ),
    )


def _noted(graph: UnitGraph, notes: tuple[Text, ...]) -> UnitGraph:
    return UnitGraph(**{**vars(graph), "notes": notes})


def _require_word(name: str, value: str, words: tuple[str, ...]) -> None:
    if value not in words:
        raise SchemaError(
            f"{name}={value!r} is unknown; use one of {', '.join(words)}",
            f"{name}={value!r} 无法识别；可用：{'、'.join(words)}",
        )
