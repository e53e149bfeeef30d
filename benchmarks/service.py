"""Our service against tipg over PostGIS on the same sources, in one run; every goal with what was reached.

Run: python benchmarks/service.py [--parts speed writes size] [--gzip] [--rows 1000000] [--seconds 2] [--cache FOLDER]

PostgreSQL with PostGIS comes from apt, tipg from the package index into an environment of its own; both are started
and stopped here, and what was made is kept in the cache folder for the next run. Servers take turns: ours, theirs,
ours, theirs. Without --gzip nobody compresses (Accept-Encoding: identity), with it both do, each as it is set.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import service_answers as answers
import service_processes as processes
from service_asked import (
    CAPPED,
    CAPPED_FEW,
    DENSEST,
    FAR_TILE,
    OURS,
    TILES,
    UNCAPPED,
    UNCAPPED_FEW,
    Asked,
    again,
    asked,
    tile_path,
    tiles,
)
from service_list import Drawn, draw
from service_load import Sample, Server, Walk, measure, several
from service_size import measure_size
from service_tables import COLUMNS, Goals, markdown, speed_rows
from service_workspace import kept
from service_writes import measure_writes

PARTS = ("speed", "writes", "size")
CLIENTS = (1, 8)
ROUNDS = 2


def main() -> None:
    args = arguments()
    for asked_to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked_to_stop, lambda number, _frame: sys.exit(128 + number))  # what was started is stopped
    args.cache.mkdir(parents=True, exist_ok=True)
    goals = Goals()
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    if "speed" in args.parts:
        compare(args, goals)
    if "writes" in args.parts:
        measure_writes(kept(args.cache, args.rows), args.cache, goals, seconds=args.seconds * 5)
    if "size" in args.parts:
        measure_size(args.cache, args.size_rows, goals)
    print("\n## Goals\n")
    print(goals.markdown())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--size-rows", type=int, default=3_600_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="per server, kind of request and turn")
    parser.add_argument("--gzip", action="store_true", help="clients that take gzip, as browsers, QGIS and GDAL do")
    default = Path(tempfile.gettempdir()) / "cache" / "geocensus-service"
    parser.add_argument("--cache", type=Path, default=default, help="%(default)s")
    return parser.parse_args()


def compare(args: argparse.Namespace, goals: Goals) -> None:
    """Answers first, then speed."""
    drawn, workspace = draw(args.rows), kept(args.cache, args.rows)
    python = processes.tipg_python(args.cache)
    with ExitStack() as stack:
        database = stack.enter_context(processes.postgis(args.cache, args.rows))
        every = {"TIPG_MAX_FEATURES_PER_TILE": str(10 * args.rows)}
        peers = {
            name: stack.enter_context(processes.tipg(python, database, args.cache / f"{number}.log", **settings))
            for number, (name, settings) in enumerate({CAPPED: {}, UNCAPPED: every}.items())
        }
        peers |= {CAPPED_FEW: peers[CAPPED], UNCAPPED_FEW: peers[UNCAPPED]}
        print(f"{args.rows:,} sources; tipg {processes.version_of(python, 'tipg')}, PostgreSQL and PostGIS from apt")
        with processes.ours(workspace, args.cache / "ours.log") as server:
            compare_answers(drawn, {OURS: server, **peers}, goals)
        rows = []
        with processes.ours(workspace, args.cache / "ours.log") as server:
            kinds = with_link(asked(drawn), server)
            rows += page_speed(kinds, taking({OURS: server, **peers}, args), args.seconds, goals)
        with processes.ours(workspace, args.cache / "ours.log") as server:  # nothing of any tile is kept
            rows += tile_speed(drawn, taking({OURS: server, **peers}, args), goals)
    print(f"\n## Speed, {'gzip' if args.gzip else 'nothing compressed'}\n")
    print(markdown(COLUMNS, rows))


def compare_answers(drawn: Drawn, servers: dict[str, Server], goals: Goals) -> None:
    print("\n## Same answers\n")
    print(markdown(("asked", "compared", "same count", "same features"), answers.same_pages(asked(drawn)[1:], servers)))
    kinds = [tiles(drawn, zoom, 0) for zoom in TILES]
    print()
    columns = ("tiles", "compared", "sources in ours", "features of tipg", "of tipg without its limit")
    print(markdown(columns, [answers.same_tiles(kind, servers) for kind in kinds]))
    sums = list(answers.tile_sums(drawn, servers[OURS]))
    print()
    print(markdown(("zoom", "tiles", "sources in ours", "more or fewer", "left out by tipg's limit"), sums))
    off = [row[0] for row in sums if row[3] != "+0"]
    reached = f"wrong at {', '.join(off)}" if off else "equal, 0 dropped"
    goals.add("sum of n over all tiles, z0 to z5", "= sources", reached, met=not off)


def taking(servers: dict[str, Server], args: argparse.Namespace) -> dict[str, Server]:
    """Servers as clients meet them that take gzip, or do not."""
    accepted = {"Accept-Encoding": "gzip" if args.gzip else "identity"}
    return {name: replace(server, headers=server.headers | accepted) for name, server in servers.items()}


def with_link(kinds: list[Asked], server: Server) -> list[Asked]:
    """Page 3,000 once more: by the link of the page before, which is how clients come to it; the peer has offsets."""
    nothing, first, deep, *others = kinds
    link = answers.link_to(server, deep.paths[OURS][0])
    linked = replace(deep, name=f"{deep.name}, by next link", goals={}, paths={**deep.paths, OURS: [link]})
    return [nothing, first, deep, linked, *others]


def page_speed(kinds: list[Asked], servers: dict[str, Server], seconds: float, goals: Goals) -> list[tuple[str, ...]]:
    rows = []
    for kind in kinds:
        for clients in CLIENTS:
            samples = interleaved(kind, servers, clients=clients, seconds=seconds)
            rows += speed_rows(kind.name, clients, samples)
            if clients == 1:
                judge(kind, samples, goals)
    return rows


def tile_speed(drawn: Drawn, servers: dict[str, Server], goals: Goals) -> list[tuple[str, ...]]:
    # our server has read the sources by now, and kept none of the tiles that are timed
    several(servers[OURS], [tile_path(OURS, *FAR_TILE)], 1)
    rows = []
    for zoom, densest in [(6, False), *((zoom, densest) for zoom in DENSEST for densest in (False, True))]:
        for part, clients in enumerate(CLIENTS):
            kind = tiles(drawn, zoom, part, densest=densest)
            samples = interleaved(kind, servers, clients=clients)
            rows += speed_rows(f"{kind.name}, first time", clients, samples)
            rows += speed_rows(again(kind).name, clients, interleaved(again(kind), servers, clients=clients))
            if clients == 1:
                judge(kind, samples, goals)
    return rows


def judge(kind: Asked, samples: dict[str, Sample], goals: Goals) -> None:
    for peer, goal in kind.goals.items():
        goals.faster(kind.name if peer == CAPPED else f"{kind.name}; {peer}", goal, samples[OURS], samples[peer])


def interleaved(kind: Asked, servers: dict[str, Server], *, clients: int, seconds: float = 60.0) -> dict[str, Sample]:
    """Every server in turn, several times; each goes on in its own list where it stopped."""
    names = list(kind.paths)
    parts = {name: _parts(kind, name, clients) for name in names}
    samples = {name: Sample() for name in names}
    for turn in range(ROUNDS):
        for name in names:
            samples[name] += measure(servers[name], parts[name][turn], clients=clients, seconds=seconds)
    return samples


def _parts(kind: Asked, name: str, clients: int) -> list[Walk]:
    paths = kind.paths[name]
    if not kind.once:
        start = len(paths) // 2 if clients > 1 else 0  # not what one client has been told already
        return [Walk([*paths[start:], *paths[:start]])] * ROUNDS
    return [Walk(paths[turn::ROUNDS], once=True) for turn in range(ROUNDS)]


if __name__ == "__main__":
    main()
