"""The table of flags: one row per rule that a source failed, with an identity that survives re-runs."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks.labels import identity_of
from geocensus.checks.links import LINKS
from geocensus.checks.outcome import GroupOutcome, Outcome
from geocensus.model import LEVELS, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.checks.context import Context
    from geocensus.checks.registry import Rule

__all__ = ["FLAG_COLUMNS", "in_order_of_rules", "make_flags"]

FLAG_COLUMNS = (
    n.FLAG_ID,
    n.SOURCE_ID,
    n.GROUP,
    n.RULE,
    n.LEVEL,
    n.STATUS,
    n.SEVERITY,
    "message_zh",
    "message_en",
    n.BASIS,
    n.LON,
    n.LAT,
)


_CLAIMS = (n.CLAIMED_CODE, *(f"claimed_{level}_name" for level in LEVELS if level != "zone"))
_RESTS_ON = (n.LON_TEXT, n.LAT_TEXT, *_CLAIMS)


def make_flags(ctx: Context, outcomes: Mapping[Rule, Outcome | GroupOutcome]) -> pd.DataFrame:
    """List the flagged sources and groups of every rule.

    ``flag_id`` depends on source (or group), rule and level alone; ``basis`` on what the judgement rests on: raw
    coordinate and its reference system (and the corrected one), claimed code and names (for a group: what was found
    of it), what else the rule compared with, basemap and rule version. A list under another name keeps the flags on
    the whole of it. A decision on a flag holds as long as its basis stays; a distance or a count that another row
    moves is no part of it.

    Parameters
    ----------
    ctx : Context
        The sources under test.
    outcomes : Mapping of Rule to Outcome or GroupOutcome
        What each rule said.

    Returns
    -------
    DataFrame
        FLAG_COLUMNS, in order of rules, then of sources; the flag of a group has no source_id and no point.
    """
    tables = [
        _of_groups(ctx, rule, outcome) if isinstance(outcome, GroupOutcome) else _of_rule(ctx, rule, outcome)
        for rule, outcome in outcomes.items()
        if outcome.flagged.any()
    ]
    if not tables:
        texts = {name: pd.Series(dtype="str") for name in FLAG_COLUMNS[:-2]}
        return pd.DataFrame({**texts, n.LON: pd.Series(dtype=float), n.LAT: pd.Series(dtype=float)})
    return pd.concat(tables, ignore_index=True)


def in_order_of_rules(*tables: pd.DataFrame) -> pd.DataFrame:
    """Put flags together that were made in parts, as :func:`make_flags` orders them.

    Parameters
    ----------
    *tables : DataFrame
        Flags; of each rule in the order of the sources, one table after the other.

    Returns
    -------
    DataFrame
        All of them.
    """
    flags = pd.concat(tables, ignore_index=True)
    order = flags[n.RULE].map({rule: place for place, rule in enumerate(LINKS)})
    return flags.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)


def _of_rule(ctx: Context, rule: Rule, outcome: Outcome) -> pd.DataFrame:
    rows = outcome.zh.index
    ids, level = ctx.sources.loc[rows, n.SOURCE_ID], outcome.level
    basis = [ctx.text(name)[rows].fillna("") for name in _RESTS_ON]
    if n.CORRECTION in ctx.sources:  # added to one text, so that a list without corrections keeps its digests
        place = ctx.text(n.CORRECTION)[rows].fillna("")
        basis[0] = basis[0].mask(place != "", basis[0] + "\x1e" + place)
    basis += [] if outcome.basis.empty else [outcome.basis]
    table = pd.DataFrame(
        {
            n.FLAG_ID: _hashed(ids, level, rule.code),
            n.SOURCE_ID: ids,
            n.GROUP: "",
            n.RULE: rule.code,
            n.LEVEL: level,
            n.STATUS: str(Status.FLAGGED),
            n.SEVERITY: str(rule.severity),
            "message_zh": outcome.zh,
            "message_en": outcome.en,
            n.BASIS: _hashed(*basis, _fixed(ctx, rule)),
            n.LON: ctx.sources.loc[rows, n.LON],
            n.LAT: ctx.sources.loc[rows, n.LAT],
        }
    )
    return table.astype(dict.fromkeys(FLAG_COLUMNS[:-2], "str"))


def _of_groups(ctx: Context, rule: Rule, outcome: GroupOutcome) -> pd.DataFrame:
    groups = outcome.groups.reset_index(names=n.GROUP)
    known = identity_of(groups[n.GROUP], str(ctx.sources.attrs.get("file") or "list"))
    table = pd.DataFrame(
        {
            n.FLAG_ID: _hashed("", known, rule.code),
            n.SOURCE_ID: "",
            n.GROUP: groups[n.GROUP],
            n.RULE: rule.code,
            n.LEVEL: "",
            n.STATUS: str(Status.FLAGGED),
            n.SEVERITY: str(rule.severity),
            "message_zh": groups["zh"],
            "message_en": groups["en"],
            n.BASIS: _hashed(groups["basis"], _fixed(ctx, rule)),
            n.LON: np.nan,
            n.LAT: np.nan,
        }
    )
    return table.astype(dict.fromkeys(FLAG_COLUMNS[:-2], "str"))


def _fixed(ctx: Context, rule: Rule) -> str:
    """Say what every flag of a rule rests on; WGS 84 and CGCS2000 are one system here (they differ by centimetres)."""
    crs = str(ctx.sources.attrs.get("crs", "cgcs2000"))
    return "\x1f".join(("cgcs2000" if crs == "wgs84" else crs, ctx.basemap.info.sha256, rule.code, str(rule.version)))


def _hashed(*parts: pd.Series | str) -> np.ndarray:
    """Hash texts row by row into 32 hexadecimal digits; flags are few, and the digest must never change."""
    size = max(len(part) for part in parts if isinstance(part, pd.Series))
    columns = [[part] * size if isinstance(part, str) else part.astype("str").tolist() for part in parts]
    rows = ("\x1f".join(cells).encode() for cells in zip(*columns, strict=True))
    return np.array([blake2b(row, digest_size=16).hexdigest() for row in rows], dtype=object)
