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


def test_every_map_has_a_mark_also_for_those_who_see_no_exact_points(towns, client_as):
    told = get(client_as(towns, "viewer"), "/counts")
    assert "check" not in told
    assert told["basemap"] == get(client_as(towns), "/counts")["basemap"]
    info = Workspace(towns).read_basemap().info
    assert (told["basemap"]["title_zh"], told["basemap"]["code_year"]) == (info.title.zh, info.code_year)
    assert told["basemap"]["notice_en"] == info.notice_in("en")


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
    result.summary["certainty"] = {"township": {"certain": 5, "ambiguous": 0, "outside": 1}}
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
        "decided": 2,
        "disputed": 0,
        "approved": 0,
        "closed_share": pytest.approx(1 / 3),
        "outcomes": {"false_alarm": 1, "statement_attached": 1},
        "reviews": {"decided": 2, "open": 4},
        "recheck_due": False,
        "recheck_due_since": None,
        "certainty": {"township": {"certain": 5, "ambiguous": 0, "outside": 1}},
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


def test_groups_by_codes_have_the_names_of_the_areas(decided):
    by_claim = get(decided, "/progress", by="claimed_township")["groups"]
    assert [(group["claimed_township"], group["name"]) for group in by_claim] == [(None, None), ("330822100", "乙镇")]
    by_place = get(decided, "/progress", by="rule,code_township")["groups"]
    assert {(group["code_township"], group["name"]) for group in by_place} == {
        ("330822001", "甲街道"),
        ("330822100", "乙镇"),
        (None, None),
    }
    assert "name" not in get(decided, "/progress", by="township,claimed_township")["groups"][0]  # of which one?
    told = get(decided, "/counts", collection="flags", by="claimed_code_county")["groups"]
    assert told == [
        {"claimed_code_county": "330822", "name": "常山县", "n": 4},
        {"claimed_code_county": None, "name": None, "n": 2},
    ]


def test_closed_flags_are_told_by_the_state_of_their_review(decided):
    (rule,) = get(decided, "/progress", by="rule", rule="place.stacked")["groups"]
    assert (rule["flags"], rule["open"], rule["closed"], rule["decided"], rule["approved"]) == (2, 1, 1, 1, 0)


def test_wrong_progress_is_400(decided):
    assert decided.get("/progress?by=village").status_code == 400  # this list has no villages
    assert decided.get("/progress?limit=1").status_code == 400
