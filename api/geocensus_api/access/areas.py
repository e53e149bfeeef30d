"""Codes of areas that a scope may name."""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice

from geocensus.errors import SchemaError
from geocensus.model import LEVELS
from geocensus.workspace import quoted

__all__ = ["area_names", "checked_scope"]

_SHOWN = 12


def area_names(connection: sqlite3.Connection, codes: Iterable[str] | None = None) -> dict[str, str]:
    """Return the names of areas.

    Parameters
    ----------
    connection
        A workspace.
    codes
        Which ones; None for all.

    Returns
    -------
    dict
        Code to name, coarse levels first; codes that are in no table are left out.
    """
    wanted = None if codes is None else list(codes)
    there = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
    found: dict[str, str] = {}
    for table in (f"areas_{level}" for level in LEVELS if f"areas_{level}" in there):
        chosen = "" if wanted is None else f" WHERE code IN ({', '.join('?' * len(wanted))})"
        query = f"SELECT code, coalesce(name, '') FROM {quoted(table)}{chosen} ORDER BY code"  # noqa: S608 - a fixed name
        found.update((row[0], row[1]) for row in connection.execute(query, wanted or ()))
    return found


def checked_scope(connection: sqlite3.Connection, words: Sequence[str]) -> tuple[str, ...] | None:
    """Return what a person may see.

    Parameters
    ----------
    connection
        The workspace.
    words
        "all", or codes of areas of its basemap.

    Returns
    -------
    tuple
        Codes; None for everything.

    Raises
    ------
    SchemaError
        Codes that the basemap does not have; "all" beside codes.
    """
    words = [word.strip() for word in words]
    if words == ["all"]:
        return None
    if "all" in words:
        raise SchemaError("give either all or codes of areas, not both", "all 与区划代码只能给出一种")
    known = area_names(connection)
    if unknown := [word for word in words if word not in known]:
        shown = ", ".join(f"{code} {name}" for code, name in islice(known.items(), _SHOWN))
        more = max(0, len(known) - _SHOWN)
        raise SchemaError(
            f"the basemap of this workspace has no area {', '.join(unknown)}; known are: {shown or 'none'}"
            + (f" and {more} more" if more else ""),
            f"本工作区的底图中没有区划 {'、'.join(unknown)}；已有：{shown or '无'}"
            + (f" 等另 {more} 个" if more else ""),
        )
    return tuple(sorted(set(words)))
