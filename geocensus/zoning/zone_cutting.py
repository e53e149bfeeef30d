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
from geocensus.zoning.metric import to_metric
from geocensus.zoning.plan import split
from geocensus.zoning.units import cells
from geocensus.zoning.zone_codes import CensusZones, code_zones, require_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from geocensus.zoning.task import Ints

__all__ = ["MOST_SOURCES", "CensusZones", "census_zones", "code_zones"]

MOST_SOURCES: Final = 150  # per small zone, by the economic census's rule
_LEAST_TOLERANCE: Final = 0.02


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

    A village with few enough sources stays whole: one zone, serial 001. A larger one is cut halfway between sources.
    Sources on one spot cannot be parted; where they are more than ``most`` a note says so.

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
        ``members`` has every source of the villages; its code is missing where a source without a place belongs to a
        village of several zones.

    Raises
    ------
    SchemaError
        A missing column, ``most`` below 1, or more zones than three digits can number.
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
    listing = sources[[SOURCE_ID, CODE, LON, LAT]].sort_values(SOURCE_ID, kind="stable", ignore_index=True)
    inside = listing[CODE].isin(villages[CODE].astype("str"))
    mine = listing[inside].reset_index(drop=True)
    table = _cells(villages, mine, most)
    cell = _cell_of(table, mine)
    table["sources"] = np.bincount(cell[cell >= 0], minlength=len(table))
    piece, notes = _pieces(table, mine, most, seed, progress)
    parts = _parts(table, piece)
    if NAME in villages:
        parts[NAME] = parts[PARENT_CODE].map(dict(zip(villages[CODE].astype("str"), villages[NAME], strict=True)))
    coded = code_zones(parts, date=date, before=before)
    members = _members(mine, coded, piece, cell)
    notes = [*_lost_notes(listing, inside, members), *notes]
    return CensusZones(coded.zones, members, coded.history, (*notes, *coded.notes), coded.of_part)


def _cells(villages: gpd.GeoDataFrame, mine: pd.DataFrame, most: int) -> gpd.GeoDataFrame:
    """Return villages with few sources whole, the others in cells, with column village."""
    bare = shapely.is_missing(villages.geometry.to_numpy()) | shapely.is_empty(villages.geometry.to_numpy())
    ordered = villages.assign(**{CODE: villages[CODE].astype("str")}).sort_values(CODE, ignore_index=True)
    ordered = ordered[[CODE, "geometry"]].assign(village=ordered[CODE])
    count = mine[CODE].value_counts()
    crowded = mine[mine[CODE].isin(count.index[count > most]) & mine[LON].notna() & mine[LAT].notna()]
    if not len(crowded) or bare.any():
        return ordered
    return cells(ordered, crowded).sort_values(CODE, ignore_index=True)


def _cell_of(table: gpd.GeoDataFrame, mine: pd.DataFrame) -> Ints:
    """Return the cell of its own village that each source lies in, −1 without; on a border the lowest."""
    metric = to_metric(table)
    points = gpd.GeoSeries(gpd.points_from_xy(mine[LON], mine[LAT]), crs="EPSG:4490").to_crs(metric.crs).to_numpy()
    cell = np.full(len(mine), len(table))
    source, area = shapely.STRtree(metric.geometry.to_numpy()).query(points, predicate="intersects")
    own = table["village"].to_numpy()[area] == mine[CODE].to_numpy()[source]
    np.minimum.at(cell, source[own], area[own])
    return np.where(cell < len(table), cell, -1)


def _pieces(
    table: gpd.GeoDataFrame, mine: pd.DataFrame, most: int, seed: int, progress: Callable[[float], None] | None
) -> tuple[Ints, list[Text]]:
    """Return the piece of each cell, numbered by village and lowest cell, and where sources lie too close."""
    count = mine[CODE].value_counts()
    piece = np.zeros(len(table), dtype=np.int64)
    notes: list[Text] = []
    groups = table.groupby("village", sort=True).indices
    for done, (village, rows) in enumerate(groups.items()):
        local = np.zeros(len(rows), dtype=np.int64)
        if count.get(village, 0) > most and len(rows) > 1:
            local = _split_village(table.iloc[rows], int(count[village]), most, seed)
        sums = np.bincount(local, table["sources"].to_numpy()[rows])
        if sums.max() > most:
            notes.append(_too_close(str(village), int(sums.max()), most))
        piece[rows] = piece.max() + 1 + local
        if progress is not None:
            progress((done + 1) / len(groups))
    return pd.factorize(piece)[0].astype(np.int64), notes


def _split_village(cells_of: gpd.GeoDataFrame, total: int, most: int, seed: int) -> Ints:
    """Cut one village's cells into the least number of connected pieces that hold the sources."""
    tolerance = max(most * -(-total // most) / total - 1, _LEAST_TOLERANCE)
    plan = split(cells_of, capacity=most, load="sources", tolerance=tolerance, seed=seed)
    return pd.factorize(plan.labels.loc[cells_of[CODE]])[0].astype(np.int64)


def _parts(table: gpd.GeoDataFrame, piece: Ints) -> gpd.GeoDataFrame:
    """Unite cells into pieces."""
    united = table.assign(piece=piece).dissolve(
        "piece", aggfunc={"village": "first", "sources": "sum"}, method="coverage"
    )
    return united.rename(columns={"village": PARENT_CODE}).reset_index(drop=True)


def _members(mine: pd.DataFrame, coded: CensusZones, piece: Ints, cell: Ints) -> pd.DataFrame:
    """Return the zone of each source; one without a place is in its village's zone where there is only one."""
    of_cell = coded.of_part.to_numpy(dtype=object)[piece]
    only = coded.zones.groupby(PARENT_CODE)[CODE].agg(["first", "size"])
    only = only.loc[only["size"] == 1, "first"]
    code = np.where(cell >= 0, of_cell[cell], mine[CODE].map(only))
    return pd.DataFrame({SOURCE_ID: mine[SOURCE_ID], CODE: pd.Series(code, dtype="str")})


def _too_close(village: str, sources: int, most: int) -> Text:
    return Text(
        f"{village}：有 {sources} 个污染源位置相同或过近，无法再细分到 {most} 个以内",
        f"{village}: {sources} sources lie on one spot, or cannot be parted; their zone has more than {most}",
    )


def _lost_notes(listing: pd.DataFrame, inside: pd.Series, members: pd.DataFrame) -> list[Text]:
    """Say which sources are in no zone."""
    notes = []
    if not inside.all():
        count = int((~inside).sum())
        notes.append(
            Text(
                f"{len(listing)} 个污染源中有 {count} 个不在这些村内，未编入普查小区",
                f"{count} of {len(listing)} sources are in none of these villages and in no zone",
            )
        )
    without = members.loc[members[CODE].isna(), SOURCE_ID]
    if len(without):
        notes.append(
            Text(
                f"{len(without)} 个污染源没有位置，所在村分为多个小区，须人工指定：{listed(without)}",
                f"{len(without)} sources without a place are in villages of several zones: assign them by hand: "
                f"{listed(without)}",
            )
        )
    return notes
