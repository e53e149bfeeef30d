"""What every rule may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.claims import resolve_claims
from geocensus.checks.containment import Containment, measure_containment
from geocensus.locating import locate_levels
from geocensus.model import State

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings
    from geocensus.divisions import Crosswalk

__all__ = ["Context", "make_context"]


@dataclass(frozen=True)
class Context:
    """Sources under test (excluded rows left out) with all that rules share; every table has the sources' index."""

    sources: pd.DataFrame
    basemap: Basemap
    settings: Settings
    crosswalk: Crosswalk | None
    claims: pd.DataFrame
    located: pd.DataFrame
    containment: Containment

    @property
    def has_point(self) -> pd.Series:
        """Sources with a usable coordinate.

        Returns
        -------
        Series of bool
            True where it is usable.
        """
        return self.sources[n.STATE] == State.LOCATED

    @property
    def no_point(self) -> dict[str, pd.Series]:
        """The usual reason not to test a place.

        Returns
        -------
        dict
            For the `untested` of :func:`~geocensus.checks.outcome.flag_where`.
        """
        return {"no_coordinate": ~self.has_point}

    def text(self, column: str) -> pd.Series:
        """Return a text column, all missing when the list has none.

        Parameters
        ----------
        column : str
            Name of the column.

        Returns
        -------
        Series of str
            One text per source under test.
        """
        if column in self.sources:
            return self.sources[column].astype("str")
        return pd.Series(np.nan, index=self.sources.index, dtype="str")


def make_context(
    sources: pd.DataFrame, basemap: Basemap, settings: Settings, crosswalk: Crosswalk | None = None
) -> Context:
    """Resolve claims, locate and measure once for all rules.

    Parameters
    ----------
    sources : DataFrame
        A table of sources, as :func:`geocensus.read_sources` makes it.
    basemap : Basemap
        Areas by level.
    settings : Settings
        Tolerances and thresholds.
    crosswalk : Crosswalk, optional
        Old to new division codes.

    Returns
    -------
    Context
        For the rules.
    """
    tested = sources[sources[n.STATE] != State.EXCLUDED]
    claims = resolve_claims(tested, basemap, crosswalk)
    located = locate_levels(tested, basemap.layers, nested=basemap.info.nested)
    containment = measure_containment(tested, claims, located, basemap, settings)
    return Context(tested, basemap, settings, crosswalk, claims, located, containment)
