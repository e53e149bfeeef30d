"""Change sources and judge again what depends on them: the rows and flags that a check of the changed list would give.

The changed sources are judged as they were and as they are, together with the rows that a rule compares with them
(:mod:`geocensus.workspace.review.neighbourhood`), and what differs is written: flags that fall away are closed by the
decision (nothing is deleted), new ones are opened, and neighbours' flags and statuses follow. The list itself is not
read: what a change costs does not depend on its length. What whole import groups and a second list say, causes and
repairs are left to the next check, which is noted to be due.
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
from geocensus.checks import Settings, flags_of, judge_rows, local_context, neighbours_of
from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import read_crosswalk
from geocensus.model import LEVELS, Status
from geocensus.workspace.basemap import read_basemap
from geocensus.workspace.connection import read_only
from geocensus.workspace.due import check_due
from geocensus.workspace.neighbours import groups_current, keep_groups
from geocensus.workspace.read import read_sources
from geocensus.workspace.review.groups import GroupChange
from geocensus.workspace.review.neighbourhood import Neighbourhood, Said
from geocensus.workspace.review.writing import Cause, write_flags, write_rows

__all__ = ["Change", "change_sources"]

_IDS: Final = "source_id IN (SELECT value FROM json_each(?))"
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


@dataclass(frozen=True)
class _With:
    """What sources are judged with."""

    basemap: Any
    settings: Settings
    crosswalk: Any


def change_sources(
    connection: sqlite3.Connection, edit: Callable[[pd.DataFrame], pd.DataFrame], causes: Mapping[str, Cause]
) -> Change:
    """Change sources, and bring their rows and all flags that depend on them to the state that follows.

    Parameters
    ----------
    connection
        Inside a transaction.
    edit
        Takes the sources that change (without the results of a check) and returns them changed; same rows.
    causes
        By source_id of the changed sources: why.

    Returns
    -------
    Change
        What became of sources and flags.
    """
    by = _with(connection)
    if not groups_current(connection, by.settings.isolated_group):
        context = local_context(_listed(connection), *_parts(by))
        keep_groups(connection, neighbours_of(context), by.settings.isolated_group)
    listed = _listed(connection, list(causes))
    changed = edit(listed)
    changed.attrs = dict(listed.attrs)
    was, now, flags_were, flags_are = _judged(connection, listed, changed, by)
    moved = write_rows(connection, was, now, causes)
    closed, opened = write_flags(connection, flags_were, flags_are, causes)
    check_due(connection)
    return Change(tuple(moved), tuple(closed), tuple(opened))


def _with(connection: sqlite3.Connection) -> _With:
    basemap = _basemap(connection)
    run = connection.execute("SELECT settings, run_id FROM runs ORDER BY fid DESC LIMIT 1").fetchone() or ("", "")
    return _With(basemap, *_settings_and_crosswalk(run[0] or "", run[1], basemap))


def _parts(by: _With) -> tuple[Any, Settings, Any]:
    return by.basemap, by.settings, by.crosswalk


def _listed(connection: sqlite3.Connection, source_ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Return rows of the list, all of them by default, as they were before they were judged."""
    chosen = (_IDS, (json.dumps(source_ids),))
    stored = read_sources(connection, ("", ()) if source_ids is None else chosen)
    listed = _complete(stored.drop(columns=[name for name in _RESULT if name in stored]))
    listed.attrs = {name: stored.attrs[name] for name in ("file", "crs") if name in stored.attrs}  # what rules read
    return listed


def _judged(
    connection: sqlite3.Connection, listed: pd.DataFrame, changed: pd.DataFrame, by: _With
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Judge the changed sources and those that they concern: rows before and after, flags before and after."""
    context = local_context(_both(listed, changed), *_parts(by))
    size = len(listed)
    keys = context.keys.iloc[size:].set_axis(changed[n.SOURCE_ID])
    groups = GroupChange(connection, keys, by.settings.isolated_group)
    around = Neighbourhood(connection, listed, changed, groups, by.basemap, by.settings)
    said = around.said()
    others = around.concerned(said)
    said = around.said(others) if others else said
    groups.keep()
    parts = [_halves(context, size, said)]
    if others:
        parts += _others(connection, others, said, by)
    was, now, were, are = (
        pd.concat([part[place] for part in parts if len(part[place])] or [parts[0][place]], ignore_index=True)
        for place in range(4)
    )
    return was, now, were, are


def _others(
    connection: sqlite3.Connection, others: list[str], said: tuple[Said, Said], by: _With
) -> list[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Judge sources that did not change: those that are flagged, in short; the rules on the row itself say the same.

    Of a source that no rule on other rows flags any more, the rules on the row itself tell the status: they run again.
    """
    flagged = {source_id for texts in said[1].values() for source_id in texts.index}
    freed = [source_id for source_id in others if source_id not in flagged]
    parts = []
    if freed:
        rest = _listed(connection, freed)
        parts.append(_halves(local_context(_both(rest, rest), *_parts(by)), len(rest), said))
    if len(freed) < len(others):
        stored = read_sources(connection, (_IDS, (json.dumps(sorted(flagged & set(others))),)))
        stored.attrs = {name: stored.attrs[name] for name in ("file", "crs") if name in stored.attrs}
        were, are = (flags_of(stored, told, by.basemap, by.settings) for told in said)
        parts.append((stored, stored.assign(**{n.STATUS: str(Status.FLAGGED)}), were, are))
    return parts


def _both(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    both = pd.concat([one, other], ignore_index=True)
    both.attrs = dict(one.attrs)
    return both


def _halves(
    context: Any, size: int, said: tuple[Said, Said]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Judge rows that stand in a context twice, as they were and as they are."""
    ids = context.sources[n.SOURCE_ID]
    told = {
        code: pd.concat([_by_row(texts, ids.iloc[:size]), _by_row(said[1][code], ids.iloc[size:])])
        for code, texts in said[0].items()
    }
    rows, flags = judge_rows(context, told)
    first = flags.index < size
    was, now = rows.iloc[:size].reset_index(drop=True), rows.iloc[size:].reset_index(drop=True)
    return was, now, flags[first].reset_index(drop=True), flags[~first].reset_index(drop=True)


def _by_row(texts: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    return texts.reindex(ids.to_numpy()).set_axis(ids.index).astype("str")


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


@lru_cache(maxsize=4)
def _settings_and_crosswalk(text: str, _run: str, basemap: Any) -> tuple[Settings, Any]:
    """Return the settings of a check, the defaults where they were written by another version, and its crosswalk."""
    try:
        settings = Settings.from_dict(json.loads(text or "{}"))
    except SchemaError:
        settings = Settings()
    try:
        return settings, read_crosswalk(settings, basemap.info)
    except DataNotFoundError:  # it lay elsewhere when the list was checked
        return settings, None
