"""What the rules that compare rows say before and after a change, of every row that the change may concern.

Which rows these are follows from the links of the rules (:mod:`geocensus.checks.links`): rows at the points that the
changed sources leave and come to, their site and their outlets, and the groups of neighbours that they leave, join, or
make large enough or too small. All are found through indexes, and read with a few columns.
"""
# ruff: noqa: S608 - names of tables and columns are our own; values are parameters

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from geocensus import names as n
from geocensus.checks import LINKS, Link, Settings, flagged_by
from geocensus.model import State
from geocensus.workspace.neighbours import outlets_of
from geocensus.workspace.review.groups import GroupChange

__all__ = ["Neighbourhood", "Said"]

Said = dict[str, pd.DataFrame]  # by rule: messages zh and en by source_id
_COLUMNS: Final = (n.SOURCE_ID, n.STATE, n.LON, n.LAT, "parent_id", "duplicate_id")
_NOBODY: Final = pd.DataFrame({"zh": [], "en": []}, dtype="str")
_SUFFIX: Final = r"#+\d+$"  # of ids that stand twice
# CROSS JOIN fixes the order: from the few values through an index, never through the whole list
_AT_POINTS: Final = (
    "CROSS JOIN rtree_sources_geom r ON r.minx <= i.value ->> 0 AND r.maxx >= i.value ->> 0"
    " AND r.miny <= i.value ->> 1 AND r.maxy >= i.value ->> 1 CROSS JOIN sources s ON s.fid = r.id"
    " WHERE s.lon = i.value ->> 0 AND s.lat = i.value ->> 1"
)
_WITH_IDS: Final = "CROSS JOIN sources s ON s.source_id = i.value"
_TWICE: Final = (  # "$" comes after "#"
    "CROSS JOIN sources s ON s.source_id >= i.value || '#' AND s.source_id < i.value || '$'"
)


@dataclass(frozen=True)
class Neighbourhood:
    """Changed sources in a list: as they were and as they are, with the groups they may belong to as they are."""

    connection: sqlite3.Connection
    was: pd.DataFrame
    now: pd.DataFrame
    groups: GroupChange
    basemap: Any
    settings: Settings

    def said(self, others: Sequence[str] = ()) -> tuple[Said, Said]:
        """Say what rules that compare rows flag, before and after.

        Parameters
        ----------
        others
            Sources that the answers must be complete for, besides the changed ones.

        Returns
        -------
        tuple of dict
            By rule: messages of the flagged sources. Other rows than the changed ones and `others` are in them, too,
            as far as the change concerns them.
        """
        about = self._read(_WITH_IDS, others) if others else self._plain(self.was).iloc[:0]
        told: tuple[Said, Said] = ({}, {})
        for code, link in LINKS.items():
            if link == Link.GROUP:
                answers = self.groups.flagged(self._points, others, self.basemap, self.settings)
            elif link in {Link.POINT, Link.SITE}:
                linked = self._at_points(about) if link == Link.POINT else self._of_sites(about)
                if not self._telling(link, linked):
                    told[0][code] = told[1][code] = _NOBODY
                    continue
                answers = [
                    flagged_by(code, self._with(linked, rows), self.basemap, self.settings) for rows in self._states
                ]
            else:
                continue
            told[0][code], told[1][code] = answers
        return told

    def _telling(self, link: Link, linked: pd.DataFrame) -> bool:
        """Tell whether a rule can flag anybody at all: several rows at a point, or an outlet, are rare."""
        if link == Link.SITE:
            return any("parent_id" in rows and rows["parent_id"].notna().any() for rows in (linked, *self._states))
        counts = pd.concat([linked, *self._states]).value_counts([n.LON, n.LAT])
        return bool(len(counts)) and int(counts.iloc[0]) >= self.settings.stack_size

    def concerned(self, said: tuple[Said, Said]) -> list[str]:
        """Return the sources, besides the changed ones, of which a rule says something else than before.

        Parameters
        ----------
        said
            From :meth:`said`.

        Returns
        -------
        list of str
            Their ids, sorted.
        """
        found: set[str] = set()
        for code, before in said[0].items():
            both = before.add_suffix("_was").join(said[1][code], how="outer").fillna("")
            found |= set(both.index[(both["zh_was"] != both["zh"]) | (both["en_was"] != both["en"])])
        return sorted(found - set(self.was[n.SOURCE_ID]))

    @property
    def _states(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self._plain(self.was), self._plain(self.now)

    @staticmethod
    def _plain(rows: pd.DataFrame) -> pd.DataFrame:
        plain = rows[[name for name in _COLUMNS if name in rows]]
        return plain.set_axis(plain[n.SOURCE_ID])

    def _read(self, condition: str, values: Iterable[object]) -> pd.DataFrame:
        """Read located rows; the others have no say in these rules."""
        present = {row[1] for row in self.connection.execute("PRAGMA table_info(sources)")}
        names = [name for name in _COLUMNS if name in present and name in self.was]
        query = f"SELECT DISTINCT {', '.join(f's.{name}' for name in names)} FROM json_each(?) i {condition}"
        rows = self.connection.execute(query, (json.dumps(list(values)),)).fetchall()
        table = pd.DataFrame(rows, columns=names).astype({n.SOURCE_ID: "str", n.STATE: "str"})
        kinds = {name: "str" for name in ("parent_id",) if name in names}
        kinds |= {name: "bool" for name in ("duplicate_id",) if name in names} | {n.LON: "float64", n.LAT: "float64"}
        table = table.astype(kinds)
        return table.set_axis(table[n.SOURCE_ID])

    def _points(self, source_ids: Iterable[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return sources as they were and as they are."""
        found = self._read(_WITH_IDS, source_ids)
        was, now = (self._with(found, rows) for rows in self._states)
        return was, now

    @staticmethod
    def _with(found: pd.DataFrame, changed: pd.DataFrame) -> pd.DataFrame:
        rest = found[~found[n.SOURCE_ID].isin(changed[n.SOURCE_ID])]
        return pd.concat([rest, changed]) if len(rest) else changed

    def _at_points(self, about: pd.DataFrame) -> pd.DataFrame:
        rows = pd.concat([*self._states, about])
        points = rows.loc[rows[n.STATE] == State.LOCATED, [n.LON, n.LAT]].drop_duplicates()
        return self._read(_AT_POINTS, points.to_numpy(dtype=float).tolist())

    def _of_sites(self, about: pd.DataFrame) -> pd.DataFrame:
        rows = pd.concat([self._states[0], about])  # ids and sites are never corrected
        ids = rows[n.SOURCE_ID].str.replace(_SUFFIX, "", regex=True)
        own = {*ids, *rows[n.SOURCE_ID]}
        sites = own | set(rows["parent_id"].dropna() if "parent_id" in rows else ())
        parts = [self._read(how, sorted(sites)) for how in (_WITH_IDS, _TWICE)]
        parts.append(self._read(_WITH_IDS, outlets_of(self.connection, own)))
        found = pd.concat([part for part in parts if len(part)] or parts[:1])
        return found[~found[n.SOURCE_ID].duplicated()]
