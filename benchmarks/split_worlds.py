"""Places for the split benchmark: drawn ones of any size and seed, and real ones that packages carry."""

# ruff: noqa: PLC0415 - packages with real places are imported where they are asked for

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import Voronoi

from geocensus.zoning.graph import build_graph
from geocensus.zoning.task import UnitGraph

SIDE = 50_000.0  # metres
STATES = {
    "texas": "tx",
    "georgia": "ga",
    "virginia": "va",
    "southeast": "nc sc ga al tn ms fl ky",
    "plains": "ks ne ok mo ia sd",
    "mainland": (
        "al ar az ca co ct dc de fl ga ia id il in ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv ny oh ok or "
        "pa ri sc sd tn tx ut va vt wa wi wv wy"
    ),
}


def place(name: str, seed: int) -> UnitGraph:
    """A graph by name: a number of units to draw, or a real place, whose loads may be drawn with the seed."""
    if name.isdigit():
        return synthetic(int(name), seed)
    if name == "north_carolina":
        return north_carolina()
    if name == "miaoli":
        return miaoli(seed)
    return counties(STATES[name].split(), seed)


def synthetic(units: int, seed: int) -> UnitGraph:
    """Voronoi cells of clustered points in a square, with heavy-tailed loads."""
    rng = np.random.default_rng([units, seed])
    points = clustered(rng, units)
    mirrored = [points]  # in the square's sides, which become cell borders
    for axis in (0, 1):
        for side in (0.0, SIDE):
            copy = points.copy()
            copy[:, axis] = 2 * side - copy[:, axis]
            mirrored.append(copy)
    diagram = Voronoi(np.concatenate(mirrored))
    first, second = diagram.ridge_points.T
    ends = diagram.vertices[np.asarray(diagram.ridge_vertices)]
    length = np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1)
    height = np.linalg.norm(diagram.points[first] - diagram.points[second], axis=1) / 2
    count = len(diagram.points)
    area = np.bincount(first, length * height / 2, count) + np.bincount(second, length * height / 2, count)
    inner = (first < units) & (second < units) & (length > 1e-6)
    edge = (first < units) != (second < units)
    outer = np.bincount(np.minimum(first, second)[edge], length[edge], count)
    return graph_of(
        points, area[:units], outer[:units], (first[inner], second[inner], length[inner]), loads(rng, units)
    )


def loads(rng: np.random.Generator, units: int) -> np.ndarray:
    """Minutes: most units alike, some many times heavier."""
    return rng.lognormal(0, 0.6, units) * 300 + rng.pareto(2.5, units) * 100


def clustered(rng: np.random.Generator, units: int) -> np.ndarray:
    """Half of the points spread out, half around the centres of villages."""
    spread = rng.uniform(0, SIDE, (units - units // 2, 2))
    centres = rng.uniform(0, SIDE, (max(3, units // 25), 2))
    width = SIDE / np.sqrt(len(centres)) / 4
    near = centres[rng.integers(0, len(centres), units // 2)] + rng.normal(0, width, (units // 2, 2))
    near = SIDE - np.abs(SIDE - np.abs(near))  # folded back into the square
    return np.concatenate([spread, np.clip(near, 1, SIDE - 1)])


def graph_of(points: np.ndarray, area: np.ndarray, outer: np.ndarray, pairs: tuple, load: np.ndarray) -> UnitGraph:
    """A graph from undirected pairs and their common border."""
    first, second, length = pairs
    source, goal = np.concatenate([first, second]), np.concatenate([second, first])
    order = np.lexsort((goal, source))
    border = np.concatenate([length, length])[order]
    return UnitGraph(
        codes=np.array([f"{unit:06d}" for unit in range(len(load))], dtype=object),
        load=load,
        x=points[:, 0],
        y=points[:, 1],
        area_m2=area,
        outer_m=outer,
        indptr=np.concatenate([[0], np.cumsum(np.bincount(source, minlength=len(load)))]).astype(np.int64),
        indices=goal[order].astype(np.int64),
        border_m=border,
        cut_cost_m=border,
    )


def north_carolina() -> UnitGraph:
    """100 counties; the load is the births of 1974 (libpysal's sids2)."""
    import libpysal

    table = gpd.read_file(libpysal.examples.get_path("sids2.shp")).set_crs(4326, allow_override=True).to_crs(32119)
    return graph_from(table, table["FIPS"], table["BIR74"].to_numpy(float))


def miaoli(seed: int) -> UnitGraph:
    """275 villages of the bundled basemap, loads drawn."""
    path = Path(__file__).parent.parent / "data" / "basemaps" / "miaoli.gpkg"
    table = gpd.read_file(path, layer="village").to_crs(3826)
    return graph_from(table, table["code"], loads(np.random.default_rng(seed), len(table)))


def counties(states: list[str], seed: int) -> UnitGraph:
    """US counties (bokeh_sampledata), loads drawn."""
    from bokeh_sampledata.us_counties import data

    chosen = {code: county for code, county in data.items() if county["state"] in states}
    shapes = [_shape(county["lons"], county["lats"]) for county in chosen.values()]
    table = gpd.GeoDataFrame(geometry=shapes, crs=4326).to_crs(5070)
    table = table.set_geometry(mended(table.geometry.to_numpy()))
    codes = [f"{state:02d}{county:03d}" for state, county in chosen]
    return graph_from(table, codes, loads(np.random.default_rng(seed), len(table)))


def _shape(lons: list[float], lats: list[float]) -> shapely.Geometry:
    """A polygon per run of numbers between NaN: islands."""
    at = np.column_stack([lons, lats]).astype(float)
    gaps = np.flatnonzero(np.isnan(at[:, 0]))
    rings = [ring[~np.isnan(ring[:, 0])] for ring in np.split(at, gaps)]
    return shapely.make_valid(shapely.union_all([shapely.Polygon(ring) for ring in rings if len(ring) > 3]))


def mended(shapes: np.ndarray) -> gpd.GeoSeries:
    """Shapes without overlaps: the smaller one of a pair keeps its ground (cities drawn over their county)."""
    shapes = shapes.copy()
    for first, second in shapely.STRtree(shapes).query(shapes, predicate="overlaps").T.tolist() + covered(shapes):
        if shapes[first].area > shapes[second].area:
            shapes[first] = shapely.difference(shapes[first], shapes[second])
    return gpd.GeoSeries(shapes, crs=5070)


def covered(shapes: np.ndarray) -> list[list[int]]:
    pairs = shapely.STRtree(shapes).query(shapes, predicate="contains").T
    return pairs[pairs[:, 0] != pairs[:, 1]].tolist()


def graph_from(table: gpd.GeoDataFrame, codes: object, load: np.ndarray) -> UnitGraph:
    units = gpd.GeoDataFrame({"code": codes}, geometry=table.geometry.to_numpy(), crs=table.crs)
    units["code"], units["load"] = units["code"].astype("str"), load
    return build_graph(units.sort_values("code", ignore_index=True), "load")
