"""Other engines that find the lowest area of each point. Each takes polygons and points, gets ready, then answers."""

# ruff: noqa: PLC0415 - a peer is imported where it runs

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PEERS", "sjoin"]

JOIN = "SELECT p.i, min(a.z) AS z FROM p JOIN a ON ST_Intersects(a.geometry, p.geometry) GROUP BY p.i"


def sjoin(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    areas = gpd.GeoDataFrame(geometry=shapes)
    points = gpd.GeoDataFrame(geometry=shapely.points(x, y))
    return lambda: lowest(len(x), points.sjoin(areas, predicate="within")["index_right"])


def prepared(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    from geocensus.locating._asked_areas import AskedAreas

    return lambda: AskedAreas(shapes).locate(x, y)[0]


def duckdb(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    import duckdb as duck
    import duckdb_extension_spatial as extension

    connection = duck.connect()
    file = next(Path(next(iter(extension.__path__))).rglob("spatial.duckdb_extension"))
    connection.execute(f"LOAD '{file}'")
    connection.register("points", pd.DataFrame({"i": np.arange(len(x)), "x": x, "y": y}))
    connection.register("areas", pd.DataFrame({"z": np.arange(len(shapes)), "wkb": shapely.to_wkb(shapes)}))
    connection.execute("CREATE TABLE p AS SELECT i, ST_Point(x, y) AS geometry FROM points")
    connection.execute("CREATE TABLE a AS SELECT z, ST_GeomFromWKB(wkb) AS geometry FROM areas")
    return lambda: _placed(len(x), **connection.execute(JOIN).fetchnumpy())


def sedonadb(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    import sedona.db

    session = sedona.db.connect()
    for name, column, geometry in (("a", "z", shapes), ("p", "i", shapely.points(x, y))):
        frame = gpd.GeoDataFrame({column: np.arange(len(geometry))}, geometry=geometry)
        session.create_data_frame(frame).to_view(name)
    return lambda: _placed(len(x), **session.sql(JOIN).to_pandas())


def polars_st(shapes: np.ndarray, x: np.ndarray, y: np.ndarray) -> Callable[[], np.ndarray]:
    import polars as pl
    import polars_st  # noqa: F401 - registers itself

    def frame(geometry: np.ndarray, name: str) -> pl.DataFrame:
        wkb = pl.Series(list(shapely.to_wkb(geometry)), dtype=pl.Binary)
        return pl.DataFrame({name: np.arange(len(geometry)), "geometry": wkb})

    areas, points = frame(shapes, "z"), frame(shapely.points(x, y), "i")

    def answer() -> np.ndarray:
        joined = points.st.sjoin(areas, on="geometry", how="inner", predicate="within")
        return _placed(len(x), joined["i"].to_numpy(), joined["z"].to_numpy())

    return answer


def lowest(count: int, found: pd.Series) -> np.ndarray:
    return _placed(count, found.index.to_numpy(), found.to_numpy())


def _placed(count: int, i: np.ndarray, z: np.ndarray) -> np.ndarray:
    answer = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(answer, np.asarray(i, dtype=np.int64), np.asarray(z, dtype=np.int64))
    return np.where(answer == np.iinfo(np.int64).max, -1, answer)


def _installed(*modules: str) -> bool:
    return all(importlib.util.find_spec(module) for module in modules)


# name: how to ask it, what it needs, whether it counts a point on a border as covered
PEERS: dict[str, tuple[Callable[..., Callable[[], np.ndarray]], bool, bool]] = {
    "geopandas sjoin(within)": (sjoin, True, False),
    "prepared GEOS, area by area": (prepared, True, True),
    "SedonaDB": (sedonadb, _installed("sedona", "sedonadb"), True),
    "DuckDB spatial": (duckdb, _installed("duckdb", "duckdb_extension_spatial"), True),
    "polars-st sjoin(within)": (polars_st, _installed("polars", "polars_st"), False),
}
