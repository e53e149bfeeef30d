"""/counts and /progress."""

import math

import pandas as pd
import pytest
from geocensus_api import Settings, create_app
from starlette.testclient import TestClient

from geocensus.workspace import Decision, Workspace

from .conftest import TOKEN, make_result, texts
from .test_features import LOCATED, N, get


def test_counts_of_all_collections(client):
    told = get(client, "/counts")
    assert told["rowSum"] == {"rows": N, "located": LOCATED, "unlocated": 5, "excluded": 0}
    assert (told["collections"]["sources"], told["collections"]["areas-township"]) == (LOCATED, 3)
    assert list(told["collections"]) == [entry["id"] for entry in get(client, "/collections")["collections"]]


def test_counts_rest_on_the_latest_check(client):
    run = get(client, "/collections/runs/items", sortby="-run_id", limit=1)["features"][0]["properties"]
    assert get(client, "/counts")["check"] == {name: run[name] for name in ("finished", "basemap_name", "code_year")}


def test_counts_under_a_filter_by_properties(client):
    told = get(client, "/counts", collection="sources", by="on_border,class", filter="row < 130")
    assert told["matched"] == 126
    assert told["groups"] == [
        {"on_border": False, "class": "industrial", "n": 125},
        {"on_border": True, "class": "industrial", "n": 1},
    ]
    assert get(client, "/counts", collection="sources", bbox="118,28,118.2,28.2")["matched"] == sum(
        1 for i in range(126) if i % 50 != 49
    )
    by_value = get(client, "/counts", collection="sources", by="distance_m")["groups"]
    assert by_value == [{"distance_m": 5.0, "n": LOCATED - 20}, {"distance_m": None, "n": 20}]
    nothing = get(client, "/counts", collection="sources", name="none")
    assert (nothing["matched"], nothing["groups"]) == (0, [])


@pytest.mark.parametrize(
    "query",
    ["collection=sources&by=nothing", "collection=sources&limit=3", "by=class", "collection=sources&filter=x", "f=csv"],
)
def test_wrong_counts_are_400(client, query):
    assert client.get(f"/counts?{query}").status_code == 400


def test_counts_of_an_unknown_collection_are_404(client):
    assert client.get("/counts?collection=none").status_code == 404


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    path = tmp_path_factory.mktemp("decided") / "ws.gpkg"
    result = make_result(6)
    result.sources["code_township"] = texts(["330822001"] * 3 + ["330822100"] * 3)
    result.sources["claimed_level"] = texts(["township", "county", "township", "township", "", "township"])
    result.sources["claimed_area_code"] = texts(["330822100", "330822", "", "330822001", "", "330822100"])
    result.flags = pd.DataFrame(
        {
            "flag_id": texts(f"f{i}" for i in range(6)),
            "source_id": texts(["S0000", "S0001", "S0001", "S0004", "S0005", ""]),
            "rule": texts(
                ["place.stacked", "place.stacked", "claim.outside", "claim.outside", "claim.outside", "group.shift"]
            ),
            "severity": texts(["error"] * 5 + ["info"]),
            "basis": texts(f"b{i}" for i in range(6)),
            "lon": [math.nan] * 6,
            "lat": [math.nan] * 6,
        }
    )
    workspace = Workspace(path)
    workspace.write(result)
    workspace.decide(Decision("f0", "false_alarm", "甲"), Decision("f3", "statement_attached", "乙"))
    with TestClient(
        create_app(Settings(token=TOKEN), path), headers={"Authorization": f"Bearer {TOKEN}".encode()}
    ) as client:
        yield client


def test_progress_of_all_flags(decided):
    told = get(decided, "/progress")
    assert told == {
        "flags": 6,
        "open": 4,
        "reopened": 0,
        "closed": 2,
        "closed_share": pytest.approx(1 / 3),
        "outcomes": {"false_alarm": 1, "statement_attached": 1},
        "reviews": {"decided": 2, "open": 4},
        "recheck_due": False,
        "recheck_due_since": None,
        "by": [],
        "groups": [],
    }


def test_progress_by_rule_and_by_the_area_of_the_source(decided):
    groups = get(decided, "/progress", by="rule")["groups"]
    assert [(group["rule"], group["flags"], group["closed"]) for group in groups] == [
        ("claim.outside", 3, 1),
        ("place.stacked", 2, 1),
        ("group.shift", 1, 0),
    ]
    told = get(decided, "/progress", by="township", filter="severity = 'error'")
    assert [(group["township"], group["flags"], group["open"], group["closed_share"]) for group in told["groups"]] == [
        ("330822001", 3, 2, pytest.approx(1 / 3)),
        ("330822100", 2, 1, 0.5),
    ]
    assert sum(group["flags"] for group in get(decided, "/progress", by="township,rule")["groups"]) == 6
    assert get(decided, "/progress", rule="none")["closed_share"] is None


def test_progress_by_the_area_that_is_claimed(decided):
    def told(level):
        return {group[level]: group["flags"] for group in get(decided, "/progress", by=level)["groups"]}

    assert told("claimed_township") == {"330822100": 2, None: 4}
    assert told("claimed_county") == {"330822": 4, None: 2}


def test_wrong_progress_is_400(decided):
    assert decided.get("/progress?by=village").status_code == 400  # this list has no villages
    assert decided.get("/progress?limit=1").status_code == 400
