"""Rules on what a source claims, and on the list itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geocensus import names as n
from geocensus.checks.outcome import Outcome, flag_where
from geocensus.model import Text

if TYPE_CHECKING:
    import pandas as pd

    from geocensus.checks.context import Context

__all__ = ["duplicate_id", "missing", "name_conflict", "retired", "unknown"]


def missing(ctx: Context) -> Outcome:
    """Flag sources that claim no area, by code or by name."""
    return flag_where(
        _problem(ctx, "missing"), Text("没有填报区划代码或名称", "no claimed area, neither code nor name")
    )


def unknown(ctx: Context) -> Outcome:
    """Flag claims that are not in the basemap."""
    return flag_where(_problem(ctx, "unknown"), (ctx.claims["note_zh"], ctx.claims["note_en"]), untested=_absent(ctx))


def retired(ctx: Context) -> Outcome:
    """Flag codes of another code year; the crosswalk says where they went."""
    absent = {"no_code": ctx.text(n.CLAIMED_CODE).isna()}
    if ctx.crosswalk is None:
        absent["no_crosswalk"] = ctx.claims["problem"] != "retired"
    return flag_where(_problem(ctx, "retired"), (ctx.claims["note_zh"], ctx.claims["note_en"]), untested=absent)


def name_conflict(ctx: Context) -> Outcome:
    """Flag claims whose code and names disagree."""
    claims = ctx.claims
    untested = {
        "no_name": ~claims["has_name"],
        "no_code": ctx.text(n.CLAIMED_CODE).isna() & ~claims["conflict"],
    }
    return flag_where(claims["conflict"], (claims["conflict_zh"], claims["conflict_en"]), untested=untested)


def duplicate_id(ctx: Context) -> Outcome:
    """Flag ids that stand more than once in the list."""
    doubled = ctx.sources["duplicate_id"].astype(bool) if "duplicate_id" in ctx.sources else ctx.has_point & False
    ids = ctx.text(n.SOURCE_ID)[doubled]
    rows = ctx.sources.loc[doubled, n.ROW].astype("str") if n.ROW in ctx.sources else ids
    zh = "编号重复，名单中不止一行；本行记为 " + ids + "（第 " + rows + " 行）"
    return flag_where(
        doubled, (zh, "the id stands in more than one row; this one is kept as " + ids + " (row " + rows + ")")
    )


def _problem(ctx: Context, problem: str) -> pd.Series:
    return ctx.claims["problem"] == problem


def _absent(ctx: Context) -> dict[str, pd.Series]:
    return {"no_claim": _problem(ctx, "missing")}
