"""Work on one flag through the service; f1 and f0 belong to town A, f3 to town B, f2 to a whole group."""

import sqlite3
from contextlib import closing
from urllib.parse import quote

import pytest

from geocensus.workspace import Workspace

A, B = "330822001", "330822100"


def etag(client, flag="f1"):
    return client.get(f"/flags/{flag}").headers["etag"]


def decide(client, flag="f1", outcome="false_alarm", seen=None, **more):
    headers = {"If-Match": seen or etag(client, flag)}
    return client.post(f"/flags/{flag}/decisions", json={"outcome": outcome, **more}, headers=headers)


def review(client, verdict, flag="f1", **more):
    headers = {"If-Match": etag(client, flag)}
    return client.post(f"/flags/{flag}/reviews", json={"verdict": verdict, **more}, headers=headers)


def undo(client, flag="f1"):
    return client.post(f"/flags/{flag}/undo", json={}, headers={"If-Match": etag(client, flag)})


def state(answer):
    return answer.status_code, answer.json().get("flag_state"), answer.json().get("review_state")


def rows(path, query):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def wang(towns, client_as):
    return client_as(towns, "qa", (A,), "王工")


@pytest.fixture
def li(towns, client_as):
    return client_as(towns, "reviewer", (A,), "李工")


@pytest.fixture
def zhao(towns, client_as):
    return client_as(towns, "reviewer", (A,), "赵工")


def test_a_panel_has_all_that_is_needed(wang):
    answer = wang.get("/flags/f1")
    told = answer.json()
    assert answer.headers["etag"] == told["etag"]
    shown = told["flag"]["rule"], told["source"]["source_id"], told["source"]["raw:备注"]
    assert shown == ("place.stacked", "S0001", "虚构")
    assert told["source"]["collection"] == "sources"
    assert "fid" not in told["source"]
    assert (told["lock"], told["decisions"], told["source_versions"]) == (None, [], 0)
    assert wang.get("/flags/f0").json()["source"]["collection"] == "unlocated-sources"


def test_what_is_out_of_scope_is_told_like_what_is_not_there(wang):
    nothing = wang.get("/flags/x").json()["detail"]
    for there in (wang.get("/flags/f3"), wang.post("/flags/f3/lock"), wang.get("/flags/f3/history")):
        assert (there.status_code, there.json()["detail"].replace("f3", "x")) == (404, nothing)
    assert wang.get("/flags/f2").status_code == 404  # a whole group's
    assert wang.get("/sources/S0200/versions").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("planner", 403), ("qa", 201)])
def test_only_some_roles_decide(towns, client_as, role, status):
    seen = etag(client_as(towns, "admin"))
    assert decide(client_as(towns, role), seen=seen).status_code == status


def test_decided_and_approved_by_a_second_person(wang, li, towns):
    assert state(decide(wang, comment="现场核实")) == (201, "closed", "decided")
    assert review(wang, "approved").status_code == 403  # qa may not approve
    assert state(review(li, "approved")) == (201, "closed", "approved")
    events = wang.get("/flags/f1/history").json()["events"]
    assert [(one["event"], one["author"]) for one in events] == [("decision", "王工"), ("review", "李工")]
    actions = [row[0] for row in rows(towns, "SELECT action FROM audit ORDER BY fid")]
    assert actions == ["flag.decide", "flag.review"]


def test_nobody_approves_their_own_work_but_an_administrator(li, towns, client_as):
    decide(li)
    answer = review(li, "approved")
    assert (answer.status_code, answer.json()["detail"][:3]) == (403, "须由另")
    boss = client_as(towns, "admin", None, "李工")
    assert state(review(boss, "approved")) == (201, "closed", "approved")


def test_a_rejected_decision_opens_the_flag_with_the_reason(wang, li):
    decide(wang)
    assert review(li, "rejected").status_code == 400  # say why
    assert state(review(li, "rejected", comment="再看一次")) == (201, "open", "rejected")
    mine = wang.get("/queue").json()
    assert [(row["flag_id"], row["reason"]) for row in mine["rejected"]["flags"]] == [("f1", "再看一次")]
    assert state(decide(wang, outcome="cannot_decide")) == (201, "open", "unclear")


def test_a_dispute_asks_a_third_person(wang, li, zhao):
    decide(wang)
    assert state(review(li, "disputed", comment="存疑")) == (201, "closed", "disputed")
    assert review(li, "approved").status_code == 403
    assert [len(one.get("/queue").json()["to_review"]["flags"]) for one in (li, zhao)] == [0, 1]
    assert state(review(zhao, "approved")) == (201, "closed", "approved")


def test_a_flag_that_is_held_is_left_alone(wang, li, zhao, towns, client_as):
    assert wang.post("/flags/f1/lock").json()["lock"]["author"] == "王工"
    answer = decide(li)
    assert (answer.status_code, answer.json()["holder"]) == (409, "王工")
    assert 7190 <= answer.json()["seconds_left"] <= 7200
    assert li.post("/flags/f1/lock").status_code == 409
    assert li.delete("/flags/f1/lock").status_code == 409
    assert wang.get("/queue").json()["locked"]["total"] == 1
    assert client_as(towns, "admin", None, "主任").delete("/flags/f1/lock").status_code == 200
    assert li.post("/flags/f1/lock").status_code == 200
    assert decide(li).json()["lock"] is None  # the decision releases it


def test_the_second_of_two_sees_what_is_new(wang, li):
    seen = etag(li)
    assert decide(wang, seen=seen).status_code == 201
    answer = decide(li, seen=seen)
    assert answer.status_code == 412
    difference = answer.json()["difference"]
    assert [(one["event"], one["author"]) for one in difference["events"]] == [("decision", "王工")]
    assert difference["values"]["review_state"] == {"seen": "open", "now": "decided"}
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_change_needs_the_version_that_was_seen(wang):
    for step, body in (("decisions", {"outcome": "false_alarm"}), ("undo", {})):
        assert wang.post(f"/flags/f1/{step}", json=body).status_code == 428
    for wrong in ('"9.9.x"', '"1.2.open-open.0"', "W/*", '"{}"'):
        assert decide(wang, seen=wrong).status_code == 412


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"outcome": "perhaps"}, "perhaps"),
        ({"outcome": "corrected"}, "lon"),
        ({"outcome": "corrected", "lon": 181, "lat": 28}, "lon"),
        ({"outcome": "corrected", "lon": True, "lat": 28}, "lon"),
        ({"outcome": "corrected", "lon": "118", "lat": 28}, "lon"),
        ({"outcome": "claim_corrected", "claimed_code": "999"}, "999"),
        ({"outcome": "statement_attached"}, "f1"),
        ({"outcome": "withdrawn"}, "撤"),
        ({"outcome": "false_alarm", "more": 1}, "more"),
        ({"outcome": 3}, "outcome"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(wang, towns, body, word):
    seen = etag(wang)
    answer = wang.post("/flags/f1/decisions", json=body, headers={"If-Match": seen})
    assert (answer.status_code, word in answer.json()["detail"]) == (400, True)
    assert etag(wang) == seen
    assert rows(towns, "SELECT count(*) FROM decisions") == rows(towns, "SELECT count(*) FROM audit") == [(0,)]


def test_a_closed_flag_is_not_decided_again(wang):
    decide(wang)
    assert decide(wang).status_code == 409


def test_undo_belongs_to_the_one_who_did_it(wang, li):
    decide(wang)
    assert undo(li).status_code == 403
    review(li, "approved")
    assert undo(wang).status_code == 403
    assert state(undo(li)) == (200, "closed", "decided")
    assert state(undo(wang)) == (200, "open", "open")
    assert undo(wang).status_code == 409


def test_comments_are_events(wang, li):
    seen = etag(wang)
    assert li.post("/flags/f1/comments", json={"text": "已联系企业"}).status_code == 201
    assert li.post("/flags/f1/comments", json={"text": "  "}).status_code == 400
    assert decide(wang, seen=seen).json()["difference"]["events"][0]["text"] == "已联系企业"


def test_a_correction_moves_the_source_between_the_collections(wang, towns):
    def matched():
        answers = (wang.get(f"/collections/{name}/items?limit=1") for name in ("sources", "unlocated-sources"))
        return [answer.json()["numberMatched"] for answer in answers]

    located, unlocated = matched()
    assert decide(wang, "f0", "corrected", lon=118.05, lat=28.05).status_code == 201
    assert matched() == [located + 1, unlocated - 1]
    moved = wang.get("/collections/sources/items?source_id=S0049").json()["features"][0]
    assert moved["geometry"]["coordinates"] == [118.05, 28.05]
    assert (moved["properties"]["located_code"], moved["properties"]["correction"]) == (A, "118.0500000, 28.0500000")
    found = wang.get("/collections/sources/items?bbox=118.049,28.049,118.051,28.051").json()["features"]
    assert "S0049" in [one["properties"]["source_id"] for one in found]
    versions = wang.get("/sources/S0049/versions").json()["versions"]
    kept = [(one["version"], one["kind"], one["values"]["state"]) for one in versions]
    assert kept == [(1, "corrected", "unlocated")]
    assert undo(wang, "f0").status_code == 200
    assert wang.get("/flags/f0").json()["source"]["collection"] == "unlocated-sources"
    assert rows(towns, "SELECT count(*) FROM rtree_sources_geom") == rows(towns, "SELECT count(*) FROM sources")


def test_the_nearest_open_flag_follows_the_source(wang, towns):
    near = "/flags/next?near=118.01,28.01"
    told = wang.get(near).json()["flags"][0]
    assert told["flag_id"] == "f1"
    assert [one["flag_id"] for one in wang.get("/flags/next?flag=f1").json()["flags"]] == ["f0"]  # it has no place
    decide(wang)
    assert wang.get(near).json()["flags"][0]["flag_id"] == "f0"
    assert wang.get("/flags/next?near=a,b").status_code == 400
    assert wang.get("/flags/next").status_code == 400
    assert wang.get(near + "&severity=info").json() == {"flags": []}
    assert wang.get("/flags/next?source=S0049").status_code == 400  # it has no place


def test_ids_with_slashes_and_chinese_are_found(towns, client_as):
    with Workspace(towns).transaction() as connection:
        connection.execute("UPDATE flags SET flag_id = '疑点/1', source_id = '甲/1 厂' WHERE flag_id = 'f1'")
        connection.execute("UPDATE sources SET source_id = '甲/1 厂' WHERE source_id = 'S0001'")
    client = client_as(towns, "admin")
    flag = quote("疑点/1", safe="")
    assert client.get(f"/flags/{flag}").json()["flag"]["flag_id"] == "疑点/1"
    assert decide(client, flag).status_code == 201
    assert client.get(f"/sources/{quote('甲/1 厂', safe='')}/versions").json()["source_id"] == "甲/1 厂"


def test_who_moves_a_source_out_of_their_areas_still_sees_what_they_did_and_may_undo_it(towns, client_as, li):
    wang_b, of_b = client_as(towns, "qa", (B,), "王工"), client_as(towns, "qa", (B,), "孙工")
    assert decide(wang_b, "f3", "corrected", lon=118.05, lat=28.05).status_code == 201
    with Workspace(towns).transaction() as connection:  # as if it were claimed for A, too
        connection.execute(
            "UPDATE sources SET claimed_area_code = ?, claimed_code = ? WHERE source_id = 'S0200'", (A, A)
        )
    assert wang_b.get("/flags/f3").json()["flag"]["review_state"] == "decided"
    assert [one["flag_id"] for one in wang_b.get("/queue").json()["awaiting_review"]["flags"]] == ["f3"]
    assert of_b.get("/flags/f3").status_code == 404  # another person of the same areas
    assert (
        client_as(towns, "qa", ("330822900",), "王工").get("/flags/f3").status_code == 404
    )  # who holds for others now
    assert review(li, "approved", "f3").status_code == 201
    assert wang_b.get("/flags/f3").status_code == 404  # a second person agreed: it is the others' now
    assert undo(li, "f3").status_code == 200
    assert state(undo(wang_b, "f3")) == (200, "open", "open")
    assert wang_b.get("/flags/f3").status_code == 200  # for its source came back


@pytest.mark.parametrize(
    ("outcome", "word"), [("corrected", "repair_id"), ("claim_corrected", "claimed_code"), ("corrected", "lat")]
)
def test_a_correction_without_values_is_told_what_is_missing(wang, outcome, word):
    answer = decide(wang, outcome=outcome, lon=118.1)
    assert (answer.status_code, word in answer.json()["detail"]) == (400, True)
