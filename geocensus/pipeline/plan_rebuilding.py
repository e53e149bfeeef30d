"""Plans out of a workspace made whole again: same units, loads, neighbours, teams, locks and groups as when split."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.model import Text
from geocensus.pipeline.plan_state import EDITING
from geocensus.pipeline.split_inputs import split_inputs
from geocensus.zoning import LoadSettings, SplitPlan
from geocensus.zoning.assignments import FIELD_ZONE
from geocensus.zoning.mix import mix_table
from geocensus.zoning.request import Ground, Request, ground_of
from geocensus.zoning.roster import complete_roster
from geocensus.zoning.task import Task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from geocensus.model import BasemapInfo
    from geocensus.pipeline.plan_state import State
    from geocensus.pipeline.split_inputs import SplitInputs
    from geocensus.workspace import StoredPlan
    from geocensus.zoning.task import Ints

__all__ = ["BasisChange", "PlanBasis", "basis_key", "basis_of", "change_of", "rebuilt"]

_ROUNDING: Final = 1e-6  # minutes; loads are stored as they are, so that equal ones differ in no digit


@dataclass(frozen=True, eq=False)
class PlanBasis:
    """What plans of the same area, units, minutes and groups rest on.

    Attributes
    ----------
    basemap : BasemapInfo
        About the basemap of now.
    units : GeoDataFrame
        code, name, geometry (EPSG:4490), minutes of now, and what makes them up.
    ground : Ground
        Units and who borders whom.
    mix : DataFrame or None
        Sources of each class and sector in each unit (column field_zone holds the unit's code); None without a list.
    counted : int or None
        Sources within the units, None without a list.
    """

    basemap: BasemapInfo
    units: gpd.GeoDataFrame
    ground: Ground
    mix: pd.DataFrame | None
    counted: int | None


@dataclass(frozen=True)
class BasisChange:
    """What is other now than when a plan was made.

    Attributes
    ----------
    basemap : tuple of str or None
        Names of the basemap then and now, where it is another one.
    added, gone : tuple of str
        Codes of units that are new, or no longer there.
    changed : int
        Units in both whose load differs.
    minutes : tuple of float
        Sum of the loads then and now.
    """

    basemap: tuple[str, str] | None
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: int
    minutes: tuple[float, float]

    @property
    def same_units(self) -> bool:
        """Whether only loads differ, so that the plan can take them over.

        Returns
        -------
        bool
            False where units came or went.
        """
        return not self.added and not self.gone

    @property
    def text(self) -> Text:
        """What changed, in one sentence.

        Returns
        -------
        Text
            For the planner.
        """
        zh, en = [], []
        if self.basemap:
            zh.append(f"底图由“{self.basemap[0]}”变为“{self.basemap[1]}”")
            en.append(f"the basemap was {self.basemap[0]!r} and is {self.basemap[1]!r}")
        if not self.same_units:
            zh.append(f"新增 {len(self.added)} 个、减少 {len(self.gone)} 个单元")
            en.append(f"{len(self.added)} units are new, {len(self.gone)} are gone")
        if self.changed:
            one, two = self.minutes
            zh.append(f"{self.changed} 个单元的工作量有变化，总量由 {one:.0f} 分钟变为 {two:.0f} 分钟")
            en.append(f"the load of {self.changed} units differs, the sum was {one:.0f} min and is {two:.0f} min")
        return Text("；".join(zh), "; ".join(en))


def basis_key(stored: StoredPlan) -> str:
    """Return a name of all that decides a plan's basis besides basemap and sources, for caches.

    Parameters
    ----------
    stored : StoredPlan
        As read from the workspace; it can be edited (:func:`geocensus.pipeline.plan_state.state_of`).

    Returns
    -------
    str
        Plans of the same name share a basis.
    """
    kept = _kept(stored)
    parts = [stored.record["within"], stored.record["level"], stored.record.get("settings", {})]
    return json.dumps([*parts, kept["groups"], kept["group_mode"], kept["barrier_mode"]], sort_keys=True)


def basis_of(workspace: Path, stored: StoredPlan) -> PlanBasis:
    """Put together what a plan rests on now.

    Parameters
    ----------
    workspace : Path
        Where it lies, with basemap and sources.
    stored : StoredPlan
        The plan.

    Returns
    -------
    PlanBasis
        With the loads of now.

    Raises
    ------
    GeocensusError
        As :func:`geocensus.pipeline.split_inputs.split_inputs`.
    """
    kept, record = _kept(stored), stored.record
    known = LoadSettings.__dataclass_fields__
    load = {key: value for key, value in record.get("settings", {}).items() if key in known}
    settings = LoadSettings.from_dict(load)
    within = json.loads(record["within"]) if isinstance(record["within"], str) else list(record["within"])
    given = split_inputs(within, basemap=None, workspace=workspace, level=record["level"], settings=settings)
    there = set(given.units["code"])
    groups = {code: group for code, group in kept["groups"].items() if code in there}
    ground = ground_of(
        given.units,
        groups=groups or None,
        group_mode=kept["group_mode"],
        barriers=given.basemap.barriers,
        barrier_mode=kept["barrier_mode"],
        bridges=None,
        islands="link",
    )
    return PlanBasis(given.basemap.info, given.units, ground, _mix(given, settings), given.counted)


def _mix(given: SplitInputs, settings: LoadSettings) -> pd.DataFrame | None:
    """Count classes and sectors in each unit: a basis is kept in memory, a long list of sources is not."""
    if given.sources is None:
        return None
    each = pd.Series(given.units["code"].to_numpy(), index=given.units["code"], dtype="str", name=FIELD_ZONE)
    return mix_table(each, given.unit_of_source, given.sources, settings)


def change_of(basis: PlanBasis, stored: StoredPlan) -> BasisChange | None:
    """Tell what is other now than when a plan was written.

    Parameters
    ----------
    basis : PlanBasis
        Of now.
    stored : StoredPlan
        The plan, with the loads of then.

    Returns
    -------
    BasisChange or None
        None where nothing changed.
    """
    then = stored.members.set_index("code")["load"].astype("float64")
    now = pd.Series(basis.ground.whole.load, index=basis.ground.codes)
    both = now.index.intersection(then.index)
    apart = (now[both] - then[both]).abs() > _ROUNDING
    info, sha256 = basis.basemap, stored.record.get("basemap_sha256", "")
    other = bool(sha256) and bool(info.sha256) and sha256 != info.sha256
    change = BasisChange(
        (str(stored.record.get("basemap_name", "")), info.name) if other else None,
        tuple(now.index.difference(then.index)),
        tuple(then.index.difference(now.index)),
        int(apart.sum()),
        (float(then.sum()), float(now.sum())),
    )
    return change if other or change.changed or not change.same_units else None


def rebuilt(basis: PlanBasis, stored: StoredPlan, state: State) -> SplitPlan:
    """Make a plan whole again.

    Parameters
    ----------
    basis : PlanBasis
        Its units are those of the state.
    stored : StoredPlan
        The plan, for what edits never change.
    state : dict
        Which unit is where, what is locked, who is in the teams.

    Returns
    -------
    SplitPlan
        Its report is the one that was stored.

    Raises
    ------
    SchemaError
        Other units than those of the basis, or a group that another program parted.
    """
    ground, kept, facts = basis.ground, _kept(stored), state["facts"]
    roster = complete_roster(pd.DataFrame([{FIELD_ZONE: key, **row} for key, row in state["zones"].items()]))
    place = {key: row for row, key in enumerate(roster[FIELD_ZONE])}
    assigned = _rows(ground, state["units"], place)
    if (assigned < 0).any():
        raise SchemaError(
            f"plan {stored.name!r}: its units are not those of the basemap and the sources now; split anew",
            f"方案“{stored.name}”的单元与现有底图、污染源不一致，请重新划分",
        )
    share = (roster["people"] / roster["people"].sum()).to_numpy(dtype=np.float64)
    total = float(ground.graph.load.sum())
    task = Task(
        ground.graph,
        share * total if total > 0 else share,
        float(facts["tolerance"]),
        fixed=_rows(ground, state["unit_locks"], place),
        current=_rows(ground, state["today"], place),
        stay_weight=float(kept["stay_weight"]),
    )
    notes = tuple(Text(note["zh"], note["en"]) for note in kept["notes"])
    return SplitPlan(
        Request(ground, task, roster, notes),
        assigned,
        optimal=facts.get("optimal", False),
        bound=float(facts.get("bound", 0.0)),
        warnings=tuple(Text(text["zh"], text["en"]) for text in facts.get("warnings", [])),
        seconds=float(facts.get("seconds", 0.0)),
        locked=frozenset(place[key] for key in state["zone_locks"]),
    )


def _rows(ground: Ground, zones: Mapping[str, str], place: Mapping[str, int]) -> Ints:
    """Return the field zone of every unit of the task, −1 without one."""
    given = pd.Series(zones, dtype="object").map(place)
    unit = given.reindex(ground.codes).fillna(-1).to_numpy(dtype=np.int64)
    found = np.full(ground.graph.size, -1, dtype=np.int64)
    np.maximum.at(found, ground.group, unit)
    if len(given) > ground.codes.isin(given.index).sum() or (found[ground.group] != unit).any():
        raise SchemaError(
            "units of the plan are not known, or units that stay together were parted by another program; split anew",
            "方案中有未知的单元，或应合并的单元被其他程序分开，请重新划分",
        )
    return found


def _kept(stored: StoredPlan) -> dict[str, Any]:
    kept: dict[str, Any] = stored.record["provenance"][EDITING]
    return kept
