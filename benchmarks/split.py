"""Splitting against graph partitioners and redistricting tools in the same run: prints ratios, never fails.

Run: python benchmarks/split.py [--places 120/8 1000/20 north_carolina/8 …] [--seeds 2 3] [--tolerance 0.03] [--quick]

Peers that can be imported take part: pip install pymetis kahip mtkahypar gerrychain spopt libpysal
Each method runs in a process of its own on one core; seconds are its own, without imports and the first compile;
MB are what its peak memory grows by while it works. Ours runs one seed; each partitioner runs three seeds and the
shortest cut counts, whether or not it kept the tolerance and the zones whole: a ratio below 1 is a shorter border
than any of them found even by breaking the rules. spopt does not try to balance loads and is shown without a ratio.
"""

# ruff: noqa: PLC0415 - a peer is imported where it runs, in a process of its own

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from split_worlds import place

from geocensus.zoning.heuristic import solve_heuristic, warm
from geocensus.zoning.score import zone_parts
from geocensus.zoning.task import UnitGraph, equal_task

Method = Callable[[UnitGraph, int, float, int], np.ndarray]

PLACES = (
    *("120/8", "200/12", "700/25", "1000/20", "3000/60", "10000/100", "100000/500"),
    *("north_carolina/8", "miaoli/14", "texas/12", "georgia/10", "virginia/8"),
    *("southeast/30", "plains/24", "mainland/60"),
)
NEEDS = {"metis": "pymetis", "kahip": "kahip", "mtkahypar": "mtkahypar", "gerrychain": "gerrychain", "spopt": "spopt"}
LARGEST = {"gerrychain": 10_000, "spopt": 3_000}  # beyond these a peer has never come back in time
TIMEOUT = 120
SEEDS = {"metis": 3, "kahip": 3, "mtkahypar": 3}  # the others do not look for short borders


def main() -> None:
    args = arguments()
    if args.one:
        print(json.dumps(one(args)))
        return
    print(f"two-sided tolerance {args.tolerance:.1%}; ratios are ours / the best of the peers, below 1 is better")
    header = ["place", "seed", "method", "deviation %", "zones", "broken", "cut km", "rms m", "s", "MB"]
    print("| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for spec in args.places:
        for seed in args.seeds if not spec.startswith("north_carolina") else args.seeds[:1]:
            compare(spec, seed, args)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", nargs="+", default=PLACES, help="units/zones or name/zones")
    parser.add_argument("--seeds", nargs="+", type=int, default=[2, 3], help="of the drawn places and loads")
    parser.add_argument("--tolerance", type=float, default=0.03)
    parser.add_argument("--effort", type=float, default=1.0)
    parser.add_argument("--peers", nargs="+", choices=list(NEEDS), default=list(NEEDS))
    parser.add_argument("--quick", action="store_true", help="one seed per peer")
    parser.add_argument("--one", nargs=4, metavar=("METHOD", "PLACE", "SEED", "METHOD_SEED"), help=argparse.SUPPRESS)
    return parser.parse_args()


def compare(spec: str, seed: int, args: argparse.Namespace) -> None:
    ours = run("geocensus", spec, seed, 0, args)
    rows, peers = [("geocensus", ours)], []
    size = spec.partition("/")[0]
    for method in args.peers:
        module = NEEDS[method]
        if importlib.util.find_spec(module) is None or (size.isdigit() and int(size) > LARGEST.get(method, 10**9)):
            continue
        tries = [run(method, spec, seed, again, args) for again in range(1 if args.quick else SEEDS.get(method, 1))]
        found = [result for result in tries if result]
        rows.append((method, min(found, key=lambda result: result["cut_km"]) if found else None))
        peers += found if method != "spopt" else []
    for method, result in rows:
        print(f"| {spec} | {seed} | {method} | {cells(result)} |", flush=True)
    if ours and peers:
        cut, rms = (ours[key] / min(peer[key] for peer in peers) for key in ("cut_km", "rms_m"))
        print(f"| {spec} | {seed} | **ratio** |  |  |  | **{cut:.3f}×** | **{rms:.3f}×** |  |  |", flush=True)


def cells(result: dict | None) -> str:
    if result is None:
        return f"none in {TIMEOUT} s | | | | | | "
    return (
        f"{result['deviation']:.1f} | {result['zones']} | {result['broken']} | {result['cut_km']:,.0f} | "
        f"{result['rms_m']:,.0f} | {result['seconds']:.1f} | {result['megabytes']:.0f}"
    )


def run(method: str, spec: str, seed: int, again: int, args: argparse.Namespace) -> dict | None:
    """One method in a process of its own; None if it gives up, breaks down or takes too long."""
    command = [sys.executable, __file__, "--one", method, spec, str(seed), str(again)]
    command += ["--tolerance", str(args.tolerance), "--effort", str(args.effort)]
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT, check=True, env={**os.environ, **single}
        )
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError):
        return None


def one(args: argparse.Namespace) -> dict:
    method, spec, seed, again = args.one
    name, k = spec.split("/")
    graph = place(name, int(seed))
    solver = {"geocensus": ours(args.effort), **{key: globals()[key] for key in NEEDS}}[method]
    if method == "geocensus":
        warm()
    else:
        importlib.import_module(NEEDS[method])
    before, start = peak(reset=True), time.process_time()
    labels = np.asarray(solver(graph, int(k), args.tolerance, int(again)))
    seconds = time.process_time() - start
    return {**measured(graph, labels, int(k)), "seconds": seconds, "megabytes": max(0.0, peak() - before)}


def peak(*, reset: bool = False) -> float:
    """Peak memory of this process in MB, from now on where the system can tell (Linux)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    if reset:  # memory that drawing the place has used and freed goes back to the system first
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def measured(graph: UnitGraph, labels: np.ndarray, k: int) -> dict:
    load = np.bincount(labels, graph.load, k)
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    safe = np.maximum(load, 1e-9)
    middle = [np.bincount(labels, graph.load * axis, k) / safe for axis in (graph.x, graph.y)]
    square = (graph.x - middle[0][labels]) ** 2 + (graph.y - middle[1][labels]) ** 2
    return {
        "deviation": 100 * float(np.abs(load / load.mean() - 1).max()),
        "zones": int(np.unique(labels).size),
        "broken": int((zone_parts(graph, labels, k) > 1).sum()),
        "cut_km": float(graph.border_m[labels[source] != labels[graph.indices]].sum() / 2000),
        "rms_m": float(np.sqrt((graph.load * square).sum() / graph.load.sum())),
    }


def ours(effort: float) -> Method:
    return lambda graph, k, tolerance, seed: solve_heuristic(
        equal_task(graph, k, tolerance=tolerance), seed=seed, effort=effort
    )


def whole(graph: UnitGraph) -> tuple[list[int], list[int]]:
    """Weights of units and edges as the whole numbers that partitioners want."""
    load = np.maximum(1, np.round(graph.load / graph.load.mean() * 1000)).astype(int)
    border = np.maximum(1, np.round(graph.border_m / max(1e-9, np.median(graph.border_m)) * 100)).astype(int)
    return load.tolist(), border.tolist()


def metis(graph: UnitGraph, k: int, tolerance: float, seed: int) -> np.ndarray:
    import pymetis

    load, border = whole(graph)
    options = pymetis.Options(ufactor=int(1000 * tolerance), contig=1, seed=seed)
    near = pymetis.CSRAdjacency(graph.indptr.tolist(), graph.indices.tolist())
    parts = pymetis.part_graph(k, near, vweights=load, eweights=border, recursive=False, options=options)
    return np.array(parts[1])


def kahip(graph: UnitGraph, k: int, tolerance: float, seed: int) -> np.ndarray:
    import kahip as peer

    load, border = whole(graph)
    strong = 2
    parts = peer.kaffpa(load, graph.indptr.tolist(), border, graph.indices.tolist(), k, tolerance, True, seed, strong)
    return np.array(parts[1])


def mtkahypar(graph: UnitGraph, k: int, tolerance: float, seed: int) -> np.ndarray:
    import mtkahypar as peer

    load, border = whole(graph)
    machine = peer.initialize(1)
    peer.set_seed(seed)
    context = machine.context_from_preset(peer.PresetType.QUALITY)
    context.set_partitioning_parameters(k, tolerance, peer.Objective.CUT)
    context.logging = False
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    once = np.flatnonzero(source < graph.indices)
    edges = list(zip(source[once].tolist(), graph.indices[once].tolist(), strict=True))
    drawn = machine.create_graph(context, graph.size, len(edges), edges, load, np.array(border)[once].tolist())
    parts = drawn.partition(context)
    return np.array([parts.block_id(unit) for unit in range(graph.size)])


def gerrychain(graph: UnitGraph, k: int, tolerance: float, seed: int) -> np.ndarray:
    """Random spanning trees cut in balance: fairness of the draw is its aim, not short borders."""
    import random

    import networkx as nx
    from gerrychain import Graph
    from gerrychain.tree import recursive_tree_part

    random.seed(seed)
    source = np.repeat(np.arange(graph.size), np.diff(graph.indptr))
    drawn = nx.Graph()
    drawn.add_nodes_from((unit, {"load": float(load)}) for unit, load in enumerate(graph.load))
    drawn.add_edges_from(zip(source.tolist(), graph.indices.tolist(), strict=True))
    found = recursive_tree_part(
        Graph.from_networkx(drawn), list(range(k)), float(graph.load.sum() / k), "load", max(tolerance, 0.05), 1
    )
    return np.array([found[unit] for unit in range(graph.size)])


def spopt(graph: UnitGraph, k: int, _tolerance: float, seed: int) -> np.ndarray:
    """Skater on coordinates and load: its zones are connected, their loads are not its aim."""
    import geopandas as gpd
    import libpysal
    from spopt.region import Skater

    np.random.seed(seed)  # noqa: NPY002 - the peer draws from there
    near = {unit: graph.indices[graph.indptr[unit] : graph.indptr[unit + 1]].tolist() for unit in range(graph.size)}
    table = gpd.GeoDataFrame(
        {"x": graph.x, "y": graph.y, "load": graph.load}, geometry=gpd.points_from_xy(graph.x, graph.y)
    )
    model = Skater(
        table,
        libpysal.weights.W(near, silence_warnings=True),
        ["x", "y"],
        n_clusters=k,
        floor=max(1, graph.size // k // 3),
    )
    model.solve()
    return np.asarray(model.labels_).astype(int)


if __name__ == "__main__":
    main()
