"""Rules on how far a source lies from those it belongs with: its neighbours, its site, itself in another list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyproj
from scipy.spatial import cKDTree

from geocensus import names as n
from geocensus.checks.groupings import parents_of_outlets, titles_of_groups
from geocensus.checks.outcome import Outcome, flag_where
from geocensus.checks.tolerance import point_m
from geocensus.checks.words import on_sphere, spoken
from geocensus.model import State, Text

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.context import Context
    from geocensus.checks.settings import Settings

__all__ = ["far_from_group", "isolated", "moved", "outlet_far"]

_GEOD: Final = pyproj.Geod(ellps="GRS80")  # the ellipsoid of CGCS2000
_APART_M: Final = 1e8  # puts groups further from one another than any two places on the Earth


def isolated(ctx: Context) -> Outcome:
    """Flag sources far from every other source of their claimed village, else of the place that the address names.

    Far is further from the nearest one than a number of metres, and than a multiple of the median distance of the
    group's sources from their middle (medians bear almost half of the group being wrong). Outlets are compared with
    their site instead; several sources on one coordinate are each other's neighbours.
    """
    groups = ctx.groups
    failed, zh, en = far_from_group(ctx.sources, groups, ctx.basemap, ctx.settings)
    alone = ctx.has_point & groups["group"].isna()
    untested = {"few_neighbours": alone, "is_outlet": parents_of_outlets(ctx).notna(), **ctx.no_point}
    return flag_where(failed, (zh, en), untested=untested)


def far_from_group(
    sources: pd.DataFrame, groups: pd.DataFrame, basemap: Basemap, settings: Settings
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Find the sources far from every other one of their group, where whole groups are given.

    Parameters
    ----------
    sources : DataFrame
        Columns lon and lat, degrees.
    groups : DataFrame
        Their groups, as :func:`geocensus.checks.groupings.grouped` gives them.
    basemap : Basemap
        The areas, for their names.
    settings : Settings
        What far is.

    Returns
    -------
    tuple of Series
        Whether it is far, and what to say of it in Chinese and English.
    """
    rows = np.flatnonzero(groups["group"].notna())
    failed = pd.Series(data=False, index=sources.index)
    zh, en = (pd.Series("", index=failed.index, dtype="str") for _ in range(2))
    if not len(rows):
        return failed, zh, en
    lon, lat = (sources[axis].to_numpy(dtype=float)[rows] for axis in (n.LON, n.LAT))
    number = pd.factorize(groups["group"].iloc[rows])[0]
    nearest, spread = _nearest_m(number, lon, lat)
    far = nearest > np.maximum(settings.isolated_m, settings.isolated_factor * spread)
    hit = failed.index[rows[far]]
    failed[hit] = True
    metres, typical = (spoken(pd.Series(values[far], index=hit)) for values in (nearest, spread))
    name, size = titles_of_groups(groups.loc[hit], basemap), groups.loc[hit, "size"].astype("str")
    zh[hit] = "距同属" + name + "的最近污染源 " + metres + "；该处 " + size + " 个污染源距中心的中位距离为 " + typical
    en[hit] = metres + " from the nearest other source of " + name + "; half of its " + size + " lie within "
    en[hit] += typical + " of their middle"
    return failed, zh, en


def _nearest_m(group: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return per point the distance to the nearest other of its group, and the group's median distance from its middle.

    One tree holds all groups, apart from one another in a fourth dimension; equal points are one leaf of it.
    """
    points = on_sphere(lon, lat)
    middle = pd.DataFrame(points).groupby(group).median().to_numpy()[group]  # groups have numbers from 0
    from_middle = pd.Series(np.linalg.norm(points - middle, axis=1))
    spread = from_middle.groupby(group).median().to_numpy()[group]
    order = np.lexsort((lat, lon, group))
    keys = np.column_stack((points, group * _APART_M))[order]
    new = np.append(True, (keys[1:] != keys[:-1]).any(axis=1))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    spots = keys[new]
    nearest = np.full(len(spots), np.inf)
    if len(spots) > 1:
        nearest = cKDTree(spots).query(spots, k=2)[0][:, 1]
    shared = np.bincount(place) > 1
    return np.where(shared, 0.0, nearest)[place], spread


def outlet_far(ctx: Context) -> Outcome:
    """Flag outlets further from their site than the setting, by the geodesic."""
    parents = parents_of_outlets(ctx)
    outlets = np.flatnonzero(parents.notna())
    sites = _sites(ctx)
    pairs = pd.DataFrame({"outlet": outlets, "id": parents.iloc[outlets].to_numpy()}).merge(sites, on="id")
    pairs = pairs[pairs["site"] != pairs["outlet"]]
    here, there = (ctx.sources[[n.LON, n.LAT]].iloc[pairs[side]].to_numpy(dtype=float) for side in ("outlet", "site"))
    metres = pd.Series(np.nan, index=ctx.sources.index)
    nearest = pairs.assign(metres=_GEOD.inv(*here.T, *there.T)[2]).groupby("outlet")["metres"].min()
    metres.iloc[nearest.index] = nearest.to_numpy()
    failed = metres > ctx.settings.outlet_far_m
    said = spoken(metres[failed]).reindex(failed.index)
    untested = {
        "lost_parent": parents.notna() & metres.isna() & ctx.has_point,
        **ctx.no_point,
        "no_parent": parents.isna(),
    }
    return flag_where(
        failed,
        ("排放口距所属对象 " + parents + " " + said, "the outlet lies " + said + " from its site " + parents),
        untested=untested,
    )


def _sites(ctx: Context) -> pd.DataFrame:
    """Return id and position of all sources with a point; an id that stands twice has two."""
    rows = np.flatnonzero(ctx.has_point)
    return pd.DataFrame({"id": ctx.written_ids.iloc[rows].to_numpy(), "site": rows}).dropna()


def moved(ctx: Context) -> Outcome:
    """Flag units that another list puts elsewhere, further off than both accuracies and the setting allow."""
    index = ctx.sources.index
    everyone = pd.Series(data=True, index=index)
    if ctx.reference is None:
        return flag_where(~everyone, Text("", ""), untested={"no_reference": everyone})
    matches = ctx.matches.set_index("position")
    other = ctx.reference.iloc[matches["reference"].to_numpy()]
    there = matches[[n.LON, n.LAT]].to_numpy(dtype=float)
    here = ctx.sources[[n.LON, n.LAT]].iloc[matches.index].to_numpy(dtype=float)
    known = np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1)
    metres = np.full(len(matches), np.nan)
    metres[known] = _GEOD.inv(*here[known].T, *there[known].T)[2]
    allowed = np.hypot(point_m(ctx.sources.iloc[matches.index]), point_m(other))
    far = metres > np.maximum(allowed, ctx.settings.moved_m)  # NaN: not compared
    failed, unmatched, unlocated = (pd.Series(data=False, index=index) for _ in range(3))
    failed.iloc[matches.index[far]] = True
    unmatched.iloc[np.setdiff1d(np.arange(len(index)), matches.index)] = True
    unlocated.iloc[matches.index[(other[n.STATE] != State.LOCATED).to_numpy()]] = True
    said = spoken(pd.Series(metres[far], index=index[failed]))
    mine, theirs = (_written_place(points[far]).set_axis(said.index) for points in (here, there))
    zh = "本名单在（" + mine + "），对照名单在（" + theirs + "），相距 " + said
    en = "at (" + mine + ") here, at (" + theirs + ") in the other list, " + said + " apart"
    untested = {"reference_unlocated": unlocated, **ctx.no_point, "no_match": unmatched}
    return flag_where(failed, (zh, en), untested=untested, basis=theirs)


def _written_place(points: np.ndarray) -> pd.Series:
    lon, lat = (pd.Series(np.char.mod("%.6f", degrees), dtype="str") for degrees in points.T)
    return lon + ", " + lat
