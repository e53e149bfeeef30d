"""A condition of SQL with its values."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["EVERYTHING", "NOTHING", "Condition", "all_of", "any_of"]


@dataclass(frozen=True)
class Condition:
    """A condition of SQL and the values of its question marks; empty SQL means all."""

    sql: str = ""
    values: tuple[Any, ...] = ()

    @property
    def where(self) -> str:
        """The condition as a clause.

        Returns
        -------
        str
            " WHERE …", or nothing.
        """
        return f" WHERE {self.sql}" if self.sql else ""


EVERYTHING: Final = Condition()
NOTHING: Final = Condition("0")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that all of some conditions hold.

    Parameters
    ----------
    conditions
        Those that mean all are left out.

    Returns
    -------
    Condition
        Joined by AND.

    Examples
    --------
    >>> all_of([Condition(), Condition("a = ?", (1,)), Condition("b > ?", (2,))])
    Condition(sql='a = ? AND b > ?', values=(1, 2))
    """
    kept = [condition for condition in conditions if condition.sql]
    return Condition(" AND ".join(one.sql for one in kept), tuple(value for one in kept for value in one.values))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that at least one of some conditions holds.

    Parameters
    ----------
    conditions
        None of them means all.

    Returns
    -------
    Condition
        Joined by OR, in parentheses; without any, nothing meets it.

    Examples
    --------
    >>> any_of([Condition("a = ?", (1,)), Condition("b > ?", (2,))])
    Condition(sql='(a = ? OR b > ?)', values=(1, 2))
    >>> any_of([])
    Condition(sql='0', values=())
    """
    listed = list(conditions)
    if not listed:
        return NOTHING
    sql = " OR ".join(one.sql for one in listed)
    return Condition(f"({sql})", tuple(value for one in listed for value in one.values))
