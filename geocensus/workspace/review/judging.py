"""Change sources and judge again what depends on them: the rows and flags that a check of the changed list would give.

The rules run on the list as it was and as it is, and only what differs is written: flags that fall away are closed by
the decision (nothing is deleted), new ones are opened, and neighbours' flags and statuses follow. Lists of up to
20,000 rows are judged whole, longer ones by county: every row that lies in or claims a county of a changed source, or
shares its point or site. What whole import groups and a second list say is left to the next check.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geocensus import names as n
from geocensus.checks import Settings, judge_sources
from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import read_crosswalk
from geocensus.model import LEVELS
from geocensus.workspace.basemap import read_basemap
from geocensus.workspace.connection import read_only
from geocensus.workspace.read import read_sources
from geocensus.workspace.review.neighbourhood import around
from geocensus.workspace.review.writing import Cause, write_flags, write_rows

__all__ = ["Change", "change_sources"]

WHOLE: Final = 20_000  # rows of a list that is judged as a whole
_RESULT: Final = (
    "claimed_area_code",
    n.CLAIMED_LEVEL,
    n.LOCATED_CODE,
    n.ON_BORDER,
    *(f"{part}_{level}" for level in LEVELS for part in ("code", "name")),
    n.DISTANCE_M,
    n.TOLERANCE_M,
    "near_border",
    n.STATUS,
)


@dataclass(frozen=True)
class Change:
    """What a change brought: sources whose rows changed, flags that fell away, flags that came up."""

    sources: tuple[str, ...]
    closed: tuple[str, ...]
    opened: tuple[str, ...]


def change_sources(
    connection: sqlite3.Connection,
    edit: Callable[[pd.DataFrame], pd.DataFrame],
    causes: Mapping[str, Cause],
    points: Sequence[tuple[float, float]] = (),
) -> Change:
    """Change sources, and bring their rows and all flags that depend on them to the state that follows.

    Parameters
    ----------
    connection
        Inside a transaction.
    edit
        Takes the list (a table of sources without the results of a check) and returns it changed; same rows.
    causes
        By source_id of the changed sources: why.
    points
        Where sources are moved to, degrees: places whose neighbours may be concerned.

    Returns
    -------
    Change
        What became of sources and flags.
    """
    basemap = _basemap(connection)
    settings = _settings(connection)
    crosswalk = _crosswalk(settings, basemap)
    stored = read_sources(connection, around(connection, list(causes), points, basemap, whole=WHOLE))
    listed = stored.drop(columns=[name for name in _RESULT if name in stored])
    listed = _complete(listed)
    listed.attrs = {name: stored.attrs[name] for name in ("file", "crs") if name in stored.attrs}  # what rules read
    changed = edit(listed)
    changed.attrs = dict(listed.attrs)
    was, flags_were = _judged(listed, basemap, settings, crosswalk)
    now, flags_are = _judged(changed, basemap, settings, crosswalk)
    moved = write_rows(connection, was, now, causes)
    closed, opened = write_flags(connection, flags_were, flags_are, causes)
    return Change(tuple(moved), tuple(closed), tuple(opened))


_LAST: dict[str, Any] = {}  # the list that was judged last: as a rule the next change begins with it


def _judged(
    listed: pd.DataFrame, basemap: Any, settings: Settings, crosswalk: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    last = dict(_LAST)
    same = last and last["basemap"] is basemap and last["settings"] == (settings, crosswalk is None)
    if same and last["listed"].attrs == listed.attrs and last["listed"].equals(listed):
        found: tuple[pd.DataFrame, pd.DataFrame] = last["judged"]
        return found
    judged = judge_sources(listed, basemap, settings, crosswalk)
    _LAST.update(listed=listed, basemap=basemap, settings=(settings, crosswalk is None), judged=judged)
    return judged


def _complete(listed: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that the rules take for granted, where a list was not read by read_sources."""
    missing = {name: "" for name in (n.COORDINATE_PROBLEM,) if name not in listed}
    texts = {name: pd.Series(float("nan"), index=listed.index, dtype="str") for name in (n.CLAIMED_CODE,)}
    numbers = {name: float("nan") for name in (n.RESOLUTION_M,) if name not in listed}
    return listed.assign(**missing, **{name: text for name, text in texts.items() if name not in listed}, **numbers)


def _path(connection: sqlite3.Connection) -> Path:
    return Path(connection.execute("PRAGMA database_list").fetchone()[2])


def _basemap(connection: sqlite3.Connection) -> Any:
    told = connection.execute("SELECT key, value FROM basemap_info ORDER BY key").fetchall()
    layers = connection.execute(
        "SELECT table_name, last_change FROM gpkg_contents WHERE table_name LIKE 'areas%' ORDER BY table_name"
    ).fetchall()
    path = _path(connection)
    return _opened(path, path.stat().st_ino, json.dumps([told, layers]))


@lru_cache(maxsize=4)
def _opened(path: Path, _inode: int, _state: str) -> Any:
    with read_only(path) as connection:  # not through GDAL: see workspace/basemap.py
        return read_basemap(connection)


def _settings(connection: sqlite3.Connection) -> Settings:
    """Return the settings of the latest check; the defaults where they were written by another version."""
    row = connection.execute("SELECT settings FROM runs ORDER BY fid DESC LIMIT 1").fetchone()
    try:
        return Settings.from_dict(json.loads(row[0]) if row and row[0] else {})
    except SchemaError:
        return Settings()


def _crosswalk(settings: Settings, basemap: Any) -> Any:
    try:
        return read_crosswalk(settings, basemap.info)
    except DataNotFoundError:  # it lay elsewhere when the list was checked
        return None
