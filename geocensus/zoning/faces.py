"""Faces that lines cut areas into; neighbours share their vertices by construction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from geocensus.errors import SchemaError
from geocensus.names import CODE
from geocensus.zoning.metric import some

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geocensus.zoning.task import Ints

__all__ = ["Faces", "faces_of"]

_GRID_M: Final = 1e-4  # borders that differ by rounding become one
_GRID_DEGREES: Final = 1e-9


class Faces(NamedTuple):
    """Pieces of areas.

    Attributes
    ----------
    shapes : ndarray of Geometry
        Polygons, in the areas' reference system.
    area : ndarray of int
        Position of the area that each lies in.
    """

    shapes: NDArray[np.object_]
    area: Ints


def faces_of(areas: gpd.GeoDataFrame, lines: NDArray[np.object_]) -> Faces:
    """Cut areas along lines.

    Parameters
    ----------
    areas : GeoDataFrame
        Columns code and geometry.
    lines : ndarray of Geometry
        Lines in the same reference system.

    Returns
    -------
    Faces
        Every piece of every area once.

    Raises
    ------
    SchemaError
        An area has no code or polygon.

    Examples
    --------
    >>> import geopandas as gpd
    >>> area = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(0, 0, 2, 1)])
    >>> faces_of(area, np.array([shapely.LineString([(1, -1), (1, 2)])])).area.tolist()
    [0, 0]
    """
    shapes = areas.geometry.to_numpy()
    _require_areas(areas, shapes)
    near = lines[shapely.intersects(lines, shapely.box(*shapely.total_bounds(shapes)))]
    grid = _GRID_DEGREES if areas.crs is not None and areas.crs.is_geographic else _GRID_M
    noded = shapely.union_all([*shapely.boundary(shapes), *near], grid_size=grid)
    pieces = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), dtype=object)
    inner = shapely.point_on_surface(pieces)
    piece, area = shapely.STRtree(shapes).query(inner, predicate="intersects")
    piece, first = np.unique(piece, return_index=True)
    return Faces(pieces[piece], area[first].astype(np.int64))


def _require_areas(areas: gpd.GeoDataFrame, shapes: NDArray[np.object_]) -> None:
    if CODE not in areas.columns or not len(areas):
        raise SchemaError("areas to cut need a column code, and rows", "待切分的区域须有 code 字段且不能为空")
    bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if bare.any():
        names = some(areas[CODE].astype("str").to_numpy(dtype=object)[bare])
        raise SchemaError(f"areas without a polygon cannot be cut: {names}", f"没有多边形的区域无法切分：{names}")
