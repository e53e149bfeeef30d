"""What a kind of error is."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - dataclass fields are read at run time
from typing import TYPE_CHECKING, NamedTuple

from geocensus.model import Text  # noqa: TC001 - as above

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from geocensus.demo.world import World

__all__ = ["Kind"]


class Kind(NamedTuple):
    """A kind of error: a title, how often it is planted, and the function that plants it."""

    title: Text
    per_1200: int  # rows of a list of 1,200 that get it; 0 for whole batches of an enumerator
    plant: Callable[[pd.DataFrame, np.random.Generator, World], pd.DataFrame]  # rows in, the changed rows out
    together: int = 1  # rows that it takes to show: two for a double, more for a heap of points
