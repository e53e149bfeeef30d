"""What to do next: the nearest open flag, and everybody's own lists."""
# ruff: noqa: S608 - conditions are made by the caller, from quoted names and question marks

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import pyproj

__all__ = ["LISTS", "Near", "nearest_open", "queue_of"]

_GEOD: Final = pyproj.Geod(ellps="GRS80")  # the ellipsoid of CGCS2000
_FIRST_M: Final = 500.0
_FACTOR: Final = 4.0
_WIDEST_M: Final = 2_000_000.0  # beyond it every flag is looked at
_METRES_PER_DEGREE: Final = 110_000.0  # a little less than any degree of latitude: boxes are never too small
_POLE: Final = 85.0

LISTS: Final = ("locked", "awaiting_review", "rejected", "to_review")


class Near(NamedTuple):
    """A flag and how far it is; NaN metres where its source has no place."""

    flag_id: str
    metres: float


def nearest_open(
    connection: sqlite3.Connection,
    lon: float,
    lat: float,
    *,
    author: str,
    condition: str = "",
    values: Sequence[Any] = (),
    limit: int = 1,
    now: datetime | None = None,
) -> list[Near]:
    """Return the open flags nearest to a place, by the geodesic; ties by id.

    Those that could not be decided come after all others, those of sources without a place at the end of either.

    Parameters
    ----------
    connection
        A workspace.
    lon, lat
        The place, degrees CGCS2000.
    author
        Who asks: flags that somebody else has locked are left out.
    condition, values
        Which flags, as SQL on the table of flags; by default all.
    limit
        How many.
    now
        By default the clock's time.

    Returns
    -------
    list of Near
        Nearest first; fewer where there are no more.
    """
    time = (now or datetime.now(UTC)).isoformat(timespec="milliseconds")
    held = "SELECT flag_id FROM locks WHERE author <> ? AND ? BETWEEN since AND until"
    free = f"flag_state <> 'closed' AND flag_id NOT IN ({held})"
    found: list[Near] = []
    for state in ("review_state <> 'unclear'", "review_state = 'unclear'"):
        clauses = " AND ".join(clause for clause in (free, state, f"({condition})" if condition else "") if clause)
        bound = (author, time, *values)
        if len(found) < limit:
            found += _placed(connection, lon, lat, clauses, bound, limit - len(found))
        if len(found) < limit:
            query = f"SELECT flag_id FROM flags WHERE lon IS NULL AND {clauses} ORDER BY flag_id LIMIT ?"
            found += [Near(row[0], np.nan) for row in connection.execute(query, (*bound, limit - len(found)))]
    return found


def _placed(
    connection: sqlite3.Connection, lon: float, lat: float, clauses: str, values: Sequence[Any], limit: int
) -> list[Near]:
    """Look into ever larger boxes of the layer's R-tree, until the box holds the whole circle of the last one found."""
    radius = _FIRST_M
    while True:
        box = _box(lon, lat, radius)
        inside = (
            "fid IN (SELECT id FROM rtree_flags_geom WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?) AND "
            if box
            else ""
        )
        query = f"SELECT flag_id, lon, lat FROM flags WHERE {inside}lon IS NOT NULL AND {clauses}"
        rows = connection.execute(query, (*box, *values)).fetchall()
        near = _sorted(rows, lon, lat)
        sure = near if not box else [one for one in near if one.metres <= radius]
        if len(sure) >= limit or not box:
            return sure[:limit]
        radius *= _FACTOR


def _box(lon: float, lat: float, radius: float) -> tuple[float, ...]:
    """Return a box that holds a circle; empty where there is none: too wide, at a pole, over the date line."""
    dy = radius / _METRES_PER_DEGREE
    if radius > _WIDEST_M or abs(lat) + dy > _POLE:
        return ()
    dx = dy / np.cos(np.radians(abs(lat) + dy))
    return () if abs(lon) + dx > 180.0 else (lon - dx, lon + dx, lat - dy, lat + dy)  # noqa: PLR2004 - the date line


def _sorted(rows: list[tuple[str, float, float]], lon: float, lat: float) -> list[Near]:
    if not rows:
        return []
    ids, lons, lats = zip(*rows, strict=True)
    metres = _GEOD.inv(np.full(len(rows), lon), np.full(len(rows), lat), np.array(lons), np.array(lats))[2]
    return sorted(map(Near, ids, metres.tolist()), key=lambda one: (one.metres, one.flag_id))


_OWN: Final = " JOIN decisions d ON d.flag_id = flags.flag_id AND d.decision_id = flags.decision_id"
_SAID: Final = (
    "EXISTS (SELECT 1 FROM reviews r WHERE r.flag_id = flags.flag_id AND r.decision_id = flags.decision_id"
    " AND r.author = ?1 AND r.verdict = 'disputed')"
)
_OTHERS: Final = (
    "(flags.review_state = 'decided' AND d.author <> ?1 OR flags.review_state = 'disputed' AND d.author <> ?1"
    f" AND NOT {_SAID})"
)
_QUERIES: Final = {
    "locked": (" JOIN locks l USING (flag_id)", "l.author = ?1 AND ?2 BETWEEN l.since AND l.until", "l.since"),
    "awaiting_review": (_OWN, "flags.review_state IN ('decided', 'disputed') AND d.author = ?1", "d.time"),
    "rejected": (_OWN, "flags.review_state = 'rejected' AND d.author = ?1", "d.time"),
    "to_review": (_OWN, _OTHERS, "d.time"),
}
_REASON: Final = (
    "(SELECT r.comment FROM reviews r WHERE r.decision_id = flags.decision_id AND r.verdict = 'rejected'"
    " ORDER BY r.fid DESC LIMIT 1) AS reason"
)
_MORE: Final = {"locked": ("l.until",), "rejected": (_REASON,)}


def queue_of(
    connection: sqlite3.Connection,
    name: str,
    *,
    author: str,
    condition: str = "",
    values: Sequence[Any] = (),
    limit: int = 100,
    now: datetime | None = None,
) -> tuple[int, list[dict[str, Any]]]:
    """Return one of a person's lists, oldest first.

    Parameters
    ----------
    connection
        A workspace.
    name
        One of LISTS: locked (by the person), awaiting_review (decided by the person), rejected (to the person), or
        to_review (decided by others).
    author
        The person.
    condition, values
        Which flags, as SQL on columns of the table of flags, and its values; by default all.
    limit
        Rows at most.
    now
        By default the clock's time.

    Returns
    -------
    tuple
        How many there are, and flag_id, source_id, rule, severity, message_zh, message_en, review_state, outcome and
        time (of the lock or the decision) of the first of them; for locks also until, for rejected ones the reason.
    """
    join, clause, order = _QUERIES[name]
    time = (now or datetime.now(UTC)).isoformat(timespec="milliseconds")
    scope = f" AND flags.flag_id IN (SELECT flag_id FROM flags WHERE {condition})" if condition else ""
    tail = f"FROM flags{join} WHERE ?2 <> '' AND ({clause}){scope}"  # ?1 and ?2 before the condition's own marks
    bound = (author, time, *values)
    columns = ("flag_id", "source_id", "rule", "severity", "message_zh", "message_en", "review_state", "outcome")
    asked = (*(f"flags.{column}" for column in columns), f"{order} AS time", *_MORE.get(name, ()))
    query = f"SELECT {', '.join(asked)} {tail} ORDER BY {order}, flags.flag_id LIMIT {int(limit)}"
    cursor = connection.execute(query, bound)
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return connection.execute(f"SELECT count(*) {tail}", bound).fetchone()[0], rows
