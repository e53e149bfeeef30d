"""Lines and polygons as numbers of the tile format: clipped, on the tile's grid, rings wound as it asks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geocensus_api.tiles.encoding import EXTENT, LINE, POLYGON, Shapes, zigzag
from geocensus_api.tiles.mercator import BITS

__all__ = ["BUFFER", "drawn"]

BUFFER: Final = 80  # units beyond each side, so that outlines along it do not show
_MOVE, _LINE_TO, _CLOSE = 9, 2, 15
_LEAST: Final = {LINE: 2, POLYGON: 3}  # vertices

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Vertices:
    """Vertices of paths: places on the grid, and the path of each; rising."""

    xy: Ints
    path: Ints


def drawn(geometry: NDArray[np.object_], kind: int, tile: tuple[int, int, int]) -> tuple[Shapes, NDArray[np.intp]]:
    """Return geometries as a tile shows them.

    Parameters
    ----------
    geometry
        Polygons or lines, one or several each, on the map (:mod:`.mercator`), shape (n,); all meet the tile.
    kind
        LINE or POLYGON.
    tile
        Zoom, column and row.

    Returns
    -------
    tuple
        Shapes, and which geometries they are of: those that only meet the tile's edge are left out. One that is smaller
        than the grid is drawn as one cell of it, so that nothing vanishes.
    """
    zoom, column, row = tile
    size = float(1 << (BITS - zoom))
    margin = size * BUFFER / EXTENT
    x, y = column * size, row * size
    clipped = shapely.clip_by_rect(geometry, x - margin, y - margin, x + size + margin, y + size + margin)
    seen = np.flatnonzero(~(shapely.is_empty(clipped) | shapely.is_missing(clipped)))
    paths, owner, outer = _paths(clipped[seen], kind)
    corners, path = shapely.get_coordinates(paths, return_index=True)
    grid = np.rint((corners - (x, y)) * (EXTENT / size)).astype(np.int64)
    vertices = _plain(_Vertices(grid, path.astype(np.int64)), kind)
    vertices = _sound(vertices, kind, outer, len(paths))
    vertices, owner = _with_small(vertices, owner, clipped[seen], kind, (x, y, EXTENT / size))
    numbers, lengths = _commands(vertices, owner, kind, len(seen))
    there = np.flatnonzero(lengths)
    return Shapes(kind, numbers, lengths[there]), seen[there]


def _paths(geometry: NDArray[np.object_], kind: int) -> tuple[NDArray[np.object_], Ints, Ints]:
    """Return rings or lines, which geometry each belongs to, and which ring is the outer one of its polygon."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    dimension = 1 if kind == LINE else 2
    fit = shapely.get_dimensions(parts) == dimension
    parts, owner = parts[fit], owner[fit].astype(np.int64)
    if kind == LINE:
        return parts, owner, np.arange(len(parts))
    # in numbers that grow to the south, counter-clockwise is what the format calls positive
    rings, polygon = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    polygon = polygon.astype(np.int64)
    return rings, owner[polygon], np.searchsorted(polygon, polygon)


def _plain(vertices: _Vertices, kind: int) -> _Vertices:
    """Leave out a vertex that repeats the one before it, and the last of a ring, which repeats the first."""
    xy, path = vertices.xy, vertices.path
    if not len(path):
        return vertices
    first = np.concatenate([[True], path[1:] != path[:-1]])
    keep = first | np.concatenate([[True], (xy[1:] != xy[:-1]).any(axis=1)])
    xy, path, first = xy[keep], path[keep], first[keep]
    if kind == POLYGON:
        last = np.concatenate([first[1:], [True]])
        starts = np.flatnonzero(first)
        repeats = last & ~first & (xy == xy[starts[np.cumsum(first) - 1]]).all(axis=1)
        xy, path = xy[~repeats], path[~repeats]
    return _Vertices(xy, path)


def _sound(vertices: _Vertices, kind: int, outer: Ints, paths: int) -> _Vertices:
    """Leave out paths that the grid has reduced to nothing, and holes of such a ring."""
    count = np.bincount(vertices.path, minlength=paths)
    sound = count >= _LEAST[kind]
    if kind == POLYGON:
        area = _areas(vertices, paths)
        is_outer = outer == np.arange(paths)
        sound &= np.where(is_outer, area > 0, area < 0)
        sound &= sound[outer]
    keep = sound[vertices.path]
    return _Vertices(vertices.xy[keep], vertices.path[keep])


def _areas(vertices: _Vertices, paths: int) -> NDArray[np.float64]:
    """Return twice the signed area of each ring (surveyor's formula)."""
    path = vertices.path
    if not len(path):
        return np.zeros(paths)
    last = np.concatenate([path[1:] != path[:-1], [True]])
    starts = np.flatnonzero(np.concatenate([[True], last[:-1]]))
    following = np.arange(1, len(path) + 1)
    following[last] = starts
    x, y = vertices.xy.T.astype(np.float64)
    crossed = x * y[following] - x[following] * y
    return np.bincount(path, weights=crossed, minlength=paths).astype(np.float64)


def _with_small(
    vertices: _Vertices, owner: Ints, geometry: NDArray[np.object_], kind: int, at: tuple[float, float, float]
) -> tuple[_Vertices, Ints]:
    """Draw what has no path left as one cell of the grid, where its first vertex is in the tile itself."""
    lost = np.ones(len(geometry), dtype=np.bool_)
    lost[owner[vertices.path]] = False
    lost &= shapely.get_dimensions(geometry) == (1 if kind == LINE else 2)
    if not lost.any():
        return vertices, owner
    corners, of = shapely.get_coordinates(geometry[lost], return_index=True)
    corner = np.floor((corners[np.searchsorted(of, np.arange(lost.sum()))] - at[:2]) * at[2]).astype(np.int64)
    inside = ((corner >= 0) & (corner < EXTENT)).all(axis=1)
    steps = np.array([[0, 0], [1, 0], [1, 1], [0, 1]][: 2 if kind == LINE else 4])
    xy = (corner[inside][:, None, :] + steps).reshape(-1, 2)
    path = np.repeat(np.arange(inside.sum()), len(steps)) + len(owner)
    joined = _Vertices(np.concatenate([vertices.xy, xy]), np.concatenate([vertices.path, path]))
    return joined, np.concatenate([owner, np.flatnonzero(lost)[inside]])


def _commands(vertices: _Vertices, owner: Ints, kind: int, count: int) -> tuple[Ints, Ints]:
    """Return the numbers of all geometries in order, and how many each has."""
    of = owner[vertices.path]
    order = np.argsort(of, kind="stable")
    xy, path, of = vertices.xy[order], vertices.path[order], of[order]
    if not len(path):
        return np.empty(0, dtype=np.int64), np.zeros(count, dtype=np.int64)
    first = np.concatenate([[True], path[1:] != path[:-1]])
    fresh = np.concatenate([[True], of[1:] != of[:-1]])
    step = xy - np.where(fresh[:, None], 0, np.concatenate([[[0, 0]], xy[:-1]]))
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(path)))
    lengths = 2 * sizes + (3 if kind == POLYGON else 2)
    begins = np.cumsum(lengths) - lengths
    ring = np.cumsum(first) - 1
    place = begins[ring] + 1 + 2 * (np.arange(len(path)) - starts[ring]) + (~first).astype(np.int64)
    numbers = np.empty(int(lengths.sum()), dtype=np.int64)
    numbers[begins], numbers[begins + 3] = _MOVE, (sizes - 1) << 3 | _LINE_TO
    if kind == POLYGON:
        numbers[begins + lengths - 1] = _CLOSE
    numbers[place], numbers[place + 1] = zigzag(step).T
    return numbers, np.bincount(of[starts], weights=lengths, minlength=count).astype(np.int64)
