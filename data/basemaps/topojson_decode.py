"""Decode the polygons of a TopoJSON object: shared arcs become shared borders, coordinate by coordinate."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["polygons"]

Ring = Sequence[int]


def polygons(topology: Mapping[str, Any], geometries: Sequence[Mapping[str, Any]], *, digits: int = 7) -> NDArray[Any]:
    """Return the shapely geometries of TopoJSON geometry objects.

    Parameters
    ----------
    topology : Mapping[str, Any]
        A quantised topology: ``arcs`` (delta-encoded integers) and ``transform``.
    geometries : Sequence[Mapping[str, Any]]
        Objects of type Polygon or MultiPolygon, whose rings are lists of arc numbers; ``~i`` is arc ``i`` backwards.
    digits : int
        Decimals of a degree that are kept.

    Returns
    -------
    NDArray[Any]
        Array of (n,) geometries, in the topology's own coordinates (degrees).

    Examples
    --------
    >>> world = {
    ...     "transform": {"scale": [1, 1], "translate": [118, 28]},
    ...     "arcs": [[[0, 0], [0, 1]], [[0, 1], [1, 0], [0, -1], [-1, 0]]],
    ... }
    >>> square = polygons(world, [{"type": "Polygon", "arcs": [[0, 1]]}])
    >>> square[0].wkt
    'POLYGON ((118 28, 118 29, 119 29, 119 28, 118 28))'
    """
    decoded: dict[int, NDArray[np.float64]] = {}

    def arc(index: int) -> NDArray[np.float64]:
        plain = index if index >= 0 else ~index
        if plain not in decoded:
            decoded[plain] = _decode(topology["arcs"][plain], topology["transform"], digits)
        return decoded[plain] if index >= 0 else decoded[plain][::-1]

    def ring(indices: Ring) -> NDArray[np.float64]:
        first, *rest = (arc(index) for index in indices)
        return np.concatenate([first, *(points[1:] for points in rest)])

    def polygon(rings: Sequence[Ring]) -> shapely.Polygon:
        shell, *holes = map(ring, rings)
        return shapely.Polygon(shell, holes)

    def geometry(item: Mapping[str, Any]) -> shapely.Geometry:
        if item["type"] == "Polygon":
            return polygon(item["arcs"])
        return shapely.MultiPolygon([polygon(part) for part in item["arcs"]])

    return np.array([geometry(item) for item in geometries], dtype=object)


def _decode(deltas: Sequence[Sequence[int]], transform: Mapping[str, Any], digits: int) -> NDArray[np.float64]:
    steps = np.cumsum(np.asarray(deltas, dtype=np.int64), axis=0)
    points: NDArray[np.float64] = np.round(steps * transform["scale"] + np.asarray(transform["translate"]), digits)
    return points
