"""What may be asked for: descriptions, schemas, roles and areas; no job is run for real."""

import pytest
from geocensus_api.processes.descriptions import PROCESSES
from geocensus_api.processes.schema import mismatch

from geocensus.workspace import Workspace

from ..conftest import make_plan  # noqa: TID252 - the drawn workspace's own plan

CSV = "编号,经度,纬度\nA1,118.1,28.1\n".encode()
LATER = {"Prefer": "respond-async, wait=10"}
A, B = "330822001", "330822100"
_OGC = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"


def run(client, process, inputs, **more):
    return client.post(f"/processes/{process}/execution?lang=en", json={"inputs": inputs, **more}, headers=LATER)


def uploaded(client, name="list.csv", content=CSV):
    return client.post("/uploads", params={"name": name}, content=content).json()["id"]


def job_of(client, answer):
    assert answer.status_code == 201, answer.text
    return client.app.state.work.jobs.now(answer.json()["jobID"])


def test_the_processes_are_listed_and_described(towns, client_as):
    client = client_as(towns, role="viewer")
    listed = client.get("/processes").json()["processes"]
    assert [one["id"] for one in listed] == ["locate", "check", "split"]
    assert listed[1]["jobControlOptions"] == ["sync-execute", "async-execute", "dismiss"]
    for one in listed:
        told = client.get(f"/processes/{one['id']}?lang=zh").json()
        english = client.get(f"/processes/{one['id']}?lang=en").json()
        assert told["inputs"].keys() == english["inputs"].keys() == PROCESSES[one["id"]].inputs.keys()
        for part in ("inputs", "outputs"):
            for name, given in told[part].items():
                assert not given["title"].isascii()
                assert english[part][name]["title"].isascii() or "经度" in english[part][name]["title"]
                assert given["schema"]
        assert {link["rel"] for link in told["links"]} == {
            "self",
            "process-desc",
            "http://www.opengis.net/def/rel/ogc/1.0/execute",
        }
    missing = client.get("/processes/erase")
    assert (missing.status_code, missing.json()["type"]) == (404, f"{_OGC}/no-such-process")


def test_the_examples_fit_their_schemas():
    for process in PROCESSES.values():
        assert process.example
        for name, value in process.example.items():
            assert mismatch(value, process.inputs[name].schema, name) is None


def test_conformance_and_landing_page_name_the_processes(towns, client_as):
    client = client_as(towns)
    classes = set(client.get("/conformance").json()["conformsTo"])
    conformance = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf"
    assert {
        f"{conformance}/{name}" for name in ("core", "ogc-process-description", "json", "job-list", "dismiss")
    } <= classes
    rels = {link["rel"]: link["href"] for link in client.get("/").json()["links"]}
    assert rels["http://www.opengis.net/def/rel/ogc/1.0/processes"] == "http://geo.test/processes"
    assert rels["http://www.opengis.net/def/rel/ogc/1.0/job-list"] == "http://geo.test/jobs"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"[1]", 'send {"inputs"'),
        (b'{"inputs": 5}', 'send {"inputs"'),
        (b'{"inputs": {}, "subscriber": {}}', "unknown member subscriber"),
        (b'{"inputs": {"colour": 1}}', "unknown input colour; split has within, teams"),
        (b'{"inputs": {"teams": 2}}', "input within is missing"),
        (b'{"inputs": {"within": "330822", "teams": 2}}', "within: array expected, not '330822'"),
        (b'{"inputs": {"within": ["330822"], "teams": -1}}', "teams: at least 1"),
        (b'{"inputs": {"within": ["330822"], "seed": 1e400}}', "not JSON"),
        (b'{"inputs": {"within": ["330822"], "most_sources": 5}}', "most_sources is for as=zones"),
        (b'{"inputs": {"within": ["330822"], "as": "zones", "teams": 5}}', "not with as=zones: teams"),
        (b'{"inputs": {"within": ["330822"], "name": "a/b"}}', "name 'a/b'"),
        (b'{"inputs": {"within": ["330822"], "settings": "= 5"}}', "settings: not TOML"),
        (b'{"inputs": {"within": ["330822"], "settings": "crosswalk = \'/etc/passwd\'"}}', "leave out crosswalk"),
        (b'{"inputs": {"within": ["330822"]}, "outputs": {"x": {}}}', "unknown output x; known are report"),
        (b'{"inputs": {"within": ["330822"]}, "outputs": 5}', "outputs: send"),
        (b'{"inputs": {"within": ["330822"]}, "response": "raw"}', "name one output"),
        (b'{"inputs": {"within": ["330822"]}, "response": "xml"}', "response: document or raw"),
    ],
)
def test_inputs_that_do_not_fit_are_named(towns, client_as, children, body, told):
    client = client_as(towns)
    answer = client.post("/processes/split/execution?lang=en", content=body)
    assert answer.status_code == 400
    assert told in answer.json()["detail"]
    assert client.get("/jobs").json()["jobs"] == []


def test_a_body_that_is_too_large(towns, client_as):
    client = client_as(towns, body_max=1000)
    assert client.post("/processes/locate/execution", content=b" " * 1001).status_code == 413


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({}, 400),
        ({"points": [[118.1, 28.1]], "upload": "u-" + "0" * 24}, 404),
        ({"points": [[118.1, 28.1]], "crs": "wgs84"}, 400),
        ({"points": [[118.1]]}, 400),
        ({"points": [[118.1, 28.1]] * 6}, 413),
        ({"upload": "../../access.sqlite"}, 404),
    ],
)
def test_locate_takes_points_or_a_list(towns, client_as, children, inputs, status):
    client = client_as(towns, points_max=5)
    for answer in (run(client, "locate", inputs), client.post("/processes/locate/execution", json={"inputs": inputs})):
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("role", "scope", "locate", "check", "whole", "split"),
    [
        ("viewer", None, 201, 403, 403, 403),
        ("planner", None, 201, 201, 403, 201),
        ("qa", None, 201, 201, 403, 403),
        ("reviewer", None, 201, 201, 403, 403),
        ("admin", None, 201, 201, 201, 201),
        ("viewer", (A,), 201, 403, 403, 403),
        ("planner", (A,), 201, 201, 403, 201),
        ("planner", (B,), 201, 201, 403, 404),
        ("qa", (A,), 201, 201, 403, 403),
        ("admin", (A,), 201, 201, 403, 201),
        ("admin", (B,), 201, 201, 403, 404),
    ],
)
def test_roles_and_areas(towns, client_as, children, role, scope, locate, check, whole, split):
    client = client_as(towns, role=role, scope=scope)
    upload = uploaded(client) if role != "viewer" else "u-" + "0" * 24
    assert run(client, "locate", {"points": [[118.1, 28.1]]}).status_code == locate
    assert run(client, "check", {"upload": upload}).status_code == check
    assert run(client, "check", {"upload": upload, "into": "workspace"}).status_code == whole
    assert run(client, "split", {"within": [A], "teams": 1}).status_code == split


def test_an_area_of_others_is_like_none(towns, client_as, children):
    client = client_as(towns, role="planner", scope=(A,))
    strange, missing = (run(client, "split", {"within": [code], "teams": 1}) for code in (B, "999"))
    assert strange.status_code == missing.status_code == 404
    assert strange.json()["detail"].replace(B, "") == missing.json()["detail"].replace("999", "")
    assert run(client, "split", {"within": ["330822"], "teams": 1}).status_code == 404  # the whole county is not theirs
    assert run(client, "split", {"within": [A, B], "teams": 1}).status_code == 404


def test_a_plan_of_others_is_like_none_and_its_name_is_not_free(towns, client_as, children):
    for name, within in (("甲", [A]), ("乙", [B])):
        plan = make_plan(name)
        plan.record["within"] = within
        Workspace(towns).write_plan(plan)
    client = client_as(towns, role="planner", scope=(A,))
    mine = run(client, "split", {"within": [A], "teams": 1, "current": "甲"})
    assert job_of(client, mine).inputs["values"]["current"] == "甲"
    others = [
        run(client, "split", {"within": [A], "teams": 1, "current": name}) for name in ("乙", "丙", "/etc/passwd")
    ]
    assert [one.status_code for one in others] == [404] * 3
    assert others[0].json()["detail"].replace("乙", "丙") == others[1].json()["detail"]
    taken = [run(client, "split", {"within": [A], "teams": 1, "name": name}) for name in ("甲", "乙")]
    assert [one.status_code for one in taken] == [409] * 2
    assert taken[0].json()["detail"].replace("甲", "乙") == taken[1].json()["detail"]


def test_a_plan_gets_a_name_that_is_free(towns, client_as, children):
    client = client_as(towns)
    names = [
        job_of(client, run(client, "split", {"within": [A], "teams": 2})).inputs["values"]["name"] for _ in range(3)
    ]
    assert names == [f"{A}-2", f"{A}-2(2)", f"{A}-2(3)"]
    assert run(client, "split", {"within": [A], "teams": 2, "name": f"{A}-2"}).status_code == 409  # one waits for it
    assert job_of(client, run(client, "split", {"within": [A, B], "capacity": 60})).inputs["values"]["name"] == f"{A}+1"


def test_what_a_job_reads_is_laid_ready(towns, client_as, children):
    client = client_as(towns, role="planner")
    parks = uploaded(client, "园区.geojson", b'{"type": "FeatureCollection", "features": []}')
    inputs = {
        "within": [A, A],
        "teams": [{"name": "一组", "people": 2, "phone": "0570"}, {"people": 1}],
        "lock": [{"code": A, "field_zone": "一组"}],
        "together": parks,
        "current_upload": uploaded(client, "lock.csv", b"code,field_zone\n1,1\n"),
        "settings": "[load]\n",
    }
    jobs = client.app.state.work.jobs
    run(client, "locate", {"points": [[118.1, 28.1]]})  # runs first, so that the next one waits with its files
    job = job_of(client, run(client, "split", inputs))
    files, folder = job.inputs["files"], jobs.folder / job.id / "inputs"
    assert sorted(one.name for one in folder.iterdir()) == sorted(files.values())
    assert (folder / files["teams"]).read_text("utf-8-sig") == (
        "name,people,start_lon,start_lat,phone,owner\n一组,2,,,0570,\n,1,,,,\n"
    )
    assert (folder / files["lock"]).read_text("utf-8-sig") == f"code,field_zone\n{A},一组\n"
    assert (folder / files["current"]).read_text() == "code,field_zone\n1,1\n"
    assert (folder / files["settings"]).read_text() == "[load]\n"
    assert job.inputs["values"]["within"] == [A]
    assert job.inputs["titles"]["together"] == "园区.geojson"
    assert client.delete(f"/uploads/{parks}").status_code == 204
    assert (folder / files["together"]).exists()


def test_a_crosswalk_comes_as_an_upload(towns, client_as, children):
    client = client_as(towns)
    crosswalk = uploaded(client, "对照.csv", b"old_code,new_code\n1,2\n")
    run(client, "locate", {"points": [[118.1, 28.1]]})
    job = job_of(
        client,
        run(client, "check", {"upload": uploaded(client), "crosswalk": crosswalk, "settings": "stack_size = 3\n"}),
    )
    folder = client.app.state.work.jobs.folder / job.id / "inputs"
    name = job.inputs["files"]["crosswalk"]
    assert (folder / job.inputs["files"]["settings"]).read_text() == f'crosswalk = "{name}"\nstack_size = 3\n'
    assert (folder / name).read_bytes() == b"old_code,new_code\n1,2\n"


def test_two_ways_to_say_the_same_are_refused(towns, client_as, children):
    client = client_as(towns)
    teams = uploaded(client, "teams.csv", b"name,people\n1,1\n")
    answer = run(client, "split", {"within": [A], "teams": 2, "teams_upload": teams})
    assert (answer.status_code, answer.json()["detail"]) == (400, "give teams or teams_upload, not both")
