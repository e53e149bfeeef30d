"""What each part of a list says about the list: counts that add up, small enough to be sent between processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geocensus import crs as systems
from geocensus import names as n
from geocensus.coordinates import count_signs, numbers_as_written
from geocensus.io.hints import Codes, count_codes, count_exchanged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from geocensus.io.rawtable import RawTable
    from geocensus.model import Text

__all__ = ["PartFacts", "facts_of", "total"]


@dataclass(frozen=True)
class PartFacts:
    """Counts of a part, or of the whole list.

    ``exchanged`` counts rows with the longitude in the column of the latitude, and rows with both; ``damage`` signs of
    float damage; ``swallowed`` cells that hold whole rows, by header, with the row of the first; ``not_points``
    features that are none, and the first of them.
    """

    contradictions: Mapping[Text, int]
    exchanged: tuple[int, int]
    codes: Codes
    damage: tuple[int, ...]
    swallowed: Mapping[str, tuple[int, int]]
    not_points: tuple[int, int]


def facts_of(raw: RawTable, points: pd.DataFrame, codes: pd.Series, system: systems.ListCRS) -> PartFacts:
    """Count what decides about the whole list.

    Parameters
    ----------
    raw : RawTable
        What was found when the part was read.
    points : DataFrame
        From :func:`geocensus.coordinates.parse_rows`, rows of the part only.
    codes : Series of str
        Claimed codes of the same rows.
    system : ListCRS
        What the list states.

    Returns
    -------
    PartFacts
        Of this part.
    """
    x, y = numbers_as_written(points, projected=system.projected)
    return PartFacts(
        contradictions=systems.count_contradictions(x, y, system),
        exchanged=(0, 0) if system.projected else count_exchanged(points),
        codes=count_codes(codes),
        damage=count_signs(points[n.FLOAT_DAMAGE]),
        swallowed=raw.swallowed,
        not_points=raw.not_points,
    )


def total(facts: Sequence[PartFacts]) -> PartFacts:
    """Add up the facts of all parts.

    Parameters
    ----------
    facts : Sequence of PartFacts
        In order of the parts.

    Returns
    -------
    PartFacts
        Of the list.
    """
    contradictions: Counter[Text] = Counter()
    for part in facts:
        contradictions.update(part.contradictions)
    codes = [part.codes for part in facts]
    return PartFacts(
        contradictions={what: contradictions[what] for what in facts[0].contradictions},
        exchanged=(sum(part.exchanged[0] for part in facts), sum(part.exchanged[1] for part in facts)),
        codes=Codes(
            filled=sum(one.filled for one in codes),
            with_code=sum(one.with_code for one in codes),
            spoilt=sum(one.spoilt for one in codes),
            first=next((one.first for one in codes if one.spoilt), ""),
        ),
        damage=tuple(map(sum, zip(*(part.damage for part in facts), strict=True))),
        swallowed={header: _added(part.swallowed.get(header) for part in facts) for header in _headers(facts)},
        not_points=_added(part.not_points for part in facts),
    )


def _headers(facts: Sequence[PartFacts]) -> Iterable[str]:
    return dict.fromkeys(header for part in facts for header in part.swallowed)


def _added(found: Iterable[tuple[int, int] | None]) -> tuple[int, int]:
    """Add counts; the first is that of the first part that has any."""
    some = [one for one in found if one is not None and one[0]]
    return (sum(count for count, _ in some), some[0][1]) if some else (0, 0)
