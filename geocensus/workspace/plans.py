"""Plans of a split in a workspace: field zones, their units, and how each plan came about."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.names import CODE, NAME
from geocensus.workspace.columns import columns_of, values_of
from geocensus.workspace.geometry import SRS_ID, decode, encode_areas
from geocensus.workspace.read import read_table
from geocensus.workspace.schema import Table, create_index, create_table, describe, quoted, rtree
from geocensus.workspace.store import exists
from geocensus.workspace.styles import refresh_styles
from geocensus.workspace.tables import PLAN_MEMBERS, PLAN_MIX, PLANS, field_zones_table

__all__ = ["StoredPlan", "delete_plan", "plain_plan", "plan_of", "read_plan", "read_plans", "write_plan"]

_PLAN: Final = "plan"
_ZONE: Final = "field_zone"
_NO_MIX: Final = pd.DataFrame({column.name: [] for column in PLAN_MIX.columns})


@dataclass(frozen=True)
class StoredPlan:
    """A plan as it lies in a workspace.

    Attributes
    ----------
    name
        Name of the plan; one that is there already is replaced.
    field_zones
        GeoDataFrame in EPSG:4490, one row per field zone: field_zone, geometry and any of name, owner, load (minutes),
        units and further columns.
    members
        DataFrame, one row per unit: code, field_zone and any of name, load (minutes), sources.
    record
        What is known about the plan: columns of the table ``plans`` where their names fit (report and provenance as
        dicts), the rest within the provenance.
    mix
        DataFrame: field_zone, kind (class or sector), code, name_zh, name_en, sources; None without sources.
    """

    name: str
    field_zones: gpd.GeoDataFrame
    members: pd.DataFrame
    record: Mapping[str, Any] = field(default_factory=dict)
    mix: pd.DataFrame | None = None


def write_plan(connection: sqlite3.Connection, plan: StoredPlan) -> None:
    """Write a plan beside the others; one of the same name is replaced, its field zones keep their fids.

    Parameters
    ----------
    connection
        Inside a transaction.
    plan
        What to write.

    Raises
    ------
    SchemaError
        No name, no column field_zone or code, a field zone or unit given twice, or a unit of a field zone that is not
        there.
    """
    _require(plan)
    zones = pd.DataFrame(plan.field_zones.drop(columns=plan.field_zones.geometry.name)).assign(**{_PLAN: plan.name})
    members = plan.members.assign(**{_PLAN: plan.name})
    base = {column.name for column in field_zones_table().columns}
    extra = columns_of(zones[[name for name in zones.columns if name not in base]])
    layer = field_zones_table(extra)
    mixed = plan.mix is not None or exists(connection, PLAN_MIX.name)
    tables = (layer, PLANS, PLAN_MEMBERS, *([PLAN_MIX] if mixed else []))
    for table in tables:
        _ensure(connection, table)
    blobs, _bounds = encode_areas(plan.field_zones.geometry.to_numpy())
    _bring(connection, layer, (plan.name, _ZONE), zones, blobs.tolist())
    _bring(connection, PLAN_MEMBERS, (plan.name, CODE), members.sort_values(CODE, kind="stable"))
    _bring(connection, PLANS, (plan.name, _PLAN), pd.DataFrame([_record(plan)], dtype=object))
    if mixed:
        mix = _NO_MIX if plan.mix is None else plan.mix.assign(**{_PLAN: plan.name})
        _replace(connection, PLAN_MIX, plan.name, mix)
    for table in tables:
        _touch(connection, table)
    refresh_styles(connection)


def _require(plan: StoredPlan) -> None:
    for table, key, what in ((plan.field_zones, _ZONE, "field_zones"), (plan.members, CODE, "members")):
        wrong = key not in table or table[key].isna().any() or table[key].duplicated().any()
        if wrong or _ZONE not in table or not plan.name:
            raise SchemaError(
                f"plan {plan.name!r}: {what} need a name of the plan, a column field_zone, and a {key} of its own in "
                "each row; nothing was written",
                f"片区方案“{plan.name}”：{what} 须有方案名、field_zone 列，且每行的 {key} 唯一；未写入任何内容",
            )
    lost = plan.members.loc[~plan.members[_ZONE].isin(plan.field_zones[_ZONE]), CODE]
    if len(lost):
        listed = ", ".join(map(str, lost.iloc[:5]))
        raise SchemaError(
            f"plan {plan.name!r}: {len(lost)} units are in no field zone ({listed}); nothing was written",
            f"片区方案“{plan.name}”：有 {len(lost)} 个单元不属于任何片区（{listed}）；未写入任何内容",
        )


def _ensure(connection: sqlite3.Connection, table: Table) -> None:
    """Make a table, or add the columns it lacks; those that others gave it stay."""
    if not exists(connection, table.name):
        create_table(connection, table)
        create_index(connection, table)
        return
    present = {row[1].casefold() for row in connection.execute(f"PRAGMA table_info({quoted(table.name)})")}
    lacking = tuple(column for column in table.columns if column.name.casefold() not in present)
    for column in lacking:
        connection.execute(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {quoted(column.name)} {column.kind}")
    if lacking:
        described = _described(connection, table)
        describe(connection, Table(table.name, described, table.title))


def _described(connection: sqlite3.Connection, table: Table) -> tuple[Any, ...]:
    """Return the table's columns and those of other plans, so that none loses its title."""
    known = {column.name for column in table.columns}
    rows = connection.execute("SELECT column_name, name FROM gpkg_data_columns WHERE table_name = ?", (table.name,))
    others = pd.DataFrame(columns=[header for name, header in rows if name not in known])
    return (*table.columns, *columns_of(others))


def _bring(
    connection: sqlite3.Connection,
    table: Table,
    which: tuple[str, str],
    rows: pd.DataFrame,
    blobs: Sequence[Any] | None = None,
) -> None:
    """Bring a plan's rows of a table to new values: what is known by its key keeps its fid."""
    plan, key = which
    query = f"SELECT {quoted(key)}, fid FROM {quoted(table.name)} WHERE {_PLAN} = ?"
    found = connection.execute(query, (plan,)).fetchall()
    known, kept = dict(found), set(rows[key])
    gone = [(fid,) for value, fid in found if value not in kept or known[value] != fid]
    connection.executemany(f"DELETE FROM {quoted(table.name)} WHERE fid = ?", gone)
    names = [*(["geom"] if blobs is not None else []), *(column.name for column in table.columns)]
    values = list(zip(*([blobs] if blobs is not None else []), *_lists(table, rows), strict=True))
    fids = [known.get(value) for value in rows[key]]
    sets = ", ".join(f"{quoted(column)} = ?" for column in names)
    columns, marks = ", ".join(map(quoted, names)), ", ".join("?" * len(names))
    connection.executemany(
        f"UPDATE {quoted(table.name)} SET {sets} WHERE fid = ?",
        [(*row, fid) for row, fid in zip(values, fids, strict=True) if fid is not None],
    )
    connection.executemany(
        f"INSERT INTO {quoted(table.name)} ({columns}) VALUES ({marks})",
        [row for row, fid in zip(values, fids, strict=True) if fid is None],
    )


def _replace(connection: sqlite3.Connection, table: Table, plan: str, rows: pd.DataFrame) -> None:
    connection.execute(f"DELETE FROM {quoted(table.name)} WHERE {_PLAN} = ?", (plan,))
    columns = ", ".join(quoted(column.name) for column in table.columns)
    marks = ", ".join("?" * len(table.columns))
    connection.executemany(
        f"INSERT INTO {quoted(table.name)} ({columns}) VALUES ({marks})", zip(*_lists(table, rows), strict=True)
    )


def _lists(table: Table, rows: pd.DataFrame) -> list[list[Any]]:
    return [
        values_of(rows[column.header or column.name], column.kind)
        if (column.header or column.name) in rows
        else [None] * len(rows)
        for column in table.columns
    ]


def _record(plan: StoredPlan) -> dict[str, Any]:
    known = {column.name for column in PLANS.columns}
    rest = {key: value for key, value in plan.record.items() if key not in known}
    given = {key: value for key, value in plan.record.items() if key in known}
    given["provenance"] = {**dict(given.get("provenance") or {}), **rest}
    plain = {
        key: json.dumps(value, ensure_ascii=False, default=str)
        if isinstance(value, Mapping | list | tuple)
        else (str(value).lower() if key == "optimal" else value)
        for key, value in given.items()
    }
    return {
        "field_zones": len(plan.field_zones),
        "units": len(plan.members),
        **plain,
        _PLAN: plan.name,
    }


def _touch(connection: sqlite3.Connection, table: Table) -> None:
    """Note when a table changed and how far it reaches."""
    box: Sequence[float | None] = (None,) * 4
    if table.geometry:
        sides = "min(minx), min(miny), max(maxx), max(maxy)"
        box = connection.execute(f"SELECT {sides} FROM {quoted(rtree(table.name))}").fetchone()
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'),"
        " min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
        (*box, table.name),
    )


def delete_plan(connection: sqlite3.Connection, name: str) -> None:
    """Take a plan out of the workspace; nothing happens when it is not there.

    Parameters
    ----------
    connection
        Inside a transaction.
    name
        Name of the plan.
    """
    for table in (field_zones_table(), PLANS, PLAN_MEMBERS, PLAN_MIX):
        if exists(connection, table.name):
            connection.execute(f"DELETE FROM {quoted(table.name)} WHERE {_PLAN} = ?", (name,))
            _touch(connection, table)


def read_plans(connection: sqlite3.Connection) -> pd.DataFrame:
    """Return the record of every plan, oldest first.

    Parameters
    ----------
    connection
        Any connection.

    Returns
    -------
    DataFrame
        One row per plan; report, settings, versions and provenance as JSON texts. Empty where there is none.
    """
    if not exists(connection, PLANS.name):
        return pd.DataFrame({column.name: pd.Series(dtype="str") for column in PLANS.columns})
    return read_table(connection, PLANS.name).reset_index(drop=True)


def read_plan(connection: sqlite3.Connection, name: str) -> StoredPlan:
    """Return one plan.

    Parameters
    ----------
    connection
        Any connection.
    name
        Name of the plan.

    Returns
    -------
    StoredPlan
        Field zones in the order they were written, members by code; the record as plain values.

    Raises
    ------
    DataNotFoundError
        There is no plan of that name; the message lists those that are there.
    """
    plans = read_plans(connection).set_index(_PLAN)
    if name not in plans.index:
        there = ", ".join(map(str, plans.index)) or "(none)"
        raise DataNotFoundError(
            f"the workspace has no plan {name!r}; plans: {there}",
            f"工作区中没有名为“{name}”的片区方案；现有：{there}",
        )
    zones = _rows_of(connection, field_zones_table(), name).dropna(axis=1, how="all")
    members = _rows_of(connection, PLAN_MEMBERS, name).sort_values(CODE, ignore_index=True)
    mix = _rows_of(connection, PLAN_MIX, name) if exists(connection, PLAN_MIX.name) else _NO_MIX
    mix = mix.astype({"sources": "int64"})
    if NAME not in zones:
        zones[NAME] = zones[_ZONE]
    geometry = decode(zones["geom"].tolist()) if "geom" in zones else [None] * len(zones)
    table = gpd.GeoDataFrame(zones.drop(columns="geom", errors="ignore"), geometry=geometry, crs=f"EPSG:{SRS_ID}")
    texts = {"report", "settings", "versions", "provenance"}
    row = {key: value for key, value in plans.loc[name].items() if pd.notna(value)}
    record = {key: json.loads(value) if key in texts else value for key, value in row.items()}
    return StoredPlan(name, table, members, record, mix if len(mix) else None)


def _rows_of(connection: sqlite3.Connection, table: Table, plan: str) -> pd.DataFrame:
    """Return a plan's rows of a table, in the order they were written."""
    rows = read_table(connection, table.name, only=(_PLAN, plan))
    return rows.drop(columns=_PLAN).reset_index(drop=True)


def plain_plan(plan: StoredPlan) -> dict[str, Any]:
    """Return a plan as plain values, so that one that is deleted can be brought back.

    Parameters
    ----------
    plan
        As read from a workspace.

    Returns
    -------
    dict
        JSON can hold it; polygons as hexadecimal WKB.
    """
    zones = pd.DataFrame(plan.field_zones.drop(columns="geometry"))
    zones["geometry"] = shapely.to_wkb(plan.field_zones.geometry.to_numpy(), hex=True)
    tables = {"field_zones": zones, "members": plan.members, "mix": plan.mix}
    rows = {name: None if table is None else _split(table) for name, table in tables.items()}
    record = {key: value.item() if hasattr(value, "item") else value for key, value in plan.record.items()}
    return {"record": record, **rows}


def _split(table: pd.DataFrame) -> dict[str, Any]:
    plain = table.astype(object).where(table.notna(), None)
    return {"columns": list(plain.columns), "data": plain.to_dict("split", index=False)["data"]}


def plan_of(name: str, plain: Mapping[str, Any]) -> StoredPlan:
    """Return the plan that :func:`plain_plan` wrote down.

    Parameters
    ----------
    name
        Its name.
    plain
        The values.

    Returns
    -------
    StoredPlan
        The same field zones, members and record.
    """
    tables = {
        key: None if plain[key] is None else pd.DataFrame(plain[key]["data"], columns=plain[key]["columns"])
        for key in ("field_zones", "members", "mix")
    }
    zones, members = tables["field_zones"], tables["members"]
    assert zones is not None, "a plan has field zones"
    assert members is not None, "and units"
    shapes = shapely.from_wkb(zones["geometry"].to_numpy())
    layer = gpd.GeoDataFrame(zones.drop(columns="geometry"), geometry=shapes, crs=f"EPSG:{SRS_ID}")
    return StoredPlan(name, layer, members, dict(plain["record"]), tables["mix"])
