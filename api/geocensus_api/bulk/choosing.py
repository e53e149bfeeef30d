"""The flags that a wish means, each with the state it is in."""

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import orjson
import shapely

from geocensus_api.access.principal import Principal
from geocensus_api.bulk.asked import BulkAsked
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import collection, properties
from geocensus_api.features.condition import Condition, all_of
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.selection import selected

__all__ = ["Chosen", "chosen_flags"]

_LISTED: Final = "flag_id, source_id, rule, severity, basis, flag_state, review_state, decision_id, lon, lat"


@dataclass(frozen=True)
class Chosen:
    """A flag as it stood when it was read; ``mark`` is another one after any step on it but a comment or a lock."""

    flag_id: str
    source_id: str
    rule: str
    severity: str
    basis: str
    flag_state: str
    review_state: str
    decision_id: str

    @property
    def mark(self) -> tuple[str, ...]:
        """What the state is known by.

        Returns
        -------
        tuple of str
            Basis, states and decision.
        """
        return self.basis, self.flag_state, self.review_state, self.decision_id


def chosen_flags(
    connection: sqlite3.Connection, asked: BulkAsked, who: Principal, *, most: int
) -> tuple[list[Chosen], int]:
    """Return the flags that a wish means, in the order of the file.

    Parameters
    ----------
    connection
        A workspace with our functions.
    asked
        The wish.
    who
        Who asks; sees own areas only.
    most
        Flags at most.

    Returns
    -------
    tuple
        The flags, and how many would be meant but for the polygon, for they have no place.

    Raises
    ------
    ProblemError
        400 for a wrong filter, 413 for more flags than allowed: none is left out silently.
    """
    rows = _rows(connection, asked, who)
    without = 0
    if asked.polygon is not None and rows:
        x, y = (np.array([row[number] for row in rows], dtype=float) for number in (-2, -1))
        shapely.prepare(asked.polygon)
        inside = shapely.intersects_xy(asked.polygon, x, y)  # a point on the border counts as in
        without = int((np.isnan(x) | np.isnan(y)).sum())
        rows = [row for row, kept in zip(rows, inside.tolist(), strict=True) if kept]
    if len(rows) > most:
        raise ProblemError(
            413,
            f"{len(rows)} flags; at most {most} at a time: narrow the choice",
            f"共 {len(rows)} 个疑点，每次最多 {most} 个，请缩小范围",
        )
    return [_chosen(row) for row in rows], without


def _rows(connection: sqlite3.Connection, asked: BulkAsked, who: Principal) -> list[tuple[Any, ...]]:
    entry = collection(connection, "flags", who)
    fields = list(properties(connection, entry))
    unknown = sorted(set(asked.values) - {one.name for one in fields})
    if unknown:
        raise ProblemError(
            400, f"values: {unknown[0][:40]!r} is not a property of flags", f"values：{unknown[0][:40]} 不是疑点的属性"
        )
    condition = selected(entry, fields, Wanted(None, asked.filter, dict(asked.values))).condition
    if asked.flag_ids is not None:
        named = Condition("flag_id IN (SELECT value FROM json_each(?))", (orjson.dumps(asked.flag_ids).decode(),))
        condition = all_of([condition, named])
    if asked.polygon is not None:
        minx, miny, maxx, maxy = asked.polygon.bounds
        near = Condition(
            "(lon IS NULL OR lon BETWEEN ? AND ?) AND (lat IS NULL OR lat BETWEEN ? AND ?)", (minx, maxx, miny, maxy)
        )
        condition = all_of([condition, near])
    query = f"SELECT {_LISTED} FROM flags{condition.where} ORDER BY fid"  # noqa: S608 - our own names
    return connection.execute(query, condition.values).fetchall()


def _chosen(row: tuple[Any, ...]) -> Chosen:
    return Chosen(*("" if value is None else str(value) for value in row[:8]))
