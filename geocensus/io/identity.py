"""Ids of sources: strings, unique, the same in any row order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["made_ids", "number_duplicates", "row_content", "source_ids"]


def source_ids(ids: pd.Series, raw: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Make ids unique without losing a row.

    A missing id becomes ``auto:`` and a hash of the raw row; of equal ids the first in order of raw content keeps
    it, the others get ``#2``, ``#3`` and so on.

    Parameters
    ----------
    ids : Series
        Ids as written; missing where empty.
    raw : DataFrame
        The raw rows, same index.

    Returns
    -------
    tuple of Series
        The unique ids, and which rows share theirs with another (all of them, the first included). Rows with the
        same made id are equal in every cell and are marked as well.

    Examples
    --------
    >>> raw = pd.DataFrame({"id": ["a", "a", None], "v": ["2", "1", "3"]})
    >>> made, doubled = source_ids(raw["id"].astype("str"), raw)
    >>> made.tolist()[:2], doubled.tolist()
    (['a#2', 'a'], [True, True, False])
    """
    return number_duplicates(made_ids(ids, raw), lambda rows: row_content(raw.iloc[rows]))


def made_ids(ids: pd.Series, raw: pd.DataFrame) -> pd.Series:
    """Give an id to each row that has none; each row by itself.

    Parameters
    ----------
    ids : Series
        Ids as written; missing where empty.
    raw : DataFrame
        The raw rows, same index.

    Returns
    -------
    Series of str
        None missing; equal ones as they are.
    """
    made = ids.astype("str")
    missing = made.isna().to_numpy()
    if missing.any():
        made = made.copy()
        hashes = pd.util.hash_pandas_object(raw.loc[missing].astype("str").fillna(""), index=False)
        made[missing] = ("auto:" + hashes.map("{:016x}".format)).astype("str")
    return made


def row_content(raw: pd.DataFrame) -> pd.Series:
    """Return what rows hold as one text each, by which equal ids are ordered.

    Parameters
    ----------
    raw : DataFrame
        Raw rows.

    Returns
    -------
    Series of str
        Same index.
    """
    columns = raw.astype("str").fillna("")
    return columns.iloc[:, 0].str.cat([columns[name] for name in columns.columns[1:]], sep="\x1f")


def number_duplicates(made: pd.Series, content_of: Callable[[np.ndarray], pd.Series]) -> tuple[pd.Series, pd.Series]:
    """Add numbers to equal ids in order of raw content, which is asked for only where ids are equal.

    Parameters
    ----------
    made : Series of str
        Ids of all rows of the list, none missing, as from :func:`made_ids`.
    content_of : Callable
        Takes positions of rows, rising, and returns the content of each, as :func:`row_content` makes it.

    Returns
    -------
    tuple of Series
        As from :func:`source_ids`.

    Examples
    --------
    >>> made, doubled = number_duplicates(pd.Series(["a", "b", "a"], dtype="str"), lambda rows: pd.Series(["2", "1"]))
    >>> made.tolist(), doubled.tolist()
    (['a#2', 'b', 'a'], [True, False, True])
    """
    clash = doubled = made.duplicated(keep=False)
    suffix = ""
    while (rows := np.flatnonzero(clash)).size:
        made = _numbered(made, rows, content_of(rows), suffix)
        suffix += "#"
        clash = made.duplicated(keep=False)
    return made, doubled


def _numbered(made: pd.Series, rows: np.ndarray, content: pd.Series, suffix: str) -> pd.Series:
    """Add numbers to ids that clash; `suffix` keeps a second round apart from ids that already end in ``#n``."""
    ids = made.iloc[rows].reset_index(drop=True)
    order = pd.DataFrame({"id": ids, "content": content.to_numpy()}).sort_values(["id", "content"], kind="stable")
    number = order.groupby("id").cumcount().add(1)
    names = order["id"].where(number == 1, order["id"] + suffix + "#" + number.astype("str"))
    result = made.to_numpy(dtype=object, na_value=None)
    result[rows] = names.sort_index().to_numpy(dtype=object)
    return pd.Series(result, index=made.index, dtype="str")
