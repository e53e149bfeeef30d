"""Ids of sources: strings, unique, the same in any row order."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["source_ids"]


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
    made = ids.astype("str").copy()
    missing = made.isna().to_numpy()
    if missing.any():
        hashes = pd.util.hash_pandas_object(raw.loc[missing].astype("str").fillna(""), index=False)
        made[missing] = ("auto:" + hashes.map("{:016x}".format)).astype("str")
    doubled = made.duplicated(keep=False)
    suffix = ""
    while (clash := made.duplicated(keep=False)).any():
        made = _numbered(made, clash, raw, suffix)
        suffix += "#"
    return made, doubled


def _numbered(made: pd.Series, clash: pd.Series, raw: pd.DataFrame, suffix: str) -> pd.Series:
    """Add numbers to ids that clash; `suffix` keeps a second round apart from ids that already end in ``#n``."""
    columns = raw.loc[clash].astype("str").fillna("")
    content = columns.iloc[:, 0].str.cat([columns[name] for name in columns.columns[1:]], sep="\x1f")
    order = pd.DataFrame({"id": made[clash], "content": content}).sort_values(["id", "content"], kind="stable")
    number = order.groupby("id").cumcount().add(1)
    names = order["id"].where(number == 1, order["id"] + suffix + "#" + number.astype("str"))
    result = made.to_numpy(dtype=object, na_value=None)
    result[np.flatnonzero(clash.to_numpy())] = names.reindex(made.index[clash]).to_numpy(dtype=object)
    return pd.Series(result, index=made.index, dtype="str")
