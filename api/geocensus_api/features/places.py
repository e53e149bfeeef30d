"""Search by name, code or coordinate."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from geocensus.workspace import quoted
from geocensus_api.access.principal import Principal
from geocensus_api.features.catalogue import Collection, collections, properties
from geocensus_api.features.condition import Condition, all_of, any_of

__all__ = ["Found", "find", "plain"]

_CODES: Final = ("code", "source_id", "credit_code")
_AREAS: Final = "areas-"
_SEARCHED: Final = ("field-zones", "sources", "unlocated-sources", "excluded-rows", "census-zones")


@dataclass(frozen=True)
class Found:
    """A feature that was found: its collection and id, its code and name, and its place (minx, miny, maxx, maxy)."""

    collection: str
    fid: int
    code: str | None
    name: str | None
    bbox: tuple[float, float, float, float] | None


def plain(text: str) -> str:
    """Return a text as it is looked for: full-width signs as their plain ones, no blanks around it.

    Parameters
    ----------
    text
        As typed.

    Returns
    -------
    str
        NFKC.

    Examples
    --------
    >>> plain(" ３３０８２２ ")
    '330822'
    """
    return unicodedata.normalize("NFKC", text).strip()


def find(connection: sqlite3.Connection, text: str, limit: int, who: Principal) -> tuple[list[Found], bool]:
    """Return areas, field zones and sources whose name holds a text or whose code begins with it.

    Parameters
    ----------
    connection
        A workspace.
    text
        From :func:`plain`, not empty.
    limit
        Results of each collection at most.
    who
        Who asks: nothing is looked for in rows and properties that it does not see.

    Returns
    -------
    tuple
        Results, areas first, coarse before fine, the same code or name before the like of it; whether there are more.
    """
    results: list[Found] = []
    more = False
    for source in collections(connection, who):
        if source.id.startswith(_AREAS) or source.id in _SEARCHED:
            found = _in_table(connection, source, text, limit + 1)
            more |= len(found) > limit
            results += found[:limit]
    return results, more


def _in_table(connection: sqlite3.Connection, source: Collection, text: str, limit: int) -> list[Found]:
    there = {field.column for field in properties(connection, source)}
    codes = [name for name in (*_CODES, "field_zone") if name in there]
    named = ["name"] if "name" in there else []
    if not codes or source.coarse is not None:
        return []
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    same = any_of(Condition(f"{column} = ?", (text,)) for column in [*codes, *named])
    begins = any_of(Condition(f"{column} LIKE ? ESCAPE '\\'", (f"{escaped}%",)) for column in codes)
    holds = any_of(Condition(f"{column} LIKE ? ESCAPE '\\'", (f"%{escaped}%",)) for column in named)
    wanted = all_of([any_of([begins, holds]), source.condition])
    code, name = codes[0], named[0] if named else "NULL"
    query = (
        f"SELECT fid, {code}, {name} FROM {quoted(source.table)}{wanted.where} "
        f"ORDER BY CASE WHEN {same.sql} THEN 0 WHEN {begins.sql} THEN 1 ELSE 2 END, {code}, fid LIMIT ?"
    )
    values = (*wanted.values, *same.values, *begins.values, limit)
    rows = connection.execute(query, values).fetchall()
    return [Found(source.id, row[0], row[1], row[2], _bounds(connection, source, row[0])) for row in rows]


def _bounds(connection: sqlite3.Connection, source: Collection, fid: int) -> Any:
    """Return the box of a feature out of the R-tree; of a point exactly, out of its row."""
    if not source.geometry:
        return None
    if source.geometry == "POINT":
        row = connection.execute(f"SELECT lon, lat, lon, lat FROM {quoted(source.table)} WHERE fid = ?", (fid,))
    else:
        tree = quoted(f"rtree_{source.table}_geom")
        row = connection.execute(f"SELECT minx, miny, maxx, maxy FROM {tree} WHERE id = ?", (fid,))
    found = row.fetchone()
    return found if found and None not in found else None
