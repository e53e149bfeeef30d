"""Groups of neighbours that a change of sources concerns, as they were and as they are."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from geocensus.checks import GROUPINGS, Settings, flags_of_groups, grouped
from geocensus.workspace.neighbours import group_size, kept_groups, members_of, renew_groups, with_key

__all__ = ["GroupChange"]

_KEYS = list(GROUPINGS)
_Points = Callable[[Iterable[str]], tuple[pd.DataFrame, pd.DataFrame]]


class GroupChange:
    """What a change of sources makes of the groups that are kept in a workspace.

    Parameters
    ----------
    connection
        A workspace that keeps the groups of its list.
    keys
        Groups that the changed sources could belong to as they are now, by source_id
        (:func:`geocensus.checks.groupings.grouping_keys`).
    smallest
        Sources that a group has at least.
    """

    def __init__(self, connection: sqlite3.Connection, keys: pd.DataFrame, smallest: int) -> None:
        self._connection = connection
        self._smallest = smallest
        self._kept = kept_groups(connection, keys.index)
        self._now = keys
        self._sizes: dict[tuple[str, str], int] = {}
        self._answered: tuple[set[str], list[pd.DataFrame]] | None = None

    @cached_property
    def _more(self) -> dict[tuple[str, str], int]:
        """By how many each group that could be changes."""
        more: dict[tuple[str, str], int] = {}
        for table, step in ((self._kept, -1), (self._now, 1)):
            for key in _pairs(table):
                more[key] = more.get(key, 0) + step
        return {key: step for key, step in more.items() if step}

    def _size(self, key: tuple[str, str]) -> int:
        if key not in self._sizes:
            self._sizes[key] = group_size(self._connection, *key)
        return self._sizes[key]

    @cached_property
    def _moving(self) -> list[str]:
        """Sources that did not change, but of which a possible group becomes large enough, or too small."""
        crossing = [
            key
            for key, step in self._more.items()
            if (self._size(key) >= self._smallest) != (self._size(key) + step >= self._smallest)
        ]
        found = {source_id for key in crossing for source_id in with_key(self._connection, *key)}
        return sorted(found - set(self._now.index))

    def _groups_of(self, kept: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the groups of sources before and after, with their sizes."""
        now = kept[_KEYS].copy()
        changed = [source_id for source_id in self._now.index if source_id in now.index]
        now.loc[changed, _KEYS] = self._now.loc[changed, _KEYS].to_numpy()
        was = grouped(kept, self._smallest, self._counted(kept, {}))
        return was, grouped(now, self._smallest, self._counted(now, self._more))

    def _counted(self, keys: pd.DataFrame, more: dict[tuple[str, str], int]) -> pd.DataFrame:
        sizes = {}
        for grouping in GROUPINGS:
            distinct = keys[grouping].dropna().unique()
            counts = {key: self._size((grouping, key)) + more.get((grouping, key), 0) for key in distinct}
            sizes[grouping] = keys[grouping].map(counts).astype("float64")
        return pd.DataFrame(sizes, index=keys.index)

    def flagged(self, points: _Points, others: Sequence[str], basemap: Any, settings: Settings) -> list[pd.DataFrame]:
        """Say which sources are far from their neighbours, before and after.

        Parameters
        ----------
        points
            Gives sources with lon and lat, by source_id, as they were and as they are.
        others
            Sources whose groups are judged besides.
        basemap : Basemap
            The areas.
        settings
            What far is.

        Returns
        -------
        list of DataFrame
            Messages by source_id, before and after.
        """
        if self._answered is not None and self._complete_for(others):
            return self._answered[1]
        near = kept_groups(self._connection, [*self._now.index, *self._moving, *others])
        was, now = self._groups_of(near)
        asked = self._asked(was, now, others)
        rest = members_of(self._connection, asked)
        rest = rest[~rest.index.isin(near.index)]
        states = []
        for state, more, place in zip((was, now), ({}, self._more), points([*rest.index, *near.index]), strict=True):
            groups = pd.concat([self._as_kept(rest, more), state]) if len(rest) else state
            groups = groups[groups["group"].isin(asked)]
            states.append(flags_of_groups(place.loc[groups.index], groups, basemap, settings))
        self._answered = asked, states
        return states

    def _complete_for(self, others: Sequence[str]) -> bool:
        """Tell whether the groups of other sources were judged already."""
        known = self._answered[0] if self._answered else set()
        kept = kept_groups(self._connection, others)
        return not set(self._moving) & set(others) and set(kept["group"].dropna()) <= known

    def _asked(self, was: pd.DataFrame, now: pd.DataFrame, others: Sequence[str]) -> set[str]:
        """Return the groups that can be other ones, and those of other sources that are asked for."""
        certain = was.index.isin([*self._now.index, *others])
        moved = was["group"].fillna("") != now["group"].fillna("")
        groups = {*was.loc[certain | moved, "group"].dropna(), *now.loc[certain | moved, "group"].dropna()}
        return groups | {key for _grouping, key in self._more}  # the size of a group is told

    def _as_kept(self, rest: pd.DataFrame, more: dict[tuple[str, str], int]) -> pd.DataFrame:
        groups = rest[["group", "grouping"]]
        keys = groups.drop_duplicates()
        sizes = {key: self._size(key) + more.get(key, 0) for key in zip(keys["grouping"], keys["group"], strict=True)}
        size = [sizes[key] for key in zip(groups["grouping"], groups["group"], strict=True)]
        return groups.assign(size=pd.Series(size, index=groups.index, dtype="int64"))

    def keep(self) -> None:
        """Keep the groups as they are now; the connection is inside a transaction."""
        near = kept_groups(self._connection, [*self._now.index, *self._moving])
        now = self._groups_of(near)[1]
        for grouping in GROUPINGS:
            near.loc[self._now.index, grouping] = self._now[grouping].to_numpy()
        renew_groups(self._connection, near.assign(group=now["group"], grouping=now["grouping"]))


def _pairs(keys: pd.DataFrame) -> list[tuple[str, str]]:
    return [(grouping, key) for grouping in GROUPINGS for key in keys[grouping].dropna()]
