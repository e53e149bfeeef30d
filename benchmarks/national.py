"""A whole check of a list of national size: seconds by step, memory, bytes, and what was found of what was planted.

python benchmarks/national_data.py FOLDER --rows 1000000 --name list-1m     # once
python benchmarks/national.py FOLDER --list list-1m.csv --engines local dask --workers 1 2
python benchmarks/national.py FOLDER --model                                # from the runs so far

Each check is what `geocensus check` does, in a process of its own that may use so many processors. What was measured is
added to FOLDER/national.jsonl; results are written over those of the run before.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import psutil
import pyarrow.parquet

from geocensus.engine import Job
from geocensus.pipeline.run import run_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geocensus.model import Text

PAUSE_S = 0.2  # between two looks at memory
MB = 1e6
MACHINES = (1, 2, 5, 15, 100)
LAST = "writing the workspace"
LOOKING = "reading the list"  # said twice: looking through the file, then reading its parts


def check(asked: dict[str, Any]) -> None:
    """Run one check in this process; print the moment at which each step began, and at last what lay between steps."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked["workers"]])

    between: dict[str, float] = {}

    def progress(step: Text) -> None:
        print(json.dumps([time.time(), step.en]), flush=True)
        if step.en == LAST:
            between.update(_sizes(Path(asked["workspace"])))

    files = {name: asked[name] for name in ("basemap", "workspace", "out")}
    run_check(asked["list"], engine=asked["engine"], progress=progress, **files)
    print(json.dumps([time.time(), "end"]), flush=True)
    print(json.dumps(between), flush=True)


def _sizes(workspace: Path) -> dict[str, float]:
    """MB in the work folder: what all parts share, and what each step left for the next."""
    (work,) = workspace.with_name(f".{workspace.stem}-parts").iterdir()
    return {one.stem: sum(file.stat().st_size for file in (one, *one.rglob("*"))) / MB for one in work.iterdir()}


def measured(folder: Path, name: str, engine: str, workers: int) -> dict[str, Any]:
    """Run a check in a process of its own, and watch it and all that it starts."""
    out = folder / f"checked-{engine}"
    out.with_suffix(".gpkg").unlink(missing_ok=True)
    asked = {"list": folder / name, "basemap": folder / "basemap.gpkg", "out": out, "engine": engine}
    given = json.dumps({**asked, "workspace": out.with_suffix(".gpkg"), "workers": workers}, default=str)
    command = [sys.executable, __file__, str(folder), "--check", given]
    began, started = time.time(), datetime.now(UTC)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watched = watch(process)
        said = process.stdout.read().splitlines() if process.stdout else []
    if process.returncode:
        raise SystemExit(f"{name} {engine}: exit code {process.returncode}")
    *lines, between = map(json.loads, said)
    marks = [(began, "starting"), *map(tuple, lines)]
    truth = pyarrow.parquet.read_table(next(folder.glob(f"{_stem(name)}-truth.parquet")), columns=["error"])
    return {
        "list": name,
        "rows": len(truth),
        "engine": engine,
        "workers": workers,
        "began": f"{started:%Y-%m-%d %H:%M} UTC",
        "load": os.getloadavg()[0],
        "seconds": marks[-1][0] - began,
        **steps(marks),
        **watched,
        "between_mb": between,
        "list_mb": (folder / name).stat().st_size / MB,
        "workspace_mb": out.with_suffix(".gpkg").stat().st_size / MB,
        "found": found(out, truth.column("error").to_pandas()),
    }


def _stem(name: str) -> str:
    """Lists of one name in several formats share their truth: list-1m of list-1m-wkb.parquet."""
    return Path(name).stem.removesuffix("-wkb").removesuffix("-point")


def watch(process: subprocess.Popen[str]) -> dict[str, float]:
    """Peak memory, MB, of the process and of it with all below it; MB that they read and wrote through the system."""
    driver, peak, peak_all, moved = psutil.Process(process.pid), 0, 0, dict[int, tuple[int, int]]()
    while process.poll() is None:
        sizes = {}
        for one in (driver, *_below(driver)):
            try:
                sizes[one.pid], io = one.memory_info().rss, one.io_counters()
                moved[one.pid] = io.read_chars, io.write_chars
            except psutil.Error:  # ended in between
                continue
        peak, peak_all = max(peak, sizes.get(driver.pid, 0)), max(peak_all, sum(sizes.values()))
        time.sleep(PAUSE_S)
    read, written = (sum(both) / MB for both in zip(*moved.values(), strict=True))
    return {"driver_mb": peak / MB, "all_mb": peak_all / MB, "read_mb": read, "written_mb": written}


def _below(driver: psutil.Process) -> list[psutil.Process]:
    try:
        return driver.children(recursive=True)
    except psutil.Error:
        return []


def steps(marks: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """Seconds of each step, and of those that were done in parts until the last part was done."""
    seconds, parallel, parts = dict[str, float](), dict[str, float](), {}
    begun = [(at, name) for at, name in marks if "/" not in name]
    for (at, name), (until, then) in pairwise(begun):
        step = "looking through the list" if name == then == LOOKING else name
        seconds[step] = until - at
        done = [when for when, text in marks if text.startswith(f"{step} ") and at <= when <= until]
        if done:
            parallel[step] = done[-1] - at
            parts[step] = [after - before for before, after in pairwise((at, *done))]
    return {"steps": seconds, "parallel": parallel, "between_parts": parts}


def found(out: Path, error: pd.Series) -> dict[str, list[int]]:
    """Of each kind of planted error, and of clean rows (""): how many rows there are, and how many are flagged.

    Rows whose whole import group is called shifted count as flagged.
    """
    rows = pyarrow.parquet.read_table(out / "sources", columns=["status", "批次"]).to_pandas()
    flags = pd.read_parquet(out / "flags.parquet", columns=["rule", "group"])
    groups = flags.loc[flags["rule"] == "group.shift", "group"].str.removeprefix("import_group=")
    shifted = rows["批次"].isin(groups)
    flagged = (rows["status"] == "flagged") | shifted
    counts = flagged.groupby(error.to_numpy()).agg(["size", "sum"])
    return {str(kind): [int(size), int(hit)] for kind, size, hit in counts.itertuples()}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |")
    print()


def report(runs: Sequence[dict[str, Any]]) -> None:
    """One column for each run; then what was found in the largest list."""
    heads = [f"{run['list']}, {run['engine']}, {run['workers']} at work" for run in runs]
    names = list(dict.fromkeys(name for run in runs for name in run["steps"]))
    lines = [[f"{name}, s", *(f"{run['steps'].get(name, 0):.1f}" for run in runs)] for name in names]
    lines.append(["all, s", *(f"{run['seconds']:.1f}" for run in runs)])
    lines.append(["rows/s", *(f"{run['rows'] / run['seconds']:,.0f}" for run in runs)])
    lines.append(["rows/s without the GeoPackage", *(f"{run['rows'] / _without_workspace(run):,.0f}" for run in runs)])
    for name, title in (
        ("driver_mb", "peak memory of the main process, MB"),
        ("all_mb", "peak memory of all processes (shared pages count in each), MB"),
        ("read_mb", "read, MB (mapped files are not counted)"),
        ("written_mb", "written, MB"),
        ("workspace_mb", "the GeoPackage, MB"),
    ):
        lines.append([title, *(f"{run[name]:,.0f}" for run in runs)])
    lines.append(["load of the machine at the end", *(f"{run['load']:.1f}" for run in runs)])
    lines.append(["began", *(run["began"] for run in runs)])
    table(["", *heads], lines)
    largest = max(runs, key=lambda run: run["rows"])
    kinds = sorted(largest["found"].items())
    table(
        [f"planted in {largest['list']}", "rows", "flagged", "share"],
        [[kind or "(clean)", f"{size:,}", f"{hit:,}", f"{hit / size:.2%}"] for kind, (size, hit) in kinds],
    )


def _without_workspace(run: dict[str, Any]) -> float:
    return float(run["seconds"] - run["steps"][LAST])


def model(runs: Sequence[dict[str, Any]]) -> None:
    """What more machines would bring to the largest list, by Amdahl's law.

    Steps in parts divide by the workers, but never below one part; all else is done by one process as before.
    """
    run = max(runs, key=lambda run: (run["rows"], run["engine"] == "local", run["began"]))
    parts = max(len(between) for between in run["between_parts"].values())
    work = {name: seconds * min(run["workers"], parts) for name, seconds in run["parallel"].items()}
    alone = run["seconds"] - sum(run["parallel"].values())
    slow = straggler(runs)
    print(
        f"From {run['list']}, {run['engine']}, {run['workers']} at work, {run['began']}: {sum(work.values()):.1f} s of "
        f"work in {parts} parts, {alone:.1f} s by one process; a worker starts in {starting():.1f} s; slowest part by "
        f"mean {slow:.2f}.\n"
    )
    moved = run["between_mb"]
    print(
        f"Bytes: the list once, {run['list_mb']:,.0f} MB; what all parts share, {moved['shared']:,.0f} MB to each "
        f"worker; the parts as read, {moved['read']:,.0f} MB, as judged, {moved['judged']:,.0f} MB, and what the whole "
        f"list says of them, {moved['told']:,.0f} MB, each written once and read once or twice.\n"
    )
    lines = []
    for machines in MACHINES:
        as_is = sum(ceil(parts / machines) * seconds / parts for seconds in work.values())
        as_is *= slow if machines >= parts else 1
        cut = sum(work.values()) / machines * (slow if machines > 1 else 1)
        lines.append([f"{machines}", *(f"{alone + seconds:.0f}" for seconds in (as_is, cut))])
        lines[-1].append(f"{alone / (alone + cut):.0%}")
    table(["workers", f"s, {parts} parts", "s, at least a part for each", "of it by one process"], lines)


def straggler(runs: Sequence[dict[str, Any]]) -> float:
    """The slowest part by the mean one, as one worker did them after each other; the last is shorter and left out."""
    ratios = [1.0]
    for run in runs:
        for name, between in run["between_parts"].items() if run["workers"] == 1 else ():
            full = between[1:-1]  # the worker starts in the first
            if name == "locating and checking" and len(full) > 1:
                ratios.append(max(full) * len(full) / sum(full))
    return max(ratios)


def starting() -> float:
    """Seconds until a new process answers that has everything loaded to work on a part."""
    began = time.perf_counter()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(str, Job(Path(), 0)).result()
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", nargs="+", default=["list-1m.csv"])
    parser.add_argument("--engines", nargs="+", choices=("local", "dask"), default=["local"])
    parser.add_argument("--workers", nargs="+", type=int, default=[len(os.sched_getaffinity(0))])
    parser.add_argument("--model", action="store_true", help="from FOLDER/national.jsonl, without a new run")
    parser.add_argument("--check", type=json.loads, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.check:
        check(asked.check)
        return
    log = asked.folder / "national.jsonl"
    if asked.model:
        model([json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()])
        return
    runs = []
    for name, engine, workers in _cases(asked):
        runs.append(measured(asked.folder, name, engine, workers))
        with log.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(runs[-1], ensure_ascii=False) + "\n")
    report(runs)


def _cases(asked: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    for name in asked.list:
        for engine in asked.engines:
            for workers in asked.workers:
                yield name, engine, workers


if __name__ == "__main__":
    main()
