"""Codes of census zones with their history: kept where a zone stays, retired where it goes, never used again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.names import CODE, NAME, PARENT_CODE, SOURCE_ID
from geocensus.zoning.assignments import listed
from geocensus.zoning.metric import to_metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.zoning.task import Ints

__all__ = ["HISTORY_COLUMNS", "CensusZones", "code_zones", "require_columns"]

HISTORY_COLUMNS: Final = (CODE, PARENT_CODE, "event", "date", "others", "sources", "area_m2")
_LAST_SERIAL: Final = 899  # by the rules of population censuses numbers from 900 are for zones without a place
_SAME: Final = 1 - 1e-5  # as much in common both ways is the same polygon but for rounding
_HALF: Final = 0.5  # more than half in common both ways is the same zone: one at most
_PARTLY: Final = 0.01  # of the new zone or the old one: less is a mended line, not where a zone came from


@dataclass(frozen=True, eq=False)
class CensusZones:
    """Coded zones and what became of earlier ones.

    Attributes
    ----------
    zones : GeoDataFrame
        Columns code (that of the village and three digits), name (the village's, with the serial where it has several
        zones), parent_code, sources, geometry; ascending by code.
    members : DataFrame
        Columns source_id and the code of its zone, missing where it is open.
    history : DataFrame
        ``HISTORY_COLUMNS``, oldest first: one row per event (created, kept, changed, retired) of a code; ``others``
        names, with spaces between, the zones a new one came out of or those that took over from a retired one.
    notes : tuple of Text
        What the planner should know.
    of_part : Series of str
        Codes in the order of the parts that were coded.
    """

    zones: gpd.GeoDataFrame
    members: pd.DataFrame
    history: pd.DataFrame
    notes: tuple[Text, ...] = ()
    of_part: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))


def code_zones(parts: gpd.GeoDataFrame, *, date: str, before: CensusZones | None = None) -> CensusZones:
    """Give zones their codes.

    A part that has more than half of an earlier zone of its village, and more than half of itself in it, keeps the
    earlier code. The others get serials that no zone of the village ever had, in the order given.

    Parameters
    ----------
    parts : GeoDataFrame
        Columns parent_code (code of the village), sources, geometry (EPSG:4490 or metres); name (of the village) may be
        missing.
    date : str
        Date of the cut.
    before : CensusZones, optional
        The zones so far; those of villages that are not in ``parts`` stay as they are.

    Returns
    -------
    CensusZones
        All zones, without members.

    Raises
    ------
    SchemaError
        A missing column, or more zones than three digits can number.

    Examples
    --------
    >>> halves = [shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 1000, 1000)]
    >>> parts = gpd.GeoDataFrame(
    ...     {"parent_code": ["330822001001"] * 2, "sources": [90, 120]}, geometry=halves, crs="EPSG:4548"
    ... )
    >>> first = code_zones(parts, date="2025-01-01")
    >>> first.zones["code"].tolist()
    ['330822001001001', '330822001001002']
    >>> whole = parts.dissolve("parent_code", aggfunc="sum").reset_index()
    >>> code_zones(whole, date="2026-01-01", before=first).zones["code"].tolist()
    ['330822001001003']
    """
    require_columns(parts, (PARENT_CODE, "sources", "geometry"), Text("普查小区图层", "zones"))
    table = parts.assign(**{NAME: parts.get(NAME, "")}).reset_index(drop=True)
    table = table[[NAME, PARENT_CODE, "sources", "geometry"]]
    old = table.iloc[:0].assign(**{CODE: ""}) if before is None else before.zones
    old = old[old[PARENT_CODE].isin(table[PARENT_CODE])].reset_index(drop=True)
    shared = _shared(table, old)
    codes = _codes(table, old, shared, None if before is None else before.history)
    zones = table.assign(**{CODE: codes, NAME: _names(table, codes)})[[CODE, *table.columns]]
    history = _events(zones, old, shared, date)
    if before is not None:
        history = pd.concat([before.history, history], ignore_index=True)
        others = before.zones[~before.zones[PARENT_CODE].isin(table[PARENT_CODE])]
        zones = gpd.GeoDataFrame(pd.concat([zones, others.to_crs(zones.crs)[zones.columns]]), crs=zones.crs)
    nobody = pd.DataFrame({SOURCE_ID: pd.Series(dtype="str"), CODE: pd.Series(dtype="str")})
    return CensusZones(zones.sort_values(CODE, ignore_index=True), nobody, history, of_part=codes)


def require_columns(table: pd.DataFrame, names: tuple[str, ...], what: Text) -> None:
    """Insist on columns.

    Parameters
    ----------
    table : DataFrame
        Any table.
    names : tuple of str
        What it must have.
    what : Text
        What it is, for the message.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    if missing := [name for name in names if name not in table]:
        raise SchemaError(f"{what.en}: no column {', '.join(missing)}", f"{what.zh}缺少列：{'、'.join(missing)}")


def _shared(table: gpd.GeoDataFrame, old: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what parts and earlier zones of one village have in common: part, old, of_part, of_old (shares).

    Measured in the layer's own system: in another one a straight border with a vertex more would be another border.
    """
    new, former = table.geometry.to_numpy(), old.to_crs(table.crs).geometry.to_numpy()
    part, earlier = shapely.STRtree(new).query(former, predicate="intersects")[::-1]
    own = table[PARENT_CODE].to_numpy()[part] == old[PARENT_CODE].to_numpy()[earlier]
    part, earlier = part[own], earlier[own]
    area = shapely.area(shapely.intersection(new[part], former[earlier]))
    of_part, of_old = area / shapely.area(new[part]), area / shapely.area(former[earlier])
    return pd.DataFrame({"part": part, "old": earlier, "of_part": of_part, "of_old": of_old})


def _codes(
    table: gpd.GeoDataFrame, old: gpd.GeoDataFrame, shared: pd.DataFrame, history: pd.DataFrame | None
) -> pd.Series:
    """Return the code of each part."""
    same = shared[(shared["of_part"] > _HALF) & (shared["of_old"] > _HALF)]
    code = np.full(len(table), "", dtype=object)
    code[same["part"].to_numpy()] = old[CODE].to_numpy(dtype=object)[same["old"].to_numpy()]
    fresh = np.flatnonzero(code == "")
    parents = table[PARENT_CODE].iloc[fresh]
    last = _last_serials(history)
    serial = parents.groupby(parents).cumcount() + 1 + parents.map(last).fillna(0).astype(np.int64)
    if (serial > _LAST_SERIAL).any():
        villages = listed(sorted(parents[serial > _LAST_SERIAL].unique()))
        raise SchemaError(
            f"no numbers left for the zones of {villages}: serials go from 001 to {_LAST_SERIAL}; allow more sources",
            f"{villages} 的普查小区序号已用完（001 至 {_LAST_SERIAL}），请放宽每个小区的对象数",
        )
    code[fresh] = (parents + serial.astype("str").str.zfill(3)).to_numpy(dtype=object)
    return pd.Series(code, dtype="str")


def _names(table: gpd.GeoDataFrame, codes: pd.Series) -> pd.Series:
    """Return the village's name, with the serial where it has several zones."""
    alone = table.groupby(PARENT_CODE)[PARENT_CODE].transform("size") == 1
    name = table[NAME].astype("str").fillna("")
    return name.where(alone | (name == ""), name + codes.str[-3:])


def _last_serials(history: pd.DataFrame | None) -> pd.Series:
    """Return the highest serial each village ever had."""
    if history is None:
        return pd.Series(dtype="int64")
    return history[CODE].str[-3:].astype(np.int64).groupby(history[PARENT_CODE]).max()


def _events(zones: gpd.GeoDataFrame, old: gpd.GeoDataFrame, shared: pd.DataFrame, date: str) -> pd.DataFrame:
    """Return what happened to each code, ascending."""
    area = shapely.area(to_metric(zones).geometry.to_numpy())
    former = shapely.area(to_metric(old).geometry.to_numpy()) if len(old) else np.empty(0)
    real = shared[(shared["of_part"] > _PARTLY) | (shared["of_old"] > _PARTLY)]
    pairs = pd.DataFrame({"new": zones[CODE].to_numpy()[real["part"]], "old": old[CODE].to_numpy()[real["old"]]})
    stays = zones[CODE].isin(old[CODE]).to_numpy()
    whole = shared[_same_code(zones, old, shared) & (shared["of_part"] > _SAME) & (shared["of_old"] > _SAME)]
    alike = np.isin(np.arange(len(zones)), whole["part"])
    event = np.where(stays, np.where(alike, "kept", "changed"), "created")
    came = _joined(pairs, "new", "old").reindex(zones[CODE]).fillna("").to_numpy()
    new = _rows(zones, event, np.where(stays, "", came), area)
    gone = ~old[CODE].isin(zones[CODE]).to_numpy()
    heirs = _joined(pairs, "old", "new").reindex(old[CODE]).fillna("").to_numpy()
    retired = _rows(old[gone], np.full(int(gone.sum()), "retired", dtype=object), heirs[gone], former[gone])
    events = pd.concat([new, retired], ignore_index=True).assign(date=date)
    return events[list(HISTORY_COLUMNS)].sort_values(CODE, kind="stable", ignore_index=True)


def _same_code(zones: gpd.GeoDataFrame, old: gpd.GeoDataFrame, shared: pd.DataFrame) -> NDArray[np.bool_]:
    part: Ints = shared["part"].to_numpy()
    return zones[CODE].to_numpy()[part] == old[CODE].to_numpy()[shared["old"].to_numpy()]


def _joined(pairs: pd.DataFrame, key: str, others: str) -> pd.Series:
    """Return, per code, the codes it shares ground with, ascending."""
    return pairs.sort_values([key, others]).groupby(key)[others].agg(" ".join)


def _rows(
    zones: gpd.GeoDataFrame, event: NDArray[np.object_], others: NDArray[np.object_], area: NDArray[np.float64]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            CODE: zones[CODE].to_numpy(),
            PARENT_CODE: zones[PARENT_CODE].to_numpy(),
            "event": event,
            "others": others,
            "sources": zones["sources"].to_numpy(),
            "area_m2": area,
        }
    )
