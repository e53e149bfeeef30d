"""A list of sources in parts: memory is bounded by the part, and parts may be read by different processes.

    plan = plan_list(path)                                        # one pass over the file at most
    parts = [read_part(plan, k) for k in range(plan.parts)]       # anywhere, in any order
    whole = plan.completed([part.facts for part in parts])        # what only the whole list can tell
    made = pd.concat([part.table["source_id"] for part in parts])
    ids, doubled = number_duplicates(made, plan.content_of)
    sources = [whole.finished(part.table, ids, doubled) for part in parts]

One after the other, these are exactly the rows of :func:`geocensus.io.sources.read_sources`, however many to a part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from geocensus import crs as systems
from geocensus import names as n
from geocensus.coordinates import float_damage, numbers_as_written, parse_rows
from geocensus.errors import CRSMismatchError
from geocensus.files import sha256
from geocensus.io.facts import PartFacts, facts_of, total
from geocensus.io.hints import damaged_codes, exchanged_degrees, may_be_northing_first, northing_first
from geocensus.io.identity import row_content
from geocensus.io.list_parts import list_parts
from geocensus.io.list_roles import find_roles, find_system, refuse_empty
from geocensus.io.points import refuse_other_shapes
from geocensus.io.rows import LARGEST_EXACT, contents, placed, sources_of
from geocensus.io.text import swallowed_notes
from geocensus.io.whole import DELIMITED, PARQUET
from geocensus.model import Text
from geocensus.schemas import COORDINATE_ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from geocensus.io.rawtable import RawParts, RawTable

__all__ = ["ROWS_PER_PART", "ListPlan", "Part", "WholeList", "part_of", "plan_list", "read_part"]

ROWS_PER_PART = 250_000
_NO_SHEETS = Text("文件没有工作表之分，--sheet 未起作用", "the file has no sheets: --sheet was ignored")


class Part(NamedTuple):
    """Rows of a list, and what they say about the whole of it.

    ``table`` is as :func:`geocensus.io.sources.read_sources` returns it but for what :meth:`WholeList.finished` does.
    """

    table: pd.DataFrame
    facts: PartFacts


@dataclass(frozen=True)
class WholeList:
    """What only the whole list can tell: attrs for all tables, and what float damage is."""

    attrs: Mapping[str, Any]
    damage: tuple[int, ...]

    def finished(self, table: pd.DataFrame, ids: pd.Series, doubled: pd.Series) -> pd.DataFrame:
        """Return a part as it stands in the whole list.

        Parameters
        ----------
        table : DataFrame
            From :func:`read_part`.
        ids, doubled : Series
            From :func:`geocensus.io.identity.number_duplicates`; of the list, or of the rows of the part.

        Returns
        -------
        DataFrame
            Rows of :func:`geocensus.io.sources.read_sources`.
        """
        columns = {
            n.SOURCE_ID: ids.loc[table.index],
            "duplicate_id": doubled.loc[table.index] & table[n.EXCLUDED_REASON].isna(),
            n.FLOAT_DAMAGE: float_damage(table[n.FLOAT_DAMAGE], self.damage),
        }
        sources = table.assign(**columns)
        sources.attrs = dict(self.attrs)
        return sources


@dataclass(frozen=True)
class ListPlan:
    """How a list is read: small, and the same for every process."""

    path: Path
    raw: RawParts
    roles: Mapping[str, str]
    system: systems.ListCRS
    whole_numbers: frozenset[str]  # columns of floats without fractions
    turned: bool  # X was found to be north
    attrs: Mapping[str, Any]  # of read_sources; notes as far as they are known before the rows are read
    notes_after: tuple[Text, ...]  # in the order of read_sources, behind what facts say

    @property
    def parts(self) -> int:
        """The number of parts.

        Returns
        -------
        int
            At least 1.
        """
        return len(self.raw.bounds) - 1

    @property
    def may_repeat_header(self) -> bool:
        """Whether a row may be a header, by which the row below it is judged.

        Returns
        -------
        bool
            False where a column that has a role holds numbers.
        """
        return not any(pd.api.types.is_numeric_dtype(self.raw.head.table[header]) for header in self.roles.values())

    def completed(self, facts: Sequence[PartFacts]) -> WholeList:
        """Judge the whole list.

        Parameters
        ----------
        facts : Sequence of PartFacts
            Of all parts, in order.

        Returns
        -------
        WholeList
            With the attrs of :func:`geocensus.io.sources.read_sources`.

        Raises
        ------
        SchemaError
            A layer has features that are no points.
        CRSMismatchError
            The values contradict the reference system.
        """
        known = total(facts)
        refuse_other_shapes(known.not_points, self.path, self.raw.head.sheet)
        if (against := systems.contradicted(known.contradictions, self.system)) is not None:
            raise CRSMismatchError(f"{self.path.name}: {against.en}", f"{self.path.name}：{against.zh}")
        notes = [
            *self.raw.head.notes,
            *swallowed_notes({h: known.swallowed[h] for h in self.raw.head.table if h in known.swallowed}),
            *self.notes_after,
            *self._hints(known),
            *damaged_codes(known.codes.spoilt, known.codes.first),
            *_converted(self.system, self.attrs["crs_reason"]),
        ]
        return WholeList({**self.attrs, "notes": [list(note) for note in notes]}, known.damage)

    def _hints(self, known: PartFacts) -> tuple[Text, ...]:
        if self.system.projected:
            return (northing_first(self.roles),) if self.turned else ()
        return exchanged_degrees(*known.exchanged)

    def content_of(self, rows: np.ndarray) -> pd.Series:
        """Read what some rows hold, by which equal ids are ordered.

        Parameters
        ----------
        rows : array of int
            Positions in the list, rising; only the parts that hold them are read, one at a time.

        Returns
        -------
        Series of str
            One text per row.
        """
        found = []
        for part, (start, stop) in enumerate(pairwise(self.raw.bounds)):
            wanted = rows[(rows >= start) & (rows < stop)]
            if len(wanted):
                found.append(row_content(contents(self.raw.read(part).table, self.roles).loc[wanted]))
        return pd.concat(found)


def plan_list(
    path: str | Path,
    *,
    crs: str | int | None = None,
    crs_reason: str = "",
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    parameters: Sequence[float] | None = None,
    rows_per_part: int = ROWS_PER_PART,
) -> ListPlan:
    """Decide how to read a list, so that each part can be read by itself.

    Parameters
    ----------
    path, crs, crs_reason, sheet, columns, parameters
        As for :func:`geocensus.io.sources.read_sources`.
    rows_per_part : int
        At most so many rows in one part.

    Returns
    -------
    ListPlan
        It can be pickled.

    Raises
    ------
    DataNotFoundError, UnreadableError, SchemaError, CRSMismatchError
        As for :func:`geocensus.io.sources.read_sources`; a contradiction between values and reference system shows
        only in :meth:`ListPlan.completed`.
    """
    path, stated = Path(path), columns or {}
    raw = list_parts(path, sheet, rows_per_part)
    refuse_empty(raw, path)
    roles = find_roles(raw, stated, path)
    system = find_system(crs, raw.head.crs, path, parameters)
    turned = may_be_northing_first(roles, stated) and system.projected and _northing_first(raw, roles, system)
    if turned:
        roles = {**roles, "lon": roles["lat"], "lat": roles["lon"]}
    attrs = {
        "file": path.name.encode("utf-8", "replace").decode(),  # a name in another encoding cannot be stored
        "sheet": raw.head.sheet,
        "encoding": raw.head.encoding,
        "sha256": sha256(path),
        "crs": system.key,
        "crs_assumed": crs is None and not raw.head.crs,
        "crs_reason": crs_reason.strip(),
        "columns": roles,
    }
    found = ", ".join(f"{role}={header}" for role, header in roles.items())
    after = [_NO_SHEETS] if sheet is not None and path.suffix.lower() in DELIMITED | PARQUET else []
    after.append(Text(f"识别的列：{found}", f"columns found: {found}"))
    return ListPlan(path, raw, roles, system, _whole_numbers(raw, roles), turned, attrs, tuple(after))


def read_part(plan: ListPlan, part: int) -> Part:
    """Read a part of a list.

    Parameters
    ----------
    plan : ListPlan
        From :func:`plan_list`.
    part : int
        Number of the part, from 0.

    Returns
    -------
    Part
        Rows with their position in the list as index; ids as written or made, float damage not yet decided.

    Raises
    ------
    UnreadableError
        The file cannot be read any more.
    """
    return part_of(plan, part, plan.raw.read(part, above=plan.may_repeat_header))


def part_of(plan: ListPlan, part: int, raw: RawTable) -> Part:
    """Turn raw rows into sources.

    Parameters
    ----------
    plan : ListPlan
        How the list is read.
    part : int
        Number of the part.
    raw : RawTable
        Its rows, as the plan reads them.

    Returns
    -------
    Part
        As :func:`read_part`.
    """
    start, stop = plan.raw.bounds[part : part + 2]
    extra = len(raw.table) - (stop - start)  # the row above the part
    points = placed(_parsed(raw, plan.roles, plan.system), plan.system)
    table = sources_of(raw, points, plan.roles, plan.whole_numbers, start - extra).iloc[extra:]
    return Part(table, facts_of(raw, points.iloc[extra:], table[n.CLAIMED_CODE], plan.system))


def _parsed(raw: RawTable, roles: Mapping[str, str], system: systems.ListCRS) -> pd.DataFrame:
    columns = {role: raw.table[header] for role, header in roles.items() if role in COORDINATE_ROLES}
    return parse_rows(columns, projected=system.projected)


def _northing_first(raw: RawParts, roles: Mapping[str, str], system: systems.ListCRS) -> bool:
    """Tell whether only X and Y of metres exchanged fit the system."""
    turned = {**roles, "lon": roles["lat"], "lat": roles["lon"]}
    return _contradicted(raw, roles, system) and not _contradicted(raw, turned, system)


def _contradicted(raw: RawParts, roles: Mapping[str, str], system: systems.ListCRS) -> bool:
    headers = [header for role, header in roles.items() if role in COORDINATE_ROLES]
    counts: dict[Text, int] = {}
    for part in range(len(raw.bounds) - 1):
        points = _parsed(raw.read(part, headers), roles, system)
        found = systems.count_contradictions(*numbers_as_written(points, projected=True), system)
        counts = {what: counts.get(what, 0) + count for what, count in found.items()}
    return systems.contradicted(counts, system) is not None


def _whole_numbers(raw: RawParts, roles: Mapping[str, str]) -> frozenset[str]:
    """Find the columns of floats that are texts to us and hold no fraction in any row, as ids with gaps."""
    table = raw.head.table
    headers = {header for role, header in roles.items() if role not in COORDINATE_ROLES}
    left = [header for header in table if header in headers and pd.api.types.is_float_dtype(table[header])]
    for part in range(len(raw.bounds) - 1) if left else ():
        read = raw.read(part, left).table
        left = [header for header in left if _is_whole(read[header].dropna())]
    return frozenset(left)


def _is_whole(numbers: pd.Series) -> bool:
    return bool(((numbers % 1 == 0) & (numbers.abs() < LARGEST_EXACT)).all())


def _converted(system: systems.ListCRS, reason: str) -> list[Text]:
    """Say that shifted coordinates were converted, and why: it is the user's word, and never happens by itself."""
    if system.key not in systems.SHIFTED:
        return []
    name, why = system.title, reason.strip()
    return [
        Text(
            f"按使用者声明由 {name.zh} 换算到 CGCS2000，理由：{why or '未填写（请用 --crs-reason 补记）'}",
            f"converted from {name.en} to CGCS2000 on the user's word; reason: "
            f"{why or 'none given (record one with --crs-reason)'}",
        )
    ]
