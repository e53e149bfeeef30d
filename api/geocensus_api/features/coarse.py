"""Coarse points: who may not see where a source is sees it at the inner point of its village."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import sqlite3
from collections.abc import Iterable
from typing import Final

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geocensus.model import LEVELS
from geocensus.workspace import decode, encode_points, quoted
from geocensus_api.features.condition import Condition
from geocensus_api.features.kept import keep
from geocensus_api.features.layout import columns_of, tables_of

__all__ = ["CoarsePoints", "coarse_points"]

_LEVELS: Final = tuple(level for level in reversed(LEVELS) if level != "zone")  # nothing finer than a village

Box = tuple[float, float, float, float]


class CoarsePoints:
    """One point for each area, and the SQL that tells a source's area.

    Parameters
    ----------
    codes
        Codes of areas, each once.
    points
        Their points, degrees, shape (n, 2), longitude first.
    area
        An expression over a row of ``sources``: the code of its village, or of the next area above that it has.
    """

    def __init__(self, codes: list[str], points: NDArray[np.float64], area: str) -> None:
        self.area = area
        self.points = points
        self.codes = np.array(codes, dtype=object)
        self.places = dict(zip(codes, points.tolist(), strict=True))
        self.blobs: dict[str, bytes] = dict(zip(codes, encode_points(points[:, 0], points[:, 1]), strict=True))
        self._shapes = shapely.points(points)

    def anywhere(self) -> Condition:
        """Return the condition that a source has a point.

        Returns
        -------
        Condition
            False for a source that is in no area.
        """
        return self._among(self.codes)

    def in_box(self, box: Box) -> Condition:
        """Return the condition that a source's coarse point lies in a box or on its sides.

        Parameters
        ----------
        box
            Sides minx, miny, maxx, maxy in degrees.

        Returns
        -------
        Condition
            Over the codes of areas only: no exact place has a part in it.
        """
        minx, miny, maxx, maxy = box
        x, y = self.points[:, 0], self.points[:, 1]
        return self._among(self.codes[(x >= minx) & (x <= maxx) & (y >= miny) & (y <= maxy)])

    def related(self, relation: str, shape: BaseGeometry) -> Condition:
        """Return the condition that a source's coarse point has a relation to a shape.

        Parameters
        ----------
        relation
            A predicate of shapely, from the point to the shape.
        shape
            In degrees, longitude first.

        Returns
        -------
        Condition
            Over the codes of areas only.
        """
        return self._among(self.codes[getattr(shapely, relation)(self._shapes, shape)])

    def bounds(self, codes: Iterable[str]) -> Box | None:
        """Return the box around the points of some areas.

        Parameters
        ----------
        codes
            Of which those without a point are left out.

        Returns
        -------
        tuple or None
            None without any.
        """
        listed = [self.places[code] for code in codes if code in self.places]
        if not listed:
            return None
        low, high = np.min(listed, axis=0).tolist(), np.max(listed, axis=0).tolist()
        return low[0], low[1], high[0], high[1]

    def _among(self, codes: NDArray[np.object_]) -> Condition:
        return Condition(f"({self.area} IN (SELECT value FROM json_each(?)))", (orjson.dumps(codes.tolist()).decode(),))


def coarse_points(connection: sqlite3.Connection) -> CoarsePoints:
    """Return the inner point of every area down to the villages, and how a source's area is told.

    Parameters
    ----------
    connection
        A workspace.

    Returns
    -------
    CoarsePoints
        Points lie inside their areas (shapely.point_on_surface); areas without a border have none.
    """
    used = {"sources", *(f"areas_{level}" for level in _LEVELS)}
    found: CoarsePoints = keep(connection, "coarse points", lambda: _read(connection), tables=used.__contains__)
    return found


def _read(connection: sqlite3.Connection) -> CoarsePoints:
    # coarse ones first: where a code stands for several levels, the finest area's point is kept
    tables = [table for level in reversed(_LEVELS) if (table := f"areas_{level}") in tables_of(connection)]
    queries = [f"SELECT code, geom FROM {quoted(table)} WHERE geom IS NOT NULL" for table in tables]
    rows = {code: blob for query in queries for code, blob in connection.execute(query)}
    points = shapely.point_on_surface(decode(list(rows.values())))
    known = ~(shapely.is_missing(points) | shapely.is_empty(points))
    codes = [code for code, there in zip(rows, known, strict=True) if there]
    return CoarsePoints(codes, shapely.get_coordinates(points[known]), _area(connection))


def _area(connection: sqlite3.Connection) -> str:
    there = columns_of(connection, "sources")
    named = [f"nullif(code_{level}, '')" for level in _LEVELS if f"code_{level}" in there]
    if not named and "located_code" in there and "code_zone" not in there:
        named = ["located_code"]
    return f"coalesce({', '.join([*named, 'NULL', 'NULL'])})"
