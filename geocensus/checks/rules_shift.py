"""The rule on shifts of import groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geocensus.checks.outcome import GroupOutcome, flag_groups

if TYPE_CHECKING:
    from geocensus.checks.context import Context

__all__ = ["shift"]


def shift(ctx: Context) -> GroupOutcome:
    """Flag import groups whose points follow one displacement: GCJ-02, BD-09, an old datum, a constant."""
    found = ctx.shifts
    labels = found.flagged.fillna(found.of_source["group"])
    groups = found.groups[found.groups["group"].isin(found.flagged.dropna().unique())].set_index("group")
    table = groups[["message_zh", "message_en"]].set_axis(["zh", "en"], axis=1).assign(basis=groups["system"])
    untested = (found.of_source["system"] == "inconclusive") & found.flagged.isna()
    return flag_groups(labels, table, untested={"shift_unknown": untested, **ctx.no_point})
