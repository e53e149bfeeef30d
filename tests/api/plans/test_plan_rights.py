"""Who may see and edit which plans, and what becomes of plans whose sources changed."""

from urllib.parse import quote

import pytest

from geocensus.workspace import Workspace

from .conftest import COUNTY, TOWN
from .test_plans import NAME, PATH, edit, labels, move_of

WRITES = ("move", "lock", "unlock", "rebalance", "refresh", "undo", "redo", "copy")


@pytest.mark.parametrize("role", ["viewer", "qa", "reviewer"])
def test_only_planners_edit(planned, client_as, role):
    client = client_as(planned, role)
    tag = client.get(PATH).headers["etag"]
    assert {edit(client, step, tag).status_code for step in WRITES} == {403}
    assert client.delete(PATH, headers={"If-Match": tag}).status_code == 403
    assert client.put(f"{PATH}/field-zones/1", json={}, headers={"If-Match": tag}).status_code == 403
    assert client.get(PATH).headers["etag"] == tag


def test_a_viewer_sees_no_people(planner, planned, client_as):
    team = {"owner": "李工", "phone": "0570-5012345"}
    planner.put(f"{PATH}/field-zones/1", json=team, headers={"If-Match": planner.get(PATH).headers["etag"]})
    viewer = client_as(planned, "viewer")
    for path in ("/plans", PATH, f"{PATH}/units", f"/plans/compare?a={quote(NAME)}&b={quote('镇')}"):
        answer = viewer.get(path)
        assert answer.status_code == 200
        assert not {word for word in ("李工", "5012345", "王工") if word in answer.text}
    assert viewer.get(f"{PATH}/history").status_code == 403
    assert "李工" in client_as(planned, "qa").get(PATH).text


def test_plans_out_of_scope_do_not_exist(planned, client_as):
    client = client_as(planned, "planner", (TOWN,))
    assert [plan["plan"] for plan in client.get("/plans").json()["plans"]] == ["镇"]
    tag = client_as(planned, "admin").get(PATH).headers["etag"]
    never = "/plans/" + quote("没有这个")

    def told(path):
        paths = ("", "/units", "/history")
        answers = [client.get(f"{path}{end}") for end in paths]
        answers += [edit(client, step, tag, path, name="新", units=["1"], field_zone="1") for step in ("undo",)]
        answers += [client.post(f"{path}/move", json={"units": ["1"], "field_zone": "1"}, headers={"If-Match": tag})]
        answers += [client.post(f"{path}/copy", json={"name": "新"}), client.delete(path, headers={"If-Match": tag})]
        return [(answer.status_code, sorted(answer.json())) for answer in answers]

    assert told(PATH) == told(never)
    assert {status for status, _keys in told(PATH)} == {404}
    assert client.get("/plans/compare", params={"a": "镇", "b": NAME}).status_code == 404
    unit, zone, tag = move_of(client, "/plans/镇")
    assert edit(client, "move", tag, "/plans/镇", units=[unit["code"]], field_zone=zone).status_code == 200


def test_a_scope_above_sees_what_lies_below(planned, client_as):
    client = client_as(planned, "planner", (COUNTY,))
    assert len(client.get("/plans").json()["plans"]) == 2
    other = client_as(planned, "planner", ("330822002",))
    assert other.get("/plans").json() == {"plans": []}


def test_a_deleted_plan_out_of_scope_cannot_be_brought_back(planned, client_as):
    admin = client_as(planned, "admin")
    admin.delete(PATH, headers={"If-Match": admin.get(PATH).headers["etag"]})
    assert client_as(planned, "planner", (TOWN,)).post(f"{PATH}/undo").status_code == 404
    assert admin.post(f"{PATH}/undo").status_code == 200


@pytest.fixture
def grown(planned):
    """Give a source to the first village, as a check would: the plan's loads are those of before."""

    def grow():
        from geocensus.io import open_basemap
        from geocensus.pipeline.run import run_check

        villages = open_basemap("changshan").areas("village")
        village = villages[villages["parent_code"] == TOWN].iloc[0]
        point = village.geometry.representative_point()
        rows = ["编号,名称,类别,经度,纬度,区划代码"]
        rows += [f"A{i},厂{i},工业源,{point.x:.6f},{point.y:.6f},{village['code']}" for i in range(9)]
        listed = planned.parent / "list.csv"
        listed.write_text("\n".join(rows) + "\n", encoding="utf-8")
        run_check(listed, workspace=planned)
        return village["code"]

    return grow


def test_a_plan_of_other_loads_is_told_and_refreshed(planner, planned, grown):
    unit, zone, tag = move_of(planner)
    tag = edit(planner, "move", tag, units=[unit["code"]], field_zone=zone).headers["etag"]
    before = labels(planner)
    code = grown()
    plan = planner.get(PATH, params={"lang": "en"})
    assert plan.headers["etag"] == tag
    assert plan.json()["basis"]["changed"]["units_changed"] == 1
    refused = edit(planner, "move", tag, units=[unit["code"]], field_zone=unit["field_zone"])
    assert (refused.status_code, refused.json()["reason"]) == (409, plan.json()["basis"]["reason"]) or (
        refused.status_code == 409
    )
    assert [offer["path"].rpartition("/")[2] for offer in refused.json()["offers"]] == ["refresh", "rebalance"]
    fresh = edit(planner, "refresh", tag)
    assert fresh.status_code == 200, fresh.text
    assert fresh.json()["basis"]["editable"]
    assert labels(planner) == before
    load = {one["code"]: one["load"] for one in planner.get(f"{PATH}/units").json()["units"]}
    assert load[code] > 240
    assert fresh.json()["sources"] == 9
    assert edit(planner, "undo", fresh.headers["etag"]).status_code == 409
    assert edit(planner, "rebalance", fresh.headers["etag"], seconds=20).status_code == 200


def test_edits_of_a_plan_outlive_a_new_plan_of_its_name(planner, planned):
    """A split under the same name begins a history of its own; the old one stays in the file."""
    unit, zone, tag = move_of(planner, "/plans/镇")
    edit(planner, "move", tag, "/plans/镇", units=[unit["code"]], field_zone=zone)
    stored = Workspace(planned).read_plan("镇")
    record = {**stored.record, "created": "2030-01-01T00:00:00+00:00"}
    Workspace(planned).write_plan(type(stored)("镇", stored.field_zones, stored.members, record))
    plan = planner.get("/plans/镇")
    assert plan.json()["state"]["edits"] == 0
    assert edit(planner, "undo", plan.headers["etag"], "/plans/镇").status_code == 409
    assert len(Workspace(planned).read_table("plan_edits")) == 1
