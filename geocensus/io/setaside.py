"""Rows that are no sources: blank rows, totals and other furniture of forms; set aside with their reason."""

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
    "total_row": Text("合计或小计行", "total or subtotal row"),
    "header_row": Text("重复的表头行", "repeated header row"),
    "column_numbers": Text("栏号行（甲、乙、1、2……）", "row that numbers the columns"),
    "form_note": Text("表尾的填表人、审核人或注释", "who filled in the form, or a note below it"),
    "summary_table": Text("汇总表，不是普查对象", "summary table, not a source"),
}

_WORDS = r"(?:合\s*计|总\s*计|小\s*计|累\s*计)"
_TOTAL = rf"^\s*(?:{_WORDS}|(?i:(?:grand |sub)?total|sum))\s*[:：]?\s*$"
_SUBTOTAL = rf"{_WORDS}\s*[:：]?\s*$"  # 天马街道小计, where nothing but numbers stands beside it
_NUMBER = r"^\s*[-+]?[0-9][0-9,]*(?:\.[0-9]*)?\s*%?\s*$"
_NOTE = (
    r"^\s*[(（]?(?:附?注|备注|说明|填表说明|(?:单位|统计|普查机构|填表|制表|审核|复核)?负责人|(?:填表|填报|制表|审核|复核|普查|统计)"
    r"(?:人|员|单位|日期|时间)|制表|联系(?:人|电话)|报出日期)\s*[0-9]{0,2}\s*[:：]"
)
_CODE = "[0-9]{6}"  # no count of sources has so many digits
_ANY_NOTE = r"[:：]"
_WHO = ("id", "name", "credit_code")  # filled in a source's row
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_FEWEST_NUMBERS = 4  # cells that make a row of column numbers
_LEADING_COLUMNS = 4
_TOP = 3  # rows below a header that may number the columns


def excluded_reason(
    raw: pd.DataFrame,
    roles: Mapping[str, str],
    has_coordinate: pd.Series,
    *,
    garbled: pd.Series | None = None,
    above: int = 0,
) -> pd.Series:
    """Find the rows to set aside.

    Parameters
    ----------
    raw : DataFrame
        Cells as read.
    roles : Mapping
        Role to column.
    has_coordinate : Series of bool
        Rows with any text in a coordinate column; they are never set aside as totals, notes or summary tables.
    garbled : Series of bool, optional
        Of these, rows whose text is no coordinate: a note of the form may run over the coordinate columns.
    above : int
        Rows of the list above the first of `raw`. That one may be of another part of the list, and too little is said
        of it: a row of column numbers is known by a repeated header above it.

    Returns
    -------
    Series of str
        A key of REASONS, missing for the rows that are sources.
    """
    reason = pd.Series(np.nan, index=raw.index, dtype="str")
    furniture = _texts(raw.loc[~has_coordinate | _merged(raw, roles)])
    notes = furniture if garbled is None else _texts(raw.loc[~has_coordinate | _merged(raw, roles) | garbled])
    reason[notes.index[_is_note(notes, roles)]] = "form_note"
    reason[furniture.index[_is_total(furniture, roles)]] = "total_row"
    if "class" in roles:
        summary = raw[roles["class"]].astype("str").str.contains("汇总", regex=False).fillna(value=False).astype(bool)
        reason[summary & ~has_coordinate] = "summary_table"
    headers = list(roles.values())
    if headers and not any(pd.api.types.is_numeric_dtype(raw[header]) for header in headers):
        reason[_all(raw[headers], lambda texts: texts.str.strip() == texts.name)] = "header_row"
    reason[_column_numbers(raw, after=reason == "header_row", above=above)] = "column_numbers"
    reason[_all(raw, lambda texts: texts.isna() | (texts.str.strip() == ""))] = "blank_row"
    return reason


def _texts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return cells as trimmed text, "" where empty; whole numbers without a point."""
    floats = [name for name in rows if pd.api.types.is_float_dtype(rows[name])]
    texts = rows.astype("str").fillna("").apply(lambda column: column.str.strip())
    return texts.assign(**{name: texts[name].str.removesuffix(".0") for name in floats})


def _blank(texts: pd.DataFrame) -> np.ndarray:
    return (texts == "").to_numpy(dtype=bool)


def _merged(raw: pd.DataFrame, roles: Mapping[str, str]) -> pd.Series:
    """Tell the rows whose first cell reaches over the coordinates, as notes and totals of forms do."""
    header = next((roles[role] for role in ("lon", "lon_deg", "coordinate") if role in roles), raw.columns[0])
    pair = raw[list(dict.fromkeys([raw.columns[0], header]))]
    if pair.shape[1] == 1 or not all(isinstance(kind, pd.StringDtype) for kind in pair.dtypes):
        return pd.Series(data=False, index=raw.index)
    return (raw.iloc[:, 0] == raw[header]).fillna(value=False).astype(bool)


def _matches(columns: pd.DataFrame, pattern: str) -> np.ndarray:
    """Tell the cells that a pattern is found in, as an array of the table's shape."""
    result = np.zeros(columns.shape, dtype=bool)
    for position, name in enumerate(columns):
        texts = pa.array(columns[name], type=pa.large_string(), from_pandas=True)
        result[:, position] = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return result


def _is_total(texts: pd.DataFrame, roles: Mapping[str, str]) -> np.ndarray:
    """Tell the rows with a cell that is the word for a total, or ends with it and has but numbers beside it."""
    leading = texts.iloc[:, :_LEADING_COLUMNS]
    total: np.ndarray = np.asarray(_matches(leading, _TOTAL).any(axis=1))
    sub = np.flatnonzero(_matches(leading, _SUBTOTAL).any(axis=1) & ~total)
    rows = texts.iloc[sub]
    named = _matches(rows, _SUBTOTAL)
    plain = (named | _blank(rows) | _matches(rows, _NUMBER)).all(axis=1)
    ids, codes = (
        [rows.columns.get_loc(roles[role]) for role in group if role in roles]
        for group in (("id", "credit_code"), ("claimed_code", "contact"))
    )
    nobody = (named | _blank(rows))[:, ids].all(axis=1) & ~_matches(rows.iloc[:, codes], _CODE).any(axis=1)
    total[sub[plain & nobody]] = True
    return total


def _is_note(texts: pd.DataFrame, roles: Mapping[str, str]) -> np.ndarray:
    """Tell the rows whose first filled cell starts as a note does, and that say of nobody who it is."""
    filled = ~_blank(texts)
    first = texts.to_numpy(dtype=object)[np.arange(len(texts)), filled.argmax(axis=1)]
    note = _matches(pd.DataFrame({"first": pd.Series(first, dtype="str")}), _NOTE)[:, 0]
    who = texts.iloc[:, [texts.columns.get_loc(roles[role]) for role in _WHO if role in roles]]
    return note & (_blank(who) | _matches(who, _ANY_NOTE)).all(axis=1)


def _column_numbers(raw: pd.DataFrame, *, after: pd.Series, above: int) -> pd.Index:
    """Return the rows below a header whose filled cells are 甲, 乙 … and 1, 2, 3 … in order."""
    positions = np.union1d(np.arange(max(min(_TOP - above, len(raw)), 0)), np.flatnonzero(after.to_numpy()[:-1]) + 1)
    rows = _texts(raw.iloc[positions]).apply(lambda column: column.str.strip("()（）栏 "))
    return rows.index[[_counts([cell for cell in cells if cell]) for cells in rows.itertuples(index=False)]]


def _counts(cells: list[str]) -> bool:
    """Tell whether the cells count 甲, 乙 … and then, or at once, 1, 2, 3 …."""
    stems = next((k for k, cell in enumerate(cells) if cell != _STEMS[k : k + 1]), len(cells))
    counted = [str(number) for number in range(1, len(cells) - stems + 1)]
    return len(cells) >= _FEWEST_NUMBERS and cells[stems:] == counted


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
