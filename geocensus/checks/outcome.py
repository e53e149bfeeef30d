"""What a rule says about every source."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geocensus.model import Status, Text

__all__ = ["NOT_TESTED", "Outcome", "flag_where"]

NOT_TESTED: dict[str, Text] = {
    "no_coordinate": Text("没有可用坐标", "no usable coordinate"),
    "no_claim": Text("没有可核对的填报区划", "no claimed area to compare with"),
    "no_code": Text("没有填报区划代码", "no claimed code"),
    "no_name": Text("没有填报区划名称", "no claimed name"),
    "no_crosswalk": Text("没有新旧代码对照表", "no crosswalk of code years"),
}


@dataclass(frozen=True)
class Outcome:
    """Statuses of one rule, and what to say about the flagged sources.

    Attributes
    ----------
    status : Series of str
        A Status per source.
    reason : Series of str
        Why not tested, a key of NOT_TESTED; missing elsewhere.
    zh, en : Series of str
        Messages, with the index of the flagged sources.
    level : Series of str
        Level the flag speaks of, with the index of the flagged sources; empty when the rule has none.
    """

    status: pd.Series
    reason: pd.Series
    zh: pd.Series
    en: pd.Series
    level: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))

    @property
    def flagged(self) -> pd.Series:
        """Sources that failed the rule.

        Returns
        -------
        Series of bool
            True where the rule failed.
        """
        return self.status == Status.FLAGGED


def flag_where(
    failed: pd.Series,
    message: Text | tuple[pd.Series, pd.Series],
    *,
    untested: dict[str, pd.Series] | None = None,
    near: pd.Series | None = None,
    level: pd.Series | None = None,
) -> Outcome:
    """Build an outcome from masks over the sources.

    Parameters
    ----------
    failed : Series of bool
        Sources that fail the rule.
    message : Text or pair of Series
        One text for all, or Chinese and English texts that cover at least the failed sources.
    untested : dict of str to Series of bool, optional
        Reason to the sources it keeps from being tested; these are never flagged and never ok.
    near : Series of bool, optional
        Sources outside by no more than the tolerance.
    level : Series of str, optional
        Level of the flag, covering at least the failed sources.

    Returns
    -------
    Outcome
        One status per source.

    Examples
    --------
    >>> failed = pd.Series([True, False])
    >>> flag_where(failed, Text("错", "wrong")).status.tolist()
    ['flagged', 'ok']
    """
    status = np.full(len(failed), str(Status.OK), dtype=object)
    if near is not None:
        status[near.to_numpy()] = str(Status.NEAR_BORDER)
    status[failed.to_numpy()] = str(Status.FLAGGED)
    reason = np.full(len(failed), None, dtype=object)
    for key, mask in (untested or {}).items():
        hit = mask.to_numpy()
        status[hit], reason[hit] = str(Status.NOT_TESTED), key
    index = failed.index
    flagged = index[status == str(Status.FLAGGED)]
    zh, en = (
        pd.Series(said, index=flagged, dtype="str") if isinstance(said, str) else said.reindex(flagged).astype("str")
        for said in message
    )
    return Outcome(
        status=pd.Series(status, index=index, dtype="str"),
        reason=pd.Series(reason, index=index, dtype="str"),
        zh=zh,
        en=en,
        level=pd.Series("", index=flagged, dtype="str") if level is None else level.reindex(flagged).astype("str"),
    )
