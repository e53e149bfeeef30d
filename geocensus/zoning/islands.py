"""Islands: groups of units that border no others, and the links that ferries make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.zoning.metric import some

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.zoning.task import Ints

__all__ = ["island_links", "pieces_of"]


def pieces_of(size: int, one: Ints, other: Ints) -> Ints:
    """Give numbers to the connected pieces of a graph, from 0, in the order of their first unit.

    Parameters
    ----------
    size : int
        Number of units.
    one, other : ndarray of int
        Edges.

    Returns
    -------
    ndarray of int
        Piece of each unit.

    Examples
    --------
    >>> pieces_of(4, np.array([1]), np.array([3])).tolist()
    [0, 1, 2, 1]
    """
    edges = coo_matrix((np.ones(len(one), dtype=bool), (one, other)), shape=(size, size))
    labels = connected_components(edges, directed=False)[1]
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64)


def island_links(
    codes: NDArray[np.object_],
    shapes: NDArray[np.object_],
    one: Ints,
    other: Ints,
    islands: Literal["link", "error", "own_zone"],
) -> tuple[Ints, tuple[Text, ...]]:
    """Link each island with the nearest unit outside it, until one piece is left.

    Parameters
    ----------
    codes : ndarray of str
        Codes, ascending.
    shapes : ndarray of Geometry
        Polygons, metres.
    one, other : ndarray of int
        Who borders whom.
    islands : {"link", "error", "own_zone"}
        What becomes of islands; "own_zone" links nothing.

    Returns
    -------
    links : ndarray of int
        Shape (m, 2): pairs of units, the lower first; ties go to the lowest codes.
    notes : tuple of Text
        What was found and linked.

    Raises
    ------
    SchemaError
        There are islands, and ``islands="error"``.
    """
    size = len(codes)
    piece = pieces_of(size, one, other)
    count = int(piece.max()) + 1
    links = np.empty((0, 2), dtype=np.int64)
    if count == 1:
        return links, ()
    off = codes[piece != np.bincount(piece).argmax()]
    if islands == "error":
        raise SchemaError(
            f"{len(off)} units border none of the others: {some(off)}; mend the layer, or allow links (islands='link')",
            f"{len(off)} 个单元与其他单元不相邻：{some(off)}；请修正图层，或允许轮渡连接（islands='link'）",
        )
    if islands == "own_zone":
        return links, (_apart_note(off, count),)
    tree = shapely.STRtree(shapes)
    while count > 1:
        islands_left = np.setdiff1d(np.arange(count), np.bincount(piece).argmax())  # the mainland waits to be linked
        nearest = [_nearest(shapes, tree, piece, number) for number in islands_left]
        links = np.unique(np.concatenate([links, np.sort(np.array(nearest), axis=1)]), axis=0)
        piece = pieces_of(size, np.r_[one, links[:, 0]], np.r_[other, links[:, 1]])
        count = int(piece.max()) + 1
    return links, (_link_note(codes, shapes, links),)


def _nearest(shapes: NDArray[np.object_], tree: shapely.STRtree, piece: Ints, number: int) -> tuple[int, int]:
    """Return the closest pair of a unit of a piece and one of another; ties go to the lowest positions."""
    members = np.flatnonzero(piece == number)
    reach = float(np.sqrt(shapely.area(shapes[members]).max()))
    while True:
        row, unit = tree.query(shapes[members], predicate="dwithin", distance=reach)
        outside = piece[unit] != number
        if outside.any():
            break
        reach *= 2
    one, other = members[row[outside]], unit[outside]
    distance = shapely.distance(shapes[one], shapes[other])
    best = np.lexsort([np.maximum(one, other), np.minimum(one, other), distance])[0]
    return int(one[best]), int(other[best])


def _apart_note(off: NDArray[np.object_], count: int) -> Text:
    return Text(
        f"单元分为互不相邻的 {count} 块，各块分别划片：{some(off)}",
        f"the units lie in {count} pieces that do not touch, each with field zones of its own: {some(off)}",
    )


def _link_note(codes: NDArray[np.object_], shapes: NDArray[np.object_], links: Ints) -> Text:
    metres = shapely.distance(shapes[links[:, 0]], shapes[links[:, 1]])
    pairs = [f"{codes[a]}–{codes[b]} ({m:,.0f} m)" for (a, b), m in zip(links[:5], metres, strict=False)]
    more = " …" if len(links) > len(pairs) else ""
    return Text(
        f"不相邻的单元按最近距离以轮渡连接：{'、'.join(pairs)}{more}",
        f"units that border no others were linked with the nearest one: {', '.join(pairs)}{more}",
    )
