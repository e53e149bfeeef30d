"""Units as they enter: one metric system, one code and one valid polygon each, loads that are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geocensus.basemap import mend_geometry
from geocensus.crs import metric_crs
from geocensus.errors import CRSMismatchError, SchemaError
from geocensus.model import Text
from geocensus.names import CODE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from geocensus.zoning.task import Floats

__all__ = ["MetricUnits", "metric_units", "require_degrees_or_metres", "some", "to_metric"]

_EQUAL: Final = ("EPSG:4490", "EPSG:4326")  # CGCS2000 and WGS 84 differ by centimetres
_SHOWN: Final = 5  # codes named in a message


class MetricUnits(NamedTuple):
    """Units sorted by code, in metres.

    Attributes
    ----------
    codes : ndarray of str
        Ascending.
    shapes : ndarray of Geometry
        Valid polygons, metres.
    load : ndarray of float
        Minutes.
    crs : CRS
        The metric system.
    notes : tuple of Text
        What was mended.
    """

    codes: NDArray[np.object_]
    shapes: NDArray[np.object_]
    load: Floats
    crs: pyproj.CRS
    notes: tuple[Text, ...]


def metric_units(units: gpd.GeoDataFrame, load: str | ArrayLike) -> MetricUnits:
    """Check units and bring them to metres, sorted by code.

    Parameters
    ----------
    units : GeoDataFrame
        Columns code and geometry; in EPSG:4490 (4326 is taken as equal) or in metres.
    load : str or array of float
        Minutes: a column, a Series with codes as its index, or values in the order of the units.

    Returns
    -------
    MetricUnits
        Ready for measuring.

    Raises
    ------
    SchemaError
        A code is missing or doubled, a unit has no polygon, or a load is missing, negative or infinite.
    CRSMismatchError
        The reference system is missing or neither EPSG:4490 nor in metres.
    """
    codes = _codes(units)
    metres = to_metric(units)
    shapes, changed = mend_geometry(metres.geometry)
    _require_shapes(codes, shapes)
    order = np.argsort(codes, kind="stable")
    notes = (_mended_note(codes[metres.index.get_indexer(changed.index)]),) if len(changed) else ()
    return MetricUnits(codes[order], shapes[order], loads_in_order(units, codes, load)[order], metres.crs, notes)


def to_metric(table: gpd.GeoDataFrame, crs: pyproj.CRS | None = None, *, what: Text | None = None) -> gpd.GeoDataFrame:
    """Bring a layer to metres.

    Parameters
    ----------
    table : GeoDataFrame
        In EPSG:4490 (or 4326) or a system in metres.
    crs : CRS, optional
        The system wanted; by default the layer's own where it is metric, else the one that fits its bounds.
    what : Text, optional
        What the layer is, for messages; units by default.

    Returns
    -------
    GeoDataFrame
        The same rows under a RangeIndex.

    Raises
    ------
    CRSMismatchError
        The reference system is missing or neither EPSG:4490 nor in metres.
    """
    degrees = require_degrees_or_metres(table.crs, what or Text("单元", "units"))
    table = table.reset_index(drop=True)
    if degrees:
        table = table.set_crs(_EQUAL[0], allow_override=True)
        if crs is None:
            shapes = table.geometry[table.geometry.notna() & ~table.geometry.is_empty]
            crs = metric_crs(tuple(shapes.total_bounds)) if len(shapes) else metric_crs((105, 35, 105, 35))
    return table if crs is None or table.crs == crs else table.to_crs(crs)


def require_degrees_or_metres(crs: Any, what: Text) -> bool:
    """Tell whether a system is EPSG:4490 (or 4326); refuse what is neither that nor in true metres.

    Parameters
    ----------
    crs : any
        What pyproj takes, or None.
    what : Text
        What the layer is.

    Returns
    -------
    bool
        True for degrees, False for metres.

    Raises
    ------
    CRSMismatchError
        For anything else; web Mercator is no metric system, its metres grow with the latitude.
    """
    found = None if crs is None else pyproj.CRS.from_user_input(crs)
    if found is not None and any(found.equals(code, ignore_axis_order=True) for code in _EQUAL):
        return True
    if found is not None and found.is_projected and all(axis.unit_name == "metre" for axis in found.axis_info[:2]):
        method = found.coordinate_operation.method_name if found.coordinate_operation else ""
        if "Pseudo" not in method:
            return False
    name = Text("无坐标系", "no reference system") if found is None else Text(found.name, found.name)
    raise CRSMismatchError(
        f"{what.en}: {name.en}; they must be in EPSG:4490 or in metres: state it with set_crs() or transform with "
        'to_crs("EPSG:4490")',
        f"{what.zh}的坐标系为：{name.zh}；须为 EPSG:4490 或以米为单位的投影坐标，请用 set_crs() 声明或用 "
        'to_crs("EPSG:4490") 转换',
    )


def loads_in_order(units: gpd.GeoDataFrame, codes: NDArray[np.object_], load: str | ArrayLike) -> Floats:
    """Return loads in the order of the units; refuse what is no load.

    Parameters
    ----------
    units : GeoDataFrame
        The units.
    codes : ndarray of str
        Their codes.
    load : str or array of float
        As for :func:`metric_units`.

    Returns
    -------
    ndarray of float
        Minutes.

    Raises
    ------
    SchemaError
        No such column, a wrong number of values, or values that are missing, negative or infinite.
    """
    if isinstance(load, str):
        if load not in units.columns:
            raise SchemaError(
                f"units: no column {load!r} for the load; columns are {', '.join(map(str, units.columns))}",
                f"单元表没有工作量字段 {load!r}；现有字段：{'、'.join(map(str, units.columns))}",
            )
        load = units[load]
    if isinstance(load, pd.Series) and not load.index.equals(units.index):
        load = load.set_axis(load.index.astype(str)).reindex(codes)
    values = pd.to_numeric(pd.Series(np.asarray(load)), errors="coerce").to_numpy(dtype=np.float64)
    if len(values) != len(codes):
        raise SchemaError(
            f"{len(values)} loads for {len(codes)} units", f"{len(codes)} 个单元却有 {len(values)} 个工作量"
        )
    if len(bad := codes[~(np.isfinite(values) & (values >= 0))]):
        raise SchemaError(
            f"the load of {len(bad)} units is missing, negative or infinite: {some(bad)}; loads are minutes, 0 or more",
            f"{len(bad)} 个单元的工作量缺失、为负或无穷：{some(bad)}；工作量应为不小于 0 的分钟数",
        )
    return values


def some(codes: Sequence[str] | NDArray[np.object_]) -> str:
    """Return the lowest codes as text, with an ellipsis when there are more.

    Parameters
    ----------
    codes : sequence of str
        Any codes.

    Returns
    -------
    str
        Such as "a, b, c, d, e …".

    Examples
    --------
    >>> some(["b", "a"])
    'a, b'
    """
    return ", ".join(sorted(codes)[:_SHOWN]) + (" …" if len(codes) > _SHOWN else "")


def _codes(units: gpd.GeoDataFrame) -> NDArray[np.object_]:
    if not isinstance(units, gpd.GeoDataFrame) or CODE not in units.columns:
        raise SchemaError(
            "units: needed is a GeoDataFrame with the columns code and geometry",
            "单元须为含 code 和 geometry 字段的图层",
        )
    texts = units[CODE].astype("str").fillna("").reset_index(drop=True)
    if not len(texts):
        raise SchemaError("units: the layer has no rows", "单元图层没有任何记录")
    if (empty := int((texts.str.strip() == "").sum())) > 0:
        raise SchemaError(f"units: {empty} have no code; give each one a code", f"{empty} 个单元没有代码，请补齐")
    if len(doubled := texts[texts.duplicated()].unique()):
        raise SchemaError(
            f"units: codes occur more than once: {some(doubled)}; make them unique",
            f"单元代码重复：{some(doubled)}，请改为唯一",
        )
    return texts.to_numpy(dtype=object)


def _require_shapes(codes: NDArray[np.object_], shapes: NDArray[np.object_]) -> None:
    if len(bare := codes[shapely.is_missing(shapes)]):
        raise SchemaError(
            f"{len(bare)} units have no polygon: {some(bare)}; leave them out, or merge them with a neighbour",
            f"{len(bare)} 个单元没有多边形：{some(bare)}；请剔除或并入相邻单元",
        )


def _mended_note(codes: NDArray[np.object_]) -> Text:
    return Text(
        f"{len(codes)} 个单元的多边形无效，已修正后计算：{some(codes)}",
        f"{len(codes)} units had invalid polygons, mended for measuring: {some(codes)}",
    )
