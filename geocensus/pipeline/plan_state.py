"""What a plan of field zones is at one moment, as plain values: to keep, to compare, to go back to.

A state has sections, each a mapping: ``units`` {code: field zone}, ``unit_locks`` {code: field zone}, ``zone_locks``
{field zone: true}, ``today`` {code: field zone before the split}, ``zones`` {field zone: what is known of its team, in
the order of the roster} and ``facts`` (tolerance, what is proven, warnings, day plans).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from geocensus.errors import SchemaError
from geocensus.zoning.assignments import FIELD_ZONE
from geocensus.zoning.roster import ROSTER_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geocensus.workspace import StoredPlan
    from geocensus.zoning import SplitPlan

__all__ = [
    "EDITING",
    "ZONE_EXTRAS",
    "State",
    "applied",
    "differences",
    "editing_of",
    "moving_parts",
    "state_of",
    "state_of_plan",
]

State: TypeAlias = dict[str, dict[str, Any]]

EDITING: Final = "editing"  # key of the record's provenance
ZONE_EXTRAS: Final = ("supervisor_area", "visit_days", "visit_km")
_VERSION: Final = 1
_ROSTER: Final = tuple(name for name in ROSTER_COLUMNS if name != FIELD_ZONE)
_PROVEN: Final = ("optimal", "bound", "seconds", "warnings")


def editing_of(plan: SplitPlan, *, barrier_mode: str, group_mode: str) -> dict[str, Any]:
    """Return what a plan's rows do not tell, and what edits and a rebuilt plan need.

    Parameters
    ----------
    plan : SplitPlan
        The plan.
    barrier_mode, group_mode : str
        As they were asked for.

    Returns
    -------
    dict
        Plain values for the record: modes, groups of units by number, roster, locks, plan of today, notes.
    """
    ground = plan.request.ground
    codes = ground.codes.to_numpy(dtype=object)
    several = np.bincount(ground.wished)[ground.wished] > 1
    state = state_of_plan(plan)
    return {
        "version": _VERSION,
        "barrier_mode": barrier_mode,
        "group_mode": group_mode,
        "groups": dict(zip(codes[several], map(str, ground.wished[several].tolist()), strict=True)),
        "notes": [{"zh": note.zh, "en": note.en} for note in plan.request.notes],
        "stay_weight": float(plan.request.task.stay_weight),
        **moving_parts(state),
    }


def moving_parts(state: State) -> dict[str, Any]:
    """Return what of a state stands in no column of the workspace.

    Parameters
    ----------
    state : dict
        A state.

    Returns
    -------
    dict
        Keys roster, unit_locks, zone_locks and today.
    """
    kept = {name: state[name] for name in ("unit_locks", "today")}
    return {"roster": list(state["zones"]), "zone_locks": list(state["zone_locks"]), **kept}


def state_of_plan(plan: SplitPlan, extras: Mapping[str, Mapping[str, Any]] | None = None, visits: Any = None) -> State:
    """Return the state of a plan.

    Parameters
    ----------
    plan : SplitPlan
        The plan.
    extras : Mapping, optional
        Field zone to what is known of it besides the roster (ZONE_EXTRAS).
    visits : dict, optional
        Sums of its day plans.

    Returns
    -------
    dict
        Its state.
    """
    request, extras = plan.request, extras or {}
    ground, task, roster = request.ground, request.task, request.roster
    keys = roster[FIELD_ZONE].to_numpy(dtype=object)
    codes = ground.codes.to_numpy(dtype=object)
    rows = roster.set_index(FIELD_ZONE)[list(_ROSTER)].to_dict("index")
    facts = {
        "tolerance": float(task.tolerance),
        "optimal": plan.optimal,
        "bound": float(plan.bound),
        "seconds": round(plan.seconds, 3),
        "warnings": [{"zh": text.zh, "en": text.en} for text in plan.warnings],
        "visits": visits,
    }
    return {
        "units": _zones_of(codes, plan.assigned[ground.group], keys),
        "unit_locks": _zones_of(codes, task.fixed[ground.group], keys),
        "zone_locks": {str(keys[row]): True for row in sorted(plan.locked)},
        "today": _zones_of(codes, task.current[ground.group], keys),
        "zones": {str(key): _plain({**row, **extras.get(str(key), {})}) for key, row in rows.items()},
        "facts": _plain(facts),
    }


def state_of(stored: StoredPlan) -> State:
    """Return the state in which a plan lies in a workspace.

    Parameters
    ----------
    stored : StoredPlan
        As read from the workspace.

    Returns
    -------
    dict
        Its state.

    Raises
    ------
    SchemaError
        The plan was written before plans could be edited, or its field zones were changed by another program.
    """
    kept = stored.record.get("provenance", {}).get(EDITING)
    if not isinstance(kept, dict) or kept.get("version") != _VERSION:
        raise SchemaError(
            f"plan {stored.name!r} was written by a version of geocensus that did not keep what edits need; run "
            f"`geocensus split` with --current {stored.name!r} to make one that can be edited",
            f"方案“{stored.name}”由较早版本的 geocensus 写入，未保存调整所需的信息；"
            f"请用 `geocensus split` 并加 --current “{stored.name}”重新生成",
        )
    table = stored.field_zones.set_index(FIELD_ZONE)
    if set(table.index) != set(kept["roster"]):
        raise SchemaError(
            f"plan {stored.name!r}: its field zones were changed by another program; split anew",
            f"方案“{stored.name}”：片区已被其他程序增减，请重新划分",
        )
    names = [name for name in (*_ROSTER, *ZONE_EXTRAS) if name in table]
    rows = table[names].to_dict("index")
    report = stored.record.get("report", {})
    facts = {name: report.get(name) for name in (*_PROVEN, "tolerance", "visits")}
    return {
        "units": dict(zip(stored.members["code"].tolist(), stored.members[FIELD_ZONE].tolist(), strict=True)),
        "unit_locks": dict(kept["unit_locks"]),
        "zone_locks": dict.fromkeys(kept["zone_locks"], True),
        "today": dict(kept["today"]),
        "zones": {key: _plain(rows[key]) for key in kept["roster"]},
        "facts": _plain(facts),
    }


def differences(before: State, after: State) -> tuple[State, State]:
    """Return what differs between two states, as it was and as it is.

    Parameters
    ----------
    before, after : dict
        Two states of one plan.

    Returns
    -------
    tuple of dict
        Sections with the keys that differ; None stands for a key that is not there.

    Examples
    --------
    >>> differences({"units": {"a": "1", "b": "1"}}, {"units": {"a": "1", "b": "2"}})
    ({'units': {'b': '1'}}, {'units': {'b': '2'}})
    """
    was: State = {}
    now: State = {}
    for section in before:
        one, two = before[section], after[section]
        keys = [key for key in {**one, **two} if one.get(key) != two.get(key)]
        if keys:
            was[section] = {key: one.get(key) for key in keys}
            now[section] = {key: two.get(key) for key in keys}
    return was, now


def applied(state: State, changes: State) -> State:
    """Return a state with one side of :func:`differences` put into it.

    Parameters
    ----------
    state : dict
        A state.
    changes : dict
        Sections with new values; None takes a key out.

    Returns
    -------
    dict
        Another state.

    Examples
    --------
    >>> applied({"units": {"a": "1"}, "unit_locks": {"a": "1"}}, {"unit_locks": {"a": None}})
    {'units': {'a': '1'}, 'unit_locks': {}}
    """
    merged = {section: {**values, **changes.get(section, {})} for section, values in state.items()}
    return {
        section: {key: value for key, value in values.items() if value is not None}
        for section, values in merged.items()
    }


def _zones_of(codes: Any, rows: Any, keys: Any) -> dict[str, str]:
    """Return code to key of the units that have a field zone there."""
    known = rows >= 0
    return dict(zip(codes[known].tolist(), map(str, keys[rows[known]]), strict=True))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON has them, without those that are missing."""
    plain = {key: value.item() if isinstance(value, np.generic) else value for key, value in values.items()}
    return {
        key: value
        for key, value in plain.items()
        if value is not None
        and value != ""
        and not (isinstance(value, float) and math.isnan(value))
        and str(value) != "<NA>"
    }
