"""Accepted corrections: what a list says once people have corrected it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.model import LEVELS, State

__all__ = ["CLAIM_COLUMNS", "CORRECTION_COLUMNS", "WAS", "Corrected", "apply_corrections"]

CLAIM_COLUMNS: Final = (n.CLAIMED_CODE, *(f"claimed_{level}_name" for level in LEVELS if level != "zone"))
WAS: Final = "was_"  # prefix of the values that a correction was made on
_TEXTS: Final = (n.LON_TEXT, n.LAT_TEXT)
CORRECTION_COLUMNS: Final = (
    n.DECISION_ID,
    n.SOURCE_ID,
    "kind",
    n.LON,
    n.LAT,
    *CLAIM_COLUMNS,
    *(WAS + name for name in (*_TEXTS, n.LON, n.LAT, *CLAIM_COLUMNS)),
)


@dataclass(frozen=True)
class Corrected:
    """A corrected list; ids of the corrections that were applied, and of those that the list has overtaken."""

    sources: pd.DataFrame
    applied: tuple[str, ...]
    superseded: tuple[str, ...]


def apply_corrections(sources: pd.DataFrame, corrections: pd.DataFrame) -> Corrected:
    """Give sources the values that people accepted, wherever the list still says what they were decided on.

    A corrected coordinate makes the source located; what was written stays (``lon_text``, ``lat_text``, the raw
    columns), and the rules on written coordinates no longer speak of it. ``correction`` tells the corrected place in
    words: flags rest on it. Where the list has another text, or another claim, by now, the list wins.

    Parameters
    ----------
    sources : DataFrame
        A table of sources.
    corrections : DataFrame
        CORRECTION_COLUMNS: kind "corrected" (lon and lat, degrees CGCS2000) or "claim_corrected" (claimed code and
        names); oldest first: a later one builds on an earlier one of the same source.

    Returns
    -------
    Corrected
        All rows, in order. Corrections of sources that the list does not hold are in neither tuple.

    Examples
    --------
    >>> sources = pd.DataFrame({"source_id": ["a"], "state": ["unlocated"], "lon": [np.nan], "lat": [np.nan]})
    >>> sources = sources.assign(lon_text="28.5", lat_text="118.5")
    >>> made = {"decision_id": "d", "source_id": "a", "kind": "corrected", "lon": 118.5, "lat": 28.5}
    >>> done = apply_corrections(sources, pd.DataFrame([{**made, "was_lon_text": "28.5", "was_lat_text": "118.5"}]))
    >>> done.sources[["state", "lon", "correction"]].to_numpy().tolist(), done.applied
    ([['located', 118.5, '118.5000000, 28.5000000']], ('d',))
    """
    table, applied, superseded = sources.copy(), [], []
    if n.CORRECTION not in table and (corrections["kind"] != "claim_corrected").any():  # whichever part holds them
        table[n.CORRECTION] = pd.Series(np.nan, index=table.index, dtype="str")
    rows = pd.Series(np.arange(len(table)), index=table[n.SOURCE_ID].to_numpy())
    known = corrections.reindex(columns=list(CORRECTION_COLUMNS))
    known = known[known[n.SOURCE_ID].isin(rows.index)]
    number = known.groupby(n.SOURCE_ID).cumcount()
    for _, turn in known.groupby(number, sort=True):  # one correction per source at a time: few turns
        for kind, part in turn.groupby("kind", sort=False):
            where = rows[part[n.SOURCE_ID]].to_numpy()
            holds = _same(table.iloc[where], part, _read_columns(table, str(kind)))
            holds &= (table[n.STATE].iloc[where] != State.EXCLUDED).to_numpy()
            _set(table, where[holds], part[holds], str(kind))
            applied += part.loc[holds, n.DECISION_ID].tolist()
            superseded += part.loc[~holds, n.DECISION_ID].tolist()
    return Corrected(table, tuple(applied), tuple(superseded))


def _read_columns(table: pd.DataFrame, kind: str) -> list[str]:
    """Return what a list must still say: the written coordinate (the numbers, where it keeps no text), or the claim."""
    if kind == "claim_corrected":
        return [name for name in CLAIM_COLUMNS if name in table]
    return list(_TEXTS) if set(_TEXTS) <= set(table.columns) else [n.LON, n.LAT]


def _same(rows: pd.DataFrame, part: pd.DataFrame, columns: list[str]) -> np.ndarray:
    same = np.ones(len(part), dtype=bool)
    for name in columns:
        now, was = rows[name].to_numpy(dtype=object), part[WAS + name].to_numpy(dtype=object)
        both = (now == was) | (_blank(now) & _blank(was))
        same &= both.astype(bool)
    return same


def _blank(values: np.ndarray) -> np.ndarray:
    return pd.isna(values) | (values == "")


def _set(table: pd.DataFrame, where: np.ndarray, part: pd.DataFrame, kind: str) -> None:
    rows = table.index[where]
    if kind == "claim_corrected":
        for name in CLAIM_COLUMNS:
            if name in table:
                table[name] = table[name].astype("str")
                table.loc[rows, name] = part[name].astype("str").to_numpy()
        return
    lon, lat = (part[axis].to_numpy(dtype=float) for axis in (n.LON, n.LAT))
    values = {n.LON: lon, n.LAT: lat, n.STATE: str(State.LOCATED)}
    values |= {n.COORDINATE_PROBLEM: ""} if n.COORDINATE_PROBLEM in table else {}
    values |= {n.RESOLUTION_M: np.nan} if n.RESOLUTION_M in table else {}
    values |= {"float_damage": False} if "float_damage" in table else {}
    values[n.CORRECTION] = np.char.add(np.char.add(np.char.mod("%.7f", lon), ", "), np.char.mod("%.7f", lat)).astype(
        object
    )
    for name, value in values.items():
        table.loc[rows, name] = value
