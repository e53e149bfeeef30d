"""A whole country's list: what loading takes, how much memory stays, and the tile that holds everybody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import service_processes as processes
from service_answers import sources_in
from service_asked import FAR_TILE, OURS, tile_path
from service_load import Client, Walk, measure
from service_tables import Goals, markdown
from service_workspace import kept

if TYPE_CHECKING:
    from pathlib import Path

STARTS = 3
TILE_MS, MEMORY_MB = 150.0, 500.0
MEMORY, FIRST, BUSY, COUNTED = "memory then MB", "z0 first time ms", "z0 processor ms", "sources in z0"


def measure_size(cache: Path, rows: int, goals: Goals) -> None:
    workspace = kept(cache, rows)
    starts = [_one_start(workspace, cache / "ours.log") for _ in range(STARTS)]
    print(f"\n## {rows:,} sources\n")
    print(f"workspace {workspace.stat().st_size / 1e6:,.0f} MB; every line is a new process\n")
    print(markdown(tuple(starts[0]), [tuple(f"{value:,.0f}" for value in start.values()) for start in starts]))
    tile, busy, memory = (float(np.median([start[name] for start in starts])) for name in (FIRST, BUSY, MEMORY))
    met = tile <= TILE_MS and all(start[COUNTED] == rows for start in starts)
    shown = f"{tile:.0f} ms; {busy:.0f} ms of processor time"
    goals.add(f"{rows:,} sources: tile z0, not kept", f"≤ {TILE_MS:g} ms", shown, met=met)
    met = memory <= MEMORY_MB
    goals.add(f"{rows:,} sources: memory after loading", f"≤ {MEMORY_MB:g} MB", f"{memory:.0f} MB", met=met)


def _one_start(workspace: Path, log: Path) -> dict[str, float]:
    begin = time.perf_counter()
    with processes.ours(workspace, log) as server:
        listening, before = time.perf_counter() - begin, processes.resident_mb(server.pids[0])
        load = measure(server, Walk([tile_path(OURS, *FAR_TILE)], once=True), clients=1, seconds=60)
        memory = processes.resident_mb(server.pids[0])
        first = measure(server, Walk([tile_path(OURS, 0, 0, 0)], once=True), clients=1, seconds=60)
        again = measure(server, Walk([tile_path(OURS, 0, 0, 0)]), clients=1, seconds=0.5)
        return {
            "listening after ms": listening * 1e3,
            "memory MB": before,
            "first tile after ms": load.percentile(50),
            "its processor ms": load.busy_ms,
            MEMORY: memory,
            FIRST: first.percentile(50),
            BUSY: first.busy_ms,
            "z0 again ms": again.percentile(50),
            COUNTED: sources_in(Client(server), 0, 0, 0),
        }
