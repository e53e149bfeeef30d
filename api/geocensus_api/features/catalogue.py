"""The collections of a workspace: which tables, under which names, with which columns."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from geocensus.model import LEVELS, Text
from geocensus.workspace import quoted, read_summary
from geocensus_api.errors import ProblemError

__all__ = ["Collection", "Property", "collection", "collections", "properties", "row_sum"]

_TITLES: Final = {
    "zones": Text("普查小区", "census zones"),
    "field_zones": Text("片区", "field zones"),
    "barriers": Text("屏障线", "barriers"),
    "sources": Text("污染源", "sources"),
    "unlocated_sources": Text("未定位污染源", "sources without a location"),
    "excluded_rows": Text("剔除的行", "rows set aside"),
    "flags": Text("疑点", "flags"),
    "causes": Text("原因判断", "causes"),
    "repairs": Text("修正建议", "repairs"),
    "repair_points": Text("修正建议点", "proposed points"),
    "shifts": Text("批次坐标偏移", "shifts of import groups"),
    "plans": Text("片区方案", "plans"),
    "plan_members": Text("片区方案的单元", "units of plans"),
    "plan_mix": Text("片区的类别与行业构成", "classes and sectors of field zones"),
    "census_zones": Text("编制的普查小区", "census zones as cut"),
    "census_zone_members": Text("普查小区的普查对象", "sources of census zones as cut"),
    "census_zone_history": Text("普查小区代码沿革", "history of census zone codes"),
}
_LEVELS: Final = {
    "province": Text("省", "provinces"),
    "prefecture": Text("市", "prefectures"),
    "county": Text("县", "counties"),
    "township": Text("乡镇", "townships"),
    "village": Text("村（社区）", "villages"),
    "zone": Text("普查小区（最细层级）", "zones"),
}
_TYPES: Final = {
    "REAL": "number",
    "DOUBLE": "number",
    "INTEGER": "integer",
    "MEDIUMINT": "integer",
    "BOOLEAN": "boolean",
}
# besides what is no property: names of files and people on the machine that made a plan
_HIDDEN: Final = frozenset({"fid", "geom", "position", "command", "operator", "provenance"})


@dataclass(frozen=True)
class Property:
    """A property of a feature: its column in the file, its name for clients, its JSON type, its title."""

    column: str
    name: str
    kind: str
    title: str = ""


@dataclass(frozen=True)
class Collection:
    """One collection; geometry is "" where features have none."""

    id: str
    table: str
    title: Text
    geometry: str
    bounds: tuple[float, float, float, float] | None


def collections(connection: sqlite3.Connection) -> list[Collection]:
    """Return the collections that a workspace offers, coarse areas first.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    list
        Ids are ASCII; titles are not.
    """
    areas = {f"areas_{level}": _LEVELS[level] for level in LEVELS}
    rows = connection.execute(
        "SELECT c.table_name, coalesce(g.geometry_type_name, ''), c.min_x, c.min_y, c.max_x, c.max_y"
        " FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g USING (table_name)"
    )
    found = {row[0]: row[1:] for row in rows}
    # flags have a point only where their source has one: without geometry all of them count, and none is null
    return [
        _collection(table, title, "" if table == "flags" else found[table][0], found[table][1:])
        for table, title in {**areas, **_TITLES}.items()
        if table in found
    ]


def _collection(table: str, title: Text, geometry: str, sides: tuple[float | None, ...]) -> Collection:
    bounds = tuple(side for side in sides if side is not None)
    box = (bounds[0], bounds[1], bounds[2], bounds[3]) if len(bounds) == len(sides) and geometry else None
    return Collection(table.replace("_", "-"), table, title, geometry, box)


def collection(connection: sqlite3.Connection, collection_id: str) -> Collection:
    """Return one collection.

    Parameters
    ----------
    connection
        A workspace.
    collection_id
        Its id.

    Returns
    -------
    Collection
        The collection.

    Raises
    ------
    ProblemError
        404.
    """
    for entry in collections(connection):
        if entry.id == collection_id:
            return entry
    raise ProblemError(
        404, f"no collection {collection_id!r}; /collections lists them", f"没有数据集 {collection_id}，见 /collections"
    )


def row_sum(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows the latest check read, and what became of them.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    dict
        The keys rows, located, unlocated and excluded; the last three add up to the first and count the features of
        sources, unlocated-sources and excluded-rows. Empty before the first check.
    """
    summary = read_summary(connection)
    return {key: int(summary[key]) for key in ("rows", "located", "unlocated", "excluded") if key in summary}


def properties(connection: sqlite3.Connection, table: str) -> list[Property]:
    """Return the properties of a table's features, the same for every one.

    Parameters
    ----------
    connection
        A workspace.
    table
        Name of the table.

    Returns
    -------
    list
        In the order of the file.
    """
    query = "SELECT column_name, name, coalesce(title, '') FROM gpkg_data_columns WHERE table_name = ?"
    known = {row[0]: row[1:] for row in connection.execute(query, (table,))}
    columns = connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
    return [
        Property(
            column,
            known.get(column, (column, ""))[0],
            _TYPES.get(kind.upper(), "string"),
            known.get(column, ("", ""))[1],
        )
        for _, column, kind, *_ in columns
        if column not in _HIDDEN
    ]
