"""Pages: order, keys in next links, which properties, and what a page costs."""

from itertools import pairwise

import pytest
from geocensus_api import Settings, create_app
from geocensus_api.access.principal import Principal
from geocensus_api.features.catalogue import collection, properties
from geocensus_api.features.conditions import register
from geocensus_api.features.parameters import Wanted
from geocensus_api.features.selection import selected
from starlette.testclient import TestClient

from geocensus.workspace import Workspace, read_only

from .conftest import TOKEN, make_result
from .test_features import ITEMS, get, hrefs


def walk(client, **query):
    page, seen = get(client, ITEMS, **query), []
    while True:
        seen += page["features"]
        following = hrefs(page, "next")
        if not following:
            return seen
        page = get(client, following[0])


@pytest.mark.parametrize("limit", [7, 19, 20, 120])
@pytest.mark.parametrize(
    "sortby", ["distance_m", "-distance_m", "distance_m,-row", "-distance_m,name", "on_border,-lon", "+row"]
)
def test_sorted_pages_are_everything_once_in_order(client, sortby, limit):
    seen = walk(client, sortby=sortby, limit=limit)
    assert len({feature["id"] for feature in seen}) == len(seen) == 245

    def key(feature):
        parts = []
        for name in [*sortby.split(","), "fid"]:
            value = feature["id"] if name == "fid" else feature["properties"][name.lstrip("+-")]
            number = ord(value[-1]) if isinstance(value, str) else value
            rank = (value is not None, value if isinstance(value, str) else number)
            parts.append((rank, name.startswith("-")))
        return parts

    for before, after in pairwise(seen):
        for (left, falling), (right, _same) in zip(key(before), key(after), strict=True):
            if left != right:
                assert (left > right) is falling
                break


def test_a_feature_that_comes_or_goes_between_pages_shifts_nothing(tmp_path):
    path = tmp_path / "ws.gpkg"
    Workspace(path).write(make_result(30))
    with TestClient(
        create_app(Settings(token=TOKEN), path), headers={"Authorization": f"Bearer {TOKEN}".encode()}
    ) as client:
        first = get(client, ITEMS, limit=10)
        result = make_result(30)
        result.sources = result.sources.drop(index=[0, 1]).reset_index(drop=True)
        result.summary |= {"rows": 28, "located": 28}
        Workspace(path).write(result)
        second = get(client, hrefs(first, "next")[0])
        assert [f["properties"]["source_id"] for f in second["features"]] == [f"S{i:04d}" for i in range(10, 20)]
        assert second["numberMatched"] == 28  # counted anew


def test_offset_and_key_lead_to_the_same_page(client):
    linked = get(client, hrefs(get(client, ITEMS, limit=50), "next")[0])
    assert linked["features"] == get(client, ITEMS, limit=50, offset=50)["features"]
    assert hrefs(linked, "prev") == [f"http://geo.test{ITEMS}?limit=50&offset=0"]
    assert get(client, hrefs(linked, "prev")[0])["features"] == get(client, ITEMS, limit=50)["features"]


def test_properties_are_told_in_the_order_asked_for(client):
    page = get(client, ITEMS, properties="row,source_id", limit=3)
    assert [list(feature["properties"].items()) for feature in page["features"]] == [
        [("row", 2 + i), ("source_id", f"S{i:04d}")] for i in range(3)
    ]
    assert page["features"][0]["geometry"]["type"] == "Point"
    assert get(client, ITEMS, properties="", limit=1)["features"][0]["properties"] == {}


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        (Wanted(None, "", {}), ["SEARCH sources USING INTEGER PRIMARY KEY (rowid>?)"]),
        (
            Wanted((118.0, 28.0, 118.01, 28.01), "", {}),
            ["SEARCH sources USING INTEGER PRIMARY KEY (rowid=?)", "SCAN r VIRTUAL TABLE INDEX 2"],
        ),
    ],
)
def test_no_page_reads_the_whole_table(workspace_path, wanted, plan):
    with read_only(workspace_path) as connection:
        register(connection)
        source = collection(connection, "sources", Principal("admin", "admin"))
        selection = selected(source, properties(connection, source), wanted)
        start = selection.after(selection.token([200]))
        query = f"EXPLAIN QUERY PLAN SELECT * FROM sources WHERE {selection.condition.sql or '1'} AND {start.sql}{selection.order_by} LIMIT 10"
        steps = [row[3] for row in connection.execute(query, (*selection.condition.values, *start.values))]
    assert all(any(step.startswith(part) for step in steps) for part in plan), steps
    assert not any(step.startswith("SCAN sources") or "TEMP B-TREE FOR ORDER" in step for step in steps), steps


def test_a_count_is_made_once_per_state(client, monkeypatch):
    from geocensus_api import resources
    from geocensus_api.store import snapshot_selection

    made = []
    real = snapshot_selection.fids_of
    monkeypatch.setattr(snapshot_selection, "fids_of", lambda *asked: made.append(1) or real(*asked))
    client.app.state.resources = resources.Resources(client.app.state.resources.workspace)
    walk(client, limit=20, filter="row > 30")
    assert len(made) == 1
