"""What a viewer sees does not depend on where in its village a source is, nor on its name, its phone or its texts."""

import sqlite3
from contextlib import closing
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest

from .conftest import A1, A2, B1, B2, BOXES, PLACED, A, B, open_clients, tile

ITEMS = "/collections/sources/items"
INNER = {code: ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for code, box in BOXES.items()}
SIDES = np.linspace(117.99, 118.41, 22)
GRID = [
    {"bbox": f"{west},{south},{east},{south + 0.1}"}
    for west, east in pairwise(SIDES)
    for south in (27.95, 28.06, 28.11)
]
FILTERS = [
    "1 = 1",
    "class = 'farm'",
    f"located_code = '{A1}'",
    "name_village LIKE '甲%'",
    "geometry IS NULL",
    "NOT (geometry IS NULL)",
    "S_INTERSECTS(geometry, BBOX(118.0, 28.0, 118.1, 28.2))",
    "S_DISJOINT(geometry, BBOX(118.0, 28.0, 118.1, 28.2))",
    "S_WITHIN(geometry, POLYGON((118.01 28.02, 118.02 28.02, 118.02 28.03, 118.01 28.03, 118.01 28.02)))",
    "S_EQUALS(geometry, POINT(118.05 28.1))",
]
TILES = "/collections/sources/tiles/WebMercatorQuad"


def tile_path(zoom, lon, lat):
    return f"{TILES}/{tile(zoom, lon, lat)}"


PLACES = [(118.05, 28.1), (118.25, 28.1), (118.011, 28.021), (118.366, 28.176), (119.5, 28.1)]
HIDDEN = ("name", "source_id", "credit_code", "address", "contact", "lon", "lat", "lon_text", "row", "accuracy_m")
HIDDEN = (
    *HIDDEN,
    "distance_m",
    "raw:备注",
    "raw_备注",
    "claimed_area_code",
    "state",
    "on_border",
    "device",
    "enumerator",
    "severity",
    "within_claim",
)
ASKED = [
    (ITEMS, {}),
    (ITEMS, {"f": "csv"}),
    *((ITEMS, box) for box in GRID),
    *((ITEMS, {"filter": text}) for text in FILTERS),
    *((ITEMS, {"sortby": name}) for name in ("class", "-located_code", "name_village")),
    *((ITEMS, {"sortby": name}) for name in HIDDEN),
    *((ITEMS, {"properties": name}) for name in HIDDEN),
    *((ITEMS, {name: "1"}) for name in HIDDEN),
    *((ITEMS, {"filter": f"{name} IS NULL"}) for name in HIDDEN),
    (ITEMS, {"limit": "2", "offset": "3"}),
    *((f"{ITEMS}/{fid}", {}) for fid in range(12)),
    *((f"/collections/sources{rest}", {}) for rest in ("", "/schema", "/queryables", "/sortables", "/schema/feature")),
    ("/collections", {}),
    ("/collections/field-zones/items", {}),
    ("/collections/plans/items", {}),
    ("/counts", {}),
    *(("/counts", {"collection": "sources", "by": name}) for name in ("class", "code_village", "name", "lon")),
    *(("/search", {"q": text}) for text in ("secret", "hidden", "a1", "甲", "118.011,28.021", A1)),
    *((tile_path(zoom, *place), {}) for zoom in (0, 5, 8, 11, 13, 16) for place in PLACES),
    *((tile_path(8, *PLACES[0]), {"filter": text}) for text in FILTERS),
    *((f"{TILES}{rest}", {}) for rest in ("", "/tilejson.json")),
    ("/collections/field-zones/tiles/WebMercatorQuad/8/107/211", {}),
    (ITEMS, {"cell": "14/13565/6873"}),
    ("/", {}),
    ("/maps/sources", {}),
    ("/maps/sources", {"class": "farm"}),
]


def plain(answer):
    headers = {name: answer.headers.get(name) for name in ("ogc-numbermatched", "link", "location")}
    return answer.status_code, answer.content, headers


def features(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["features"]


@pytest.mark.parametrize("scope", [None, A, B])
def test_two_lists_that_differ_within_villages_look_the_same(clients, moved_clients, scope):
    one, other = clients("viewer", scope), moved_clients("viewer", scope)
    for path, query in ASKED:
        mine, theirs = plain(one.get(path, params=query)), plain(other.get(path, params=query))
        told = mine[1].replace(b"%22secret%22", b"").replace(b'"q":"secret"', b"")  # what was asked for
        assert b"secret" not in told, (path, query)
        if path.startswith("/maps"):  # a page states when its list was checked
            mine, theirs = mine[0], theirs[0]
        assert mine == theirs, (path, query)


def test_the_same_lists_do_differ_for_who_may_see_them(clients, moved_clients):
    assert clients("qa").get(ITEMS).content != moved_clients("qa").get(ITEMS).content


def test_points_are_the_inner_points_of_villages(clients):
    found = {feature["id"]: feature for feature in features(clients("viewer").get(ITEMS))}
    for number, (_lon, _lat, village, _claim) in enumerate(PLACED.values()):
        expected = list(INNER[village]) if village else []
        assert found[number + 1]["geometry"]["type"] == "Point"
        assert found[number + 1]["geometry"]["coordinates"] == pytest.approx(expected)
        assert found[number + 1]["properties"]["located_code"] == village
    names = {"class", "industry", "located_code", "code_county"}
    names |= {f"{part}_{level}" for part in ("code", "name") for level in ("township", "village")}
    assert set(found[1]["properties"]) == names


@pytest.mark.parametrize(
    ("query", "villages"),
    [
        ({"bbox": "118.04,28.09,118.06,28.11"}, {A1}),
        ({"bbox": "118.010,28.020,118.012,28.022"}, set()),  # around the exact place of a1
        ({"bbox": "118.0,28.0,118.2,28.2"}, {A1, A2}),
        ({"filter": "S_INTERSECTS(geometry, BBOX(118.2, 28.0, 118.4, 28.2))"}, {B1, B2}),
        ({"filter": "S_DISJOINT(geometry, BBOX(118.2, 28.0, 118.4, 28.2))"}, {A1, A2}),
        ({"filter": "NOT (S_DISJOINT(geometry, BBOX(118.2, 28.0, 118.4, 28.2)))"}, {B1, B2}),
        ({"filter": "geometry IS NULL"}, {""}),
        ({"filter": "NOT (geometry IS NULL)"}, {A1, A2, B1, B2}),
    ],
)
def test_spatial_filters_see_inner_points_only(clients, query, villages):
    found = features(clients("viewer").get(ITEMS, params=query))
    assert {feature["properties"]["located_code"] for feature in found} == villages
    expected = [one for one in PLACED.values() if one[2] in villages]
    assert len(found) == len(expected)


def test_hidden_properties_are_properties_that_do_not_exist(clients):
    who = clients("viewer")
    for name in HIDDEN:
        for query in ({"sortby": name}, {"properties": name}, {"filter": f'"{name}" IS NULL'}, {name: "1"}):
            answer = who.get(ITEMS, params=query)
            nothing = who.get(
                ITEMS,
                params={key.replace(name, "nonsense"): value.replace(name, "nonsense") for key, value in query.items()},
            )
            assert answer.status_code == nothing.status_code == 400
            assert answer.json()["detail"] == nothing.json()["detail"].replace("nonsense", name)


def test_field_zones_come_without_people(clients):
    zone = features(clients("viewer").get("/collections/field-zones/items"))[0]["properties"]
    assert {"plan", "field_zone", "name", "load"} <= set(zone)
    assert not {"owner", "phone", "people", "start_lon", "start_lat"} & set(zone)
    assert features(clients("planner").get("/collections/field-zones/items"))[0]["properties"]["phone"] == "secret 139"


@pytest.mark.parametrize(
    "name", ["flags", "repairs", "unlocated-sources", "decisions", "comments", "census-zones", "runs"]
)
def test_the_rest_is_refused_by_role(clients, name):
    for rest in ("", "/items", "/items/1", "/schema", "/queryables", "/download"):
        answer = clients("viewer").get(f"/collections/{name}{rest}")
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"


def test_search_finds_areas_and_no_sources(clients):
    found = clients("viewer", A).get("/search", params={"q": "甲"}).json()["results"]
    assert {one["code"] for one in found if one["kind"] == "area"} == {A, A1, A2}
    assert clients("viewer").get("/search", params={"q": "secret"}).json()["results"] == []
    assert clients("qa").get("/search", params={"q": "secret"}).json()["count"] > 0


def test_the_map_is_the_public_edition(clients):
    answer = clients("viewer").get("/map")
    assert answer.status_code == 303
    page = clients("viewer").get(answer.headers["location"]).text
    assert not any(text in page for text in ("secret", "118.011", "28.192"))


def cells(answer):
    assert answer.status_code == 200, answer.text
    layers = mapbox_vector_tile.decode(answer.content)
    return layers["sources"]["features"] if layers else []


@pytest.mark.parametrize(("scope", "number"), [(None, 6), (A, 4), (B, 3)])
def test_tiles_show_inner_points_only_and_no_flags(clients, scope, number):
    """Of 8, 4 and 4 sources those that are in a village; in the finest tiles nothing is where a source is."""
    who = clients("viewer", scope)
    found = cells(who.get(f"{TILES}/0/0/0"))
    assert sum(cell["properties"]["n"] for cell in found) == number
    assert all(set(cell["properties"]) <= {"n", "class", "cell"} for cell in found)
    for lon, lat, village, _claim in PLACED.values():
        assert not cells(who.get(tile_path(16, lon, lat)))
        seen = scope is None or village.startswith(scope) or (village, scope) == (A2, B)
        assert bool(cells(who.get(tile_path(16, *INNER[village])))) == seen if village else True


def test_a_cell_opens_as_the_list_of_its_sources(clients):
    who = clients("viewer")
    cell = next(one for one in cells(who.get(tile_path(16, *INNER[A1]))) if one["properties"]["n"] == 2)
    listed = features(who.get(ITEMS, params={"cell": cell["properties"]["cell"]}))
    assert {feature["id"] for feature in listed} == {1, 2}
    assert {
        feature["id"]
        for feature in features(clients("viewer", B).get(ITEMS, params={"cell": cell["properties"]["cell"]}))
    } == set()


def test_units_finer_than_villages_are_not_told(rights_path, tmp_path):
    """A cell with one source says where it is; of such a plan a viewer sees the field zones."""
    path = tmp_path / "ws.gpkg"
    with closing(sqlite3.connect(rights_path)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
        target.execute("UPDATE plans SET level = 'cell' WHERE plan = 'pab'")
        target.commit()
    with open_clients(path) as clients:
        told = {one["properties"]["plan"] for one in features(clients("viewer").get("/collections/plan-members/items"))}
        assert told == {"pa", "pb"}
        assert len(features(clients("viewer").get("/collections/field-zones/items"))) == 3
        for role, status in (("viewer", 403), ("planner", 200)):
            for address in ("/plans/pab/units", "/plans/compare?a=pa&b=pab", "/maps/zones?plan=pab"):
                assert clients(role).get(address).status_code == status, (role, address)
        assert clients("viewer").get("/plans/pab").status_code == 200
