"""Check a list from its file to the workspace and the result file."""

from __future__ import annotations

import getpass
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geocensus.checks import standing_of
from geocensus.engine import Shared
from geocensus.errors import DataNotFoundError, SchemaError
from geocensus.io import (
    ROWS_PER_PART,
    list_basemaps,
    open_basemap,
    plan_list,
    read_crosswalk,
    read_settings,
    require_writable,
)
from geocensus.model import Text
from geocensus.pipeline.about import assumptions
from geocensus.pipeline.in_parts import require_folder
from geocensus.pipeline.reference import read_reference, reference_notes
from geocensus.pipeline.ways import opened
from geocensus.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from geocensus.basemap import Basemap
    from geocensus.pipeline.checking import CheckResult
    from geocensus.pipeline.in_parts import Checked

__all__ = ["RunReport", "run_check"]

_CHANGES = ("new", "gone", "kept", "closed", "reopened")


@dataclass(frozen=True)
class RunReport:
    """A finished run: the result, the files written, and notes for the person who ran it.

    ``changes`` counts flags that are new, gone, kept, closed (by a decision that holds) and reopened (decided, but on
    other values).
    """

    result: CheckResult
    workspace: Path
    out: Path | None
    notes: tuple[Text, ...]
    changes: dict[str, int]

    @property
    def open_flags(self) -> int:
        """How many flags no decision has closed.

        Returns
        -------
        int
            Of this run.
        """
        return len(self.result.flags) - self.changes["closed"]


def run_check(  # noqa: PLR0913 - the options of `geocensus check`, one to one
    path: str | Path,
    *,
    basemap: str | Path | None = None,
    workspace: str | Path | None = None,
    out: str | Path | None = None,
    sheet: str | None = None,
    crs: str | None = None,
    crs_reason: str = "",
    columns: Mapping[str, str] | None = None,
    settings: str | Path | None = None,
    reference: str | Path | None = None,
    engine: str = "local",
    scheduler: str | None = None,
    rows_per_part: int = ROWS_PER_PART,
    lang: str = "zh",
    command: str = "check",
    progress: Callable[[Text], Any] = lambda _step: None,
    keep: Callable[[Workspace, CheckResult], str] | None = None,
) -> RunReport:
    """Read, check, and write one workspace and, if asked, a result file.

    Parameters
    ----------
    path : str or Path
        The list of sources.
    basemap : str or Path, optional
        Name of a shipped basemap or a file; by default the workspace's own.
    workspace : str or Path, optional
        GeoPackage to create or update; by default the list's stem + .gpkg in the current folder.
    out : str or Path, optional
        Result file: .xlsx, .csv or .parquet; without an ending a folder of GeoParquet files.
    sheet, crs, crs_reason, columns
        As for :func:`geocensus.read_sources`.
    settings : str or Path, optional
        TOML file.
    reference : str or Path, optional
        A second list of the same units to compare with.
    engine : str
        "local": lists of several parts are read, located and written by processes of this machine; "dask": by the
        workers of a Dask scheduler. The result is the same.
    scheduler : str, optional
        Address of a Dask scheduler; by default one is started on this machine.
    rows_per_part : int
        At most so many rows in one part; memory grows with it.
    lang : str
        "zh" or "en", for the result file.
    command : str
        What is recorded as the command.
    progress : Callable
        Called with each step that begins.
    keep : Callable, optional
        Writes the result into the workspace and returns the run's id; by default :meth:`geocensus.Workspace.write`.

    Returns
    -------
    RunReport
        Nothing was written when this raises.

    Raises
    ------
    GeocensusError
        Unreadable input, broken contracts or files that cannot be written; see :mod:`geocensus.errors`.
    """
    clock = time.perf_counter()
    path, target = Path(path), _workspace_path(Path(path), workspace)
    out = None if out is None else _result_path(path, Path(out))
    rules = read_settings(settings)
    progress(Text("读取底图", "reading the basemap"))
    areas = _basemap(basemap, target)
    crosswalk = read_crosswalk(rules, areas.info)
    progress(Text("读取名单", "reading the list"))
    plan = plan_list(
        path,
        crs=crs,
        crs_reason=crs_reason,
        sheet=sheet,
        columns=columns,
        parameters=rules.datum_parameters or None,
        rows_per_part=rows_per_part,
    )
    shared = Shared(plan, areas, rules, crosswalk, _corrections(target))
    other = None if reference is None else read_reference(reference, rules)
    work = target.with_name(f".{target.stem}-parts")
    parted = out is not None and not out.suffix
    with opened(shared, work, engine=engine, scheduler=scheduler, in_parts=parted) as way:
        checked = way.check(other, progress)
        result = _finished(_with_decisions(_with_corrections(checked), target), clock, command, lang)
        with nullcontext() if out is None else way.written(result, out, lang, progress):
            progress(Text("写入工作区", "writing the workspace"))
            changes = _write(result, target, keep)  # the result takes its place after it, or not at all
    read_notes = [Text(*note) for note in result.sources.attrs["notes"]]
    notes = (*areas.notes, *read_notes, *_correction_notes(checked), *reference_notes(result), *assumptions(result))
    return RunReport(result, target, out, notes, changes)


def _workspace_path(path: Path, workspace: str | Path | None) -> Path:
    """Return where the workspace goes; never over the list itself."""
    target = Path(workspace) if workspace is not None else Path.cwd() / f"{path.stem}.gpkg"
    if target.suffix.lower() != ".gpkg":
        raise SchemaError(
            f"--workspace {target.name}: the ending must be .gpkg", f"--workspace {target.name}：文件后缀应为 .gpkg"
        )
    if target.exists() and path.exists() and target.samefile(path):
        if workspace is not None:
            raise SchemaError(
                f"--workspace {target.name} is the list itself; name another file",
                f"--workspace {target.name} 就是名单文件本身，请另取文件名",
            )
        target = target.with_name(f"{path.stem}-workspace.gpkg")
    with Workspace(target):  # a file of another program is refused before any work is done
        return target


def _result_path(path: Path, out: Path) -> Path:
    """Refuse a result that would replace the list, or cannot be written, before any work is done."""
    if out.exists() and path.exists() and out.samefile(path):
        raise SchemaError(
            f"--out {out.name} is the list itself; name another file",
            f"--out {out.name} 就是名单文件本身，请另取文件名",
        )
    require_writable(out) if out.suffix else require_folder(out)
    return out


def _basemap(basemap: str | Path | None, workspace: Path) -> Basemap:
    if basemap:
        return open_basemap(basemap)
    if basemap is None and workspace.exists():
        return Workspace(workspace).read_basemap()  # without GDAL: see workspace/basemap.py
    names = ", ".join(entry["name"] for entry in list_basemaps())
    raise DataNotFoundError(
        f"no basemap: name one with --basemap; shipped ones are {names}, or give a file of your own areas",
        f"未指定底图：请用 --basemap 指定；自带底图有 {names}，也可给出自己的区划图层文件",
    )


def _finished(result: CheckResult, clock: float, command: str, lang: str) -> CheckResult:
    """Complete the record of the run with its whole time and who ran it."""
    operator = ""
    with suppress(Exception):  # no name in this environment is no reason to fail
        operator = getpass.getuser()
    provenance = {**result.provenance, "command": command, "lang": lang, "operator": operator}
    summary = {**result.summary, "seconds": round(time.perf_counter() - clock, 3)}
    return replace(result, summary=summary, provenance=provenance)


def _corrections(target: Path) -> pd.DataFrame | None:
    """Values that people accepted in the review; they are given to the list where it still says what was decided on."""
    if not target.exists():
        return None
    corrections = Workspace(target).read_corrections()
    return corrections if len(corrections) else None


def _with_corrections(checked: Checked) -> CheckResult:
    told = {"applied": list(checked.applied), "superseded": list(checked.superseded)}
    summary = {**checked.result.summary, "corrections_applied": len(checked.applied)}
    return replace(checked.result, summary=summary, provenance={**checked.result.provenance, "corrections": told})


def _correction_notes(checked: Checked) -> list[Text]:
    applied, superseded = len(checked.applied), len(checked.superseded)
    notes = []
    if applied:
        zh = f"已套用复核中采纳的更正 {applied} 项"
        notes.append(Text(zh, f"{applied} corrections of the review were applied again"))
    if superseded:
        notes.append(
            Text(
                f"有 {superseded} 项更正未套用：名单中的值已不同，以名单为准",
                f"{superseded} corrections were not applied: the list says something else by now, and it is believed",
            )
        )
    return notes


def _with_decisions(result: CheckResult, target: Path) -> CheckResult:
    """Tell of each flag what was decided on it in the workspace, if it is there."""
    decisions = Workspace(target).read_decisions() if target.exists() else None
    if decisions is None or decisions.empty:
        return result
    reviews = Workspace(target).read_reviews()
    return replace(result, flags=result.flags.join(standing_of(result.flags, decisions, reviews)))


def _write(result: CheckResult, target: Path, keep: Callable[[Workspace, CheckResult], str] | None) -> dict[str, int]:
    """Write the workspace and return what became of the flags, as the run recorded it."""
    with Workspace(target) as workspace:
        run_id = workspace.write(result) if keep is None else keep(workspace, result)
        runs = workspace.runs().set_index("run_id")
    return {name: int(runs.loc[run_id, f"flags_{name}"]) for name in _CHANGES}
