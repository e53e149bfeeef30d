"""Carry accepted corrections out on sources, and take them back."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks import CLAIM_COLUMNS, apply_corrections
from geocensus.errors import ReviewError, SchemaError
from geocensus.model import LEVELS
from geocensus.workspace.corrections import decided_corrections, standing_corrections
from geocensus.workspace.review.judging import Change, change_sources
from geocensus.workspace.review.writing import Cause, row_of
from geocensus.workspace.store import exists

__all__ = ["Step", "carry_out", "claim_values", "require_last", "take_back"]

_PLACE: Final = (n.STATE, n.LON, n.LAT, n.COORDINATE_PROBLEM, n.RESOLUTION_M, "float_damage", n.CORRECTION)


@dataclass(frozen=True)
class Step:
    """A correction that is carried out or taken back: of which source, by which decision, and who does it."""

    source_id: str
    decision_id: str
    outcome: str
    author: str
    kind: str

    @property
    def cause(self) -> Cause:
        """Why rows and flags change.

        Returns
        -------
        Cause
            For the writers.
        """
        return Cause(self.decision_id, self.outcome, self.author, self.kind)


def claim_values(connection: sqlite3.Connection, code: str) -> dict[str, Any]:
    """Return the claim of an area: its code, and the names of it and of all above it.

    Parameters
    ----------
    connection
        A workspace.
    code
        Code of an area at any level.

    Returns
    -------
    dict
        The values claimed_code, claimed_name and claimed_{level}_name.

    Raises
    ------
    SchemaError
        The basemap has no such area.
    """
    names: dict[str, str] = {}
    wanted: str | None = code
    for level in reversed(LEVELS):
        if not exists(connection, f"areas_{level}"):
            continue
        query = f"SELECT name, parent_code FROM areas_{level} WHERE code = ?"  # noqa: S608 - one of LEVELS
        row = connection.execute(query, (wanted,)).fetchone()
        if row:
            names[level], wanted = row[0], row[1]
    if not names:
        raise SchemaError(
            f"claimed_code {code!r}: the basemap has no such area", f"claimed_code {code}：底图中没有这个区划"
        )
    named = {f"claimed_{level}_name": name for level, name in names.items() if level != "zone"}
    return {"claimed_code": code, "claimed_name": next(iter(names.values())), **named}


def carry_out(connection: sqlite3.Connection, steps: Sequence[Step]) -> Change:
    """Change sources as decisions say, and judge again what depends on them.

    Parameters
    ----------
    connection
        Inside a transaction in which the decisions are recorded.
    steps
        One per source.

    Returns
    -------
    Change
        What became of sources and flags.
    """
    corrections = decided_corrections(connection, [step.decision_id for step in steps])
    return change_sources(
        connection,
        lambda listed: apply_corrections(listed, corrections).sources,
        {step.source_id: step.cause for step in steps},
    )


def take_back(connection: sqlite3.Connection, step: Step) -> Change | None:
    """Give a source the values back that it had before a correction, and judge again what depends on it.

    Parameters
    ----------
    connection
        Inside a transaction.
    step
        The correction.

    Returns
    -------
    Change or None
        None where the source no longer has the corrected values: a later list was taken at its word.

    Raises
    ------
    ReviewError
        The source was corrected again since: that is to be taken back first.
    """
    correction = require_last(connection, step)
    before = _values_before(connection, step)
    row = row_of(connection, step.source_id)[1]
    if correction is None or before is None or not _still(row, correction):
        return None
    names = CLAIM_COLUMNS if step.outcome == "claim_corrected" else _PLACE
    return change_sources(
        connection,
        lambda listed: _restored(listed, step.source_id, {name: before.get(name) for name in names}),
        {step.source_id: step.cause},
    )


def require_last(connection: sqlite3.Connection, step: Step) -> pd.Series | None:
    """Return a correction that is to be taken back, and refuse one that others followed.

    Parameters
    ----------
    connection
        A workspace.
    step
        The correction.

    Returns
    -------
    Series or None
        None where it does not stand.

    Raises
    ------
    ReviewError
        The source was corrected again since.
    """
    standing = standing_corrections(connection, step.source_id)
    later = standing.index[standing[n.DECISION_ID] == step.decision_id]
    if not len(later):
        return None
    after = standing.loc[later[0] + 1 :, n.DECISION_ID].tolist()
    if after:
        raise ReviewError(
            f"source {step.source_id} was corrected again since (decision {after[-1]}): take that back first",
            f"对象 {step.source_id} 之后又被更正（处理记录 {after[-1]}）：请先撤回",
            details={"decision_id": after[-1]},
        )
    return standing.loc[later[0]]


def _values_before(connection: sqlite3.Connection, step: Step) -> dict[str, Any] | None:
    row = connection.execute(
        "SELECT \"values\" FROM source_versions WHERE source_id = ? AND decision_id = ? AND kind <> 'reverted'"
        " ORDER BY version DESC LIMIT 1",
        (step.source_id, step.decision_id),
    ).fetchone()
    return json.loads(row[0]) if row else None


def _still(row: dict[str, Any], correction: pd.Series) -> bool:
    """Tell whether a source has the values of a correction."""
    if correction["kind"] == "claim_corrected":
        return bool(row.get(n.CLAIMED_CODE) == correction[n.CLAIMED_CODE])
    return bool(row.get(n.LON) == correction[n.LON] and row.get(n.LAT) == correction[n.LAT])


def _restored(listed: pd.DataFrame, source_id: str, values: dict[str, Any]) -> pd.DataFrame:
    table = listed.copy()
    rows = table.index[table[n.SOURCE_ID] == source_id]
    for name, value in values.items():
        if name in table:
            kept = bool(value) if pd.api.types.is_bool_dtype(table[name].dtype) else value
            table.loc[rows, name] = np.nan if kept is None else kept
    return table
