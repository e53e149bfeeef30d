"""Flags know their source and its areas, sources their worst flag: in lists, filters, numbers, tiles and bulk work."""

import mapbox_vector_tile
import pytest

from geocensus.workspace import Workspace

from .conftest import A1, A2, B1, COUNTY, A, B, make_result

FLAGS = "/collections/flags/items"
OF_SOURCE = {
    *("class", "import_group", "code_county", "code_township", "name_township", "code_village", "name_village"),
    *("claimed_code_county", "claimed_code_township", "claimed_code_village"),
}


def told(client, flag_id):
    (feature,) = client.get(FLAGS, params={"flag_id": flag_id}).json()["features"]
    return feature["properties"]


def of(client, flag_id):
    properties = told(client, flag_id)
    return tuple(
        properties[name] for name in ("class", "code_township", "claimed_code_township", "claimed_code_village")
    )


def flags(client, **query):
    answer = client.get(FLAGS, params=query)
    assert answer.status_code == 200, answer.text
    return {feature["properties"]["flag_id"] for feature in answer.json()["features"]}


def counts(client, by, **query):
    answer = client.get("/counts", params={"collection": "flags", "by": by, **query}).json()
    return {tuple(group[key] for key in by.split(",")): group["n"] for group in answer["groups"]}


def decide(client, flag_id, outcome, **more):
    seen = client.get(f"/flags/{flag_id}").headers["etag"]
    answer = client.post(f"/flags/{flag_id}/decisions", json={"outcome": outcome, **more}, headers={"If-Match": seen})
    assert answer.status_code == 201, answer.text


def undo(client, flag_id):
    seen = client.get(f"/flags/{flag_id}").headers["etag"]
    assert client.post(f"/flags/{flag_id}/undo", json={}, headers={"If-Match": seen}).status_code == 200


def test_a_flag_tells_what_its_source_is_and_where(admin):
    assert of(admin, "f-a1") == ("industrial", A, A, A1)
    assert of(admin, "f-ab") == ("industrial", A, B, B1)  # lies in A, claimed for B
    assert of(admin, "f-b2")[2:] == (B, None)  # claimed for a township: no village
    assert of(admin, "f-ua") == ("farm", "", A, A1)  # without a place
    assert of(admin, "f-xa")[2:] == (A, A2)  # set aside
    assert of(admin, "f-group") == (None,) * 4
    assert told(admin, "f-a1")["name_township"] == "甲街道"
    assert told(admin, "f-a1")["import_group"] == "industrial.xlsx"


def test_every_flag_has_the_same_keys_of_known_types(admin):
    features = admin.get(FLAGS).json()["features"]
    (keys,) = {tuple(feature["properties"]) for feature in features}
    assert set(keys) >= OF_SOURCE
    for path in ("schema", "queryables", "sortables"):
        properties = admin.get(f"/collections/flags/{path}").json()["properties"]
        assert {properties[name]["type"] for name in OF_SOURCE} == {"string"}, path
    assert admin.get("/collections/flags/schema").json()["properties"]["claimed_code_township"]["title"]


def test_flags_are_filtered_sorted_and_counted_by_it(admin):
    assert flags(admin, code_township=B, **{"class": "domestic"}) == {"f-b1"}
    assert flags(admin, filter=f"claimed_code_township = '{B}' AND code_township = '{A}'") == {"f-ab"}
    assert flags(admin, filter="class IS NULL") == {"f-group"}
    ordered = admin.get(FLAGS, params={"sortby": "-claimed_code_village", "limit": 3}).json()
    assert [one["properties"]["flag_id"] for one in ordered["features"]] == ["f-sea", "f-xb", "f-ab"]
    after = next(link["href"] for link in ordered["links"] if link["rel"] == "next")
    assert admin.get(after).json()["features"][0]["properties"]["flag_id"] == "f-b1"
    by_claim = counts(admin, "claimed_code_township", code_township=A)
    assert by_claim == {(A,): 3, (B,): 1}
    assert counts(admin, "code_township,name_township")[A, "甲街道"] == 4
    assert sum(counts(admin, "class").values()) == admin.get(FLAGS).json()["numberMatched"]


def test_tiles_bulk_and_the_next_flag_take_the_same_filters(admin):
    tile = admin.get("/collections/flags/tiles/WebMercatorQuad/0/0/0", params={"code_township": A}).content
    assert sum(one["properties"]["n"] for one in mapbox_vector_tile.decode(tile)["flags"]["features"]) == 4
    near = admin.get("/flags/next", params={"near": "118.01,28.02", "code_township": B, "limit": 5}).json()["flags"]
    assert [one["flag_id"] for one in near] == ["f-b1", "f-b2"]
    asked = {"preview": True, "action": "comment", "comment": "x", "values": {"claimed_code_village": [A1]}}
    preview = admin.post("/flags/bulk", json=asked)
    assert preview.status_code == 200, preview.text
    assert preview.json()["matched"] == 3


def test_progress_is_told_by_it(admin):
    groups = admin.get("/progress", params={"by": "class", "code_township": A}).json()["groups"]
    assert {group["class"]: group["flags"] for group in groups} == {"industrial": 2, "domestic": 1, "farm": 1}


def test_a_correction_its_undo_and_a_new_check_are_followed(admin, two_towns):
    assert counts(admin, "code_township")[A,] == 4  # also what is in memory from now on is to follow
    decide(admin, "f-ua", "corrected", lon=118.35, lat=28.1)
    assert of(admin, "f-ua")[1] == B
    assert "f-ua" in flags(admin, code_township=B)
    undo(admin, "f-ua")
    assert of(admin, "f-ua")[1] in {"", None}
    assert "f-ua" not in flags(admin, code_township=B)
    decide(admin, "f-a1", "claim_corrected", claimed_code=B1)
    assert of(admin, "f-a1")[1:] == (A, B, B1)
    result = make_result()
    result.sources.loc[result.sources["source_id"] == "a2", ["code_township", "class"]] = [B, "mobile"]
    Workspace(two_towns).write(result)
    assert of(admin, "f-a2")[:2] == ("mobile", B)
    assert flags(admin, **{"class": "mobile"}) == {"f-a2"}


def test_a_source_tells_its_worst_standing_flag(admin):
    def severities():
        features = admin.get("/collections/sources/items").json()["features"]
        return {one["properties"]["source_id"]: one["properties"]["severity"] for one in features}

    assert (severities()["a1"], severities()["a2"]) == ("error", "warning")
    decide(admin, "f-a1", "false_alarm")
    assert severities()["a1"] == ""
    assert admin.get("/collections/sources/items", params={"severity": ""}).json()["numberMatched"] == 1
    undo(admin, "f-a1")
    assert severities()["a1"] == "error"


def test_a_source_tells_whether_it_lies_within_its_claim(admin):
    told = admin.get("/counts", params={"collection": "sources", "by": "within_claim"}).json()["groups"]
    assert {group["within_claim"]: group["n"] for group in told} == {"inside": 3, "": 1, "near_border": 1, "outside": 3}
    found = admin.get("/collections/sources/items", params={"within_claim": "near_border"}).json()["features"]
    assert [one["properties"]["distance_m"] for one in found] == [12.5]
    found = admin.get("/collections/sources/items", params={"within_claim": "inside"}).json()["features"]
    assert {one["properties"]["source_id"] for one in found} == {"a1", "a3", "b1"}


def test_names_of_areas_are_told_to_who_holds_them_only(two_towns, client_as):
    def names(client):
        groups = client.get("/progress", params={"by": "claimed_township"}).json()["groups"]
        return {group["claimed_township"]: group["name"] for group in groups}

    assert names(client_as(two_towns, "qa")) == {A: "甲街道", B: "乙镇", None: None}
    assert names(client_as(two_towns, "qa", (A,))) == {A: "甲街道", B: None}  # f-ab lies in A, is claimed for B


@pytest.mark.parametrize("by", ["code_township", "claimed_code_township", "class"])
def test_who_holds_one_town_counts_its_flags_only(two_towns, client_as, by):
    whole = client_as(two_towns, "qa")
    mine = client_as(two_towns, "qa", (A,))
    seen = flags(mine)
    assert seen == {"f-a1", "f-a2", "f-a3", "f-ab", "f-ua", "f-xa"}
    assert sum(counts(mine, by).values()) == len(seen)
    assert sum(counts(whole, by).values()) == len(flags(whole))


def test_viewers_are_told_nothing_of_it(two_towns, client_as):
    viewer = client_as(two_towns, "viewer")
    assert viewer.get(FLAGS, params={"class": "farm"}).status_code == 403
    assert viewer.get("/counts", params={"collection": "flags", "by": "class"}).status_code == 403
    for query in ({"severity": "error"}, {"sortby": "severity"}, {"filter": "severity = 'error'"}):
        assert viewer.get("/collections/sources/items", params=query).status_code == 400
    assert "severity" not in viewer.get("/collections/sources/schema").json()["properties"]
    assert COUNTY in viewer.get("/collections/sources/items").text
