"""A small drawn plan, for examples and tests of its maps."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geocensus.maps.plan_data import PlanDrawing
from geocensus.maps.testing import small_world
from geocensus.model import Text

__all__ = ["small_plan"]


def small_plan() -> PlanDrawing:
    """Return the four villages of the small world in two field zones.

    ::

        28.2 +---------+---------+
             | 101-202 | 102-202 |     field zone 1 北片: 101202, 102202 and 101201, 300 + 60 + 120 minutes
        28.1 |         +---------+
             | 101-201 | 102-201 |     field zone 2 南片: 102201, 240 minutes
        28.0 +---------+---------+

    Returns
    -------
    PlanDrawing
        With owners, loads and a report.

    Examples
    --------
    >>> plan = small_plan()
    >>> plan.field_zones["load"].tolist(), len(plan.units)
    ([480.0, 240.0], 4)
    """
    basemap, _sources, _flags = small_world()
    units = basemap.zones()[["code", "name", "geometry"]].assign(
        field_zone=["1", "1", "2", "1"], load=[120.0, 300.0, 240.0, 60.0], sources=[3.0, 8.0, 5.5, 0.0]
    )
    shapes = [shapely.union_all(units.geometry[(units["field_zone"] == zone).to_numpy()]) for zone in "12"]
    zones = gpd.GeoDataFrame(
        {
            "field_zone": ["1", "2"],
            "name": ["北片", "南片"],
            "owner": ["张三", "李四"],
            "people": [2.0, 1.0],
            "load": [480.0, 240.0],
            "target": [480.0, 240.0],
        },
        geometry=shapes,
        crs="EPSG:4490",
    )
    return PlanDrawing(
        title=Text("小县片区方案", "Plan of the tiny county"),
        field_zones=zones,
        units=units,
        report={"deviation": 0.0, "optimal": True, "bound": 0.0},
        barriers=basemap.barriers,
        facts=[(Text("片区界线", "Borders"), Text("19.9 千米", "19.9 km"))],
        about=[(Text("底图", "Basemap"), Text("小县", "Tiny county"))],
        warnings=[Text("丁村没有污染源", "丁村 has no sources")],
        notice=Text("示意边界，仅供演示", "Schematic borders, for show only"),
    )
