"""The corrections that hold in a workspace, as a table that a list can be corrected with."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from geocensus.checks import CLAIM_COLUMNS, CORRECTION_COLUMNS, REJECTED, WAS
from geocensus.workspace.store import exists

__all__ = ["CORRECTING", "decided_corrections", "standing_corrections"]

CORRECTING: Final = ("corrected", "claim_corrected")
_QUERY: Final = """
SELECT d.decision_id, d.source_id, d.outcome, d.before, d.after,
  (SELECT r.after FROM reviews r WHERE r.flag_id = d.flag_id AND r.decision_id = d.decision_id
   ORDER BY r.fid DESC LIMIT 1)
FROM decisions d
WHERE d.outcome IN ('corrected', 'claim_corrected')"""
_HOLDING: Final = """
  AND EXISTS (SELECT 1 FROM source_versions v WHERE v.source_id = d.source_id AND v.decision_id = d.decision_id)
  AND NOT EXISTS (SELECT 1 FROM decisions w WHERE w.flag_id = d.flag_id AND w.outcome = 'withdrawn'
                  AND json_extract(w.after, '$.withdraws') = d.decision_id)
"""
_READ_ON: Final = ("lon_text", "lat_text", "lon", "lat", *CLAIM_COLUMNS)


def _corrections_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return decisions as corrections, without rejected ones; with the reviewer's values where there are some."""
    if not rows:
        return pd.DataFrame(columns=list(CORRECTION_COLUMNS))
    ids, sources, kinds, before, after, reviews = zip(*rows, strict=True)
    was, values, said = (_objects(texts) for texts in (before, after, reviews))
    fixes = [review.get("values") or {} for review in said]
    table = pd.DataFrame.from_records([{**value, **fix} for value, fix in zip(values, fixes, strict=True)])
    seen = pd.DataFrame.from_records(was).reindex(columns=list(_READ_ON)).add_prefix(WAS)
    table = table.assign(decision_id=list(ids), source_id=list(sources), kind=list(kinds))
    table = pd.concat([table, seen], axis=1).reindex(columns=list(CORRECTION_COLUMNS))
    rejected = [review.get("verdict") == REJECTED for review in said]
    return table[~pd.Series(rejected, index=table.index)].reset_index(drop=True)


def _objects(texts: tuple[str | None, ...]) -> list[dict[str, Any]]:
    return list(json.loads(f"[{','.join(text or '{}' for text in texts)}]"))


def standing_corrections(connection: sqlite3.Connection, source_id: str | None = None) -> pd.DataFrame:
    """Return the corrections that were carried out in a workspace and still hold, oldest first.

    Parameters
    ----------
    connection
        Any connection.
    source_id
        Of one source only.

    Returns
    -------
    DataFrame
        For :func:`geocensus.checks.apply_corrections`; empty for a workspace of an older version.
    """
    if not exists(connection, "source_versions"):
        return _corrections_of([])
    where, values = (" AND d.source_id = ?", (source_id,)) if source_id is not None else ("", ())
    query = f"{_QUERY}{_HOLDING}{where} ORDER BY d.fid"
    return _corrections_of(connection.execute(query, values).fetchall())


def decided_corrections(connection: sqlite3.Connection, decision_ids: Sequence[str]) -> pd.DataFrame:
    """Return the corrections that decisions ask for, carried out or not.

    Parameters
    ----------
    connection
        Any connection.
    decision_ids
        Decisions.

    Returns
    -------
    DataFrame
        As :func:`standing_corrections`, in the order in which they were decided.
    """
    query = f"{_QUERY} AND d.decision_id IN (SELECT value FROM json_each(?)) ORDER BY d.fid"  # noqa: S608 - constants
    return _corrections_of(connection.execute(query, (json.dumps(list(decision_ids)),)).fetchall())
