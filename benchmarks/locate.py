"""Locating and distances against other engines in the same run: prints tables of ratios, never fails.

Run: python benchmarks/locate.py [--sets villages counties towns] [--parts peers cold growth distance process]
                                 [--points 300000] [--threads 1]

Peers that are not installed are named and left out: pip install 'geocensus[bench]'. The process keeps itself, and so
every peer that heeds it, to as many processors as --threads says. With one
thread, seconds are processor time, which other work on the machine changes little; with more, they are the clock's.
Ours is the best of some runs, a peer has one.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from locate_peers import PEERS, sjoin
from locate_process import new_processes
from locate_reference import metres_to_border
from locate_worlds import clustered, fractal, table, uniform

from geocensus.locating import Locator, _choosing, locate, signed_distance
from geocensus.locating._building import processors

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd


def main() -> None:
    asked = arguments()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: asked.threads]))
    warm_up()
    print(f"{asked.threads} thread(s), load {os.getloadavg()[0]:.1f} when started" if hasattr(os, "getloadavg") else "")
    for name, (_, installed, _) in PEERS.items():
        if not installed:
            print(f"left out: {name} is not installed")
    print("left out: PostGIS is a server (benchmarks/service.py measures against one)")
    limits()
    for name in asked.sets:
        areas = table(name)
        print(f"\n## {name}: {len(areas):,} areas, {vertices(areas):,} vertices")
        for part in asked.parts:
            PARTS[part](areas, asked.points)
    if "growth" in asked.parts:
        growing()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", nargs="*", default=["villages", "counties", "towns"])
    parser.add_argument("--parts", nargs="*", default=["peers", "cold", "growth", "distance", "process"])
    parser.add_argument("--points", type=int, default=300_000)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def timed(action: Callable[[], Any], repeat: int = 3) -> tuple[float, Any]:
    clock = time.process_time if processors() == 1 else time.perf_counter
    best, result = np.inf, None
    for _ in range(repeat):
        start = clock()
        result = action()
        best = min(best, clock() - start)
    return best, result


def vertices(areas: gpd.GeoDataFrame) -> int:
    return int(shapely.get_num_coordinates(areas.geometry.to_numpy()).sum())


def warm_up() -> None:
    from geocensus.locating.distance import _CLAIMS  # noqa: PLC0415 - compiles before anything is measured

    tiny = table("villages").iloc[:4]
    Locator(tiny).locate_xy([0.0], [0.0])
    _choosing.note_ready("distances")
    _CLAIMS.get(tiny).search(1)
    signed_distance([110.0], [30.0], [0], tiny)


def limits() -> None:
    """What the machine can do at all: read the coordinates once, and look into a large table at random."""
    x, y = np.random.default_rng(0).random((2, 10_000_000))
    streaming, _ = timed(lambda: x.sum() + y.sum())
    large, at = np.ones(1 << 26, dtype=np.int32), (x * (1 << 26)).astype(np.int64)
    random, _ = timed(lambda: np.take(large, at))
    streamed, read = len(x) / streaming / 1e6, len(x) / random / 1e6
    print(f"limits: {streamed:.0f} M points/s read in a row, {read:.0f} M/s read at random from 256 MB")


def peers(areas: gpd.GeoDataFrame, count: int) -> None:
    shapes = areas.geometry.to_numpy()
    build, locator = timed(lambda: Locator(areas), 2)
    size = sum(array.nbytes for array in locator._indexed._built.arrays)  # noqa: SLF001
    n = vertices(areas)
    print(f"index: {build:.2f} s, {build / n * 1e6:.2f} µs and {size / n:.0f} B per vertex")
    for kind, points in (("uniform", uniform), ("clustered", clustered)):
        x, y = points(shapes, count)
        ours, (row, border) = timed(lambda x=x, y=y: locator.locate_xy(x, y), 5)
        order = np.lexsort((x, np.floor(y * 20)))
        xs, ys = x[order], y[order]
        in_order, _ = timed(lambda xs=xs, ys=ys: locator.locate_xy(xs, ys), 5)
        print(
            f"\n{kind}: {count:,} points, {border.mean():.1%} on a border; ours {count / ours / 1e6:.1f} M/s, ", end=""
        )
        print(f"sorted by place {count / in_order / 1e6:.1f} M/s\n")
        print(f"| {'peer':30} | {'M points/s':>10} | {'ours':>6} | differing |\n|---|---|---|---|")
        for name, (prepare, installed, closed) in PEERS.items():
            if installed:
                seconds, answer = timed(prepare(shapes, x, y), 1)
                differing = int((answer != row)[~border | closed].sum())
                print(f"| {name:30} | {count / seconds / 1e6:10.3f} | {seconds / ours:5.0f}× | {differing:9} |")


def cold(areas: gpd.GeoDataFrame, _: int) -> None:
    """A new table each time: what it costs to answer once, index or not, by what gc.locate chooses."""
    print(f"\n| {'new table':>12} | {'gc.locate, s':>12} | {'index':>6} | {'sjoin(within), s':>16} | ratio |")
    print("|---|---|---|---|---|")
    for count in (1_000, 30_000, 1_000_000):
        x, y = uniform(areas.geometry.to_numpy(), count)
        mine, theirs = (areas.set_geometry(shapely.from_wkb(areas.geometry.to_wkb())) for _ in range(2))
        sources = pd.DataFrame({"lon": x, "lat": y})
        with_index = _choosing.Choice(mine.geometry.to_numpy()).wants_index(count)
        ours, _ = timed(lambda mine=mine, sources=sources: locate(sources, mine), 1)
        seconds, _ = timed(lambda theirs=theirs, x=x, y=y: sjoin(theirs.geometry.to_numpy(), x, y)(), 1)
        print(f"| {count:12,} | {ours:12.3f} | {with_index!s:>6} | {seconds:16.3f} | {seconds / ours:.1f}× |")


def growth(areas: gpd.GeoDataFrame, _: int) -> None:
    locator = Locator(areas)
    print(f"\n| {'points':>12} | {'seconds':>8} | M points/s |\n|---|---|---|")
    for count in (10_000, 100_000, 1_000_000, 10_000_000):
        x, y = uniform(areas.geometry.to_numpy(), count)
        seconds, _ = timed(lambda x=x, y=y: locator.locate_xy(x, y), 2)
        print(f"| {count:12,} | {seconds:8.4f} | {count / seconds / 1e6:.1f} |")


def growing() -> None:
    print(f"\n## growth over vertices\n\n| {'vertices':>12} | {'index, s':>8} | µs per vertex | B per vertex |")
    print("|---|---|---|---|")
    for side in (40, 126, 280):
        shapes = fractal(side, 4)
        areas = table("villages").iloc[:0].reindex(range(len(shapes))).assign(code="0")
        areas = areas.assign(code=[f"{i:06}" for i in range(len(shapes))]).set_geometry(list(shapes), crs="EPSG:4490")
        seconds, locator = timed(lambda areas=areas: Locator(areas), 1)
        n, size = vertices(areas), sum(array.nbytes for array in locator._indexed._built.arrays)  # noqa: SLF001
        print(f"| {n:12,} | {seconds:8.2f} | {seconds / n * 1e6:.2f} | {size / n:.0f} |")


def distance(areas: gpd.GeoDataFrame, count: int) -> None:
    """Points around their claims, at up to some widths of an area; the peer measures in degrees and without a sign."""
    shapes = areas.geometry.to_numpy()
    rng = np.random.default_rng(5)
    claimed = rng.integers(0, len(shapes), count)
    corners = shapely.get_coordinates(shapely.centroid(shapes))[claimed]
    width = np.sqrt(np.median(shapely.area(shapes)))
    x, y = (corners + rng.normal(0, width, (count, 2))).T
    signed_distance(x[:10], y[:10], claimed[:10], areas)
    ours, found = timed(lambda: signed_distance(x, y, claimed, areas))
    few = min(count, 20_000)
    points = shapely.points(x[:few], y[:few])
    theirs, _ = timed(lambda: shapely.distance(points, shapes[claimed[:few]]), 1)
    mine, other = count / ours / 1e6, few / theirs / 1e6
    print(f"\ndistances: {mine:.2f} M pairs/s; shapely.distance {other:.3f} M pairs/s: {mine / other:.1f}×")
    checked = rng.choice(count, min(count, 10_000), replace=False)
    exact = metres_to_border(x[checked], y[checked], shapes[claimed[checked]])
    off = np.abs(np.abs(found[checked]) - exact)
    signs = (found[checked] <= 0) == shapely.covers(shapes[claimed[checked]], shapely.points(x[checked], y[checked]))
    print(f"{len(checked):,} pairs against geodesics to every piece of border, up to {exact.max():,.0f} m: ", end="")
    print(f"off by at most {off.max():.3f} m, {int((~signs).sum())} signs differ")


def process(areas: gpd.GeoDataFrame, _: int) -> None:
    new_processes(areas)


PARTS = {"peers": peers, "cold": cold, "growth": growth, "distance": distance, "process": process}

if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    main()
