"""Tiles of points: every source once at every zoom, cells that open as lists, filters, roles and areas."""

import json
import subprocess
from collections import Counter

import mapbox_vector_tile
import numpy as np
import pytest
from geocensus_api.tiles.mercator import project

MVT = "application/vnd.mapbox-vector-tile"
SOURCES = "/collections/sources/tiles/WebMercatorQuad"


def features(client, zoom, x, y, *, collection="sources", **query):
    answer = client.get(f"/collections/{collection}/tiles/WebMercatorQuad/{zoom}/{y}/{x}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MVT
    decoded = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    return decoded.get(collection, {}).get("features", [])


def tiles_at(zoom):
    """Return the tiles that the drawn workspace, 118.0 to 118.4 and 28.0 to 28.2, lies in."""
    x, y = project(np.array([118.0, 118.4]), np.array([28.2, 28.0]))
    shift = np.uint32(32 - zoom)
    return [
        (zoom, a, b)
        for a in range(x[0] >> shift, (x[1] >> shift) + 1)
        for b in range(y[0] >> shift, (y[1] >> shift) + 1)
    ]


def everything(client, zoom, **query):
    return [one for tile in tiles_at(zoom) for one in features(client, *tile, **query)]


def matched(client, collection="sources", **query):
    return client.get(f"/collections/{collection}/items", params={"limit": 1, **query}).json()["numberMatched"]


@pytest.mark.parametrize("zoom", [0, 1, 2, 3, 4, 5, 6, 9, 12, 13])
def test_every_source_is_counted_once_at_every_zoom(client, zoom):
    found = everything(client, zoom)
    assert sum(one["properties"]["n"] for one in found) == matched(client) == 245
    assert sum(one["properties"]["flagged"] for one in found) == 1  # S0001


@pytest.mark.parametrize(
    "query", [{"class": "industrial"}, {"filter": "row > 100"}, {"filter": "on_border = true"}, {"class": "x"}]
)
def test_a_filter_leaves_in_tiles_what_it_leaves_in_items(client, query):
    for zoom in (0, 6, 11):
        assert sum(one["properties"]["n"] for one in everything(client, zoom, **query)) == matched(client, **query)


def test_a_single_source_carries_its_id_and_stands_in_its_place(client):
    single = [one for one in everything(client, 14) if one["properties"]["n"] == 1]
    assert len(single) == 245
    assert all("cell" not in one["properties"] for one in single)
    ids = {one["id"] for one in single}
    item = client.get("/collections/sources/items/77").json()
    x, y = (int(axis[0]) for axis in project(*(np.array([side]) for side in item["geometry"]["coordinates"])))
    found = {one["id"]: one["geometry"]["coordinates"] for one in features(client, 14, x >> 18, y >> 18)}
    assert 77 in ids
    assert found[77] == [(side & ((1 << 18) - 1)) >> 6 for side in (x, y)]


def test_a_cell_opens_as_a_list_of_exactly_what_it_counts(client):
    for zoom in (0, 5, 9):
        cells = [one["properties"] for one in everything(client, zoom) if "cell" in one["properties"]]
        assert cells
        for cell in cells[:4]:
            assert matched(client, cell=cell["cell"]) == cell["n"] > 1
    answer = client.get("/collections/sources/items", params={"cell": cells[0]["cell"], "sortby": "-row"}).json()
    rows = [feature["properties"]["row"] for feature in answer["features"]]
    assert len(rows) == cells[0]["n"]
    assert rows == sorted(rows, reverse=True)


def test_properties_say_the_worst_flag_and_the_kind(client_as, two_towns_path):
    client = client_as(two_towns_path)
    west, east = (one["properties"] for one in everything(client, 0))  # the cell's side lies at 118.125 degrees
    told = ("flagged", "flags", "worst", "class")
    assert [west[key] for key in told] == [1, 1, "error", "mixed"]  # S0001
    assert [east[key] for key in told] == [1, 1, "warning", "mixed"]  # S0200
    assert west["n"] + east["n"] == 245
    kinds = Counter(one["properties"]["class"] for one in everything(client, 14))
    assert set(kinds) == {"industrial", "domestic"}
    assert kinds["domestic"] == matched(client, **{"class": "domestic"})
    assert {one["properties"].get("worst") for one in everything(client, 14)} == {None, "error", "warning"}


def test_flags_and_proposed_points_have_tiles_too(client_as, two_towns_path):
    client = client_as(two_towns_path)
    west, east = everything(client, 0, collection="flags")
    assert west["properties"] == {"n": 1, "open": 1, "worst": "error", "rule": "place.stacked"}
    assert east["properties"] == {"n": 1, "open": 1, "worst": "warning", "rule": "place.stacked"}
    assert [one["id"] for one in (west, east)] == [2, 4]
    points = everything(client, 11, collection="repair-points")
    told = {one["id"]: (one["properties"]["offered"], one["properties"]["cause"]) for one in points}
    assert told == {1: (1, "digit_error"), 2: (0, "axes_swapped")}
    lines = {one["id"]: one["properties"] for one in everything(client, 9, collection="repairs")}
    assert {key: lines[1][key] for key in ("repair_id", "offered")} == {"repair_id": "r1", "offered": True}
    assert set(lines) == {1}  # the others have no line


def test_a_person_of_one_area_sees_its_sources_only(client_as, two_towns_path):
    here, there = (client_as(two_towns_path, "reviewer", (code,)) for code in ("330822001", "330822100"))
    for client in (here, there):
        assert sum(one["properties"]["n"] for one in everything(client, 12)) == matched(client) < 245
    tags = {client.get(f"{SOURCES}/0/0/0").headers["etag"] for client in (here, there)}
    assert len(tags) == 2
    assert sum(one["properties"]["flagged"] for one in everything(here, 0)) == 1
    assert sum(one["properties"]["n"] for one in everything(here, 0, collection="flags")) == 1


def test_a_viewer_sees_coarse_points_and_no_flags(client_as, two_towns_path):
    viewer = client_as(two_towns_path, "viewer")
    for zoom in (0, 8):
        assert sum(one["properties"]["n"] for one in everything(viewer, zoom)) == matched(viewer) == 245
    found = everything(viewer, 11)
    assert len(found) == 2  # the inner points of A and B
    assert not {"flagged", "flags", "worst"} & set(found[0]["properties"])
    assert all(matched(viewer, cell=one["properties"]["cell"]) == one["properties"]["n"] for one in found)
    assert viewer.get("/collections/flags/tiles/WebMercatorQuad/0/0/0").status_code == 403


def test_tiles_are_compressed_tagged_and_confirmed(client):
    first = client.get(f"{SOURCES}/0/0/0", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"{SOURCES}/0/0/0", headers={"Accept-Encoding": "identity"})
    assert first.headers["content-encoding"] == "gzip"
    assert plain.headers["content-encoding"] == "identity"
    assert first.content == plain.content
    again = client.get(f"{SOURCES}/0/0/0", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("25/0/0", 404),
        ("-1/0/0", 404),
        ("0/0/1", 404),
        ("3/8/0", 404),
        ("3/0/-1", 404),
        ("9999999999/0/0", 404),
        ("a/0/0", 400),
        ("0/x/0", 400),
        ("1/0/1.5", 400),
        ("2/0/%C2%B2", 400),
    ],
)
def test_a_tile_that_is_none_is_a_problem(client, path, status):
    answer = client.get(f"{SOURCES}/{path}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    chinese = client.get(f"{SOURCES}/{path}", headers={"Accept-Language": "zh"}).json()["detail"]
    assert chinese != client.get(f"{SOURCES}/{path}", headers={"Accept-Language": "en"}).json()["detail"]


@pytest.mark.parametrize(
    ("collection", "query", "status"),
    [
        ("sources", {"bbox": "1,2,3,4"}, 400),
        ("sources", {"filter": "nothing = 1"}, 400),
        ("sources", {"other": "1"}, 400),
        ("unlocated-sources", {}, 404),
        ("none", {}, 404),
    ],
)
def test_wrong_questions_about_tiles(client, collection, query, status):
    for path in ("/0/0/0", "/tilejson.json"):
        assert client.get(f"/collections/{collection}/tiles/WebMercatorQuad{path}", params=query).status_code == status


@pytest.mark.parametrize("cell", ["", "1/2", "1/2/3/4", "a/b/c", "33/0/0", "2/4/0", "2/0/-1", "99999999999/0/0"])
def test_a_cell_that_is_none_is_a_problem(client, cell):
    assert client.get("/collections/sources/items", params={"cell": cell}).status_code == 400
    assert client.get("/collections/areas-county/items", params={"cell": "0/0/0"}).status_code == 400


def test_tilejson_and_tileset_lead_to_the_tiles(client):
    told = client.get(f"{SOURCES}/tilejson.json", params={"class": "industrial"}).json()
    assert (told["tilejson"], told["minzoom"], told["maxzoom"]) == ("3.0.0", 0, 16)
    assert np.allclose(told["bounds"], [118.0, 28.0, 118.3968, 28.1984])
    address = told["tiles"][0].format(z=0, x=0, y=0)
    assert address.startswith("http://geo.test/")
    assert "class=industrial" in address
    assert client.get(address).status_code == 200
    assert set(told["vector_layers"][0]["fields"]) == {"n", "flagged", "flags", "worst", "class", "cell"}
    links = {one["rel"]: one["href"] for one in client.get("/collections/sources").json()["links"]}
    (tileset,) = client.get(links["http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"]).json()["tilesets"]
    template = next(one["href"] for one in tileset["links"] if one["rel"] == "item")
    assert client.get(template.format(tileMatrix=0, tileRow=0, tileCol=0)).status_code == 200
    assert client.get(SOURCES).json()["dataType"] == "vector"


def test_gdal_reads_a_tile_and_an_empty_one(client, tmp_path):
    full, empty = tmp_path / "0.pbf", client.get(f"{SOURCES}/3/0/0")
    full.write_bytes(client.get(f"{SOURCES}/0/0/0").content)
    assert (empty.status_code, empty.content) == (200, b"")
    command = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"MVT:{full}", "sources"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    assert sum(feature["properties"]["n"] for feature in found["features"]) == 245
