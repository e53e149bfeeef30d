"""Census zones 普查小区: villages cut into small connected zones with codes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.names import CODE, LAT, LON, NAME, PARENT_CODE, SOURCE_ID
from geocensus.zoning.assignments import listed
from geocensus.zoning.metric import metric_units, to_metric
from geocensus.zoning.plan import split
from geocensus.zoning.units import cells
from geocensus.zoning.zone_codes import CensusZones, code_zones, require_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.task import Ints

__all__ = ["MOST_SOURCES", "census_zones"]

MOST_SOURCES: Final = 150  # per small zone, by the economic census's rule
_TOLERANCES: Final = (0.02, 0.25)  # within a village: tighter costs long borders, wider leaves zones with hardly any
_MORE_ZONES: Final = (0, 1, 2, 4, 8)  # tried beyond the least number where spots of many sources do not pack
_ONE_SPOT_M: Final = 1.0  # a source so near to its village's border lies in it: rounding of coordinates


def census_zones(
    villages: gpd.GeoDataFrame,
    sources: pd.DataFrame,
    *,
    date: str,
    most: int = MOST_SOURCES,
    before: CensusZones | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> CensusZones:
    """Cut villages into connected zones of at most so many sources each, and code them.

    Every village has a zone, also without any source; no zone crosses a village's border; every source of the villages
    is in exactly one zone. A village with few enough sources stays whole: one zone, serial 001. A larger one is cut
    halfway between sources. Sources on one spot cannot be parted; where they are more than ``most`` a note says so.

    Sources without a place, or with one outside their village, count in the village as well: in the order of their ids
    each goes to the zone of the village that has the fewest sources so far, of equals to the lowest; a note names them.

    Parameters
    ----------
    villages : GeoDataFrame
        Columns code, geometry, name (may be missing); EPSG:4490 or metres.
    sources : DataFrame
        Columns source_id, code (of the village, located or else claimed; missing: none), lon and lat (degrees CGCS2000,
        missing without a place).
    date : str
        Date of the cut, for the history, such as 2025-03-31.
    most : int
        Largest number of sources in a zone, 1 or more.
    before : CensusZones, optional
        The zones so far: what stays the same for more than half keeps its code, no code is used twice.
    seed : int
        Same seed, same zones.
    progress : callable, optional
        Called with the share done.

    Returns
    -------
    CensusZones
        ``members`` has every source of the villages with its zone; ``sources`` of the zones counts them.

    Raises
    ------
    SchemaError
        A missing column, ``most`` below 1, a village without a code or polygon or there twice, or more zones than three
        digits can number.
    CRSMismatchError
        The villages' reference system is missing or neither EPSG:4490 nor in metres.

    Examples
    --------
    >>> village = gpd.GeoDataFrame(
    ...     {"code": ["330822001001"]}, geometry=[shapely.box(118.5, 28.9, 118.52, 28.91)], crs="EPSG:4490"
    ... )
    >>> sources = pd.DataFrame(
    ...     {
    ...         "source_id": list("abcd"),
    ...         "code": "330822001001",
    ...         "lon": [118.501, 118.507, 118.513, 118.519],
    ...         "lat": 28.905,
    ...     }
    ... )
    >>> cut = census_zones(village, sources, date="2025-03-31", most=2)
    >>> cut.members["code"].tolist()
    ['330822001001001', '330822001001001', '330822001001002', '330822001001002']
    """
    if not most >= 1:
        raise SchemaError(f"most: must be 1 or more, not {most}", f"每个普查小区的最多对象数应不小于 1，而不是 {most}")
    require_columns(villages, (CODE, "geometry"), Text("村级图层", "villages"))
    require_columns(sources, (SOURCE_ID, CODE, LON, LAT), Text("污染源表", "sources"))
    metric_units(villages, np.zeros(len(villages)))  # refuses codes that are missing or doubled, and missing polygons
    villages = villages.assign(**{CODE: villages[CODE].astype("str")}).sort_values(CODE, ignore_index=True)
    listing = sources[[SOURCE_ID, CODE, LON, LAT]].sort_values(SOURCE_ID, kind="stable", ignore_index=True)
    inside = listing[CODE].isin(villages[CODE])
    mine = listing[inside].reset_index(drop=True)
    table = _cells(villages, mine, most)
    cell = _cell_of(table, mine)
    table["sources"] = np.bincount(cell[cell >= 0], minlength=len(table))
    piece = _pieces(table, mine[CODE].value_counts(), most, seed, progress)
    home = _dealt(table, piece, mine, np.where(cell >= 0, piece[cell], -1))
    coded = code_zones(_parts(table, piece, home, villages), date=date, before=before)
    members = pd.DataFrame({SOURCE_ID: mine[SOURCE_ID], CODE: coded.of_part.reindex(home).to_numpy()})
    notes = [*_listing_notes(listing, inside), *_dealt_notes(mine[cell < 0]), *_crowded_notes(coded, members, most)]
    return CensusZones(coded.zones, members, coded.history, (*notes, *coded.notes), coded.of_part)


def _cells(villages: gpd.GeoDataFrame, mine: pd.DataFrame, most: int) -> gpd.GeoDataFrame:
    """Return villages with few sources whole, the others in cells, with column village; ascending by code."""
    whole = villages[[CODE, "geometry"]].assign(village=villages[CODE])
    count = mine[CODE].value_counts()
    crowded = whole[CODE].isin(count.index[count > most])
    sites = mine[mine[CODE].isin(whole.loc[crowded, CODE]) & mine[LON].notna() & mine[LAT].notna()]
    if not len(sites):
        return whole
    return cells(whole, sites).sort_values(["village", CODE], ignore_index=True)


def _cell_of(table: gpd.GeoDataFrame, mine: pd.DataFrame) -> Ints:
    """Return the cell of its own village that each source lies in, −1 without; on a border the lowest."""
    metric = to_metric(table)
    known = np.flatnonzero(mine[LON].notna() & mine[LAT].notna())
    lonlat = gpd.points_from_xy(mine[LON].iloc[known], mine[LAT].iloc[known])
    points = gpd.GeoSeries(lonlat, crs="EPSG:4490").to_crs(metric.crs).to_numpy()
    tree = shapely.STRtree(metric.geometry.to_numpy())
    cell = np.full(len(mine), len(table))
    for point, area in (tree.query(points, "intersects"), tree.query(points, "dwithin", distance=_ONE_SPOT_M)):
        source = known[point]
        own = (table["village"].to_numpy()[area] == mine[CODE].to_numpy()[source]) & (cell[source] == len(table))
        np.minimum.at(cell, source[own], area[own])
    return np.where(cell < len(table), cell, -1)


def _pieces(
    table: gpd.GeoDataFrame, count: pd.Series, most: int, seed: int, progress: Callable[[float], None] | None
) -> Ints:
    """Return the piece of each cell, numbered by village and lowest cell."""
    piece = np.zeros(len(table), dtype=np.int64)
    groups = table.groupby("village", sort=True).indices
    for done, (village, rows) in enumerate(groups.items()):
        total = int(count.get(village, 0))
        local = _split_village(table.iloc[rows], total, most, seed) if total > most and len(rows) > 1 else 0
        piece[rows] = piece.max() + 1 + local
        if progress is not None:
            progress((done + 1) / len(groups))
    return pd.factorize(piece)[0].astype(np.int64)


def _split_village(cells_of: gpd.GeoDataFrame, total: int, most: int, seed: int) -> Ints:
    """Cut one village's cells into the least number of connected pieces that can hold its sources."""
    load = cells_of["sources"].to_numpy()
    least = -(-total // most)
    counts = dict.fromkeys(min(least + more, len(cells_of)) for more in _MORE_ZONES)
    for count in counts:
        tolerance = float(np.clip(most * count / max(load.sum(), 1) - 1, *_TOLERANCES))
        plan = split(cells_of, teams=count, load="sources", tolerance=tolerance, seed=seed)
        local = pd.factorize(plan.labels.loc[cells_of[CODE]])[0].astype(np.int64)
        if np.bincount(local, load).max() <= max(most, load.max()):
            break
    return local


def _dealt(table: gpd.GeoDataFrame, piece: Ints, mine: pd.DataFrame, home: Ints) -> Ints:
    """Return the piece of every source; those without a place fill their village's pieces up from the emptiest."""
    village = pd.factorize(table["village"])[0]
    of_piece = np.zeros(int(piece.max()) + 1, dtype=np.int64)
    of_piece[piece] = village
    open_rows = np.flatnonzero(home < 0)
    asked = pd.Index(table["village"].unique()).get_indexer(mine[CODE].iloc[open_rows])
    wanted = np.bincount(asked, minlength=int(village.max()) + 1)
    # a piece offers a place for every source that its village has to deal out, numbered by what it holds by then
    offer = np.repeat(np.arange(len(of_piece)), wanted[of_piece])
    offers = wanted[of_piece]
    turn = np.arange(len(offer)) - np.repeat(np.cumsum(offers) - offers, offers)
    held = np.bincount(home[home >= 0], minlength=len(of_piece))
    order = np.lexsort((offer, held[offer] + turn, of_piece[offer]))
    first = np.searchsorted(of_piece[offer[order]], of_piece[offer[order]])
    taken = order[np.arange(len(order)) - first < wanted[of_piece[offer[order]]]]
    home = home.copy()
    home[open_rows[np.argsort(asked, kind="stable")]] = offer[taken]
    return home


def _parts(table: gpd.GeoDataFrame, piece: Ints, home: Ints, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Unite cells into pieces, with the sources of each and the name of its village."""
    united = table.assign(piece=piece).dissolve("piece", aggfunc={"village": "first"}, method="coverage")
    parts = united.rename(columns={"village": PARENT_CODE}).reset_index(drop=True)
    parts["sources"] = np.bincount(home, minlength=len(parts))
    if NAME in villages:
        parts[NAME] = parts[PARENT_CODE].map(dict(zip(villages[CODE], villages[NAME], strict=True)))
    return parts


def _listing_notes(listing: pd.DataFrame, inside: pd.Series) -> list[Text]:
    """Say how many sources are in no zone."""
    count = int((~inside).sum())
    if not count:
        return []
    return [
        Text(
            f"{len(listing)} 个污染源中有 {count} 个不在这些村内，未编入普查小区",
            f"{count} of {len(listing)} sources are in none of these villages and in no zone",
        )
    ]


def _dealt_notes(placeless: pd.DataFrame) -> list[Text]:
    """Name the sources that are in a zone of their village without lying in it."""
    if not len(placeless):
        return []
    count, names = len(placeless), listed(placeless[SOURCE_ID])
    return [
        Text(
            f"{count} 个污染源没有位置（或位置在村外），已编入所在村对象最少的小区：{names}",
            f"{count} sources have no place in their village and count in its zone with the fewest sources: {names}",
        )
    ]


def _crowded_notes(coded: CensusZones, members: pd.DataFrame, most: int) -> list[Text]:
    """Say which zones have too many sources."""
    count = members[CODE].value_counts().sort_index()
    crowded = count[count > most]
    parent = coded.zones.set_index(CODE)[PARENT_CODE].reindex(crowded.index)
    return [
        Text(
            f"{village}：有 {sources} 个污染源位置相同、过近或没有位置，无法再细分到 {most} 个以内",
            f"{village}: {sources} sources lie on one spot, or cannot be parted; their zone has more than {most}",
        )
        for village, sources in crowded.groupby(parent).max().items()
    ]
