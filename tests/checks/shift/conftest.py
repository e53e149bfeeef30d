r"""A county of 8 x 6 villages, each a square of 0.01 degrees (about 1 km), in 4 townships of 2 x 6 villages.

Sources lie in it by a fixed draw, 10 m of noise included; `listed` moves them and writes what a list would hold.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geocensus.basemap import Basemap
from geocensus.checks import Settings
from geocensus.checks.context import make_context
from geocensus.io.sources import read_sources
from geocensus.model import BasemapInfo, CodeSystem, Text

WEST, SOUTH, STEP = 118.4, 28.8, 0.01


@pytest.fixture(scope="session")
def county():
    cells = [(column, row) for column in range(8) for row in range(6)]
    shapes = [
        shapely.box(
            *(round(v, 2) for v in (WEST + c * STEP, SOUTH + r * STEP, WEST + (c + 1) * STEP, SOUTH + (r + 1) * STEP))
        )
        for c, r in cells
    ]
    towns = [f"33082210{c // 2}" for c, _ in cells]
    villages = pd.DataFrame({"code": [f"{t}{200 + i}" for i, t in enumerate(towns)], "parent_code": towns})
    areas = gpd.GeoDataFrame(villages.assign(name=villages["code"]), geometry=shapes, crs="EPSG:4490")
    upper = (
        areas.dissolve("parent_code").reset_index()[["parent_code", "geometry"]].rename(columns={"parent_code": "code"})
    )
    upper = gpd.GeoDataFrame(upper.assign(name=upper["code"], parent_code="330822"), crs="EPSG:4490")
    whole = gpd.GeoDataFrame(
        {"code": ["330822"], "name": ["甲县"], "parent_code": [""]},
        geometry=[shapely.union_all(shapes)],
        crs="EPSG:4490",
    )
    info = BasemapInfo(
        name="county",
        title=Text("甲县", "county"),
        root="330822",
        code_system=CodeSystem.GB2260,
        code_year=2023,
        accuracy_m={"county": 30.0, "township": 30.0, "village": 30.0},
        nested=True,
        sha256="1" * 64,
    )
    return Basemap(info, {"county": whole, "township": upper, "village": areas})


@pytest.fixture
def drawn(county):
    """Draw n sources evenly: longitude, latitude and the village each lies in."""

    def draw(n, seed=1, box=(0.0, 0.0, 8.0, 6.0)):
        rng = np.random.default_rng(seed)
        column, row = rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)
        code = county.areas("village")["code"].to_numpy()[column.astype(int) * 6 + row.astype(int)]
        noise = rng.normal(0, 1e-4, (n, 2))
        return WEST + column * STEP + noise[:, 0], SOUTH + row * STEP + noise[:, 1], code

    return draw


@pytest.fixture
def context(county, tmp_path):
    """Read a list of given points and claims, with any other columns, as the rules see it."""

    def make(lon, lat, code=None, *, reference=None, crs=None, ids=None, **columns):
        path = tmp_path / "list.csv"
        ids = [f"s{i:05d}-unit" for i in range(len(lon))] if ids is None else ids
        table = pd.DataFrame({"编号": ids, "经度": np.round(lon, 6), "纬度": np.round(lat, 6)})
        table.assign(**({} if code is None else {"区划代码": code}), **columns).to_csv(path, index=False)
        sources, other = read_sources(path, crs=crs), None
        if reference is not None:
            path = tmp_path / "other.csv"
            pd.DataFrame({"编号": ids, "经度": reference[0], "纬度": reference[1]}).to_csv(path, index=False)
            other = read_sources(path)
        return make_context(sources, county, Settings(), reference=other)

    return make
