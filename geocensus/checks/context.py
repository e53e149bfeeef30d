"""What every rule may look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.addresses import places_named
from geocensus.checks.claims import resolve_claims
from geocensus.checks.containment import Containment, measure_containment
from geocensus.checks.groupings import grouped, grouping_keys
from geocensus.checks.pairs import match_lists
from geocensus.checks.shift import Borders, Shifts, borders_of, test_shifts
from geocensus.locating import locate_levels
from geocensus.model import State

if TYPE_CHECKING:
    from geocensus.basemap import Basemap
    from geocensus.checks.settings import Settings
    from geocensus.divisions import Crosswalk

__all__ = ["Context", "make_context"]


@dataclass(frozen=True)
class Context:
    """Sources under test (excluded rows left out) with all that rules share; every table has the sources' index.

    ``reference`` is a second list of the same units, with an index of its own and without its excluded rows.
    """

    sources: pd.DataFrame
    basemap: Basemap
    settings: Settings
    crosswalk: Crosswalk | None
    claims: pd.DataFrame
    located: pd.DataFrame
    containment: Containment
    reference: pd.DataFrame | None = None

    @cached_property
    def matches(self) -> pd.DataFrame:
        """Units that stand in both lists, found once.

        Returns
        -------
        DataFrame
            As :func:`~geocensus.checks.pairs.match_lists`; empty without a second list.
        """
        return match_lists(self.sources, self.claims, self.reference, self.basemap, self.crosswalk)

    @cached_property
    def shifts(self) -> Shifts:
        """Whether import groups follow a shift, tested once.

        Returns
        -------
        Shifts
            As :func:`~geocensus.checks.shift.test_shifts` finds them.
        """
        return test_shifts(self)

    @cached_property
    def borders(self) -> Borders:
        """Where sources lie by the borders of their claims under every reading of their coordinates, measured once.

        Returns
        -------
        Borders
            As :func:`~geocensus.checks.shift.borders_of`.
        """
        return borders_of(self)

    @cached_property
    def named(self) -> pd.DataFrame:
        """Areas that addresses name, found once.

        Returns
        -------
        DataFrame
            As :func:`~geocensus.checks.addresses.places_named`; ``row`` counts the sources under test.
        """
        return places_named(self.text("address"), self.basemap, claims=self.claims)

    @cached_property
    def keys(self) -> pd.DataFrame:
        """Groups of neighbours that sources could belong to, found once.

        Returns
        -------
        DataFrame
            As :func:`~geocensus.checks.groupings.grouping_keys`.
        """
        return grouping_keys(self)

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Groups of neighbours that sources belong to, found once.

        Returns
        -------
        DataFrame
            As :func:`~geocensus.checks.groupings.grouped`.
        """
        return grouped(self.keys, self.settings.isolated_group)

    def know(self, *, named: pd.DataFrame, keys: pd.DataFrame, borders: Borders) -> None:
        """Take what was found of each row already, in parts, instead of finding it again.

        Parameters
        ----------
        named, keys : DataFrame
            As :attr:`named` and :attr:`keys`.
        borders : Borders
            As :attr:`borders`.
        """
        self.__dict__.update(named=named, keys=keys, borders=borders)  # where cached_property keeps its values

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

    @cached_property
    def written_ids(self) -> pd.Series:
        """Ids as the list has them: a source that stands twice is one source.

        Returns
        -------
        Series of str
            One id per source under test.
        """
        ids = self.text(n.SOURCE_ID)
        if "duplicate_id" not in self.sources:
            return ids
        doubled = self.sources["duplicate_id"].astype(bool)
        return ids.mask(doubled, ids[doubled].str.replace(r"#+\d+$", "", regex=True))

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
    sources: pd.DataFrame,
    basemap: Basemap,
    settings: Settings,
    crosswalk: Crosswalk | None = None,
    *,
    reference: pd.DataFrame | None = None,
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
    reference : DataFrame, optional
        A second list of the same units, also from :func:`geocensus.read_sources`.

    Returns
    -------
    Context
        For the rules.
    """
    tested = sources[sources[n.STATE] != State.EXCLUDED]
    claims = resolve_claims(tested, basemap, crosswalk)
    located = locate_levels(tested, basemap.layers, nested=basemap.info.nested)
    containment = measure_containment(tested, claims, located, basemap, settings)
    other = None if reference is None else reference[reference[n.STATE] != State.EXCLUDED]
    return Context(tested, basemap, settings, crosswalk, claims, located, containment, other)
