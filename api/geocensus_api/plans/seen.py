"""Which plans a person sees: those all of whose areas are in scope; what is out of scope does not exist."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from geocensus_api.access.principal import Principal
from geocensus_api.errors import ProblemError
from geocensus_api.features.scope import codes_in_scope

__all__ = ["made_at", "no_plan", "require_area", "seen_plans"]


def seen_plans(connection: sqlite3.Connection, who: Principal) -> list[str]:
    """Return the names of the plans that a person sees, oldest first.

    Parameters
    ----------
    connection
        A workspace.
    who
        Who asks.

    Returns
    -------
    list of str
        All of them where the scope is everything.
    """
    codes = codes_in_scope(connection, who)
    rows = connection.execute("SELECT plan, within FROM plans WHERE plan IS NOT NULL ORDER BY fid").fetchall()
    return [name for name, within in rows if _covered(within, codes)]


def require_area(connection: sqlite3.Connection, within: Any, who: Principal, name: str) -> None:
    """Refuse a plan whose areas are not all in scope, in the words for one that is not there.

    Parameters
    ----------
    connection
        A workspace.
    within
        Codes of the areas, or their JSON text.
    who
        Who asks.
    name
        Name of the plan.

    Raises
    ------
    ProblemError
        404.
    """
    if not _covered(within, codes_in_scope(connection, who)):
        raise no_plan(name)


def made_at(connection: sqlite3.Connection, name: str, who: Principal) -> str:
    """Return when a plan that a person sees was made.

    Parameters
    ----------
    connection
        A workspace.
    name
        Name of the plan.
    who
        Who asks.

    Returns
    -------
    str
        The time; "" where it is not known.

    Raises
    ------
    ProblemError
        404.
    """
    row = connection.execute("SELECT within, coalesce(created, '') FROM plans WHERE plan = ?", (name,)).fetchone()
    if row is None:
        raise no_plan(name)
    require_area(connection, row[0], who, name)
    created: str = row[1]
    return created


def no_plan(name: str) -> ProblemError:
    """Return the answer for a plan that is not there.

    Parameters
    ----------
    name
        Its name.

    Returns
    -------
    ProblemError
        404.
    """
    return ProblemError(404, f"no plan {name[:80]!r}; /plans lists them", f"没有名为“{name[:80]}”的方案，见 /plans")


def _covered(within: Any, codes: Iterable[str] | None) -> bool:
    if codes is None:
        return True
    wanted = _listed(within)
    return bool(wanted) and set(wanted) <= set(codes)


def _listed(within: Any) -> list[str]:
    if not isinstance(within, str):
        return [str(code) for code in within or ()]
    try:
        read = json.loads(within)
    except ValueError:
        return []
    return [str(code) for code in read] if isinstance(read, list) else []
