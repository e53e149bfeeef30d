"""Why is a location wrong, and what would repair it? A noisy channel over the flagged rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.causes import Style, written_of
from geocensus.checks.diagnosis.choices import choose
from geocensus.checks.diagnosis.evidence import Speaker
from geocensus.checks.diagnosis.keeping import keep_likelihoods
from geocensus.checks.diagnosis.landscape import make_landscape
from geocensus.checks.diagnosis.neighbours import make_neighbours
from geocensus.checks.diagnosis.parameters import Parameters
from geocensus.checks.diagnosis.posterior import infer, likelihood_table
from geocensus.checks.diagnosis.proposals import weigh_proposals
from geocensus.checks.diagnosis.question import make_question
from geocensus.checks.diagnosis.record import records
from geocensus.checks.diagnosis.tables import (
    CAUSE_COLUMNS,
    REPAIR_COLUMNS,
    Evidence,
    cause_table,
    repair_table,
    shown_causes,
)
from geocensus.checks.diagnosis.texts import positions_in
from geocensus.checks.registry import RULES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geocensus.checks.context import Context

    Ints = NDArray[np.int64]

__all__ = ["Diagnosis", "diagnose"]

_SYSTEMS = ("gcj02", "bd09", "datum_54", "datum_80")
_FIRST = "place.outside_claimed"  # the flag that a repair answers, where there are several


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with the flagged sources, as far as their texts and places tell.

    Attributes
    ----------
    causes : DataFrame
        One row per source and likely cause: source_id, rank (from 1), cause, probability, evidence_zh, evidence_en,
        and record (JSON: what the diagnosis rests on; at rank 1 only). Every diagnosed source has a rank 1; causes
        below 0.01 are left out.
    repairs : DataFrame
        One row per source and possible repair, at most three: repair_id, source_id, flag_id, rank, kind ("point" or
        "claim"), cause, probability, margin over the next explanation, offered, reason_zh and reason_en (why it is
        not offered), lon and lat (proposed), stated_lon and stated_lat (NaN where not on the map), lon_text and
        lat_text (as intended, "" where none), proposed_code, proposed_name, moved_m, evidence_zh, evidence_en.
    """

    causes: pd.DataFrame
    repairs: pd.DataFrame


def diagnose(
    ctx: Context, flags: pd.DataFrame, *, shift: pd.DataFrame | None = None, parameters: Parameters | None = None
) -> Diagnosis:
    """Weigh every cause for the sources with a flag on coordinate, place or address; change nothing.

    Parameters
    ----------
    ctx : Context
        All sources under test.
    flags : DataFrame
        What :func:`~geocensus.checks.flags.make_flags` gives.
    shift : DataFrame, optional
        With the sources' index: group, system, share and confidence of the shift that their import group follows.
    parameters : Parameters, optional
        Other numbers than the tuned ones.

    Returns
    -------
    Diagnosis
        Causes and repairs, sources in the order of ``ctx``.

    References
    ----------
    The noisy channel is that of spelling correction: Kernighan, Church, Gale, doi:10.3115/997939.997975.
    """
    with_ = parameters or Parameters()
    flagged = _diagnosed(ctx, flags)
    position = flagged["position"].to_numpy()
    if not len(position):
        return Diagnosis(_empty(CAUSE_COLUMNS), _empty(REPAIR_COLUMNS))
    good = _good(ctx, position)
    lon, lat = (ctx.sources[axis].to_numpy(dtype=float)[good] for axis in (n.LON, n.LAT))
    land = make_landscape(ctx.basemap, lon, lat, ctx.located.iloc[good], with_)
    question = make_question(ctx, land, position, flagged["default"].to_numpy())
    rows = ctx.sources.iloc[position]
    rows.attrs = ctx.sources.attrs
    old_datum = ctx.settings.datum_parameters
    written = written_of(rows, parameters=old_datum)
    proposals, log_cell = weigh_proposals(written, question, land, with_, datum_parameters=old_datum)
    keeping = keep_likelihoods(ctx, question, land, log_cell, _undecided(shift, position), with_)
    sexagesimal = np.isin(written.x.style, (Style.MINUTES, Style.SECONDS))
    groups, unflagged = _groups(ctx, position)
    raised = _raised(shift, position)
    posterior = infer(likelihood_table(proposals, keeping), groups, unflagged, raised, sexagesimal, with_)
    choices = choose(proposals, posterior, question, raised, with_)
    near = make_neighbours(ctx, land, good, question.own)
    speaker = Speaker(question, land, near)
    record = records(ctx, question, land, near, posterior, choices, shift, with_)
    ids = ctx.sources[n.SOURCE_ID].iloc[position]
    shown = shown_causes(posterior, with_)
    evidence = Evidence.of(proposals, posterior.log_likelihood, shown, choices, speaker)
    return Diagnosis(
        cause_table(ids, posterior, shown, evidence, record),
        repair_table(written, ids, flagged[n.FLAG_ID].to_numpy(dtype=object), proposals, choices, evidence),
    )


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def _diagnosed(ctx: Context, flags: pd.DataFrame) -> pd.DataFrame:
    """Rows to diagnose, in order of the sources: position, flag_id, default."""
    asked = flags[flags[n.RULE].isin([rule.code for rule in RULES if rule.diagnosed]) & (flags[n.SOURCE_ID] != "")]
    ids = asked[n.SOURCE_ID].drop_duplicates()
    found = positions_in(ids, ctx.sources[n.SOURCE_ID])
    row = np.flatnonzero(found >= 0)
    position = np.empty(len(ids), dtype=np.int64)
    position[found[row]] = row
    at = position[positions_in(ids, asked[n.SOURCE_ID])]
    first = (asked[n.RULE] != _FIRST).to_numpy()
    table = pd.DataFrame({"position": at, "late": first, n.FLAG_ID: asked[n.FLAG_ID].to_numpy(dtype=object)})
    table["default"] = (asked[n.RULE] == "place.default").to_numpy()
    table["default"] = table.groupby("position")["default"].transform("any")
    table = table.sort_values(["position", "late"], kind="stable")
    return table.drop_duplicates("position").reset_index(drop=True)


def _good(ctx: Context, flagged: Ints) -> Ints:
    """Return the sources on the map that no diagnosed rule flags."""
    good = ctx.has_point.to_numpy().copy()
    good[flagged] = False
    good &= ctx.located[f"code_{ctx.basemap.levels[-1]}"].notna().to_numpy()
    return np.flatnonzero(good)


def _groups(ctx: Context, position: Ints) -> tuple[Ints, Ints]:
    """Group of every flagged row (import group and enumerator), and the other sources of each group."""
    batch, enumerator = (pd.factorize(ctx.text(name).fillna(""))[0] for name in ("import_group", "enumerator"))
    group, _ = pd.factorize(batch * len(enumerator) + enumerator)
    distinct, flagged = np.unique(group[position], return_inverse=True)
    total = np.bincount(group)[distinct]
    return flagged.astype(np.int64), total - np.bincount(flagged, minlength=len(distinct))


def _raised(shift: pd.DataFrame | None, position: Ints) -> dict[str, NDArray[np.float64]]:
    """Shares of shifted sources that the test of the groups found."""
    if shift is None:
        return {}
    mine = shift.iloc[position]
    share = (mine["share"] * mine["confidence"]).fillna(0).to_numpy(dtype=float)
    return {system: np.where(mine["system"] == system, share, 0.0) for system in _SYSTEMS}


def _undecided(shift: pd.DataFrame | None, position: Ints) -> NDArray[np.bool_]:
    """Rows whose group may be shifted, as far as the test can tell."""
    if shift is None:
        return np.zeros(len(position), dtype=bool)
    return (shift["system"].iloc[position] != "none").to_numpy()
