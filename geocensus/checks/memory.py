"""Decisions on flags: which hold at the next run, and what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CLOSING", "OUTCOMES", "WITHDRAWN", "standing_of", "what_changed"]

WITHDRAWN: Final = "withdrawn"
OUTCOMES: Final[Mapping[str, Text]] = {
    "corrected": Text("已更正坐标", "coordinate corrected"),
    "claim_corrected": Text("已更正填报区划", "claim corrected"),
    "statement_attached": Text("已附情况说明", "statement attached"),
    "false_alarm": Text("误报", "false alarm"),
    "cannot_decide": Text("暂无法判断", "cannot decide"),
    WITHDRAWN: Text("撤回处理结论", "decision withdrawn"),
}
CLOSING: Final = ("corrected", "claim_corrected", "statement_attached", "false_alarm")
_KEY: Final = [n.FLAG_ID, n.BASIS]


def standing_of(flags: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Tell which flags are closed by a decision that still holds.

    A decision holds for the basis it was made on: coordinates, claim, basemap and rule version. On another basis the
    flag is asked again; should the old basis return, so does the decision. Of several on one basis the last counts.

    Parameters
    ----------
    flags : DataFrame
        Columns flag_id and basis.
    decisions : DataFrame
        Columns decision_id, flag_id, basis and outcome (one of OUTCOMES), oldest first.

    Returns
    -------
    DataFrame
        Index of the flags: flag_state ("open", "closed" or "reopened"), outcome and decision_id ("" where no decision
        holds).

    Examples
    --------
    >>> flags = pd.DataFrame({"flag_id": ["a", "b", "c"], "basis": ["1", "1", "1"]})
    >>> made = [("d1", "a", "1", "false_alarm"), ("d2", "b", "0", "false_alarm")]
    >>> decisions = pd.DataFrame(made, columns=["decision_id", "flag_id", "basis", "outcome"])
    >>> standing_of(flags, decisions)["flag_state"].tolist()
    ['closed', 'reopened', 'open']
    """
    last = decisions.drop_duplicates(_KEY, keep="last")
    last = last[last["outcome"] != WITHDRAWN]
    held = last.set_index(_KEY)[["outcome", n.DECISION_ID]].reindex(pd.MultiIndex.from_frame(flags[_KEY]))
    closed = held["outcome"].isin(CLOSING).to_numpy()
    asked_before = flags[n.FLAG_ID].isin(last.loc[last["outcome"].isin(CLOSING), n.FLAG_ID]).to_numpy()
    state = np.select([closed, asked_before & held["outcome"].isna().to_numpy()], ["closed", "reopened"], "open")
    texts = {name: held[name].fillna("").to_numpy(dtype=object) for name in ("outcome", n.DECISION_ID)}
    return pd.DataFrame({n.FLAG_STATE: state, **texts}, index=flags.index).astype("str")


def what_changed(flags: pd.DataFrame, before: pd.DataFrame) -> dict[str, int]:
    """Count what a run changed; new, kept, closed and reopened add up to the flags of now.

    Parameters
    ----------
    flags, before : DataFrame
        Flags of this run and of the one before: flag_id and flag_state.

    Returns
    -------
    dict
        Numbers of flags: new; gone; kept (found again, not decided); closed (found again, decided, kept closed);
        reopened (decided, and asked again since this run, because the basis is another).

    Examples
    --------
    >>> before = pd.DataFrame({"flag_id": ["a", "b"], "flag_state": ["closed", "open"]})
    >>> now = pd.DataFrame({"flag_id": ["a", "c"], "flag_state": ["reopened", "open"]})
    >>> what_changed(now, before)
    {'new': 1, 'gone': 1, 'kept': 0, 'closed': 0, 'reopened': 1}
    """
    was = flags[n.FLAG_ID].map(before.set_index(n.FLAG_ID)[n.FLAG_STATE])
    closed = flags[n.FLAG_STATE] == "closed"
    reopened = (flags[n.FLAG_STATE] == "reopened") & (was != "reopened")
    kept = was.notna() & ~closed & ~reopened
    return {
        "new": len(flags) - int((closed | reopened | kept).sum()),
        "gone": int((~before[n.FLAG_ID].isin(flags[n.FLAG_ID])).sum()),
        "kept": int(kept.sum()),
        "closed": int(closed.sum()),
        "reopened": int(reopened.sum()),
    }
