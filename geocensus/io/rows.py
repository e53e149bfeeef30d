"""From rows as they stand in the file to sources: each row by itself, whatever part of the list it is read in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import crs as systems
from geocensus import names as n
from geocensus import shifts
from geocensus.io.identity import made_ids
from geocensus.io.setaside import excluded_reason
from geocensus.model import State
from geocensus.schemas import TEXT_ROLES, class_slugs, normalise_header

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from geocensus.io.rawtable import RawTable

__all__ = ["LARGEST_EXACT", "contents", "placed", "sources_of"]

LARGEST_EXACT = 2**53  # whole numbers up to here are exact as floats
_SERIAL = frozenset({"序号", "顺序号", "行号", "no"})  # numbers of rows, which change when a list is sorted


def placed(points: pd.DataFrame, system: systems.ListCRS) -> pd.DataFrame:
    """Bring usable values to CGCS2000.

    Parameters
    ----------
    points : DataFrame
        As :func:`geocensus.coordinates.parse_rows` returns it.
    system : ListCRS
        What the list is in.

    Returns
    -------
    DataFrame
        The same with lon and lat, degrees of CGCS2000, NaN where there is no usable coordinate.
    """
    x, y = points[n.LON_PARSED].to_numpy(), points[n.LAT_PARSED].to_numpy()
    usable = (points[n.COORDINATE_PROBLEM] == "").to_numpy()
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    lon[usable], lat[usable] = _to_cgcs2000(x[usable], y[usable], system)
    outside = usable & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))  # noqa: PLR2004 - the range of degrees
    lon[outside], lat[outside] = np.nan, np.nan
    problem = points[n.COORDINATE_PROBLEM].mask(pd.Series(outside, index=points.index), "out_of_range")
    return points.assign(**{n.LON: lon, n.LAT: lat, n.COORDINATE_PROBLEM: problem})


def sources_of(
    raw: RawTable, points: pd.DataFrame, roles: Mapping[str, str], whole: Collection[str], above: int
) -> pd.DataFrame:
    """Add who the sources are, what became of each row, and the user's own columns.

    Parameters
    ----------
    raw : RawTable
        Rows of the list.
    points : DataFrame
        From :func:`placed`, for the same rows.
    roles : Mapping
        Role to header.
    whole : Collection of str
        Columns of floats that are whole numbers in all rows of the list.
    above : int
        Rows of the list above the first of these; see :func:`geocensus.io.setaside.excluded_reason`.

    Returns
    -------
    DataFrame
        As :func:`geocensus.io.sources.read_sources`, but for what takes the whole list: equal ids stand as they are,
        and float_damage holds its signs.
    """
    table, own = raw.table, raw.table if raw.typed is None else raw.typed
    given = {role: _clean(table[roles[role]], whole) for role in TEXT_ROLES if role in roles}
    nothing = pd.Series(np.nan, index=table.index, dtype="str")
    if n.CLASS in given:
        given[n.CLASS] = class_slugs(given[n.CLASS])
    written = _clean(table[roles["id"]], whole) if "id" in roles else nothing
    has_coordinate = points[n.COORDINATE_PROBLEM] != "missing"
    garbled = points[n.COORDINATE_PROBLEM] == "unparsable"
    excluded = excluded_reason(table, roles, has_coordinate, garbled=garbled, above=above)
    usable = points[n.COORDINATE_PROBLEM] == ""
    excluded = excluded.mask((excluded == "header_row") & usable)  # no header holds a coordinate
    located = points[n.LON].notna() & points[n.LAT].notna() & excluded.isna()
    state = np.where(excluded.notna(), State.EXCLUDED, np.where(located, State.LOCATED, State.UNLOCATED))
    place = points[[n.LON, n.LAT]].where(excluded.isna())  # column numbers and dates of a form are no coordinates
    described = {
        n.SOURCE_ID: made_ids(written, contents(table, roles)),
        "duplicate_id": False,
        **{role: given.get(role, nothing) for role in TEXT_ROLES},
        n.STATE: pd.Series(state, index=table.index, dtype="str"),
        n.EXCLUDED_REASON: excluded,
    }
    seen = points.assign(**place, **{n.ROW: raw.rows.to_numpy()})
    return pd.concat([pd.DataFrame(described), seen, own.add_prefix(n.RAW_PREFIX)], axis=1)


def contents(table: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns that tell equal ids apart: all but numbers of rows.

    Parameters
    ----------
    table : DataFrame
        Rows as read.
    roles : Mapping
        Role to header.

    Returns
    -------
    DataFrame
        The same rows; all columns where there is none but numbers of rows.
    """
    serial = [header for header in table if normalise_header(header) in _SERIAL and header != roles.get("id")]
    return table.drop(columns=serial) if len(serial) < table.shape[1] else table


def _to_cgcs2000(x: np.ndarray, y: np.ndarray, system: systems.ListCRS) -> tuple[np.ndarray, np.ndarray]:
    if system.key == "gcj02":
        return shifts.gcj02_to_wgs84(x, y)
    if system.key == "bd09":
        return shifts.bd09_to_wgs84(x, y)
    return systems.to_cgcs2000(x, y, system)


def _clean(column: pd.Series, whole: Collection[str]) -> pd.Series:
    """Text without blanks around it; empty is missing; whole numbers without a decimal point."""
    if pd.api.types.is_float_dtype(column) and column.name in whole:
        column = column.astype("Int64")
    texts = column.astype("str").str.strip()
    return texts.where(texts != "")
