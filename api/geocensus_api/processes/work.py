"""What a job does, with the functions that the command line uses; it runs in a process of its own."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
import pandas as pd

from geocensus.errors import SchemaError
from geocensus.io import read_sources, write_result
from geocensus.locating import locate_levels
from geocensus.model import Text
from geocensus.pipeline.checking import CheckResult
from geocensus.pipeline.cut_zones import cut_zones
from geocensus.pipeline.run import run_check
from geocensus.pipeline.split import run_split
from geocensus.workspace import StoredPlan, StoredZones, Workspace, audit
from geocensus.workspace.census_zones import write_census_zones
from geocensus.workspace.plans import write_plan
from geocensus.workspace.write import write_result as write_run
from geocensus_api.features.located import located, points_of
from geocensus_api.processes.children import OUTPUTS
from geocensus_api.processes.records import Job, write_json

__all__ = ["Task", "run"]

_TYPES: Final = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html; charset=utf-8",
    ".png": "image/png",
}
_CHANGING: Final = Text("写入工作区", "changing the workspace")
_LABELS: Final = "labels"


@dataclass(frozen=True)
class Task:
    """A job in its process: the record, its folder, the workspace, and who hears of each step."""

    job: Job
    folder: Path
    workspace: Path
    say: Callable[[Text], None]

    @property
    def made(self) -> Path:
        """Where outputs go; the service moves the folder to its place when all is there.

        Returns
        -------
        Path
            A folder.
        """
        return self.folder / "outputs.part"

    def file(self, name: str) -> Path | None:
        """Return a file that the job reads; we run in the folder of inputs, so that messages tell no other.

        Parameters
        ----------
        name
            Of the input.

        Returns
        -------
        Path or None
            None where it was not given.
        """
        given = self.job.inputs["files"].get(name)
        return None if given is None else Path(given)


def run(task: Task) -> None:
    """Do what a job is asked for; a change of the workspace comes last, and whole.

    Parameters
    ----------
    task
        The job.

    Raises
    ------
    GeocensusError
        Whatever is wrong with the input.
    """
    task.made.mkdir(exist_ok=True)
    {"locate": _locate, "check": _check, "split": _split}[task.job.process](task)


def _tell(task: Task, values: Mapping[str, Any], files: Mapping[str, tuple[str, str]]) -> None:
    """Write values as JSON files and the list of all outputs; files are given as name in the folder and for people."""
    outputs = {}
    for name, value in values.items():
        (task.made / f"{name}.json").write_bytes(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))
        outputs[name] = {"file": f"{name}.json", "media_type": _TYPES[".json"], "name": f"{name}.json", "value": "yes"}
    for name, (file, shown) in files.items():
        outputs[name] = {"file": file, "media_type": _TYPES[Path(file).suffix], "name": shown, "value": ""}
    write_json(task.folder / OUTPUTS, outputs)


def _commit(task: Task, change: Callable[[sqlite3.Connection], dict[str, Any]]) -> None:
    """Change the workspace, with the row of the audit trail by which the service knows that it was done."""
    task.say(_CHANGING)
    with Workspace(task.workspace).transaction() as connection:
        _told(task, connection, change(connection))


def _told(task: Task, connection: sqlite3.Connection, after: dict[str, Any]) -> None:
    job = task.job
    audit(connection, author=job.owner, action=f"job.{job.process}", target=job.id, after=after)


# ---- locate


def _locate(task: Task) -> None:
    task.say(Text("读取底图", "reading the basemap"))
    basemap = Workspace(task.workspace).read_basemap()
    codes = task.job.inputs["seen"]
    seen = None if codes is None else set(codes).__contains__
    given, listed = task.job.inputs["values"], task.file("list")
    if listed is None:
        task.say(Text("定位", "locating"))
        results = located(basemap, points_of(given["points"], len(given["points"])), seen)
        _tell(task, {"results": {"count": len(results), "crs_assumed": "cgcs2000", "results": results}}, {})
        return
    task.say(Text("读取名单", "reading the list"))
    sources = read_sources(listed, **_how_to_read(given))
    task.say(Text("定位", "locating"))
    found = locate_levels(sources, basemap.layers, nested=basemap.info.nested)
    for level in basemap.levels:
        code = found[f"code_{level}"]
        found[f"code_{level}"] = code if codes is None else code.where(code.isin(codes))
        found[f"name_{level}"] = found[f"code_{level}"].map(basemap.areas(level).set_index("code")["name"])
    told = found[[f"code_{level}" for level in basemap.levels]].notna().any(axis=1)
    found["on_border"] &= told
    task.say(Text("写结果文件", "writing the result"))
    head = sources[["source_id", "row", "state", "lon", "lat"]]
    write_result(task.made / "table.csv", pd.concat([head, found], axis=1), {}, lang=task.job.lang)
    states = sources["state"].value_counts()
    summary = {
        "rows": len(sources),
        **{state: int(states.get(state, 0)) for state in ("located", "unlocated", "excluded")},
        "in_no_area": int((~told & (sources["state"] == "located")).sum()),
        "crs": sources.attrs["crs"],
        "crs_assumed": bool(sources.attrs["crs_assumed"]),
    }
    _tell(task, {"summary": summary}, {"table": ("table.csv", "located.csv")})


def _how_to_read(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("crs", "crs_reason", "sheet", "columns") if name in given}


# ---- check


def _check(task: Task) -> None:
    given, listed = task.job.inputs["values"], task.file("list")
    assert listed is not None
    options = {
        **_how_to_read(given),
        "settings": task.file("settings"),
        "reference": task.file("reference"),
        "lang": task.job.lang,
        "progress": task.say,
    }
    if given.get("into") == "workspace":
        run_check(listed, workspace=task.workspace, keep=lambda ws, result: _kept(task, ws, result), **options)
        return
    name, form = listed.stem, given.get("form", "xlsx")
    report = run_check(
        listed,
        basemap=task.workspace,
        workspace=task.made / "workspace.gpkg",
        out=task.made / f"result.{form}",
        **options,
    )
    _single_file(report.workspace)
    notes = [{"zh": note.zh, "en": note.en} for note in report.notes]
    files = {
        "result": (f"result.{form}", f"{name}-result.{form}"),
        "workspace": ("workspace.gpkg", f"{name}.gpkg"),
    }
    _tell(task, {"summary": report.result.summary, "notes": notes}, files)


def _single_file(path: Path) -> None:
    """Leave nothing of a workspace in a log beside it: what is handed on is one file."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


def _kept(task: Task, workspace: Workspace, result: CheckResult) -> str:
    _tell(task, {"summary": result.summary}, {})
    task.say(_CHANGING)
    with workspace.transaction() as connection:
        run_id = write_run(connection, result)
        counts = {name: result.summary[name] for name in ("rows", "located", "unlocated", "excluded")}
        _told(task, connection, {"run_id": run_id, "list": task.job.inputs["titles"]["list"], **counts})
    return run_id


# ---- split


def _split(task: Task) -> None:
    given = task.job.inputs["values"]
    if given.get("as") == "zones":
        _cut(task, given)
        return
    plans: list[StoredPlan] = []
    options = {
        name: given[name]
        for name in ("capacity", "units", "tolerance", "barriers", "together_as", "supervisors", "visits", "seed")
        if name in given
    }
    teams, current = task.file("teams"), task.file("current")
    report = run_split(
        given["within"],
        workspace=task.workspace,
        teams=given.get("teams") if teams is None else teams,
        current=given.get("current") if current is None else str(current),
        lock=task.file("lock"),
        together=task.file("together"),
        sectors=given.get("sector", ()),
        name=given["name"],
        out=task.made,
        settings=task.file("settings"),
        lang=task.job.lang,
        progress=task.say,
        keep=plans.append,
        **options,
    )
    targets = report.targets
    there = {_LABELS: targets.labels, "workbook": targets.book, "page": targets.page}
    there |= {"picture": targets.picture, "layers": targets.layers}
    files = {name: (_renamed(path, name), path.name) for name, path in there.items() if path is not None}
    _tell(task, {"report": {**report.summary, "plan": report.name, "labels_file": targets.labels.name}}, files)

    def change(connection: sqlite3.Connection) -> dict[str, Any]:
        _require_free(connection, report.name)
        write_plan(connection, plans[0])
        return {"plan": report.name, "within": list(given["within"])}

    _commit(task, change)


def _renamed(path: Path, name: str) -> str:
    """Give a file the name of its output: the plan's own may be long, and not ASCII."""
    return path.rename(path.with_name(f"{name}{path.suffix}")).name


def _require_free(connection: sqlite3.Connection, name: str) -> None:
    there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'plans'").fetchone()
    if there and connection.execute("SELECT 1 FROM plans WHERE plan = ?", (name,)).fetchone():
        raise SchemaError(f"name {name}: not free, choose another", f"name {name}：不可用，请另取名称")


def _cut(task: Task, given: Mapping[str, Any]) -> None:
    zones: list[StoredZones] = []
    report = cut_zones(
        given["within"],
        workspace=task.workspace,
        out=task.made / "labels.csv",
        most=given.get("most_sources", 150),
        seed=given.get("seed", 0),
        lang=task.job.lang,
        progress=task.say,
        keep=zones.append,
    )
    summary = {**report.summary, "labels_file": "zones-labels.csv"}
    _tell(task, {"report": summary}, {_LABELS: ("labels.csv", "zones-labels.csv")})

    def change(connection: sqlite3.Connection) -> dict[str, Any]:
        write_census_zones(connection, zones[0])
        return {"census_zones": report.summary["zones"], "within": list(given["within"])}

    _commit(task, change)
