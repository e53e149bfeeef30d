"""A workspace with 250 sources in two townships and a client that carries the token."""

import sqlite3
from contextlib import ExitStack, closing
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geocensus_api import Settings, create_app
from geocensus_api.access.door import DoorMiddleware
from geocensus_api.access.principal import Principal
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from geocensus.basemap.hierarchy import Basemap
from geocensus.model import BasemapInfo, Text
from geocensus.workspace import StoredPlan, Workspace

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


def make_repairs():
    """Return three repairs: a move, one of a source off the map, a claim; only the first has a line."""
    lon, lat = [118.15, 118.12, np.nan], [28.1, 28.15, np.nan]
    texts_ = {"repair_id": ["r1", "r2", "r3"], "source_id": ["S0003", "S0049", "S0001"], "flag_id": ["f1", "f0", "f1"]}
    numbers = {"rank": [1, 1, 2], "probability": [0.9, 0.8, 0.3], "lon": lon, "lat": lat}
    stated = {"stated_lon": [118.6, np.nan, np.nan], "stated_lat": [28.1, np.nan, np.nan]}
    kinds = {"kind": texts(["point", "point", "claim"]), "cause": texts(["digit_error", "axes_swapped", "claim_wrong"])}
    columns = {name: texts(values) for name, values in texts_.items()}
    return pd.DataFrame({**columns, **numbers, **stated, **kinds, "offered": [True, False, False]})


def make_plan(name, **columns):
    halves = [shapely.box(118.0, 28.0, 118.2, 28.2), shapely.box(118.2, 28.0, 118.4, 28.2)]
    zones = gpd.GeoDataFrame({"field_zone": texts(["1", "2"]), "load": [60.0, 90.0]}, geometry=halves, crs="EPSG:4490")
    members = pd.DataFrame({"code": texts(["330822001", "330822100"]), "field_zone": texts(["1", "2"])})
    return StoredPlan(name, zones.assign(**columns), members, {"command": "geocensus split /home/someone"})


@pytest.fixture(scope="session")
def full_path(tmp_path_factory):
    """Return a workspace in which every collection has rows, and some layers have rows without geometry."""
    path = tmp_path_factory.mktemp("full") / "ws.gpkg"
    result = make_result()
    result.sources.loc[[10, 11], "state"] = "excluded"
    result.sources.loc[[10, 11], ["lon", "lat"]] = np.nan
    result.summary |= {"located": 243, "excluded": 2}
    result.repairs = make_repairs()
    result.causes = pd.DataFrame({"source_id": texts(["S0003"]), "rank": [1], "cause": texts(["digit_error"])})
    result.causes["probability"] = 0.9
    result.shifts = pd.DataFrame({"group": texts(["张三"]), "by": texts(["enumerator"]), "n": [40], "share": [0.9]})
    workspace = Workspace(path)
    workspace.write(result)
    workspace.write_plan(make_plan("甲方案"))
    workspace.write_plan(make_plan("b", phone=texts(["=1", "2"])))
    return path


@pytest.fixture(scope="session")
def app(workspace_path):
    return create_app(
        Settings(token=TOKEN, limit_max=120, page_folder=workspace_path.with_name("no-page")), workspace_path
    )


@pytest.fixture
def client(app):
    headers = {"Authorization": f"Bearer {TOKEN}".encode()}
    with TestClient(app, headers=headers, base_url="http://geo.test", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def client_as():
    """Return a function that opens a client of a workspace as a person with a role and a scope."""
    with ExitStack() as stack:

        def opened(path, role="admin", scope=None, name="王工", **settings):
            app = create_app(Settings(token=TOKEN, limit_max=120, **settings), path)
            door = next(place for place, one in enumerate(app.user_middleware) if one.cls is DoorMiddleware)
            app.user_middleware.insert(door + 1, Middleware(_As, who=Principal(name, role, scope)))  # just behind it
            headers = {"Authorization": f"Bearer {TOKEN}".encode()}
            client = TestClient(app, headers=headers, base_url="http://geo.test", raise_server_exceptions=False)
            return stack.enter_context(client)

        yield opened


class _As:
    def __init__(self, app, *, who):
        self.app, self.who = app, who

    async def __call__(self, scope, receive, send):
        await self.app({**scope, "geocensus.principal": self.who}, receive, send)


@pytest.fixture(scope="session")
def two_towns_path(tmp_path_factory):
    """Return the workspace of make_result with areas told: S0000 to S0124 lie in A, the rest in B; f1 is of S0001 in A.

    S0124 lies in A and is claimed for B; what has no place is claimed for A. S0200 has a flag f3 in B.
    """
    result = make_result()
    numbers, lost = np.arange(N), (result.sources["state"] == "unlocated").to_numpy()
    located = np.where(numbers < N // 2, "330822001", "330822100")
    result.sources["located_code"] = texts(np.where(lost, "", located))
    claimed = np.where(lost, "330822001", located)
    claimed[124] = "330822100"
    result.sources["claimed_code"] = result.sources["claimed_area_code"] = texts(claimed)
    result.sources.loc[::7, "class"] = "domestic"
    more = {"flag_id": "f3", "source_id": "S0200", "rule": "place.stacked", "severity": "warning"}
    result.flags.loc[len(result.flags)] = {**more, "lon": 118.32, "lat": 28.16}
    result.causes = pd.DataFrame({"source_id": texts(["S0003"]), "rank": [1], "cause": texts(["digit_error"])})
    result.causes["probability"] = 0.9
    result.repairs = make_repairs()
    path = tmp_path_factory.mktemp("towns") / "ws.gpkg"
    Workspace(path).write(result)
    return path


@pytest.fixture
def towns(two_towns_path, tmp_path):
    """Return a copy of the workspace of two towns, to be changed."""
    path = tmp_path / "ws.gpkg"
    with closing(sqlite3.connect(two_towns_path)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return path


@pytest.fixture
def planned(towns):
    """Return the two towns with a plan of the whole county: a field zone for each."""
    plan = make_plan("甲方案", owner=["张三", "李四"])
    record = {"within": ["330822"], "level": "township"}
    Workspace(towns).write_plan(StoredPlan(plan.name, plan.field_zones, plan.members, record))
    return towns
