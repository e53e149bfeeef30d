"""The list of field zones: number, name, owner and share of the work; what stands keeps its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError, SplitInfeasibleError
from geocensus.zoning.assignments import FIELD_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ROSTER_COLUMNS", "complete_roster", "natural_order", "resolve", "roster_of"]

ROSTER_COLUMNS = (FIELD_ZONE, "name", "owner", "phone", "people", "start_lon", "start_lat")


def roster_of(
    teams: int | pd.DataFrame,
    *,
    locked: Sequence[str] = (),
    current: pd.Series | None = None,
    before: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Draw up the field zones of a split.

    Field zones of the lock list and of the current plan keep their keys; a team keeps the field zone of its name.
    Teams that are new take over field zones without a team, then new ones, numbered by the lowest free number. Where
    fewer field zones are wanted than there are, those with the least load are dissolved.

    Parameters
    ----------
    teams : int or DataFrame
        Number of field zones, or one row per team: columns of ``ROSTER_COLUMNS`` without field_zone.
    locked : sequence of str
        Field zones, or names of teams, that units are locked to.
    current : Series of float, optional
        Load of every field zone of the current plan, by key.
    before : DataFrame, optional
        Roster of the current plan, for names and owners.

    Returns
    -------
    roster : DataFrame
        One row per field zone, columns ``ROSTER_COLUMNS``.
    dissolved : list of str
        Field zones of the current plan that no longer exist.

    Raises
    ------
    SplitInfeasibleError
        More field zones in the lock list than wanted.

    Examples
    --------
    >>> roster, dissolved = roster_of(2, current=pd.Series({"1": 5.0, "2": 9.0, "3": 7.0}))
    >>> roster["field_zone"].tolist(), dissolved
    (['2', '3'], ['1'])
    """
    loads = pd.Series(dtype="float64") if current is None else current
    if isinstance(teams, (int, np.integer)):
        table = _anonymous(int(teams), locked, loads, before)
    else:
        table = _named(teams, locked, loads, before)
    dissolved = natural_order(set(loads.index) - set(table[FIELD_ZONE]))
    return table, dissolved


def resolve(zone: str, roster: pd.DataFrame) -> str | None:
    """Find a field zone by key or, where only one has it, by name.

    Parameters
    ----------
    zone : str
        Key or name.
    roster : DataFrame
        As :func:`roster_of` returns it.

    Returns
    -------
    str or None
        The key.
    """
    if (roster[FIELD_ZONE] == zone).any():
        return zone
    found = roster.loc[roster["name"] == zone, FIELD_ZONE]
    return str(found.iloc[0]) if len(found) == 1 else None


def natural_order(keys: Iterable[str]) -> list[str]:
    """Sort keys as people count: 2 before 10.

    Parameters
    ----------
    keys : iterable of str
        Keys of field zones.

    Returns
    -------
    list of str
        The keys in order.

    Examples
    --------
    >>> natural_order(["10", "2", "东"])
    ['2', '10', '东']
    """

    def parts(key: str) -> list[tuple[int, int, str]]:
        return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", key) if part]

    return sorted(keys, key=lambda key: (parts(key), key))


def _anonymous(count: int, locked: Sequence[str], loads: pd.Series, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return a roster of a plain number of field zones."""
    fixed = natural_order({_key_before(zone, before) for zone in locked})
    if len(fixed) > count:
        raise SplitInfeasibleError(
            f"the lock list names {len(fixed)} field zones, but {count} are asked for",
            f"锁定表中有 {len(fixed)} 个片区，而要求划分 {count} 个",
            reason="lock",
        )
    rest = loads.drop(fixed, errors="ignore")
    heaviest = sorted(rest.index, key=lambda key: (-rest[key], natural_order([key, *rest.index]).index(key)))
    kept = fixed + heaviest[: count - len(fixed)]
    table = pd.DataFrame({FIELD_ZONE: natural_order(kept + _fresh(count - len(kept), kept))})
    if before is not None:
        return complete_roster(table.merge(before.drop(columns="people", errors="ignore"), on=FIELD_ZONE, how="left"))
    return complete_roster(table)


def _named(teams: pd.DataFrame, locked: Sequence[str], loads: pd.Series, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return a roster of named teams."""
    names = teams["name"].astype("str").tolist()
    keys: list[str | None] = [None] * len(names)
    known = list(natural_order(loads.index))
    named = dict(zip(before["name"], before[FIELD_ZONE], strict=True)) if before is not None else {}
    for row, name in enumerate(names):
        key = name if name in known else named.get(name)
        keys[row] = key if key in known and key not in keys else None
    heirs = natural_order({zone for zone in locked if zone not in names and zone not in keys})
    heirs += [key for key in sorted(known, key=lambda key: -loads[key]) if key not in keys and key not in heirs]
    free = [row for row, key in enumerate(keys) if key is None]
    if len([zone for zone in heirs if zone in set(locked)]) > len(free):
        raise SplitInfeasibleError(
            f"the lock list names field zones that no team is left for: {len(names)} teams are listed",
            f"锁定表中的片区多于可分配的队伍：名单中共有 {len(names)} 支队伍",
            reason="lock",
        )
    fresh = _fresh(len(free), [key for key in (*keys, *heirs) if key])
    for row, key in zip(free, [*heirs, *fresh], strict=False):
        keys[row] = key
    return complete_roster(teams.reset_index(drop=True).assign(**{FIELD_ZONE: keys}))


def _key_before(zone: str, before: pd.DataFrame | None) -> str:
    return zone if before is None else resolve(zone, before) or zone


def _fresh(count: int, taken: Sequence[str]) -> list[str]:
    """Return the lowest numbers that are not taken."""
    numbers = (str(number) for number in range(1, count + len(taken) + 1))
    return [number for number in numbers if number not in set(taken)][:count]


def complete_roster(table: pd.DataFrame) -> pd.DataFrame:
    """Return a roster with all columns, in their order and types.

    Parameters
    ----------
    table : DataFrame
        Column field_zone, and any others.

    Returns
    -------
    DataFrame
        Columns ``ROSTER_COLUMNS``; a name is made where there is none, people are 1.

    Raises
    ------
    SchemaError
        No column field_zone.
    """
    if FIELD_ZONE not in table:
        raise SchemaError("field zones of today: no column field_zone", "现有片区表缺少 field_zone 列")
    full = table.reindex(columns=list(ROSTER_COLUMNS))
    for name in ("name", "owner", "phone"):
        full[name] = full[name].astype("str").where(full[name].notna(), "")
    keys = full[FIELD_ZONE] = full[FIELD_ZONE].astype("str")
    numbered = keys.where(~keys.str.isdecimal(), "片区" + keys)
    full["name"] = full["name"].where(full["name"] != "", numbered)
    for name in ("people", "start_lon", "start_lat"):
        full[name] = full[name].astype("float64")
    return full.assign(people=full["people"].fillna(1.0))
