"""Edits of plans that lie in a workspace: each gives the plan's next state, ready to be written."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.pipeline.plan_moves import crossings
from geocensus.pipeline.plan_rebuilding import PlanBasis, change_of, rebuilt
from geocensus.pipeline.plan_state import ZONE_EXTRAS, State, state_of, state_of_plan
from geocensus.zoning.assignments import FIELD_ZONE
from geocensus.zoning.edit_checks import outside_texts
from geocensus.zoning.roster import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from geocensus.pipeline.plan_rebuilding import BasisChange
    from geocensus.workspace import StoredPlan
    from geocensus.zoning import SplitPlan

__all__ = [
    "EditablePlan",
    "editable",
    "locked",
    "moved",
    "rebalanced",
    "refreshed",
    "staffed",
    "turned",
    "unlocked",
]

_TEAM: Final = ("name", "owner", "phone", "people")
_VISITS = Text(
    "单元有变动的片区须重新安排走访（geocensus split --visits --current）",
    "plan the visits anew in field zones that changed (geocensus split --visits --current)",
)


@dataclass(frozen=True, eq=False)
class EditablePlan:
    """A plan of a workspace, made whole.

    Attributes
    ----------
    stored : StoredPlan
        As it was read.
    basis : PlanBasis
        Units, neighbours and sources of now.
    plan : SplitPlan
        The field zones.
    state : dict
        Its state (:mod:`geocensus.pipeline.plan_state`).
    """

    stored: StoredPlan
    basis: PlanBasis
    plan: SplitPlan
    state: State

    @cached_property
    def change(self) -> BasisChange | None:
        """What is other now than when the plan was written.

        Returns
        -------
        BasisChange or None
            None where nothing changed: only then may it be edited.
        """
        return change_of(self.basis, self.stored)


def editable(stored: StoredPlan, basis: PlanBasis) -> EditablePlan:
    """Make a plan whole.

    Parameters
    ----------
    stored : StoredPlan
        As it was read.
    basis : PlanBasis
        From :func:`geocensus.pipeline.plan_rebuilding.basis_of`.

    Returns
    -------
    EditablePlan
        Ready for edits where its ``change`` is None.

    Raises
    ------
    SchemaError
        A plan that was written before plans could be edited, or one that does not fit the units of now.
    """
    state = state_of(stored)
    return EditablePlan(stored, basis, rebuilt(basis, stored, state), state)


def moved(now: EditablePlan, units: Iterable[str], field_zone: str) -> EditablePlan:
    """Put units into a field zone.

    Parameters
    ----------
    now : EditablePlan
        The plan.
    units : iterable of str
        Codes; units that stay together move together.
    field_zone : str
        Key or name.

    Returns
    -------
    EditablePlan
        The next state; its warnings tell of overloads and of barriers that a field zone now crosses.

    Raises
    ------
    SchemaError
        An unknown unit or field zone.
    SplitInfeasibleError
        A lock, a field zone that would fall apart, or one without any unit.
    """
    plan = now.plan.move(list(units), field_zone)
    return _next(now, plan) if (plan.assigned != now.plan.assigned).any() else now


def locked(now: EditablePlan, field_zones: Iterable[str] = (), units: Iterable[str] = ()) -> EditablePlan:
    """Hold field zones as they are, or units where they are.

    Parameters
    ----------
    now : EditablePlan
        The plan.
    field_zones, units : iterable of str
        Keys or names; codes.

    Returns
    -------
    EditablePlan
        The next state.

    Raises
    ------
    SchemaError
        An unknown unit or field zone.
    """
    return _next(now, now.plan.lock(list(field_zones), units=list(units)))


def unlocked(
    now: EditablePlan, field_zones: Iterable[str] | None = None, units: Iterable[str] | None = None
) -> EditablePlan:
    """Release locks; without any named, all of them.

    Parameters
    ----------
    now : EditablePlan
        The plan.
    field_zones, units : iterable of str, optional
        Keys or names; codes.

    Returns
    -------
    EditablePlan
        The next state.

    Raises
    ------
    SchemaError
        An unknown unit or field zone.
    """
    zones, codes = (None if given is None else list(given) for given in (field_zones, units))
    return _next(now, now.plan.unlock(zones, units=codes))


def rebalanced(
    now: EditablePlan,
    keep: Iterable[str] = (),
    *,
    tolerance: float | None = None,
    seed: int = 0,
    seconds: float = 10.0,
    progress: Callable[..., None] | None = None,
) -> tuple[EditablePlan, bool]:
    """Balance the loads again; what is locked or kept stands.

    Parameters
    ----------
    now : EditablePlan
        The plan.
    keep : iterable of str
        Field zones that stand, besides the locked ones.
    tolerance : float, optional
        Another share by which loads may differ.
    seed : int
        Same seed, same plan, unless time runs out.
    seconds : float
        After these the best plan so far is taken.
    progress : callable, optional
        As for :func:`geocensus.split`.

    Returns
    -------
    next : EditablePlan
        The next state.
    ended : bool
        Whether the search came to its end.

    Raises
    ------
    SchemaError
        An unknown field zone.
    SplitInfeasibleError
        No plan keeps the locks.
    """
    over: list[bool] = []
    deadline = time.monotonic() + seconds

    def stop() -> bool:
        late = time.monotonic() >= deadline
        if late:
            over.append(True)
        return late

    plan = now.plan.rebalance(list(keep), tolerance=tolerance, seed=seed, progress=progress, stop=stop)
    return _next(now, plan), not over


def staffed(now: EditablePlan, field_zone: str, team: Mapping[str, Any]) -> EditablePlan:
    """Say who works in a field zone; more people take a greater share of the load.

    Parameters
    ----------
    now : EditablePlan
        The plan.
    field_zone : str
        Key or name.
    team : Mapping
        Any of name, owner, phone, people; what is left out stays.

    Returns
    -------
    EditablePlan
        The next state.

    Raises
    ------
    SchemaError
        An unknown field zone, an empty name or that of another one, or people that are no number above 0.
    """
    request = now.plan.request
    roster = request.roster.copy()
    key = _key(now, field_zone)
    row = int(np.flatnonzero(roster[FIELD_ZONE] == key)[0])
    for name, value in _team(team).items():
        roster.loc[row, name] = value
    others = roster.drop(index=row)
    if (
        "name" in team
        and ((others["name"] == roster.loc[row, "name"]) | (others[FIELD_ZONE] == roster.loc[row, "name"])).any()
    ):
        raise SchemaError(
            f"another field zone is called {roster.loc[row, 'name']!r}", f"已有名为“{roster.loc[row, 'name']}”的片区"
        )
    share = (roster["people"] / roster["people"].sum()).to_numpy(dtype=np.float64)
    total = float(request.task.graph.load.sum())
    task = replace(request.task, target=share * total if total > 0 else share)
    plan = replace(now.plan, request=replace(request, task=task, roster=roster))
    if (task.target != request.task.target).any():
        plan = _unproven(plan)
    return _next(now, plan)


def refreshed(now: EditablePlan) -> EditablePlan:
    """Take over the loads of now; every unit stays in its field zone.

    Parameters
    ----------
    now : EditablePlan
        A plan whose loads changed.

    Returns
    -------
    EditablePlan
        The next state.

    Raises
    ------
    SchemaError
        Units came or went: that asks for a new split.
    """
    change = now.change
    if change is None:
        return now
    if not change.same_units:
        raise SchemaError(
            f"{change.text.en}: split anew with this plan as the current one",
            f"{change.text.zh}：请以此方案为现有方案重新划分",
        )
    return _next(now, _unproven(now.plan), visits=False)


def turned(now: EditablePlan, state: State) -> EditablePlan:
    """Go to another state of a plan, for undo and redo.

    Parameters
    ----------
    now : EditablePlan
        The plan.
    state : dict
        The state to go to.

    Returns
    -------
    EditablePlan
        In that state.

    Raises
    ------
    SchemaError
        The state is not one of these units.
    """
    return EditablePlan(now.stored, now.basis, rebuilt(now.basis, now.stored, state), state)


def _next(now: EditablePlan, plan: SplitPlan, *, visits: bool = True) -> EditablePlan:
    """Return the plan after an edit: day plans of field zones that changed no longer hold."""
    before, after = now.plan.assigned, plan.assigned
    keys = plan.request.roster[FIELD_ZONE].to_numpy(dtype=object)
    apart = before != after
    touched = set(keys[np.unique(np.concatenate([before[apart], after[apart]]))].tolist()) if visits else set(keys)
    known = now.state["facts"].get("visits")
    extras = {
        key: {
            name: value
            for name, value in row.items()
            if name in ZONE_EXTRAS and not (key in touched and name.startswith("visit_"))
        }
        for key, row in now.state["zones"].items()
    }
    news = [*crossings(now.plan, plan), *([_VISITS] if known and touched else [])]
    plan = _saying(plan, tuple(dict.fromkeys((*plan.warnings, *news))))
    state = state_of_plan(plan, extras, None if touched else known)
    return EditablePlan(now.stored, now.basis, plan, state)


def _saying(plan: SplitPlan, warnings: tuple[Text, ...]) -> SplitPlan:
    """Return a plan with other warnings and without the one before; what was measured of it is not measured again."""
    other = replace(plan, warnings=warnings, previous=None)
    measured: dict[str, Any] = {
        name: vars(plan)[name] for name in ("labels", "field_zones", "report") if name in vars(plan)
    }
    if "report" in measured:
        told = [{"zh": text.zh, "en": text.en} for text in warnings]
        measured["report"] = {**measured["report"], "warnings": told}
    vars(other).update(measured)  # where cached_property keeps them
    return other


def _unproven(plan: SplitPlan) -> SplitPlan:
    """Return a plan of which nothing is proven any more, with the sentences of an edit."""
    plan = replace(plan, optimal=False, bound=0.0, seconds=0.0, warnings=())
    return replace(plan, warnings=(*plan.request.notes, *outside_texts(plan)))


def _key(now: EditablePlan, field_zone: str) -> str:
    key = resolve(field_zone.strip(), now.plan.request.roster)
    if key is None:
        raise SchemaError(f"no field zone {field_zone!r} in this plan", f"方案中没有片区“{field_zone}”")
    return key


def _team(team: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said of a team, tested."""
    known = {name: team[name] for name in _TEAM if name in team}
    texts = {name: str(value or "").strip() for name, value in known.items() if name != "people"}
    if "name" in texts and not texts["name"]:
        raise SchemaError("a field zone needs a name", "片区名称不能为空")
    if "people" not in known:
        return texts
    people = known["people"]
    if isinstance(people, bool) or not isinstance(people, int | float) or not 0 < people < float("inf"):
        raise SchemaError(f"people: a number above 0, not {people!r}", f"人数应为大于 0 的数，而不是 {people!r}")
    return {**texts, "people": float(people)}
