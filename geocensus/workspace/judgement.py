"""Causes, repairs and shifts of a result as tables and layers of a workspace."""

import sqlite3
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geocensus.names import LAT, LON, REPAIR_ID
from geocensus.workspace.geometry import encode_points, encode_segments, point_bounds
from geocensus.workspace.store import content_of, put, require_ids
from geocensus.workspace.tables import CAUSES, REPAIR_POINTS, REPAIRS, SHIFTS

__all__ = ["write_judgement"]

_STATED = ("stated_lon", "stated_lat")


def write_judgement(connection: sqlite3.Connection, result: Any) -> None:
    """Bring causes, repairs and shifts to those of a result.

    A repair is a line from the stated to the proposed point, and one point more in the layer ``repair_points``: a
    source whose stated place is off the map has no line, as one of no length is no valid geometry, and a layer must
    not mix lines with points. A proposed claim moves nothing and has neither.

    Parameters
    ----------
    connection
        Inside a transaction.
    result
        May have causes, repairs and shifts; what is None or not there empties its tables.

    Raises
    ------
    SchemaError
        When ids of repairs are missing or doubled.
    """
    causes, repairs, shifts = (_table(result, name) for name in ("causes", "repairs", "shifts"))
    put(connection, CAUSES, content_of(CAUSES, causes))
    put(connection, SHIFTS, content_of(SHIFTS, shifts))
    if len(repairs):
        require_ids(repairs, REPAIR_ID, "repairs")
    moves = repairs["kind"].ne("claim").to_numpy() if "kind" in repairs else np.ones(len(repairs), dtype=bool)
    end = np.where(moves[:, None], _places(repairs, (LON, LAT)), np.nan)
    blobs, bounds = encode_segments(_places(repairs, _STATED), end)
    put(connection, REPAIRS, content_of(REPAIRS, repairs, blobs=blobs, bounds=bounds))
    drawn = np.isfinite(end).all(axis=1)
    lon, lat = end[drawn].T
    points = {"blobs": encode_points(lon, lat), "bounds": point_bounds(lon, lat)}
    put(connection, REPAIR_POINTS, content_of(REPAIR_POINTS, repairs[drawn], **points))


def _table(result: Any, name: str) -> pd.DataFrame:
    table = getattr(result, name, None)
    return pd.DataFrame() if table is None else table


def _places(table: pd.DataFrame, axes: tuple[str, str]) -> NDArray[np.float64]:
    """Return places, shape (n, 2), degrees; NaN where missing."""
    missing = pd.Series(np.nan, index=table.index)
    return np.column_stack([table.get(axis, missing).to_numpy(dtype=np.float64, na_value=np.nan) for axis in axes])
