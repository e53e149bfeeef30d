"""Split an area into field zones, from basemap and sources to workspace, labels, page and picture."""

from __future__ import annotations

import datetime as dt
import getpass
import time
from collections.abc import Callable, Sequence  # noqa: TC003 - dataclass fields are read at run time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import read_labels, read_settings, read_teams
from geocensus.maps import PlanDrawing, outcome
from geocensus.model import Text
from geocensus.pipeline.provenance import versions
from geocensus.pipeline.split_files import Targets, plan_name, targets_of, write_files
from geocensus.pipeline.split_inputs import SplitInputs, split_inputs
from geocensus.pipeline.split_texts import about_plan, headline, plan_facts
from geocensus.workspace import StoredPlan, Workspace
from geocensus.zoning import split

if TYPE_CHECKING:
    import geopandas as gpd

    from geocensus.zoning import SplitPlan

__all__ = ["SplitReport", "run_split"]

_BASEMAP_CRS: Final = "EPSG:4490"
_KEYS: Final = (
    "field_zones", "units", "feasible", "optimal", "deviation", "bound", "connected", "cut_km", "rms_m",
    "polsby_popper",
)  # fmt: skip


@dataclass(frozen=True)
class SplitReport:
    """A finished split: the plan, its name, what `split --json` prints, the files written, notes for people."""

    plan: SplitPlan
    name: str
    title: Text
    summary: dict[str, Any]
    targets: Targets
    workspace: Path | None
    notes: tuple[Text, ...]
    outcome: tuple[Text, Text]


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
    name: str | None = None,
    out: str | Path | None = None,
    settings: str | Path | None = None,
    seed: int = 0,
    lang: str = "zh",
    command: str = "split",
    progress: Callable[[Text], Any] = lambda _step: None,
    stop: Callable[[], bool] | None = None,
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
    name : str, optional
        Name of the plan; by default area and number of field zones.
    out : str or Path, optional
        File (.csv, .gpkg, .html, .png) or folder.
    settings : str or Path, optional
        TOML file, whose table ``[load]`` holds the minutes of work.
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

    Returns
    -------
    SplitReport
        The plan; options that contradict themselves and a locked workspace leave no file behind.

    Raises
    ------
    GeocensusError
        Unreadable input, contradicting options, no plan at all, or files that cannot be written.
    """
    clock, started = time.perf_counter(), dt.datetime.now(dt.UTC)
    asked = _Asked(within, teams, capacity, lock, current)
    targets_of(out, plan_name(name, within, 0), inputs=asked.files)  # refused before any work is done
    wanted, locks = _teams(teams), None if lock is None else read_labels(lock)
    place = _workspace(workspace)
    minutes = read_settings(settings).load
    progress(Text("读取底图与污染源", "reading basemap and sources"))
    given = split_inputs(within, basemap=basemap, workspace=place, level=units, settings=minutes)
    today, before = _today(current, place)
    progress(Text("划分片区", "splitting"))
    plan = split(
        given.units,
        teams=wanted,
        capacity=capacity,
        tolerance=tolerance,
        barriers=given.basemap.barriers,
        barrier_mode=barriers,
        lock=locks,
        current=today,
        seed=seed,
        progress=lambda told: progress(_told(told)),
        stop=stop,
    )
    plan = _with_names(plan, before)
    name = plan_name(name, within, plan.report["field_zones"])
    targets = targets_of(out, name, inputs=asked.files)
    record = {
        "created": started.isoformat(timespec="seconds"),
        "kind": "field-zones",
        "level": given.level,
        "within": list(within),
        "tolerance": tolerance,
        "seed": seed,
        "sources": given.counted,
        **{key: plan.report[key] for key in ("feasible", "optimal", "deviation", "bound", "cut_km")},
        "basemap_name": given.basemap.info.name,
        "basemap_sha256": given.basemap.info.sha256,
        "code_year": given.basemap.info.code_year,
        "command": command,
        "operator": _operator(),
        "report": plan.report,
        "settings": given.settings,
        "versions": versions(),
        "inputs": {**given.origin, **asked.as_dict(), "barriers": barriers},
    }
    progress(Text("写入方案", "writing the plan"))
    drawing = _drawing(plan, given, record)
    layers = (plan.field_zones.to_crs(_BASEMAP_CRS), drawing.units)
    if place is not None:
        stored = StoredPlan(name, layers[0], pd.DataFrame(drawing.units.drop(columns="geometry")), record)
        with Workspace(place) as file:
            file.write_plan(stored, given.basemap)
    write_files(targets, plan.labels, drawing, lang=lang, layers=layers)
    summary = _summary(plan, targets, lang, time.perf_counter() - clock)
    return SplitReport(plan, name, drawing.title, summary, targets, place, given.notes, outcome(drawing))


@dataclass(frozen=True)
class _Asked:
    """What was asked for, tested before any work is done."""

    within: Sequence[str]
    teams: int | str | Path | None
    capacity: float | None
    lock: str | Path | None
    current: str | None

    def __post_init__(self) -> None:
        if not self.within or not all(str(code).strip() for code in self.within):
            raise SchemaError("--within: give the code of at least one area", "--within：请至少给出一个区划代码")
        if self.teams is not None and self.capacity is not None:
            raise SchemaError("give --teams or --capacity, not both", "--teams 与 --capacity 只能给出一个")
        if self.teams is None and self.capacity is None and self.current is None:
            raise SchemaError(
                "say how many field zones: --teams K, --teams TEAMS.csv or --capacity MINUTES",
                "请说明片区数量：--teams 片区数、--teams 小组名单.csv，或 --capacity 每组分钟数",
            )

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that are read and so are never overwritten."""
        return tuple(Path(str(given)) for given in (self.teams, self.lock, self.current) if given is not None)

    def as_dict(self) -> dict[str, Any]:
        """Return the options for the record."""
        texts = {key: None if value is None else str(value) for key, value in vars(self).items() if key != "within"}
        return {key: value for key, value in texts.items() if value is not None}


def _workspace(workspace: str | Path | None) -> Path | None:
    if workspace is None:
        return None
    path = Path(workspace)
    if path.suffix.lower() != ".gpkg":
        raise SchemaError(
            f"--workspace {path.name}: the ending must be .gpkg", f"--workspace {path.name}：文件后缀应为 .gpkg"
        )
    with Workspace(path):  # a file of another program is refused before any work is done
        return path


def _teams(teams: int | str | Path | None) -> int | pd.DataFrame | None:
    """Return the number of teams, or the table in the file."""
    if teams is None or isinstance(teams, int):
        return teams
    with suppress(ValueError):
        return int(str(teams))
    path = Path(teams)
    if not path.exists() and not any(letter.isalpha() for letter in path.name):
        raise SchemaError(
            f"--teams {teams}: give a whole number, or a file of teams",
            f"--teams {teams}：应为整数，或小组名单文件",
        )
    return read_teams(path)


def _today(current: str | None, workspace: Path | None) -> tuple[pd.Series | None, pd.DataFrame | None]:
    """Return the labels of the plan of today and, where the workspace knows them, its field zones."""
    if current is None:
        return None, None
    if workspace is not None and workspace.exists() and current in set(Workspace(workspace).plans()["plan"]):
        stored = Workspace(workspace).read_plan(current)
        return stored.members.set_index("code")["field_zone"], pd.DataFrame(stored.field_zones)
    if Path(current).is_file():
        return read_labels(current), None
    where = "" if workspace is None else f" in {workspace.name}"
    raise DataNotFoundError(
        f"--current {current}: no plan of that name{where} and no such file",
        f"--current {current}：既没有这个名称的方案，也没有这个文件",
    )


def _with_names(plan: SplitPlan, before: pd.DataFrame | None) -> SplitPlan:
    """Give field zones that stand their old names and owners, where no list of teams names them anew."""
    if before is None:
        return plan
    roster = plan.request.roster.set_index("field_zone")
    known = before.set_index("field_zone")
    automatic = roster["name"] == "片区" + roster.index
    for column in ("name", "owner", "phone"):
        if column in known:
            old = known[column].reindex(roster.index).fillna("")
            keep = (old != "") & (automatic if column == "name" else (roster[column] == ""))
            roster[column] = roster[column].mask(keep, old)
    renamed = roster.reset_index()[list(plan.request.roster.columns)]
    return replace(plan, request=replace(plan.request, roster=renamed))


def _told(told: Any) -> Text:
    """Return what the search reports, a share or a sentence, as a step."""
    if isinstance(told, Text):
        return told
    return Text(f"划分片区 {float(told):.0%}", f"splitting {float(told):.0%}")


def _operator() -> str:
    with suppress(Exception):  # no name in this environment is no reason to fail
        return getpass.getuser()
    return ""


def _drawing(plan: SplitPlan, given: SplitInputs, record: dict[str, Any]) -> PlanDrawing:
    units = _members(plan, given.units)
    zones = plan.field_zones.to_crs(_BASEMAP_CRS)
    return PlanDrawing(
        title=headline(given.basemap, given.names, len(units), len(zones)),
        field_zones=zones,
        units=units,
        report=plan.report,
        tolerance=record["tolerance"],
        barriers=given.near_barriers,
        facts=plan_facts(plan.report, given.level),
        about=about_plan(given.basemap, record),
        warnings=(*plan.warnings, *given.notes),
        notice=given.basemap.info.notice,
    )


def _members(plan: SplitPlan, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the units with their field zones, for map and workspace."""
    table = units.to_crs(_BASEMAP_CRS).assign(
        field_zone=units["code"].map(plan.labels).astype("str"), load=units["minutes"].astype("float64")
    )
    kept = [name for name in ("code", "name", "field_zone", "load", "sources", "geometry") if name in table]
    return table[kept].reset_index(drop=True)


def _summary(plan: SplitPlan, targets: Targets, lang: str, seconds: float) -> dict[str, Any]:
    report = plan.report
    return {
        **{key: report[key] for key in _KEYS},
        "load": {key: report["load"][key] for key in ("min", "mean", "max")},
        "labels_file": str(targets.labels),
        "warnings": [warning.get(lang) for warning in plan.warnings],
        "seconds": round(seconds, 3),
    }
