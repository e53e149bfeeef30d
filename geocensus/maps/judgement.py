"""Causes and repairs as compact columns for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geocensus.checks import CAUSES
from geocensus.io import CERTAIN_FROM
from geocensus.names import CAUSE, LAT, LON, OFFERED, PROBABILITY, RANK, SOURCE_ID

if TYPE_CHECKING:
    from geocensus.maps.areas import AreaTable

__all__ = ["cause_columns", "repair_columns"]

_MOST: Final = 3  # causes told of one source
_DIGITS: Final = 7
_NAMES: Final = pd.Index(list(CAUSES))


def cause_columns(sources: pd.DataFrame, causes: pd.DataFrame, *, lang: str) -> dict[str, Any]:
    """Return the likeliest causes of each diagnosed source.

    Parameters
    ----------
    sources : pandas.DataFrame
        The sources the causes speak of.
    causes : pandas.DataFrame
        Columns source_id, rank, cause, probability, evidence_zh, evidence_en.
    lang : str
        "zh" or "en".

    Returns
    -------
    dict
        Lists source (row), rank, cause (position in names), p (0 to 1) and text (evidence), at most three of a source,
        the first cause first; and names, what people call each cause.
    """
    rows = _rows(sources, causes)
    shown = causes.assign(at=rows)[(causes[RANK] <= _MOST).to_numpy() & (rows >= 0)]
    shown = shown.sort_values(["at", RANK], kind="stable")
    return {
        "source": shown["at"].tolist(),
        "rank": shown[RANK].tolist(),
        "cause": _NAMES.get_indexer(pd.Index(shown[CAUSE])).tolist(),
        "p": shown[PROBABILITY].round(4).tolist(),
        "text": shown[f"evidence_{lang}"].fillna("").tolist(),
        "names": [_capital(text.get(lang)) for text in CAUSES.values()],
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def repair_columns(sources: pd.DataFrame, repairs: pd.DataFrame, areas: AreaTable, *, lang: str) -> dict[str, Any]:
    """Return one repair of each source: the offered one, else the best with the reason why it is not offered.

    Parameters
    ----------
    sources : pandas.DataFrame
        The sources the repairs speak of.
    repairs : pandas.DataFrame
        Repairs of a check.
    areas : AreaTable
        Areas of all levels.
    lang : str
        "zh" or "en".

    Returns
    -------
    dict
        Lists source (row), claim (1 where the claim is questioned, not the point), offered and certain (0 or 1), cause,
        p, x and y (degrees; None for claims), lon_text and lat_text (as intended, "" where unknown), area (position in
        the table of areas, -1 = none), moved (metres), text (evidence), reason (why not offered).
    """
    rows = _rows(sources, repairs)
    best = repairs.assign(at=rows, later=~repairs[OFFERED].astype(bool))[rows >= 0]
    best = best.sort_values(["at", "later", RANK], kind="stable").drop_duplicates("at")
    claim = (best["kind"] == "claim").to_numpy()
    offered = best[OFFERED].to_numpy(dtype=bool)
    probability = best[PROBABILITY].to_numpy(dtype=float)
    return {
        "source": best["at"].tolist(),
        "claim": claim.astype(int).tolist(),
        "offered": offered.astype(int).tolist(),
        "certain": (offered & (probability >= CERTAIN_FROM)).astype(int).tolist(),
        "cause": _NAMES.get_indexer(pd.Index(best[CAUSE])).tolist(),
        "p": np.round(probability, 4).tolist(),
        "x": _numbers(best[LON], _DIGITS, ~claim),
        "y": _numbers(best[LAT], _DIGITS, ~claim),
        "lon_text": best["lon_text"].fillna("").tolist(),
        "lat_text": best["lat_text"].fillna("").tolist(),
        "area": areas.find(best["proposed_code"]).tolist(),
        "moved": _numbers(best["moved_m"], 1, ~claim),
        "text": best[f"evidence_{lang}"].fillna("").tolist(),
        "reason": best[f"reason_{lang}"].fillna("").tolist(),
    }


def _rows(sources: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """Return the row of each one's source; -1 where there is none."""
    first = sources[SOURCE_ID].drop_duplicates()
    found = pd.Index(first).get_indexer(pd.Index(table[SOURCE_ID]))
    return np.where(found < 0, -1, first.index.to_numpy()[found]) if len(first) else np.full(len(table), -1)


def _numbers(values: pd.Series, digits: int, wanted: np.ndarray) -> list[float | None]:
    numbers = values.to_numpy(dtype=float)
    keep = np.isfinite(numbers) & wanted
    rounded = np.round(np.where(keep, numbers, 0.0), digits).astype(object)
    rounded[~keep] = None
    return rounded.tolist()
