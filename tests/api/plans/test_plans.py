"""Plans through the API: list, report, units, comparison, and every edit with its history."""

import io
import sqlite3
import time
from contextlib import closing
from urllib.parse import quote

import pandas as pd
import pytest

from geocensus.io import open_basemap
from geocensus.workspace import Workspace

from .conftest import COUNTY, TOWN

NAME = "常山 7 组"
PATH = "/plans/" + quote(NAME)


def move_of(client, path=PATH):
    """Return a unit, a field zone that it may go to, and the plan's ETag."""
    answer = client.get(f"{path}/units")
    unit = next(one for one in answer.json()["units"] if one["may_go_to"])
    return unit, unit["may_go_to"][0], answer.headers["etag"]


def edit(client, step, tag, path=PATH, **body):
    return client.post(f"{path}/{step}", json=body, headers={"If-Match": tag})


def labels(client, path=PATH):
    return {one["code"]: one["field_zone"] for one in client.get(f"{path}/units").json()["units"]}


def rows_of(path, table):
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
        return [row[1:] for row in found] if table != "plans" else found


def test_the_list_tells_headlines(planner):
    one, two = planner.get("/plans").json()["plans"]
    assert (one["plan"], one["within"], one["field_zones"], one["units"]) == (
        NAME,
        [{"code": COUNTY, "name": "常山县"}],
        7,
        198,
    )
    assert one["state"] == {"edits": 0, "edited": None, "can_undo": False, "can_redo": False}
    assert (two["plan"], two["within"][0]["code"], two["field_zones"]) == ("镇", TOWN, 2)


def test_the_workbook_is_that_of_the_plan_as_edited(planner):
    unit, goal, tag = move_of(planner)
    assert edit(planner, "move", tag, units=[unit["code"]], field_zone=goal).status_code == 200
    answer = planner.get(f"{PATH}/workbook", headers={"Accept-Language": "zh"})
    assert answer.headers["content-disposition"] == 'attachment; filename="plan.xlsx"'
    sheets = pd.read_excel(io.BytesIO(answer.content), sheet_name=None, dtype="str", engine="openpyxl")
    assert list(sheets) == ["片区", "单元", "说明"]
    units = sheets["单元"].set_index("单元代码")["片区编号"]
    assert units.to_dict() == labels(planner)
    assert units[unit["code"]] == goal


def test_the_report_adds_up(planner):
    answer = planner.get(PATH)
    plan = answer.json()
    assert answer.headers["etag"].startswith('"0-')
    assert plan["basis"] == {"editable": True, "reason": None, "changed": None}
    assert sum(zone["units"] for zone in plan["field_zones"]) == 198
    assert sum(zone["load"] for zone in plan["field_zones"]) == pytest.approx(198 * 240)
    assert plan["report"]["connected"]
    assert plan["report"]["deviation"] == pytest.approx(max(abs(zone["deviation"]) for zone in plan["field_zones"]))


def test_units_have_neighbours_and_moves(planner, planned):
    units = {unit["code"]: unit for unit in planner.get(f"{PATH}/units").json()["units"]}
    villages = open_basemap(planned).areas("village")
    assert set(units) == set(villages.loc[villages.geometry.notna(), "code"])
    for code, unit in units.items():
        assert all(code in units[other]["neighbours"] for other in unit["neighbours"])
        beside = {units[other]["field_zone"] for other in unit["neighbours"]}
        assert set(unit["may_go_to"]) <= beside - {unit["field_zone"]}
    shapes = planner.get(f"{PATH}/units?f=geojson").json()
    assert {feature["id"] for feature in shapes["features"]} == set(units)
    assert {feature["geometry"]["type"] for feature in shapes["features"]} <= {"Polygon", "MultiPolygon"}


def test_a_move_is_stored_whole(planner, planned):
    unit, zone, tag = move_of(planner)
    answer = edit(planner, "move", tag, units=[unit["code"]], field_zone=zone)
    plan = answer.json()
    assert (answer.status_code, answer.headers["etag"][:3]) == (200, '"1-')
    assert plan["edit"]["before"]["units"] == {unit["code"]: unit["field_zone"]}
    assert plan["edit"]["after"]["units"] == {unit["code"]: zone}
    stored = Workspace(planned).read_plan(NAME)
    members = stored.members.set_index("code")["field_zone"]
    assert members[unit["code"]] == zone
    layer = stored.field_zones.set_index("field_zone")
    assert layer["units"].to_dict() == members.value_counts().to_dict()
    shape = open_basemap(planned).areas("village").set_index("code").geometry[unit["code"]]
    assert layer.geometry[zone].buffer(1e-9).covers(shape)
    audit = Workspace(planned).read_table("audit").iloc[-1]
    assert audit[["author", "action", "target"]].tolist() == ["王工", "plan.move", NAME]
    assert planner.get(PATH).json()["field_zones"] == plan["field_zones"]


def test_the_second_of_two_tabs_is_told_the_difference(planner, planned, client_as):
    unit, zone, tag = move_of(planner)
    assert edit(planner, "move", tag, units=[unit["code"]], field_zone=zone).status_code == 200
    other = client_as(planned, "planner", name="李工")
    late = edit(other, "lock", tag, field_zones=["1"])
    assert late.status_code == 412
    difference = late.json()["difference"]
    assert difference["units"] == {unit["code"]: {"before": unit["field_zone"], "after": zone}}
    assert [(one["action"], one["author"]) for one in difference["edits"]] == [("plan.move", "王工")]
    assert edit(other, "lock", difference["etag"], field_zones=["1"]).status_code == 200


def test_an_edit_needs_the_tag_of_what_was_seen(planner):
    unit, zone, _tag = move_of(planner)
    bare = planner.post(f"{PATH}/move", json={"units": [unit["code"]], "field_zone": zone})
    assert bare.status_code == 428
    for tag in ('"7-0123456789abcdef01234567"', "*", "nonsense", 'W/"0-a"'):
        assert edit(planner, "move", tag, units=[unit["code"]], field_zone=zone).status_code == 412
    assert planner.delete(PATH).status_code == 428


def test_an_edit_of_another_program_changes_the_tag(planner, planned):
    _unit, _zone, tag = move_of(planner)
    with Workspace(planned).transaction() as connection:
        connection.execute("UPDATE field_zones SET owner = '赵工' WHERE plan = ? AND field_zone = '1'", (NAME,))
    assert edit(planner, "lock", tag, field_zones=["1"]).status_code == 412
    plan = planner.get(PATH)
    assert plan.json()["field_zones"][0]["owner"] == "赵工"
    locked = edit(planner, "lock", plan.headers["etag"], field_zones=["1"]).json()
    assert locked["field_zones"][0]["owner"] == "赵工"


def test_undo_and_redo_reach_back_over_a_restart(planner, planned, client_as):
    unit, zone, tag = move_of(planner)
    before = {table: rows_of(planned, table) for table in ("plan_members", "field_zones", "plans")}
    tag = edit(planner, "move", tag, units=[unit["code"]], field_zone=zone).headers["etag"]
    locked = edit(planner, "lock", tag, field_zones=[zone], units=[unit["code"]])
    moved, tag = labels(planner), locked.headers["etag"]
    later = client_as(planned, "planner", name="李工")  # another process would see no more than the file
    one = edit(later, "undo", tag)
    assert one.json()["locks"] == {"field_zones": [], "units": {}}
    two = edit(later, "undo", one.headers["etag"])
    assert {table: rows_of(planned, table) for table in before} == before
    assert edit(later, "undo", two.headers["etag"]).status_code == 409
    again = edit(later, "redo", two.headers["etag"])
    assert labels(later) == moved
    both = edit(later, "redo", again.headers["etag"]).json()
    assert both["locks"] == {"field_zones": [zone], "units": {unit["code"]: zone}}
    assert both["state"] | {"edited": None} == {"edits": 6, "edited": None, "can_undo": True, "can_redo": False}
    history = later.get(f"{PATH}/history").json()["edits"]
    assert [(step["action"], step["turns"]) for step in history] == [
        ("plan.move", None),
        ("plan.lock", None),
        ("plan.undo", 2),
        ("plan.undo", 1),
        ("plan.redo", 1),
        ("plan.redo", 2),
    ]


def test_an_edit_after_an_undo_ends_the_redo(planner):
    unit, zone, tag = move_of(planner)
    tag = edit(planner, "move", tag, units=[unit["code"]], field_zone=zone).headers["etag"]
    tag = edit(planner, "undo", tag).headers["etag"]
    tag = edit(planner, "lock", tag, field_zones=["1"]).headers["etag"]
    answer = edit(planner, "redo", tag)
    assert (answer.status_code, answer.json()["reason"]) == (409, "nothing")


def test_what_a_lock_holds_is_not_moved(planner, planned):
    unit, zone, tag = move_of(planner)
    tag = edit(planner, "lock", tag, field_zones=[zone]).headers["etag"]
    before = rows_of(planned, "plan_members")
    refused = edit(planner, "move", tag, units=[unit["code"]], field_zone=zone)
    assert (refused.status_code, refused.json()["reason"]) == (409, "lock")
    assert "锁定" in refused.json()["detail"]
    assert rows_of(planned, "plan_members") == before
    tag = edit(planner, "unlock", tag).headers["etag"]
    assert edit(planner, "move", tag, units=[unit["code"]], field_zone=zone).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"units": ["999"], "field_zone": "1"}, 400),
        ({"units": ["330822001001"], "field_zone": "99"}, 400),
        ({"units": [], "field_zone": "1"}, 400),
        ({"units": "330822001001", "field_zone": "1"}, 400),
        ({"units": ["330822001001"], "field_zone": "1", "extra": 1}, 400),
        ({"units": [1], "field_zone": "1"}, 400),
        ([], 400),
    ],
)
def test_wrong_moves_change_nothing(planner, planned, body, status):
    before = rows_of(planned, "plan_members")
    tag = planner.get(PATH).headers["etag"]
    answer = planner.post(f"{PATH}/move", json=body, headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert rows_of(planned, "plan_members") == before
    assert planner.get(PATH).headers["etag"] == tag


def test_bodies_that_are_none_or_too_large(planner):
    headers = {"If-Match": planner.get(PATH).headers["etag"]}
    assert planner.post(f"{PATH}/move", content=b"{", headers=headers).status_code == 400
    assert planner.post(f"{PATH}/move", content=b" " * 2_000_001, headers=headers).status_code == 413


def test_a_move_that_parts_a_field_zone_is_refused(planner):
    units = planner.get(f"{PATH}/units").json()["units"]
    far = next(unit for unit in units if all(_zone(units, other) == unit["field_zone"] for other in unit["neighbours"]))
    target = next(zone for zone in "1234567" if zone != far["field_zone"])
    tag = planner.get(PATH).headers["etag"]
    answer = edit(planner, "move", tag, units=[far["code"]], field_zone=target)
    assert (answer.status_code, answer.json()["reason"]) == (409, "disconnected")


def _zone(units, code):
    return next(unit["field_zone"] for unit in units if unit["code"] == code)


def test_a_team_is_named_and_takes_its_share(planner):
    tag = planner.get(PATH).headers["etag"]
    team = {"name": "东片区", "owner": "李工", "phone": "0570-5012345", "people": 2}
    answer = planner.put(f"{PATH}/field-zones/2", json=team, headers={"If-Match": tag})
    zone = answer.json()["field_zones"][1]
    assert {key: zone[key] for key in team} == team
    assert zone["target"] == pytest.approx(198 * 240 / 4)
    tag = answer.headers["etag"]
    taken = planner.put(f"{PATH}/field-zones/1", json={"name": "东片区"}, headers={"If-Match": tag})
    assert taken.status_code == 400
    gone = planner.put(f"{PATH}/field-zones/9", json={"owner": "x"}, headers={"If-Match": tag})
    assert gone.status_code == 400
    assert edit(planner, "undo", tag).json()["field_zones"][1]["owner"] == ""


def test_rebalancing_repairs_what_moves_broke(planner):
    for _ in range(5):
        units = planner.get(f"{PATH}/units")
        unit = next(one for one in units.json()["units"] if "1" in one["may_go_to"])
        tag = edit(planner, "move", units.headers["etag"], units=[unit["code"]], field_zone="1").headers["etag"]
    moved = planner.get(PATH, params={"lang": "en"}).json()
    assert (moved["feasible"], moved["deviation"] > 0.05) == (False, True)
    assert any("outside the tolerance of 5%: 片区1" in text for text in moved["warnings"])
    held = edit(planner, "rebalance", tag, keep=list("1234567"), seconds=20)
    assert held.json()["deviation"] == moved["deviation"]
    again = edit(planner, "rebalance", held.headers["etag"], seconds=20).json()
    assert (again["ended"], again["feasible"], again["report"]["connected"]) == (True, True, True)


def test_plans_are_compared(planner):
    copy = planner.post(f"{PATH}/copy", json={"name": "副本"})
    assert (copy.status_code, copy.headers["location"].rpartition("/")[2]) == (201, quote("副本"))
    unit, zone, tag = move_of(planner, "/plans/副本")
    edit(planner, "move", tag, "/plans/副本", units=[unit["code"]], field_zone=zone)
    found = planner.get("/plans/compare", params={"a": NAME, "b": "副本"}).json()
    assert [(one["code"], one["before"], one["after"], one["load"]) for one in found["moved"]] == [
        (unit["code"], unit["field_zone"], zone, unit["load"])
    ]
    assert found["moved_minutes"] == unit["load"]
    sides = {row["field_zone"]: row for row in found["field_zones"]}
    assert sides[zone]["after"]["load"] - sides[zone]["before"]["load"] == pytest.approx(unit["load"])
    assert set(found["measures"]["cut_km"]) == {"before", "after"}
    assert labels(planner)[unit["code"]] == unit["field_zone"]
    other = planner.get("/plans/compare", params={"a": NAME, "b": "镇"}).json()
    one, two = labels(planner), labels(planner, "/plans/镇")
    assert other["moved_units"] == sum(two.get(code) != zone for code, zone in one.items())
    assert planner.get("/plans/compare", params={"a": NAME}).status_code == 400
    assert planner.get("/plans/compare", params={"a": NAME, "b": "无"}).status_code == 404


def test_copies_have_names_of_their_own(planner):
    assert planner.post(f"{PATH}/copy", json={"name": "镇"}).status_code == 409
    assert planner.post(f"{PATH}/copy", json={"name": "a/b"}).status_code == 400
    assert planner.post(f"{PATH}/copy", json={"name": "compare"}).status_code == 201
    assert planner.get("/plans/compare").json()["plan"] == "compare"


def test_a_deleted_plan_comes_back(planner, planned):
    unit, zone, tag = move_of(planner)
    moved = edit(planner, "move", tag, units=[unit["code"]], field_zone=zone)
    before = {table: sorted(map(repr, rows_of(planned, table))) for table in ("plan_members", "field_zones")}
    gone = planner.delete(PATH, headers={"If-Match": moved.headers["etag"]})
    assert gone.json()["deleted"] == NAME
    assert planner.get(PATH).status_code == 404
    assert [plan["plan"] for plan in planner.get("/plans").json()["plans"]] == ["镇"]
    back = planner.post(f"{PATH}/undo")
    assert back.json()["field_zones"] == moved.json()["field_zones"]
    assert {table: sorted(map(repr, rows_of(planned, table))) for table in before} == before
    assert labels(planner)[unit["code"]] == zone
    assert edit(planner, "undo", back.headers["etag"]).status_code == 200
    assert labels(planner)[unit["code"]] == unit["field_zone"]
    assert planner.post("/plans/无/undo").status_code == 404


@pytest.mark.parametrize("name", ["东/西 片区", "a~1/b%2F?#", "..", "x/units", "undo", "\\?\\c"])
def test_any_name_is_safe_in_an_address(planned, client_as, name):
    stored = Workspace(planned).read_plan("镇")
    Workspace(planned).write_plan(type(stored)(name, stored.field_zones, stored.members, stored.record))
    client = client_as(planned, "planner")
    entry = next(plan for plan in client.get("/plans").json()["plans"] if plan["plan"] == name)
    path = f"/plans/{quote(entry['id'], safe='~')}"
    assert client.get(path).json()["plan"] == name
    unit, zone, tag = move_of(client, path)
    assert edit(client, "move", tag, path, units=[unit["code"]], field_zone=zone).json()["plan"] == name
    assert client.get(f"{path}/history").json()["plan"] == name


def test_an_older_plan_is_shown_but_not_edited(planned, client_as):
    stored = Workspace(planned).read_plan("镇")
    record = {**stored.record, "provenance": {}}
    Workspace(planned).write_plan(type(stored)("旧", stored.field_zones, stored.members, record))
    client = client_as(planned, "planner")
    plan = client.get("/plans/旧", params={"lang": "en"})
    assert plan.json()["basis"]["editable"] is False
    assert "--current" in plan.json()["basis"]["reason"]
    answer = edit(client, "unlock", plan.headers["etag"], "/plans/旧")
    assert (answer.status_code, answer.json()["reason"]) == (409, "not_editable")


@pytest.mark.quiet
def test_a_move_takes_a_fifth_of_a_second(planner):
    took = []
    unit, zone, tag = move_of(planner)
    for target in [zone, unit["field_zone"]] * 4:
        start = time.process_time()  # of all threads; waiting for others is not counted
        tag = edit(planner, "move", tag, units=[unit["code"]], field_zone=target).headers["etag"]
        took.append(time.process_time() - start)
    assert sorted(took)[len(took) // 2] < 0.2, took
