"""A workspace with 250 sources in two townships and a client that carries the token."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geocensus_api import Settings, create_app
from starlette.testclient import TestClient

from geocensus.basemap.hierarchy import Basemap
from geocensus.model import BasemapInfo, Text
from geocensus.workspace import Workspace

TOKEN = "令牌-secret-token"
N = 250


def texts(values):
    return pd.Series(list(values), dtype="str")


def layer(codes, names, parents, geometry):
    columns = {"code": texts(codes), "name": texts(names), "parent_code": texts(parents)}
    return gpd.GeoDataFrame(columns, geometry=list(geometry), crs="EPSG:4490")


def make_result(n=N):
    """Return sources on a diagonal from (118.0, 28.0) to (118.4, 28.2); every 50th has no place.

    ::

        28.2 +----A----|----B----+
        28.0 +---------|---------+
           118.0     118.2     118.4
    """
    a, b = shapely.box(118.0, 28.0, 118.2, 28.2), shapely.box(118.2, 28.0, 118.4, 28.2)
    county = layer(["330822"], ["常山县"], [""], [shapely.box(118.0, 28.0, 118.4, 28.2)])
    towns = layer(["330822001", "330822100", "330822900"], ["甲街道", "乙镇", "无界区"], ["330822"] * 3, [a, b, None])
    info = BasemapInfo("tiny", Text("小图", "tiny"), root="330822", nested=True)
    numbers = np.arange(n)
    lost = numbers % 50 == 49
    sources = pd.DataFrame(
        {
            "source_id": texts(f"S{i:04d}" for i in numbers),
            "name": texts(f"企业{i}" for i in numbers),
            "class": texts(["industrial"] * n),
            "state": texts(np.where(lost, "unlocated", "located")),
            "lon": np.where(lost, np.nan, 118.0 + 0.4 * numbers / n),
            "lat": np.where(lost, np.nan, 28.0 + 0.2 * numbers / n),
            "row": numbers + 2,
            "on_border": numbers == 125,
            "distance_m": np.where(numbers < 20, np.nan, 5.0),
            "raw:备注": texts(["虚构"] * n),
        }
    )
    flags = pd.DataFrame(
        {
            "flag_id": texts(f"f{i}" for i in range(3)),
            "source_id": texts(["S0049", "S0001", ""]),
            "rule": texts(["coordinate.missing", "place.stacked", "group.shift"]),
            "severity": texts(["warning", "error", "info"]),
            "lon": [np.nan, 118.1, np.nan],
            "lat": [np.nan, 28.1, np.nan],
        }
    )
    counts = {"rows": n, "located": int((~lost).sum()), "unlocated": int(lost.sum()), "excluded": 0}
    basemap = Basemap(info, {"county": county, "township": towns})
    return SimpleNamespace(basemap=basemap, sources=sources, flags=flags, repairs=None, summary=counts, provenance={})


@pytest.fixture(scope="session")
def workspace_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("ws") / "ws.gpkg"
    Workspace(path).write(make_result())
    return path


@pytest.fixture(scope="session")
def app(workspace_path):
    return create_app(Settings(token=TOKEN, limit_max=120), workspace_path)


@pytest.fixture
def client(app):
    headers = {"Authorization": f"Bearer {TOKEN}".encode()}
    with TestClient(app, headers=headers, base_url="http://geo.test", raise_server_exceptions=False) as client:
        yield client
