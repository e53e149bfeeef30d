"""Decisions while others read: how many a second, how many errors, and whether every acknowledged one is there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
import service_processes as processes
from geocensus_api.store.writer import Writer
from service_asked import OURS, tile_path
from service_load import Client, Server, processor_seconds, several
from service_tables import Goals, markdown

from geocensus.workspace import Decision
from geocensus.workspace.review import decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WRITERS, READERS, GOAL = 20, 20, 300.0
PAUSES_S = (0.0, 0.25)  # of a reader between two answers: none, as a program; as somebody who moves a map
MOST_PER_S = 600  # flags looked at beforehand, which is the most that can be decided


@dataclass
class Written:
    """What came of one measurement; `refused` counts errors by what they say, `busy` are processor seconds."""

    way: str
    seconds: float = 0.0
    acknowledged: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    reads: int = 0
    failed_reads: int = 0
    missing: int = 0
    busy: float = float("nan")

    @property
    def rate(self) -> float:
        return len(self.acknowledged) / self.seconds


def measure_writes(workspace: Path, cache: Path, goals: Goals, *, seconds: float) -> None:
    found = [_checked(_through_writer, workspace, cache, seconds)]
    found += [_checked(_through_http(pause), workspace, cache, seconds) for pause in PAUSES_S]
    print(f"\n## Decisions, {WRITERS} writers beside {READERS} readers\n")
    columns = (
        "way",
        "decisions/s",
        "p50 ms",
        "p99 ms",
        "refused",
        "lost",
        "reads/s",
        "failed reads",
        "processors busy",
    )
    print(markdown(columns, [_row(one) for one in found]))
    for one in found:
        sound = not one.refused and not one.missing and not one.failed_reads
        reached = f"{one.rate:,.0f}/s, {sum(one.refused.values())} errors, {one.missing} lost"
        goals.add(f"decisions, {one.way}", f"≥ {GOAL:g}/s, 0 errors", reached, met=one.rate >= GOAL and sound)


def _row(one: Written) -> tuple[str, ...]:
    p50, p99 = np.percentile(one.milliseconds, (50, 99)) if one.milliseconds else (np.nan, np.nan)
    refused = ", ".join(f"{count}× {reason}" for reason, count in one.refused.most_common(3)) or "0"
    return (
        one.way,
        f"{one.rate:,.0f}",
        f"{p50:.1f}",
        f"{p99:.1f}",
        refused,
        str(one.missing),
        f"{one.reads / one.seconds:,.0f}",
        str(one.failed_reads),
        "" if np.isnan(one.busy) else f"{one.busy / one.seconds:.2f}",
    )


def _checked(way: Callable[[Path, Path, float], Written], workspace: Path, cache: Path, seconds: float) -> Written:
    """Measure on a copy, then look for every acknowledged decision in the file."""
    copy = cache / "writes" / "ws.gpkg"
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    with closing(sqlite3.connect(workspace)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    found = way(copy, cache, seconds)
    with closing(sqlite3.connect(copy)) as connection:
        known = {row[0] for row in connection.execute("SELECT flag_id FROM decisions WHERE outcome = 'false_alarm'")}
    found.missing = len(set(found.acknowledged) - known)
    shutil.rmtree(copy.parent)
    return found


def _flag_ids(workspace: Path, most: int) -> list[str]:
    with closing(sqlite3.connect(workspace)) as connection:
        return [row[0] for row in connection.execute("SELECT flag_id FROM flags ORDER BY fid LIMIT ?", (most,))]


def _through_writer(workspace: Path, _cache: Path, seconds: float) -> Written:
    """The writer's queue in this process, readers of the file in another."""
    found, writer = Written("writer's queue, readers of the file"), Writer(workspace)

    def one(flag_id: str) -> str:
        try:
            decided = writer.write(
                lambda connection: decide(connection, [Decision(flag_id, "false_alarm", author="b")])
            )
            wrong = decided[0].error
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            wrong = error
        return "" if wrong is None else f"{type(wrong).__name__}: {wrong}"[:60]

    command = [sys.executable, str(Path(__file__).with_name("service_readers.py")), str(workspace), str(READERS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as readers:
        assert readers.stdout is not None
        readers.stdout.readline()
        _write(found, _flag_ids(workspace, int(4 * MOST_PER_S * seconds)), lambda _number: one, seconds)
        told = json.loads(readers.communicate()[0])
    writer.close()
    found.reads, found.failed_reads = told["pages"], told["errors"]
    return found


def _through_http(pause: float) -> Callable[[Path, Path, float], Written]:
    return lambda workspace, cache, seconds: _over_http(workspace, cache, seconds, pause)


def _over_http(workspace: Path, cache: Path, seconds: float, pause: float) -> Written:
    """Reviewers and readers of the service; each flag is looked at before (its ETag), which is not timed."""
    how = f"a read each {pause * 1e3:g} ms and reader" if pause else "readers without a pause"
    found, stop = Written(f"HTTP, {how}"), threading.Event()
    with processes.ours(workspace, cache / "ours.log") as server:
        tags = _seen(server, _flag_ids(workspace, int(MOST_PER_S * seconds)))
        several(server, _paths(np.random.default_rng(0)), 3)  # the sources are read once, before the time runs
        threads = [
            threading.Thread(target=_read, args=(server, stop, found, pause, number)) for number in range(READERS)
        ]
        for thread in threads:
            thread.start()
        busy = processor_seconds(server.pids)
        _write(found, list(tags), lambda _number: _decider(server, tags), seconds)
        found.busy = processor_seconds(server.pids) - busy
        stop.set()
        for thread in threads:
            thread.join()
    return found


def _seen(server: Server, flag_ids: list[str]) -> dict[str, str]:
    client = Client(server)
    tags = {flag_id: client.get(f"/flags/{quote(flag_id, safe='')}").headers.get("etag", "") for flag_id in flag_ids}
    client.close()
    return tags


def _decider(server: Server, tags: dict[str, str]) -> Callable[[str], str]:
    client = Client(server)
    body = json.dumps({"outcome": "false_alarm", "comment": "benchmark"}).encode()

    def one(flag_id: str) -> str:
        headers = {"Content-Type": "application/json", "If-Match": tags[flag_id]}
        try:
            answer = client.send("POST", f"/flags/{quote(flag_id, safe='')}/decisions", body, headers)
        except OSError as error:
            return type(error).__name__
        if answer.status in {200, 201}:
            return ""
        return f"{answer.status} {json.loads(answer.body or b'{}').get('detail', '')}"[:90]

    return one


def _write(
    found: Written, flag_ids: Sequence[str], decider: Callable[[int], Callable[[str], str]], seconds: float
) -> None:
    """Let every writer decide one flag after another of its own share."""
    begin = time.perf_counter()
    threads = [
        threading.Thread(target=_decide, args=(found, flag_ids[number::WRITERS], decider(number), begin + seconds))
        for number in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.perf_counter() - begin


def _decide(found: Written, flag_ids: Sequence[str], one: Callable[[str], str], until: float) -> None:
    for flag_id in flag_ids:
        begin = time.perf_counter()
        if begin > until:
            return
        wrong = one(flag_id)
        if wrong:
            found.refused[wrong] += 1
        else:
            found.acknowledged.append(flag_id)
            found.milliseconds.append((time.perf_counter() - begin) * 1e3)


def _read(server: Server, stop: threading.Event, found: Written, pause: float, number: int) -> None:
    """Pages, boxes and tiles in turn, elsewhere each time."""
    client = Client(server)
    for path in _paths(np.random.default_rng(number)):
        if stop.wait(pause) if pause else stop.is_set():
            break
        try:
            found.failed_reads += client.get(path).status != 200
        except OSError:
            found.failed_reads += 1
        found.reads += 1
    client.close()


def _paths(rng: np.random.Generator) -> Iterator[str]:
    while True:
        west, south = rng.uniform((100, 25), (125, 45))
        yield f"/collections/sources/items?limit=100&offset={rng.integers(900_000)}"
        yield f"/collections/sources/items?limit=100&bbox={west:.4f},{south:.4f},{west + 0.2:.4f},{south + 0.2:.4f}"
        yield tile_path(OURS, 8, int((west / 360 + 0.5) * 256), int(rng.integers(95, 110)))
