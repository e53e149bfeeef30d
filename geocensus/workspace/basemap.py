"""The basemap of a workspace, read through the connection that everything else is read through.

:func:`geocensus.io.open_basemap` opens it with GDAL, which brings an SQLite of its own. Two of them must not have one
file open in a process: the locks of a process are lost when either closes the file (sqlite.org/howtocorrupt.html, 2.2),
so that GDAL takes the log away from under connections that stay open. A service reads its basemap here.
"""

import sqlite3

import geopandas as gpd

from geocensus.basemap import Basemap, empty_barriers
from geocensus.errors import DataNotFoundError
from geocensus.model import LEVELS
from geocensus.workspace.geometry import SRS_ID, decode
from geocensus.workspace.read import read_basemap_info, read_table
from geocensus.workspace.store import exists
from geocensus.workspace.tables import BARRIERS

__all__ = ["read_basemap"]


def read_basemap(connection: sqlite3.Connection) -> Basemap:
    """Return the basemap.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    Basemap
        As :func:`geocensus.io.open_basemap` opens the file.

    Raises
    ------
    DataNotFoundError
        The workspace has no areas yet.
    """
    layers = {level: _layer(connection, f"areas_{level}") for level in LEVELS if exists(connection, f"areas_{level}")}
    if not layers:
        raise DataNotFoundError(
            "the workspace has no basemap yet: run `geocensus check` with one",
            "工作区中还没有底图：请先带底图运行 `geocensus check`",
        )
    barriers = _layer(connection, BARRIERS.name) if exists(connection, BARRIERS.name) else empty_barriers()
    return Basemap(read_basemap_info(connection), layers, barriers)


def _layer(connection: sqlite3.Connection, table: str) -> gpd.GeoDataFrame:
    rows = read_table(connection, table).reset_index(drop=True)
    return gpd.GeoDataFrame(rows.drop(columns="geom"), geometry=decode(rows["geom"].tolist()), crs=f"EPSG:{SRS_ID}")
