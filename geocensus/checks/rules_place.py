"""Rules on where sources lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geocensus import names as n
from geocensus import placenames
from geocensus.checks.outcome import Outcome, flag_where
from geocensus.checks.tolerance import tolerance_m
from geocensus.checks.words import LEVEL_TITLES, on_sphere, spoken
from geocensus.locating import signed_distance
from geocensus.model import Status, Text

if TYPE_CHECKING:
    from geocensus.checks.context import Context

__all__ = ["default", "outside_basemap", "outside_claimed", "stacked"]

_METRES_PER_DEGREE = 110_000.0  # a little less than any degree of latitude, so that boxes are never too small


def outside_basemap(ctx: Context) -> Outcome:
    """Flag sources in no area: sea, gap, abroad."""
    found = ctx.located[[f"code_{level}" for level in ctx.basemap.levels]].notna().any(axis=1)
    lost = ctx.has_point & ~found
    near = pd.Series(data=False, index=lost.index)
    if lost.any():
        near[lost] = _near_any_area(ctx, lost)
    message = Text("不在底图的任何区划内", "in no area of the basemap")
    return flag_where(lost & ~near, message, untested=ctx.no_point, near=near)


def _near_any_area(ctx: Context, lost: pd.Series) -> np.ndarray:
    """Tell which of the lost sources lie within tolerance of an area of the coarsest level."""
    level = ctx.basemap.levels[0]
    areas = ctx.basemap.areas(level)
    rows = ctx.sources[lost]
    lon, lat = rows[n.LON].to_numpy(), rows[n.LAT].to_numpy()
    allowed = tolerance_m(rows, ctx.basemap.info, level, ctx.settings)
    dy = allowed / _METRES_PER_DEGREE
    dx = dy / np.maximum(np.cos(np.radians(lat)), 1e-6)
    boxes = shapely.box(lon - dx, lat - dy, lon + dx, lat + dy)
    point, area = shapely.STRtree(areas.geometry.to_numpy()).query(boxes)
    near = np.zeros(len(rows), dtype=bool)
    if len(point):
        metres = signed_distance(lon[point], lat[point], areas[n.CODE].iloc[area], areas)
        np.logical_or.at(near, point, metres <= allowed[point])
    return near


def outside_claimed(ctx: Context) -> Outcome:
    """Flag sources outside their claimed area by more than the tolerance, once, at the coarsest level that fails."""
    test = ctx.containment
    failed = test.status == Status.FLAGGED
    level = test.level[failed]
    zh, en = _claim_messages(ctx, failed) if failed.any() else (level, level)
    untested = {"no_claim": ctx.has_point & (test.status == Status.NOT_TESTED), **ctx.no_point}
    return flag_where(failed, (zh, en), untested=untested, near=test.status == Status.NEAR_BORDER, level=level)


def _claim_messages(ctx: Context, failed: pd.Series) -> tuple[pd.Series, pd.Series]:
    level = ctx.containment.level[failed]
    claimed, lies = (pd.Series("", index=level.index, dtype="str") for _ in range(2))
    for name in level.unique():
        rows = level.index[level == name]
        titles = ctx.basemap.areas(name).set_index(n.CODE)[n.NAME]
        claimed[rows] = ctx.claims.loc[rows, f"code_{name}"].map(titles).astype("str").fillna("")
        lies[rows] = ctx.located.loc[rows, f"code_{name}"].map(titles).astype("str").fillna("")
    metres = spoken(ctx.containment.failed_m[failed])
    kind_zh, kind_en = (level.map({k: t.get(lang) for k, t in LEVEL_TITLES.items()}) for lang in ("zh", "en"))
    outside = lies == ""
    zh = (
        "填报"
        + kind_zh
        + "为"
        + claimed
        + "，坐标落在"
        + lies.mask(outside, "底图之外")
        + "，在该"
        + kind_zh
        + "界外 "
        + metres
    )
    en = (
        "claims the "
        + kind_en
        + " "
        + claimed
        + ", lies in "
        + lies.mask(outside, "no area")
        + ", "
        + metres
        + " outside that "
        + kind_en
    )
    homonym = _homonym(ctx, level.index)
    zh += ("；两处都有“" + homonym + "”，可能混淆了同名区划").mask(homonym == "", "")
    en += ("; both have a " + homonym + ": one may have been taken for the other").mask(homonym == "", "")
    return zh, en


def _homonym(ctx: Context, rows: pd.Index) -> pd.Series:
    """Name the claimed area where the source lies in another one of that name; "" elsewhere."""
    same = pd.Series("", index=rows, dtype="str")
    for level in ctx.basemap.levels:
        titles = ctx.basemap.areas(level).set_index(n.CODE)[n.NAME]
        claimed, lies = (table.loc[rows, f"code_{level}"] for table in (ctx.claims, ctx.located))
        apart = claimed.index[claimed.ne(lies) & claimed.notna() & lies.notna()]
        if len(apart):
            name, other = (codes[apart].map(titles).astype("str") for codes in (claimed, lies))
            alike = placenames.same_place(name, other, level=level).astype(bool)
            same[apart[alike]] = name[alike]
    return same


def default(ctx: Context) -> Outcome:
    """Flag sources within a few metres of an area's centroid or a known office."""
    failed = pd.Series(data=False, index=ctx.sources.index)
    zh = en = pd.Series(dtype="str")
    places = _default_places(ctx)
    rows = failed.index[ctx.has_point]
    if len(rows) and len(places):
        lon, lat = (ctx.sources.loc[rows, name].to_numpy() for name in (n.LON, n.LAT))
        tree = cKDTree(on_sphere(places["lon"].to_numpy(), places["lat"].to_numpy()))
        metres, which = tree.query(on_sphere(lon, lat), distance_upper_bound=ctx.settings.default_place_m)
        hit = np.isfinite(metres)
        rows, which, text = rows[hit], which[hit], spoken(pd.Series(metres[hit], index=rows[hit]))
        failed[rows] = True
        zh = "距" + places["zh"].iloc[which].set_axis(rows) + " " + text
        en = text + " from " + places["en"].iloc[which].set_axis(rows)
    return flag_where(failed, (zh, en), untested=ctx.no_point)


def _default_places(ctx: Context) -> pd.DataFrame:
    """Centroids of all areas, coarse to fine, then the known offices: the first of several at one place is named."""
    tables = []
    for level in ctx.basemap.levels:
        areas = ctx.basemap.areas(level)
        centres = areas.geometry.to_numpy()
        centres = shapely.centroid(centres[~shapely.is_missing(centres) & ~shapely.is_empty(centres)])
        names = areas[n.NAME][~(areas.geometry.isna() | areas.geometry.is_empty)].reset_index(drop=True)
        zh, en = "“" + names + "”的几何中心", "the centroid of " + names
        tables.append(pd.DataFrame({"lon": shapely.get_x(centres), "lat": shapely.get_y(centres), "zh": zh, "en": en}))
    offices = [
        (place.lon, place.lat, f"已知办公地点“{place.name}”", f"the known office {place.name}")
        for place in ctx.settings.offices
    ]
    tables.append(pd.DataFrame(offices, columns=["lon", "lat", "zh", "en"]))
    return pd.concat([table for table in tables if len(table)], ignore_index=True)


def stacked(ctx: Context) -> Outcome:
    """Flag coordinates shared by several different sources, but for the allowed places."""
    points = ctx.sources.loc[ctx.has_point, [n.LON, n.LAT]]
    points = points[points.duplicated(keep=False)]
    site = ctx.text("parent_id")[points.index]
    site = site.where(site.notna(), ctx.written_ids[points.index])
    sites = site.groupby([points[n.LON], points[n.LAT]]).transform("nunique")
    crowded = sites[sites >= ctx.settings.stack_size]
    crowded = crowded[~_allowed(ctx, points.loc[crowded.index])]
    failed = pd.Series(data=False, index=ctx.sources.index)
    failed[crowded.index] = True
    number = crowded.astype("int64").astype("str")
    message = (number + " 个不同的污染源填了同一坐标", number + " different sources share this coordinate")
    return flag_where(failed, message, untested=ctx.no_point)


def _allowed(ctx: Context, points: pd.DataFrame) -> np.ndarray:
    allowed = np.zeros(len(points), dtype=bool)
    here = on_sphere(points[n.LON].to_numpy(), points[n.LAT].to_numpy())
    for place in ctx.settings.allowed_stacks:
        centre = on_sphere(np.array([place.lon]), np.array([place.lat]))
        allowed |= np.linalg.norm(here - centre, axis=1) <= place.radius_m
    return allowed
