"""Errors of the known kinds, planted in known numbers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from geocensus.demo.claims import CLAIM_KINDS
from geocensus.demo.places import PLACE_KINDS
from geocensus.demo.texts import TEXT_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

    from geocensus.demo.kind import Kind
    from geocensus.demo.world import World

__all__ = ["BATCH_KINDS", "KINDS", "plant"]

KINDS: Mapping[str, Kind] = MappingProxyType({**TEXT_KINDS, **PLACE_KINDS, **CLAIM_KINDS})
BATCH_KINDS = tuple(name for name, kind in KINDS.items() if not kind.per_1200)


def plant(draft: pd.DataFrame, rng: np.random.Generator, world: World) -> pd.DataFrame:
    """Plant every kind in its share of the rows; a row gets one kind at most.

    Parameters
    ----------
    draft : DataFrame
        Clean rows with their texts; ``kind`` is "" but for rows of batches.
    rng : numpy.random.Generator
        Decides which rows.
    world : World
        The places.

    Returns
    -------
    DataFrame
        The same rows and order; ``kind`` and ``rules`` filled.
    """
    result = draft.copy()
    for name in BATCH_KINDS:
        rows = draft.index[draft["kind"].eq(name)]
        if len(rows):
            result.loc[rows] = KINDS[name].plant(draft.loc[rows], rng, world)
    free = list(rng.permutation(draft.index[draft["kind"].eq("")].to_numpy()))
    for name, kind in KINDS.items():
        size = int(kind.per_1200 * len(draft) / 1200 + 0.5) // kind.together * kind.together
        chosen, free = free[:size], free[size:]
        if chosen:
            planted = kind.plant(draft.loc[chosen], rng, world)
            result.loc[chosen] = planted.assign(kind=name)
    return result
