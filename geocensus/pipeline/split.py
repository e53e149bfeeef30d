"""Split an area into field zones, from basemap and sources to workspace, labels, page and picture."""

from __future__ import annotations

import datetime as dt
import getpass
import time
from collections.abc import Callable, Sequence  # noqa: TC003 - dataclass fields are read at run time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path  # noqa: TC003 - as above
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geocensus.io import read_settings
from geocensus.maps import PlanDrawing, outcome
from geocensus.model import Text
from geocensus.pipeline.plan_state import EDITING, editing_of
from geocensus.pipeline.provenance import versions
from geocensus.pipeline.split_asked import Asked, Lists, lists_of, workspace_of
from geocensus.pipeline.split_book import book_sheets
from geocensus.pipeline.split_consistency import far_starts, refuse_other_units
from geocensus.pipeline.split_files import Targets, Written, plan_name, targets_of, write_files
from geocensus.pipeline.split_inputs import SplitInputs, split_inputs
from geocensus.pipeline.split_texts import about_plan, headline, plan_facts, work_facts
from geocensus.pipeline.split_together import Together, group_warnings, heavy_groups, refuse_too_few, together_groups
from geocensus.pipeline.split_work import FieldWork, field_work, visit_lines
from geocensus.workspace import StoredPlan, Workspace
from geocensus.zoning import split

if TYPE_CHECKING:
    import geopandas as gpd

    from geocensus.io import Sheet
    from geocensus.zoning import SplitPlan

__all__ = ["SplitReport", "run_split"]

_BASEMAP_CRS: Final = "EPSG:4490"
_KEYS: Final = (
    "field_zones", "units", "feasible", "optimal", "deviation", "bound", "connected", "cut_km", "rms_m",
    "polsby_popper",
)  # fmt: skip


@dataclass(frozen=True)
class SplitReport:
    """A finished split: plan, name, what `split --json` prints, files, notes and facts for people."""

    plan: SplitPlan
    name: str
    title: Text
    summary: dict[str, Any]
    targets: Targets
    workspace: Path | None
    notes: tuple[Text, ...]
    outcome: tuple[Text, Text]
    facts: tuple[tuple[Text, Text], ...] = ()


def run_split(  # noqa: PLR0913 - the options of `geocensus split`, one to one
    within: Sequence[str],
    *,
    basemap: str | Path | None = None,
    workspace: str | Path | None = None,
    teams: int | str | Path | None = None,
    capacity: float | None = None,
    units: str | None = None,
    tolerance: float = 0.05,
    barriers: str = "soft",
    lock: str | Path | None = None,
    current: str | None = None,
    together: str | Path | None = None,
    sectors: Sequence[str] = (),
    together_as: str = "hard",
    supervisors: bool = False,
    visits: bool = False,
    name: str | None = None,
    out: str | Path | None = None,
    settings: str | Path | None = None,
    seed: int = 0,
    lang: str = "zh",
    command: str = "split",
    progress: Callable[[Text], Any] = lambda _step: None,
    stop: Callable[[], bool] | None = None,
    keep: Callable[[StoredPlan], Any] | None = None,
) -> SplitReport:
    """Split areas into field zones and write the plan.

    Parameters
    ----------
    within : sequence of str
        Codes of the areas to split.
    basemap : str or Path, optional
        Name of a shipped basemap or a file; by default the workspace's own.
    workspace : str or Path, optional
        GeoPackage with checked sources, which count in the loads; the plan is written to it. A new one is made where a
        basemap is given, too.
    teams : int, str or Path, optional
        Number of field zones, or a file of teams.
    capacity : float, optional
        Minutes that one team can work, instead of teams.
    units : str, optional
        One of township, village, zone, block, cell; by default villages, else the finest level.
    tolerance : float
        Share by which loads may differ.
    barriers : str
        One of soft, hard, off.
    lock : str or Path, optional
        CSV of units that are decided (code, field_zone).
    current : str, optional
        The plan of today: a name in the workspace, or a CSV of labels.
    together : str or Path, optional
        Layer of industrial parks: units that hold a good part of the same park stay together.
    sectors : sequence of str
        First digits of industries (GB/T 4754): neighbouring units with such sources stay together.
    together_as : str
        "hard": never parted; "soft": parted only where much is gained.
    supervisors : bool
        Whether whole, neighbouring field zones form supervisor areas.
    visits : bool
        Whether the days of every team are planned: needs checked sources.
    name : str, optional
        Name of the plan; by default area and number of field zones.
    out : str or Path, optional
        File (.csv, .xlsx, .gpkg, .html, .png) or folder.
    settings : str or Path, optional
        TOML file: minutes of work in ``[load]``, working hours in ``[visits]``, ``enumerators_per_supervisor``.
    seed : int
        Same seed, same plan.
    lang : str
        "zh" or "en", for page and picture.
    command : str
        What is recorded as the command.
    progress : Callable
        Called with each step that begins.
    stop : Callable, optional
        Returns True to end the search with the best plan so far.
    keep : Callable, optional
        Takes the plan in place of the workspace, into which nothing is written then.

    Returns
    -------
    SplitReport
        The plan; options that contradict themselves and a locked workspace leave no file behind.

    Raises
    ------
    GeocensusError
        Unreadable input, contradicting options, no plan at all, or files that cannot be written.
    """
    asked = Asked(
        within,
        basemap=basemap,
        workspace=workspace,
        teams=teams,
        capacity=capacity,
        units=units,
        lock=lock,
        current=current,
        together=together,
        sectors=tuple(dict.fromkeys(sectors)),
        together_as=together_as,
        supervisors=supervisors,
        visits=visits,
        tolerance=tolerance,
        barriers=barriers,
        name=name,
        out=out,
        settings=settings,
        seed=seed,
    )
    return _report(asked, _Run(lang, command, progress, stop, keep))


@dataclass(frozen=True)
class _Run:
    """How a split is run: language of its files, recorded command, who hears of it, may stop it, takes the plan."""

    lang: str
    command: str
    progress: Callable[[Text], Any]
    stop: Callable[[], bool] | None
    keep: Callable[[StoredPlan], Any] | None = None
    clock: float = field(default_factory=time.perf_counter)
    started: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))


@dataclass(frozen=True, eq=False)
class _Found:
    """A plan and what it rests on."""

    given: SplitInputs
    plan: SplitPlan
    work: FieldWork
    settings: dict[str, Any]
    notes: tuple[Text, ...]
    parks: gpd.GeoDataFrame | None = None


def _report(asked: Asked, run: _Run) -> SplitReport:
    """Split, write the workspace, then the files; whatever can be refused is refused before."""
    targets_of(asked.out, plan_name(asked.name, asked.within, 0), inputs=asked.files)
    place = workspace_of(asked.workspace)
    found = _found(asked, place, run)
    plan, work = found.plan, found.work
    name = plan_name(asked.name, found.given.within, plan.report["field_zones"])
    targets = targets_of(asked.out, name, inputs=asked.files, book=asked.visits)
    record = _record(found, asked, run)
    run.progress(Text("写入方案", "writing the plan"))
    facts = tuple(work_facts(work.report, plan.request.roster.set_index("field_zone")["name"].to_dict()))
    drawing = _drawing(found, record, facts=facts)
    if place is not None:
        members = pd.DataFrame(drawing.units.drop(columns="geometry"))
        stored = StoredPlan(name, drawing.field_zones, members, record, work.mix)
        if run.keep is None:
            Workspace(place).write_plan(stored, found.given.basemap)
        else:
            run.keep(stored)
    write_files(targets, Written(plan.labels, drawing, *_tables(targets, drawing, work, run.lang)), lang=run.lang)
    summary = _summary(asked, record["report"], targets, [text.get(run.lang) for text in plan.warnings])
    summary["seconds"] = round(time.perf_counter() - run.clock, 3)
    return SplitReport(plan, name, drawing.title, summary, targets, place, found.notes, outcome(drawing), facts)


def _found(asked: Asked, place: Path | None, run: _Run) -> _Found:
    """Read what is given, split, and plan the work in the field."""
    known, lists = read_settings(asked.settings), lists_of(asked, place)
    run.progress(Text("读取底图与污染源", "reading basemap and sources"))
    given = split_inputs(asked.within, basemap=asked.basemap, workspace=place, level=asked.units, settings=known.load)
    refuse_other_units(asked.current, lists.today, given)
    together = together_groups(given, asked.together, asked.sectors, barriers=asked.barriers)
    plan = _solved(given, asked, lists, together, run)
    work = field_work(
        plan,
        given,
        known,
        asked,
        people=isinstance(lists.teams, pd.DataFrame),
        optimise=run.stop is None or not run.stop(),
        progress=lambda share: run.progress(Text(f"安排走访 {share:.0%}", f"planning visits {share:.0%}")),
    )
    told = (*given.notes, *lists.notes, *far_starts(plan), *together.notes, *work.notes)
    return _Found(given, plan, work, {**given.settings, **work.settings}, told, together.parks)


def _solved(given: SplitInputs, asked: Asked, lists: Lists, together: Together, run: _Run) -> SplitPlan:
    """Return the plan; what parks and sectors do to it comes first in its warnings."""
    groups = together.groups
    if groups is not None and asked.together_as == "hard":
        refuse_too_few(groups, lists.teams)
        for text in heavy_groups(groups, given.units, lists.teams, tolerance=asked.tolerance):
            run.progress(text)
    run.progress(Text("划分片区", "splitting"))
    plan = split(
        given.units,
        teams=lists.teams,
        capacity=asked.capacity,
        tolerance=asked.tolerance,
        groups=groups,
        group_mode=asked.together_as,
        barriers=given.basemap.barriers,
        barrier_mode=asked.barriers,
        lock=lists.locks,
        current=lists.today,
        current_zones=lists.before,
        seed=asked.seed,
        progress=lambda told: run.progress(_told(told)),
        stop=run.stop,
    )
    if groups is not None:
        plan = replace(plan, warnings=group_warnings(plan, groups, asked.together_as))
    return plan


def _record(found: _Found, asked: Asked, run: _Run) -> dict[str, Any]:
    """Return what is kept about a plan."""
    given, report = found.given, {**found.plan.report, **found.work.report}
    info = given.basemap.info
    return {
        "created": run.started.isoformat(timespec="seconds"),
        "kind": "field-zones",
        "level": given.level,
        "within": given.within,
        "tolerance": asked.tolerance,
        "seed": asked.seed,
        "sources": given.counted,
        **{key: report[key] for key in ("feasible", "optimal", "deviation", "bound", "cut_km")},
        "basemap_name": info.name,
        "basemap_sha256": info.sha256,
        "code_year": info.code_year,
        "command": run.command,
        "operator": _operator(),
        "report": report,
        "versions": versions(),
        "inputs": {**given.origin, **asked.as_dict()},
        "settings": found.settings,
        EDITING: editing_of(found.plan, barrier_mode=asked.barriers, group_mode=asked.together_as),
    }


def _told(told: Any) -> Text:
    """Return what the search reports, a share or a sentence, as a step."""
    if isinstance(told, Text):
        return told
    return Text(f"划分片区 {float(told):.0%}", f"splitting {float(told):.0%}")


def _operator() -> str:
    with suppress(Exception):  # no name in this environment is no reason to fail
        return getpass.getuser()
    return ""


def _drawing(found: _Found, record: dict[str, Any], *, facts: tuple[tuple[Text, Text], ...]) -> PlanDrawing:
    given, plan, work = found.given, found.plan, found.work
    units = _members(plan, given.units)
    zones = work.on(plan.field_zones.to_crs(_BASEMAP_CRS))
    return PlanDrawing(
        title=headline(given.basemap, given.names, len(units), len(zones)),
        field_zones=zones,
        units=units,
        report=plan.report,
        tolerance=record["tolerance"],
        barriers=given.near_barriers,
        parks=found.parks,
        facts=[*plan_facts(plan.report, given.level), *facts],
        about=about_plan(given.basemap, record),
        warnings=(*plan.warnings, *found.notes),
        notice=given.basemap.info.notice,
        mix=work.mix,
    )


def _members(plan: SplitPlan, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the units with their field zones, for map and workspace."""
    table = units.to_crs(_BASEMAP_CRS).assign(
        field_zone=units["code"].map(plan.labels).astype("str"), load=units["minutes"].astype("float64")
    )
    kept = [name for name in ("code", "name", "field_zone", "load", "sources", "geometry") if name in table]
    return table[kept].reset_index(drop=True)


def _tables(
    targets: Targets, drawing: PlanDrawing, work: FieldWork, lang: str
) -> tuple[list[Sheet], dict[str, pd.DataFrame]]:
    """Return the sheets of the workbook, and what the GeoPackage holds besides field zones and units."""
    sheets = book_sheets(drawing, work, lang=lang) if targets.book is not None else []
    more: dict[str, pd.DataFrame] = {}
    if targets.layers is not None and work.mix is not None:
        more["plan_mix"] = work.mix
    if targets.layers is not None and work.visits is not None:
        more["visits"] = visit_lines(work.visits)
    return sheets, more


def _summary(asked: Asked, report: dict[str, Any], targets: Targets, warnings: list[str]) -> dict[str, Any]:
    """Return what `--json` prints: the agreed keys, and more where more was asked for."""
    more = [
        *(("groups", "groups_split", "mix") if asked.keeps_together else ()),
        *(("supervisor_areas",) if asked.supervisors else ()),
        *(("visits",) if asked.visits else ()),
    ]
    return {
        **{key: report[key] for key in _KEYS},
        "load": {key: report["load"][key] for key in ("min", "mean", "max")},
        "labels_file": str(targets.labels),
        "warnings": warnings,
        "seconds": 0.0,
        **{key: report[key] for key in more if key in report},
    }
