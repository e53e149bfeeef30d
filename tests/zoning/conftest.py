"""Drawn counties: a board of squares of 1 km as units, and the same as a graph."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geocensus.zoning.plan import split
from geocensus.zoning.task import UnitGraph

EAST, NORTH = 500_000.0, 3_200_000.0


def board(rows=4, columns=4, *, minutes=60.0, crs="EPSG:4548"):
    places = [(row, column) for row in range(rows) for column in range(columns)]
    squares = [
        shapely.box(EAST + 1000 * c, NORTH + 1000 * r, EAST + 1000 * (c + 1), NORTH + 1000 * (r + 1)) for r, c in places
    ]
    table = {"code": [f"{r}{c}" for r, c in places], "minutes": np.broadcast_to(minutes, len(places)).astype(float)}
    units = gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:4548")
    return units if crs == "EPSG:4548" else units.to_crs(crs)


def row(loads):
    return board(1, len(loads), minutes=np.array(loads, dtype=float))


@pytest.fixture(scope="module")
def quarters():
    return split(board(), teams=4)


def zones_of(plan):
    return {key: sorted(codes) for key, codes in plan.labels.groupby(plan.labels).groups.items()}


def grid(rows, columns, load):
    """Draw units of 1 km by 1 km, numbered row by row."""
    n = rows * columns
    cell = np.arange(n).reshape(rows, columns)
    pairs = np.concatenate(
        [np.c_[cell[:, :-1].ravel(), cell[:, 1:].ravel()], np.c_[cell[:-1].ravel(), cell[1:].ravel()]]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    degree = np.bincount(both[:, 0], minlength=n)
    return UnitGraph(
        codes=np.array([f"{u:03d}" for u in range(n)], dtype=object),
        load=np.asarray(load, dtype=float),
        x=1000.0 * (np.arange(n) % columns),
        y=1000.0 * (np.arange(n) // columns),
        area_m2=np.full(n, 1e6),
        outer_m=1000.0 * (4 - degree),
        indptr=np.concatenate([[0], np.cumsum(degree)]),
        indices=both[:, 1],
        border_m=np.full(len(both), 1000.0),
        cut_cost_m=np.full(len(both), 1000.0),
    )
