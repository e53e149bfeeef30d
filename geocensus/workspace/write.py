"""Write the result of a check into a workspace, inside the caller's transaction."""

import json
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geocensus.checks import standing_of, what_changed
from geocensus.errors import SchemaError
from geocensus.model import LEVELS, RowSum, State
from geocensus.names import (
    BASIS,
    CODE,
    DECISION_ID,
    FLAG_ID,
    FLAG_STATE,
    LAT,
    LEVEL,
    LON,
    NAME,
    PARENT_CODE,
    REVIEW_STATE,
    SOURCE_ID,
    STATE,
)
from geocensus.workspace.columns import columns_of, fold_overflow
from geocensus.workspace.due import no_check_due
from geocensus.workspace.geometry import encode_areas, encode_lines, encode_points, point_bounds
from geocensus.workspace.judgement import write_judgement
from geocensus.workspace.neighbours import keep_groups
from geocensus.workspace.read import read_attributes, read_decisions, read_flags
from geocensus.workspace.schema import Table, drop_table
from geocensus.workspace.store import Content, content_of, put, require_ids
from geocensus.workspace.styles import refresh_styles
from geocensus.workspace.tables import (
    BARRIERS,
    BASEMAP_INFO,
    RUNS,
    SOURCE_TABLES,
    areas_table,
    flags_table,
    sources_table,
)

__all__ = ["write_basemap", "write_result"]


def write_result(connection: sqlite3.Connection, result: Any) -> str:
    """Bring every table to the state of one result and note the run.

    Parameters
    ----------
    connection
        Inside a transaction.
    result
        Has basemap, sources, flags, causes, repairs, shifts, summary, provenance (:meth:`Workspace.write`).

    Returns
    -------
    str
        The run's id.

    Raises
    ------
    SchemaError
        When rows do not add up, or ids are missing or doubled.
    """
    sums = _row_sum(result.sources, result.summary)
    require_ids(result.sources, SOURCE_ID, "sources")
    require_ids(result.flags, FLAG_ID, "flags")
    run_id = str(result.provenance.get("run_id") or _new_run_id())
    write_basemap(connection, result.basemap)
    _write_sources(connection, result.sources)
    counts = _write_flags(connection, result, run_id)
    write_judgement(connection, result)
    _write_run(connection, result, run_id, {**vars(sums), **counts})
    smallest = dict(result.provenance.get("settings") or {}).get("isolated_group", 0)
    keep_groups(connection, getattr(result, "neighbours", None), smallest)
    no_check_due(connection)
    refresh_styles(connection)
    return run_id


def _new_run_id() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _row_sum(sources: pd.DataFrame, summary: Mapping[str, Any]) -> RowSum:
    states = sources[STATE].value_counts()
    counted = {str(state): int(states.get(str(state), 0)) for state in State}
    told = {key: int(summary[key]) for key in ("rows", *counted) if key in summary}
    found = {"rows": len(sources), **counted}
    if sum(counted.values()) != len(sources) or any(found[key] != n for key, n in told.items()):
        raise SchemaError(
            f"rows do not add up: the table holds {found}, the summary says {told}; the workspace was not changed",
            f"行数不符：表中为 {found}，汇总为 {told}；工作区未作改动",
        )
    return RowSum(**found)


def _points(rows: pd.DataFrame) -> dict[str, NDArray[Any]]:
    lon, lat = (rows[axis].to_numpy(dtype=np.float64, na_value=np.nan) for axis in (LON, LAT))
    return {"blobs": encode_points(lon, lat), "bounds": point_bounds(lon, lat)}


def write_basemap(connection: sqlite3.Connection, basemap: Any) -> None:
    """Bring the areas of every level, the zones and the barriers to those of a basemap.

    Parameters
    ----------
    connection
        Inside a transaction.
    basemap
        Has levels, areas(), zones(), barriers and info.
    """
    for level in LEVELS:
        if level not in basemap.levels:
            drop_table(connection, f"areas_{level}")
    for level in basemap.levels:
        _write_areas(connection, areas_table(f"areas_{level}", level), basemap.areas(level))
    _write_areas(connection, areas_table("zones", basemap.levels[-1]), basemap.zones())
    blobs, bounds = encode_lines(basemap.barriers.geometry.to_numpy())
    put(connection, BARRIERS, content_of(BARRIERS, basemap.barriers, blobs=blobs, bounds=bounds))
    info = {**basemap.info.as_dict(), "sha256": basemap.info.sha256}
    put(connection, BASEMAP_INFO, Content([list(info), [_json(value) for value in info.values()]]))


def _write_areas(connection: sqlite3.Connection, table: Table, areas: gpd.GeoDataFrame) -> None:
    blobs, bounds = encode_areas(areas.geometry.to_numpy())
    put(connection, table, content_of(table, areas[[CODE, NAME, PARENT_CODE, LEVEL]], blobs=blobs, bounds=bounds))


def _write_sources(connection: sqlite3.Connection, sources: pd.DataFrame) -> None:
    rows = fold_overflow(sources).assign(position=np.arange(len(sources)))
    columns = columns_of(rows)
    for state in SOURCE_TABLES:
        chosen = (rows[STATE] == state).to_numpy()
        table = sources_table(state, columns)
        points = _points(rows.loc[chosen, [LON, LAT]]) if table.geometry else {}
        put(connection, table, content_of(table, rows, chosen=chosen, **points))
    _note(connection, "sources_attrs", dict(sources.attrs))


def _write_flags(connection: sqlite3.Connection, result: Any, run_id: str) -> dict[str, int]:
    """Write the flags of now; those of earlier runs keep the run that found them first, and their decision.

    Flags that a correction closed stay as long as the correction is applied: the run, which judged the corrected
    values, no longer finds them.
    """
    flags: pd.DataFrame = result.flags
    before = read_flags(connection)
    first = flags[FLAG_ID].map(before.set_index(FLAG_ID)["first_run"]).astype("str").fillna(run_id)
    rows = flags.drop(columns=[FLAG_STATE, REVIEW_STATE, "outcome", DECISION_ID], errors="ignore")
    known = flags if BASIS in flags else flags.assign(**{BASIS: ""})
    rows = rows.join(standing_of(known, read_decisions(connection), read_attributes(connection, "reviews")))
    rows = rows.assign(first_run=first, last_run=run_id)
    applied = dict(result.provenance.get("corrections") or {}).get("applied", ())
    settled = (before[FLAG_STATE] == "closed") & before[DECISION_ID].isin(list(applied))
    kept = before[settled & ~before[FLAG_ID].isin(rows[FLAG_ID])]
    standard = {column.name for column in flags_table().columns}
    table = flags_table(columns_of(rows[[name for name in rows.columns if name not in standard]]))
    stored = pd.concat([rows, kept], ignore_index=True) if len(kept) else rows
    put(connection, table, content_of(table, stored, **_points(stored)))
    changes = what_changed(rows, before[~before[FLAG_ID].isin(kept[FLAG_ID])])
    return {f"flags_{name}": count for name, count in changes.items()}


def _write_run(connection: sqlite3.Connection, result: Any, run_id: str, counts: Mapping[str, int]) -> None:
    given = dict(result.provenance)
    row = {
        **{column.name: None for column in RUNS.columns},
        **_nested(given, "input", ("file", "sha256")),
        **_nested({**result.summary, **given}, "basemap", ("name", "sha256", "code_year")),
        **{key: result.summary[key] for key in ("crs", "crs_assumed") if key in result.summary},
        **{column.name: given[column.name] for column in RUNS.columns if column.name in given},
        **counts,
        "run_id": run_id,
        "summary": _json(result.summary),
        "provenance": _json(given),
    }
    row["code_year"] = row["code_year"] or _nested(given, "basemap", ("code_year",)).get("basemap_code_year")
    names = [column.name for column in RUNS.columns]
    marks = ", ".join("?" * len(names))
    values = [_plain(row[name]) for name in names]
    connection.execute("DELETE FROM runs WHERE run_id = ?", (run_id,))  # the same run written again counts once
    connection.execute(f"INSERT INTO runs ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608 - our own names
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'runs'"
    )


def _nested(values: Mapping[str, Any], key: str, parts: tuple[str, ...]) -> dict[str, Any]:
    """Return {"input_file": …} for {"input": {"file": …}}; a plain text is the first part."""
    inner = values.get(key)
    if isinstance(inner, str):
        inner = {parts[0]: inner}
    return {f"{key}_{part}": inner[part] for part in parts if part in inner} if isinstance(inner, Mapping) else {}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _note(connection: sqlite3.Connection, key: str, value: Any) -> None:
    connection.execute("DELETE FROM workspace_info WHERE key = ?", (key,))
    connection.execute("INSERT INTO workspace_info (key, value) VALUES (?, ?)", (key, _json(value)))
