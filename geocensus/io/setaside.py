"""Rows that are no sources: blank rows, totals, repeated headers, summary tables; set aside with their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["REASONS", "excluded_reason"]

REASONS: Mapping[str, Text] = {
    "blank_row": Text("空行", "blank row"),
    "total_row": Text("合计行", "total row"),
    "header_row": Text("重复的表头行", "repeated header row"),
    "summary_table": Text("汇总表，不是普查对象", "summary table, not a source"),
}

_TOTAL = r"^\s*(?:合\s*计|总\s*计|小\s*计|累\s*计|(?i:(?:grand |sub)?total|sum))\s*[:：]?\s*$"
_LEADING_COLUMNS = 4


def excluded_reason(raw: pd.DataFrame, roles: Mapping[str, str], has_coordinate: pd.Series) -> pd.Series:
    """Find the rows to set aside.

    Parameters
    ----------
    raw : DataFrame
        Cells as read.
    roles : Mapping
        Role to column.
    has_coordinate : Series of bool
        Rows with any text in a coordinate column; they are never set aside as totals or summary tables.

    Returns
    -------
    Series of str
        A key of REASONS, missing for the rows that are sources.
    """
    reason = pd.Series(np.nan, index=raw.index, dtype="str")
    total = _is_total(raw.iloc[:, :_LEADING_COLUMNS]) & ~has_coordinate
    reason[total] = "total_row"
    if "class" in roles:
        summary = raw[roles["class"]].astype("str").str.contains("汇总", regex=False).fillna(value=False).astype(bool)
        reason[summary & ~has_coordinate] = "summary_table"
    headers = list(roles.values())
    if headers and not any(pd.api.types.is_numeric_dtype(raw[header]) for header in headers):
        reason[_all(raw[headers], lambda texts: texts.str.strip() == texts.name)] = "header_row"
    reason[_all(raw, lambda texts: texts.isna() | (texts.str.strip() == ""))] = "blank_row"
    return reason


def _is_total(columns: pd.DataFrame) -> pd.Series:
    """Tell the rows in which one of the columns holds nothing but the word for a total."""
    result = np.zeros(len(columns), dtype=bool)
    for name in columns:
        if not pd.api.types.is_numeric_dtype(columns[name]):
            texts = pa.array(columns[name].astype("str"), type=pa.large_string(), from_pandas=True)
            found = pc.fill_null(pc.match_substring_regex(texts, _TOTAL), fill_value=False)
            result |= found.to_numpy(zero_copy_only=False)
    return pd.Series(result, index=columns.index)


def _all(columns: pd.DataFrame, test: object) -> pd.Series:
    """Test only the rows that passed so far: on a usual list the first columns settle it."""
    result = pd.Series(data=True, index=columns.index)
    for name in columns:
        alive = result.index[result]
        if alive.empty:
            break
        texts = columns.loc[alive, name].astype("str").rename(name)
        result.loc[alive] = test(texts).fillna(value=False).astype(bool)  # type: ignore[operator]
    return result
