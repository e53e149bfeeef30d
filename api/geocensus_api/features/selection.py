"""From a query to SQL: which rows of a collection, in which order, with which columns."""

import base64
import binascii
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from geocensus.workspace import quoted
from geocensus_api.errors import ProblemError
from geocensus_api.features.catalogue import Collection, Property
from geocensus_api.features.condition import Condition, all_of
from geocensus_api.features.conditions import any_value, in_box
from geocensus_api.features.cql import filter_condition
from geocensus_api.features.parameters import Wanted

__all__ = ["Order", "Selection", "count", "everything", "selected"]

_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """One key of the order: a quoted column or an expression, and whether it falls."""

    column: str
    falling: bool = False


@dataclass(frozen=True)
class Selection:
    """Rows of a collection: condition, order (fid is always the last key), and the properties told of each."""

    source: Collection
    condition: Condition
    order: tuple[Order, ...]
    fields: tuple[Property, ...]

    @property
    def order_by(self) -> str:
        """The order as a clause; rows without a value come first, and last where it falls.

        Returns
        -------
        str
            " ORDER BY …".
        """
        keys = [f"{key.column}{' DESC' if key.falling else ''}" for key in self.order]
        return f" ORDER BY {', '.join(keys)}"

    def token(self, key: Sequence[Any]) -> str:
        """Return the name of a place in the order, for a link to what comes after it.

        Parameters
        ----------
        key
            The values of a row in the columns of the order.

        Returns
        -------
        str
            Empty where the values have no plain name.
        """
        if any(isinstance(value, bytes) or (isinstance(value, float) and not math.isfinite(value)) for value in key):
            return ""
        return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")

    def key(self, token: str) -> list[Any]:
        """Return the values of a row in the columns of the order.

        Parameters
        ----------
        token
            From :meth:`token`.

        Returns
        -------
        list
            The last one is the fid.

        Raises
        ------
        ProblemError
            400 for a token that is none.
        """
        return _read(token, len(self.order))

    def after(self, token: str) -> Condition:
        """Return the condition that a row comes after a place in the order.

        Parameters
        ----------
        token
            From :meth:`token`.

        Returns
        -------
        Condition
            Found through the order's index where there is one.

        Raises
        ------
        ProblemError
            400 for a token that is none.
        """
        key = self.key(token)
        steps = []
        for number, (order, value) in enumerate(zip(self.order, key, strict=True)):
            same = [
                Condition(f"{one.column} IS ?", (known,)) for one, known in zip(self.order[:number], key, strict=False)
            ]
            steps.append(all_of([*same, _beyond(order, value)]))
        values = tuple(value for step in steps for value in step.values)
        return Condition(f"({' OR '.join(f'({step.sql})' for step in steps)})", values)


def _beyond(order: Order, value: Any) -> Condition:
    if order.falling:
        empty = f"{order.column} IS NULL"
        return Condition("0") if value is None else Condition(f"({order.column} < ? OR {empty})", (value,))
    return Condition(f"{order.column} IS NOT NULL") if value is None else Condition(f"{order.column} > ?", (value,))


def _read(token: str, length: int) -> list[Any]:
    try:
        key = orjson.loads(base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4)))
    except (binascii.Error, UnicodeEncodeError, ValueError):
        key = None
    plain = isinstance(key, list) and len(key) == length and all(isinstance(v, str | int | float | None) for v in key)
    if not plain or type(key[-1]) is not int or any(isinstance(v, int) and abs(v) > _LARGEST for v in key):
        raise ProblemError(400, "after: take it from a next link as it is", "after：请原样使用 next 链接中的值")
    return list(key)


def selected(source: Collection, fields: Sequence[Property], wanted: Wanted) -> Selection:
    """Return what a query wants of a collection.

    Parameters
    ----------
    source
        The collection.
    fields
        All of its properties.
    wanted
        The query.

    Returns
    -------
    Selection
        Sorted by the keys wanted, then by fid; never more than the collection's own condition lets be seen.

    Raises
    ------
    ProblemError
        400.
    """
    named = {field.name: field for field in fields}
    conditions = [source.condition, *(any_value(named[name], texts) for name, texts in wanted.equal.items())]
    if wanted.bbox is not None:
        conditions.append(in_box(source, wanted.bbox))
    if wanted.filter:
        conditions.append(filter_condition(wanted.filter, source, named))
    order = [Order(named[key.lstrip("+- ")].sql, falling=key.startswith("-")) for key in wanted.sortby]
    told = fields if wanted.properties is None else [named[name] for name in wanted.properties]
    return Selection(source, all_of(conditions), (*order, Order("fid")), tuple(told))


def everything(source: Collection) -> Selection:
    """Return all that a person sees of a collection, without its properties.

    Parameters
    ----------
    source
        The collection.

    Returns
    -------
    Selection
        Sorted by fid.
    """
    return Selection(source, source.condition, (Order("fid"),), ())


def count(connection: sqlite3.Connection, selection: Selection) -> int:
    """Return how many rows are selected.

    Parameters
    ----------
    connection
        A workspace with our functions.
    selection
        Its order does not matter.

    Returns
    -------
    int
        Exact.
    """
    condition = selection.condition
    query = f"SELECT count(*) FROM {quoted(selection.source.table)}{condition.where}"  # noqa: S608 - through quoted()
    return int(connection.execute(query, condition.values).fetchone()[0])
