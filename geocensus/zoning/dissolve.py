"""Field zones as polygons: a valid coverage whose union is that of the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.zoning.task import Ints

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)

__all__ = ["dissolve", "is_coverage"]


def dissolve(shapes: NDArray[np.object_], labels: Ints, count: int) -> NDArray[np.object_]:
    """Unite units into field zones.

    Units that share their borders vertex by vertex are united without moving any. Where they do not, the united shapes
    are noded against each other, so that neighbouring zones share one line; an overlap goes to the lower zone, a hole
    stays a hole.

    Parameters
    ----------
    shapes : ndarray of n shapes
        Polygons and multipolygons in any one system; None and empty ones have no place.
    labels : ndarray of n int
        Zone of each unit, 0 to count − 1.
    count : int
        Number of zones.

    Returns
    -------
    ndarray of count shapes
        Polygons and multipolygons in the same system; an empty polygon where a zone has no place.

    Examples
    --------
    >>> import numpy, shapely
    >>> squares = numpy.array([shapely.box(i, 0, i + 1, 1) for i in range(3)])
    >>> shapely.area(dissolve(squares, numpy.array([0, 0, 1]), 2)).tolist()
    [2.0, 1.0]
    """
    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    clean = is_coverage(shapes)
    unite = shapely.coverage_union_all if clean else shapely.union_all
    zones = np.array([_polygonal(unite(shapes[present & (labels == zone)])) for zone in range(count)], dtype=object)
    return zones if is_coverage(zones) else _share_lines(zones)


def is_coverage(shapes: NDArray[np.object_]) -> bool:
    """Tell whether shapes share their borders and do not overlap.

    Parameters
    ----------
    shapes : ndarray of shapes
        Polygons and multipolygons; None and empty ones are left out.

    Returns
    -------
    bool
        True for a valid coverage.
    """
    present = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return bool(shapely.coverage_is_valid(shapes[present]))


def _share_lines(zones: NDArray[np.object_]) -> NDArray[np.object_]:
    """Cut the plane along all borders and give every face to the lowest zone that covers it."""
    lines = shapely.union_all(shapely.boundary(zones))
    faces = shapely.get_parts(shapely.polygonize([lines]))
    face, zone = shapely.STRtree(zones).query(shapely.point_on_surface(faces), predicate="intersects")
    owner = np.full(len(faces), len(zones))
    np.minimum.at(owner, face, zone)
    united = [_polygonal(shapely.coverage_union_all(faces[owner == index])) for index in range(len(zones))]
    return np.array(united, dtype=object)


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """Return what has an area; a union of polygons may carry touching points as a collection."""
    if shapely.get_type_id(shape) in _POLYGONAL:
        return shape
    parts = shapely.get_parts(shape)
    polygons = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - dimension of a surface
    return shapely.union_all(polygons) if len(polygons) else shapely.Polygon()
