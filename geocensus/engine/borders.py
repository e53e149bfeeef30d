"""Distances under every reading, as tables of a part and together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus.checks.shift import Borders
from geocensus.io import read_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["border_tables", "gather_borders"]


def border_tables(borders: Borders) -> dict[str, pd.DataFrame]:
    """Return the distances of a part as tables.

    Parameters
    ----------
    borders : Borders
        Of the rows under test.

    Returns
    -------
    dict of str to DataFrame
        ``compared``, a row each; ``speaking``, distance and slopes under every reading of those that are near.
    """
    every = np.concatenate([borders.metres, *borders.slope], axis=1)
    return {
        "compared": pd.DataFrame({"compared": borders.compared, "row": borders.row}),
        "speaking": pd.DataFrame(every, columns=[str(column) for column in range(every.shape[1])]),
    }


def gather_borders(parts: Sequence[Path]) -> Borders:
    """Return the distances of all parts.

    Parameters
    ----------
    parts : Sequence of Path
        Judged parts, in order.

    Returns
    -------
    Borders
        Of all rows under test.
    """
    rows, before = [], 0
    for part in parts:
        row = read_tables([part], "compared", ["row"])["row"].to_numpy()
        rows.append(np.where(row < 0, -1, row + before))
        before += len(read_tables([part], "speaking", ["0"]))
    every = read_tables(parts, "speaking").to_numpy()
    metres, *slope = np.split(every, 3, axis=1)
    compared = read_tables(parts, "compared", ["compared"])["compared"].to_numpy()
    return Borders(compared, np.concatenate(rows), metres, np.stack(slope))
