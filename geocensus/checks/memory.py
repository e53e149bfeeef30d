"""Decisions on flags: which hold at the next run, and what a run changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.model import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["APPROVING", "CLOSING", "DISPUTED", "OUTCOMES", "REJECTED", "WITHDRAWN", "standing_of", "what_changed"]

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
REJECTED: Final = "rejected"
DISPUTED: Final = "disputed"
APPROVING: Final = ("approved", "approved_with_fixes")
_KEY: Final = [n.FLAG_ID, n.BASIS]


def standing_of(flags: pd.DataFrame, decisions: pd.DataFrame, reviews: pd.DataFrame | None = None) -> pd.DataFrame:
    """Tell which flags are closed by a decision that still holds, and how far its review is.

    A decision holds for the basis it was made on: coordinates, claim, basemap and rule version. On another basis the
    flag is asked again; should the old basis return, so does the decision. Of several on one basis the last counts
    that was not withdrawn. One that a second person rejected leaves its flag open.

    Parameters
    ----------
    flags : DataFrame
        Columns flag_id and basis.
    decisions : DataFrame
        Columns decision_id, flag_id, basis and outcome (one of OUTCOMES), oldest first; ``after`` names the decision
        that one with outcome "withdrawn" takes back ({"withdraws": id}), else it takes back all before it.
    reviews : DataFrame, optional
        Columns decision_id and ``after`` ({"verdict": …}, what holds from then on), oldest first.

    Returns
    -------
    DataFrame
        Index of the flags: flag_state ("open", "closed" or "reopened"), review_state ("open", "unclear", "decided",
        "disputed", "approved" or "rejected"), outcome and decision_id ("" where no decision holds; a rejected one
        has its id, but no outcome).

    Examples
    --------
    >>> flags = pd.DataFrame({"flag_id": ["a", "b", "c"], "basis": ["1", "1", "1"]})
    >>> made = [("d1", "a", "1", "false_alarm"), ("d2", "b", "0", "false_alarm")]
    >>> decisions = pd.DataFrame(made, columns=["decision_id", "flag_id", "basis", "outcome"])
    >>> standing_of(flags, decisions)["flag_state"].tolist()
    ['closed', 'reopened', 'open']
    >>> said = pd.DataFrame({"decision_id": ["d1"], "after": ['{"verdict": "rejected"}']})
    >>> standing_of(flags, decisions, said)[["flag_state", "review_state"]].iloc[0].tolist()
    ['open', 'rejected']
    """
    last = _not_withdrawn(decisions).drop_duplicates(_KEY, keep="last")
    last = last.assign(verdict=last[n.DECISION_ID].map(_verdicts(reviews)).astype("str").fillna(""))
    names = ["outcome", n.DECISION_ID, "verdict"]
    held = last.set_index(_KEY)[names].reindex(pd.MultiIndex.from_frame(flags[_KEY])).fillna("").reset_index(drop=True)
    rejected = (held["verdict"] == REJECTED).to_numpy()
    closed = held["outcome"].isin(CLOSING).to_numpy() & ~rejected
    asked = last[last["outcome"].isin(CLOSING) & (last["verdict"] != REJECTED)]
    asked_before = flags[n.FLAG_ID].isin(asked[n.FLAG_ID]).to_numpy()
    state = np.select([closed, asked_before & held["outcome"].eq("").to_numpy()], ["closed", "reopened"], "open")
    reviewed = [closed & held["verdict"].isin(said).to_numpy() for said in (APPROVING, (DISPUTED,))]
    unclear = held["outcome"].eq("cannot_decide").to_numpy() & ~rejected
    words = ["rejected", "approved", "disputed", "decided", "unclear"]
    review = np.select([rejected, *reviewed, closed, unclear], words, "open")
    texts = {
        "outcome": held["outcome"].mask(rejected, "").to_numpy(dtype=object),
        n.DECISION_ID: held[n.DECISION_ID].to_numpy(dtype=object),
    }
    return pd.DataFrame({n.FLAG_STATE: state, n.REVIEW_STATE: review, **texts}, index=flags.index).astype("str")


def _not_withdrawn(decisions: pd.DataFrame) -> pd.DataFrame:
    taking = decisions["outcome"] == WITHDRAWN
    if not taking.any():
        return decisions
    after = decisions["after"] if "after" in decisions else pd.Series("", index=decisions.index)
    named = after.astype("str").str.extract(r'"withdraws": "([^"]+)"', expand=False)[taking]
    position = pd.Series(np.arange(len(decisions)), index=decisions.index)
    sweeping = position.where(taking & ~taking.index.isin(named.dropna().index))
    until = sweeping.groupby([decisions[name] for name in _KEY]).transform("max").fillna(-1)
    return decisions[~taking & ~decisions[n.DECISION_ID].isin(named) & (position > until)]


def _verdicts(reviews: pd.DataFrame | None) -> pd.Series:
    if reviews is None or reviews.empty:
        return pd.Series(dtype="str")
    last = reviews.drop_duplicates(n.DECISION_ID, keep="last").set_index(n.DECISION_ID)
    return last["after"].astype("str").str.extract(r'"verdict": "([^"]*)"', expand=False).fillna("")


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
