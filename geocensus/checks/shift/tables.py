"""Test every import group for a shift and say what holds for each source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.pairs import pairs_of
from geocensus.checks.shift.by_claims import ClaimLimits, borders_of, decide_by_claims
from geocensus.checks.shift.by_pairs import PairLimits, Vectors, decide_by_pairs
from geocensus.checks.shift.groups import Group, Places, groups_of, places_of
from geocensus.checks.shift.hypotheses import READINGS, SHIFTED, displacement_m
from geocensus.checks.shift.texts import messages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context
    from geocensus.checks.shift.decision import Decision

__all__ = ["SHIFT_COLUMNS", "Shifts", "test_shifts"]

SHIFT_COLUMNS: Final = (
    *("group", "by", "system", "n", "confidence", "share", "d_east_m", "d_north_m", "method"),
    *("message_zh", "message_en"),
)


@dataclass(frozen=True)
class Shifts:
    """What the test of import groups found.

    Attributes
    ----------
    groups : DataFrame
        SHIFT_COLUMNS, one row per tested group, coarse to fine: ``system`` is a key of
        :data:`~geocensus.checks.shift.SYSTEMS`; ``n`` counts sites compared; ``confidence`` is the probability of the
        system, 0 where inconclusive; ``share`` estimates how many of the sources are shifted; the displacement of the
        points from where they are, metres, missing where it cannot be told; ``method`` is "pairs" or "claims".
        ``attrs["leaning"]`` lists the groups that are not decided, but look like a shift.
    of_source : DataFrame
        With the sources' index, the decision that applies to each: ``group``, ``system``, ``share``, ``confidence``
        of the finest of its groups that could be decided; else of its coarsest, inconclusive. That a whole list is not
        shifted does not hold for a part of it that speaks for a shift, if too faintly to decide: it is inconclusive.
        Without a point: missing group, "inconclusive".
    flagged : Series of str
        With the sources' index: the shifted group that each belongs to, missing for the others. Of shifted groups in
        one another with the same system, the coarsest.
    """

    groups: pd.DataFrame
    of_source: pd.DataFrame
    flagged: pd.Series


def test_shifts(
    ctx: Context,
    *,
    claim_limits: ClaimLimits | None = None,  # noqa: PT028 - no test of pytest's
    pair_limits: PairLimits | None = None,  # noqa: PT028
) -> Shifts:
    """Test for every import group whether its points follow one displacement.

    Groups are the file, and in it import group, county, device, enumerator, enumerator and device, as far as the list
    has them. Where a second list gives pairs, the displacement between the two decides; else the readings under which
    sources lie in the areas they claim are compared. Nothing is converted.

    Parameters
    ----------
    ctx : Context
        Sources under test.
    claim_limits : ClaimLimits, optional
        When claims are taken to decide.
    pair_limits : PairLimits, optional
        When pairs are taken to decide.

    Returns
    -------
    Shifts
        Of groups and of sources.
    """
    groups, places = groups_of(ctx), places_of(ctx)
    borders = ctx.borders if claim_limits is None else borders_of(ctx, limits=claim_limits)
    pairs = _pairs(ctx, places)
    points = ctx.sources[[n.LON, n.LAT]].to_numpy(dtype=float)
    decisions = []
    for group in groups:
        by_pairs = _by_pairs(group, pairs, pair_limits)
        by_claims = decide_by_claims(
            borders.take(group.rows), places.site[group.rows], places.block[group.rows], limits=claim_limits
        )
        decisions.append(_placed(_preferred(by_pairs, by_claims), points, group))
    return Shifts(_table(ctx, groups, decisions), _of_source(ctx, groups, decisions), _flagged(ctx, groups, decisions))


def _pairs(ctx: Context, places: Places) -> pd.DataFrame | None:
    pairs = pairs_of(ctx)
    if pairs.empty:
        return None
    here = ctx.sources.iloc[pairs["position"].to_numpy()]
    return pd.DataFrame(
        {
            "lon": pairs[n.LON].to_numpy(),
            "lat": pairs[n.LAT].to_numpy(),
            "to_lon": here[n.LON].to_numpy(),
            "to_lat": here[n.LAT].to_numpy(),
            "site": places.site[pairs["position"].to_numpy()],
        },
        index=pairs["position"].to_numpy(),
    )


def _by_pairs(group: Group, pairs: pd.DataFrame | None, limits: PairLimits | None) -> Decision | None:
    if pairs is None:
        return None
    mine = pairs[np.isin(pairs.index, group.rows, kind="table")]
    return decide_by_pairs(Vectors(*(mine[name].to_numpy() for name in Vectors._fields)), limits=limits)


def _preferred(by_pairs: Decision | None, by_claims: Decision) -> Decision:
    """Take what pairs say; but that two lists agree is no proof that neither is shifted, if claims show one."""
    if by_pairs is None or by_pairs.system == "inconclusive":
        return by_claims if by_pairs is None or by_claims.system != "inconclusive" else by_pairs
    if by_pairs.system == "none" and by_claims.system in SHIFTED:
        return by_claims
    return by_pairs


def _placed(decision: Decision, points: NDArray[np.float64], group: Group) -> Decision:
    """Add the displacement that a system makes in the middle of the group; claims say only which system."""
    if decision.method == "pairs" or decision.leading not in READINGS or decision.system == "inconclusive":
        return decision
    lon, lat = np.median(points[group.rows], axis=0).tolist()
    east, north = displacement_m(decision.leading, lon, lat)
    if decision.system == "constant":
        return decision._replace(east_m=east + decision.east_m, north_m=north + decision.north_m)
    return decision._replace(east_m=east, north_m=north)


def _shifted_share(decision: Decision) -> float:
    return 1.0 - decision.share if decision.leading == "none" else decision.share


def _table(ctx: Context, groups: list[Group], decisions: list[Decision]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "group": [group.label for group in groups],
            "by": [group.by for group in groups],
            "system": [decision.system for decision in decisions],
            "n": [decision.sites for decision in decisions],
            "confidence": [decision.confidence for decision in decisions],
            "share": [_shifted_share(decision) for decision in decisions],
            "d_east_m": [decision.east_m for decision in decisions],
            "d_north_m": [decision.north_m for decision in decisions],
            "method": [decision.method for decision in decisions],
        }
    )
    said = [messages(decision, str(ctx.sources.attrs.get("crs", "cgcs2000"))) for decision in decisions]
    table["message_zh"], table["message_en"] = [text.zh for text in said], [text.en for text in said]
    texts = ("group", "by", "system", "method", "message_zh", "message_en")
    numbers = dict.fromkeys(("confidence", "share", "d_east_m", "d_north_m"), "float64")
    table = table.astype({**dict.fromkeys(texts, "str"), **numbers, "n": "int64"})[list(SHIFT_COLUMNS)]
    table.attrs["leaning"] = [
        group.label for group, decision in zip(groups, decisions, strict=True) if decision.leaning
    ]
    return table


def _of_source(ctx: Context, groups: list[Group], decisions: list[Decision]) -> pd.DataFrame:
    size = len(ctx.sources)
    applies = np.full(size, -1)
    for number in reversed(range(len(groups))):  # fine to coarse, so that the coarsest stays where nothing is decided
        rows = groups[number].rows
        applies[rows[applies[rows] < 0]] = number
    decided = np.full(size, -1)
    cleared = np.array([*(decision.system == "none" for decision in decisions), False])  # the last one for -1
    for number, decision in enumerate(decisions):  # coarse to fine: the finest decision stays
        rows = groups[number].rows
        if decision.system != "inconclusive":
            decided[rows] = number
        elif decision.leaning:
            decided[rows] = np.where(cleared[decided[rows]], number, decided[rows])
    applies = np.where(decided >= 0, decided, applies)
    known = applies >= 0
    columns = {
        "group": np.array([group.label for group in groups], dtype=object),
        "system": np.array([_own(decision) for decision in decisions], dtype=object),
        "share": np.array([_shifted_share(decision) for decision in decisions], dtype=float),
        "confidence": np.array([decision.confidence for decision in decisions], dtype=float),
    }
    blank = {"group": None, "system": "inconclusive", "share": np.nan, "confidence": 0.0}
    table = pd.DataFrame(
        {name: np.full(size, blank[name], dtype=values.dtype) for name, values in columns.items()},
        index=ctx.sources.index,
    )
    for name, values in columns.items():
        table.loc[known, name] = values[applies[known]]
    return table.astype({"group": "str", "system": "str"})


def _own(decision: Decision) -> str:
    """Return what a decision says of the list itself: where the other list is the shifted one, nothing is wrong."""
    return "none" if decision.system.startswith("reference_") else decision.system


def _flagged(ctx: Context, groups: list[Group], decisions: list[Decision]) -> pd.Series:
    labels = np.full(len(ctx.sources), None, dtype=object)
    system = np.full(len(ctx.sources), "", dtype=object)
    for group, decision in zip(groups, decisions, strict=True):
        if decision.system in SHIFTED and (system[group.rows] != decision.system).any():
            labels[group.rows], system[group.rows] = group.label, decision.system
    return pd.Series(labels, index=ctx.sources.index, dtype="str")
