"""Coded census zones in a workspace: the zones of now, their sources, and the history of every code."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.names import CODE, SOURCE_ID
from geocensus.workspace.geometry import SRS_ID, decode, encode_areas
from geocensus.workspace.read import read_table
from geocensus.workspace.store import content_of, exists, put
from geocensus.workspace.styles import refresh_styles
from geocensus.workspace.tables import CENSUS_ZONE_HISTORY, CENSUS_ZONE_MEMBERS, CENSUS_ZONES

__all__ = ["StoredZones", "read_census_zones", "write_census_zones"]

_NOTE: Final = "census_zones"


@dataclass(frozen=True)
class StoredZones:
    """Census zones as they lie in a workspace.

    Attributes
    ----------
    zones
        GeoDataFrame in EPSG:4490: code, name, parent_code, sources, geometry; all that are in use.
    members
        DataFrame: source_id, code of its zone.
    history
        DataFrame: code, parent_code, event, date, others, sources, area_m2; every event of every code, oldest first.
    record
        How the last cut was made.
    """

    zones: gpd.GeoDataFrame
    members: pd.DataFrame
    history: pd.DataFrame
    record: Mapping[str, Any] = field(default_factory=dict)


def write_census_zones(connection: sqlite3.Connection, stored: StoredZones) -> None:
    """Bring zones, members and history to what was made of them; a zone that keeps its code keeps its fid.

    Parameters
    ----------
    connection
        Inside a transaction.
    stored
        All zones and the whole history.

    Raises
    ------
    SchemaError
        When a code is missing or used twice, or a code of the history so far is gone: none may be forgotten.
    """
    codes = stored.zones[CODE]
    if codes.isna().any() or codes.duplicated().any():
        raise SchemaError(
            "census zones: a code is missing or used twice; nothing was written",
            "普查小区代码缺失或重复；未写入任何内容",
        )
    before = read_census_zones(connection)
    lost = set() if before is None else set(before.history[CODE]) - set(stored.history[CODE])
    if lost:
        raise SchemaError(
            f"census zones: the history no longer knows {min(lost)}; codes are never forgotten: nothing was written",
            f"普查小区：历史记录中缺少代码 {min(lost)}；代码一经使用不得丢失，未写入任何内容",
        )
    blobs, bounds = encode_areas(stored.zones.geometry.to_numpy())
    put(connection, CENSUS_ZONES, content_of(CENSUS_ZONES, stored.zones, blobs=blobs, bounds=bounds))
    put(connection, CENSUS_ZONE_MEMBERS, content_of(CENSUS_ZONE_MEMBERS, stored.members))
    put(connection, CENSUS_ZONE_HISTORY, content_of(CENSUS_ZONE_HISTORY, stored.history))
    connection.execute("DELETE FROM workspace_info WHERE key = ?", (_NOTE,))
    text = json.dumps(dict(stored.record), ensure_ascii=False, default=str)
    connection.execute("INSERT INTO workspace_info (key, value) VALUES (?, ?)", (_NOTE, text))
    refresh_styles(connection)


def read_census_zones(connection: sqlite3.Connection) -> StoredZones | None:
    """Return the census zones; None where none were ever cut.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    StoredZones or None
        As they were written.
    """
    if not exists(connection, CENSUS_ZONES.name):
        return None
    rows = read_table(connection, CENSUS_ZONES.name).reset_index(drop=True)
    zones = gpd.GeoDataFrame(rows.drop(columns="geom"), geometry=decode(rows["geom"].tolist()), crs=f"EPSG:{SRS_ID}")
    members, history = (
        read_table(connection, table.name).reset_index(drop=True)
        for table in (CENSUS_ZONE_MEMBERS, CENSUS_ZONE_HISTORY)
    )
    note = connection.execute("SELECT value FROM workspace_info WHERE key = ?", (_NOTE,)).fetchone()
    return StoredZones(
        zones.sort_values(CODE, ignore_index=True),
        members.sort_values(SOURCE_ID, ignore_index=True),
        history,
        json.loads(note[0]) if note else {},
    )
