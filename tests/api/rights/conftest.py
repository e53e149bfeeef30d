"""A workspace in which every collection has rows of two towns, and clients of people who may see one of them."""

from contextlib import contextmanager
from math import asinh, pi, radians, tan
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geocensus_api import Settings, create_app
from geocensus_api.access.principal import Principal
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from geocensus.basemap.hierarchy import Basemap
from geocensus.model import BasemapInfo, Text
from geocensus.workspace import Decision, StoredPlan, StoredZones, Workspace

TOKEN = "令牌-secret-token"
COUNTY, A, B = "330822", "330822001", "330822100"
A1, A2, B1, B2 = "330822001001", "330822001002", "330822100001", "330822100002"
PARENTS = {COUNTY: "", A: COUNTY, B: COUNTY, A1: A, A2: A, B1: B, B2: B}
ROLES = ("viewer", "planner", "qa", "reviewer", "admin")
NAMES = {COUNTY: "常山县", A: "甲街道", B: "乙镇", A1: "甲一村", A2: "甲二村", B1: "乙一村", B2: "乙二村"}
BOXES = {
    A1: (118.0, 28.0, 118.1, 28.2),
    A2: (118.1, 28.0, 118.2, 28.2),
    B1: (118.2, 28.0, 118.3, 28.2),
    B2: (118.3, 28.0, 118.4, 28.2),
    A: (118.0, 28.0, 118.2, 28.2),
    B: (118.2, 28.0, 118.4, 28.2),
    COUNTY: (118.0, 28.0, 118.4, 28.2),
}
# id: lon, lat, village it lies in, area it is claimed for
PLACED = {
    "a1": (118.011, 28.021, A1, A1),
    "a2": (118.022, 28.192, A1, A1),
    "a3": (118.133, 28.043, A2, A2),
    "ab": (118.144, 28.054, A2, B1),  # lies in A, claimed for B: both see it
    "b1": (118.255, 28.065, B1, B1),
    "b2": (118.366, 28.176, B2, B),
    "sea": (119.5, 28.1, "", B2),  # lies in no area, claimed for B
    "lost": (119.6, 28.1, "", ""),  # nobody's
}
UNLOCATED = {"ua": A1, "ub": B}
EXCLUDED = {"xa": A2, "xb": B2, "x0": ""}


def tile(zoom, lon, lat):
    """Return zoom/row/column of the tile in which a place lies."""
    row = (1 - asinh(tan(radians(lat))) / pi) / 2
    return f"{zoom}/{int(row * 2**zoom)}/{int((lon / 360 + 0.5) * 2**zoom)}"


def texts(values):
    return pd.Series(list(values), dtype="str")


def layer(codes, parents):
    columns = {"code": texts(codes), "name": texts(NAMES[code] for code in codes), "parent_code": texts(parents)}
    return gpd.GeoDataFrame(columns, geometry=[shapely.box(*BOXES[code]) for code in codes], crs="EPSG:4490")


def make_basemap():
    """Return a county of two towns of two villages each, side by side, and a road in A, one in B, one through both.

    ::

        28.2 +--A1--|--A2--|--B1--|--B2--+
        28.0 +------|------|------|------+
           118.0  118.1  118.2  118.3  118.4
    """
    lines = [[(118.01, 28.1), (118.05, 28.1)], [(118.31, 28.1), (118.35, 28.1)], [(118.15, 28.15), (118.25, 28.15)]]
    barriers = gpd.GeoDataFrame(
        {"name": texts(["甲路", "乙路", "甲乙路"]), "kind": texts(["road"] * 3)},
        geometry=[shapely.MultiLineString([line]) for line in lines],
        crs="EPSG:4490",
    )
    levels = {
        "county": layer([COUNTY], [""]),
        "township": layer([A, B], [COUNTY, COUNTY]),
        "village": layer([A1, A2, B1, B2], [A, A, B, B]),
    }
    info = BasemapInfo("towns", Text("两镇", "two towns"), root=COUNTY, nested=True)
    return Basemap(info, levels, barriers)


def make_rows(word="secret", shift=0.0):
    """Return the rows of PLACED, UNLOCATED and EXCLUDED; names, phones and texts all hold the word."""
    ids = [*PLACED, *UNLOCATED, *EXCLUDED]
    villages = [*(row[2] for row in PLACED.values()), *[""] * (len(UNLOCATED) + len(EXCLUDED))]
    claims = [*(row[3] for row in PLACED.values()), *UNLOCATED.values(), *EXCLUDED.values()]
    places = np.array([row[:2] for row in PLACED.values()] + [(np.nan, np.nan)] * (len(UNLOCATED) + len(EXCLUDED)))
    states = ["located"] * len(PLACED) + ["unlocated"] * len(UNLOCATED) + ["excluded"] * len(EXCLUDED)
    secret = {
        name: texts(f"{word} {one}" for one in ids)
        for name in ("name", "credit_code", "address", "contact", "enumerator", "device", "lon_text", "lat_text")
    }
    return pd.DataFrame(
        {
            "source_id": texts(ids),
            **secret,
            "class": texts(["industrial", "domestic", "farm"][number % 3] for number in range(len(ids))),
            "industry": texts(["C26"] * len(ids)),
            "state": texts(states),
            "lon": places[:, 0] + shift,
            "lat": places[:, 1] - shift,
            "row": np.arange(len(ids)) + 2,
            "accuracy_m": texts([f"{5 + shift}"] * len(ids)),
            "distance_m": np.where(np.arange(len(ids)) % 2, 12.5 + shift, np.nan),
            "tolerance_m": np.where(np.arange(len(ids)) % 3, 5.0, 50.0),
            "on_border": np.zeros(len(ids), dtype=bool),
            "raw:备注": texts(f"{word} {one}" for one in ids),
            "claimed_area_code": texts(claims),
            "claimed_level": texts(
                "village" if len(code) == len(A1) else "township" if code else "" for code in claims
            ),
            "located_code": texts(villages),
            "code_county": texts(COUNTY if code else "" for code in villages),
            "code_township": texts(code[:9] for code in villages),
            "name_township": texts(NAMES.get(code[:9], "") for code in villages),
            "code_village": texts(villages),
            "name_village": texts(NAMES.get(code, "") for code in villages),
        }
    )


def make_result(word="secret", shift=0.0):
    """Return rows with a flag f-ID, a cause and a repair r-ID for each, and a flag of a whole group."""
    rows = make_rows(word, shift)
    ids = rows["source_id"].tolist()
    flags = pd.DataFrame(
        {
            "flag_id": texts([*(f"f-{one}" for one in ids), "f-group"]),
            "source_id": texts([*ids, ""]),
            "group": texts([*[""] * len(ids), "secret group"]),
            "rule": texts(["place.stacked"] * len(ids) + ["group.shift"]),
            "severity": texts([["error", "warning"][number % 2] for number in range(len(ids) + 1)]),
            "message_zh": texts(f"secret {one}" for one in [*ids, "group"]),
            "basis": texts(f"b-{one}" for one in [*ids, "group"]),
            "lon": [*rows["lon"], np.nan],
            "lat": [*rows["lat"], np.nan],
        }
    )
    repairs = pd.DataFrame(
        {
            "repair_id": texts(f"r-{one}" for one in ids),
            "source_id": texts(ids),
            "flag_id": texts(f"f-{one}" for one in ids),
            "rank": [1] * len(ids),
            "probability": [0.9] * len(ids),
            "lon": [118.15] * len(ids),
            "lat": [28.1] * len(ids),
            "stated_lon": rows["lon"],
            "stated_lat": rows["lat"],
            "kind": texts(["point"] * len(ids)),
            "cause": texts(["digit_error"] * len(ids)),
            "offered": [True] * len(ids),
        }
    )
    causes = pd.DataFrame({"source_id": texts(ids), "rank": [1] * len(ids), "cause": texts(["digit_error"] * len(ids))})
    shifts = pd.DataFrame({"group": texts(["secret group"]), "by": texts(["enumerator"]), "n": [40], "share": [0.9]})
    counts = {"rows": len(ids), "located": len(PLACED), "unlocated": len(UNLOCATED), "excluded": len(EXCLUDED)}
    return SimpleNamespace(
        basemap=make_basemap(),
        sources=rows,
        flags=flags,
        repairs=repairs,
        causes=causes.assign(probability=0.9),
        shifts=shifts,
        summary=counts,
        provenance={},
    )


def make_plan(name, within, units):
    zones = gpd.GeoDataFrame(
        {
            "field_zone": texts(["1"]),
            "name": texts(["一组"]),
            "owner": texts(["secret 张三"]),
            "phone": texts(["secret 139"]),
            "start_lon": [118.123456],
            "start_lat": [28.123456],
            "load": [60.0],
            "units": [len(units)],
            "target": [60.0],
            "deviation": [0.0],
            "sources": [3],
        },
        geometry=[shapely.union_all([shapely.box(*BOXES[code]) for code in units])],
        crs="EPSG:4490",
    )
    members = pd.DataFrame({"code": texts(units), "field_zone": texts(["1"] * len(units))})
    members = members.assign(name=texts(NAMES[code] for code in units), load=30.0, sources=1.0)
    words = {"field_zone": "1", "kind": "class", "code": "farm", "name_zh": "养殖场", "name_en": "farms"}
    mix = pd.DataFrame({key: texts([word]) for key, word in words.items()}).assign(sources=3)
    numbers = {"tolerance": 0.1, "deviation": 0.0, "bound": 0.0, "cut_km": 1.0, "feasible": True, "sources": 3}
    record = {"within": within, "level": "village", "field_zones": 1, "units": len(units), **numbers}
    return StoredPlan(name, zones, members, record, mix)


def make_census_zones():
    codes = [f"{code}001" for code in (A1, B1)]
    zones = gpd.GeoDataFrame(
        {"code": texts(codes), "name": texts(codes), "parent_code": texts([A1, B1]), "sources": [2, 1]},
        geometry=[shapely.box(*BOXES[code]) for code in (A1, B1)],
        crs="EPSG:4490",
    )
    members = pd.DataFrame({"source_id": texts(["a1", "b1"]), "code": texts(codes)})
    history = pd.DataFrame({"code": texts(codes), "parent_code": texts([A1, B1]), "event": texts(["created"] * 2)})
    history = history.assign(date="2026-01-01", others="", sources=[2, 1], area_m2=[1.0, 1.0])
    return StoredZones(zones, members, history)


@pytest.fixture(scope="session")
def rights_path(tmp_path_factory):
    """Return a workspace in which every collection has rows of A, of B, and of neither where there can be any."""
    return make_workspace(tmp_path_factory.mktemp("rights") / "ws.gpkg")


@pytest.fixture(scope="session")
def moved_path(tmp_path_factory):
    """Return the same with every source elsewhere in its village, and other names, phones and texts."""
    return make_workspace(tmp_path_factory.mktemp("moved") / "ws.gpkg", "hidden", 0.0031)


def make_workspace(path, word="secret", shift=0.0):
    workspace = Workspace(path)
    workspace.write(make_result(word, shift))
    workspace.write_plan(make_plan("pa", [A], [A1, A2]))
    workspace.write_plan(make_plan("pb", [B1], [B1]))
    workspace.write_plan(make_plan("pab", [COUNTY], [A1, A2, B1, B2]))
    workspace.write_census_zones(make_census_zones())
    workspace.decide(*(Decision(f"f-{one}", "false_alarm", "王工") for one in ("a1", "b1", "lost")))
    kept = "INSERT INTO attachments (attachment_id, flag_id, source_id, name, media_type, size, sha256, author, time)"
    with workspace.transaction() as connection:
        for one in ("a1", "b1", "group"):
            for table, key in (("reviews", "review_id"), ("comments", "comment_id")):
                connection.execute(f"INSERT INTO {table} ({key}, flag_id) VALUES (?, ?)", (f"{key}-{one}", f"f-{one}"))
            values = (
                f"attachment_id-{one}",
                f"f-{one}",
                one,
                "secret.pdf",
                "application/pdf",
                9,
                "0" * 64,
                "王工",
                "2026",
            )
            connection.execute(f"{kept} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            connection.execute("INSERT INTO audit (audit_id, action) VALUES (?, 'test')", (one,))
    return path


@pytest.fixture(scope="session")
def clients(rights_path):
    """Return clients by role and scope, all of one application: what is kept for one is there for all."""
    with open_clients(rights_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def moved_clients(moved_path):
    with open_clients(moved_path) as opened:
        yield opened


@contextmanager
def open_clients(path):
    app = create_app(Settings(token=TOKEN, limit_max=120), path)
    people = {}
    app.user_middleware.append(Middleware(_Chosen, people=people))  # the innermost: behind the door
    headers = {"Authorization": f"Bearer {TOKEN}".encode()}
    with TestClient(app, headers=headers, base_url="http://geo.test", raise_server_exceptions=False) as client:
        yield Clients(client, people)


class _Chosen:
    """Puts the person that a header names in the place of the one whom the door let in."""

    def __init__(self, app, *, people):
        self.app, self.people = app, people

    async def __call__(self, scope, receive, send):
        named = dict(scope.get("headers", [])).get(b"x-test-person", b"").decode()
        who = self.people.get(named)
        await self.app({**scope, "geocensus.principal": who} if who else scope, receive, send)


class Clients:
    """Asks as somebody: ``clients("qa", A).get(path)``."""

    def __init__(self, client, people):
        self.client, self.people = client, people

    def __call__(self, role, scope=None):
        codes = (scope,) if isinstance(scope, str) else scope
        name = f"{role}-{'-'.join(codes) if codes else 'all'}"
        self.people[name] = Principal(name, role, codes)
        return _Person(self.client, name)


class _Person:
    def __init__(self, client, name):
        self._client, self._name = client, name

    def request(self, method, path, *, headers=None, **options):
        own = {"x-test-person": self._name, **(headers or {})}
        return self._client.request(method, path, headers=own, follow_redirects=False, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)


@pytest.fixture
def two_towns(tmp_path):
    """Return a workspace to be changed: every row has a flag of its own, and there is one of a group."""
    result = make_result()
    result.sources["import_group"] = result.sources["class"] + ".xlsx"
    Workspace(tmp_path / "ws.gpkg").write(result)
    return tmp_path / "ws.gpkg"


@pytest.fixture
def admin(two_towns, client_as):
    return client_as(two_towns)
