"""Columns of text, put together whole: the words of evidence without a loop over rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["chosen", "column", "grouped", "joined", "metres_said", "number_said", "positions_in", "taken"]

_KM = 1000.0
_FAR = 100.0  # kilometres from which decimals are left out


def joined(*parts: str | pa.Array) -> pa.Array:
    """Put texts side by side, row by row.

    Parameters
    ----------
    *parts : str or pyarrow.Array
        Columns of text of one length, and fixed texts; a missing value makes the row missing.

    Returns
    -------
    pyarrow.Array
        Texts.

    Examples
    --------
    >>> joined("a", pa.array(["1", "2"], pa.large_string())).to_pylist()
    ['a1', 'a2']
    """
    columns = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, pa.scalar("", pa.large_string()))


def grouped(texts: pa.Array, bounds: NDArray[np.int64]) -> pa.Array:
    """Put texts one after the other that stand in one group.

    Parameters
    ----------
    texts : pyarrow.Array
        Large strings, none missing, group by group.
    bounds : array of int
        Where each group begins, and the end.

    Returns
    -------
    pyarrow.Array
        One text per group; the letters are shared, not copied.

    Examples
    --------
    >>> grouped(pa.array(["a", "b", "c"], pa.large_string()), np.array([0, 2, 2, 3])).to_pylist()
    ['ab', '', 'c']
    """
    _, offsets, letters = texts.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    return pa.LargeStringArray.from_buffers(len(bounds) - 1, pa.py_buffer(starts[bounds]), letters)


def column(texts: pa.Array) -> pd.api.extensions.ExtensionArray:
    """Make a column of a table, without a copy.

    Parameters
    ----------
    texts : pyarrow.Array
        Large strings.

    Returns
    -------
    ExtensionArray
        Of pandas' str dtype.

    Examples
    --------
    >>> column(pa.array(["a", None], pa.large_string())).dtype
    <StringDtype(na_value=nan)>
    """
    return pd.array(texts, dtype="str")


def taken(values: NDArray[np.object_] | Sequence[Any] | pa.Array, at: NDArray[Any]) -> pa.Array:
    """Look texts up by position.

    Parameters
    ----------
    values : sequence of str or pyarrow.Array
        Texts; None allowed.
    at : array of int
        Positions; "" where negative.

    Returns
    -------
    pyarrow.Array
        One text per position; a missing text becomes "".
    """
    table = values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_string(), from_pandas=True)
    return pc.fill_null(table.take(pa.array(np.where(at < 0, 0, at), mask=at < 0)), "")


def positions_in(values: pd.Series, texts: pd.Series) -> NDArray[np.int64]:
    """Look texts up in a column.

    Parameters
    ----------
    values : Series of str
        Distinct texts, none missing.
    texts : Series of str
        What to look for; missing allowed.

    Returns
    -------
    array of int
        Position of each text among the values, -1 where it is none of them.

    Examples
    --------
    >>> positions_in(pd.Series(["a", "b"], dtype="str"), pd.Series(["b", "c", None], dtype="str")).tolist()
    [1, -1, -1]
    """
    column, asked = (pa.array(given.astype("str"), pa.large_string()) for given in (values, texts))
    found = pc.fill_null(pc.index_in(asked, value_set=column, skip_nulls=True), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)


def chosen(where: NDArray[np.bool_], yes: str | pa.Array, no: str | pa.Array) -> pa.Array:
    """Choose between two texts row by row.

    Parameters
    ----------
    where : array of bool
        Which rows take the first.
    yes, no : str or pyarrow.Array
        The texts.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    texts = [pa.scalar(text, pa.large_string()) if isinstance(text, str) else text for text in (yes, no)]
    return pc.if_else(pa.array(where), *texts)


def metres_said(metres: NDArray[np.float64]) -> pa.Array:
    """Write metres as people say them.

    Parameters
    ----------
    metres : array of float
        Lengths; NaN gives "?".

    Returns
    -------
    pyarrow.Array
        Such as 35 m, 1.2 km, 340 km.

    Examples
    --------
    >>> metres_said(np.array([34.6, 1234.0, 340_000.0])).to_pylist()
    ['35 m', '1.2 km', '340 km']
    """
    known = np.where(np.isfinite(metres), metres, 0.0)
    short = joined(_whole(known), " m")
    tenths = np.round(known / _KM, 1)
    middle = joined(_whole(np.floor(tenths)), ".", _whole((tenths * 10) % 10), " km")
    said = chosen(known < _KM, short, chosen(tenths < _FAR, middle, joined(_whole(known / _KM), " km")))
    return chosen(np.isfinite(metres), said, "?")


def number_said(values: NDArray[np.int64]) -> pa.Array:
    """Write whole numbers.

    Parameters
    ----------
    values : array of int
        Counts.

    Returns
    -------
    pyarrow.Array
        Texts.
    """
    return pa.array(np.asarray(values, dtype=np.int64)).cast(pa.large_string())


def _whole(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(np.round(values).astype(np.int64)).cast(pa.large_string())
