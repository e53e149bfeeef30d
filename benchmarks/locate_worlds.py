"""Polygon sets and points for the benchmark of locating: drawn or sharpened at run time, the same at every run."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = ["clustered", "counties", "fractal", "table", "uniform"]

SETS = {"villages": (43, 6), "towns": (226, 5)}  # cells in a row, bends of an edge (powers of two)


def table(name: str) -> gpd.GeoDataFrame:
    shapes = counties() if name == "counties" else fractal(*SETS[name])
    codes = pd.Series(np.arange(len(shapes)), dtype="str").str.zfill(6)
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4490")


def fractal(side: int, bends: int, seed: int = 0) -> np.ndarray:
    """Return crooked cells over the east of China whose borders are shared to the last bit."""
    rng = np.random.default_rng(seed)
    lines, columns = np.meshgrid(np.arange(side + 1.0), np.arange(side + 1.0), indexing="ij")
    knots = np.stack((columns, lines), -1) + rng.uniform(-0.2, 0.2, (side + 1, side + 1, 2))
    across = bend(knots[:, :-1].reshape(-1, 2), knots[:, 1:].reshape(-1, 2), bends)
    up = bend(knots[:-1].reshape(-1, 2), knots[1:].reshape(-1, 2), bends)
    across, up = across.reshape(side + 1, side, -1, 2), up.reshape(side, side + 1, -1, 2)
    rings = np.concatenate((across[:-1, :, :-1], up[:, 1:, :-1], across[1:, :, :0:-1], up[:, :-1, ::-1]), axis=2)
    rings = rings.reshape(side * side, -1, 2) * (20 / side) + (100, 22)
    owner = np.repeat(np.arange(side * side), rings.shape[1])
    return valid(shapely.polygons(shapely.linearrings(rings.reshape(-1, 2), indices=owner)))


def counties(bends: int = 3) -> np.ndarray:
    """Return the counties of the United States as bokeh-sampledata has them, each edge bent like a border."""
    from bokeh_sampledata.us_counties import data  # noqa: PLC0415 - only this set needs it

    shapes = []
    for county in data.values():
        lon, lat = np.asarray(county["lons"], float), np.asarray(county["lats"], float)
        parts = np.split(np.column_stack((lon, lat)), np.flatnonzero(np.isnan(lon)))
        rings = [part[~np.isnan(part[:, 0])] for part in parts]
        shapes.append(
            shapely.union_all([shapely.make_valid(shapely.Polygon(sharpened(ring, bends))) for ring in rings])
        )
    return valid(np.array(shapes))


def sharpened(ring: np.ndarray, bends: int) -> np.ndarray:
    ring = np.concatenate((ring, ring[:1]))
    return bend(ring[:-1], ring[1:], bends, 0.08)[:, :-1].reshape(-1, 2)


def bend(start: np.ndarray, end: np.ndarray, bends: int, size: float = 0.12) -> np.ndarray:
    """Move the middle of each edge aside, again and again; both ways along an edge the same."""
    path = np.stack((start, end), axis=1)
    for _ in range(bends):
        a, b = path[:, :-1], path[:, 1:]
        way = np.where((a[..., :1] < b[..., :1]) | ((a[..., :1] == b[..., :1]) & (a[..., 1:] < b[..., 1:])), 1.0, -1.0)
        chance = np.sin((a + b) @ np.array([12989.8, 78233.0])) * size  # symmetric in a and b
        middle = (a + b) / 2 + chance[..., None] * way * np.stack((a[..., 1] - b[..., 1], b[..., 0] - a[..., 0]), -1)
        longer = np.empty((len(path), 2 * path.shape[1] - 1, 2))
        longer[:, ::2], longer[:, 1::2] = path, middle
        path = longer
    return path


def valid(shapes: np.ndarray) -> np.ndarray:
    crossed = ~shapely.is_valid(shapes)
    shapes[crossed] = shapely.buffer(shapely.make_valid(shapes[crossed]), 0)
    return shapes


def uniform(shapes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    left, low, right, high = shapely.total_bounds(shapes)
    rng = np.random.default_rng(count)
    return rng.uniform(left, right, count), rng.uniform(low, high, count)


def clustered(shapes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points as people settle: 300 towns of very different size; one in a hundred stands on a vertex."""
    rng = np.random.default_rng(count + 1)
    corners = shapely.get_coordinates(shapes)
    towns = corners[rng.integers(0, len(corners), 300)]
    at = towns[rng.integers(0, 300, count)] + rng.normal(0, 0.05, (count, 2)) * rng.pareto(1.5, (count, 1))
    some = rng.random(count) < 0.01
    at[some] = corners[rng.integers(0, len(corners), some.sum())]
    return at[:, 0].copy(), at[:, 1].copy()
