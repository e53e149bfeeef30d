"""Cells to text, and text to one way of writing: NFKC, lower case, one kind of minus, no invisible characters."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray  # noqa: TC002 - a NamedTuple's fields are read at run time

__all__ = ["Folded", "ascii_digits_only", "cells_to_text", "cut", "digits_in", "fold", "index_of", "replace_where"]

_LONGEST = 100  # characters; no coordinate is longer, and a cell of a million must cost nothing
_TEXT = pa.large_string()
_UNREADABLE = "="  # no format reads it, and it is not missing

# Signs that people take for a degree, a prime or two, and that NFKC would turn into something else.
_BEFORE_NFKC = (("[⁰ﾟ゜º˚∘○◦]", "°"), ("[´΄]", "′"), ("[˝]", "″"))
# Footnote figures, circled digits and fractions become digits under NFKC: 118.5² must not be read as 118.52.
_FALSE_DIGIT = r"\p{No}"
_WIDE_DIGIT = r"[\x{FF10}-\x{FF19}\x{1D7CE}-\x{1D7FF}]"
_INVISIBLE = r"[\p{Cf}\x{FE00}-\x{FE0F}]"
_DASH = "[−‐‑‒–—―─ー]"

_PLACEHOLDER_RUN = r"""^[-_/\\|.*?~·…。,、;:'"\s]*$"""
_PLACEHOLDERS = (
    *("无", "無", "空", "空白", "缺", "缺失", "没有", "暂无", "暫無", "未知", "不详", "不詳", "不明", "待定", "待查"),
    *(
        "待补",
        "待核实",
        "待采集",
        "未填",
        "未填写",
        "未采集",
        "未测",
        "未提供",
        "无坐标",
        "无数据",
        "无经纬度",
        "不适用",
    ),
    *("null", "(null)", "<null>", "none", "nan", "<na>", "na", "n/a", "#n/a", "nil", "nat", "unknown", "missing"),
    *("tbd", "not available", "not applicable", "no data", "x", "xx", "xxx"),
)


def index_of(cells: Any) -> pd.Index | None:
    """Return the index of a Series, else None.

    Parameters
    ----------
    cells : any
        A column.

    Returns
    -------
    Index or None
        What results are to be labelled with.
    """
    return cells.index if isinstance(cells, pd.Series) else None


def cells_to_text(cells: Any) -> Any:
    """Turn a column of any kind into text; numbers as the shortest text that gives the same number.

    Parameters
    ----------
    cells : sequence, Series or pyarrow array
        Missing values of any kind stay missing; a number without fraction has no point (118, not 118.0); infinite
        numbers, booleans and dates become words, which no format reads.

    Returns
    -------
    pyarrow LargeStringArray
        As long as the input.
    """
    if isinstance(cells, pa.Array | pa.ChunkedArray):
        return _flat(cells.cast(_TEXT))
    series = cells if isinstance(cells, pd.Series) else _series(cells)
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return cells_to_text(series.astype(kind.categories.dtype))
    if isinstance(kind, pd.StringDtype):
        return _flat(pa.array(series, from_pandas=True).cast(_TEXT))
    if pd.api.types.is_object_dtype(kind):
        return _objects_to_text(series)
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
        return _flat(pa.array(series, from_pandas=True).cast(_TEXT))
    return _flat(pa.array(series.astype("str"), from_pandas=True).cast(_TEXT))


def _series(cells: Any) -> pd.Series:
    """Return a Series; half characters (lone surrogates), which no string column holds, are dealt with later."""
    try:
        return pd.Series(cells)
    except UnicodeEncodeError:
        return pd.Series(cells, dtype=object)


def _objects_to_text(series: pd.Series) -> Any:
    """Turn mixed cells into text, numbers apart from the rest."""
    is_number = series.map(type).isin([int, float, np.float64, np.float32, np.int64, np.int32]).to_numpy()
    try:
        text = pa.array(series.astype("str"), from_pandas=True)
    except UnicodeEncodeError:
        text = pa.array(series.map(_whole_characters, na_action="ignore").astype("str"), from_pandas=True)
    text = _flat(text.cast(_TEXT))
    if not is_number.any():
        return text
    numbers = pa.array(series[is_number].astype("float64"), from_pandas=True).cast(_TEXT)
    return pc.replace_with_mask(text, pa.array(is_number), _flat(numbers))


def _whole_characters(cell: Any) -> str:
    return str(cell).encode("utf-8", "backslashreplace").decode("utf-8")


def _flat(array: Any) -> Any:
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def replace_where(texts: Any, pattern: str, new: str) -> Any:
    r"""Replace a pattern, touching only the texts that have it (replacing costs ten times what looking costs).

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values stay missing.
    pattern : str
        RE2.
    new : str
        May refer to groups as ``\1``.

    Returns
    -------
    pyarrow LargeStringArray
        As long as the input.
    """
    hit = pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=False)
    if not pc.any(hit).as_py():
        return texts
    return pc.replace_with_mask(texts, hit, pc.replace_substring_regex(texts.filter(hit), pattern, new))


def cut(texts: Any) -> Any:
    """Replace texts of more than 100 characters by one that no format reads.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values stay missing.

    Returns
    -------
    pyarrow LargeStringArray
        As long as the input.
    """
    return pc.if_else(pc.greater(pc.utf8_length(texts), _LONGEST), pa.scalar(_UNREADABLE, _TEXT), texts)


def ascii_digits_only(texts: Any) -> Any:
    """Fold the texts that hold full-width or other compatible digits, so that all digits that count are ASCII.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        No missing values.

    Returns
    -------
    pyarrow LargeStringArray
        As long as the input.
    """
    wide = pc.match_substring_regex(texts, _WIDE_DIGIT)
    if not pc.any(wide).as_py():
        return texts
    return pc.replace_with_mask(texts, wide, pc.fill_null(_fold_unicode(texts.filter(wide)), _UNREADABLE))


class Folded(NamedTuple):
    """Folded texts, null where there is nothing to parse, and which of those are empty or a placeholder."""

    texts: Any
    missing: NDArray[np.bool_]


def fold(texts: Any) -> Folded:
    """Bring texts into one way of writing.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values allowed.

    Returns
    -------
    Folded
        Texts that hold false digits are null and not missing.
    """
    nothing = pa.scalar(None, _TEXT)
    absent = pc.is_null(texts)
    folded = texts
    if not pc.all(pc.string_is_ascii(folded)).as_py():
        folded = _fold_unicode(folded)
    folded = pc.utf8_lower(pc.utf8_trim_whitespace(folded))
    folded = replace_where(folded, "^['’‘]", "")  # how spreadsheets mark text
    placeholder = pc.or_(
        pc.match_substring_regex(folded, _PLACEHOLDER_RUN), pc.is_in(folded, pa.array(_PLACEHOLDERS, _TEXT))
    )
    missing = pc.or_(absent, pc.fill_null(placeholder, fill_value=False))
    folded = _fold_units(pc.if_else(missing, nothing, folded))
    # A sign that NFKC turns into a digit (the square of ㎡) must not become part of a number.
    same = pc.equal(digits_in(texts), digits_in(folded))
    return Folded(pc.if_else(same, folded, nothing), missing.to_numpy(zero_copy_only=False))


def digits_in(texts: Any) -> Any:
    """Count the ASCII digits of each text.

    Parameters
    ----------
    texts : pyarrow LargeStringArray
        Missing values stay missing.

    Returns
    -------
    pyarrow integer array
        As long as the input.
    """
    return pc.count_substring_regex(texts, "[0-9]")


def _fold_unicode(texts: Any) -> Any:
    """Fold what is not ASCII."""
    for pattern, new in _BEFORE_NFKC:
        texts = replace_where(texts, pattern, new)
    texts = pc.if_else(pc.match_substring_regex(texts, _FALSE_DIGIT), pa.scalar(None, _TEXT), texts)
    texts = replace_where(pc.utf8_normalize(texts, "NFKC"), _INVISIBLE, "")
    return replace_where(texts, _DASH, "-")


def _fold_units(texts: Any) -> Any:
    """Turn English units into marks; the s of 118d31m12s is seconds, any other is south."""
    texts = replace_where(texts, r"([0-9])\s*deg(?:rees?)?\.?", r"\1°")
    texts = replace_where(texts, r"([0-9])\s*min(?:utes?)?\.?", r"\1′")
    texts = replace_where(texts, r"([0-9])\s*sec(?:onds?)?\.?", r'\1"')
    return replace_where(texts, r"(d\s*[0-9]+\s*m\s*[0-9]+(?:[.,][0-9]*)?)\s*s", r'\1"')
