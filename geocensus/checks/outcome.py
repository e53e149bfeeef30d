"""What a rule says about every source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from geocensus.checks.numbering import in_words
from geocensus.model import Status, Text

__all__ = ["NOT_TESTED", "STATUS_TYPE", "GroupOutcome", "Outcome", "flag_groups", "flag_where", "untested_of"]

_NO_MESSAGE = Text("", "")
STATUS_TYPE: Final = pd.CategoricalDtype([str(status) for status in Status])  # a byte per source and rule
_OK, _FLAGGED, _NEAR_BORDER, _NOT_TESTED = range(len(Status))
NOT_TESTED: dict[str, Text] = {
    "no_coordinate": Text("没有可用坐标", "no usable coordinate"),
    "no_claim": Text("没有可核对的填报区划", "no claimed area to compare with"),
    "no_code": Text("没有填报区划代码", "no claimed code"),
    "no_name": Text("没有填报区划名称", "no claimed name"),
    "no_crosswalk": Text("没有新旧代码对照表", "no crosswalk of code years"),
    "no_address": Text(
        "没有地址，或地址中没有可识别的乡镇、村名", "no address, or none that names a known township or village"
    ),
    "few_neighbours": Text("同村或同一地址的污染源太少", "too few sources in the same village or at the same address"),
    "is_outlet": Text("排放口，与所属对象比对", "an outlet, compared with its site instead"),
    "no_parent": Text("不是排放口（未填所属对象）", "no outlet: names no site that it belongs to"),
    "lost_parent": Text(
        "所属对象不在名单中，或没有可用坐标", "the site it belongs to is not in the list, or has no coordinate"
    ),
    "no_group": Text("不属于任何导入批次，或批次太小", "in no import group, or in one too small to judge"),
    "shift_unknown": Text("所在批次有无偏移无法判断", "cannot tell whether its import group is shifted"),
    "no_reference": Text("没有对照名单", "no list to compare with"),
    "no_match": Text("对照名单中没有对应的对象", "no such unit in the list compared with"),
    "reference_unlocated": Text(
        "对照名单中该对象没有可用坐标", "the unit has no usable coordinate in the list compared with"
    ),
}


@dataclass(frozen=True)
class Outcome:
    """Statuses of one rule, and what to say about the flagged sources.

    Attributes
    ----------
    status : Series of category
        A Status per source, STATUS_TYPE.
    reason : Series of str
        Why not tested, a key of NOT_TESTED; missing elsewhere.
    zh, en : Series of str
        Messages, with the index of the flagged sources.
    level : Series of str
        Level the flag speaks of, with the index of the flagged sources; empty when the rule has none.
    basis : Series of str
        What the judgement rests on besides the source itself, with the index of the flagged sources; empty when there
        is nothing else.
    """

    status: pd.Series
    reason: pd.Series
    zh: pd.Series
    en: pd.Series
    level: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    basis: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))

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
    basis: pd.Series | None = None,
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
    basis : Series of str, optional
        What the judgement rests on besides the source, covering at least the failed sources.

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
    status = np.full(len(failed), _OK, dtype=np.int8)  # numbers first: a text per source costs ten times as much
    if near is not None:
        status[near.to_numpy()] = _NEAR_BORDER
    status[failed.to_numpy()] = _FLAGGED
    reason = np.full(len(failed), -1, dtype=np.int8)
    for key, mask in enumerate((untested or {}).values()):
        hit = mask.to_numpy()
        status[hit], reason[hit] = _NOT_TESTED, key
    index = failed.index
    flagged = index[status == _FLAGGED]
    zh, en = (
        pd.Series(said, index=flagged, dtype="str") if isinstance(said, str) else said.reindex(flagged).astype("str")
        for said in message
    )
    return Outcome(
        status=pd.Series(pd.Categorical.from_codes(status, dtype=STATUS_TYPE), index=index),
        reason=in_words(reason, tuple(untested or {}), index),
        zh=zh,
        en=en,
        level=pd.Series("", index=flagged, dtype="str") if level is None else level.reindex(flagged).astype("str"),
        basis=pd.Series(dtype="str") if basis is None else basis.reindex(flagged).astype("str"),
    )


@dataclass(frozen=True)
class GroupOutcome:
    """Statuses of one rule that judges import groups as wholes: one flag per group, none per source.

    A flagged group gives one row of the flags table, with an empty source_id and its label in ``group``. The status
    of its sources says that their group is flagged; it does not make the sources themselves flagged.

    Attributes
    ----------
    status : Series of category
        A Status per source, STATUS_TYPE: that of its group.
    reason : Series of str
        Why not tested, a key of NOT_TESTED; missing elsewhere.
    groups : DataFrame
        One row per flagged group, sorted; the index is the group's label. Columns ``zh`` and ``en`` (messages) and
        ``basis`` (text: what the judgement rests on, such as the system found; a decision holds while it stays).
    """

    status: pd.Series
    reason: pd.Series
    groups: pd.DataFrame

    @property
    def flagged(self) -> pd.Series:
        """Sources whose group failed the rule.

        Returns
        -------
        Series of bool
            True where the group failed.
        """
        return self.status == Status.FLAGGED


def flag_groups(
    labels: pd.Series, groups: pd.DataFrame, *, untested: dict[str, pd.Series] | None = None
) -> GroupOutcome:
    """Build the outcome of a rule on groups.

    Parameters
    ----------
    labels : Series of str
        The group of every source, with the sources' index; missing where it is in none.
    groups : DataFrame
        The flagged groups, as in :class:`GroupOutcome`; may be empty.
    untested : dict of str to Series of bool, optional
        Reason to the sources it keeps from being tested. Sources without a group have the reason no_group.

    Returns
    -------
    GroupOutcome
        One status per source, one message per flagged group.

    Examples
    --------
    >>> labels = pd.Series(["a", "a", "b", None], dtype="str")
    >>> groups = pd.DataFrame({"zh": "混用", "en": "mixed", "basis": "x"}, index=["a"])
    >>> flag_groups(labels, groups).status.tolist()
    ['flagged', 'flagged', 'ok', 'not_tested']
    """
    reasons = dict(untested or {})
    reasons["no_group"] = reasons.get("no_group", False) | labels.isna()
    outcome = flag_where(labels.isin(groups.index), _NO_MESSAGE, untested=reasons)
    kept = groups[groups.index.isin(labels[outcome.flagged])].sort_index()
    return GroupOutcome(outcome.status, outcome.reason, kept[["zh", "en", "basis"]].astype("str"))


def untested_of(outcome: Outcome | GroupOutcome) -> dict[str, int]:
    """Count why sources were not tested.

    Parameters
    ----------
    outcome : Outcome or GroupOutcome
        What a rule said.

    Returns
    -------
    dict
        Reason to number of sources, in the order of NOT_TESTED.
    """
    counts = outcome.reason.value_counts()
    return {reason: int(counts[reason]) for reason in NOT_TESTED if reason in counts.index}
