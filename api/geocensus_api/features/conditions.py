"""Which features are wanted, as conditions of SQL; all values are parameters."""
# ruff: noqa: S608 - names of tables and columns cannot be parameters of SQL; they go through quoted()

import math
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from geocensus.workspace import decode, quoted
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection, Property
from geocensus_api.features.condition import NOTHING, Condition, all_of

__all__ = ["RELATIONS", "Condition", "all_of", "any_value", "in_box", "register", "related"]

RELATIONS: Final = ("intersects", "disjoint", "equals", "touches", "crosses", "within", "contains", "overlaps")
_BROAD: Final = 0.05  # share of a layer's extent from which on the index, row by row, is better than its list
_LARGEST: Final = 2**63 - 1
_TRUTH: Final = {"true": 1, "1": 1, "false": 0, "0": 0}

Box = tuple[float, float, float, float]


def any_value(field: Property, texts: Sequence[str]) -> Condition:
    """Return the condition that a property has one of some values.

    Parameters
    ----------
    field
        The property.
    texts
        The values as the query has them; read by the property's type.

    Returns
    -------
    Condition
        Equality.

    Raises
    ------
    ProblemError
        400 where a text is no value of the type.

    Examples
    --------
    >>> any_value(Property("row", "row", "integer"), ["7"])
    Condition(sql='"row" IN (?)', values=(7,))
    """
    values = tuple(_value(field, text) for text in texts)
    return Condition(f"{field.sql} IN ({', '.join('?' * len(values))})", values)


def _value(field: Property, text: str) -> Any:
    if field.kind == "string":
        return text
    try:
        if field.kind == "boolean":
            return _TRUTH[text.strip().lower()]
        number = float(text) if text.isascii() else math.nan
    except (KeyError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ProblemError(400, f"{field.name}: give a {field.kind}", f"{field.name}：应为 {field.kind} 类型的值")
    return int(number) if number.is_integer() and abs(number) < _LARGEST else number


def in_box(source: Collection, box: Box) -> Condition:
    """Return the condition that a feature meets a box; one without geometry meets none.

    Parameters
    ----------
    source
        The collection.
    box
        Sides minx, miny, maxx, maxy in degrees.

    Returns
    -------
    Condition
        The R-tree proposes; where its float32 cannot decide, the exact geometry does.
    """
    if not source.geometry:
        return NOTHING
    if source.coarse is not None:
        return source.coarse.in_box(box)
    return _proposed(source, box, "intersects", shapely.box(*box).wkb, sure=True)


def related(source: Collection, relation: str, shape: BaseGeometry) -> Condition:
    """Return the condition that a feature's geometry has a relation to a shape.

    Parameters
    ----------
    source
        A spatial collection.
    relation
        One of RELATIONS, from the feature to the shape.
    shape
        In degrees, longitude first.

    Returns
    -------
    Condition
        Exact; the R-tree spares the test of what is far away.
    """
    if source.coarse is not None:
        return source.coarse.related(relation, shape)
    if relation == "disjoint":
        return Condition("(gc_relation(?, geom, ?) = 1)", (relation, shape.wkb))
    rectangle = relation == "intersects" and bool(shape.equals(shapely.box(*shape.bounds)))
    return _proposed(source, shape.bounds, relation, shape.wkb, sure=rectangle)


def _proposed(source: Collection, box: Box, relation: str, shape: bytes, *, sure: bool) -> Condition:
    tree, table = quoted(f"rtree_{source.table}_geom"), quoted(source.table)
    minx, miny, maxx, maxy = box
    near, near_values = "r.maxx >= ? AND r.minx <= ? AND r.maxy >= ? AND r.miny <= ?", (minx, maxx, miny, maxy)
    inside, inside_values = (
        "(r.minx >= ? AND r.maxx <= ? AND r.miny >= ? AND r.maxy <= ?) OR ",
        (minx, maxx, miny, maxy),
    )
    broad = _covers_much(source, box)
    # inside another query an unqualified name is the innermost table's, so the outer one's is spelled out
    geometry = f"{table}.geom" if broad else f"(SELECT geom FROM {table} AS g WHERE g.fid = r.id)"
    test = f"{inside if sure else ''}gc_relation(?, {geometry}, ?) = 1"
    values = (*near_values, *(inside_values if sure else ()), relation, shape)
    if broad:
        return Condition(f"EXISTS (SELECT 1 FROM {tree} AS r WHERE r.id = {table}.fid AND {near} AND ({test}))", values)
    return Condition(f"fid IN (SELECT r.id FROM {tree} AS r WHERE {near} AND ({test}))", values)


def _covers_much(source: Collection, box: Box) -> bool:
    """Tell whether a box holds so much of a layer that a page is found sooner by walking along the ids."""
    if source.bounds is None:
        return False
    minx, miny, maxx, maxy = source.bounds
    width = (min(maxx, box[2]) - max(minx, box[0])) / max(maxx - minx, 1e-9)
    height = (min(maxy, box[3]) - max(miny, box[1])) / max(maxy - miny, 1e-9)
    return min(width, height) > 0 and width * height > _BROAD


def register(connection: sqlite3.Connection) -> None:
    """Give SQLite the functions that conditions call.

    Parameters
    ----------
    connection
        A workspace.
    """
    connection.create_function("gc_casefold", 1, _casefold, deterministic=True)
    connection.create_function("gc_relation", 3, _relation, deterministic=True)


def _casefold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _relation(relation: str, blob: bytes | None, shape: bytes) -> int | None:
    """Return 1 or 0; None, as SQL has it, where there is no geometry or it cannot be judged."""
    try:
        geometry = decode([blob])[0]
        return None if geometry is None else int(_test(relation, geometry, _prepared(shape)))
    except (shapely.GEOSException, IndexError, TypeError):
        return None


def _test(relation: str, geometry: BaseGeometry, shape: BaseGeometry) -> bool:
    turned = {"within": "contains", "contains": "within"}.get(relation, relation)  # the prepared one stands first
    return bool(getattr(shapely, turned)(shape, geometry))


@lru_cache(maxsize=16)
def _prepared(shape: bytes) -> BaseGeometry:
    geometry = shapely.from_wkb(shape)
    shapely.prepare(geometry)
    return geometry
