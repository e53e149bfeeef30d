"""Locating and distances against geopandas and shapely in the same run: prints ratios, never fails.

Run: python benchmarks/locating.py [LAYER]   (a polygon layer with a code column, else a drawn honeycomb)
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geocensus.locating import Locator, signed_distance

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = (10_000, 100_000, 300_000)
PAIRS = 5_000  # shapely.distance is slow


def main() -> None:
    areas = read(sys.argv[1]) if len(sys.argv) > 1 else honeycomb()
    vertices = int(shapely.get_num_coordinates(areas.geometry.values).sum())
    print(f"{len(areas):,} areas, {vertices:,} vertices; ratios are peer time / ours, above 1 is faster")
    print(f"{'points':>10}  {'ours, s':>8}  {'index built':>11}  {'sjoin within':>12}  {'sjoin intersects':>16}  same")
    for count in POINTS:
        locating(areas, count)
    distances(areas)


def read(path: str) -> gpd.GeoDataFrame:
    areas = gpd.read_file(path)
    return areas.assign(code=areas["code"].astype("str")).set_crs("EPSG:4490", allow_override=True)


def honeycomb(size: int = 24, detail: int = 40) -> gpd.GeoDataFrame:
    # crooked common borders: nearest-seed cells whose edges are bent alike on both sides
    rng = np.random.default_rng(0)
    seeds = shapely.MultiPoint(rng.uniform(0, 1, (size * size, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds))
    cells = shapely.intersection(shapely.segmentize(cells, 0.5 / size / detail), shapely.box(-1, -1, 2, 2))
    bent = shapely.transform(cells, lambda at: at + 0.002 * np.sin(at[:, ::-1] * 400) + [118, 28])
    codes = pd.Series(np.arange(len(bent)), dtype="str").str.zfill(5)
    return gpd.GeoDataFrame({"code": codes}, geometry=bent, crs="EPSG:4490")


def scatter(areas: gpd.GeoDataFrame, count: int) -> tuple[np.ndarray, np.ndarray]:
    left, low, right, high = areas.total_bounds
    rng = np.random.default_rng(count)
    return rng.uniform(left, right, count), rng.uniform(low, high, count)


def timed(action: Callable[[], object], repeat: int = 3) -> tuple[float, object]:
    best, result = np.inf, None
    for _ in range(repeat):
        start = time.perf_counter()
        result = action()
        best = min(best, time.perf_counter() - start)
    return best, result


def locating(areas: gpd.GeoDataFrame, count: int) -> None:
    x, y = scatter(areas, count)
    locator = Locator(areas)
    ours, (row, on_border) = timed(lambda: locator.locate_xy(x, y))
    cold, _ = timed(lambda: Locator(areas.copy()).locate_xy(x, y))
    points = gpd.GeoDataFrame(geometry=shapely.points(x, y), crs=areas.crs)  # the peers get their points ready-made
    within, joined = timed(lambda: points.sjoin(areas[["geometry"]], predicate="within"))
    intersects, _ = timed(lambda: points.sjoin(areas[["geometry"]], predicate="intersects"), repeat=1)
    same = len(joined) == int(((row >= 0) & ~on_border).sum())
    print(
        f"{count:>10,}  {ours:8.3f}  {cold / ours:10.2f}×  {within / ours:11.2f}×  {intersects / ours:15.2f}×  {same}"
    )


def distances(areas: gpd.GeoDataFrame) -> None:
    x, y = scatter(areas, PAIRS)
    claimed = np.random.default_rng(1).integers(0, len(areas), PAIRS)
    signed_distance(x[:1], y[:1], claimed[:1], areas)  # build the index
    ours, _ = timed(lambda: signed_distance(x, y, claimed, areas))
    rings = areas.geometry.boundary.to_numpy()[claimed]
    points = shapely.points(x, y)
    planar, _ = timed(lambda: shapely.distance(rings, points), repeat=1)
    print(
        f"{PAIRS:,} distances to a claimed border: {planar / ours:.1f}× shapely.distance (which is planar, in degrees)"
    )


if __name__ == "__main__":
    main()
