"""What each row of the tables is on a map: place, class, areas, severity; all by position, for whole tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.maps.style import CLASSES, OTHER, SEVERITIES
from geocensus.names import FLAG_STATE
from geocensus.schemas import class_slugs

if TYPE_CHECKING:
    from geocensus.maps.areas import AreaTable

__all__ = [
    "FLAG_COLUMNS",
    "STATES",
    "claimed_areas",
    "class_positions",
    "drawable",
    "located_areas",
    "require",
    "require_sources",
    "severity_positions",
    "worst_severity",
]

STATES: Final = ("located", "unlocated", "excluded")
FLAG_COLUMNS: Final = ("source_id", "rule", "severity", "message_zh", "message_en")
_SOURCE_COLUMNS: Final = ("source_id", "state", "lon", "lat")
_SEVERITY_SLUGS: Final = tuple(style.slug for style in SEVERITIES)


def require(table: pd.DataFrame, columns: tuple[str, ...], what: str) -> None:
    """Raise SchemaError unless the table has the columns.

    Parameters
    ----------
    table : pandas.DataFrame
        Any table.
    columns : tuple of str
        Columns it must have.
    what : str
        What the table holds, for the message.

    Raises
    ------
    SchemaError
        When a column is missing.
    """
    if missing := [column for column in columns if column not in table.columns]:
        raise SchemaError(
            f"The table of {what} lacks the columns {', '.join(missing)}: pass the table that reading "
            "or checking returned.",
            f"{what} 表缺少列 {'、'.join(missing)}：请传入读取或检查步骤返回的表。",
        )


def require_sources(sources: pd.DataFrame) -> None:
    """Raise SchemaError unless the table of sources can be drawn with nothing lost.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.

    Raises
    ------
    SchemaError
        When a column is missing or a row has no known state.
    """
    require(sources, _SOURCE_COLUMNS, "sources")
    if unknown := sorted(set(sources["state"].dropna()) - set(STATES)) or sources["state"].isna().any():
        raise SchemaError(
            f"Column state of the sources must hold {', '.join(STATES)}, found {unknown}: "
            "every row has exactly one state.",
            f"污染源表的 state 列只能是 {'、'.join(STATES)}，实际有 {unknown}：每行有且只有一个状态。",
        )


def class_positions(sources: pd.DataFrame) -> np.ndarray:
    """Return the position of each source's class in CLASSES, by slug or word; unknown and missing is "other".

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.

    Returns
    -------
    numpy.ndarray
        Int64, shape (n,).
    """
    if "class" not in sources:
        return np.full(len(sources), OTHER, dtype=np.int64)
    slugs = class_slugs(sources["class"].astype("str"))
    positions = pd.Index([style.slug for style in CLASSES]).get_indexer(pd.Index(slugs))
    return np.where(positions < 0, OTHER, positions)


def drawable(sources: pd.DataFrame) -> np.ndarray:
    """Return True for each source with a place on the map.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.

    Returns
    -------
    numpy.ndarray
        Bool, shape (n,).
    """
    finite = np.isfinite(sources["lon"].to_numpy(dtype=float)) & np.isfinite(sources["lat"].to_numpy(dtype=float))
    return finite & (sources["state"].to_numpy(dtype=object) == "located")


def located_areas(sources: pd.DataFrame, areas: AreaTable) -> np.ndarray:
    """Return the finest area that holds each source, as a position in the table of areas; -1 = none.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.
    areas : AreaTable
        Areas of all levels.

    Returns
    -------
    numpy.ndarray
        Positions in the table of areas, int64, shape (n,); -1 = none.
    """
    found = areas.find(sources["located_code"]) if "located_code" in sources else np.full(len(sources), -1)
    for level in reversed(areas.levels):
        if f"code_{level}" in sources:
            found = np.where(found >= 0, found, areas.find(sources[f"code_{level}"], level=level))
    return found


def claimed_areas(sources: pd.DataFrame, areas: AreaTable) -> np.ndarray:
    """Return the area each source claims, as a position in the table of areas; -1 = none or unknown.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.
    areas : AreaTable
        Areas of all levels.

    Returns
    -------
    numpy.ndarray
        Positions in the table of areas, int64, shape (n,); -1 = none.
    """
    if "claimed_code" not in sources:
        return np.full(len(sources), -1)
    found = areas.find(sources["claimed_code"])
    if "claimed_level" in sources:
        for level in areas.levels:
            rows = (sources["claimed_level"] == level).to_numpy(dtype=bool)
            at_level = areas.find(sources["claimed_code"], level=level)
            found = np.where(rows & (at_level >= 0), at_level, found)
    return found


def worst_severity(sources: pd.DataFrame, flags: pd.DataFrame) -> np.ndarray:
    """Return the worst severity of each source's open flags as a position in SEVERITIES; -1 = none.

    Parameters
    ----------
    sources : pandas.DataFrame
        One row per row read.
    flags : pandas.DataFrame
        The flags; those that a decision closed (flag_state, where it is known) do not count.

    Returns
    -------
    numpy.ndarray
        Int64, one per source.
    """
    if FLAG_STATE in flags:
        flags = flags[flags[FLAG_STATE] != "closed"]
    severity = pd.Series(severity_positions(flags), index=flags["source_id"].to_numpy(dtype=object), dtype="int64")
    worst = severity.groupby(level=0).min()
    return worst.reindex(sources["source_id"].to_numpy(dtype=object)).fillna(-1).to_numpy(dtype=np.int64)


def severity_positions(flags: pd.DataFrame) -> np.ndarray:
    """Return the position of each flag's severity in SEVERITIES; an unknown one counts as the mildest.

    Parameters
    ----------
    flags : pandas.DataFrame
        The flags.

    Returns
    -------
    numpy.ndarray
        Int64, one per flag.
    """
    found = pd.Index(_SEVERITY_SLUGS).get_indexer(pd.Index(flags["severity"]))
    return np.where(found < 0, len(_SEVERITY_SLUGS) - 1, found)
