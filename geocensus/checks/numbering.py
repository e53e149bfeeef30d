"""Texts as numbers of few different ones: a list repeats its words and areas, and numbers are compared far sooner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["in_words", "rows_in"]


def rows_in(known: Sequence[str] | pd.Series | pd.Index, texts: pd.Series) -> np.ndarray:
    """Find texts in a list of different ones.

    Parameters
    ----------
    known : sequence of str
        Where to look; no text stands twice.
    texts : Series of str
        What to find; missing values allowed.

    Returns
    -------
    ndarray of int, shape (n,)
        Positions in `known`, -1 where the text is missing or not known.

    Examples
    --------
    >>> rows_in(["a", "b"], pd.Series(["b", None, "c"], dtype="str")).tolist()
    [1, -1, -1]
    """
    known_, asked = (pa.array(values, pa.large_string(), from_pandas=True) for values in (known, texts))
    found = pc.index_in(asked, value_set=known_, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def in_words(numbers: np.ndarray, words: Sequence[str], index: pd.Index) -> pd.Series:
    """Write numbers of words as words.

    Parameters
    ----------
    numbers : ndarray of int
        Positions in `words`, -1 for none.
    words : sequence of str
        The words.
    index : Index
        Of the result.

    Returns
    -------
    Series of str
        Missing where there is no word.

    Examples
    --------
    >>> in_words(np.array([1, -1]), ("no", "yes"), pd.RangeIndex(2)).tolist()
    ['yes', nan]
    """
    return pd.Series(pd.array([*words, None], dtype="str").take(numbers), index=index)
