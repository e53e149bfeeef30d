"""Rows of the list that are no sources: summary tables, a blank row, a total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.demo.columns import HEADERS, NOTE
from geocensus.demo.vocabulary import CLASSES, SUMMARY_TABLES

if TYPE_CHECKING:
    from geocensus.demo.world import World

__all__ = ["with_rows_set_aside"]

_SMALLEST = 30  # a shorter list has sources only


def with_rows_set_aside(draft: pd.DataFrame, rows: int, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Replace the last sources by rows that are none, so that the list keeps its length.

    Parameters
    ----------
    draft : DataFrame
        Sources.
    rows : int
        Rows of the list.
    world : World
        The places: summary tables are named by towns.
    rng : numpy.random.Generator
        Decides which sources make room.

    Returns
    -------
    DataFrame
        Sources with summary tables behind them, a blank row and the total; a fresh index.
    """
    if rows < _SMALLEST:
        return draft
    total = sum(entry.size for entry in CLASSES) + SUMMARY_TABLES
    tables = max(1, round(rows * SUMMARY_TABLES / total))
    clean = draft.index[draft["kind"].eq("")].to_numpy()
    room = rng.choice(clean, tables + 2, replace=False)
    kept = draft[~draft.index.isin(room)]
    extra = [*(_summary(world, number) for number in range(tables)), {"kind": "blank_row"}, _total(len(kept))]
    added = pd.DataFrame(extra).reindex(columns=draft.columns)
    texts = [*HEADERS, "kind", "rules"]
    added = added.astype(dict.fromkeys(texts, "str")).fillna(dict.fromkeys(texts, ""))
    added[["village", "claim"]] = -1
    numbers = ["true_lon", "true_lat", "read_lon", "read_lat", "resolution_m"]
    added[numbers] = np.nan
    return pd.concat(
        [kept[[*texts, "village", "claim", *numbers]], added[[*texts, "village", "claim", *numbers]]], ignore_index=True
    )


def _summary(world: World, number: int) -> dict[str, str]:
    town = world.towns.iloc[number % len(world.towns)]
    title = "生活源彙總表" if world.traditional else "生活源汇总表"
    return {
        "id": f"{world.root_code}Z{number + 1:05d}",
        "name": town["name"] + title,
        "class": "汇总表",
        "code": town["code"].ljust(12, "0") if world.gb2260 else town["code"],
        "town": town["name"],
        "note": NOTE,
        "kind": "summary_table",
    }


def _total(count: int) -> dict[str, str]:
    return {"id": "合计", "name": f"共{count}家", "note": NOTE, "kind": "total_row"}
