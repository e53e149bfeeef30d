"""The field zones of a plan as a layer, and the report about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geocensus.crs import metric_crs
from geocensus.zoning.dissolve import dissolve, is_coverage
from geocensus.zoning.score import measures

if TYPE_CHECKING:
    from geocensus.zoning.request import Request
    from geocensus.zoning.task import Ints, Task

__all__ = ["full_task", "plan_report", "zone_table"]

_NOT_ADDED = {"lon", "lat", "x", "y", "level"}


def zone_table(request: Request, assigned: Ints) -> gpd.GeoDataFrame:
    """Build the layer of field zones.

    Parameters
    ----------
    request : Request
        What was asked.
    assigned : ndarray of int
        Field zone of every unit of the task.

    Returns
    -------
    GeoDataFrame
        One row per field zone in the order of the roster and in the units' system: field_zone, name, owner, phone,
        people, start_lon, start_lat, load and target (minutes), deviation (share of the target, signed), units,
        area_km2, the sums of the units' other numbers (sources, minutes of travel …), geometry.
    """
    ground, labels = request.ground, assigned[request.ground.group]
    count = len(request.roster)
    load = np.bincount(labels, ground.whole.load, minlength=count)
    target = request.task.target if load.sum() > 0 else np.zeros(count)
    table = request.roster.assign(
        load=load,
        target=target,
        deviation=np.divide(load - target, target, out=np.zeros(count), where=target > 0),
        units=np.bincount(labels, minlength=count),
        area_km2=np.bincount(labels, ground.whole.area_m2, minlength=count) / 1e6,
    )
    numbers = ground.units.select_dtypes("number").drop(columns=ground.load, errors="ignore")
    wanted = [name for name in numbers if name not in _NOT_ADDED and name not in table]
    sums = numbers[wanted].groupby(labels).sum().reindex(range(count), fill_value=0)
    shapes = dissolve(ground.shapes, labels, count)
    return gpd.GeoDataFrame(pd.concat([table, sums], axis=1), geometry=shapes, crs=ground.units.crs)


def plan_report(request: Request, assigned: Ints, zones: gpd.GeoDataFrame) -> dict[str, Any]:
    """Measure a plan.

    Parameters
    ----------
    request : Request
        What was asked.
    assigned : ndarray of int
        Field zone of every unit of the task.
    zones : GeoDataFrame
        The layer of field zones.

    Returns
    -------
    dict
        As :func:`geocensus.zoning.score.measures`, for units as they were given; besides tolerance, groups, Reock's
        measure of the field zones' shapes, and whether they are a valid coverage.
    """
    ground = request.ground
    found = measures(full_task(request), assigned[ground.group])
    contracted = measures(request.task, assigned)
    found |= {name: contracted[name] for name in ("connected", "feasible", "deviation", "cost")}
    reock = _reock(zones)
    grouped = np.bincount(ground.wished)
    held = np.unique(np.column_stack([ground.wished, assigned[ground.group]]), axis=0)[:, 0]
    return found | {
        "tolerance": request.task.tolerance,
        "groups": int((grouped > 1).sum()),
        "groups_split": int((np.bincount(held) > 1).sum()),
        "reock": float(reock.mean()),
        "reock_min": float(reock.min()),
        "coverage_valid": is_coverage(zones.geometry.to_numpy()),
    }


def full_task(request: Request) -> Task:
    """Return the task with every unit by itself.

    Parameters
    ----------
    request : Request
        What was asked.

    Returns
    -------
    Task
        Locks and current field zones spread over the units that stay together.
    """
    task, ground = request.task, request.ground
    return replace(task, graph=ground.whole, fixed=task.fixed[ground.group], current=task.current[ground.group])


def _reock(zones: gpd.GeoDataFrame) -> np.ndarray:
    """Return each zone's share of the smallest circle around it; 0 without a place."""
    crs = CRS.from_user_input(zones.crs)
    metric = zones.geometry if crs.is_projected else zones.geometry.to_crs(metric_crs(tuple(zones.total_bounds)))
    shapes = metric.to_numpy()
    circle = np.pi * shapely.minimum_bounding_radius(shapes) ** 2
    return np.divide(shapely.area(shapes), circle, out=np.zeros(len(shapes)), where=circle > 0)
