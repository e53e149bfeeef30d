"""Write what differs between two judgements of a list: rows of sources, and flags."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.model import Status
from geocensus.workspace.audit import add_row, now
from geocensus.workspace.columns import columns_of, values_of
from geocensus.workspace.geometry import encode_points
from geocensus.workspace.schema import quoted
from geocensus.workspace.standing import renew_flags
from geocensus.workspace.tables import SOURCE_TABLES

__all__ = ["Cause", "row_of", "write_flags", "write_rows"]

_TABLES: Final = {state: name for state, (name, _title, _geometry) in SOURCE_TABLES.items()}


class Cause(NamedTuple):
    """Why a source changes: the decision (and whether it is carried out or taken back), its outcome, who, what."""

    decision_id: str
    outcome: str
    author: str
    kind: str  # of the version: "corrected", "claim_corrected", "fixed" or "reverted"


def write_rows(
    connection: sqlite3.Connection, was: pd.DataFrame, now_: pd.DataFrame, causes: Mapping[str, Cause]
) -> list[str]:
    """Bring the rows of sources from one judgement to another; the changed sources' old rows are kept as versions.

    Parameters
    ----------
    connection
        Inside a transaction.
    was, now_
        Sources with their results, same rows in the same order.
    causes
        The sources that somebody changed.

    Returns
    -------
    list of str
        Ids of the rows that were written.
    """
    if n.CORRECTION in now_:
        was = was.assign(**{n.CORRECTION: was.get(n.CORRECTION, pd.Series(np.nan, index=was.index, dtype="str"))})
        _add_column(connection)
    differs = pd.DataFrame({name: _differs(was[name], now_[name]) for name in now_.columns if name in was})
    rows = now_[differs.any(axis=1)]
    for source_id, cause in causes.items():
        _keep_version(connection, source_id, cause)
    changed, states = differs.loc[rows.index], was.loc[rows.index, n.STATE]
    for row, state, flags in zip(_records(rows), states, changed.to_numpy(), strict=True):
        names = [name for name, is_new in zip(changed.columns, flags, strict=True) if is_new]
        _write_row(connection, state, row, names)
    _note_extent(connection, "sources", rows)
    return rows[n.SOURCE_ID].tolist()


def _differs(one: pd.Series, other: pd.Series) -> pd.Series:
    a, b = one.to_numpy(dtype=object, na_value=None), other.to_numpy(dtype=object, na_value=None)
    return pd.Series(a != b, index=one.index).astype(bool) & ~(one.isna() & other.isna())


def _records(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield rows, few as they are, as SQLite takes them."""
    lists = {column.header: values_of(rows[column.header], column.kind) for column in columns_of(rows)}
    for number in range(len(rows)):
        yield {name: values[number] for name, values in lists.items()}


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")]


def _add_column(connection: sqlite3.Connection) -> None:
    for table in _TABLES.values():
        if n.CORRECTION not in _columns(connection, table):
            connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(n.CORRECTION)} TEXT")
            connection.execute(
                "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, '更正后的坐标', 'corrected place', NULL, NULL)",
                (table, n.CORRECTION, n.CORRECTION),
            )


def row_of(connection: sqlite3.Connection, source_id: str) -> tuple[str, dict[str, Any]]:
    """Return a source's table and its row without the geometry.

    Parameters
    ----------
    connection
        A workspace.
    source_id
        The source.

    Returns
    -------
    tuple
        "" and {} where there is none.
    """
    for table in _TABLES.values():
        cursor = connection.execute(f"SELECT * FROM {quoted(table)} WHERE source_id = ?", (source_id,))
        found = cursor.fetchone()
        if found:
            row = dict(zip((column[0] for column in cursor.description), found, strict=True))
            row.pop("geom", None)
            return table, row
    return "", {}


def _keep_version(connection: sqlite3.Connection, source_id: str, cause: Cause) -> None:
    number = connection.execute("SELECT count(*) FROM source_versions WHERE source_id = ?", (source_id,)).fetchone()[0]
    add_row(
        connection,
        "source_versions",
        source_id=source_id,
        version=number + 1,
        time=now(),
        author=cause.author,
        decision_id=cause.decision_id,
        kind=cause.kind,
        values=row_of(connection, source_id)[1],
    )


def _write_row(connection: sqlite3.Connection, state: str, row: dict[str, Any], names: list[str]) -> None:
    target = _TABLES[row[n.STATE]]
    known = set(_columns(connection, target))
    values = {name: row[name] for name in names if name in known}
    if target == _TABLES["located"] and {n.LON, n.LAT} & set(names):
        values["geom"] = _blob(row)
    if n.STATUS in values and _elsewhere(connection, row[n.SOURCE_ID]):
        values[n.STATUS] = str(Status.FLAGGED)
    if row[n.STATE] != state:
        _move(connection, _TABLES[state], target, {**row_of(connection, row[n.SOURCE_ID])[1], **values})
    elif values:
        sets = ", ".join(f"{quoted(name)} = ?" for name in values)
        connection.execute(
            f"UPDATE {quoted(target)} SET {sets} WHERE source_id = ?", (*values.values(), row[n.SOURCE_ID])
        )


def _elsewhere(connection: sqlite3.Connection, source_id: str) -> bool:
    """Tell whether a flag of the last check, of a rule that needs a second list, stands: it is not asked again here."""
    query = "SELECT 1 FROM flags WHERE source_id = ? AND rule = 'list.moved' AND flag_state <> 'closed'"
    return connection.execute(query, (source_id,)).fetchone() is not None


def _move(connection: sqlite3.Connection, old: str, new: str, row: dict[str, Any]) -> None:
    """Move a row between tables; it gets the fid back that it had there, where nobody else has it."""
    source_id = row[n.SOURCE_ID]
    connection.execute(f"DELETE FROM {quoted(old)} WHERE source_id = ?", (source_id,))
    fid = connection.execute(
        "SELECT json_extract(\"values\", '$.fid') FROM source_versions WHERE source_id = ?"
        " AND json_extract(\"values\", '$.state') = ? ORDER BY version DESC LIMIT 1",
        (source_id, row[n.STATE]),
    ).fetchone()
    free = fid and not connection.execute(f"SELECT 1 FROM {quoted(new)} WHERE fid = ?", fid).fetchone()
    values = {name: value for name, value in row.items() if name in _columns(connection, new) and name != "fid"}
    values |= {"fid": fid[0]} if free else {}
    columns, marks = ", ".join(map(quoted, values)), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {quoted(new)} ({columns}) VALUES ({marks})", tuple(values.values()))


def _blob(row: Mapping[str, Any]) -> bytes | None:
    lon, lat = (np.array([np.nan if row[axis] is None else row[axis]], dtype=float) for axis in (n.LON, n.LAT))
    blob: bytes | None = encode_points(lon, lat)[0]
    return blob


def _note_extent(connection: sqlite3.Connection, table: str, rows: pd.DataFrame) -> None:
    place = rows[[n.LON, n.LAT]].dropna()
    box = (place[n.LON].min(), place[n.LAT].min(), place[n.LON].max(), place[n.LAT].max()) if len(place) else ()
    sides = zip(("min_x", "min_y", "max_x", "max_y"), ("min", "min", "max", "max"), box, strict=False)
    for side, pick, value in sides:
        connection.execute(
            f"UPDATE gpkg_contents SET {side} = {pick}(coalesce({side}, ?1), ?1) WHERE table_name = ?2",
            (float(value), table),
        )
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = ?", (table,)
    )


def write_flags(
    connection: sqlite3.Connection, were: pd.DataFrame, are: pd.DataFrame, causes: Mapping[str, Cause]
) -> tuple[list[str], list[str]]:
    """Bring the flags from one judgement to another: what falls away is closed, what comes up is opened.

    Parameters
    ----------
    connection
        Inside a transaction.
    were, are
        Flags of both judgements.
    causes
        The sources that somebody changed; flags of their neighbours count to the last of them.

    Returns
    -------
    tuple
        Ids of the flags that were closed, and of those that were opened.
    """
    last = list(causes.values())[-1]
    gone = were[~were[n.FLAG_ID].isin(are[n.FLAG_ID])]
    closed = [
        flag_id
        for flag_id, source_id in zip(gone[n.FLAG_ID], gone[n.SOURCE_ID], strict=True)
        if _close(connection, flag_id, causes.get(source_id, last))
    ]
    new = ~are[n.FLAG_ID].isin(were[n.FLAG_ID])
    before = were.set_index(n.FLAG_ID).reindex(are[n.FLAG_ID]).reset_index()
    same = pd.DataFrame({name: ~_differs(before[name], are[name].reset_index(drop=True)) for name in are.columns})
    touched = are[(new | ~same.all(axis=1).set_axis(are.index))]
    for row in _records(touched):
        _write_flag(connection, row, causes.get(row[n.SOURCE_ID], last))
    renew_flags(connection, touched[n.FLAG_ID].tolist())
    _note_extent(connection, "flags", touched)
    return closed, are.loc[new, n.FLAG_ID].tolist()


def _close(connection: sqlite3.Connection, flag_id: str, cause: Cause) -> bool:
    """Close a flag that fell away; one that only the decision now taken back had brought up goes with it."""
    row = connection.execute("SELECT flag_state, first_run FROM flags WHERE flag_id = ?", (flag_id,)).fetchone()
    if row is None or row[0] == "closed":
        return False
    if cause.kind == "reverted" and row[1] == cause.decision_id:
        connection.execute("DELETE FROM flags WHERE flag_id = ?", (flag_id,))
    else:
        connection.execute(
            "UPDATE flags SET flag_state = 'closed', review_state = 'decided', outcome = ?, decision_id = ?"
            " WHERE flag_id = ?",
            (cause.outcome, cause.decision_id, flag_id),
        )
    return True


def _write_flag(connection: sqlite3.Connection, row: dict[str, Any], cause: Cause) -> None:
    known = set(_columns(connection, "flags"))
    values = {name: value for name, value in row.items() if name in known} | {"geom": _blob(row)}
    if connection.execute("SELECT 1 FROM flags WHERE flag_id = ?", (row[n.FLAG_ID],)).fetchone():
        sets = ", ".join(f"{quoted(name)} = ?" for name in values)
        connection.execute(f"UPDATE flags SET {sets} WHERE flag_id = ?", (*values.values(), row[n.FLAG_ID]))
        return
    values |= {"first_run": cause.decision_id, "last_run": cause.decision_id}
    columns, marks = ", ".join(map(quoted, values)), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO flags ({columns}) VALUES ({marks})", tuple(values.values()))
