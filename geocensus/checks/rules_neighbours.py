"""Rules on how far a source lies from those it belongs with: its neighbours, its site, itself in another list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyproj
from scipy.spatial import cKDTree

from geocensus import names as n
from geocensus import placenames
from geocensus.checks.outcome import Outcome, flag_where
from geocensus.checks.tolerance import point_m
from geocensus.checks.words import on_sphere, spoken
from geocensus.model import LEVELS, Level, State, Text

if TYPE_CHECKING:
    from geocensus.checks.context import Context

__all__ = ["isolated", "moved", "outlet_far"]

_GEOD: Final = pyproj.Geod(ellps="GRS80")  # the ellipsoid of CGCS2000
_APART_M: Final = 1e8  # puts groups further from one another than any two places on the Earth
_PARK: Final = (
    r"([^省市县区旗镇乡道村里路号0-9()（）]{2,8}"
    r"(?:工业园区|工业园|产业园区|产业园|经济开发区|开发区|工业区|工业功能区|集聚区|农业园区|物流园区|物流园))"
)


def isolated(ctx: Context) -> Outcome:
    """Flag sources far from every other source of their claimed village, else of the place that the address names.

    Far is further from the nearest one than a number of metres, and than a multiple of the median distance of the
    group's sources from their middle (medians bear almost half of the group being wrong). Outlets are compared with
    their site instead; several sources on one coordinate are each other's neighbours.
    """
    settings = ctx.settings
    groups = _groups(ctx)
    rows = np.flatnonzero(groups["group"].notna())
    failed = pd.Series(data=False, index=ctx.sources.index)
    zh, en = (pd.Series("", index=failed.index, dtype="str") for _ in range(2))
    if len(rows):
        lon, lat = (ctx.sources[axis].to_numpy(dtype=float)[rows] for axis in (n.LON, n.LAT))
        number = pd.factorize(groups["group"].iloc[rows])[0]
        nearest, spread = _nearest_m(number, lon, lat)
        far = nearest > np.maximum(settings.isolated_m, settings.isolated_factor * spread)
        hit = failed.index[rows[far]]
        failed[hit] = True
        metres, typical = (spoken(pd.Series(values[far], index=hit)) for values in (nearest, spread))
        name, size = groups.loc[hit, "title"], groups.loc[hit, "size"].astype("str")
        zh[hit] = (
            "距同属" + name + "的最近污染源 " + metres + "；该处 " + size + " 个污染源距中心的中位距离为 " + typical
        )
        en[hit] = metres + " from the nearest other source of " + name + "; half of its " + size + " lie within "
        en[hit] += typical + " of their middle"
    outlet = _parents(ctx).notna()
    alone = ctx.has_point & groups["group"].isna()
    return flag_where(failed, (zh, en), untested={"few_neighbours": alone, "is_outlet": outlet, **ctx.no_point})


def _groups(ctx: Context) -> pd.DataFrame:
    """Give each source the finest of its groups that is large enough: ``group``, its ``title`` and its ``size``."""
    usable = ctx.has_point & _parents(ctx).isna()
    result = pd.DataFrame({"group": np.nan, "title": ""}, index=ctx.sources.index).astype("str").assign(size=0)
    for given, titles in (_claimed_village(ctx), _named(ctx, Level.VILLAGE), _park(ctx), _named(ctx, Level.TOWNSHIP)):
        keys = given.where(usable)
        sizes = keys.groupby(keys).transform("size").fillna(0)
        fits = result["group"].isna() & (sizes >= ctx.settings.isolated_group)
        result = result.assign(
            group=result["group"].mask(fits, keys),
            title=result["title"].mask(fits, titles),
            size=result["size"].mask(fits, sizes.astype("int64")),
        )
    return result


def _claimed_village(ctx: Context) -> tuple[pd.Series, pd.Series]:
    """Group by the claimed area where it is a village or zone."""
    fine = ctx.claims[n.CLAIMED_LEVEL].isin(LEVELS[LEVELS.index(Level.VILLAGE) :])
    codes = ctx.claims["area_code"].where(fine)
    return codes, _titled(ctx, codes)


def _named(ctx: Context, level: str) -> tuple[pd.Series, pd.Series]:
    """Group by the one area of a level that the address surely names."""
    named = ctx.named[ctx.named["sure"] & (ctx.named[n.LEVEL] == level)]
    single = named[named.groupby("row")[n.CODE].transform("nunique") == 1].drop_duplicates("row")
    codes = pd.Series(np.nan, index=ctx.sources.index, dtype="str")
    codes.iloc[single["row"].to_numpy()] = single[n.CODE].to_numpy()
    return codes, _titled(ctx, codes)


def _park(ctx: Context) -> tuple[pd.Series, pd.Series]:
    """Group by the industrial park in the address, below the claimed county."""
    folded = placenames.fold(ctx.text("address"))
    parks = folded.str.extract(_PARK, expand=False).astype("str")
    county = ctx.claims["code_county"] if "code_county" in ctx.claims else pd.Series("", index=parks.index)
    return county.fillna("").astype("str") + "\x1f" + parks, parks.fillna("")


def _titled(ctx: Context, codes: pd.Series) -> pd.Series:
    titles = pd.concat([ctx.basemap.areas(level).set_index(n.CODE)[n.NAME] for level in ctx.basemap.levels])
    return codes.map(titles[~titles.index.duplicated()]).astype("str").fillna("")


def _nearest_m(group: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return per point the distance to the nearest other of its group, and the group's median distance from its middle.

    One tree holds all groups, apart from one another in a fourth dimension; equal points are one leaf of it.
    """
    table = pd.DataFrame(on_sphere(lon, lat), columns=list("xyz")).assign(group=group)
    middle = table.groupby("group")[list("xyz")].transform("median")
    from_middle = pd.Series(np.linalg.norm(table[list("xyz")] - middle, axis=1))
    spread = from_middle.groupby(table["group"]).transform("median").to_numpy()
    place = table.groupby(["group", "x", "y", "z"], sort=True).ngroup().to_numpy()
    first = np.unique(place, return_index=True)[1]
    spots = table.iloc[first].to_numpy(dtype=float)
    spots[:, 3] *= _APART_M
    nearest = np.full(len(spots), np.inf)
    if len(spots) > 1:
        nearest = cKDTree(spots).query(spots, k=2)[0][:, 1]
    shared = np.bincount(place) > 1
    return np.where(shared, 0.0, nearest)[place], spread


def outlet_far(ctx: Context) -> Outcome:
    """Flag outlets further from their site than the setting, by the geodesic."""
    parents = _parents(ctx)
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


def _parents(ctx: Context) -> pd.Series:
    """Ids of the sites that outlets belong to; a source that names itself is a site."""
    parents = ctx.text("parent_id").str.strip().replace("", np.nan)
    return parents.mask(parents == ctx.written_ids)


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
