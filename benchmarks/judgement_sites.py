"""Where fictional sources stand: in true areas, half of them in clusters, a few sharing a market."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from judgement_places import Place

MARKET_SHARE, MARKET_SIZES = 0.01, (2, 8)
CLUSTER_SPREAD_M, ROWS_PER_CENTRE = 200.0, 6
ROWS_PER_ENUMERATOR = 80
GPS_M, POOR_GPS_M, POOR_SHARE = 8.0, 40.0, 0.05


def sites(place: Place, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """True sites in list order (one part of the place after another, as lists are kept).

    Columns: unit (row of the finest area), lon, lat (as a GPS gave them), market (number, -1 for none), enumerator.
    """
    if place.listed is not None:
        table = place.listed.sample(min(rows, len(place.listed)), random_state=rng)
        unit = table["unit"].to_numpy()
        x, y = place.metric.transform(table["lon"].to_numpy(), table["lat"].to_numpy())
    else:
        size = np.sqrt(shapely.area(place.shapes_m[place.finest]))
        unit = rng.choice(len(size), rows, p=size / size.sum())
        x, y = _drawn(place.shapes_m[place.finest], unit, rng)
    upper = place.above[list(place.layers)[max(0, len(place.layers) - 2)]][unit]
    order = np.lexsort((rng.random(len(unit)), upper))
    unit, x, y = unit[order], x[order], y[order]
    market = _markets(unit, x, y, rng)
    sd = np.where(rng.random(len(unit)) < POOR_SHARE, POOR_GPS_M, GPS_M)
    sd[market >= 0] = 0.0  # one reading for all of a market
    lon, lat = place.degrees(x + rng.normal(0, 1, len(x)) * sd, y + rng.normal(0, 1, len(y)) * sd)
    enumerator = np.arange(len(unit)) // ROWS_PER_ENUMERATOR
    return pd.DataFrame({"unit": unit, "lon": lon, "lat": lat, "market": market, "enumerator": enumerator})


def _drawn(shapes: np.ndarray, unit: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.empty(len(unit)), np.empty(len(unit))
    for area in np.unique(unit):
        rows = np.flatnonzero(unit == area)
        shape = shapes[area]
        shapely.prepare(shape)
        x[rows], y[rows] = points_in(shape, len(rows), rng)
        near = rows[rng.random(len(rows)) < 0.5]
        cx, cy = points_in(shape, max(1, len(rows) // ROWS_PER_CENTRE), rng)
        pick = rng.integers(0, len(cx), len(near))
        px = cx[pick] + rng.normal(0, CLUSTER_SPREAD_M, len(near))
        py = cy[pick] + rng.normal(0, CLUSTER_SPREAD_M, len(near))
        inside = shapely.contains_xy(shape, px, py)
        x[near[inside]], y[near[inside]] = px[inside], py[inside]
    return x, y


def points_in(shape: shapely.Geometry, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Uniform points of a polygon."""
    west, south, east, north = shapely.bounds(shape)
    x, y = np.empty(0), np.empty(0)
    while len(x) < count:
        px, py = rng.uniform(west, east, 4 * count + 20), rng.uniform(south, north, 4 * count + 20)
        inside = shapely.contains_xy(shape, px, py)
        x, y = np.append(x, px[inside]), np.append(y, py[inside])
    return x[:count], y[:count]


def _markets(unit: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Let some rows of one area stand on the point of the first of them; changes x and y."""
    market, made = np.full(len(unit), -1), 0
    for number in range(len(unit)):
        rows = np.flatnonzero((unit == unit[int(rng.integers(len(unit)))]) & (market < 0))
        chosen = rows[: int(rng.integers(*MARKET_SIZES)) + 1]
        if made >= MARKET_SHARE * len(unit):
            break
        market[chosen], x[chosen], y[chosen] = number, x[chosen[0]], y[chosen[0]]
        made += len(chosen)
    return market
