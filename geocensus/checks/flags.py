"""The table of flags: one row per rule that a source failed, with an identity that survives re-runs."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.model import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.checks.context import Context
    from geocensus.checks.outcome import Outcome
    from geocensus.checks.registry import Rule

__all__ = ["FLAG_COLUMNS", "make_flags"]

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


def make_flags(ctx: Context, outcomes: Mapping[Rule, Outcome]) -> pd.DataFrame:
    """List the flagged sources of every rule.

    ``flag_id`` depends on source, rule and level alone; ``basis`` on what the judgement rests on: raw coordinate,
    claim, basemap and rule version. A decision on a flag holds as long as its basis stays.

    Parameters
    ----------
    ctx : Context
        The sources under test.
    outcomes : Mapping of Rule to Outcome
        What each rule said.

    Returns
    -------
    DataFrame
        FLAG_COLUMNS, in order of rules, then of sources.
    """
    tables = [_of_rule(ctx, rule, outcome) for rule, outcome in outcomes.items() if outcome.flagged.any()]
    if not tables:
        texts = {name: pd.Series(dtype="str") for name in FLAG_COLUMNS[:-2]}
        return pd.DataFrame({**texts, n.LON: pd.Series(dtype=float), n.LAT: pd.Series(dtype=float)})
    return pd.concat(tables, ignore_index=True)


def _of_rule(ctx: Context, rule: Rule, outcome: Outcome) -> pd.DataFrame:
    rows = outcome.zh.index
    ids, level = ctx.sources.loc[rows, n.SOURCE_ID], outcome.level
    basis = [ctx.text(name)[rows].fillna("") for name in (n.LON_TEXT, n.LAT_TEXT, n.CLAIMED_CODE)]
    same = f"{ctx.basemap.info.sha256}\x1f{rule.code}\x1f{rule.version}"
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
            n.BASIS: _hashed(*basis, same),
            n.LON: ctx.sources.loc[rows, n.LON],
            n.LAT: ctx.sources.loc[rows, n.LAT],
        }
    )
    return table.astype(dict.fromkeys(FLAG_COLUMNS[:-2], "str"))


def _hashed(*parts: pd.Series | str) -> np.ndarray:
    """Hash texts row by row into 32 hexadecimal digits; flags are few, and the digest must never change."""
    size = max(len(part) for part in parts if isinstance(part, pd.Series))
    columns = [[part] * size if isinstance(part, str) else part.astype("str").tolist() for part in parts]
    rows = ("\x1f".join(cells).encode() for cells in zip(*columns, strict=True))
    return np.array([blake2b(row, digest_size=16).hexdigest() for row in rows], dtype=object)
