"""Which rows of which collection each person sees: the expectation is written by hand from the drawn workspace."""

import csv
import io
import sqlite3
from contextlib import closing

import mapbox_vector_tile
import pytest

from .conftest import A1, A2, B1, B2, BOXES, COUNTY, PLACED, ROLES, A, B, tile

EXACT = ROLES[1:]
ROWS_A, ROWS_B = {"a1", "a2", "a3", "ab", "ua", "xa"}, {"ab", "b1", "b2", "sea", "ub", "xb"}
ROWS = {*PLACED, "ua", "ub", "xa", "xb", "x0"}


def each(prefix, ids):
    return {prefix + one for one in ids}


# collection: its key, then what is seen without a scope, of A, of B, of village B1 alone
SEEN = {
    "areas-county": ("code", {COUNTY}, set(), set(), set()),
    "areas-township": ("code", {A, B}, {A}, {B}, set()),
    "areas-village": ("code", {A1, A2, B1, B2}, {A1, A2}, {B1, B2}, {B1}),
    "zones": ("code", {A1, A2, B1, B2}, {A1, A2}, {B1, B2}, {B1}),
    "barriers": ("name", {"甲路", "乙路", "甲乙路"}, {"甲路", "甲乙路"}, {"乙路", "甲乙路"}, {"甲乙路"}),
    "sources": ("source_id", {*PLACED}, {"a1", "a2", "a3", "ab"}, {"ab", "b1", "b2", "sea"}, {"ab", "b1"}),
    "unlocated-sources": ("source_id", {"ua", "ub"}, {"ua"}, {"ub"}, set()),
    "excluded-rows": ("source_id", {"xa", "xb", "x0"}, {"xa"}, {"xb"}, set()),
    "flags": ("flag_id", each("f-", {*ROWS, "group"}), each("f-", ROWS_A), each("f-", ROWS_B), {"f-ab", "f-b1"}),
    "causes": ("source_id", ROWS, ROWS_A, ROWS_B, {"ab", "b1"}),
    "repairs": ("repair_id", each("r-", ROWS), each("r-", ROWS_A), each("r-", ROWS_B), {"r-ab", "r-b1"}),
    "repair-points": ("repair_id", each("r-", ROWS), each("r-", ROWS_A), each("r-", ROWS_B), {"r-ab", "r-b1"}),
    "shifts": ("group", {"secret group"}, set(), set(), set()),
    "decisions": ("flag_id", {"f-a1", "f-b1", "f-lost"}, {"f-a1"}, {"f-b1"}, {"f-b1"}),
    "reviews": ("flag_id", {"f-a1", "f-b1", "f-group"}, {"f-a1"}, {"f-b1"}, {"f-b1"}),
    "comments": ("flag_id", {"f-a1", "f-b1", "f-group"}, {"f-a1"}, {"f-b1"}, {"f-b1"}),
    "attachments": ("flag_id", {"f-a1", "f-b1", "f-group"}, {"f-a1"}, {"f-b1"}, {"f-b1"}),
    "plans": ("plan", {"pa", "pb", "pab"}, {"pa"}, {"pb"}, {"pb"}),
    "field-zones": ("plan", {"pa", "pb", "pab"}, {"pa"}, {"pb"}, {"pb"}),
    "plan-members": ("plan", {"pa", "pb", "pab"}, {"pa"}, {"pb"}, {"pb"}),
    "plan-mix": ("plan", {"pa", "pb", "pab"}, {"pa"}, {"pb"}, {"pb"}),
    "census-zones": ("parent_code", {A1, B1}, {A1}, {B1}, {B1}),
    "census-zone-members": ("source_id", {"a1", "b1"}, {"a1"}, {"b1"}, {"b1"}),
    "census-zone-history": ("parent_code", {A1, B1}, {A1}, {B1}, {B1}),
    "runs": ("rows", {len(ROWS)}, set(), set(), set()),
    "audit": ("action", {"test"}, set(), set(), set()),
}
SCOPES = {None: 1, A: 2, B: 3, B1: 4}
FOR_ADMINS = {"runs", "audit"}
FOR_VIEWERS = {
    *("areas-county", "areas-township", "areas-village", "zones", "barriers", "sources"),
    *("plans", "field-zones", "plan-members", "plan-mix"),
}
BY_FID = {number + 1: one for number, one in enumerate(PLACED)}


def told(answer, key):
    assert answer.status_code == 200, answer.text
    return {feature["properties"][key] for feature in answer.json()["features"]}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", SCOPES)
def test_the_collections_that_a_person_is_offered(clients, role, scope):
    listed = {entry["id"] for entry in clients(role, scope).get("/collections").json()["collections"]}
    expected = FOR_VIEWERS if role == "viewer" else set(SEEN) - (set() if role == "admin" else FOR_ADMINS)
    assert listed == expected


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", SEEN)
def test_the_rows_that_a_person_sees(clients, name, scope):
    key, expected = SEEN[name][0], SEEN[name][SCOPES[scope]]
    for role in ("admin",) if name in FOR_ADMINS else EXACT:
        answer = clients(role, scope).get(f"/collections/{name}/items")
        assert told(answer, key) == expected, role
        assert answer.json()["numberMatched"] == answer.json()["numberReturned"] == len(answer.json()["features"])


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", sorted(FOR_VIEWERS))
def test_the_rows_that_a_viewer_sees(clients, name, scope):
    key, expected = SEEN[name][0], SEEN[name][SCOPES[scope]]
    answer = clients("viewer", scope).get(f"/collections/{name}/items")
    if name == "sources":
        assert {BY_FID[feature["id"]] for feature in answer.json()["features"]} == expected
    else:
        assert told(answer, key) == expected


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("role", ROLES)
def test_numbers_count_what_is_seen(clients, role, scope):
    who = clients(role, scope)
    numbers = who.get("/counts").json()
    for name, number in numbers["collections"].items():
        items = who.get(f"/collections/{name}/items").json()
        assert number == items["numberMatched"] == len(items["features"]), name
        one = who.get("/counts", params={"collection": name, "filter": "1 = 1"}).json()
        assert one["matched"] == number
    seen = {key: len(SEEN[name][SCOPES[scope]]) for key, name in ROW_SUM.items()}
    seen = {"located": seen["located"]} if role == "viewer" else seen
    expected = {"rows": sum(seen.values()), **seen}
    for path in ("/counts", "/collections", "/"):
        assert who.get(path).json()["rowSum"] == expected, path


ROW_SUM = {"located": "sources", "unlocated": "unlocated-sources", "excluded": "excluded-rows"}


@pytest.mark.parametrize("scope", [A, B, B1])
@pytest.mark.parametrize("name", SEEN)
def test_a_feature_of_another_area_is_one_that_does_not_exist(clients, name, scope):
    everything = clients("admin").get(f"/collections/{name}/items").json()["features"]
    key, seen = SEEN[name][0], SEEN[name][SCOPES[scope]]
    role = "admin" if name in FOR_ADMINS else "qa"
    nothing = clients(role, scope).get(f"/collections/{name}/items/987654").json()
    for feature in everything:
        answer = clients(role, scope).get(f"/collections/{name}/items/{feature['id']}")
        assert (answer.status_code == 200) == (feature["properties"][key] in seen)
        if answer.status_code != 200:
            assert answer.json()["detail"].replace(str(feature["id"]), "987654") == nothing["detail"]
            assert {**answer.json(), "detail": "", "instance": ""} == {**nothing, "detail": "", "instance": ""}


@pytest.mark.parametrize("role", EXACT)
def test_boxes_filters_order_and_pages_stay_within_the_scope(clients, role):
    who, items = clients(role, A), "/collections/sources/items"
    everywhere = "0,0,179,89"
    asked = [
        {"bbox": everywhere},
        {"filter": "source_id = 'b1' OR 1 = 1"},
        {"filter": "NOT (source_id = 'a1') OR source_id = 'a1'"},
        {"filter": "S_INTERSECTS(geometry, BBOX(0, 0, 179, 89))"},
        {"filter": "S_DISJOINT(geometry, POINT(1 1))"},
        {"sortby": "-source_id"},
        {"offset": "0"},
    ]
    for query in asked:
        assert told(who.get(items, params=query), "source_id") == {"a1", "a2", "a3", "ab"}, query
    assert told(who.get(items, params={"source_id": ["b1", "a1"]}), "source_id") == {"a1"}
    assert told(who.get(items, params={"bbox": ",".join(map(str, BOXES[B]))}), "source_id") == set()
    seen, page = [], who.get(items, params={"limit": 1}).json()
    while True:
        seen += [feature["properties"]["source_id"] for feature in page["features"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        page = who.get(following[0]).json()
    assert seen == ["a1", "a2", "a3", "ab"]
    after = next(
        link for link in clients(role, B).get(items, params={"limit": 1}).json()["links"] if link["rel"] == "next"
    )
    assert told(who.get(after["href"]), "source_id") <= {"a1", "a2", "a3", "ab"}


@pytest.mark.parametrize(("scope", "expected"), [(A, {"a1", "a2", "a3", "ab"}), (B, {"ab", "b1", "b2", "sea"})])
def test_downloads_hold_what_is_seen(clients, tmp_path, scope, expected):
    who = clients("planner", scope)
    lines = who.get("/collections/sources/download").content.decode("utf-8-sig")
    assert {row["source_id"] for row in csv.DictReader(io.StringIO(lines))} == expected
    (tmp_path / "one.gpkg").write_bytes(who.get("/collections/sources/download", params={"f": "gpkg"}).content)
    with closing(sqlite3.connect(tmp_path / "one.gpkg")) as connection:
        assert {row[0] for row in connection.execute("SELECT source_id FROM sources")} == expected


@pytest.mark.parametrize("scope", [A, B])
def test_two_people_never_share_an_answer(clients, scope):
    """Asked after somebody else, with somebody else's tag: the same application keeps counts, pages and columns."""
    other = clients("qa", B if scope == A else A)
    for path in ("/collections/sources/items", "/counts", "/progress", "/search?q=f", "/collections/flags/items"):
        theirs = other.get(path)
        mine = clients("qa", scope).get(path, headers={"If-None-Match": theirs.headers["etag"]})
        assert mine.status_code == 200, path
        assert mine.headers["etag"] != theirs.headers["etag"]
        assert {"Authorization", "Cookie"} <= set(mine.headers["vary"].split(", "))
        again = clients("qa", scope).get(path, headers={"If-None-Match": mine.headers["etag"]})
        assert again.status_code == 304
    assert told(clients("qa", scope).get("/collections/flags/items"), "flag_id") == SEEN["flags"][SCOPES[scope]]
    exact = clients("qa", scope).get("/collections/sources/items").headers["etag"]
    assert (
        clients("viewer", scope).get("/collections/sources/items", headers={"If-None-Match": exact}).status_code == 200
    )


def test_a_scope_of_several_areas_and_of_none(clients):
    both = told(clients("qa", (A1, B2)).get("/collections/sources/items"), "source_id")
    assert both == {"a1", "a2", "b2", "sea"}
    assert told(clients("qa", (A, B)).get("/collections/plans/items"), "plan") == {"pa", "pb"}
    for nobody in (("330999",), ("",), ("330822001001001", "%", "330822%")):
        assert told(clients("qa", nobody).get("/collections/sources/items"), "source_id") == set()
        assert told(clients("qa", nobody).get("/collections/flags/items"), "flag_id") == set()


def test_extents_tell_of_nothing_else(clients):
    def extent(role, scope, name):
        entry = clients(role, scope).get(f"/collections/{name}").json()
        return entry.get("extent", {}).get("spatial", {}).get("bbox", [None])[0]

    assert extent("qa", A, "sources") == pytest.approx([118.011, 28.021, 118.144, 28.192], abs=1e-4)
    assert extent("qa", B1, "areas-village") == pytest.approx(list(BOXES[B1]), abs=1e-4)
    assert extent("qa", B1, "areas-county") is None
    everything = extent("admin", None, "sources")
    assert everything == pytest.approx([118.011, 28.021, 119.6, 28.192])
    for scope in SCOPES:
        coarse = extent("viewer", scope, "sources")
        assert coarse is not None
        assert not set(coarse) & set(everything)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", ["sources", "flags", "repair-points"])
def test_tiles_of_points_count_what_is_seen(clients, name, scope):
    who = clients("qa", scope)
    layers = mapbox_vector_tile.decode(who.get(f"/collections/{name}/tiles/WebMercatorQuad/0/0/0").content)
    found = layers[name]["features"] if layers else []
    rows = SEEN["sources"][SCOPES[scope]]
    number = len(rows) if name != "repair-points" else len(SEEN[name][SCOPES[scope]])
    assert sum(cell["properties"]["n"] for cell in found) == number


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    ("name", "zoom", "key"),
    [("areas-township", 9, "code"), ("areas-village", 11, "code"), ("field-zones", 9, "plan"), ("barriers", 8, "name")],
)
def test_tiles_of_shapes_hold_what_is_seen(clients, name, zoom, key, scope):
    path = f"/collections/{name}/tiles/WebMercatorQuad/{tile(zoom, 118.19, 28.14)}"
    everywhere = mapbox_vector_tile.decode(clients("qa").get(path).content)
    there = {feature["properties"][key] for feature in everywhere[name]["features"]}
    assert there
    layers = mapbox_vector_tile.decode(clients("qa", scope).get(path).content)
    found = {feature["properties"][key] for feature in layers[name]["features"]} if layers else set()
    assert found == there & SEEN[name][SCOPES[scope]]


@pytest.mark.parametrize("scope", SCOPES)
def test_steps_on_many_flags_touch_what_is_seen(clients, scope):
    body = {"preview": True, "action": "comment", "comment": "x", "filter": "1 = 1"}
    assert clients("qa", scope).post("/flags/bulk", json=body).json()["matched"] == len(SEEN["flags"][SCOPES[scope]])
    body |= {"flag_ids": ["f-a1", "f-b1", "f-lost", "f-nothing"]}
    answer = clients("qa", scope).post("/flags/bulk", json={key: body[key] for key in body if key != "filter"}).json()
    assert answer["matched"] == len({"f-a1", "f-b1", "f-lost"} & SEEN["flags"][SCOPES[scope]])


@pytest.mark.parametrize("scope", SCOPES)
def test_the_nearest_flags_and_my_lists_are_of_what_is_seen(clients, scope):
    """Decided ones are closed; the flag of the group has no place, and comes last where it is seen."""
    found = clients("qa", scope).get("/flags/next", params={"near": "118.25,28.06", "limit": 100}).json()["flags"]
    assert {one["flag_id"] for one in found} == SEEN["flags"][SCOPES[scope]] - SEEN["decisions"][SCOPES[scope]]
    waiting = clients("reviewer", scope).get("/queue").json()["to_review"]
    assert {one["flag_id"] for one in waiting["flags"]} == SEEN["decisions"][SCOPES[scope]]
    assert waiting["total"] == len(SEEN["decisions"][SCOPES[scope]])
