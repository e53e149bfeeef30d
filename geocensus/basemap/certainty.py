"""How certain locating in a basemap is: the share of each area that lies clear of its border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from geocensus.basemap.measure import areas_m2
from geocensus.crs import metric_crs
from geocensus.errors import SchemaError
from geocensus.model import LEVELS, BasemapInfo
from geocensus.names import CODE, LEVEL, NAME

if TYPE_CHECKING:
    from geocensus.basemap.hierarchy import Basemap

__all__ = ["ASSUMED_ACCURACY_M", "area_certainty", "boundary_accuracy"]

ASSUMED_ACCURACY_M = {
    "province": 500.0,
    "prefecture": 500.0,
    "county": 500.0,
    "township": 150.0,
    "village": 50.0,
    "zone": 50.0,
}


def boundary_accuracy(info: BasemapInfo, levels: tuple[str, ...] = LEVELS) -> pd.DataFrame:
    """Return how accurate borders are: as the basemap states, else assumed by level.

    Parameters
    ----------
    info : BasemapInfo
        What is known about the basemap.
    levels : tuple of str
        Levels to tell.

    Returns
    -------
    DataFrame
        Columns level, accuracy_m, assumed (True where the basemap states nothing: to be printed as ASSUMED).

    Examples
    --------
    >>> from geocensus.model import Text
    >>> info = BasemapInfo("tiny", Text("小图", "tiny"), accuracy_m={"village": 30})
    >>> boundary_accuracy(info, ("county", "village")).values.tolist()
    [['county', 500.0, True], ['village', 30.0, False]]
    """
    stated = [info.accuracy_m.get(level) for level in levels]
    values = [float(ASSUMED_ACCURACY_M[lv] if a is None else a) for lv, a in zip(levels, stated, strict=True)]
    return pd.DataFrame({LEVEL: list(levels), "accuracy_m": values, "assumed": [a is None for a in stated]})


def area_certainty(basemap: Basemap, *, point_accuracy_m: float = 10.0) -> pd.DataFrame:
    """Tell, per level and area, which share of it is so far from the border that a point there is certain.

    A point is certain when it is further from the border than the accuracies of border and point in quadrature.

    Parameters
    ----------
    basemap : Basemap
        What to verify.
    point_accuracy_m : float
        Accuracy of the points to be located, metres.

    Returns
    -------
    DataFrame
        Columns level, code, name, area_km2, certain_share, ambiguous_share (their sum is 1; NaN without geometry),
        accuracy_m, assumed, point_accuracy_m; in order of level and code.

    Raises
    ------
    SchemaError
        The accuracy is negative or not a number.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from geocensus.basemap import Basemap
    >>> from geocensus.model import Text
    >>> square = gpd.GeoDataFrame(
    ...     {"code": ["a"], "name": ["A"], "parent_code": [""]},
    ...     geometry=[shapely.box(118, 28, 118.0102, 28.009)],  # about 1 km
    ...     crs="EPSG:4490",
    ... )
    >>> table = area_certainty(Basemap(BasemapInfo("tiny", Text("小图", "tiny")), {"village": square}))
    >>> table["certain_share"].round(1).tolist()
    [0.8]
    """
    if not point_accuracy_m >= 0:
        raise SchemaError(
            f"point accuracy {point_accuracy_m} m: give a number of metres, zero or more",
            f"点位精度 {point_accuracy_m} 米无效：请给出不小于零的米数",
        )
    accuracy = boundary_accuracy(basemap.info, basemap.levels)
    border_m = dict(zip(accuracy[LEVEL], accuracy["accuracy_m"], strict=True))
    parts = [_level(basemap, level, border_m[level], point_accuracy_m) for level in basemap.levels]
    table = pd.concat(parts, ignore_index=True).merge(accuracy, on=LEVEL, how="left", sort=False)
    return table.assign(point_accuracy_m=float(point_accuracy_m))


def _level(basemap: Basemap, level: str, border_m: float, point_m: float) -> pd.DataFrame:
    """Return sizes and shares of one level."""
    areas = basemap.areas(level)
    there = areas.geometry.notna() & ~areas.geometry.is_empty
    share = pd.Series(np.nan, index=areas.index)
    if there.any():
        plane = areas.geometry[there].to_crs(metric_crs(tuple(areas.total_bounds)))
        inner = shapely.buffer(plane.to_numpy(), -float(np.hypot(border_m, point_m)))
        share[there] = np.clip(shapely.area(inner) / plane.area.to_numpy(), 0.0, 1.0)
    return pd.DataFrame(
        {
            LEVEL: pd.Series(level, index=areas.index, dtype="str"),
            CODE: areas[CODE],
            NAME: areas[NAME],
            "area_km2": areas_m2(areas.geometry.to_numpy()) / 1e6,
            "certain_share": share,
            "ambiguous_share": 1.0 - share,
        }
    )
