"""Check a list part by part: read, locate and write in several processes, compare rows in one.

The work folder holds what was made of each part so far. A run that was stopped, whatever by, goes on there; the same
folder is not used for another list, basemap, setting or version.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geocensus import names as n
from geocensus.checks import judge_list
from geocensus.engine import (
    Job,
    Shared,
    Workers,
    folder_of,
    gather,
    judge_part,
    keep_shared,
    keep_whole,
    name_rows,
    parquet_of,
    read_one_part,
    run_parts,
    write_one_part,
)
from geocensus.errors import SchemaError, WorkspaceError
from geocensus.files import atomic_folder
from geocensus.io import is_written, number_duplicates, read_facts, read_tables, write_geoparquet, write_part
from geocensus.model import State, Text
from geocensus.pipeline.checking import CheckResult, Started, concluded
from geocensus.pipeline.provenance import versions
from geocensus.schemas import SOURCES, validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Checked", "check_in_parts", "require_folder", "work_folder", "written_parts"]

_RECORD = "run.json"


@dataclass(frozen=True)
class Checked:
    """A result, and what the corrections of the review did: as for :class:`~geocensus.checks.Corrected`."""

    result: CheckResult
    applied: tuple[str, ...]
    superseded: tuple[str, ...]


@contextmanager
def work_folder(folder: Path, shared: Shared) -> Iterator[Path]:
    """Open the work folder of a run; it is dropped where the block ends well, and kept for the next run otherwise.

    Parameters
    ----------
    folder : Path
        Where it is, or shall be.
    shared : Shared
        What the parts share: a folder made for anything else is emptied first.

    Yields
    ------
    Path
        The folder.

    Raises
    ------
    WorkspaceError
        It cannot be written, or the disk is full.
    """
    work = folder / _key(shared)
    try:
        if not (work / "shared.pickle").is_file():  # a folder that was begun, or half dropped, is none
            shutil.rmtree(folder, ignore_errors=True)
            keep_shared(work, shared)
        yield work
    except OSError as error:
        raise WorkspaceError(
            f"{folder}: cannot be written ({error}). Check the folder and the free space, then run the same command "
            "again: it goes on where it stopped",
            f"{folder}：无法写入（{error}）。请检查文件夹权限和磁盘空间后重新运行同一命令，将从中断处继续",
        ) from error
    finally:
        if not any(part.is_dir() for part in work.glob("*")):  # nothing was done yet
            shutil.rmtree(folder, ignore_errors=True)
    (work / "shared.pickle").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _key(shared: Shared) -> str:
    """Return a name that differs wherever the parts would."""
    plan, corrections = shared.plan, "" if shared.corrections is None else shared.corrections.to_json()
    crosswalk = "" if shared.crosswalk is None else shared.crosswalk.table.to_json()
    of_list = (str(plan.path.resolve()), plan.attrs, list(plan.raw.bounds))
    told = (of_list, shared.basemap.info.sha256, asdict(shared.settings), crosswalk, corrections, versions())
    return blake2b(json.dumps(told, default=str, sort_keys=True).encode(), digest_size=8).hexdigest()


def check_in_parts(
    folder: Path,
    shared: Shared,
    workers: Workers,
    *,
    reference: pd.DataFrame | None = None,
    progress: Callable[[Text], Any] = lambda _step: None,
) -> Checked:
    """Do what :func:`geocensus.pipeline.checking.check` does, and what reading does before it.

    Parameters
    ----------
    folder : Path
        From :func:`work_folder`.
    shared : Shared
        The list, basemap and settings.
    workers : Workers
        Who reads and locates.
    reference : DataFrame, optional
        A second list of the same units.
    progress : Callable
        Called with each step, and with the number of parts done.

    Returns
    -------
    Checked
        The result is the same for any number of parts and any workers.

    Raises
    ------
    GeocensusError
        As for reading and checking; :class:`~geocensus.errors.EngineError` where a part cannot be done.
    """
    started, plan = Started(), shared.plan
    jobs = [Job(folder, part, first, behind - first) for part, (first, behind) in enumerate(pairwise(plan.raw.bounds))]
    run_parts(read_one_part, jobs, workers, told=_counted(progress, "读取名单", "reading the list", plan.parts))
    read = [folder_of(folder, "read", job.part) for job in jobs]
    whole = plan.completed([read_facts(part)["list"] for part in read])
    made = read_tables(read, "sources", [n.SOURCE_ID])[n.SOURCE_ID]
    ids, doubled = number_duplicates(made, plan.content_of)
    keep_whole(folder, whole, pd.DataFrame({n.SOURCE_ID: ids, "doubled": doubled})[doubled | (ids != made)])
    told = _counted(progress, "定位与核查", "locating and checking", plan.parts)
    run_parts(judge_part, jobs, workers, told=told, where=name_rows)
    judged = [folder_of(folder, "judged", job.part) for job in jobs]
    progress(Text("比对各污染源", "comparing sources with one another"))
    other = None if reference is None else validate(reference, SOURCES)
    tested = None if other is None else other[other[n.STATE] != State.EXCLUDED]
    result = concluded(
        judge_list(gather(judged, shared, whole.attrs, tested)),
        shared.basemap,
        shared.settings,
        started,
        reference=other,
    )
    found = [read_facts(part) for part in judged]
    applied, superseded = (tuple(name for fact in found for name in fact[key]) for key in ("applied", "superseded"))
    return Checked(result, applied, superseded)


def _counted(progress: Callable[[Text], Any], zh: str, en: str, parts: int) -> Callable[[int], Any]:
    progress(Text(zh, en))
    return lambda done: progress(Text(f"{zh} {done}/{parts}", f"{en} {done}/{parts}"))


@contextmanager
def written_parts(
    folder: Path,
    out: Path,
    result: CheckResult,
    workers: Workers,
    progress: Callable[[Text], Any] = lambda _step: None,
) -> Iterator[None]:
    """Write a result as a folder of Parquet files, run the block, and only then move it to its place.

    ``sources`` holds the rows with their points in parts (GeoParquet); flags and repairs (proposed points) are one
    such file each, causes and shifts a plain Parquet file; ``run.json`` records summary and provenance.

    Parameters
    ----------
    folder : Path
        The work folder in which it was judged.
    out : Path
        The folder to make or replace.
    result : CheckResult
        From :func:`check_in_parts`.
    workers : Workers
        Who writes.
    progress : Callable
        Called with each step.

    Yields
    ------
    None
        The result is complete, under another name; it is dropped when the block fails.
    """
    jobs = _told(folder, result)
    told = _counted(progress, "写结果文件", "writing the result", len(jobs))
    run_parts(write_one_part, jobs, workers, told=told, where=name_rows)
    with atomic_folder(out) as temporary:
        (temporary / "sources").mkdir()
        for job in jobs:
            written = parquet_of(folder, job.part)
            shutil.move(written, temporary / "sources" / written.name)
        for name in ("flags", "repairs"):
            table = getattr(result, name)
            write_geoparquet(temporary / f"{name}.parquet", table, table[n.LON], table[n.LAT])
        for name in ("causes", "shifts"):
            getattr(result, name).to_parquet(temporary / f"{name}.parquet", index=False)
        record = {"summary": result.summary, "provenance": result.provenance}
        (temporary / _RECORD).write_text(json.dumps(record, ensure_ascii=False, default=str), encoding="utf-8")
        yield


def require_folder(out: Path) -> None:
    """Refuse a folder for a result that holds other things, before any work is done.

    Parameters
    ----------
    out : Path
        The folder, there or not.

    Raises
    ------
    SchemaError
        It is a file, or a folder that no result was written to.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not (out / _RECORD).is_file()):
        raise SchemaError(
            f"--out {out}: is there and holds something else. Name a new folder, or a file ending with .xlsx, .csv "
            "or .parquet",
            f"--out {out}：已存在且内容不是核查结果。请另取文件夹名，或给出后缀为 .xlsx、.csv、.parquet 的文件名",
        )


def _told(folder: Path, result: CheckResult) -> list[Job]:
    """Keep for each part what the whole list says of it."""
    parts = sorted(path for path in (folder / "judged").iterdir() if is_written(path))
    sizes = [int(read_facts(part)["rows"]) for part in parts]
    ends = np.cumsum(sizes)
    ids = pd.Index(result.sources[n.SOURCE_ID])
    tables = {}
    for name in ("flags", "causes", "repairs"):
        table = getattr(result, name)
        tables[name] = table, np.searchsorted(ends, ids.get_indexer(pd.Index(table[n.SOURCE_ID])), side="right")
    jobs = [Job(folder, part, int(end) - size, size) for part, (end, size) in enumerate(zip(ends, sizes, strict=True))]
    for job in jobs:
        mine = {name: table[part == job.part] for name, (table, part) in tables.items()}
        status = result.sources[[n.STATUS]].iloc[job.first : job.first + job.size]
        write_part(folder_of(folder, "told", job.part), {**mine, "status": status}, {})
    return jobs
